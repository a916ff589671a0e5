/* core/net/httpd.h - HTTP in on libmicrohttpd (epoll, a pool of two): collects a request whole and
 * within its limits, hands it to one handler, answers now or later. Refuses what 0.9.75 lets
 * through: two lengths, length and chunked, no Host, a bare LF (reliability S9). No TLS: a proxy
 * does that. No routes: the caller's. */
#ifndef HEED_NET_HTTPD_H
#define HEED_NET_HTTPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/span.h"

struct httpd;

struct httpd_header {
    const char *name, *value;
};

/* A request with its bytes. Also built by hand from stored bytes and in tests; then `inside` is
 * NULL. */
struct httpd_request {
    const char *method, *path; /* path: percent-decoding NOT applied, without the query */
    const char *query;         /* raw text behind '?', "" when none */
    const char *remote;        /* peer's address */
    const struct httpd_header *headers;
    size_t header_count;
    struct span body; /* raw bytes */
    void *inside;     /* of httpd.c */
};

struct httpd_options {
    const char *listen;    /* "127.0.0.1:8025", "[::1]:8025"; port 0 = any free one */
    size_t max_body_bytes; /* 0 = 1 MiB; above: 413 */
    int64_t deadline_ms;   /* from first byte to whole request, real; 0 = 15 s; above: closed */
};

/* Called on a thread of the pool; must lead to exactly one httpd_answer(), at once or later from
 * any thread. The request lives until then. Must not block. */
typedef void httpd_handler(void *ctx, struct httpd_request *request);

struct httpd *httpd_start(const struct httpd_options *options, httpd_handler *handler, void *ctx,
                          struct err *err) MUST_USE;
void httpd_stop(struct httpd *httpd); /* waits for answers under way, at most 5 s; NULL is fine */
int httpd_port(const struct httpd *httpd);

/* body and content_type are copied. extra: one more header "Name: value" or NULL. */
void httpd_answer(struct httpd_request *request, int status, const char *content_type,
                  struct span body, const char *extra);

/* Memory that lives as long as the request. */
struct arena *httpd_arena(struct httpd_request *request);

/* Value of the first header called `name` (any case), or NULL. */
const char *httpd_header_of(const struct httpd_request *request, const char *name);

/* The value of `name` in "a=b&c=d" text (query or form body), percent-decoded into the arena; NULL
 * when absent. */
const char *httpd_form_value(struct span form, const char *name, struct arena *scratch);

#endif
