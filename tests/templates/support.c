/* tests/templates/support.c - see support.h. */
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json_value.h"

struct value liquid_data(struct arena *arena, const char *json)
{
    struct value data = value_map(NULL, 0);

    if (json && !json_value(span_of(json), arena, &data))
        fail_msg("not JSON: %s", json);
    return data;
}

struct outcome liquid(struct arena *arena, const char *source, const char *data,
                      const struct template_options *options)
{
    struct template_options strict = { .part = PART_TEXT, .name = "test" };
    struct template_problems problems = { 0 };
    struct render_context context = { .now_ms = NOW_MS, .seed = 7 };
    struct outcome out = { .text = "" };
    struct template *template =
        template_compile(span_of(source), options ? options : &strict, arena, &problems);
    struct span text;

    out.compiled = template != NULL;
    out.problems = problems.count;
    if (problems.count)
        out.problem = problems.items[0];
    if (!template)
        return out;
    context.data = liquid_data(arena, data);
    out.rendered = template_render(template, &context, arena, &text, &out.problem) == 0;
    out.text = arena_dup_span(arena, text);
    template_destroy(template);
    return out;
}

void check_liquid(const struct liquid_case *rows, size_t count)
{
    struct template_options lax = { .part = PART_NONE, .lax = true };

    for (size_t i = 0; i < count; i++) {
        struct arena arena;
        struct outcome out;

        arena_init(&arena);
        out = liquid(&arena, rows[i].template, rows[i].data, &lax);
        if (!out.rendered || strcmp(out.text, rows[i].expected) != 0)
            print_error("template: %s\n", rows[i].template);
        assert_string_equal(out.rendered ? out.text : out.problem.text, rows[i].expected);
        arena_finish(&arena);
    }
}
