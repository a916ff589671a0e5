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

/* Which runs of three bytes a text holds, as far as so many marks tell. */
struct fold_marks {
    unsigned char seen[4096];
};

/* A folded text that many phrases are looked for in: one look at it rules out nearly all of them. */
struct folded {
    const char *text;
    const struct fold_marks *marks;
};

/* At most max_bytes of `text` (cut at a point), folded and trimmed. Any bytes. */
char *fold_text(struct arena *arena, struct span text, size_t max_bytes);

/* The same, ready for many look-ups. */
struct folded folded_of(struct arena *arena, struct span text, size_t max_bytes);

/* What was folded already, made ready; *marks lives as long. */
struct folded folded_with(const char *folded, struct fold_marks *marks);

/* Adds the runs of `folded` to the marks of other texts. */
void fold_mark(const char *folded, struct fold_marks *marks);

/* false: `phrase` stands in none of the texts that were marked. */
bool fold_may_hold(const struct fold_marks *marks, const char *phrase);

/* Does `phrase` stand anywhere in it? */
bool folded_has(const struct folded *folded, const char *phrase);

/* The first row found anywhere in it, or NULL. Order in the table is priority. */
const struct phrase *folded_find(const struct phrase *table, size_t count,
                                 const struct folded *folded);

/* The same for a text that is looked at once. */
const struct phrase *phrase_in(const struct phrase *table, size_t count, const char *folded);

/* The first row with which `folded` begins; what follows must not be a letter or digit. */
const struct phrase *phrase_at_start(const struct phrase *table, size_t count, const char *folded);

/* What follows `phrase` in a text that begins with it; NULL when it does not. */
const char *fold_behind(const char *folded, const char *phrase);

/* The first row with which `folded` begins, whatever follows. */
const struct phrase *phrase_begins(const struct phrase *table, size_t count, const char *folded);

/* Does a word end just before `at`, i.e. is *at no letter or digit (any script)? */
bool fold_is_word_end(const char *at);

#endif
