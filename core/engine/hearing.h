/* core/engine/hearing.h - what came in, on its way through the writing thread: what other threads hand over, a round at a time, and
 * what waits in the store. Each is heard, and written as what it turned out to be, in the transaction that the engine holds open; one
 * bad inbound never stops the others. Knows nothing of what goes out. */
#ifndef HEED_ENGINE_HEARING_H
#define HEED_ENGINE_HEARING_H

#include "core/engine/engine.h"
#include "core/engine/inbox.h"

/* Read ahead as a whole, over the commits in its midst; heard and committed a part at a time. */
struct round {
    struct arena arena;
    struct intake *intakes; /* those not committed, in the order of the list */
    struct inbound *list;   /* a copy for each intake, with slot, id and time */
    int count, committed;
    int heard; /* of the list, in the transaction that is open */
};

struct hearing {
    struct inbox inbox;
    struct mail_child *mail_child; /* or NULL */
    struct read_ahead *ahead;      /* or NULL; reads the round, or else what waits in the store */
    struct round round;
    struct arena arena; /* of what waits in the store */
    bool more;          /* the store holds some that wait to be heard */
    int64_t poison;     /* an inbound whose effects failed: next time it is set aside; 0 = none */
    struct err poison_why;
    int64_t heard; /* since the start */
};

/* planner: its workspace, store and catalog are used; it and mail_program (engine_options) are borrowed. one: memory of one inbound. */
struct hearing_parts {
    struct planner *planner;
    const char *mail_program;
    struct arena *one;
};
void hearing_open(struct hearing *hearing, const struct hearing_parts *parts);
void hearing_close(struct hearing *hearing);

/* Intakes of other threads that nobody has been told of yet: the next round, once the last one is over. */
bool hearing_has_round(const struct hearing *hearing);
void hearing_begin(struct hearing *hearing, struct intake *intakes);

/* Within the engine's transaction: those in the store, then of the round as many as belong into one transaction. At the end of its time
 * the round's are only stored. 0, or -1 and err: roll back, then hearing_failed(). */
int hearing_work(struct hearing *hearing, int64_t now, struct err *err) MUST_USE;

/* After the commit: who waits for it is told. After a rollback: told that it failed (a mailbox asks again, a webhook's peer gets a 503),
 * unless one inbound was the cause: then true, and the same work is to be tried again at once without it. */
void hearing_committed(struct hearing *hearing);
bool hearing_failed(struct hearing *hearing);
/* Everybody is told that it failed, those of `intakes` that are in no round yet, too. */
void hearing_refuse(struct hearing *hearing, struct intake *intakes);

#endif
