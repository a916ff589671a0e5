/* core/store/touches.h - touches, their attempts, and the ids providers gave them. */
#ifndef HEED_STORE_TOUCHES_H
#define HEED_STORE_TOUCHES_H

#include "core/store/db.h"

struct touch { /* a row; NULL or 0 = not there */
    int slot;
    int64_t id, prospect_id, enrollment_id;
    int step; /* -1 = by hand */
    const char *sequence, *step_id, *template;
    const char *channel, *sender, *address;
    const char *state, *reason;
    const char *subject, *text, *html, *refs;
    const char *provider_id;
    const char *decision;
    int64_t epoch;
    int tries;
    int64_t created_at, retry_at, sent_at, delivered_at, replied_at;
    const char *disposition;
};

/* Where a touch ended up; what the result of a send, or a receipt, changes. */
struct touch_result {
    int slot;
    int64_t id;
    const char *state, *reason, *provider_id;
    int64_t retry_at, sent_at;
};

/* State `wire` (or as given). 1 = inserted, 0 = that step of that enrollment has its touch already, -1. */
int touch_insert(struct db *db, const struct touch *touch, struct err *err) MUST_USE;
int touch_get(struct db *db, int64_t id, struct arena *arena, struct touch *out,
              struct err *err) MUST_USE;
/* Only from `wire`: a late result changes nothing, but the provider's id is kept. 1 = changed, 0 = not, -1. */
int touch_record(struct db *db, const struct touch_result *result, struct err *err) MUST_USE;
/* due or retry -> wire, under `epoch`, one more try. 1, 0 or -1. */
int touch_put_on_wire(struct db *db, int64_t id, int64_t epoch, struct err *err) MUST_USE;
/* From one of the states in `from` (',' between, at both ends: ",retry,unsure,") to `to`. 1, 0 or -1. */
int touch_move(struct db *db, const struct touch_result *to, const char *from,
               struct err *err) MUST_USE;
/* sent or delivered... -> by receipt, never to a lower rank. at: when. 1 = moved, 0 = not, -1. */
int touch_receipt(struct db *db, int64_t id, const char *state, int64_t at,
                  struct err *err) MUST_USE;
/* First human reply credited; by a clock that runs behind it may seem older than the touch: then it is as old. */
int touch_credit(struct db *db, int64_t id, int64_t at, struct err *err) MUST_USE;
/* The reply at `at` was none. */
int touch_uncredit(struct db *db, int64_t id, int64_t at, struct err *err) MUST_USE;
int touch_dispose(struct db *db, int64_t id, const char *disposition, struct err *err) MUST_USE;

/* All in state wire: after a crash. / Due for another try at `now` in one slot. Count or -1. */
int touches_on_wire(struct db *db, struct arena *arena, struct touch **out,
                    struct err *err) MUST_USE;
int touches_to_retry(struct db *db, const struct due *due, struct arena *arena, struct touch **out,
                     struct err *err) MUST_USE;
int touch_next_retry(struct db *db, int slot, int64_t *out, struct err *err) MUST_USE;
int touches_unsure(struct db *db, struct arena *arena, struct touch **out,
                   struct err *err) MUST_USE;
/* Newest first, Count or -1. */
int touches_of(struct db *db, int64_t prospect_id, struct arena *arena, struct touch **out,
               struct err *err) MUST_USE;
/* retry -> cancelled for one enrollment; *first_step: the earliest step among them, unchanged when there is none. Count or
 * -1. */
int touches_cancel(struct db *db, int64_t enrollment_id, const char *reason, int *first_step,
                   struct err *err) MUST_USE;

/* What policy and matching need of the past, without the text. */
struct touch_brief {
    int64_t id, enrollment_id, prospect_id;
    const char *channel, *sender, *address, *state;
    int64_t created_at, sent_at, replied_at;
    const char *disposition; /* of a person's task */
    bool undone;             /* a person's task that nobody has carried out */
};
/* 1, 0 or -1. */
int touch_brief_get(struct db *db, int64_t id, struct arena *arena, struct touch_brief *out,
                    struct err *err) MUST_USE;
/* Newest first; cancelled ones are left out. Count or -1. */
int touch_history(struct db *db, int64_t prospect_id, struct arena *arena, struct touch_brief **out,
                  struct err *err) MUST_USE;

struct touch_subject {
    int64_t id, created_at;
    const char *subject;
};
struct subjects_query {
    int64_t prospect_id, since;
};
/* Of e-mails to them that left at `since` or later, newest first, at most 50. Count or -1. */
int touch_subjects(struct db *db, const struct subjects_query *query, struct arena *arena,
                   struct touch_subject **out, struct err *err) MUST_USE;

struct attempt {
    int n;
    int64_t at;
    const char *result, *reason;
};
/* A try of touch->tries; attempt->n is not read. 0 or -1. */
int attempt_insert(struct db *db, const struct touch *touch, const struct attempt *attempt,
                   struct err *err) MUST_USE;
/* Those that did not end in a first success, oldest first. Count or -1. */
int attempts_of(struct db *db, int64_t touch_id, struct arena *arena, struct attempt **out,
                struct err *err) MUST_USE;

/* The provider's id of a touch, both ways. */
int provider_ref_add(struct db *db, const char *sender, const char *provider_id, int64_t touch_id,
                     struct err *err) MUST_USE;
int provider_ref_find(struct db *db, const char *sender, const char *provider_id, int64_t *touch_id,
                      struct err *err) MUST_USE; /* 1, 0 or -1 */

#endif
