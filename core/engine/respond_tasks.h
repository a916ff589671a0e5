/* core/engine/respond_tasks.h - what respond.c and the sentences of its tasks share; for nobody else. */
#ifndef HEED_ENGINE_RESPOND_TASKS_H
#define HEED_ENGINE_RESPOND_TASKS_H

#include "core/engine/respond.h"

/* What became of the time they named. */
enum respond_time { TIME_NONE, TIME_NAMED, TIME_PAST, TIME_FAR };

struct responding { /* one decision on its way */
    const struct respond_question *question;
    struct arena *arena;
    struct response *out;
    enum respond_time time;
    int64_t asked_ms; /* as named, before the contact hours clipped it */
    bool unreachable; /* they asked for a channel that we cannot serve */
};

/* Is the time they named a task for a person? Of "not now" it is when the sequence goes on by itself. */
bool respond_is_dated(const struct responding *r);

/* Fills out->tasks. */
void respond_write_tasks(struct responding *r);

#endif
