/* core/replies/bounce.h - undelivered and delayed mail: RFC 3464 reports, and the prose of the four
 * in ten that send none. Which touch it was and what follows is decided elsewhere. */
#ifndef HEED_REPLIES_BOUNCE_H
#define HEED_REPLIES_BOUNCE_H

#include "core/replies/reader.h"

/* Fills out->bounced and returns READING_BOUNCE (a recipient failed), READING_DELAY,
 * READING_RECEIPT (delivered), or READING_HUMAN when it is none of these. */
enum reading_kind bounce_read(struct reader *reader);

#endif
