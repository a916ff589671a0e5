/* core/store/roll.h - everyone, or everyone in a sequence, one after the other by (slot, id), each with what a touch to them
 * depends on. One pass over the tables instead of queries a person, in one snapshot; for jobs over whole lists. Texts live in
 * the arena of the call. */
#ifndef HEED_STORE_ROLL_H
#define HEED_STORE_ROLL_H

#include "core/store/inbounds.h"
#include "core/store/prospects.h"
#include "core/store/touches.h"

struct roll;

struct roll_query {
    const char *sequence; /* only those active or held in it; NULL = everyone */
    int64_t now;          /* suppressions in force then */
};

enum roll_state {
    ROLL_NEVER,
    ROLL_ENDED,
    ROLL_LIVE
}; /* enrolled: never; all ended; active or held */

struct roll_row {
    struct prospect prospect;
    struct address *addresses; /* as addresses_of() */
    size_t address_count;
    struct touch_brief *history; /* as touch_history() */
    size_t history_count;
    const struct message_row *answer; /* as message_newest_human(), or NULL */
    enum roll_state state;
    const char *sequence; /* ROLL_LIVE: the one asked for, else any; lives as long as the roll */
    int64_t version;
    int step;
};

/* Keeps 16 bytes an enrollment while it lives. Begins a read snapshot on db, which must have none; nothing else may be asked of
 * db until roll_close(). NULL and err. */
struct roll *roll_open(struct db *db, const struct roll_query *query, struct err *err) MUST_USE;
void roll_close(struct roll *roll); /* NULL is fine */

/* 1, 0 at the end, -1 and err. */
int roll_next(struct roll *roll, struct arena *arena, struct roll_row *out,
              struct err *err) MUST_USE;

/* How many will come at most: for progress. */
int64_t roll_most(const struct roll *roll);

#endif
