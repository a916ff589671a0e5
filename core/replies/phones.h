/* core/replies/phones.h - the phone numbers that stand in a text, as people write them. Linear; prices, dates, card and order
 * numbers are none. Shaping a number into E.164 is core/base/phone.h's. */
#ifndef HEED_REPLIES_PHONES_H
#define HEED_REPLIES_PHONES_H

#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/span.h"

#define PHONES_MAX 50 /* of one text; more are passed over */

struct found_phone {
    struct span words; /* as written, points into the text: "(541) 754-3010" */
};

/* All of `text` (any bytes), in its order; their count. The list lives in the arena. */
size_t phones_find(struct span text, struct arena *arena, struct found_phone **out);

#endif
