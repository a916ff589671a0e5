/* core/engine/claim.c - see claim.h. Suppression is read inside this same transaction: an opt-out that was committed first
 * always wins (P1). */
#include "core/engine/claim.h"

#include <stdio.h>

#include "core/base/text.h"
#include "core/engine/respond.h"
#include "core/store/follow.h"
#include "core/store/inbounds.h"

#define PER_SLOT 256
#define LOOK_AGAIN_MS HOUR_MS /* at what is broken: unknown sequence, bad template */
/* A plan that finds its sender busy costs as much as one that goes out: after so many the rest waits for results. */
#define BUSY_LOOKS 256
#define WAITS_MS (5 * SECOND_MS) /* business: how long a busy sender is remembered */

static bool may_go_on(const struct claim *claim)
{
    return claim->budget > 0 && claim->busy < BUSY_LOOKS;
}

static bool is_busy(const struct sender_pace *pace)
{
    return pace->room && pace->in_air >= pace->room;
}

static void note_busy(struct claim *claim, int slot, const struct sender_pace *pace)
{
    claim->busy++;
    claim->waits[slot] = (uint16_t)(pace - claim->planner->paces + 1);
}

/* Others may have become due there, whose sender is free. */
static void forget_waits(struct claim *claim)
{
    if (claim->now < claim->looks_again_at)
        return;
    memset(claim->waits, 0, sizeof(claim->waits));
    claim->looks_again_at = claim->now + WAITS_MS;
}

/* A look into a slot whose sender is as busy as before would be wasted. */
static bool still_waits(const struct claim *claim, int slot)
{
    return claim->waits[slot] && is_busy(&claim->planner->paces[claim->waits[slot] - 1]);
}

static void put_in_batch(struct claim *claim, struct sender_pace *pace, const struct touch *touch)
{
    size_t at = (size_t)(pace - claim->planner->paces);
    struct batch **place = &claim->filling[at];

    if (!*place)
        *place = batch_create(pace->sender);
    batch_add(*place, claim->planner->workspace, touch, -1);
    claim->budget--;
    if ((*place)->count == (*place)->room) {
        (*place)->next = claim->full;
        claim->full = *place;
        *place = NULL;
    }
}

static int use_up_wish(struct claim *claim, const struct subject *subject, struct err *err)
{
    struct prospect prospect = subject->prospect;

    prospect.wish_channel = NULL;
    prospect.wish_once = prospect.wish_only = false;
    prospect.wish_message_id = 0;
    return prospect_set_following(claim->planner->db, &prospect, claim->now, err);
}

static int make_touch(struct claim *claim, const struct subject *subject,
                      struct enrollment *enrollment, struct plan *plan, struct err *err)
{
    int inserted = touch_insert(claim->planner->db, &plan->touch, err);

    if (inserted < 0 || (plan->wish_used && use_up_wish(claim, subject, err) < 0))
        return -1;
    enrollment->step = plan->next_step;
    enrollment->hold_reason = NULL;
    enrollment->state = plan->next_due_ms == INT64_MAX ? "done" : "active";
    enrollment->exit = plan->next_due_ms == INT64_MAX ? "exhausted" : NULL;
    enrollment->due_at = plan->next_due_ms == INT64_MAX ? claim->now : plan->next_due_ms;
    if (enrollment_update(claim->planner->db, enrollment, err) < 0)
        return -1;
    if (inserted)
        put_in_batch(claim, plan->pace, &plan->touch);
    else
        plan->pace->in_air--; /* that step has its touch: nothing is sent twice */
    return 0;
}

static int hold(struct claim *claim, struct enrollment *enrollment, const struct plan *plan,
                struct err *err)
{
    const struct task task = {
        .slot = enrollment->slot,
        .id = id_next(&claim->planner->workspace->clock, enrollment->slot),
        .prospect_id = enrollment->prospect_id,
        .enrollment_id = enrollment->id,
        .kind = "held",
        .text = plan->reason,
        .created_at = claim->now,
    };
    int open = task_is_open(claim->planner->db, enrollment->id, "held", err);

    enrollment->state = "held";
    enrollment->hold_reason = plan->reason;
    enrollment->due_at = plan->at_ms;
    if (open < 0 || enrollment_update(claim->planner->db, enrollment, err) < 0)
        return -1;
    return open ? 0 : task_insert(claim->planner->db, &task, err);
}

static int carry_out(struct claim *claim, const struct subject *subject,
                     struct enrollment *enrollment, struct plan *plan, struct err *err)
{
    bool was_held = enrollment->hold_reason && plan->kind != PLAN_HOLD;

    if (was_held &&
        task_settle_kind(claim->planner->db, enrollment->id, "held", claim->now, err) < 0)
        return -1;
    switch (plan->kind) {
    case PLAN_TOUCH:
        return make_touch(claim, subject, enrollment, plan, err);
    case PLAN_HOLD:
        return hold(claim, enrollment, plan, err);
    case PLAN_DONE:
        enrollment->state = "done";
        enrollment->exit = "exhausted";
        break;
    case PLAN_LATER:
        if (plan->busy) {
            note_busy(claim, enrollment->slot, plan->pace);
            return 0; /* still due: asked again when results have come */
        }
        enrollment->state = "active";
        enrollment->due_at = plan->at_ms;
        break;
    }
    enrollment->hold_reason = NULL;
    return enrollment_update(claim->planner->db, enrollment, err);
}

/* What is broken in the plan itself holds this enrollment and nobody else's. */
static int plan_one(struct claim *claim, struct enrollment *enrollment, struct err *err)
{
    struct subject subject = { .arena = claim->arena };
    struct plan plan;
    struct err why = { 0 };
    int found = subject_read(claim->planner->db, claim->planner->workspace, enrollment->prospect_id,
                             &subject, err);

    if (found < 0)
        return -1;
    if (found == 0) {
        enrollment->state = "exited";
        enrollment->exit = "no such prospect";
        return enrollment_update(claim->planner->db, enrollment, err);
    }
    if (planner_next(claim->planner, &subject, enrollment, &plan, &why) < 0) {
        if (why.code == ERR_STORE || why.code == ERR_BUSY)
            return err_set(err, why.code, "%s", why.text);
        plan = (struct plan){ .kind = PLAN_HOLD,
                              .at_ms = claim->now + LOOK_AGAIN_MS,
                              .reason = why.text };
    }
    return carry_out(claim, &subject, enrollment, &plan, err);
}

/* ---- tries again ---- */

static int cancel(struct claim *claim, const struct touch *touch, const char *why, struct err *err)
{
    const struct touch_result to = {
        .slot = touch->slot, .id = touch->id, .state = "cancelled", .reason = why
    };

    return touch_move(claim->planner->db, &to, ",due,retry,", err) < 0 ? -1 : 0;
}

static int is_barred(struct claim *claim, const struct touch *touch, struct err *err)
{
    const char *kind = workspace_address_kind(touch->channel);
    const struct suppression asked = {
        .kind = kind,
        .key = kind ? text_address_key(claim->arena, kind, span_of(touch->address)) : NULL,
        .channel = touch->channel,
    };

    return asked.key ? suppression_bars(claim->planner->db, &asked, claim->now, err) : 0;
}

static int postpone(struct claim *claim, const struct touch *touch, int64_t until, struct err *err)
{
    const struct touch_result to = {
        .slot = touch->slot, .id = touch->id, .state = "retry", .retry_at = until
    };

    return touch_move(claim->planner->db, &to, ",due,retry,", err) < 0 ? -1 : 0;
}

/* Its step is planned again when the sequence goes on. */
static int step_back(struct claim *claim, struct enrollment *e, const struct touch *touch,
                     struct err *err)
{
    if (touch->step >= e->step)
        return 0;
    e->step = touch->step;
    return enrollment_update(claim->planner->db, e, err);
}

/* Did a person answer after it was made? 1, 0 or -1. */
static int is_answered(struct claim *claim, const struct touch *touch, struct err *err)
{
    struct message_row answer;
    int found =
        message_newest_human(claim->planner->db, touch->prospect_id, claim->arena, &answer, err);

    return found == 1 ? answer.at > touch->created_at : found;
}

/* While it was on the wire, an answer may have held or ended its sequence: what came back is not sent after it. *why NULL = it goes.
 * 0 or -1. */
static int is_overtaken(struct claim *claim, const struct touch *touch, const char **why,
                        struct err *err)
{
    struct enrollment e;
    int found = touch->enrollment_id ? enrollment_get(claim->planner->db, touch->enrollment_id,
                                                      claim->arena, &e, err)
                                     : 0;
    int answered;

    *why = NULL;
    if (found != 1)
        return found;
    if (strcmp(e.state, "exited") == 0)
        *why = "its sequence ended before another try";
    if (strcmp(e.state, "held") == 0 && respond_is_hold(e.hold_reason)) {
        *why = "held before another try";
        return step_back(claim, &e, touch, err);
    }
    if (strcmp(e.state, "done") != 0)
        return 0;
    answered = is_answered(claim, touch, err);
    if (answered == 1)
        *why = "answered before another try";
    return answered < 0 ? -1 : 0;
}

/* What goes to no address (a letter, a visit) no suppression bars. 1, 0 or -1. */
static int has_opted_out(struct claim *claim, const struct touch *touch, struct err *err)
{
    struct prospect prospect;
    int found = prospect_get(claim->planner->db, touch->prospect_id, claim->arena, &prospect, err);

    return found == 1 ? prospect.opted_out_at != 0 : found;
}

/* Why it is not tried again; *why NULL = it is. 0 or -1. */
static int look_at(struct claim *claim, const struct touch *touch, const char **why,
                   struct err *err)
{
    int barred = is_barred(claim, touch, err);

    if (barred == 0)
        barred = has_opted_out(claim, touch, err);
    *why = "suppressed before another try";
    if (barred != 0)
        return barred < 0 ? -1 : 0;
    return is_overtaken(claim, touch, why, err);
}

static int try_again(struct claim *claim, struct touch *touch, struct err *err)
{
    struct planner *planner = claim->planner;
    struct sender *sender = workspace_sender(planner->workspace, touch->sender);
    struct sender_pace *pace =
        sender ? &planner->paces[sender - planner->workspace->senders] : NULL;
    const char *why;

    if (look_at(claim, touch, &why, err) < 0)
        return -1;
    if (why)
        return cancel(claim, touch, why, err);
    if (!pace)
        return cancel(claim, touch, "its sender is no longer configured", err);
    if (pace->paused_until > claim->now)
        return postpone(claim, touch, pace->paused_until, err);
    if (is_busy(pace)) {
        note_busy(claim, touch->slot, pace);
        return 0;
    }
    if (touch_put_on_wire(planner->db, touch->id, planner->epoch, err) != 1)
        return -1;
    touch->tries++;
    pace->in_air++;
    put_in_batch(claim, pace, touch);
    return 0;
}

static int retry_slot(struct claim *claim, int slot, struct err *err)
{
    const struct due due = { .slot = slot, .now = claim->now, .limit = PER_SLOT };
    struct touch *touches;
    int count = touches_to_retry(claim->planner->db, &due, claim->arena, &touches, err);

    for (int i = 0; i < count && may_go_on(claim); i++)
        if (try_again(claim, &touches[i], err) < 0)
            return -1;
    return count < 0 ? -1 : 0;
}

static int plan_slot(struct claim *claim, int slot, struct err *err)
{
    const struct due due = { .slot = slot, .now = claim->now, .limit = PER_SLOT };
    struct enrollment *rows;
    int count = enrollments_due(claim->planner->db, &due, claim->arena, &rows, err);

    for (int i = 0; i < count && may_go_on(claim); i++)
        if (plan_one(claim, &rows[i], err) < 0)
            return -1;
    return count < 0 ? -1 : 0;
}

int claim_due(struct claim *claim, struct err *err)
{
    int slot, turns = 0;

    claim->busy = 0;
    claim->planner->now = claim->now;
    claim->planner->arena = claim->arena;
    forget_waits(claim);
    while (may_go_on(claim) && turns++ < SLOT_COUNT &&
           (slot = wheel_take(claim->wheel, claim->now)) >= 0) {
        if (still_waits(claim, slot))
            continue;
        claim->waits[slot] = 0;
        arena_reset(claim->arena);
        if (retry_slot(claim, slot, err) < 0 || plan_slot(claim, slot, err) < 0 ||
            wheel_read_slot(claim->wheel, claim->planner->db, slot, err) < 0)
            return -1;
    }
    return 0;
}

struct batch *claim_take_batches(struct claim *claim)
{
    struct batch *list = claim->full;

    for (size_t i = 0; i < claim->planner->workspace->sender_count; i++) {
        if (!claim->filling[i])
            continue;
        claim->filling[i]->next = list;
        list = claim->filling[i];
        claim->filling[i] = NULL;
    }
    claim->full = NULL;
    return list;
}

void claim_forget(struct claim *claim)
{
    struct batch *batch = claim_take_batches(claim);

    while (batch) {
        struct batch *next = batch->next;
        size_t at = (size_t)(batch->sender - claim->planner->workspace->senders);
        claim->planner->paces[at].in_air -= batch->count;
        batch_destroy(batch);
        batch = next;
    }
}
