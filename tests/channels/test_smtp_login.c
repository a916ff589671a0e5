/* tests/channels/test_smtp_login.c - TLS and logins (reliability F4): no byte of a login or a mail
 * leaves in clear or to a server that cannot prove its name; a login that fails sends nothing. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/channels/kit.h"
#include "tests/channels/smtp_script.h"

#define PASSWORD "hunter2-Secret"
#define PLAIN_BLOB "AHNhbUBleGFtcGxlLmNvbQBodW50ZXIyLVNlY3JldA==" /* \0sam@example.com\0PASSWORD */

struct row {
    const char *name;
    struct script_plan plan;
    const char *settings; /* beside host, port, ca_file and transport */
    enum send_status want;
    const char *reason;
    int accepted;
    bool only_curl, only_esmtp, no_ca, by_address;
};

#define LOGIN "user = sam@example.com\npassword_env = HEED_TEST_PASSWORD\n"
#define STARTTLS "tls = starttls\n"

static const struct row rows[] = {
    { .name = "STARTTLS",
      .plan = { .tls = true, .offer_utf8 = true },
      .settings = STARTTLS,
      .want = SEND_OK,
      .accepted = 1 },
    { .name = "STARTTLS and login",
      .plan = { .tls = true, .offer_auth = true },
      .settings = STARTTLS LOGIN,
      .want = SEND_OK,
      .accepted = 1 },
    { .name = "STARTTLS by address",
      .plan = { .tls = true, .offer_auth = true },
      .settings = STARTTLS LOGIN,
      .want = SEND_OK,
      .accepted = 1,
      .by_address = true },
    { .name = "implicit TLS and login",
      .plan = { .implicit = true, .offer_auth = true },
      .settings = "tls = implicit\n" LOGIN,
      .want = SEND_OK,
      .accepted = 1,
      .only_curl = true },
    { .name = "XOAUTH2",
      .plan = { .implicit = true, .offer_auth = true },
      .settings = "tls = implicit\nuser = sam@example.com\noauth_token_env = HEED_TEST_PASSWORD\n",
      .want = SEND_OK,
      .accepted = 1,
      .only_curl = true },
    { .name = "STARTTLS is missing",
      .plan = { .offer_auth = true },
      .settings = STARTTLS LOGIN,
      .want = SEND_BROKEN,
      .reason = "no STARTTLS" },
    { .name = "STARTTLS is refused",
      .plan = { .tls = true, .starttls = "454 4.7.0 not now" },
      .settings = STARTTLS LOGIN,
      .want = SEND_RETRY },
    { .name = "the server drops instead of TLS",
      .plan = { .tls = true, .starttls = SCRIPT_DROP },
      .settings = STARTTLS LOGIN,
      .want = SEND_RETRY },
    { .name = "clear text behind STARTTLS",
      .plan = { .tls = true, .inject = true, .offer_auth = true },
      .settings = STARTTLS LOGIN,
      .want = SEND_RETRY },
    { .name = "another name",
      .plan = { .tls = true, .cert = CERT_WRONG_NAME, .offer_auth = true },
      .settings = STARTTLS LOGIN,
      .want = SEND_BROKEN,
      .reason = "certificate" },
    { .name = "another name, by address",
      .plan = { .tls = true, .cert = CERT_WRONG_NAME, .offer_auth = true },
      .settings = STARTTLS LOGIN,
      .want = SEND_BROKEN,
      .reason = "certificate",
      .by_address = true },
    { .name = "NUL in the name",
      .plan = { .tls = true, .cert = CERT_NUL_IN_NAME, .offer_auth = true },
      .settings = STARTTLS LOGIN,
      .want = SEND_BROKEN,
      .reason = "certificate" },
    { .name = "expired",
      .plan = { .tls = true, .cert = CERT_EXPIRED, .offer_auth = true },
      .settings = STARTTLS LOGIN,
      .want = SEND_BROKEN,
      .reason = "certificate" },
    { .name = "self-signed",
      .plan = { .tls = true, .cert = CERT_SELF_SIGNED, .offer_auth = true },
      .settings = STARTTLS LOGIN,
      .want = SEND_BROKEN,
      .reason = "certificate" },
    { .name = "an authority nobody knows",
      .plan = { .tls = true, .offer_auth = true },
      .settings = STARTTLS LOGIN,
      .want = SEND_BROKEN,
      .reason = "certificate",
      .no_ca = true },
    { .name = "TLS 1.1",
      .plan = { .tls = true, .cert = CERT_TLS_1_1, .offer_auth = true },
      .settings = STARTTLS LOGIN,
      .want = SEND_RETRY },
    { .name = "implicit TLS, self-signed",
      .plan = { .implicit = true, .cert = CERT_SELF_SIGNED, .offer_auth = true },
      .settings = "tls = implicit\n" LOGIN,
      .want = SEND_BROKEN,
      .reason = "certificate",
      .only_curl = true },
    { .name = "login refused",
      .plan = { .tls = true, .offer_auth = true, .auth = "535 5.7.8 wrong password" },
      .settings = STARTTLS LOGIN,
      .want = SEND_BROKEN,
      .reason = "login: 535 5.7.8 wrong password" },
    { .name = "login refused for now",
      .plan = { .tls = true, .offer_auth = true, .auth = "454 4.7.0 busy" },
      .settings = STARTTLS LOGIN,
      .want = SEND_RETRY },
    { .name = "login refused, mechanism too weak",
      .plan = { .tls = true, .offer_auth = true, .auth = "534 5.7.9 use another" },
      .settings = STARTTLS LOGIN,
      .want = SEND_BROKEN },
    { .name = "421 at login",
      .plan = { .tls = true, .offer_auth = true, .auth = "421 4.7.0 too many" },
      .settings = STARTTLS LOGIN,
      .want = SEND_RETRY },
    { .name = "drop at login",
      .plan = { .tls = true, .offer_auth = true, .auth = SCRIPT_DROP },
      .settings = STARTTLS LOGIN,
      .want = SEND_RETRY },
    { .name = "no login offered",
      .plan = { .tls = true },
      .settings = STARTTLS LOGIN,
      .want = SEND_BROKEN,
      .reason = "no login" },
    { .name = "the password comes back",
      .plan = { .tls = true, .offer_auth = true, .auth = "535 5.7.8 not " PASSWORD },
      .settings = STARTTLS LOGIN,
      .want = SEND_BROKEN,
      .reason = "repeats a secret" },
    { .name = "the login comes back",
      .plan = { .tls = true, .offer_auth = true, .auth = "535 5.7.8 not " PLAIN_BLOB },
      .settings = STARTTLS LOGIN,
      .want = SEND_BROKEN,
      .reason = "repeats a secret" },
    { .name = "the password comes back on acceptance",
      .plan = { .tls = true, .offer_auth = true, .dot = "250 2.0.0 " PASSWORD, .at = -1 },
      .settings = STARTTLS LOGIN,
      .want = SEND_OK,
      .accepted = 1 },
};

static int failures; /* of all rows: one bad row does not hide the others */

static void check(bool good, const char *transport, const struct row *row, const char *what,
                  const struct send_result *result)
{
    if (good)
        return;
    print_error("%s, %s: %s: %d \"%s\" \"%s\"\n", transport, row->name, what, result->status,
                result->reason, result->provider_id);
    failures++;
}

static struct account *open_for(const char *transport, const struct row *row, int port)
{
    struct channel_env env = kit_env(20000);
    char lines[1000];

    snprintf(lines, sizeof(lines),
             "through = smtp\nfrom = sam@example.com\nhost = %s\nport = %d\n%s"
             "transport = %s\n%s%s\n",
             row->by_address ? "127.0.0.1" : "localhost", port, row->settings, transport,
             row->no_ca ? "" : "ca_file = ", row->no_ca ? "" : certs_authority());
    return kit_open(lines, &env);
}

static void check_heard(const char *transport, const struct row *row,
                        const struct script_heard *heard, const struct send_result *result)
{
    bool login = strstr(row->settings, "user") != NULL;

    check(heard->accepted == row->accepted, transport, row, "count of mails taken", result);
    check(!heard->secret_in_clear, transport, row, "something left in clear", result);
    check(row->want != SEND_OK || heard->authenticated == login, transport, row, "login", result);
    check(row->want == SEND_OK || heard->mails == 0, transport, row, "a mail left", result);
    check(row->want == SEND_OK || !login || !strstr(str_text(&heard->commands), "RCPT"), transport,
          row, "RCPT left", result);
    check(row->want != SEND_OK || row->by_address || row->plan.implicit ||
              strcmp(heard->sni, "localhost") == 0,
          transport, row, "SNI", result);
}

static void play(const char *transport, const struct row *row)
{
    struct smtp_script *script = script_start(&row->plan);
    struct account *account = open_for(transport, row, script_port(script));
    struct message message = kit_mail(0);
    struct send_result result;
    struct kit_watch watch;
    struct arena scratch;

    memset(&result, 0xff, sizeof(result));
    kit_watch_init(&watch);
    arena_init(&scratch);
    account->channel->send(account, &(struct outgoing){ &message, 1, &watch.watch }, &scratch,
                           &result);
    check(result.status == row->want, transport, row, "status", &result);
    check(!row->reason || strstr(result.reason, row->reason), transport, row, "reason", &result);
    check(!strstr(result.reason, PASSWORD) && !strstr(result.reason, PLAIN_BLOB) &&
              !strstr(result.provider_id, PASSWORD),
          transport, row, "a secret", &result);
    check(watch.begun[0] == (row->want == SEND_OK), transport, row, "begun", &result);
    check_heard(transport, row, script_stop(script), &result);
    arena_finish(&scratch);
    account_close(account);
    script_free(script);
}

static void play_all(const char *transport)
{
    bool curl = strcmp(transport, "curl") == 0;

    failures = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (!(rows[i].only_curl && !curl) && !(rows[i].only_esmtp && curl))
            play(transport, &rows[i]);
    assert_int_equal(failures, 0);
}

static void test_smtp__trusts_only_proven_servers_with_esmtp(void **state)
{
    (void)state;
    play_all("esmtp");
}

static void test_smtp__trusts_only_proven_servers_with_curl(void **state)
{
    (void)state;
    play_all("curl");
}

/* libesmtp dead-locked in 19 of 100 such sessions before the shim. */
static void test_smtp__survives_many_tls_sessions(void **state)
{
    struct row row = { .name = "many",
                       .plan = { .tls = true, .offer_auth = true },
                       .settings = STARTTLS LOGIN,
                       .want = SEND_OK,
                       .accepted = 40 };
    struct smtp_script *script = script_start(&row.plan);
    struct account *account = open_for("esmtp", &row, script_port(script));
    struct message message = kit_mail(0);
    struct send_result result;
    struct kit_watch watch;
    struct arena scratch;

    (void)state;
    arena_init(&scratch);
    for (int i = 0; i < row.accepted; i++) {
        kit_watch_init(&watch);
        account->channel->send(account, &(struct outgoing){ &message, 1, &watch.watch }, &scratch,
                               &result);
        assert_int_equal(result.status, SEND_OK);
    }
    assert_int_equal(script_stop(script)->accepted, row.accepted);
    arena_finish(&scratch);
    account_close(account);
    script_free(script);
}

static void check_test(const char *transport, const struct row *row, bool good)
{
    struct smtp_script *script = script_start(&row->plan);
    struct account *account = open_for(transport, row, script_port(script));
    struct err err = { 0 };
    char sentence[200] = "";
    int rc = account->channel->test(account, sentence, &err);
    const struct script_heard *heard = script_stop(script);

    if (rc != (good ? 0 : -1))
        print_error("%s: %s %s\n", transport, sentence, err.text);
    assert_int_equal(rc, good ? 0 : -1);
    assert_true(good ? sentence[0] : err.text[0]);
    assert_null(strstr(err.text, PASSWORD));
    assert_null(strstr(str_text(&heard->commands), "MAIL"));
    assert_int_equal(heard->authenticated, good);
    account_close(account);
    script_free(script);
}

static void test_smtp__tests_a_login_without_sending(void **state)
{
    struct row good = { .plan = { .tls = true, .offer_auth = true }, .settings = STARTTLS LOGIN };
    struct row bad = { .plan = { .tls = true, .offer_auth = true, .auth = "535 not " PASSWORD },
                       .settings = STARTTLS LOGIN };

    (void)state;
    check_test("esmtp", &good, true);
    check_test("curl", &good, true);
    check_test("esmtp", &bad, false);
    check_test("curl", &bad, false);
}

/* libesmtp broke off every session when it could not look into $HOME/.authenticate. */
static void test_smtp__needs_no_home_that_can_be_read(void **state)
{
    struct row good = { .plan = { .tls = true, .offer_auth = true }, .settings = STARTTLS LOGIN };

    (void)state;
    setenv("HOME", "/dev/null", 1); /* root may read every folder, but this is none */
    check_test("esmtp", &good, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_smtp__trusts_only_proven_servers_with_esmtp),
        cmocka_unit_test(test_smtp__trusts_only_proven_servers_with_curl),
        cmocka_unit_test(test_smtp__survives_many_tls_sessions),
        cmocka_unit_test(test_smtp__tests_a_login_without_sending),
        cmocka_unit_test(test_smtp__needs_no_home_that_can_be_read),
    };
    int rc;

    signal(SIGPIPE, SIG_IGN);
    setenv("HEED_TEST_PASSWORD", PASSWORD, 1);
    rc = cmocka_run_group_tests(tests, NULL, NULL);
    certs_finish();
    return rc;
}
