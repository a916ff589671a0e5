/* tests/fuzz/fuzz_template_render.c - a template over JSON data: the same text each time, op by op or at
 * once, within its limits and safe for its part, or a problem that says where and why. */
#include <stdlib.h>

#include "core/base/text.h"
#include "liquid_input.h"
#include "templates/lexer.h"
#include "templates/output.h"
#include "templates/trace.h"

#define CPU_MAX_MS 1000.0 /* under sanitizers, on a busy machine */
#define ARENA_MOST_BYTES ((size_t)12 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct rendering {
    struct span text;
    struct template_problem problem;
    int rc;
};

static bool holds(struct span text, const char *word)
{
    return text.len && memmem(text.data, text.len, word, strlen(word)) != NULL;
}

static bool holds_any(struct span text, const char *signs)
{
    for (size_t i = 0; i < text.len; i++)
        if (text_one_of(text.data[i], signs))
            return true;
    return false;
}

/* Nothing in the literal text that means something to HTML? Then all of it in the output is data. */
static bool is_plain(struct span source)
{
    struct chunk chunk;
    size_t at = 0;

    do {
        lexer_chunk(source, &at, &chunk);
        if (chunk.kind == CHUNK_TEXT && holds_any(chunk.all, "<>\"'&"))
            return false;
    } while (chunk.kind != CHUNK_END && chunk.kind != CHUNK_BROKEN);
    return !holds(source, "raw") && !holds(source, "tablerow") && !holds(source, "newline_to_br");
}

static bool is_entity(struct span rest)
{
    static const char *const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

    for (size_t i = 0; i < COUNT_OF(entities); i++)
        if (rest.len >= strlen(entities[i]) &&
            memcmp(rest.data, entities[i], strlen(entities[i])) == 0)
            return true;
    return false;
}

static void check_html(struct span out, struct span source)
{
    if (!is_plain(source))
        return;
    liquid_must(!holds_any(out, "<>\"'"), "data is escaped in HTML");
    if (holds(source, "escape_once"))
        return;
    for (size_t i = 0; i < out.len; i++)
        liquid_must(out.data[i] != '&' || is_entity(span_from(out, i)), "& is escaped in HTML");
}

static void check_header(struct span out)
{
    liquid_must(text_count_points(out) <= 255, "a header is at most 255 characters");
    for (size_t i = 0; i < out.len; i++)
        liquid_must((unsigned char)out.data[i] >= ' ' && out.data[i] != 0x7f,
                    "a header holds no control character");
}

/* Literal text may hold what it likes; data may not. */
static void check_text(struct span out, struct span source)
{
    if (holds_any(source, "\a\b\f\r\v\x1b\x7f") || memchr(source.data, '\0', source.len))
        return;
    liquid_must(!holds_any(out, "\a\b\f\r\v\x1b\x7f"), "a text holds no control of data");
}

static void check_output(const struct liquid_input *input, struct span out)
{
    size_t limit = input->context.max_output_bytes;

    limit = limit ? limit : output_limit(input->options.part);
    liquid_must(out.len <= limit, "the output keeps its limit");
    if (input->options.part == PART_HTML)
        check_html(out, input->source);
    if (input->options.part == PART_HEADER)
        check_header(out);
    if ((input->options.part == PART_TEXT || input->options.part == PART_SMS) && input->source.len)
        check_text(out, input->source);
}

static struct rendering render(const struct template *template, const struct liquid_input *input,
                               struct arena *arena)
{
    struct rendering r = { .rc = 0 };
    size_t before = arena->used;

    r.rc = template_render(template, &input->context, arena, &r.text, &r.problem);
    liquid_must(arena->used - before < ARENA_MOST_BYTES, "memory is bounded");
    if (r.rc < 0)
        liquid_check_problem(&r.problem, input->source);
    else
        check_output(input, r.text);
    return r;
}

static void render_twice(const struct template *template, const struct liquid_input *input,
                         struct arena *arena)
{
    struct rendering first = render(template, input, arena), again = render(template, input, arena);

    liquid_must(first.rc == again.rc && span_eq(first.text, again.text) &&
                    strcmp(first.problem.text, again.problem.text) == 0,
                "rendering twice is the same");
}

/* A traced render takes no short cuts: it does op by op what the other does at once. */
static void render_traced(const struct template *template, struct liquid_input *input,
                          struct arena *arena)
{
    struct rendering at_once = render(template, input, arena), one_by_one = { .rc = 0 };
    struct trace trace;

    trace_init(&trace, arena);
    input->context.trace = &trace;
    one_by_one.rc =
        template_render(template, &input->context, arena, &one_by_one.text, &one_by_one.problem);
    input->context.trace = NULL;
    liquid_must(at_once.rc == one_by_one.rc, "a traced render ends as any other does");
    if (at_once.rc == 0)
        liquid_must(span_eq(at_once.text, one_by_one.text), "a traced render prints the same");
    else
        liquid_must(strcmp(at_once.problem.text, one_by_one.problem.text) == 0 &&
                        at_once.problem.line == one_by_one.problem.line &&
                        at_once.problem.column == one_by_one.problem.column,
                    "a traced render has the same problem");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct template_problems problems = { 0 };
    struct liquid_input input;
    struct template *template;
    struct arena arena;
    double start = liquid_cpu_ms();

    arena_init(&arena);
    liquid_input_read(span_make((const char *)data, size), &arena, &input);
    template = template_compile(input.source, &input.options, &arena, &problems);
    if (template) {
        render_twice(template, &input, &arena);
        render_traced(template, &input, &arena);
    }
    template_destroy(template);
    arena_finish(&arena);
    /* the reference's profile, which no message is rendered by, has a hundred times the fuel */
    liquid_must(input.options.as_reference || liquid_cpu_ms() - start < CPU_MAX_MS,
                "rendering is soon done");
    return 0;
}
