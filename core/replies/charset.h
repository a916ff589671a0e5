/* core/replies/charset.h - bytes of a named charset to UTF-8. Never fails: what cannot be read
 * becomes U+FFFD or a question mark. */
#ifndef HEED_REPLIES_CHARSET_H
#define HEED_REPLIES_CHARSET_H

#include "core/base/arena.h"
#include "core/base/span.h"

/* charset: as declared, or NULL. Undeclared, ASCII and unknown charsets are UTF-8 when the bytes
 * are, else Windows-1252; so is what claims to be ISO-8859-1 (it says less than people write). The
 * result is NUL-terminated and lives in the arena. */
struct span charset_to_utf8(struct span bytes, const char *charset, struct arena *arena);

/* Loads the converters of the charsets that mail comes in and keeps them for the life of the process:
 * iconv loads a module at its first use, which a process that may open no files cannot. */
void charset_prepare(void);

#endif
