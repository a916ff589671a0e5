/* tests/net/test_http_faults.c - servers that break off, lie or never end: what may have happened is
 * told apart from what surely did not (reliability F7), and no request is ever sent twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "core/base/attr.h"
#include "core/base/clock.h"
#include "core/net/http.h"
#include "tests/net/scripted.h"

static struct http *http;
static struct arena arena;

struct fault {
    const char *name;
    const char *answer; /* written after a request was read; NULL = none */
    const char *repeat; /* then written over and over */
    int repeats;
    enum http_fate fate;
    int status;
};

static const struct fault faults[] = {
    { "closed without an answer", NULL, NULL, 0, HTTP_UNSURE, 0 },
    { "half a status line", "HTTP/1.1 20", NULL, 0, HTTP_UNSURE, 0 },
    { "headers cut", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: ", NULL, 0, HTTP_UNSURE, 0 },
    { "body cut", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", NULL, 0, HTTP_UNSURE, 0 },
    { "chunk cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", NULL, 0,
      HTTP_UNSURE, 0 },
    { "chunk garbage", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", NULL,
      0, HTTP_UNSURE, 0 },
    { "no HTTP at all", "220 mail.example ESMTP\r\n", NULL, 0, HTTP_UNSURE, 0 },
    { "a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", NULL, 0,
      HTTP_UNSURE, 0 },
    { "a header bomb", "HTTP/1.1 200 OK\r\n", "X-Bomb: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n",
      20000, HTTP_UNSURE, 0 },
    { "interim answers without end", NULL, "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n", 20000,
      HTTP_UNSURE, 0 },
    { "a giant body", "HTTP/1.1 200 OK\r\n\r\n",
      "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\n", 40000, HTTP_UNSURE, 0 },
    { "until the end of the connection", "HTTP/1.1 200 OK\r\n\r\nhello", NULL, 0, HTTP_ANSWERED,
      200 },
    { "an interim answer first",
      "HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\nHTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
      NULL, 0, HTTP_ANSWERED, 500 },
    { "a body for 204", "HTTP/1.1 204 No Content\r\n\r\n", NULL, 0, HTTP_ANSWERED, 204 },
};

static void play_fault(struct scripted *server, int fd)
{
    const struct fault *fault = server->ctx;

    if (!scripted_read_request(server, fd))
        return;
    if (fault->answer)
        scripted_write(fd, fault->answer);
    for (int i = 0; i < fault->repeats; i++)
        scripted_write(fd, fault->repeat);
}

struct counts {
    struct http_watch watch;
    int begun, answered;
};

static void note_begun(const struct http_watch *watch, size_t index)
{
    (void)index;
    ((struct counts *)(uintptr_t)watch)->begun++;
}

static void note_answered(const struct http_watch *watch, size_t index,
                          const struct http_response *response)
{
    (void)index, (void)response;
    ((struct counts *)(uintptr_t)watch)->answered++;
}

static struct http_response post(int port, const char *scheme, int64_t timeout_ms,
                                 struct counts *counts)
{
    const struct http_request request = {
        .method = "POST",
        .url = arena_printf(&arena, "%s://127.0.0.1:%d/send", scheme, port),
        .body = span_of("To=%2B1555"),
        .timeout_ms = timeout_ms,
    };
    struct http_response response;

    *counts = (struct counts){ .watch = { note_begun, note_answered } };
    http_many(http, &(struct http_round){ &request, 1, &counts->watch }, &arena, &response);
    return response;
}

static int set_up(void **state)
{
    const struct http_options options = { .allow_plain = true, .allow_private = true };

    (void)state;
    arena_init(&arena);
    http = http_create(&options, NULL);
    return http ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    http_destroy(http);
    arena_finish(&arena);
    return 0;
}

static void test_http__is_unsure_when_an_answer_breaks_off(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        struct fault fault = faults[i];
        struct scripted server = { .play = play_fault, .ctx = &fault };
        struct http_response response;
        struct counts counts;

        scripted_start(&server);
        response = post(server.port, "http", 10000, &counts);
        scripted_stop(&server);
        if (response.fate != fault.fate || response.status != fault.status)
            fail_msg("%s: fate %d status %d (%s)", fault.name, response.fate, response.status,
                     response.reason);
        assert_int_equal(counts.begun, 1);
        assert_int_equal(counts.answered, 1);
        assert_int_equal(atomic_load(&server.requests), 1);
        assert_true(fault.fate == HTTP_ANSWERED || response.reason[0]);
    }
}

static void play_hang(struct scripted *server, int fd)
{
    char byte;

    scripted_read_request(server, fd);
    scripted_write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
    while (recv(fd, &byte, 1, 0) > 0)
        continue;
}

static void test_http__is_unsure_when_the_answer_takes_too_long(void **state)
{
    struct scripted server = { .play = play_hang };
    struct http_response response;
    struct counts counts;

    (void)state;
    scripted_start(&server);
    response = post(server.port, "http", 300, &counts);
    scripted_stop(&server);
    assert_int_equal(response.fate, HTTP_UNSURE);
    assert_int_equal(counts.begun, 1);
}

/* Answers once, then reads the second request of the kept connection and closes without a word.
 * libcurl alone would take that for a stale connection and send the request again. */
static void play_once_then_cut(struct scripted *server, int fd)
{
    if (!scripted_read_request(server, fd))
        return;
    scripted_write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    scripted_read_request(server, fd);
}

static void test_http__never_sends_a_request_again_on_a_new_connection(void **state)
{
    struct scripted server = { .play = play_once_then_cut };
    struct counts counts;

    (void)state;
    scripted_start(&server);
    assert_int_equal(post(server.port, "http", 5000, &counts).fate, HTTP_ANSWERED);
    assert_int_equal(post(server.port, "http", 5000, &counts).fate, HTTP_UNSURE);
    assert_int_equal(counts.begun, 1);
    assert_int_equal(counts.answered, 1);
    scripted_stop(&server);
    assert_int_equal(atomic_load(&server.requests), 2);
}

/* --- TLS with a certificate nobody vouches for --- */

static EVP_PKEY *key;
static X509 *certificate;

static void make_certificate(void)
{
    X509_NAME *name;

    key = EVP_EC_gen("P-256");
    certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"127.0.0.1", -1, -1,
                               0);
    X509_set_issuer_name(certificate, name);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
}

static void play_tls(struct scripted *server, int fd)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    SSL *ssl = SSL_new(ctx);
    char byte;

    SSL_use_certificate(ssl, certificate);
    SSL_use_PrivateKey(ssl, key);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, &byte, 1) == 1)
        atomic_fetch_add(&server->requests, 1);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
}

static void test_http__sends_nothing_to_a_server_it_cannot_trust(void **state)
{
    struct scripted server = { .play = play_tls };
    struct http_response response;
    struct counts counts;

    (void)state;
    make_certificate();
    scripted_start(&server);
    response = post(server.port, "https", 5000, &counts);
    scripted_stop(&server);
    assert_int_equal(response.fate, HTTP_NOT_SENT);
    assert_int_equal(counts.begun, 0);
    assert_int_equal(atomic_load(&server.requests), 0);
    assert_int_equal(atomic_load(&server.connections), 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void play_plain_on_tls_port(struct scripted *server, int fd)
{
    (void)server;
    scripted_write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

static void test_http__never_falls_back_to_plain(void **state)
{
    struct scripted server = { .play = play_plain_on_tls_port };
    struct counts counts;

    (void)state;
    scripted_start(&server);
    assert_int_equal(post(server.port, "https", 5000, &counts).fate, HTTP_NOT_SENT);
    scripted_stop(&server);
    assert_int_equal(counts.begun, 0);
}

#define WITH_CLIENT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CLIENT(test_http__is_unsure_when_an_answer_breaks_off),
        WITH_CLIENT(test_http__is_unsure_when_the_answer_takes_too_long),
        WITH_CLIENT(test_http__never_sends_a_request_again_on_a_new_connection),
        WITH_CLIENT(test_http__sends_nothing_to_a_server_it_cannot_trust),
        WITH_CLIENT(test_http__never_falls_back_to_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
