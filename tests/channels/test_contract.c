/* tests/channels/test_contract.c - every channel against the numbered rules of channels/channel.h.
 * A new channel is one more row of `rows`. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/net/http.h"
#include "core/net/httpd.h"
#include "tests/channels/kit.h"
#include "tests/channels/smtp_script.h"

#define BATCH 5
#define SECRET "hunter2-Secret"

/* A channel made ready: its account and whatever stands in for the world. */
struct stage {
    const struct row *row;
    struct channel_env env;
    struct account *account;
    struct smtp_script *script;
    struct httpd *provider;
    int provider_status;
    int pipe[2];
};

struct row {
    const char *channel;
    const char *what;
    const char *lines; /* of [sender]; where the stand-in listens is added */
    /* Starts and ends the stand-in; NULL = none is needed. */
    void (*start)(struct stage *stage);
    void (*end)(struct stage *stage);
    bool takes_all; /* every good message is taken */
};

static void start_smtp(struct stage *stage)
{
    static const struct script_plan plan = { .at = -1, .offer_auth = true };

    stage->script = script_start(&plan);
}

/* A server that repeats the password and drops after every dot. */
static void start_rude_smtp(struct stage *stage)
{
    static const struct script_plan plan = { .at = -1,
                                             .offer_auth = true,
                                             .mail = "550 5.7.1 you are " SECRET };

    stage->script = script_start(&plan);
}

static void start_dropping_smtp(struct stage *stage)
{
    static const struct script_plan plan = { .at = 1, .offer_auth = true, .dot = SCRIPT_DROP };

    stage->script = script_start(&plan);
}

static void end_smtp(struct stage *stage)
{
    script_free(stage->script);
}

/* A gateway for texts that takes all of them, or fails with the password in its answer. */
static void answer_http(void *ctx, struct httpd_request *request)
{
    const struct stage *stage = ctx;
    bool good = stage->provider_status == 202;

    httpd_answer(request, stage->provider_status, "text/plain",
                 span_of(good ? "0: Accepted for delivery" : "no: " SECRET), NULL);
}

static void start_http_with(struct stage *stage, int status)
{
    const struct httpd_options server = { .listen = "127.0.0.1:0" };
    const struct http_options client = { .allow_plain = true };
    struct err err = { 0 };

    stage->provider_status = status;
    stage->provider = httpd_start(&server, answer_http, stage, &err);
    stage->env.http = http_create(&client, &err);
    stage->env.provider_dirs = HEED_SOURCE_DIR "/providers";
    if (!stage->provider || !stage->env.http)
        fail_msg("%s", err.text);
}

static void start_http(struct stage *stage)
{
    start_http_with(stage, 202);
}

static void start_rude_http(struct stage *stage)
{
    start_http_with(stage, 403);
}

/* A proxy in between: nobody knows what became of the message. */
static void start_broken_http(struct stage *stage)
{
    start_http_with(stage, 502);
}

static void end_http(struct stage *stage)
{
    http_destroy(stage->env.http);
    httpd_stop(stage->provider);
}

static void start_console(struct stage *stage)
{
    assert_int_equal(pipe2(stage->pipe, O_CLOEXEC | O_NONBLOCK), 0);
    stage->env.out_fd = stage->pipe[1];
}

static void end_console(struct stage *stage)
{
    close(stage->pipe[0]);
    close(stage->pipe[1]);
}

#define SMTP                                                                                       \
    "through = smtp\nfrom = Sam <sam@example.com>\nhost = 127.0.0.1\ntls = off\n"                  \
    "user = sam\npassword_env = HEED_TEST_PASSWORD\n"

#define HTTP                                                                                       \
    "through = http\nprovider = kannel\nfrom = +15557654321\nusername = sam\n"                     \
    "password_env = HEED_TEST_PASSWORD\n"

static const struct row rows[] = {
    { "smtp", "esmtp", SMTP "transport = esmtp\n", start_smtp, end_smtp, true },
    { "smtp", "curl", SMTP "transport = curl\n", start_smtp, end_smtp, true },
    { "smtp", "esmtp, rude server", SMTP "transport = esmtp\n", start_rude_smtp, end_smtp, false },
    { "smtp", "curl, rude server", SMTP "transport = curl\n", start_rude_smtp, end_smtp, false },
    { "smtp", "esmtp, drops", SMTP "transport = esmtp\n", start_dropping_smtp, end_smtp, false },
    { "smtp", "curl, drops", SMTP "transport = curl\n", start_dropping_smtp, end_smtp, false },
    { "http", "kannel", HTTP, start_http, end_http, true },
    { "http", "kannel, rude server", HTTP, start_rude_http, end_http, false },
    { "http", "kannel, broken proxy", HTTP, start_broken_http, end_http, false },
    { "task", "call", "through = task\nchannel = call\n", NULL, NULL, true },
    { "console", "ok", "through = console\nfrom = sam@example.com\n", start_console, end_console,
      true },
    { "console", "retry", "through = console\noutcome = retry\n", start_console, end_console,
      false },
    { "console", "refused", "through = console\noutcome = refused\n", start_console, end_console,
      false },
    { "console", "broken", "through = console\noutcome = broken\n", start_console, end_console,
      false },
    { "console", "unsure", "through = console\noutcome = unsure\n", start_console, end_console,
      false },
};

static void set_up(struct stage *stage, const struct row *row)
{
    char lines[1000];

    *stage = (struct stage){ .row = row, .env = kit_env(10000) };
    if (row->start)
        row->start(stage);
    snprintf(lines, sizeof(lines), "%s", row->lines);
    if (stage->script)
        snprintf(lines, sizeof(lines), "%sport = %d\n", row->lines, script_port(stage->script));
    if (stage->provider)
        snprintf(lines, sizeof(lines), "%sbase_url = http://127.0.0.1:%d\n", row->lines,
                 httpd_port(stage->provider));
    stage->account = kit_open(lines, &stage->env);
}

/* A message of the account's kind. */
static struct message a_message(const struct stage *stage, int number)
{
    struct message message = kit_mail(number);

    if (strcmp(stage->account->address_kind, "phone") == 0) {
        message.to = "+15551230001";
        message.from = "+15557654321";
    }
    return message;
}

static void tear_down(struct stage *stage)
{
    account_close(stage->account);
    if (stage->row->end)
        stage->row->end(stage);
}

static void require(bool good, const struct row *row, const char *rule)
{
    if (!good)
        fail_msg("%s (%s): %s", row->channel, row->what, rule);
}

static bool is_ended(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

static void check_result(const struct row *row, const struct send_result *result,
                         const struct kit_watch *watch, size_t i)
{
    require(result->status <= SEND_UNSURE, row, "1: a status for each message");
    require(is_ended(result->provider_id, sizeof(result->provider_id)) &&
                is_ended(result->reason, sizeof(result->reason)),
            row, "1: texts are ended");
    require((result->status == SEND_OK) == (result->reason[0] == '\0'), row,
            "a reason for all but OK");
    require(!result->address_dead || result->status == SEND_REFUSED, row,
            "address_dead only with REFUSED");
    require(!result->opted_out || result->status == SEND_REFUSED, row,
            "opted_out only with REFUSED");
    require(result->retry_after_ms == 0 || result->status == SEND_RETRY ||
                result->status == SEND_BROKEN,
            row, "retry_after_ms only with RETRY and BROKEN");
    require(!watch->wrong, row, "4: from the calling thread, begun before OK");
    require(watch->begun[i] <= 1, row, "4: begun at most once");
    require(watch->answered[i] == 1, row, "4: answered once");
    require(watch->begun[i] || (result->status != SEND_OK && result->status != SEND_UNSURE), row,
            "5: not begun is never OK and never UNSURE");
    require(watch->told[i] == result->status, row, "4: told what the result says");
    require(!strstr(result->reason, SECRET) && !strstr(result->provider_id, SECRET), row,
            "8: no secret");
}

static void send_batch(const struct stage *stage, struct message *messages, size_t count,
                       struct send_result *results)
{
    struct kit_watch watch;
    struct arena scratch;

    memset(results, 0xff, count * sizeof(*results));
    kit_watch_init(&watch);
    arena_init(&scratch);
    stage->account->channel->send(
        stage->account, &(struct outgoing){ messages, count, &watch.watch }, &scratch, results);
    for (size_t i = 0; i < count; i++)
        check_result(stage->row, &results[i], &watch, i);
    arena_finish(&scratch);
}

static void test_contract__every_channel_fills_every_result(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct message messages[BATCH];
        struct send_result results[BATCH];
        struct stage stage;
        set_up(&stage, &rows[i]);
        for (int k = 0; k < BATCH; k++)
            messages[k] = a_message(&stage, k);
        send_batch(&stage, messages, BATCH, results);
        if (rows[i].takes_all)
            for (int k = 0; k < BATCH; k++)
                require(results[k].status == SEND_OK, &rows[i], results[k].reason);
        send_batch(&stage, messages, 0, results);
        tear_down(&stage);
    }
}

struct sender {
    pthread_t thread;
    const struct stage *stage;
};

static void *send_often(void *arg)
{
    const struct sender *sender = arg;
    struct message messages[BATCH];
    struct send_result results[BATCH];

    for (int k = 0; k < BATCH; k++)
        messages[k] = a_message(sender->stage, k);
    for (int n = 0; n < 4; n++)
        send_batch(sender->stage, messages, BATCH, results);
    return NULL;
}

static void drain(const struct stage *stage)
{
    char bytes[4096];

    if (stage->row->start == start_console)
        while (read(stage->pipe[0], bytes, sizeof(bytes)) > 0)
            continue;
}

static void test_contract__several_threads_send_through_one_account(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sender senders[4];
        struct stage stage;
        set_up(&stage, &rows[i]);
        for (size_t k = 0; k < COUNT_OF(senders); k++) {
            senders[k].stage = &stage;
            assert_int_equal(pthread_create(&senders[k].thread, NULL, send_often, &senders[k]), 0);
        }
        for (size_t k = 0; k < COUNT_OF(senders); k++)
            pthread_join(senders[k].thread, NULL);
        drain(&stage);
        tear_down(&stage);
    }
}

static void spoil(const struct row *row, size_t field, const char *evil)
{
    struct message messages[3];
    struct send_result results[3];
    struct stage stage;

    set_up(&stage, row);
    for (int k = 0; k < 3; k++)
        messages[k] = a_message(&stage, k);
    memcpy((char *)&messages[1] + field, &evil, sizeof(evil));
    send_batch(&stage, messages, 3, results);
    require(results[1].status == SEND_REFUSED, row, "6: a control is refused");
    require(!results[1].address_dead, row, "6: and says nothing of the address");
    require(!row->takes_all || (results[0].status == SEND_OK && results[2].status == SEND_OK), row,
            "6: the others go on");
    require(!row->takes_all || !stage.script || script_stop(stage.script)->accepted == 2, row,
            "6: and nothing more");
    tear_down(&stage);
}

static void test_contract__one_bad_message_does_not_stop_the_others(void **state)
{
    static const char *const evil[] = { "a@b.co\r\nRCPT TO:<x@y.org>", "a\nb", "\x01", "a\xC2\x80",
                                        "a\x7f" };
    static const size_t fields[] = { offsetof(struct message, to), offsetof(struct message, from),
                                     offsetof(struct message, subject),
                                     offsetof(struct message, key),
                                     offsetof(struct message, thread_id) };
    static const size_t mail_fields[] = {
        offsetof(struct message, message_id),  offsetof(struct message, reply_to),
        offsetof(struct message, return_path), offsetof(struct message, references),
        offsetof(struct message, in_reply_to),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t e = 0; e < COUNT_OF(evil); e++) {
            for (size_t f = 0; f < COUNT_OF(fields); f++)
                spoil(&rows[i], fields[f], evil[e]);
            for (size_t f = 0; f < COUNT_OF(mail_fields); f++)
                if (strcmp(rows[i].channel, "smtp") == 0)
                    spoil(&rows[i], mail_fields[f], evil[e]);
        }
}

static int count_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void test_contract__no_channel_leaves_anything_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct message messages[BATCH];
        struct send_result results[BATCH];
        int before = count_fds();
        for (int n = 0; n < 2; n++) {
            struct stage stage;
            set_up(&stage, &rows[i]);
            for (int k = 0; k < BATCH; k++)
                messages[k] = a_message(&stage, k);
            send_batch(&stage, messages, BATCH, results);
            tear_down(&stage);
        }
        require(count_fds() <= before, &rows[i], "7: files stay open");
    }
}

/* Rule 3 as a server sees it: what is refused for now is not tried again. */
static void test_contract__no_channel_tries_again_by_itself(void **state)
{
    static const struct script_plan plan = { .at = -1, .rcpt = "450 4.7.1 later" };
    static const char *const transports[] = { "esmtp", "curl" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(transports); i++) {
        struct row row = { "smtp", transports[i], NULL, NULL, NULL, false };
        struct smtp_script *script = script_start(&plan);
        struct message message = kit_mail(0);
        struct send_result result;
        struct stage stage = { .row = &row, .env = kit_env(10000), .script = script };
        const char *rcpt;
        char lines[300];
        snprintf(lines, sizeof(lines),
                 "through = smtp\nfrom = sam@example.com\nhost = 127.0.0.1\nport = %d\ntls = off\n"
                 "transport = %s\n",
                 script_port(script), transports[i]);
        stage.account = kit_open(lines, &stage.env);
        send_batch(&stage, &message, 1, &result);
        assert_int_equal(result.status, SEND_RETRY);
        rcpt = strstr(str_text(&script_stop(script)->commands), "RCPT");
        assert_non_null(rcpt);
        assert_null(strstr(rcpt + 1, "RCPT"));
        account_close(stage.account);
        script_free(script);
    }
}

static void test_contract__every_channel_is_found_by_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; channel_all[i]; i++) {
        const struct channel *channel = channel_all[i];
        bool has_row = false;
        assert_ptr_equal(channel_find(channel->name), channel);
        assert_non_null(channel->keys);
        assert_non_null(channel->open);
        assert_non_null(channel->close);
        assert_non_null(channel->send);
        channel->close(NULL);
        for (size_t k = 0; k < COUNT_OF(rows); k++)
            has_row = has_row || strcmp(rows[k].channel, channel->name) == 0;
        if (!has_row)
            fail_msg("%s has no row in this test", channel->name);
    }
    assert_null(channel_find("pigeon"));
    account_close(NULL);
}

static void test_contract__bad_settings_are_named_with_their_line(void **state)
{
    static const struct {
        const char *lines, *want;
    } bad[] = {
        { "channel = email", "through" },
        { "through = smpt", "did you mean \"smtp\"" },
        { "through = smtp\nfrom = sam@example.com\nhost = a.example\nhots = b", "host" },
        { "through = smtp\nhost = a.example", "from" },
        { "through = smtp\nfrom = sam\nhost = a.example", "heed.conf:3: from" },
        { "through = smtp\nfrom = Sam <sam@example.com>", "host" },
        { "through = smtp\nfrom = sam@example.com\nhost = a b", "host" },
        { "through = smtp\nfrom = sam@example.com\nhost = a/b@c", "host" },
        { "through = smtp\nfrom = sam@example.com\nhost = a.example\nport = 0", "port" },
        { "through = smtp\nfrom = sam@example.com\nhost = a.example\ntls = maybe", "tls" },
        { "through = smtp\nfrom = sam@example.com\nhost = a.example\ntls = off", "this machine" },
        { "through = smtp\nfrom = sam@example.com\nhost = a.example\nuser = sam", "user" },
        { "through = smtp\nfrom = sam@example.com\nhost = a.example\nchannel = sms", "channel" },
        { "through = smtp\nfrom = sam@example.com\nhost = a.example\ntransport = owl", "owl" },
        { "through = smtp\nfrom = sam@example.com\nhost = a.example\ntls = implicit\n"
          "transport = esmtp",
          "curl" },
        { "through = smtp\nfrom = sam@example.com\nhost = a.example\nca_file = /nowhere.pem",
          "/nowhere.pem" },
        { "through = smtp\nfrom = sam@example.com\nhost = a.example\nhelo = a b", "helo" },
        { "through = smtp\nfrom = sam@example.com\nhost = a.example\nbatch = 0", "batch" },
        { "through = task", "channel" },
        { "through = console\noutcome = maybe", "outcome" },
    };
    struct channel_env env = kit_env(1000);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const char *text = kit_open_error(bad[i].lines, &env);
        if (!strstr(text, bad[i].want))
            fail_msg("%s: \"%s\"", bad[i].lines, text);
    }
    env.allow_plain_loopback = false;
    assert_non_null(strstr(kit_open_error("through = smtp\nfrom = sam@example.com\n"
                                          "host = 127.0.0.1\ntls = off",
                                          &env),
                           "tls"));
}

static void test_contract__accounts_say_what_they_are(void **state)
{
    struct channel_env env = kit_env(1000);
    struct account *mail = kit_open("through = smtp\nfrom = \"Sam, C.\" <sam@example.com>\n"
                                    "host = a.example\nsessions = 3\nbatch = 20\nper_minute = 2\n"
                                    "per_day = 9\nreply_plus = yes\nreturn_path_plus = yes",
                                    &env);
    struct account *call = kit_open("through = task\nchannel = call", &env);

    (void)state;
    assert_string_equal(mail->name, "test");
    assert_string_equal(mail->kind, "email");
    assert_string_equal(mail->address, "sam@example.com");
    assert_string_equal(mail->address_kind, "email");
    assert_int_equal(mail->sessions, 3);
    assert_int_equal(mail->batch, 20);
    assert_false(mail->human);
    assert_string_equal(call->kind, "call");
    assert_string_equal(call->address_kind, "phone");
    assert_int_equal(call->batch, 50);
    assert_true(call->human);
    account_close(mail);
    account_close(call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contract__every_channel_fills_every_result),
        cmocka_unit_test(test_contract__several_threads_send_through_one_account),
        cmocka_unit_test(test_contract__one_bad_message_does_not_stop_the_others),
        cmocka_unit_test(test_contract__no_channel_leaves_anything_open),
        cmocka_unit_test(test_contract__no_channel_tries_again_by_itself),
        cmocka_unit_test(test_contract__every_channel_is_found_by_its_name),
        cmocka_unit_test(test_contract__bad_settings_are_named_with_their_line),
        cmocka_unit_test(test_contract__accounts_say_what_they_are),
    };

    signal(SIGPIPE, SIG_IGN);
    setenv("HEED_TEST_PASSWORD", SECRET, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
