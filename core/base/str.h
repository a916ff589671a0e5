/* core/base/str.h - the only growing buffer. Born with its limit: past it str_ok() turns false for
 * good, the memory is released, and later additions do nothing, so callers check once at the end.
 */
#ifndef HEED_BASE_STR_H
#define HEED_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"
#include "core/base/span.h"

struct str {
    char *data; /* NUL-terminated once anything was added; NULL before */
    size_t len, cap, max;
    bool failed;
};

/* max_bytes: without the NUL; must be > 0. */
void str_init(struct str *str, size_t max_bytes);
void str_finish(struct str *str);
void str_reset(struct str *str); /* empty and ok again; keeps its memory and limit */

void str_add(struct str *str, const void *data, size_t len);
void str_add_text(struct str *str, const char *text); /* NULL adds nothing */
void str_add_span(struct str *str, struct span span);
void str_add_char(struct str *str, char c);
void str_printf(struct str *str, const char *format, ...) PRINTF_LIKE(2, 3);

/* Room for `len` more bytes, to be filled by the caller, who then adds to str->len. NULL past the
 * limit. */
char *str_reserve(struct str *str, size_t len);

bool str_ok(const struct str *str);
const char *str_text(const struct str *str); /* never NULL; "" when empty or failed; borrowed */
struct span str_span(const struct str *str);

#endif
