/* channels/mime.h - a message as the bytes of a mail (RFC 5322, 2045-2047): the same message always
 * gives the same bytes. Dot-stuffing is the transport's. */
#ifndef HEED_CHANNELS_MIME_H
#define HEED_CHANNELS_MIME_H

#include "channels/channel.h"
#include "core/base/str.h"

/* Of text and html together; what they encode to stays below MIME_MAX_BYTES. */
#define MIME_MAX_TEXT_BYTES ((size_t)3 << 20)
#define MIME_MAX_BYTES ((size_t)10 << 20)

/* Can it become a mail? Checks addresses, ids, URLs, controls and sizes. 0, or -1 and err naming
 * the field. */
int mime_check(const struct message *message, struct err *err) MUST_USE;

/* Adds the whole mail to out: CRLF lines of at most 998 octets, 78 where a fold is possible. Text
 * only: text/plain; with html: multipart/alternative. Only for a message that passed mime_check();
 * with an out of MIME_MAX_BYTES it then cannot fail. */
void mime_compose(const struct message *message, struct str *out);

#endif
