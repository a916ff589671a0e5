/* tests/replies/test_severity.c - what refusals mean: a few sentences of each cause, as mail systems
 * write them. How much of real mail is read rightly is measured by reply_corpus. */
#include "core/replies/severity.h"
#include "tests/replies/case.h"

struct said {
    const char *diagnostic, *status, *notice;
    enum bounce_severity severity;
};

static void check(const struct said *table, size_t count)
{
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < count; i++) {
        struct fold_marks marks;
        struct folded folded = folded_with(table[i].notice, &marks);
        struct severity_notice notice = severity_notice_of(&folded);
        struct refusal refusal = { .diagnostic = table[i].diagnostic,
                                   .status = table[i].status,
                                   .notice = &notice };
        const char *rule;

        if (severity_of(&refusal, &arena, &rule) != table[i].severity)
            fail_msg("\"%s\" (%s): %s", table[i].diagnostic, table[i].status, rule);
    }
    arena_finish(&arena);
}

static void test_severity__knows_the_words_of_each_cause(void **state)
{
    static const struct said table[] = {
        { "smtp; 550 5.7.1 <pat@x.example>... No such user here", "5.7.1", "", BOUNCE_HARD },
        { "smtp; 550 Unrouteable address", "", "", BOUNCE_HARD },
        { "smtp; 550 Requested action not taken: mailbox unavailable", "", "", BOUNCE_HARD },
        { "smtp; 551 not our customer", "", "", BOUNCE_HARD },
        { "smtp; 542 pat@x.example Rejected", "5.0.0", "", BOUNCE_HARD },
        { "X-Postfix; Host or domain name not found. Name service error", "5.4.4", "",
          BOUNCE_HARD },
        { "smtp; 552 5.2.2 Rejected: the mailbox is full", "5.2.2", "", BOUNCE_SOFT },
        { "smtp; 554 5.7.1 Message too large for this recipient", "5.7.1", "", BOUNCE_SOFT },
        { "smtp; 451 4.7.1 Greylisting in action, please come back", "4.7.1", "", BOUNCE_SOFT },
        { "smtp; 503 Improper sequence of commands", "5.5.0", "", BOUNCE_SOFT },
        { "smtp; 554 5.7.1 Message looks like SPAM", "5.7.1", "", BOUNCE_BLOCK },
        { "smtp; 550 5.7.26 unauthenticated mail is refused by DMARC", "", "", BOUNCE_BLOCK },
        { "smtp; 550 5.7.1 Service unavailable, client blocked using zen.spamhaus.org", "", "",
          BOUNCE_BLOCK },
        { "smtp; 550 Insecure Mail Relay", "", "", BOUNCE_BLOCK },
        { "smtp; 553 5.1.8 Domain of sender address a@b.example does not exist", "5.1.8", "",
          BOUNCE_BLOCK },
        { "smtp; 525 5.7.13 Account disabled", "5.7.13", "", BOUNCE_HOLD },
        /* The name of what spoke is no reason. */
        { "X-Spam-&-Virus-Firewall; 550 No such user", "5.0.0", "", BOUNCE_HARD },
        /* Nor is that it was refused, beside what is said of the address. */
        { "smtp; 550 Mail refused - address pat@x.example unknown recipient", "", "", BOUNCE_HARD },
        { "smtp; 550 Mail refused", "5.7.1", "", BOUNCE_BLOCK },
    };

    (void)state;
    check(table, COUNT_OF(table));
}

static void test_severity__asks_which_command_was_answered(void **state)
{
    static const struct said table[] = {
        { "smtp; 550 Unknown user pat@x.example", "5.0.0", "(in reply to rcpt to command)",
          BOUNCE_HARD },
        { "smtp; 550 Unknown user pat@x.example", "5.0.0", "(in reply to end of data command)",
          BOUNCE_SOFT },
        { "smtp; 550 5.1.1 User unknown", "5.1.1", ">>> data <<< 550 5.1.1 user unknown",
          BOUNCE_HARD },
        { "smtp; 550 User unknown", "5.0.0", ">>> data <<< 550 user unknown <<< 503 need rcpt",
          BOUNCE_HARD },
        { "553 5.1.0 b.example does not exist", "", "after mail from:<a@b.example>", BOUNCE_BLOCK },
    };

    (void)state;
    check(table, COUNT_OF(table));
}

static void test_severity__lets_codes_shade_the_words(void **state)
{
    static const struct said table[] = {
        /* 5.2.x: the mailbox is there (RFC 3463 section 3.3). */
        { "smtp; 550 5.2.1 <pat@x.example>... User Unknown", "5.2.1", "", BOUNCE_HOLD },
        /* A class of 4: the domain may come back. */
        { "smtp; DNS Error: Domain name not found: x.example", "4.0.0", "", BOUNCE_SOFT },
        { "smtp; DNS Error: Domain name not found: x.example", "5.1.2", "", BOUNCE_HARD },
        /* "5.0.0" says less than the reply. */
        { "smtp; 550 5.7.1 no", "5.0.0", "", BOUNCE_BLOCK },
        { "smtp; 550 5.1.1 no", "5.0.0", "", BOUNCE_HARD },
        { "", "", "", BOUNCE_SOFT },
    };

    (void)state;
    check(table, COUNT_OF(table));
}

static void test_severity__reads_the_answer_inside_a_wrapper(void **state)
{
    static const struct said table[] = {
        { "smtp; 5.1.0 - Unknown address error 550-'5.7.1 Access denied'", "5.0.0", "",
          BOUNCE_BLOCK },
        { "smtp; 5.1.0 - Unknown address error 550-'5.2.2 Mailbox Full'", "5.0.0", "",
          BOUNCE_SOFT },
        { "smtp; 5.1.0 - Unknown address error 550-'5.1.1 User Unknown'", "5.0.0", "",
          BOUNCE_HARD },
    };

    (void)state;
    check(table, COUNT_OF(table));
}

static void test_severity__believes_single_words_only_in_the_reply(void **state)
{
    static const struct said table[] = {
        { "smtp; 550 message refused, attachment forbidden", "", "", BOUNCE_BLOCK },
        { "smtp; 450 4.2.0 no", "4.2.0", "the attachment holds your message", BOUNCE_SOFT },
        { "x-unix; procmail: cannot find the file, no such user", "5.1.1", "", BOUNCE_SOFT },
    };

    (void)state;
    check(table, COUNT_OF(table));
}

static void test_severity__looks_for_the_reason_behind_a_rejected_address(void **state)
{
    static const struct said table[] = {
        { "550 5.7.0 <pat@x.example>: Recipient address rejected: Spam detected", "5.7.0", "",
          BOUNCE_BLOCK },
        { "552 5.2.3 <pat@x.example>: Recipient address rejected: too long", "5.2.3", "",
          BOUNCE_SOFT },
        { "554 5.6.0 <pat@x.example>: Recipient address rejected: odd", "5.6.0", "", BOUNCE_BLOCK },
        { "554 5.7.1 <pat@x.example>: Recipient address rejected: no", "5.7.1", "", BOUNCE_HARD },
        { "550 5.1.1 <pat@x.example>: Recipient address rejected", "5.1.1", "", BOUNCE_HARD },
        /* 5.5.0 says less than the reply beside it. */
        { "smtp; 550 5.5.0 no", "5.5.0", "", BOUNCE_HARD },
    };

    (void)state;
    check(table, COUNT_OF(table));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_severity__knows_the_words_of_each_cause),
        cmocka_unit_test(test_severity__asks_which_command_was_answered),
        cmocka_unit_test(test_severity__lets_codes_shade_the_words),
        cmocka_unit_test(test_severity__reads_the_answer_inside_a_wrapper),
        cmocka_unit_test(test_severity__looks_for_the_reason_behind_a_rejected_address),
        cmocka_unit_test(test_severity__believes_single_words_only_in_the_reply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
