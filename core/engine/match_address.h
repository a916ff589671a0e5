/* core/engine/match_address.h - what an address alone tells about its owner; shared by the two
 * halves of match. */
#ifndef HEED_ENGINE_MATCH_ADDRESS_H
#define HEED_ENGINE_MATCH_ADDRESS_H

#include <stdbool.h>

#include "core/base/arena.h"

/* The address kind of what arrives on `channel`: "email", "phone", or the channel's own name. */
const char *match_address_kind(const char *channel);

/* The key of a sender or recipient, or NULL when it is no address of that kind. WhatsApp gives
 * numbers without "+": it is put back. */
const char *match_address_key(struct arena *arena, const char *kind, const char *address);

#endif
