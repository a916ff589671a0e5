/* core/base/str.c - see str.h. */
#include "core/base/str.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/arena.h"

#define SMALLEST_CAP ((size_t)64)

void str_init(struct str *str, size_t max_bytes)
{
    assert(max_bytes > 0);
    *str = (struct str){ .max = max_bytes };
}

void str_finish(struct str *str)
{
    free(str->data);
    str_init(str, str->max ? str->max : 1);
}

void str_reset(struct str *str)
{
    str->len = 0;
    str->failed = false;
    if (str->data)
        str->data[0] = '\0';
}

static void fail(struct str *str)
{
    free(str->data);
    str->data = NULL;
    str->len = str->cap = 0;
    str->failed = true;
}

char *str_reserve(struct str *str, size_t len)
{
    size_t cap = str->cap ? str->cap : SMALLEST_CAP;

    if (str->failed)
        return NULL;
    if (len > str->max - str->len) {
        fail(str);
        return NULL;
    }
    while (cap < str->len + len + 1)
        cap *= 2;
    if (cap != str->cap) {
        str->data = xrealloc(str->data, cap);
        str->cap = cap;
    }
    return str->data + str->len;
}

void str_add(struct str *str, const void *data, size_t len)
{
    char *room = str_reserve(str, len);

    if (!room)
        return;
    if (len)
        memcpy(room, data, len);
    str->len += len;
    str->data[str->len] = '\0';
}

void str_add_text(struct str *str, const char *text)
{
    if (text)
        str_add(str, text, strlen(text));
}

void str_add_span(struct str *str, struct span span)
{
    str_add(str, span.data, span.len);
}

void str_add_char(struct str *str, char c)
{
    str_add(str, &c, 1);
}

void str_printf(struct str *str, const char *format, ...)
{
    va_list args, again;
    char *room;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    room = len < 0 ? NULL : str_reserve(str, (size_t)len);
    if (room) {
        vsnprintf(room, (size_t)len + 1, format, again);
        str->len += (size_t)len;
    }
    va_end(again);
}

bool str_ok(const struct str *str)
{
    return !str->failed;
}

const char *str_text(const struct str *str)
{
    return str->data ? str->data : "";
}

struct span str_span(const struct str *str)
{
    return span_make(str_text(str), str->len);
}
