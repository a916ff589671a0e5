/* core/store/stats.h - figures of the store: what each channel and each step brought in, and what is in play now. Counts
 * only; rates and medians are engine/report.h's. */
#ifndef HEED_STORE_STATS_H
#define HEED_STORE_STATS_H

#include "core/store/db.h"

/* What a row of figures is about. */
enum stats_group { STATS_TOTAL, STATS_CHANNEL, STATS_STEP };

/* The touches of one group. A touch counts as sent when a provider took it, whatever became of it; a task for a
 * person when it was carried out. */
struct stats_touches {
    enum stats_group group;
    const char *channel;            /* STATS_CHANNEL */
    const char *sequence, *step_id; /* STATS_STEP; NULL = written by hand */
    int step;
    int64_t people;                  /* distinct prospects with a touch that was sent */
    int64_t sent, delivered;         /* taken by a provider; of these with a receipt */
    int64_t bounced, failed, unsure; /* failed: refused, given up, undelivered */
    int64_t replied;                 /* distinct prospects who answered one of them themselves */
};

/* One answered touch. An answer is human and no opt-out. */
struct stats_answer {
    const char *channel, *sequence, *step_id;
    int64_t prospect_id, wait_ms; /* from sent to the first answer, >= 0 */
};

/* Both in one pass over the touches, in one statement: totals, then channels by name, then steps in order, by hand
 * last. sequence: NULL = all. 0 or -1. */
struct stats_outcome {
    struct stats_touches *groups;
    size_t group_count;
    struct stats_answer *answers;
    size_t answer_count;
};
int stats_outcomes(struct db *db, const char *sequence, struct arena *arena,
                   struct stats_outcome *out, struct err *err) MUST_USE;

/* Who opted out or complained, with the last touch they had got until then on what they stopped. By prospect, each
 * group of a prospect once. Count or -1. */
struct stats_opt_out {
    const char *channel, *sequence, *step_id;
    int64_t prospect_id;
};
int stats_opt_outs(struct db *db, const char *sequence, struct arena *arena,
                   struct stats_opt_out **out, struct err *err) MUST_USE;

/* Switches that stand, with the step whose touch earned the answer. sequence: NULL = all, those without a touch too.
 * Count or -1. */
struct stats_switch {
    const char *from, *to;          /* NULL = the sequence's order */
    const char *sequence, *step_id; /* NULL = no touch is known */
    int64_t count;
};
int stats_switches(struct db *db, const char *sequence, struct arena *arena,
                   struct stats_switch **out, struct err *err) MUST_USE;

/* ---- now ---- */

struct stats_count { /* so many of that name */
    const char *name;
    int64_t count;
};

struct stats_list {
    struct stats_count *rows;
    size_t count;
};

/* The count under that name, or 0. */
int64_t stats_of(const struct stats_list *list, const char *name);
int64_t stats_sum(const struct stats_list *list);

struct stats_paused {
    const char *sender;
    int64_t until_ms;
    const char *reason; /* the peer's words when last refused, NULL = unknown */
};

struct stats_now {
    int64_t prospects, opted_out;
    struct stats_list enrollments;  /* by state */
    struct stats_list held;         /* by reason; templates' and missing fields' own words */
    struct stats_list touches;      /* by state */
    struct stats_list open_tasks;   /* by kind */
    struct stats_list open_replies; /* messages that wait for a person, by kind */
    int64_t due;                    /* enrollments whose time has come */
    int64_t sent;                   /* touches a provider took */
    int64_t replies;                /* human messages of known prospects, opt-outs too */
    int64_t switches;               /* that stand */
    struct stats_paused *paused;
    size_t paused_count;
};

/* In the caller's read transaction. 0 or -1. */
int stats_read_now(struct db *db, int64_t now, struct arena *arena, struct stats_now *out,
                   struct err *err) MUST_USE;

#endif
