/* templates/compile.c - template_compile(): from source to program, or to the list of its problems. */
#include <stdlib.h>

#include "templates/compiler.h"

static struct template *new_template(struct span source, const struct template_options *options)
{
    struct template *t = xcalloc(1, sizeof(*t));

    arena_init(&t->arena);
    t->part = options->part;
    t->lax = options->lax;
    t->trim_tag_lines = options->trim_tag_lines;
    t->name = arena_dup(&t->arena, options->name ? options->name : "template");
    if (source.len <= SOURCE_MAX_BYTES)
        t->source = span_make(arena_dup_span(&t->arena, source), source.len);
    return t;
}

static int by_place(const void *a, const void *b)
{
    const struct template_problem *x = a, *y = b;

    return x->line != y->line ? (x->line < y->line ? -1 : 1)
                              : (x->column > y->column) - (x->column < y->column);
}

struct template *template_compile(struct span source, const struct template_options *options,
                                  struct arena *problems_in, struct template_problems *problems)
{
    struct arena scratch;
    struct compiler *c = xcalloc(1, sizeof(*c));
    struct template *t = new_template(source, options);
    size_t before = problems->count;

    arena_init(&scratch);
    c->template = t;
    c->scratch = &scratch;
    c->options = options;
    c->problems_in = problems_in;
    c->problems = problems;
    c->source = t->source;
    if (source.len > SOURCE_MAX_BYTES)
        problem_at(c, NULL, "the template is larger than %zu bytes", SOURCE_MAX_BYTES);
    parse_all(c);
    t->stack_room = c->stack_most;
    t->case_room = (size_t)c->case_most;
    report_unknown_fields(c);
    if (problems->count > before) {
        qsort(problems->items + before, problems->count - before, sizeof(*problems->items),
              by_place);
        template_destroy(t);
        t = NULL;
    }
    arena_finish(&scratch);
    free(c);
    return t;
}

void template_destroy(struct template *template)
{
    if (!template)
        return;
    arena_finish(&template->arena);
    free(template);
}
