/* templates/tokens.c - the cursor over a tag's tokens. Messages are worded as the reference words
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
    return token_now(c)->kind == kind;
}

bool token_is_word(const struct compiler *c, const char *word)
{
    return token_is(c, TOKEN_ID) && span_is(token_now(c)->text, word);
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
        return problem_at(c, token_now(c)->text.data, "Expected %s but found %s", token_name(kind),
                          token_name(token_now(c)->kind));
    if (text)
        *text = token_now(c)->text;
    token_take(c, kind);
    return 0;
}

int token_expect_end(struct compiler *c)
{
    return c->template->lax ? 0 : token_expect(c, TOKEN_END, NULL);
}
