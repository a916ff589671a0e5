/* core/engine/undo_enrollment.c - the way back of holds, ends and credit. See undo_inside.h. */
#include "core/base/text.h"
#include "core/engine/planner.h"
#include "core/engine/undo_inside.h"
#include "core/store/touches.h"

/* ---- a later message ---- */

/* The first after ours, of those in `rows`, about the same enrollment. */
static const struct trace_row *first_after(const struct undoing *u, const struct trace_row *rows,
                                           int count)
{
    for (int i = 0; i < count; i++)
        if (rows[i].id > u->trace->id && rows[i].about == u->trace->about)
            return &rows[i];
    return NULL;
}

/* Of a later message, by which the enrollment is held or ended; *out NULL = there is none. 0 or -1. */
static int find_later(const struct undoing *u, const struct trace_row **out, struct err *err)
{
    struct trace_row *holds, *exits;
    int hold_count = undo_others(u, "hold", &holds, err);
    int exit_count = hold_count < 0 ? -1 : undo_others(u, "exit", &exits, err);
    const struct trace_row *hold, *exit;

    if (exit_count < 0)
        return -1;
    hold = first_after(u, holds, hold_count);
    exit = first_after(u, exits, exit_count);
    *out = hold && exit ? (hold->id < exit->id ? hold : exit) : hold ? hold : exit;
    return 0;
}

/* What it would put back was our hold: from now on it puts back what was before ours. */
static int inherit(const struct undoing *u, const struct trace_row *later, struct err *err)
{
    cJSON *its = undo_was_of(later), *ours;
    bool found_ours = text_is_same(json_text(its, "state", NULL), "held") &&
                      text_is_same(json_text(its, "hold", NULL), json_text(u->was, "why", NULL));

    ours = found_ours ? cJSON_Duplicate(u->was, true) : NULL;
    if (ours) {
        cJSON_DeleteItemFromObject(ours, "why");
        json_add_text(ours, "why", json_text(its, "why", NULL));
    }
    cJSON_Delete(its);
    return ours ? undo_rewrite(u, later, ours, err) : 0;
}

/* ---- holds ---- */

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

int undo_hold(struct undoing *u, struct err *err)
{
    const struct trace_row *later;
    struct enrollment e;
    int found = enrollment_get(u->env->db, u->trace->about, u->env->arena, &e, err);

    if (found != 1)
        return found < 0 ? -1 : undo_leave(u, "it is gone");
    if (find_later(u, &later, err) < 0 || (later && inherit(u, later, err) < 0))
        return -1;
    if (later)
        return undo_hand_on(u, "a later message does so, too");
    if (strcmp(e.state, "held") != 0 ||
        !text_is_same(e.hold_reason, json_text(u->was, "why", NULL)))
        return undo_leave(u, "it has gone on since");
    e.state = undo_text(u, "state");
    e.hold_reason = undo_text(u, "hold");
    e.due_at = json_int(u->was, "due", u->env->now);
    if (!e.state || date_again(u, &e, err) < 0)
        return -1;
    return enrollment_update(u->env->db, &e, err);
}

/* ---- ends ---- */

/* They may have been enrolled anew since. 1, 0 or -1. */
static int is_in_again(struct undoing *u, const struct enrollment *e, struct err *err)
{
    struct enrollment *rows;
    int count = enrollments_of(u->env->db, e->prospect_id, u->env->arena, &rows, err);

    for (int i = 0; i < count; i++)
        if (rows[i].id != e->id && enrollment_in_play(&rows[i]) &&
            strcmp(rows[i].sequence, e->sequence) == 0)
            return 1;
    return count < 0 ? -1 : 0;
}

/* What was ended is held, for a person to let go on: heed does not start it again by itself. */
int undo_exit(struct undoing *u, struct err *err)
{
    struct enrollment e;
    int found = enrollment_get(u->env->db, u->trace->about, u->env->arena, &e, err), other;

    if (found != 1)
        return found < 0 ? -1 : undo_leave(u, "it is gone");
    if (strcmp(e.state, "exited") != 0 || !text_is_same(e.exit, json_text(u->was, "why", NULL)))
        return undo_leave(u, "it ended another way since");
    other = is_in_again(u, &e, err);
    if (other != 0)
        return other < 0 ? -1 : undo_leave(u, "they were enrolled anew since");
    other = undo_opted_out_since(u, err);
    if (other != 0)
        return other < 0 ? -1 : undo_hand_on(u, "another opt-out of theirs stands");
    e.state = "held";
    e.exit = NULL;
    e.hold_reason = "relabelled";
    e.due_at = u->env->now + RESPOND_FOREVER_MS;
    return enrollment_update(u->env->db, &e, err);
}

/* ---- credit ---- */

/* Others of their messages answer it, too: the first of them has it now. */
static int credit_another(struct undoing *u, struct err *err)
{
    struct trace_row *rows;
    int count = undo_others(u, "credit", &rows, err);

    for (int i = 0; i < count; i++) {
        cJSON *was = rows[i].about == u->trace->about ? undo_was_of(&rows[i]) : NULL;
        int64_t at = json_int(was, "at", 0);
        cJSON_Delete(was);
        if (at)
            return touch_credit(u->env->db, u->trace->about, at, err) < 0 ? -1 : 0;
    }
    return count < 0 ? -1 : 0;
}

int undo_credit(struct undoing *u, struct err *err)
{
    if (touch_uncredit(u->env->db, u->trace->about, json_int(u->was, "at", 0), err) < 0)
        return -1;
    return credit_another(u, err);
}
