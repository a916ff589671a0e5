/* tests/engine/test_opt_outs.c - an opt-out stops everything it should and nothing else: on a number that several share, in the thread
 * of a colleague, in whosever name it is sent. */
#include "support_hear.h"

#include "core/engine/relabel.h"

static struct said stop(const char *channel, const char *from, enum opt_out_scope scope)
{
    struct said said = said_by(channel, from, INTENT_OTHER, "Stop");

    said.reading.opt_out = scope;
    return said;
}

static void hear_mail(struct people *p, int64_t touch, const char *text)
{
    world_mail(&p->world, touch, text);
    world_run(&p->world, workspace_now(p->world.workspace));
}

/* ---- whose it is ---- */

static void test_opt_outs__of_another_prospect_in_a_colleagues_thread_is_their_own(void **state)
{
    struct people p;

    (void)state;
    people_create(&p);
    hear_mail(&p, world_touch(&p.world, p.ana, 0).id,
              "From: Ben <" BEN ">\nTo: sam+$TOKEN@us.example\nSubject: Re: Hello Ana\n"
              "Message-ID: <b1@acme.example>\n\nDo not contact me ever again.\n");
    assert_int_equal(world_count(&p.world, "message WHERE opt_out = 'everything'"), 1);
    assert_true(world_get(&p.world, p.ben).opted_out_at > 0);
    assert_string_equal(world_enrollment(&p.world, p.ben).state, "exited");
    assert_true(world_get(&p.world, p.ana).opted_out_at == 0);
    assert_string_equal(world_enrollment(&p.world, p.ana).state, "held");
    end_world(&p.world);
}

static void test_opt_outs__by_token_are_of_whom_that_token_names(void **state)
{
    struct people p;
    char token[TOKEN_TEXT_BYTES];

    (void)state;
    people_create(&p);
    token_make(&p.world.workspace->tokens, TOKEN_UNSUBSCRIBE, world_touch(&p.world, p.ben, 0).id,
               token);
    hear_mail(&p, world_touch(&p.world, p.ana, 0).id,
              arena_printf(&p.world.arena,
                           "From: evil@else.example\nTo: sam+$TOKEN@us.example\n"
                           "Cc: sam+%s@us.example\nSubject: unsubscribe\n"
                           "Message-ID: <e1@else.example>\n\nHello\n",
                           token));
    assert_string_equal(world_enrollment(&p.world, p.ana).state, "active");
    assert_int_equal(world_count(&p.world, "suppression WHERE key = '" ANA "'"), 0);
    assert_int_equal(world_count(&p.world, "suppression WHERE key = '" BEN "'"), 1);
    assert_string_equal(world_enrollment(&p.world, p.ben).state, "exited");
    end_world(&p.world);
}

static void test_opt_outs__of_a_stranger_are_told_in_the_trace(void **state)
{
    struct people p;
    struct said said = stop("email", "cleo@else.example", OPT_OUT_EVERYTHING);

    (void)state;
    people_create(&p);
    hear(&p.world, &said);
    assert_int_equal(world_count(&p.world, "suppression WHERE key = 'cleo@else.example'"), 1);
    assert_int_equal(world_count(&p.world, "trace WHERE kind = 'suppress'"), 1);
    end_world(&p.world);
}

/* ---- a number that several share ---- */

static void test_opt_outs__on_a_shared_number_without_plus_stop_it_for_all(void **state)
{
    struct people p;
    struct said said = stop("whatsapp", "4915112345678", OPT_OUT_CHANNEL);

    (void)state;
    people_create(&p);
    hear(&p.world, &said);
    assert_int_equal(world_count(&p.world, "suppression WHERE key = '" PHONE "' "
                                           "AND channel = 'whatsapp'"),
                     1);
    assert_string_equal(world_enrollment(&p.world, p.ana).state, "exited");
    assert_string_equal(world_enrollment(&p.world, p.ben).state, "exited");
    end_world(&p.world);
}

static void test_opt_outs__of_a_named_channel_bar_that_one_for_all_on_the_number(void **state)
{
    struct people p;
    struct said said = stop("sms", PHONE, OPT_OUT_CHANNEL);

    (void)state;
    people_create(&p);
    said.reading.opt_out_channel = "email";
    hear(&p.world, &said);
    assert_int_equal(world_count(&p.world, "suppression WHERE channel = 'email'"), 2);
    assert_int_equal(world_count(&p.world, "suppression WHERE channel = 'sms'"), 0);
    end_world(&p.world);
}

static void test_opt_outs__with_another_channel_named_end_no_sequence_of_those_who_share(
    void **state)
{
    struct people p;
    struct said said = stop("sms", PHONE, OPT_OUT_CHANNEL);

    (void)state;
    people_create(&p);
    said.reading.wish.prefer = "email";
    hear(&p.world, &said);
    assert_int_equal(world_count(&p.world, "enrollment WHERE state = 'exited'"), 0);
    assert_int_equal(world_count(&p.world, "suppression WHERE channel = 'sms'"), 1);
    end_world(&p.world);
}

/* ---- what a person was to do ---- */

static void test_opt_outs__close_the_tasks_to_contact_them_until_it_is_corrected(void **state)
{
    struct people p;
    struct said call = said_by("email", ANA, INTENT_INTERESTED, "Call me on Thursday");
    struct said said = stop("email", ANA, OPT_OUT_EVERYTHING);
    struct relabel wish = { .opt_out = RELABEL_NO, .by = "a person" };
    struct relabelled done;
    struct inbox inbox = { .planner = NULL };
    struct err err = { 0 };

    (void)state;
    people_create(&p);
    call.reading.wish = (struct wish){ .prefer = "call", .once = true };
    call.reading.when = (struct when){ .kind = WHEN_INSTANT,
                                       .start_ms = WORLD_START + 2 * DAY_MS,
                                       .end_ms = WORLD_START + 2 * DAY_MS + HOUR_MS,
                                       .words = span_of("on Thursday") };
    hear(&p.world, &call);
    assert_int_equal(world_count(&p.world, "task WHERE state = 'open' AND kind = 'call'"), 1);
    clock_set(&p.world.workspace->clock, WORLD_START + 2 * HOUR_MS);
    wish.message_id = hear(&p.world, &said);
    assert_int_equal(world_count(&p.world, "task WHERE state = 'open'"), 0);
    clock_set(&p.world.workspace->clock, WORLD_START + 3 * HOUR_MS);
    inbox.effects = (struct effects){ .workspace = p.world.workspace,
                                      .catalog = catalog_create(p.world.workspace->db),
                                      .db = p.world.workspace->db,
                                      .now = WORLD_START + 3 * HOUR_MS,
                                      .arena = &p.world.arena };
    assert_int_equal(relabel(&inbox, &wish, &done, &err), 0);
    assert_int_equal(world_count(&p.world, "task WHERE state = 'open' AND kind = 'call'"), 1);
    catalog_destroy(inbox.effects.catalog);
    end_world(&p.world);
}

/* ---- taking it back ---- */

static void test_opt_outs__are_not_lifted_by_a_mail_that_only_says_who_it_is_from(void **state)
{
    struct people p;
    struct said said = stop("email", ANA, OPT_OUT_CHANNEL);
    static const char start_mail[] = "From: Ana <" ANA ">\nTo: %s\nSubject: hello\n"
                                     "Message-ID: <%s@northwind.example>\n\nSTART\n";

    (void)state;
    people_create(&p);
    hear(&p.world, &said);
    hear_mail(&p, 0, arena_printf(&p.world.arena, start_mail, "sam@us.example", "s1"));
    assert_int_equal(world_count(&p.world, "suppression WHERE channel = 'email'"), 1);
    hear_mail(&p, world_touch(&p.world, p.ana, 0).id,
              arena_printf(&p.world.arena, start_mail, "sam+$TOKEN@us.example", "s2"));
    assert_int_equal(world_count(&p.world, "suppression WHERE channel = 'email'"), 0);
    end_world(&p.world);
}

/* ---- what was on its way ---- */

static void send_back(struct people *p)
{
    struct err err = { 0 };

    assert_int_equal(
        db_do(p->world.workspace->db,
              "UPDATE touch SET state = 'retry', sent_at = NULL, retry_at = created_at "
              "WHERE prospect_id = $1",
              PARAMS(P(p->ana)), &err),
        0);
}

static void test_claim__a_mail_that_came_back_is_not_sent_after_an_answer(void **state)
{
    struct people p;
    struct said said = said_by("email", ANA, INTENT_QUESTION, "What is it?");

    (void)state;
    people_create(&p);
    hear(&p.world, &said);
    send_back(&p); /* its result was written after the answer */
    world_run(&p.world, WORLD_START + 2 * HOUR_MS);
    assert_string_equal(world_touch(&p.world, p.ana, 0).state, "cancelled");
    assert_int_equal(world_enrollment(&p.world, p.ana).step, 0); /* to be said again */
    assert_string_equal(world_enrollment(&p.world, p.ana).state, "held");
    end_world(&p.world);
}

static void test_claim__a_mail_that_came_back_is_not_sent_after_the_end_of_its_sequence(
    void **state)
{
    struct people p;
    struct said said = said_by("email", ANA, INTENT_NOT_INTERESTED, "No");

    (void)state;
    people_create(&p);
    hear(&p.world, &said);
    send_back(&p);
    world_run(&p.world, WORLD_START + 2 * HOUR_MS);
    assert_string_equal(world_touch(&p.world, p.ana, 0).state, "cancelled");
    end_world(&p.world);
}

static void test_claim__a_letter_by_hand_is_not_sent_to_who_opted_out_of_everything(void **state)
{
    struct people p;
    struct said said = stop("email", ANA, OPT_OUT_EVERYTHING);
    struct touch letter;
    struct err err = { 0 };

    (void)state;
    people_create(&p);
    letter = (struct touch){ .slot = id_slot(p.ana),
                             .id = id_next(&p.world.workspace->clock, id_slot(p.ana)),
                             .prospect_id = p.ana,
                             .step = -1,
                             .channel = "letter",
                             .sender = "phone",
                             .address = "",
                             .state = "due",
                             .text = "A card",
                             .decision = "{\"by\":\"hand\"}",
                             .created_at = WORLD_START + HOUR_MS,
                             .retry_at = WORLD_START + HOUR_MS };
    assert_int_equal(touch_insert(p.world.workspace->db, &letter, &err), 1);
    hear(&p.world, &said);
    world_run(&p.world, WORLD_START + 2 * HOUR_MS);
    assert_int_equal(world_count(&p.world, "touch WHERE channel = 'letter' AND tries > 0"), 0);
    assert_int_equal(world_count(&p.world, "task WHERE kind = 'letter'"), 0);
    end_world(&p.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opt_outs__of_another_prospect_in_a_colleagues_thread_is_their_own),
        cmocka_unit_test(test_opt_outs__by_token_are_of_whom_that_token_names),
        cmocka_unit_test(test_opt_outs__of_a_stranger_are_told_in_the_trace),
        cmocka_unit_test(test_opt_outs__on_a_shared_number_without_plus_stop_it_for_all),
        cmocka_unit_test(test_opt_outs__of_a_named_channel_bar_that_one_for_all_on_the_number),
        cmocka_unit_test(
            test_opt_outs__with_another_channel_named_end_no_sequence_of_those_who_share),
        cmocka_unit_test(test_opt_outs__close_the_tasks_to_contact_them_until_it_is_corrected),
        cmocka_unit_test(test_opt_outs__are_not_lifted_by_a_mail_that_only_says_who_it_is_from),
        cmocka_unit_test(test_claim__a_mail_that_came_back_is_not_sent_after_an_answer),
        cmocka_unit_test(
            test_claim__a_mail_that_came_back_is_not_sent_after_the_end_of_its_sequence),
        cmocka_unit_test(test_claim__a_letter_by_hand_is_not_sent_to_who_opted_out_of_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
