/* core/engine/undo.c - see undo.h. A table of kinds, each with the one way back. */
#include "core/engine/undo.h"

#include "core/base/id.h"
#include "core/engine/planner.h"
#include "core/store/touches.h"

struct undoing { /* one trace on its way back */
    const struct effects *env;
    const struct trace_row *trace;
    const cJSON *was;
    struct prospect prospect;
    bool known; /* prospect is filled */
    const char *by, *left;
};

static const char *text_of(const struct undoing *u, const char *name)
{
    return arena_dup(u->env->arena, json_text(u->was, name, NULL));
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static int save(struct undoing *u, struct err *err)
{
    return prospect_set_following(u->env->db, &u->prospect, u->env->now, err);
}

static int leave(struct undoing *u, const char *why)
{
    u->left = why;
    return 0;
}

/* ---- enrollments ---- */

static bool in_play(const char *state)
{
    return strcmp(state, "active") == 0 || strcmp(state, "held") == 0;
}

/* They may have been enrolled anew since. 1, 0 or -1. */
static int is_in_again(struct undoing *u, const struct enrollment *e, struct err *err)
{
    struct enrollment *rows;
    int count = enrollments_of(u->env->db, e->prospect_id, u->env->arena, &rows, err);

    for (int i = 0; i < count; i++)
        if (rows[i].id != e->id && in_play(rows[i].state) &&
            strcmp(rows[i].sequence, e->sequence) == 0)
            return 1;
    return count < 0 ? -1 : 0;
}

/* What is overdue by now is not sent at once: its wait begins anew. */
static int date_again(struct undoing *u, struct enrollment *e, struct err *err)
{
    const struct sequence *sequence =
        catalog_sequence(u->env->catalog, e->sequence, e->version, err);
    const struct zone *zone = workspace_zone(u->env->workspace, u->prospect.zone);

    if (!sequence)
        return -1;
    if (e->due_at <= u->env->now && (size_t)e->step < sequence->step_count)
        e->due_at = planner_due(sequence, (size_t)e->step, zone, u->env->now);
    return 0;
}

static int undo_hold(struct undoing *u, struct err *err)
{
    struct enrollment e;
    int found = enrollment_get(u->env->db, u->trace->about, u->env->arena, &e, err);

    if (found != 1)
        return found < 0 ? -1 : leave(u, "it is gone");
    if (strcmp(e.state, "held") != 0 || !is_same(e.hold_reason, json_text(u->was, "why", NULL)))
        return leave(u, "it has gone on since");
    e.state = text_of(u, "state");
    e.hold_reason = text_of(u, "hold");
    e.due_at = json_int(u->was, "due", u->env->now);
    if (!e.state || date_again(u, &e, err) < 0)
        return -1;
    return enrollment_update(u->env->db, &e, err);
}

/* What was ended is held, for a person to let go on: heed does not start it again by itself. */
static int undo_exit(struct undoing *u, struct err *err)
{
    struct enrollment e;
    int found = enrollment_get(u->env->db, u->trace->about, u->env->arena, &e, err), again;

    if (found != 1)
        return found < 0 ? -1 : leave(u, "it is gone");
    if (strcmp(e.state, "exited") != 0 || !is_same(e.exit, json_text(u->was, "why", NULL)))
        return leave(u, "it ended another way since");
    again = is_in_again(u, &e, err);
    if (again != 0)
        return again < 0 ? -1 : leave(u, "they were enrolled anew since");
    e.state = "held";
    e.exit = NULL;
    e.hold_reason = "relabelled";
    e.due_at = u->env->now + RESPOND_FOREVER_MS;
    return enrollment_update(u->env->db, &e, err);
}

/* ---- the person ---- */

static int undo_rest(struct undoing *u, struct err *err)
{
    u->prospect.rest_until = json_int(u->was, "until", 0);
    return save(u, err);
}

static int undo_opt_out(struct undoing *u, struct err *err)
{
    u->prospect.opted_out_at = 0;
    return save(u, err);
}

static int undo_avoid(struct undoing *u, struct err *err)
{
    if (!is_same(u->prospect.avoid, json_text(u->was, "now", NULL)))
        return leave(u, "it was changed since");
    u->prospect.avoid = text_of(u, "avoid");
    return save(u, err);
}

static int undo_wish(struct undoing *u, struct err *err)
{
    if (u->prospect.wish_message_id != u->trace->message_id)
        return leave(u, "it was used up or changed since");
    u->prospect.wish_channel = text_of(u, "channel");
    u->prospect.wish_once = json_bool(u->was, "once", false);
    u->prospect.wish_only = json_bool(u->was, "only", false);
    u->prospect.wish_message_id = json_int(u->was, "message", 0);
    return save(u, err);
}

static int undo_switch(struct undoing *u, struct err *err)
{
    if (u->trace->about && switch_undo(u->env->db, u->trace->about, u->by, u->env->now, err) < 0)
        return -1;
    if (u->prospect.preferred_message_id != u->trace->message_id)
        return leave(u, "they are followed by a later answer");
    u->prospect.preferred_channel = text_of(u, "channel");
    u->prospect.preferred_message_id = json_int(u->was, "message", 0);
    u->prospect.preferred_at = json_int(u->was, "at", 0);
    return save(u, err);
}

static int undo_address(struct undoing *u, struct err *err)
{
    const struct address address = { .kind = text_of(u, "kind"), .key = text_of(u, "key") };

    if (!json_bool(u->was, "new", false))
        return leave(u, "it was theirs before");
    return address_remove(u->env->db, &u->prospect, &address, err);
}

/* ---- the rest ---- */

static int undo_task(struct undoing *u, struct err *err)
{
    int settled = task_settle(u->env->db, u->trace->about, "relabelled", u->env->now, err);

    return settled == 0 ? leave(u, "it was done already") : (settled < 0 ? -1 : 0);
}

static int undo_credit(struct undoing *u, struct err *err)
{
    return touch_uncredit(u->env->db, u->trace->about, json_int(u->was, "at", 0), err);
}

/* Lifted once for all by undo_all(). */
static int undo_suppress(struct undoing *u, struct err *err)
{
    (void)u;
    (void)err;
    return 0;
}

static const struct {
    const char *kind;
    int (*undo)(struct undoing *u, struct err *err);
    bool of_person; /* needs the prospect */
} ways[] = {
    { "hold", undo_hold, true },          { "exit", undo_exit, true },
    { "rest", undo_rest, true },          { "opt_out", undo_opt_out, true },
    { "avoid", undo_avoid, true },        { "wish", undo_wish, true },
    { "switch", undo_switch, true },      { "address", undo_address, true },
    { "task", undo_task, false },         { "credit", undo_credit, false },
    { "suppress", undo_suppress, false }, { "soft_bounce", undo_suppress, false },
};

static int go_back(struct undoing *u, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        if (strcmp(ways[i].kind, u->trace->kind) != 0)
            continue;
        if (ways[i].of_person && !u->known)
            return leave(u, "they are gone");
        return ways[i].undo(u, err);
    }
    return leave(u, "it cannot be taken back");
}

static int undo_one(const struct effects *env, const struct trace_row *trace, const char *by,
                    struct undone *out, struct err *err)
{
    struct undoing u = { .env = env, .trace = trace, .by = by };
    struct err why = { 0 };
    cJSON *was = trace->was ? json_parse(span_of(trace->was), "trace", &why) : NULL;
    int found = trace->prospect_id
                    ? prospect_get(env->db, trace->prospect_id, env->arena, &u.prospect, err)
                    : 0;
    int rc = found < 0 ? -1 : 0;

    u.was = was;
    u.known = found == 1;
    if (rc == 0)
        rc = go_back(&u, err);
    if (rc == 0 && !u.left)
        rc = trace_undo(env->db, trace, by, env->now, err) < 0 ? -1 : 0;
    cJSON_Delete(was);
    *out = (struct undone){ .what = trace->what, .left = u.left };
    return rc;
}

bool undo_is_record(const char *kind)
{
    return strcmp(kind, "relabel") == 0 || strcmp(kind, "assign") == 0;
}

int undo_all(const struct effects *env, int64_t message_id, const char *by, struct undone **out,
             struct err *err)
{
    char evidence[ID_TEXT_BYTES];
    struct trace_row *rows;
    int count = traces_of(env->db, message_id, env->arena, &rows, err), done = 0;

    if (count < 0 || suppressions_lift_of(env->db, id_text("me", message_id, evidence), err) < 0)
        return -1;
    *out = arena_array(env->arena, (size_t)count + 1, sizeof(**out));
    for (int i = count; i > 0; i--) {
        if (rows[i - 1].undone_by || undo_is_record(rows[i - 1].kind))
            continue;
        if (undo_one(env, &rows[i - 1], by, &(*out)[done++], err) < 0)
            return -1;
    }
    return done;
}
