/* core/store/traces.h - what followed from a message, row by row, and how each thing was before: to show it, and to take it back. */
#ifndef HEED_STORE_TRACES_H
#define HEED_STORE_TRACES_H

#include "core/store/db.h"

struct trace_row {
    int slot; /* the message's */
    int64_t id;
    int64_t prospect_id; /* whom it befell; 0 = nobody we know */
    int64_t message_id;
    const char *kind; /* hold, exit, switch, wish, suppress, task... */
    int64_t about;    /* the row it changed, 0 = none */
    const char *what; /* for people */
    const char *was;  /* JSON, or NULL */
    int64_t at;
    const char *undone_by; /* NULL = stands */
    int64_t undone_at;
};

int trace_insert(struct db *db, const struct trace_row *trace, struct err *err) MUST_USE;
/* Oldest first, the undone ones too. Count or -1. */
int traces_of(struct db *db, int64_t message_id, struct arena *arena, struct trace_row **out,
              struct err *err) MUST_USE;
/* Which one: slot, message_id and id. 1, 0 when it was taken back already, or -1. */
int trace_undo(struct db *db, const struct trace_row *trace, const char *by, int64_t now,
               struct err *err) MUST_USE;

/* Writes trace->was anew. Which one: slot, message_id and id. 0 or -1. */
int trace_rewrite(struct db *db, const struct trace_row *trace, struct err *err) MUST_USE;

struct traces_query {
    int slot;            /* of the messages */
    int64_t prospect_id; /* whose messages; 0 = of nobody we know */
    const char *kind;
    int64_t but_message;
};
/* Those of that kind that stand, of all messages of the prospect but one; oldest first, at most 1,000. Count or -1. */
int traces_standing(struct db *db, const struct traces_query *query, struct arena *arena,
                    struct trace_row **out, struct err *err) MUST_USE;

struct trace_query {
    int64_t prospect_id;
    const char *was;
    int64_t since;
};
/* How many of kind soft_bounce stand, from messages in the prospect's own slot: *out. 0 or -1. */
int traces_count_soft(struct db *db, const struct trace_query *query, int64_t *out,
                      struct err *err) MUST_USE;

#endif
