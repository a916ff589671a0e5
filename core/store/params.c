/* core/store/params.c - statements with their parameters in one call; on top of any driver. */
#include "core/store/db.h"

struct param param_int(int64_t value)
{
    return (struct param){ .type = PARAM_INT, .integer = value };
}

struct param param_or_null(int64_t value)
{
    return (struct param){ .type = value ? PARAM_INT : PARAM_NULL, .integer = value };
}

struct param param_text(const char *value)
{
    return (struct param){ .type = value ? PARAM_TEXT : PARAM_NULL, .text = span_of(value) };
}

struct param param_span(struct span value)
{
    return (struct param){ .type = PARAM_SPAN, .text = value };
}

struct param param_blob(struct span value)
{
    return (struct param){ .type = PARAM_BLOB, .text = value };
}

static void bind(struct stmt *stmt, int n, const struct param *param)
{
    if (param->type == PARAM_INT)
        stmt_int(stmt, n, param->integer);
    else if (param->type == PARAM_TEXT || param->type == PARAM_SPAN)
        stmt_span(stmt, n, param->text);
    else if (param->type == PARAM_BLOB)
        stmt_blob(stmt, n, param->text);
    else
        stmt_null(stmt, n);
}

struct stmt *db_query(struct db *db, const char *sql, const struct param *params, struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql, err);

    for (int n = 1; stmt && params[n - 1].type != PARAM_END; n++)
        bind(stmt, n, &params[n - 1]);
    return stmt;
}

int db_run(struct db *db, const char *sql, const struct param *params, struct err *err)
{
    struct stmt *stmt = db_query(db, sql, params, err);

    return stmt ? stmt_run(stmt, err) : -1;
}

int db_do(struct db *db, const char *sql, const struct param *params, struct err *err)
{
    return db_run(db, sql, params, err) < 0 ? -1 : 0;
}

int db_number(struct db *db, const char *sql, const struct param *params, int64_t *out,
              struct err *err)
{
    struct stmt *stmt = db_query(db, sql, params, err);
    int more = stmt ? stmt_step(stmt, err) : -1;

    *out = 0;
    if (more == 1) {
        *out = stmt_col_int(stmt, 0);
        stmt_reset(stmt);
    }
    return more < 0 ? -1 : 0;
}
