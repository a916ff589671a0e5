/* tests/engine/test_subject.c - what templates learn from the store: touches, answers, tasks and custom fields of one prospect. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/id.h"
#include "support_world.h"

static const char their_mail[] = "From: Ana <ana@northwind.example>\nTo: sam+$TOKEN@us.example\n"
                                 "Subject: Re: Hello Ana\nMessage-ID: <a1@northwind.example>\n"
                                 "Date: Tue, 1 Dec 2026 10:00:00 +0100\n\n"
                                 "Hi Sam,\n\nIt went well, thank you. What would it cost?\n";
static const char colleagues_mail[] =
    "From: Bob <bob@elsewhere.example>\nTo: sam+$TOKEN@us.example\n"
    "Subject: Re: Hello Ana\nMessage-ID: <b1@elsewhere.example>\n"
    "Date: Tue, 1 Dec 2026 10:00:00 +0100\n\nAna is on holiday, I take over.\n";

static int64_t start(struct world *world)
{
    int64_t ana;

    world_create(world, NULL);
    world_plan(world, "auto");
    world_template(world, "t", "email",
                   "---\nsubject: x\n---\n{{ recap.sentence | default: \"first contact\" }} "
                   "{{ recap.channel | default: \"-\" }} {{ cta.slots[0] | date: \"%H\" }}\n");
    ana = world_prospect(world, "Ana", "ana@northwind.example", "+4915112345678");
    world_enroll(world, ana);
    world_run(world, WORLD_START);
    return ana;
}

static void expect_touch(struct world *world, int64_t prospect, const char *begins)
{
    const char *text = world_touch(world, prospect, 0).text;

    if (strncmp(text, begins, strlen(begins)) != 0)
        fail_msg("\"%s\", not \"%s\"", text, begins);
}

static void test_subject__the_first_touch_has_no_recap_and_the_next_tells_of_the_last(void **state)
{
    struct world world;
    int64_t ana = start(&world);

    (void)state;
    expect_touch(&world, ana, "first contact - ");
    world_run(&world, WORLD_START + DAY_MS);
    expect_touch(&world, ana, "I wrote to you yesterday. email ");
    world_destroy(&world);
}

static void test_subject__the_touch_after_an_answer_tells_of_it(void **state)
{
    struct world world;
    int64_t ana = start(&world);

    (void)state;
    world_mail(&world, world_touch(&world, ana, 0).id, their_mail);
    world_run(&world, WORLD_START + HOUR_MS);
    world_run(&world, WORLD_START + 3 * DAY_MS + 2 * HOUR_MS);
    expect_touch(&world, ana,
                 "When you wrote on 1 December, you said: \"It went well, thank you. What would it "
                 "cost?\" email ");
    world_destroy(&world);
}

static void test_subject__words_of_a_colleague_are_not_put_into_their_mouth(void **state)
{
    struct world world;
    int64_t ana = start(&world);

    (void)state;
    world_mail(&world, world_touch(&world, ana, 0).id, colleagues_mail);
    world_run(&world, WORLD_START + HOUR_MS);
    world_run(&world, WORLD_START + 10 * DAY_MS);
    assert_int_equal(world_count(&world, "message WHERE kind = 'human'"), 1);
    assert_true(world_count(&world, "touch") > 1);
    expect_touch(&world, ana, "I wrote to you on 1 December. email ");
    world_destroy(&world);
}

static void test_subject__a_talk_on_the_phone_counts_from_when_it_was_settled(void **state)
{
    struct world world;
    int64_t ana = start(&world), call;
    struct err err = { 0 };

    (void)state;
    world_run(&world, WORLD_START + DAY_MS);
    world_run(&world, WORLD_START + 2 * DAY_MS);
    call = world_touch(&world, ana, 0).id;
    assert_string_equal(world_touch(&world, ana, 0).channel, "call");
    assert_int_equal(touch_dispose(world.workspace->db, call, "connected", &err), 1);
    assert_int_equal(
        touch_credit(world.workspace->db, call, WORLD_START + 2 * DAY_MS + HOUR_MS, &err), 1);
    world_run(&world, WORLD_START + 6 * DAY_MS);
    expect_touch(&world, ana, "We spoke on 3 December. call ");
    world_destroy(&world);
}

static void test_subject__a_word_that_ends_everything_is_never_quoted(void **state)
{
    struct message_row row = { .kind = "human",
                               .channel = "email",
                               .via = "x",
                               .confidence = "x",
                               .text = "STOP",
                               .opt_out = "address",
                               .state = "done" };
    struct world world;
    int64_t ana = start(&world);
    struct message_row found;
    struct err err = { 0 };

    (void)state;
    row.prospect_id = ana;
    row.slot = id_slot(ana);
    row.id = id_next(&world.workspace->clock, row.slot);
    row.at = WORLD_START;
    assert_int_equal(message_insert(world.workspace->db, &row, &err), 0);
    assert_int_equal(message_newest_human(world.workspace->db, ana, &world.arena, &found, &err), 0);
    row.id = id_next(&world.workspace->clock, row.slot);
    row.opt_out = NULL;
    row.text = "Fine";
    row.at = WORLD_START - DAY_MS;
    assert_int_equal(message_insert(world.workspace->db, &row, &err), 0);
    assert_int_equal(message_newest_human(world.workspace->db, ana, &world.arena, &found, &err), 1);
    assert_string_equal(found.text, "Fine");
    world_destroy(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_subject__the_first_touch_has_no_recap_and_the_next_tells_of_the_last),
        cmocka_unit_test(test_subject__the_touch_after_an_answer_tells_of_it),
        cmocka_unit_test(test_subject__words_of_a_colleague_are_not_put_into_their_mouth),
        cmocka_unit_test(test_subject__a_talk_on_the_phone_counts_from_when_it_was_settled),
        cmocka_unit_test(test_subject__a_word_that_ends_everything_is_never_quoted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
