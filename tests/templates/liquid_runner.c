/* tests/templates/liquid_runner.c - renders each case of a file {"tests":[{"template":..,"data":..}]}
 * lax, as the reference does, and prints one line for it: "ok " or "error ", then what came out (or
 * why nothing did) in base64. For comparisons with other engines: tests/fuzz/differential.py. */
#include <stdio.h>

#include "core/base/sign.h"
#include "json_value.h"
#include "templates/template.h"

#define FILE_MAX_BYTES ((size_t)64 << 20)
#define NOW_MS INT64_C(1700000000000)

static bool render(const struct value *test, struct arena *arena, struct span *out)
{
    struct template_options options = { .part = PART_NONE, .lax = true, .as_reference = true };
    struct template_problems problems = { 0 };
    struct render_context context = { .now_ms = NOW_MS };
    struct template_problem problem;
    struct template *template =
        template_compile(json_value_get(test, "template")->text, &options, arena, &problems);
    int rc;

    if (!template) {
        *out = span_of(arena_printf(arena, "Liquid syntax error (line %d): %s",
                                    problems.items[0].line, problems.items[0].text));
        return false;
    }
    context.data = *json_value_get(test, "data");
    rc = template_render(template, &context, arena, out, &problem);
    if (rc < 0)
        *out = span_of(arena_printf(arena, "Liquid error: %s", problem.text));
    template_destroy(template);
    return rc == 0;
}

static bool read_all(FILE *in, struct str *out)
{
    char block[65536];
    size_t n;

    while ((n = fread(block, 1, sizeof(block), in)) > 0)
        str_add(out, block, n);
    return str_ok(out) && out->len > 0;
}

static bool run_all(struct span json)
{
    struct arena arena, each;
    const struct value *tests;
    struct value root;
    bool good;

    arena_init(&arena);
    good = json_value(json, &arena, &root);
    tests = good ? json_value_get(&root, "tests") : NULL;
    for (size_t i = 0; tests && i < tests->list.count; i++) {
        struct span text;
        bool ok;
        arena_init(&each);
        ok = render(&tests->list.items[i], &each, &text);
        printf("%s %s\n", ok ? "ok" : "error", sign_base64(&each, text));
        arena_finish(&each);
    }
    arena_finish(&arena);
    return tests != NULL;
}

int main(void)
{
    struct str text;
    bool good;

    str_init(&text, FILE_MAX_BYTES);
    good = read_all(stdin, &text) && run_all(str_span(&text));
    str_finish(&text);
    return good ? 0 : 2;
}
