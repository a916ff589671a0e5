/* core/engine/planner.h - what should happen next with one enrollment: a touch now, a later look, a hold, or the end. Reads,
 * decides, renders; writes nothing. The engine carries it out; `heed plan` only shows it. */
#ifndef HEED_ENGINE_PLANNER_H
#define HEED_ENGINE_PLANNER_H

#include "core/engine/subject.h"
#include "templates/lint.h"

enum plan_kind {
    PLAN_TOUCH, /* out with it */
    PLAN_LATER, /* look again at `at_ms` */
    PLAN_HOLD,  /* a person must see to it; look again at `at_ms` */
    PLAN_DONE,  /* the sequence is at its end */
};

/* How fast a sender may go, and whether it is well; kept by the engine between plans. */
struct sender_pace {
    struct sender *sender;
    struct pace pace;
    int64_t soft_next_ms; /* where the queue of those who wait for this sender ends */
    int64_t paused_until; /* 0 = well */
    char reason[200];     /* why it is paused */
    size_t in_air, room;  /* touches at the channel now, and how many may be; room 0 = no limit */
    bool changed;         /* pace or pause must be stored */
};

struct planner {
    const struct workspace *workspace;
    struct catalog *catalog;
    struct db *db;
    struct sender_pace *paces; /* one for each workspace sender, same order */
    int64_t epoch;
    int64_t now; /* set before planner_next(), like the arena of its results */
    struct arena *arena;
    bool dry;                  /* `heed plan`: reserves no pace, ignores who is busy */
    bool lint_hold;            /* what the linter calls an error holds the touch */
    struct parts_trace *trace; /* of the last render, for who asks; may be NULL */
};

struct plan {
    enum plan_kind kind;
    int64_t at_ms;
    bool busy;          /* with PLAN_LATER: only because the sender's queue is full */
    const char *reason; /* for people: why later, held or done */
    struct touch touch; /* with PLAN_TOUCH: the whole row; its id is new */
    struct sender_pace *pace;
    const struct step *step;
    struct lint_facts facts; /* with PLAN_TOUCH: what the linter is to know of the touch */
    bool derived;            /* the text was derived from another channel's part */
    bool wish_used;          /* a wish for one time is now used up */
    int next_step;           /* with PLAN_TOUCH: what comes then */
    int64_t next_due_ms;     /* INT64_MAX: nothing, the sequence is done */
};

/* enrollment: due at planner->now. Everything in *out lives in the arena. 0, or -1 and err when the store or the plan itself is
 * broken (unknown sequence): the caller holds the enrollment. */
int planner_next(struct planner *planner, const struct subject *subject,
                 const struct enrollment *enrollment, struct plan *out, struct err *err) MUST_USE;

/* When the step at `index` is due if the wait begins at from_ms: inside the sequence's window. */
int64_t planner_due(const struct sequence *sequence, size_t index, const struct zone *zone,
                    int64_t from_ms);

#endif
