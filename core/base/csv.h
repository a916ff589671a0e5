/* core/base/csv.h - a streaming CSV reader (RFC 4180, and what spreadsheets really write): quoted
 * cells with line breaks, CRLF or LF, a UTF-8 BOM, delimiter found by itself among , ; | TAB,
 * Windows-1252 turned to UTF-8. And a safe writer. */
#ifndef HEED_BASE_CSV_H
#define HEED_BASE_CSV_H

#include <stdio.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"

#define CSV_MAX_CELL_BYTES ((size_t)64 << 10)
#define CSV_MAX_COLUMNS 200

struct csv;

/* One record. Cells live in the arena given to csv_next(). */
struct csv_row {
    long line; /* where it starts, from 1 */
    size_t count;
    const char **cells; /* NUL-terminated UTF-8, white space kept */
};

/* Reads from `in`, which stays the caller's. delimiter 0 = find it in the first line. */
struct csv *csv_create(FILE *in, char delimiter);
void csv_destroy(struct csv *csv); /* NULL is fine */

/* 1 = a row; 0 = end; -1 and err ("line 12: a quote is never closed") = this row is bad: too long
 * (a row of more than 1 MiB too), unclosed quote, text behind a quoted cell, a NUL. The next call
 * goes on behind its first line end. Blank lines are passed over; a cell that is not UTF-8 is read
 * as Windows-1252. A "sep=;" line of Excel is obeyed. How many rows are too many, the caller
 * decides. */
int csv_next(struct csv *csv, struct arena *scratch, struct csv_row *out, struct err *err) MUST_USE;

/* Bytes read so far: for progress. */
long csv_bytes(const struct csv *csv);

/* Writes one cell, quoted when needed; a cell that a spreadsheet would run as a formula gets a ' in
 * front (reliability S15), E.164 phones stay as they are but are quoted as text with the same mark.
 */
void csv_add_cell(struct str *out, const char *cell, bool first);

#endif
