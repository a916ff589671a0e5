/* core/store/traces.c - see traces.h. */
#include "core/store/traces.h"

#include "core/base/id.h"

#define LIST_MAX 1000 /* of one message */

int trace_insert(struct db *db, const struct trace_row *t, struct err *err)
{
    return db_do(db,
                 "INSERT INTO trace(slot, id, prospect_id, message_id, kind, about, what, was, at) "
                 "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                 PARAMS(P(t->slot), P(t->id), P(t->prospect_id), P(t->message_id), P(t->kind),
                        P(t->about), P(t->what), P(t->was), P(t->at)),
                 err);
}

#define TRACE "slot, id, prospect_id, message_id, kind, about, what, was, at, undone_by, undone_at"

static int read_traces(struct stmt *stmt, struct arena *arena, struct trace_row **out,
                       struct err *err)
{
    int count = 0, more = stmt ? stmt_step(stmt, err) : -1;

    *out = more == 1 ? arena_array(arena, LIST_MAX, sizeof(**out)) : NULL;
    for (; more == 1; more = stmt_step(stmt, err))
        (*out)[count++] = (struct trace_row){
            .slot = (int)stmt_col_int(stmt, 0),
            .id = stmt_col_int(stmt, 1),
            .prospect_id = stmt_col_int(stmt, 2),
            .message_id = stmt_col_int(stmt, 3),
            .kind = stmt_col_text(stmt, 4, arena),
            .about = stmt_col_int(stmt, 5),
            .what = stmt_col_text(stmt, 6, arena),
            .was = stmt_col_text(stmt, 7, arena),
            .at = stmt_col_int(stmt, 8),
            .undone_by = stmt_col_text(stmt, 9, arena),
            .undone_at = stmt_col_int(stmt, 10),
        };
    return more < 0 ? -1 : count;
}

int traces_of(struct db *db, int64_t message_id, struct arena *arena, struct trace_row **out,
              struct err *err)
{
    return read_traces(db_query(db,
                                "SELECT " TRACE " FROM trace WHERE slot = $1 AND message_id = $2 "
                                "ORDER BY id LIMIT 1000",
                                PARAMS(P(id_slot(message_id)), P(message_id)), err),
                       arena, out, err);
}

int traces_standing(struct db *db, const struct traces_query *q, struct arena *arena,
                    struct trace_row **out, struct err *err)
{
    return read_traces(
        db_query(db,
                 "SELECT " TRACE " FROM trace WHERE slot = $1 AND message_id IN "
                 "(SELECT id FROM message WHERE slot = $1 AND prospect_id = $2) "
                 "AND kind = $3 AND message_id <> $4 AND undone_by IS NULL ORDER BY id LIMIT 1000",
                 PARAMS(P(q->slot), P(q->prospect_id), P(q->kind), P(q->but_message)), err),
        arena, out, err);
}

int trace_rewrite(struct db *db, const struct trace_row *t, struct err *err)
{
    return db_do(db, "UPDATE trace SET was = $4 WHERE slot = $1 AND message_id = $2 AND id = $3",
                 PARAMS(P(t->slot), P(t->message_id), P(t->id), P(t->was)), err);
}

int trace_undo(struct db *db, const struct trace_row *t, const char *by, int64_t now,
               struct err *err)
{
    return db_run(db,
                  "UPDATE trace SET undone_by = $4, undone_at = $5 WHERE slot = $1 "
                  "AND message_id = $2 AND id = $3 AND undone_by IS NULL",
                  PARAMS(P(t->slot), P(t->message_id), P(t->id), P(by), P(now)), err);
}

int traces_count_soft(struct db *db, const struct trace_query *q, int64_t *out, struct err *err)
{
    return db_number(db,
                     "SELECT count(*) FROM trace WHERE slot = $1 AND prospect_id = $2 "
                     "AND kind = 'soft_bounce' AND was = $3 AND at > $4 AND undone_by IS NULL",
                     PARAMS(P(id_slot(q->prospect_id)), P(q->prospect_id), P(q->was), P(q->since)),
                     out, err);
}
