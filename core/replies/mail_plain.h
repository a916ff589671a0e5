/* core/replies/mail_plain.h - mails of one text that no encoding hides: what many people, and most
 * automatic answers, send. They need no MIME parser; whatever is not surely one of them is none. */
#ifndef HEED_REPLIES_MAIL_PLAIN_H
#define HEED_REPLIES_MAIL_PLAIN_H

#include "core/replies/mail.h"

struct mail_plain {
    const char *type;    /* "text/plain" or "text/html" */
    const char *charset; /* as written, or NULL */
};

/* head: of mail_head_of(). True when the body behind it is the text itself: Content-Type (RFC 2045
 * section 5.1: words and quoted words, no comments, no RFC 2231) and Content-Transfer-Encoding say so, and
 * no other header speaks of the content. */
bool mail_plain_is(struct span head, struct arena *arena, struct mail_plain *out);

#endif
