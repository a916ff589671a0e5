/* templates/calls.c - filters behind an expression: names, arguments, the fallback shorthand. */
#include "core/base/text.h"
#include "templates/compiler.h"
#include "templates/filters.h"
#include "templates/loose.h"

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
    return lex_is(c, TOKEN_PIPE) || lex_is(c, TOKEN_END);
}

static int argument_parse(struct compiler *c, struct call *call)
{
    enum hold hold = call->filter && call->filter->guards ? HOLD_NOTHING : HOLD_PATHS;

    if (call->args >= ARGS_MAX)
        return problem_at(c, lex_now(c)->text.data, "more than %d arguments", ARGS_MAX);
    if (lex_is(c, TOKEN_ID) && c->tokens[c->token + 1].kind == TOKEN_COLON) {
        call->names[call->args] = lex_now(c)->text;
        call->named++;
        c->token += 2;
    }
    call->args++;
    return expression_parse(c, hold);
}

static int arguments_parse(struct compiler *c, struct call *call)
{
    if (!lex_take(c, TOKEN_COLON))
        return 0;
    if (!at_end_of_arguments(c) && argument_parse(c, call) < 0)
        return -1;
    while (lex_take(c, TOKEN_COMMA) && !at_end_of_arguments(c))
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

static void report_unknown(struct compiler *c, struct span name)
{
    const char *nearest;

    if (c->template->lax)
        return;
    nearest = filter_nearest(name);
    problem_at(c, name.data,
               nearest ? "unknown filter '%.*s', did you mean '%s'?" : "unknown filter '%.*s'",
               (int)name.len, name.data, nearest);
}

/* "| 'there'" and "|| 'there'" are short for "| default: 'there'". */
static bool take_shorthand(struct compiler *c, struct call *call)
{
    bool two = lex_is(c, TOKEN_PIPE) && c->tokens[c->token + 1].kind == TOKEN_STRING;

    if (!two && !lex_is(c, TOKEN_STRING))
        return false;
    if (two)
        c->token++;
    call->name = lex_now(c)->text;
    call->filter = filter_find(span_of("default"), &call->number);
    call->args = 1;
    return true;
}

static int filter_parse(struct compiler *c, struct call *call)
{
    if (take_shorthand(c, call))
        return expression_parse(c, HOLD_NOTHING) < 0 ? -1 : emit_call(c, call);
    if (lex_expect(c, TOKEN_ID, &call->name) < 0)
        return -1;
    call->filter = filter_find(call->name, &call->number);
    if (!call->filter)
        report_unknown(c, call->name); /* and look on: its arguments may be wrong, too */
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
    while (lex_take(c, TOKEN_PIPE)) {
        struct call call = { .number = -1 };
        if (++count > FILTERS_MAX)
            return problem_at(c, lex_now(c)->text.data, "more than %d filters", FILTERS_MAX);
        if (filter_parse(c, &call) < 0)
            return -1;
        *plain = false;
        if (call.filter && call.filter->guards) {
            *guarded = true;
            clear_holds(c, start);
        }
    }
    return lex_expect_end(c);
}

/* ---- loosely: filters found by scanning ---- */

static int loose_argument(struct compiler *c, struct call *call, struct span fragment)
{
    struct span rest = fragment, key, value;

    if (call->args >= ARGS_MAX)
        return problem_at(c, fragment.data, "more than %d arguments", ARGS_MAX);
    if (loose_attribute_here(&rest, &key, &value) && rest.len == 0) {
        call->names[call->args] = key;
        call->named++;
        fragment = value;
    }
    call->args++;
    return loose_expression(c, fragment);
}

/* Behind each ":" or "," with a fragment: an argument; "key: value" is one, too. */
static int loose_arguments(struct compiler *c, struct call *call, struct span text)
{
    while (text.len) {
        struct span key, value, rest = span_from(text, 1), named;
        bool sign = text.data[0] == ':' || text.data[0] == ',';

        text = rest;
        if (!sign)
            continue;
        while (rest.len && lexer_is_space(rest.data[0]))
            rest = span_from(rest, 1);
        named = rest;
        if (loose_attribute_here(&named, &key, &value)) {
            value = span_make(key.data, (size_t)(value.data + value.len - key.data));
            text = named;
        } else if (loose_fragment_here(&rest, &value)) {
            text = rest;
        } else {
            continue;
        }
        if (loose_argument(c, call, value) < 0)
            return -1;
    }
    return 0;
}

static bool is_word_char(char ch)
{
    return text_is_digit(ch) || ch == '_' ||
           (text_lower_char(ch) >= 'a' && text_lower_char(ch) <= 'z');
}

static int loose_call(struct compiler *c, struct span text)
{
    struct call call = { .number = -1 };
    size_t from = 0, end;

    while (from < text.len && !is_word_char(text.data[from]))
        from++;
    for (end = from; end < text.len && is_word_char(text.data[end]);)
        end++;
    if (from == end)
        return 0;
    call.name = span_make(text.data + from, end - from);
    call.filter = filter_find(call.name, &call.number);
    return loose_arguments(c, &call, text) < 0 ? -1 : emit_call(c, &call);
}

/* The run of white space, commas and fragments at the head of *rest: one filter. */
static struct span take_call(struct span *rest)
{
    struct span fragment;
    const char *from = rest->data;
    bool more = true;

    while (rest->len && more) {
        bool gap = lexer_is_space(rest->data[0]) || rest->data[0] == ',';
        more = gap || loose_fragments_here(rest, &fragment);
        if (gap)
            *rest = span_from(*rest, 1);
    }
    return span_make(from, (size_t)(rest->data - from));
}

int loose_calls(struct compiler *c, struct span filters)
{
    struct span rest = filters;
    int count = 0;

    while (rest.len) {
        struct span text = take_call(&rest);
        if (++count > FILTERS_MAX)
            return problem_at(c, filters.data, "more than %d filters", FILTERS_MAX);
        if (loose_call(c, text) < 0)
            return -1;
        rest = span_from(rest, 1); /* what parts it from the next, such as "|" */
    }
    return 0;
}
