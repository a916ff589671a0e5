/* core/engine/audit.h - the whole invariant checker (design section 9): what core/store/check.h reads off the rows, and what
 * needs the meaning of a decision (I4) or of an address and its suppression (P1). Changes nothing; works beside a daemon. */
#ifndef HEED_ENGINE_AUDIT_H
#define HEED_ENGINE_AUDIT_H

#include "core/store/check.h"

struct audit_env {
    int64_t now;      /* UTC ms */
    bool daemon_runs; /* then touches may be on the wire */
};

/* In one read snapshot of its own. Findings live in the arena. 0, or -1 when the store cannot be read. */
int audit(struct db *db, const struct audit_env *env, struct arena *arena, struct check *out,
          struct err *err) MUST_USE;

#endif
