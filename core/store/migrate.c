/* core/store/migrate.c - see migrate.h. The schema number is SQLite's user_version. */
#include "core/store/migrate.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "core/store/hints.h"

static int newest_of(const struct migration *steps)
{
    int newest = 0;

    for (; steps->sql; steps++)
        newest = steps->number;
    return newest;
}

int migrate_newest(void)
{
    return newest_of(migrations);
}

static int read_version(struct db *db, int64_t *version, struct err *err)
{
    struct stmt *stmt = db_stmt(db, "PRAGMA user_version", err);

    if (!stmt || stmt_step(stmt, err) != 1)
        return -1;
    *version = stmt_col_int(stmt, 0);
    stmt_reset(stmt);
    return 0;
}

static int back_up(struct db *db, const char *path, int64_t version, struct err *err)
{
    char backup[1024];
    struct stmt *stmt;
    int fd;

    if ((size_t)snprintf(backup, sizeof(backup), "%s.before-%" PRId64, path, version + 1) >=
        sizeof(backup))
        return err_set(err, ERR_INPUT, "store path is too long for a backup beside it");
    unlink(backup); /* left by a migration that was cut off: the store is still the old one */
    fd = open(backup, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); /* an empty file is filled */
    if (fd < 0)
        return err_set(err, ERR_SYSTEM, "%s cannot be made", backup);
    close(fd);
    stmt = db_stmt(db, "VACUUM INTO $1", err);
    if (!stmt)
        return -1;
    stmt_text(stmt, 1, backup);
    return stmt_run(stmt, err) < 0 ? err_wrap(err, "backup before migration") : 0;
}

static int run_all(struct db *db, const char *const *sql, struct err *err)
{
    int rc = 0;

    for (; rc == 0 && *sql; sql++)
        rc = db_script(db, *sql, err);
    return rc;
}

static int take_step(struct db *db, const struct migration *step, struct err *err)
{
    char set_version[64];

    snprintf(set_version, sizeof(set_version), "PRAGMA user_version=%d", step->number);
    return run_all(db, step->sql, err) < 0 ? -1 : db_script(db, set_version, err);
}

/* Another process may have taken this step while we waited for the lock. */
static int apply_once(struct db *db, const struct migration *step, struct err *err)
{
    int64_t version;

    if (read_version(db, &version, err) < 0)
        return -1;
    if (version >= step->number)
        return 0;
    return take_step(db, step, err) < 0 ? -1 : db_commit(db, err);
}

/* A new store is made at once: nobody sees it half made, and there is nothing to back up. */
static int make_once(struct db *db, const struct migration *steps, struct err *err)
{
    int64_t version;

    if (read_version(db, &version, err) < 0)
        return -1;
    for (; version == 0 && steps->sql; steps++)
        if (take_step(db, steps, err) < 0)
            return err_wrap(err, "migration %d (%s)", steps->number, steps->name);
    return version == 0 ? db_commit(db, err) : 0;
}

static int make(struct db *db, const struct migration *steps, int64_t *version, struct err *err)
{
    int rc = db_begin(db, err);

    if (rc == 0)
        rc = make_once(db, steps, err);
    db_rollback(db);
    return rc < 0 ? -1 : read_version(db, version, err);
}

static int apply(struct db *db, const struct migration *step, struct err *err)
{
    int rc = db_begin(db, err);

    if (rc == 0)
        rc = apply_once(db, step, err);
    db_rollback(db);
    return rc < 0 ? err_wrap(err, "migration %d (%s)", step->number, step->name) : 0;
}

int migrate_along(struct db *db, const char *path, const struct migration *steps, struct err *err)
{
    int64_t version = 0;
    int newest = newest_of(steps);

    if (read_version(db, &version, err) < 0 || (version == 0 && make(db, steps, &version, err) < 0))
        return -1;
    if (version > newest)
        return err_set(err, ERR_STORE,
                       "store %s has schema %" PRId64
                       ", this heed knows up to %d: use a newer heed",
                       path, version, newest);
    if (version < newest && back_up(db, path, version, err) < 0)
        return -1;
    for (const struct migration *step = steps; step->sql; step++)
        if (step->number > version && apply(db, step, err) < 0)
            return -1;
    return 0;
}

int migrate_watched(struct db *db, const char *path, const struct hints_watch *watch,
                    struct err *err)
{
    return migrate_along(db, path, migrations, err) < 0 ? -1 : hints_fill(db, watch, err);
}

int migrate(struct db *db, const char *path, struct err *err)
{
    return migrate_watched(db, path, NULL, err);
}
