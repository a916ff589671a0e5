/* channels/imap_answer.h - what one whole answer of an IMAP server means (RFC 3501 section 7). Pure;
 * the bytes come from imap_reader.h. What cannot be read is an error, what nobody asked for is
 * skipped. */
#ifndef HEED_CHANNELS_IMAP_ANSWER_H
#define HEED_CHANNELS_IMAP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"
#include "core/base/err.h"
#include "core/base/span.h"
#include "core/base/str.h"

enum imap_kind {
    IMAP_DONE,   /* tagged: the end of a command */
    IMAP_GO_ON,  /* "+": the server waits for us */
    IMAP_STATUS, /* "* OK", NO, BAD, BYE, PREAUTH */
    IMAP_COUNT,  /* "* 23 EXISTS", EXPUNGE, FETCH ... */
    IMAP_DATA,   /* everything else: "* CAPABILITY ..." */
};

struct imap_answer { /* spans point into the answer */
    enum imap_kind kind;
    struct span tag;  /* IMAP_DONE */
    struct span word; /* OK, NO, BAD, BYE, EXISTS, FETCH, CAPABILITY... as the server wrote it */
    uint32_t number;  /* IMAP_COUNT */
    struct span code; /* IMAP_DONE and IMAP_STATUS: what stands in [...] after the word, or empty */
    struct span rest; /* behind all that */
};

/* -1 and err when text has none of these forms. */
int imap_answer_read(struct span text, struct imap_answer *answer, struct err *err) MUST_USE;

bool imap_answer_is(const struct imap_answer *answer, const char *word); /* in any case */

/* true and *number (1-2^32-1) when the code is "NAME number". */
bool imap_code_number(const struct imap_answer *answer, const char *name, uint32_t *number);

/* Is `word` one of the words of the text, in any case? For CAPABILITY. */
bool imap_has_word(struct span text, const char *word);

struct imap_fetch {
    uint32_t uid;            /* 0 = not said */
    int64_t arrived_ms;      /* INTERNALDATE, UTC unix ms */
    struct span body;        /* of BODY[] or BODY[]<0>; points into the answer */
    bool has_date, has_body; /* has_body is false for NIL too */
};

/* Reads "* n FETCH (...)"; items nobody asked for are skipped. -1 and err on malformed ones and on
 * an item given twice. */
int imap_fetch_read(const struct imap_answer *answer, struct imap_fetch *fetch,
                    struct err *err) MUST_USE;

/* INTERNALDATE: "17-Jul-1996 02:44:25 -0700", day perhaps " 7" (RFC 3501 date-time). */
bool imap_date_read(struct span text, int64_t *utc_ms);

/* Adds text as a quoted string; false when a control or a byte above 126 is in it, which RFC 3501
 * does not let into one. */
bool imap_add_quoted(struct str *out, const char *text);

#endif
