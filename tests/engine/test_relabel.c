/* tests/engine/test_relabel.c - a person corrects a reading: what followed from the wrong one is taken back, what follows from the
 * right one is done, and nothing is sent by that. */
#include "support_hear.h"

#include "core/engine/relabel.h"

static int64_t start(struct world *world)
{
    int64_t ana = world_with_ana(world);

    clock_set(&world->workspace->clock, WORLD_START + HOUR_MS);
    return ana;
}

static struct relabelled correct(struct world *world, const struct relabel *wish)
{
    struct workspace *w = world->workspace;
    struct inbox inbox = { .effects = { .workspace = w,
                                        .catalog = catalog_create(w->db),
                                        .db = w->db,
                                        .now = workspace_now(w) + HOUR_MS,
                                        .arena = &world->arena } };
    struct relabelled out = { 0 };
    struct err err = { 0 };

    clock_set(&w->clock, inbox.effects.now);
    if (relabel(&inbox, wish, &out, &err) < 0)
        fail_msg("%s", err.text);
    catalog_destroy(inbox.effects.catalog);
    return out;
}

/* A text: its words are what is read again. */
static int64_t hear_text(struct world *world, enum intent lead, const char *words)
{
    struct said said = said_by("sms", PHONE, lead, words);

    return hear(world, &said);
}

static void test_relabel__a_no_that_was_a_question_is_held_and_asked(void **state)
{
    struct world world;
    int64_t ana = start(&world), message;
    struct relabelled done;

    (void)state;
    message = hear_text(&world, INTENT_NOT_INTERESTED, "Is it not interesting for us?");
    assert_string_equal(world_enrollment(&world, ana).state, "exited");
    done = correct(&world, &(struct relabel){ .message_id = message,
                                              .says_labels = true,
                                              .labels = { INTENT_QUESTION },
                                              .label_count = 1,
                                              .by = "a person" });
    assert_string_equal(done.was.lead, "not_interested");
    assert_string_equal(done.is.lead, "question");
    assert_string_equal(world_enrollment(&world, ana).state, "held");
    assert_string_equal(world_enrollment(&world, ana).hold_reason, "question");
    assert_true(world_get(&world, ana).rest_until == 0);
    assert_int_equal(world_count(&world, "task WHERE kind = 'question' AND state = 'open'"), 1);
    assert_int_equal(world_count(&world, "touch"), 1);
    assert_int_equal(world_count(&world, "trace WHERE kind = 'relabel'"), 1);
    assert_true(world_message(&world, ana).relabelled_at > 0);
    end_world(&world);
}

static void test_relabel__an_opt_out_that_was_none_lifts_what_rests_on_that_message(void **state)
{
    const struct suppression other = {
        .kind = "email", .key = ANA, .channel = "", .cause = "bounce", .evidence = "5.1.1"
    };
    struct world world;
    int64_t ana = start(&world), message;
    struct said said = said_by("sms", PHONE, INTENT_OTHER, "Please stop by tomorrow");
    struct err err = { 0 };

    (void)state;
    said.reading.opt_out = OPT_OUT_EVERYTHING;
    assert_int_equal(suppression_add(world.workspace->db, &other, WORLD_START + HOUR_MS, &err), 0);
    message = hear(&world, &said);
    assert_true(world_get(&world, ana).opted_out_at > 0);
    assert_int_equal(world_count(&world, "suppression"), 2);
    correct(&world,
            &(struct relabel){ .message_id = message, .opt_out = RELABEL_NO, .by = "a person" });
    assert_true(world_get(&world, ana).opted_out_at == 0);
    assert_int_equal(world_count(&world, "suppression"), 1); /* the bounce stays */
    assert_string_equal(world_enrollment(&world, ana).state, "held");
    assert_null(world_message(&world, ana).opt_out);
    end_world(&world);
}

static void test_relabel__an_answer_that_was_an_opt_out_stops_everything(void **state)
{
    struct world world;
    int64_t ana = start(&world), message;

    (void)state;
    message = hear_text(&world, INTENT_OTHER, "Enough now");
    assert_string_equal(world_get(&world, ana).preferred_channel, "sms");
    correct(&world,
            &(struct relabel){ .message_id = message, .opt_out = RELABEL_YES, .by = "a person" });
    assert_null(world_get(&world, ana).preferred_channel); /* an opt-out leads nowhere */
    assert_true(world_get(&world, ana).opted_out_at > 0);
    assert_string_equal(world_enrollment(&world, ana).exit, "opted_out");
    assert_int_equal(world_count(&world, "switch WHERE undone_by = 'a person'"), 1);
    end_world(&world);
}

static void test_relabel__an_automatic_reply_read_as_a_person_gives_everything_back(void **state)
{
    struct world world;
    int64_t ana = start(&world), message;

    (void)state;
    message = hear_text(&world, INTENT_QUESTION, "We have received your message.");
    correct(&world, &(struct relabel){ .message_id = message,
                                       .says_kind = true,
                                       .kind = READING_RECEIPT,
                                       .by = "a person" });
    assert_string_equal(world_enrollment(&world, ana).state, "active");
    assert_true(world_enrollment(&world, ana).due_at >= workspace_now(world.workspace));
    assert_null(world_get(&world, ana).preferred_channel);
    assert_int_equal(world_count(&world, "touch WHERE replied_at IS NOT NULL"), 0);
    assert_int_equal(world_count(&world, "task WHERE disposition = 'relabelled'"), 1);
    assert_int_equal(world_count(&world, "task WHERE state = 'open'"), 0);
    assert_null(world_message(&world, ana).lead);
    end_world(&world);
}

static void test_relabel__a_hold_that_has_gone_on_since_is_left_and_said(void **state)
{
    struct world world;
    int64_t ana = start(&world), message;
    struct relabelled done;
    bool left = false;

    (void)state;
    message = hear_text(&world, INTENT_OTHER, "Hm");
    world_run(&world, WORLD_START + 5 * DAY_MS); /* its step went out: it goes on */
    assert_string_equal(world_enrollment(&world, ana).state, "active");
    done = correct(&world, &(struct relabel){ .message_id = message,
                                              .says_kind = true,
                                              .kind = READING_BULK,
                                              .by = "a person" });
    for (int i = 0; i < done.undone_count; i++)
        left = left || (done.undone[i].left && strstr(done.undone[i].what, "held"));
    assert_true(left);
    assert_string_equal(world_enrollment(&world, ana).state, "active");
    end_world(&world);
}

static void test_relabel__a_wish_is_given_and_taken_by_a_person(void **state)
{
    struct world world;
    int64_t ana = start(&world), message;
    struct said said = said_by("email", ANA, INTENT_OTHER, "Our texts are well written.");
    struct relabel wish = { .by = "a person", .wish = RELABEL_NO };

    (void)state;
    said.reading.wish = (struct wish){ .prefer = "sms" };
    message = wish.message_id = hear(&world, &said);
    assert_string_equal(world_get(&world, ana).wish_channel, "sms");
    correct(&world, &wish);
    assert_null(world_get(&world, ana).wish_channel);
    wish.wish = RELABEL_YES;
    wish.wish_channel = "call";
    correct(&world, &wish);
    assert_string_equal(world_get(&world, ana).wish_channel, "call");
    assert_true(world_get(&world, ana).wish_message_id == message);
    assert_int_equal(world_count(&world, "trace WHERE kind = 'relabel'"), 2);
    end_world(&world);
}

static void test_relabel__a_bounce_that_only_a_person_recognised_bars_where_the_touch_went(
    void **state)
{
    struct world world;
    int64_t ana = start(&world), message;
    struct said said = said_by("email", ANA, INTENT_OTHER, "Nobody reads this box any more");

    (void)state;
    message = hear(&world, &said);
    correct(&world, &(struct relabel){ .message_id = message,
                                       .says_kind = true,
                                       .kind = READING_BOUNCE,
                                       .by = "a person" });
    assert_int_equal(world_count(&world, "suppression WHERE key = '" ANA "' AND until_ms > at"), 1);
    assert_string_equal(world_touch(&world, ana, 0).state, "bounced");
    assert_string_equal(world_enrollment(&world, ana).state, "active");
    correct(&world, &(struct relabel){ .message_id = message,
                                       .says_kind = true,
                                       .kind = READING_HUMAN,
                                       .by = "a person" });
    assert_int_equal(world_count(&world, "suppression"), 0);
    end_world(&world);
}

static void test_relabel__an_older_answer_does_not_lead_them_back(void **state)
{
    struct world world;
    int64_t ana = start(&world), first;
    struct said said = said_by("email", ANA, INTENT_OTHER, "What does it cost?");

    (void)state;
    first = hear(&world, &said);
    clock_set(&world.workspace->clock, WORLD_START + 2 * HOUR_MS);
    (void)hear_text(&world, INTENT_OTHER, "Well");
    assert_string_equal(world_get(&world, ana).preferred_channel, "sms");
    correct(&world, &(struct relabel){ .message_id = first,
                                       .says_labels = true,
                                       .labels = { INTENT_QUESTION },
                                       .label_count = 1,
                                       .by = "a person" });
    assert_string_equal(world_get(&world, ana).preferred_channel, "sms");
    end_world(&world);
}

static void test_relabel__a_channel_that_a_person_chose_since_stays(void **state)
{
    struct world world;
    int64_t ana = start(&world), message;
    struct said said = said_by("email", ANA, INTENT_OTHER, "Text me");
    struct prospect prospect;
    struct err err = { 0 };

    (void)state;
    said.reading.wish.prefer = "sms";
    message = hear(&world, &said);
    prospect = world_get(&world, ana);
    prospect.preferred_channel = prospect.wish_channel = "call"; /* heed prefer */
    prospect.preferred_message_id = prospect.wish_message_id = 0;
    prospect.preferred_at = WORLD_START + 2 * HOUR_MS;
    assert_int_equal(
        prospect_set_following(world.workspace->db, &prospect, WORLD_START + 2 * HOUR_MS, &err), 0);
    correct(&world, &(struct relabel){ .message_id = message,
                                       .says_labels = true,
                                       .labels = { INTENT_QUESTION },
                                       .label_count = 1,
                                       .by = "a person" });
    assert_string_equal(world_get(&world, ana).preferred_channel, "call");
    assert_string_equal(world_get(&world, ana).wish_channel, "call");
    end_world(&world);
}

static void test_relabel__an_unsubscribe_by_mail_stays_one_whatever_else_is_corrected(void **state)
{
    struct world world;
    int64_t ana = start(&world);
    char token[TOKEN_TEXT_BYTES];

    (void)state;
    token_make(&world.workspace->tokens, TOKEN_UNSUBSCRIBE, world_touch(&world, ana, 0).id, token);
    world_mail(&world, 0,
               arena_printf(&world.arena,
                            "From: Ana <ana.private@other.example>\nTo: sam+%s@us.example\n"
                            "Subject: unsubscribe\nMessage-ID: <u@other.example>\n\n\n",
                            token));
    world_run(&world, WORLD_START + HOUR_MS);
    assert_int_equal(world_count(&world, "suppression WHERE key = '" ANA "'"), 1);
    correct(&world, &(struct relabel){ .message_id = world_message(&world, ana).id,
                                       .wish = RELABEL_NO,
                                       .by = "a person" });
    assert_int_equal(world_count(&world, "suppression WHERE key = '" ANA "'"), 1);
    assert_string_equal(world_enrollment(&world, ana).state, "exited");
    correct(&world, &(struct relabel){ .message_id = world_message(&world, ana).id,
                                       .opt_out = RELABEL_NO,
                                       .by = "a person" });
    assert_int_equal(world_count(&world, "suppression WHERE key = '" ANA "'"), 0);
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relabel__a_no_that_was_a_question_is_held_and_asked),
        cmocka_unit_test(test_relabel__an_opt_out_that_was_none_lifts_what_rests_on_that_message),
        cmocka_unit_test(test_relabel__an_answer_that_was_an_opt_out_stops_everything),
        cmocka_unit_test(test_relabel__an_automatic_reply_read_as_a_person_gives_everything_back),
        cmocka_unit_test(test_relabel__a_hold_that_has_gone_on_since_is_left_and_said),
        cmocka_unit_test(test_relabel__a_wish_is_given_and_taken_by_a_person),
        cmocka_unit_test(test_relabel__an_older_answer_does_not_lead_them_back),
        cmocka_unit_test(
            test_relabel__a_bounce_that_only_a_person_recognised_bars_where_the_touch_went),
        cmocka_unit_test(test_relabel__a_channel_that_a_person_chose_since_stays),
        cmocka_unit_test(test_relabel__an_unsubscribe_by_mail_stays_one_whatever_else_is_corrected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
