/* core/engine/import_row.h - one row of a CSV as a prospect with addresses: cleaned, checked, and with every doubt noted.
 * Pure: knows no store. */
#ifndef HEED_ENGINE_IMPORT_ROW_H
#define HEED_ENGINE_IMPORT_ROW_H

#include "core/base/json.h"
#include "core/engine/import.h"
#include "core/engine/import_columns.h"
#include "core/store/prospects.h"

#define IMPORT_MAX_ADDRESSES 16
#define IMPORT_MAX_FIELDS 300
#define IMPORT_MAX_TEXT_BYTES 300 /* of names, company, title, city, country */
#define IMPORT_MAX_DOUBTS 16

struct import_opt_out {
    const char *channel; /* "" = every one */
    const char *cause;   /* as suppression.cause */
};

struct import_doubt {
    const char *column, *text;
    bool of_address;
};

struct import_row { /* text lives in the arena it was read into */
    const struct csv_row *source;
    struct prospect prospect; /* names, company, title, city, country, zone; NULL = blank */
    bool zone_given;          /* by a cell, not guessed */
    struct address addresses[IMPORT_MAX_ADDRESSES]; /* the first one makes the slot */
    size_t address_count;
    cJSON *fields; /* custom fields; import_row_finish() deletes */
    struct import_opt_out opt_outs[8];
    size_t opt_out_count;
    struct import_doubt doubts[IMPORT_MAX_DOUBTS]; /* cells that were left out */
    size_t doubt_count;
    bool blank;   /* every cell is empty */
    bool refused; /* the first doubt says why */
};

/* What holds for every row. */
struct import_rules {
    const struct import_columns *columns;
    const char *region; /* for phones when the row has no country; NULL = none */
    const char *zone;   /* when neither cell nor country says; NULL = leave it open */
};

void import_row_read(const struct import_rules *rules, const struct csv_row *source,
                     struct arena *arena, struct import_row *out);
void import_row_finish(struct import_row *row);

#endif
