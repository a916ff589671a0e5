/* tests/net/test_httpd.c - requests through real sockets: limits, deadlines, smuggling, answers that
 * come later from another thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>

#include "core/base/attr.h"
#include "core/net/httpd.h"
#include "tests/net/scripted.h"

#define BODY_LIMIT 1000

struct later {
    pthread_t thread;
    struct httpd_request *request;
};

struct desk {
    atomic_int seen, evil;
    struct later later[64];
    atomic_int later_count;
    _Atomic(struct httpd_request *) kept;
};

static struct desk desk;
static struct httpd *server;

static void *answer_later(void *ctx)
{
    struct later *later = ctx;
    struct httpd_request *request = later->request;

    httpd_answer(request, 200, "text/plain", span_of(request->path), "X-Later: yes");
    return NULL;
}

/* Says what it got. /later answers from a thread of its own, /keep not at all, /evil is counted. */
static void handle(void *ctx, struct httpd_request *request)
{
    struct desk *at = ctx;
    struct arena *arena = httpd_arena(request);
    const char *host = httpd_header_of(request, "HOST");
    char *text;

    atomic_fetch_add(&at->seen, 1);
    if (strcmp(request->path, "/evil") == 0)
        atomic_fetch_add(&at->evil, 1);
    if (strcmp(request->path, "/keep") == 0) {
        atomic_store(&at->kept, request);
        return;
    }
    if (strcmp(request->path, "/later") == 0) {
        struct later *later = &at->later[atomic_fetch_add(&at->later_count, 1)];

        later->request = request;
        pthread_create(&later->thread, NULL, answer_later, later);
        return;
    }
    text =
        arena_printf(arena, "%s|%s|%s|%s|%s|%.*s", request->method, request->path, request->query,
                     host ? host : "", request->remote, (int)request->body.len, request->body.data);
    httpd_answer(request, 200, "text/plain", span_of(text), NULL);
}

static int set_up(void **state)
{
    const struct httpd_options options = { .listen = "127.0.0.1:0",
                                           .max_body_bytes = BODY_LIMIT,
                                           .deadline_ms = 1500 };
    struct err err = { 0 };

    (void)state;
    memset(&desk, 0, sizeof(desk));
    server = httpd_start(&options, handle, &desk, &err);
    if (!server)
        fail_msg("%s", err.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    httpd_stop(server);
    for (int i = 0; i < atomic_load(&desk.later_count); i++)
        pthread_join(desk.later[i].thread, NULL);
    return 0;
}

static size_t talk(const char *text, size_t len, char *answer, size_t room, int wait_ms)
{
    int fd = scripted_connect(httpd_port(server));
    size_t got;

    assert_true(fd >= 0);
    assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
    got = scripted_drain(fd, answer, room, wait_ms);
    close(fd);
    return got;
}

#define CLOSE "Connection: close\r\n"

static void test_httpd__hands_over_a_request_as_it_came(void **state)
{
    static const char request[] = "POST /a%20b/c?x=1&y=%2B HTTP/1.1\r\nHost: h.example\r\n" CLOSE
                                  "Content-Length: 5\r\n\r\nhello";
    char answer[2000];

    (void)state;
    talk(request, sizeof(request) - 1, answer, sizeof(answer), 5000);
    assert_non_null(strstr(answer, "HTTP/1.1 200"));
    assert_non_null(strstr(answer, "POST|/a%20b/c|x=1&y=%2B|h.example|127.0.0.1|hello"));
}

static void test_httpd__collects_a_chunked_body(void **state)
{
    static const char request[] =
        "POST / HTTP/1.1\r\nHost: h\r\n" CLOSE
        "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
    char answer[2000];

    (void)state;
    talk(request, sizeof(request) - 1, answer, sizeof(answer), 5000);
    assert_non_null(strstr(answer, "POST|/||h|127.0.0.1|hello"));
}

static void test_httpd__keeps_a_connection_for_more_requests(void **state)
{
    static const char request[] = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: "
                                  "h\r\n" CLOSE "\r\n";
    char answer[2000];

    (void)state;
    talk(request, sizeof(request) - 1, answer, sizeof(answer), 5000);
    assert_non_null(strstr(answer, "GET|/1|"));
    assert_non_null(strstr(answer, "GET|/2|"));
}

static void test_httpd__answers_later_from_another_thread(void **state)
{
    static const char request[] = "GET /later HTTP/1.1\r\nHost: h\r\n" CLOSE "\r\n";
    char answer[2000];

    (void)state;
    for (int i = 0; i < 20; i++) {
        talk(request, sizeof(request) - 1, answer, sizeof(answer), 5000);
        assert_non_null(strstr(answer, "HTTP/1.1 200"));
        assert_non_null(strstr(answer, "X-Later: yes"));
        assert_non_null(strstr(answer, "\r\n\r\n/later"));
    }
}

#define EVIL "GET /evil HTTP/1.1\r\nHost: h\r\n\r\n"

/* Each is refused or cut, and the request hidden behind it never runs (S9). */
static const struct {
    const char *name, *text;
    const char *status; /* NULL = any but 200 */
} smuggled[] = {
    { "length and chunked",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\n" EVIL,
      "400" },
    { "chunked and length",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
      "0\r\n\r\n" EVIL,
      "400" },
    { "two lengths",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 33\r\n\r\n" EVIL, "400" },
    { "two equal lengths",
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n" EVIL, "400" },
    { "a list of lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0, 33\r\n\r\n" EVIL,
      NULL },
    { "a signed length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +0\r\n\r\n" EVIL, NULL },
    { "a hexadecimal length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x0\r\n\r\n" EVIL,
      NULL },
    { "an unknown encoding",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n" EVIL, "400" },
    { "two encodings",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
      "identity\r\n\r\n0\r\n\r\n" EVIL,
      "400" },
    { "an encoding list",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" EVIL,
      "400" },
    { "chunked in HTTP/1.0",
      "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" EVIL, "400" },
    { "a bare LF before a length",
      "POST / HTTP/1.1\r\nHost: h\r\nX: y\nContent-Length: 0\r\n\r\n" EVIL, "400" },
    { "a bare LF behind the request line", "POST / HTTP/1.1\nHost: h\r\n\r\n" EVIL, "400" },
    { "a bare LF at the last header", "POST / HTTP/1.1\r\nHost: h\n\r\n" EVIL, "400" },
    { "an empty line of LF alone", "POST / HTTP/1.1\r\nHost: h\r\n\n" EVIL, "400" },
    { "bare LF everywhere", "POST / HTTP/1.1\nHost: h\n\n" EVIL, "400" },
    { "a bare CR inside", "POST / HTTP/1.1\r\nHost: h\r\nX: y\rContent-Length: 0\r\n\r\n" EVIL,
      "400" },
    { "a space before the colon", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length : 33\r\n\r\n" EVIL,
      "400" },
    { "a folded header", "POST / HTTP/1.1\r\nHost: h\r\nX: y\r\n Content-Length: 33\r\n\r\n" EVIL,
      "400" },
    { "a folded encoding",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" EVIL, "400" },
    { "no host", "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n" EVIL, "400" },
    { "two hosts", "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n" EVIL,
      "400" },
    { "a control character",
      "POST / HTTP/1.1\r\nHost: h\r\nX: a\x01"
      "b\r\nContent-Length: 0\r\n\r\n" EVIL,
      "400" },
    { "HTTP/2.0", "POST / HTTP/2.0\r\nHost: h\r\nContent-Length: 0\r\n\r\n" EVIL, NULL },
    { "HTTP/0.9", "GET /\r\n" EVIL, NULL },
    { "no version, headers", "POST /\r\nHost: h\r\n\r\n" EVIL, NULL },
    { "a negative chunk",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" EVIL, NULL },
};

static void test_httpd__never_runs_a_smuggled_request(void **state)
{
    char answer[8000];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(smuggled); i++) {
        const char *text = smuggled[i].text;

        talk(text, strlen(text), answer, sizeof(answer), 2500);
        if (atomic_load(&desk.evil) != 0 || strstr(answer, "/evil"))
            fail_msg("%s: the second request ran: %s", smuggled[i].name, answer);
        if (strstr(answer, " 200 "))
            fail_msg("%s: answered 200: %s", smuggled[i].name, answer);
        if (smuggled[i].status && !strstr(answer, smuggled[i].status))
            fail_msg("%s: no %s: %s", smuggled[i].name, smuggled[i].status, answer);
    }
    assert_int_equal(atomic_load(&desk.seen), 0);
}

/* The same bytes in pieces of one: the frame must be judged the same. */
static void test_httpd__judges_a_slow_smuggler_like_a_fast_one(void **state)
{
    static const char text[] = "POST / HTTP/1.1\r\nHost: h\r\nX: y\nContent-Length: 0\r\n\r\n" EVIL;
    static const char good[] = "GET /ok HTTP/1.1\r\nHost: h\r\nX: y  \r\nEmpty:\r\n" CLOSE "\r\n";
    char answer[4000];
    int fd = scripted_connect(httpd_port(server));

    (void)state;
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        if (send(fd, text + i, 1, MSG_NOSIGNAL) != 1)
            break;
        if (i % 8 == 0)
            usleep(1000);
    }
    scripted_drain(fd, answer, sizeof(answer), 2500);
    close(fd);
    assert_null(strstr(answer, " 200 "));
    assert_int_equal(atomic_load(&desk.seen), 0);
    fd = scripted_connect(httpd_port(server));
    for (size_t i = 0; i < sizeof(good) - 1; i++) {
        assert_int_equal(send(fd, good + i, 1, MSG_NOSIGNAL), 1);
        if (i % 8 == 0)
            usleep(1000);
    }
    scripted_drain(fd, answer, sizeof(answer), 2500);
    close(fd);
    assert_non_null(strstr(answer, "GET|/ok|"));
}

static void test_httpd__answers_413_to_a_long_body(void **state)
{
    char request[8000], answer[2000];
    int head = snprintf(request, sizeof(request),
                        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", BODY_LIMIT + 1);
    int len;

    (void)state;
    memset(request + head, 'x', BODY_LIMIT + 1);
    talk(request, (size_t)head + BODY_LIMIT + 1, answer, sizeof(answer), 2500);
    assert_non_null(strstr(answer, " 413 "));
    len = snprintf(request, sizeof(request),
                   "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%0*d\r\n"
                   "0\r\n\r\n",
                   (unsigned)BODY_LIMIT + 1, BODY_LIMIT + 1, 7);
    talk(request, (size_t)len, answer, sizeof(answer), 2500);
    assert_non_null(strstr(answer, " 413 "));
    assert_int_equal(atomic_load(&desk.seen), 0);
}

static void test_httpd__takes_a_body_at_the_limit(void **state)
{
    char request[3000], answer[3000];
    int head =
        snprintf(request, sizeof(request),
                 "POST / HTTP/1.1\r\nHost: h\r\n" CLOSE "Content-Length: %d\r\n\r\n", BODY_LIMIT);

    (void)state;
    memset(request + head, 'x', BODY_LIMIT);
    talk(request, (size_t)head + BODY_LIMIT, answer, sizeof(answer), 2500);
    assert_non_null(strstr(answer, " 200 "));
}

static void test_httpd__refuses_too_many_and_too_long_headers(void **state)
{
    static char request[70000];
    char answer[2000];
    size_t len = (size_t)snprintf(request, sizeof(request), "GET / HTTP/1.1\r\nHost: h\r\n");

    (void)state;
    for (int i = 0; i < 150; i++)
        len += (size_t)snprintf(request + len, sizeof(request) - len, "X-%d: y\r\n", i);
    len += (size_t)snprintf(request + len, sizeof(request) - len, "\r\n");
    talk(request, len, answer, sizeof(answer), 2500);
    assert_non_null(strstr(answer, " 431 "));
    len = (size_t)snprintf(request, sizeof(request),
                           "GET / HTTP/1.1\r\nHost: h\r\nX: %060000d\r\n\r\n", 1);
    talk(request, len, answer, sizeof(answer), 2500);
    assert_null(strstr(answer, " 200 "));
    assert_int_equal(atomic_load(&desk.seen), 0);
}

/* One byte every 100 ms would keep libmicrohttpd's idle timeout away for ever. */
static void test_httpd__cuts_a_dripping_header_at_the_deadline(void **state)
{
    int fd = scripted_connect(httpd_port(server));
    const char *text = "GET / HTTP/1.1\r\nHost: h\r\nX-Long: ";
    bool cut = false;

    (void)state;
    scripted_write(fd, text);
    for (int i = 0; i < 200 && !cut; i++) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        char byte;

        if (poll(&ready, 1, 100) > 0 && recv(fd, &byte, 1, 0) <= 0)
            cut = true;
        else
            send(fd, "x", 1, MSG_NOSIGNAL);
    }
    close(fd);
    assert_true(cut);
    assert_int_equal(atomic_load(&desk.seen), 0);
}

static void test_httpd__cuts_a_dripping_body_on_a_kept_connection(void **state)
{
    int fd = scripted_connect(httpd_port(server));
    char answer[2000];
    bool cut = false;

    (void)state;
    scripted_write(fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
    scripted_drain(fd, answer, sizeof(answer), 200);
    assert_non_null(strstr(answer, "GET|/1|"));
    scripted_write(fd, "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n");
    for (int i = 0; i < 200 && !cut; i++) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        char byte;

        if (poll(&ready, 1, 100) > 0 && recv(fd, &byte, 1, 0) <= 0)
            cut = true;
        else
            send(fd, "x", 1, MSG_NOSIGNAL);
    }
    close(fd);
    assert_true(cut);
    assert_int_equal(atomic_load(&desk.seen), 1);
}

static void test_httpd__outlives_a_client_that_goes_away(void **state)
{
    static const char request[] = "GET /later HTTP/1.1\r\nHost: h\r\n\r\n";
    char answer[2000];

    (void)state;
    for (int i = 0; i < 20; i++) {
        int fd = scripted_connect(httpd_port(server));
        struct linger hard = { .l_onoff = 1 };

        setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
        send(fd, request, sizeof(request) - 1 - (i % 3 ? 0 : 2), MSG_NOSIGNAL);
        close(fd);
    }
    talk("GET / HTTP/1.1\r\nHost: h\r\n" CLOSE "\r\n", 46, answer, sizeof(answer), 2500);
    assert_non_null(strstr(answer, " 200 "));
}

/* A request still unanswered when the server stops stays valid until it is answered. */
static void test_httpd__stops_with_a_request_still_open(void **state)
{
    static const char request[] = "GET /keep HTTP/1.1\r\nHost: h\r\n\r\n";
    struct httpd_request *kept;
    int fd;

    (void)state;
    set_up(NULL);
    fd = scripted_connect(httpd_port(server));
    scripted_write(fd, request);
    for (int i = 0; i < 500 && !atomic_load(&desk.kept); i++)
        usleep(10000);
    kept = atomic_load(&desk.kept);
    assert_non_null(kept);
    httpd_stop(server);
    assert_string_equal(kept->path, "/keep");
    httpd_answer(kept, 200, "text/plain", span_of("late"), NULL);
    close(fd);
}

static int count_files(void)
{
    int count = 0;

    for (int fd = 0; fd < 1000; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void test_httpd__starts_and_stops_often_and_leaves_nothing_open(void **state)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    int before = count_files();

    (void)state;
    for (int i = 0; i < 300; i++) {
        char answer[2000];
        int fd;

        set_up(NULL);
        fd = scripted_connect(httpd_port(server));
        scripted_write(fd, request);
        if (i % 2)
            assert_true(scripted_drain(fd, answer, 20, 5000) > 0);
        httpd_stop(server);
        close(fd);
    }
    assert_int_equal(count_files(), before);
}

static void test_httpd__says_what_is_wrong_with_listen(void **state)
{
    static const char *const bad[] = {
        "", "8025", "localhost:80", "127.0.0.1", "127.0.0.1:99999", "::1:80", "[::1]", "127.0.0.1:x"
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct httpd_options options = { .listen = bad[i] };
        struct err err = { 0 };

        assert_null(httpd_start(&options, handle, &desk, &err));
        assert_int_equal(err.code, ERR_CONFIG);
        assert_non_null(strstr(err.text, "ADDRESS:PORT"));
    }
}

static void test_httpd__finds_values_in_queries_and_headers(void **state)
{
    const struct httpd_header headers[] = { { "X-One", "1" }, { "x-one", "2" } };
    struct httpd_request request = { .headers = headers, .header_count = 2 };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_string_equal(httpd_header_of(&request, "x-ONE"), "1");
    assert_null(httpd_header_of(&request, "X-Two"));
    assert_string_equal(httpd_form_value(span_of("a=1&b=x+%26&a=2"), "b", &arena), "x &");
    assert_string_equal(httpd_form_value(span_of("a=1&b=x+%26&a=2"), "a", &arena), "1");
    assert_null(httpd_form_value(span_of("a=1"), "c", &arena));
    httpd_answer(&request, 200, NULL, span_of(""), NULL); /* nobody waits: nothing happens */
    arena_finish(&arena);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(test_httpd__hands_over_a_request_as_it_came),
        WITH_SERVER(test_httpd__collects_a_chunked_body),
        WITH_SERVER(test_httpd__keeps_a_connection_for_more_requests),
        WITH_SERVER(test_httpd__answers_later_from_another_thread),
        WITH_SERVER(test_httpd__never_runs_a_smuggled_request),
        WITH_SERVER(test_httpd__judges_a_slow_smuggler_like_a_fast_one),
        WITH_SERVER(test_httpd__answers_413_to_a_long_body),
        WITH_SERVER(test_httpd__takes_a_body_at_the_limit),
        WITH_SERVER(test_httpd__refuses_too_many_and_too_long_headers),
        WITH_SERVER(test_httpd__cuts_a_dripping_header_at_the_deadline),
        WITH_SERVER(test_httpd__cuts_a_dripping_body_on_a_kept_connection),
        WITH_SERVER(test_httpd__outlives_a_client_that_goes_away),
        cmocka_unit_test(test_httpd__stops_with_a_request_still_open),
        cmocka_unit_test(test_httpd__starts_and_stops_often_and_leaves_nothing_open),
        cmocka_unit_test(test_httpd__says_what_is_wrong_with_listen),
        cmocka_unit_test(test_httpd__finds_values_in_queries_and_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
