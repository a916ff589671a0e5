/* core/engine/drops_slots.c - two times to offer on the next business days: the salesperson's own when written down, else one
 * in each half of the window, the same ones whenever asked that day. Knows no calendar: nobody's appointments. */
#include "core/base/text.h"
#include "core/engine/drops_parts.h"
#include "templates/dates.h"

#define SLOTS 2
#define SLOT_MINUTES 30
#define OFFICE_FROM (9 * 60)
#define OFFICE_TO (17 * 60)
#define LOOK_DAYS 21

static const struct window office = { .days = WINDOW_MON_FRI,
                                      .from_minute = OFFICE_FROM,
                                      .to_minute = OFFICE_TO };

struct hours { /* when talks may begin, in half hours of the local day: [from, to) */
    int from, to;
};

static struct hours half_hours(int from_minute, int to_minute)
{
    return (struct hours){ .from = (from_minute + SLOT_MINUTES - 1) / SLOT_MINUTES,
                           .to = to_minute / SLOT_MINUTES };
}

/* Office hours as far as the window has them, else all of the window. */
static struct hours hours_of(const struct window *window)
{
    int from = window->from_minute > OFFICE_FROM ? window->from_minute : OFFICE_FROM;
    int to = window->to_minute < OFFICE_TO ? window->to_minute : OFFICE_TO;
    struct hours hours = half_hours(from, to);

    return hours.to - hours.from >= SLOTS ? hours
                                          : half_hours(window->from_minute, window->to_minute);
}

static bool is_open(const struct window *window, const struct local_time *day)
{
    unsigned days = window->days & WINDOW_MON_FRI ? window->days & WINDOW_MON_FRI : window->days;

    return days >> day->weekday & 1u;
}

static struct value iso_of(const struct drops_facts *f, int64_t at_ms, struct arena *arena)
{
    char text[32];

    return value_text(arena_dup(arena, zone_iso(f->zone ? f->zone : zone_utc(), at_ms, text)));
}

/* Mixed from who and when, so that prospects are offered different times. */
static uint64_t mix(const struct drops_facts *f, const struct zone *zone)
{
    int64_t seeds[] = { f->prospect ? f->prospect->id : 0, when_day_of(zone, f->now_ms) };

    return text_hash(span_make((const char *)seeds, sizeof(seeds)));
}

static int64_t slot_at(const struct zone *zone, int64_t day, int half_hour)
{
    struct local_time local = { .hour = half_hour * SLOT_MINUTES / 60,
                                .minute = half_hour * SLOT_MINUTES % 60 };

    zone_date_of(day, &local.year, &local.month, &local.day);
    return zone_to_utc(zone, &local);
}

static size_t made_up(const struct drops_facts *f, struct arena *arena, struct value *slots)
{
    const struct window *window = f->window ? f->window : &office;
    const struct zone *zone = window->zone ? window->zone : f->zone ? f->zone : zone_utc();
    struct hours hours = hours_of(window);
    int half = (hours.to - hours.from) / SLOTS;
    int64_t today = when_day_of(zone, f->now_ms);
    uint64_t seed = mix(f, zone);
    size_t count = 0;

    for (int ahead = 1; half > 0 && ahead <= LOOK_DAYS && count < SLOTS; ahead++) {
        int late = (int)((seed + count) % SLOTS);
        int pick = hours.from + late * half + (int)((seed >> (8 + 16 * count)) % (unsigned)half);
        struct local_time local;
        int64_t at_ms = slot_at(zone, today + ahead, pick);
        zone_to_local(zone, at_ms, &local);
        if (is_open(window, &local))
            slots[count++] = iso_of(f, at_ms, arena);
    }
    return count;
}

/* Those of the salesperson that are still to come. */
static size_t given(const struct drops_facts *f, struct arena *arena, struct value *slots)
{
    struct span rest = span_of(f->notes.cta_slots), piece;
    size_t count = 0;
    int64_t at_ms;

    while (count < SLOTS && text_next_piece(&rest, ';', &piece))
        if (drops_date(f, arena_dup_span(arena, piece), &at_ms) && at_ms > f->now_ms)
            slots[count++] = iso_of(f, at_ms, arena);
    return count;
}

struct value drop_slots(const struct drops_facts *f, struct arena *arena)
{
    struct value *slots = arena_array(arena, SLOTS, sizeof(*slots));
    size_t count = f->notes.cta_slots ? given(f, arena, slots) : 0;

    if (count == 0)
        count = made_up(f, arena, slots);
    return count ? (struct value){ .type = VALUE_LIST, .list = { slots, count } } : value_nil();
}
