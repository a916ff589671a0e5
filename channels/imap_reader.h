/* channels/imap_reader.h - cuts what an IMAP server says (RFC 3501 sections 2.2 and 4.3) into whole
 * answers, their literals counted in bytes. Pure, knows no socket and not what an answer means
 * (imap_answer.h). Hostile bytes give an error, never more memory than the limits. */
#ifndef HEED_CHANNELS_IMAP_READER_H
#define HEED_CHANNELS_IMAP_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"
#include "core/base/err.h"
#include "core/base/span.h"
#include "core/base/str.h"

/* One answer outside its literals; longer ones end the connection. */
#define IMAP_LINE_MAX_BYTES ((size_t)64 << 10)
/* How much imap_reader_add() takes at most at once. */
#define IMAP_ADD_MAX_BYTES ((size_t)64 << 10)

struct imap_reader {
    struct str text;     /* received, the answer handed out last included */
    size_t start;        /* where the answer being read begins in text */
    size_t taken;        /* length of the answer handed out last, with its line end */
    size_t scanned;      /* bytes of the answer read so far */
    size_t piece;        /* where in the answer its text behind the last literal begins */
    size_t literal;      /* bytes of the announced literal still to come */
    size_t literals;     /* bytes of all literals of the answer */
    size_t literals_max; /* limit of these */
};

/* literals_max: how many bytes the literals of one answer may have together. */
void imap_reader_init(struct imap_reader *reader, size_t literals_max);
void imap_reader_finish(struct imap_reader *reader);

/* Adds received bytes, at most IMAP_ADD_MAX_BYTES. To be called only after imap_reader_next() gave
 * 0. */
void imap_reader_add(struct imap_reader *reader, struct span bytes);

/* The next whole answer without its CRLF, borrowed until the next call: 1; more bytes are needed:
 * 0; what came is no IMAP or passes a limit: -1 and err (the connection is of no use any more). */
int imap_reader_next(struct imap_reader *reader, struct span *answer, struct err *err) MUST_USE;

/* Does the text (without "* ") begin with OK, NO, BAD, BYE or PREAUTH? */
bool imap_starts_status(struct span text);

/* Does the line end in "{digits}"? The announcement of a literal, unless the line is a status. */
bool imap_announces_literal(struct span line, struct span *digits);

#endif
