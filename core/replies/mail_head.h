/* core/replies/mail_head.h - headers of a mail from their raw bytes. Most mails have a header block that
 * is as the standard says: it is split here, because GMime makes an object of each header. */
#ifndef HEED_REPLIES_MAIL_HEAD_H
#define HEED_REPLIES_MAIL_HEAD_H

#include "core/replies/mail.h"

struct mail_head_line {
    struct span whole;
    struct span name;
    struct span value; /* raw: from behind the colon on, with folds and line end */
};

/* The header block that `raw` begins with, its blank line included, when every line is a header or goes
 * on with one (RFC 5322 section 2.2): no NUL, no bare CR, no blanks before the colon. Else empty: the
 * mail needs a parser that guesses. */
struct span mail_head_of(struct span raw);

/* Takes the next header off such a block; false at the blank line. */
bool mail_head_next(struct span *rest, struct mail_head_line *line);

/* A raw value unfolded, encoded words decoded, UTF-8. */
const char *mail_head_text(struct span raw, struct arena *arena);

/* Name and value, and mailboxes where mail.h says so. */
void mail_head_read(struct span name, struct span raw, struct arena *arena,
                    struct mail_header *out);

/* The same, all of it by GMime. */
void mail_head_decode(struct span name, struct span raw, struct arena *arena,
                      struct mail_header *out);

#endif
