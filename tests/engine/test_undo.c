/* tests/engine/test_undo.c - what followed from a message is taken back, and nothing else: what another message says as well stays,
 * and nothing of the corrected one is left behind. */
#include "support_hear.h"

#include "core/engine/relabel.h"

#define OTHER "+4915187654321"

static void wait_an_hour(struct world *world)
{
    clock_set(&world->workspace->clock, workspace_now(world->workspace) + HOUR_MS);
}

/* An hour after whatever was before. */
static int64_t hear_later(struct world *world, struct said said)
{
    wait_an_hour(world);
    return hear(world, &said);
}

static struct said opting_out(const char *channel, const char *from, enum opt_out_scope scope)
{
    struct said said = said_by(channel, from, INTENT_OTHER, "Leave me alone");

    said.reading.opt_out = scope;
    return said;
}

static struct relabelled correct(struct world *world, const struct relabel *wish)
{
    struct workspace *w = world->workspace;
    struct relabel by_a_person = *wish;
    struct inbox inbox = { .effects = { .workspace = w,
                                        .catalog = catalog_create(w->db),
                                        .db = w->db,
                                        .arena = &world->arena } };
    struct relabelled out = { 0 };
    struct err err = { 0 };

    wait_an_hour(world);
    inbox.effects.now = workspace_now(w);
    by_a_person.by = "a person";
    if (relabel(&inbox, &by_a_person, &out, &err) < 0)
        fail_msg("%s", err.text);
    catalog_destroy(inbox.effects.catalog);
    return out;
}

/* It was nothing at all: bulk mail. */
static struct relabelled dismiss(struct world *world, int64_t message)
{
    return correct(
        world, &(struct relabel){ .message_id = message, .says_kind = true, .kind = READING_BULK });
}

/* ---- holds and ends ---- */

static void test_undo__a_later_answer_goes_on_holding(void **state)
{
    struct world world;
    int64_t ana = world_with_ana(&world), first, second;
    struct relabelled done;

    (void)state;
    first = hear_later(&world, said_by("email", ANA, INTENT_OTHER, "Hm"));
    second = hear_later(&world, said_by("email", ANA, INTENT_OTHER, "Well"));
    done = dismiss(&world, first);
    assert_string_equal(world_enrollment(&world, ana).state, "held");
    assert_string_equal(world_enrollment(&world, ana).hold_reason, "reply");
    for (int i = 0; i < done.undone_count; i++)
        if (strcmp(done.undone[i].kind, "hold") == 0)
            assert_string_equal(done.undone[i].left, "a later message does so, too");
    dismiss(&world, second);
    assert_string_equal(world_enrollment(&world, ana).state, "active");
    end_world(&world);
}

static void test_undo__a_hold_between_two_others_leaves_no_gap(void **state)
{
    struct world world;
    int64_t ana = world_with_ana(&world), second, third;

    (void)state;
    hear_later(&world, said_by("email", ANA, INTENT_CONCERN_PRICE, "Too much"));
    second = hear_later(&world, said_by("email", ANA, INTENT_QUESTION, "Is it?"));
    third = hear_later(&world, said_by("email", ANA, INTENT_INTERESTED, "Good"));
    dismiss(&world, second);
    assert_string_equal(world_enrollment(&world, ana).hold_reason, "interested");
    dismiss(&world, third);
    assert_string_equal(world_enrollment(&world, ana).hold_reason, "concern_price");
    end_world(&world);
}

static void test_undo__who_opted_out_again_stays_out_of_their_sequences(void **state)
{
    struct world world;
    int64_t ana = world_with_ana(&world), first;

    (void)state;
    first = hear_later(&world, said_by("email", ANA, INTENT_NOT_INTERESTED, "No"));
    hear_later(&world, opting_out("email", ANA, OPT_OUT_EVERYTHING));
    dismiss(&world, first);
    assert_string_equal(world_enrollment(&world, ana).state, "exited");
    end_world(&world); /* P2: nobody who opted out is in play */
}

static void test_undo__a_rest_lasts_as_long_as_the_no_that_stands(void **state)
{
    struct world world;
    int64_t ana = world_with_ana(&world), first, second, until;

    (void)state;
    first = hear_later(&world, said_by("email", ANA, INTENT_NOT_INTERESTED, "No"));
    second = hear_later(&world, said_by("email", ANA, INTENT_NOT_INTERESTED, "No!"));
    until = world_get(&world, ana).rest_until;
    dismiss(&world, first);
    assert_true(world_get(&world, ana).rest_until == until);
    dismiss(&world, second);
    assert_true(world_get(&world, ana).rest_until == 0);
    end_world(&world);
}

/* ---- bars ---- */

static void test_undo__an_opt_out_said_twice_stands_until_both_are_corrected(void **state)
{
    struct world world;
    int64_t ana = world_with_ana(&world), first, second;

    (void)state;
    first = hear_later(&world, opting_out("sms", PHONE, OPT_OUT_EVERYTHING));
    second = hear_later(&world, opting_out("email", ANA, OPT_OUT_EVERYTHING));
    dismiss(&world, first);
    assert_true(world_get(&world, ana).opted_out_at > 0);
    assert_int_equal(world_count(&world, "suppression WHERE channel = ''"), 2);
    assert_string_equal(world_enrollment(&world, ana).state, "exited");
    dismiss(&world, second);
    assert_true(world_get(&world, ana).opted_out_at == 0);
    assert_int_equal(world_count(&world, "suppression"), 0);
    end_world(&world);
}

static void test_undo__who_had_opted_out_before_any_message_stays_so(void **state)
{
    struct world world;
    int64_t ana = world_with_ana(&world), first, second;
    struct prospect prospect = world_get(&world, ana);
    struct err err = { 0 };

    (void)state;
    prospect.opted_out_at = WORLD_START; /* by an import */
    assert_int_equal(prospect_set_following(world.workspace->db, &prospect, WORLD_START, &err), 0);
    first = hear_later(&world, opting_out("email", ANA, OPT_OUT_EVERYTHING));
    second = hear_later(&world, opting_out("email", ANA, OPT_OUT_EVERYTHING));
    dismiss(&world, first);
    dismiss(&world, second);
    assert_true(world_get(&world, ana).opted_out_at == WORLD_START);
    end_world(&world);
}

static void test_undo__a_click_on_unsubscribe_outlives_the_message_before_it(void **state)
{
    struct world world;
    int64_t ana = world_with_ana(&world), message;
    char token[TOKEN_TEXT_BYTES];
    struct inbound click = { .source = "unsubscribe", .key = "click", .state = "new" };
    struct err err = { 0 };

    (void)state;
    message = hear_later(&world, opting_out("email", ANA, OPT_OUT_CHANNEL));
    wait_an_hour(&world);
    token_make(&world.workspace->tokens, TOKEN_UNSUBSCRIBE, world_touch(&world, ana, 0).id, token);
    click.raw = span_of(token);
    click.slot = id_slot_of(span_of(click.key));
    click.id = id_next(&world.workspace->clock, click.slot);
    click.at = workspace_now(world.workspace);
    assert_int_equal(inbound_insert(world.workspace->db, &click, &err), 1);
    world_run(&world, workspace_now(world.workspace));
    dismiss(&world, message);
    assert_int_equal(world_count(&world, "suppression WHERE evidence LIKE 'in_%'"), 1);
    end_world(&world);
}

static void test_undo__a_bar_for_a_while_comes_back_when_the_one_for_good_is_taken_back(
    void **state)
{
    const struct bounce_recipient off = { .address = ANA,
                                          .failed = true,
                                          .severity = BOUNCE_HOLD,
                                          .status = "5.2.1",
                                          .diagnostic = "disabled" };
    struct said bounce = { .channel = "email", .from = ANA, .words = "disabled" };
    struct world world;
    int64_t second;

    (void)state;
    (void)world_with_ana(&world);
    bounce.reading.kind = READING_BOUNCE;
    bounce.reading.bounced = &off;
    bounce.reading.bounced_count = 1;
    hear_later(&world, bounce);
    assert_int_equal(world_count(&world, "suppression WHERE until_ms IS NOT NULL"), 1);
    second = hear_later(&world, opting_out("email", ANA, OPT_OUT_EVERYTHING));
    assert_int_equal(world_count(&world, "suppression WHERE until_ms IS NOT NULL"), 0);
    dismiss(&world, second);
    assert_int_equal(world_count(&world, "suppression WHERE until_ms IS NOT NULL "
                                         "AND cause = 'bounce' AND key = '" ANA "'"),
                     1);
    assert_int_equal(world_count(&world, "suppression"), 1);
    end_world(&world);
}

static void test_undo__a_stop_that_a_start_lifted_does_not_come_back(void **state)
{
    struct world world;
    struct said again = said_by("sms", PHONE, INTENT_OTHER, "START");
    int64_t last;

    (void)state;
    (void)world_with_ana(&world);
    hear_later(&world, opting_out("sms", PHONE, OPT_OUT_CHANNEL));
    again.reading.opt_in = true;
    hear_later(&world, again);
    assert_int_equal(world_count(&world, "suppression"), 0);
    last = hear_later(&world, opting_out("sms", PHONE, OPT_OUT_CHANNEL));
    assert_int_equal(world_count(&world, "suppression"), 1);
    dismiss(&world, last);
    assert_int_equal(world_count(&world, "suppression"), 0);
    end_world(&world);
}

/* ---- the channel followed ---- */

static void test_undo__nobody_is_followed_to_an_answer_that_was_none(void **state)
{
    struct world world;
    int64_t ana = world_with_ana(&world), first, second;

    (void)state;
    first = hear_later(&world, said_by("email", ANA, INTENT_OTHER, "Hm"));
    second = hear_later(&world, said_by("sms", PHONE, INTENT_OTHER, "Well"));
    dismiss(&world, first);
    assert_string_equal(world_get(&world, ana).preferred_channel, "sms");
    dismiss(&world, second);
    assert_null(world_get(&world, ana).preferred_channel);
    assert_true(world_get(&world, ana).preferred_message_id == 0);
    end_world(&world);
}

static void test_undo__a_wish_before_another_one_is_not_put_back(void **state)
{
    struct world world;
    int64_t ana = world_with_ana(&world), first, second;
    struct said one = said_by("email", ANA, INTENT_OTHER, "Text me"),
                two = said_by("email", ANA, INTENT_OTHER, "Call me");

    (void)state;
    one.reading.wish.prefer = "sms";
    two.reading.wish.prefer = "call";
    first = hear_later(&world, one);
    second = hear_later(&world, two);
    dismiss(&world, first);
    assert_string_equal(world_get(&world, ana).wish_channel, "call");
    dismiss(&world, second);
    assert_null(world_get(&world, ana).wish_channel);
    end_world(&world);
}

static void test_undo__a_channel_avoided_twice_is_avoided_until_both_are_corrected(void **state)
{
    static const char *const calls[] = { "call" };
    static const char *const both[] = { "call", "sms" };
    struct world world;
    int64_t ana = world_with_ana(&world), first, second;
    struct said one = said_by("email", ANA, INTENT_OTHER, "No calls"),
                two = said_by("email", ANA, INTENT_OTHER, "No calls and no texts");

    (void)state;
    one.reading.wish = (struct wish){ .avoid = calls, .avoid_count = 1 };
    two.reading.wish = (struct wish){ .avoid = both, .avoid_count = 2 };
    first = hear_later(&world, one);
    second = hear_later(&world, two);
    dismiss(&world, first);
    assert_string_equal(world_get(&world, ana).avoid, "call,sms");
    dismiss(&world, second);
    assert_null(world_get(&world, ana).avoid);
    end_world(&world);
}

/* ---- addresses, credit ---- */

static void test_undo__a_number_named_twice_stays_until_both_are_corrected(void **state)
{
    struct world world;
    int64_t first, second;
    struct said said = said_by("email", ANA, INTENT_OTHER, "Text me at " OTHER);

    (void)state;
    (void)world_with_ana(&world);
    said.reading.wish = (struct wish){ .prefer = "sms", .number = OTHER };
    first = hear_later(&world, said);
    second = hear_later(&world, said);
    dismiss(&world, first);
    assert_int_equal(world_count(&world, "address WHERE key = '" OTHER "' AND rank = 0"), 1);
    dismiss(&world, second);
    assert_int_equal(world_count(&world, "address WHERE key = '" OTHER "'"), 0);
    end_world(&world);
}

static void test_undo__the_number_that_was_first_is_first_again(void **state)
{
    struct world world;
    int64_t ana = world_with_ana(&world), message;
    struct prospect prospect = world_get(&world, ana);
    const struct address second = {
        .kind = "phone", .key = OTHER, .value = OTHER, .source = "import"
    };
    struct said said = said_by("email", ANA, INTENT_OTHER, "Text me at " OTHER);
    struct address *list;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(address_add(world.workspace->db, &prospect, &second, WORLD_START, &err), 1);
    said.reading.wish = (struct wish){ .prefer = "sms", .number = OTHER };
    message = hear_later(&world, said);
    dismiss(&world, message);
    assert_int_equal(addresses_of(world.workspace->db,
                                  &(struct address_query){ &prospect, WORLD_START }, &world.arena,
                                  &list, &err),
                     3);
    assert_string_equal(list[1].key, PHONE);
    end_world(&world);
}

static void test_undo__a_touch_that_two_answered_is_answered_until_both_are_corrected(void **state)
{
    struct world world;
    int64_t ana = world_with_ana(&world), first, second;

    (void)state;
    first = hear_later(&world, said_by("email", ANA, INTENT_OTHER, "Hm"));
    second = hear_later(&world, said_by("email", ANA, INTENT_OTHER, "Well"));
    dismiss(&world, first);
    assert_true(world_touch(&world, ana, 0).replied_at == WORLD_START + 2 * HOUR_MS);
    dismiss(&world, second);
    assert_true(world_touch(&world, ana, 0).replied_at == 0);
    end_world(&world);
}

static void test_undo__credit_that_seemed_older_than_the_touch_is_taken_back(void **state)
{
    struct world world;
    int64_t ana = world_with_ana(&world), message;
    struct said said = said_by("email", ANA, INTENT_OTHER, "Hm");

    (void)state;
    clock_set(&world.workspace->clock, WORLD_START - MINUTE_MS); /* a clock that runs behind */
    message = hear(&world, &said);
    assert_true(world_touch(&world, ana, 0).replied_at > 0);
    dismiss(&world, message);
    assert_true(world_touch(&world, ana, 0).replied_at == 0);
    end_world(&world);
}

/* ---- what a person did in between ---- */

static void test_undo__a_task_that_a_person_settled_stays_settled(void **state)
{
    struct world world;
    int64_t message;
    struct relabelled done;
    int left = 0;
    struct err err = { 0 };

    (void)state;
    (void)world_with_ana(&world);
    message = hear_later(&world, said_by("email", ANA, INTENT_QUESTION, "What is it?"));
    assert_int_equal(db_do(world.workspace->db,
                           "UPDATE task SET state = 'done', disposition = 'connected'", NO_PARAMS,
                           &err),
                     0);
    done = dismiss(&world, message);
    for (int i = 0; i < done.undone_count; i++)
        left += done.undone[i].left && strcmp(done.undone[i].kind, "task") == 0;
    assert_int_equal(left, 1);
    assert_int_equal(world_count(&world, "task WHERE disposition = 'connected'"), 1);
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_undo__a_later_answer_goes_on_holding),
        cmocka_unit_test(test_undo__a_hold_between_two_others_leaves_no_gap),
        cmocka_unit_test(test_undo__who_opted_out_again_stays_out_of_their_sequences),
        cmocka_unit_test(test_undo__a_rest_lasts_as_long_as_the_no_that_stands),
        cmocka_unit_test(test_undo__an_opt_out_said_twice_stands_until_both_are_corrected),
        cmocka_unit_test(test_undo__who_had_opted_out_before_any_message_stays_so),
        cmocka_unit_test(test_undo__a_click_on_unsubscribe_outlives_the_message_before_it),
        cmocka_unit_test(
            test_undo__a_bar_for_a_while_comes_back_when_the_one_for_good_is_taken_back),
        cmocka_unit_test(test_undo__a_stop_that_a_start_lifted_does_not_come_back),
        cmocka_unit_test(test_undo__nobody_is_followed_to_an_answer_that_was_none),
        cmocka_unit_test(test_undo__a_wish_before_another_one_is_not_put_back),
        cmocka_unit_test(test_undo__a_channel_avoided_twice_is_avoided_until_both_are_corrected),
        cmocka_unit_test(test_undo__a_number_named_twice_stays_until_both_are_corrected),
        cmocka_unit_test(test_undo__the_number_that_was_first_is_first_again),
        cmocka_unit_test(test_undo__a_touch_that_two_answered_is_answered_until_both_are_corrected),
        cmocka_unit_test(test_undo__credit_that_seemed_older_than_the_touch_is_taken_back),
        cmocka_unit_test(test_undo__a_task_that_a_person_settled_stays_settled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
