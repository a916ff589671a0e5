/* tests/replies/test_bounce.c - who failed, and how badly. */
#include "tests/replies/case.h"

#include <string.h>

static const struct {
    const char *file;
    size_t index; /* which recipient */
    const char *address, *status;
    enum bounce_severity severity;
    bool failed;
} rows[] = {
    { "bounce_hard.eml", 0, "pat@client.example", "5.1.1", BOUNCE_HARD, true },
    { "bounce_soft.eml", 0, "pat@client.example", "5.2.2", BOUNCE_SOFT, true },
    { "bounce_block.eml", 0, "pat@client.example", "5.7.1", BOUNCE_BLOCK, true },
    { "bounce_policy_code_unknown_user.eml", 0, "pat@client.example", "5.7.1", BOUNCE_HARD, true },
    { "bounce_hold.eml", 0, "pat@client.example", "5.2.1", BOUNCE_HOLD, true },
    { "bounce_forwarded_mailbox.eml", 0, "pat@client.example", "5.1.1", BOUNCE_HARD, true },
    { "bounce_mixed.eml", 0, "kim@client.example", "5.1.1", BOUNCE_HARD, true },
    { "bounce_mixed.eml", 1, "lee@client.example", "4.2.2", BOUNCE_SOFT, false },
    { "bounce_text_qmail.eml", 0, "pat@client.example", "5.1.1", BOUNCE_HARD, true },
    { "bounce_text_qmail.eml", 1, "kim@client.example", "", BOUNCE_SOFT, true },
    { "bounce_text_exim.eml", 0, "pat@client.example", "", BOUNCE_HARD, true },
    { "bounce_text_header_only.eml", 0, "pat@client.example", "", BOUNCE_HARD, true },
    { "bounce_text_german.eml", 0, "pat@client.example", "", BOUNCE_HARD, true },
    { "delay.eml", 0, "pat@client.example", "4.4.1", BOUNCE_SOFT, false },
    { "delay_text.eml", 0, "pat@client.example", "", BOUNCE_SOFT, false },
};

static void test_bounce__names_each_recipient_with_its_severity(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reading reading = case_reading(rows[i].file, &arena);
        const struct bounce_recipient *got;

        if (reading.bounced_count <= rows[i].index)
            fail_msg("%s: %zu recipients", rows[i].file, reading.bounced_count);
        got = &reading.bounced[rows[i].index];
        if (strcmp(got->address, rows[i].address) != 0 ||
            strcmp(got->status, rows[i].status) != 0 || got->severity != rows[i].severity ||
            got->failed != rows[i].failed)
            fail_msg("%s: %s status \"%s\" severity %d failed %d", rows[i].file, got->address,
                     got->status, (int)got->severity, got->failed);
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

static void test_bounce__stops_where_the_returned_message_begins(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_int_equal(case_reading("bounce_text_qmail.eml", &arena).bounced_count, 2);
    assert_int_equal(case_reading("bounce_hard.eml", &arena).bounced_count, 1);
    arena_finish(&arena);
}

/* Of three recipients one was reached: it is no bounced one. Where all were, all are named. */
static void test_bounce__leaves_out_whom_the_mail_reached(void **state)
{
    struct arena arena;
    struct reading reading;
    const char *mail = "From: MAILER-DAEMON@mx.example\nSubject: Return receipt\n"
                       "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                       "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
                       "Final-Recipient: rfc822; pat@client.example\nAction: relayed\n"
                       "Status: 2.1.5\n\n--b--\n";

    (void)state;
    arena_init(&arena);
    assert_int_equal(case_reading("bounce_mixed.eml", &arena).bounced_count, 2);
    reading_of_mail(span_of(mail), &case_env, &arena, &reading);
    assert_int_equal(reading.kind, READING_RECEIPT);
    assert_int_equal(reading.bounced_count, 1);
    assert_false(reading.bounced[0].failed);
    arena_finish(&arena);
}

/* "Status: 4.0.0 (host name lookup failure)" and no diagnostic. */
static void test_bounce__reads_the_comment_behind_a_status(void **state)
{
    struct arena arena;
    struct reading reading;
    const char *mail = "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail\n"
                       "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                       "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
                       "Final-Recipient: rfc822; pat@client.example\nAction: failed\n"
                       "Status: 5.0.0 (user unknown)\n\n--b--\n";

    (void)state;
    arena_init(&arena);
    reading_of_mail(span_of(mail), &case_env, &arena, &reading);
    assert_int_equal(reading.bounced_count, 1);
    assert_string_equal(reading.bounced[0].diagnostic, "user unknown");
    assert_string_equal(reading.bounced[0].status, "5.0.0");
    assert_int_equal(reading.bounced[0].severity, BOUNCE_HARD);
    arena_finish(&arena);
}

static void test_bounce__counts_an_address_once(void **state)
{
    struct arena arena;
    struct reading reading;
    const char *mail = "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail\n"
                       "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                       "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n";

    (void)state;
    arena_init(&arena);
    for (int i = 0; i < 150; i++)
        mail = arena_printf(&arena,
                            "%sFinal-Recipient: rfc822; p%d@client.example\nAction: failed\n"
                            "Status: 5.1.1\n\n",
                            mail, i % 20);
    mail = arena_printf(&arena, "%s--b--\n", mail);
    reading_of_mail(span_of(mail), &case_env, &arena, &reading);
    assert_int_equal(reading.kind, READING_BOUNCE);
    assert_int_equal(reading.bounced_count, 20);
    arena_finish(&arena);
}

static void test_bounce__never_names_our_own_mailbox(void **state)
{
    struct arena arena;
    struct reading reading;
    const char *mail = "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n"
                       "Sorry, could not deliver mail from\n<sam+x@us.example>\nto\n"
                       "<pat@client.example>:\nno such user\n";

    (void)state;
    arena_init(&arena);
    reading_of_mail(span_of(mail), &case_env, &arena, &reading);
    assert_int_equal(reading.kind, READING_BOUNCE);
    assert_int_equal(reading.bounced_count, 1);
    assert_string_equal(reading.bounced[0].address, "pat@client.example");
    arena_finish(&arena);
}

/* The retries go on for days, but the name server has answered: no mail server. */
static void test_bounce__does_not_wait_for_a_domain_that_has_no_mail_server(void **state)
{
    static const struct {
        const char *diagnostic;
        enum reading_kind kind;
    } table[] = {
        { "smtp; 454 4.4.4 [internal] no MX or A for domain", READING_BOUNCE },
        { "smtp; DNS lookup of client.example responded with code NXDOMAIN", READING_BOUNCE },
        { "X-Postfix; Name service error for name=client.example type=MX: Host not found, try "
          "again",
          READING_DELAY },
        { "X-Postfix; connect to mx.client.example: Connection timed out", READING_DELAY },
    };
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const char *mail =
            arena_printf(&arena,
                         "From: MAILER-DAEMON@mx.example\nSubject: Delayed Mail\n"
                         "Content-Type: multipart/report; report-type=delivery-status; "
                         "boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
                         "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; pat@client.example\n"
                         "Action: delayed\nStatus: 4.4.4\nDiagnostic-Code: %s\n\n--b--\n",
                         table[i].diagnostic);

        reading_of_mail(span_of(mail), &case_env, &arena, &reading);
        if (reading.kind != table[i].kind || reading.bounced[0].severity != BOUNCE_SOFT)
            fail_msg("%s: %s", table[i].diagnostic, reading_kind_name(reading.kind));
    }
    arena_finish(&arena);
}

static void test_bounce__gives_each_address_the_answer_above_it_in_a_transcript(void **state)
{
    struct arena arena;
    struct reading reading;
    const char *mail = "From: MAILER-DAEMON@mx.example\nSubject: Returned mail: User unknown\n\n"
                       "   ----- Transcript of session follows -----\n"
                       ">>> MAIL From:<sam@us.example>\n"
                       "<<< 501 no access from mail server [192.0.2.5] which is an open relay.\n"
                       "554 <kim@client.example>... Remote protocol error\n"
                       ">>> RCPT To:<pat@client.example>\n"
                       "<<< 550 User unknown\n"
                       "550 <pat@client.example>... User unknown\n";

    (void)state;
    arena_init(&arena);
    reading_of_mail(span_of(mail), &case_env, &arena, &reading);
    assert_int_equal(reading.bounced_count, 2);
    assert_int_equal(reading.bounced[0].severity, BOUNCE_BLOCK);
    assert_int_equal(reading.bounced[1].severity, BOUNCE_HARD);
    arena_finish(&arena);
}

static void test_bounce__reads_the_reason_before_an_address_on_its_line(void **state)
{
    struct arena arena;
    struct reading reading;
    const char *mail = "From: postmaster@mx.example\nSubject: Undeliverable Mail\n\n"
                       "User mailbox exceeds allowed size: pat@client.example\n";

    (void)state;
    arena_init(&arena);
    reading_of_mail(span_of(mail), &case_env, &arena, &reading);
    assert_int_equal(reading.bounced_count, 1);
    assert_int_equal(reading.bounced[0].severity, BOUNCE_SOFT);
    arena_finish(&arena);
}

static void test_bounce__is_not_a_person_who_speaks_of_a_failed_delivery(void **state)
{
    struct arena arena;
    struct reading reading;
    const char *mail = "From: Lea <lea@client.example>\nSubject: Delivery failed twice\n\n"
                       "Hi,\nyour courier could not deliver our parcel. Delivery has failed "
                       "again.\nLea\n";

    (void)state;
    arena_init(&arena);
    reading_of_mail(span_of(mail), &case_env, &arena, &reading);
    assert_int_equal(reading.kind, READING_HUMAN);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounce__names_each_recipient_with_its_severity),
        cmocka_unit_test(test_bounce__stops_where_the_returned_message_begins),
        cmocka_unit_test(test_bounce__leaves_out_whom_the_mail_reached),
        cmocka_unit_test(test_bounce__reads_the_comment_behind_a_status),
        cmocka_unit_test(test_bounce__counts_an_address_once),
        cmocka_unit_test(test_bounce__never_names_our_own_mailbox),
        cmocka_unit_test(test_bounce__does_not_wait_for_a_domain_that_has_no_mail_server),
        cmocka_unit_test(test_bounce__gives_each_address_the_answer_above_it_in_a_transcript),
        cmocka_unit_test(test_bounce__reads_the_reason_before_an_address_on_its_line),
        cmocka_unit_test(test_bounce__is_not_a_person_who_speaks_of_a_failed_delivery),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
