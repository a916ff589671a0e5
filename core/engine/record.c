/* core/engine/record.c - see record.h. One table says what each status leads to. */
#include "core/engine/record.h"
#include "core/engine/match.h"

#include <stdio.h>

#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/engine/effects.h"
#include "core/store/follow.h"

#define BROKEN_PAUSE_MS (15 * MINUTE_MS)

static struct sender_pace *pace_of(struct planner *planner, const struct sender *sender)
{
    return &planner->paces[sender - planner->workspace->senders];
}

struct landing { /* one result on its way into the store */
    struct recorder *recorder;
    const struct sender *sender;
    const struct touch *touch;
    const struct send_result *result;
};

static int note_attempt(const struct landing *l, const char *result, struct err *err)
{
    const struct attempt attempt = { .at = l->recorder->now,
                                     .result = result,
                                     .reason = l->result->reason };

    return attempt_insert(l->recorder->planner->db, l->touch, &attempt, err);
}

/* A late result changes nothing: only a touch on the wire can land. */
static int move_to(const struct landing *l, const char *state, int64_t retry_at, struct err *err)
{
    const struct touch_result row = {
        .slot = l->touch->slot,
        .id = l->touch->id,
        .state = state,
        .reason = *l->result->reason ? l->result->reason : NULL,
        .provider_id = *l->result->provider_id ? l->result->provider_id : NULL,
        .retry_at = retry_at,
        .sent_at =
            l->result->status == SEND_OK || l->result->status == SEND_UNSURE ? l->recorder->now : 0,
    };

    if (retry_at && l->recorder->wheel->due[l->touch->slot] > retry_at)
        l->recorder->wheel->due[l->touch->slot] = retry_at;
    return touch_record(l->recorder->planner->db, &row, err) < 0 ? -1 : 0;
}

static int open_human_task(const struct landing *l, struct err *err)
{
    const struct task task = {
        .slot = l->touch->slot,
        .id = id_next(&l->recorder->planner->workspace->clock, l->touch->slot),
        .prospect_id = l->touch->prospect_id,
        .touch_id = l->touch->id,
        .enrollment_id = l->touch->enrollment_id,
        .kind = l->touch->channel,
        .text = l->touch->text,
        .created_at = l->recorder->now,
    };

    return task_insert(l->recorder->planner->db, &task, err);
}

/* What an answer will name: the provider's id, of a mail only where it replaces our Message-ID. */
static const char *ref_of(const struct landing *l)
{
    if (strcmp(l->touch->channel, "email") != 0)
        return l->result->provider_id;
    return arena_dup_span(l->recorder->arena, match_assigned_id(l->result->provider_id));
}

static int land_ok(const struct landing *l, struct err *err)
{
    const char *ref = ref_of(l);

    l->recorder->counts->sent++;
    if (l->sender->account->human)
        return open_human_task(l, err) < 0 ? -1 : move_to(l, "sent", 0, err);
    if (*ref &&
        provider_ref_add(l->recorder->planner->db, l->sender->name, ref, l->touch->id, err) < 0)
        return -1;
    return move_to(l, "sent", 0, err);
}

static int land_retry(const struct landing *l, struct err *err)
{
    const struct retry retry = { .kind = policy_retry_kind(l->touch->channel),
                                 .attempt = l->touch->tries,
                                 .first_ms = l->touch->created_at,
                                 .now_ms = l->recorder->now,
                                 .retry_after_ms = l->result->retry_after_ms,
                                 .seed = l->touch->id };
    int64_t next = policy_next_try(&retry);

    if (note_attempt(l, "retry", err) < 0)
        return -1;
    l->recorder->counts->retried++;
    if (next >= 0)
        return move_to(l, "retry", next, err);
    l->recorder->counts->failed++;
    return move_to(l, "failed", 0, err);
}

static int suppress_dead(const struct landing *l, struct err *err)
{
    struct planner *planner = l->recorder->planner;
    const char *kind = workspace_address_kind(l->touch->channel);
    const struct suppression row = {
        .kind = kind,
        .key = kind ? text_address_key(l->recorder->arena, kind, span_of(l->touch->address)) : NULL,
        .channel = l->result->opted_out ? l->touch->channel : "",
        .cause = l->result->opted_out ? "provider" : "bounce",
        .evidence = l->result->reason,
        .prospect_id = l->touch->prospect_id,
    };

    return row.key ? suppression_add(planner->db, &row, l->recorder->now, err) : 0;
}

static int land_refused(const struct landing *l, struct err *err)
{
    l->recorder->counts->failed++;
    if (note_attempt(l, "refused", err) < 0)
        return -1;
    if ((l->result->address_dead || l->result->opted_out) && suppress_dead(l, err) < 0)
        return -1;
    return move_to(l, "failed", 0, err);
}

/* The account itself: it rests, and its touches wait with it. */
static int land_broken(const struct landing *l, struct err *err)
{
    struct sender_pace *pace = pace_of(l->recorder->planner, l->sender);
    int64_t rest =
        l->result->retry_after_ms > BROKEN_PAUSE_MS ? l->result->retry_after_ms : BROKEN_PAUSE_MS;

    if (pace->paused_until <= l->recorder->now)
        log_error("sender_broken", "sender=%s reason=%s", l->sender->name, l->result->reason);
    pace->paused_until = l->recorder->now + rest;
    snprintf(pace->reason, sizeof(pace->reason), "%s", l->result->reason);
    pace->changed = true;
    l->recorder->counts->retried++;
    return note_attempt(l, "broken", err) < 0 ? -1 : move_to(l, "retry", pace->paused_until, err);
}

static int land_unsure(const struct landing *l, struct err *err)
{
    l->recorder->counts->unsure++;
    log_warn("unsure", "sender=%s reason=%s", l->sender ? l->sender->name : "?", l->result->reason);
    return note_attempt(l, "unsure", err) < 0 ? -1 : move_to(l, "unsure", 0, err);
}

static int (*const landings[])(const struct landing *l, struct err *err) = {
    [SEND_OK] = land_ok,         [SEND_RETRY] = land_retry,   [SEND_REFUSED] = land_refused,
    [SEND_BROKEN] = land_broken, [SEND_UNSURE] = land_unsure,
};

/* What was surely not begun is tried again at once, without a back-off and without an attempt row. */
static int put_back(const struct landing *l, struct err *err)
{
    const struct touch_result row = { .slot = l->touch->slot,
                                      .id = l->touch->id,
                                      .state = "retry",
                                      .reason = *l->result->reason ? l->result->reason
                                                                   : "heed was stopped",
                                      .retry_at = l->recorder->now };

    return touch_record(l->recorder->planner->db, &row, err) < 0 ? -1 : 0;
}

int record_batch(struct recorder *recorder, const struct batch *batch, struct err *err)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct landing landing = { .recorder = recorder,
                                         .sender = batch->sender,
                                         .touch = &batch->touches[i],
                                         .result = &batch->results[i] };
        int rc = batch->returned ? put_back(&landing, err)
                                 : landings[batch->results[i].status](&landing, err);
        if (rc < 0)
            return -1;
    }
    return 0;
}

void record_landed(struct planner *planner, struct flight *flight, const struct batch *batch)
{
    struct sender_pace *pace = pace_of(planner, batch->sender);

    pace->in_air -= batch->count < pace->in_air ? batch->count : pace->in_air;
    for (size_t i = 0; i < batch->count; i++)
        if (batch->flight[i] >= 0)
            flight_free(flight, batch->flight[i]);
}

/* ---- after a crash ---- */

static void not_begun(struct send_result *out)
{
    *out = (struct send_result){ .status = SEND_RETRY };
    snprintf(out->reason, sizeof(out->reason), "heed ended before it was begun");
}

static void nobody_knows(struct send_result *out, const char *why)
{
    *out = (struct send_result){ .status = SEND_UNSURE };
    snprintf(out->reason, sizeof(out->reason), "%s", why);
}

static void recall(const struct flight *flight, int64_t touch_id, struct send_result *out)
{
    struct flight_entry entry;
    int known = flight_recall(flight, touch_id, &entry);

    if (known < 0)
        nobody_knows(out, "the machine ended while it was in the air");
    else if (known == 0 || entry.phase == FLIGHT_NOT_BEGUN)
        not_begun(out);
    else if (entry.phase == FLIGHT_ANSWERED)
        *out = entry.result;
    else
        nobody_knows(out, "heed ended while it was in the air");
}

static int land_recovered(struct recorder *recorder, const struct flight *flight,
                          const struct touch *touch, struct err *err)
{
    struct send_result result;
    const struct landing landing = {
        .recorder = recorder,
        .sender = workspace_sender(recorder->planner->workspace, touch->sender),
        .touch = touch,
        .result = &result,
    };

    recall(flight, touch->id, &result);
    if (result.status != SEND_UNSURE && (!landing.sender || result.status == SEND_RETRY))
        return put_back(&landing, err);
    return landings[result.status](&landing, err);
}

int record_recovered(struct recorder *recorder, const struct flight *flight, struct err *err)
{
    struct touch *touches;
    int count = touches_on_wire(recorder->planner->db, recorder->arena, &touches, err);

    for (int i = 0; i < count; i++)
        if (land_recovered(recorder, flight, &touches[i], err) < 0)
            return -1;
    if (count > 0)
        log_warn("recovered", "touches=%d unsure=%lld", count, (long long)recorder->counts->unsure);
    return count < 0 ? -1 : 0;
}
