/* core/store/inbounds.h - what came in: the raw bytes, and the message they turned out to be. */
#ifndef HEED_STORE_INBOUNDS_H
#define HEED_STORE_INBOUNDS_H

#include "core/store/db.h"

#define INBOUND_RAW_BYTES (((size_t)1 << 20) + ((size_t)64 << 10)) /* more than is ever read */
#define INBOUNDS_NEW_BYTES ((size_t)2 << 20)

struct inbound {
    int slot;
    int64_t id;
    const char *source;   /* "imap:NAME", "pipe:NAME", "webhook:SENDER" */
    const char *key;      /* unique per source */
    const char *state;    /* new, waiting, done, duplicate, unreadable */
    const char *envelope; /* webhook: JSON */
    struct span raw;
    const char *note; /* why it is unreadable or waits, or NULL */
    int64_t at;
};

/* 1 = stored, 0 = that key is there already, -1. */
int inbound_insert(struct db *db, const struct inbound *inbound, struct err *err) MUST_USE;
/* The same for bytes of any length: those behind the first INBOUND_RAW_BYTES are kept apart, so that whoever reads or closes
 * the inbound never has them in memory. */
int inbound_insert_long(struct db *db, const struct inbound *inbound, struct err *err) MUST_USE;
/* Oldest first, state new; at most `limit`, and fewer when their bytes come to more than INBOUNDS_NEW_BYTES. Count or -1. */
int inbounds_new(struct db *db, int limit, struct arena *arena, struct inbound **out,
                 struct err *err) MUST_USE;
/* Is any in state new? 1, 0 or -1. */
int inbounds_wait(struct db *db, struct err *err) MUST_USE;
/* Writes state and note as they are now. 0 or -1. */
int inbound_close(struct db *db, const struct inbound *inbound, struct err *err) MUST_USE;

/* 1 = found, 0 or -1. */
int inbound_get(struct db *db, int64_t id, struct arena *arena, struct inbound *out,
                struct err *err) MUST_USE;

struct inbound_part {
    int64_t id, part; /* 1, 2, ...: what inbound_insert_long() kept apart, in this order */
};
/* 1 = found, 0 = there are no more, or -1. */
int inbound_rest(struct db *db, const struct inbound_part *part, struct arena *arena,
                 struct span *out, struct err *err) MUST_USE;

/* waiting -> new: what they wait for may be there now. 0 or -1. */
int inbounds_wake(struct db *db, struct err *err) MUST_USE;

/* First time this identity of a mail or event is seen: 1, else 0; -1. */
int seen_first(struct db *db, const char *key, int64_t now, struct err *err) MUST_USE;

struct message_row {
    int slot;
    int64_t id, prospect_id;
    const char *channel, *sender, *kind;
    int64_t touch_id, enrollment_id;
    const char *via, *confidence;
    const char *from_address, *from_name, *subject, *text, *external_id, *opt_out, *rules;
    int64_t inbound_id;
    const char *state; /* open, done */
    int64_t at;
    const char *labels, *lead, *sentiment; /* what they want; NULL = nothing, or no person */
    int64_t when_at;                       /* the moment they name; 0 = none */
    const char *when_words, *wish;         /* its words; where they want to be answered */
    int64_t relabelled_at;                 /* by a person; 0 = never */
};

struct message_about { /* whose touch, and which */
    int slot;
    int64_t prospect_id, touch_id;
};

int message_insert(struct db *db, const struct message_row *message, struct err *err) MUST_USE;
/* Writes what a person corrected: kind, opt_out, labels, lead, sentiment, when, wish, rules, state, relabelled_at; and, where
 * they said whose it is, prospect, touch, enrollment, via, confidence, inbound and external_id. 0 or -1. */
int message_relabel(struct db *db, const struct message_row *message, struct err *err) MUST_USE;
/* Has this sender written the very same words before? 1, 0 or -1. */
int message_seen_before(struct db *db, const struct message_row *message, struct err *err) MUST_USE;
int message_get(struct db *db, int64_t id, struct arena *arena, struct message_row *out,
                struct err *err) MUST_USE;
/* Open ones, oldest first (all = also the settled, newest first). Count or -1. */
int messages_open(struct db *db, bool all, struct arena *arena, struct message_row **out,
                  struct err *err) MUST_USE;
/* Newest first. Count or -1. */
int messages_of(struct db *db, int64_t prospect_id, struct arena *arena, struct message_row **out,
                struct err *err) MUST_USE;
/* What a person wrote to us last as this prospect, opt-outs left out. 1, 0 or -1. */
int message_newest_human(struct db *db, int64_t prospect_id, struct arena *arena,
                         struct message_row *out, struct err *err) MUST_USE;
/* What answers, or reports on, a touch, oldest first. Count or -1. */
int messages_about(struct db *db, const struct message_about *about, struct arena *arena,
                   struct message_row **out, struct err *err) MUST_USE;
/* Settles one, or with id 0 all open ones of the prospect. Count or -1. */
int message_settle(struct db *db, int64_t prospect_id, int64_t id, struct err *err) MUST_USE;
/* When the prospect last wrote on `channel` (human), 0 = never. */
int message_last_human(struct db *db, int64_t prospect_id, const char *channel, int64_t *at,
                       struct err *err) MUST_USE;

#endif
