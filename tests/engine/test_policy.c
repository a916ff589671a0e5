/* tests/engine/test_policy.c - gates, caps, hours, pace and retries as rows. */
#include "tests/engine/clockwork.h"

#include <string.h>

#include "core/base/attr.h"
#include "core/engine/policy.h"

#define BERLIN "Europe/Berlin"
#define NEW_YORK "America/New_York"

/* ---- gates ---- */

static void test_policy__names_each_gate_once(void **state)
{
    (void)state;
    for (int i = 0; i < GATE_COUNT; i++) {
        enum gate found;

        assert_true(policy_gate_find(policy_gates[i].name, &found));
        assert_int_equal(found, i);
        assert_non_null(policy_gates[i].closed);
        assert_int_equal(policy_gates[i].delays, i == GATE_CAPS || i == GATE_QUIET);
    }
    assert_false(policy_gate_find("weather", &(enum gate){ GATE_COUNT }));
}

static struct candidate open_candidate(void)
{
    return (struct candidate){ .channel = "sms",
                               .sender = "texts",
                               .has_address = true,
                               .address_ok = true,
                               .consented = true,
                               .session_open = true,
                               .sender_ok = true,
                               .has_body = true };
}

static void close_gate(struct candidate *c, enum gate gate)
{
    switch (gate) {
    case GATE_ADDRESS:
        c->has_address = false;
        break;
    case GATE_CONSENT:
        c->consented = false;
        break;
    case GATE_SUPPRESSED:
        c->suppressed = true;
        break;
    case GATE_AVOIDED:
        c->avoided = true;
        break;
    case GATE_SESSION:
        c->session_open = false;
        break;
    case GATE_SENDER:
        c->sender_ok = false;
        break;
    case GATE_BODY:
        c->has_body = false;
        break;
    case GATE_CAPS:
        c->capped_until_ms = 2000;
        break;
    default:
        c->quiet_until_ms = 3000;
        break;
    }
}

static void test_policy__closes_exactly_the_gate_whose_fact_is_missing(void **state)
{
    struct verdict verdict;

    (void)state;
    for (int i = 0; i < GATE_COUNT; i++) {
        struct candidate candidate = open_candidate();

        close_gate(&candidate, (enum gate)i);
        policy_judge(&candidate, 1000, &verdict);
        assert_int_equal(verdict.closed, 1u << i);
        assert_int_equal(verdict.first, i);
        assert_int_equal(verdict.possible, policy_gates[i].delays);
        assert_int_equal(verdict.at_ms, i == GATE_CAPS ? 2000 : i == GATE_QUIET ? 3000 : 1000);
    }
}

static void test_policy__lets_a_candidate_with_nothing_against_it_pass_at_once(void **state)
{
    struct candidate candidate = open_candidate();
    struct verdict verdict;

    (void)state;
    policy_judge(&candidate, 1000, &verdict);
    assert_int_equal(verdict.closed, 0);
    assert_int_equal(verdict.first, GATE_COUNT);
    assert_true(verdict.possible);
    assert_int_equal(verdict.at_ms, 1000);
    candidate.sender = NULL;
    policy_judge(&candidate, 1000, &verdict);
    assert_int_equal(verdict.first, GATE_SENDER);
    candidate = open_candidate();
    candidate.address_ok = false;
    policy_judge(&candidate, 1000, &verdict);
    assert_int_equal(verdict.first, GATE_ADDRESS);
}

static void test_policy__bars_a_candidate_whose_hours_never_come(void **state)
{
    struct candidate candidate = open_candidate();
    struct verdict verdict;

    (void)state;
    candidate.quiet_until_ms = INT64_MAX;
    policy_judge(&candidate, 1000, &verdict);
    assert_false(verdict.possible);
}

/* ---- caps ---- */

static const struct {
    const char *zone, *now;
    const char *past[7]; /* "sms 2026-11-20 10:00" */
    const char *expected;
} caps[] = {
    { BERLIN, "2026-11-20 10:00", { NULL }, "2026-11-20 10:00" },
    { BERLIN, "2026-11-20 10:00", { "sms 2026-11-20 08:30" }, "2026-11-21 00:00" },
    { BERLIN, "2026-11-20 08:00", { "sms 2026-11-19 17:00" }, "2026-11-20 08:00" },
    { BERLIN, "2026-11-20 10:00", { "email 2026-11-20 08:30" }, "2026-11-20 10:00" },
    { BERLIN,
      "2026-11-20 10:00",
      { "sms 2026-11-16 09:00", "sms 2026-11-17 09:00", "sms 2026-11-18 09:00" },
      "2026-11-23 00:00" },
    { BERLIN,
      "2026-11-20 10:00",
      { "sms 2026-11-13 23:59", "sms 2026-11-17 09:00", "sms 2026-11-18 09:00" },
      "2026-11-20 10:00" },
    { BERLIN,
      "2026-11-20 10:00",
      { "email 2026-11-16 09:00", "call 2026-11-16 09:10", "email 2026-11-18 09:00",
        "whatsapp 2026-11-18 10:00", "call 2026-11-19 09:00" },
      "2026-11-23 00:00" },
    /* a touch that is planned already counts from both sides */
    { BERLIN,
      "2026-11-20 10:00",
      { "sms 2026-11-19 09:00", "sms 2026-11-21 09:00", "sms 2026-11-22 09:00" },
      "2026-11-26 00:00" },
    { BERLIN,
      "2026-11-20 10:00",
      { "sms 2026-11-25 09:00", "sms 2026-11-26 09:00", "sms 2026-11-27 09:00" },
      "2026-11-20 10:00" },
    { BERLIN,
      "2026-11-20 10:00",
      { "sms 2026-11-24 09:00", "sms 2026-11-25 09:00", "sms 2026-11-26 09:00" },
      "2026-12-01 00:00" },
    /* days are theirs: 23:30 in New York is the next day in Berlin */
    { NEW_YORK, "2026-11-20 09:00", { "sms 2026-11-19 23:30" }, "2026-11-20 09:00" },
    /* over the change of the clocks */
    { BERLIN, "2026-03-28 23:30", { "sms 2026-03-28 09:00" }, "2026-03-29 00:00" },
    { BERLIN, "2026-10-25 02:30", { "sms 2026-10-25 00:30" }, "2026-10-26 00:00" },
    { "Africa/Cairo", "2026-04-23 12:00", { "sms 2026-04-23 09:00" }, "2026-04-24 01:00" },
};

static void test_policy__counts_touches_by_the_days_of_the_prospect(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(caps); i++) {
        struct past_touch past[7];
        char channels[7][16];
        struct caps_query query = {
            .caps = &caps_default, .past = past, .channel = "sms", .zone = zone_named(caps[i].zone)
        };

        for (size_t n = 0; n < 7 && caps[i].past[n]; n++) {
            const char *space = strchr(caps[i].past[n], ' ');
            size_t len = (size_t)(space - caps[i].past[n]);

            memcpy(channels[n], caps[i].past[n], len);
            channels[n][len] = '\0';
            past[query.past_count++] =
                (struct past_touch){ channels[n], ms_at(caps[i].zone, space + 1) };
        }
        if (policy_caps_until(&query, ms_at(caps[i].zone, caps[i].now)) !=
            ms_at(caps[i].zone, caps[i].expected))
            fail_msg("row %zu", i);
    }
}

static void test_policy__never_passes_a_cap_when_all_wait_for_their_turn(void **state)
{
    static const char *const channels[] = { "sms", "email", "call" };
    struct past_touch past[90];
    struct caps_query query = { .caps = &caps_default, .past = past, .zone = zone_named(BERLIN) };
    int64_t now = ms_at(BERLIN, "2026-03-20 10:00");

    (void)state;
    for (size_t n = 0; n < 60; n++) {
        query.channel = channels[n % 3];
        now = policy_caps_until(&query, now);
        past[query.past_count++] = (struct past_touch){ query.channel, now };
    }
    for (size_t i = 0; i < query.past_count; i++) {
        int all = 0, same = 0, today = 0;
        int64_t day = when_day_of(query.zone, past[i].at_ms);

        for (size_t j = 0; j < query.past_count; j++) {
            int64_t other = when_day_of(query.zone, past[j].at_ms);
            bool is_same = strcmp(past[i].channel, past[j].channel) == 0;

            all += other >= day && other < day + 7;
            same += is_same && other >= day && other < day + 7;
            today += is_same && other == day;
        }
        assert_true(all <= 5 && same <= 3 && today <= 1);
    }
    /* and it is not slower than it must be: 5 a week */
    assert_true(now - past[0].at_ms <= 12 * 7 * DAY_MS);
}

static void test_policy__without_limits_never_waits(void **state)
{
    static const struct caps none = { 0 };
    struct past_touch past[50];
    const struct caps_query query = {
        .caps = &none, .past = past, .past_count = 50, .channel = "sms", .zone = zone_utc()
    };

    (void)state;
    for (size_t i = 0; i < 50; i++)
        past[i] = (struct past_touch){ "sms", 1000 };
    assert_int_equal(policy_caps_until(&query, 1000), 1000);
}

/* ---- hours ---- */

static const struct {
    const char *channel, *days;
    int from, to;                                   /* of the sequence's window; 0, 0 = none */
    const char *window_zone, *zone, *at, *expected; /* NULL: never */
} hours[] = {
    { "sms", NULL, 0, 0, NULL, NEW_YORK, "2026-11-20 07:59", "2026-11-20 08:00" },
    { "sms", NULL, 0, 0, NULL, NEW_YORK, "2026-11-20 20:59", "2026-11-20 20:59" },
    { "sms", NULL, 0, 0, NULL, NEW_YORK, "2026-11-20 21:00", "2026-11-21 08:00" },
    { "call", NULL, 0, 0, NULL, NEW_YORK, "2026-11-20 23:00", "2026-11-21 08:00" },
    { "email", NULL, 0, 0, NULL, NEW_YORK, "2026-11-20 23:00", "2026-11-20 23:00" },
    { "whatsapp", NULL, 0, 0, NULL, NEW_YORK, "2026-11-20 23:00", "2026-11-20 23:00" },
    { "sms", "mon-fri", 360, 1320, NULL, NEW_YORK, "2026-11-20 06:00", "2026-11-20 08:00" },
    { "sms", "mon-fri", 360, 1320, NULL, NEW_YORK, "2026-11-20 21:30", "2026-11-23 08:00" },
    { "email", "mon-fri", 360, 1320, NULL, NEW_YORK, "2026-11-20 21:30", "2026-11-20 21:30" },
    /* our office hours in Berlin are their night: only where both are open */
    { "sms", "mon-fri", 540, 1050, BERLIN, NEW_YORK, "2026-11-20 03:00", "2026-11-20 08:00" },
    { "sms", "mon-fri", 540, 1050, BERLIN, NEW_YORK, "2026-11-20 11:29", "2026-11-20 11:29" },
    { "sms", "mon-fri", 540, 1050, BERLIN, NEW_YORK, "2026-11-20 11:30", "2026-11-23 08:00" },
    { "sms", "mon-fri", 540, 1050, BERLIN, "Australia/Sydney", "2026-11-20 12:00",
      "2026-11-20 19:00" },
    { "sms", "mon", 1260, 1380, NULL, NEW_YORK, "2026-11-20 12:00", NULL },
    { "email", "mon", 600, 600, NULL, NEW_YORK, "2026-11-20 12:00", NULL },
    /* the clocks change in the night before */
    { "sms", NULL, 0, 0, NULL, NEW_YORK, "2026-03-07 22:00", "2026-03-08 08:00" },
    { "sms", NULL, 0, 0, NULL, NEW_YORK, "2026-10-31 22:00", "2026-11-01 08:00" },
};

static void test_policy__texts_and_calls_only_in_the_hours_of_the_prospect(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hours); i++) {
        struct window window = { .from_minute = hours[i].from, .to_minute = hours[i].to };
        const struct hours question = { .window = hours[i].days ? &window : NULL,
                                        .zone = zone_named(hours[i].zone),
                                        .channel = hours[i].channel };
        int64_t expected = hours[i].expected ? ms_at(hours[i].zone, hours[i].expected) : INT64_MAX;

        if (hours[i].days)
            assert_true(window_parse_days(span_of(hours[i].days), &window.days));
        if (hours[i].window_zone)
            window.zone = zone_named(hours[i].window_zone);
        if (policy_open_at(&question, ms_at(hours[i].zone, hours[i].at)) != expected)
            fail_msg("row %zu", i);
    }
}

/* ---- pace ---- */

static void test_pace__keeps_the_gap_and_the_day(void **state)
{
    const struct zone *zone = zone_named(BERLIN);
    struct pace pace = { .per_minute = 2, .per_day = 50 };
    int64_t now = ms_at(BERLIN, "2026-03-27 10:00"), last = 0;

    (void)state;
    assert_int_equal(pace_peek(&pace, now, zone), now);
    for (int i = 0; i < 230; i++) {
        int64_t peek = pace_peek(&pace, now, zone), at = pace_reserve(&pace, now, zone);

        assert_int_equal(at, peek);
        assert_true(i == 0 ? at == now : at >= last + 30 * SECOND_MS);
        if (i > 0 && i % 50 == 0)
            assert_int_equal(at, when_day_start(zone, when_day_of(zone, now) + i / 50));
        last = at;
    }
}

static void test_pace__that_had_time_to_rest_does_not_catch_up_in_a_burst(void **state)
{
    struct pace pace = { .per_minute = 60 };
    int64_t first, second;

    (void)state;
    (void)pace_reserve(&pace, 0, zone_utc());
    first = pace_reserve(&pace, HOUR_MS, zone_utc());
    second = pace_reserve(&pace, HOUR_MS, zone_utc());
    assert_int_equal(first, HOUR_MS);
    assert_int_equal(second, HOUR_MS + SECOND_MS);
}

static void test_pace__without_limits_is_always_now(void **state)
{
    struct pace pace = { 0 };

    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(pace_reserve(&pace, 5000, zone_utc()), 5000);
    assert_int_equal(pace.sent_today, 10);
}

static void test_pace__spread_by_a_seed_is_repeatable_and_within_its_share(void **state)
{
    struct pace a = { .per_minute = 2, .spread_percent = 50, .seed = 7 }, b = a;
    int64_t last = pace_reserve(&a, 0, zone_utc()), sum = 0;
    bool varies = false;

    (void)state;
    (void)pace_reserve(&b, 0, zone_utc());
    for (int i = 0; i < 2000; i++) {
        int64_t at = pace_reserve(&a, 0, zone_utc());

        assert_int_equal(at, pace_reserve(&b, 0, zone_utc()));
        assert_in_range(at - last, 15 * SECOND_MS, 45 * SECOND_MS);
        varies = varies || at - last != 30 * SECOND_MS;
        sum += at - last;
        last = at;
    }
    assert_true(varies);
    assert_in_range(sum / 2000, 29 * SECOND_MS, 31 * SECOND_MS);
}

/* ---- retries ---- */

static const struct {
    enum retry_kind kind;
    int attempt;
    int64_t low_s, high_s; /* of the wait; -1 = give up */
} retries[] = {
    { RETRY_EMAIL, 1, 240, 360 },      { RETRY_EMAIL, 2, 480, 720 },
    { RETRY_EMAIL, 3, 960, 1440 },     { RETRY_EMAIL, 4, 1920, 2880 },
    { RETRY_EMAIL, 5, 3216, 4824 },    { RETRY_EMAIL, 40, 3216, 4824 },
    { RETRY_EMAIL, 0, 240, 360 },      { RETRY_TEXT, 1, 1, 3 },
    { RETRY_TEXT, 2, 2, 6 },           { RETRY_TEXT, 3, 4, 12 },
    { RETRY_TEXT, 7, 64, 192 },        { RETRY_TEXT, 8, -1, -1 },
    { RETRY_TEXT, INT32_MAX, -1, -1 }, { RETRY_EMAIL, INT32_MAX, 3216, 4824 },
};

static void test_policy__waits_longer_after_each_failure_and_differs_by_seed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(retries); i++) {
        int64_t lowest = INT64_MAX, highest = 0;

        for (int64_t seed = 0; seed < 500; seed++) {
            const struct retry retry = { .kind = retries[i].kind,
                                         .attempt = retries[i].attempt,
                                         .first_ms = 1000000,
                                         .now_ms = 1000000,
                                         .seed = seed };
            int64_t next = policy_next_try(&retry);

            assert_int_equal(next, policy_next_try(&retry));
            if (retries[i].low_s < 0) {
                assert_int_equal(next, -1);
                continue;
            }
            assert_in_range(next - 1000000, retries[i].low_s * 1000, retries[i].high_s * 1000);
            lowest = next < lowest ? next : lowest;
            highest = next > highest ? next : highest;
        }
        if (retries[i].low_s >= 0)
            assert_true(highest - lowest > (retries[i].high_s - retries[i].low_s) * 900);
    }
}

static const struct {
    const char *why;
    struct retry retry;
    int64_t low_ms, high_ms;
} wishes[] = {
    { "a text takes the wish", { RETRY_TEXT, 1, 0, 0, 30000, 1 }, 30000, 30000 },
    { "also a shorter one", { RETRY_TEXT, 7, 0, 0, 5000, 1 }, 5000, 5000 },
    { "at least a second", { RETRY_TEXT, 1, 0, 0, 1, 1 }, 1000, 1000 },
    { "an hour at most", { RETRY_TEXT, 1, 0, 0, 10 * 365 * DAY_MS, 1 }, HOUR_MS, HOUR_MS },
    { "a negative wish is none", { RETRY_TEXT, 1, 0, 0, -5, 1 }, 1000, 3000 },
    { "e-mail is patient anyway", { RETRY_EMAIL, 1, 0, 0, 1000, 1 }, 240000, 360000 },
    { "e-mail obeys a longer wish", { RETRY_EMAIL, 1, 0, 0, HOUR_MS, 1 }, HOUR_MS, HOUR_MS },
    { "a text gives up after 4 h", { RETRY_TEXT, 2, 0, 4 * HOUR_MS, 0, 1 }, -1, -1 },
    { "a text just before",
      { RETRY_TEXT, 2, 0, 4 * HOUR_MS - 10000, 0, 1 },
      4 * HOUR_MS - 8000,
      4 * HOUR_MS },
    { "e-mail gives up after 48 h", { RETRY_EMAIL, 60, 0, 48 * HOUR_MS, 0, 1 }, -1, -1 },
    { "e-mail at 46 h",
      { RETRY_EMAIL, 50, 0, 46 * HOUR_MS, 0, 1 },
      46 * HOUR_MS + 3216000,
      46 * HOUR_MS + 4824000 },
};

static void test_policy__heeds_the_wish_of_the_provider_and_knows_when_to_give_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wishes); i++) {
        int64_t next = policy_next_try(&wishes[i].retry);

        if (next < wishes[i].low_ms || next > wishes[i].high_ms)
            fail_msg("%s: %lld", wishes[i].why, (long long)next);
    }
}

static void test_policy__tries_a_mail_for_two_days_and_a_text_eight_times(void **state)
{
    static const struct {
        enum retry_kind kind;
        int64_t limit_ms;
        int min_tries, max_tries;
    } rows[] = { { RETRY_EMAIL, 48 * HOUR_MS, 35, 60 }, { RETRY_TEXT, 4 * HOUR_MS, 8, 8 } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct retry retry = { .kind = rows[i].kind, .attempt = 1, .seed = 99 };
        int64_t next;

        while ((next = policy_next_try(&retry)) >= 0) {
            assert_true(next > retry.now_ms && next <= rows[i].limit_ms);
            retry.now_ms = next;
            retry.attempt++;
        }
        assert_in_range(retry.attempt, rows[i].min_tries, rows[i].max_tries);
    }
    assert_int_equal(policy_retry_kind("email"), RETRY_EMAIL);
    assert_int_equal(policy_retry_kind("sms"), RETRY_TEXT);
    assert_int_equal(policy_retry_kind("slack"), RETRY_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_policy__names_each_gate_once),
        cmocka_unit_test(test_policy__closes_exactly_the_gate_whose_fact_is_missing),
        cmocka_unit_test(test_policy__lets_a_candidate_with_nothing_against_it_pass_at_once),
        cmocka_unit_test(test_policy__bars_a_candidate_whose_hours_never_come),
        cmocka_unit_test(test_policy__counts_touches_by_the_days_of_the_prospect),
        cmocka_unit_test(test_policy__never_passes_a_cap_when_all_wait_for_their_turn),
        cmocka_unit_test(test_policy__without_limits_never_waits),
        cmocka_unit_test(test_policy__texts_and_calls_only_in_the_hours_of_the_prospect),
        cmocka_unit_test(test_pace__keeps_the_gap_and_the_day),
        cmocka_unit_test(test_pace__that_had_time_to_rest_does_not_catch_up_in_a_burst),
        cmocka_unit_test(test_pace__without_limits_is_always_now),
        cmocka_unit_test(test_pace__spread_by_a_seed_is_repeatable_and_within_its_share),
        cmocka_unit_test(test_policy__waits_longer_after_each_failure_and_differs_by_seed),
        cmocka_unit_test(test_policy__heeds_the_wish_of_the_provider_and_knows_when_to_give_up),
        cmocka_unit_test(test_policy__tries_a_mail_for_two_days_and_a_text_eight_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
