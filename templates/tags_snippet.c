/* templates/tags_snippet.c - render and include: what stands in the tag. What they do: run_snippets.c. */
#include "templates/compiler.h"

/* ---- names ---- */

/* Reported, and then looked on: the rest of the tag may be wrong, too. */
static void no_snippet(struct compiler *c, struct span name)
{
    const char *nearest = snippet_nearest(c, name);

    if (c->template->lax) {
        const char *text = arena_printf(&c->template->arena, "Could not find asset %.*s",
                                        (int)name.len, name.data);
        emit(c, OP_FAIL, emit_constant(c, value_text(text)));
        return;
    }
    problem_at(c, name.data - 1, /* at the quote */
               nearest ? "no snippet is called '%.*s', did you mean '%s'?"
                       : "no snippet is called '%.*s'",
               (int)name.len, name.data, nearest);
}

static int literal_name(struct compiler *c, struct snippet_call *call)
{
    struct span text = lex_now(c)->text, name = span_make(text.data + 1, text.len - 2);

    lex_take(c, TOKEN_STRING);
    call->unit = snippet_find(c, name);
    if (call->unit < 0)
        no_snippet(c, name);
    return 0;
}

static int name_parse(struct compiler *c, struct snippet_call *call)
{
    if (lex_is(c, TOKEN_STRING))
        return literal_name(c, call);
    if (call->flags & CALL_ISOLATED)
        return problem_at(c, lex_now(c)->text.data,
                          "Syntax error in tag 'render' - Template name must be a quoted string");
    if (expression_parse(c, HOLD_NOTHING) < 0)
        return -1;
    if (!c->template->lax)
        problem_at(c, c->markup.data, "the name of a snippet must be a quoted string");
    call->flags |= CALL_DYNAMIC;
    snippet_find_all(c);
    return 0;
}

/* ---- what it is given ---- */

static int value_parse(struct compiler *c, struct snippet_call *call)
{
    bool each = lex_take_word(c, "for");

    if (!each && !lex_take_word(c, "with"))
        return 0;
    call->flags |= CALL_VALUE | (each ? (unsigned)CALL_EACH : 0);
    return expression_parse(c, HOLD_NOTHING);
}

static int alias_parse(struct compiler *c, struct snippet_call *call)
{
    struct span alias;

    if (!lex_take_word(c, "as"))
        return 0;
    if (lex_expect(c, TOKEN_ID, &alias) < 0)
        return -1;
    call->name = emit_name(c, alias);
    return 0;
}

/* Arguments of an include see those before them; those of a render do not. */
struct arguments {
    struct argument list[SNIPPET_ARGS_MAX];
    size_t count;
};

static int argument_parse(struct compiler *c, struct snippet_call *call, struct arguments *all)
{
    struct argument *argument = &all->list[all->count];

    if (all->count >= SNIPPET_ARGS_MAX)
        return problem_at(c, lex_now(c)->text.data, "more than %d arguments", SNIPPET_ARGS_MAX);
    *argument = (struct argument){ .next = c->arguments };
    argument->slot = (int32_t)all->count + ((call->flags & CALL_DYNAMIC) != 0) +
                     ((call->flags & CALL_VALUE) != 0);
    if (lex_expect(c, TOKEN_ID, &argument->name) < 0 || lex_expect(c, TOKEN_COLON, NULL) < 0 ||
        expression_parse(c, HOLD_NOTHING) < 0)
        return -1;
    all->count++;
    if (!(call->flags & CALL_ISOLATED))
        c->arguments = argument;
    return 0;
}

static int arguments_parse(struct compiler *c, struct snippet_call *call, struct arguments *all)
{
    lex_take(c, TOKEN_COMMA);
    while (lex_is(c, TOKEN_ID)) {
        if (argument_parse(c, call, all) < 0)
            return -1;
        lex_take(c, TOKEN_COMMA);
    }
    return lex_expect(c, TOKEN_END, NULL);
}

static int tag_parse(struct compiler *c, struct snippet_call *call, struct arguments *all)
{
    if (lex_begin(c, c->markup) < 0 || name_parse(c, call) < 0 || value_parse(c, call) < 0 ||
        alias_parse(c, call) < 0)
        return -1;
    return arguments_parse(c, call, all);
}

/* ---- the call ---- */

static void bind_arguments(struct compiler *c, struct snippet_call *call,
                           const struct arguments *all)
{
    call->arguments = (uint32_t)c->template->binding_count;
    call->argument_count = (uint32_t)all->count;
    for (size_t i = 0; i < all->count; i++)
        emit_binding(c, (struct binding){ .name = emit_name(c, all->list[i].name) });
}

void snippet_bind_loops(struct compiler *c, struct snippet_call *call)
{
    call->loops = (uint32_t)c->template->binding_count;
    for (size_t i = c->depth; i > 0; i--) {
        const struct block *block = &c->blocks[i];
        const char *drop = block->table ? "tablerowloop" : "forloop";
        if (block->loop < 0 || block->in_else)
            continue;
        emit_binding(c, (struct binding){ emit_name(c, block->variable), block->loop, false });
        emit_binding(c, (struct binding){ emit_name(c, span_of(drop)), block->loop, true });
        call->depth++;
    }
    call->loop_count = (uint32_t)c->template->binding_count - call->loops;
}

/* A break in an included snippet breaks the loop around the include. */
static void pass_interrupts(struct compiler *c)
{
    static const struct {
        enum interrupt interrupt;
        int (*open)(struct compiler *c, struct block *block);
    } rows[] = { { INTERRUPT_BREAK, break_open }, { INTERRUPT_CONTINUE, continue_open } };

    for (size_t i = 0; i < 2; i++) {
        int32_t number = emit(c, OP_INTERRUPTED, (int32_t)rows[i].interrupt);
        rows[i].open(c, NULL);
        emit_op(c, number)->target = emit_here(c);
    }
}

static unsigned line_flags(const struct compiler *c)
{
    struct span rest = span_from(c->source, c->at);

    if (!c->trim_line || c->trim_next)
        return 0;
    return memchr(rest.data, '\n', rest.len) ? CALL_LINE : CALL_LINE | CALL_LAST;
}

static int snippet_open(struct compiler *c, unsigned flags)
{
    struct snippet_call call = { .flags = flags, .unit = -1, .name = -1, .in = c->unit };
    struct arguments all = { .count = 0 };
    int32_t number;
    int rc = tag_parse(c, &call, &all);

    c->arguments = NULL;
    if (rc < 0)
        return -1;
    if (c->template->part == PART_HTML && c->html.state != HTML_IN_TEXT)
        return problem_at(c, NULL, "a snippet may stand between HTML tags, not inside of one");
    call.at = c->tag_at;
    call.flags |= line_flags(c);
    call.parent = loop_around(c);
    bind_arguments(c, &call, &all);
    snippet_bind_loops(c, &call);
    number = emit(c, OP_CALL, emit_snippet_call(c, call));
    emit_op(c, number)->at = call.at;
    emit_op(c, number)->count = (uint16_t)(all.count + ((call.flags & CALL_DYNAMIC) != 0) +
                                           ((call.flags & CALL_VALUE) != 0));
    c->stack = 0;
    if (!(flags & CALL_ISOLATED))
        pass_interrupts(c);
    return 0;
}

int include_open(struct compiler *c, struct block *block)
{
    (void)block;
    return snippet_open(c, 0);
}

int render_open(struct compiler *c, struct block *block)
{
    (void)block;
    return snippet_open(c, CALL_ISOLATED);
}
