/* tests/channels/provider_bench.h - an account of the channel "http" with a provider on a loopback
 * port: our own web server, which keeps the last request and answers what the test wants. */
#ifndef HEED_TESTS_PROVIDER_BENCH_H
#define HEED_TESTS_PROVIDER_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "channels/http_provider.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/str.h"
#include "core/net/http.h"
#include "core/net/httpd.h"
#include "core/net/url.h"

#define BENCH_MAX 64
#define BENCH_NOW_MS INT64_C(1800000000000)

struct bench_event { /* copies in the bench's arena */
    struct channel_event event;
};

struct bench {
    struct channel_sink sink; /* first */
    struct send_watch watch;
    struct arena arena;
    struct clock clock;
    struct httpd *provider;
    struct http *http;
    struct channel_env env;
    struct conf *conf;
    struct account *account;

    /* What the provider answers, and what it last heard. */
    int status;
    const char *body, *header; /* header "Name: value" or NULL */
    pthread_mutex_t lock;
    int requests;
    char method[8], url[8192], authorization[512], content_type[128], sent[8192];

    struct send_result results[BENCH_MAX];
    int begun[BENCH_MAX], answered[BENCH_MAX];
    bool in_order;

    struct channel_event events[BENCH_MAX];
    size_t event_count;
};

static inline void bench_copy(char *out, size_t room, const char *text)
{
    snprintf(out, room, "%s", text ? text : "");
}

static inline void bench_handle(void *ctx, struct httpd_request *request)
{
    struct bench *bench = ctx;

    pthread_mutex_lock(&bench->lock);
    bench->requests++;
    bench_copy(bench->method, sizeof(bench->method), request->method);
    snprintf(bench->url, sizeof(bench->url), "%s%s%s", request->path, *request->query ? "?" : "",
             request->query);
    bench_copy(bench->authorization, sizeof(bench->authorization),
               httpd_header_of(request, "Authorization"));
    bench_copy(bench->content_type, sizeof(bench->content_type),
               httpd_header_of(request, "Content-Type"));
    snprintf(bench->sent, sizeof(bench->sent), "%.*s", (int)request->body.len, request->body.data);
    httpd_answer(request, bench->status, "text/plain", span_of(bench->body), bench->header);
    pthread_mutex_unlock(&bench->lock);
}

static inline struct bench *bench_of_watch(const struct send_watch *watch)
{
    return (struct bench *)((uintptr_t)watch - offsetof(struct bench, watch));
}

static inline void bench_begun(const struct send_watch *watch, size_t index)
{
    struct bench *bench = bench_of_watch(watch);

    bench->begun[index]++;
    bench->in_order = bench->in_order && !bench->answered[index];
}

static inline void bench_answered(const struct send_watch *watch, size_t index,
                                  const struct send_result *result)
{
    struct bench *bench = bench_of_watch(watch);

    bench->answered[index]++;
    bench->in_order = bench->in_order && (result->status != SEND_OK || bench->begun[index]) &&
                      (result->status != SEND_UNSURE || bench->begun[index]);
}

static inline void bench_emit(const struct channel_sink *sink, const struct channel_event *event)
{
    struct bench *bench = (struct bench *)(uintptr_t)sink;
    struct channel_event *copy = &bench->events[bench->event_count];
    struct arena *arena = &bench->arena;

    assert_true(bench->event_count < BENCH_MAX);
    bench->event_count++;
    *copy = *event;
    copy->event_id = arena_dup(arena, event->event_id);
    copy->provider_id = arena_dup(arena, event->provider_id);
    copy->key = arena_dup(arena, event->key);
    copy->thread_id = arena_dup(arena, event->thread_id);
    copy->from = arena_dup(arena, event->from);
    copy->from_name = arena_dup(arena, event->from_name);
    copy->to = arena_dup(arena, event->to);
    copy->text = arena_dup(arena, event->text);
    copy->code = arena_dup(arena, event->code);
}

static inline void bench_start(struct bench *bench)
{
    const struct httpd_options server = { .listen = "127.0.0.1:0" };
    const struct http_options client = { .allow_plain = true };
    struct err err = { 0 };

    *bench = (struct bench){ .sink = { .emit = bench_emit },
                             .watch = { bench_begun, bench_answered },
                             .status = 200,
                             .body = "" };
    arena_init(&bench->arena);
    clock_init_manual(&bench->clock, BENCH_NOW_MS);
    pthread_mutex_init(&bench->lock, NULL);
    bench->provider = httpd_start(&server, bench_handle, bench, &err);
    bench->http = http_create(&client, &err);
    if (!bench->provider || !bench->http)
        fail_msg("%s", err.text);
    bench->env = (struct channel_env){ .http = bench->http,
                                       .clock = &bench->clock,
                                       .timeout_ms = 5000,
                                       .public_url = "https://heed.example.com",
                                       .provider_dirs = HEED_SOURCE_DIR "/providers",
                                       .allow_plain_loopback = true };
}

static inline void bench_close(struct bench *bench)
{
    if (bench->account)
        channel_http.close(bench->account);
    conf_destroy(bench->conf);
    bench->account = NULL;
    bench->conf = NULL;
}

static inline void bench_stop(struct bench *bench)
{
    bench_close(bench);
    http_destroy(bench->http);
    httpd_stop(bench->provider);
    pthread_mutex_destroy(&bench->lock);
    arena_finish(&bench->arena);
}

/* Opens [sender texts] with these lines; NULL and err when it is refused. */
static inline struct account *bench_try(struct bench *bench, const char *lines, struct err *err)
{
    bench_close(bench);
    bench->conf =
        conf_parse(arena_printf(&bench->arena, "[sender texts]\n%s", lines), "heed.conf", err);
    assert_non_null(bench->conf);
    bench->account = channel_http.open(conf_nth(bench->conf, "sender", 0), &bench->env, err);
    return bench->account;
}

/* The same with `through` and a base_url on the loopback provider; must work. */
static inline void bench_open(struct bench *bench, const char *lines)
{
    struct err err = { 0 };

    if (!bench_try(bench,
                   arena_printf(&bench->arena, "through = http\nbase_url = http://127.0.0.1:%d\n%s",
                                httpd_port(bench->provider), lines),
                   &err))
        fail_msg("%s", err.text);
}

static inline const struct send_result *bench_send(struct bench *bench,
                                                   const struct message *messages, size_t count)
{
    assert_true(count <= BENCH_MAX);
    memset(bench->begun, 0, sizeof(bench->begun));
    memset(bench->answered, 0, sizeof(bench->answered));
    memset(bench->results, 0x5A, sizeof(bench->results));
    bench->in_order = true;
    bench->requests = 0;
    channel_http.send(bench->account, &(struct outgoing){ messages, count, &bench->watch },
                      &bench->arena, bench->results);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(bench->answered[i], 1);
        assert_true(bench->begun[i] <= 1);
    }
    assert_true(bench->in_order);
    return bench->results;
}

static inline int bench_webhook(struct bench *bench, const struct httpd_request *request,
                                struct channel_ack *ack)
{
    struct err err = { 0 };

    bench->event_count = 0;
    bench->sink.scratch = &bench->arena;
    return channel_http.webhook(bench->account, request, &bench->sink, ack, &err);
}

static inline int bench_verify(struct bench *bench, const struct httpd_request *request)
{
    struct err err = { 0 };
    int rc = channel_http.verify(bench->account, request, &bench->arena, &err);

    assert_true(rc == 0 || err.text[0]);
    return rc;
}

/* The value of a field in the last form sent (or in the query), or NULL. */
static inline const char *bench_field(struct bench *bench, const char *name)
{
    const char *query = strchr(bench->url, '?');
    const char *value = httpd_form_value(span_of(bench->sent), name, &bench->arena);

    return value || !query ? value : httpd_form_value(span_of(query + 1), name, &bench->arena);
}

#endif
