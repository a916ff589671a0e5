/* core/engine/effects.c - see effects.h. */
#include "core/engine/effects.h"

#include <stdio.h>

#include "core/base/id.h"
#include "core/engine/planner.h"
#include "core/store/follow.h"
#include "core/store/touches.h"

int effect_enrollments(const struct effects *env, int64_t prospect_id, struct enrollment **out,
                       struct err *err)
{
    const struct enrollments *at_hand = env->enrollments;
    bool theirs = at_hand && at_hand->prospect_id == prospect_id;

    if (!theirs)
        return enrollments_of(env->db, prospect_id, env->arena, out, err);
    *out = at_hand->rows;
    return at_hand->count;
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

static const char *moment(const struct effects *env, const struct prospect *prospect, int64_t at_ms)
{
    char text[40];

    return at_ms - env->now >= RESPOND_FOREVER_MS / 2
               ? "a person decides"
               : arena_dup(env->arena, zone_human(zone_of(env, prospect), at_ms, text));
}

/* why: what is written now, so that a later change is told from it. */
static cJSON *enrollment_was(const struct enrollment *e, const char *why)
{
    cJSON *was = cJSON_CreateObject();

    json_add_text(was, "state", e->state);
    json_add_int(was, "due", e->due_at);
    json_add_text(was, "hold", e->hold_reason);
    json_add_text(was, "exit", e->exit);
    json_add_text(was, "why", why);
    return was;
}

static int end(const struct effects *env, const struct prospect *prospect, struct enrollment *e,
               const char *why, struct err *err)
{
    const struct effect_note note = {
        .kind = "exit",
        .about = e->id,
        .what = arena_printf(env->arena, "%s ended: %s", e->sequence, why),
        .was = enrollment_was(e, why),
    };

    e->state = "exited";
    e->exit = why;
    e->hold_reason = NULL;
    return effect_note(env, prospect, &note, err);
}

static int keep_held(const struct effects *env, const struct prospect *prospect,
                     struct enrollment *e, const struct respond_verdict *verdict, struct err *err)
{
    const struct effect_note note = {
        .kind = "hold",
        .about = e->id,
        .what = arena_printf(env->arena, "%s held (%s) until %s", e->sequence, verdict->why,
                             moment(env, prospect, verdict->until_ms)),
        .was = enrollment_was(e, verdict->why),
    };

    e->state = "held";
    e->hold_reason = verdict->why;
    e->due_at = verdict->until_ms;
    return effect_note(env, prospect, &note, err);
}

/* ---- what a response does ---- */

#define IN_PLAY_MAX 100 /* of one prospect: as many as enrollments_of() gives */

struct acting { /* one response on its way */
    const struct effects *env;
    struct prospect *prospect;
    const struct response *response;
    int64_t touch_id;
    const struct sequence *sequences[IN_PLAY_MAX];
    size_t count;
};

static int act_on(const struct acting *a, struct enrollment *e, const struct sequence *sequence,
                  struct err *err)
{
    const struct respond_enrollment asked = { .sequence = sequence,
                                              .held = strcmp(e->state, "held") == 0,
                                              .due_ms = e->due_at,
                                              .now_ms = a->env->now,
                                              .zone = zone_of(a->env, a->prospect) };
    struct respond_verdict verdict;

    respond_apply(a->response, &asked, &verdict);
    if (sequence->on_reply[a->response->sort] == ON_REPLY_IGNORE)
        return 0; /* it goes on as planned, with what waits for another try */
    if (take_back(a->env, e, "held before another try", err) < 0)
        return -1;
    if (verdict.act == RESPOND_EXIT && end(a->env, a->prospect, e, verdict.why, err) < 0)
        return -1;
    if (verdict.act == RESPOND_HOLD && keep_held(a->env, a->prospect, e, &verdict, err) < 0)
        return -1;
    return enrollment_update(a->env->db, e, err);
}

static int act_on_all(struct acting *a, struct err *err)
{
    struct enrollment *rows;
    int count = effect_enrollments(a->env, a->prospect->id, &rows, err);

    for (int i = 0; i < count; i++) {
        const struct sequence *sequence;
        if (!enrollment_in_play(&rows[i]))
            continue;
        sequence = catalog_sequence(a->env->catalog, rows[i].sequence, rows[i].version, err);
        if (!sequence || (a->response->holds && act_on(a, &rows[i], sequence, err) < 0))
            return -1;
        if (a->count < IN_PLAY_MAX)
            a->sequences[a->count++] = sequence;
    }
    return count < 0 ? -1 : 0;
}

static int let_rest(const struct acting *a, struct err *err)
{
    struct prospect *p = a->prospect;
    struct effect_note note = { .kind = "rest" };

    if (a->response->rest_until_ms <= p->rest_until)
        return 0;
    note.what = arena_printf(a->env->arena, "no other sequence until %s",
                             moment(a->env, p, a->response->rest_until_ms));
    note.was = cJSON_CreateObject();
    json_add_int(note.was, "until", p->rest_until);
    json_add_int(note.was, "now", a->response->rest_until_ms);
    p->rest_until = a->response->rest_until_ms;
    if (prospect_set_following(a->env->db, p, a->env->now, err) < 0) {
        cJSON_Delete(note.was);
        return -1;
    }
    return effect_note(a->env, p, &note, err);
}

static int open_tasks(const struct acting *a, struct err *err)
{
    for (size_t i = 0; i < a->response->task_count; i++) {
        const struct respond_task *wanted = &a->response->tasks[i];
        const struct task task = { .touch_id = a->touch_id,
                                   .kind = wanted->kind,
                                   .text = wanted->text,
                                   .due_at = wanted->due_ms };
        if (respond_wants(a->response, wanted, a->sequences, a->count) &&
            effect_task(a->env, a->prospect, &task, err) < 0)
            return -1;
    }
    return 0;
}

int effect_respond(const struct effects *env, struct prospect *prospect,
                   const struct response *response, int64_t touch_id, struct err *err)
{
    struct acting a = {
        .env = env, .prospect = prospect, .response = response, .touch_id = touch_id
    };

    if (act_on_all(&a, err) < 0 || let_rest(&a, err) < 0)
        return -1;
    return open_tasks(&a, err);
}

/* ---- after an answer of ours ---- */

/* A date is a promise: "in March" is confirmed by our answer, not undone by it; and who is away reads it when they are back. */
static bool is_promised(const struct enrollment *e, int64_t now)
{
    bool dated =
        e->hold_reason && (strcmp(e->hold_reason, reply_sort_name(REPLY_NOT_NOW)) == 0 ||
                           strcmp(e->hold_reason, reply_sort_name(REPLY_OUT_OF_OFFICE)) == 0);

    return dated && e->due_at > now && e->due_at - now < RESPOND_FOREVER_MS / 2;
}

/* Nothing runs ahead of a contact for which they named a time: the latest one, or now. */
static int next_contact(const struct effects *env, const struct prospect *prospect, int64_t *out,
                        struct err *err)
{
    struct task *rows;
    int count = tasks_of(env->db, prospect->id, env->arena, &rows, err);

    *out = env->now;
    for (int i = 0; i < count; i++)
        if (rows[i].message_id && rows[i].due_at > *out)
            *out = rows[i].due_at;
    return count < 0 ? -1 : 0;
}

static int resume(const struct effects *env, const struct prospect *prospect, struct enrollment *e,
                  int64_t from_ms, struct err *err)
{
    const struct sequence *sequence = catalog_sequence(env->catalog, e->sequence, e->version, err);

    if (!sequence)
        return -1;
    e->state = "active";
    e->hold_reason = NULL;
    e->due_at = (size_t)e->step < sequence->step_count
                    ? planner_due(sequence, (size_t)e->step, zone_of(env, prospect), from_ms)
                    : env->now;
    return enrollment_update(env->db, e, err);
}

int effect_resume(const struct effects *env, const struct prospect *prospect, struct err *err)
{
    struct enrollment *rows;
    int64_t from_ms;
    int count = effect_enrollments(env, prospect->id, &rows, err);

    if (count < 0 || next_contact(env, prospect, &from_ms, err) < 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (strcmp(rows[i].state, "held") == 0 && !is_promised(&rows[i], env->now) &&
            resume(env, prospect, &rows[i], from_ms, err) < 0)
            return -1;
    return 0;
}

int effect_exit(const struct effects *env, const struct prospect *prospect, const char *why,
                struct err *err)
{
    struct enrollment *rows;
    int count = effect_enrollments(env, prospect->id, &rows, err);

    for (int i = 0; i < count; i++) {
        if (!enrollment_in_play(&rows[i]))
            continue;
        if (take_back(env, &rows[i], why, err) < 0)
            return -1;
        if (end(env, prospect, &rows[i], why, err) < 0 ||
            enrollment_update(env->db, &rows[i], err) < 0)
            return -1;
    }
    return count < 0 ? -1 : 0;
}

static cJSON *following_was(const struct prospect *prospect)
{
    cJSON *was = cJSON_CreateObject();

    json_add_text(was, "channel", prospect->preferred_channel);
    json_add_int(was, "message", prospect->preferred_message_id);
    json_add_int(was, "at", prospect->preferred_at);
    return was;
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
    const struct effect_note note = {
        .kind = "switch",
        .about = moves ? row.id : 0,
        .what = moves ? arena_printf(env->arena, "followed on %s instead of %s",
                                     wish->to ? wish->to : "the sequence's order",
                                     wish->from ? wish->from : "the sequence's order")
                      : arena_printf(env->arena, "still followed on %s", wish->to),
        .was = following_was(prospect),
    };

    if (effect_note(env, prospect, &note, err) < 0)
        return -1;
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
