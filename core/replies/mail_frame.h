/* core/replies/mail_frame.h - a parsed mail as one run of bytes, for another process of the same
 * build. The reader trusts nothing: whoever wrote it may be in the hands of a hostile mail. */
#ifndef HEED_REPLIES_MAIL_FRAME_H
#define HEED_REPLIES_MAIL_FRAME_H

#include "core/base/str.h"
#include "core/replies/mail.h"

/* More than any mail within scan.h's and mail.h's limits needs. */
#define MAIL_FRAME_MAX_BYTES ((size_t)8 << 20)

/* Appends `mail`; past the limit of `out`, str_ok() says so. */
void mail_frame_write(const struct mail *mail, struct str *out);

/* Reads what mail_frame_write() wrote. *out points into `frame`; only its lists are of the arena, and
 * they need at most four times the frame. Checked: lengths, counts, text is UTF-8 and ends with the
 * only NUL in it. False when anything is not so; *out is then not to be used. */
bool mail_frame_read(struct span frame, struct arena *arena, struct mail *out) MUST_USE;

#endif
