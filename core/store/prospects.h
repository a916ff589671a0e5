/* core/store/prospects.h - prospects, their addresses, who has an address, and what must not be written to. */
#ifndef HEED_STORE_PROSPECTS_H
#define HEED_STORE_PROSPECTS_H

#include "core/store/db.h"

struct prospect { /* a row; text lives in the arena it was read into; NULL = unknown */
    int slot;
    int64_t id;
    const char *first_name, *last_name, *company, *title, *city, *country;
    const char *zone;
    const char *fields; /* JSON object */
    const char *preferred_channel;
    int64_t preferred_message_id, preferred_at;
    const char *pinned_channel, *wish_channel;
    bool wish_once, wish_only; /* for the next touch; by no other channel */
    int64_t wish_message_id;   /* where they said so; 0 = a person noted it */
    const char *avoid;         /* "sms,call" */
    int64_t opted_out_at;
    int64_t rest_until; /* they said no: into no other sequence before; 0 = free */
    int64_t created_at;
};

struct address {
    const char *kind, *key, *value;
    int rank;
    const char *source, *consent;
    int64_t message_id; /* where they named it; 0 = otherwise known */
    /* The suppressions in force; NULL = none. Channels separated by commas, "" = every channel; the cause is that of
     * the widest. Ask address_is_barred(). */
    const char *suppressed_channel, *suppressed_cause;
};

struct identity { /* who has an address */
    int slot;
    int64_t prospect_id;
};

/* 1 = found, 0 = none, -1 = err. */
int prospect_get(struct db *db, int64_t id, struct arena *arena, struct prospect *out,
                 struct err *err) MUST_USE;
int prospect_insert(struct db *db, const struct prospect *prospect, int64_t now,
                    struct err *err) MUST_USE;
/* Names, company, zone, fields: blanks (NULL) do not overwrite. */
int prospect_merge(struct db *db, const struct prospect *prospect, int64_t now,
                   struct err *err) MUST_USE;
/* preferred_*, pinned, wish_*, avoid, opted_out_at, rest_until as they are in `prospect`. */
int prospect_set_following(struct db *db, const struct prospect *prospect, int64_t now,
                           struct err *err) MUST_USE;
/* By "pr_..." or by any address of theirs. 1, 0 or -1. */
int prospect_find(struct db *db, const char *words, struct arena *arena, struct prospect *out,
                  struct err *err) MUST_USE;
/* The first, then each after (slot, id); 1, 0 at the end, -1. For exports and --all. */
int prospect_next(struct db *db, const struct prospect *after, struct arena *arena,
                  struct prospect *out, struct err *err) MUST_USE;

struct address_query {
    const struct prospect *prospect;
    int64_t now; /* suppressions in force then */
};

/* All addresses, each once, with the suppressions in force at `now`, by kind then rank; at most 64. Returns their count
 * or -1. */
int addresses_of(struct db *db, const struct address_query *query, struct arena *arena,
                 struct address **out, struct err *err) MUST_USE;
/* Does a suppression of the address bar this channel? */
bool address_is_barred(const struct address *address, const char *channel);
/* Adds it (kind, key, value, source) with the next rank of its kind. 1 = new, 0 = known, -1. */
int address_add(struct db *db, const struct prospect *prospect, const struct address *address,
                int64_t now, struct err *err) MUST_USE;
/* Makes it the first of its kind: the one that is written to. 0 or -1. */
int address_put_first(struct db *db, const struct prospect *prospect, const struct address *address,
                      struct err *err) MUST_USE;
/* They do not have it after all; nor do its other forms (hints.h) lead to them, unless another address of theirs earns them.
 * 0 or -1. */
int address_remove(struct db *db, const struct prospect *prospect, const struct address *address,
                   struct err *err) MUST_USE;
/* Who has the address. Returns the count (shared phones: several) or -1. */
int identity_find(struct db *db, const struct address *address, struct arena *arena,
                  struct identity **out, struct err *err) MUST_USE;

/* By another form of an e-mail address: kind "alias": of canonical form `key` (base/mailbox.h), when their own address differs from it;
 * "domain": at that domain, when it is a company's. The newest 32 prospects; an address may have been taken from them since. Count or
 * -1. */
int hint_find(struct db *db, const struct address *hint, struct arena *arena, struct identity **out,
              struct err *err) MUST_USE;

struct suppression {
    const char *kind, *key;
    const char *channel; /* "" = every channel */
    const char *cause, *evidence;
    int64_t prospect_id; /* 0 = unknown */
    int64_t until_ms;    /* 0 = for good */
    int64_t at;          /* since when, without a gap; only read */
};

/* One in force is never shortened. One for good that rests on a message is taken over by what does not (a click on unsubscribe, a
 * provider, an import), so that it stays when a person corrects the message; nothing else touches it. 0 or -1. */
int suppression_add(struct db *db, const struct suppression *suppression, int64_t now,
                    struct err *err) MUST_USE;
/* Only the person themselves lifts it: START on that channel. 0 or -1. */
int suppression_lift(struct db *db, const char *kind, const char *key, const char *channel,
                     struct err *err) MUST_USE;
/* kind, key and channel say which; the rest is filled when found. 1, 0 or -1. */
int suppression_get(struct db *db, struct arena *arena, struct suppression *suppression,
                    struct err *err) MUST_USE;
/* It rests on something else from now on: cause, evidence, prospect_id and until_ms. 0 or -1. */
int suppression_hand_on(struct db *db, const struct suppression *suppression,
                        struct err *err) MUST_USE;
/* Lifts those that rest on this message: evidence "me_...", alone or with words behind it. Their count or -1. */
int suppressions_lift_of(struct db *db, const char *evidence, struct err *err) MUST_USE;
/* Is a message to it on `channel` barred at `now`? 1, 0 or -1. */
int suppression_bars(struct db *db, const struct suppression *s, int64_t now,
                     struct err *err) MUST_USE;

#endif
