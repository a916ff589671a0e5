/* core/engine/inbox.h - what came in, from stored bytes to effects: read, matched, credited, followed. Runs in the writing
 * thread, inside its transaction. */
#ifndef HEED_ENGINE_INBOX_H
#define HEED_ENGINE_INBOX_H

#include "core/engine/effects.h"
#include "core/engine/forgeries.h"
#include "core/engine/match.h"
#include "core/engine/planner.h"
#include "core/replies/reading.h"
#include "core/store/inbounds.h"

struct touch_brief; /* core/store/touches.h */

struct inbox {
    struct planner *planner; /* its paces are paused when our sender is blocked */
    struct effects effects;  /* now and arena are set anew for each inbound */
    const char **own_addresses;
    size_t own_count;
    struct forgeries forgeries;      /* bad tokens by the domain or number they came from */
    struct mail_source *mail_source; /* who parses mails; NULL = this process (reading.h) */
    struct read_ahead *ahead; /* what reads those before their turn that are heard now, or NULL */
};

/* Everything that follows from one inbound. Its state (done, duplicate, waiting or unreadable) and note, of the inbox's arena, are set;
 * its row is the caller's to write, in the same transaction. 0, or -1 and err (the store: roll back). */
int inbox_process(struct inbox *inbox, struct inbound *inbound, struct err *err) MUST_USE;

/* The looking-up half of matching: fills *out from the store, and in *lookup what was read of that prospect on the way. 0 or -1. */
struct inbox_lookup {
    const struct match_inbound *inbound;
    const char *sender;            /* our account it arrived at, or NULL */
    const struct match_keys *keys; /* of the inbound, where they were made before; else NULL */
    /* Filled; in the arena. */
    struct enrollments enrollments;
    const struct touch_brief *touch; /* the one it is credited to; NULL = not read */
};
int inbox_match(struct inbox *inbox, struct inbox_lookup *lookup, struct match_keys *keys,
                struct match *out, struct err *err) MUST_USE;

#endif
