/* core/engine/effects.c - see effects.h. */
#include "core/engine/effects.h"

#include <stdio.h>

#include "core/base/id.h"
#include "core/engine/planner.h"
#include "core/store/follow.h"
#include "core/store/touches.h"

static bool in_play(const struct enrollment *e)
{
    return strcmp(e->state, "active") == 0 || strcmp(e->state, "held") == 0;
}

/* Touches that wait for another try are taken back; their step is planned again when the sequence goes on. */
static int take_back(const struct effects *env, struct enrollment *e, const char *why,
                     struct err *err)
{
    int first_step = e->step;

    if (touches_cancel(env->db, e->id, why, &first_step, err) < 0)
        return -1;
    if (first_step < e->step)
        e->step = first_step;
    return 0;
}

static const struct zone *zone_of(const struct effects *env, const struct prospect *prospect)
{
    return workspace_zone(env->workspace, prospect->zone);
}

static int64_t business_days(const struct effects *env, const struct prospect *prospect, int count)
{
    const struct wait wait = { .unit = WAIT_BUSINESS_DAYS, .count = count };

    return wait_from(&wait, env->now, zone_of(env, prospect));
}

static void end(struct enrollment *e, const char *why)
{
    e->state = "exited";
    e->exit = why;
    e->hold_reason = NULL;
}

static void keep_held(struct enrollment *e, const char *why, int64_t until_ms)
{
    e->state = "held";
    e->hold_reason = why;
    e->due_at = until_ms;
}

/* What this sequence does when a person answers. */
static void hold_for_reply(const struct effects *env, const struct prospect *prospect,
                           const struct sequence *sequence, struct enrollment *e)
{
    int64_t until = sequence->resumes
                        ? wait_from(&sequence->resume_after, env->now, zone_of(env, prospect))
                        : env->now + 3650 * DAY_MS;

    if (sequence->on_reply.human == ON_REPLY_STOP)
        end(e, "replied");
    else
        keep_held(e, "reply", until);
}

static void hold_for_absence(const struct effects *env, const struct prospect *prospect,
                             const struct sequence *sequence, struct enrollment *e, int64_t back_ms)
{
    int64_t until = back_ms > env->now ? back_ms : business_days(env, prospect, 5);

    if (sequence->on_reply.out_of_office == ON_REPLY_IGNORE)
        return;
    if (sequence->on_reply.out_of_office == ON_REPLY_STOP)
        end(e, "out_of_office");
    else if (until > e->due_at)
        keep_held(e, "out_of_office", until);
}

struct hold {
    enum hold_cause cause;
    int64_t until_ms;
};

static int hold_one(const struct effects *env, const struct prospect *prospect,
                    struct enrollment *e, const struct hold *hold, struct err *err)
{
    const struct sequence *sequence = catalog_sequence(env->catalog, e->sequence, e->version, err);

    if (!sequence || take_back(env, e, "held before another try", err) < 0)
        return -1;
    if (hold->cause == HOLD_REPLY)
        hold_for_reply(env, prospect, sequence, e);
    else
        hold_for_absence(env, prospect, sequence, e, hold->until_ms);
    return enrollment_update(env->db, e, err);
}

int effect_hold(const struct effects *env, const struct prospect *prospect, enum hold_cause cause,
                int64_t until_ms, struct err *err)
{
    const struct hold hold = { .cause = cause, .until_ms = until_ms };
    struct enrollment *rows;
    int count = enrollments_of(env->db, prospect->id, env->arena, &rows, err);

    for (int i = 0; i < count; i++)
        if (in_play(&rows[i]) && hold_one(env, prospect, &rows[i], &hold, err) < 0)
            return -1;
    return count < 0 ? -1 : 0;
}

int effect_resume(const struct effects *env, const struct prospect *prospect, struct err *err)
{
    struct enrollment *rows;
    int count = enrollments_of(env->db, prospect->id, env->arena, &rows, err);

    for (int i = 0; i < count; i++) {
        const struct sequence *sequence;
        if (strcmp(rows[i].state, "held") != 0)
            continue;
        sequence = catalog_sequence(env->catalog, rows[i].sequence, rows[i].version, err);
        if (!sequence)
            return -1;
        rows[i].state = "active";
        rows[i].hold_reason = NULL;
        rows[i].due_at =
            (size_t)rows[i].step < sequence->step_count
                ? planner_due(sequence, (size_t)rows[i].step, zone_of(env, prospect), env->now)
                : env->now;
        if (enrollment_update(env->db, &rows[i], err) < 0)
            return -1;
    }
    return count < 0 ? -1 : 0;
}

int effect_exit(const struct effects *env, const struct prospect *prospect, const char *why,
                struct err *err)
{
    struct enrollment *rows;
    int count = enrollments_of(env->db, prospect->id, env->arena, &rows, err);

    for (int i = 0; i < count; i++) {
        if (!in_play(&rows[i]))
            continue;
        if (take_back(env, &rows[i], why, err) < 0)
            return -1;
        end(&rows[i], why);
        if (enrollment_update(env->db, &rows[i], err) < 0)
            return -1;
    }
    return count < 0 ? -1 : 0;
}

static int suppress(const struct effects *env, const struct prospect *prospect,
                    const struct opt_out *o, const struct address *address, struct err *err)
{
    const struct suppression row = { .kind = address->kind,
                                     .key = address->key,
                                     .channel = o->everything ? "" : o->channel,
                                     .cause = o->cause,
                                     .evidence = o->evidence,
                                     .prospect_id = prospect->id };

    return suppression_add(env->db, &row, env->now, err);
}

/* Is this address one the opt-out speaks of? */
static bool covers(const struct opt_out *o, const struct address *address)
{
    const char *kind = workspace_address_kind(o->channel);

    return o->everything || (kind && strcmp(kind, address->kind) == 0);
}

int effect_opt_out(const struct effects *env, struct prospect *prospect,
                   const struct opt_out *opt_out, struct err *err)
{
    struct address *addresses;
    int count = addresses_of(env->db, &(struct address_query){ prospect, env->now }, env->arena,
                             &addresses, err);

    if (count < 0)
        return -1;
    if (opt_out->key) {
        const struct address said = { .kind = opt_out->kind, .key = opt_out->key };
        if (suppress(env, prospect, opt_out, &said, err) < 0)
            return -1;
    }
    for (int i = 0; i < count; i++)
        if (covers(opt_out, &addresses[i]) &&
            suppress(env, prospect, opt_out, &addresses[i], err) < 0)
            return -1;
    if (opt_out->everything && !prospect->opted_out_at) {
        prospect->opted_out_at = env->now;
        if (prospect_set_following(env->db, prospect, env->now, err) < 0)
            return -1;
    }
    return effect_exit(env, prospect,
                       strcmp(opt_out->cause, "complaint") == 0 ? "complained" : "opted_out", err);
}

int effect_switch(const struct effects *env, struct prospect *prospect,
                  const struct switch_wish *wish, struct err *err)
{
    const struct switch_row row = {
        .slot = prospect->slot,
        .id = id_next(&env->workspace->clock, prospect->slot),
        .prospect_id = prospect->id,
        .from_channel = wish->from,
        .to_channel = wish->to,
        .reason = wish->reason,
        .message_id = wish->message_id,
        .at = env->now,
    };
    bool moves = !wish->from || !wish->to || strcmp(wish->from, wish->to) != 0;

    prospect->preferred_channel = wish->to;
    prospect->preferred_message_id = wish->message_id;
    prospect->preferred_at = env->now;
    if (prospect_set_following(env->db, prospect, env->now, err) < 0)
        return -1;
    if (!moves)
        return 0;
    return switch_insert(env->db, &row, err) < 0 ? -1 : 1;
}

int effect_undo_switch(const struct effects *env, struct prospect *prospect, const char *by,
                       struct err *err)
{
    struct switch_row *rows;
    int count = switches_of(env->db, prospect->id, env->arena, &rows, err);

    for (int i = 0; i < count; i++) {
        if (rows[i].undone_by)
            continue;
        prospect->preferred_channel = rows[i].from_channel;
        prospect->preferred_message_id = 0;
        prospect->preferred_at = env->now;
        if (switch_undo(env->db, rows[i].id, by, env->now, err) < 0 ||
            prospect_set_following(env->db, prospect, env->now, err) < 0)
            return -1;
        return 1;
    }
    return count < 0 ? -1 : 0;
}
