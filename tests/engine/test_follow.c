/* tests/engine/test_follow.c - following the customer's lead across channels: a text answer moves the steps to SMS, with reason
 * and evidence; STOP by text; receipts; links that open a chat; answers by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/id.h"
#include "core/engine/answer.h"
#include "core/engine/choose.h"
#include "support_world.h"

static const char senders[] =
    "[sender sam]\nthrough = console\nchannel = email\nfrom = Sam <sam@us.example>\n"
    "[sender texts]\nthrough = http\nprovider = kannel\nchannel = sms\nfrom = +12025550100\n"
    "base_url = http://127.0.0.1:9\nusername = u\npassword = p\n"
    "secret = abcdefghijklmnop1234\n"
    "[sender phone]\nthrough = task\nchannel = call\n";

static int64_t start(struct world *world)
{
    int64_t ana;

    world_create(world, senders);
    world_plan(world, "auto");
    ana = world_prospect(world, "Ana", "ana@northwind.example", "+4915112345678");
    world_enroll(world, ana);
    world_run(world, WORLD_START);
    return ana;
}

/* A text in the inbox, as Kannel's get-url brings it. */
static void text_from(struct world *world, const char *number, const char *text)
{
    static int count;
    struct inbound in = { .source = "webhook:texts", .state = "new", .raw = span_of("") };
    struct err err = { 0 };

    count++;
    in.key = arena_printf(&world->arena, "sms-%d", count);
    in.slot = id_slot_of(span_of(in.key));
    in.id = id_next(&world->workspace->clock, in.slot);
    in.at = workspace_now(world->workspace);
    in.envelope = arena_printf(&world->arena,
                               "{\"method\":\"GET\",\"path\":\"/webhook/texts\",\"query\":"
                               "\"id=k%d&sender=%%2B%s&to=%%2B12025550100&message=%s&ts=%lld\","
                               "\"headers\":{}}",
                               count, number + 1, text, (long long)(in.at / 1000));
    if (inbound_insert(world->workspace->db, &in, &err) < 0)
        fail_msg("%s", err.text);
}

static void test_follow__a_text_answer_moves_the_steps_to_sms_and_says_why(void **state)
{
    struct world world;
    int64_t ana = start(&world);
    struct message_row message;
    struct touch touch;
    struct choice choice;
    struct err err = { 0 };

    (void)state;
    text_from(&world, "+4915112345678", "Sounds%20good");
    world_run(&world, WORLD_START + HOUR_MS);
    message = world_message(&world, ana);
    assert_string_equal(message.channel, "sms");
    assert_string_equal(world_get(&world, ana).preferred_channel, "sms");
    assert_int_equal(world_switches(&world, ana), 1);
    world_run(&world, WORLD_START + 3 * DAY_MS + 2 * HOUR_MS);
    touch = world_touch(&world, ana, 0);
    assert_string_equal(touch.channel, "sms");
    assert_string_equal(touch.address, "+4915112345678");
    assert_int_equal(choose_decode(span_of(touch.decision), &world.arena, &choice, &err), 0);
    assert_int_equal(choice.level, CHOOSE_REPLIED);
    assert_true(choice.evidence == message.id);
    world_destroy(&world);
}

static void test_follow__a_planned_call_becomes_a_planned_text(void **state)
{
    struct world world;
    int64_t ana = start(&world);
    struct prospect prospect;
    struct enrollment enrollment;
    struct err err = { 0 };

    (void)state;
    prospect = world_get(&world, ana);
    prospect.preferred_channel = "sms";
    assert_int_equal(prospect_set_following(world.workspace->db, &prospect, WORLD_START, &err), 0);
    enrollment = world_enrollment(&world, ana);
    enrollment.step = 2;
    assert_int_equal(enrollment_update(world.workspace->db, &enrollment, &err), 0);
    world_run(&world, WORLD_START + DAY_MS);
    assert_string_equal(world_touch(&world, ana, 0).step_id, "voice");
    assert_string_equal(world_touch(&world, ana, 0).channel, "sms");
    world_destroy(&world);
}

static void test_follow__stop_by_text_ends_it_and_moves_nothing(void **state)
{
    struct world world;
    int64_t ana = start(&world);

    (void)state;
    text_from(&world, "+4915112345678", "STOP");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_null(world_get(&world, ana).preferred_channel);
    assert_string_equal(world_enrollment(&world, ana).exit, "opted_out");
    assert_int_equal(world_count(&world, "suppression WHERE kind = 'phone' AND channel = 'sms'"),
                     1);
    world_destroy(&world);
}

static void test_follow__stop_on_a_shared_number_stops_it_for_everybody(void **state)
{
    struct world world;
    int64_t ana = start(&world);
    int64_t bo = world_prospect(&world, "Bo", "bo@northwind.example", "+4915112345678");

    (void)state;
    world_enroll(&world, bo);
    world_run(&world, WORLD_START + MINUTE_MS);
    text_from(&world, "+4915112345678", "STOP");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_string_equal(world_enrollment(&world, ana).state, "exited");
    assert_string_equal(world_enrollment(&world, bo).state, "exited");
    world_destroy(&world);
}

static void test_follow__only_the_person_lifts_an_opt_out(void **state)
{
    struct world world;

    (void)state;
    start(&world);
    text_from(&world, "+4915112345678", "STOP");
    world_run(&world, WORLD_START + HOUR_MS);
    text_from(&world, "+4915112345678", "START");
    world_run(&world, WORLD_START + 2 * HOUR_MS);
    assert_int_equal(world_count(&world, "suppression"), 0);
    world_destroy(&world);
}

static void test_follow__a_text_from_a_stranger_waits_for_a_person(void **state)
{
    struct world world;
    int64_t ana = start(&world);

    (void)state;
    text_from(&world, "+4915199999999", "Who%20is%20this");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_int_equal(world_count(&world, "message WHERE prospect_id = 0 AND state = 'open'"), 1);
    assert_string_equal(world_enrollment(&world, ana).state, "active");
    world_destroy(&world);
}

static void test_follow__a_pin_beats_an_answer(void **state)
{
    struct world world;
    int64_t ana = start(&world);
    struct prospect prospect;
    struct err err = { 0 };

    (void)state;
    prospect = world_get(&world, ana);
    prospect.pinned_channel = "email";
    assert_int_equal(prospect_set_following(world.workspace->db, &prospect, WORLD_START, &err), 0);
    text_from(&world, "+4915112345678", "Hello");
    world_run(&world, WORLD_START + HOUR_MS);
    world_run(&world, WORLD_START + 3 * DAY_MS + 2 * HOUR_MS);
    assert_string_equal(world_touch(&world, ana, 0).channel, "email");
    world_destroy(&world);
}

static void test_follow__an_undone_switch_goes_back_to_where_they_were(void **state)
{
    struct world world;
    int64_t ana = start(&world);
    struct prospect prospect;
    struct effects env;
    struct err err = { 0 };

    (void)state;
    text_from(&world, "+4915112345678", "Hello");
    world_run(&world, WORLD_START + HOUR_MS);
    env = (struct effects){ .workspace = world.workspace,
                            .db = world.workspace->db,
                            .now = WORLD_START + 2 * HOUR_MS,
                            .arena = &world.arena };
    prospect = world_get(&world, ana);
    assert_int_equal(effect_undo_switch(&env, &prospect, "a person", &err), 1);
    assert_string_equal(world_get(&world, ana).preferred_channel, "email");
    assert_int_equal(world_count(&world, "switch WHERE undone_by = 'a person'"), 1);
    world_destroy(&world);
}

static void test_follow__an_answer_by_hand_goes_where_they_wrote_and_the_sequence_goes_on(
    void **state)
{
    struct world world;
    int64_t ana = start(&world);
    const struct answer_wish wish = { .text = "Tuesday at ten it is." };
    struct answer_made made;
    struct prospect prospect;
    struct effects env;
    struct err err = { 0 };

    (void)state;
    text_from(&world, "+4915112345678", "When%20shall%20we%20talk");
    world_run(&world, WORLD_START + HOUR_MS);
    env = (struct effects){ .workspace = world.workspace,
                            .catalog = catalog_create(world.workspace->db),
                            .db = world.workspace->db,
                            .now = WORLD_START + 2 * HOUR_MS,
                            .arena = &world.arena };
    prospect = world_get(&world, ana);
    assert_int_equal(answer_write(&env, &prospect, &wish, &made, &err), 0);
    assert_string_equal(made.channel, "sms");
    assert_string_equal(world_message(&world, ana).state, "done");
    assert_string_equal(world_enrollment(&world, ana).state, "active");
    assert_true(world_enrollment(&world, ana).due_at >= WORLD_START + DAY_MS);
    catalog_destroy(env.catalog);
    world_destroy(&world);
}

/* ---- receipts ---- */

static void receipt_for(struct world *world, int64_t touch_id, const char *status)
{
    struct inbound in = { .source = "webhook:texts", .state = "new", .raw = span_of("") };
    char key[TOKEN_TEXT_BYTES];
    struct err err = { 0 };

    token_make(&world->workspace->tokens, TOKEN_MESSAGE_ID, touch_id, key);
    in.key = arena_printf(&world->arena, "dlr-%s-%s", key, status);
    in.slot = id_slot_of(span_of(in.key));
    in.id = id_next(&world->workspace->clock, in.slot);
    in.at = workspace_now(world->workspace);
    in.envelope = arena_printf(&world->arena,
                               "{\"method\":\"GET\",\"path\":\"/webhook/texts\",\"query\":"
                               "\"ref=%s&status=%s&answer=ok&ts=%lld\",\"headers\":{}}",
                               key, status, (long long)(in.at / 1000));
    if (inbound_insert(world->workspace->db, &in, &err) < 0)
        fail_msg("%s", err.text);
}

/* An SMS touch in the state given, as if a provider had taken it. */
static int64_t sms_touch(struct world *world, int64_t prospect_id, const char *touch_state)
{
    const struct touch touch = { .slot = id_slot(prospect_id),
                                 .id = id_next(&world->workspace->clock, id_slot(prospect_id)),
                                 .prospect_id = prospect_id,
                                 .step = -1,
                                 .channel = "sms",
                                 .sender = "texts",
                                 .address = "+4915112345678",
                                 .state = touch_state,
                                 .text = "Hello",
                                 .decision = "{\"by\":\"hand\"}",
                                 .tries = 1,
                                 .created_at = WORLD_START };
    struct err err = { 0 };

    assert_int_equal(touch_insert(world->workspace->db, &touch, &err), 1);
    return touch.id;
}

static void test_follow__a_receipt_resolves_an_unsure_touch(void **state)
{
    struct world world;
    int64_t ana = start(&world), touch = sms_touch(&world, ana, "unsure");

    (void)state;
    receipt_for(&world, touch, "1");
    world_run(&world, WORLD_START + HOUR_MS);
    assert_string_equal(world_touch(&world, ana, 0).state, "delivered");
    assert_null(world_get(&world, ana).preferred_channel);
    world_destroy(&world);
}

static void test_follow__receipts_in_any_order_end_the_same(void **state)
{
    struct world world;
    int64_t ana = start(&world), touch = sms_touch(&world, ana, "sent");

    (void)state;
    receipt_for(&world, touch, "1");
    world_run(&world, WORLD_START + HOUR_MS);
    receipt_for(&world, touch, "8");
    world_run(&world, WORLD_START + 2 * HOUR_MS);
    assert_string_equal(world_touch(&world, ana, 0).state, "delivered");
    world_destroy(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_follow__a_text_answer_moves_the_steps_to_sms_and_says_why),
        cmocka_unit_test(test_follow__a_planned_call_becomes_a_planned_text),
        cmocka_unit_test(test_follow__stop_by_text_ends_it_and_moves_nothing),
        cmocka_unit_test(test_follow__stop_on_a_shared_number_stops_it_for_everybody),
        cmocka_unit_test(test_follow__only_the_person_lifts_an_opt_out),
        cmocka_unit_test(test_follow__a_text_from_a_stranger_waits_for_a_person),
        cmocka_unit_test(test_follow__a_pin_beats_an_answer),
        cmocka_unit_test(test_follow__an_undone_switch_goes_back_to_where_they_were),
        cmocka_unit_test(
            test_follow__an_answer_by_hand_goes_where_they_wrote_and_the_sequence_goes_on),
        cmocka_unit_test(test_follow__a_receipt_resolves_an_unsure_touch),
        cmocka_unit_test(test_follow__receipts_in_any_order_end_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
