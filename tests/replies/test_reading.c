/* tests/replies/test_reading.c - what an inbound message is, one case a row. */
#include "tests/replies/case.h"

#include <string.h>

#include "core/base/text.h"

static const struct {
    const char *file;
    enum reading_kind kind;
    const char *rule; /* part of a rule that must have fired, or NULL */
} rows[] = {
    { "own_sent_copy.eml", READING_OWN, "from our mailbox" },
    { "own_by_message_id.eml", READING_OWN, "our Message-ID" },
    { "bounce_hard.eml", READING_BOUNCE, "delivery status report" },
    { "bounce_soft.eml", READING_BOUNCE, "mailbox full" },
    { "bounce_block.eml", READING_BOUNCE, "blocked" },
    { "bounce_mixed.eml", READING_BOUNCE, NULL },
    { "bounce_text_qmail.eml", READING_BOUNCE, "failure notice" },
    { "bounce_text_exim.eml", READING_BOUNCE, "mail system" },
    { "bounce_text_header_only.eml", READING_BOUNCE, NULL },
    { "bounce_text_german.eml", READING_BOUNCE, "unzustellbar" },
    { "delay.eml", READING_DELAY, NULL },
    { "delay_text.eml", READING_DELAY, NULL },
    { "delivered.eml", READING_RECEIPT, NULL },
    { "human_about_a_bounce.eml", READING_HUMAN, NULL },
    { "complaint_abuse.eml", READING_COMPLAINT, "arf: abuse" },
    { "complaint_not_spam.eml", READING_COMPLAINT, "arf: not-spam" },
    { "receipt_mdn.eml", READING_RECEIPT, "displayed" },
    { "calendar_reply.eml", READING_CALENDAR, "METHOD:REPLY" },
    { "calendar_request.eml", READING_HUMAN, NULL },
    { "challenge.eml", READING_CHALLENGE, "allow list" },
    { "auto_vacation_marked.eml", READING_AUTO_REPLY, "Auto-Submitted" },
    { "auto_precedence.eml", READING_AUTO_REPLY, "Precedence" },
    { "auto_subject_en.eml", READING_AUTO_REPLY, "automatic reply" },
    { "auto_subject_de.eml", READING_AUTO_REPLY, "abwesenheitsnotiz" },
    { "auto_subject_fr.eml", READING_AUTO_REPLY, "réponse automatique" },
    { "auto_subject_es.eml", READING_AUTO_REPLY, "respuesta automática" },
    { "auto_subject_nl.eml", READING_AUTO_REPLY, "automatisch antwoord" },
    { "auto_subject_ja.eml", READING_AUTO_REPLY, "自動応答" },
    { "auto_subject_ru.eml", READING_AUTO_REPLY, "автоответ" },
    { "auto_ticket.eml", READING_AUTO_REPLY, "request has been received" },
    { "human_re_automatic_reply.eml", READING_HUMAN, NULL },
    { "human_auto_submitted_no.eml", READING_HUMAN, NULL },
    { "human_suppress_header.eml", READING_HUMAN, NULL },
    { "human_null_path.eml", READING_HUMAN, NULL },
    { "human_mentions_away.eml", READING_HUMAN, NULL },
    { "human_through_a_list.eml", READING_HUMAN, NULL },
    { "bulk_list.eml", READING_BULK, "List-Id" },
};

static void test_reading__says_what_a_message_is(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reading reading = case_reading(rows[i].file, &arena);
        const char *rules = case_rules(&reading, &arena);

        if (reading.kind != rows[i].kind || (rows[i].rule && !strstr(rules, rows[i].rule)))
            fail_msg("%s: %s, rules %s", rows[i].file, reading_kind_name(reading.kind), rules);
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

static void test_reading__takes_addresses_and_ids_from_headers(void **state)
{
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    reading = case_reading("gmail_en.eml", &arena);
    assert_string_equal(reading.from, "pat@client.example");
    assert_string_equal(reading.from_name, "Pat Doe");
    assert_string_equal(reading.subject, "Re: quick question");
    assert_string_equal(reading.message_id, "<c1@client.example>");
    assert_string_equal(reading.in_reply_to, "<" TOKEN_M "@us.example>");
    assert_int_equal(reading.reference_count, 1);
    assert_int_equal(reading.recipient_count, 1);
    assert_string_equal(reading.recipients[0], "sam@us.example");
    assert_true(reading.date_ms == INT64_C(1794997860000));
    arena_finish(&arena);
}

static void test_reading__keeps_the_newest_hundred_references(void **state)
{
    struct arena arena;
    struct reading reading;
    const char *mail = "From: pat@client.example\nReferences:";

    (void)state;
    arena_init(&arena);
    for (int i = 0; i < 150; i++)
        mail = arena_printf(&arena, "%s <%d@x.example>\n", mail, i);
    mail = arena_printf(&arena, "%s\nhello\n", mail);
    reading_of_mail(span_of(mail), &case_env, &arena, &reading);
    assert_int_equal(reading.reference_count, 100);
    assert_string_equal(reading.references[0], "<50@x.example>");
    assert_string_equal(reading.references[99], "<149@x.example>");
    arena_finish(&arena);
}

static void test_reading__takes_an_encoded_comma_for_part_of_the_name(void **state)
{
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    reading_of_mail(span_of("From: =?utf-8?q?D=C3=B6?= =?utf-8?q?e=2C_Pat?= <Pat@Client.example>\n"
                            "To: Team: Sam <sam@us.example>, kim@us.example;\n\nhi\n"),
                    &case_env, &arena, &reading);
    assert_string_equal(reading.from, "pat@client.example");
    assert_string_equal(reading.from_name, "Döe, Pat");
    assert_int_equal(reading.recipient_count, 2);
    arena_finish(&arena);
}

static void test_reading__lets_a_complaint_opt_out_of_everything(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_int_equal(case_reading("complaint_abuse.eml", &arena).opt_out, OPT_OUT_EVERYTHING);
    assert_int_equal(case_reading("complaint_not_spam.eml", &arena).opt_out, OPT_OUT_NONE);
    arena_finish(&arena);
}

static void test_reading__finds_what_is_ours_in_what_came_back(void **state)
{
    static const struct {
        const char *file, *id, *token;
    } cases[] = {
        { "bounce_hard.eml", "<" TOKEN_M "@us.example>", TOKEN_R },
        { "bounce_text_qmail.eml", "<" TOKEN_M "@us.example>", TOKEN_M },
        { "complaint_abuse.eml", "<" TOKEN_M "@us.example>", TOKEN_M },
        { "receipt_mdn.eml", "<" TOKEN_M "@us.example>", TOKEN_M },
        { "html_gmail.eml", NULL, TOKEN_U },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct reading reading = case_reading(cases[i].file, &arena);
        bool found = false;

        if (cases[i].id) {
            assert_true(reading.returned_id_count > 0);
            assert_string_equal(reading.returned_ids[0], cases[i].id);
        }
        for (size_t t = 0; t < reading.token_count; t++)
            found = found || strcmp(reading.tokens_text[t], cases[i].token) == 0;
        if (!found)
            fail_msg("%s: no token %s", cases[i].file, cases[i].token);
    }
    arena_finish(&arena);
}

static void test_reading__prefers_plain_text_unless_it_is_a_placeholder(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_string_equal(case_reading("html_beside_plain.eml", &arena).own_text,
                        "Ja, Dienstag paßt.");
    assert_string_equal(case_reading("html_behind_placeholder.eml", &arena).own_text,
                        "Yes, Tuesday works.");
    arena_finish(&arena);
}

static void test_reading__takes_texts_that_phones_send_alone_for_auto_replies(void **state)
{
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    reading_of_text(span_of("I'm driving with Do Not Disturb turned on. I'll see your message"),
                    "sms", &case_env, &arena, &reading);
    assert_int_equal(reading.kind, READING_AUTO_REPLY);
    reading_of_text(span_of("  Yes, call me at 5  "), "sms", &case_env, &arena, &reading);
    assert_int_equal(reading.kind, READING_HUMAN);
    assert_string_equal(reading.own_text, "Yes, call me at 5");
    arena_finish(&arena);
}

static void test_reading__hears_where_and_when_a_person_wants_the_next_contact(void **state)
{
    struct reading_env env = case_env; /* Friday 20 November 2026 */
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    env.region = "GB";
    reading_of_text(span_of("Don't text, ring me on 07700 900123 on 5/12 at 3pm"), "sms", &env,
                    &arena, &reading);
    assert_string_equal(reading.wish.prefer, "call");
    assert_string_equal(reading.wish.avoid[0], "sms");
    assert_string_equal(reading.wish.number, "+447700900123");
    assert_int_equal(reading.when.kind, WHEN_INSTANT);
    assert_int_equal(reading.when.start_ms, INT64_C(1796482800000)); /* 5 December, 15:00 UTC */
    assert_true(reading.rule_count > 0);
    reading = case_body("Email is fine, but not before March please.", &arena);
    assert_string_equal(reading.wish.prefer, "email");
    assert_int_equal(reading.when.kind, WHEN_NOT_BEFORE);
    arena_finish(&arena);
}

static void test_reading__writes_dates_as_the_region_does(void **state)
{
    struct reading_env env = case_env;
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    env.region = "US";
    reading_of_text(span_of("call me on 5/12 at 3pm"), "sms", &env, &arena, &reading);
    assert_int_equal(reading.when.start_ms, INT64_C(1810134000000)); /* 12 May 2027 */
    arena_finish(&arena);
}

static void test_reading__takes_no_date_of_the_past_for_the_next_contact(void **state)
{
    static const char *const bodies[] = { "You called me last Tuesday.",
                                          "We met on 3 March and signed in 2024.",
                                          "Thanks, all good." };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        if (case_body(bodies[i], &arena).when.kind != WHEN_NONE)
            fail_msg("\"%s\" names a moment", bodies[i]);
    arena_finish(&arena);
}

static void test_reading__hears_no_wish_of_who_wants_to_be_left_alone(void **state)
{
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    reading = case_body("STOP", &arena);
    assert_true(wish_is_none(&reading.wish));
    assert_int_equal(reading.when.kind, WHEN_NONE);
    reading = case_body("Do not contact me by phone under any circumstances; email only.", &arena);
    assert_int_not_equal(reading.opt_out, OPT_OUT_NONE);
    assert_string_equal(reading.wish.prefer, "email");
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading__hears_where_and_when_a_person_wants_the_next_contact),
        cmocka_unit_test(test_reading__writes_dates_as_the_region_does),
        cmocka_unit_test(test_reading__takes_no_date_of_the_past_for_the_next_contact),
        cmocka_unit_test(test_reading__hears_no_wish_of_who_wants_to_be_left_alone),
        cmocka_unit_test(test_reading__says_what_a_message_is),
        cmocka_unit_test(test_reading__takes_addresses_and_ids_from_headers),
        cmocka_unit_test(test_reading__keeps_the_newest_hundred_references),
        cmocka_unit_test(test_reading__takes_an_encoded_comma_for_part_of_the_name),
        cmocka_unit_test(test_reading__lets_a_complaint_opt_out_of_everything),
        cmocka_unit_test(test_reading__finds_what_is_ours_in_what_came_back),
        cmocka_unit_test(test_reading__prefers_plain_text_unless_it_is_a_placeholder),
        cmocka_unit_test(test_reading__takes_texts_that_phones_send_alone_for_auto_replies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
