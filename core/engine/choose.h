/* core/engine/choose.h - which channel the next touch takes, and why: pinned, wished, answered on,
 * or next in the order (design section 5). Pure. When it leaves is policy.h; what it says is the
 * template's. */
#ifndef HEED_ENGINE_CHOOSE_H
#define HEED_ENGINE_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"
#include "core/engine/policy.h"
#include "core/engine/sequence.h"
#include "core/replies/reading.h"

#define CHOOSE_MAX_CANDIDATES SEQUENCE_MAX_CHANNELS

/* Strongest first */
enum choose_level {
    CHOOSE_PINNED,  /* 1 by a person of ours */
    CHOOSE_WISH,    /* 2 the prospect said so */
    CHOOSE_REPLIED, /* 3 their latest own human reply came there */
    CHOOSE_EARNED,  /* 4 what earns replies from people like them: not decided yet */
    CHOOSE_STEP,    /* 5 the step's own channel */
    CHOOSE_ORDER,   /* 5 the sequence's order */
    CHOOSE_NONE,    /* nothing is possible: hold and tell a person */
};

/* Strings are borrowed and must outlive the choice. */
struct choose_facts {
    /* First the sequence's channels in order (order_count of them, 0 = all), then any other channel
     * that the step, a pin, a wish or a reply names: those serve their own level only. More than
     * CHOOSE_MAX_CANDIDATES are not looked at. */
    const struct candidate *candidates;
    size_t count, order_count;
    const char *pinned;          /* NULL = not pinned */
    const char *wish;            /* NULL = none said */
    bool wish_once;              /* "ring me": for the next touch only; the caller ends it */
    bool wish_only;              /* by nothing else: when it is not possible, nothing is */
    int64_t wish_evidence;       /* id of their message */
    const char *const *avoid;    /* channels they asked to avoid, NULL-ended, or NULL */
    const char *replied;         /* channel of their latest own human reply, NULL = none */
    int64_t replied_evidence;    /* id of their message */
    bool replied_agreed;         /* follow = ask: a person agreed to this switch */
    const char *step_channel;    /* the step's own, or NULL */
    bool step_keep;              /* the step stays on its own channel */
    enum sequence_follow follow; /* never: level 3 is not asked; pin and wish always are */
    int64_t now_ms;
};

struct choice_candidate {
    const char *channel;
    unsigned closed; /* bits of enum gate */
};

struct choice {
    const char *channel; /* NULL with CHOOSE_NONE */
    enum choose_level level;
    int64_t evidence;    /* id of the message behind the level, 0 = none */
    bool once;           /* by a wish for one time: the caller marks it used */
    int64_t wait_until;  /* 0 = now; else the earliest time */
    enum gate waits_for; /* with wait_until; GATE_COUNT otherwise */
    const char *wanted;  /* a stronger level asked for this channel, which is not possible */
    enum choose_level wanted_level;
    const char *proposed; /* follow = ask: answered on here; a person is to agree. Or NULL */
    size_t count;
    struct choice_candidate candidates[CHOOSE_MAX_CANDIDATES]; /* in the order asked */
    char reason[320];                                          /* one sentence for people */
};

/* Always fills *out. Gates that delay make the choice wait; the others exclude. A pin that cannot
 * be kept, a step with keep, and a wish for a channel that we do not have (no sender, no address)
 * give CHOOSE_NONE: a person decides. Otherwise the next level is asked. */
void choose_channel(const struct choose_facts *facts, struct choice *out);

/* The decision as compact JSON, without the reason (it follows from the rest). */
void choose_encode(const struct choice *choice, struct str *out);

/* Reads it back, reason included; strings live in the arena. 0, or -1 and err. */
int choose_decode(struct span text, struct arena *arena, struct choice *out,
                  struct err *err) MUST_USE;

/* For `heed why`: the choice, its evidence, then a line a candidate with its closed gates, in
 * people's words, each line ending in LF. zone: for times, NULL = UTC. */
void choose_explain(const struct choice *choice, const struct zone *zone, struct str *out);

/* May this answer move the preferred channel to where it arrived? Only the prospect's own human
 * words that are no opt-out and whose owner is sure enough. */
struct choose_answer {
    enum reading_kind kind;
    bool sender_is_prospect;
    bool role_inbox;
    bool opted_out; /* of any scope */
    bool certain;   /* whose it is: not `review`, not history (match.h moves_preference) */
};
bool choose_may_move(const struct choose_answer *answer);

const char *choose_level_name(enum choose_level level); /* "replied" */

#endif
