/* core/engine/undo_inside.h - what the files of undo share while one trace is taken back. For undo*.c only.
 *
 * Two messages one after the other may say the same, or the second may have found things as the first left them. So nothing is put
 * back as it was before a message while a later one stands that says so, too; and what that one would put back is handed on to it. */
#ifndef HEED_ENGINE_UNDO_INSIDE_H
#define HEED_ENGINE_UNDO_INSIDE_H

#include "core/engine/undo.h"

struct undoing { /* one trace on its way back */
    const struct effects *env;
    const struct trace_row *trace;
    const cJSON *was; /* of the trace, borrowed; NULL = none */
    struct prospect prospect;
    bool known; /* prospect is filled */
    const char *by;
    const char *left; /* why things stay as they are; NULL = taken back */
    bool handed_on;   /* they stay by another message: this trace is taken back all the same */
};

/* A text of u->was, in the arena, or NULL. */
const char *undo_text(const struct undoing *u, const char *name);

/* Things stay, and this trace stands; or they stay by what another message says. 0 */
int undo_leave(struct undoing *u, const char *why);
int undo_hand_on(struct undoing *u, const char *why);

/* u->prospect as it is now. 0 or -1. */
int undo_save(struct undoing *u, struct err *err) MUST_USE;

/* Standing traces of that kind of the other messages of whom this one befell, oldest first. Count or -1. */
int undo_others(const struct undoing *u, const char *kind, struct trace_row **out,
                struct err *err) MUST_USE;

/* Have they opted out of everything, or does a later message opt out of anything? 1, 0 or -1. */
int undo_opted_out_since(const struct undoing *u, struct err *err) MUST_USE;

/* What the trace holds as JSON, for the caller to delete; NULL = nothing. */
cJSON *undo_was_of(const struct trace_row *trace);

/* The other trace's `was` is now this one; takes `was`. 0 or -1. */
int undo_rewrite(const struct undoing *u, const struct trace_row *other, cJSON *was,
                 struct err *err) MUST_USE;

/* The ways back (undo_enrollment.c, undo_person.c, undo_address.c). 0 or -1. */
int undo_hold(struct undoing *u, struct err *err) MUST_USE;
int undo_exit(struct undoing *u, struct err *err) MUST_USE;
int undo_credit(struct undoing *u, struct err *err) MUST_USE;
int undo_rest(struct undoing *u, struct err *err) MUST_USE;
int undo_opt_out(struct undoing *u, struct err *err) MUST_USE;
int undo_avoid(struct undoing *u, struct err *err) MUST_USE;
int undo_wish(struct undoing *u, struct err *err) MUST_USE;
int undo_switch(struct undoing *u, struct err *err) MUST_USE;
int undo_address(struct undoing *u, struct err *err) MUST_USE;
int undo_suppress(struct undoing *u, struct err *err) MUST_USE;

#endif
