/* core/store/plans.c - see plans.h. */
#include "core/store/plans.h"

#include "core/base/id.h"

#include <stdint.h>

#define LIST_MAX 1000

int sequence_get(struct db *db, struct arena *arena, struct sequence_row *row, struct err *err)
{
    struct stmt *stmt =
        db_query(db,
                 "SELECT name, version, source, created_at FROM sequence WHERE name = $1 "
                 "AND (version = $2 OR $2 = 0) ORDER BY version DESC LIMIT 1",
                 PARAMS(P(row->name), P(row->version)), err);
    int more = stmt ? stmt_step(stmt, err) : -1;

    if (more == 1) {
        *row = (struct sequence_row){ .name = stmt_col_text(stmt, 0, arena),
                                      .version = stmt_col_int(stmt, 1),
                                      .source = stmt_col_text(stmt, 2, arena),
                                      .created_at = stmt_col_int(stmt, 3) };
        stmt_reset(stmt);
    }
    return more;
}

static int insert_sequence(struct db *db, const struct sequence_row *row, struct err *err)
{
    return db_run(db,
                  "INSERT INTO sequence(name, version, source, created_at) "
                  "VALUES($1, $2, $3, $4)",
                  PARAMS(P(row->name), P(row->version), P(row->source), P(row->created_at)), err);
}

int sequence_put(struct db *db, struct sequence_row *row, struct err *err)
{
    struct sequence_row newest = { .name = row->name };
    struct arena scratch;
    int rc;

    arena_init(&scratch);
    rc = sequence_get(db, &scratch, &newest, err);
    if (rc == 1 && strcmp(newest.source, row->source) == 0) {
        row->version = newest.version;
        rc = 0;
    } else if (rc >= 0) {
        row->version = newest.version + 1;
        rc = insert_sequence(db, row, err);
    }
    arena_finish(&scratch);
    return rc;
}

int sequence_list(struct db *db, struct arena *arena, struct sequence_row **out, struct err *err)
{
    struct stmt *stmt =
        db_query(db,
                 "SELECT s.name, s.version, s.source, s.created_at FROM sequence s "
                 "WHERE s.version = (SELECT max(version) FROM sequence WHERE name = s.name) "
                 "ORDER BY s.name LIMIT 1000",
                 NO_PARAMS, err);
    int count = 0, more;

    *out = arena_array(arena, LIST_MAX, sizeof(**out));
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        (*out)[count++] = (struct sequence_row){ .name = stmt_col_text(stmt, 0, arena),
                                                 .version = stmt_col_int(stmt, 1),
                                                 .source = stmt_col_text(stmt, 2, arena),
                                                 .created_at = stmt_col_int(stmt, 3) };
    return more < 0 ? -1 : count;
}

static int read_templates(struct stmt *stmt, struct arena *arena, struct template_row **out,
                          struct err *err)
{
    int count = 0, more;

    *out = arena_array(arena, LIST_MAX, sizeof(**out));
    while ((more = stmt ? stmt_step(stmt, err) : -1) == 1)
        (*out)[count++] = (struct template_row){ .name = stmt_col_text(stmt, 0, arena),
                                                 .part = stmt_col_text(stmt, 1, arena),
                                                 .version = stmt_col_int(stmt, 2),
                                                 .source = stmt_col_text(stmt, 3, arena) };
    return more < 0 ? -1 : count;
}

int template_get(struct db *db, const char *name, struct arena *arena, struct template_row **out,
                 struct err *err)
{
    return read_templates(
        db_query(db,
                 "SELECT name, part, version, source FROM template WHERE name = $1 "
                 "AND version = (SELECT max(version) FROM template WHERE name = $1) "
                 "ORDER BY part LIMIT 1000",
                 PARAMS(P(name)), err),
        arena, out, err);
}

int template_list(struct db *db, struct arena *arena, struct template_row **out, struct err *err)
{
    return read_templates(
        db_query(db,
                 "SELECT t.name, t.part, t.version, t.source FROM template t WHERE t.version = "
                 "(SELECT max(version) FROM template WHERE name = t.name) "
                 "ORDER BY t.name, t.part LIMIT 1000",
                 NO_PARAMS, err),
        arena, out, err);
}

static bool same_parts(const struct template_row *a, int a_count, const struct template_row *b,
                       size_t b_count)
{
    size_t same = 0;

    for (int i = 0; i < a_count; i++)
        for (size_t k = 0; k < b_count; k++)
            same += strcmp(a[i].part, b[k].part) == 0 && strcmp(a[i].source, b[k].source) == 0;
    return (size_t)a_count == b_count && same == b_count;
}

static int insert_parts(struct db *db, const struct template_put *put, int64_t version,
                        struct err *err)
{
    int rc = 0;

    for (size_t i = 0; i < put->count && rc >= 0; i++)
        rc = db_run(db,
                    "INSERT INTO template(name, part, version, source, created_at) "
                    "VALUES($1, $2, $3, $4, $5)",
                    PARAMS(P(put->name), P(put->parts[i].part), P(version), P(put->parts[i].source),
                           P(put->at)),
                    err);
    return rc < 0 ? -1 : 1;
}

int template_put(struct db *db, const struct template_put *put, struct err *err)
{
    struct arena scratch;
    struct template_row *old = NULL;
    int rc, known;

    arena_init(&scratch);
    known = template_get(db, put->name, &scratch, &old, err);
    if (known < 0)
        rc = -1;
    else if (same_parts(old, known, put->parts, put->count))
        rc = 0;
    else
        rc = insert_parts(db, put, known ? old[0].version + 1 : 1, err);
    arena_finish(&scratch);
    return rc;
}

#define ENROLLMENT                                                                                 \
    "slot, id, prospect_id, sequence, version, step, state, due_at, hold_reason, exit, "           \
    "created_at"

static void read_enrollment(struct stmt *stmt, struct arena *arena, struct enrollment *out)
{
    *out = (struct enrollment){
        .slot = (int)stmt_col_int(stmt, 0),
        .id = stmt_col_int(stmt, 1),
        .prospect_id = stmt_col_int(stmt, 2),
        .sequence = stmt_col_text(stmt, 3, arena),
        .version = stmt_col_int(stmt, 4),
        .step = (int)stmt_col_int(stmt, 5),
        .state = stmt_col_text(stmt, 6, arena),
        .due_at = stmt_col_int(stmt, 7),
        .hold_reason = stmt_col_text(stmt, 8, arena),
        .exit = stmt_col_text(stmt, 9, arena),
        .created_at = stmt_col_int(stmt, 10),
    };
}

static int read_enrollments(struct stmt *stmt, int room, struct arena *arena,
                            struct enrollment **out, struct err *err)
{
    int count = 0, more = stmt ? stmt_step(stmt, err) : -1;

    *out = more == 1 ? arena_raw(arena, (size_t)room * sizeof(**out)) : NULL;
    for (; more == 1 && count < room; more = stmt_step(stmt, err))
        read_enrollment(stmt, arena, &(*out)[count++]);
    if (more == 1)
        stmt_reset(stmt);
    return more < 0 ? -1 : count;
}

bool enrollment_in_play(const struct enrollment *e)
{
    return strcmp(e->state, "active") == 0 || strcmp(e->state, "held") == 0;
}

int enrollment_insert(struct db *db, const struct enrollment *e, struct err *err)
{
    db_mark(db, e->slot);
    return db_run(db,
                  "INSERT INTO enrollment(" ENROLLMENT ") "
                  "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
                  "ON CONFLICT(slot, prospect_id, sequence) WHERE state IN ('active', 'held') "
                  "DO NOTHING",
                  PARAMS(P(e->slot), P(e->id), P(e->prospect_id), P(e->sequence), P(e->version),
                         P(e->step), P(e->state), P(e->due_at), P(e->hold_reason), P(e->exit),
                         P(e->created_at)),
                  err);
}

int enrollment_get(struct db *db, int64_t id, struct arena *arena, struct enrollment *out,
                   struct err *err)
{
    struct enrollment *rows = NULL;
    int count = read_enrollments(
        db_query(db, "SELECT " ENROLLMENT " FROM enrollment WHERE slot = $1 AND id = $2",
                 PARAMS(P(id_slot(id)), P(id)), err),
        1, arena, &rows, err);

    if (count == 1)
        *out = rows[0];
    return count;
}

int enrollment_update(struct db *db, const struct enrollment *e, struct err *err)
{
    db_mark(db, e->slot);
    return db_do(db,
                 "UPDATE enrollment SET step = $3, state = $4, due_at = $5, "
                 "hold_reason = $6, exit = $7 WHERE slot = $1 AND id = $2",
                 PARAMS(P(e->slot), P(e->id), P(e->step), P(e->state), P(e->due_at),
                        P(e->hold_reason), P(e->exit)),
                 err);
}

int enrollments_due(struct db *db, const struct due *due, struct arena *arena,
                    struct enrollment **out, struct err *err)
{
    return read_enrollments(db_query(db,
                                     "SELECT " ENROLLMENT
                                     " FROM enrollment WHERE slot = $1 AND due_at <= $2 "
                                     "AND state IN ('active', 'held') ORDER BY due_at LIMIT $3",
                                     PARAMS(P(due->slot), P(due->now), P(due->limit)), err),
                            due->limit, arena, out, err);
}

/* No LIMIT: to sort within one SQLite makes a table, without it a list. */
int enrollments_of(struct db *db, int64_t prospect_id, struct arena *arena, struct enrollment **out,
                   struct err *err)
{
    return read_enrollments(
        db_query(db,
                 "SELECT " ENROLLMENT " FROM enrollment WHERE slot = $1 AND prospect_id = $2 "
                 "ORDER BY CASE WHEN state IN ('active', 'held') THEN 0 ELSE 1 END, "
                 "state, created_at",
                 PARAMS(P(id_slot(prospect_id)), P(prospect_id)), err),
        100, arena, out, err);
}

int enrollment_next_due(struct db *db, int slot, int64_t *out, struct err *err)
{
    struct stmt *stmt =
        db_query(db,
                 "SELECT due_at FROM enrollment WHERE slot = $1 AND state IN ('active', 'held') "
                 "ORDER BY due_at LIMIT 1",
                 PARAMS(P(slot)), err);
    int more = stmt ? stmt_step(stmt, err) : -1;

    *out = INT64_MAX;
    if (more == 1) {
        *out = stmt_col_int(stmt, 0);
        stmt_reset(stmt);
    }
    return more < 0 ? -1 : 0;
}
