/* tests/net/test_http.c - requests against our own web server: what arrives, what comes back, many
 * at once, connection reuse, refused addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/attr.h"
#include "core/net/http.h"
#include "core/net/httpd.h"
#include "core/net/url.h"

#define MANY 300

static struct httpd *server;
static struct http *http;
static struct arena arena;
static char base[64];
static atomic_int seen;

static void handle(void *ctx, struct httpd_request *request)
{
    struct arena *scratch = httpd_arena(request);
    const char *type = httpd_header_of(request, "Content-Type");
    const char *auth = httpd_header_of(request, "Authorization");
    char *text = arena_printf(scratch, "%s %s?%s type=%s auth=%s body=%.*s", request->method,
                              request->path, request->query, type ? type : "none",
                              auth ? auth : "none", (int)request->body.len, request->body.data);

    (void)ctx;
    atomic_fetch_add(&seen, 1);
    if (strcmp(request->path, "/redirect") == 0)
        httpd_answer(request, 302, NULL, span_of(""), "Location: /elsewhere");
    else if (strcmp(request->path, "/wait") == 0)
        httpd_answer(request, 429, NULL, span_of(""),
                     arena_printf(scratch, "Retry-After: %s",
                                  url_decode(scratch, span_of(request->query), true)));
    else
        httpd_answer(request, 200, "text/plain", span_of(text), "X-Answer:  a b  ");
}

static int set_up(void **state)
{
    const struct httpd_options options = { .listen = "127.0.0.1:0" };
    const struct http_options local = { .allow_plain = true };
    struct err err = { 0 };

    (void)state;
    arena_init(&arena);
    server = httpd_start(&options, handle, NULL, &err);
    http = http_create(&local, &err);
    if (!server || !http)
        fail_msg("%s", err.text);
    snprintf(base, sizeof(base), "http://127.0.0.1:%d", httpd_port(server));
    atomic_store(&seen, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    http_destroy(http);
    httpd_stop(server);
    arena_finish(&arena);
    return 0;
}

static const char *at(const char *path)
{
    return arena_printf(&arena, "%s%s", base, path);
}

static struct http_response one(const struct http_request *request)
{
    struct http_response response;

    http_many(http, &(struct http_round){ request, 1, NULL }, &arena, &response);
    return response;
}

static void test_http__sends_what_it_was_given(void **state)
{
    static const char *const headers[] = { "Content-Type: application/json", "X-Key: 1", NULL };
    const struct http_request request = { .method = "POST",
                                          .url = at("/a?b=c"),
                                          .headers = headers,
                                          .body = span_of("{\"x\":1}"),
                                          .user = "sid",
                                          .password = "to:ken" };
    struct http_response response = one(&request);

    (void)state;
    assert_int_equal(response.fate, HTTP_ANSWERED);
    assert_int_equal(response.status, 200);
    assert_string_equal(response.body.data, "POST /a?b=c type=application/json "
                                            "auth=Basic c2lkOnRvOmtlbg== body={\"x\":1}");
    assert_true(span_is(http_header(response.headers, "x-answer"), "a b"));
    assert_int_equal(http_header(response.headers, "X-Ans").len, 0);
}

static void test_http__knows_methods_with_and_without_a_body(void **state)
{
    static const char *const methods[] = { "GET", "POST", "PUT", "DELETE", "PATCH" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        const struct http_request request = { .method = methods[i], .url = at("/m") };
        struct http_response response = one(&request);

        assert_int_equal(response.fate, HTTP_ANSWERED);
        assert_string_equal(response.body.data,
                            arena_printf(&arena, "%s /m? type=none auth=none body=", methods[i]));
    }
}

struct log_of {
    struct http_watch watch;
    int begun[MANY], answered[MANY];
    bool in_order;
};

static void note_begun(const struct http_watch *watch, size_t index)
{
    struct log_of *log = (struct log_of *)(uintptr_t)watch;

    log->begun[index]++;
    log->in_order = log->in_order && !log->answered[index];
}

static void note_answered(const struct http_watch *watch, size_t index,
                          const struct http_response *response)
{
    struct log_of *log = (struct log_of *)(uintptr_t)watch;

    log->answered[index]++;
    log->in_order = log->in_order && (log->begun[index] || response->fate == HTTP_NOT_SENT);
}

static struct log_of new_log(void)
{
    return (struct log_of){ .watch = { note_begun, note_answered }, .in_order = true };
}

static void test_http__runs_many_requests_at_once_and_keeps_them_apart(void **state)
{
    static struct http_request requests[MANY];
    static struct http_response responses[MANY];
    struct log_of log = new_log();

    (void)state;
    for (int i = 0; i < MANY; i++)
        requests[i] = (struct http_request){ .method = "POST",
                                             .url = at(arena_printf(&arena, "/n/%d", i)),
                                             .body = span_of("x") };
    http_many(http, &(struct http_round){ requests, MANY, &log.watch }, &arena, responses);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(responses[i].fate, HTTP_ANSWERED);
        assert_int_equal(log.begun[i], 1);
        assert_int_equal(log.answered[i], 1);
        assert_string_equal(responses[i].body.data,
                            arena_printf(&arena, "POST /n/%d? type=none auth=none body=x", i));
    }
    assert_true(log.in_order);
    assert_int_equal(atomic_load(&seen), MANY);
}

static void test_http__says_not_sent_when_nobody_listens(void **state)
{
    struct log_of log = new_log();
    const struct http_request requests[] = {
        { .method = "GET", .url = "http://127.0.0.1:1/" },
        { .method = "GET", .url = at("/fine") },
        { .method = "GET", .url = "http://localhost.invalid:8/" },
    };
    struct http_response responses[3];

    (void)state;
    http_many(http, &(struct http_round){ requests, 3, &log.watch }, &arena, responses);
    assert_int_equal(responses[0].fate, HTTP_NOT_SENT);
    assert_int_equal(log.begun[0], 0);
    assert_int_equal(log.answered[0], 1);
    assert_true(responses[0].reason[0] != '\0');
    assert_int_equal(responses[1].fate, HTTP_ANSWERED);
    assert_int_equal(responses[2].fate, HTTP_NOT_SENT);
    assert_int_equal(log.begun[2], 0);
}

static void test_http__refuses_control_characters_before_anything_is_sent(void **state)
{
    static const char *const split[] = { "X-A: 1\r\nEvil: 1", NULL };
    static const char *const nameless[] = { ": 1", NULL };
    static const char *const spaced[] = { "X A: 1", NULL };
    const struct http_request requests[] = {
        { .method = "GET", .url = at("/x"), .headers = split },
        { .method = "GET", .url = at("/x"), .headers = nameless },
        { .method = "GET", .url = at("/x"), .headers = spaced },
        { .method = "GET", .url = at("/x\r\nHost: evil") },
        { .method = "GET", .url = at("/x y") },
        { .method = "GET /evil HTTP/1.1\r\n", .url = at("/x") },
        { .method = "GET", .url = at("/x"), .user = "a\nb", .password = "c" },
        { .method = "", .url = at("/x") },
        { .method = "GET", .url = "" },
    };
    struct http_response responses[COUNT_OF(requests)];
    struct log_of log = new_log();

    (void)state;
    http_many(http, &(struct http_round){ requests, COUNT_OF(requests), &log.watch }, &arena,
              responses);
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        assert_int_equal(responses[i].fate, HTTP_NOT_SENT);
        assert_int_equal(log.begun[i], 0);
        assert_int_equal(log.answered[i], 1);
    }
    assert_int_equal(atomic_load(&seen), 0);
}

static void test_http__follows_no_redirect(void **state)
{
    const struct http_request request = { .method = "GET", .url = at("/redirect") };
    struct http_response response = one(&request);

    (void)state;
    assert_int_equal(response.fate, HTTP_ANSWERED);
    assert_int_equal(response.status, 302);
    assert_int_equal(atomic_load(&seen), 1);
}

static const struct {
    const char *value;
    int64_t min_ms, max_ms;
} waits[] = {
    { "2", 2000, 2000 },
    { "0", 1000, 1000 },
    { "-5", 1000, 1000 },
    { "3600", 3600000, 3600000 },
    { "315360000", 3600000, 3600000 },
    { "99999999999999999999999", 0, 0 },
    { "soon", 0, 0 },
    { "", 0, 0 },
    { "Fri, 01 Jan 2010 00:00:00 GMT", 1000, 1000 },
    { "Fri, 01 Jan 2100 00:00:00 GMT", 3600000, 3600000 },
};

static void test_http__clamps_the_wish_to_wait(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(waits); i++) {
        const struct http_request request = {
            .method = "GET",
            .url =
                at(arena_printf(&arena, "/wait?%s", url_encode(&arena, span_of(waits[i].value)))),
        };
        struct http_response response = one(&request);

        assert_int_equal(response.status, 429);
        if (response.retry_after_ms < waits[i].min_ms || response.retry_after_ms > waits[i].max_ms)
            fail_msg("%s: %lld", waits[i].value, (long long)response.retry_after_ms);
    }
}

/* Spellings of private and loopback addresses (F9); the server on loopback must never see one. */
static const char *const private_hosts[] = {
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "2130706433",
    "0x7f000001",
    "017700000001",
    "0.0.0.0",
    "0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:10.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "127.0.0.2",
    "127.255.255.255",
    "10.0.0.1",
    "10.1",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "100.64.0.1",
    "[fe80::1]",
    "[fd00::1]",
    "224.0.0.1",
    "255.255.255.255",
    "[fec0::1]",
};

static void test_http__connects_to_no_private_address(void **state)
{
    const struct http_options strict = { 0 };
    struct http *guarded = http_create(&strict, NULL);

    (void)state;
    assert_non_null(guarded);
    for (size_t i = 0; i < COUNT_OF(private_hosts); i++) {
        for (int plain = 0; plain < 2; plain++) {
            const struct http_request request = {
                .method = "GET",
                .url = arena_printf(&arena, "http%s://%s:%d/", plain ? "" : "s", private_hosts[i],
                                    httpd_port(server)),
                .timeout_ms = 3000,
            };
            struct http_response response;

            http_many(guarded, &(struct http_round){ &request, 1, NULL }, &arena, &response);
            assert_int_equal(response.fate, HTTP_NOT_SENT);
        }
    }
    assert_int_equal(atomic_load(&seen), 0);
    http_destroy(guarded);
}

static void test_http__speaks_plain_http_to_loopback_only(void **state)
{
    const struct http_options open = { .allow_plain = true, .allow_private = true };
    struct http *wide = http_create(&open, NULL);
    const struct http_request requests[] = {
        { .method = "GET", .url = "http://10.255.255.1/", .timeout_ms = 2000 },
        { .method = "GET", .url = "http://192.0.2.1/", .timeout_ms = 2000 },
        { .method = "GET", .url = "ftp://127.0.0.1/", .timeout_ms = 2000 },
        { .method = "GET", .url = "file:///etc/hostname", .timeout_ms = 2000 },
        { .method = "GET", .url = "gopher://127.0.0.1/x", .timeout_ms = 2000 },
    };
    struct http_response responses[COUNT_OF(requests)];

    (void)state;
    http_many(wide, &(struct http_round){ requests, COUNT_OF(requests), NULL }, &arena, responses);
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        assert_int_equal(responses[i].fate, HTTP_NOT_SENT);
    assert_non_null(strstr(responses[0].reason, "loopback"));
    http_destroy(wide);
}

static void test_http__ignores_the_proxy_of_the_environment(void **state)
{
    const struct http_request request = { .method = "GET", .url = at("/direct") };

    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    assert_int_equal(one(&request).fate, HTTP_ANSWERED);
    unsetenv("http_proxy");
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_http__sends_what_it_was_given),
        WITH_SERVER(test_http__knows_methods_with_and_without_a_body),
        WITH_SERVER(test_http__runs_many_requests_at_once_and_keeps_them_apart),
        WITH_SERVER(test_http__says_not_sent_when_nobody_listens),
        WITH_SERVER(test_http__refuses_control_characters_before_anything_is_sent),
        WITH_SERVER(test_http__follows_no_redirect),
        WITH_SERVER(test_http__clamps_the_wish_to_wait),
        WITH_SERVER(test_http__connects_to_no_private_address),
        WITH_SERVER(test_http__speaks_plain_http_to_loopback_only),
        WITH_SERVER(test_http__ignores_the_proxy_of_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
