/* core/engine/match_address.h - what an address alone tells about its owner; shared by the two
 * halves of match. */
#ifndef HEED_ENGINE_MATCH_ADDRESS_H
#define HEED_ENGINE_MATCH_ADDRESS_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/span.h"

/* The address kind of what arrives on `channel`: "email", "phone", or the channel's own name. */
const char *match_address_kind(const char *channel);

/* The key of a sender or recipient, or NULL when it is no address of that kind. WhatsApp gives
 * numbers without "+": it is put back. */
const char *match_address_key(struct arena *arena, const char *kind, const char *address);

/* The part after the '@', or empty. */
struct span match_domain_of(const char *address);

/* Anybody can have an address there: the domain says nothing about the company. */
bool match_is_free_mail(struct span domain);

#endif
