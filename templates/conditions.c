/* templates/conditions.c - comparisons joined by and, or; compiled to jumps. */
#include "core/base/text.h"
#include "templates/compiler.h"
#include "templates/loose.h"

int operand_parse(struct compiler *c)
{
    enum token_kind next = lex_is(c, TOKEN_ID) ? c->tokens[c->token + 1].kind : TOKEN_END;
    bool member = next == TOKEN_DOT || next == TOKEN_OPEN_SQUARE;

    if (!member && lex_take_word(c, "blank"))
        emit_value(c, (struct value){ .type = VALUE_BLANK });
    else if (!member && lex_take_word(c, "empty"))
        emit_value(c, (struct value){ .type = VALUE_EMPTY });
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
    struct span sign;

    if (operand_parse(c) < 0)
        return -1;
    if (!lex_is(c, TOKEN_COMPARISON))
        return 0;
    sign = lex_now(c)->text;
    lex_take(c, TOKEN_COMPARISON);
    if (operand_parse(c) < 0)
        return -1;
    emit(c, OP_COMPARE, (int32_t)comparison_of(sign));
    return 0;
}

/* and, or: right to left, which means that the first half decides or leaves it all to the rest. */
struct condition { /* chains of jumps, for the caller to land */
    int32_t *when_true, *when_false;
};

static int strict(struct compiler *c, void *state)
{
    const struct condition *k = state;

    if (lex_begin(c, c->markup) < 0)
        return -1;
    for (;;) {
        if (comparison_parse(c) < 0)
            return -1;
        if (lex_take_word(c, "and"))
            emit_jump(c, OP_JUMP_FALSE, k->when_false);
        else if (lex_take_word(c, "or"))
            emit_jump(c, OP_JUMP_TRUE, k->when_true);
        else
            break;
    }
    return lex_expect_end(c);
}

/* ---- loosely ---- */

int loose_operand(struct compiler *c, struct span fragment)
{
    if (span_is(fragment, "blank"))
        emit_value(c, (struct value){ .type = VALUE_BLANK });
    else if (span_is(fragment, "empty"))
        emit_value(c, (struct value){ .type = VALUE_EMPTY });
    else
        return loose_expression(c, fragment);
    return 0;
}

static struct span take_sign(struct span *rest)
{
    size_t len = 0;

    while (rest->len && lexer_is_space(rest->data[0]))
        *rest = span_from(*rest, 1);
    while (len < rest->len && (text_one_of(rest->data[len], "=!<>_") ||
                               (rest->data[len] >= 'a' && rest->data[len] <= 'z')))
        len++;
    *rest = span_from(*rest, len);
    return span_make(rest->data - len, len);
}

static int unknown_operator(struct compiler *c, struct span sign)
{
    const char *text =
        arena_printf(&c->template->arena, "Unknown operator %.*s", (int)sign.len, sign.data);

    emit(c, OP_FAIL, emit_constant(c, value_text(text)));
    return 0;
}

/* "a sign b", the rest is passed over. */
static int loose_comparison(struct compiler *c, struct span text)
{
    struct span left, right, sign;
    enum comparison comparison;

    if (!loose_fragment(&text, &left))
        return problem_at(c, text.data, "Syntax Error in tag 'if' - Valid syntax: if [expression]");
    sign = take_sign(&text);
    if (loose_operand(c, left) < 0 || sign.len == 0)
        return sign.len ? -1 : 0;
    comparison = comparison_of(sign);
    if (comparison == COMPARE_CONTAINS && !span_is(sign, "contains"))
        return unknown_operator(c, sign);
    if (!loose_fragment(&text, &right))
        emit_value(c, value_nil());
    else if (loose_operand(c, right) < 0)
        return -1;
    emit(c, OP_COMPARE, (int32_t)comparison);
    return 0;
}

/* Where the next " and " or " or " of text begins, outside of quotes; its end without one. */
static size_t next_join(struct span text, struct span *word)
{
    char quote = 0;

    for (size_t i = 0; i < text.len; i++) {
        char ch = text.data[i];
        bool at_word = i > 0 && lexer_is_space(text.data[i - 1]) && !quote;
        size_t len = text_starts_nocase(span_from(text, i), "and ")  ? 3
                     : text_starts_nocase(span_from(text, i), "or ") ? 2
                                                                     : 0;
        if (at_word && len) {
            *word = span_make(text.data + i, len);
            return i;
        }
        if (quote ? ch == quote : ch == '"' || ch == '\'')
            quote = quote ? 0 : ch;
    }
    *word = span_make(NULL, 0);
    return text.len;
}

static int loose(struct compiler *c, void *state)
{
    const struct condition *k = state;
    struct span rest = c->markup, word;

    *k->when_true = *k->when_false = -1;
    do {
        size_t len = next_join(rest, &word);
        if (loose_comparison(c, span_make(rest.data, len)) < 0)
            return -1;
        rest = span_from(rest, len + word.len);
        if (word.len)
            emit_jump(c, word.len == 3 ? OP_JUMP_FALSE : OP_JUMP_TRUE,
                      word.len == 3 ? k->when_false : k->when_true);
    } while (word.len);
    return 0;
}

int condition_parse(struct compiler *c, bool invert, int32_t *when_true, int32_t *when_false)
{
    struct condition k = { when_true, when_false };

    if (loose_or_strict(c, strict, loose, &k) < 0)
        return -1;
    if (invert)
        emit_jump(c, OP_JUMP_TRUE, when_true);
    else
        emit_jump(c, OP_JUMP_FALSE, when_false);
    return 0;
}
