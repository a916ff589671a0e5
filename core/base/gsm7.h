/* core/base/gsm7.h - the GSM 7-bit default alphabet and its extension table (3GPP TS 23.038
 * sections 6.2.1 and 6.2.1.1), and what may be written for characters outside it. Encodes nothing;
 * how many SMS a text takes: segments.h. National language tables are left out. */
#ifndef HEED_BASE_GSM7_H
#define HEED_BASE_GSM7_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/span.h"

/* Septets of a code point: 1, 2 for what needs the escape (^ { } \ [ ~ ] | euro, form feed), 0 =
 * outside the alphabet. */
size_t gsm7_septets(uint32_t point);

/* True when every character is in the alphabet. text: UTF-8. */
bool gsm7_fits(struct span text);

/* GSM characters that look alike: ' for a typographic quote, - for a dash, "..." for an ellipsis, a
 * space for a tab; "" for what nobody sees. Letters keep their accents: no e for e-circumflex. NULL
 * when there is none, and for what is in the alphabet. */
const char *gsm7_replacement(uint32_t point);

/* Takes the next piece of the advised text off *rest: a run that stays, or one replacement (not
 * part of the text then). False when *rest is empty. */
bool gsm7_next_advised(struct span *rest, struct span *piece);

/* The text with every replacement there is; what has none stays. In the arena, NUL-terminated. */
struct span gsm7_advised(struct arena *arena, struct span text);

#endif
