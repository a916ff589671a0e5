/* tests/engine/test_intake.c - what mailboxes hand to the engine besides mails: where they have read up to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/base/id.h"
#include "support_world.h"

struct handed {
    struct intake intake; /* first: what stored() gets */
    int rc, calls;
};

static void on_stored(struct intake *intake, int rc)
{
    struct handed *handed = (struct handed *)intake;

    handed->rc = rc;
    handed->calls++;
}

static void hand(struct world *world, struct handed *handed)
{
    const struct engine_options options = { .once = true, .workers = 1 };
    struct err err = { 0 };
    struct engine *engine = engine_create(world->workspace, &options, &err);

    assert_non_null(engine);
    handed->intake.stored = on_stored;
    engine_take(engine, &handed->intake);
    assert_int_equal(engine_run(engine, &err), 0);
    engine_destroy(engine);
}

static void take_mail(struct world *world, const char *key, const char *raw)
{
    struct inbound in = {
        .source = "pipe:test", .key = key, .state = "new", .raw = span_of(raw), .at = WORLD_START
    };
    struct err err = { 0 };

    in.slot = id_slot_of(span_of(in.key));
    in.id = id_next(&world->workspace->clock, in.slot);
    assert_int_equal(inbound_insert(world->workspace->db, &in, &err), 1);
}

/* All at once. */
static void hand_mails(struct world *world, struct handed *list, size_t count)
{
    const struct engine_options options = { .once = true, .workers = 1 };
    struct err err = { 0 };
    struct engine *engine = engine_create(world->workspace, &options, &err);

    assert_non_null(engine);
    for (size_t i = 0; i < count; i++) {
        list[i].intake.stored = on_stored;
        engine_take(engine, &list[i].intake);
    }
    assert_int_equal(engine_run(engine, &err), 0);
    engine_destroy(engine);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(list[i].calls, 1);
        assert_int_equal(list[i].rc, 0);
    }
}

static struct handed mail_of(struct world *world, const char *key, const char *from)
{
    struct handed handed = { .intake = { .inbound = { .source = "imap:test", .key = key } },
                             .rc = -1 };

    handed.intake.inbound.raw = span_of(arena_printf(
        &world->arena, "From: %s\r\nMessage-ID: <%s@x.example>\r\n\r\nYes\r\n", from, key));
    return handed;
}

static void test_intake__stores_each_as_what_it_turned_out_to_be(void **state)
{
    struct world world;
    struct handed list[4];

    (void)state;
    world_create(&world, NULL);
    list[0] = mail_of(&world, "1", "ana@x.example");
    list[1] = mail_of(&world, "2", "ben@x.example");
    list[2] = mail_of(&world, "1", "ana@x.example"); /* the same key: the mailbox asked again */
    list[3] = mail_of(&world, "3", "ana@x.example");
    list[3].intake.inbound.raw = list[0].intake.inbound.raw; /* the same mail by another way */
    hand_mails(&world, list, 4);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'done' AND key IN ('1', '2')"), 2);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'duplicate' AND key = '3'"), 1);
    assert_int_equal(world_count(&world, "inbound"), 3);
    assert_int_equal(world_count(&world, "message"), 2);
    world_destroy(&world);
}

/* More than belong into one transaction, and some that waited in the store before them. */
static void test_intake__hears_a_flood_behind_what_waited(void **state)
{
    static struct handed list[600];
    struct world world;

    (void)state;
    world_create(&world, NULL);
    take_mail(&world, "early", "From: Ana <ana@x.example>\n\nFirst\n");
    for (int i = 0; i < 600; i++)
        list[i] = mail_of(&world, arena_printf(&world.arena, "%03d", i), "ana@x.example");
    hand_mails(&world, list, 600);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'done'"), 601);
    assert_int_equal(world_count(&world, "message WHERE text = 'First' AND id >> 22 <= "
                                         "(SELECT min(id >> 22) FROM message)"),
                     1);
    world_destroy(&world);
}

static void test_intake__sets_aside_the_one_whose_effects_fail_and_hears_the_others(void **state)
{
    struct handed list[3];
    struct world world;
    struct err err = { 0 };

    (void)state;
    world_create(&world, NULL);
    world_plan(&world, "auto");
    world_enroll(&world, world_prospect(&world, "Ana", "ana@x.example", NULL));
    world_run(&world, WORLD_START);
    assert_int_equal(db_script(world.workspace->db, "UPDATE sequence SET source = '{'", &err), 0);
    list[0] = mail_of(&world, "1", "ben@x.example");
    list[1] = mail_of(&world, "2", "ana@x.example"); /* her sequence cannot be read any more */
    list[2] = mail_of(&world, "3", "cleo@x.example");
    hand_mails(&world, list, 3);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'unreadable' AND key = '2' "
                                         "AND length(note) > 0"),
                     1);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'done'"), 2);
    assert_int_equal(world_count(&world, "message"), 2);
    world_destroy(&world);
}

/* ---- a stream ---- */

#define STREAM 200

struct producer {
    struct world *world;
    struct engine *engine;
    int64_t uid;
    int rc;
};

static void *produce(void *context)
{
    struct producer *p = context;
    struct intake_stream *stream = intake_stream_create(p->engine);

    for (int i = 1; i <= STREAM && p->rc == 0; i++) {
        char key[20];
        const struct intake intake = { .inbound = { .source = "imap:test",
                                                    .key = key,
                                                    .raw =
                                                        span_of("From: a@x.example\r\n\r\nYes\r\n"),
                                                    .note = i == 3 ? "cut" : NULL },
                                       .mailbox = "test",
                                       .uidvalidity = 7,
                                       .uid = i };
        snprintf(key, sizeof(key), "7.%d", i);
        p->rc = intake_stream_take(stream, &intake);
    }
    if (p->rc == 0)
        p->rc = intake_stream_wait(stream, &p->uid);
    engine_stop(p->engine);
    intake_stream_destroy(stream);
    return NULL;
}

static void test_intake__a_stream_stores_everything_and_says_how_far_it_came(void **state)
{
    const struct engine_options options = { .workers = 1 };
    struct producer producer = { .uid = -1 };
    struct err err = { 0 };
    struct world world;
    pthread_t thread;
    int64_t uidvalidity, uid;

    (void)state;
    world_create(&world, NULL);
    producer.engine = engine_create(world.workspace, &options, &err);
    assert_non_null(producer.engine);
    assert_int_equal(pthread_create(&thread, NULL, produce, &producer), 0);
    assert_int_equal(engine_run(producer.engine, &err), 0);
    pthread_join(thread, NULL);
    assert_int_equal(producer.rc, 0);
    assert_int_equal(producer.uid, STREAM);
    assert_int_equal(world_count(&world, "inbound WHERE source = 'imap:test'"), STREAM);
    assert_int_equal(world_count(&world, "inbound WHERE note = 'cut'"), 1);
    assert_int_equal(mailbox_state_get(world.workspace->db, "test", &uidvalidity, &uid, &err), 0);
    assert_int_equal(uid, STREAM);
    engine_destroy(producer.engine);
    world_destroy(&world);
}

static void test_intake__a_stream_takes_nothing_behind_one_that_was_not_stored(void **state)
{
    const struct engine_options options = { .once = true, .workers = 1 };
    const struct intake intake = { .inbound = { .source = "imap:test", .key = "1" }, .uid = 9 };
    struct intake_stream *stream;
    struct engine *engine;
    struct err err = { 0 };
    struct world world;
    int64_t uid = 5;

    (void)state;
    world_create(&world, NULL);
    engine = engine_create(world.workspace, &options, &err);
    assert_non_null(engine);
    assert_int_equal(engine_run(engine, &err), 0); /* it has ended: nobody stores any more */
    stream = intake_stream_create(engine);
    assert_int_equal(intake_stream_take(stream, &intake), 0);
    assert_int_equal(intake_stream_take(stream, &intake), -1);
    assert_int_equal(intake_stream_wait(stream, &uid), -1);
    assert_int_equal(uid, 5);
    assert_int_equal(intake_stream_wait(stream, &uid), 0); /* it begins anew */
    intake_stream_destroy(stream);
    engine_destroy(engine);
    world_destroy(&world);
}

static void test_intake__keeps_where_reading_began_though_no_mail_came(void **state)
{
    struct handed handed = { .intake = { .mailbox = "sam", .uidvalidity = 77, .uid = 5 },
                             .rc = -1 };
    struct err err = { 0 };
    struct world world;
    int64_t uidvalidity, uid;

    (void)state;
    world_create(&world, NULL);
    hand(&world, &handed);
    assert_int_equal(handed.calls, 1);
    assert_int_equal(handed.rc, 0);
    assert_int_equal(mailbox_state_get(world.workspace->db, "sam", &uidvalidity, &uid, &err), 0);
    assert_int_equal(uidvalidity, 77);
    assert_int_equal(uid, 5);
    assert_int_equal(world_count(&world, "inbound"), 0);
    world_destroy(&world);
}

/* A pipe ends lines with LF, a mailbox with CRLF. */
static void test_intake__takes_one_mail_by_pipe_and_by_mailbox_as_one(void **state)
{
    struct world world;

    (void)state;
    world_create(&world, NULL);
    take_mail(&world, "imap",
              "From: Ana <ana@x.example>\r\nMessage-ID: <1@x.example>\r\nSubject: Re: Hello\r\n"
              "\r\nYes, please.\r\n\r\n> Hi\r\n> Ana\r\n");
    take_mail(&world, "pipe",
              "Return-Path: <ana@x.example>\nFrom: Ana <ana@x.example>\nMessage-ID: <1@x.example>\n"
              "Subject: Re: Hello\n\nYes, please.\n\n> Hi\n> Ana\n");
    take_mail(&world, "other", "From: Ana <ana@x.example>\nMessage-ID: <1@x.example>\n\nNo.\n");
    world_run(&world, WORLD_START);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'duplicate'"), 1);
    assert_int_equal(world_count(&world, "message"), 2);
    world_destroy(&world);
}

static void test_intake__takes_mails_without_ids_for_one_only_when_every_byte_agrees(void **state)
{
    struct world world;

    (void)state;
    world_create(&world, NULL);
    take_mail(&world, "1",
              "From: Ana <ana@x.example>\nDate: Tue, 1 Dec 2026 09:00:00 +0100\n\nYes\n");
    take_mail(&world, "2",
              "From: Ana <ana@x.example>\nDate: Wed, 2 Dec 2026 09:00:00 +0100\n\nYes\n");
    take_mail(&world, "3",
              "From: Ana <ana@x.example>\nDate: Wed, 2 Dec 2026 09:00:00 +0100\n\nYes\n");
    world_run(&world, WORLD_START);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'duplicate'"), 1);
    assert_int_equal(world_count(&world, "message"), 2);
    world_destroy(&world);
}

static void insert_long(struct world *world, int64_t key, size_t bytes)
{
    struct inbound in = { .source = "pipe:test", .state = "new", .at = WORLD_START };
    struct err err = { 0 };
    char *raw = arena_alloc(&world->arena, bytes);

    memset(raw, 'x', bytes);
    in.raw = span_make(raw, bytes);
    in.key = arena_printf(&world->arena, "%" PRId64, key);
    in.slot = id_slot_of(span_of(in.key));
    in.id = id_next(&world->workspace->clock, in.slot);
    assert_int_equal(inbound_insert_long(world->workspace->db, &in, &err), 1);
    assert_int_equal(inbound_insert_long(world->workspace->db, &in, &err), 0);
}

static void test_intake__keeps_long_mails_whole_and_in_pieces(void **state)
{
    struct world world;

    (void)state;
    world_create(&world, NULL);
    insert_long(&world, 1, 3 * INBOUND_RAW_BYTES + 5);
    insert_long(&world, 2, INBOUND_RAW_BYTES);
    assert_int_equal(world_count(&world, "inbound"), 2);
    assert_int_equal(world_count(&world, "inbound WHERE length(raw) > 1114112"), 0);
    assert_int_equal(world_count(&world, "inbound_rest"), 3);
    assert_int_equal(world_count(&world, "inbound_rest WHERE part = 3 AND length(bytes) = 5"), 1);
    world_destroy(&world);
}

static void test_intake__takes_few_long_mails_at_a_time(void **state)
{
    struct inbound *list;
    struct err err = { 0 };
    struct world world;
    int count;

    (void)state;
    world_create(&world, NULL);
    for (int64_t i = 0; i < 10; i++)
        insert_long(&world, i, INBOUND_RAW_BYTES);
    count = inbounds_new(world.workspace->db, 64, &world.arena, &list, &err);
    assert_true(count >= 1 &&
                (size_t)count * INBOUND_RAW_BYTES <= INBOUNDS_NEW_BYTES + INBOUND_RAW_BYTES);
    world_run(&world, WORLD_START);
    assert_int_equal(world_count(&world, "inbound WHERE state = 'new'"), 0);
    world_destroy(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intake__stores_each_as_what_it_turned_out_to_be),
        cmocka_unit_test(test_intake__hears_a_flood_behind_what_waited),
        cmocka_unit_test(test_intake__sets_aside_the_one_whose_effects_fail_and_hears_the_others),
        cmocka_unit_test(test_intake__a_stream_stores_everything_and_says_how_far_it_came),
        cmocka_unit_test(test_intake__a_stream_takes_nothing_behind_one_that_was_not_stored),
        cmocka_unit_test(test_intake__keeps_where_reading_began_though_no_mail_came),
        cmocka_unit_test(test_intake__takes_one_mail_by_pipe_and_by_mailbox_as_one),
        cmocka_unit_test(test_intake__keeps_long_mails_whole_and_in_pieces),
        cmocka_unit_test(test_intake__takes_few_long_mails_at_a_time),
        cmocka_unit_test(test_intake__takes_mails_without_ids_for_one_only_when_every_byte_agrees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
