/* tests/engine/test_engine.c - the main job in one process: touches leave, answers come, the customer's lead is followed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/id.h"
#include "support_world.h"

static const char human_mail[] = "From: Ana <ana@northwind.example>\nTo: sam+$TOKEN@us.example\n"
                                 "Subject: Re: Hello Ana\nMessage-ID: <a1@northwind.example>\n"
                                 "Date: Tue, 1 Dec 2026 10:00:00 +0100\n\n"
                                 "It went well, thank you. What would it cost?\n";

static int64_t start(struct world *world, const char *follow)
{
    int64_t ana;

    world_create(world, NULL);
    world_plan(world, follow);
    ana = world_prospect(world, "Ana", "ana@northwind.example", "+4915112345678");
    world_enroll(world, ana);
    world_run(world, WORLD_START);
    return ana;
}

static void test_engine__sends_the_first_step_and_dates_the_next(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");
    struct touch touch = world_touch(&world, ana, 0);

    (void)state;
    assert_string_equal(touch.state, "sent");
    assert_string_equal(touch.channel, "email");
    assert_string_equal(touch.address, "ana@northwind.example");
    assert_string_equal(touch.subject, "Hello Ana");
    assert_int_equal(world_enrollment(&world, ana).step, 1);
    assert_true(world_enrollment(&world, ana).due_at == WORLD_START + DAY_MS);
    world_destroy(&world);
}

static void test_engine__does_nothing_before_it_is_due(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    world_run(&world, WORLD_START + HOUR_MS);
    assert_int_equal(world_count(&world, "touch"), 1);
    world_run(&world, WORLD_START + DAY_MS);
    assert_int_equal(world_count(&world, "touch"), 2);
    assert_int_equal(world_touch(&world, ana, 0).step, 1);
    world_destroy(&world);
}

static void test_engine__follows_every_step_to_the_end(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    for (int day = 1; day < 14; day++)
        world_run(&world, WORLD_START + day * DAY_MS);
    assert_string_equal(world_enrollment(&world, ana).state, "done");
    assert_int_equal(world_count(&world, "touch WHERE state = 'sent'"), 4);
    assert_int_equal(world_count(&world, "touch WHERE channel = 'call'"), 1);
    assert_int_equal(world_count(&world, "task WHERE kind = 'call' AND state = 'open'"), 1);
    world_destroy(&world);
}

static void test_engine__holds_the_sequence_when_a_person_answers(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");
    struct message_row message;

    (void)state;
    world_mail(&world, world_touch(&world, ana, 0).id, human_mail);
    world_run(&world, WORLD_START + HOUR_MS);
    message = world_message(&world, ana);
    assert_string_equal(message.kind, "human");
    assert_string_equal(message.via, "address_token");
    assert_string_equal(message.state, "open");
    assert_string_equal(world_enrollment(&world, ana).state, "held");
    assert_true(world_touch(&world, ana, 0).replied_at > 0);
    world_run(&world, WORLD_START + 2 * DAY_MS);
    assert_int_equal(world_count(&world, "touch"), 1);
    world_destroy(&world);
}

static void test_engine__goes_on_after_resume_after(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    world_mail(&world, world_touch(&world, ana, 0).id, human_mail);
    world_run(&world, WORLD_START + HOUR_MS);
    world_run(&world, WORLD_START + 3 * DAY_MS + 2 * HOUR_MS);
    assert_string_equal(world_enrollment(&world, ana).state, "active");
    assert_int_equal(world_count(&world, "touch"), 2);
    world_destroy(&world);
}

static void test_engine__hears_the_same_mail_once_however_often_it_comes(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");
    int64_t touch = world_touch(&world, ana, 0).id;

    (void)state;
    for (int i = 0; i < 3; i++)
        world_mail(&world, touch, human_mail);
    world_run(&world, WORLD_START + HOUR_MS);
    assert_int_equal(world_count(&world, "message"), 1);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'duplicate'"), 2);
    world_destroy(&world);
}

/* ---- what never moves the preferred channel ---- */

/* The prospect is followed on sms; what comes by e-mail must not bring them back. */
static int64_t start_on_sms(struct world *world)
{
    int64_t ana = start(world, "auto");
    struct prospect prospect = world_get(world, ana);
    struct err err = { 0 };

    prospect.preferred_channel = "sms";
    assert_int_equal(prospect_set_following(world->workspace->db, &prospect, WORLD_START, &err), 0);
    return ana;
}

static void hear_and_expect_sms(const char *mail, const char *kind)
{
    struct world world;
    int64_t ana = start_on_sms(&world);

    world_mail(&world, world_touch(&world, ana, 0).id, mail);
    world_run(&world, WORLD_START + HOUR_MS);
    assert_string_equal(world_get(&world, ana).preferred_channel, "sms");
    assert_int_equal(world_switches(&world, ana), 0);
    if (kind)
        assert_string_equal(world_message(&world, ana).kind, kind);
    world_destroy(&world);
}

static void test_engine__a_persons_mail_moves_the_preferred_channel(void **state)
{
    struct world world;
    int64_t ana = start_on_sms(&world);

    (void)state;
    world_mail(&world, world_touch(&world, ana, 0).id, human_mail);
    world_run(&world, WORLD_START + HOUR_MS);
    assert_string_equal(world_get(&world, ana).preferred_channel, "email");
    assert_int_equal(world_switches(&world, ana), 1);
    world_destroy(&world);
}

static void test_engine__an_auto_reply_leaves_the_preferred_channel(void **state)
{
    (void)state;
    hear_and_expect_sms("From: ana@northwind.example\nTo: sam+$TOKEN@us.example\n"
                        "Subject: Automatic reply: Hello Ana\nAuto-Submitted: auto-replied\n"
                        "Message-ID: <b1@northwind.example>\n\nI am out of the office.\n",
                        "auto_reply");
}

static void test_engine__a_bounce_leaves_the_preferred_channel(void **state)
{
    (void)state;
    hear_and_expect_sms(
        "From: MAILER-DAEMON@northwind.example\nTo: sam+$TOKEN@us.example\n"
        "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n"
        "Message-ID: <c1@northwind.example>\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"x\"\n\n"
        "--x\nContent-Type: text/plain\n\nUser unknown\n--x\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.northwind.example\n\n"
        "Final-Recipient: rfc822; ana@northwind.example\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 user unknown\n\n--x--\n",
        "bounce");
}

static void test_engine__a_receipt_leaves_the_preferred_channel(void **state)
{
    (void)state;
    hear_and_expect_sms(
        "From: postmaster@northwind.example\nTo: sam+$TOKEN@us.example\n"
        "Subject: Delivery report\nMessage-ID: <d1@northwind.example>\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"x\"\n\n"
        "--x\nContent-Type: text/plain\n\nDelivered\n--x\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.northwind.example\n\n"
        "Final-Recipient: rfc822; ana@northwind.example\nAction: delivered\nStatus: 2.0.0\n\n"
        "--x--\n",
        "receipt");
}

static void test_engine__a_colleagues_answer_leaves_the_preferred_channel(void **state)
{
    (void)state;
    hear_and_expect_sms("From: Bo <bo@northwind.example>\nTo: sam+$TOKEN@us.example\n"
                        "Subject: Re: Hello Ana\nMessage-ID: <e1@northwind.example>\n\n"
                        "Ana asked me to answer: we would like an offer.\n",
                        "human");
}

static void test_engine__an_opt_out_leaves_the_preferred_channel(void **state)
{
    (void)state;
    hear_and_expect_sms(
        "From: ana@northwind.example\nTo: sam+$TOKEN@us.example\n"
        "Subject: Re: Hello Ana\nMessage-ID: <f1@northwind.example>\n\nunsubscribe\n",
        "human");
}

/* ---- opting out ---- */

static void test_engine__never_writes_to_an_address_that_opted_out(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    world_mail(&world, world_touch(&world, ana, 0).id,
               "From: ana@northwind.example\nTo: sam+$TOKEN@us.example\nSubject: Re: Hello Ana\n"
               "Message-ID: <g1@northwind.example>\n\nUnsubscribe\n");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_string_equal(world_enrollment(&world, ana).state, "exited");
    assert_string_equal(world_enrollment(&world, ana).exit, "opted_out");
    assert_int_equal(world_count(&world, "suppression WHERE kind = 'email' AND cause = 'opt_out'"),
                     1);
    for (int day = 1; day < 10; day++)
        world_run(&world, WORLD_START + day * DAY_MS);
    assert_int_equal(world_count(&world, "touch"), 1);
    world_destroy(&world);
}

static void test_engine__a_hard_bounce_stops_mail_and_other_channels_go_on(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    world_mail(&world, world_touch(&world, ana, 0).id,
               "From: MAILER-DAEMON@northwind.example\nTo: sam+$TOKEN@us.example\n"
               "Subject: Undelivered Mail Returned to Sender\nMessage-ID: <h1@northwind.example>\n"
               "MIME-Version: 1.0\n"
               "Content-Type: multipart/report; report-type=delivery-status; boundary=\"x\"\n\n"
               "--x\nContent-Type: message/delivery-status\n\n"
               "Reporting-MTA: dns; mx.northwind.example\n\n"
               "Final-Recipient: rfc822; ana@northwind.example\nAction: failed\n"
               "Status: 5.1.1\n\n--x--\n");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_string_equal(world_touch(&world, ana, 0).state, "bounced");
    world_run(&world, WORLD_START + DAY_MS);
    assert_string_equal(world_touch(&world, ana, 0).channel, "sms");
    world_destroy(&world);
}

static void test_engine__a_forged_bounce_of_somebody_else_suppresses_nobody(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    world_mail(&world, world_touch(&world, ana, 0).id,
               "From: MAILER-DAEMON@evil.example\nTo: sam+$TOKEN@us.example\n"
               "Subject: Undelivered Mail Returned to Sender\nMessage-ID: <i1@evil.example>\n"
               "MIME-Version: 1.0\n"
               "Content-Type: multipart/report; report-type=delivery-status; boundary=\"x\"\n\n"
               "--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; evil.example\n\n"
               "Final-Recipient: rfc822; ceo@other.example\nAction: failed\nStatus: 5.1.1\n\n"
               "--x--\n");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_int_equal(world_count(&world, "suppression"), 0);
    world_destroy(&world);
}

static void test_engine__out_of_office_holds_until_the_return(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");
    struct enrollment enrollment;

    (void)state;
    world_mail(&world, world_touch(&world, ana, 0).id,
               "From: ana@northwind.example\nTo: sam+$TOKEN@us.example\n"
               "Subject: Automatic reply: Hello\nAuto-Submitted: auto-replied\n"
               "Message-ID: <j1@northwind.example>\n\nI am out of the office.\n");
    world_run(&world, WORLD_START + HOUR_MS);
    enrollment = world_enrollment(&world, ana);
    assert_string_equal(enrollment.state, "held");
    assert_string_equal(enrollment.hold_reason, "out_of_office");
    assert_true(enrollment.due_at >= WORLD_START + 7 * DAY_MS);
    world_run(&world, WORLD_START + 10 * DAY_MS);
    assert_int_equal(world_count(&world, "touch"), 2);
    world_destroy(&world);
}

static void test_engine__out_of_office_holds_until_the_day_they_named(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");
    struct enrollment enrollment;

    (void)state;
    world_mail(
        &world, world_touch(&world, ana, 0).id,
        "From: ana@northwind.example\nTo: sam+$TOKEN@us.example\n"
        "Subject: Automatic reply: Hello\nAuto-Submitted: auto-replied\n"
        "Message-ID: <j2@northwind.example>\n\nI am away and will be back in three weeks.\n");
    world_run(&world, WORLD_START + HOUR_MS);
    enrollment = world_enrollment(&world, ana);
    assert_string_equal(enrollment.hold_reason, "out_of_office");
    assert_true(enrollment.due_at > WORLD_START + 19 * DAY_MS);
    assert_true(enrollment.due_at < WORLD_START + 23 * DAY_MS);
    world_destroy(&world);
}

static void test_engine__asks_before_it_follows_when_the_sequence_says_so(void **state)
{
    struct world world;
    int64_t ana;
    struct prospect prospect;
    struct err err = { 0 };

    (void)state;
    ana = start(&world, "ask");
    prospect = world_get(&world, ana);
    prospect.preferred_channel = "sms";
    assert_int_equal(prospect_set_following(world.workspace->db, &prospect, WORLD_START, &err), 0);
    world_mail(&world, world_touch(&world, ana, 0).id, human_mail);
    world_run(&world, WORLD_START + HOUR_MS);
    assert_string_equal(world_get(&world, ana).preferred_channel, "sms");
    assert_int_equal(world_count(&world, "task WHERE kind = 'switch'"), 1);
    world_destroy(&world);
}

/* ---- results ---- */

static const char flaky[] = "[sender sam]\nthrough = console\nchannel = email\n"
                            "from = Sam <sam@us.example>\noutcome = %s\n";

static int64_t start_with_outcome(struct world *world, const char *outcome)
{
    char senders[256];
    int64_t ana;

    snprintf(senders, sizeof(senders), flaky, outcome);
    world_create(world, senders);
    world_plan(world, "auto");
    ana = world_prospect(world, "Ana", "ana@northwind.example", NULL);
    world_enroll(world, ana);
    world_run(world, WORLD_START);
    return ana;
}

static void test_engine__tries_again_later_and_later_then_gives_up(void **state)
{
    struct world world;
    int64_t ana = start_with_outcome(&world, "retry");
    int64_t now = WORLD_START;

    (void)state;
    assert_string_equal(world_touch(&world, ana, 0).state, "retry");
    for (int hour = 0; hour < 60; hour++)
        world_run(&world, now += HOUR_MS);
    assert_int_equal(world_count(&world, "touch WHERE step = 0 AND state = 'failed'"), 1);
    assert_true(world_count(&world, "attempt") > 10);
    world_destroy(&world);
}

static void test_engine__never_sends_again_what_may_have_arrived(void **state)
{
    struct world world;
    int64_t ana = start_with_outcome(&world, "unsure");

    (void)state;
    assert_string_equal(world_touch(&world, ana, 0).state, "unsure");
    world_run(&world, WORLD_START + 12 * HOUR_MS);
    assert_int_equal(world_touch(&world, ana, 0).tries, 1);
    assert_int_equal(world_enrollment(&world, ana).step, 1);
    world_destroy(&world);
}

static void test_engine__a_reply_resolves_an_unsure_touch(void **state)
{
    struct world world;
    int64_t ana = start_with_outcome(&world, "unsure");

    (void)state;
    world_mail(&world, world_touch(&world, ana, 0).id, human_mail);
    world_run(&world, WORLD_START + HOUR_MS);
    assert_string_equal(world_touch(&world, ana, 0).state, "sent");
    world_destroy(&world);
}

static void test_engine__a_broken_sender_rests_and_its_touches_wait(void **state)
{
    struct world world;
    int64_t ana = start_with_outcome(&world, "broken");

    (void)state;
    assert_string_equal(world_touch(&world, ana, 0).state, "retry");
    assert_int_equal(world_count(&world, "sender_state WHERE paused_until > 0"), 1);
    world_reopen(&world, "[sender sam]\nthrough = console\nchannel = email\n"
                         "from = Sam <sam@us.example>\n");
    world_run(&world, WORLD_START + MINUTE_MS);
    assert_string_equal(world_touch(&world, ana, 0).state, "retry");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_string_equal(world_touch(&world, ana, 0).state, "sent");
    world_destroy(&world);
}

static void test_engine__a_missing_field_holds_the_touch_and_tells_a_person(void **state)
{
    struct world world;
    int64_t ana;

    (void)state;
    world_create(&world, NULL);
    world_plan(&world, "auto");
    world_template(&world, "t", "email", "---\nsubject: x\n---\nAbout {{ fields.topic }}\n");
    ana = world_prospect(&world, "Ana", "ana@northwind.example", NULL);
    world_enroll(&world, ana);
    world_run(&world, WORLD_START);
    assert_int_equal(world_count(&world, "touch"), 0);
    assert_string_equal(world_enrollment(&world, ana).state, "held");
    assert_int_equal(world_count(&world, "task WHERE kind = 'held' AND state = 'open'"), 1);
    world_destroy(&world);
}

static void test_engine__keeps_the_pace_of_a_sender(void **state)
{
    struct world world;
    char email[64];

    (void)state;
    world_create(&world, "[sender sam]\nthrough = console\nchannel = email\n"
                         "from = Sam <sam@us.example>\nper_minute = 1\n");
    world_plan(&world, "auto");
    for (int i = 0; i < 5; i++) {
        snprintf(email, sizeof(email), "p%d@northwind.example", i);
        world_enroll(&world, world_prospect(&world, "Ana", email, NULL));
    }
    world_run(&world, WORLD_START);
    assert_int_equal(world_count(&world, "touch"), 1);
    for (int minute = 1; minute <= 4; minute++)
        world_run(&world, WORLD_START + minute * MINUTE_MS);
    assert_int_equal(world_count(&world, "touch"), 5);
    world_destroy(&world);
}

/* A queue of two for 200 due touches by mail, and a free sender beside it. */
static void test_engine__gets_through_a_backlog_that_is_larger_than_the_queue(void **state)
{
    struct world world;
    char email[64];

    (void)state;
    world_create(&world, "[sender sam]\nthrough = console\nchannel = email\n"
                         "from = Sam <sam@us.example>\nsessions = 1\nbatch = 1\n"
                         "[sender texts]\nthrough = console\nchannel = sms\nfrom = +12025550100\n");
    world_plan(&world, "auto");
    for (int i = 0; i < 200; i++) {
        snprintf(email, sizeof(email), "p%d@northwind.example", i);
        world_enroll(&world, world_prospect(&world, "Ana", email, NULL));
    }
    world_run(&world, WORLD_START);
    assert_int_equal(world_count(&world, "touch WHERE state = 'sent' AND tries = 1"), 200);
    world_destroy(&world);
}

static void test_engine__refuses_a_second_daemon_with_a_clear_text(void **state)
{
    const struct engine_options options = { .once = true };
    struct world world;
    struct engine *first, *second;
    struct err err = { 0 };

    (void)state;
    world_create(&world, NULL);
    first = engine_create(world.workspace, &options, &err);
    assert_non_null(first);
    second = engine_create(world.workspace, &options, &err);
    assert_null(second);
    assert_int_equal(err.code, ERR_BUSY);
    assert_non_null(strstr(err.text, "another `heed run`"));
    engine_destroy(first);
    world_destroy(&world);
}

static void test_engine__one_prospect_is_in_a_sequence_once(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    world_enroll(&world, ana);
    world_run(&world, WORLD_START + MINUTE_MS);
    assert_int_equal(world_count(&world, "enrollment"), 1);
    assert_int_equal(world_count(&world, "touch"), 1);
    world_destroy(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engine__sends_the_first_step_and_dates_the_next),
        cmocka_unit_test(test_engine__does_nothing_before_it_is_due),
        cmocka_unit_test(test_engine__follows_every_step_to_the_end),
        cmocka_unit_test(test_engine__holds_the_sequence_when_a_person_answers),
        cmocka_unit_test(test_engine__goes_on_after_resume_after),
        cmocka_unit_test(test_engine__hears_the_same_mail_once_however_often_it_comes),
        cmocka_unit_test(test_engine__a_persons_mail_moves_the_preferred_channel),
        cmocka_unit_test(test_engine__an_auto_reply_leaves_the_preferred_channel),
        cmocka_unit_test(test_engine__a_bounce_leaves_the_preferred_channel),
        cmocka_unit_test(test_engine__a_receipt_leaves_the_preferred_channel),
        cmocka_unit_test(test_engine__a_colleagues_answer_leaves_the_preferred_channel),
        cmocka_unit_test(test_engine__an_opt_out_leaves_the_preferred_channel),
        cmocka_unit_test(test_engine__never_writes_to_an_address_that_opted_out),
        cmocka_unit_test(test_engine__a_hard_bounce_stops_mail_and_other_channels_go_on),
        cmocka_unit_test(test_engine__a_forged_bounce_of_somebody_else_suppresses_nobody),
        cmocka_unit_test(test_engine__out_of_office_holds_until_the_return),
        cmocka_unit_test(test_engine__out_of_office_holds_until_the_day_they_named),
        cmocka_unit_test(test_engine__asks_before_it_follows_when_the_sequence_says_so),
        cmocka_unit_test(test_engine__tries_again_later_and_later_then_gives_up),
        cmocka_unit_test(test_engine__never_sends_again_what_may_have_arrived),
        cmocka_unit_test(test_engine__a_reply_resolves_an_unsure_touch),
        cmocka_unit_test(test_engine__a_broken_sender_rests_and_its_touches_wait),
        cmocka_unit_test(test_engine__a_missing_field_holds_the_touch_and_tells_a_person),
        cmocka_unit_test(test_engine__keeps_the_pace_of_a_sender),
        cmocka_unit_test(test_engine__gets_through_a_backlog_that_is_larger_than_the_queue),
        cmocka_unit_test(test_engine__refuses_a_second_daemon_with_a_clear_text),
        cmocka_unit_test(test_engine__one_prospect_is_in_a_sequence_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
