/* tests/engine/test_effects.c - what follows from words, in a store: holds and ends, tasks, the channel they ask for, what they
 * avoid, a number they name. Each world ends with the check of all invariants. */
#include "support_hear.h"

#include "core/engine/answer.h"
#include "core/engine/choose.h"
#include "core/store/traces.h"

static int64_t start(struct world *world, const char *follow)
{
    int64_t ana;

    world_create(world, NULL);
    world_plan(world, follow);
    ana = world_prospect(world, "Ana", ANA, PHONE);
    world_enroll(world, ana);
    world_run(world, WORLD_START);
    clock_set(&world->workspace->clock, WORLD_START + HOUR_MS);
    return ana;
}

static struct task open_task(struct world *world, const char *kind)
{
    struct task *rows, none = { 0 };
    struct err err = { 0 };
    int count = tasks_open(world->workspace->db, &world->arena, &rows, &err);

    for (int i = 0; i < count; i++)
        if (strcmp(rows[i].kind, kind) == 0)
            return rows[i];
    return none;
}

/* At noon of each of these days after the start. */
static void run_days(struct world *world, int from, int to)
{
    for (int day = from; day <= to; day++)
        world_run(world, WORLD_START + day * DAY_MS + 2 * HOUR_MS);
}

/* By hand, now. */
static void answer(struct world *world, int64_t ana, const char *text)
{
    const struct answer_wish wish = { .text = text, .at_once = true };
    struct prospect prospect = world_get(world, ana);
    struct effects env = { .workspace = world->workspace,
                           .catalog = catalog_create(world->workspace->db),
                           .db = world->workspace->db,
                           .now = workspace_now(world->workspace),
                           .arena = &world->arena };
    struct answer_made made;
    struct err err = { 0 };

    assert_int_equal(answer_write(&env, &prospect, &wish, &made, &err), 0);
    catalog_destroy(env.catalog);
}

static void test_effects__our_answer_keeps_the_date_they_named(void **state)
{
    struct said said = said_by("email", ANA, INTENT_NOT_NOW, "Not before 14 December.");
    struct when_env env = { .ref_ms = WORLD_START, .zone = zone_find("Europe/Berlin", NULL) };
    struct world world;
    int64_t ana = start(&world, "auto"), due;

    (void)state;
    assert_true(when_read(span_of(said.words), &env, &world.arena, &said.reading.when));
    hear(&world, &said);
    due = world_enrollment(&world, ana).due_at;
    answer(&world, ana, "Will do!");
    assert_string_equal(world_enrollment(&world, ana).state, "held");
    assert_true(world_enrollment(&world, ana).due_at == due);
    end_world(&world);
}

static void test_effects__our_answer_lets_nothing_run_ahead_of_the_call_they_asked_for(void **state)
{
    struct said said = said_by("email", ANA, INTENT_INTERESTED, "Call me on 14 December at 3 pm.");
    struct when_env env = { .ref_ms = WORLD_START, .zone = zone_find("Europe/Berlin", NULL) };
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    said.reading.wish = (struct wish){ .prefer = "call", .once = true };
    assert_true(when_read(span_of(said.words), &env, &world.arena, &said.reading.when));
    hear(&world, &said);
    assert_true(open_task(&world, "call").due_at > WORLD_START + 10 * DAY_MS);
    answer(&world, ana, "Talk to you then!");
    assert_string_equal(world_enrollment(&world, ana).state, "active");
    assert_true(world_enrollment(&world, ana).due_at > open_task(&world, "call").due_at);
    end_world(&world);
}

/* ---- labels ---- */

static void test_effects__what_is_ignored_leaves_a_mail_its_next_try(void **state)
{
    struct said said = { .channel = "email", .from = ANA, .words = "Away until Monday" };
    struct world world;
    int64_t ana = start(&world, "auto");
    struct err err = { 0 };

    (void)state;
    said.reading.kind = READING_AUTO_REPLY;
    said.reading.return_ms = WORLD_START + 30 * DAY_MS;
    assert_int_equal(db_do(world.workspace->db,
                           "UPDATE sequence SET source = replace(source, '\"follow\"', "
                           "'\"on_reply\":{\"out_of_office\":\"ignore\"},\"follow\"')",
                           NO_PARAMS, &err),
                     0);
    assert_int_equal(
        db_do(world.workspace->db,
              "UPDATE touch SET state = 'retry', sent_at = NULL, retry_at = created_at", NO_PARAMS,
              &err),
        0);
    hear(&world, &said);
    assert_string_equal(world_enrollment(&world, ana).state, "active");
    assert_string_equal(world_touch(&world, ana, 0).state, "retry");
    assert_int_equal(world_enrollment(&world, ana).step, 1);
    end_world(&world);
}

static void test_effects__a_question_holds_and_asks_for_an_answer_which_settles_it(void **state)
{
    const struct answer_wish wish = { .text = "It costs nothing." };
    struct said said = said_by("email", ANA, INTENT_QUESTION, "What would it cost?");
    struct answer_made made;
    struct prospect prospect;
    struct effects env;
    struct world world;
    int64_t ana = start(&world, "auto"), message;
    struct err err = { 0 };

    (void)state;
    message = hear(&world, &said);
    assert_string_equal(world_enrollment(&world, ana).hold_reason, "question");
    assert_true(open_task(&world, "question").message_id == message);
    assert_non_null(strstr(open_task(&world, "question").text, "What would it cost?"));
    prospect = world_get(&world, ana);
    env = (struct effects){ .workspace = world.workspace,
                            .catalog = catalog_create(world.workspace->db),
                            .db = world.workspace->db,
                            .now = workspace_now(world.workspace),
                            .arena = &world.arena };
    assert_int_equal(answer_write(&env, &prospect, &wish, &made, &err), 0);
    assert_string_equal(made.channel, "email");
    assert_int_equal(world_count(&world, "task WHERE state = 'open'"), 0);
    catalog_destroy(env.catalog);
    end_world(&world);
}

static void test_effects__a_no_ends_this_sequence_without_an_opt_out(void **state)
{
    struct said said = said_by("email", ANA, INTENT_NOT_INTERESTED, "No, thank you.");
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    hear(&world, &said);
    assert_string_equal(world_enrollment(&world, ana).exit, "not_interested");
    assert_true(world_get(&world, ana).rest_until == WORLD_START + HOUR_MS + 180 * DAY_MS);
    assert_int_equal(world_count(&world, "suppression"), 0);
    assert_int_equal(world_count(&world, "prospect WHERE opted_out_at IS NOT NULL"), 0);
    end_world(&world);
}

static void test_effects__not_now_with_a_date_goes_on_by_itself_that_day(void **state)
{
    struct said said = said_by("email", ANA, INTENT_NOT_NOW, "Not before 14 December.");
    struct when_env env = { .ref_ms = WORLD_START, .zone = zone_find("Europe/Berlin", NULL) };
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    assert_true(when_read(span_of(said.words), &env, &world.arena, &said.reading.when));
    hear(&world, &said);
    assert_string_equal(world_enrollment(&world, ana).hold_reason, "not_now");
    run_days(&world, 1, 12);
    assert_int_equal(world_count(&world, "touch"), 1);
    run_days(&world, 13, 13);
    assert_int_equal(world_count(&world, "touch"), 2);
    assert_int_equal(world_count(&world, "task"), 0);
    end_world(&world);
}

static void test_effects__a_time_for_a_call_opens_a_task_that_is_due_then(void **state)
{
    struct said said = said_by("email", ANA, INTENT_INTERESTED, "Call me on Friday at 3.");
    struct when_env env = { .ref_ms = WORLD_START, .zone = zone_find("Europe/Berlin", NULL) };
    struct world world;
    int64_t ana = start(&world, "auto");
    struct task task;

    (void)state;
    assert_true(when_read(span_of(said.words), &env, &world.arena, &said.reading.when));
    said.reading.wish = (struct wish){ .prefer = "call", .once = true };
    hear(&world, &said);
    task = open_task(&world, "call");
    assert_true(task.due_at == WORLD_START + 3 * DAY_MS + 5 * HOUR_MS);
    run_days(&world, 1, 4);
    assert_int_equal(world_count(&world, "touch"), 1); /* nothing else goes out before */
    assert_string_equal(world_enrollment(&world, ana).state, "held");
    end_world(&world);
}

static void test_effects__the_wrong_person_waits_for_you_and_nobody_new_is_enrolled(void **state)
{
    struct said said = said_by("email", ANA, INTENT_WRONG_PERSON, "Ask bo@northwind.example.");
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    hear(&world, &said);
    run_days(&world, 1, 20);
    assert_string_equal(world_enrollment(&world, ana).state, "held");
    assert_int_equal(world_count(&world, "touch"), 1);
    assert_int_equal(world_count(&world, "enrollment"), 1);
    assert_non_null(strstr(open_task(&world, "wrong_person").text, "bo@northwind.example"));
    end_world(&world);
}

/* From the bytes of a mail: what the readers make of these words, and what follows from that. */
static void test_effects__real_words_lead_to_what_they_say(void **state)
{
    static const struct {
        const char *words, *lead, *state, *why, *task; /* task NULL = none */
    } rows[] = {
        { "We are not interested, thank you.", "not_interested", "exited", "not_interested", NULL },
        { "That is too expensive for us.", "concern_price", "held", "concern_price", "concern" },
        { "What does the red one weigh?", "question", "held", "question", "question" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;
        int64_t ana = start(&world, "auto");
        struct enrollment e;

        world_mail(&world, world_touch(&world, ana, 0).id,
                   arena_printf(&world.arena,
                                "From: " ANA "\nTo: sam+$TOKEN@us.example\nSubject: Re: Hello\n"
                                "Message-ID: <w%zu@northwind.example>\n\n%s\n",
                                i, rows[i].words));
        world_run(&world, WORLD_START + 2 * HOUR_MS);
        e = world_enrollment(&world, ana);
        assert_string_equal(world_message(&world, ana).lead, rows[i].lead);
        assert_string_equal(e.state, rows[i].state);
        assert_string_equal(e.exit ? e.exit : e.hold_reason, rows[i].why);
        assert_int_equal(world_count(&world, "task"), rows[i].task ? 1 : 0);
        if (rows[i].task)
            assert_non_null(strstr(open_task(&world, rows[i].task).text, rows[i].words));
        end_world(&world);
    }
}

/* ---- wishes ---- */

static void test_effects__text_me_instead_moves_the_steps_and_the_credit_stays(void **state)
{
    struct said said = said_by("email", ANA, INTENT_OTHER, "Text me instead.");
    struct world world;
    int64_t ana = start(&world, "auto"), message;
    struct choice choice;
    struct err err = { 0 };

    (void)state;
    said.reading.wish = (struct wish){ .prefer = "sms", .words = span_of("Text me instead") };
    message = hear(&world, &said);
    assert_string_equal(world_get(&world, ana).preferred_channel, "sms");
    assert_string_equal(world_get(&world, ana).wish_channel, "sms");
    assert_true(world_get(&world, ana).wish_message_id == message);
    assert_int_equal(world_switches(&world, ana), 1);
    assert_int_equal(world_count(&world, "touch WHERE channel = 'email' AND replied_at > 0"), 1);
    run_days(&world, 1, 4);
    assert_string_equal(world_touch(&world, ana, 0).channel, "sms");
    assert_int_equal(
        choose_decode(span_of(world_touch(&world, ana, 0).decision), &world.arena, &choice, &err),
        0);
    assert_int_equal(choice.level, CHOOSE_WISH);
    assert_true(choice.evidence == message);
    end_world(&world);
}

static void test_effects__a_wish_for_once_is_good_for_the_next_step_only(void **state)
{
    struct said said = said_by("email", ANA, INTENT_OTHER, "Drop me a text this time.");
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    said.reading.wish = (struct wish){ .prefer = "sms", .once = true };
    hear(&world, &said);
    assert_string_equal(world_get(&world, ana).preferred_channel, "email");
    run_days(&world, 1, 3);
    assert_string_equal(world_touch(&world, ana, 0).channel, "sms");
    assert_null(world_get(&world, ana).wish_channel);
    run_days(&world, 4, 6);
    assert_string_equal(world_touch(&world, ana, 0).channel, "email");
    end_world(&world);
}

static void test_effects__an_avoided_channel_is_skipped_until_they_ask_for_it_again(void **state)
{
    static const char *const mail[] = { "email" };
    struct said first = said_by("sms", PHONE, INTENT_OTHER, "Please no e-mails.");
    struct said second = said_by("sms", PHONE, INTENT_OTHER, "E-mail is better after all.");
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    first.reading.wish = (struct wish){ .avoid = mail, .avoid_count = 1 };
    hear(&world, &first);
    assert_string_equal(world_get(&world, ana).avoid, "email");
    assert_int_equal(world_count(&world, "suppression"), 0); /* it is no opt-out */
    run_days(&world, 1, 3);
    assert_string_equal(world_touch(&world, ana, 0).channel, "sms");
    assert_non_null(strstr(world_touch(&world, ana, 0).decision, "[\"email\",\"avoided\"]"));
    second.reading.wish = (struct wish){ .prefer = "email" };
    hear(&world, &second);
    assert_null(world_get(&world, ana).avoid);
    run_days(&world, 4, 8);
    assert_string_equal(world_touch(&world, ana, 0).channel, "email");
    end_world(&world);
}

static void test_effects__a_number_they_name_is_the_first_to_be_used(void **state)
{
    struct said said = said_by("email", ANA, INTENT_OTHER, "Text me at +49 171 7654321.");
    struct world world;
    int64_t ana = start(&world, "auto"), message;

    (void)state;
    said.reading.wish = (struct wish){ .prefer = "sms", .number = "+491717654321" };
    message = hear(&world, &said);
    assert_int_equal(
        world_count(&world, arena_printf(&world.arena,
                                         "address WHERE key = '+491717654321' AND rank = 0 "
                                         "AND source = 'reply' AND message_id = %lld",
                                         (long long)message)),
        1);
    run_days(&world, 1, 3);
    assert_string_equal(world_touch(&world, ana, 0).address, "+491717654321");
    end_world(&world);
}

static void test_effects__a_channel_that_no_sender_serves_waits_for_a_person(void **state)
{
    struct said said = said_by("email", ANA, INTENT_OTHER, "WhatsApp me please.");
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    said.reading.wish =
        (struct wish){ .prefer = "whatsapp", .words = span_of("WhatsApp me please") };
    hear(&world, &said);
    assert_non_null(strstr(open_task(&world, "wish").text, "no sender serves it"));
    run_days(&world, 1, 12);
    assert_string_equal(world_enrollment(&world, ana).state, "held");
    assert_int_equal(world_count(&world, "touch"), 1);
    end_world(&world);
}

static void test_effects__a_sequence_that_asks_is_asked_before_a_wish_moves_it(void **state)
{
    struct said said = said_by("email", ANA, INTENT_OTHER, "Text me instead.");
    struct world world;
    int64_t ana = start(&world, "ask");

    (void)state;
    said.reading.wish = (struct wish){ .prefer = "sms" };
    hear(&world, &said);
    assert_null(world_get(&world, ana).wish_channel);
    assert_null(world_get(&world, ana).preferred_channel);
    assert_non_null(strstr(open_task(&world, "switch").text, "They asked for sms"));
    end_world(&world);
}

static void test_effects__only_by_text_means_by_nothing_else(void **state)
{
    struct said said = said_by("email", ANA, INTENT_OTHER, "Only by text please.");
    struct world world;
    int64_t ana = start(&world, "auto");
    struct suppression barred = { .kind = "phone", .key = PHONE, .channel = "", .cause = "bounce" };
    struct err err = { 0 };

    (void)state;
    said.reading.wish = (struct wish){ .prefer = "sms", .exclusive = true };
    hear(&world, &said);
    assert_true(world_get(&world, ana).wish_only);
    assert_int_equal(suppression_add(world.workspace->db, &barred, WORLD_START, &err), 0);
    run_days(&world, 1, 5);
    assert_int_equal(world_count(&world, "touch"), 1); /* the number is dead: held, not mailed */
    assert_string_equal(world_enrollment(&world, ana).state, "held");
    end_world(&world);
}

static void test_effects__each_thing_that_follows_leaves_a_trace(void **state)
{
    struct said said = said_by("email", ANA, INTENT_QUESTION, "Can you text me the price?");
    struct trace_row *rows;
    struct world world;
    struct err err = { 0 };
    int count;

    (void)state;
    start(&world, "auto");
    said.reading.wish = (struct wish){ .prefer = "sms" };
    count = traces_of(world.workspace->db, hear(&world, &said), &world.arena, &rows, &err);
    assert_int_equal(count, 5); /* credit, hold, task, wish, switch */
    for (int i = 0; i < count; i++)
        assert_true(*rows[i].what != '\0' && rows[i].undone_by == NULL);
    end_world(&world);
}

static void test_effects__real_words_move_them_to_the_channel_they_ask_for(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    world_mail(&world, world_touch(&world, ana, 0).id,
               "From: " ANA "\nTo: sam+$TOKEN@us.example\nSubject: Re: Hello\n"
               "Message-ID: <wish@northwind.example>\n\nPlease text me instead.\n");
    world_run(&world, WORLD_START + 2 * HOUR_MS);
    assert_string_equal(world_get(&world, ana).wish_channel, "sms");
    run_days(&world, 1, 6);
    assert_string_equal(world_touch(&world, ana, 0).channel, "sms");
    end_world(&world);
}

/* The workspace is in Berlin, the prospect in New York: three o'clock and "212 ..." are theirs. */
static void test_effects__times_and_numbers_are_read_where_the_prospect_is(void **state)
{
    struct world world;
    int64_t ana = start(&world, "auto");
    struct err err = { 0 };

    (void)state;
    assert_int_equal(db_do(world.workspace->db,
                           "UPDATE prospect SET zone = 'America/New_York', country = 'USA'",
                           NO_PARAMS, &err),
                     0);
    world_mail(&world, world_touch(&world, ana, 0).id,
               "From: " ANA "\nTo: sam+$TOKEN@us.example\nSubject: Re: Hello\n"
               "Message-ID: <there@northwind.example>\n\n"
               "Please call me on Friday at 3 pm at (212) 555-0147.\n");
    world_run(&world, WORLD_START + 2 * HOUR_MS);
    assert_true(open_task(&world, "call").due_at == WORLD_START + 3 * DAY_MS + 11 * HOUR_MS);
    assert_int_equal(world_count(&world, "address WHERE key = '+12125550147'"), 1);
    end_world(&world);
}

/* A mailbox may be slow: what was asked for first is heard last. */
static void test_effects__a_wish_that_is_heard_late_gives_way_to_the_later_one(void **state)
{
    struct said late = said_by("email", ANA, INTENT_OTHER, "Call me"),
                early = said_by("email", ANA, INTENT_OTHER, "Text me");
    struct world world;
    int64_t ana = start(&world, "auto");

    (void)state;
    late.reading.wish.prefer = "call";
    early.reading.wish.prefer = "sms";
    clock_set(&world.workspace->clock, WORLD_START + 2 * HOUR_MS);
    hear(&world, &late);
    clock_set(&world.workspace->clock, WORLD_START + HOUR_MS);
    hear(&world, &early);
    assert_string_equal(world_get(&world, ana).wish_channel, "call");
    assert_string_equal(world_get(&world, ana).preferred_channel, "call");
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_effects__a_wish_that_is_heard_late_gives_way_to_the_later_one),
        cmocka_unit_test(test_effects__our_answer_keeps_the_date_they_named),
        cmocka_unit_test(
            test_effects__our_answer_lets_nothing_run_ahead_of_the_call_they_asked_for),
        cmocka_unit_test(test_effects__what_is_ignored_leaves_a_mail_its_next_try),
        cmocka_unit_test(test_effects__a_question_holds_and_asks_for_an_answer_which_settles_it),
        cmocka_unit_test(test_effects__a_no_ends_this_sequence_without_an_opt_out),
        cmocka_unit_test(test_effects__not_now_with_a_date_goes_on_by_itself_that_day),
        cmocka_unit_test(test_effects__a_time_for_a_call_opens_a_task_that_is_due_then),
        cmocka_unit_test(test_effects__the_wrong_person_waits_for_you_and_nobody_new_is_enrolled),
        cmocka_unit_test(test_effects__real_words_lead_to_what_they_say),
        cmocka_unit_test(test_effects__text_me_instead_moves_the_steps_and_the_credit_stays),
        cmocka_unit_test(test_effects__a_wish_for_once_is_good_for_the_next_step_only),
        cmocka_unit_test(test_effects__an_avoided_channel_is_skipped_until_they_ask_for_it_again),
        cmocka_unit_test(test_effects__a_number_they_name_is_the_first_to_be_used),
        cmocka_unit_test(test_effects__a_channel_that_no_sender_serves_waits_for_a_person),
        cmocka_unit_test(test_effects__a_sequence_that_asks_is_asked_before_a_wish_moves_it),
        cmocka_unit_test(test_effects__only_by_text_means_by_nothing_else),
        cmocka_unit_test(test_effects__real_words_move_them_to_the_channel_they_ask_for),
        cmocka_unit_test(test_effects__times_and_numbers_are_read_where_the_prospect_is),
        cmocka_unit_test(test_effects__each_thing_that_follows_leaves_a_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
