/* core/store/db.h - the driver interface: SQLite today (sqlite.c), PostgreSQL later, with the same
 * SQL text. Parameters are $1..$n. Times are int64 UTC ms. Ids are made by the program. A db
 * belongs to one thread. */
#ifndef HEED_STORE_DB_H
#define HEED_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/span.h"

struct db;
struct stmt;

struct due { /* what a claim asks for: due at `now` in one slot, earliest first */
    int slot;
    int64_t now;
    int limit;
};

enum db_mode {
    DB_READ,  /* read-only connection */
    DB_WRITE, /* reads and writes; makes the file when it is missing */
};

/* Opens `path`; WAL, synchronous=FULL, foreign keys, trusted_schema=0, busy timeout 5 s. NULL and
 * err. */
struct db *db_open(const char *path, enum db_mode mode, struct err *err) MUST_USE;
void db_close(struct db *db); /* NULL is fine */

/* BEGIN IMMEDIATE .. COMMIT. A transaction is a function, not a mood: begin, work, then commit or
 * rollback in that function. */
int db_begin(struct db *db, struct err *err) MUST_USE;
int db_commit(struct db *db, struct err *err) MUST_USE;
void db_rollback(struct db *db); /* nothing to roll back is fine */
/* The end of a transaction whose work came to rc: commits, or rolls back when rc or the commit is negative. 0 or -1. */
int db_end(struct db *db, int rc, struct err *err) MUST_USE;

/* A read snapshot for several SELECTs that must agree. Ends with db_rollback(). */
int db_begin_read(struct db *db, struct err *err) MUST_USE;

/* The statement for this SQL, prepared once per db and kept (by the address of the text: give
 * string literals), reset and with no parameters bound. Borrowed; until the next db_stmt() of the
 * same text. NULL and err when the SQL is wrong. */
struct stmt *db_stmt(struct db *db, const char *sql, struct err *err) MUST_USE;

void stmt_int(struct stmt *stmt, int n, int64_t value);
void stmt_text(struct stmt *stmt, int n,
               const char *value); /* NULL binds NULL; borrowed until the next reset */
void stmt_span(struct stmt *stmt, int n, struct span text);
void stmt_blob(struct stmt *stmt, int n, struct span bytes);
void stmt_null(struct stmt *stmt, int n);

/* A parameter of a statement: P(value) for integers, text and spans; NULL text binds NULL. */
struct param {
    enum { PARAM_END, PARAM_INT, PARAM_TEXT, PARAM_SPAN, PARAM_BLOB, PARAM_NULL } type;
    int64_t integer;
    struct span text;
};

struct param param_int(int64_t value);
struct param param_or_null(int64_t value); /* 0 binds NULL */
struct param param_text(const char *value);
struct param param_span(struct span value);
struct param param_blob(struct span value);

#define P(value)                                                                                   \
    _Generic((value), char *: param_text, const char *: param_text, struct span: param_span,       \
        default: param_int)(value)
#define NO_PARAMS ((const struct param[]){ { .type = PARAM_END } })
#define PARAMS(...) ((const struct param[]){ __VA_ARGS__, { .type = PARAM_END } })

/* db_stmt() with $1.. bound: to step through rows. */
struct stmt *db_query(struct db *db, const char *sql, const struct param *params,
                      struct err *err) MUST_USE;
/* The same, run to its end. Returns rows changed, or -1 and err. */
int db_run(struct db *db, const char *sql, const struct param *params, struct err *err) MUST_USE;
/* The same where the count says nothing: 0, or -1 and err. */
int db_do(struct db *db, const char *sql, const struct param *params, struct err *err) MUST_USE;
/* The first column of the first row as integer into *out (0 without a row); 0, or -1 and err. */
int db_number(struct db *db, const char *sql, const struct param *params, int64_t *out,
              struct err *err) MUST_USE;

/* 1 = a row, 0 = done (and reset), -1 = err (and reset). */
int stmt_step(struct stmt *stmt, struct err *err) MUST_USE;
/* Steps to the end, for statements without rows. Returns rows changed, or -1 and err. */
int stmt_run(struct stmt *stmt, struct err *err) MUST_USE;
void stmt_reset(struct stmt *stmt);

int64_t stmt_col_int(struct stmt *stmt, int column); /* from 0; NULL reads as 0 */
bool stmt_col_is_null(struct stmt *stmt, int column);
struct span stmt_col_span(struct stmt *stmt, int column); /* borrowed until the next step */
char *stmt_col_text(struct stmt *stmt, int column, struct arena *arena); /* NULL stays NULL */

/* A number that changes when another connection committed something; for noticing the CLI's writes
 * cheaply. */
int64_t db_data_version(struct db *db);

/* Transactions that write many rows all over the store keep their pages in memory (64 MB while busy, else 2 MB), and bring them from the
 * log to their places more seldom (160 MB of it, else 40 MB). */
void db_set_busy(struct db *db, bool busy);

/* Slots in which something may be due at another time than before: marked by whoever writes enrollments or touches through this db, so
 * that only those are looked at anew. db_unmark() takes the next marked slot off, -1 = none is left. A rollback keeps the marks. */
void db_mark(struct db *db, int slot);
int db_unmark(struct db *db);

/* Reads the whole file for damage. 1 = sound, 0 = *what says what is wrong (in the arena), -1. */
int db_is_sound(struct db *db, struct arena *arena, const char **what, struct err *err) MUST_USE;

/* Several statements without parameters; for migrations only. */
int db_script(struct db *db, const char *sql, struct err *err) MUST_USE;

#endif
