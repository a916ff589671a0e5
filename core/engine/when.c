/* core/engine/when.c - see when.h. Works on civil dates and asks zone.h for the instant, so that a
 * clock change never shifts the local time that was meant. */
#include "core/engine/when.h"

#include <stdio.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#define MAX_COUNT 1000
#define MAX_TEXT_BYTES 40
#define DAY_MINUTES 1440

static const char WAIT_FORMS[] = "\"2 business days\", \"3 days\", \"1 week\", \"4 hours\", "
                                 "\"30 minutes\", \"2 months\", \"none\" or \"on 2027-03-01\"";

static const struct {
    const char *name;
    enum wait_unit unit;
} units[] = {
    { "minute", WAIT_MINUTES }, { "minutes", WAIT_MINUTES }, { "hour", WAIT_HOURS },
    { "hours", WAIT_HOURS },    { "day", WAIT_DAYS },        { "days", WAIT_DAYS },
    { "week", WAIT_WEEKS },     { "weeks", WAIT_WEEKS },     { "month", WAIT_MONTHS },
    { "months", WAIT_MONTHS },
};

static const char *const unit_names[] = { "minutes", "hours", "days", "weeks", "months", NULL };

static const char *const day_names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

/* ---- days ---- */

static struct local_time local_of(const struct zone *zone, int64_t at_ms)
{
    struct local_time local = { 0 };

    zone_to_local(zone, at_ms, &local);
    return local;
}

int64_t when_day_of(const struct zone *zone, int64_t at_ms)
{
    struct local_time local = local_of(zone, at_ms);

    return zone_days_of(local.year, local.month, local.day);
}

/* The instant of a local day and minute; 1440 is the next midnight. */
static int64_t instant_of(const struct zone *zone, int64_t day, int minute)
{
    struct local_time local = { 0 };

    day += minute / DAY_MINUTES;
    minute %= DAY_MINUTES;
    zone_date_of(day, &local.year, &local.month, &local.day);
    local.hour = minute / 60;
    local.minute = minute % 60;
    return zone_to_utc(zone, &local);
}

int64_t when_day_start(const struct zone *zone, int64_t day)
{
    return instant_of(zone, day, 0);
}

static int days_in_month(int year, int month)
{
    int64_t first = zone_days_of(year, month, 1);

    return (int)((month == 12 ? zone_days_of(year + 1, 1, 1) : zone_days_of(year, month + 1, 1)) -
                 first);
}

/* ---- waits ---- */

static int bad_wait(struct err *err, struct span text, const char *why)
{
    return err_set(err, ERR_CONFIG, "\"%.*s\" is no wait%s: expected %s",
                   (int)text_cut(text, MAX_TEXT_BYTES).len, text.data ? text.data : "", why,
                   WAIT_FORMS);
}

static int parse_date(struct span whole, struct span text, struct wait *out, struct err *err)
{
    struct span rest = text, piece;
    int64_t parts[3] = { 0 };
    size_t n = 0;

    while (n < 3 && text_next_piece(&rest, '-', &piece)) {
        if (piece.len != (n == 0 ? 4u : 2u) || !text_to_int(piece, 0, 9999, &parts[n]))
            return bad_wait(err, whole, " (the date is written YYYY-MM-DD)");
        n++;
    }
    if (n < 3 || rest.data || parts[0] < 2000 || parts[1] < 1 || parts[1] > 12 || parts[2] < 1 ||
        parts[2] > days_in_month((int)parts[0], (int)parts[1]))
        return bad_wait(err, whole, " (there is no such date)");
    *out = (struct wait){
        .unit = WAIT_ON_DATE, .year = (int)parts[0], .month = (int)parts[1], .day = (int)parts[2]
    };
    return 0;
}

/* Takes the next word off *rest; empty at the end. */
static struct span next_word(struct span *rest)
{
    struct span word;
    size_t len = 0;

    *rest = text_trim(*rest);
    while (len < rest->len && rest->data[len] != ' ' && rest->data[len] != '\t')
        len++;
    word = span_make(rest->data, len);
    *rest = span_from(*rest, len);
    return word;
}

static bool find_unit(struct span word, enum wait_unit *unit)
{
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (text_eq_nocase(word, span_of(units[i].name))) {
            *unit = units[i].unit;
            return true;
        }
    }
    return false;
}

static int unknown_unit(struct err *err, struct span whole, struct span word)
{
    char name[MAX_TEXT_BYTES], why[2 * MAX_TEXT_BYTES];
    const char *nearest;

    (void)snprintf(name, sizeof(name), "%.*s", (int)text_cut(word, sizeof(name) - 1).len,
                   word.data ? word.data : "");
    nearest = name[0] ? text_nearest(name, unit_names) : NULL;
    if (!nearest)
        return bad_wait(err, whole, "");
    (void)snprintf(why, sizeof(why), " (did you mean \"%s\"?)", nearest);
    return bad_wait(err, whole, why);
}

int wait_parse(struct span text, struct wait *out, struct err *err)
{
    struct span whole = text_trim(text), rest = whole, word;
    int64_t count;
    bool business;

    if (text_has_control(whole) || !text_is_utf8(whole))
        return err_set(err, ERR_CONFIG, "this is no wait: expected %s", WAIT_FORMS);
    word = next_word(&rest);
    if (text_eq_nocase(word, span_of("none")) && text_trim(rest).len == 0) {
        *out = (struct wait){ .unit = WAIT_MINUTES };
        return 0;
    }
    if (text_eq_nocase(word, span_of("on")))
        return parse_date(whole, text_trim(rest), out, err);
    if (!text_to_int(word, 0, MAX_COUNT, &count))
        return bad_wait(err, whole, " (it begins with a number from 0 to 1000)");
    word = next_word(&rest);
    business = text_eq_nocase(word, span_of("business"));
    if (business)
        word = next_word(&rest);
    *out = (struct wait){ .count = (int)count };
    if (!find_unit(word, &out->unit))
        return unknown_unit(err, whole, word);
    if (text_trim(rest).len > 0)
        return bad_wait(err, whole, " (there is more after the unit)");
    if (business && out->unit != WAIT_DAYS)
        return bad_wait(err, whole, " (only days can be business days)");
    if (business)
        out->unit = WAIT_BUSINESS_DAYS;
    return 0;
}

static bool is_business_day(int64_t day)
{
    int64_t weekday = (day % 7 + 11) % 7; /* 1970-01-01 was a Thursday */

    return weekday != 0 && weekday != 6;
}

static int64_t add_business_days(int64_t day, int count)
{
    while (count > 0) {
        day++;
        if (is_business_day(day))
            count--;
    }
    return day;
}

static int64_t add_months(const struct local_time *from, int count)
{
    int months = from->month - 1 + count;
    int year = from->year + months / 12, month = months % 12 + 1;
    int last = days_in_month(year, month);

    return zone_days_of(year, month, from->day < last ? from->day : last);
}

int64_t wait_from(const struct wait *wait, int64_t from_ms, const struct zone *zone)
{
    struct local_time local;
    int64_t day;

    if (wait->unit == WAIT_ON_DATE)
        return when_day_start(zone, zone_days_of(wait->year, wait->month, wait->day));
    if (wait->unit == WAIT_MINUTES || wait->count == 0)
        return from_ms + wait->count * MINUTE_MS;
    if (wait->unit == WAIT_HOURS)
        return from_ms + wait->count * HOUR_MS;
    local = local_of(zone, from_ms);
    day = zone_days_of(local.year, local.month, local.day);
    if (wait->unit == WAIT_BUSINESS_DAYS)
        day = add_business_days(day, wait->count);
    else if (wait->unit == WAIT_MONTHS)
        day = add_months(&local, wait->count);
    else
        day += INT64_C(1) * wait->count * (wait->unit == WAIT_WEEKS ? 7 : 1);
    zone_date_of(day, &local.year, &local.month, &local.day);
    return zone_to_utc(zone, &local);
}

/* ---- windows ---- */

static int weekday_of(struct span name)
{
    for (int i = 0; i < 7; i++)
        if (text_eq_nocase(name, span_of(day_names[i])))
            return i;
    return -1;
}

/* "mon" or "mon-fri", also over the week's end ("sat-mon"). */
static bool add_days(struct span piece, unsigned *days)
{
    struct span rest = text_trim(piece), first, last;
    int from, to;

    if (!text_next_piece(&rest, '-', &first))
        return false;
    from = weekday_of(text_trim(first));
    to = from;
    if (rest.data) {
        if (!text_next_piece(&rest, '-', &last) || rest.data)
            return false;
        to = weekday_of(text_trim(last));
    }
    if (from < 0 || to < 0)
        return false;
    for (int day = from;; day = (day + 1) % 7) {
        *days |= 1u << day;
        if (day == to)
            return true;
    }
}

bool window_parse_days(struct span text, unsigned *days)
{
    struct span rest = text_trim(text), piece;
    unsigned found = 0;

    if (rest.len == 0 || rest.len > MAX_TEXT_BYTES)
        return false;
    if (text_eq_nocase(rest, span_of("daily"))) {
        *days = WINDOW_EVERY_DAY;
        return true;
    }
    while (text_next_piece(&rest, ',', &piece))
        if (!add_days(piece, &found))
            return false;
    *days = found;
    return true;
}

static bool is_inside(const struct window *window, const struct local_time *local)
{
    int minute = local->hour * 60 + local->minute;

    return (window->days >> local->weekday & 1u) && minute >= window->from_minute &&
           minute < window->to_minute;
}

/* A later instant that may be inside, by no more than the way to the next opening. */
static int64_t next_opening(const struct window *window, const struct zone *zone,
                            const struct local_time *local, int64_t at_ms)
{
    int64_t day = zone_days_of(local->year, local->month, local->day);
    int minute = local->hour * 60 + local->minute;
    int64_t next;

    if (!(window->days >> local->weekday & 1u) || minute >= window->from_minute) {
        next = when_day_start(zone, day + 1);
        return next > at_ms ? next : at_ms + HOUR_MS;
    }
    next = instant_of(zone, day, window->from_minute);
    if (next > at_ms)
        return next;
    /* We stand in the second pass of a repeated hour: from here the clock runs straight. */
    return at_ms + (window->from_minute - minute) * MINUTE_MS - local->second * SECOND_MS -
           local->ms;
}

int64_t window_next(const struct window *window, const struct zone *prospect, int64_t at_ms)
{
    const struct zone *zone = window->zone ? window->zone : prospect;

    if (!(window->days & WINDOW_EVERY_DAY) || window->from_minute >= window->to_minute)
        return -1;
    /* Nine days of two moves each, and room for clock changes that swallow an opening. */
    for (int moves = 0; moves < 64; moves++) {
        struct local_time local = local_of(zone, at_ms);

        if (is_inside(window, &local))
            return at_ms;
        at_ms = next_opening(window, zone, &local, at_ms);
    }
    return -1;
}
