/* core/engine/record.h - writes down what became of touches in the air: results of a batch, and what the flight recorder knows
 * after a crash. In the writing thread's open transaction. */
#ifndef HEED_ENGINE_RECORD_H
#define HEED_ENGINE_RECORD_H

#include "core/engine/engine.h"
#include "core/engine/outbox.h"
#include "core/engine/planner.h"
#include "core/engine/wheel.h"

struct recorder {
    struct planner *planner;
    struct wheel *wheel;
    int64_t now;
    struct arena *arena;
    struct engine_counts *counts;
};

/* Every result of the batch. Senders become free again only in record_landed(). 0 or -1. */
int record_batch(struct recorder *recorder, const struct batch *batch, struct err *err) MUST_USE;

/* After the commit: the batch's places in the recorder and at its sender are free. */
void record_landed(struct planner *planner, struct flight *flight, const struct batch *batch);

/* At start: touches that another process left on the wire. Same boot: not begun -> another try now, answered -> recorded, begun ->
 * unsure. Other boot: all unsure. 0 or -1. */
int record_recovered(struct recorder *recorder, const struct flight *flight,
                     struct err *err) MUST_USE;

#endif
