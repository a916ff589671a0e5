/* core/base/sign.h - hashes, MACs, encodings and randomness, on top of libcrypto. Pure but for
 * sign_random(). */
#ifndef HEED_BASE_SIGN_H
#define HEED_BASE_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/span.h"

enum sign_hash { SIGN_MD5, SIGN_SHA1, SIGN_SHA256, SIGN_SHA512 };
#define SIGN_MAX_BYTES 64

/* Digest of data into out (SIGN_MAX_BYTES of room); returns its length. */
size_t sign_digest(enum sign_hash hash, struct span data, unsigned char *out);

/* SHA-256 as lower-case hex: the name of some bytes. */
char *sign_fingerprint(struct arena *arena, struct span data);

/* HMAC (RFC 2104). Same shape as sign_digest(). */
size_t sign_hmac(enum sign_hash hash, struct span key, struct span data, unsigned char *out);

/* Constant time in the contents; lengths may show. */
bool sign_equal(struct span a, struct span b);

/* Fills out from the kernel; aborts when it cannot. */
void sign_random(void *out, size_t len);

char *sign_hex(struct arena *arena, struct span data);       /* lower case */
char *sign_base64(struct arena *arena, struct span data);    /* RFC 4648 section 4, padded */
char *sign_base64url(struct arena *arena, struct span data); /* section 5, no padding */
char *sign_base32(struct arena *arena,
                  struct span data); /* section 6 alphabet in lower case, no padding */

/* Decoders: false when the text is not of that form. *out lives in the arena. base64 takes both
 * alphabets, padded or not, and skips white space; base32 takes both cases. */
bool sign_from_hex(struct arena *arena, struct span text, struct span *out);
bool sign_from_base64(struct arena *arena, struct span text, struct span *out);
bool sign_from_base32(struct arena *arena, struct span text, struct span *out);

#endif
