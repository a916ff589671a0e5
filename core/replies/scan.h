/* core/replies/scan.h - a cheap look at raw mail before a MIME parser sees it. GMime is safe with
 * depth but not with width: a million parts or headers cost it over a gigabyte (reliability
 * 0.5). */
#ifndef HEED_REPLIES_SCAN_H
#define HEED_REPLIES_SCAN_H

#include "core/base/span.h"

#define SCAN_MAX_BYTES ((size_t)1 << 20)
#define SCAN_MAX_HEADER_BYTES ((size_t)100 << 10)
#define SCAN_MAX_HEADER_LINES 1000
#define SCAN_MAX_PARTS 1000
#define SCAN_MAX_DASH_LINES 10000
#define SCAN_MAX_DEPTH 100
#define SCAN_MAX_COLONS 5000 /* in one header block: GMime recurses for groups within groups */

/* What scan_mail() found. */
struct scan {
    const char *refused; /* NULL, or why no parser may see it: the name of a rule */
    struct span mail;    /* what to parse: without an mbox "From " line, at most SCAN_MAX_BYTES */
    bool cut;            /* the end was cut off; text comes before attachments, so it is read */
};

/* One pass over at most SCAN_MAX_BYTES, any bytes. Counts the lines and bytes of each header block,
 * lines that may open a part, and headers that name a multipart (an upper bound of the depth). */
void scan_mail(struct span raw, struct scan *out);

#endif
