/* core/base/mailbox.h - what an e-mail address alone tells: its domain, who else it is, whether anybody can have one there. Addresses
 * are keys as text_address_key() makes them. */
#ifndef HEED_BASE_MAILBOX_H
#define HEED_BASE_MAILBOX_H

#include <stdbool.h>

#include "core/base/span.h"

#define MAILBOX_BYTES 322 /* the longest address, with the NUL */

/* The part after the last '@', or empty. Borrowed. */
struct span mailbox_domain(const char *address);

/* Anybody can have an address there: the domain says nothing about the company. */
bool mailbox_is_free(struct span domain);

/* The form under which aliases of one mailbox meet: "+tag" off (RFC 5233), and at gmail.com and googlemail.com, which are one, the
 * dots too. False, and out is empty, when the key is no address or too long. */
bool mailbox_canonical(const char *key, char out[MAILBOX_BYTES]);

#endif
