/* core/replies/reader.h - what the questions share while one message is read. Internal to
 * core/replies. */
#ifndef HEED_REPLIES_READER_H
#define HEED_REPLIES_READER_H

#include "core/base/arena.h"
#include "core/replies/fold.h"
#include "core/replies/lexicon.h"
#include "core/replies/mail.h"
#include "core/replies/names.h"
#include "core/replies/reading.h"

/* How much of a notice or a subject is compared with phrases. */
#define READER_NOTICE_BYTES ((size_t)16 << 10)
#define READER_SUBJECT_BYTES 400

struct reader {
    const struct mail *mail;
    const struct reading_env *env;
    const struct lexicon *lexicon; /* never NULL */
    struct arena *arena;
    struct reading *out;
    struct names rules;
    struct span notice;          /* text of the message itself, without what it returns */
    struct span report;          /* of it: what stands above the returned message */
    bool from_daemon;            /* bounce_text_is_daemon() */
    struct folded folded_notice; /* the beginning of the notice */
    struct folded folded_report; /* the report */
    const char *folded_subject;
};

/* Notes that a rule fired; `name` is borrowed and lives as long as the arena. */
void reader_rule(struct reader *reader, const char *name);

/* Is it one of our mailboxes? (lower case; a "+tag" of ours counts as ours) */
bool reader_is_own_address(const struct reader *reader, const char *address);

/* The first part of that type, returned ones included, or NULL. */
const struct mail_part *reader_part(const struct reader *reader, const char *type);

#endif
