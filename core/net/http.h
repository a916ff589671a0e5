/* core/net/http.h - HTTP out on libcurl: one request or many at once on one multi handle. HTTP/1.1,
 * no redirects, our own limits, TLS always checked. Says not only what came back but what may have
 * happened: that decides about resending. */
#ifndef HEED_NET_HTTP_H
#define HEED_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/span.h"

#define HTTP_BODY_MAX_BYTES ((size_t)1 << 20)
#define HTTP_HEADERS_MAX_BYTES ((size_t)64 << 10)

struct http; /* a pool of multi handles with their open connections; thread-safe */

struct http_options {
    bool allow_private; /* may connect to loopback, private and link-local addresses (reliability
                           F9) */
    bool allow_plain;   /* http:// to loopback addresses */
    int connections_per_host; /* 0 = 8 */
};

struct http_request {
    const char *method, *url;
    const char *const *
        headers; /* "Name: value", NULL-ended; NULL = none. A control character fails the request */
    struct span body;
    const char *user, *password; /* basic authentication, or NULL */
    int64_t timeout_ms;          /* total, real; 0 = 30 s. Connecting takes at most 5 s */
};

enum http_fate {
    HTTP_ANSWERED, /* status, headers and body are whole */
    HTTP_NOT_SENT, /* refused, no DNS, TLS failed before the request: surely not acted upon */
    HTTP_UNSURE,   /* broke after the request began */
};

struct http_response {
    enum http_fate fate;
    int status;
    struct span headers;    /* raw lines "Name: value\r\n", arena */
    struct span body;       /* arena */
    int64_t retry_after_ms; /* from Retry-After (seconds or date), clamped to 1 s - 1 h; 0 = none */
    char reason[200];       /* when not HTTP_ANSWERED */
};

struct http_watch { /* see channel.h: begun() before the request can leave, answered() when its
                       response is whole */
    void (*begun)(const struct http_watch *watch, size_t index);
    void (*answered)(const struct http_watch *watch, size_t index,
                     const struct http_response *response);
};

struct http *http_create(const struct http_options *options, struct err *err) MUST_USE;
void http_destroy(struct http *http); /* NULL is fine */

struct http_round { /* requests that go out at once */
    const struct http_request *requests;
    size_t count;
    const struct http_watch *watch; /* may be NULL */
};

/* Runs all requests at once and returns when each has its response. watch may be NULL. */
void http_many(struct http *http, const struct http_round *round, struct arena *scratch,
               struct http_response *responses);

/* The value of the first header called name, or an empty span. */
struct span http_header(struct span headers, const char *name);

#endif
