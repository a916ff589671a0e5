/* core/engine/rehearse_feed.c - see rehearse_feed.h. A ring of batches between one reader and one taker. */
#include "core/engine/rehearse_feed.h"

#include <pthread.h>
#include <stdlib.h>

#define BATCHES 4

struct feed {
    struct db *db;
    struct roll *roll;
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct feed_batch *batches[BATCHES];
    size_t filled, taken, given_back; /* batches so far; the taker holds at most one */
    bool ended, stopped;              /* by the reader, by the taker */
    int rc;
    struct err err;
};

static int fill(struct feed *feed, struct feed_batch *batch)
{
    int more = 1;

    arena_reset(&batch->arena);
    batch->count = 0;
    while (batch->count < FEED_ROWS && more == 1) {
        more = roll_next(feed->roll, &batch->arena, &batch->rows[batch->count], &feed->err);
        batch->count += more == 1;
    }
    return more;
}

/* The next batch to fill, or NULL when nobody wants it. */
static struct feed_batch *wait_for_room(struct feed *feed)
{
    struct feed_batch *batch;

    pthread_mutex_lock(&feed->lock);
    while (!feed->stopped && feed->filled - feed->given_back == BATCHES)
        pthread_cond_wait(&feed->changed, &feed->lock);
    batch = feed->stopped ? NULL : feed->batches[feed->filled % BATCHES];
    pthread_mutex_unlock(&feed->lock);
    return batch;
}

static void *read_all(void *argument)
{
    struct feed *feed = argument;
    struct feed_batch *batch;
    int more = 1;

    while (more == 1 && (batch = wait_for_room(feed)) != NULL) {
        more = fill(feed, batch);
        pthread_mutex_lock(&feed->lock);
        feed->filled += batch->count > 0;
        feed->ended = more != 1;
        feed->rc = more;
        pthread_cond_signal(&feed->changed);
        pthread_mutex_unlock(&feed->lock);
    }
    return NULL;
}

static int open_roll(struct feed *feed, const struct workspace *workspace,
                     const struct roll_query *query, struct err *err)
{
    feed->db = workspace_db(workspace, DB_READ, err);
    feed->roll = feed->db ? roll_open(feed->db, query, err) : NULL;
    if (!feed->roll)
        return -1;
    if (pthread_create(&feed->thread, NULL, read_all, feed) != 0)
        return err_set(err, ERR_STORE, "no thread could be started");
    feed->running = true;
    return 0;
}

struct feed *feed_create(const struct workspace *workspace, const struct roll_query *query,
                         struct err *err)
{
    struct feed *feed = xcalloc(1, sizeof(*feed));

    pthread_mutex_init(&feed->lock, NULL);
    pthread_cond_init(&feed->changed, NULL);
    for (size_t i = 0; i < BATCHES; i++) {
        feed->batches[i] = xcalloc(1, sizeof(*feed->batches[i]));
        arena_init(&feed->batches[i]->arena);
    }
    if (open_roll(feed, workspace, query, err) == 0)
        return feed;
    feed_destroy(feed);
    return NULL;
}

void feed_destroy(struct feed *feed)
{
    if (!feed)
        return;
    if (feed->running) {
        pthread_mutex_lock(&feed->lock);
        feed->stopped = true;
        pthread_cond_signal(&feed->changed);
        pthread_mutex_unlock(&feed->lock);
        pthread_join(feed->thread, NULL);
    }
    roll_close(feed->roll);
    db_close(feed->db);
    for (size_t i = 0; i < BATCHES; i++) {
        arena_finish(&feed->batches[i]->arena);
        free(feed->batches[i]);
    }
    pthread_cond_destroy(&feed->changed);
    pthread_mutex_destroy(&feed->lock);
    free(feed);
}

int feed_take(struct feed *feed, struct feed_batch **out, struct err *err)
{
    int rc;

    pthread_mutex_lock(&feed->lock);
    while (feed->taken == feed->filled && !feed->ended)
        pthread_cond_wait(&feed->changed, &feed->lock);
    rc = feed->taken < feed->filled ? 1 : feed->rc;
    if (rc == 1)
        *out = feed->batches[feed->taken++ % BATCHES];
    else if (rc < 0)
        *err = feed->err;
    pthread_mutex_unlock(&feed->lock);
    return rc;
}

void feed_give_back(struct feed *feed)
{
    pthread_mutex_lock(&feed->lock);
    feed->given_back++;
    pthread_cond_signal(&feed->changed);
    pthread_mutex_unlock(&feed->lock);
}

int64_t feed_most(const struct feed *feed)
{
    return roll_most(feed->roll);
}
