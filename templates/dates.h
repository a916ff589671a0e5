/* templates/dates.h - dates as templates write and print them. No clock. Names are read in English and
 * printed in the language of the message. */
#ifndef HEED_TEMPLATES_DATES_H
#define HEED_TEMPLATES_DATES_H

#include "core/base/zone.h"
#include "templates/locale.h"
#include "templates/run.h"

struct moment {
    int64_t utc_ms;
    bool fixed;    /* the text named its own offset */
    int offset_s;  /* east of UTC, if fixed */
    bool utc;      /* it said Z, UTC or GMT */
    bool complete; /* `local` is set: the time as the text says it, in its own offset */
    struct local_time local;
};

/* ISO 8601, RFC 2822, "14 March 2016", "March 14, 2016 10:00 pm". A text without a zone is local to
 * `zone`; parts that are missing come from now_ms. False when it cannot be read. */
bool dates_parse(struct span text, const struct zone *zone, int64_t now_ms, struct moment *out);

/* The commonest of all, "2026-10-06T09:30:00Z", and nothing else. Fills in year to second only. */
bool dates_parse_utc(struct span text, struct local_time *out);

struct dated { /* a time to be printed */
    const struct local_time *time;
    int64_t utc_ms;
    const struct locale *locale;
};

#define DATES_DIRECTIVE_COST 64 /* bytes of work: to print one directive, without its length */

/* strftime with Ruby's flags (-0^#_:) and widths up to 64. */
int dates_format(struct sink *sink, struct span format, const struct dated *dated);

#define DATES_PLAIN_BYTES 64
/* The same for the directives that nearly all formats are made of (YymdeHIMSBbAap%, with "-" or without
 * a flag), if the result fits. Returns its length and *work, the bytes of work that dates_format() would
 * pay for; 0: dates_format() is to do it. Looks at the time's year to second only. */
size_t dates_format_plain(char out[DATES_PLAIN_BYTES], struct span format,
                          const struct dated *dated, size_t *work);

/* "Mon" -> month number by name or its first three letters, 0 = none */
int dates_month(struct span word);

#endif
