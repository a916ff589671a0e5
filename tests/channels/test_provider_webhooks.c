/* tests/channels/test_provider_webhooks.c - webhooks of the shipped provider files: what they say
 * (tests/cases/providers/webhooks.json), and that nobody else can say it. */
#include "tests/channels/provider_bench.h"

#include "channels/provider_event.h"
#include "core/base/sign.h"

#define SECRET "0123456789abcdefSECRET"

static const struct {
    const char *name, *lines;
} accounts[] = {
    { "twilio", "provider = twilio\nfrom = +15557654321\naccount_sid = AC1\nauth_token = 12345\n" },
    { "telegram", "provider = telegram\nbot_token = 123:ABC\nsecret = my-Secret_1\n" },
    { "kannel", "provider = kannel\nfrom = 1\nusername = u\npassword = p\nsecret = " SECRET "\n" },
};

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

static void open_account(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(accounts); i++) {
        if (strcmp(accounts[i].name, name) == 0)
            bench_open(&bench, accounts[i].lines);
    }
}

/* --- what webhooks say --- */

static void expect_text(const cJSON *expected, const char *name, const char *value, const char *of)
{
    const char *wanted = json_text(expected, name, NULL);

    if (wanted && (!value || strcmp(wanted, value) != 0))
        fail_msg("%s: %s is \"%s\", not \"%s\"", of, name, value ? value : "(none)", wanted);
}

static void expect_event(const cJSON *expected, const struct channel_event *event, const char *of)
{
    bool status = json_get(expected, "delivery") != NULL;

    assert_int_equal(event->kind, status ? CHANNEL_STATUS : CHANNEL_REPLIED);
    assert_non_null(event->event_id);
    if (status)
        expect_text(expected, "delivery", event_deliveries[event->delivery], of);
    expect_text(expected, "event", event->event_id, of);
    expect_text(expected, "id", event->provider_id, of);
    expect_text(expected, "key", event->key, of);
    expect_text(expected, "code", event->code, of);
    expect_text(expected, "from", event->from, of);
    expect_text(expected, "from_name", event->from_name, of);
    expect_text(expected, "to", event->to, of);
    expect_text(expected, "text", event->text, of);
    expect_text(expected, "thread", event->thread_id, of);
    if (json_get(expected, "at"))
        assert_int_equal(event->at_ms, json_int(expected, "at", 0));
}

static struct httpd_request request_of_case(const cJSON *row, struct httpd_header *type)
{
    *type = (struct httpd_header){ "Content-Type", json_text(row, "type", "") };
    return (struct httpd_request){ .method = json_text(row, "method", ""),
                                   .path = json_text(row, "path", ""),
                                   .query = json_text(row, "query", ""),
                                   .remote = "127.0.0.1",
                                   .headers = type,
                                   .header_count = 1,
                                   .body = span_of(json_text(row, "body", "")) };
}

static void test_provider_event__reads_every_case(void **state)
{
    struct err err = { 0 };
    cJSON *cases = json_read_file(HEED_SOURCE_DIR "/tests/cases/providers/webhooks.json", &err);
    const cJSON *row;
    int run = 0;

    (void)state;
    if (!cases)
        fail_msg("%s", err.text);
    cJSON_ArrayForEach(row, json_get(cases, "webhooks"))
    {
        const cJSON *events = json_get(row, "events");
        const char *name = json_text(row, "name", "");
        struct httpd_header type;
        struct httpd_request request = request_of_case(row, &type);
        struct channel_ack ack;

        open_account(json_text(row, "account", ""));
        assert_int_equal(bench_webhook(&bench, &request, &ack),
                         json_bool(row, "fails", false) ? -1 : 0);
        if (bench.event_count != (size_t)cJSON_GetArraySize(events))
            fail_msg("%s: %zu events", name, bench.event_count);
        for (size_t i = 0; i < bench.event_count; i++)
            expect_event(cJSON_GetArrayItem(events, (int)i), &bench.events[i], name);
        run++;
    }
    assert_true(run >= 19);
    cJSON_Delete(cases);
}

static void test_provider_event__gives_the_same_bytes_the_same_id(void **state)
{
    struct httpd_request request = { .method = "GET",
                                     .path = "/webhook/texts/" SECRET,
                                     .query = "sender=15551230001&message=Yes",
                                     .remote = "" };
    struct channel_ack ack;
    const char *first;

    (void)state;
    open_account("kannel");
    assert_int_equal(bench_webhook(&bench, &request, &ack), 0);
    first = bench.events[0].event_id;
    assert_int_equal(bench_webhook(&bench, &request, &ack), 0);
    assert_string_equal(bench.events[0].event_id, first);
    request.query = "sender=15551230001&message=Yes&ts=2";
    assert_int_equal(bench_webhook(&bench, &request, &ack), 0);
    assert_string_not_equal(bench.events[0].event_id, first);
}

static void test_provider_event__answers_as_each_provider_wants(void **state)
{
    struct httpd_request request = {
        .method = "POST", .path = "/webhook/texts", .query = "", .remote = ""
    };
    struct channel_ack ack;
    struct err err = { 0 };

    (void)state;
    open_account("twilio");
    assert_int_equal(channel_http.webhook(bench.account, &request,
                                          &(struct channel_sink){ .scratch = &bench.arena }, &ack,
                                          &err),
                     0);
    assert_int_equal(ack.status, 200);
    assert_string_equal(ack.content_type, "text/xml");
    assert_non_null(strstr(ack.body, "<Response/>"));
    open_account("kannel"); /* what is not empty would go out as an SMS */
    assert_int_equal(channel_http.webhook(bench.account, &request,
                                          &(struct channel_sink){ .scratch = &bench.arena }, &ack,
                                          &err),
                     0);
    assert_string_equal(ack.body, "");
}

/* --- who may say it --- */

/* twilio-python's published example. */
static const struct httpd_header twilio_headers[] = {
    { "Content-Type", "application/x-www-form-urlencoded" },
    { "X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=" },
};
static const char twilio_body[] = "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&"
                                  "To=%2B18005551212&Caller=%2B14158675309";

static struct httpd_request twilio_request(void)
{
    return (struct httpd_request){ .method = "POST",
                                   .path = "/myapp.php",
                                   .query = "foo=1&bar=2",
                                   .remote = "",
                                   .headers = twilio_headers,
                                   .header_count = 2,
                                   .body = span_of(twilio_body) };
}

static void test_twilio__accepts_its_signature_with_and_without_a_port(void **state)
{
    static const struct {
        const char *public_url;
        bool good;
    } rows[] = {
        { "https://mycompany.com", true },       { "https://mycompany.com:443", true },
        { "https://mycompany.com:1234", true },  { "http://mycompany.com", false },
        { "https://mycompany.com.evil", false }, { NULL, false },
    };
    struct httpd_request request = twilio_request();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench.env.public_url = rows[i].public_url;
        open_account("twilio");
        assert_int_equal(bench_verify(&bench, &request), rows[i].good ? 0 : -1);
    }
}

/* Only a bit that changes nothing may pass: "%2b" says what "%2B" says. */
static void test_twilio__accepts_no_bit_changed(void **state)
{
    char body[sizeof(twilio_body)];
    struct httpd_request request = twilio_request();

    (void)state;
    bench.env.public_url = "https://mycompany.com";
    open_account("twilio");
    for (size_t bit = 0; bit < (sizeof(twilio_body) - 1) * 8; bit++) {
        memcpy(body, twilio_body, sizeof(body));
        body[bit / 8] = (char)(body[bit / 8] ^ (1 << (bit % 8)));
        request.body = span_make(body, sizeof(body) - 1);
        if (bench_verify(&bench, &request) == 0)
            assert_string_equal(url_decode(&bench.arena, request.body, true),
                                url_decode(&bench.arena, span_of(twilio_body), true));
        arena_reset(&bench.arena);
    }
}

static void test_twilio__binds_a_json_body_by_its_hash(void **state)
{
    static const struct httpd_header json[] = {
        { "Content-Type", "application/json" },
        { "X-Twilio-Signature", "a9nBmqA0ju/hNViExpshrM61xv4=" },
    };
    struct httpd_request request = twilio_request();

    (void)state;
    bench.env.public_url = "https://mycompany.com";
    open_account("twilio");
    request.headers = json;
    request.query = "foo=1&bar=2&bodySHA256="
                    "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    request.body = span_of("{\"property\": \"value\", \"boolean\": true}");
    assert_int_equal(bench_verify(&bench, &request), 0);
    request.body = span_of("{\"property\": \"evil\", \"boolean\": true}");
    assert_int_equal(bench_verify(&bench, &request), -1);
}

static void test_twilio__wants_the_path_secret_too_when_there_is_one(void **state)
{
    struct httpd_header headers[2] = { { "Content-Type", "application/x-www-form-urlencoded" } };
    struct httpd_request request = { .method = "POST",
                                     .query = "",
                                     .remote = "",
                                     .headers = headers,
                                     .header_count = 2,
                                     .body = span_of("Body=x") };
    static const struct {
        const char *path;
        bool good;
    } rows[] = {
        { "/webhook/texts/" SECRET, true },
        { "/webhook/texts", false },
        { "/webhook/texts/" SECRET "x", false },
        { "/webhook/texts/0123456789abcdefSECREX", false },
    };

    (void)state;
    bench_open(&bench, "provider = twilio\nfrom = +15557654321\naccount_sid = AC1\n"
                       "auth_token = 12345\nsecret = " SECRET "\n");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *text =
            arena_printf(&bench.arena, "https://heed.example.com%sBodyx", rows[i].path);
        unsigned char mac[SIGN_MAX_BYTES];
        size_t len = sign_hmac(SIGN_SHA1, span_of("12345"), span_of(text), mac);

        request.path = rows[i].path;
        headers[1] =
            (struct httpd_header){ "X-Twilio-Signature",
                                   sign_base64(&bench.arena, span_make((const char *)mac, len)) };
        assert_int_equal(bench_verify(&bench, &request), rows[i].good ? 0 : -1);
    }
}

static void test_telegram__wants_its_secret_header(void **state)
{
    static const struct {
        const char *value;
        bool good;
    } rows[] = {
        { "my-Secret_1", true }, { "my-Secret_", false },  { "my-Secret_11", false },
        { "", false },           { "MY-SECRET_1", false },
    };
    struct httpd_request request = {
        .method = "POST", .path = "/webhook/texts", .query = "", .remote = "", .body = span_of("{}")
    };

    (void)state;
    open_account("telegram");
    assert_int_equal(bench_verify(&bench, &request), -1);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct httpd_header header = { "X-Telegram-Bot-Api-Secret-Token", rows[i].value };

        request.headers = &header;
        request.header_count = 1;
        assert_int_equal(bench_verify(&bench, &request), rows[i].good ? 0 : -1);
        request.header_count = 0;
    }
    bench_open(&bench, "provider = telegram\nbot_token = 123:ABC\n"); /* no secret: no webhooks */
    assert_int_equal(bench_verify(&bench, &request), -1);
}

static void test_kannel__wants_the_secret_in_the_path(void **state)
{
    static const struct {
        const char *path;
        bool good;
    } rows[] = {
        { "/webhook/texts/" SECRET, true },
        { "/webhook/texts", false },
        { "/webhook/texts/", false },
        { "/webhook/texts/" SECRET "/", false },
        { "/webhook/other/" SECRET, false },
        { "/webhook/texts/0123456789abcdefSECREX", false },
        { "/webhook/texts/0123456789abcdefSECRE", false },
    };
    struct httpd_request request = { .method = "GET", .query = "ref=1&status=1", .remote = "" };

    (void)state;
    open_account("kannel");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        request.path = rows[i].path;
        assert_int_equal(bench_verify(&bench, &request), rows[i].good ? 0 : -1);
    }
    bench_open(&bench, "provider = kannel\nfrom = 1\nusername = u\npassword = p\n");
    request.path = "/webhook/texts";
    assert_int_equal(bench_verify(&bench, &request), -1);
    request.path = "/webhook/texts/";
    assert_int_equal(bench_verify(&bench, &request), -1);
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(test_provider_event__reads_every_case),
        WITH_BENCH(test_provider_event__gives_the_same_bytes_the_same_id),
        WITH_BENCH(test_provider_event__answers_as_each_provider_wants),
        WITH_BENCH(test_twilio__accepts_its_signature_with_and_without_a_port),
        WITH_BENCH(test_twilio__accepts_no_bit_changed),
        WITH_BENCH(test_twilio__binds_a_json_body_by_its_hash),
        WITH_BENCH(test_twilio__wants_the_path_secret_too_when_there_is_one),
        WITH_BENCH(test_telegram__wants_its_secret_header),
        WITH_BENCH(test_kannel__wants_the_secret_in_the_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
