/* Rates, medians, switches and opt-outs of a small world, counted by hand; and the words they are shown in. */
#include "tests/store/world.h"

#include "core/engine/report.h"

static void read_report(struct world *w, const char *sequence, struct report *out)
{
    struct err err = { 0 };

    world_check(report_read(w->db, sequence, &w->arena, out, &err), &err);
}

static const struct report_row *channel(const struct report *report, const char *name)
{
    for (size_t i = 0; i < report->channel_count; i++)
        if (strcmp(report->channels[i].counts.channel, name) == 0)
            return &report->channels[i];
    fail_msg("no channel %s", name);
    return NULL;
}

static void test_report__puts_rates_and_medians_beside_the_counts(void **state)
{
    struct world w;
    struct report report;
    struct rate half = rate_wilson(1, 2);

    (void)state;
    world_open(&w);
    world_fill(&w);
    read_report(&w, NULL, &report);
    assert_int_equal(report.total.counts.sent, 4);
    assert_true(report.total.rate.rate == half.rate && report.total.rate.low == half.low);
    assert_int_equal(report.total.median_ms, DAY_MS);
    assert_int_equal(report.total.switches_to, 1);
    assert_int_equal(report.channel_count, 2);
    assert_string_equal(report.channels[0].counts.channel, "email");
    assert_int_equal(report.channels[0].switches_from, 1);
    assert_int_equal(report.channels[0].switches_to, 0);
    assert_int_equal(report.channels[0].median_ms, DAY_MS);
    assert_int_equal(report.channels[1].switches_to, 1);
    assert_int_equal(report.channels[1].median_ms, -1);
    assert_true(report.channels[1].rate.rate < 0.001);
    assert_int_equal(report.step_count, 3);
    assert_string_equal(report.steps[0].counts.step_id, "recap");
    assert_int_equal(report.steps[0].switches_to, 1);
    assert_int_equal(report.steps[1].switches_to, 0);
    assert_null(report.steps[2].counts.sequence);
    world_close(&w);
}

static void test_report__takes_the_middle_of_many_waits(void **state)
{
    struct world w;
    struct report report;

    (void)state;
    world_open(&w);
    world_fill(&w);
    world_run(&w, "UPDATE touch SET replied_at = sent_at + 3 * {day} WHERE id = {ben_mail};"
                  "UPDATE touch SET replied_at = sent_at + 8 * {day} WHERE id = {ana_text};");
    read_report(&w, NULL, &report);
    assert_int_equal(report.total.median_ms, 3 * DAY_MS);
    assert_int_equal(channel(&report, "email")->median_ms, 2 * DAY_MS);
    assert_int_equal(channel(&report, "sms")->median_ms, 8 * DAY_MS);
    assert_int_equal(report.steps[0].median_ms, 2 * DAY_MS);
    world_close(&w);
}

static void test_report__lists_a_channel_that_people_moved_to_before_anything_left_there(
    void **state)
{
    struct world w;
    struct report report;

    (void)state;
    world_open(&w);
    world_fill(&w);
    world_run(&w, "INSERT INTO switch VALUES"
                  "({A}, {new}, {ana}, 'sms', 'telegram', 'x', 0, {now}, NULL, NULL), "
                  "({A}, {new2}, {ana}, 'carrier', NULL, 'x', 0, {now}, NULL, NULL);");
    read_report(&w, NULL, &report);
    assert_int_equal(report.channel_count, 4);
    assert_string_equal(report.channels[0].counts.channel, "carrier");
    assert_string_equal(report.channels[3].counts.channel, "telegram");
    assert_int_equal(channel(&report, "carrier")->switches_from, 1);
    assert_int_equal(channel(&report, "telegram")->switches_to, 1);
    assert_int_equal(channel(&report, "telegram")->counts.people, 0);
    assert_int_equal(channel(&report, "sms")->switches_to, 1);
    assert_int_equal(channel(&report, "sms")->switches_from, 1);
    assert_int_equal(channel(&report, "sms")->counts.sent, 1);
    assert_int_equal(report.total.switches_to, 3);
    world_close(&w);
}

static void test_report__counts_a_person_who_opted_out_once(void **state)
{
    struct world w;
    struct report report;

    (void)state;
    world_open(&w);
    world_fill(&w);
    world_run(&w, "INSERT INTO suppression VALUES"
                  "(1, 'email', 'a', 'email', 'opt_out', NULL, {ana}, {now}, NULL), "
                  "(1, 'phone', 'b', 'sms', 'opt_out', NULL, {ana}, {now}, NULL), "
                  "(1, 'phone', 'c', 'sms', 'opt_out', NULL, {ana}, {now}, NULL), "
                  "(1, 'email', 'd', '', 'complaint', NULL, {ben}, {now}, NULL);");
    read_report(&w, NULL, &report);
    assert_int_equal(report.total.opt_outs, 2);
    assert_int_equal(channel(&report, "email")->opt_outs, 2);
    assert_int_equal(channel(&report, "sms")->opt_outs, 1);
    assert_int_equal(report.steps[0].opt_outs, 1);
    assert_int_equal(report.steps[1].opt_outs, 1);
    assert_int_equal(report.steps[2].opt_outs, 1);
    world_close(&w);
}

static void test_report__of_a_sequence_nobody_is_in_is_empty(void **state)
{
    struct world w;
    struct report report;

    (void)state;
    world_open(&w);
    world_fill(&w);
    read_report(&w, "another", &report);
    assert_int_equal(report.total.counts.people, 0);
    assert_int_equal(report.total.median_ms, -1);
    assert_int_equal(report.total.switches_to, 0);
    assert_int_equal(report.channel_count + report.step_count, 0);
    world_close(&w);
}

static void test_report__says_durations_in_their_two_largest_units(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        { 0, "0 s" },
        { 999, "0 s" },
        { 12 * SECOND_MS, "12 s" },
        { MINUTE_MS, "1 min" },
        { 35 * MINUTE_MS + 59 * SECOND_MS, "35 min" },
        { HOUR_MS, "1 h" },
        { 2 * HOUR_MS + 5 * MINUTE_MS, "2 h 5 min" },
        { DAY_MS - 1, "23 h 59 min" },
        { DAY_MS, "1 d" },
        { DAY_MS + 4 * HOUR_MS + 59 * MINUTE_MS, "1 d 4 h" },
        { 400 * DAY_MS, "400 d" },
    };
    char text[32];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(report_duration(rows[i].ms, text), rows[i].text);
}

static void test_report__says_a_rate_with_its_doubt(void **state)
{
    static const struct {
        int64_t hits, trials;
        const char *text;
    } rows[] = {
        { 0, 0, "0 % (0-100)" },       { 0, 10, "0 % (0-28)" },    { 23, 100, "23 % (16-32)" },
        { 230, 1000, "23 % (20-26)" }, { 5, 5, "100 % (57-100)" },
    };
    char text[32];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rate rate = rate_wilson(rows[i].hits, rows[i].trials);
        assert_string_equal(report_percent(&rate, text), rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report__puts_rates_and_medians_beside_the_counts),
        cmocka_unit_test(test_report__takes_the_middle_of_many_waits),
        cmocka_unit_test(
            test_report__lists_a_channel_that_people_moved_to_before_anything_left_there),
        cmocka_unit_test(test_report__counts_a_person_who_opted_out_once),
        cmocka_unit_test(test_report__of_a_sequence_nobody_is_in_is_empty),
        cmocka_unit_test(test_report__says_durations_in_their_two_largest_units),
        cmocka_unit_test(test_report__says_a_rate_with_its_doubt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
