/* core/replies/address.h - e-mail addresses inside prose. Whether one is good is not asked here. */
#ifndef HEED_REPLIES_ADDRESS_H
#define HEED_REPLIES_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/span.h"

/* May `c` stand in the local part of an address in prose? */
bool address_has_char(char c);

/* The address around text.data[at], which is '@', without the quotes and dots around it; an empty
 * span when there is none. Local parts of up to 64 bytes, domains of up to 255 with a dot. */
struct span address_span_at(struct span text, size_t at);

#endif
