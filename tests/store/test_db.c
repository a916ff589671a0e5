/* The driver: parameters, kept statements, transactions, modes, migrations, and a comment on every column. */
#include "tests/store/world.h"

#include <sys/stat.h>
#include <sys/wait.h>

static int open_world(void **state)
{
    struct world *w = test_calloc(1, sizeof(*w));
    struct err err = { 0 };

    world_open(w);
    world_check(db_script(w->db, "CREATE TABLE t(a INTEGER, b TEXT, c BLOB, d REAL) STRICT", &err),
                &err);
    *state = w;
    return 0;
}

static int close_world(void **state)
{
    world_close(*state);
    test_free(*state);
    return 0;
}

static int64_t number(struct world *w, const char *sql)
{
    struct err err = { 0 };
    int64_t value;

    world_check(db_number(w->db, sql, NO_PARAMS, &value, &err), &err);
    return value;
}

/* ---- parameters ---- */

static void test_db__binds_parameters_by_their_number_in_any_order_and_more_than_once(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    struct stmt *stmt = db_query(w->db, "SELECT $3, $1, $2, $1, $3 || $2",
                                 PARAMS(P(7), P("two"), P(span_make("three!", 5))), &err);

    assert_non_null(stmt);
    assert_int_equal(stmt_step(stmt, &err), 1);
    assert_string_equal(stmt_col_text(stmt, 0, &w->arena), "three");
    assert_int_equal(stmt_col_int(stmt, 1), 7);
    assert_string_equal(stmt_col_text(stmt, 2, &w->arena), "two");
    assert_int_equal(stmt_col_int(stmt, 3), 7);
    assert_string_equal(stmt_col_text(stmt, 4, &w->arena), "threetwo");
    assert_int_equal(stmt_step(stmt, &err), 0);
}

static void test_db__keeps_two_digit_parameters_apart(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    struct stmt *stmt =
        db_query(w->db, "SELECT $11, $1, $10, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9",
                 PARAMS(P(1), P(2), P(3), P(4), P(5), P(6), P(7), P(8), P(9), P(10), P(11)), &err);

    assert_int_equal(stmt_step(stmt, &err), 1);
    assert_int_equal(stmt_col_int(stmt, 0), 11);
    assert_int_equal(stmt_col_int(stmt, 1), 1);
    assert_int_equal(stmt_col_int(stmt, 2), 10);
    assert_int_equal(stmt_col_int(stmt, 3), 44);
    stmt_reset(stmt);
}

static void test_db__gives_back_every_type_as_it_was_stored(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    const char bytes[] = { 0, 1, '\n', (char)0xff };
    struct stmt *stmt = db_stmt(w->db, "INSERT INTO t VALUES($1, $2, $3, $4)", &err);

    stmt_int(stmt, 1, INT64_MIN);
    stmt_text(stmt, 2, "za\xcc\x8c");
    stmt_blob(stmt, 3, span_make(bytes, sizeof(bytes)));
    stmt_null(stmt, 4);
    assert_int_equal(stmt_run(stmt, &err), 1);
    stmt = db_stmt(w->db, "SELECT a, b, c, d FROM t", &err);
    assert_int_equal(stmt_step(stmt, &err), 1);
    assert_int_equal(stmt_col_int(stmt, 0), INT64_MIN);
    assert_string_equal(stmt_col_text(stmt, 1, &w->arena), "za\xcc\x8c");
    assert_int_equal(stmt_col_span(stmt, 2).len, sizeof(bytes));
    assert_memory_equal(stmt_col_span(stmt, 2).data, bytes, sizeof(bytes));
    assert_true(stmt_col_is_null(stmt, 3));
    assert_false(stmt_col_is_null(stmt, 0));
    stmt_reset(stmt);
}

static void test_db__tells_nothing_from_empty(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    const char *none = NULL;
    struct stmt *stmt =
        db_query(w->db, "SELECT $1, $2, $3, $4",
                 PARAMS(P(none), P(""), param_or_null(0), P(span_make(NULL, 0))), &err);

    assert_int_equal(stmt_step(stmt, &err), 1);
    assert_null(stmt_col_text(stmt, 0, &w->arena));
    assert_string_equal(stmt_col_text(stmt, 1, &w->arena), "");
    assert_true(stmt_col_is_null(stmt, 2));
    assert_false(stmt_col_is_null(stmt, 3));
    stmt_reset(stmt);
}

/* ---- statements ---- */

static void test_db__keeps_a_statement_and_gives_it_back_without_its_parameters(void **state)
{
    static const char sql[] = "SELECT $1";
    struct world *w = *state;
    struct err err = { 0 };
    struct stmt *first = db_query(w->db, sql, PARAMS(P("secret")), &err);

    assert_int_equal(stmt_step(first, &err), 1);
    assert_ptr_equal(db_stmt(w->db, sql, &err), first);
    assert_int_equal(stmt_step(first, &err), 1);
    assert_true(stmt_col_is_null(first, 0));
    stmt_reset(first);
}

static void test_db__says_which_statement_is_wrong(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };

    assert_null(db_stmt(w->db, "SELECT nothing FROM nowhere", &err));
    assert_int_equal(err.code, ERR_STORE);
    assert_non_null(strstr(err.text, "nowhere"));
    assert_int_equal(db_run(w->db, "INSERT INTO nowhere VALUES($1)", PARAMS(P(1)), &err), -1);
    assert_null(db_stmt(w->db, "SELECT nothing FROM nowhere", NULL));
}

static void test_db__holds_hundreds_of_statements_and_refuses_without_end(void **state)
{
    static char texts[600][40];
    struct world *w = *state;
    struct err err = { 0 };
    int good = 0;

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct stmt *stmt;
        snprintf(texts[i], sizeof(texts[i]), "SELECT %zu", i);
        stmt = db_stmt(w->db, texts[i], &err);
        if (!stmt)
            break;
        assert_int_equal(stmt_step(stmt, &err), 1);
        assert_int_equal(stmt_col_int(stmt, 0), i);
        good++;
    }
    assert_in_range(good, 400, 520);
    assert_non_null(strstr(err.text, "string literals"));
}

static void test_db__counts_the_rows_it_changed(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    int64_t value;

    world_run(w, "CREATE UNIQUE INDEX one ON t(a)");
    assert_int_equal(db_run(w->db, "INSERT INTO t(a) VALUES(1), (2), (3)", NO_PARAMS, &err), 3);
    assert_int_equal(db_run(w->db, "UPDATE t SET b = 'x' WHERE a > $1", PARAMS(P(1)), &err), 2);
    assert_int_equal(
        db_run(w->db, "INSERT INTO t(a) VALUES(1) ON CONFLICT DO NOTHING", NO_PARAMS, &err), 0);
    assert_int_equal(db_run(w->db, "INSERT INTO t(a) VALUES(1)", NO_PARAMS, &err), -1);
    assert_int_equal(err.code, ERR_STORE);
    assert_int_equal(db_number(w->db, "UPDATE t SET a = a + 10 WHERE a = 3 RETURNING a", NO_PARAMS,
                               &value, &err),
                     0);
    assert_int_equal(value, 13);
    assert_int_equal(number(w, "SELECT max(a) FROM t"), 13);
    assert_int_equal(db_number(w->db, "SELECT a FROM t WHERE a = 99", NO_PARAMS, &value, &err), 0);
    assert_int_equal(value, 0);
}

/* ---- transactions ---- */

static void test_db__forgets_what_was_rolled_back_and_keeps_what_was_committed(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };

    world_check(db_begin(w->db, &err), &err);
    world_run(w, "INSERT INTO t(a) VALUES(1)");
    db_rollback(w->db);
    db_rollback(w->db); /* nothing to roll back is fine */
    assert_int_equal(number(w, "SELECT count(*) FROM t"), 0);
    world_check(db_begin(w->db, &err), &err);
    world_run(w, "INSERT INTO t(a) VALUES(1)");
    world_check(db_commit(w->db, &err), &err);
    db_rollback(w->db);
    assert_int_equal(number(w, "SELECT count(*) FROM t"), 1);
}

static void test_db__ends_a_transaction_as_its_work_ended(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };

    world_check(db_begin(w->db, &err), &err);
    assert_int_equal(
        db_end(w->db, db_run(w->db, "INSERT INTO t(a) VALUES(1)", NO_PARAMS, &err), &err), 0);
    world_check(db_begin(w->db, &err), &err);
    world_run(w, "INSERT INTO t(a) VALUES(2)");
    assert_int_equal(
        db_end(w->db, db_do(w->db, "INSERT INTO t(a) VALUES('x')", NO_PARAMS, &err), &err), -1);
    assert_int_equal(number(w, "SELECT count(*) FROM t"), 1);
    assert_int_equal(db_end(w->db, 0, &err), -1); /* nothing had begun */
}

static void test_db__reads_one_snapshot_until_it_ends(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    struct db *reader = db_open(w->path, DB_READ, &err);
    int64_t before, seen;

    assert_non_null(reader);
    before = db_data_version(reader);
    world_check(db_begin_read(reader, &err), &err);
    world_check(db_number(reader, "SELECT count(*) FROM t", NO_PARAMS, &seen, &err), &err);
    world_run(w, "INSERT INTO t(a) VALUES(1)");
    world_check(db_number(reader, "SELECT count(*) FROM t", NO_PARAMS, &seen, &err), &err);
    assert_int_equal(seen, 0);
    db_rollback(reader);
    world_check(db_number(reader, "SELECT count(*) FROM t", NO_PARAMS, &seen, &err), &err);
    assert_int_equal(seen, 1);
    assert_int_not_equal(db_data_version(reader), before);
    assert_int_equal(db_run(reader, "INSERT INTO t(a) VALUES(2)", NO_PARAMS, &err), -1);
    db_close(reader);
}

/* Pragmas of a writing connection: what a power loss must not take. */
static void test_db__is_durable(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    struct stmt *stmt = db_stmt(w->db, "PRAGMA journal_mode", &err);

    assert_int_equal(stmt_step(stmt, &err), 1);
    assert_string_equal(stmt_col_text(stmt, 0, &w->arena), "wal");
    stmt_reset(stmt);
    assert_int_equal(number(w, "PRAGMA synchronous"), 2);
    assert_int_equal(number(w, "PRAGMA foreign_keys"), 1);
    assert_int_equal(number(w, "PRAGMA trusted_schema"), 0);
}

static int64_t mode_of(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 ? (int64_t)(info.st_mode & 0777) : -1;
}

static void test_db__lets_nobody_else_read_the_store(void **state)
{
    struct world *w = *state;
    char wal[80];

    world_run(w, "INSERT INTO t(a) VALUES(1)");
    snprintf(wal, sizeof(wal), "%s-wal", w->path);
    assert_int_equal(mode_of(w->path), 0600);
    assert_int_equal(mode_of(wal), 0600);
}

static void test_db__says_that_a_file_is_no_store(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    char path[80];
    FILE *file;

    snprintf(path, sizeof(path), "%s/none/heed.db", w->folder);
    assert_null(db_open(path, DB_WRITE, &err));
    assert_int_equal(err.code, ERR_STORE);
    snprintf(path, sizeof(path), "%s/text", w->folder);
    assert_null(db_open(path, DB_READ, &err));
    file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 100; i++)
        fputs("This is no database, whatever its name says. ", file);
    assert_int_equal(fclose(file), 0);
    assert_null(db_open(path, DB_WRITE, &err));
    assert_non_null(strstr(err.text, "text"));
    unlink(path);
}

/* ---- migrations ---- */

static void test_db__migrates_once_and_leaves_a_current_store_alone(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };

    assert_int_equal(number(w, "PRAGMA user_version"), migrate_newest());
    world_run(w, "INSERT INTO meta VALUES('k', 'v')");
    world_check(migrate(w->db, w->path, &err), &err);
    assert_int_equal(number(w, "SELECT count(*) FROM meta WHERE key = 'k'"), 1);
    assert_true(migrations[0].number == 1 && migrations[0].sql);
    for (int i = 1; migrations[i].sql; i++)
        assert_int_equal(migrations[i].number, i + 1);
}

static void test_db__refuses_a_newer_schema(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };

    world_run(w, "PRAGMA user_version = 4711");
    assert_int_equal(migrate(w->db, w->path, &err), -1);
    assert_non_null(strstr(err.text, "4711"));
    assert_non_null(strstr(err.text, "newer heed"));
    assert_int_equal(number(w, "PRAGMA user_version"), 4711);
}

static const char *const good_step[] = { "ALTER TABLE meta ADD COLUMN note TEXT;",
                                         "UPDATE meta SET note = 'moved';", NULL };
static const char *const bad_step[] = { "ALTER TABLE meta ADD COLUMN other TEXT;",
                                        "UPDATE nowhere SET x = 1;", NULL };

static void test_db__backs_a_store_up_before_it_migrates(void **state)
{
    const struct migration steps[] = { { 1, "first", good_step },
                                       { 2, "notes", good_step },
                                       { 0, NULL, NULL } };
    struct world *w = *state;
    struct err err = { 0 };
    struct db *backup;
    char path[80];
    int64_t rows;

    world_run(w, "INSERT INTO meta VALUES('k', 'v'); PRAGMA user_version = 1");
    snprintf(path, sizeof(path), "%s.before-2", w->path);
    fclose(fopen(path, "w")); /* left by one that was cut off */
    world_check(migrate_along(w->db, w->path, steps, &err), &err);
    assert_int_equal(number(w, "PRAGMA user_version"), 2);
    assert_int_equal(number(w, "SELECT count(*) FROM meta WHERE note = 'moved' AND key = 'k'"), 1);
    assert_int_equal(mode_of(path), 0600);
    backup = db_open(path, DB_READ, &err);
    world_check(backup ? 0 : -1, &err);
    world_check(
        db_number(backup, "SELECT count(*) FROM meta WHERE key = 'k'", NO_PARAMS, &rows, &err),
        &err);
    assert_int_equal(rows, 1);
    assert_null(db_stmt(backup, "SELECT note FROM meta", &err));
    db_close(backup);
}

static void test_db__leaves_a_store_whole_when_a_migration_fails_half_way(void **state)
{
    const struct migration steps[] = { { 1, "first", good_step },
                                       { 2, "notes", good_step },
                                       { 3, "trouble", bad_step },
                                       { 0, NULL, NULL } };
    struct world *w = *state;
    struct err err = { 0 };

    world_run(w, "PRAGMA user_version = 1");
    assert_int_equal(migrate_along(w->db, w->path, steps, &err), -1);
    assert_non_null(strstr(err.text, "migration 3 (trouble)"));
    assert_non_null(strstr(err.text, "nowhere"));
    assert_int_equal(number(w, "PRAGMA user_version"), 2);
    assert_int_equal(
        number(w, "SELECT count(*) FROM pragma_table_info('meta') WHERE name = 'note'"), 1);
    assert_int_equal(
        number(w, "SELECT count(*) FROM pragma_table_info('meta') WHERE name = 'other'"), 0);
    world_check(db_begin(w->db, &err), &err); /* nothing is left open */
    db_rollback(w->db);
}

/* Two commands on a new store at once: both must find it ready. */
static void test_db__lets_many_processes_make_one_store(void **state)
{
    struct world *w = *state;
    char path[80];
    int bad = 0;

    snprintf(path, sizeof(path), "%s/race.db", w->folder);
    for (int i = 0; i < 6; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct err err = { 0 };
            struct db *db = db_open(path, DB_WRITE, &err);
            bool good = db && migrate(db, path, &err) == 0;
            if (!good)
                fprintf(stderr, "%s\n", err.text);
            _exit(good ? 0 : 1);
        }
    }
    for (int i = 0; i < 6; i++) {
        int status;
        assert_true(wait(&status) > 0);
        bad += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    assert_int_equal(bad, 0);
    for (size_t i = 0; i < 3; i++) {
        static const char *const endings[] = { "", "-wal", "-shm" };
        char name[96];
        snprintf(name, sizeof(name), "%s%s", path, endings[i]);
        unlink(name);
    }
}

/* ---- the schema's own words ---- */

/* "  slot INTEGER NOT NULL,  -- why": a column's line must say what it is. */
static bool is_column(const char *line)
{
    return strncmp(line, "  ", 2) == 0 && line[2] >= 'a' && line[2] <= 'z' && strchr(line, ' ');
}

static int check_comments(const char *sql)
{
    int columns = 0;
    char line[300];

    while (*sql) {
        size_t len = strcspn(sql, "\n");
        snprintf(line, sizeof(line), "%.*s", (int)len, sql);
        sql += len + (sql[len] == '\n');
        if (!is_column(line))
            continue;
        columns++;
        if (!strstr(line, "-- ") || strlen(strstr(line, "-- ")) < 6)
            fail_msg("no comment: %s", line);
    }
    return columns;
}

static void test_db__has_a_comment_on_every_column(void **state)
{
    struct world *w = *state;
    struct err err = { 0 };
    struct stmt *stmt =
        db_query(w->db,
                 "SELECT name, sql, (SELECT count(*) FROM pragma_table_info(s.name)) "
                 "FROM sqlite_schema s WHERE type = 'table' AND name <> 't' "
                 "AND name NOT LIKE 'sqlite_%'",
                 NO_PARAMS, &err);
    int tables = 0, more;

    while ((more = stmt ? stmt_step(stmt, &err) : -1) == 1) {
        const char *name = stmt_col_text(stmt, 0, &w->arena);
        int commented = check_comments(stmt_col_text(stmt, 1, &w->arena));
        if (commented != stmt_col_int(stmt, 2))
            fail_msg("%s: %d columns have a comment, it has %d", name, commented,
                     (int)stmt_col_int(stmt, 2));
        tables++;
    }
    world_check(more, &err);
    assert_true(tables >= 19);
}

/* slot first: what belongs to a prospect or an address must be shardable. A trace's key holds it, too, behind the message's id. */
static void test_db__begins_every_key_of_a_prospect_with_the_slot(void **state)
{
    assert_int_equal(number(*state,
                            "SELECT count(*) FROM sqlite_schema s, pragma_table_info(s.name) c "
                            "WHERE s.type = 'table' AND c.name = 'slot' AND c.pk <> "
                            "CASE s.name WHEN 'trace' THEN 3 ELSE 1 END"),
                     0);
    assert_int_equal(number(*state, "SELECT count(*) FROM sqlite_schema s WHERE type = 'table' "
                                    "AND EXISTS (SELECT 1 FROM pragma_table_info(s.name) c WHERE "
                                    "c.name = 'prospect_id') AND NOT EXISTS (SELECT 1 FROM "
                                    "pragma_table_info(s.name) c WHERE c.name = 'slot')"),
                     0);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(test_db__binds_parameters_by_their_number_in_any_order_and_more_than_once),
        IN_WORLD(test_db__keeps_two_digit_parameters_apart),
        IN_WORLD(test_db__gives_back_every_type_as_it_was_stored),
        IN_WORLD(test_db__tells_nothing_from_empty),
        IN_WORLD(test_db__keeps_a_statement_and_gives_it_back_without_its_parameters),
        IN_WORLD(test_db__says_which_statement_is_wrong),
        IN_WORLD(test_db__holds_hundreds_of_statements_and_refuses_without_end),
        IN_WORLD(test_db__counts_the_rows_it_changed),
        IN_WORLD(test_db__forgets_what_was_rolled_back_and_keeps_what_was_committed),
        IN_WORLD(test_db__ends_a_transaction_as_its_work_ended),
        IN_WORLD(test_db__reads_one_snapshot_until_it_ends),
        IN_WORLD(test_db__is_durable),
        IN_WORLD(test_db__lets_nobody_else_read_the_store),
        IN_WORLD(test_db__says_that_a_file_is_no_store),
        IN_WORLD(test_db__migrates_once_and_leaves_a_current_store_alone),
        IN_WORLD(test_db__refuses_a_newer_schema),
        IN_WORLD(test_db__backs_a_store_up_before_it_migrates),
        IN_WORLD(test_db__leaves_a_store_whole_when_a_migration_fails_half_way),
        IN_WORLD(test_db__lets_many_processes_make_one_store),
        IN_WORLD(test_db__has_a_comment_on_every_column),
        IN_WORLD(test_db__begins_every_key_of_a_prospect_with_the_slot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
