/* core/engine/outbox.c - see outbox.h. One queue; a worker takes the first batch whose sender has a session to spare. */
#include "core/engine/outbox.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/crash.h"
#include "core/base/log.h"
#include "core/engine/compose.h"

#define STACK_BYTES ((size_t)512 << 10)
#define BUSY_MAX 256 /* senders with a session open at once */

struct busy {
    const struct sender *sender;
    int sessions;
};

struct outbox {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct batch *first, **last;
    struct busy busy[BUSY_MAX];
    bool stopping;
    struct flight *flight;
    const struct outbox_sink *sink;
    pthread_t *threads;
    int thread_count;
};

struct batch *batch_create(struct sender *sender)
{
    struct batch *batch = xcalloc(1, sizeof(*batch));
    size_t best = (size_t)sender->account->batch;

    batch->sender = sender;
    batch->room = best < OUTBOX_BATCH_MAX ? best : OUTBOX_BATCH_MAX;
    arena_init(&batch->arena);
    batch->touches = arena_array(&batch->arena, batch->room, sizeof(*batch->touches));
    batch->messages = arena_array(&batch->arena, batch->room, sizeof(*batch->messages));
    batch->results = arena_array(&batch->arena, batch->room, sizeof(*batch->results));
    batch->flight = arena_array(&batch->arena, batch->room, sizeof(*batch->flight));
    return batch;
}

void batch_destroy(struct batch *batch)
{
    if (!batch)
        return;
    arena_finish(&batch->arena);
    free(batch);
}

static void copy_touch(struct touch *to, const struct touch *from, struct arena *arena)
{
    *to = *from;
    to->sequence = NULL; /* what a worker or the recording of a result does not need */
    to->step_id = to->template = to->decision = to->reason = NULL;
    to->channel = arena_dup(arena, from->channel);
    to->sender = arena_dup(arena, from->sender);
    to->address = arena_dup(arena, from->address);
    to->subject = arena_dup(arena, from->subject);
    to->text = arena_dup(arena, from->text);
    to->html = arena_dup(arena, from->html);
    to->refs = arena_dup(arena, from->refs);
}

bool batch_add(struct batch *batch, const struct workspace *workspace, const struct touch *touch,
               int flight)
{
    if (batch->count == batch->room)
        return false;
    copy_touch(&batch->touches[batch->count], touch, &batch->arena);
    compose_message(workspace, batch->sender, &batch->touches[batch->count], &batch->arena,
                    &batch->messages[batch->count]);
    batch->flight[batch->count++] = flight;
    return true;
}

/* ---- one batch ---- */

struct watch {
    struct send_watch base;
    struct flight *flight;
    const struct batch *batch;
};

static void on_begun(const struct send_watch *base, size_t index)
{
    const struct watch *watch = (const struct watch *)base;

    flight_mark_begun(watch->flight, watch->batch->flight[index]);
    crash_point("send_begun");
}

static void on_answered(const struct send_watch *base, size_t index,
                        const struct send_result *result)
{
    const struct watch *watch = (const struct watch *)base;

    crash_point("send_answer");
    flight_mark_answered(watch->flight, watch->batch->flight[index], result);
    crash_point("send_answered");
}

static void send_batch(struct outbox *outbox, struct batch *batch, struct arena *scratch)
{
    const struct watch watch = { .base = { .begun = on_begun, .answered = on_answered },
                                 .flight = outbox->flight,
                                 .batch = batch };
    struct account *account = batch->sender->account;

    account->channel->send(account,
                           &(struct outgoing){ batch->messages, batch->count, &watch.base },
                           scratch, batch->results);
    arena_reset(scratch);
    outbox->sink->done(outbox->sink, batch);
}

/* ---- the queue ---- */

static struct busy *busy_of(struct outbox *outbox, const struct sender *sender)
{
    struct busy *unused = NULL;

    for (size_t i = 0; i < BUSY_MAX; i++) {
        if (outbox->busy[i].sender == sender)
            return &outbox->busy[i];
        if (!unused && outbox->busy[i].sessions == 0)
            unused = &outbox->busy[i];
    }
    if (unused)
        *unused = (struct busy){ .sender = sender };
    return unused;
}

/* Under the lock: the first batch that may begin, or NULL. */
static struct batch *take(struct outbox *outbox)
{
    for (struct batch **at = &outbox->first; *at; at = &(*at)->next) {
        struct batch *batch = *at;
        struct busy *busy = busy_of(outbox, batch->sender);
        if (!busy || busy->sessions >= batch->sender->account->sessions)
            continue;
        busy->sessions++;
        *at = batch->next;
        if (!*at)
            outbox->last = at;
        batch->next = NULL;
        return batch;
    }
    return NULL;
}

static void *work(void *context)
{
    struct outbox *outbox = context;
    struct arena scratch;
    struct batch *batch;

    arena_init(&scratch);
    pthread_mutex_lock(&outbox->lock);
    for (;;) {
        struct sender *sender;
        while (!(batch = outbox->stopping ? NULL : take(outbox)) && !outbox->stopping)
            pthread_cond_wait(&outbox->more, &outbox->lock);
        if (!batch)
            break;
        sender = batch->sender;
        pthread_mutex_unlock(&outbox->lock);
        send_batch(outbox, batch, &scratch);
        pthread_mutex_lock(&outbox->lock);
        busy_of(outbox, sender)->sessions--;
        pthread_cond_signal(&outbox->more);
    }
    pthread_mutex_unlock(&outbox->lock);
    arena_finish(&scratch);
    return NULL;
}

static int start_threads(struct outbox *outbox, int workers, struct err *err)
{
    pthread_attr_t attributes;
    int rc = 0;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    outbox->threads = xcalloc((size_t)workers, sizeof(*outbox->threads));
    for (; rc == 0 && outbox->thread_count < workers; outbox->thread_count += rc == 0)
        rc = pthread_create(&outbox->threads[outbox->thread_count], &attributes, work, outbox);
    pthread_attr_destroy(&attributes);
    if (outbox->thread_count == 0)
        return err_set(err, ERR_SYSTEM, "no worker thread could be started");
    if (rc != 0)
        log_warn("workers", "wanted=%d started=%d", workers, outbox->thread_count);
    return 0;
}

struct outbox *outbox_start(int workers, struct flight *flight, const struct outbox_sink *sink,
                            struct err *err)
{
    struct outbox *outbox = xcalloc(1, sizeof(*outbox));

    pthread_mutex_init(&outbox->lock, NULL);
    pthread_cond_init(&outbox->more, NULL);
    outbox->last = &outbox->first;
    outbox->flight = flight;
    outbox->sink = sink;
    if (start_threads(outbox, workers, err) == 0)
        return outbox;
    outbox_stop(outbox);
    return NULL;
}

void outbox_stop(struct outbox *outbox)
{
    struct batch *batch;

    if (!outbox)
        return;
    pthread_mutex_lock(&outbox->lock);
    outbox->stopping = true;
    batch = outbox->first;
    outbox->first = NULL;
    outbox->last = &outbox->first;
    pthread_cond_broadcast(&outbox->more);
    pthread_mutex_unlock(&outbox->lock);
    while (batch) {
        struct batch *next = batch->next;
        batch->returned = true;
        outbox->sink->done(outbox->sink, batch);
        batch = next;
    }
    for (int i = 0; i < outbox->thread_count; i++)
        pthread_join(outbox->threads[i], NULL);
    free(outbox->threads);
    pthread_cond_destroy(&outbox->more);
    pthread_mutex_destroy(&outbox->lock);
    free(outbox);
}

void outbox_submit(struct outbox *outbox, struct batch *batch)
{
    pthread_mutex_lock(&outbox->lock);
    batch->next = NULL;
    *outbox->last = batch;
    outbox->last = &batch->next;
    pthread_cond_signal(&outbox->more);
    pthread_mutex_unlock(&outbox->lock);
}
