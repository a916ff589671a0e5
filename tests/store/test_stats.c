/* The figures, counted by hand: a small world, then one change at a time. */
#include "tests/store/world.h"

#include "core/store/stats.h"

static struct stats_outcome outcomes(struct world *w, const char *sequence)
{
    struct stats_outcome out;
    struct err err = { 0 };

    world_check(stats_outcomes(w->db, sequence, &w->arena, &out, &err), &err);
    return out;
}

struct expected { /* "sms" or "offer/value", NULL = total */
    const char *name;
    int64_t people, sent, delivered, bounced, failed, unsure, replied;
};

static const char *name_of(struct world *w, const struct stats_touches *group)
{
    if (group->group == STATS_TOTAL)
        return "total";
    if (group->group == STATS_CHANNEL)
        return group->channel;
    return arena_printf(&w->arena, "%s/%s", group->sequence ? group->sequence : "hand",
                        group->step_id ? group->step_id : "");
}

static void expect_groups(struct world *w, const char *sequence, const struct expected *rows,
                          size_t count)
{
    struct stats_outcome out = outcomes(w, sequence);

    assert_int_equal(out.group_count, count);
    for (size_t i = 0; i < count; i++) {
        const struct stats_touches *g = &out.groups[i];
        const struct expected got = { NULL,       g->people, g->sent,   g->delivered,
                                      g->bounced, g->failed, g->unsure, g->replied };
        struct expected want = rows[i];
        assert_string_equal(name_of(w, g), want.name);
        want.name = NULL;
        if (memcmp(&got, &want, sizeof(got)) != 0)
            fail_msg("%s: %lld people, %lld sent, %lld delivered, %lld bounced, %lld failed, %lld "
                     "unsure, %lld replied",
                     rows[i].name, (long long)g->people, (long long)g->sent,
                     (long long)g->delivered, (long long)g->bounced, (long long)g->failed,
                     (long long)g->unsure, (long long)g->replied);
    }
}

#define EXPECT(w, sequence, ...)                                                                   \
    expect_groups(w, sequence, (const struct expected[]){ __VA_ARGS__ },                           \
                  COUNT_OF(((const struct expected[]){ __VA_ARGS__ })))

static void test_stats__count_people_once_in_each_group(void **state)
{
    struct stats_outcome out;

    EXPECT(*state, NULL, { "total", 2, 4, 1, 0, 0, 0, 1 }, { "email", 2, 3, 0, 0, 0, 0, 1 },
           { "sms", 1, 1, 1, 0, 0, 0, 0 }, { "offer/recap", 2, 2, 0, 0, 0, 0, 1 },
           { "offer/value", 1, 1, 1, 0, 0, 0, 0 }, { "hand/", 1, 1, 0, 0, 0, 0, 0 });
    out = outcomes(*state, NULL);
    assert_int_equal(out.answer_count, 1);
    assert_int_equal(out.answers[0].wait_ms, DAY_MS);
    assert_string_equal(out.answers[0].channel, "email");
    assert_string_equal(out.answers[0].step_id, "recap");
    assert_int_equal(out.answers[0].prospect_id, world_id(*state, "ana"));
}

static void test_stats__of_one_sequence_leave_out_what_was_written_by_hand(void **state)
{
    EXPECT(*state, "offer", { "total", 2, 3, 1, 0, 0, 0, 1 }, { "email", 2, 2, 0, 0, 0, 0, 1 },
           { "sms", 1, 1, 1, 0, 0, 0, 0 }, { "offer/recap", 2, 2, 0, 0, 0, 0, 1 },
           { "offer/value", 1, 1, 1, 0, 0, 0, 0 });
    EXPECT(*state, "another", { "total", 0, 0, 0, 0, 0, 0, 0 });
}

static void test_stats__keep_what_did_not_arrive_apart(void **state)
{
    world_run(*state, "UPDATE touch SET state = 'bounced' WHERE id = {ben_mail};"
                      "UPDATE touch SET state = 'unsure' WHERE id = {by_hand};"
                      "UPDATE touch SET state = 'failed', sent_at = NULL, delivered_at = NULL "
                      "WHERE id = {ana_text}");
    EXPECT(*state, NULL, { "total", 2, 2, 0, 1, 1, 1, 1 }, { "email", 2, 2, 0, 1, 0, 1, 1 },
           { "sms", 0, 0, 0, 0, 1, 0, 0 }, { "offer/recap", 2, 2, 0, 1, 0, 0, 1 },
           { "offer/value", 0, 0, 0, 0, 1, 0, 0 }, { "hand/", 0, 0, 0, 0, 0, 1, 0 });
}

static void test_stats__do_not_take_an_opt_out_for_a_reply(void **state)
{
    struct stats_outcome out;

    world_run(*state, "UPDATE message SET opt_out = 'channel'");
    out = outcomes(*state, NULL);
    assert_int_equal(out.groups[0].replied, 0);
    assert_int_equal(out.answer_count, 0);
    world_run(*state, "INSERT INTO message SELECT slot, {new}, prospect_id, channel, sender, kind, "
                      "touch_id, enrollment_id, via, confidence, NULL, NULL, NULL, 'And yet', 'n', "
                      "NULL, NULL, 0, 'open', at + {hour}, NULL, NULL, NULL, NULL, NULL, NULL, "
                      "NULL FROM message");
    out = outcomes(*state, NULL);
    assert_int_equal(out.groups[0].replied, 1);
    assert_int_equal(out.answers[0].wait_ms, DAY_MS + HOUR_MS);
}

static void test_stats__count_a_task_when_a_person_carried_it_out(void **state)
{
    world_run(*state, "UPDATE touch SET channel = 'call', provider_id = 'task' WHERE id = "
                      "{ben_mail}");
    EXPECT(*state, "offer", { "total", 1, 2, 1, 0, 0, 0, 1 }, { "call", 0, 0, 0, 0, 0, 0, 0 },
           { "email", 1, 1, 0, 0, 0, 0, 1 }, { "sms", 1, 1, 1, 0, 0, 0, 0 },
           { "offer/recap", 1, 1, 0, 0, 0, 0, 1 }, { "offer/value", 1, 1, 1, 0, 0, 0, 0 });
    world_run(*state, "UPDATE touch SET disposition = 'connected', replied_at = sent_at + {hour} "
                      "WHERE id = {ben_mail}");
    EXPECT(*state, "offer", { "total", 2, 3, 1, 0, 0, 0, 2 }, { "call", 1, 1, 0, 0, 0, 0, 1 },
           { "email", 1, 1, 0, 0, 0, 0, 1 }, { "sms", 1, 1, 1, 0, 0, 0, 0 },
           { "offer/recap", 2, 2, 0, 0, 0, 0, 2 }, { "offer/value", 1, 1, 1, 0, 0, 0, 0 });
}

static void test_stats__count_one_person_with_two_touches_of_a_group_once(void **state)
{
    world_run(*state, "UPDATE touch SET step_id = 'recap', channel = 'email', replied_at = {now} "
                      "WHERE id = {ana_text}");
    EXPECT(*state, "offer", { "total", 2, 3, 1, 0, 0, 0, 1 }, { "email", 2, 3, 1, 0, 0, 0, 1 },
           { "offer/recap", 2, 3, 1, 0, 0, 0, 1 });
}

static void test_stats__give_an_opt_out_to_the_last_touch_before_it(void **state)
{
    static const struct {
        const char *channel, *cause, *at; /* of a suppression of Ana's */
        const char *touch;                /* channel of the touch, NULL = none */
    } rows[] = {
        { "", "opt_out", "{now}", "sms" },
        { "email", "opt_out", "{now}", "email" },
        { "", "complaint", "{now} - 4 * {day}", "email" },
        { "sms", "provider", "{now}", "sms" },
        { "", "bounce", "{now}", NULL },
        { "", "opt_out", "{now} - 9 * {day}", NULL },
        { "whatsapp", "opt_out", "{now}", NULL },
    };
    struct world *w = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stats_opt_out *found;
        struct err err = { 0 };
        int count;
        world_run(w, arena_printf(&w->arena,
                                  "DELETE FROM suppression; INSERT INTO suppression VALUES({A}, "
                                  "'email', 'ana@x.example', '%s', '%s', NULL, {ana}, %s, NULL), "
                                  "(1, 'email', 'a2@x.example', '%s', '%s', NULL, {ana}, %s, NULL)",
                                  rows[i].channel, rows[i].cause, rows[i].at, rows[i].channel,
                                  rows[i].cause, rows[i].at));
        count = stats_opt_outs(w->db, NULL, &w->arena, &found, &err);
        world_check(count, &err);
        assert_int_equal(count, rows[i].touch ? 1 : 0);
        if (!rows[i].touch)
            continue;
        assert_string_equal(found[0].channel, rows[i].touch);
        assert_int_equal(found[0].prospect_id, world_id(w, "ana"));
        assert_int_equal(stats_opt_outs(w->db, "another", &w->arena, &found, &err), 0);
    }
}

static void test_stats__name_the_step_that_earned_a_switch(void **state)
{
    struct world *w = *state;
    struct stats_switch *rows;
    struct err err = { 0 };

    assert_int_equal(stats_switches(w->db, NULL, &w->arena, &rows, &err), 1);
    assert_string_equal(rows[0].from, "email");
    assert_string_equal(rows[0].to, "sms");
    assert_string_equal(rows[0].step_id, "recap");
    assert_int_equal(rows[0].count, 1);
    assert_int_equal(stats_switches(w->db, "another", &w->arena, &rows, &err), 0);
    world_run(w, "UPDATE switch SET message_id = 0");
    assert_int_equal(stats_switches(w->db, NULL, &w->arena, &rows, &err), 1);
    assert_null(rows[0].step_id);
    world_run(w, "UPDATE switch SET undone_by = 'a person'");
    assert_int_equal(stats_switches(w->db, NULL, &w->arena, &rows, &err), 0);
}

static void test_stats__tell_what_is_in_play_now(void **state)
{
    struct world *w = *state;
    struct stats_now now;
    struct err err = { 0 };

    world_run(w, "UPDATE touch SET state = 'unsure' WHERE id = {by_hand};"
                 "UPDATE enrollment SET due_at = {now} WHERE id = {ana_plays};"
                 "UPDATE prospect SET opted_out_at = {now} WHERE id = {ben};"
                 "UPDATE message SET state = 'open';"
                 "INSERT INTO sender_state VALUES('sam', 0, 0, 0, {now} + {hour}, NULL), "
                 "('texts', 0, 0, 0, {now}, 'over'), ('bot', 0, 0, 0, {now} + 1, 'no credit');"
                 "INSERT INTO attempt VALUES({A}, {ana_mail}, 2, {now}, 'broken', 'bad password')");
    world_check(stats_read_now(w->db, WORLD_NOW, &w->arena, &now, &err), &err);
    assert_int_equal(now.prospects, 2);
    assert_int_equal(now.opted_out, 1);
    assert_int_equal(stats_of(&now.enrollments, "active"), 1);
    assert_int_equal(stats_of(&now.enrollments, "held"), 1);
    assert_int_equal(stats_of(&now.enrollments, "done"), 0);
    assert_int_equal(stats_of(&now.held, "reply"), 1);
    assert_int_equal(now.due, 1);
    assert_int_equal(stats_sum(&now.touches), 4);
    assert_int_equal(stats_of(&now.touches, "unsure"), 1);
    assert_int_equal(now.sent, 3);
    assert_int_equal(now.replies, 1);
    assert_int_equal(now.switches, 1);
    assert_int_equal(stats_of(&now.open_tasks, "review"), 1);
    assert_int_equal(stats_of(&now.open_replies, "human"), 1);
    assert_int_equal(now.paused_count, 2);
    assert_string_equal(now.paused[0].sender, "bot");
    assert_string_equal(now.paused[0].reason, "no credit");
    assert_string_equal(now.paused[1].sender, "sam");
    assert_string_equal(now.paused[1].reason, "bad password");
}

static void test_stats__of_an_empty_store_are_zero(void **state)
{
    struct world w;
    struct stats_now now;
    struct err err = { 0 };

    (void)state;
    world_open(&w);
    EXPECT(&w, NULL, { "total", 0, 0, 0, 0, 0, 0, 0 });
    world_check(stats_read_now(w.db, WORLD_NOW, &w.arena, &now, &err), &err);
    assert_int_equal(now.prospects + now.due + now.sent + now.replies + now.switches, 0);
    assert_int_equal(stats_sum(&now.touches), 0);
    world_close(&w);
}

/* More rows than the first room of a list. */
static void test_stats__read_as_many_steps_and_answers_as_there_are(void **state)
{
    struct world *w = *state;
    struct stats_outcome out;

    world_run(w, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
                 "INSERT INTO touch(slot, id, prospect_id, enrollment_id, step, sequence, step_id, "
                 "channel, sender, address, state, text, decision, epoch, tries, created_at, "
                 "sent_at, replied_at) SELECT {A}, i, {ana}, 0, i, 'long', 's' || i, 'email', 'x', "
                 "'x', 'sent', 'x', 'x', 1, 1, {now}, {now}, {now} + i FROM n");
    out = outcomes(w, "long");
    assert_int_equal(out.group_count, 102);
    assert_int_equal(out.answer_count, 100);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(out.groups[i + 2].step, i + 1);
        assert_int_equal(out.answers[i].wait_ms, i + 1);
    }
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(test_stats__count_people_once_in_each_group),
        IN_WORLD(test_stats__of_one_sequence_leave_out_what_was_written_by_hand),
        IN_WORLD(test_stats__keep_what_did_not_arrive_apart),
        IN_WORLD(test_stats__do_not_take_an_opt_out_for_a_reply),
        IN_WORLD(test_stats__count_a_task_when_a_person_carried_it_out),
        IN_WORLD(test_stats__count_one_person_with_two_touches_of_a_group_once),
        IN_WORLD(test_stats__give_an_opt_out_to_the_last_touch_before_it),
        IN_WORLD(test_stats__name_the_step_that_earned_a_switch),
        IN_WORLD(test_stats__tell_what_is_in_play_now),
        cmocka_unit_test(test_stats__of_an_empty_store_are_zero),
        IN_WORLD(test_stats__read_as_many_steps_and_answers_as_there_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
