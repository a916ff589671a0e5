/* tests/engine/test_receipt.c - what a gateway for texts reports: receipts in any order with our own record of the send,
 * and answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/id.h"
#include "core/engine/envelope.h"
#include "core/engine/inbox.h"
#include "support_world.h"

static const char kannel[] = "[http]\nlisten = 127.0.0.1:8025\npublic_url = https://us.example\n"
                             "[sender texts]\nthrough = http\nprovider = kannel\nchannel = sms\n"
                             "from = +12025550100\nbase_url = http://127.0.0.1:1\n"
                             "username = heed\npassword_env = HEED_TEST_SECRET\n"
                             "secret_env = HEED_TEST_SECRET\n"
                             "[sender sam]\nthrough = console\nchannel = email\n"
                             "from = Sam Carter <sam@us.example>\n"
                             "[sender phone]\nthrough = task\nchannel = call\n";

/* A text on the wire; returns its id. */
static int64_t put_on_wire(struct world *world)
{
    int64_t ana = world_prospect(world, "Ana", "ana@x.example", "+4915112345678");
    struct err err = { 0 };
    const struct touch touch = {
        .slot = id_slot(ana),
        .id = id_next(&world->workspace->clock, id_slot(ana)),
        .prospect_id = ana,
        .step = -1,
        .channel = "sms",
        .sender = "texts",
        .address = "+4915112345678",
        .state = "wire",
        .text = "Hello",
        .decision = "{\"by\":\"hand\"}",
        .tries = 1,
        .created_at = WORLD_START,
    };

    assert_int_equal(touch_insert(world->workspace->db, &touch, &err), 1);
    return touch.id;
}

/* A request of Kannel, stored as the web stores it. */
static void store_webhook(struct world *world, const char *query, struct inbound *in)
{
    const struct httpd_request request = { .method = "GET",
                                           .path = "/webhook/texts",
                                           .query = query };
    struct err err = { 0 };

    *in = (struct inbound){ .source = "webhook:texts",
                            .key = query,
                            .state = "new",
                            .slot = id_slot_of(span_of(query)),
                            .envelope = envelope_make(&request, &world->arena),
                            .raw = span_of(""),
                            .at = workspace_now(world->workspace) };
    in->id = id_next(&world->workspace->clock, in->slot);
    assert_int_equal(inbound_insert(world->workspace->db, in, &err), 1);
}

static void hear_receipt(struct world *world, int64_t touch_id, int status)
{
    char token[TOKEN_TEXT_BYTES];
    struct inbound in;
    struct inbox inbox = { .effects = { .workspace = world->workspace,
                                        .db = world->workspace->db,
                                        .now = WORLD_START,
                                        .arena = &world->arena } };
    struct err err = { 0 };

    token_make(&world->workspace->tokens, TOKEN_MESSAGE_ID, touch_id, token);
    store_webhook(
        world, arena_printf(&world->arena, "ref=%s&status=%d&answer=&ts=1796115600", token, status),
        &in);
    if (inbox_process(&inbox, &in, &err) < 0 || inbound_close(inbox.effects.db, &in, &err) < 0)
        fail_msg("%s", err.text);
}

static void land(struct world *world, int64_t touch_id, const char *state, const char *provider_id)
{
    const struct touch_result row = {
        .slot = id_slot(touch_id),
        .id = touch_id,
        .state = state,
        .reason = provider_id ? NULL : "busy",
        .provider_id = provider_id,
        .retry_at = provider_id ? 0 : WORLD_START,
        .sent_at = provider_id ? WORLD_START : 0,
    };
    struct err err = { 0 };

    assert_true(touch_record(world->workspace->db, &row, &err) >= 0);
}

static struct touch get(struct world *world, int64_t touch_id)
{
    struct touch touch;
    struct err err = { 0 };

    assert_int_equal(touch_get(world->workspace->db, touch_id, &world->arena, &touch, &err), 1);
    return touch;
}

static void test_receipt__before_our_own_record_loses_no_provider_id(void **state)
{
    static const struct {
        int status; /* of Kannel: 8 = the network took it, 1 = the phone has it */
        const char *want;
    } rows[] = { { 8, "sent" }, { 1, "delivered" }, { 2, "undelivered" } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;
        int64_t id;
        world_create(&world, kannel);
        id = put_on_wire(&world);
        hear_receipt(&world, id, rows[i].status);
        assert_string_equal(get(&world, id).state, rows[i].want);
        assert_string_equal(get(&world, id).reason, "resolved by a receipt");
        land(&world, id, "sent", "0: Accepted");
        assert_string_equal(get(&world, id).state, rows[i].want);
        assert_string_equal(get(&world, id).provider_id, "0: Accepted");
        assert_null(get(&world, id).reason);
        world_destroy(&world);
    }
}

/* The answer was lost, so the channel says "try again": but the phone has it. */
static void test_receipt__keeps_a_text_that_arrived_from_another_try(void **state)
{
    struct world world;
    int64_t id;

    (void)state;
    world_create(&world, kannel);
    id = put_on_wire(&world);
    hear_receipt(&world, id, 1);
    land(&world, id, "retry", NULL);
    assert_string_equal(get(&world, id).state, "delivered");
    assert_int_equal(get(&world, id).retry_at, 0);
    world_destroy(&world);
}

/* The planned call has their number for an address, but nobody has called: it earned nothing. */
static void test_reply__is_not_credited_to_a_call_that_nobody_made(void **state)
{
    const int64_t two_days = WORLD_START + 2 * DAY_MS;
    struct world world;
    struct inbound in;
    int64_t ana;

    (void)state;
    world_create(&world, kannel);
    world_plan(&world, "auto");
    ana = world_prospect(&world, "Ana", "ana@x.example", "+4915112345678");
    world_enroll(&world, ana);
    for (int64_t at = WORLD_START; at <= two_days; at += DAY_MS)
        world_run(&world, at);
    assert_string_equal(world_touch(&world, ana, 0).channel, "call");
    store_webhook(&world, "id=1&sender=%2B4915112345678&to=%2B12025550100&message=Hello&ts=1", &in);
    world_run(&world, two_days + HOUR_MS);
    assert_int_equal(world_message(&world, ana).touch_id, world_touch(&world, ana, 1).id);
    assert_true(world_touch(&world, ana, 1).replied_at > 0);
    assert_true(world_touch(&world, ana, 0).replied_at == 0);
    world_destroy(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_receipt__before_our_own_record_loses_no_provider_id),
        cmocka_unit_test(test_receipt__keeps_a_text_that_arrived_from_another_try),
        cmocka_unit_test(test_reply__is_not_credited_to_a_call_that_nobody_made),
    };

    setenv("HEED_TEST_SECRET", "0123456789abcdef", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
