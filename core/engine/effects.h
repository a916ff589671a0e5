/* core/engine/effects.h - what follows for a prospect: hold, opt out, switch, exit. Each runs inside the caller's transaction;
 * the daemon and the commands share them. */
#ifndef HEED_ENGINE_EFFECTS_H
#define HEED_ENGINE_EFFECTS_H

#include "core/engine/catalog.h"
#include "core/engine/workspace.h"
#include "core/store/plans.h"
#include "core/store/prospects.h"

struct effects {
    const struct workspace *workspace;
    struct catalog *catalog;
    struct db *db;
    int64_t now;
    struct arena *arena;
};

/* Why enrollments stop for now; decides by each sequence's on_reply what happens and until when. */
enum hold_cause { HOLD_REPLY, HOLD_OUT_OF_OFFICE };

/* Every active enrollment of the prospect; touches waiting for another try are taken back and their steps planned again.
 * until_ms: with HOLD_OUT_OF_OFFICE the day they are back, 0 = not said. */
int effect_hold(const struct effects *env, const struct prospect *prospect, enum hold_cause cause,
                int64_t until_ms, struct err *err) MUST_USE;

/* After an answer of ours: held enrollments go on with the wait of their next step from now. */
int effect_resume(const struct effects *env, const struct prospect *prospect,
                  struct err *err) MUST_USE;

/* Ends every enrollment in play. */
int effect_exit(const struct effects *env, const struct prospect *prospect, const char *why,
                struct err *err) MUST_USE;

/* One address on one channel ("" = every channel that uses it), and the end of their sequences. */
struct opt_out {
    const char *kind, *key; /* the address; NULL = all of theirs on `channel` */
    const char *channel;
    bool everything;      /* all addresses, all channels */
    const char *cause;    /* opt_out, complaint, provider, person */
    const char *evidence; /* "me_..." */
};
int effect_opt_out(const struct effects *env, struct prospect *prospect,
                   const struct opt_out *opt_out, struct err *err) MUST_USE;

/* Moves the preferred channel to `to` (NULL = back to the order) and records it when `from` differs. message_id: the evidence, 0 =
 * a person's command. 1 = a switch was recorded, 0 = it was there already, -1. */
struct switch_wish {
    const char *from, *to;
    const char *reason;
    int64_t message_id;
};
int effect_switch(const struct effects *env, struct prospect *prospect,
                  const struct switch_wish *wish, struct err *err) MUST_USE;

/* Takes back the newest switch that stands. 1, 0 = there is none, -1. */
int effect_undo_switch(const struct effects *env, struct prospect *prospect, const char *by,
                       struct err *err) MUST_USE;

#endif
