/* core/engine/inbox_machine.c - what follows from machine mail: bounces, complaints, automatic replies, receipts. None of it ever
 * moves the preferred channel. */
#include <stdio.h>

#include "core/base/log.h"
#include "core/base/text.h"
#include "core/engine/inbox_inside.h"
#include "core/store/touches.h"

#define BLOCK_PAUSE_MS HOUR_MS

static int mark_bounced(struct heard *a, struct err *err)
{
    if (!a->match.touch)
        return 0;
    return touch_receipt(a->inbox->effects.db, a->match.touch, "bounced", a->inbound->at, err) < 0
               ? -1
               : 0;
}

/* 5.7.x and its like are about us: our sender rests, the prospect is not punished. */
static int pause_our_sender(struct heard *a, const struct bounce_recipient *who, struct err *err)
{
    struct planner *planner = a->inbox->planner;
    struct touch touch;

    if (!a->match.touch ||
        touch_get(a->inbox->effects.db, a->match.touch, inbox_arena(a), &touch, err) != 1)
        return 0;
    for (size_t i = 0; i < planner->workspace->sender_count; i++) {
        struct sender_pace *pace = &planner->paces[i];
        if (strcmp(pace->sender->name, touch.sender) != 0)
            continue;
        pace->paused_until = a->inbox->effects.now + BLOCK_PAUSE_MS;
        snprintf(pace->reason, sizeof(pace->reason), "%.*s", (int)sizeof(pace->reason) - 1,
                 who->diagnostic);
        pace->changed = true;
        log_warn("sender_blocked", "sender=%s reason=%s", touch.sender, who->diagnostic);
    }
    return 0;
}

static int suppress_address(struct heard *a, const struct bounce_recipient *who, int64_t until_ms,
                            struct err *err)
{
    const struct suppression row = {
        .kind = "email",
        .key = text_address_key(inbox_arena(a), "email", span_of(who->address)),
        .channel = "",
        .cause = "bounce",
        .evidence = arena_printf(inbox_arena(a), "%s %s", who->status, who->diagnostic),
        .prospect_id = a->prospect.id,
        .until_ms = until_ms,
    };

    return row.key ? suppression_add(a->inbox->effects.db, &row, a->inbox->effects.now, err) : 0;
}

/* Only addresses that we wrote to: a bounce is easily forged. */
static bool is_theirs(struct heard *a, const struct bounce_recipient *who, struct err *err)
{
    struct address *addresses;
    const char *key = text_address_key(inbox_arena(a), "email", span_of(who->address));
    int count = a->known
                    ? addresses_of(a->inbox->effects.db,
                                   &(struct address_query){ &a->prospect, a->inbox->effects.now },
                                   inbox_arena(a), &addresses, err)
                    : 0;

    for (int i = 0; key && i < count; i++)
        if (strcmp(addresses[i].kind, "email") == 0 && strcmp(addresses[i].key, key) == 0)
            return true;
    return false;
}

int inbox_hear_bounce(struct heard *a, struct err *err)
{
    for (size_t i = 0; i < a->reading.bounced_count; i++) {
        const struct bounce_recipient *who = &a->reading.bounced[i];
        int rc = 0;
        if (!who->failed)
            continue;
        if (who->severity == BOUNCE_BLOCK)
            rc = pause_our_sender(a, who, err);
        else if (who->severity != BOUNCE_SOFT && is_theirs(a, who, err))
            rc = suppress_address(
                a, who, who->severity == BOUNCE_HOLD ? a->inbox->effects.now + 30 * DAY_MS : 0,
                err);
        if (rc < 0)
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
    if (!a->known)
        return 0;
    if (a->match.touch &&
        touch_receipt(a->inbox->effects.db, a->match.touch, "complained", a->inbound->at, err) < 0)
        return -1;
    return effect_opt_out(&a->inbox->effects, &a->prospect, &everything, err);
}

int inbox_hear_auto_reply(struct heard *a, struct err *err)
{
    struct response response;

    if (!a->known)
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
