/* tests/fuzz/fuzz_parts.c - whole templates: files behind lines "@@email", "@@sms"..., and JSON
 * behind "@@data". Every channel gets one text, the same each time, or a reason why not. */
#include <stdlib.h>

#include "core/base/text.h"
#include "liquid_input.h"
#include "templates/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct files {
    struct part_source list[PARTS_MAX + 1];
    size_t count;
    struct span json;
};

static void add_file(struct files *files, struct span name, struct span text, struct arena *arena)
{
    if (span_is(name, "data"))
        files->json = text;
    else if (files->count < COUNT_OF(files->list))
        files->list[files->count++] =
            (struct part_source){ arena_dup_span(arena, name), arena_dup_span(arena, text) };
}

static void read_files(struct span bytes, struct arena *arena, struct files *files)
{
    struct span rest = bytes, line, name = span_of("email");
    const char *from = bytes.len > 1 && memcmp(bytes.data, "@@", 2) != 0 ? bytes.data : NULL;

    while (text_next_line(&rest, &line)) {
        if (line.len < 3 || memcmp(line.data, "@@", 2) != 0)
            continue;
        if (from)
            add_file(files, name, span_make(from, (size_t)(line.data - from)), arena);
        name = span_from(line, 2);
        from = rest.len ? rest.data : bytes.data + bytes.len;
    }
    if (from)
        add_file(files, name, span_make(from, (size_t)(bytes.data + bytes.len - from)), arena);
}

static void check_subject(struct span subject)
{
    liquid_must(text_count_points(subject) <= 255, "a subject is at most 255 characters");
    for (size_t i = 0; i < subject.len; i++)
        liquid_must((unsigned char)subject.data[i] >= ' ' && subject.data[i] != 0x7f,
                    "a subject holds no control character");
}

static int render(const struct parts *parts, const struct render_context *context,
                  struct arena *arena, struct rendered *out)
{
    struct template_problem problem = { 0 };
    int rc = parts_render(parts, context, arena, out, &problem);

    if (rc < 0)
        liquid_check_problem(&problem, span_make(NULL, 0));
    else
        check_subject(out->subject);
    liquid_must(rc < 0 || out->part != NULL, "what is rendered says which part it is");
    return rc;
}

static void render_all(const struct parts *parts, struct render_context *context,
                       struct arena *arena)
{
    static const char *const channels[] = { "email", "sms", "whatsapp", "call", "letter" };

    for (size_t i = 0; i < COUNT_OF(channels); i++) {
        struct rendered first, again;
        bool derived;
        int rc;
        context->channel = channels[i];
        rc = render(parts, context, arena, &first);
        liquid_must(rc == render(parts, context, arena, &again), "rendering twice is the same");
        liquid_must(parts_for_channel(parts, channels[i], &derived) != NULL || rc < 0,
                    "what is rendered has a part");
        if (rc == 0)
            liquid_must(span_eq(first.subject, again.subject) && span_eq(first.text, again.text) &&
                            span_eq(first.html, again.html) && first.derived == derived,
                        "rendering twice is the same");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct files files = { .count = 0 };
    struct parts_source source = { .name = "fuzz" };
    struct liquid_input input;
    struct parts *parts;
    struct arena arena;
    struct str problems;

    arena_init(&arena);
    str_init(&problems, 1 << 20);
    read_files(span_make((const char *)data, size), &arena, &files);
    liquid_input_read(
        span_of(arena_printf(&arena, "0\n====\n%s", arena_dup_span(&arena, files.json))), &arena,
        &input);
    source.sources = files.list;
    source.count = files.count;
    parts = parts_compile(&source, &arena, &problems);
    liquid_must((parts == NULL) == (problems.len > 0 || !str_ok(&problems)),
                "a template, or problems");
    if (parts)
        render_all(parts, &input.context, &arena);
    parts_destroy(parts);
    str_finish(&problems);
    arena_finish(&arena);
    return 0;
}
