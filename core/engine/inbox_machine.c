/* core/engine/inbox_machine.c - what follows from machine mail: bounces, complaints, automatic replies, receipts. None of it ever
 * moves the preferred channel. */
#include <stdio.h>

#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/engine/inbox_inside.h"
#include "core/store/touches.h"
#include "core/store/traces.h"

#define BLOCK_PAUSE_MS HOUR_MS
#define HOLD_MS (30 * DAY_MS) /* a mailbox that is off or full: then once more */
#define SOFT_BOUNCES 3        /* within SOFT_SPAN_MS are as good as a mailbox that is off */
#define SOFT_SPAN_MS (14 * DAY_MS)

static int mark_bounced(struct heard *a, struct err *err)
{
    if (!a->match.touch)
        return 0;
    return touch_receipt(a->inbox->effects.db, a->match.touch, "bounced", a->inbound->at, err) < 0
               ? -1
               : 0;
}

/* One open task for each sender; about no prospect. */
static int tell_of_block(struct heard *a, const char *sender, const struct bounce_recipient *who,
                         struct err *err)
{
    struct effects *env = &a->inbox->effects;
    struct task task = {
        .slot = id_slot_of(span_of(sender)),
        .kind = "sender",
        .text =
            arena_printf(env->arena,
                         "Mail from %s is refused as blocked: %s %s. It rests for an hour; look "
                         "at SPF, DKIM, blocklists and what it sends.",
                         sender, who->status, who->diagnostic),
        .created_at = env->now,
        .message_id = a->row.id,
    };
    int open = task_is_open_apart(env->db, task.slot, task.kind, err);

    if (open != 0)
        return open < 0 ? -1 : 0;
    task.id = id_next(&env->workspace->clock, task.slot);
    if (task_insert(env->db, &task, err) < 0)
        return -1;
    return effect_note(env, a->known ? &a->prospect : NULL,
                       &(struct effect_note){
                           .kind = "task", .about = task.id, .what = "a task was opened: sender" },
                       err);
}

/* 5.7.x and its like are about us: our sender rests, the prospect is not punished. */
static int pause_our_sender(struct heard *a, const struct bounce_recipient *who, struct err *err)
{
    struct planner *planner = a->inbox->planner;
    struct touch touch;

    if (!a->match.touch ||
        touch_get(a->inbox->effects.db, a->match.touch, inbox_arena(a), &touch, err) != 1)
        return 0;
    for (size_t i = 0; planner && i < planner->workspace->sender_count; i++) {
        struct sender_pace *pace = &planner->paces[i];
        if (strcmp(pace->sender->name, touch.sender) != 0)
            continue;
        pace->paused_until = a->inbox->effects.now + BLOCK_PAUSE_MS;
        snprintf(pace->reason, sizeof(pace->reason), "%.*s", (int)sizeof(pace->reason) - 1,
                 who->diagnostic);
        pace->changed = true;
        log_warn("sender_blocked", "sender=%s reason=%s", touch.sender, who->diagnostic);
    }
    return tell_of_block(a, touch.sender, who, err);
}

static int suppress_address(struct heard *a, const struct bounce_recipient *who, int64_t until_ms,
                            struct err *err)
{
    const struct suppression row = {
        .kind = "email",
        .key = text_address_key(inbox_arena(a), "email", span_of(who->address)),
        .channel = "",
        .cause = "bounce",
        .evidence =
            arena_printf(inbox_arena(a), "%s %s %s", inbox_id(inbox_arena(a), "me", a->row.id),
                         who->status, who->diagnostic),
        .prospect_id = a->prospect.id,
        .until_ms = until_ms,
    };

    return row.key ? effect_suppress(&a->inbox->effects, &a->prospect, &row, err) : 0;
}

/* One more; the third within two weeks bars the address for a while. */
static int count_soft(struct heard *a, const struct bounce_recipient *who, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    const char *key = text_address_key(env->arena, "email", span_of(who->address));
    struct trace_query query = { .prospect_id = a->prospect.id, .since = env->now - SOFT_SPAN_MS };
    struct effect_note note = { .kind = "soft_bounce" };
    int64_t count;

    if (!key)
        return 0;
    note.was = cJSON_CreateObject();
    json_add_text(note.was, "key", key);
    note.what = arena_printf(env->arena, "email %s: a passing failure (%s)", key, who->status);
    query.was = arena_printf(env->arena, "{\"key\":\"%s\"}", key); /* keys hold no quotes */
    if (effect_note(env, &a->prospect, &note, err) < 0 ||
        traces_count_soft(env->db, &query, &count, err) < 0)
        return -1;
    return count >= SOFT_BOUNCES ? suppress_address(a, who, env->now + HOLD_MS, err) : 0;
}

/* The very address that the touch went to, whoever has it by now. */
static bool went_there(const struct heard *a, const char *key)
{
    const char *address =
        a->touch && strcmp(a->touch->channel, "email") == 0
            ? text_address_key(inbox_arena(a), "email", span_of(a->touch->address))
            : NULL;

    return address && strcmp(address, key) == 0;
}

/* Only addresses that we wrote to: a bounce is easily forged. 1, 0 or -1. */
static int is_theirs(struct heard *a, const struct bounce_recipient *who, struct err *err)
{
    struct address *addresses;
    const char *key = text_address_key(inbox_arena(a), "email", span_of(who->address));
    int count;

    if (!key || !a->known)
        return 0;
    if (inbox_touch(a, err) < 0)
        return -1;
    count = addresses_of(a->inbox->effects.db,
                         &(struct address_query){ &a->prospect, a->inbox->effects.now },
                         inbox_arena(a), &addresses, err);
    for (int i = 0; i < count; i++)
        if (strcmp(addresses[i].kind, "email") == 0 && strcmp(addresses[i].key, key) == 0)
            return 1;
    return count < 0 ? -1 : went_there(a, key);
}

/* The address, when it is one of theirs. */
static int bar_or_count(struct heard *a, const struct bounce_recipient *who, struct err *err)
{
    int64_t now = a->inbox->effects.now;
    int theirs = is_theirs(a, who, err);

    if (theirs != 1)
        return theirs;
    if (who->severity == BOUNCE_SOFT)
        return count_soft(a, who, err);
    return suppress_address(a, who, who->severity == BOUNCE_HOLD ? now + HOLD_MS : 0, err);
}

int inbox_hear_bounce(struct heard *a, struct err *err)
{
    for (size_t i = 0; i < a->reading.bounced_count; i++) {
        const struct bounce_recipient *who = &a->reading.bounced[i];
        if (!who->failed)
            continue;
        if ((who->severity == BOUNCE_BLOCK ? pause_our_sender : bar_or_count)(a, who, err) < 0)
            return -1;
    }
    return mark_bounced(a, err);
}

int inbox_hear_complaint(struct heard *a, struct err *err)
{
    const struct opt_out everything = { .channel = a->channel,
                                        .everything = true,
                                        .cause = "complaint",
                                        .evidence = inbox_id(inbox_arena(a), "me", a->row.id) };

    a->row.state = "open";
    /* "Not spam", failed authentication, a virus: news for the operator, no wish of the person. */
    if (!a->known || a->reading.opt_out == OPT_OUT_NONE)
        return 0;
    if (a->match.touch &&
        touch_receipt(a->inbox->effects.db, a->match.touch, "complained", a->inbound->at, err) < 0)
        return -1;
    return effect_opt_out(&a->inbox->effects, &a->prospect, &everything, err);
}

int inbox_hear_auto_reply(struct heard *a, struct err *err)
{
    struct response response;

    if (!a->known || a->match.flags & MATCH_HISTORY) /* an absence from before we ever wrote */
        return 0;
    if (inbox_decide(a, &response, err) < 0)
        return -1;
    return effect_respond(&a->inbox->effects, &a->prospect, &response, a->match.touch, err);
}

int inbox_hear_receipt(struct heard *a, struct err *err)
{
    bool delivered = a->reading.bounced_count > 0 && a->match.touch;

    return delivered && touch_receipt(a->inbox->effects.db, a->match.touch, "delivered",
                                      a->inbound->at, err) < 0
               ? -1
               : 0;
}
