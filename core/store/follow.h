/* core/store/follow.h - switches of the preferred channel, tasks for people, and the state of senders and mailboxes. */
#ifndef HEED_STORE_FOLLOW_H
#define HEED_STORE_FOLLOW_H

#include "core/store/db.h"

struct switch_row {
    int slot;
    int64_t id, prospect_id;
    const char *from_channel, *to_channel; /* NULL = the sequence's order */
    const char *reason;
    int64_t message_id; /* 0 = a person's command */
    int64_t at;
    const char *undone_by; /* NULL = stands */
    int64_t undone_at;
};

int switch_insert(struct db *db, const struct switch_row *row, struct err *err) MUST_USE;
/* Newest first; prospect_id 0 = of everybody, oldest first. Count or -1. */
int switches_of(struct db *db, int64_t prospect_id, struct arena *arena, struct switch_row **out,
                struct err *err) MUST_USE;
int switch_get(struct db *db, int64_t id, struct arena *arena, struct switch_row *out,
               struct err *err) MUST_USE; /* 1, 0 or -1 */
int switch_undo(struct db *db, int64_t id, const char *by, int64_t now, struct err *err) MUST_USE;

struct task {
    int slot;
    int64_t id, prospect_id, touch_id, enrollment_id;
    const char *kind, *text, *state, *disposition;
    int64_t created_at;
    int64_t message_id; /* whose words opened it; 0 = nobody's */
    int64_t due_at;     /* 0 = now */
};

int task_insert(struct db *db, const struct task *task, struct err *err) MUST_USE;
int task_get(struct db *db, int64_t id, struct arena *arena, struct task *out,
             struct err *err) MUST_USE;
/* Open ones, oldest first. Count or -1. */
int tasks_open(struct db *db, struct arena *arena, struct task **out, struct err *err) MUST_USE;
/* The open ones of one prospect, oldest first; at most 200. Count or -1. */
int tasks_of(struct db *db, int64_t prospect_id, struct arena *arena, struct task **out,
             struct err *err) MUST_USE;
/* Takes a settling back, when that disposition is what it was settled with. 1, 0 or -1. */
int task_reopen(struct db *db, int64_t id, const char *disposition, struct err *err) MUST_USE;
/* An open task of that kind about that enrollment? 1, 0 or -1. */
int task_is_open(struct db *db, int64_t enrollment_id, const char *kind, struct err *err) MUST_USE;
/* 1 = settled, 0 = was not open, -1. */
int task_settle(struct db *db, int64_t id, const char *disposition, int64_t now,
                struct err *err) MUST_USE;
/* An answer was given: settles the open tasks that asked for one (concern, question, interested, ask) and are due now. */
int tasks_settle_answered(struct db *db, int64_t prospect_id, int64_t now,
                          struct err *err) MUST_USE;
/* An open task of that kind that is about nobody in particular, in that slot? 1, 0 or -1. */
int task_is_open_apart(struct db *db, int slot, const char *kind, struct err *err) MUST_USE;
/* Settles open `held` tasks of an enrollment whose cause is gone. */
int task_settle_kind(struct db *db, int64_t enrollment_id, const char *kind, int64_t now,
                     struct err *err) MUST_USE;

struct sender_state {
    const char *sender;
    int64_t next_free_ms, day, sent_today;
    int64_t paused_until; /* 0 = not */
    const char *reason;
};

/* Zeroes for an unknown one. 0 or -1. */
int sender_state_get(struct db *db, const char *sender, struct arena *arena,
                     struct sender_state *out, struct err *err) MUST_USE;
int sender_state_put(struct db *db, const struct sender_state *state, struct err *err) MUST_USE;

int mailbox_state_get(struct db *db, const char *mailbox, int64_t *uidvalidity, int64_t *uid,
                      struct err *err) MUST_USE;
int mailbox_state_put(struct db *db, const char *mailbox, int64_t uidvalidity, int64_t uid,
                      struct err *err) MUST_USE;

/* meta: NULL when absent. */
int meta_get(struct db *db, const char *key, struct arena *arena, const char **out,
             struct err *err) MUST_USE;
int meta_put(struct db *db, const char *key, const char *value, struct err *err) MUST_USE;

/* Takes the lease on every slot for `owner`, fencing any older one. *epoch: ours. 0 or -1. */
int lease_take(struct db *db, const char *owner, int64_t until_ms, int64_t *epoch,
               struct err *err) MUST_USE;
/* Still ours? Reads inside the writing transaction. 1, 0 or -1. */
int lease_holds(struct db *db, int64_t epoch, struct err *err) MUST_USE;

#endif
