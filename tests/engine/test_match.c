/* tests/engine/test_match.c - what is looked up for a message, and in which order. Whose it then is: tests/cases/matching, played on
 * a real store by tests/replies/reply_corpus. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/engine/match.h"

#define DOMAIN "us.example"

/* ---- keys ---- */

static void test_match__asks_in_the_order_of_strength_and_never_twice(void **state)
{
    struct token_keys tokens = { .count = 1, .domain = DOMAIN };
    char id[TOKEN_MAIL_BYTES], token[TOKEN_TEXT_BYTES], address[TOKEN_MAIL_BYTES];
    const char *recipients[] = { "me@us.example", address, address };
    const char *references[] = { "<a@x.example>", id, "<a@x.example>" };
    const struct bounce_recipient bounced = { .address = "who@x.example" };
    const struct match_inbound inbound = {
        .channel = "email",
        .kind = READING_HUMAN,
        .from = "Ann+x@acme.example",
        .subject = "AW: hello",
        .thread_id = "T",
        .in_reply_to = id,
        .references = references,
        .reference_count = 3,
        .recipients = recipients,
        .recipient_count = 3,
        .bounced = &bounced,
        .bounced_count = 1,
    };
    static const enum match_via order[] = {
        MATCH_VIA_ADDRESS_TOKEN, MATCH_VIA_MESSAGE_ID,       MATCH_VIA_REFERENCES, MATCH_VIA_THREAD,
        MATCH_VIA_SENDER,        MATCH_VIA_SENDER_CANONICAL, MATCH_VIA_RECIPIENT,  MATCH_VIA_DOMAIN,
    };
    struct match_keys keys;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    token_make(&tokens, TOKEN_REPLY, 5, token);
    assert_int_equal(token_plus_make("me@us.example", token, address, NULL), 0);
    token_message_id(&tokens, 6, id);
    match_keys(&inbound, &tokens, &arena, &keys);
    assert_int_equal(keys.count, COUNT_OF(order));
    for (size_t i = 0; i < COUNT_OF(order); i++)
        assert_int_equal(keys.list[i].via, order[i]);
    assert_int_equal(keys.list[0].touch, 5);
    assert_int_equal(keys.list[1].touch, 6);
    assert_string_equal(keys.list[2].value, "<a@x.example>");
    assert_string_equal(keys.list[4].value, "ann+x@acme.example");
    assert_string_equal(keys.list[5].value, "ann@acme.example");
    assert_string_equal(keys.list[7].value, "acme.example");
    assert_true(keys.own_seen);
    assert_int_equal(keys.bad_macs, 0);
    arena_finish(&arena);
}

static void test_match__takes_only_so_many_keys_from_a_hostile_mail(void **state)
{
    enum { MANY = 500 };
    struct token_keys tokens = { .count = 1, .domain = DOMAIN };
    struct match_inbound inbound = { .channel = "email", .from = "a@b.example" };
    const char *list[MANY];
    struct match_keys keys;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (int i = 0; i < MANY; i++)
        list[i] = arena_printf(&arena, "<%d@x.example>", i);
    inbound.references = inbound.returned_ids = inbound.tokens_text = inbound.recipients = list;
    inbound.reference_count = inbound.returned_id_count = MANY;
    inbound.token_count = inbound.recipient_count = MANY;
    match_keys(&inbound, &tokens, &arena, &keys);
    assert_true(keys.count <= MATCH_MAX_KEYS);
    assert_int_equal(keys.list[keys.count - 1].via, MATCH_VIA_SENDER_CANONICAL);
    assert_string_equal(keys.list[0].value, "<499@x.example>");
    arena_finish(&arena);
}

static void test_match__believes_no_token_of_a_source_that_forged_many(void **state)
{
    struct token_keys tokens = { .count = 1, .domain = DOMAIN };
    char id[TOKEN_MAIL_BYTES], token[TOKEN_TEXT_BYTES], address[TOKEN_MAIL_BYTES];
    const char *recipients[] = { address };
    const struct match_inbound inbound = { .channel = "email",
                                           .kind = READING_HUMAN,
                                           .from = "ann@acme.example",
                                           .in_reply_to = id,
                                           .recipients = recipients,
                                           .recipient_count = 1,
                                           .distrust = true };
    struct match_keys keys;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    token_make(&tokens, TOKEN_REPLY, 5, token);
    assert_int_equal(token_plus_make("me@us.example", token, address, NULL), 0);
    token_message_id(&tokens, 6, id);
    match_keys(&inbound, &tokens, &arena, &keys);
    assert_int_equal(keys.list[0].via, MATCH_VIA_SENDER);
    assert_int_equal(keys.bad_macs, 1);
    arena_finish(&arena);
}

static const struct {
    const char *subject, *ours;
    bool answers;
} subjects[] = {
    { "Re: Your offer", "Your offer", true },
    { "AW: Re: your  OFFER ", "Your offer", true },
    { "Your offer", "Your offer", false },
    { "Re: Your offers", "Your offer", false },
    { "Re: ", "", false },
    { "Re:", "Re:", false },
    { "Fwd: Your offer", "Re: Your offer", true },
    { NULL, "Your offer", false },
    { "Re: x", NULL, false },
};

static void test_match__compares_subjects_without_what_clients_put_before_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(subjects); i++)
        assert_int_equal(match_answers_subject(subjects[i].subject, subjects[i].ours),
                         subjects[i].answers);
}

static void test_match__knows_an_id_that_a_provider_gave_to_our_mail(void **state)
{
    static const char part[] = "0102018bd2a1c3f4-5d6e7f80-1234-5678-9abc-def012345678-000000";
    char text[200];

    (void)state;
    snprintf(text, sizeof(text), "250 Ok %s", part);
    assert_true(span_is(match_assigned_id(text), part));
    snprintf(text, sizeof(text), "<%s@eu-west-1.amazonses.com>", part);
    assert_true(span_is(match_assigned_part(text), part));
    snprintf(text, sizeof(text), "<%s@email.amazonses.com>", part);
    assert_true(span_is(match_assigned_part(text), part));
    assert_int_equal(match_assigned_id("250 2.0.0 Ok: queued as 4XyZ1k2m3n").len, 0);
    assert_int_equal(match_assigned_id("").len, 0);
    assert_int_equal(match_assigned_id(NULL).len, 0);
    assert_int_equal(match_assigned_part("<x@amazonses.com>").len, 0);
    assert_int_equal(match_assigned_part("<>").len, 0);
    assert_int_equal(match_assigned_part(NULL).len, 0);
    snprintf(text, sizeof(text), "<%s@amazonses.com.evil.example>", part);
    assert_int_equal(match_assigned_part(text).len, 0);
}

static void test_match__knows_role_inboxes_by_their_local_part(void **state)
{
    static const char *const roles[] = { "info@a.example", "OFFICE@a.example", "sales@a.example",
                                         "support@a.example" };
    static const char *const people[] = { "ann@a.example", "information@a.example", "info", "",
                                          "+12025550101" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        assert_true(match_is_role_inbox(roles[i]));
    for (size_t i = 0; i < COUNT_OF(people); i++)
        assert_false(match_is_role_inbox(people[i]));
    assert_false(match_is_role_inbox(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match__asks_in_the_order_of_strength_and_never_twice),
        cmocka_unit_test(test_match__takes_only_so_many_keys_from_a_hostile_mail),
        cmocka_unit_test(test_match__believes_no_token_of_a_source_that_forged_many),
        cmocka_unit_test(test_match__compares_subjects_without_what_clients_put_before_them),
        cmocka_unit_test(test_match__knows_an_id_that_a_provider_gave_to_our_mail),
        cmocka_unit_test(test_match__knows_role_inboxes_by_their_local_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
