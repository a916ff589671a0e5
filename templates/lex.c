/* templates/lex.c - the cursor over a tag's tokens. Messages are worded as the reference words
 * them. */
#include "core/base/text.h"
#include "templates/compiler.h"

static int bad_character(struct compiler *c, const char *bad)
{
    const struct span *source = &c->template->source;
    const char *end = bad;

    text_next_point(&end, source->data + source->len);
    return problem_at(c, bad, "Unexpected character %.*s", (int)(end - bad), bad);
}

int lex_begin(struct compiler *c, struct span markup)
{
    const char *bad = NULL;
    struct token *tokens = lexer_tokens(markup, c->scratch, &bad);

    c->tokens = tokens;
    c->token = 0;
    c->stack = 0;
    return tokens ? 0 : bad_character(c, bad);
}

bool lex_is(const struct compiler *c, enum token_kind kind)
{
    return lex_now(c)->kind == kind;
}

bool lex_is_word(const struct compiler *c, const char *word)
{
    return lex_is(c, TOKEN_ID) && span_is(lex_now(c)->text, word);
}

bool lex_take(struct compiler *c, enum token_kind kind)
{
    if (!lex_is(c, kind))
        return false;
    if (kind != TOKEN_END)
        c->token++;
    return true;
}

bool lex_take_word(struct compiler *c, const char *word)
{
    return lex_is_word(c, word) && lex_take(c, TOKEN_ID);
}

int lex_expect(struct compiler *c, enum token_kind kind, struct span *text)
{
    if (!lex_is(c, kind))
        return problem_at(c, lex_now(c)->text.data, "Expected %s but found %s",
                          lexer_token_name(kind), lexer_token_name(lex_now(c)->kind));
    if (text)
        *text = lex_now(c)->text;
    lex_take(c, kind);
    return 0;
}

int lex_expect_end(struct compiler *c)
{
    return lex_expect(c, TOKEN_END, NULL);
}
