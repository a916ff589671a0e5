/* tests/channels/test_smtp_outcome.c - the table of outcomes row by row, and the reader of replies
 * that feeds it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/smtp_outcome.h"
#include "channels/smtp_tap.h"

static void test_outcome__follows_the_table(void **state)
{
    static const struct {
        enum smtp_stage stage;
        int code, subject, detail;
        bool begun;
        enum send_status want;
        bool dead;
    } rows[] = {
        /* reliability 0.4 */
        { SMTP_AT_DOT, 250, 0, 0, true, SEND_OK, false },
        { SMTP_AT_DOT, 0, 0, 0, true, SEND_UNSURE, false },
        { SMTP_AT_DOT, 354, 0, 0, true, SEND_UNSURE, false },
        { SMTP_AT_DATA, 0, 0, 0, false, SEND_RETRY, false },
        { SMTP_AT_DATA, 354, 0, 0, false, SEND_RETRY, false },
        { SMTP_AT_DOT, 421, 0, 0, true, SEND_RETRY, false },
        { SMTP_AT_DOT, 451, 0, 0, true, SEND_RETRY, false },
        { SMTP_AT_DOT, 550, 0, 0, true, SEND_REFUSED, false },
        { SMTP_AT_RCPT, 450, 0, 0, true, SEND_RETRY, false },
        { SMTP_AT_GREETING, 421, 0, 0, false, SEND_RETRY, false },
        /* rule 5, against all odds */
        { SMTP_AT_DOT, 250, 0, 0, false, SEND_RETRY, false },
        { SMTP_AT_DATA, 250, 0, 0, false, SEND_RETRY, false },
        { SMTP_AT_DATA, 0, 0, 0, true, SEND_UNSURE, false },
        { SMTP_AT_CONNECT, 0, 0, 0, true, SEND_UNSURE, false },
        /* before any mail */
        { SMTP_AT_CONNECT, 0, 0, 0, false, SEND_RETRY, false },
        { SMTP_AT_GREETING, 0, 0, 0, false, SEND_RETRY, false },
        { SMTP_AT_GREETING, 554, 7, 1, false, SEND_BROKEN, false },
        { SMTP_AT_NO_STARTTLS, 0, 0, 0, false, SEND_BROKEN, false },
        { SMTP_AT_CERTIFICATE, 0, 0, 0, false, SEND_BROKEN, false },
        { SMTP_AT_TLS, 0, 0, 0, false, SEND_RETRY, false },
        { SMTP_AT_TLS, 454, 7, 0, false, SEND_RETRY, false },
        { SMTP_AT_NO_AUTH, 0, 0, 0, false, SEND_BROKEN, false },
        { SMTP_AT_AUTH, 0, 0, 0, false, SEND_RETRY, false },
        { SMTP_AT_AUTH, 454, 7, 0, false, SEND_RETRY, false },
        { SMTP_AT_AUTH, 535, 7, 8, false, SEND_BROKEN, false },
        /* 5.1.x and its neighbours */
        { SMTP_AT_RCPT, 550, 1, 1, false, SEND_REFUSED, true },
        { SMTP_AT_RCPT, 550, 1, 10, false, SEND_REFUSED, true },
        { SMTP_AT_DOT, 550, 1, 1, true, SEND_REFUSED, true },
        { SMTP_AT_RCPT, 450, 1, 1, false, SEND_RETRY, false },
        { SMTP_AT_RCPT, 550, 1, 8, false, SEND_REFUSED, false },
        { SMTP_AT_MAIL, 550, 1, 8, false, SEND_BROKEN, false },
        { SMTP_AT_MAIL, 550, 1, 1, false, SEND_REFUSED, false },
        { SMTP_AT_RCPT, 550, 0, 0, false, SEND_REFUSED, false },
        { SMTP_AT_RCPT, 554, 7, 1, false, SEND_REFUSED, false },
        { SMTP_AT_RCPT, 530, 7, 0, false, SEND_BROKEN, false },
        { SMTP_AT_MAIL, 552, 3, 4, false, SEND_REFUSED, false },
        { SMTP_AT_RCPT, 552, 2, 2, false, SEND_REFUSED, false },
        { SMTP_AT_DATA, 503, 5, 1, true, SEND_RETRY, false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct smtp_seen seen = { .stage = rows[i].stage,
                                  .code = rows[i].code,
                                  .enhanced = rows[i].subject != 0,
                                  .subject = rows[i].subject,
                                  .detail = rows[i].detail,
                                  .text = "said" };
        struct send_result result;
        smtp_outcome(&seen, rows[i].begun, &result);
        if (result.status != rows[i].want || result.address_dead != rows[i].dead)
            fail_msg("row %zu: %d, \"%s\"", i, result.status, result.reason);
        assert_int_equal(result.status == SEND_OK, result.provider_id[0] != '\0');
        assert_int_equal(result.status == SEND_OK, result.reason[0] == '\0');
    }
}

static void test_outcome__no_code_of_a_server_breaks_rule_5(void **state)
{
    (void)state;
    for (int stage = 0; stage < SMTP_STAGES; stage++)
        for (int code = 0; code < 1000; code++) {
            struct smtp_seen seen = { .stage = (enum smtp_stage)stage, .code = code };
            struct send_result result;
            smtp_outcome(&seen, false, &result);
            assert_true(result.status != SEND_OK && result.status != SEND_UNSURE);
            smtp_outcome(&seen, true, &result);
            assert_true(code != 0 || result.status == SEND_UNSURE);
        }
}

static void test_tap__reads_replies(void **state)
{
    static const struct {
        const char *bytes;
        int code, subject, detail;
        bool whole;
        const char *text;
    } rows[] = {
        { "250 Ok\r\n", 250, 0, 0, true, "Ok" },
        { "250\r\n", 250, 0, 0, true, "" },
        { "250 2.0.0 Ok\r\n", 250, 0, 0, true, "Ok" },
        { "550 5.1.1 no\r\n", 550, 1, 1, true, "no" },
        { "550 5.1.10 no\r\n", 550, 1, 10, true, "no" },
        { "550 4.1.1 no\r\n", 550, 0, 0, true, "no" },
        { "550 5.1 no\r\n", 550, 0, 0, true, "5.1 no" },
        { "550 5.1.1.1 no\r\n", 550, 0, 0, true, "5.1.1.1 no" },
        { "550 5.1.1234 no\r\n", 550, 0, 0, true, "5.1.1234 no" },
        { "550-5.7.1 one\r\n550-5.7.1 two\r\n550 5.7.1 three\r\n", 550, 7, 1, true,
          "one two three" },
        { "550-5.7.1 one\r\n550 5.7.26 two\r\n", 550, 7, 1, true, "one two" },
        { "550-one\r\n", 550, 0, 0, false, "one" },
        { "250 Ok", 0, 0, 0, false, "" },
        { "550-one\r\n250 two\r\n", 0, 0, 0, true, "one two" },
        { "hello\r\n", 0, 0, 0, true, "o" },
        { "25\r\n", 0, 0, 0, true, "" },
        { "\r\n", 0, 0, 0, true, "" },
        { "999 what\r\n", 0, 0, 0, true, "what" },
        { "250 a\x1b[2Jb\xff\r\n", 250, 0, 0, true, "a [2Jb?" },
        { "250 lf only\n", 250, 0, 0, true, "lf only" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t step = 1; step < 40; step += 13) {
            size_t len = strlen(rows[i].bytes);
            struct smtp_tap tap;
            smtp_tap_init(&tap);
            smtp_tap_dot(&tap);
            for (size_t at = 0; at < len; at += step)
                assert_true(
                    smtp_tap_heard(&tap, rows[i].bytes + at, len - at < step ? len - at : step));
            assert_int_equal(tap.replied, rows[i].whole);
            assert_int_equal(tap.reply.code, rows[i].code);
            assert_int_equal(tap.reply.subject, rows[i].subject);
            assert_int_equal(tap.reply.detail, rows[i].detail);
            assert_string_equal(tap.reply.text, rows[i].text);
        }
}

static void hear(struct smtp_tap *tap, const char *bytes)
{
    assert_true(smtp_tap_heard(tap, bytes, strlen(bytes)));
}

static void say(struct smtp_tap *tap, const char *bytes)
{
    smtp_tap_sent(tap, bytes, strlen(bytes));
}

static void test_tap__follows_a_talk(void **state)
{
    struct smtp_tap tap;

    (void)state;
    smtp_tap_init(&tap);
    hear(&tap, "220 hi\r\n");
    say(&tap, "EHLO x\r\n");
    hear(&tap, "250-hi\r\n250-SMTPUTF8\r\n250 HELP\r\n");
    assert_true(tap.offers_utf8);
    say(&tap, "AUTH LOGIN\r\n");
    hear(&tap, "334 VXNlcg==\r\n");
    say(&tap, "MAILQUIT\r\n"); /* a user name in base64 may look like a command */
    assert_int_equal(tap.stage, SMTP_AT_AUTH);
    assert_false(tap.said_quit);
    hear(&tap, "235 ok\r\n");
    assert_true(tap.authenticated);
    say(&tap, "MAIL FROM:<a@b.co>\r\n");
    assert_int_equal(tap.stage, SMTP_AT_MAIL);
    hear(&tap, "550 no\r\n");
    say(&tap, "QUIT\r\n");
    hear(&tap, "221 bye\r\n");
    assert_int_equal(tap.reply.code, 550);
}

static void test_tap__notes_bytes_behind_the_answer_to_starttls(void **state)
{
    static const char *const evil[] = { "220 go\r\n250 x\r\n", "220 go\r\nx" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(evil); i++) {
        struct smtp_tap tap;
        smtp_tap_init(&tap);
        say(&tap, "STARTTLS\r\n");
        assert_false(smtp_tap_heard(&tap, evil[i], strlen(evil[i])));
    }
}

static void test_tap__ends_a_flood(void **state)
{
    struct smtp_tap tap;
    size_t heard = 0;

    (void)state;
    smtp_tap_init(&tap);
    while (smtp_tap_heard(&tap, "250-XXXXXXXXXXXXXXXXXXXXXXXX\r\n", 30))
        heard += 30;
    assert_true(heard <= SMTP_REPLY_OCTETS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcome__follows_the_table),
        cmocka_unit_test(test_outcome__no_code_of_a_server_breaks_rule_5),
        cmocka_unit_test(test_tap__reads_replies),
        cmocka_unit_test(test_tap__follows_a_talk),
        cmocka_unit_test(test_tap__notes_bytes_behind_the_answer_to_starttls),
        cmocka_unit_test(test_tap__ends_a_flood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
