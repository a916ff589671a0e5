/* tests/engine/test_drops_slots.c - two times to offer: inside the window, on business days, the same whenever asked. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
// clang-format on

#include "clockwork.h"
#include "core/engine/drops_parts.h"

static const char *const zones[] = { "Europe/Berlin",     "America/New_York", "Asia/Kolkata",
                                     "America/Sao_Paulo", "Pacific/Auckland", "UTC" };

static struct drops_facts facts_of(const struct prospect *who, const char *zone, int64_t now_ms)
{
    return (struct drops_facts){ .prospect = who, .zone = zone_named(zone), .now_ms = now_ms };
}

static int64_t slot(const struct value *slots, size_t i)
{
    struct drops_facts facts = { .zone = zone_utc() };
    char text[64] = "";
    int64_t at_ms = 0;

    assert_int_equal(slots->type, VALUE_LIST);
    assert_true(i < slots->list.count && slots->list.items[i].text.len < sizeof(text));
    memcpy(text, slots->list.items[i].text.data, slots->list.items[i].text.len);
    assert_true(drops_date(&facts, text, &at_ms));
    return at_ms;
}

/* Over two years, so that both changes of the clock and both ends of the year are in it. */
static void each_day(void (*check)(const struct drops_facts *facts))
{
    for (int i = 0; i < 2 * 365; i++) {
        const struct prospect who = { .id = 77 + i * 13 };
        const char *zone = zones[(size_t)i % COUNT_OF(zones)];
        int64_t now = ms_at("UTC", "2026-01-01 00:00") + i * DAY_MS + i % 24 * HOUR_MS;
        struct drops_facts facts = facts_of(&who, zone, now);
        check(&facts);
    }
}

static void check_inside(const struct drops_facts *facts)
{
    const struct window window = { .days = WINDOW_MON_FRI, .from_minute = 540, .to_minute = 1020 };
    struct arena arena;
    struct value slots;
    struct local_time first, second;

    arena_init(&arena);
    slots = drop_slots(facts, &arena);
    for (size_t i = 0; i < 2; i++) {
        int64_t at_ms = slot(&slots, i);
        assert_true(window_next(&window, facts->zone, at_ms) == at_ms);
        assert_true(drops_days_since(facts, at_ms) < 0);
        assert_true(drops_days_since(facts, at_ms) > -6);
    }
    zone_to_local(facts->zone, slot(&slots, 0), &first);
    zone_to_local(facts->zone, slot(&slots, 1), &second);
    assert_true(slot(&slots, 0) < slot(&slots, 1) && first.day != second.day);
    assert_true((first.hour < 13) != (second.hour < 13));
    assert_int_equal(first.minute % 30 + second.minute % 30, 0);
    arena_finish(&arena);
}

static void test_slots__are_on_the_next_business_days_in_office_hours(void **state)
{
    (void)state;
    each_day(check_inside);
}

static void check_again(const struct drops_facts *facts)
{
    struct drops_facts later = *facts;
    struct arena arena;
    struct value slots, again;
    int64_t left = when_day_start(facts->zone, when_day_of(facts->zone, facts->now_ms) + 1);

    arena_init(&arena);
    later.now_ms = left - 1;
    slots = drop_slots(facts, &arena);
    again = drop_slots(&later, &arena);
    for (size_t i = 0; i < 2; i++)
        assert_true(slot(&slots, i) == slot(&again, i));
    arena_finish(&arena);
}

static void test_slots__are_the_same_all_day(void **state)
{
    (void)state;
    each_day(check_again);
}

static void test_slots__differ_between_prospects(void **state)
{
    struct arena arena;
    int same = 0;

    (void)state;
    arena_init(&arena);
    for (int i = 1; i < 100; i++) {
        const struct prospect one = { .id = 1 }, other = { .id = i + 1 };
        int64_t now = ms_at("UTC", "2026-11-23 09:00");
        struct drops_facts a = facts_of(&one, "UTC", now), b = facts_of(&other, "UTC", now);
        struct value of_a = drop_slots(&a, &arena), of_b = drop_slots(&b, &arena);
        same += slot(&of_a, 0) == slot(&of_b, 0);
    }
    assert_true(same < 30);
    arena_finish(&arena);
}

static const struct {
    struct window window;
    const char *zone; /* the window's own; NULL = the prospect's */
} windows[] = {
    { { .days = WINDOW_MON_FRI, .from_minute = 9 * 60, .to_minute = 17 * 60 + 30 }, NULL },
    { { .days = WINDOW_EVERY_DAY, .from_minute = 0, .to_minute = 1440 }, NULL },
    { { .days = 0x41u, .from_minute = 10 * 60, .to_minute = 14 * 60 }, NULL },
    { { .days = 1u << 3, .from_minute = 18 * 60, .to_minute = 21 * 60 }, NULL },
    { { .days = WINDOW_MON_FRI, .from_minute = 9 * 60, .to_minute = 17 * 60 }, "Asia/Kolkata" },
};

static void test_slots__are_inside_the_window_of_the_sequence(void **state)
{
    const struct prospect who = { .id = 5 };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(windows) * 30; i++) {
        struct window window = windows[i % COUNT_OF(windows)].window;
        struct drops_facts facts =
            facts_of(&who, "Europe/Berlin", ms_at("UTC", "2026-03-10 07:00") + (int64_t)i * DAY_MS);
        struct arena arena;
        struct value slots;

        arena_init(&arena);
        if (windows[i % COUNT_OF(windows)].zone)
            window.zone = zone_named(windows[i % COUNT_OF(windows)].zone);
        facts.window = &window;
        slots = drop_slots(&facts, &arena);
        assert_int_equal(slots.list.count, 2);
        for (size_t k = 0; k < 2; k++)
            assert_true(window_next(&window, facts.zone, slot(&slots, k)) == slot(&slots, k));
        arena_finish(&arena);
    }
}

static void test_slots__are_nil_in_a_window_that_holds_none(void **state)
{
    const struct prospect who = { .id = 5 };
    const struct window none = { .days = 0, .from_minute = 540, .to_minute = 1020 };
    const struct window small = { .days = WINDOW_MON_FRI, .from_minute = 545, .to_minute = 560 };
    struct drops_facts facts = facts_of(&who, "UTC", 0);
    struct arena arena;

    (void)state;
    arena_init(&arena);
    facts.window = &none;
    assert_int_equal(drop_slots(&facts, &arena).type, VALUE_NIL);
    facts.window = &small;
    assert_int_equal(drop_slots(&facts, &arena).type, VALUE_NIL);
    arena_finish(&arena);
}

static void test_slots__of_the_salesperson_win_while_they_are_to_come(void **state)
{
    const struct prospect who = { .id = 5 };
    struct drops_facts facts = facts_of(&who, "Europe/Berlin", ms_at("UTC", "2026-12-01 10:00"));
    struct arena arena;
    struct value slots;

    (void)state;
    arena_init(&arena);
    facts.notes.cta_slots = "2026-11-30 10:00; 2026-12-03 10:15;soon;2026-12-04 16:40;2026-12-05";
    slots = drop_slots(&facts, &arena);
    assert_int_equal(slots.list.count, 2);
    assert_true(slot(&slots, 0) == ms_at("Europe/Berlin", "2026-12-03 10:15"));
    assert_true(slot(&slots, 1) == ms_at("Europe/Berlin", "2026-12-04 16:40"));
    facts.notes.cta_slots = "2026-11-30 10:00";
    assert_int_equal(drop_slots(&facts, &arena).list.count, 2);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slots__are_on_the_next_business_days_in_office_hours),
        cmocka_unit_test(test_slots__are_the_same_all_day),
        cmocka_unit_test(test_slots__differ_between_prospects),
        cmocka_unit_test(test_slots__are_inside_the_window_of_the_sequence),
        cmocka_unit_test(test_slots__are_nil_in_a_window_that_holds_none),
        cmocka_unit_test(test_slots__of_the_salesperson_win_while_they_are_to_come),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
