/* core/replies/when_bag.h - what the grammar of time collects from words before it counts: one bag
 * for each side of a range. Shared by core/replies/when*.c only. Instants here are seconds of local
 * time since 1970-01-01 00:00, whatever the zone. */
#ifndef HEED_REPLIES_WHEN_BAG_H
#define HEED_REPLIES_WHEN_BAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/replies/when.h"
#include "core/replies/when_tokens.h"

#define DAY_S INT64_C(86400)
#define HOUR_S INT64_C(3600)
#define MINUTE_S INT64_C(60)
#define WEEK_DAYS INT64_C(7)

struct stretch {
    int64_t start, end; /* end exclusive */
    enum when_grain grain;
};

struct shift {
    int months, days, workdays;
    int64_t seconds;
    enum when_grain grain; /* the finest unit named */
    bool weeks;            /* weeks were the coarsest unit */
    bool lasting;          /* "for 2 hours [from 3 on]" */
    bool fuzzy;
};

enum {
    HAS_YEAR = 1 << 0,
    HAS_MONTH = 1 << 1,
    HAS_DAY = 1 << 2,
    HAS_WEEKDAY = 1 << 3,
    HAS_WEEKDAY_MOD = 1 << 4,
    HAS_DATE = 1 << 5, /* date: today, 2013-02-12 */
    HAS_UNIT = 1 << 6, /* this, next, last unit(s) */
    HAS_NTH = 1 << 7,  /* third day, last Friday */
    HAS_HOLIDAY = 1 << 8,
    HAS_QUARTER = 1 << 9,
    HAS_WEEK = 1 << 10, /* week 27 */
    HAS_SEASON = 1 << 11,
    HAS_TIME = 1 << 12,
    HAS_PART = 1 << 13,
    HAS_SHIFT = 1 << 14, /* in 3 days */
    HAS_EDGE = 1 << 15,
    HAS_ZONE = 1 << 16,
    HAS_BARE = 1 << 17, /* a number that may be an hour or a day */
    HAS_NOW = 1 << 18,
    HAS_STRETCH = 1 << 19, /* already counted: "3 days after Easter" */
    HAS_DECADE = 1 << 20,
};

#define HAS_ANY_DATE                                                                               \
    (HAS_YEAR | HAS_MONTH | HAS_DAY | HAS_WEEKDAY | HAS_DATE | HAS_UNIT | HAS_NTH | HAS_HOLIDAY |  \
     HAS_QUARTER | HAS_WEEK | HAS_SEASON | HAS_SHIFT | HAS_NOW | HAS_STRETCH | HAS_DECADE)

enum { MERIDIEM_NONE, MERIDIEM_AM, MERIDIEM_PM, MERIDIEM_FIXED /* 24 hours */ };

struct holiday;

struct bag {
    unsigned has;
    int year, month, day, weekday, weekday_mod;
    int64_t date; /* days since 1970 */
    int unit, unit_offset, unit_count;
    bool unit_after;              /* "March after next", "week after next" */
    bool rolling;                 /* "next 3 days": counts from now, without a named unit */
    int nth, nth_count, nth_unit; /* unit, or -1 = HAS_WEEKDAY */
    bool nth_last, every;
    const struct holiday *holiday;
    int holiday_mod; /* next, last */
    int month_mod;   /* this 0, next 1, last -1, none 2 */
    int edge, quarter, week, season, decade;
    int hour, minute, second, meridiem;
    enum when_grain time_grain;
    int part, part_edge, part_offset; /* part_offset: "last night" */
    struct shift shift;
    bool shift_added; /* "next Tuesday + 10 days" */
    struct stretch stretch;
    int zone_minutes, bare, bare_digits;
    bool turnable;    /* "4/12": either number may be the month */
    bool lasting;     /* the stretch is a window: "for 2 hours from 3 on" */
    bool as_now;      /* "last week, this time" */
    int around;       /* "Thanksgiving weekend": UNIT_WEEKEND, "Christmas week": WHEN_WEEK; 0 */
    bool week_of;     /* the week that holds the date */
    bool fuzzy, weak; /* weak: only of words that need a neighbour */
    unsigned first;   /* what its first piece was */
    bool led;         /* "between" or "from" stood inside */
    size_t from, to;  /* tokens */
};

struct parser {
    const struct tokens *tokens;
    const struct when_env *env;
    int64_t now; /* local seconds */
    int depth;   /* lengths counted from lengths */
};

/* ---- when_calendar.c: dates and units ---- */

int when_weekday(int64_t day); /* 0 = Sunday */
int64_t when_add_months(int64_t day, int months);
bool when_day_exists(int year, int month, int day);
/* `count` units beginning `offset` units from the one that holds `now`. */
struct stretch when_unit_stretch(int unit, int offset, int count, int64_t now);
int64_t when_shifted(int64_t from, const struct shift *shift, int sign);
int64_t when_local_day(int64_t seconds); /* rounds down */
int when_year_of(int64_t day);

/* ---- when_holiday.c ---- */

/* The holiday named from `at` on; *used tokens. NULL = none. */
const struct holiday *when_holiday_at(const struct tokens *tokens, size_t at, size_t *used);
/* Its days in that year; false when it has none (no such year in the reckoning). */
bool when_holiday_in(const struct holiday *holiday, int year, struct stretch *out);

/* ---- when_number.c: number words, clock times, lengths; each gives the tokens used, 0 = no ---- */

size_t when_number(const struct tokens *tokens, size_t at, int *value);
size_t when_ordinal(const struct tokens *tokens, size_t at, int *value);
size_t when_year_words(const struct tokens *tokens, size_t at, int *value);
size_t when_length(const struct tokens *tokens, size_t at, struct shift *out);
size_t when_unit(const struct tokens *tokens, size_t at, int *unit);

/* ---- when_clock.c ---- */

size_t when_clock(const struct parser *parser, size_t at, struct bag *bag);

/* ---- when_pieces.c ---- */

/* Fills the bag with one expression from `at` on; bag->to is the first token after it. false: none
 * begins here. */
bool when_bag_read(const struct parser *parser, size_t at, struct bag *bag);

/* Decides what a bare number in it is, when no second side of a range has. false: nothing is left. */
bool when_bag_settle(struct bag *bag);

/* ---- when_days.c ---- */

/* The date of the bag alone, without edge and time. */
bool when_resolve_date(const struct parser *parser, const struct bag *bag, struct stretch *out,
                       struct stretch *other);

/* ---- when_resolve.c ---- */

/* Counts the bag out. false: there is no such day. *other (may be NULL) gets a second reading, with
 * start == end when there is none. */
bool when_resolve(const struct parser *parser, const struct bag *bag, struct stretch *out,
                  struct stretch *other);

#endif
