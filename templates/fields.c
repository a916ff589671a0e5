/* templates/fields.c - which fields a template reads, and whether the data can have them. */
#include "core/base/text.h"
#include "templates/compiler.h"

/* Is it what some snippet is given: an argument, the value under its name, a loop of its caller? */
static bool is_given(const struct template *t, int32_t name)
{
    for (size_t i = 0; i < t->binding_count; i++)
        if (t->bindings[i].name == name)
            return true;
    for (size_t i = 0; i < t->call_count; i++) {
        const struct snippet_call *call = &t->calls[i];
        if (call->name == name || (call->unit > 0 && t->units[call->unit].last == name))
            return true;
    }
    return name == t->forloop;
}

bool name_is_assigned(const struct template *t, int32_t name)
{
    for (size_t i = 0; i < t->op_count; i++) {
        uint8_t code = t->ops[i].code;
        if ((code == OP_ASSIGN || code == OP_CAPTURED || code == OP_COUNT) &&
            t->ops[i].index == name)
            return true;
    }
    return is_given(t, name);
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

    if (name_is_assigned(c->template, path->name) || span_is(path->text, "self"))
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
    for (size_t i = 0; i < c->template->path_count; i++)
        check_field(c, &c->template->paths[i]);
}

const char **template_paths(const struct template *template, struct arena *arena)
{
    const char **paths = arena_array(arena, template->path_count + 1, sizeof(*paths));
    size_t count = 0;

    for (size_t i = 0; i < template->path_count; i++)
        if (!name_is_assigned(template, template->paths[i].name))
            paths[count++] = arena_dup_span(arena, template->paths[i].text);
    return paths;
}
