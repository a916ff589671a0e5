/* core/replies/bounce_words.h - tables of phrases of notices. Internal to bounce_text.c, which knows who
 * must say them. */
#ifndef HEED_REPLIES_BOUNCE_WORDS_H
#define HEED_REPLIES_BOUNCE_WORDS_H

#include "core/replies/fold.h"

/* Subjects of bounces and delays. */
extern const struct phrase bounce_subjects[];
extern const size_t bounce_subjects_count;

/* What their text says. */
extern const struct phrase bounce_bodies[];
extern const size_t bounce_bodies_count;

/* Delivery is still being tried. */
extern const struct phrase bounce_delays[];
extern const size_t bounce_delays_count;

/* Who says this has given up, whatever else the notice promises of later or of other mail. */
extern const struct phrase bounce_finals[];
extern const size_t bounce_finals_count;

#endif
