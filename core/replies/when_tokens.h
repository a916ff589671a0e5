/* core/replies/when_tokens.h - a text as tokens for the grammar of time: words with what they may
 * mean, numbers, numbers joined by signs ("10/31/1974", "9:30"), signs and ends of sentences.
 * Runs of digits that can be no time (phones, prices, ids) become TOKEN_JUNK. */
#ifndef HEED_REPLIES_WHEN_TOKENS_H
#define HEED_REPLIES_WHEN_TOKENS_H

#include "core/replies/when_words.h"

#define CLUSTER_MAX 6

enum token_kind {
    TOKEN_END, /* of a sentence or of the text */
    TOKEN_WORD,
    TOKEN_NUMBER,  /* digits alone */
    TOKEN_CLUSTER, /* digits joined by . / : or - */
    TOKEN_SIGN,    /* one of - , ( ) + ' " . and the like */
    TOKEN_JUNK,
};

struct token {
    enum token_kind kind;
    bool glued;   /* no white space before it */
    bool dotted;  /* a cluster or number that ends with a dot: "3.1." */
    char sign;    /* of TOKEN_SIGN */
    size_t count; /* numbers in a cluster */
    int number[CLUSTER_MAX], digits[CLUSTER_MAX];
    char between[CLUSTER_MAX];          /* the sign after each number */
    struct span text;                   /* as written */
    struct span lower;                  /* words: lower case */
    const struct word_meaning *meaning; /* words: NULL = unknown */
    uint64_t classes;                   /* WORD_BIT of all it may be */
};

struct tokens {
    struct token *items; /* with one TOKEN_END behind the last */
    size_t count;
    uint64_t classes; /* of all of them */
    const struct holiday_names *holidays;
};

/* At most WHEN_MAX_BYTES of text; `text` in the tokens points into it. */
struct tokens when_tokens(struct span text, const struct when_words *words, struct arena *arena);

int token_value(const struct token *token, enum word_class class);

/* Has the word this meaning? The value goes to *value (may be NULL). */
static inline bool token_means(const struct token *token, enum word_class class, int *value)
{
    if (!(token->classes & WORD_BIT(class)))
        return false;
    if (value)
        *value = token_value(token, class);
    return true;
}

/* Is there anything in it that may be a moment? */
bool when_tokens_may_tell(const struct tokens *tokens);

static inline bool token_is(const struct token *token, const char *word)
{
    return token->kind == TOKEN_WORD && token->lower.data[0] == word[0] &&
           span_is(token->lower, word);
}

bool token_is_sign(const struct token *token, char sign);

static inline bool means(const struct tokens *tokens, size_t at, enum word_class class, int *value)
{
    return token_means(&tokens->items[at], class, value);
}

static inline bool is_word(const struct tokens *tokens, size_t at, const char *word)
{
    return token_is(&tokens->items[at], word);
}

static inline bool is_sign(const struct tokens *tokens, size_t at, char sign)
{
    return token_is_sign(&tokens->items[at], sign);
}

#endif
