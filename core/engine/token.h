/* core/engine/token.h - the signed 31-character token that every e-mail carries in its reply
 * address, return path, Message-ID and unsubscribe link, so that what comes back names its touch
 * (replies.md section 4). Pure. A token proves "someone who saw this touch", not who. */
#ifndef HEED_ENGINE_TOKEN_H
#define HEED_ENGINE_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/span.h"

#define TOKEN_LEN 31         /* kind 1 + key version 1 + id 13 + MAC 16, base32 in lower case */
#define TOKEN_TEXT_BYTES 32  /* with the NUL */
#define TOKEN_MAIL_BYTES 322 /* "<m...@domain>" or an address, with the NUL */
#define TOKEN_SECRET_BYTES 32

/* Not interchangeable: the kind is signed */
enum token_kind {
    TOKEN_REPLY = 'r',
    TOKEN_RETURN_PATH = 'b',
    TOKEN_UNSUBSCRIBE = 'u',
    TOKEN_MESSAGE_ID = 'm',
};

struct token_key {
    int version; /* 0..31 */
    unsigned char secret[TOKEN_SECRET_BYTES];
};

struct token_keys { /* two live keys at most: the first signs, both verify */
    struct token_key keys[2];
    size_t count;
    char domain[254]; /* right side of our Message-IDs, lower case; signed, too */
};

enum token_verdict { TOKEN_OK, TOKEN_BAD_FORM, TOKEN_BAD_MAC };

struct token {
    enum token_kind kind;
    int64_t id; /* touch */
};

/* keys->count must be >= 1. Writes 31 characters and NUL. */
void token_make(const struct token_keys *keys, enum token_kind kind, int64_t id,
                char out[TOKEN_TEXT_BYTES]);

/* text: the 31 characters, any case. *out only with TOKEN_OK. MACs are compared in constant time;
 * an unknown key version is TOKEN_BAD_MAC. */
enum token_verdict token_read(const struct token_keys *keys, struct span text, struct token *out);

/* "<m...@domain>" */
void token_message_id(const struct token_keys *keys, int64_t id, char out[TOKEN_MAIL_BYTES]);

/* The left side of a Message-ID, with or without angle brackets, when it has the form of a token;
 * *ours: its right side is our domain. False otherwise. */
bool token_in_message_id(const struct token_keys *keys, struct span message_id, struct span *token,
                         bool *ours);

/* "sam@us.example" + token -> "sam+TOKEN@us.example". -1 and err when that is no address or its
 * local part would pass 64 octets. */
int token_plus_make(const char *address, const char *token, char out[TOKEN_MAIL_BYTES],
                    struct err *err) MUST_USE;

/* The token in "sam+TOKEN@us.example" or "TOKEN@us.example", by form only. False when none. */
bool token_plus_split(struct span address, struct span *token);

#endif
