/* core/engine/sequence.h - a sequence read from its JSON file: its steps, waits, window and rules,
 * and every mistake in it at once. Pure: knows no store, no clock, no prospect. */
#ifndef HEED_ENGINE_SEQUENCE_H
#define HEED_ENGINE_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/span.h"
#include "core/base/zone.h"

#define SEQUENCE_MAX_STEPS 100
#define SEQUENCE_MAX_CHANNELS 16
#define SEQUENCE_NAME_BYTES 65   /* names and ids: [a-z0-9][a-z0-9_-]*, with the NUL */
#define SEQUENCE_TEXT_BYTES 4000 /* instructions */

/* ---- waits ---- */

enum wait_unit {
    WAIT_MINUTES,
    WAIT_HOURS,
    WAIT_DAYS,
    WAIT_BUSINESS_DAYS, /* Monday to Friday in the zone; holidays are not known */
    WAIT_WEEKS,
    WAIT_MONTHS,
    WAIT_ON_DATE, /* bound to a date whatever came before: a promised day is kept */
};

struct wait {
    enum wait_unit unit;
    int count;            /* 0..1000; unused with WAIT_ON_DATE */
    int year, month, day; /* WAIT_ON_DATE only */
};

/* Reads "2 business days", "3 days", "1 week", "4 hours", "30 minutes", "2 months", "none",
 * "on 2027-03-01"; singular and plural alike. 0, or -1 and err (ERR_CONFIG) that names the forms
 * and the nearest unit. */
int wait_parse(struct span text, struct wait *out, struct err *err) MUST_USE;

/* When the wait that began at from_ms ends (UTC ms). Minutes and hours are real time; days, weeks
 * and months keep the local wall-clock time in `zone` over every clock change; a month too short
 * gives its last day. WAIT_ON_DATE: midnight of that day in the zone, also when that is before
 * from_ms (the caller decides what a missed date means). */
int64_t wait_from(const struct wait *wait, int64_t from_ms, const struct zone *zone);

/* ---- windows: when people may be contacted ---- */

struct window {
    unsigned days;              /* bit 0 = Sunday ... bit 6 = Saturday */
    int from_minute, to_minute; /* of the local day; [from, to), 0..1440, from < to */
    const struct zone *zone;    /* NULL = the prospect's own ("zone": "prospect") */
};

#define WINDOW_EVERY_DAY 0x7fu
#define WINDOW_MON_FRI 0x3eu

/* The first instant >= at_ms inside the window, in window->zone or else in `prospect`. A local time
 * that a clock change skips moves to the first instant after the gap. -1 for a window without days
 * or length. */
int64_t window_next(const struct window *window, const struct zone *prospect, int64_t at_ms);

/* "mon-fri", "mon,wed,fri", "sat-mon", "daily"; any case. False when it is none of that. */
bool window_parse_days(struct span text, unsigned *days);

/* ---- the sequence ---- */

enum sequence_follow { FOLLOW_AUTO, FOLLOW_ASK, FOLLOW_NEVER };

/* What follows from an answer of a sort. */
enum on_reply {
    ON_REPLY_HOLD,         /* wait for a person; goes on `resume_after` the handling */
    ON_REPLY_SNOOZE,       /* hold until the date they named, 90 days when they named none */
    ON_REPLY_UNTIL_RETURN, /* hold until the day they are back, 5 business days when not said */
    ON_REPLY_TASK,         /* hold and open a task */
    ON_REPLY_STOP,         /* end this enrollment */
    ON_REPLY_IGNORE,       /* go on as planned; only for out_of_office */
};

struct sequence_replies {
    enum on_reply human, not_now, not_interested, out_of_office, wrong_person;
};

struct step {
    const char *id;           /* unique within the sequence */
    struct wait wait;         /* after the step before, or after the start */
    const char *template;     /* NULL when the step has only instructions */
    const char *channel;      /* its own channel, or NULL = the sequence's order */
    const char *instructions; /* for a person, or NULL */
    bool keep;                /* never moved to another channel, whatever the prospect prefers */
};

struct sequence { /* immutable once parsed; owns everything it points to */
    const char *name;
    enum sequence_follow follow; /* default auto */
    const char *const *channels; /* in the order in which they are tried */
    size_t channel_count;
    struct window window;              /* default mon-fri 09:00-17:00, prospect */
    struct sequence_replies on_reply;  /* defaults: hold, snooze, stop, until_return, task */
    bool resumes;                      /* false: "resume_after": "never" */
    struct wait resume_after;          /* default 3 business days */
    int floor_touches, floor_channels; /* 0 = none asked for */
    const struct step *steps;
    size_t step_count;
};

/* One mistake or doubt. */
struct finding {
    bool error;     /* false: a warning, the sequence can be used */
    char path[96];  /* "steps[2].wait", "window.from", "" = the whole file */
    char text[256]; /* what is wrong, what was expected, the nearest name */
};

struct findings { /* zeroed by the caller; filled here */
    struct finding *list;
    size_t count, errors;
    size_t dropped; /* beyond FINDINGS_MAX */
};

#define FINDINGS_MAX 200

void findings_finish(struct findings *findings); /* frees the list; fine on a zeroed one */

/* Names that exist in this workspace, each NULL-ended; a NULL list is not checked against. */
struct sequence_names {
    const char *const *templates;
    const char *const *channels; /* besides sequence_channels[]: of plugins and provider files */
};

/* Parses and checks. The heap object is the caller's to destroy; NULL when there is any error. All
 * findings, warnings too, in file order of the parts. names may be NULL. */
struct sequence *sequence_read(struct span text, const char *name,
                               const struct sequence_names *names, struct findings *findings);

/* The same for callers that need one sentence: err (ERR_CONFIG) joins the first findings as
 * "NAME: path: text; path: text; and 3 more". `name`: how errors call the text, e.g. its path. */
struct sequence *sequence_parse(struct span text, const char *name, struct err *err) MUST_USE;

void sequence_destroy(struct sequence *sequence); /* NULL is fine */

/* What is wrong with the meaning of a sequence of good form: unknown channels and templates, steps
 * with nothing to say, two steps with one id, a window of no length; warns below its own floor. */
void sequence_check(const struct sequence *sequence, const struct sequence_names *names,
                    struct findings *findings);

/* The step called `id` and its index, or NULL. */
const struct step *sequence_step(const struct sequence *sequence, const char *id, size_t *index);

/* The channels heed knows by itself, NULL-ended. */
extern const char *const sequence_channels[];

/* Is it a channel that a person works (call, letter, visit, gift, social)? */
bool sequence_channel_is_human(const char *channel);

const char *sequence_follow_name(enum sequence_follow follow); /* "auto" */
const char *on_reply_name(enum on_reply action);               /* "until_return" */

#endif
