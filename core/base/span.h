/* core/base/span.h - a borrowed run of bytes. Never NUL-terminated by promise, never owned. */
#ifndef HEED_BASE_SPAN_H
#define HEED_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
    const char *data; /* may be NULL when len is 0 */
    size_t len;
};

static inline struct span span_of(const char *text)
{
    return (struct span){ .data = text, .len = text ? strlen(text) : 0 };
}

static inline struct span span_make(const char *data, size_t len)
{
    return (struct span){ .data = data, .len = len };
}

static inline bool span_eq(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool span_is(struct span a, const char *text)
{
    return span_eq(a, span_of(text));
}

/* The bytes from `from` on; empty when `from` lies behind the end. */
static inline struct span span_from(struct span s, size_t from)
{
    return from >= s.len ? span_make(s.data ? s.data + s.len : NULL, 0)
                         : span_make(s.data + from, s.len - from);
}

#endif
