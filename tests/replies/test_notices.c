/* tests/replies/test_notices.c - failures that no report part tells of: Amazon's JSON, list programs,
 * gateways, names without a domain; and people who write of such things. */
#include <string.h>

#include "tests/replies/case.h"

#define SES_BOUNCE                                                                                 \
    "{\"Type\": \"Notification\", \"Message\": \"{\\\"notificationType\\\":\\\"Bounce\\\","        \
    "\\\"bounce\\\":{\\\"bounceType\\\":\\\"Permanent\\\",\\\"bouncedRecipients\\\":"              \
    "[{\\\"emailAddress\\\":\\\"Pat@client.example\\\",\\\"action\\\":\\\"failed\\\"},"            \
    "{\\\"emailAddress\\\":\\\"kim@client.example\\\",\\\"status\\\":\\\"5.2.2\\\","               \
    "\\\"diagnosticCode\\\":\\\"smtp; 552 mailbox full\\\"}]},"                                    \
    "\\\"mail\\\":{\\\"destination\\\":[\\\"lee@client.example\\\"]}}\"}\r\n"

#define SES_COMPLAINT                                                                              \
    "{\"notificationType\":\"Complaint\",\"complaint\":{\"complainedRecipients\":"                 \
    "[{\"emailAddress\":\"pat@client.example\"}]}}\r\n"

static struct reading read_mail(const char *from, const char *subject, const char *body,
                                struct arena *arena)
{
    struct reading reading;
    const char *mail = arena_printf(
        arena, "From: %s\r\nTo: sam@us.example\r\nSubject: %s\r\n\r\n%s", from, subject, body);

    reading_of_mail(span_of(mail), &case_env, arena, &reading);
    return reading;
}

static void test_notice__takes_recipients_from_the_json_of_ses(void **state)
{
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    reading = read_mail("SES <no-reply@sns.amazonaws.com>", "AWS Notification Message", SES_BOUNCE,
                        &arena);
    assert_int_equal(reading.kind, READING_BOUNCE);
    assert_int_equal(reading.bounced_count, 2);
    assert_string_equal(reading.bounced[0].address, "pat@client.example");
    assert_int_equal(reading.bounced[0].severity, BOUNCE_HARD);
    assert_string_equal(reading.bounced[1].address, "kim@client.example");
    assert_int_equal(reading.bounced[1].severity, BOUNCE_SOFT);
    reading = read_mail("SES <no-reply@sns.amazonaws.com>", "AWS Notification Message",
                        SES_COMPLAINT, &arena);
    assert_int_equal(reading.kind, READING_COMPLAINT);
    assert_int_equal(reading.opt_out, OPT_OUT_EVERYTHING);
    arena_finish(&arena);
}

struct notice {
    const char *from, *subject, *body;
    enum reading_kind kind;
};

static const struct notice mails[] = {
    { "neko-admin@list.example", "You are not member", "You are not a member of this list.\r\n",
      READING_BOUNCE },
    { "majordomo@list.example", "Majordomo results",
      "You are not allowed to post to this list.\r\n", READING_BOUNCE },
    { "Unit@bank.example", "RE: Hello: undeliverable",
      "Your message could not be delivered to\r\npat@client.example\r\n", READING_BOUNCE },
    /* People. */
    { "pat@client.example", "Re: AWS Notification Message", SES_BOUNCE, READING_HUMAN },
    { "pat@sns.amazonaws.com.client.example", "AWS Notification Message", SES_COMPLAINT,
      READING_HUMAN },
    { "pat@client.example", "Re: Hello", "You are not a member of this club.\r\n", READING_HUMAN },
    { "pat@client.example", "Re: Undelivered mail",
      "Mine came back, too: could not be delivered.\r\n", READING_HUMAN },
    { "pat@client.example", "Mailbox full",
      "My mailbox is full, that is why your mail came back. Use lee@other.example please.\r\n",
      READING_HUMAN },
    { "pat@client.example", "Undeliverable goods",
      "The goods are undeliverable.\r\nPat\r\npat@client.example\r\n", READING_HUMAN },
    { "Fast <delivery@courier.example>", "Delivery problem with your parcel",
      "Our driver could not deliver your parcel.\r\n", READING_HUMAN },
    { "imss@gateway.example", "Mail could not be delivered",
      "Unable to deliver message to <pat@client.example>.\r\n", READING_BOUNCE },
    { "Outlook <postmaster@client.example>",
      "Remise retard\xc3\xa9"
      "e : Stock",
      "pat@client.example\r\nCe message n'a pas encore \xc3\xa9t\xc3\xa9 remis.\r\n",
      READING_DELAY },
    { "crew-request@list.example", "Your message to crew awaits moderator approval",
      "It is being held: post by non-member to a members-only list.\r\n", READING_HUMAN },
    /* Words no table holds, said by a mail system of an address. */
    { "mailer-daemon@client.example", "Misslyckades",
      "Vi lyckades inte att leverera ditt brev.\r\n\r\n<pat@client.example>\r\n", READING_BOUNCE },
    { "agent@client.example", "Sorry",
      "There was an error delivering your mail to <kim@client.example>.\r\n550-5.7.26 "
      "unauthenticated "
      "email\r\nMessage headers follow.\r\nReceived: from app\r\nTo: kim@client.example\r\n",
      READING_BOUNCE },
    { "pat@client.example", "Kim",
      "Mail could not be delivered to <kim@client.example>, that address does not exist any more. "
      "Mine "
      "does.\r\n\r\n--- Original message ---\r\nReceived: from app\r\nFrom: sam@us.example\r\n",
      READING_HUMAN },
    { "mailer-daemon@client.example", "Delivery receipt",
      "Your message was successfully delivered to\r\npat@client.example\r\n", READING_RECEIPT },
    { "pat@client.example", "Mailbox full again",
      "My mailbox is full, I missed your file. Send it to:\r\nlee@other.example\r\n",
      READING_HUMAN },
    { "postmaster@client.example", "Our gate",
      "Your driver did not deliver to the gate today, tell them. Jo\r\n", READING_HUMAN },
    { "desk-admin@client.example", "Re: Offer",
      "You are not subscribed to our plan yet, call me.\r\n", READING_HUMAN },
};

static const struct notice answers[] = {
    { "desk@client.example", "Your ticket has been created: T-9",
      "Please do not reply; this message was generated automatically.\r\n", READING_AUTO_REPLY },
    { "pat@client.example", "OOO Re: Offer", "I'm out of office today.\r\n", READING_AUTO_REPLY },
    { "pat@client.example", "Urlaub", "Ich bin bis Montag nicht im Haus.\r\n", READING_AUTO_REPLY },
    { "pat@client.example", "Please confirm your message",
      "Your message is being held because your address is new: prove you are human.\r\n",
      READING_CHALLENGE },
    /* People. */
    { "pat@client.example", "Re: your ticket",
      "It says \"this is an automated message\". Does anybody read it?\r\n", READING_HUMAN },
    { "pat@client.example", "Our crates",
      "They are being held because the papers are missing. We are waiting for your "
      "confirmation.\r\n",
      READING_HUMAN },
    { "pat@client.example", "Urlaub der Fahrer", "Wie planen Sie das?\r\n", READING_HUMAN },
};

static void check_kinds(const struct notice *table, size_t count)
{
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < count; i++) {
        struct reading reading = read_mail(table[i].from, table[i].subject, table[i].body, &arena);

        if (reading.kind != table[i].kind)
            fail_msg("%s, \"%s\": %s", table[i].from, table[i].subject,
                     reading_kind_name(reading.kind));
    }
    arena_finish(&arena);
}

static void test_notice__tells_list_programs_from_people(void **state)
{
    (void)state;
    check_kinds(mails, COUNT_OF(mails));
}

static void test_notice__tells_automatic_answers_from_people(void **state)
{
    (void)state;
    check_kinds(answers, COUNT_OF(answers));
}

static void test_notice__completes_a_local_name_by_the_system_that_reports_it(void **state)
{
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    reading =
        read_mail("Mail Delivery Subsystem <MAILER-DAEMON@Mail.example>", "Mail Delivery Problem",
                  "Your mail to the following recipients could not be delivered:\r\n"
                  "\tpat\r\n\tkim\r\n\r\nGood bye\r\n",
                  &arena);
    assert_int_equal(reading.bounced_count, 2);
    assert_string_equal(reading.bounced[0].address, "pat@mail.example");
    assert_string_equal(reading.bounced[1].address, "kim@mail.example");
    arena_finish(&arena);
}

static void test_notice__reads_a_report_that_a_gateway_wrapped(void **state)
{
    static const char wrapped[] =
        "From: postmaster@client.example\r\nTo: sam@us.example\r\n"
        "Subject: Delivery Status Notification (Failure)\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: "
        "message/rfc822\r\n\r\n"
        "From: postmaster@client.example\r\nSubject: Failure\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.example\r\n\r\n"
        "Final-Recipient: rfc822; pat@client.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b--\r\n\r\n--a--\r\n";
    struct arena arena;
    struct reading reading;

    (void)state;
    arena_init(&arena);
    reading_of_mail(span_of(wrapped), &case_env, &arena, &reading);
    assert_int_equal(reading.kind, READING_BOUNCE);
    assert_int_equal(reading.bounced_count, 1);
    assert_string_equal(reading.bounced[0].address, "pat@client.example");
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notice__takes_recipients_from_the_json_of_ses),
        cmocka_unit_test(test_notice__tells_list_programs_from_people),
        cmocka_unit_test(test_notice__tells_automatic_answers_from_people),
        cmocka_unit_test(test_notice__completes_a_local_name_by_the_system_that_reports_it),
        cmocka_unit_test(test_notice__reads_a_report_that_a_gateway_wrapped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
