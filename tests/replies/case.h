/* tests/replies/case.h - what the tests of the reply side share: cases from tests/cases/replies. */
#ifndef HEED_TESTS_REPLIES_CASE_H
#define HEED_TESTS_REPLIES_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/arena.h"
#include "core/base/attr.h"
#include "core/base/str.h"
#include "core/replies/reading.h"

#define TOKEN_M "m2abcdefgh2345qqqqqqqqqqqqqqqqq"
#define TOKEN_R "r2abcdefgh2345wwwwwwwwwwwwwwwww"
#define TOKEN_U "u2abcdefgh2345zzzzzzzzzzzzzzzzz"

static const char *const case_own[] = { "sam@us.example" };

static const struct reading_env case_env = { .own_addresses = case_own,
                                             .own_address_count = COUNT_OF(case_own),
                                             .own_domain = "us.example",
                                             .now_ms = INT64_C(1795170660000),
                                             .zone = "UTC" };

static inline struct span case_file(const char *name, struct arena *arena)
{
    char *path = arena_printf(arena, "%s/tests/cases/replies/%s", HEED_SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    char *data = arena_alloc(arena, 65536);
    size_t len;

    if (!file)
        fail_msg("no case %s", path);
    len = fread(data, 1, 65536, file);
    fclose(file);
    return span_make(data, len);
}

static inline struct reading case_reading(const char *name, struct arena *arena)
{
    struct reading reading;

    reading_of_mail(case_file(name, arena), &case_env, arena, &reading);
    return reading;
}

/* A plain mail with that body. */
static inline struct reading case_body(const char *body, struct arena *arena)
{
    struct reading reading;
    const char *mail = arena_printf(arena,
                                    "From: Pat <pat@client.example>\r\nSubject: Re: x\r\n"
                                    "Content-Type: text/plain; charset=utf-8\r\n\r\n%s",
                                    body);

    reading_of_mail(span_of(mail), &case_env, arena, &reading);
    return reading;
}

static inline const char *case_rules(const struct reading *reading, struct arena *arena)
{
    const char *text = "";

    for (size_t i = 0; i < reading->rule_count; i++)
        text = arena_printf(arena, "%s[%s]", text, reading->rules[i]);
    return text;
}

#endif
