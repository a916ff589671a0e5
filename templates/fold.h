/* templates/fold.h - upper and lower case of letters beyond ASCII: Latin, Greek, Cyrillic, Armenian.
 * Simple one-to-one mappings and sharp s; no locale, no titlecase, no final sigma. */
#ifndef HEED_TEMPLATES_FOLD_H
#define HEED_TEMPLATES_FOLD_H

#include <stdint.h>

uint32_t fold_upper(uint32_t point);
uint32_t fold_lower(uint32_t point);

#endif
