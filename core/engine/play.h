/* core/engine/play.h - plays the planner forward with one enrollment: each touch as it would come if nothing else happened. Writes
 * nothing. */
#ifndef HEED_ENGINE_PLAY_H
#define HEED_ENGINE_PLAY_H

#include "core/engine/planner.h"

struct play {
    struct planner planner; /* dry; play_open() makes it, play_close() ends it */
    struct subject subject; /* of whom; its arena is set by the caller */
    struct enrollment enrollment;
    int64_t now;
    int shown, looks;
    bool ended;
};

/* The workspace's senders must be open. Everything lives in the arena. */
void play_open(struct play *play, const struct workspace *workspace, struct arena *arena);
void play_close(struct play *play);

/* Begins with play->enrollment, at its due time or now, whichever is later; play->subject must be read. */
void play_begin(struct play *play);

/* The next touch (PLAN_TOUCH), or why there is none (PLAN_HOLD; nothing comes after it). 1, 0 = nothing more, -1. */
int play_next(struct play *play, struct plan *out, struct err *err) MUST_USE;

#endif
