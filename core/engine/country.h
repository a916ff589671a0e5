/* core/engine/country.h - what a country column of another program means: its code, for phone numbers without "+", and its time
 * zone, where it has one. Pure. */
#ifndef HEED_ENGINE_COUNTRY_H
#define HEED_ENGINE_COUNTRY_H

#include "core/base/arena.h"
#include "core/base/span.h"

struct country {
    char code[3]; /* ISO 3166-1 alpha-2 */
    const char *
        zone; /* IANA; NULL = it has several. Where more than nine in ten live in one of them, that one */
    const char *names; /* as label_squash() has them, '|' between */
};

/* By code, English name, or a name in wide use ("USA", "Deutschland"). NULL when unknown. Static. */
const struct country *country_find(struct arena *scratch, struct span text);

#endif
