/* core/engine/audit.c - see audit.h. One pass over the touches; suppressions are looked up by key in memory. */
#include "core/engine/audit.h"

#include <stdlib.h>

#include "core/base/text.h"
#include "core/engine/choose.h"
#include "core/engine/workspace.h"

struct looking { /* the pass over the touches */
    struct check_visitor base;
    struct check *check;
    struct check_suppression *suppressions; /* by kind, key */
    size_t suppression_count;
    struct arena scratch;
};

/* ---- I4: the decision ---- */

static bool is_by_hand(const char *decision)
{
    return strcmp(decision, "{\"by\":\"hand\"}") == 0;
}

/* NULL when it is well. */
static const char *fault_of_decision(struct looking *l, const struct check_touch *touch)
{
    struct choice choice;
    struct err why = { 0 };

    if (is_by_hand(touch->decision))
        return touch->enrollment_id ? "a step's touch, marked as written by hand" : NULL;
    if (!touch->enrollment_id)
        return "written by hand, but not marked so";
    if (choose_decode(span_of(touch->decision), &l->scratch, &choice, &why) < 0)
        return arena_printf(&l->scratch, "its decision cannot be read: %s", why.text);
    if (!choice.channel || strcmp(choice.channel, touch->channel) != 0)
        return arena_printf(&l->scratch, "decided for %s, but it is on %s",
                            choice.channel ? choice.channel : "no channel", touch->channel);
    return NULL;
}

/* ---- P1: suppressions ---- */

static int compare_keys(const struct check_suppression *s, const char *kind, const char *key)
{
    int by_kind = strcmp(s->kind, kind);

    return by_kind ? by_kind : strcmp(s->key, key);
}

/* The first suppression of that address, or the count. */
static size_t find_first(const struct looking *l, const char *kind, const char *key)
{
    size_t low = 0, high = l->suppression_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_keys(&l->suppressions[middle], kind, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Was it handed to a channel while this suppression was in force? A touch that was in the air when the opt-out was
 * committed is no breach; one made, or tried again, after it is. 1, 0 or -1. */
static int breaks(struct looking *l, const struct check_touch *touch,
                  const struct check_suppression *s, struct err *err)
{
    if (*s->channel && strcmp(s->channel, touch->channel) != 0)
        return 0;
    if (s->until_ms && touch->created_at >= s->until_ms)
        return 0;
    if (touch->created_at > s->at)
        return 1;
    return s->until_ms ? 0 : check_tried_after(l->check, touch, s->at, err);
}

static int check_suppressed(struct looking *l, const struct check_touch *touch, struct err *err)
{
    const char *kind = workspace_address_kind(touch->channel);
    const char *key;
    int broken = 0;

    if (!kind || !l->suppression_count || touch->tries == 0 ||
        strcmp(touch->state, "cancelled") == 0)
        return 0;
    key = text_address_key(&l->scratch, kind, span_of(touch->address));
    for (size_t i = key ? find_first(l, kind, key) : l->suppression_count;
         broken == 0 && i < l->suppression_count &&
         compare_keys(&l->suppressions[i], kind, key) == 0;
         i++)
        broken = breaks(l, touch, &l->suppressions[i], err);
    if (broken == 1)
        check_found(l->check, "P1", "to", touch->id,
                    arena_printf(&l->scratch, "sent by %s to %s, which was suppressed before",
                                 touch->channel, touch->address));
    return broken < 0 ? -1 : 0;
}

/* ---- the pass ---- */

static int visit(struct check_visitor *base, const struct check_touch *touch, struct err *err)
{
    struct looking *l = (struct looking *)base;
    const char *fault;

    arena_reset(&l->scratch);
    fault = fault_of_decision(l, touch);
    if (fault)
        check_found(l->check, "I4", "to", touch->id, fault);
    return check_suppressed(l, touch, err);
}

static int check_touches(struct check *check, struct err *err)
{
    struct looking l = { .base = { .visit = visit }, .check = check };
    int count = check_suppressions(check, &l.suppressions, err), rc;

    if (count < 0)
        return -1;
    l.suppression_count = (size_t)count;
    arena_init(&l.scratch);
    rc = check_each_touch(check, &l.base, err);
    arena_finish(&l.scratch);
    return rc;
}

int audit(struct db *db, const struct audit_env *env, struct arena *arena, struct check *out,
          struct err *err)
{
    int rc;

    check_init(out, db, arena);
    out->now = env->now;
    out->daemon_runs = env->daemon_runs;
    if (db_begin_read(db, err) < 0)
        return -1;
    rc = check_store(out, err);
    if (rc == 0 && !out->damaged)
        rc = check_touches(out, err);
    db_rollback(db);
    return rc;
}
