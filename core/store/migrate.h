/* core/store/migrate.h - brings a store to this program's schema: numbered steps, one transaction
 * each, a backup file beside the store before the first, a refusal when the schema is newer than
 * the program. A new store takes all steps in one transaction. */
#ifndef HEED_STORE_MIGRATE_H
#define HEED_STORE_MIGRATE_H

#include "core/store/db.h"

struct migration {
    int number;             /* 1, 2, 3... */
    const char *name;       /* for messages */
    const char *const *sql; /* one statement group after the other, NULL-ended */
};

/* All steps, in order; the last has sql == NULL. In schema.c. */
extern const struct migration migrations[];

/* path: the store's file, for the backup "<path>.before-N". What of a new schema no SQL can make from the old rows is made then
 * (hints.h). 0, or -1 and err. */
int migrate(struct db *db, const char *path, struct err *err) MUST_USE;

/* The same, and somebody waits for it: is told of the hints. */
struct hints_watch;
int migrate_watched(struct db *db, const char *path, const struct hints_watch *watch,
                    struct err *err) MUST_USE;

/* The same along another list, that of an older or newer program: for tests. */
int migrate_along(struct db *db, const char *path, const struct migration *steps,
                  struct err *err) MUST_USE;

/* The schema number of this program. */
int migrate_newest(void);

#endif
