/* templates/expression.c - tokens to ops: values, paths, filters, conditions. Messages are worded as
 * the reference words them. Nesting is counted (NESTED_EXPRESSIONS_MAX): no input drives recursion. */
#include "templates/compiler.h"

#include <stdlib.h>

#include "core/base/text.h"
#include "templates/filters.h"

/* ---- tokens ---- */

static const struct token *now(const struct compiler *c)
{
    return &c->tokens[c->token];
}

static int bad_character(struct compiler *c, const char *bad)
{
    const struct span *source = &c->template->source;
    const char *end = bad;

    text_next_point(&end, source->data + source->len);
    return problem_at(c, bad, "Unexpected character %.*s", (int)(end - bad), bad);
}

int tokens_begin(struct compiler *c, struct span markup)
{
    const char *bad = NULL;
    struct token *tokens = lexer_tokens(markup, c->scratch, &bad);

    if (!tokens && c->template->lax)
        tokens =
            lexer_tokens(span_make(markup.data, (size_t)(bad - markup.data)), c->scratch, &bad);
    c->tokens = tokens;
    c->token = 0;
    c->stack = 0;
    return tokens ? 0 : bad_character(c, bad);
}

bool token_is(const struct compiler *c, enum token_kind kind)
{
    return now(c)->kind == kind;
}

bool token_is_word(const struct compiler *c, const char *word)
{
    return token_is(c, TOKEN_ID) && span_is(now(c)->text, word);
}

bool token_take(struct compiler *c, enum token_kind kind)
{
    if (!token_is(c, kind))
        return false;
    if (kind != TOKEN_END)
        c->token++;
    return true;
}

bool token_take_word(struct compiler *c, const char *word)
{
    return token_is_word(c, word) && token_take(c, TOKEN_ID);
}

int token_expect(struct compiler *c, enum token_kind kind, struct span *text)
{
    if (!token_is(c, kind))
        return problem_at(c, now(c)->text.data, "Expected %s but found %s", token_name(kind),
                          token_name(now(c)->kind));
    if (text)
        *text = now(c)->text;
    token_take(c, kind);
    return 0;
}

int token_expect_end(struct compiler *c)
{
    return c->template->lax ? 0 : token_expect(c, TOKEN_END, NULL);
}

static int no_expression(struct compiler *c)
{
    const struct token *t = now(c);

    if (t->kind == TOKEN_END)
        return problem_at(c, t->text.data, "[:end_of_string] is not a valid expression");
    return problem_at(c, t->text.data, "[:%s, \"%.*s\"] is not a valid expression",
                      token_name(t->kind), (int)t->text.len, t->text.data);
}

/* ---- values ---- */

static void push_constant(struct compiler *c, struct value value)
{
    emit(c, OP_CONST, emit_constant(c, value));
}

static int number_parse(struct compiler *c)
{
    struct span text = now(c)->text;
    struct value value = { .type = VALUE_INT };

    if (memchr(text.data, '.', text.len)) {
        value.type = VALUE_DOUBLE;
        value.number = strtod(arena_dup_span(c->scratch, text), NULL);
    } else if (!text_to_int(text, INT64_MIN, INT64_MAX, &value.integer)) {
        return problem_at(c, text.data, "the number is too large");
    }
    push_constant(c, value);
    token_take(c, TOKEN_NUMBER);
    return 0;
}

static int string_parse(struct compiler *c)
{
    struct span text = now(c)->text;

    push_constant(c, value_span(span_make(text.data + 1, text.len - 2)));
    token_take(c, TOKEN_STRING);
    return 0;
}

/* A literal float as an end of a literal range counts as its whole part. */
static void whole_number(struct compiler *c)
{
    struct op *op = emit_op(c, emit_here(c) - 1);
    const struct value *value = op->code == OP_CONST ? &c->template->constants[op->index] : NULL;

    if (value && value->type == VALUE_DOUBLE)
        op->index = emit_constant(c, value_int((int64_t)value->number));
}

static int range_parse(struct compiler *c)
{
    token_take(c, TOKEN_OPEN_ROUND);
    if (expression_parse(c, HOLD_NOTHING) < 0)
        return -1;
    whole_number(c);
    if (token_expect(c, TOKEN_DOTDOT, NULL) < 0 || expression_parse(c, HOLD_NOTHING) < 0)
        return -1;
    whole_number(c);
    if (token_expect(c, TOKEN_CLOSE_ROUND, NULL) < 0)
        return -1;
    emit(c, OP_RANGE, 0);
    return 0;
}

/* ---- paths ---- */

static bool is_command(struct span word)
{
    return span_is(word, "size") || span_is(word, "first") || span_is(word, "last");
}

static bool is_plain_word(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (memchr(".[]\"' ", text.data[i], 6))
            return false;
    return text.len > 0;
}

/* Takes ".word" or ["word"] when it may belong to a static path. */
static bool take_step(struct compiler *c, struct span *step)
{
    const struct token *t = now(c);

    if (t[0].kind == TOKEN_DOT && t[1].kind == TOKEN_ID) {
        *step = t[1].text;
        if (is_command(*step))
            return false;
        c->token += 2;
        return true;
    }
    if (t[0].kind != TOKEN_OPEN_SQUARE || t[1].kind != TOKEN_STRING ||
        t[2].kind != TOKEN_CLOSE_SQUARE)
        return false;
    *step = span_make(t[1].text.data + 1, t[1].text.len - 2);
    if (is_command(*step) || !is_plain_word(*step))
        return false;
    c->token += 3;
    return true;
}

static struct span dotted(struct compiler *c, struct span root, const struct span *steps,
                          uint32_t count)
{
    size_t len = root.len, at = root.len;
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

static void emit_root(struct compiler *c, struct span root)
{
    struct span steps[STEPS_MAX];
    int32_t loop = loop_of(c, root);
    struct path path = { .at = (uint32_t)(root.data - c->template->source.data) };

    if (loop >= 0) {
        bool drop = span_is(root, "forloop") || span_is(root, "tablerowloop");
        emit_op(c, emit(c, drop ? OP_LOOP : OP_ITEM, loop))->at = path.at;
        return;
    }
    while (!span_is(root, "self") && path.count < STEPS_MAX && take_step(c, &steps[path.count]))
        path.count++;
    path.text = dotted(c, root, steps, path.count);
    path.name = emit_name(c, root);
    emit_op(c, emit(c, OP_PATH, emit_path(c, path, steps)))->at = path.at;
}

static int bracket_parse(struct compiler *c, uint8_t flag)
{
    int32_t number;

    token_take(c, TOKEN_OPEN_SQUARE);
    if (expression_parse(c, HOLD_NOTHING) < 0)
        return -1;
    if (token_expect(c, TOKEN_CLOSE_SQUARE, NULL) < 0)
        return -1;
    number = emit(c, OP_INDEX, 0);
    emit_op(c, number)->flag = flag;
    return 0;
}

static int dot_parse(struct compiler *c, uint8_t flag)
{
    struct span key;
    int32_t number;

    token_take(c, TOKEN_DOT);
    if (token_expect(c, TOKEN_ID, &key) < 0)
        return -1;
    number = emit(c, OP_KEY, emit_constant(c, value_span(key)));
    emit_op(c, number)->flag = (uint8_t)(flag | (is_command(key) ? FLAG_COMMAND : 0));
    return 0;
}

static int lookups_parse(struct compiler *c, uint8_t flag)
{
    int steps = 0;

    while (token_is(c, TOKEN_DOT) || token_is(c, TOKEN_OPEN_SQUARE)) {
        bool dot = token_is(c, TOKEN_DOT);
        if (++steps > STEPS_MAX)
            return problem_at(c, now(c)->text.data, "a field has more than %d parts", STEPS_MAX);
        if ((dot ? dot_parse(c, flag) : bracket_parse(c, flag)) < 0)
            return -1;
        flag = 0;
    }
    return 0;
}

static bool literal_parse(struct compiler *c)
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
    enum token_kind next = c->tokens[c->token + 1].kind;

    if (next == TOKEN_DOT || next == TOKEN_OPEN_SQUARE)
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (token_take_word(c, words[i].word)) {
            push_constant(c, words[i].value);
            return true;
        }
    return false;
}

static int path_parse(struct compiler *c, enum hold hold)
{
    struct span root = now(c)->text;
    bool self = span_is(root, "self");

    if (literal_parse(c))
        return 0;
    token_take(c, TOKEN_ID);
    emit_root(c, root);
    if (lookups_parse(c, self ? FLAG_SELF : 0) < 0)
        return -1;
    if (hold == HOLD_PATHS && !self) {
        struct op *last = emit_op(c, emit_here(c) - 1);
        last->flag |= FLAG_HOLD_NIL;
        last->at = (uint32_t)(root.data - c->template->source.data);
    }
    return 0;
}

/* ['name']: the reference has given it up; lax still takes it. */
static int bare_bracket_parse(struct compiler *c)
{
    if (!c->template->lax)
        return problem_at(c, now(c)->text.data,
                          "Bare bracket access is not allowed. Use self['...'] instead");
    push_constant(c, value_nil());
    return lookups_parse(c, FLAG_SELF);
}

static int one_expression(struct compiler *c, enum hold hold)
{
    switch (now(c)->kind) {
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
        return problem_at(c, now(c)->text.data, "nested too deep");
    c->nested++;
    rc = one_expression(c, hold);
    c->nested--;
    return rc;
}

/* ---- filters ---- */

struct call {
    struct span name;
    const struct filter *filter; /* NULL: unknown, lax */
    int32_t number;
    int args;                    /* how many are on the stack */
    struct span names[ARGS_MAX]; /* of each; empty = a plain argument */
    int named;
};

static bool at_end_of_arguments(const struct compiler *c)
{
    return token_is(c, TOKEN_PIPE) || token_is(c, TOKEN_END);
}

static int argument_parse(struct compiler *c, struct call *call)
{
    enum hold hold = call->filter && call->filter->guards ? HOLD_NOTHING : HOLD_PATHS;

    if (call->args >= ARGS_MAX)
        return problem_at(c, now(c)->text.data, "more than %d arguments", ARGS_MAX);
    if (token_is(c, TOKEN_ID) && c->tokens[c->token + 1].kind == TOKEN_COLON) {
        call->names[call->args] = now(c)->text;
        call->named++;
        c->token += 2;
    }
    call->args++;
    return expression_parse(c, hold);
}

static int arguments_parse(struct compiler *c, struct call *call)
{
    if (!token_take(c, TOKEN_COLON))
        return 0;
    if (!at_end_of_arguments(c) && argument_parse(c, call) < 0)
        return -1;
    while (token_take(c, TOKEN_COMMA) && !at_end_of_arguments(c))
        if (argument_parse(c, call) < 0)
            return -1;
    return 0;
}

static void emit_named(struct compiler *c, struct call *call)
{
    int32_t number, first = (int32_t)c->template->key_count;

    if (call->named == 0)
        return;
    for (int i = 0; i < call->args; i++)
        emit_key(c, call->names[i]);
    number = emit(c, OP_KWARGS, first);
    emit_op(c, number)->count = (uint16_t)call->args;
    call->args -= call->named - 1;
    c->stack -= (size_t)(call->named - 1);
}

static const char *arity_text(struct compiler *c, const struct call *call)
{
    struct arena *arena = &c->template->arena;
    int least = call->filter->least + 1, most = call->filter->most + 1;

    if (least == most)
        return arena_printf(arena, "wrong number of arguments (given %d, expected %d)",
                            call->args + 1, least);
    return arena_printf(arena, "wrong number of arguments (given %d, expected %d..%d)",
                        call->args + 1, least, most);
}

static int emit_call(struct compiler *c, struct call *call)
{
    int32_t number;

    emit_named(c, call);
    if (call->filter && (call->args < call->filter->least || call->args > call->filter->most)) {
        const char *text = arity_text(c, call);
        if (!c->template->lax)
            return problem_at(c, call->name.data, "filter '%.*s': %s", (int)call->name.len,
                              call->name.data, text);
        emit(c, OP_FAIL, emit_constant(c, value_text(text)));
    }
    number = emit(c, OP_FILTER, call->filter ? call->number : -1);
    emit_op(c, number)->count = (uint16_t)call->args;
    emit_op(c, number)->at = (uint32_t)(call->name.data - c->template->source.data);
    c->stack -= (size_t)call->args;
    return 0;
}

static int unknown_filter(struct compiler *c, struct span name)
{
    const char *nearest = filter_nearest(name);

    if (c->template->lax)
        return 0;
    return problem_at(c, name.data,
                      nearest ? "unknown filter '%.*s', did you mean '%s'?"
                              : "unknown filter '%.*s'",
                      (int)name.len, name.data, nearest);
}

/* "| 'there'" and "|| 'there'" are short for "| default: 'there'". */
static bool take_shorthand(struct compiler *c, struct call *call)
{
    bool two = token_is(c, TOKEN_PIPE) && c->tokens[c->token + 1].kind == TOKEN_STRING;

    if (!two && !token_is(c, TOKEN_STRING))
        return false;
    if (two)
        c->token++;
    call->name = now(c)->text;
    call->filter = filter_find(span_of("default"), &call->number);
    call->args = 1;
    return true;
}

static int filter_parse(struct compiler *c, struct call *call)
{
    if (take_shorthand(c, call))
        return string_parse(c) < 0 ? -1 : emit_call(c, call);
    if (token_expect(c, TOKEN_ID, &call->name) < 0)
        return -1;
    call->filter = filter_find(call->name, &call->number);
    if (!call->filter && unknown_filter(c, call->name) < 0)
        return -1;
    if (arguments_parse(c, call) < 0)
        return -1;
    return emit_call(c, call);
}

static void clear_holds(struct compiler *c, int32_t start)
{
    for (int32_t i = start; i < emit_here(c); i++)
        emit_op(c, i)->flag &= (uint8_t)~FLAG_HOLD_NIL;
}

int filtered_parse(struct compiler *c, bool *guarded, bool *plain)
{
    int32_t start = emit_here(c);
    int count = 0;

    *guarded = false;
    *plain = true;
    if (expression_parse(c, HOLD_PATHS) < 0)
        return -1;
    while (token_take(c, TOKEN_PIPE)) {
        struct call call = { .number = -1 };
        if (c->template->lax && token_is(c, TOKEN_END))
            break;
        if (++count > FILTERS_MAX)
            return problem_at(c, now(c)->text.data, "more than %d filters", FILTERS_MAX);
        if (filter_parse(c, &call) < 0)
            return -1;
        *plain = false;
        if (call.filter && call.filter->guards) {
            *guarded = true;
            clear_holds(c, start);
        }
    }
    return token_expect_end(c);
}

/* ---- conditions ---- */

int operand_parse(struct compiler *c)
{
    enum token_kind next = token_is(c, TOKEN_ID) ? c->tokens[c->token + 1].kind : TOKEN_END;
    bool member = next == TOKEN_DOT || next == TOKEN_OPEN_SQUARE;

    if (!member && token_take_word(c, "blank"))
        push_constant(c, (struct value){ .type = VALUE_BLANK });
    else if (!member && token_take_word(c, "empty"))
        push_constant(c, (struct value){ .type = VALUE_EMPTY });
    else
        return expression_parse(c, HOLD_NOTHING);
    return 0;
}

static enum comparison comparison_of(struct span sign)
{
    static const struct {
        const char *sign;
        enum comparison comparison;
    } rows[] = {
        { "==", COMPARE_EQ }, { "!=", COMPARE_NE }, { "<>", COMPARE_NE }, { "<", COMPARE_LT },
        { "<=", COMPARE_LE }, { ">", COMPARE_GT },  { ">=", COMPARE_GE },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (span_is(sign, rows[i].sign))
            return rows[i].comparison;
    return COMPARE_CONTAINS;
}

static int comparison_parse(struct compiler *c)
{
    struct span sign = now(c)->text;

    if (operand_parse(c) < 0)
        return -1;
    if (c->template->lax && token_is(c, TOKEN_ID) && !token_is_word(c, "and") &&
        !token_is_word(c, "or")) {
        const char *text = arena_printf(&c->template->arena, "Unknown operator %.*s",
                                        (int)now(c)->text.len, now(c)->text.data);
        emit(c, OP_FAIL, emit_constant(c, value_text(text)));
        return 0;
    }
    if (!token_is(c, TOKEN_COMPARISON))
        return 0;
    sign = now(c)->text;
    token_take(c, TOKEN_COMPARISON);
    if (operand_parse(c) < 0)
        return -1;
    emit(c, OP_COMPARE, (int32_t)comparison_of(sign));
    return 0;
}

/* and, or: right to left, which means that the first half decides or leaves it all to the rest. */
int condition_parse(struct compiler *c, bool invert, int32_t *when_true, int32_t *when_false)
{
    for (;;) {
        if (comparison_parse(c) < 0)
            return -1;
        if (token_take_word(c, "and"))
            emit_jump(c, OP_JUMP_FALSE, when_false);
        else if (token_take_word(c, "or"))
            emit_jump(c, OP_JUMP_TRUE, when_true);
        else
            break;
    }
    if (invert)
        emit_jump(c, OP_JUMP_TRUE, when_true);
    else
        emit_jump(c, OP_JUMP_FALSE, when_false);
    return token_expect_end(c);
}
