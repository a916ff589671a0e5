/* core/base/text.h - small pure helpers on UTF-8 and ASCII text. No locale anywhere. */
#ifndef HEED_BASE_TEXT_H
#define HEED_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/span.h"
#include "core/base/str.h"

bool text_is_utf8(struct span text); /* strict: no overlong forms, no surrogates, <= U+10FFFF */
size_t text_count_points(struct span utf8);          /* code points */
void text_add_utf8(struct str *out, uint32_t point); /* an invalid point becomes U+FFFD */

/* Decodes the point at *at and moves on; invalid bytes give U+FFFD and move one byte. `*at < end`
 * is required. */
uint32_t text_next_point(const char **at, const char *end);

/* Copy in which every invalid byte became U+FFFD and NUL a space. */
char *text_to_utf8(struct arena *arena, struct span text);

/* At most max_bytes of text, cut at a code point. */
struct span text_cut(struct span text, size_t max_bytes);

/* Of ASCII, whatever the locale. */
static inline bool text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static inline bool text_is_alnum(char c)
{
    return text_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline bool text_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}
bool text_one_of(char c, const char *set); /* NUL is one of none */

struct span text_trim(struct span text);           /* ASCII white space off both ends */
char text_lower_char(char c);                      /* ASCII only */
bool text_eq_nocase(struct span a, struct span b); /* ASCII only */
bool text_starts_nocase(struct span text, const char *prefix);
const char *text_find_nocase(struct span text, const char *needle); /* pointer into text or NULL */
char *text_lower(struct arena *arena, struct span text);            /* ASCII only */

/* Takes the next line (without CR, LF) off *rest; false when *rest is empty. */
bool text_next_line(struct span *rest, struct span *line);

/* Takes the next piece up to `separator` off *rest; false when *rest.data is NULL (all pieces
 * taken). */
bool text_next_piece(struct span *rest, char separator, struct span *piece);

/* Whole text is a decimal number in [min, max]: true and *out. */
bool text_to_int(struct span text, int64_t min, int64_t max, int64_t *out);

/* CR, LF, NUL or another C0/C1 control: forbidden in headers and addresses (reliability S10). */
bool text_has_control(struct span text);

/* Edits (insert, delete, change, swap) from a to b; stops at `limit` + 1. For "did you mean". */
size_t text_distance(const char *a, const char *b, size_t limit);

/* The name in `names` (NULL-ended) nearest to `word` with distance <= 2, or NULL. */
const char *text_nearest(const char *word, const char *const *names);

/* For a message about a word that is none of `names`: `; did you mean "..."?`, or "" when no name is near. */
struct text_hint {
    char text[96];
};
struct text_hint text_hint(const char *word, const char *const *names);

/* Is it one of `names` (NULL-ended; NULL has none)? */
bool text_is_among(const char *word, const char *const *names);

/* The same text, or both NULL. */
bool text_is_same(const char *a, const char *b);

/* FNV-1a, 64 bits: for slots and tables, never for secrets. */
uint64_t text_hash(struct span text);

/* Is it a syntactically good e-mail address? dot-atom local part <= 64, whole <= 254, LDH domain
 * labels <= 63, at least two labels, no quotes, no literals, no controls (libraries section 9).
 * UTF-8 local parts only if allow_utf8. */
bool text_is_email(struct span address, bool allow_utf8);

/* The key under which an address of `kind` ("email", "phone", other) is stored and compared:
 * trimmed, domain lower-cased (IDN to A-labels), local part lower-cased; phones unchanged E.164;
 * others trimmed. NULL when it is not valid of its kind. */
char *text_address_key(struct arena *arena, const char *kind, struct span address);

#endif
