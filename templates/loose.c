/* templates/loose.c - see loose.h. Brackets in brackets are counted: no input drives recursion. */
#include "templates/loose.h"

#include <ctype.h>
#include <stdlib.h>

#include "core/base/text.h"

int loose_or_strict(struct compiler *c, loose_parse *strict, loose_parse *loose, void *state)
{
    struct template *t = c->template;
    size_t problems = c->problems->count, ops = t->op_count, calls = t->call_count;
    size_t bindings = t->binding_count;
    int rc = strict(c, state);

    if (rc == 0 || !t->lax || !loose || c->full)
        return rc;
    c->problems->count = problems;
    t->op_count = ops;
    t->call_count = calls;
    t->binding_count = bindings;
    c->arguments = NULL;
    c->tokens = NULL;
    c->stack = 0;
    rc = loose(c, state);
    if (rc < 0 && c->problems->count == problems)
        problem_at(c, NULL, "Syntax error");
    return rc;
}

/* ---- fragments ---- */

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
}

static size_t quoted_length(struct span s)
{
    const char *end =
        s.len > 1 && is_quote(s.data[0]) ? memchr(s.data + 1, s.data[0], s.len - 1) : NULL;

    return end ? (size_t)(end + 1 - s.data) : 0;
}

static size_t fragment_length(struct span s)
{
    size_t len = quoted_length(s);

    if (len)
        return len;
    while (len < s.len) {
        size_t quoted = quoted_length(span_from(s, len));
        char c = s.data[len];
        if (quoted == 0 && (lexer_is_space(c) || c == ',' || c == '|' || is_quote(c)))
            break;
        len += quoted ? quoted : 1;
    }
    return len;
}

bool loose_fragment(struct span *rest, struct span *out)
{
    for (; rest->len; *rest = span_from(*rest, 1)) {
        size_t len = fragment_length(*rest);
        if (len == 0)
            continue;
        *out = span_make(rest->data, len);
        *rest = span_from(*rest, len);
        return true;
    }
    return false;
}

bool loose_fragment_here(struct span *rest, struct span *out)
{
    size_t len = fragment_length(*rest);

    *out = span_make(rest->data, len);
    *rest = span_from(*rest, len);
    return len > 0;
}

bool loose_fragments_here(struct span *rest, struct span *out)
{
    size_t len = 0, one;

    while ((one = fragment_length(span_from(*rest, len))) > 0)
        len += one;
    *out = span_make(rest->data, len);
    *rest = span_from(*rest, len);
    return len > 0;
}

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static size_t word_length(struct span s)
{
    size_t len = 0;

    while (len < s.len && (is_word_char(s.data[len]) || s.data[len] == '-'))
        len++;
    return len;
}

static struct span skip_space(struct span s)
{
    while (s.len && lexer_is_space(s.data[0]))
        s = span_from(s, 1);
    return s;
}

bool loose_word(struct span *rest, struct span *out)
{
    struct span s = skip_space(*rest);
    size_t len = word_length(s);

    if (len == 0)
        return false;
    *out = span_make(s.data, len);
    *rest = span_from(s, len);
    return true;
}

/* *len: of the word at the head, which nothing behind its first character can begin anew. */
static bool attribute_here(struct span *rest, struct span *key, struct span *value, size_t *len)
{
    struct span s = *rest;

    *len = s.len && is_word_char(s.data[0]) ? word_length(s) : 0;
    *key = span_make(s.data, *len);
    s = skip_space(span_from(s, *len));
    if (*len == 0 || s.len == 0 || s.data[0] != ':')
        return false;
    s = skip_space(span_from(s, 1));
    *value = span_make(s.data, fragment_length(s));
    if (value->len == 0)
        return false;
    *rest = span_from(s, value->len);
    return true;
}

bool loose_attribute_here(struct span *rest, struct span *key, struct span *value)
{
    size_t len;

    return attribute_here(rest, key, value, &len);
}

bool loose_attribute(struct span *rest, struct span *key, struct span *value)
{
    size_t len;

    for (; rest->len; *rest = span_from(*rest, len ? len : 1))
        if (attribute_here(rest, key, value, &len))
            return true;
    return false;
}

/* ---- values ---- */

/* "1.2.3" is 1.2, "1." is 1.0; false for what is no number at all. */
static bool take_number(struct compiler *c, struct span s)
{
    size_t at = s.len && s.data[0] == '-' ? 1 : 0, dots = 0, end = s.len;
    struct value value = { .type = VALUE_INT };

    if (at >= s.len || !isdigit((unsigned char)s.data[at]))
        return false;
    for (; at < s.len; at++) {
        if (s.data[at] == '.' && ++dots == 2)
            end = at;
        if (s.data[at] != '.' && !isdigit((unsigned char)s.data[at]))
            return false;
    }
    if (!dots && s.len > LARGE_MAX_DIGITS)
        return false;
    if (!dots && !text_to_int(s, INT64_MIN, INT64_MAX, &value.integer))
        value = (struct value){ .type = VALUE_LARGE, .text = s };
    if (dots) {
        value.type = VALUE_DOUBLE;
        value.number = strtod(arena_dup_span(c->scratch, span_make(s.data, end)), NULL);
    }
    emit_value(c, value);
    return true;
}

/* "(a..b)": the last ".." with something on both sides. */
static bool split_range(struct span s, struct span *first, struct span *last)
{
    if (s.len < 6 || s.data[0] != '(' || s.data[s.len - 1] != ')')
        return false;
    for (size_t i = s.len - 4; i > 1; i--)
        if (s.data[i] == '.' && s.data[i + 1] == '.') {
            *first = text_trim(span_make(s.data + 1, i - 1));
            *last = text_trim(span_make(s.data + i + 2, s.len - i - 3));
            return first->len && last->len;
        }
    return false;
}

/* Takes the next "[...]" or word off *rest; what is neither is passed over. */
static bool next_step(struct span *rest, struct span *step, bool *bracket)
{
    for (; rest->len; *rest = span_from(*rest, 1)) {
        size_t len = word_length(*rest), depth = 0;
        *bracket = rest->data[0] == '[';
        if (*bracket)
            do {
                depth += rest->data[len] == '[';
                depth -= rest->data[len] == ']';
                len++;
            } while (depth && depth <= NESTED_EXPRESSIONS_MAX && len < rest->len);
        else if (len && len < rest->len && rest->data[len] == '?')
            len++;
        if (len == 0 || depth)
            continue;
        *step = *bracket ? span_make(rest->data + 1, len - 2) : span_make(rest->data, len);
        *rest = span_from(*rest, len);
        return true;
    }
    return false;
}

static int step_value(struct compiler *c, struct span step, bool bracket)
{
    int32_t number;

    if (bracket) {
        if (loose_expression(c, step) < 0)
            return -1;
        emit(c, OP_INDEX, 0);
        return 0;
    }
    number = emit(c, OP_KEY, emit_constant(c, value_span(step)));
    emit_op(c, number)->flag = expression_is_command(step) ? FLAG_COMMAND : 0;
    return 0;
}

static int lookup(struct compiler *c, struct span text)
{
    struct span step;
    bool bracket;

    if (!next_step(&text, &step, &bracket)) {
        emit_value(c, value_nil());
        return 0;
    }
    if (!bracket) {
        emit_variable(c, step);
    } else {
        emit_self(c, FLAG_NAMED);
        if (step_value(c, step, true) < 0)
            return -1;
    }
    while (next_step(&text, &step, &bracket))
        if (step_value(c, step, bracket) < 0)
            return -1;
    return 0;
}

static int range(struct compiler *c, struct span first, struct span last)
{
    if (loose_expression(c, first) < 0)
        return -1;
    expression_whole_number(c);
    if (loose_expression(c, last) < 0)
        return -1;
    expression_whole_number(c);
    emit(c, OP_RANGE, 0);
    return 0;
}

static int one_value(struct compiler *c, struct span text)
{
    struct span first, last;
    struct value literal;

    text = text_trim(text);
    if (text.len > 1 && is_quote(text.data[0]) && text.data[text.len - 1] == text.data[0]) {
        emit_value(c, value_span(span_make(text.data + 1, text.len - 2)));
        return 0;
    }
    if (expression_literal(text, &literal)) {
        emit_value(c, literal);
        return 0;
    }
    if (split_range(text, &first, &last))
        return range(c, first, last);
    return take_number(c, text) ? 0 : lookup(c, text);
}

int loose_expression(struct compiler *c, struct span fragment)
{
    int rc;

    if (c->nested >= NESTED_EXPRESSIONS_MAX || c->stack + 2 > STACK_MAX)
        return problem_at(c, fragment.data, "nested too deep");
    c->nested++;
    rc = one_value(c, fragment);
    c->nested--;
    return rc;
}

int loose_filtered(struct compiler *c, struct span markup)
{
    struct span rest = markup, name;
    const char *bar;

    if (!loose_fragment(&rest, &name)) {
        emit_value(c, value_nil());
        return 0;
    }
    if (loose_expression(c, name) < 0)
        return -1;
    bar = rest.len ? memchr(rest.data, '|', rest.len) : NULL;
    return bar ? loose_calls(c, span_from(rest, (size_t)(bar + 1 - rest.data))) : 0;
}
