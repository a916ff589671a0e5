/* core/engine/undo.h - takes back what followed from a message, as far as it can be: from the newest trace to the oldest, each only
 * when things still stand as it left them and no other message says the same. What a provider has done stays done. */
#ifndef HEED_ENGINE_UNDO_H
#define HEED_ENGINE_UNDO_H

#include "core/engine/effects.h"
#include "core/store/traces.h"

struct undone {
    const char *kind; /* of the trace: hold, exit, switch... */
    const char *what; /* the trace's words */
    const char *
        left; /* why it stays, by itself or by what another message says; NULL = it was taken back */
};

/* A note of what a person did with the message, not something that followed from it: it stays as it is. */
bool undo_is_record(const char *kind);

/* In the caller's transaction. prospects are read anew. by: "a person". Their count, newest first, or -1. */
int undo_all(const struct effects *env, int64_t message_id, const char *by, struct undone **out,
             struct err *err) MUST_USE;

#endif
