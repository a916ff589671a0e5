/* core/engine/effects.h - what follows for a prospect: hold, opt out, switch, exit. Each runs inside the caller's transaction;
 * the daemon and the commands share them. */
#ifndef HEED_ENGINE_EFFECTS_H
#define HEED_ENGINE_EFFECTS_H

#include "core/base/json.h"
#include "core/engine/catalog.h"
#include "core/engine/respond.h"
#include "core/engine/workspace.h"
#include "core/store/follow.h"
#include "core/store/plans.h"
#include "core/store/prospects.h"

/* All of one prospect, as they are in the store: whoever changes one changes its row here, too. */
struct enrollments {
    int64_t prospect_id; /* 0 = of nobody: not read */
    struct enrollment *rows;
    int count;
};

struct effects {
    const struct workspace *workspace;
    struct catalog *catalog;
    struct db *db;
    int64_t now;
    struct arena *arena;
    int64_t
        message_id; /* whose words: each effect leaves a trace (store/traces.h); 0 = a command */
    const struct enrollments *enrollments; /* those at hand, or NULL: each effect reads them */
};

/* Active and held first. Their number or -1. */
int effect_enrollments(const struct effects *env, int64_t prospect_id, struct enrollment **out,
                       struct err *err) MUST_USE;

/* What each enrollment in play, their rest and the tasks make of it; touches waiting for another try are taken back and their
 * steps planned again. touch_id: the touch it answers, 0 = none. */
int effect_respond(const struct effects *env, struct prospect *prospect,
                   const struct response *response, int64_t touch_id, struct err *err) MUST_USE;

/* After an answer of ours: held enrollments go on with the wait of their next step from now, or from a later contact that they named a
 * time for. Those held until a date (not now, out of office) stay held until then. 0 or -1. */
int effect_resume(const struct effects *env, const struct prospect *prospect,
                  struct err *err) MUST_USE;

/* Ends every enrollment in play. */
int effect_exit(const struct effects *env, const struct prospect *prospect, const char *why,
                struct err *err) MUST_USE;

/* One address on one channel ("" = every channel that uses it), the end of their sequences, and of tasks to contact them there. */
#define EFFECT_OPTED_OUT "opted_out" /* the disposition of such a task */
struct opt_out {
    const char *kind,
        *key; /* the address it was said from: barred with all of theirs on `channel`; NULL = only those */
    const char *channel;
    bool everything;      /* all addresses, all channels */
    const char *cause;    /* opt_out, complaint, provider, person */
    const char *evidence; /* "me_..." */
    bool goes_on;         /* the sequences are not ended: they go on elsewhere */
};
int effect_opt_out(const struct effects *env, struct prospect *prospect,
                   const struct opt_out *opt_out, struct err *err) MUST_USE;

/* Bars one address, and says so in the trace. prospect: whose it is, NULL = nobody's we know. 0 or -1. */
int effect_suppress(const struct effects *env, const struct prospect *prospect,
                    const struct suppression *row, struct err *err) MUST_USE;

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

/* What they asked for: channels to avoid, where to reach them, the channel itself. from: the channel they were
 * followed on until now. With `ask` the channel itself is left to a person. */
int effect_wish(const struct effects *env, struct prospect *prospect,
                const struct respond_where *where, const char *from, struct err *err) MUST_USE;

/* Opens a task of that message. 0 or -1. */
int effect_task(const struct effects *env, const struct prospect *prospect, const struct task *task,
                struct err *err) MUST_USE;

/* Notes that an address is new and theirs. what: for people. 0 or -1. */
int effect_note_address(const struct effects *env, const struct prospect *prospect,
                        const struct address *address, const char *what, struct err *err) MUST_USE;

/* Notes in the trace of the message what was done; without one nothing. Takes `was`. 0 or -1. */
struct effect_note {
    const char *kind;
    int64_t about;
    const char *what; /* for people */
    cJSON *was;       /* how it was before, or NULL */
};
int effect_note(const struct effects *env, const struct prospect *prospect,
                const struct effect_note *note, struct err *err) MUST_USE;

#endif
