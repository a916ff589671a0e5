/* core/engine/import.h - prospects from CSV: streaming, in constant memory, 500 rows a transaction. One bad row never stops the
 * others; importing the same file again changes nothing. Prints nothing.
 *
 * Who is who: an e-mail or chat address belongs to one person. A phone number may be shared: rows with another name are
 * other people. A row whose addresses belong to two prospects is refused with both names. Blank cells overwrite nothing. */
#ifndef HEED_ENGINE_IMPORT_H
#define HEED_ENGINE_IMPORT_H

#include <stdio.h>

#include "core/base/csv.h"
#include "core/engine/workspace.h"

#define IMPORT_KEPT_NOTES 200 /* of each sort; beyond that they are counted and told to the watch */

struct import_columns;

struct import_note { /* what was wrong with a row or with one cell of it */
    long line;
    const char *column; /* "" = the whole row */
    const char *text;
};

struct import_result {
    long rows;      /* behind the header, without blank ones */
    long added;     /* new prospects */
    long merged;    /* known ones about whom something was new */
    long unchanged; /* known ones about whom nothing was new */
    long refused;   /* rows that were left out */
    long doubts;    /* cells that were left out of rows that were taken */
    struct import_note *refusals, *warnings;
    size_t refusal_count, warning_count; /* kept, at most IMPORT_KEPT_NOTES */
};

struct import_watch { /* called as it goes; any may be NULL */
    void (*header)(const struct import_watch *watch, const struct csv_row *row,
                   const struct import_columns *columns);
    /* row: its cells, count 0 when it could not be read at all. */
    void (*refused)(const struct import_watch *watch, const struct import_note *note,
                    const struct csv_row *row);
    void (*progress)(const struct import_watch *watch, const struct import_result *so_far,
                     long bytes);
};

struct import {
    const struct workspace *workspace;
    FILE *in;
    const char *name; /* of the file: evidence of opt-outs */
    /* for phones without "+" in rows without a country; NULL = the workspace's */
    const char *region;
    /* for rows that tell none, by cell or country; NULL = the workspace's, whatever it becomes */
    const char *zone;
    /* everything is tried in one transaction and taken back: writers wait meanwhile */
    bool dry_run;
    const struct import_watch *watch; /* may be NULL */
};

/* Reads all of import->in. 0, or -1 and err: the file has no usable header, cannot be read, or the store said no; what earlier
 * transactions took stays, and out says how much. Notes live in the arena. */
int import_run(const struct import *import, struct arena *arena, struct import_result *out,
               struct err *err) MUST_USE;

#endif
