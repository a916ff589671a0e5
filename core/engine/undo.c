/* core/engine/undo.c - see undo.h. A table of kinds, each with the one way back; the ways are in undo_enrollment.c, undo_person.c and
 * undo_address.c. */
#include <stdlib.h>

#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/undo_inside.h"

/* ---- what the ways share ---- */

const char *undo_text(const struct undoing *u, const char *name)
{
    return arena_dup(u->env->arena, json_text(u->was, name, NULL));
}

int undo_leave(struct undoing *u, const char *why)
{
    u->left = why;
    return 0;
}

int undo_hand_on(struct undoing *u, const char *why)
{
    u->handed_on = true;
    return undo_leave(u, why);
}

int undo_save(struct undoing *u, struct err *err)
{
    return prospect_set_following(u->env->db, &u->prospect, u->env->now, err);
}

int undo_others(const struct undoing *u, const char *kind, struct trace_row **out, struct err *err)
{
    const struct traces_query query = { .slot = id_slot(u->trace->prospect_id),
                                        .prospect_id = u->trace->prospect_id,
                                        .kind = kind,
                                        .but_message = u->trace->message_id };

    return traces_standing(u->env->db, &query, u->env->arena, out, err);
}

cJSON *undo_was_of(const struct trace_row *trace)
{
    struct err ignored = { 0 };

    return trace->was ? json_parse(span_of(trace->was), "trace", &ignored) : NULL;
}

int undo_rewrite(const struct undoing *u, const struct trace_row *other, cJSON *was,
                 struct err *err)
{
    struct trace_row row = *other;
    char *text = json_print(was, false);
    int rc;

    row.was = text;
    rc = trace_rewrite(u->env->db, &row, err);
    free(text);
    cJSON_Delete(was);
    return rc;
}

int undo_opted_out_since(const struct undoing *u, struct err *err)
{
    struct trace_row *rows;
    int count = undo_others(u, "suppress", &rows, err);

    for (int i = 0; i < count; i++) {
        cJSON *was = undo_was_of(&rows[i]);
        bool opt_out =
            text_is_same(json_text(was, "cause", NULL), "opt_out") && rows[i].id > u->trace->id;
        cJSON_Delete(was);
        if (opt_out)
            return 1;
    }
    return count < 0 ? -1 : u->prospect.opted_out_at != 0;
}

/* ---- one trace ---- */

static int undo_task(struct undoing *u, struct err *err)
{
    int settled = task_settle(u->env->db, u->trace->about, "relabelled", u->env->now, err);

    return settled == 0 ? undo_leave(u, "it was done already") : (settled < 0 ? -1 : 0);
}

/* A task to contact them, that an opt-out had closed. */
static int undo_close(struct undoing *u, struct err *err)
{
    int opted_out = undo_opted_out_since(u, err);
    int opened;

    if (opted_out != 0)
        return opted_out < 0 ? -1 : undo_hand_on(u, "another opt-out of theirs stands");
    opened = task_reopen(u->env->db, u->trace->about, EFFECT_OPTED_OUT, err);
    return opened == 0 ? undo_leave(u, "it is gone") : (opened < 0 ? -1 : 0);
}

/* Counted no longer once its trace is taken back. */
static int undo_soft_bounce(struct undoing *u, struct err *err)
{
    (void)u;
    (void)err;
    return 0;
}

static const struct {
    const char *kind;
    int (*undo)(struct undoing *u, struct err *err);
    bool of_person; /* needs the prospect */
    bool is_bar;    /* taken back first: what was ended stays ended while another bar stands */
} ways[] = {
    { "suppress", undo_suppress, false, true },
    { "opt_out", undo_opt_out, true, true },
    { "hold", undo_hold, true, false },
    { "exit", undo_exit, true, false },
    { "rest", undo_rest, true, false },
    { "avoid", undo_avoid, true, false },
    { "wish", undo_wish, true, false },
    { "switch", undo_switch, true, false },
    { "address", undo_address, true, false },
    { "close", undo_close, true, false },
    { "task", undo_task, false, false },
    { "credit", undo_credit, false, false },
    { "soft_bounce", undo_soft_bounce, false, false },
};

static bool is_bar(const struct trace_row *trace)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (strcmp(ways[i].kind, trace->kind) == 0)
            return ways[i].is_bar;
    return false;
}

static int go_back(struct undoing *u, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        if (strcmp(ways[i].kind, u->trace->kind) != 0)
            continue;
        if (ways[i].of_person && !u->known)
            return undo_leave(u, "they are gone");
        return ways[i].undo(u, err);
    }
    return undo_leave(u, "it cannot be taken back");
}

static int undo_one(const struct effects *env, const struct trace_row *trace, const char *by,
                    struct undone *out, struct err *err)
{
    struct undoing u = { .env = env, .trace = trace, .by = by };
    cJSON *was = undo_was_of(trace);
    int found = trace->prospect_id
                    ? prospect_get(env->db, trace->prospect_id, env->arena, &u.prospect, err)
                    : 0;
    int rc = found < 0 ? -1 : 0;

    u.was = was;
    u.known = found == 1;
    if (rc == 0)
        rc = go_back(&u, err);
    if (rc == 0 && (!u.left || u.handed_on))
        rc = trace_undo(env->db, trace, by, env->now, err) < 0 ? -1 : 0;
    cJSON_Delete(was);
    *out = (struct undone){ .kind = trace->kind, .what = trace->what, .left = u.left };
    return rc;
}

/* ---- all of a message ---- */

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

    if (count < 0)
        return -1;
    for (int i = count; i > 0; i--)
        if (!rows[i - 1].undone_by && !undo_is_record(rows[i - 1].kind))
            rows[count - ++done] = rows[i - 1];
    rows += count - done; /* those that count, oldest first */
    *out = arena_array(env->arena, (size_t)done + 1, sizeof(**out));
    for (int turn = 0; turn < 2 * done; turn++) {
        int i = done - 1 - turn % done;
        if (is_bar(&rows[i]) == (turn < done) &&
            undo_one(env, &rows[i], by, &(*out)[done - 1 - i], err) < 0)
            return -1;
    }
    /* Bars from before traces told of them. */
    return suppressions_lift_of(env->db, id_text("me", message_id, evidence), err) < 0 ? -1 : done;
}
