/* core/engine/sequence.h - a sequence read from its JSON file: its steps, waits, window and rules,
 * and every mistake in it at once. Pure: knows no store, no clock, no prospect. */
#ifndef HEED_ENGINE_SEQUENCE_H
#define HEED_ENGINE_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/span.h"
#include "core/engine/findings.h"
#include "core/engine/when.h"

#define SEQUENCE_MAX_STEPS 100
#define SEQUENCE_MAX_CHANNELS 16
#define SEQUENCE_NAME_BYTES 65   /* names and ids: [a-z0-9][a-z0-9_-]*, with the NUL */
#define SEQUENCE_TEXT_BYTES 4000 /* instructions */

enum sequence_follow { FOLLOW_AUTO, FOLLOW_ASK, FOLLOW_NEVER };

/* Sorts of answers that a sequence has a say in: the keys of "on_reply". */
enum reply_sort {
    REPLY_HUMAN, /* a person's, of none of the sorts below */
    REPLY_NOT_NOW,
    REPLY_NOT_INTERESTED,
    REPLY_OUT_OF_OFFICE, /* automatic */
    REPLY_WRONG_PERSON,  /* also: works there no longer */
    REPLY_REFERRAL,
    REPLY_CONCERN,
    REPLY_INTERESTED,
    REPLY_QUESTION,
    REPLY_ACK,
    REPLY_HOSTILE, /* abuse, or the threat of a complaint */
    REPLY_SORT_COUNT,
};

/* What follows from an answer of a sort. */
enum on_reply {
    ON_REPLY_HOLD,         /* wait for a person; goes on `resume_after` the handling */
    ON_REPLY_SNOOZE,       /* hold until the date they named; named none: 90 days, an ack 2 days */
    ON_REPLY_UNTIL_RETURN, /* hold until the day they are back, 5 business days when not said */
    ON_REPLY_TASK,         /* hold and open a task */
    ON_REPLY_STOP,         /* end this enrollment */
    ON_REPLY_IGNORE,       /* go on as planned; only for out_of_office and ack */
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
    struct window window;                     /* default mon-fri 09:00-17:00, prospect */
    enum on_reply on_reply[REPLY_SORT_COUNT]; /* defaults: sequence.c. Where "human" is "stop", a
                                                 person's answer of a sort not named stops, too */
    bool resumes;                             /* false: "resume_after": "never" */
    struct wait resume_after;                 /* default 3 business days */
    int floor_touches, floor_channels;        /* 0 = none asked for */
    const struct step *steps;
    size_t step_count;
};

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
 * with nothing to say, two steps with one id, a window of no length; warns below its own floor.
 * names NULL: the workspace is not known, so of unknown channels only those one slip away from a
 * known one are wrong. */
void sequence_check(const struct sequence *sequence, const struct sequence_names *names,
                    struct findings *findings);

/* The step called `id` and its index, or NULL. */
const struct step *sequence_step(const struct sequence *sequence, const char *id, size_t *index);

/* The channels heed knows by itself, NULL-ended. */
extern const char *const sequence_channels[];

/* Is it a channel that a person works (call, letter, visit, gift, social)? */
bool sequence_channel_is_human(const char *channel);

const char *sequence_follow_name(enum sequence_follow follow); /* "auto" */
const char *reply_sort_name(enum reply_sort sort);             /* "not_now" */
const char *on_reply_name(enum on_reply action);               /* "until_return" */

#endif
