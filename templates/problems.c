/* templates/problems.c - findings of the compiler with their place, and how they are shown. */
#include <stdarg.h>
#include <stdio.h>

#include "core/base/text.h"
#include "templates/compiler.h"

static const struct unit *unit_at(const struct template *template, uint32_t at)
{
    size_t i = template->unit_count - 1;

    while (i > 0 && template->units[i].begin > at)
        i--;
    return &template->units[i];
}

const struct unit *problem_place(const struct template *template, uint32_t at,
                                 struct template_problem *out)
{
    const struct unit *unit = unit_at(template, at);
    const char *start = template->source.data + unit->begin, *end = start + unit->len;
    const char *here = at < unit->begin + unit->len ? template->source.data + at : end;
    const char *line = start, *stop;
    struct span cut;

    snprintf(out->file, sizeof(out->file), "%s", unit->file ? unit->file : "");
    out->line = 1;
    for (const char *p = start; p < here; p++)
        if (*p == '\n') {
            out->line++;
            line = p + 1;
        }
    out->column = (int)text_count_points(span_make(line, (size_t)(here - line))) + 1;
    stop = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
    cut = text_cut(span_make(line, (size_t)((stop ? stop : end) - line)), sizeof(out->source) - 1);
    memcpy(out->source, cut.data ? cut.data : "", cut.len);
    out->source[cut.len] = '\0';
    for (char *p = out->source; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';
    return unit;
}

static struct template_problem *new_problem(struct compiler *c)
{
    struct template_problems *all = c->problems;

    if (all->count >= PROBLEMS_MAX)
        return NULL;
    if (all->count == all->room) {
        size_t room = all->room ? all->room * 2 : 4;
        struct template_problem *items = arena_array(c->problems_in, room, sizeof(*items));
        if (all->count)
            memcpy(items, all->items, all->count * sizeof(*items));
        all->items = items;
        all->room = room;
    }
    return &all->items[all->count++];
}

void problem_cut(char *text, size_t size)
{
    size_t len = strlen(text);

    if (len + 1 < size)
        return;
    while (len > 0 && ((unsigned char)text[len - 1] & 0xc0) == 0x80)
        len--;
    text[len > 0 && (unsigned char)text[len - 1] >= 0xc0 ? len - 1 : len] = '\0';
}

int problem_at(struct compiler *c, const char *where, const char *format, ...)
{
    uint32_t at = where ? (uint32_t)(where - c->template->source.data) : c->tag_at;
    struct template_problem *problem = new_problem(c);
    va_list args;

    if (!problem) {
        c->broken = true;
        return -1;
    }
    problem_place(c->template, at, problem);
    va_start(args, format);
    vsnprintf(problem->text, sizeof(problem->text), format, args);
    va_end(args);
    problem_cut(problem->text, sizeof(problem->text));
    return -1;
}

void template_explain(const char *name, const struct template_problem *problem, struct str *out)
{
    str_printf(out, "%s:%d:%d: %s\n  %s\n  ", problem->file[0] ? problem->file : name,
               problem->line, problem->column, problem->text, problem->source);
    for (int i = 1; i < problem->column && i < (int)sizeof(problem->source); i++)
        str_add_char(out, ' ');
    str_add_text(out, "^\n");
}
