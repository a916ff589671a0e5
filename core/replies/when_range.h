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
    bool until;             /* ... with "until" between them */
    bool edge_end;          /* "the end of the month" */
    bool whole;             /* "all week" */
    bool reckoned;          /* only a length */
    bool repeated;          /* "every" */
    enum when_grain period; /* of a repetition */
    bool fuzzy;
    struct stretch all[WHEN_MAX_CHOICES]; /* the first, then its alternatives */
    size_t count;
    int64_t last_start;   /* of the second side */
    struct stretch other; /* a second reading of the first; start == end: none */
    unsigned has;         /* of the first bag */
    bool has_zone;
    int zone_minutes;
    size_t from, to; /* tokens */
};

/* ---- when_bound.c ---- */

/* The bound in front of an expression; gives the tokens used. */
size_t when_bound_read(const struct tokens *tokens, size_t at, struct statement *out);
/* Is the W_RETURN at `at` somebody's coming back? "Call me back" is not. */
bool when_is_return(const struct tokens *tokens, size_t at);
/* What stands between a bound and its expression: the first token behind it. */
size_t when_over_small_words(const struct tokens *tokens, size_t at, enum bound bound);
/* "or later", "inclusive", "onwards" at out->to. */
void when_tail_read(const struct tokens *tokens, struct statement *out);

/* ---- when_repeat.c ---- */

bool when_repetition_read(const struct parser *parser, size_t at, struct statement *out);

/* ---- when_share.c ---- */

void when_copy_date(struct bag *to, const struct bag *from); /* keeps the time of `to` */
void when_copy_time(struct bag *to, const struct bag *from);
void when_bare_to_hour(struct bag *bag);
/* Tells bare numbers on both sides what they are; `led` by "from" or "between". false: no times. */
bool when_settle_bares(struct bag *left, struct bag *right, bool led);
/* Each side learns from the other what it leaves out. false: they do not go together. */
bool when_share(struct bag *left, struct bag *right);
/* Puts the end behind the start: half a day, a day, a week or a year later. */
void when_order(const struct bag *right, struct stretch *from, struct stretch *to);

/* ---- when_range.c ---- */

/* Reads a statement from token `at` on. false: none begins here. */
bool when_statement_read(const struct parser *parser, size_t at, struct statement *out);
/* "[Mondays] between 2 and 4", "[weekdays] after 6": the hours behind a day that comes back. */
bool when_hours_read(const struct parser *parser, struct bag *bag, struct statement *out);

#endif
