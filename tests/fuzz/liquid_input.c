/* tests/fuzz/liquid_input.c - see liquid_input.h. */
#include "liquid_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/text.h"
#include "tests/templates/json_value.h"

#define NOW_MS INT64_C(1795251600000) /* 2026-11-21 09:00:00 UTC */

static const char sample[] =
    "{\"a\":{\"b\":\"Ann\",\"n\":-9223372036854775808,\"c\":{\"d\":[1,2]}},"
    "\"l\":[3,1.5,\"<b>'&\\\"\\u202e\",null,[1,[2]],{\"k\":\"v\"}],"
    "\"p\":[{\"name\":\"tea\",\"price\":3.5},{\"name\":\"Oat\",\"price\":12}],"
    "\"x\":\"2026-03-14 10:00\",\"s\":\"javascript:\\n\\u0007&<\\u20ac \",\"t\":true,\"e\":\"\"}";

static const char *const fields[] = { "a.b", "a.*", "l", "p.*",        "x",
                                      "s",   "t",   "e", "first_name", NULL };

void liquid_must(bool truth, const char *what)
{
    if (truth)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

double liquid_cpu_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static struct value read_data(struct span json, struct arena *arena)
{
    struct value data;

    /* as the engine binds it: UTF-8 only */
    if (json.len && json_value(span_of(text_to_utf8(arena, json)), arena, &data) &&
        data.type == VALUE_MAP)
        return data;
    liquid_must(json_value(span_of(sample), arena, &data), "the sample is JSON");
    return data;
}

/* "self" is the template again, "part" uses what its caller lets it see, and the data's map "snippets"
 * has others. */
static void add_snippets(struct liquid_input *out, struct arena *arena)
{
    static const char part[] =
        "{{ x }}{{ i }}{{ forloop.index }}{% assign y = x %}{% if x %}{% break "
        "%}{% endif %}{% include 'self' with l as i, x: y %}";
    const struct value *map = json_value_get(&out->context.data, "snippets");
    size_t count = map && map->type == VALUE_MAP ? map->map.count : 0, used = 0;
    struct template_snippet *list = arena_array(arena, count + 2, sizeof(*list));

    list[used++] = (struct template_snippet){ .name = "self", .source = out->source };
    list[used++] = (struct template_snippet){ .name = "part", .source = span_of(part) };
    for (size_t i = 0; i < count; i++) {
        const struct value_pair *pair = &map->map.pairs[i];
        if (pair->value.type == VALUE_TEXT)
            list[used++] = (struct template_snippet){ .name = arena_dup_span(arena, pair->name),
                                                      .source = pair->value.text };
    }
    out->options.snippets = list;
    out->options.snippet_count = used;
}

void liquid_input_read(struct span bytes, struct arena *arena, struct liquid_input *out)
{
    static const char line[] = "\n====\n";
    unsigned flags = bytes.len ? (unsigned char)bytes.data[0] : 0;
    struct span rest = span_from(bytes, 1);
    const char *cut = rest.len ? memmem(rest.data, rest.len, line, strlen(line)) : NULL;
    size_t len = cut ? (size_t)(cut - rest.data) : rest.len;

    *out = (struct liquid_input){ .options = { .name = "fuzz" }, .context = { .now_ms = NOW_MS } };
    out->options.part = (enum template_part)((flags & 7) % 6);
    out->options.trim_tag_lines = (flags & 8) != 0;
    out->options.fields = flags & 32 ? NULL : fields;
    out->options.lax = (flags & 64) != 0;
    out->source = span_make(rest.data, len);
    out->context.max_output_bytes = flags & 16 ? 0 : 100;
    out->context.data = read_data(cut ? span_from(rest, len + strlen(line)) : rest, arena);
    out->options.as_reference = out->options.lax && out->options.trim_tag_lines;
    add_snippets(out, arena);
}

void liquid_check_problem(const struct template_problem *problem, struct span source)
{
    liquid_must(problem->line > 0 && problem->column > 0, "a problem has a place");
    liquid_must(problem->text[0] != '\0', "a problem has a reason");
    if (!text_is_utf8(source))
        return; /* which it says */
    liquid_must(text_is_utf8(span_of(problem->text)), "a problem's text is UTF-8");
    liquid_must(text_is_utf8(span_of(problem->source)), "a problem's line is UTF-8");
}
