/* core/base/segments.h - how many SMS a text takes (3GPP TS 23.038, TS 23.040 section 9.2.3.24.1),
 * and a tally of that over many texts. Knows no prices, and no provider that transliterates or uses
 * national language tables. */
#ifndef HEED_BASE_SEGMENTS_H
#define HEED_BASE_SEGMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/span.h"

enum segment_encoding { SEGMENTS_GSM7, SEGMENTS_UCS2 };

/* Octets that each segment of a longer text gives away to say where it belongs. */
enum segment_header {
    SEGMENT_HEADER_8 = 6,  /* reference of 8 bits, as nearly everybody: 153 septets, 67 units */
    SEGMENT_HEADER_16 = 7, /* reference of 16 bits: 152 septets, 66 units */
};

struct segments {
    enum segment_encoding encoding; /* GSM-7 when every character is in its alphabet */
    size_t units;                   /* septets, or UTF-16 units (an emoji has two) */
    size_t segments;                /* 0 for an empty text */
    size_t per_segment;             /* 160 or 70 when one is enough, else 153 or 67 */
    size_t left;                    /* units that still fit into the last one */
    struct {                        /* the first character outside GSM-7; nothing in GSM-7 */
        uint32_t point;             /* invalid UTF-8: U+FFFD, one for each bad byte */
        size_t byte, place;         /* from 0: in bytes, in code points */
        const char *replacement;    /* GSM-7 characters that may stand for it, or NULL */
    } offender;
};

/* Exact: an escape and a surrogate pair are never split over two segments. One pass to count, one to
 * split. text: UTF-8. */
struct segments segments_count(struct span text, enum segment_header header);

const char *segments_encoding_name(enum segment_encoding encoding); /* "GSM-7", "UCS-2" */

/* ---- over a list of texts ---- */

#define SEGMENT_TALLY_MOST 10 /* longer ones are counted together: heed sends none of them */

struct segment_tally {                          /* zeroed = empty */
    size_t by_segments[SEGMENT_TALLY_MOST + 2]; /* texts; the last: of more than MOST */
    size_t texts, least, most, sum;
    size_t ucs2; /* texts that leave GSM-7 */
};

struct segment_summary {
    size_t texts, ucs2;
    size_t least, most; /* segments of one text; both 0 without texts */
    size_t sum;         /* segments of all: what is paid for */
    double median;      /* the mean of the two in the middle; exact up to MOST, MOST + 1 above */
};

void segment_tally_add(struct segment_tally *tally, const struct segments *segments);
struct segment_summary segment_tally_read(const struct segment_tally *tally);

#endif
