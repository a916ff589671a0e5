/* templates/phrases_inside.h - what phrases.c and phrases_words.c share. Internal. */
#ifndef HEED_TEMPLATES_PHRASES_INSIDE_H
#define HEED_TEMPLATES_PHRASES_INSIDE_H

#include "templates/phrases.h"

/* Lower case, no apostrophes. Length; 0 = too long to be part of any phrase. */
size_t phrases_fold(struct span word, char out[PHRASE_WORD_BYTES]);

/* The word's id, 0 = in no phrase. */
int32_t phrases_id(const struct phrases *phrases, struct span word);

#endif
