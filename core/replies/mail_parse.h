/* core/replies/mail_parse.h - from the bytes of a mail to its flat view, by GMime. Hostile bytes can
 * cost memory and time here: mails from outside are parsed in a process of their own. */
#ifndef HEED_REPLIES_MAIL_PARSE_H
#define HEED_REPLIES_MAIL_PARSE_H

#include "core/replies/mail.h"

/* Parses any bytes into the arena; without scan_mail() before it, a million parts cost a gigabyte.
 * Returns false when it is no message at all. Thread-safe. */
bool mail_parse(struct span raw, struct arena *arena, struct mail *out);

/* The same, all of it by GMime: mail_parse() spares itself that where headers, or the whole mail, are
 * plain. For tests, which hold the one to the other. */
bool mail_parse_whole(struct span raw, struct arena *arena, struct mail *out);

/* For a process that will give up its right to open files: loads what parsing needs (the parser's
 * types, charset_prepare()) and silences GLib's complaints about bad mails. Call it once,
 * before the rights go; other charsets are unknown from then on. */
void mail_prepare_confined(void);

#endif
