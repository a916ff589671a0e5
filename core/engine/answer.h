/* core/engine/answer.h - a salesperson's answer by hand: a touch on the channel the prospect is followed on, handed to the
 * daemon through the store. */
#ifndef HEED_ENGINE_ANSWER_H
#define HEED_ENGINE_ANSWER_H

#include "core/engine/effects.h"

struct answer_wish {
    const char *text;
    const char *channel; /* NULL = the one they are followed on */
    bool keep_holding;   /* the sequences stay held */
    bool at_once;        /* also at night: 21:00-08:00 in their zone */
};

struct answer_made {
    int64_t touch_id;
    const char *channel, *address, *why; /* why this channel */
    int64_t leaves_at;                   /* now, or in their morning */
};

/* In the caller's transaction: writes the touch (state due), settles their open messages, lets held sequences go on (effect_resume()).
 * 0, or -1 and err (ERR_REFUSED when they must not be written to there). */
int answer_write(const struct effects *env, struct prospect *prospect,
                 const struct answer_wish *wish, struct answer_made *out, struct err *err) MUST_USE;

#endif
