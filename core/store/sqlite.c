/* core/store/sqlite.c - the SQLite driver behind db.h: WAL, FULL, prepared statements kept by the address of their text. */
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/store/db.h"

#define MAX_STATEMENTS 512 /* a power of two, far above the number of texts in the program */
#define MAX_PARAMETERS 48
#define BUSY_TIMEOUT_MS 5000
#define BUSY_STEP_MS 10

struct stmt {
    const char *sql;
    struct db *db;
    sqlite3_stmt *inside;
    int index[MAX_PARAMETERS + 1]; /* of $n among SQLite's own numbers */
};

struct db {
    sqlite3 *inside;
    char *path;
    struct stmt *statements[MAX_STATEMENTS];
    uint64_t marked[SLOT_COUNT / 64]; /* a bit a slot */
    bool busy;
};

static int db_err(struct db *db, struct err *err, const char *doing)
{
    int code = db->inside ? sqlite3_extended_errcode(db->inside) : SQLITE_NOMEM;
    enum err_code kind = (code & 0xff) == SQLITE_BUSY ? ERR_BUSY : ERR_STORE;

    return err_set(err, kind, "store %s: %s: %s (SQLite %d)", db->path, doing,
                   db->inside ? sqlite3_errmsg(db->inside) : "out of memory", code);
}

static const char *const pragmas[] = {
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=0",
    "PRAGMA cell_size_check=1",
    "PRAGMA wal_autocheckpoint=10000",
    "PRAGMA cache_size=-2048",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA journal_size_limit=50331648",
    NULL,
};
/* What db_set_busy() changes; those at rest as above. */
static const char *const at_rest[] = { "PRAGMA cache_size=-2048", "PRAGMA wal_autocheckpoint=10000",
                                       "PRAGMA journal_size_limit=50331648", NULL };
static const char *const when_busy[] = { "PRAGMA cache_size=-65536",
                                         "PRAGMA wal_autocheckpoint=40000",
                                         "PRAGMA journal_size_limit=-1", NULL };

/* While a new store turns to WAL, SQLite refuses a second process at once instead of waiting. */
static int run_patiently(struct db *db, const char *sql)
{
    int64_t end_ms = clock_monotonic_ms() + BUSY_TIMEOUT_MS;
    int code = sqlite3_exec(db->inside, sql, NULL, NULL, NULL);

    while ((code & 0xff) == SQLITE_BUSY && clock_monotonic_ms() < end_ms) {
        sqlite3_sleep(BUSY_STEP_MS);
        code = sqlite3_exec(db->inside, sql, NULL, NULL, NULL);
    }
    return code;
}

static int apply_pragmas(struct db *db, enum db_mode mode, struct err *err)
{
    sqlite3_busy_timeout(db->inside, BUSY_TIMEOUT_MS);
    for (const char *const *sql = pragmas + (mode == DB_READ ? 2 : 0); *sql; sql++)
        if (run_patiently(db, *sql) != SQLITE_OK)
            return db_err(db, err, *sql);
    return 0;
}

/* A new store holds people's words and our keys: nobody else reads it. SQLite gives the files beside it the same mode.
 * Only a file that is not there yet is touched: closing one that SQLite has open would drop this process's locks on it. */
static void make_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd); /* what else is wrong with the path, SQLite says next */
}

static pthread_once_t configured = PTHREAD_ONCE_INIT;

/* Nobody reads SQLite's figures of its memory, and keeping them takes a lock at every allocation. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

struct db *db_open(const char *path, enum db_mode mode, struct err *err)
{
    struct db *db = xcalloc(1, sizeof(*db));
    int flags =
        SQLITE_OPEN_NOMUTEX |
        (mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

    pthread_once(&configured, configure);
    db->path = xstrdup(path);
    if (mode == DB_WRITE)
        make_private(path);
    if (sqlite3_open_v2(path, &db->inside, flags, NULL) != SQLITE_OK) {
        db_err(db, err, "opening");
        goto fail;
    }
    sqlite3_extended_result_codes(db->inside, 1);
    if (apply_pragmas(db, mode, err) < 0)
        goto fail;
    return db;
fail:
    db_close(db);
    return NULL;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    for (size_t i = 0; i < MAX_STATEMENTS; i++) {
        if (db->statements[i])
            sqlite3_finalize(db->statements[i]->inside);
        free(db->statements[i]);
    }
    sqlite3_close(db->inside);
    free(db->path);
    free(db);
}

void db_set_busy(struct db *db, bool busy)
{
    const char *const *sql = busy ? when_busy : at_rest;

    for (; busy != db->busy && *sql; sql++)
        run_patiently(db, *sql); /* at worst it is slower */
    db->busy = busy;
}

static int run_text(struct db *db, const char *sql, struct err *err)
{
    return sqlite3_exec(db->inside, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_err(db, err, sql);
}

int db_begin(struct db *db, struct err *err)
{
    return run_text(db, "BEGIN IMMEDIATE", err);
}

int db_begin_read(struct db *db, struct err *err)
{
    return run_text(db, "BEGIN", err);
}

int db_commit(struct db *db, struct err *err)
{
    return run_text(db, "COMMIT", err);
}

void db_rollback(struct db *db)
{
    if (!sqlite3_get_autocommit(db->inside))
        sqlite3_exec(db->inside, "ROLLBACK", NULL, NULL, NULL);
}

int db_end(struct db *db, int rc, struct err *err)
{
    if (rc >= 0 && db_commit(db, err) == 0)
        return 0;
    db_rollback(db);
    return -1;
}

int db_script(struct db *db, const char *sql, struct err *err)
{
    char *message = NULL;

    if (sqlite3_exec(db->inside, sql, NULL, NULL, &message) == SQLITE_OK)
        return 0;
    err_set(err, ERR_STORE, "store %s: %s", db->path, message ? message : "script failed");
    sqlite3_free(message);
    return -1;
}

int64_t db_data_version(struct db *db)
{
    struct stmt *stmt = db_stmt(db, "PRAGMA data_version", NULL);
    int64_t version = 0;

    if (stmt && stmt_step(stmt, NULL) == 1)
        version = stmt_col_int(stmt, 0);
    if (stmt)
        stmt_reset(stmt);
    return version;
}

int db_is_sound(struct db *db, struct arena *arena, const char **what, struct err *err)
{
    struct stmt *stmt = db_stmt(db, "PRAGMA quick_check(1)", err);
    int more = stmt ? stmt_step(stmt, err) : -1;

    *what = NULL;
    if (more != 1)
        return more < 0 ? -1 : 1;
    *what = stmt_col_text(stmt, 0, arena);
    stmt_reset(stmt);
    return *what && strcmp(*what, "ok") == 0;
}

static struct stmt *prepare(struct db *db, const char *sql, struct err *err)
{
    struct stmt *stmt = xcalloc(1, sizeof(*stmt));
    char name[16];

    if (sqlite3_prepare_v3(db->inside, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->inside, NULL) !=
        SQLITE_OK) {
        db_err(db, err, sql);
        free(stmt);
        return NULL;
    }
    stmt->sql = sql;
    stmt->db = db;
    for (int n = 1; n <= MAX_PARAMETERS; n++) {
        snprintf(name, sizeof(name), "$%d", n);
        stmt->index[n] = sqlite3_bind_parameter_index(stmt->inside, name);
    }
    return stmt;
}

struct stmt *db_stmt(struct db *db, const char *sql, struct err *err)
{
    size_t at = ((uintptr_t)sql >> 3) * 11400714819323198485u >> 40;

    for (size_t probe = 0; probe < MAX_STATEMENTS; probe++) {
        struct stmt **place = &db->statements[(at + probe) % MAX_STATEMENTS];
        if (!*place)
            return *place = prepare(db, sql, err);
        if ((*place)->sql == sql) {
            stmt_reset(*place);
            return *place;
        }
    }
    err_set(err, ERR_STORE, "more than %d statements: db_stmt() wants string literals",
            MAX_STATEMENTS);
    return NULL;
}

/* SQLite's number of $n; a parameter that the SQL does not have is a bug of the caller. */
static int place_of(const struct stmt *stmt, int n)
{
    assert(n >= 1 && n <= MAX_PARAMETERS && stmt->index[n] > 0);
    return stmt->index[n];
}

void stmt_int(struct stmt *stmt, int n, int64_t value)
{
    sqlite3_bind_int64(stmt->inside, place_of(stmt, n), value);
}

void stmt_text(struct stmt *stmt, int n, const char *value)
{
    sqlite3_bind_text(stmt->inside, place_of(stmt, n), value, -1, SQLITE_STATIC);
}

void stmt_span(struct stmt *stmt, int n, struct span text)
{
    sqlite3_bind_text64(stmt->inside, place_of(stmt, n), text.data ? text.data : "", text.len,
                        SQLITE_STATIC, SQLITE_UTF8);
}

void stmt_blob(struct stmt *stmt, int n, struct span bytes)
{
    sqlite3_bind_blob64(stmt->inside, place_of(stmt, n), bytes.data ? bytes.data : "", bytes.len,
                        SQLITE_STATIC);
}

void stmt_null(struct stmt *stmt, int n)
{
    sqlite3_bind_null(stmt->inside, place_of(stmt, n));
}

void stmt_reset(struct stmt *stmt)
{
    sqlite3_reset(stmt->inside);
    sqlite3_clear_bindings(stmt->inside);
}

int stmt_step(struct stmt *stmt, struct err *err)
{
    int code = sqlite3_step(stmt->inside);

    if (code == SQLITE_ROW)
        return 1;
    if (code != SQLITE_DONE)
        db_err(stmt->db, err, stmt->sql);
    sqlite3_reset(stmt->inside);
    return code == SQLITE_DONE ? 0 : -1;
}

int stmt_run(struct stmt *stmt, struct err *err)
{
    int more = 1;

    while (more == 1)
        more = stmt_step(stmt, err);
    return more < 0 ? -1 : sqlite3_changes(stmt->db->inside);
}

int64_t stmt_col_int(struct stmt *stmt, int column)
{
    return sqlite3_column_int64(stmt->inside, column);
}

bool stmt_col_is_null(struct stmt *stmt, int column)
{
    return sqlite3_column_type(stmt->inside, column) == SQLITE_NULL;
}

struct span stmt_col_span(struct stmt *stmt, int column)
{
    const char *data = sqlite3_column_blob(stmt->inside, column);

    return span_make(data, data ? (size_t)sqlite3_column_bytes(stmt->inside, column) : 0);
}

char *stmt_col_text(struct stmt *stmt, int column, struct arena *arena)
{
    if (stmt_col_is_null(stmt, column))
        return NULL;
    return arena_dup_span(arena, stmt_col_span(stmt, column));
}

void db_mark(struct db *db, int slot)
{
    db->marked[slot / 64] |= UINT64_C(1) << (slot % 64);
}

int db_unmark(struct db *db)
{
    for (int i = 0; i < SLOT_COUNT / 64; i++)
        for (int bit = 0; db->marked[i] != 0 && bit < 64; bit++)
            if (db->marked[i] >> bit & 1) {
                db->marked[i] &= ~(UINT64_C(1) << bit);
                return i * 64 + bit;
            }
    return -1;
}
