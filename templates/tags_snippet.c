/* templates/tags_snippet.c - render and include: what stands in the tag. What they do: run_snippets.c. */
#include <string.h>

#include "core/base/text.h"
#include "templates/compiler.h"
#include "templates/loose.h"

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
struct call_parse {
    struct snippet_call call;
    struct argument list[SNIPPET_ARGS_MAX];
    size_t count;
};

static void reset_call(struct call_parse *p)
{
    p->call.flags &= (unsigned)CALL_ISOLATED;
    p->call.unit = p->call.name = -1;
    p->count = 0;
}

static struct argument *new_argument(struct compiler *c, struct call_parse *p)
{
    struct argument *argument = &p->list[p->count];

    if (p->count >= SNIPPET_ARGS_MAX) {
        problem_at(c, NULL, "more than %d arguments", SNIPPET_ARGS_MAX);
        return NULL;
    }
    *argument = (struct argument){ .next = c->arguments };
    argument->slot = (int32_t)p->count + ((p->call.flags & CALL_DYNAMIC) != 0) +
                     ((p->call.flags & CALL_VALUE) != 0);
    return argument;
}

/* Its value is on the stack: those behind it may see it. */
static void keep_argument(struct compiler *c, struct call_parse *p)
{
    if (!(p->call.flags & CALL_ISOLATED))
        c->arguments = &p->list[p->count];
    p->count++;
}

static int arguments_parse(struct compiler *c, struct call_parse *p)
{
    lex_take(c, TOKEN_COMMA);
    while (lex_is(c, TOKEN_ID)) {
        struct argument *argument = new_argument(c, p);
        if (!argument || lex_expect(c, TOKEN_ID, &argument->name) < 0 ||
            lex_expect(c, TOKEN_COLON, NULL) < 0 || expression_parse(c, HOLD_NOTHING) < 0)
            return -1;
        keep_argument(c, p);
        lex_take(c, TOKEN_COMMA);
    }
    return lex_expect(c, TOKEN_END, NULL);
}

static int tag_strict(struct compiler *c, void *state)
{
    struct call_parse *p = state;

    if (lex_begin(c, c->markup) < 0 || name_parse(c, &p->call) < 0 ||
        value_parse(c, &p->call) < 0 || alias_parse(c, &p->call) < 0)
        return -1;
    return arguments_parse(c, p);
}

/* ---- loosely ---- */

/* Takes " word value" off *rest; value: a fragment, or for "as" a word. */
static bool take_loose(struct span *rest, const char *word, struct span *value)
{
    struct span s = *rest, found;

    if (!loose_word(&s, &found) || !span_is(found, word) || s.len == 0 ||
        !lexer_is_space(s.data[0]))
        return false;
    s = text_trim(s);
    if (strcmp(word, "as") == 0 ? !loose_word(&s, value) : !loose_fragments_here(&s, value))
        return false;
    *rest = s;
    return true;
}

static int loose_name(struct compiler *c, struct snippet_call *call, struct span name)
{
    size_t last = name.len - 1;
    bool quoted = last > 0 && (name.data[0] == '"' || name.data[0] == '\'') &&
                  name.data[last] == name.data[0];

    if (quoted) {
        name = span_make(name.data + 1, name.len - 2);
        call->unit = snippet_find(c, name);
        if (call->unit < 0)
            no_snippet(c, name);
        return 0;
    }
    call->flags |= CALL_DYNAMIC;
    snippet_find_all(c);
    return loose_expression(c, name);
}

static int loose_argument(struct compiler *c, struct call_parse *p, struct span key,
                          struct span value)
{
    struct argument *argument = new_argument(c, p);

    if (!argument)
        return -1;
    argument->name = key;
    if (loose_expression(c, value) < 0)
        return -1;
    keep_argument(c, p);
    return 0;
}

static int tag_loose(struct compiler *c, void *state)
{
    struct call_parse *p = state;
    struct span rest = c->markup, name, value, alias, key;
    bool each;

    reset_call(p);
    do
        if (!loose_fragment(&rest, &name))
            return problem_at(c, c->markup.data,
                              "Syntax error in tag '%s' - Template name must be a quoted string",
                              p->call.flags & CALL_ISOLATED ? "render" : "include");
    while (p->call.flags & CALL_ISOLATED && name.data[0] != '"' && name.data[0] != '\'');
    if (loose_name(c, &p->call, name) < 0)
        return -1;
    each = take_loose(&rest, "for", &value);
    if (each || take_loose(&rest, "with", &value)) {
        p->call.flags |= CALL_VALUE | (each ? (unsigned)CALL_EACH : 0);
        if (loose_expression(c, value) < 0)
            return -1;
    }
    if (take_loose(&rest, "as", &alias))
        p->call.name = emit_name(c, alias);
    for (rest = c->markup; loose_attribute(&rest, &key, &value);)
        if (loose_argument(c, p, key, value) < 0)
            return -1;
    return 0;
}

/* ---- the call ---- */

static void bind_arguments(struct compiler *c, struct call_parse *p)
{
    p->call.arguments = (uint32_t)c->template->binding_count;
    p->call.argument_count = (uint32_t)p->count;
    for (size_t i = 0; i < p->count; i++)
        emit_binding(c, (struct binding){ .name = emit_name(c, p->list[i].name) });
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
    return rest.len && memchr(rest.data, '\n', rest.len) ? CALL_LINE : CALL_LINE | CALL_LAST;
}

static void emit_snippet(struct compiler *c, struct call_parse *p)
{
    struct snippet_call *call = &p->call;
    bool dynamic = call->flags & CALL_DYNAMIC, value = call->flags & CALL_VALUE;
    int32_t number;

    call->at = c->tag_at;
    call->flags |= line_flags(c);
    call->parent = loop_around(c);
    bind_arguments(c, p);
    snippet_bind_loops(c, call);
    number = emit(c, OP_CALL, emit_snippet_call(c, *call));
    emit_op(c, number)->at = call->at;
    emit_op(c, number)->count = (uint16_t)(p->count + dynamic + value);
    c->stack = 0;
    if (!(call->flags & CALL_ISOLATED))
        pass_interrupts(c);
}

static int snippet_open(struct compiler *c, unsigned flags)
{
    struct call_parse p = { .call = { .flags = flags, .unit = -1, .name = -1, .in = c->unit } };
    int rc = loose_or_strict(c, tag_strict, tag_loose, &p);

    c->arguments = NULL;
    if (rc < 0)
        return -1;
    if (c->template->part == PART_HTML && c->html.state != HTML_IN_TEXT)
        return problem_at(c, NULL, "a snippet may stand between HTML tags, not inside of one");
    emit_snippet(c, &p);
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
