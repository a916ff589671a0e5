/* core/replies/auto_reply.h - did a machine answer in a person's name (RFC 3834)? Vacation notes,
 * ticket acknowledgements. */
#ifndef HEED_REPLIES_AUTO_REPLY_H
#define HEED_REPLIES_AUTO_REPLY_H

#include "core/replies/reader.h"

/* Adds the weights of the headers, subject and body; AUTO_REPLY_ENOUGH makes an auto-reply. The
 * rules are noted only then. */
bool auto_reply_is(struct reader *reader);

/* The same for a text message, which has only its words. */
bool auto_reply_is_text(struct reader *reader);

#define AUTO_REPLY_ENOUGH 8

#endif
