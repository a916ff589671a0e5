/* templates/fields.c - which fields a template reads, and whether the data can have them. */
#include "core/base/text.h"
#include "templates/compiler.h"

/* What some snippet is given: an argument, the value under its name, a loop of its caller. */
static void mark_given(const struct template *t, bool *assigned)
{
    for (size_t i = 0; i < t->binding_count; i++)
        assigned[t->bindings[i].name] = true;
    for (size_t i = 0; i < t->call_count; i++) {
        const struct snippet_call *call = &t->calls[i];
        if (call->name >= 0)
            assigned[call->name] = true;
        if (call->unit > 0)
            assigned[t->units[call->unit].last] = true;
    }
    if (t->forloop >= 0)
        assigned[t->forloop] = true;
}

void find_assigned_names(struct template *t)
{
    bool *assigned = arena_array(&t->arena, t->name_count + 1, sizeof(*assigned));

    for (size_t i = 0; i < t->op_count; i++) {
        uint8_t code = t->ops[i].code;
        if (code == OP_ASSIGN || code == OP_CAPTURED || code == OP_COUNT)
            assigned[t->ops[i].index] = true;
    }
    mark_given(t, assigned);
    t->assigned = assigned;
}

/* field: "prospect.first_name", or "fields.*" for anything below. A path may stop short ("recap"). */
static bool fits(const char *field, struct span path)
{
    size_t len = strlen(field);

    if (len > 2 && strcmp(field + len - 2, ".*") == 0)
        return path.len >= len - 2 && memcmp(path.data, field, len - 2) == 0 &&
               (path.len == len - 2 || path.data[len - 2] == '.');
    return path.len <= len && memcmp(path.data, field, path.len) == 0 &&
           (path.len == len || field[path.len] == '.');
}

bool field_is_known(const char *const *fields, struct span path)
{
    for (size_t i = 0; fields[i]; i++)
        if (fits(fields[i], path))
            return true;
    return false;
}

static void check_field(struct compiler *c, const struct path *path)
{
    const char *const *fields = c->options->fields;
    const char *nearest;

    if (c->template->assigned[path->name] || span_is(path->text, "self"))
        return;
    if (field_is_known(fields, path->text))
        return;
    nearest = text_nearest(arena_dup_span(c->scratch, path->text), fields);
    problem_at(c, c->template->source.data + path->at,
               nearest ? "unknown field '%.*s', did you mean '%s'?" : "unknown field '%.*s'",
               (int)path->text.len, path->text.data, nearest);
}

void report_unknown_fields(struct compiler *c)
{
    if (!c->options->fields || c->broken)
        return;
    for (size_t i = 0; i < c->template->path_count && !c->broken; i++)
        check_field(c, &c->template->paths[i]);
}

const char **template_paths(const struct template *template, struct arena *arena)
{
    const char **paths = arena_array(arena, template->path_count + 1, sizeof(*paths));
    size_t count = 0;

    for (size_t i = 0; i < template->path_count; i++)
        if (!template->assigned[template->paths[i].name])
            paths[count++] = arena_dup_span(arena, template->paths[i].text);
    return paths;
}
