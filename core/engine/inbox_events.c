/* core/engine/inbox_events.c - what comes in without a mail: webhooks, each of whose events is an answer or a receipt, and
 * one-click unsubscribes. */
#include "core/base/id.h"
#include "core/engine/envelope.h"
#include "core/engine/inbox_inside.h"
#include "core/net/httpd.h"
#include "core/store/touches.h"

/* ---- webhooks ---- */

struct event_sink {
    struct channel_sink base;
    struct inbox *inbox;
    const struct inbound *inbound;
    const struct sender *sender;
    bool wait; /* a receipt came before what it is about */
    int rc;
    struct err *err;
};

static int hear_event(struct event_sink *s, const struct channel_event *event)
{
    struct inbox *inbox = s->inbox;
    struct heard *a = arena_alloc(inbox->effects.arena, sizeof(*a));
    const struct reading_env env = inbox_reading_env(inbox, s->inbound->at);

    *a = (struct heard){ .inbox = inbox,
                         .inbound = s->inbound,
                         .channel = s->sender->channel,
                         .sender = s->sender->name,
                         .external_id = event->event_id };
    reading_of_text(span_of(event->text ? event->text : ""), a->channel, &env, inbox->effects.arena,
                    &a->reading);
    a->reading.from_name = event->from_name;
    match_inbound_of_reading(&a->reading, &a->question);
    a->question.channel = a->channel;
    a->question.kind = a->reading.kind;
    a->question.from = event->from;
    a->question.our = event->to ? event->to : s->sender->account->address;
    a->question.thread_id = event->thread_id;
    a->question.received_ms = s->inbound->at;
    return inbox_hear(a, s->err);
}

static int find_touch(struct event_sink *s, const struct channel_event *event, int64_t *touch_id)
{
    struct inbox *inbox = s->inbox;
    struct token token;

    *touch_id = 0;
    if (event->key &&
        token_read(&inbox->effects.workspace->tokens, span_of(event->key), &token) == TOKEN_OK) {
        *touch_id = token.id;
        return 1;
    }
    return event->provider_id ? provider_ref_find(inbox->effects.db, s->sender->name,
                                                  event->provider_id, touch_id, s->err)
                              : 0;
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
static int mirror_opt_out(struct event_sink *s, const struct touch *touch)
{
    struct effects *env = &s->inbox->effects;
    struct prospect prospect;
    const struct opt_out opt_out = { .channel = touch->channel,
                                     .cause = "provider",
                                     .evidence = inbox_id(env->arena, "to", touch->id) };
    int found = prospect_get(env->db, touch->prospect_id, env->arena, &prospect, s->err);

    return found == 1 ? effect_opt_out(env, &prospect, &opt_out, s->err) : found;
}

/* Some providers tell of an opt-out by the person's address alone. */
static int mirror_by_address(struct event_sink *s, const char *address)
{
    struct effects *env = &s->inbox->effects;
    const struct address named = { .kind = workspace_address_kind(s->sender->channel),
                                   .key = address };
    const struct opt_out opt_out = { .channel = s->sender->channel, .cause = "provider" };
    struct identity *who;
    int count = named.kind ? identity_find(env->db, &named, env->arena, &who, s->err) : 0;

    for (int i = 0; i < count; i++) {
        struct prospect prospect;
        if (prospect_get(env->db, who[i].prospect_id, env->arena, &prospect, s->err) != 1 ||
            effect_opt_out(env, &prospect, &opt_out, s->err) < 0)
            return -1;
    }
    return count < 0 ? -1 : 0;
}

static int hear_status(struct event_sink *s, const struct channel_event *event)
{
    struct effects *env = &s->inbox->effects;
    const char *state = delivery_states[event->delivery];
    struct touch_result sent = { .state = "sent",
                                 .reason = "resolved by a receipt",
                                 .provider_id = event->provider_id,
                                 .sent_at = s->inbound->at };
    struct touch touch;
    int64_t id;
    int found;

    if (event->delivery == DELIVERY_OPTED_OUT && !event->key && !event->provider_id && event->to)
        return mirror_by_address(s, event->to);
    found = find_touch(s, event, &id);
    if (found == 1)
        found = touch_get(env->db, id, env->arena, &touch, s->err);
    s->wait = s->wait || found == 0;
    if (found != 1 || !state)
        return found < 0 ? -1 : 0;
    sent.slot = touch.slot;
    sent.id = touch.id;
    /* On the wire: the provider knows of it before our own record of the send is written. */
    if (touch_move(env->db, &sent, ",unsure,wire,", s->err) < 0 ||
        touch_receipt(env->db, touch.id, state, s->inbound->at, s->err) < 0)
        return -1;
    return event->delivery == DELIVERY_OPTED_OUT ? mirror_opt_out(s, &touch) : 0;
}

static void on_event(const struct channel_sink *base, const struct channel_event *event)
{
    struct event_sink *s = (struct event_sink *)base;
    int first = 1;

    if (s->rc < 0)
        return;
    if (event->kind == CHANNEL_STATUS) {
        s->rc = hear_status(s, event);
        return;
    }
    if (event->event_id)
        first = seen_first(
            s->inbox->effects.db,
            arena_printf(s->inbox->effects.arena, "event:%s:%s", s->sender->name, event->event_id),
            s->inbox->effects.now, s->err);
    s->rc = first == 1 ? hear_event(s, event) : first;
}

/* A receipt may overtake our own record of the send; it waits an hour at most. */
static const char *state_after(const struct event_sink *s)
{
    bool young = s->inbox->effects.now - s->inbound->at < HOUR_MS;

    return s->wait && young ? "waiting" : "done";
}

int inbox_webhook(struct inbox *inbox, struct inbound *in, struct err *err)
{
    struct sender *sender =
        workspace_sender(inbox->effects.workspace, in->source + strlen("webhook:"));
    struct event_sink sink = { .base = { .emit = on_event, .scratch = inbox->effects.arena },
                               .inbox = inbox,
                               .inbound = in,
                               .sender = sender,
                               .err = err };
    struct httpd_request request;
    struct channel_ack ack;
    struct err why = { 0 };

    if (!sender || !sender->account->channel->webhook)
        inbox_close(in, "unreadable", "no such sender any more");
    else if (envelope_open(in, inbox->effects.arena, &request, &why) < 0 ||
             sender->account->channel->webhook(sender->account, &request, &sink.base, &ack, &why) <
                 0)
        inbox_close(in, "unreadable", arena_dup(inbox->effects.arena, why.text));
    else
        inbox_close(in, state_after(&sink), NULL);
    return sink.rc;
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
