/* core/engine/outbox.h - the workers: they take batches of one sender each, hand them to its channel, and give the results
 * back. They never write to the store and decide nothing. */
#ifndef HEED_ENGINE_OUTBOX_H
#define HEED_ENGINE_OUTBOX_H

#include "core/engine/flight.h"
#include "core/engine/workspace.h"
#include "core/store/touches.h"

#define OUTBOX_BATCH_MAX 100

struct batch { /* owns its memory; made by the engine, freed by the engine */
    struct batch *next;
    struct sender *sender;
    struct arena arena;
    size_t count, room;    /* room: what its sender likes best at once */
    bool returned;         /* no worker began it: its touches go back as they were */
    struct touch *touches; /* copies in the arena, like all that follows */
    struct message *messages;
    struct send_result *results;
    int *flight; /* places in the recorder */
};

struct batch *batch_create(struct sender *sender) MUST_USE;
void batch_destroy(struct batch *batch); /* NULL is fine */
/* Copies the touch and composes its message. False when the batch is full. */
bool batch_add(struct batch *batch, const struct workspace *workspace, const struct touch *touch,
               int flight);

struct outbox;

struct outbox_sink { /* called on a worker's thread when every result of a batch is there */
    void (*done)(const struct outbox_sink *sink, struct batch *batch);
};

/* workers: threads, at least 1. */
struct outbox *outbox_start(int workers, struct flight *flight, const struct outbox_sink *sink,
                            struct err *err) MUST_USE;
/* Finishes what is in the air; what no worker has begun yet is given back as returned. NULL is fine. */
void outbox_stop(struct outbox *outbox);

void outbox_submit(struct outbox *outbox, struct batch *batch);

#endif
