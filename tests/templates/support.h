/* tests/templates/support.h - renders a template from JSON data in one call. */
#ifndef HEED_TESTS_TEMPLATES_SUPPORT_H
#define HEED_TESTS_TEMPLATES_SUPPORT_H

#include "templates/template.h"

#define NOW_MS INT64_C(1795251600000) /* 2026-11-21 09:00:00 UTC */

struct liquid_case { /* a row of a table */
    const char *template, *data, *expected;
};

/* Fails the running test unless every row renders, lax and without escaping, to what is expected. */
void check_liquid(const struct liquid_case *rows, size_t count);

struct outcome {
    bool compiled, rendered;
    const char *text;                /* what came out, or "" */
    struct template_problem problem; /* the first one, of the compiler or the renderer */
    size_t problems;
};

/* data: JSON, NULL = {}. options NULL = strict, PART_TEXT. */
struct outcome liquid(struct arena *arena, const char *source, const char *data,
                      const struct template_options *options);

/* Data of a JSON object; fails the running test when it is none. */
struct value liquid_data(struct arena *arena, const char *json);

#endif
