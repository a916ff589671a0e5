/* core/engine/forgeries.h - counts tokens with a bad MAC by where they come from, and says when a source has shown so many that none of
 * its tokens is looked at for a while (replies.md section 4). In memory only; not for several threads at once. */
#ifndef HEED_ENGINE_FORGERIES_H
#define HEED_ENGINE_FORGERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/span.h"

#define FORGERIES_MAX 20 /* in an hour; an old mail of ours under a lost key shows a few */
#define FORGERIES_SOURCES 256

struct forgeries { /* zeroes = nothing seen */
    struct {
        uint64_t source;  /* hash; two that collide share their count, which only delays */
        int64_t since_ms; /* start of its hour */
        int count;
    } rows[FORGERIES_SOURCES];
};

/* source: a mail domain, a number, an IP address. Are its tokens passed over at `now`? */
bool forgeries_block(const struct forgeries *seen, struct span source, int64_t now);

/* `count` more at `now`. True when this made the source one that is blocked: say so once. */
bool forgeries_add(struct forgeries *seen, struct span source, int count, int64_t now);

#endif
