/* core/replies/when_words.h - what words mean to the grammar of time: one table, several meanings a
 * word. Only core/replies/when*.c use it. */
#ifndef HEED_REPLIES_WHEN_WORDS_H
#define HEED_REPLIES_WHEN_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/span.h"
#include "core/replies/when.h"

/* Units beyond those of enum when_grain. */
enum {
    UNIT_WEEKEND = 8, /* after WHEN_YEAR */
    UNIT_FORTNIGHT,
    UNIT_DECADE,
    UNIT_CENTURY,
    UNIT_SEASON,
    UNIT_HALF_YEAR,
    UNIT_WORKDAY,
    UNIT_WORKWEEK,
};

enum { PART_MORNING = 1, PART_EARLY, PART_LUNCH, PART_AFTERNOON, PART_EVENING, PART_NIGHT };
enum {
    EDGE_EARLY = 1,
    EDGE_MID,
    EDGE_LATE,
    EDGE_END,
    EDGE_LATER,
    EDGE_EARLIER,
    EDGE_HALF_1,
    EDGE_HALF_2
};

enum word_class {
    W_MONTH,
    W_WEEKDAY, /* 0 = Sunday */
    W_UNIT,
    W_NUMBER,
    W_ORDINAL,
    W_MOD,     /* this 0, next 1, last -1 */
    W_REL_DAY, /* today 0 */
    W_NOW,
    W_PART,
    W_PARTS,    /* "mornings": every one */
    W_MERIDIEM, /* 1 = a.m., 2 = p.m. */
    W_EDGE,
    W_SEASON, /* 0 = spring */
    W_ZONE,   /* minutes east of UTC */
    W_CLOCK,  /* noon 12, midnight 0 */
    W_HALF,
    W_QUARTER_OF, /* quarter, of an hour */
    W_QUARTER,    /* q */
    W_THE,
    W_A,
    W_OF,
    W_IN,
    W_ON,
    W_AT,
    W_FOR,
    W_TO,
    W_FROM,
    W_BETWEEN,
    W_AND,
    W_OR,
    W_UNTIL,
    W_THROUGH,
    W_BY,
    W_BEFORE,
    W_AFTER,
    W_SINCE,
    W_WITHIN,
    W_START,  /* starting, beginning, as of */
    W_RETURN, /* back, returning */
    W_AWAY,   /* out, leave, vacation */
    W_AGO,
    W_HENCE, /* hence, later, from now */
    W_PAST,  /* past, of the hour */
    W_OCLOCK,
    W_ABOUT,
    W_EVERY,    /* 2 = every other */
    W_PERIODIC, /* daily, weekly: the unit */
    W_TOLD,     /* verbs of the past */
    W_NOT,
    W_LESS, /* earlier than, no later than */
    W_INCLUSIVE,
    W_COUPLE,   /* a couple, few, several: how many */
    W_FILLER,   /* may stand after a bare hour */
    W_SPAN_DAY, /* eod, eom, eoy: unit of which it is the end; bom + 100 */
    W_SOON,
    W_OTHER, /* may begin or go on with an expression, by its spelling; known to no piece by class */
    W_LONE,  /* the same, and may be all that tells of time in a text */
    /* What a token is beside its words: */
    W_HOLIDAY, /* the first word of a holiday's name */
    W_DIGITS,
    W_CLUSTER,
    W_SIGN,
};

/* Classes as a set. */
#define WORD_BIT(class) (UINT64_C(1) << (class))

#define WORD_WEAK 0x40    /* month or weekday: needs a neighbour to be one */
#define WORD_FOREIGN 0x80 /* a month that is one only beside a number */

struct word_meaning {
    enum word_class class;
    int value;
    const struct word_meaning *next; /* another meaning of the same word */
};

struct holiday_names; /* of when_holiday.c, made once for all texts */
const struct holiday_names *when_holiday_names(struct arena *arena);
const struct holiday_names *when_words_holidays(const struct when_words *words);

/* May a name begin with this lower-case word? */
bool when_holiday_begins(const struct holiday_names *names, struct span word);

/* Of a lower-case word; NULL = none. *classes: what it may be, W_OTHER and W_LONE among it. */
const struct word_meaning *when_words_find(const struct when_words *words, struct span word,
                                           uint64_t *classes);

#endif
