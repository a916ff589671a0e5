/* core/replies/fold.h - text made alike, so that tables of phrases can be compared with it: lower
 * case, composed, one blank for any white space, plain quotes and dashes, no invisible points. */
#ifndef HEED_REPLIES_FOLD_H
#define HEED_REPLIES_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/span.h"

/* One row of a table of phrases; `text` is written in folded form. */
struct phrase {
    const char *text;
    int value; /* what it means to its table */
};

/* At most max_bytes of `text` (cut at a point), folded and trimmed. Any bytes. */
char *fold_text(struct arena *arena, struct span text, size_t max_bytes);

/* The first row found anywhere in `folded`, or NULL. Order in the table is priority. */
const struct phrase *phrase_in(const struct phrase *table, size_t count, const char *folded);

/* The first row with which `folded` begins; what follows must not be a letter or digit. */
const struct phrase *phrase_at_start(const struct phrase *table, size_t count, const char *folded);

/* Does a word end just before `at`, i.e. is *at no letter or digit (any script)? */
bool fold_is_word_end(const char *at);

#endif
