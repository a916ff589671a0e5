/* core/engine/rehearse_feed.h - a thread that reads the roll of the store ahead, in batches. Internal to rehearse.c. */
#ifndef HEED_ENGINE_REHEARSE_FEED_H
#define HEED_ENGINE_REHEARSE_FEED_H

#include "core/engine/workspace.h"
#include "core/store/roll.h"

#define FEED_ROWS 256

struct feed_batch {
    struct arena arena; /* of the rows; the taker may use it, too */
    struct roll_row rows[FEED_ROWS];
    size_t count;
};

struct feed;

/* Opens a connection of its own and begins to read. The query's text must outlive it. NULL and err. */
struct feed *feed_create(const struct workspace *workspace, const struct roll_query *query,
                         struct err *err) MUST_USE;
void feed_destroy(struct feed *feed); /* NULL is fine; ends the reading, wherever it is */

/* 1 = the next batch, to be given back; 0 at the end; -1 and err. */
int feed_take(struct feed *feed, struct feed_batch **out, struct err *err) MUST_USE;
void feed_give_back(struct feed *feed); /* the oldest one taken */

int64_t feed_most(const struct feed *feed); /* roll_most() */

#endif
