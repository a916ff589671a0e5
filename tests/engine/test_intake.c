/* tests/engine/test_intake.c - what mailboxes hand to the engine besides mails: where they have read up to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intake__keeps_where_reading_began_though_no_mail_came),
        cmocka_unit_test(test_intake__takes_one_mail_by_pipe_and_by_mailbox_as_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
