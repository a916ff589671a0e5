/* core/replies/auto_reply_words.h - tables of what automatic replies say; `value` is the weight.
 * Internal to auto_reply.c. */
#ifndef HEED_REPLIES_AUTO_REPLY_WORDS_H
#define HEED_REPLIES_AUTO_REPLY_WORDS_H

#include "core/replies/fold.h"

/* How the subject begins; a "Re:" before it is a person's answer. */
extern const struct phrase auto_reply_prefixes[];
extern const size_t auto_reply_prefixes_count;

/* The same where words are not parted: what follows may be a letter. */
extern const struct phrase auto_reply_unparted[];
extern const size_t auto_reply_unparted_count;

/* Anywhere in a subject. */
extern const struct phrase auto_reply_subjects[];
extern const size_t auto_reply_subjects_count;

/* Said in a body, or in a text. */
extern const struct phrase auto_reply_bodies[];
extern const size_t auto_reply_bodies_count;

/* The same, of mail only: people say some of them in a text. */
extern const struct phrase auto_reply_mail_bodies[];
extern const size_t auto_reply_mail_bodies_count;

/* What only a machine says of its own mail. */
extern const struct phrase auto_reply_announcements[];
extern const size_t auto_reply_announcements_count;

#endif
