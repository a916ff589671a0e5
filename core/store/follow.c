/* core/store/follow.c - see follow.h. */
#include "core/store/follow.h"

#include "core/base/id.h"

#define LIST_MAX 10000

int switch_insert(struct db *db, const struct switch_row *s, struct err *err)
{
    return db_do(db,
                 "INSERT INTO switch(slot, id, prospect_id, from_channel, to_channel, reason, "
                 "message_id, at) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
                 PARAMS(P(s->slot), P(s->id), P(s->prospect_id), P(s->from_channel),
                        P(s->to_channel), P(s->reason), P(s->message_id), P(s->at)),
                 err);
}

#define SWITCH                                                                                     \
    "slot, id, prospect_id, from_channel, to_channel, reason, message_id, at, undone_by, "         \
    "undone_at"

static struct stmt *query_switches(struct db *db, int64_t prospect_id, struct err *err)
{
    if (prospect_id == 0)
        return db_query(db, "SELECT " SWITCH " FROM switch ORDER BY at, id LIMIT 10000", NO_PARAMS,
                        err);
    return db_query(db,
                    "SELECT " SWITCH " FROM switch WHERE slot = $1 AND prospect_id = $2 "
                    "ORDER BY at DESC, id DESC LIMIT 10000",
                    PARAMS(P(id_slot(prospect_id)), P(prospect_id)), err);
}

static int read_switches(struct stmt *stmt, struct arena *arena, struct switch_row **out,
                         struct err *err)
{
    int count = 0, more = stmt ? stmt_step(stmt, err) : -1;

    *out = more == 1 ? arena_array(arena, LIST_MAX, sizeof(**out)) : NULL;
    for (; more == 1; more = stmt_step(stmt, err))
        (*out)[count++] = (struct switch_row){
            .slot = (int)stmt_col_int(stmt, 0),
            .id = stmt_col_int(stmt, 1),
            .prospect_id = stmt_col_int(stmt, 2),
            .from_channel = stmt_col_text(stmt, 3, arena),
            .to_channel = stmt_col_text(stmt, 4, arena),
            .reason = stmt_col_text(stmt, 5, arena),
            .message_id = stmt_col_int(stmt, 6),
            .at = stmt_col_int(stmt, 7),
            .undone_by = stmt_col_text(stmt, 8, arena),
            .undone_at = stmt_col_int(stmt, 9),
        };
    return more < 0 ? -1 : count;
}

int switches_of(struct db *db, int64_t prospect_id, struct arena *arena, struct switch_row **out,
                struct err *err)
{
    return read_switches(query_switches(db, prospect_id, err), arena, out, err);
}

int switch_get(struct db *db, int64_t id, struct arena *arena, struct switch_row *out,
               struct err *err)
{
    struct switch_row *rows = NULL;
    int count =
        read_switches(db_query(db, "SELECT " SWITCH " FROM switch WHERE slot = $1 AND id = $2",
                               PARAMS(P(id_slot(id)), P(id)), err),
                      arena, &rows, err);

    if (count == 1)
        *out = rows[0];
    return count;
}

int switch_undo(struct db *db, int64_t id, const char *by, int64_t now, struct err *err)
{
    return db_run(db,
                  "UPDATE switch SET undone_by = $3, undone_at = $4 WHERE slot = $1 AND id = $2 "
                  "AND undone_by IS NULL",
                  PARAMS(P(id_slot(id)), P(id), P(by), P(now)), err);
}

int task_insert(struct db *db, const struct task *t, struct err *err)
{
    return db_do(db,
                 "INSERT INTO task(slot, id, prospect_id, touch_id, enrollment_id, kind, text, "
                 "state, created_at, message_id, due_at) "
                 "VALUES($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $10)",
                 PARAMS(P(t->slot), P(t->id), P(t->prospect_id), P(t->touch_id),
                        P(t->enrollment_id), P(t->kind), P(t->text), P(t->created_at),
                        param_or_null(t->message_id), param_or_null(t->due_at)),
                 err);
}

#define TASK                                                                                       \
    "slot, id, prospect_id, touch_id, enrollment_id, kind, text, state, disposition, created_at, " \
    "message_id, due_at"

static int read_tasks(struct stmt *stmt, int room, struct arena *arena, struct task **out,
                      struct err *err)
{
    int count = 0, more = stmt ? stmt_step(stmt, err) : -1;

    *out = more == 1 ? arena_array(arena, (size_t)room, sizeof(**out)) : NULL;
    for (; more == 1; more = stmt_step(stmt, err))
        (*out)[count++] = (struct task){
            .slot = (int)stmt_col_int(stmt, 0),
            .id = stmt_col_int(stmt, 1),
            .prospect_id = stmt_col_int(stmt, 2),
            .touch_id = stmt_col_int(stmt, 3),
            .enrollment_id = stmt_col_int(stmt, 4),
            .kind = stmt_col_text(stmt, 5, arena),
            .text = stmt_col_text(stmt, 6, arena),
            .state = stmt_col_text(stmt, 7, arena),
            .disposition = stmt_col_text(stmt, 8, arena),
            .created_at = stmt_col_int(stmt, 9),
            .message_id = stmt_col_int(stmt, 10),
            .due_at = stmt_col_int(stmt, 11),
        };
    return more < 0 ? -1 : count;
}

int task_get(struct db *db, int64_t id, struct arena *arena, struct task *out, struct err *err)
{
    struct task *rows;
    int count = read_tasks(db_query(db, "SELECT " TASK " FROM task WHERE slot = $1 AND id = $2",
                                    PARAMS(P(id_slot(id)), P(id)), err),
                           1, arena, &rows, err);

    if (count == 1)
        *out = rows[0];
    return count;
}

int tasks_open(struct db *db, struct arena *arena, struct task **out, struct err *err)
{
    return read_tasks(db_query(db,
                               "SELECT " TASK " FROM task WHERE state = 'open' "
                               "ORDER BY created_at LIMIT 10000",
                               NO_PARAMS, err),
                      LIST_MAX, arena, out, err);
}

int tasks_of(struct db *db, int64_t prospect_id, struct arena *arena, struct task **out,
             struct err *err)
{
    return read_tasks(db_query(db,
                               "SELECT " TASK " FROM task WHERE slot = $1 AND prospect_id = $2 "
                               "AND state = 'open' ORDER BY id LIMIT 200",
                               PARAMS(P(id_slot(prospect_id)), P(prospect_id)), err),
                      200, arena, out, err);
}

int task_reopen(struct db *db, int64_t id, const char *disposition, struct err *err)
{
    return db_run(db,
                  "UPDATE task SET state = 'open', disposition = NULL, done_at = NULL "
                  "WHERE slot = $1 AND id = $2 AND state = 'done' AND disposition = $3",
                  PARAMS(P(id_slot(id)), P(id), P(disposition)), err);
}

int task_is_open(struct db *db, int64_t enrollment_id, const char *kind, struct err *err)
{
    int64_t open = 0;
    int rc = db_number(db,
                       "SELECT 1 FROM task WHERE slot = $1 AND enrollment_id = $2 "
                       "AND kind = $3 AND state = 'open' LIMIT 1",
                       PARAMS(P(id_slot(enrollment_id)), P(enrollment_id), P(kind)), &open, err);

    return rc < 0 ? -1 : (int)open;
}

int task_settle(struct db *db, int64_t id, const char *disposition, int64_t now, struct err *err)
{
    return db_run(db,
                  "UPDATE task SET state = 'done', disposition = $3, done_at = $4 "
                  "WHERE slot = $1 AND id = $2 AND state = 'open'",
                  PARAMS(P(id_slot(id)), P(id), P(disposition), P(now)), err);
}

int tasks_settle_answered(struct db *db, int64_t prospect_id, int64_t now, struct err *err)
{
    return db_do(db,
                 "UPDATE task SET state = 'done', disposition = 'answered', done_at = $3 "
                 "WHERE slot = $1 AND prospect_id = $2 AND state = 'open' AND due_at IS NULL "
                 "AND message_id IS NOT NULL "
                 "AND kind IN ('concern', 'question', 'interested', 'ask')",
                 PARAMS(P(id_slot(prospect_id)), P(prospect_id), P(now)), err);
}

int task_is_open_apart(struct db *db, int slot, const char *kind, struct err *err)
{
    int64_t open = 0;
    int rc = db_number(db,
                       "SELECT 1 FROM task WHERE slot = $1 AND prospect_id = 0 AND kind = $2 "
                       "AND state = 'open' LIMIT 1",
                       PARAMS(P(slot), P(kind)), &open, err);

    return rc < 0 ? -1 : (int)open;
}

int task_settle_kind(struct db *db, int64_t enrollment_id, const char *kind, int64_t now,
                     struct err *err)
{
    return db_do(db,
                 "UPDATE task SET state = 'done', done_at = $4 WHERE slot = $1 "
                 "AND enrollment_id = $2 AND kind = $3 AND state = 'open'",
                 PARAMS(P(id_slot(enrollment_id)), P(enrollment_id), P(kind), P(now)), err);
}

int sender_state_get(struct db *db, const char *sender, struct arena *arena,
                     struct sender_state *out, struct err *err)
{
    struct stmt *stmt = db_query(db,
                                 "SELECT next_free_ms, day, sent_today, paused_until, reason "
                                 "FROM sender_state WHERE sender = $1",
                                 PARAMS(P(sender)), err);
    int more = stmt ? stmt_step(stmt, err) : -1;

    *out = (struct sender_state){ .sender = sender };
    if (more == 1) {
        out->next_free_ms = stmt_col_int(stmt, 0);
        out->day = stmt_col_int(stmt, 1);
        out->sent_today = stmt_col_int(stmt, 2);
        out->paused_until = stmt_col_int(stmt, 3);
        out->reason = stmt_col_text(stmt, 4, arena);
        stmt_reset(stmt);
    }
    return more < 0 ? -1 : 0;
}

int sender_state_put(struct db *db, const struct sender_state *s, struct err *err)
{
    return db_do(db,
                 "INSERT INTO sender_state(sender, next_free_ms, day, sent_today, paused_until, "
                 "reason) VALUES($1, $2, $3, $4, $5, $6) ON CONFLICT(sender) DO UPDATE SET "
                 "next_free_ms = excluded.next_free_ms, day = excluded.day, "
                 "sent_today = excluded.sent_today, paused_until = excluded.paused_until, "
                 "reason = excluded.reason",
                 PARAMS(P(s->sender), P(s->next_free_ms), P(s->day), P(s->sent_today),
                        P(s->paused_until), P(s->reason)),
                 err);
}

int mailbox_state_get(struct db *db, const char *mailbox, int64_t *uidvalidity, int64_t *uid,
                      struct err *err)
{
    struct stmt *stmt =
        db_query(db, "SELECT uidvalidity, uid FROM mailbox_state WHERE mailbox = $1",
                 PARAMS(P(mailbox)), err);
    int more = stmt ? stmt_step(stmt, err) : -1;

    *uidvalidity = *uid = 0;
    if (more == 1) {
        *uidvalidity = stmt_col_int(stmt, 0);
        *uid = stmt_col_int(stmt, 1);
        stmt_reset(stmt);
    }
    return more < 0 ? -1 : 0;
}

int mailbox_state_put(struct db *db, const char *mailbox, int64_t uidvalidity, int64_t uid,
                      struct err *err)
{
    return db_do(db,
                 "INSERT INTO mailbox_state(mailbox, uidvalidity, uid) VALUES($1, $2, $3) "
                 "ON CONFLICT(mailbox) DO UPDATE SET uidvalidity = excluded.uidvalidity, "
                 "uid = excluded.uid",
                 PARAMS(P(mailbox), P(uidvalidity), P(uid)), err);
}

int meta_get(struct db *db, const char *key, struct arena *arena, const char **out, struct err *err)
{
    struct stmt *stmt = db_query(db, "SELECT value FROM meta WHERE key = $1", PARAMS(P(key)), err);
    int more = stmt ? stmt_step(stmt, err) : -1;

    *out = NULL;
    if (more == 1) {
        *out = stmt_col_text(stmt, 0, arena);
        stmt_reset(stmt);
    }
    return more < 0 ? -1 : 0;
}

int meta_put(struct db *db, const char *key, const char *value, struct err *err)
{
    return db_do(db,
                 "INSERT INTO meta(key, value) VALUES($1, $2) "
                 "ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                 PARAMS(P(key), P(value)), err);
}

int lease_take(struct db *db, const char *owner, int64_t until_ms, int64_t *epoch, struct err *err)
{
    return db_number(db,
                     "INSERT INTO slot_lease(slot, owner, epoch, until_ms) VALUES(-1, $1, 1, $2) "
                     "ON CONFLICT(slot) DO UPDATE SET owner = excluded.owner, "
                     "epoch = slot_lease.epoch + 1, until_ms = excluded.until_ms RETURNING epoch",
                     PARAMS(P(owner), P(until_ms)), epoch, err);
}

int lease_holds(struct db *db, int64_t epoch, struct err *err)
{
    int64_t now_epoch = 0;
    int rc =
        db_number(db, "SELECT epoch FROM slot_lease WHERE slot = -1", NO_PARAMS, &now_epoch, err);

    return rc < 0 ? -1 : now_epoch == epoch;
}
