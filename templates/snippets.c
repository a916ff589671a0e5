/* templates/snippets.c - the sources of one program: the template and the snippets it reaches, each
 * compiled once, however often and from wherever it is called. Calls are ops, so a snippet that calls
 * itself costs nothing here. */
#include "core/base/text.h"
#include "templates/compiler.h"

static struct span last_name(struct span name)
{
    const char *slash = name.len ? memrchr(name.data, '/', name.len) : NULL;

    return slash ? span_from(name, (size_t)(slash + 1 - name.data)) : name;
}

static const char *file_of(struct compiler *c, const struct template_snippet *snippet)
{
    struct arena *arena = &c->template->arena;

    return snippet->file ? arena_dup(arena, snippet->file)
                         : arena_printf(arena, "_%s.liquid", snippet->name);
}

/* Copies the source behind those that are there, one byte apart, so that every place is of one unit. */
static int32_t add(struct compiler *c, const struct template_snippet *snippet)
{
    struct template *t = c->template;
    struct unit unit = { .begin = t->source.len + 1, .len = snippet->source.len };

    if (unit.begin + unit.len > SOURCES_MAX_BYTES || unit.len > SOURCE_MAX_BYTES) {
        problem_at(c, NULL, "with the snippet '%.60s' the template is larger than %zu bytes",
                   snippet->name, SOURCES_MAX_BYTES);
        return -1;
    }
    if (unit.len)
        memcpy(c->sources + unit.begin, snippet->source.data, unit.len);
    t->source.len = unit.begin + unit.len;
    unit.name = span_of(arena_dup(&t->arena, snippet->name));
    unit.file = file_of(c, snippet);
    unit.whole = emit_name(c, unit.name);
    unit.last = emit_name(c, last_name(unit.name));
    return emit_unit(c, unit);
}

int32_t snippet_find(struct compiler *c, struct span name)
{
    const struct template *t = c->template;

    for (size_t i = 1; i < t->unit_count; i++)
        if (span_eq(t->units[i].name, name))
            return (int32_t)i;
    for (size_t i = 0; i < c->options->snippet_count; i++)
        if (span_is(name, c->options->snippets[i].name))
            return add(c, &c->options->snippets[i]);
    return -1;
}

void snippet_find_all(struct compiler *c)
{
    for (size_t i = 0; i < c->options->snippet_count; i++)
        snippet_find(c, span_of(c->options->snippets[i].name));
}

const char *snippet_nearest(struct compiler *c, struct span name)
{
    size_t count = c->options->snippet_count;
    const char **names = arena_array(c->scratch, count + 1, sizeof(*names));

    for (size_t i = 0; i < count; i++)
        names[i] = c->options->snippets[i].name;
    return text_nearest(arena_dup_span(c->scratch, name), names);
}

void snippets_check(struct compiler *c)
{
    const struct template *t = c->template;

    for (size_t i = 0; i < t->call_count; i++)
        if (t->calls[i].flags & CALL_ISOLATED && t->calls[i].unit > 0)
            t->units[t->calls[i].unit].rendered = true;
    for (size_t i = 0; i < t->call_count; i++) {
        const struct snippet_call *call = &t->calls[i];
        if (!(call->flags & CALL_ISOLATED) && t->units[call->in].rendered && !t->lax)
            problem_at(c, t->source.data + call->at,
                       "include usage is not allowed in this context: '%.*s' is rendered",
                       (int)t->units[call->in].name.len, t->units[call->in].name.data);
    }
}
