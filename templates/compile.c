/* templates/compile.c - template_compile(): from source to program, or to the list of its problems. */
#include <stdlib.h>

#include "templates/compiler.h"
#include "templates/run.h"

static struct template *new_template(const struct template_options *options)
{
    struct template *t = xcalloc(1, sizeof(*t));

    arena_init(&t->arena);
    t->part = options->part;
    t->lax = options->lax;
    t->trim_tag_lines = options->trim_tag_lines;
    t->as_reference = options->as_reference;
    t->name = arena_dup(&t->arena, options->name ? options->name : "template");
    return t;
}

/* Room for the template and the snippets it may reach, which do not move while it is compiled. */
static void take_source(struct compiler *c, struct span source)
{
    size_t room = source.len + 1;

    for (size_t i = 0; i < c->options->snippet_count; i++)
        room += c->options->snippets[i].source.len + 1;
    c->sources =
        arena_alloc(&c->template->arena, room < SOURCES_MAX_BYTES ? room : SOURCES_MAX_BYTES + 1);
    if (source.len > SOURCE_MAX_BYTES) {
        source.len = 0;
        problem_at(c, NULL, "the template is larger than %zu bytes", SOURCE_MAX_BYTES);
    }
    if (source.len)
        memcpy(c->sources, source.data, source.len);
    c->template->source = span_make(c->sources, source.len);
    c->template->units->len = source.len;
}

static int by_place(const void *a, const void *b)
{
    const struct template_problem *x = a, *y = b;

    if (strcmp(x->file, y->file) != 0)
        return strcmp(x->file, y->file);
    return x->line != y->line ? (x->line < y->line ? -1 : 1)
                              : (x->column > y->column) - (x->column < y->column);
}

/* Room for a render's output: its texts, and a guess of what data and further turns of loops add;
 * grows by doubling. */
#define SMALLEST_ROOM ((size_t)512)
#define DATA_ROOM 256
#define TURNS_GUESSED 4
#define PRINT_GUESSED 24
#define TURNS_ROOM_MAX ((size_t)4096)

/* What all turns but the first print. */
static size_t turns_room(const struct template *t)
{
    size_t room = 0, loops = 0;

    for (size_t i = 0; i < t->op_count; i++) {
        const struct op *op = &t->ops[i];
        loops += op->code == OP_FOR;
        loops -= op->code == OP_FOR_END && loops > 0;
        if (loops > 0 && op->code == OP_TEXT)
            room += t->constants[op->index].text.len;
        if (loops > 0 && op->code == OP_PRINT)
            room += PRINT_GUESSED;
    }
    room *= TURNS_GUESSED - 1;
    return room < TURNS_ROOM_MAX ? room : TURNS_ROOM_MAX;
}

static void guess_room(struct template *t)
{
    size_t room = t->text_bytes + DATA_ROOM + turns_room(t);

    for (t->out_room = SMALLEST_ROOM; t->out_room < room;)
        t->out_room *= 2;
}

static void make_hints(struct template *t)
{
    t->name_hints = arena_array(&t->arena, t->name_count, sizeof(hint));
    t->key_hints = arena_array(&t->arena, t->key_count, sizeof(hint));
    t->op_hints = arena_array(&t->arena, t->op_count, sizeof(hint));
}

struct template *template_compile(struct span source, const struct template_options *options,
                                  struct arena *problems_in, struct template_problems *problems)
{
    struct arena scratch;
    struct compiler *c = xcalloc(1, sizeof(*c));
    struct template *t = new_template(options);
    size_t before = problems->count;

    arena_init(&scratch);
    c->template = t;
    c->scratch = &scratch;
    c->options = options;
    c->problems_in = problems_in;
    c->problems = problems;
    emit_unit(c, (struct unit){ .name = span_of("") });
    take_source(c, source);
    t->forloop = emit_name(c, span_of("forloop"));
    parse_all(c);
    t->stack_room = c->stack_most;
    if (!t->bindings) /* calls without any begin at the first, too */
        t->bindings = arena_array(&t->arena, 1, sizeof(*t->bindings));
    find_assigned_names(t);
    report_unknown_fields(c);
    if (problems->count > before) {
        qsort(problems->items + before, problems->count - before, sizeof(*problems->items),
              by_place);
        template_destroy(t);
        t = NULL;
    } else {
        guess_room(t);
        run_measure(t);
        make_hints(t);
        quick_find(t);
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
