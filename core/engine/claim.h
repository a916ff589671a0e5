/* core/engine/claim.h - the claiming half of a cycle: due enrollments become touches on the wire, in the open transaction.
 * Nothing is handed out here: that happens after the commit. */
#ifndef HEED_ENGINE_CLAIM_H
#define HEED_ENGINE_CLAIM_H

#include "core/engine/outbox.h"
#include "core/engine/planner.h"
#include "core/engine/wheel.h"

struct claim {
    struct planner *planner;
    struct wheel *wheel;
    int64_t now;
    int budget;                 /* touches it may still put on the wire */
    int busy;                   /* of this cycle: plans that found their sender busy */
    uint16_t waits[SLOT_COUNT]; /* sender + 1 found busy at the last look into the slot; 0 = none */
    int64_t looks_again_at;     /* then all of `waits` is forgotten */
    struct batch **filling;     /* one place for each sender */
    struct batch *full;         /* finished batches of this cycle */
    struct arena *arena;        /* of one slot: reset between */
};

/* Goes through slots with work until the budget is used or the senders are busy. 0 or -1 (roll back). */
int claim_due(struct claim *claim, struct err *err) MUST_USE;

/* All batches of this cycle, also those not full, as one list; the claim is empty then. */
struct batch *claim_take_batches(struct claim *claim);

/* After a rollback: what was claimed is forgotten, the senders are free again. */
void claim_forget(struct claim *claim);

#endif
