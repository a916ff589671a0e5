/* templates/expression.c - tokens to ops: literals, ranges, paths. Nesting is counted
 * (NESTED_EXPRESSIONS_MAX): no input drives recursion. */
#include <math.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "templates/compiler.h"

static int no_expression(struct compiler *c)
{
    const struct token *t = lex_now(c);

    if (t->kind == TOKEN_END)
        return problem_at(c, t->text.data, "[:end_of_string] is not a valid expression");
    return problem_at(c, t->text.data, "[:%s, \"%.*s\"] is not a valid expression",
                      lexer_token_name(t->kind), (int)t->text.len, t->text.data);
}

/* ---- values ---- */

static int number_parse(struct compiler *c)
{
    struct span text = lex_now(c)->text;
    struct value value = { .type = VALUE_INT };

    if (memchr(text.data, '.', text.len)) {
        value.type = VALUE_DOUBLE;
        value.number = strtod(arena_dup_span(c->scratch, text), NULL);
        if (!isfinite(value.number))
            return problem_at(c, text.data, "the number is too large");
    } else if (!text_to_int(text, INT64_MIN, INT64_MAX, &value.integer)) {
        if (!c->template->lax || text.len > LARGE_MAX_DIGITS)
            return problem_at(c, text.data, "the number is too large");
        value = (struct value){ .type = VALUE_LARGE, .text = text };
    }
    emit_value(c, value);
    lex_take(c, TOKEN_NUMBER);
    return 0;
}

static int string_parse(struct compiler *c)
{
    struct span text = lex_now(c)->text;

    emit_value(c, value_span(span_make(text.data + 1, text.len - 2)));
    lex_take(c, TOKEN_STRING);
    return 0;
}

/* A literal float as an end of a literal range counts as its whole part. */
void expression_whole_number(struct compiler *c)
{
    struct op *op = emit_op(c, emit_here(c) - 1);
    const struct value *value = op->code == OP_CONST ? &c->template->constants[op->index] : NULL;

    if (value && value->type == VALUE_DOUBLE && fabs(value->number) < 9.2e18)
        op->index = emit_constant(c, value_int((int64_t)value->number));
}

static int range_parse(struct compiler *c)
{
    lex_take(c, TOKEN_OPEN_ROUND);
    if (expression_parse(c, HOLD_NOTHING) < 0)
        return -1;
    expression_whole_number(c);
    if (lex_expect(c, TOKEN_DOTDOT, NULL) < 0 || expression_parse(c, HOLD_NOTHING) < 0)
        return -1;
    expression_whole_number(c);
    if (lex_expect(c, TOKEN_CLOSE_ROUND, NULL) < 0)
        return -1;
    emit(c, OP_RANGE, 0);
    return 0;
}

/* ---- paths ---- */

bool expression_is_command(struct span word)
{
    return span_is(word, "size") || span_is(word, "first") || span_is(word, "last");
}

static bool is_plain_word(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text_one_of(text.data[i], ".[]\"' "))
            return false;
    return text.len > 0;
}

/* Takes ".word" or ["word"] when it may belong to a static path. */
static bool take_step(struct compiler *c, struct span *step)
{
    const struct token *t = lex_now(c);

    if (t[0].kind == TOKEN_DOT && t[1].kind == TOKEN_ID) {
        *step = t[1].text;
        if (expression_is_command(*step))
            return false;
        c->token += 2;
        return true;
    }
    if (t[0].kind != TOKEN_OPEN_SQUARE || t[1].kind != TOKEN_STRING ||
        t[2].kind != TOKEN_CLOSE_SQUARE)
        return false;
    *step = span_make(t[1].text.data + 1, t[1].text.len - 2);
    if (expression_is_command(*step) || !is_plain_word(*step))
        return false;
    c->token += 3;
    return true;
}

static struct span dotted(struct compiler *c, struct span root, const struct span *steps,
                          uint32_t count)
{
    size_t at = root.len, len = at;
    char *text;

    for (uint32_t i = 0; i < count; i++)
        len += 1 + steps[i].len;
    text = arena_alloc(&c->template->arena, len + 1);
    memcpy(text, root.data, root.len);
    for (uint32_t i = 0; i < count; i++) {
        text[at++] = '.';
        memcpy(text + at, steps[i].data, steps[i].len);
        at += steps[i].len;
    }
    return span_make(text, len);
}

/* The innermost loop that binds `name`, or -1. */
static int32_t loop_of(const struct compiler *c, struct span name)
{
    for (size_t i = c->depth; i > 0; i--) {
        const struct block *block = &c->blocks[i];
        const char *drop = block->table ? "tablerowloop" : "forloop";
        if (block->loop < 0 || block->in_else)
            continue;
        if (span_eq(block->variable, name) || span_is(name, drop))
            return block->loop;
    }
    return -1;
}

/* Where on the stack an earlier argument of this include tag is, or -1. */
static int32_t argument_of(const struct compiler *c, struct span name)
{
    for (const struct argument *a = c->arguments; a; a = a->next)
        if (span_eq(a->name, name))
            return a->slot;
    return -1;
}

void emit_self(struct compiler *c, uint8_t flag)
{
    struct snippet_call here = { .unit = -1, .name = -1, .flags = CALL_ISOLATED, .in = c->unit };

    snippet_bind_loops(c, &here);
    emit_op(c, emit(c, OP_SELF, emit_snippet_call(c, here)))->flag = flag;
}

/* A name that is bound here: an argument, a loop's variable, the word self. */
static bool emit_bound(struct compiler *c, struct span name)
{
    int32_t loop = loop_of(c, name), slot = argument_of(c, name);
    uint32_t at = (uint32_t)(name.data - c->template->source.data);
    bool drop = span_is(name, "forloop") || span_is(name, "tablerowloop");

    if (slot >= 0)
        emit_op(c, emit(c, OP_PICK, slot))->at = at;
    else if (loop >= 0)
        emit_op(c, emit(c, drop ? OP_LOOP : OP_ITEM, loop))->at = at;
    else if (span_is(name, "self"))
        emit_self(c, 0);
    else
        return false;
    return true;
}

static void emit_field(struct compiler *c, struct span root, const struct span *steps,
                       uint32_t count)
{
    struct path path = { .count = count };

    path.at = (uint32_t)(root.data - c->template->source.data);
    path.text = dotted(c, root, steps, count);
    path.name = emit_name(c, root);
    emit_op(c, emit(c, c->unit ? OP_LOOKUP : OP_PATH, emit_path(c, path, steps)))->at = path.at;
}

void emit_variable(struct compiler *c, struct span name)
{
    if (!emit_bound(c, name))
        emit_field(c, name, NULL, 0);
}

static void emit_root(struct compiler *c, struct span root)
{
    struct span steps[STEPS_MAX];
    uint32_t count = 0;

    if (emit_bound(c, root))
        return;
    while (count < STEPS_MAX && take_step(c, &steps[count]))
        count++;
    emit_field(c, root, steps, count);
}

static int bracket_parse(struct compiler *c)
{
    lex_take(c, TOKEN_OPEN_SQUARE);
    if (expression_parse(c, HOLD_NOTHING) < 0)
        return -1;
    if (lex_expect(c, TOKEN_CLOSE_SQUARE, NULL) < 0)
        return -1;
    emit(c, OP_INDEX, 0);
    return 0;
}

static int dot_parse(struct compiler *c)
{
    struct span key;
    int32_t number;

    lex_take(c, TOKEN_DOT);
    if (lex_expect(c, TOKEN_ID, &key) < 0)
        return -1;
    number = emit(c, OP_KEY, emit_constant(c, value_span(key)));
    emit_op(c, number)->flag = expression_is_command(key) ? FLAG_COMMAND : 0;
    return 0;
}

static int lookups_parse(struct compiler *c)
{
    int steps = 0;

    while (lex_is(c, TOKEN_DOT) || lex_is(c, TOKEN_OPEN_SQUARE)) {
        bool dot = lex_is(c, TOKEN_DOT);
        if (++steps > STEPS_MAX && !c->template->as_reference)
            return problem_at(c, lex_now(c)->text.data, "a field has more than %d parts",
                              STEPS_MAX);
        if ((dot ? dot_parse(c) : bracket_parse(c)) < 0)
            return -1;
    }
    return 0;
}

bool expression_literal(struct span word, struct value *out)
{
    static const struct {
        const char *word;
        struct value value;
    } words[] = {
        { "nil", { .type = VALUE_NIL } },
        { "null", { .type = VALUE_NIL } },
        { "true", { .type = VALUE_BOOL, .boolean = true } },
        { "false", { .type = VALUE_BOOL } },
        { "blank", { .type = VALUE_TEXT } },
        { "empty", { .type = VALUE_TEXT } },
    };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (span_is(word, words[i].word)) {
            *out = words[i].value;
            return true;
        }
    return false;
}

static bool literal_parse(struct compiler *c)
{
    enum token_kind next = c->tokens[c->token + 1].kind;
    struct value literal;

    if (next == TOKEN_DOT || next == TOKEN_OPEN_SQUARE || !lex_is(c, TOKEN_ID) ||
        !expression_literal(lex_now(c)->text, &literal))
        return false;
    emit_value(c, literal);
    lex_take(c, TOKEN_ID);
    return true;
}

static int path_parse(struct compiler *c, enum hold hold)
{
    struct span root = lex_now(c)->text;
    bool self = span_is(root, "self");

    if (literal_parse(c))
        return 0;
    lex_take(c, TOKEN_ID);
    emit_root(c, root);
    if (lookups_parse(c) < 0)
        return -1;
    if (hold == HOLD_PATHS && !self) {
        struct op *last = emit_op(c, emit_here(c) - 1);
        last->flag |= FLAG_HOLD_NIL;
        last->at = (uint32_t)(root.data - c->template->source.data);
    }
    return 0;
}

/* ['name']: the reference has given it up in strict templates. */
static int bare_bracket_parse(struct compiler *c)
{
    if (!c->template->lax)
        return problem_at(c, lex_now(c)->text.data,
                          "Bare bracket access is not allowed. Use self['...'] instead");
    emit_self(c, FLAG_NAMED);
    return lookups_parse(c);
}

static int one_expression(struct compiler *c, enum hold hold)
{
    switch (lex_now(c)->kind) {
    case TOKEN_ID:
        return path_parse(c, hold);
    case TOKEN_STRING:
        return string_parse(c);
    case TOKEN_NUMBER:
        return number_parse(c);
    case TOKEN_OPEN_ROUND:
        return range_parse(c);
    case TOKEN_OPEN_SQUARE:
        return bare_bracket_parse(c);
    default:
        return no_expression(c);
    }
}

int expression_parse(struct compiler *c, enum hold hold)
{
    int rc;

    if (c->nested >= NESTED_EXPRESSIONS_MAX || c->stack + 2 > STACK_MAX)
        return problem_at(c, lex_now(c)->text.data, "nested too deep");
    c->nested++;
    rc = one_expression(c, hold);
    c->nested--;
    return rc;
}
