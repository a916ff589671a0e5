/* tests/channels/test_smtp_faults.c - the dialogues of reliability F2 and F3: what a server does,
 * and what becomes of a batch of three mails, through both transports. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "channels/channel.h"
#include "core/base/clock.h"
#include "tests/channels/kit.h"
#include "tests/channels/smtp_script.h"

#define MAILS 3
#define TIMEOUT_MS 3000
#define LARGE_OCTETS 3000000

#define LONG_1 "250-2.0.0 first line\r\n250-2.0.0 second line\r\n250 2.0.0 third"
#define OK SEND_OK
#define RETRY SEND_RETRY
#define REFUSED SEND_REFUSED
#define BROKEN SEND_BROKEN
#define UNSURE SEND_UNSURE

struct row {
    const char *name;
    struct script_plan plan;
    enum send_status want[MAILS];
    bool dead;          /* address_dead of the mail at plan.at */
    int accepted;       /* mails the server took */
    const char *reason; /* in the reason of the mail at plan.at */
    const char *id;     /* in the provider_id of the mail at plan.at */
    bool only_esmtp;    /* plan needs what curl never does */
    bool waits;         /* runs into a timeout */
    bool large;         /* the mail at plan.at is more than the sockets can hold */
};

static const struct row rows[] = {
    { .name = "all is well",
      .plan = { .at = 0 },
      .want = { OK, OK, OK },
      .accepted = 3,
      .id = "250 2.0.0 Ok: queued as" },
    { .name = "pipelining",
      .plan = { .at = 0, .offer_pipelining = true },
      .want = { OK, OK, OK },
      .accepted = 3 },
    { .name = "chunking",
      .plan = { .at = 0, .offer_pipelining = true, .offer_chunking = true },
      .want = { OK, OK, OK },
      .accepted = 3 },
    { .name = "enhanced codes offered",
      .plan = { .at = 0, .offer_enhanced = true },
      .want = { OK, OK, OK },
      .accepted = 3,
      .id = "250 2.0.0 Ok: queued as" },
    { .name = "421 as greeting",
      .plan = { .greeting = "421 4.3.2 closing" },
      .want = { RETRY, RETRY, RETRY },
      .reason = "421" },
    { .name = "451 as greeting",
      .plan = { .greeting = "451 4.3.0 later" },
      .want = { RETRY, RETRY, RETRY } },
    { .name = "554 as greeting",
      .plan = { .greeting = "554 5.7.1 go away" },
      .want = { BROKEN, BROKEN, BROKEN } },
    { .name = "drop as greeting",
      .plan = { .greeting = SCRIPT_DROP },
      .want = { RETRY, RETRY, RETRY } },
    { .name = "nonsense as greeting",
      .plan = { .greeting = "hello there" },
      .want = { RETRY, RETRY, RETRY },
      .waits = true },
    { .name = "hang as greeting",
      .plan = { .greeting = SCRIPT_HANG },
      .want = { RETRY, RETRY, RETRY },
      .waits = true },
    { .name = "drip as greeting",
      .plan = { .greeting = SCRIPT_DRIP },
      .want = { RETRY, RETRY, RETRY },
      .waits = true },
    { .name = "421 at EHLO",
      .plan = { .ehlo = "421 4.3.2 closing" },
      .want = { RETRY, RETRY, RETRY },
      .only_esmtp = true },
    { .name = "550 at EHLO",
      .plan = { .ehlo = "550 5.7.1 who are you" },
      .want = { BROKEN, BROKEN, BROKEN },
      .only_esmtp = true },
    { .name = "drop at EHLO", .plan = { .ehlo = SCRIPT_DROP }, .want = { RETRY, RETRY, RETRY } },
    { .name = "flood at EHLO", .plan = { .ehlo = SCRIPT_FLOOD }, .want = { RETRY, RETRY, RETRY } },
    { .name = "421 at MAIL",
      .plan = { .at = 1, .mail = "421 4.3.2 closing" },
      .want = { OK, RETRY, RETRY },
      .accepted = 1,
      .reason = "421" },
    { .name = "451 at MAIL",
      .plan = { .at = 1, .mail = "451 4.3.0 later" },
      .want = { OK, RETRY, OK },
      .accepted = 2 },
    { .name = "452 at MAIL",
      .plan = { .at = 1, .mail = "452 4.3.1 full" },
      .want = { OK, RETRY, OK },
      .accepted = 2 },
    { .name = "550 at MAIL",
      .plan = { .at = 1, .mail = "550 5.7.1 no" },
      .want = { OK, REFUSED, OK },
      .accepted = 2 },
    { .name = "553 5.1.8 at MAIL",
      .plan = { .at = 1, .mail = "553 5.1.8 your domain" },
      .want = { OK, BROKEN, OK },
      .accepted = 2 },
    { .name = "530 at MAIL",
      .plan = { .at = 0, .mail = "530 5.7.0 log in first" },
      .want = { BROKEN, OK, OK },
      .accepted = 2 },
    { .name = "552 at MAIL",
      .plan = { .at = 1, .mail = "552 5.3.4 too big" },
      .want = { OK, REFUSED, OK },
      .accepted = 2 },
    { .name = "drop at MAIL",
      .plan = { .at = 1, .mail = SCRIPT_DROP },
      .want = { OK, RETRY, RETRY },
      .accepted = 1 },
    { .name = "greylisting",
      .plan = { .at = 1, .rcpt = "450 4.7.1 greylisted" },
      .want = { OK, RETRY, OK },
      .accepted = 2,
      .reason = "RCPT: 450 4.7.1 greylisted" },
    { .name = "greylisting, pipelined",
      .plan = { .at = 1, .rcpt = "450 4.7.1 greylisted", .offer_pipelining = true },
      .want = { OK, RETRY, OK },
      .accepted = 2 },
    { .name = "greylisting, and 354 all the same",
      .plan = { .at = 1, .rcpt = "450 4.7.1 greylisted", .lax = true, .offer_pipelining = true },
      .want = { OK, RETRY, OK },
      .accepted = 3,
      .only_esmtp = true },
    { .name = "421 at RCPT",
      .plan = { .at = 1, .rcpt = "421 4.7.0 slow down" },
      .want = { OK, RETRY, RETRY },
      .accepted = 1 },
    { .name = "452 at RCPT",
      .plan = { .at = 1, .rcpt = "452 4.2.2 mailbox full" },
      .want = { OK, RETRY, OK },
      .accepted = 2 },
    { .name = "unknown recipient",
      .plan = { .at = 1, .rcpt = "550 5.1.1 no such user" },
      .want = { OK, REFUSED, OK },
      .dead = true,
      .accepted = 2,
      .reason = "550 5.1.1 no such user" },
    { .name = "unknown recipient, several lines",
      .plan = { .at = 1, .rcpt = "550-5.1.1 no such user\r\n550 5.1.1 read this" },
      .want = { OK, REFUSED, OK },
      .dead = true,
      .accepted = 2,
      .reason = "no such user read this" },
    { .name = "unknown recipient, enhanced codes offered",
      .plan = { .at = 1, .rcpt = "550 5.1.1 no such user", .offer_enhanced = true },
      .want = { OK, REFUSED, OK },
      .dead = true,
      .accepted = 2 },
    { .name = "550 without more at RCPT",
      .plan = { .at = 1, .rcpt = "550 rejected" },
      .want = { OK, REFUSED, OK },
      .accepted = 2 },
    { .name = "policy at RCPT",
      .plan = { .at = 1, .rcpt = "554 5.7.1 blocked" },
      .want = { OK, REFUSED, OK },
      .accepted = 2,
      .reason = "blocked" },
    { .name = "drop at RCPT",
      .plan = { .at = 1, .rcpt = SCRIPT_DROP },
      .want = { OK, RETRY, RETRY },
      .accepted = 1 },
    { .name = "hang at RCPT",
      .plan = { .at = 1, .rcpt = SCRIPT_HANG },
      .want = { OK, RETRY, RETRY },
      .accepted = 1,
      .waits = true },
    { .name = "451 at DATA",
      .plan = { .at = 1, .data = "451 4.3.0 later" },
      .want = { OK, RETRY, OK },
      .accepted = 2 },
    { .name = "554 at DATA",
      .plan = { .at = 1, .data = "554 5.7.1 no" },
      .want = { OK, REFUSED, OK },
      .accepted = 2 },
    { .name = "421 at DATA",
      .plan = { .at = 1, .data = "421 4.3.2 closing" },
      .want = { OK, RETRY, RETRY },
      .accepted = 1 },
    { .name = "drop at DATA",
      .plan = { .at = 1, .data = SCRIPT_DROP },
      .want = { OK, RETRY, RETRY },
      .accepted = 1 },
    { .name = "drop in the body",
      .plan = { .at = 1, .body = SCRIPT_DROP },
      .want = { OK, RETRY, RETRY },
      .accepted = 1,
      .large = true },
    { .name = "drop in the body, chunking",
      .plan = { .at = 1, .body = SCRIPT_DROP, .offer_chunking = true, .offer_pipelining = true },
      .want = { OK, RETRY, RETRY },
      .accepted = 1,
      .large = true },
    { .name = "hang in the body",
      .plan = { .at = 1, .body = SCRIPT_HANG },
      .want = { OK, RETRY, RETRY },
      .accepted = 1,
      .large = true,
      .waits = true },
    { .name = "hang in the body, chunking",
      .plan = { .at = 1, .body = SCRIPT_HANG, .offer_chunking = true, .offer_pipelining = true },
      .want = { OK, RETRY, RETRY },
      .accepted = 1,
      .large = true,
      .waits = true },
    { .name = "250 after dot in several lines",
      .plan = { .at = 1, .dot = LONG_1 },
      .want = { OK, OK, OK },
      .accepted = 3,
      .id = "250 2.0.0 first line second line third" },
    { .name = "lines of one reply with different enhanced codes",
      .plan = { .at = 2, .dot = "250-2.0.0 one\r\n250 2.6.0 two", .offer_enhanced = true },
      .want = { OK, OK, OK },
      .accepted = 3 },
    { .name = "250 without a word",
      .plan = { .at = 2, .dot = "250" },
      .want = { OK, OK, OK },
      .accepted = 3 },
    { .name = "451 after dot",
      .plan = { .at = 1, .dot = "451 4.7.1 later" },
      .want = { OK, RETRY, OK },
      .accepted = 2 },
    { .name = "452 after dot",
      .plan = { .at = 1, .dot = "452 4.3.1 full" },
      .want = { OK, RETRY, OK },
      .accepted = 2 },
    { .name = "421 after dot",
      .plan = { .at = 1, .dot = "421 4.3.2 closing" },
      .want = { OK, RETRY, RETRY },
      .accepted = 1 },
    { .name = "550 after dot",
      .plan = { .at = 1, .dot = "550 5.7.1 spam" },
      .want = { OK, REFUSED, OK },
      .accepted = 2,
      .reason = "after the mail: 550 5.7.1 spam" },
    { .name = "550 5.1.1 after dot",
      .plan = { .at = 1, .dot = "550 5.1.1 gone" },
      .want = { OK, REFUSED, OK },
      .dead = true,
      .accepted = 2 },
    { .name = "552 after dot",
      .plan = { .at = 1, .dot = "552 5.2.2 full" },
      .want = { OK, REFUSED, OK },
      .accepted = 2 },
    { .name = "554 after dot",
      .plan = { .at = 1, .dot = "554 5.6.0 no" },
      .want = { OK, REFUSED, OK },
      .accepted = 2 },
    { .name = "354 after dot",
      .plan = { .at = 2, .dot = "354 what" },
      .want = { OK, OK, UNSURE },
      .accepted = 2 },
    { .name = "nonsense after dot",
      .plan = { .at = 2, .dot = "fine by me" },
      .want = { OK, OK, UNSURE },
      .accepted = 2,
      .waits = true },
    { .name = "drop after dot",
      .plan = { .at = 1, .dot = SCRIPT_DROP },
      .want = { OK, UNSURE, RETRY },
      .accepted = 1 },
    { .name = "drop after dot, chunking",
      .plan = { .at = 1, .dot = SCRIPT_DROP, .offer_pipelining = true, .offer_chunking = true },
      .want = { OK, UNSURE, RETRY },
      .accepted = 1 },
    { .name = "hang after dot",
      .plan = { .at = 1, .dot = SCRIPT_HANG },
      .want = { OK, UNSURE, RETRY },
      .accepted = 1,
      .waits = true },
    { .name = "hang after dot, chunking",
      .plan = { .at = 1, .dot = SCRIPT_HANG, .offer_pipelining = true, .offer_chunking = true },
      .want = { OK, UNSURE, RETRY },
      .accepted = 1,
      .waits = true },
    { .name = "a line of 10 MB after dot",
      .plan = { .at = 1, .dot = SCRIPT_GIANT },
      .want = { OK, OK, RETRY },
      .accepted = 1,
      .only_esmtp = true },
};

static int failures; /* of all rows: one bad row does not hide the others */

static struct account *open_for(const char *transport, int port, int64_t timeout_ms)
{
    struct channel_env env = kit_env(timeout_ms);
    char lines[300];

    snprintf(lines, sizeof(lines),
             "through = smtp\nfrom = sam@example.com\nhost = 127.0.0.1\nport = %d\ntls = off\n"
             "transport = %s\n",
             port, transport);
    return kit_open(lines, &env);
}

static void check(bool good, const char *transport, const struct row *row, const char *what,
                  const struct send_result *results)
{
    if (good)
        return;
    print_error("%s, %s: %s\n", transport, row->name, what);
    for (int i = 0; i < MAILS; i++)
        print_error("  %d: %d \"%s\" \"%s\"\n", i, results[i].status, results[i].reason,
                    results[i].provider_id);
    failures++;
}

static void check_results(const char *transport, const struct row *row,
                          const struct send_result *results, const struct kit_watch *watch)
{
    const struct send_result *at = &results[row->plan.at < 0 ? 0 : row->plan.at];

    for (int i = 0; i < MAILS; i++) {
        check(results[i].status == row->want[i], transport, row, "status", results);
        check(watch->begun[i] <= 1 && watch->answered[i] == 1, transport, row, "not told once",
              results);
        check(watch->told[i] == results[i].status, transport, row, "told otherwise", results);
        check(watch->begun[i] || (results[i].status != OK && results[i].status != UNSURE),
              transport, row, "not begun", results);
        check((results[i].status == OK) == (results[i].reason[0] == '\0'), transport, row, "reason",
              results);
        check((results[i].status == OK) == (results[i].provider_id[0] != '\0'), transport, row,
              "provider_id", results);
    }
    check(at->address_dead == row->dead, transport, row, "address_dead", results);
    check(!row->reason || strstr(at->reason, row->reason), transport, row, row->reason, results);
    check(!row->id || strstr(at->provider_id, row->id), transport, row, row->id, results);
    check(!watch->wrong, transport, row, "watch", results);
}

static const char *large_text(void)
{
    static char text[LARGE_OCTETS + 1];

    for (size_t i = 0; i < LARGE_OCTETS; i++)
        text[i] = i % 2 ? '\xBC' : '\xC3'; /* each of them becomes three */
    return text;
}

static void play(const char *transport, const struct row *row)
{
    struct smtp_script *script = script_start(&row->plan);
    struct account *account =
        open_for(transport, script_port(script), row->waits ? TIMEOUT_MS / 2 : 60000);
    struct message messages[MAILS];
    struct send_result results[MAILS];
    const struct script_heard *heard;
    struct kit_watch watch;
    struct arena scratch;

    for (int i = 0; i < MAILS; i++)
        messages[i] = kit_mail(i);
    if (row->large)
        messages[row->plan.at].text = large_text();
    memset(results, 0xff, sizeof(results));
    kit_watch_init(&watch);
    arena_init(&scratch);
    account->channel->send(account, &(struct outgoing){ messages, MAILS, &watch.watch }, &scratch,
                           results);
    heard = script_stop(script);
    check_results(transport, row, results, &watch);
    check(heard->accepted == row->accepted, transport, row, "count of mails taken", results);
    arena_finish(&scratch);
    account_close(account);
    script_free(script);
}

static void play_all(const char *transport)
{
    failures = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!rows[i].only_esmtp || strcmp(transport, "esmtp") == 0)
            play(transport, &rows[i]);
    assert_int_equal(failures, 0);
}

static void test_smtp__each_dialogue_ends_as_the_table_says_with_esmtp(void **state)
{
    (void)state;
    play_all("esmtp");
}

static void test_smtp__each_dialogue_ends_as_the_table_says_with_curl(void **state)
{
    (void)state;
    play_all("curl");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_smtp__each_dialogue_ends_as_the_table_says_with_esmtp),
        cmocka_unit_test(test_smtp__each_dialogue_ends_as_the_table_says_with_curl),
    };

    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
