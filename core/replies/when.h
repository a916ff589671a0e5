/* core/replies/when.h - the moment or window a writer names: "call me next Tuesday at 3", "back on
 * 5 January", "Mon or Wed after 2". Deterministic, linear in the text; no clock: everything counts
 * from a given instant. It reads English, what is usual in German, French, Spanish, Dutch, Italian
 * and Portuguese, and dates of some twenty languages; it does not decide what follows from a date.
 * Rules: replies.md section 10. */
#ifndef HEED_REPLIES_WHEN_H
#define HEED_REPLIES_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/span.h"
#include "core/base/zone.h"

#define WHEN_MAX_BYTES ((size_t)16 << 10) /* what lies behind is not read */
#define WHEN_MAX_CHOICES 4

enum when_kind {
    WHEN_NONE,       /* no time named */
    WHEN_INSTANT,    /* "at 3": start; end is the end of the grain */
    WHEN_INTERVAL,   /* "tomorrow morning", "between 2 and 4": start to end */
    WHEN_OPEN,       /* "as soon as possible", "any day but Monday": from start on */
    WHEN_NOT_BEFORE, /* "not before March", "back on Monday", "in two weeks", "this week is no good":
                          from start on */
    WHEN_BEFORE,     /* "by Friday": up to end; start is 0 */
    WHEN_DAILY,      /* "every day at 9": start is the first time */
    WHEN_WEEKLY,     /* "every Monday": the first time */
    WHEN_REPEATED,   /* any other period: "quarterly" */
    WHEN_ALTERNATIVES, /* "Mon or Wed": choices[]; start and end are those of the first */
};

enum when_grain {
    WHEN_SECOND,
    WHEN_MINUTE,
    WHEN_HOUR,
    WHEN_DAY,
    WHEN_WEEK,
    WHEN_MONTH,
    WHEN_QUARTER,
    WHEN_YEAR,
};

struct when_choice {
    int64_t start_ms, end_ms; /* end is exclusive; 0 = open */
    enum when_grain grain;    /* how finely it was said */
};

struct when {
    enum when_kind kind;
    int64_t start_ms, end_ms; /* end is exclusive; 0 = open */
    enum when_grain grain;
    bool fuzzy;          /* "early next week", "after the holidays", "a couple of days" */
    bool ambiguous;      /* choices[] holds both readings, the likelier one first */
    bool reckoned;       /* only a length was named: "six months", counted from the instant */
    struct span words;   /* the words it was read from; points into the given text */
    size_t choice_count; /* 0, or 2 to WHEN_MAX_CHOICES */
    struct when_choice choices[WHEN_MAX_CHOICES];
};

/* Which of the days that fit a date without a year, or a weekday, is meant. */
enum when_lean { WHEN_FUTURE, WHEN_NEAREST, WHEN_PAST };

/* What "at 3" is. */
enum when_bare {
    WHEN_BARE_OFFICE, /* 1 to 7 is the afternoon (replies.md 10, rule 2) */
    WHEN_BARE_NEXT,   /* with no date: whichever comes next; with one: as written */
    WHEN_BARE_WRITTEN /* 03:00 */
};

/* Which Tuesday "next Tuesday" is. */
enum when_next {
    WHEN_NEXT_FIVE, /* that of next week on Mon and Tue; else the coming one if >= 5 days ahead, else
                       the one after; both readings are given (rule 3) */
    WHEN_NEXT_WEEK  /* always that of next week */
};

/* What "the first week of December" is. */
enum when_week {
    WHEN_WEEK_COUNTED, /* its first seven days */
    WHEN_WEEK_WHOLE,   /* the first week that begins in it */
    WHEN_WEEK_ISO      /* the one that holds its first Thursday */
};

/* From and to (exclusive) in hours of the day. */
struct when_hours {
    int morning[2], early[2], lunch[2], afternoon[2], evening[2], night[2];
};

struct when_env {
    int64_t ref_ms;          /* what "tomorrow" counts from */
    const struct zone *zone; /* the prospect's; NULL = UTC */
    bool day_first;          /* 5/6 is 5 June */
    bool past_ok;            /* false: what lies in the past, or is told in it, is no wish */
    bool literal;            /* the window as written: "out until Friday" is not read as "not before
                                Friday", and lengths keep the time of the day */
    enum when_lean lean;
    enum when_bare bare;
    enum when_next next;
    enum when_week week;
    const struct when_hours *hours; /* NULL = office hours */
    const struct when_words *words; /* when_words_load()'s; NULL = made anew for this one text */
};

/* The vocabulary, made ready for look-ups: immutable, some 100 KB in the arena. */
struct when_words *when_words_load(struct arena *arena);

/* Reads the moment that `text` (UTF-8 or any bytes) names; of several the fullest, then the first, but
 * what does not suit only when nothing else is named (unless env->literal).
 * false: none, and out->kind is WHEN_NONE. out->words points into text. */
bool when_read(struct span text, const struct when_env *env, struct arena *arena, struct when *out);

/* When is the writer of an automatic reply back? *back_ms: start of that day in the zone. "Until X"
 * and "back on X" are X, "through X" and "X inclusive" the day after. */
bool when_return(struct span text, const struct when_env *env, struct arena *arena,
                 int64_t *back_ms);

const char *when_kind_name(enum when_kind kind);    /* "not_before" */
const char *when_grain_name(enum when_grain grain); /* "day" */

#endif
