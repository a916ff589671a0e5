/* core/store/plans.h - versions of sequences and templates, and the enrollments that follow them. */
#ifndef HEED_STORE_PLANS_H
#define HEED_STORE_PLANS_H

#include "core/store/db.h"

struct sequence_row {
    const char *name;
    int64_t version;
    const char *source;
    int64_t created_at;
};

/* row: name and version (0 = the newest) say which; filled when found. 1, 0 or -1. */
int sequence_get(struct db *db, struct arena *arena, struct sequence_row *row,
                 struct err *err) MUST_USE;
/* Stores row->source as a new version unless the newest has the same; row->version: the one now newest. 1 = new, 0 = same,
 * -1. */
int sequence_put(struct db *db, struct sequence_row *row, struct err *err) MUST_USE;
/* The newest version of each, by name. Count or -1. */
int sequence_list(struct db *db, struct arena *arena, struct sequence_row **out,
                  struct err *err) MUST_USE;

struct template_row {
    const char *name, *part;
    int64_t version;
    const char *source;
};

/* All parts of the newest version of `name`. Count (0 = unknown) or -1. */
int template_get(struct db *db, const char *name, struct arena *arena, struct template_row **out,
                 struct err *err) MUST_USE;
struct template_put { /* one template with all its parts */
    const char *name;
    const struct template_row *parts; /* part and source of each */
    size_t count;
    int64_t at;
};

/* Stores the parts as a new version unless nothing changed. 1, 0 or -1. */
int template_put(struct db *db, const struct template_put *put, struct err *err) MUST_USE;
/* Name, part and version of every part of every newest version. Count or -1. */
int template_list(struct db *db, struct arena *arena, struct template_row **out,
                  struct err *err) MUST_USE;

struct enrollment {
    int slot;
    int64_t id, prospect_id;
    const char *sequence;
    int64_t version;
    int step;
    const char *state; /* active, held, done, exited */
    int64_t due_at;
    const char *hold_reason, *exit;
    int64_t created_at;
};

/* Active or held: not ended. */
bool enrollment_in_play(const struct enrollment *enrollment);

/* 1 = enrolled, 0 = already in that sequence, -1. */
int enrollment_insert(struct db *db, const struct enrollment *enrollment, struct err *err) MUST_USE;
int enrollment_get(struct db *db, int64_t id, struct arena *arena, struct enrollment *out,
                   struct err *err) MUST_USE;
/* Moves step, state, due_at, hold_reason, exit. 0 or -1. */
int enrollment_update(struct db *db, const struct enrollment *enrollment, struct err *err) MUST_USE;
/* Due at `now` in one slot, earliest first, at most `limit`. Count or -1. */
int enrollments_due(struct db *db, const struct due *due, struct arena *arena,
                    struct enrollment **out, struct err *err) MUST_USE;
/* All of one prospect, active and held first. Count or -1. */
int enrollments_of(struct db *db, int64_t prospect_id, struct arena *arena, struct enrollment **out,
                   struct err *err) MUST_USE;
/* Earliest due_at of a slot, or INT64_MAX. 0 or -1. */
int enrollment_next_due(struct db *db, int slot, int64_t *out, struct err *err) MUST_USE;

#endif
