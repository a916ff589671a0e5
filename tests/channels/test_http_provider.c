/* tests/channels/test_http_provider.c - the channel "http" end to end: a small web server plays the
 * provider; answers, limits, faults, webhooks. */
#include "tests/channels/provider_bench.h"

#include "core/base/sign.h"
#include "tests/net/scripted.h"

#define TWILIO                                                                                     \
    "provider = twilio\nfrom = +15557654321\naccount_sid = AC1\nauth_token = tok-twilio-secret\n"
#define TELEGRAM "provider = telegram\nbot_token = 123:ABC-token-secret\n"
#define KANNEL "provider = kannel\nfrom = 24453\nusername = u\npassword = pass-kannel-secret\n"
#define SECRET "0123456789abcdefSECRET"

static struct bench bench;

static int set_up(void **state)
{
    (void)state;
    bench_start(&bench);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    bench_stop(&bench);
    return 0;
}

static struct message a_message(void)
{
    return (struct message){
        .key = "to5k2abc", .to = "+15551230001", .from = "+15557654321", .text = "Hi Zo\xC3\xAB"
    };
}

static const struct send_result *send_one(const struct message *message)
{
    return bench_send(&bench, message, 1);
}

/* --- verdicts --- */

static const struct {
    const char *name, *account, *to;
    int http;
    const char *header, *body;
    enum send_status status;
    int64_t wait_ms;
    bool dead, out;
    const char *id;
} answers[] = {
    { "taken", TWILIO, "+15551230001", 201, NULL, "{\"sid\":\"SM1\",\"status\":\"queued\"}",
      SEND_OK, 0, false, false, "SM1" },
    { "2xx without an id", TWILIO, "+15551230001", 200, NULL, "<html>ok</html>", SEND_UNSURE, 0,
      false, false, "" },
    { "2xx empty", TWILIO, "+15551230001", 200, NULL, "", SEND_UNSURE, 0, false, false, "" },
    { "429 with a wait", TWILIO, "+15551230001", 429, "Retry-After: 7", "{\"code\":20429}",
      SEND_RETRY, 7000, false, false, "" },
    { "429 without a wait", TWILIO, "+15551230001", 429, NULL, "", SEND_RETRY, 0, false, false,
      "" },
    { "503 with a wait", TWILIO, "+15551230001", 503, "Retry-After: 30", "busy", SEND_RETRY, 30000,
      false, false, "" },
    { "503 from a proxy", TWILIO, "+15551230001", 503, NULL, "upstream", SEND_UNSURE, 0, false,
      false, "" },
    { "500 from a proxy", TWILIO, "+15551230001", 500, NULL, "<html>", SEND_UNSURE, 0, false, false,
      "" },
    { "500 from the provider itself", TWILIO, "+15551230001", 500, NULL,
      "{\"code\":20500,\"message\":\"Internal Server Error\"}", SEND_RETRY, 0, false, false, "" },
    { "504 empty", TWILIO, "+15551230001", 504, NULL, "", SEND_UNSURE, 0, false, false, "" },
    { "bad number", TWILIO, "+15551230001", 400, NULL, "{\"code\":21211,\"message\":\"bad 'To'\"}",
      SEND_REFUSED, 0, true, false, "" },
    { "opted out", TWILIO, "+15551230001", 400, NULL, "{\"code\":21610}", SEND_REFUSED, 0, false,
      true, "" },
    { "another 400", TWILIO, "+15551230001", 400, NULL, "{\"code\":12345}", SEND_REFUSED, 0, false,
      false, "" },
    { "400 of a proxy", TWILIO, "+15551230001", 400, NULL, "?", SEND_REFUSED, 0, false, false, "" },
    { "bad key", TWILIO, "+15551230001", 401, NULL, "{\"code\":20003}", SEND_BROKEN, 0, false,
      false, "" },
    { "forbidden", TWILIO, "+15551230001", 403, NULL, "", SEND_BROKEN, 0, false, false, "" },
    { "no credit", TWILIO, "+15551230001", 402, NULL, "", SEND_BROKEN, 0, false, false, "" },
    { "redirect", TWILIO, "+15551230001", 302, "Location: /x", "", SEND_BROKEN, 0, false, false,
      "" },
    { "a deep answer", TWILIO, "+15551230001", 201, NULL,
      "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
      SEND_UNSURE, 0, false, false, "" },
    { "two ids", TWILIO, "+15551230001", 201, NULL, "{\"sid\":\"A\",\"sid\":\"B\"}", SEND_UNSURE, 0,
      false, false, "" },
    { "telegram, large ids", TELEGRAM, "-1001234567890123456", 200, NULL,
      "{\"ok\":true,\"result\":{\"message_id\":4912661846655238145,"
      "\"chat\":{\"id\":-1001234567890123456}}}",
      SEND_OK, 0, false, false, "-1001234567890123456:4912661846655238145" },
    { "telegram, too fast", TELEGRAM, "1", 429, NULL,
      "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":30}}", SEND_RETRY, 30000,
      false, false, "" },
    { "telegram, wait for ages", TELEGRAM, "1", 429, NULL,
      "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":3000000}}", SEND_RETRY,
      3600000, false, false, "" },
    { "telegram, blocked", TELEGRAM, "1", 403, NULL,
      "{\"ok\":false,\"error_code\":403,\"description\":\"Forbidden: bot was blocked by the "
      "user\"}",
      SEND_REFUSED, 0, false, true, "" },
    { "telegram, ok false with 200", TELEGRAM, "1", 200, NULL, "{\"ok\":false}", SEND_UNSURE, 0,
      false, false, "" },
    { "kannel, taken", KANNEL, "+15551230001", 202, NULL, "0: Accepted for delivery", SEND_OK, 0,
      false, false, "0: Accepted for delivery" },
    { "kannel, queued", KANNEL, "+15551230001", 202, NULL, "3: Queued for later delivery", SEND_OK,
      0, false, false, "3: Queued for later delivery" },
    { "kannel, not taken", KANNEL, "+15551230001", 503, NULL, "Temporal failure, try again later.",
      SEND_RETRY, 0, false, false, "" },
    { "kannel, bad login", KANNEL, "+15551230001", 403, NULL, "Authorization failed for sendsms",
      SEND_BROKEN, 0, false, false, "" },
    { "kannel, denied", KANNEL, "+15551230001", 400, NULL,
      "Number(s) has/have been denied by white- and/or black-lists.", SEND_REFUSED, 0, true, false,
      "" },
};

static void test_http_provider__reads_each_answer_by_its_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct message message = a_message();
        const struct send_result *result;

        message.to = answers[i].to;
        bench_open(&bench, answers[i].account);
        bench.status = answers[i].http;
        bench.header = answers[i].header;
        bench.body = answers[i].body;
        result = send_one(&message);
        if (result->status != answers[i].status || result->retry_after_ms != answers[i].wait_ms ||
            result->address_dead != answers[i].dead || result->opted_out != answers[i].out ||
            strcmp(result->provider_id, answers[i].id) != 0)
            fail_msg("%s: status %d, wait %lld, dead %d, out %d, id %s, reason %s", answers[i].name,
                     result->status, (long long)result->retry_after_ms, result->address_dead,
                     result->opted_out, result->provider_id, result->reason);
        assert_int_equal(bench.begun[0], 1);
        assert_int_equal(bench.requests, 1);
        assert_int_equal(result->reason[0] == '\0', result->status == SEND_OK);
    }
}

/* --- faults of the line --- */

static void play_cut(struct scripted *server, int fd)
{
    scripted_read_request(server, fd);
}

static void test_http_provider__is_unsure_when_cut_after_the_request(void **state)
{
    struct scripted server = { .play = play_cut };
    struct message message = a_message();
    struct err err = { 0 };

    (void)state;
    scripted_start(&server);
    assert_non_null(bench_try(
        &bench,
        arena_printf(&bench.arena, "through = http\nbase_url = http://127.0.0.1:%d\n" TWILIO,
                     server.port),
        &err));
    assert_int_equal(send_one(&message)->status, SEND_UNSURE);
    assert_int_equal(bench.begun[0], 1);
    scripted_stop(&server);
    assert_int_equal(atomic_load(&server.requests), 1);
}

static void test_http_provider__retries_when_nobody_listens(void **state)
{
    struct message message = a_message();
    struct err err = { 0 };

    (void)state;
    assert_non_null(
        bench_try(&bench, "through = http\nbase_url = http://127.0.0.1:1\n" TWILIO, &err));
    assert_int_equal(send_one(&message)->status, SEND_RETRY);
    assert_int_equal(bench.begun[0], 0);
    assert_true(bench.results[0].reason[0]);
}

/* --- messages that must not leave --- */

static const struct {
    const char *name, *account;
    struct message message;
    bool dead;
} bad[] = {
    { "CR LF in to", TWILIO, { "k", "+1555123000\r\nX: 1", "+1", .text = "x" }, false },
    { "control in from", TWILIO, { "k", "+15551230001", "+1\x01", .text = "x" }, false },
    { "LF in subject",
      TWILIO,
      { "k", "+15551230001", "+1", .subject = "a\nb", .text = "x" },
      false },
    { "CR in key", TWILIO, { "k\r", "+15551230001", "+1", .text = "x" }, false },
    { "NEL in name",
      TWILIO,
      { "k", "+15551230001", "+1",
        "a\xC2\x85"
        "b",
        .text = "x" },
      false },
    { "LF in thread", TELEGRAM, { "k", "1", "b", .text = "x", .thread_id = "1:2\n" }, false },
    { "no phone", TWILIO, { "k", "15551230001", "+1", .text = "x" }, true },
    { "a letter", TWILIO, { "k", "+1555123000a", "+1", .text = "x" }, true },
    { "an e-mail", KANNEL, { "k", "a@example.com", "+1", .text = "x" }, true },
    { "no chat", TELEGRAM, { "k", "12 34", "b", .text = "x" }, true },
    { "path in chat", TELEGRAM, { "k", "../../getMe", "b", .text = "x" }, true },
    { "empty text", TWILIO, { "k", "+15551230001", "+1", .text = "" }, false },
    { "broken UTF-8", TWILIO, { "k", "+15551230001", "+1", .text = "a\xFF" }, false },
};

static void test_http_provider__refuses_bad_messages_and_sends_the_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct message pair[2] = { bad[i].message, a_message() };

        pair[1].to = bad[i].account[11] == 't' && bad[i].account[12] == 'e' ? "77" : pair[1].to;
        bench_open(&bench, bad[i].account);
        bench.status = 503;
        bench.body = "";
        bench_send(&bench, pair, 2);
        if (bench.results[0].status != SEND_REFUSED || bench.results[0].address_dead != bad[i].dead)
            fail_msg("%s: %d %d %s", bad[i].name, bench.results[0].status,
                     bench.results[0].address_dead, bench.results[0].reason);
        assert_int_equal(bench.begun[0], 0);
        assert_int_equal(bench.begun[1], 1);
        assert_int_equal(bench.requests, 1);
    }
}

static void test_http_provider__counts_text_in_the_providers_units(void **state)
{
    static const struct {
        const char *account, *piece;
        int count;
        bool fits;
        size_t max_bytes;
    } rows[] = {
        { TWILIO, "a", 1600, true, 4800 },
        { TWILIO, "a", 1601, false, 4800 },
        { TWILIO, "\xD0\x96", 1600, true, 4800 },
        { TWILIO, "\xD0\x96", 1601, false, 4800 },
        { TWILIO, "\xF0\x9F\x98\x80", 800, true, 4800 },
        { TWILIO, "\xF0\x9F\x98\x80", 801, false, 4800 },
        { KANNEL, "a", 1530, true, 3200 }, /* ten segments */
        { KANNEL, "a", 1531, false, 3200 },
        { KANNEL, "]", 760, true, 3200 },
        { KANNEL, "]", 761, false, 3200 },
        { KANNEL, "\xD0\x96", 670, true, 3200 },
        { KANNEL, "\xD0\x96", 671, false, 3200 },
        { KANNEL, "\xF0\x9F\x98\x80", 330, true, 3200 },
        { KANNEL, "\xF0\x9F\x98\x80", 331, false, 3200 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool kannel = strcmp(rows[i].account, KANNEL) == 0;
        struct message message = a_message();
        struct str text;

        bench_open(&bench, rows[i].account);
        bench.status = kannel ? 202 : 201;
        bench.body = kannel ? "0: Accepted for delivery" : "{\"sid\":\"SM1\"}";
        assert_int_equal(bench.account->max_text_bytes, rows[i].max_bytes);
        str_init(&text, 10000);
        for (int k = 0; k < rows[i].count; k++)
            str_add_text(&text, rows[i].piece);
        message.text = str_text(&text);
        assert_int_equal(send_one(&message)->status, rows[i].fits ? SEND_OK : SEND_REFUSED);
        str_finish(&text);
    }
}

/* --- what is asked for --- */

static void test_twilio__asks_for_receipts_with_our_key(void **state)
{
    struct message message = a_message();

    (void)state;
    bench_open(&bench, TWILIO);
    send_one(&message);
    assert_string_equal(bench_field(&bench, "StatusCallback"),
                        "https://heed.example.com/webhook/texts?ref=to5k2abc");
    assert_string_equal(bench_field(&bench, "ValidityPeriod"), "14400");
    bench_open(&bench, TWILIO "secret = " SECRET "\nvalidity_s = 60\n");
    send_one(&message);
    assert_string_equal(bench_field(&bench, "StatusCallback"),
                        "https://heed.example.com/webhook/texts/" SECRET "?ref=to5k2abc");
    assert_string_equal(bench_field(&bench, "ValidityPeriod"), "60");
    bench.env.public_url = NULL;
    bench_open(&bench, TWILIO);
    send_one(&message);
    assert_null(bench_field(&bench, "StatusCallback"));
}

static void test_kannel__asks_for_receipts_only_where_it_can_check_them(void **state)
{
    struct message message = a_message();

    (void)state;
    bench_open(&bench, KANNEL);
    send_one(&message);
    assert_null(bench_field(&bench, "dlr-url"));
    bench_open(&bench, KANNEL "secret = " SECRET "\nsmsc = one\n");
    send_one(&message);
    assert_string_equal(bench_field(&bench, "dlr-url"),
                        "https://heed.example.com/webhook/texts/" SECRET
                        "?ref=to5k2abc&status=%d&answer=%A&ts=%T");
    assert_string_equal(bench_field(&bench, "smsc"), "one");
    assert_string_equal(bench_field(&bench, "validity"), "240");
    assert_string_equal(bench_field(&bench, "coding"), "2"); /* e with diaeresis is not GSM */
    message.text = "plain \xE2\x82\xAC";
    send_one(&message);
    assert_string_equal(bench_field(&bench, "coding"), "0");
}

static void test_telegram__answers_the_message_it_is_told_to(void **state)
{
    struct message message = a_message();

    (void)state;
    bench_open(&bench, TELEGRAM);
    message.to = "1146088193411170365";
    message.thread_id = "1146088193411170365:9007199254740993";
    send_one(&message);
    assert_string_equal(bench.sent,
                        "{\"chat_id\":\"1146088193411170365\",\"text\":\"Hi Zo\xC3\xAB\","
                        "\"reply_parameters\":{\"message_id\":9007199254740993}}");
    message.thread_id = "not ours";
    send_one(&message);
    assert_null(strstr(bench.sent, "reply_parameters"));
}

/* --- a batch --- */

static void test_http_provider__sends_a_batch_and_keeps_results_apart(void **state)
{
    struct message messages[40];

    (void)state;
    bench_open(&bench, TWILIO);
    bench.status = 201;
    bench.body = "{\"sid\":\"SM1\"}";
    for (int i = 0; i < 40; i++) {
        messages[i] = a_message();
        if (i % 5 == 0)
            messages[i].to = "nowhere";
    }
    bench_send(&bench, messages, 40);
    assert_int_equal(bench.requests, 32);
    for (int i = 0; i < 40; i++) {
        assert_int_equal(bench.results[i].status, i % 5 == 0 ? SEND_REFUSED : SEND_OK);
        assert_int_equal(bench.begun[i], i % 5 != 0);
    }
}

static void test_http_provider__stops_a_batch_when_told_to_wait(void **state)
{
    struct message messages[40];

    (void)state;
    for (int i = 0; i < 40; i++)
        messages[i] = a_message();
    bench_open(&bench, TWILIO);
    bench.status = 429;
    bench.header = "Retry-After: 9";
    bench_send(&bench, messages, 40);
    assert_true(bench.requests <= 16);
    for (int i = 0; i < 40; i++) {
        assert_int_equal(bench.results[i].status, SEND_RETRY);
        assert_int_equal(bench.results[i].retry_after_ms, 9000);
    }
    bench.header = NULL;
    bench.status = 401;
    bench_send(&bench, messages, 40);
    assert_true(bench.requests <= 16);
    assert_int_equal(bench.results[39].status, SEND_BROKEN);
    assert_int_equal(bench.begun[39], 0);
}

static void *send_many(void *ctx)
{
    struct bench *shared = ctx;
    struct send_result results[8];
    struct message messages[8];
    struct bench counts = { .in_order = true, .watch = { bench_begun, bench_answered } };
    struct arena arena;
    intptr_t good = 0;

    arena_init(&arena);
    for (int i = 0; i < 8; i++)
        messages[i] = a_message();
    for (int round = 0; round < 10; round++) {
        channel_http.send(shared->account, &(struct outgoing){ messages, 8, &counts.watch }, &arena,
                          results);
        for (int i = 0; i < 8; i++)
            good += results[i].status == SEND_OK;
        arena_reset(&arena);
    }
    arena_finish(&arena);
    return (void *)good;
}

static void test_http_provider__sends_from_several_threads(void **state)
{
    pthread_t threads[4];

    (void)state;
    bench_open(&bench, TWILIO);
    bench.status = 201;
    bench.body = "{\"sid\":\"SM1\"}";
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, send_many, &bench);
    for (int i = 0; i < 4; i++) {
        void *good;

        pthread_join(threads[i], &good);
        assert_int_equal((intptr_t)good, 80);
    }
    assert_int_equal(bench.requests, 320);
}

/* --- secrets --- */

static void test_http_provider__lets_no_secret_out_of_an_answer(void **state)
{
    static const char *const secrets[] = { "tok-twilio-secret", "QUMxOnRvay10d2lsaW8tc2VjcmV0" };
    struct message message = a_message();

    (void)state;
    bench_open(&bench, TWILIO);
    for (size_t i = 0; i < COUNT_OF(secrets); i++) {
        for (int pad = 0; pad < 200; pad += 3) {
            bench.status = 400;
            bench.body = arena_printf(&bench.arena, "{\"code\":1,\"message\":\"%0*d %s\"}", pad, 0,
                                      secrets[i]);
            send_one(&message);
            assert_null(strstr(bench.results[0].reason, "twilio-s"));
            assert_null(strstr(bench.results[0].reason, "QUMx"));
        }
        bench.status = 201;
        bench.body = arena_printf(&bench.arena, "{\"sid\":\"%s\"}", secrets[i]);
        assert_null(strstr(send_one(&message)->provider_id, secrets[i]));
    }
    bench.status = 400;
    bench.body = "{\"code\":1,\"message\":\"tok\\u002dtwilio\\u002dsecret\"}";
    assert_null(strstr(send_one(&message)->reason, "twilio-s"));
}

static void test_http_provider__puts_no_control_into_a_reason(void **state)
{
    struct message message = a_message();

    (void)state;
    bench_open(&bench, TWILIO);
    bench.status = 400;
    bench.body = "{\"code\":1,\"message\":\"a\\r\\nlevel=error\\u0007\"}";
    send_one(&message);
    for (const char *c = bench.results[0].reason; *c; c++)
        assert_true((unsigned char)*c >= ' ');
}

/* --- heed account test --- */

static void test_http_provider__logs_in_without_sending(void **state)
{
    char sentence[200];
    struct err err = { 0 };

    (void)state;
    bench_open(&bench, TWILIO);
    bench.body = "{\"friendly_name\":\"Sam's\\u0007 account\",\"status\":\"active\"}";
    assert_int_equal(channel_http.test(bench.account, sentence, &err), 0);
    assert_string_equal(sentence, "logged in to Sam's  account");
    assert_string_equal(bench.url, "/2010-04-01/Accounts/AC1.json");
    bench.status = 401;
    assert_int_equal(channel_http.test(bench.account, sentence, &err), -1);
    assert_int_equal(err.code, ERR_REFUSED);
    bench_open(&bench, KANNEL);
    bench.status = 400;
    bench.body = "Missing receiver number, rejected";
    assert_int_equal(channel_http.test(bench.account, sentence, &err), 0);
    bench.status = 403;
    bench.body = "Authorization failed for sendsms";
    assert_int_equal(channel_http.test(bench.account, sentence, &err), -1);
    bench_open(&bench, TELEGRAM);
    bench.status = 200;
    bench.body = "{\"ok\":true,\"result\":{\"username\":\"heed_bot\"}}";
    assert_int_equal(channel_http.test(bench.account, sentence, &err), 0);
    assert_string_equal(sentence, "logged in as @heed_bot");
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(test_http_provider__reads_each_answer_by_its_file),
        WITH_BENCH(test_http_provider__is_unsure_when_cut_after_the_request),
        WITH_BENCH(test_http_provider__retries_when_nobody_listens),
        WITH_BENCH(test_http_provider__refuses_bad_messages_and_sends_the_others),
        WITH_BENCH(test_http_provider__counts_text_in_the_providers_units),
        WITH_BENCH(test_twilio__asks_for_receipts_with_our_key),
        WITH_BENCH(test_kannel__asks_for_receipts_only_where_it_can_check_them),
        WITH_BENCH(test_telegram__answers_the_message_it_is_told_to),
        WITH_BENCH(test_http_provider__sends_a_batch_and_keeps_results_apart),
        WITH_BENCH(test_http_provider__stops_a_batch_when_told_to_wait),
        WITH_BENCH(test_http_provider__sends_from_several_threads),
        WITH_BENCH(test_http_provider__lets_no_secret_out_of_an_answer),
        WITH_BENCH(test_http_provider__puts_no_control_into_a_reason),
        WITH_BENCH(test_http_provider__logs_in_without_sending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
