/* core/engine/inbox_events.c - what comes in without a mail: webhooks, each of whose parts is a message or a receipt, and one-click
 * unsubscribes. */
#include "core/base/id.h"
#include "core/engine/inbox_inside.h"
#include "core/store/touches.h"

/* ---- receipts ---- */

/* The touch a receipt is about: 1, 0 or -1. */
static int find_touch(struct inbox *inbox, const struct inbox_part *part, struct touch *out,
                      struct err *err)
{
    const struct channel_event *event = part->event;
    struct effects *env = &inbox->effects;
    struct token token;
    int64_t id;
    int found;

    if (event->key && token_read(&env->workspace->tokens, span_of(event->key), &token) == TOKEN_OK)
        return touch_get(env->db, token.id, env->arena, out, err);
    found = event->provider_id
                ? provider_ref_find(env->db, part->sender->name, event->provider_id, &id, err)
                : 0;
    return found == 1 ? touch_get(env->db, id, env->arena, out, err) : found;
}

static const char *const delivery_states[] = {
    [DELIVERY_QUEUED] = NULL,
    [DELIVERY_SENT] = "sent",
    [DELIVERY_UNDELIVERED] = "undelivered",
    [DELIVERY_BOUNCED] = "bounced",
    [DELIVERY_DELIVERED] = "delivered",
    [DELIVERY_READ] = "read",
    [DELIVERY_OPTED_OUT] = "undelivered",
};

/* The provider knows of an opt-out that we did not hear: mirror it. */
static int mirror_opt_out(struct inbox *inbox, const struct touch *touch, struct err *err)
{
    struct effects *env = &inbox->effects;
    struct prospect prospect;
    const struct opt_out opt_out = { .channel = touch->channel,
                                     .cause = "provider",
                                     .evidence = inbox_id(env->arena, "to", touch->id) };
    int found = prospect_get(env->db, touch->prospect_id, env->arena, &prospect, err);

    return found == 1 ? effect_opt_out(env, &prospect, &opt_out, err) : found;
}

/* Some providers tell of an opt-out by the person's address alone. */
static int mirror_by_address(struct inbox *inbox, const struct inbox_part *part, struct err *err)
{
    struct effects *env = &inbox->effects;
    const struct address named = { .kind = workspace_address_kind(part->channel),
                                   .key = part->event->to };
    const struct opt_out opt_out = { .channel = part->channel, .cause = "provider" };
    struct identity *who;
    int count = named.kind ? identity_find(env->db, &named, env->arena, &who, err) : 0;

    for (int i = 0; i < count; i++) {
        struct prospect prospect;
        if (prospect_get(env->db, who[i].prospect_id, env->arena, &prospect, err) != 1 ||
            effect_opt_out(env, &prospect, &opt_out, err) < 0)
            return -1;
    }
    return count < 0 ? -1 : 0;
}

static bool names_no_touch(const struct channel_event *event)
{
    return !event->key && !event->provider_id;
}

/* 1, 0 = the touch it is about is not known, -1. */
static int hear_receipt(struct inbox *inbox, const struct inbound *in,
                        const struct inbox_part *part, struct err *err)
{
    const struct channel_event *event = part->event;
    struct effects *env = &inbox->effects;
    const char *state = delivery_states[event->delivery];
    struct touch_result sent = { .state = "sent",
                                 .reason = "resolved by a receipt",
                                 .provider_id = event->provider_id,
                                 .sent_at = in->at };
    struct touch touch;
    int found;

    if (event->delivery == DELIVERY_OPTED_OUT && names_no_touch(event) && event->to)
        return mirror_by_address(inbox, part, err) < 0 ? -1 : 1;
    found = find_touch(inbox, part, &touch, err);
    if (found != 1 || !state)
        return found;
    sent.slot = touch.slot;
    sent.id = touch.id;
    /* On the wire: the provider knows of it before our own record of the send is written. */
    if (touch_move(env->db, &sent, ",unsure,wire,", err) < 0 ||
        touch_receipt(env->db, touch.id, state, in->at, err) < 0)
        return -1;
    return event->delivery == DELIVERY_OPTED_OUT && mirror_opt_out(inbox, &touch, err) < 0 ? -1 : 1;
}

/* ---- webhooks ---- */

static int hear_message(struct inbox *inbox, const struct inbound *in,
                        const struct inbox_part *part, struct err *err)
{
    struct heard *a = arena_raw(inbox->effects.arena, sizeof(*a));
    int first =
        part->identity ? seen_first(inbox->effects.db, part->identity, inbox->effects.now, err) : 1;

    if (first != 1)
        return first;
    inbox_begin(inbox, in, part, a);
    return inbox_hear(a, err);
}

/* A receipt may overtake our own record of the send; it waits an hour at most. */
static bool is_young(const struct inbox *inbox, const struct inbound *in)
{
    return inbox->effects.now - in->at < HOUR_MS;
}

int inbox_webhook(struct inbox *inbox, struct inbound *in, struct err *err)
{
    const struct inbox_content *content = inbox_content_of(inbox, in);
    bool early = false;

    for (const struct inbox_part *part = content->parts; part; part = part->next) {
        bool receipt = part->event->kind == CHANNEL_STATUS;
        int rc = receipt ? hear_receipt(inbox, in, part, err) : hear_message(inbox, in, part, err);
        if (rc < 0)
            return -1;
        early = early || (receipt && rc == 0);
    }
    if (content->broken)
        inbox_close(in, "unreadable", content->broken);
    else if (early && is_young(inbox, in))
        inbox_close(in, "waiting", NULL);
    return 0;
}

/* ---- one-click unsubscribe (RFC 8058): the token in the URL says of which touch ---- */

int inbox_unsubscribe(struct inbox *inbox, struct inbound *in, struct err *err)
{
    struct effects *env = &inbox->effects;
    struct token token;
    struct touch touch = { .id = 0 };
    struct prospect prospect;
    const struct opt_out opt_out = { .channel = "email",
                                     .cause = "opt_out",
                                     .evidence = inbox_id(env->arena, "in", in->id) };
    int found = 0;

    if (token_read(&env->workspace->tokens, in->raw, &token) == TOKEN_OK &&
        token.kind == TOKEN_UNSUBSCRIBE)
        found = touch_get(env->db, token.id, env->arena, &touch, err);
    if (found == 1)
        found = prospect_get(env->db, touch.prospect_id, env->arena, &prospect, err);
    if (found == 1)
        return effect_opt_out(env, &prospect, &opt_out, err);
    inbox_close(in, "done", "no touch by that token");
    return found;
}
