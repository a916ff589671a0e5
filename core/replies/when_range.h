/* core/replies/when_range.h - one statement about time: a bound, an expression, perhaps a second one
 * behind "to" or "or". Shared by core/replies/when*.c only. */
#ifndef HEED_REPLIES_WHEN_RANGE_H
#define HEED_REPLIES_WHEN_RANGE_H

#include "core/replies/when_bag.h"

enum bound {
    BOUND_NONE,
    BOUND_UNTIL,
    BOUND_THROUGH,
    BOUND_BY,
    BOUND_BEFORE,
    BOUND_AFTER,
    BOUND_SINCE, /* from, since, starting */
    BOUND_RETURN,
    BOUND_WITHIN,
    BOUND_SOON,
};

struct statement {
    enum bound bound;
    bool negated;           /* "not before", "not until" */
    bool inclusive;         /* "through", "inclusive" */
    bool ranged;            /* two sides: from one to the other */
    bool reckoned;          /* only a length */
    bool repeated;          /* "every" */
    enum when_grain period; /* of a repetition */
    bool fuzzy;
    struct stretch all[WHEN_MAX_CHOICES]; /* the first, then its alternatives */
    size_t count;
    struct stretch other; /* a second reading of the first; start == end: none */
    unsigned has;         /* of the first bag */
    bool has_zone;
    int zone_minutes;
    size_t from, to; /* tokens */
};

/* Reads a statement from token `at` on. false: none begins here. */
bool when_statement_read(const struct parser *parser, size_t at, struct statement *out);

#endif
