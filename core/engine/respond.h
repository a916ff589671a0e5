/* core/engine/respond.h - what follows from a message: what its labels, its time and its wish for a channel lead to, and what each
 * sequence makes of that. Pure: it knows no store and carries nothing out (effects.h, inbox.h do). Opt-outs, bounces and credit
 * are not decided here. Rules: replies.md sections 5.4, 8, 10 and 11; docs/replies.md has them in words. */
#ifndef HEED_ENGINE_RESPOND_H
#define HEED_ENGINE_RESPOND_H

#include "core/base/clock.h"
#include "core/engine/match.h"
#include "core/engine/sequence.h"
#include "core/replies/reading.h"

#define RESPOND_MAX_TASKS 6
#define RESPOND_SNOOZE_MS (90 * DAY_MS)    /* not now, and no date */
#define RESPOND_ACK_MS (2 * DAY_MS)        /* "ok" */
#define RESPOND_REST_MS (180 * DAY_MS)     /* after a no, before any other sequence */
#define RESPOND_FAR_MS (548 * DAY_MS)      /* 18 months: a time further ahead is asked about */
#define RESPOND_FOREVER_MS (3650 * DAY_MS) /* until a person decides; the next step keeps a date */

struct respond_question {
    const struct reading *reading;
    const struct match *match;
    const char *channel; /* where it arrived */
    const char *wish;    /* the channel they asked for earlier, from then on; NULL = none */
    /* Channels that we have a sender for; those they have an address for. Each NULL-ended. */
    const char *const *served, *const *addressed;
    enum sequence_follow follow; /* ask: a person agrees to a wish first */
    int64_t now_ms;
    int64_t at_ms;               /* when it arrived; 0 = now */
    const struct zone *zone;     /* the prospect's */
    const struct window *window; /* contact hours; NULL = Monday to Friday, 09:00 to 17:00 */
};

struct respond_task {
    const char
        *kind;      /* concern, question, interested, referral, wrong_person, hostile, threat, ask,
                         wish; of a dated one the channel: "call" */
    int64_t due_ms; /* 0 = now */
    bool by_sequence; /* only when a sequence says "task", or none is in play */
    const char *text;
};

struct respond_where {
    bool arrival;             /* they are followed to where it arrived */
    const char *prefer;       /* they asked for this channel; NULL = not */
    bool once;                /* for the next touch; false = from now on */
    bool only;                /* by no other */
    bool ask;                 /* a person is to agree; nothing moves before */
    const char *const *avoid; /* no longer by these */
    size_t avoid_count;
    const char *address_kind, *address; /* where they can be reached, as they named it; NULL */
};

struct response {
    enum reply_sort sort;  /* what the sequences are asked */
    const char *reason;    /* why they hold: "reply", "concern_price" */
    bool holds;            /* false: the sequences hear nothing of it */
    bool stays_held;       /* until a person has decided */
    int64_t named_ms;      /* the time they named, inside the contact hours; 0 = none to act on */
    int64_t away_from_ms;  /* of an absence: since when */
    int64_t rest_until_ms; /* no other sequence before; 0 = at once */
    struct respond_where where;
    struct respond_task tasks[RESPOND_MAX_TASKS];
    size_t task_count;
};

/* Always fills *out; its strings live in the arena or in the question. */
void respond_decide(const struct respond_question *question, struct arena *arena,
                    struct response *out);

/* What one enrollment does then. */
enum respond_act { RESPOND_GO_ON, RESPOND_HOLD, RESPOND_EXIT };

struct respond_enrollment {
    const struct sequence *sequence;
    bool held;      /* already */
    int64_t due_ms; /* of its next step, or until when it is held */
    int64_t now_ms;
    const struct zone *zone;
};

struct respond_verdict {
    enum respond_act act;
    int64_t until_ms; /* with RESPOND_HOLD */
    const char *why;  /* reason of the hold, name of the exit */
};

/* A hold is never made shorter by words that name no time. */
void respond_apply(const struct response *response, const struct respond_enrollment *enrollment,
                   struct respond_verdict *out);

/* Is this task opened, with these sequences in play? */
bool respond_wants(const struct response *response, const struct respond_task *task,
                   const struct sequence *const *sequences, size_t count);

/* Is it for an answer that an enrollment is held so? NULL = by a person: yes, too. What the planner holds for has a sentence. */
bool respond_is_hold(const char *reason);

/* The plain answer of a person of which nothing more is known: it holds. */
void respond_plain(struct response *out);

#endif
