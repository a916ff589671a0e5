/* tests/engine/test_machine_mail.c - what follows from machine mail, from its bytes to the store: bounces of each severity,
 * complaints, automatic replies with and without a mark. */
#include "support_hear.h"

#include "core/engine/relabel.h"

static int64_t start(struct world *world)
{
    int64_t ana;

    world_create(world, NULL);
    world_plan(world, "auto");
    ana = world_prospect(world, "Ana", ANA, "+4915112345678");
    world_enroll(world, ana);
    world_run(world, WORLD_START);
    return ana;
}

/* A delivery report about Ana's mailbox. */
static void bounce(struct world *world, int64_t touch, const char *status, const char *words)
{
    static int count;

    world_mail(world, touch,
               arena_printf(&world->arena,
                            "From: MAILER-DAEMON@northwind.example\nTo: sam+$TOKEN@us.example\n"
                            "Subject: Undelivered Mail Returned to Sender\n"
                            "Message-ID: <bounce%d@northwind.example>\nMIME-Version: 1.0\n"
                            "Content-Type: multipart/report; report-type=delivery-status; "
                            "boundary=\"x\"\n\n--x\nContent-Type: text/plain\n\n%s\n--x\n"
                            "Content-Type: message/delivery-status\n\n"
                            "Reporting-MTA: dns; mx.northwind.example\n\n"
                            "Final-Recipient: rfc822; " ANA "\nAction: failed\nStatus: %s\n"
                            "Diagnostic-Code: smtp; 550 %s %s\n\n--x--\n",
                            ++count, words, status, status, words));
}

static void test_machine_mail__the_third_passing_failure_in_two_weeks_bars_for_a_while(void **state)
{
    struct world world;
    int64_t ana = start(&world), touch = world_touch(&world, ana, 0).id;

    (void)state;
    for (int i = 1; i <= 3; i++) {
        bounce(&world, touch, "4.2.2", "mailbox is full, over quota");
        world_run(&world, WORLD_START + i * HOUR_MS);
        assert_int_equal(world_count(&world, "suppression"), i < 3 ? 0 : 1);
    }
    assert_int_equal(world_count(&world, "suppression WHERE cause = 'bounce' AND until_ms > at"),
                     1);
    assert_string_equal(world_enrollment(&world, ana).state, "active"); /* other channels go on */
    end_world(&world);
}

static void test_machine_mail__three_in_a_month_are_no_reason(void **state)
{
    struct world world;
    int64_t ana = start(&world), touch = world_touch(&world, ana, 0).id;

    (void)state;
    for (int i = 0; i < 3; i++) {
        clock_set(&world.workspace->clock, WORLD_START + i * 10 * DAY_MS + HOUR_MS);
        bounce(&world, touch, "4.2.2", "mailbox is full, over quota");
        world_run(&world, WORLD_START + i * 10 * DAY_MS + 2 * HOUR_MS);
    }
    assert_int_equal(world_count(&world, "suppression"), 0);
    end_world(&world);
}

static void test_machine_mail__a_block_rests_our_sender_and_tells_once(void **state)
{
    struct world world;
    int64_t ana = start(&world), touch = world_touch(&world, ana, 0).id;

    (void)state;
    for (int i = 1; i <= 2; i++) {
        bounce(&world, touch, "5.7.1", "message blocked as spam by policy");
        world_run(&world, WORLD_START + i * MINUTE_MS);
    }
    assert_int_equal(world_count(&world, "task WHERE kind = 'sender' AND state = 'open'"), 1);
    assert_int_equal(world_count(&world, "sender_state WHERE sender = 'sam' AND paused_until > 0"),
                     1);
    assert_int_equal(world_count(&world, "suppression"), 0);
    end_world(&world);
}

static void test_machine_mail__a_dead_mailbox_is_barred_until_a_person_corrects_it(void **state)
{
    struct world world;
    int64_t ana = start(&world);
    struct relabel wish = { .says_kind = true, .kind = READING_HUMAN, .by = "a person" };
    struct relabelled done;
    struct inbox inbox = { .planner = NULL };
    struct err err = { 0 };

    (void)state;
    bounce(&world, world_touch(&world, ana, 0).id, "5.1.1", "user unknown");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_int_equal(world_count(&world, "suppression WHERE until_ms IS NULL"), 1);
    wish.message_id = world_message(&world, ana).id;
    inbox.effects = (struct effects){ .workspace = world.workspace,
                                      .catalog = catalog_create(world.workspace->db),
                                      .db = world.workspace->db,
                                      .now = WORLD_START + 2 * HOUR_MS,
                                      .arena = &world.arena };
    assert_int_equal(relabel(&inbox, &wish, &done, &err), 0);
    assert_int_equal(world_count(&world, "suppression"), 0);
    assert_string_equal(world_message(&world, ana).kind, "human");
    assert_string_equal(world_message(&world, ana).state, "open");
    assert_string_equal(world_enrollment(&world, ana).state, "held");
    catalog_destroy(inbox.effects.catalog);
    end_world(&world);
}

/* ---- complaints ---- */

static void complain(struct world *world, int64_t touch, const char *type)
{
    static int count;

    world_mail(world, touch,
               arena_printf(&world->arena,
                            "From: fbl@isp.example\nTo: sam+$TOKEN@us.example\nSubject: report\n"
                            "Message-ID: <fbl%d@isp.example>\nMIME-Version: 1.0\n"
                            "Content-Type: multipart/report; report-type=feedback-report; "
                            "boundary=\"x\"\n\n--x\nContent-Type: text/plain\n\nA report.\n--x\n"
                            "Content-Type: message/feedback-report\n\nFeedback-Type: %s\n"
                            "User-Agent: fbl/1\nVersion: 1\n\n--x--\n",
                            ++count, type));
}

static void test_machine_mail__abuse_opts_out_of_everything_and_not_spam_does_not(void **state)
{
    struct world world;
    int64_t ana = start(&world), touch = world_touch(&world, ana, 0).id;

    (void)state;
    complain(&world, touch, "not-spam");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_true(world_get(&world, ana).opted_out_at == 0);
    assert_string_equal(world_message(&world, ana).state, "open");
    complain(&world, touch, "abuse");
    world_run(&world, WORLD_START + 2 * HOUR_MS);
    assert_true(world_get(&world, ana).opted_out_at > 0);
    assert_string_equal(world_enrollment(&world, ana).exit, "complained");
    end_world(&world);
}

/* ---- automatic replies ---- */

static void reply(struct world *world, int64_t touch, const char *headers, const char *words)
{
    static int count;

    world_mail(world, touch,
               arena_printf(&world->arena,
                            "From: Ana <" ANA ">\nTo: sam+$TOKEN@us.example\n%s"
                            "Message-ID: <auto%d@northwind.example>\n\n%s\n",
                            headers, ++count, words));
}

static void test_machine_mail__a_substitute_is_proposed_and_not_enrolled(void **state)
{
    struct world world;
    int64_t ana = start(&world);

    (void)state;
    reply(&world, world_touch(&world, ana, 0).id,
          "Subject: Automatic reply: Hello\nAuto-Submitted: auto-replied\n",
          "I am out of the office until 14 December 2026. In urgent cases please contact "
          "bo@northwind.example.");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_string_equal(world_enrollment(&world, ana).hold_reason, "out_of_office");
    assert_int_equal(world_count(&world, "task WHERE kind = 'referral' AND text LIKE "
                                         "'%bo@northwind.example%'"),
                     1);
    assert_int_equal(world_count(&world, "prospect"), 1);
    assert_true(world_message(&world, ana).when_at > WORLD_START);
    end_world(&world);
}

static void test_machine_mail__who_has_left_is_the_wrong_person(void **state)
{
    struct world world;
    int64_t ana = start(&world);

    (void)state;
    reply(&world, world_touch(&world, ana, 0).id,
          "Subject: Automatic reply: Hello\nAuto-Submitted: auto-replied\n",
          "I no longer work at Northwind. Please contact bo@northwind.example.");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_string_equal(world_enrollment(&world, ana).hold_reason, "wrong_person");
    assert_int_equal(world_count(&world, "task WHERE kind = 'wrong_person'"), 1);
    end_world(&world);
}

static void test_machine_mail__the_same_words_within_a_minute_are_no_person(void **state)
{
    static const char words[] = "Thank you for your message, we have got it.";
    struct world world;
    int64_t ana = start(&world);

    (void)state;
    reply(&world, world_touch(&world, ana, 0).id, "Subject: Your mail\n", words);
    world_run(&world, WORLD_START + HOUR_MS);
    assert_string_equal(world_message(&world, ana).kind, "human"); /* once is a person */
    world_run(&world, WORLD_START + 6 * DAY_MS);
    assert_int_equal(world_count(&world, "touch"), 2);
    clock_set(&world.workspace->clock, WORLD_START + 6 * DAY_MS + 20 * SECOND_MS);
    reply(&world, world_touch(&world, ana, 0).id, "Subject: Your mail\n", words);
    world_run(&world, WORLD_START + 6 * DAY_MS + 30 * SECOND_MS);
    assert_string_equal(world_message(&world, ana).kind, "auto_reply");
    assert_non_null(strstr(world_message(&world, ana).rules, "within a minute"));
    end_world(&world);
}

static void test_machine_mail__short_words_again_within_a_minute_are_a_person(void **state)
{
    struct said said = said_by("sms", "+4915112345678", INTENT_OTHER, "Yes please");
    struct world world;
    int64_t ana = start(&world);

    (void)state;
    clock_set(&world.workspace->clock, WORLD_START + HOUR_MS);
    hear(&world, &said);
    world_run(&world, WORLD_START + 6 * DAY_MS);
    assert_string_equal(world_touch(&world, ana, 0).channel, "sms");
    clock_set(&world.workspace->clock, WORLD_START + 6 * DAY_MS + 30 * SECOND_MS);
    hear(&world, &said);
    assert_string_equal(world_message(&world, ana).kind, "human");
    assert_string_equal(world_message(&world, ana).state, "open");
    end_world(&world);
}

static void test_machine_mail__an_absence_from_before_we_ever_wrote_holds_nothing(void **state)
{
    struct said said = { .channel = "email", .from = ANA, .words = "I am away until 20 December" };
    struct world world;
    int64_t ana = start(&world);

    (void)state;
    said.reading.kind = READING_AUTO_REPLY;
    said.reading.return_ms = WORLD_START + 20 * DAY_MS;
    clock_set(&world.workspace->clock, WORLD_START - DAY_MS);
    hear(&world, &said);
    assert_non_null(strstr(world_message(&world, ana).rules, "match_history"));
    assert_string_equal(world_enrollment(&world, ana).state, "active");
    end_world(&world);
}

static void test_machine_mail__a_dead_address_is_barred_though_it_is_somebody_elses_by_now(
    void **state)
{
    struct world world;
    int64_t ana = start(&world);
    struct prospect prospect = world_get(&world, ana);
    const struct address address = { .kind = "email", .key = ANA };
    struct err err = { 0 };

    (void)state;
    assert_int_equal(address_remove(world.workspace->db, &prospect, &address, &err), 0);
    bounce(&world, world_touch(&world, ana, 0).id, "5.1.1", "user unknown");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_int_equal(world_count(&world, "suppression WHERE key = '" ANA "'"), 1);
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_machine_mail__the_third_passing_failure_in_two_weeks_bars_for_a_while),
        cmocka_unit_test(test_machine_mail__three_in_a_month_are_no_reason),
        cmocka_unit_test(test_machine_mail__a_block_rests_our_sender_and_tells_once),
        cmocka_unit_test(test_machine_mail__a_dead_mailbox_is_barred_until_a_person_corrects_it),
        cmocka_unit_test(test_machine_mail__abuse_opts_out_of_everything_and_not_spam_does_not),
        cmocka_unit_test(test_machine_mail__a_substitute_is_proposed_and_not_enrolled),
        cmocka_unit_test(test_machine_mail__who_has_left_is_the_wrong_person),
        cmocka_unit_test(test_machine_mail__the_same_words_within_a_minute_are_no_person),
        cmocka_unit_test(test_machine_mail__short_words_again_within_a_minute_are_a_person),
        cmocka_unit_test(test_machine_mail__an_absence_from_before_we_ever_wrote_holds_nothing),
        cmocka_unit_test(
            test_machine_mail__a_dead_address_is_barred_though_it_is_somebody_elses_by_now),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
