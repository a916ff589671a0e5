/* core/engine/reach.h - can a prospect be reached on a channel at all? Everything of a candidate that does not depend on the
 * hour: what the planner asks before caps and quiet hours, and a rehearsal instead of them. Pure. */
#ifndef HEED_ENGINE_REACH_H
#define HEED_ENGINE_REACH_H

#include "core/engine/subject.h"

/* Who is asked about, and what there is to say. */
struct reach {
    const struct subject *subject;
    const struct workspace *workspace;
    const struct step *step;   /* NULL = none */
    const struct parts *parts; /* NULL = instructions only */
};

/* Fills *out as if the hour were good, no session were needed and the sender well; returns the sender, or NULL. */
struct sender *reach_candidate(const struct reach *reach, const char *channel,
                               struct candidate *out);

#endif
