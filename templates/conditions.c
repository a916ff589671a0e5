/* templates/conditions.c - comparisons joined by and, or; compiled to jumps. */
#include "core/base/text.h"
#include "templates/compiler.h"

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
    if (c->template->lax && lex_is(c, TOKEN_ID) && !lex_is_word(c, "and") &&
        !lex_is_word(c, "or")) {
        const char *text = arena_printf(&c->template->arena, "Unknown operator %.*s",
                                        (int)lex_now(c)->text.len, lex_now(c)->text.data);
        emit(c, OP_FAIL, emit_constant(c, value_text(text)));
        return 0;
    }
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
int condition_parse(struct compiler *c, bool invert, int32_t *when_true, int32_t *when_false)
{
    for (;;) {
        if (comparison_parse(c) < 0)
            return -1;
        if (lex_take_word(c, "and"))
            emit_jump(c, OP_JUMP_FALSE, when_false);
        else if (lex_take_word(c, "or"))
            emit_jump(c, OP_JUMP_TRUE, when_true);
        else
            break;
    }
    if (invert)
        emit_jump(c, OP_JUMP_TRUE, when_true);
    else
        emit_jump(c, OP_JUMP_FALSE, when_false);
    return lex_expect_end(c);
}
