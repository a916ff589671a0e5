/* core/store/check.h - the invariants that can be read off the rows: each broken one named with the row that breaks it.
 * What needs the meaning of a decision or of a channel is engine/audit.h's. Changes nothing. */
#ifndef HEED_STORE_CHECK_H
#define HEED_STORE_CHECK_H

#include "core/base/id.h"
#include "core/store/db.h"

#define CHECK_SHOWN_MAX 200 /* findings kept for each invariant; all are counted */

struct check_finding {
    const char *invariant; /* "I1", "P2", "slot"...; static */
    const char *what;      /* a sentence */
    const char *id;        /* "to_...", or NULL when the row has none */
};

struct check_table {
    const char *name;
    int64_t rows;
};

struct check { /* filled by the checks; begin with check_init() */
    struct db *db;
    int64_t now;      /* UTC ms */
    bool daemon_runs; /* touches may be on the wire */
    bool damaged;     /* the file itself: what else it says was not asked */
    struct arena *arena;
    struct check_finding *findings;
    size_t count;   /* of findings */
    int64_t broken; /* all of them, those not kept too */
    struct check_table *tables;
    size_t table_count;
    int64_t rows;     /* of all tables */
    const char *last; /* invariant of the newest finding, and how many it has */
    size_t last_count;
};

/* Everything found lives in the arena. */
void check_init(struct check *check, struct db *db, struct arena *arena);

/* Notes a finding. prefix: of the id ("to"), NULL = the row has none. */
void check_found(struct check *check, const char *invariant, const char *prefix, int64_t id,
                 const char *what);

/* Every check of this file, in the caller's read transaction. 0, or -1 when the store cannot be read: a broken
 * invariant is no error. */
int check_store(struct check *check, struct err *err) MUST_USE;

/* Each touch in turn, for checks that need to look inside it. Text is borrowed until visit() returns; visit returns
 * 0 or -1 and err. */
struct check_touch {
    int slot;
    int64_t id, prospect_id, enrollment_id;
    int step;
    const char *channel, *address, *state, *decision;
    int tries;
    int64_t created_at;
};
struct check_visitor {
    int (*visit)(struct check_visitor *visitor, const struct check_touch *touch, struct err *err);
};
int check_each_touch(struct check *check, struct check_visitor *visitor, struct err *err) MUST_USE;

/* Every suppression, by kind, key, channel. Count or -1. */
struct check_suppression {
    const char *kind, *key, *channel;
    int64_t at, until_ms; /* until_ms 0 = for good */
};
int check_suppressions(struct check *check, struct check_suppression **out,
                       struct err *err) MUST_USE;

/* Was the touch tried once more after a try whose result came at `at` or later? 1, 0 or -1. (When a try began is not
 * stored: one that began after `at` with its last result before it is not seen.) */
int check_tried_after(struct check *check, const struct check_touch *touch, int64_t at,
                      struct err *err) MUST_USE;

#endif
