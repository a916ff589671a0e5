/* core/store/exports.h - everything out again: each family of tables as rows with named columns, read as a stream in the order
 * of its key. Knows no format; how a column is shown is its type. */
#ifndef HEED_STORE_EXPORTS_H
#define HEED_STORE_EXPORTS_H

#include "core/store/db.h"

enum export_type {
    EXPORT_TEXT,
    EXPORT_NUMBER,
    EXPORT_FLAG, /* 0 or 1 */
    EXPORT_TIME, /* UTC unix ms, 0 or NULL = never */
    EXPORT_ID,   /* shown with `prefix`; 0 or NULL = none */
    EXPORT_JSON,
};

struct export_column {
    const char *name;
    enum export_type type;
    const char *prefix; /* of ids */
};

struct export_table {
    const char *name, *help;
    const char *sql;
    const struct export_column *columns; /* as the SELECT has them; ended by a row without name */
    bool of_prospects; /* the first column is a prospect: their addresses belong to the row */
};

extern const struct export_table export_tables[]; /* ended by a row without name */

/* By name, or NULL. */
const struct export_table *export_find(const char *name);

/* To step through. NULL and err. */
struct stmt *export_query(struct db *db, const struct export_table *table,
                          struct err *err) MUST_USE;

#endif
