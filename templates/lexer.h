/* templates/lexer.h - cuts a template into text, outputs and tags, and a tag's inside into tokens.
 * Knows nothing of what tags mean. */
#ifndef HEED_TEMPLATES_LEXER_H
#define HEED_TEMPLATES_LEXER_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/span.h"

enum chunk_kind { CHUNK_END, CHUNK_TEXT, CHUNK_OUTPUT, CHUNK_TAG, CHUNK_BROKEN };

struct chunk {
    enum chunk_kind kind;
    struct span all;    /* as written */
    struct span inside; /* without braces, dashes; for a tag behind its name */
    struct span name;   /* of a tag: a word or "#" */
    bool trims_before, trims_after;
};

/* The chunk that begins at *at; moves *at behind it. */
void lexer_chunk(struct span source, size_t *at, struct chunk *out);

/* From *at on, the end tag "endNAME"; *at moves behind it, *inner is what lies before. With `nests`
 * further NAME tags inside count. False when there is none; *at is then unchanged, and end->name is
 * that of a tag inside which was not closed either, or as it was. */
bool lexer_skip_to_end(struct span source, size_t *at, const char *name, struct span *inner,
                       struct chunk *end);

/* Does a tag of this name begin somewhere in text? */
bool lexer_holds_tag(struct span text, const char *name);

enum token_kind {
    TOKEN_END, /* names as in the reference's messages: see lexer_token_name() */
    TOKEN_ID,
    TOKEN_STRING,
    TOKEN_NUMBER,
    TOKEN_COMPARISON,
    TOKEN_DOT,
    TOKEN_DOTDOT,
    TOKEN_PIPE,
    TOKEN_COLON,
    TOKEN_COMMA,
    TOKEN_OPEN_SQUARE,
    TOKEN_CLOSE_SQUARE,
    TOKEN_OPEN_ROUND,
    TOKEN_CLOSE_ROUND,
    TOKEN_QUESTION,
    TOKEN_DASH,
    TOKEN_KINDS
};

struct token {
    enum token_kind kind;
    struct span text; /* as written, strings with their quotes */
};

/* The tokens of markup, ended by TOKEN_END, in the arena. NULL and *bad = the character (as a
 * pointer into markup) that fits nowhere. */
struct token *lexer_tokens(struct span markup, struct arena *arena, const char **bad);

const char *lexer_token_name(enum token_kind kind); /* "end_of_string" */

bool lexer_is_space(char c); /* white space as Ruby's strip sees it, NUL included */

#endif
