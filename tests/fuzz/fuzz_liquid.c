/* tests/fuzz/fuzz_liquid.c - the first byte chooses mode and part, the rest is a template rendered
 * over fixed data. Whatever it is: no crash, bounded memory, and a text, or a problem with a place. */
#include <stdlib.h>

#include "templates/template.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static struct value sample(void)
{
    static const struct value numbers[] = { { .type = VALUE_INT, .integer = 3 },
                                            { .type = VALUE_DOUBLE, .number = 1.5 },
                                            { .type = VALUE_TEXT,
                                              .text = { "<b>\xe2\x80\xae", 6 } },
                                            { .type = VALUE_NIL } };
    static const struct value_pair inner[] = {
        { { "b", 1 }, { .type = VALUE_TEXT, .text = { "Ann", 3 } } },
        { { "n", 1 }, { .type = VALUE_INT, .integer = INT64_MIN } },
    };
    static const struct value_pair pairs[] = {
        { { "a", 1 }, { .type = VALUE_MAP, .map = { inner, 2 } } },
        { { "l", 1 }, { .type = VALUE_LIST, .list = { numbers, 4 } } },
        { { "x", 1 }, { .type = VALUE_TEXT, .text = { "2026-03-14 10:00", 16 } } },
        { { "t", 1 }, { .type = VALUE_BOOL, .boolean = true } },
    };

    return value_map(pairs, sizeof(pairs) / sizeof(pairs[0]));
}

static void must(bool truth)
{
    if (!truth)
        abort();
}

static void render(const struct template *template, struct arena *arena)
{
    struct render_context context = { .data = sample(), .now_ms = INT64_C(1795251600000) };
    struct template_problem problem = { 0 };
    struct span out;
    int rc = template_render(template, &context, arena, &out, &problem);

    must(rc == 0 || (problem.line > 0 && problem.column > 0 && problem.text[0] != '\0'));
    must(arena->used < ((size_t)32 << 20));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct template_options options = { .name = "fuzz" };
    struct template_problems problems = { 0 };
    struct template *template;
    struct arena arena;

    if (size == 0)
        return 0;
    options.part = (enum template_part)(data[0] % 6);
    options.lax = (data[0] & 0x80) != 0;
    options.trim_tag_lines = (data[0] & 0x40) != 0;
    arena_init(&arena);
    template =
        template_compile(span_make((const char *)data + 1, size - 1), &options, &arena, &problems);
    must((template == NULL) == (problems.count > 0));
    if (template)
        render(template, &arena);
    template_destroy(template);
    arena_finish(&arena);
    return 0;
}
