/* core/engine/import_match.h - which prospect a row of a CSV is about, and what of it is new. Writes inside the caller's
 * transaction; see import.h for who is who. */
#ifndef HEED_ENGINE_IMPORT_MATCH_H
#define HEED_ENGINE_IMPORT_MATCH_H

#include "core/engine/import_row.h"

enum import_outcome {
    IMPORT_FAILED = -1,
    IMPORT_ADDED,
    IMPORT_MERGED,
    IMPORT_UNCHANGED,
    IMPORT_REFUSED
};

struct import_writer {
    const struct workspace *workspace;
    int64_t now;
    const char *evidence; /* of opt-outs: "list.csv line 12" */
    struct arena *arena;
    const char *problem; /* out: why it was refused */
    const char *remark;  /* out: what a person should know of a row that was taken, or NULL */
};

/* IMPORT_FAILED sets err; IMPORT_REFUSED sets writer->problem and has written nothing. */
enum import_outcome import_write(struct import_writer *writer, struct import_row *row,
                                 struct err *err) MUST_USE;

#endif
