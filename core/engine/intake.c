/* core/engine/intake.c - waiting for an intake's commit, for threads that may block (mailboxes). */
#include <pthread.h>

#include "core/engine/engine.h"

struct waited { /* its first member is what the engine sees */
    struct intake intake;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool is_done;
    int rc;
};

static void on_stored(struct intake *intake, int rc)
{
    struct waited *waited = (struct waited *)intake;

    pthread_mutex_lock(&waited->lock);
    waited->is_done = true;
    waited->rc = rc;
    pthread_cond_signal(&waited->done);
    pthread_mutex_unlock(&waited->lock);
}

int engine_take_and_wait(struct engine *engine, struct intake *intake)
{
    struct waited waited = { .intake = *intake };

    pthread_mutex_init(&waited.lock, NULL);
    pthread_cond_init(&waited.done, NULL);
    waited.intake.stored = on_stored;
    engine_take(engine, &waited.intake);
    pthread_mutex_lock(&waited.lock);
    while (!waited.is_done)
        pthread_cond_wait(&waited.done, &waited.lock);
    pthread_mutex_unlock(&waited.lock);
    pthread_cond_destroy(&waited.done);
    pthread_mutex_destroy(&waited.lock);
    return waited.rc;
}
