/* core/store/touches.c - see touches.h. States move forward only; each UPDATE names the states it may leave. */
#include "core/store/touches.h"

#include <stdint.h>

#include "core/base/id.h"
#include "core/store/scan.h"
#include "core/store/states.h"

#define COLUMNS                                                                                    \
    "slot, id, prospect_id, enrollment_id, step, sequence, step_id, template, channel, sender, "   \
    "address, state, reason, subject, text, html, refs, provider_id, decision, epoch, tries, "     \
    "created_at, retry_at, sent_at, delivered_at, replied_at, disposition"

static void read_names(struct stmt *stmt, struct arena *arena, struct touch *out)
{
    out->slot = (int)stmt_col_int(stmt, 0);
    out->id = stmt_col_int(stmt, 1);
    out->prospect_id = stmt_col_int(stmt, 2);
    out->enrollment_id = stmt_col_int(stmt, 3);
    out->step = (int)stmt_col_int(stmt, 4);
    out->sequence = stmt_col_text(stmt, 5, arena);
    out->step_id = stmt_col_text(stmt, 6, arena);
    out->template = stmt_col_text(stmt, 7, arena);
    out->channel = stmt_col_text(stmt, 8, arena);
    out->sender = stmt_col_text(stmt, 9, arena);
    out->address = stmt_col_text(stmt, 10, arena);
}

static void read_row(struct stmt *stmt, struct arena *arena, struct touch *out)
{
    read_names(stmt, arena, out);
    out->state = stmt_col_text(stmt, 11, arena);
    out->reason = stmt_col_text(stmt, 12, arena);
    out->subject = stmt_col_text(stmt, 13, arena);
    out->text = stmt_col_text(stmt, 14, arena);
    out->html = stmt_col_text(stmt, 15, arena);
    out->refs = stmt_col_text(stmt, 16, arena);
    out->provider_id = stmt_col_text(stmt, 17, arena);
    out->decision = stmt_col_text(stmt, 18, arena);
    out->epoch = stmt_col_int(stmt, 19);
    out->tries = (int)stmt_col_int(stmt, 20);
    out->created_at = stmt_col_int(stmt, 21);
    out->retry_at = stmt_col_int(stmt, 22);
    out->sent_at = stmt_col_int(stmt, 23);
    out->delivered_at = stmt_col_int(stmt, 24);
    out->replied_at = stmt_col_int(stmt, 25);
    out->disposition = stmt_col_text(stmt, 26, arena);
}

/* Grows as rows come: nobody knows how many there are. */
static int read_all(struct stmt *stmt, struct arena *arena, struct touch **out, struct err *err)
{
    int count = 0, room = 16, more;

    *out = arena_array(arena, (size_t)room, sizeof(**out));
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1) {
        if (count == room) {
            struct touch *wider = arena_array(arena, (size_t)room * 2, sizeof(*wider));
            memcpy(wider, *out, (size_t)room * sizeof(*wider));
            *out = wider;
            room *= 2;
        }
        read_row(stmt, arena, &(*out)[count++]);
    }
    return more < 0 ? -1 : count;
}

int touch_insert(struct db *db, const struct touch *t, struct err *err)
{
    db_mark(db, t->slot);
    return db_run(
        db,
        "INSERT INTO touch(slot, id, prospect_id, enrollment_id, step, sequence, step_id, "
        "template, channel, sender, address, state, reason, subject, text, html, refs, decision, "
        "epoch, tries, created_at, retry_at) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
        "$12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) "
        "ON CONFLICT(slot, enrollment_id, step) WHERE enrollment_id <> 0 AND state <> 'cancelled' "
        "DO NOTHING",
        PARAMS(P(t->slot), P(t->id), P(t->prospect_id), P(t->enrollment_id), P(t->step),
               P(t->sequence), P(t->step_id), P(t->template), P(t->channel), P(t->sender),
               P(t->address), P(t->state), P(t->reason), P(t->subject), P(t->text), P(t->html),
               P(t->refs), P(t->decision), P(t->epoch), P(t->tries), P(t->created_at),
               param_or_null(t->retry_at)),
        err);
}

int touch_get(struct db *db, int64_t id, struct arena *arena, struct touch *out, struct err *err)
{
    struct touch *rows;
    int count = read_all(db_query(db, "SELECT " COLUMNS " FROM touch WHERE slot = $1 AND id = $2",
                                  PARAMS(P(id_slot(id)), P(id)), err),
                         arena, &rows, err);

    if (count == 1)
        *out = rows[0];
    return count;
}

/* A receipt or a bounce may have moved it off the wire already: then only what the provider called it is still missing. */
int touch_record(struct db *db, const struct touch_result *r, struct err *err)
{
    db_mark(db, r->slot);
    return db_run(db,
                  "UPDATE touch SET state = CASE state WHEN 'wire' THEN $3 ELSE state END, "
                  "reason = CASE WHEN state = 'wire' THEN $4 "
                  "WHEN reason <> 'resolved by a receipt' THEN reason END, provider_id = $5, "
                  "retry_at = CASE state WHEN 'wire' THEN $6 END, "
                  "sent_at = CASE state WHEN 'wire' THEN $7 ELSE sent_at END "
                  "WHERE slot = $1 AND id = $2 AND (state = 'wire' OR ($3 = 'sent' "
                  "AND provider_id IS NULL AND state IN " SENT_STATES "))",
                  PARAMS(P(r->slot), P(r->id), P(r->state), P(r->reason), P(r->provider_id),
                         param_or_null(r->retry_at), param_or_null(r->sent_at)),
                  err);
}

int touch_put_on_wire(struct db *db, int64_t id, int64_t epoch, struct err *err)
{
    db_mark(db, id_slot(id));
    return db_run(db,
                  "UPDATE touch SET state = 'wire', retry_at = NULL, tries = tries + 1, "
                  "epoch = $3 WHERE slot = $1 AND id = $2 AND state IN ('due', 'retry')",
                  PARAMS(P(id_slot(id)), P(id), P(epoch)), err);
}

int touch_move(struct db *db, const struct touch_result *to, const char *from, struct err *err)
{
    db_mark(db, to->slot);
    return db_run(
        db,
        "UPDATE touch SET state = $3, reason = coalesce($4, reason), "
        "provider_id = coalesce($5, provider_id), retry_at = $6, "
        "sent_at = CASE WHEN $3 IN ('due', 'retry') THEN NULL ELSE coalesce(sent_at, $7) END "
        "WHERE slot = $1 AND id = $2 AND $8 LIKE '%,' || state || ',%'",
        PARAMS(P(to->slot), P(to->id), P(to->state), P(to->reason), P(to->provider_id),
               param_or_null(to->retry_at), param_or_null(to->sent_at), P(from)),
        err);
}

/* Rank: wire, unsure, retry < sent < undelivered < bounced < delivered < read < complained. */
#define RANK(what)                                                                                 \
    "CASE " what " WHEN 'sent' THEN 1 WHEN 'undelivered' THEN 2 WHEN 'bounced' THEN 3 "            \
    "WHEN 'delivered' THEN 4 WHEN 'read' THEN 5 WHEN 'complained' THEN 6 ELSE 0 END"

int touch_receipt(struct db *db, int64_t id, const char *state, int64_t at, struct err *err)
{
    db_mark(db, id_slot(id));
    return db_run(db,
                  "UPDATE touch SET state = $3, sent_at = coalesce(sent_at, $4), "
                  "reason = CASE state WHEN 'unsure' THEN 'resolved by a receipt' ELSE reason END, "
                  "provider_id = CASE WHEN state = 'wire' THEN coalesce(provider_id, 'a receipt') "
                  "ELSE provider_id END, delivered_at = CASE WHEN $3 IN ('delivered', 'read') THEN "
                  "coalesce(delivered_at, $4) "
                  "ELSE delivered_at END WHERE slot = $1 AND id = $2 "
                  "AND state NOT IN ('failed', 'cancelled', 'due', 'retry') "
                  "AND " RANK("state") " < " RANK("$3"),
                  PARAMS(P(id_slot(id)), P(id), P(state), P(at)), err);
}

int touch_credit(struct db *db, int64_t id, int64_t at, struct err *err)
{
    return db_run(db,
                  "UPDATE touch SET replied_at = max($3, coalesce(sent_at, created_at)) "
                  "WHERE slot = $1 AND id = $2 AND replied_at IS NULL",
                  PARAMS(P(id_slot(id)), P(id), P(at)), err);
}

int touch_uncredit(struct db *db, int64_t id, int64_t at, struct err *err)
{
    return db_do(db,
                 "UPDATE touch SET replied_at = NULL WHERE slot = $1 AND id = $2 "
                 "AND replied_at = max($3, coalesce(sent_at, created_at))",
                 PARAMS(P(id_slot(id)), P(id), P(at)), err);
}

int touch_dispose(struct db *db, int64_t id, const char *disposition, struct err *err)
{
    return db_run(db, "UPDATE touch SET disposition = $3 WHERE slot = $1 AND id = $2",
                  PARAMS(P(id_slot(id)), P(id), P(disposition)), err);
}

int touches_on_wire(struct db *db, struct arena *arena, struct touch **out, struct err *err)
{
    return read_all(
        db_query(db, "SELECT " COLUMNS " FROM touch WHERE state = 'wire'", NO_PARAMS, err), arena,
        out, err);
}

int touches_to_retry(struct db *db, const struct due *due, struct arena *arena, struct touch **out,
                     struct err *err)
{
    return read_all(
        db_query(db,
                 "SELECT " COLUMNS " FROM touch WHERE slot = $1 "
                 "AND state IN ('due', 'retry') AND retry_at <= $2 ORDER BY retry_at LIMIT $3",
                 PARAMS(P(due->slot), P(due->now), P(due->limit)), err),
        arena, out, err);
}

int touch_next_retry(struct db *db, int slot, int64_t *out, struct err *err)
{
    int rc = db_number(db,
                       "SELECT retry_at FROM touch WHERE slot = $1 AND state IN ('due', 'retry') "
                       "ORDER BY retry_at LIMIT 1",
                       PARAMS(P(slot)), out, err);

    if (*out == 0)
        *out = INT64_MAX;
    return rc;
}

int touches_unsure(struct db *db, struct arena *arena, struct touch **out, struct err *err)
{
    return read_all(db_query(db,
                             "SELECT " COLUMNS " FROM touch WHERE state = 'unsure' "
                             "ORDER BY created_at LIMIT 10000",
                             NO_PARAMS, err),
                    arena, out, err);
}

int touches_of(struct db *db, int64_t prospect_id, struct arena *arena, struct touch **out,
               struct err *err)
{
    return read_all(db_query(db,
                             "SELECT " COLUMNS " FROM touch WHERE slot = $1 AND prospect_id = $2 "
                             "ORDER BY created_at DESC, id DESC LIMIT 1000",
                             PARAMS(P(id_slot(prospect_id)), P(prospect_id)), err),
                    arena, out, err);
}

/* As touch_retry says it: without the first words SQLite reads every touch of the slot. */
#define WAITS_FOR_A_TRY                                                                            \
    "slot = $1 AND state IN ('due', 'retry') AND state = 'retry' AND enrollment_id = $2"

static int cancel_all(struct db *db, int64_t enrollment_id, const char *reason, int *first_step,
                      struct err *err)
{
    struct stmt *stmt =
        db_query(db,
                 "UPDATE touch SET state = 'cancelled', reason = $3, retry_at = NULL "
                 "WHERE " WAITS_FOR_A_TRY " RETURNING step",
                 PARAMS(P(id_slot(enrollment_id)), P(enrollment_id), P(reason)), err);
    int count = 0, more;

    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1) {
        int step = (int)stmt_col_int(stmt, 0);
        if (step < *first_step)
            *first_step = step;
        count++;
    }
    return more < 0 ? -1 : count;
}

/* There are hardly ever any, and an update that returns rows keeps a journal of its own: looking first is cheaper. */
int touches_cancel(struct db *db, int64_t enrollment_id, const char *reason, int *first_step,
                   struct err *err)
{
    int64_t waits = 0;
    int rc = db_number(db, "SELECT 1 FROM touch WHERE " WAITS_FOR_A_TRY " LIMIT 1",
                       PARAMS(P(id_slot(enrollment_id)), P(enrollment_id)), &waits, err);

    db_mark(db, id_slot(enrollment_id));
    if (rc < 0)
        return -1;
    return waits ? cancel_all(db, enrollment_id, reason, first_step, err) : 0;
}

#define BRIEF                                                                                      \
    "SELECT id, enrollment_id, channel, sender, address, state, created_at, sent_at, "             \
    "CASE WHEN provider_id = 'task' AND disposition IS NULL THEN 1 ELSE 0 END, "                   \
    "replied_at, disposition, slot, prospect_id FROM touch "

void scan_read_touch(struct stmt *stmt, struct arena *arena, struct touch_brief *out)
{
    *out = (struct touch_brief){
        .id = stmt_col_int(stmt, 0),
        .enrollment_id = stmt_col_int(stmt, 1),
        .channel = stmt_col_text(stmt, 2, arena),
        .sender = stmt_col_text(stmt, 3, arena),
        .address = stmt_col_text(stmt, 4, arena),
        .state = stmt_col_text(stmt, 5, arena),
        .created_at = stmt_col_int(stmt, 6),
        .sent_at = stmt_col_int(stmt, 7),
        .undone = stmt_col_int(stmt, 8) != 0,
        .replied_at = stmt_col_int(stmt, 9),
        .disposition = stmt_col_text(stmt, 10, arena),
        .prospect_id = stmt_col_int(stmt, 12),
    };
}

int touch_brief_get(struct db *db, int64_t id, struct arena *arena, struct touch_brief *out,
                    struct err *err)
{
    struct stmt *stmt =
        db_query(db, BRIEF "WHERE slot = $1 AND id = $2", PARAMS(P(id_slot(id)), P(id)), err);
    int more = stmt ? stmt_step(stmt, err) : -1;

    if (more == 1) {
        scan_read_touch(stmt, arena, out);
        stmt_reset(stmt);
    }
    return more;
}

/* No LIMIT: to sort within one SQLite makes a table, without it a list. */
int touch_history(struct db *db, int64_t prospect_id, struct arena *arena, struct touch_brief **out,
                  struct err *err)
{
    struct stmt *stmt = db_query(db,
                                 BRIEF "WHERE slot = $1 AND prospect_id = $2 "
                                       "AND state <> 'cancelled' "
                                       "ORDER BY created_at DESC, id DESC",
                                 PARAMS(P(id_slot(prospect_id)), P(prospect_id)), err);
    int count = 0, more = stmt ? stmt_step(stmt, err) : -1;

    *out = more == 1 ? arena_raw(arena, HISTORY_MAX * sizeof(**out)) : NULL;
    for (; more == 1 && count < HISTORY_MAX; more = stmt_step(stmt, err))
        scan_read_touch(stmt, arena, &(*out)[count++]);
    if (more == 1)
        stmt_reset(stmt);
    return more < 0 ? -1 : count;
}

#define SUBJECTS_MAX 50

int touch_subjects(struct db *db, const struct subjects_query *query, struct arena *arena,
                   struct touch_subject **out, struct err *err)
{
    struct stmt *stmt = db_query(
        db,
        "SELECT id, created_at, subject FROM touch WHERE slot = $1 "
        "AND prospect_id = $2 AND created_at >= $3 AND channel = 'email' "
        "AND subject IS NOT NULL AND state IN " SENT_STATES
        " ORDER BY created_at DESC, id DESC LIMIT 50",
        PARAMS(P(id_slot(query->prospect_id)), P(query->prospect_id), P(query->since)), err);
    int count = 0, more = stmt ? stmt_step(stmt, err) : -1;

    *out = more == 1 ? arena_array(arena, SUBJECTS_MAX, sizeof(**out)) : NULL;
    for (; more == 1; more = stmt_step(stmt, err))
        (*out)[count++] = (struct touch_subject){ .id = stmt_col_int(stmt, 0),
                                                  .created_at = stmt_col_int(stmt, 1),
                                                  .subject = stmt_col_text(stmt, 2, arena) };
    return more < 0 ? -1 : count;
}

struct stmt *scan_touches(struct db *db, struct err *err)
{
    return db_query(db,
                    BRIEF "WHERE state <> 'cancelled' "
                          "ORDER BY slot, prospect_id, created_at DESC, id DESC",
                    NO_PARAMS, err);
}

int attempt_insert(struct db *db, const struct touch *touch, const struct attempt *attempt,
                   struct err *err)
{
    return db_do(db,
                 "INSERT INTO attempt(slot, touch_id, n, at, result, reason) "
                 "VALUES($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                 PARAMS(P(touch->slot), P(touch->id), P(touch->tries), P(attempt->at),
                        P(attempt->result), P(attempt->reason)),
                 err);
}

#define ATTEMPTS_MAX 1000

int attempts_of(struct db *db, int64_t touch_id, struct arena *arena, struct attempt **out,
                struct err *err)
{
    struct stmt *stmt = db_query(db,
                                 "SELECT n, at, result, reason FROM attempt WHERE slot = $1 "
                                 "AND touch_id = $2 ORDER BY n LIMIT 1000",
                                 PARAMS(P(id_slot(touch_id)), P(touch_id)), err);
    int count = 0, more = stmt ? stmt_step(stmt, err) : -1;

    *out = more == 1 ? arena_array(arena, ATTEMPTS_MAX, sizeof(**out)) : NULL;
    for (; more == 1; more = stmt_step(stmt, err))
        (*out)[count++] = (struct attempt){ .n = (int)stmt_col_int(stmt, 0),
                                            .at = stmt_col_int(stmt, 1),
                                            .result = stmt_col_text(stmt, 2, arena),
                                            .reason = stmt_col_text(stmt, 3, arena) };
    return more < 0 ? -1 : count;
}

int provider_ref_add(struct db *db, const char *sender, const char *provider_id, int64_t touch_id,
                     struct err *err)
{
    return db_do(
        db,
        "INSERT INTO provider_ref(slot, sender, provider_id, touch_id) "
        "VALUES($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        PARAMS(P(id_slot_of(span_of(provider_id))), P(sender), P(provider_id), P(touch_id)), err);
}

int provider_ref_find(struct db *db, const char *sender, const char *provider_id, int64_t *touch_id,
                      struct err *err)
{
    int rc = db_number(db,
                       "SELECT touch_id FROM provider_ref WHERE slot = $1 AND sender = $2 "
                       "AND provider_id = $3",
                       PARAMS(P(id_slot_of(span_of(provider_id))), P(sender), P(provider_id)),
                       touch_id, err);

    return rc < 0 ? -1 : *touch_id != 0;
}
