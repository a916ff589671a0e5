/* core/replies/dsn.h - the fields of message/delivery-status (RFC 3464 section 2). It only reads;
 * what they mean is decided in bounce.c. */
#ifndef HEED_REPLIES_DSN_H
#define HEED_REPLIES_DSN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/span.h"

#define DSN_MAX_RECIPIENTS 100

struct dsn_recipient {
    const char *original, *final; /* addresses, lower case, or "" */
    const char *action;           /* "failed", lower case, or "" */
    const char *status;           /* "5.1.1", or "" */
    const char *diagnostic;       /* unfolded, or "" */
    const char *comment;          /* in brackets behind the status, or "" */
};

/* Reads the field groups in `text`. A new recipient begins with its Final-Recipient (or with an
 * Original-Recipient behind a complete one), whatever the blank lines say: many senders get those
 * wrong. Returns the count in *out (arena); 0 when there is no such field. */
size_t dsn_read(struct span text, struct arena *arena, struct dsn_recipient **out);

/* "rfc822; <Sam@X.example> (note)" -> "sam@x.example"; "" when no address is in it. */
const char *dsn_address(struct span value, struct arena *arena);

#endif
