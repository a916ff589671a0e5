/* core/engine/inbox.c - the story of an inbound: bytes -> reading -> whose -> effects (design section 4). Webhooks emit events;
 * each is an answer or a receipt. */
#include "core/engine/inbox.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/sign.h"
#include "core/base/text.h"
#include "core/engine/envelope.h"
#include "core/net/httpd.h"
#include "core/store/follow.h"
#include "core/store/touches.h"

#define BLOCK_PAUSE_MS HOUR_MS

struct answer { /* one message on its way through the effects */
    struct inbox *inbox;
    const struct inbound *inbound;
    const char *channel, *sender; /* where it arrived */
    const char *external_id;      /* to answer in the thread */
    struct reading reading;
    struct match_inbound question;
    struct match_keys keys;
    struct match match;
    struct prospect prospect;
    bool known; /* prospect is filled */
    struct message_row row;
};

static struct arena *arena_of(const struct answer *a)
{
    return a->inbox->effects.arena;
}

static const char *id_in(struct arena *arena, const char *prefix, int64_t id)
{
    char text[ID_TEXT_BYTES];

    return arena_dup(arena, id_text(prefix, id, text));
}

/* ---- whose ---- */

static int find_whose(struct answer *a, struct err *err)
{
    const struct inbox_lookup lookup = { .inbound = &a->question, .sender = a->sender };
    int64_t id;
    int found;

    if (inbox_match(a->inbox, &lookup, &a->keys, &a->match, err) < 0)
        return -1;
    id = a->match.prospect;
    if (!id)
        return 0;
    found = prospect_get(a->inbox->effects.db, id, arena_of(a), &a->prospect, err);
    a->known = found == 1;
    return found < 0 ? -1 : 0;
}

static const char *joined_rules(const struct answer *a)
{
    struct str text;
    char *copy;

    str_init(&text, 4000);
    for (size_t i = 0; i < a->reading.rule_count; i++)
        str_printf(&text, "%s%s", i ? "," : "", a->reading.rules[i]);
    copy = arena_dup(arena_of(a), str_text(&text));
    str_finish(&text);
    return copy;
}

static const char *opt_out_name(enum opt_out_scope scope)
{
    static const char *const names[] = { NULL, "address", "channel", "everything" };

    return names[scope];
}

static void fill_row(struct answer *a)
{
    const char *from = a->question.from ? a->question.from : "";
    int slot = a->known ? a->prospect.slot : id_slot_of(span_of(from));

    a->row = (struct message_row){
        .slot = slot,
        .id = id_next(&a->inbox->effects.workspace->clock, slot),
        .prospect_id = a->known ? a->prospect.id : 0,
        .channel = a->channel,
        .sender = a->sender,
        .kind = reading_kind_name(a->reading.kind),
        .touch_id = a->match.touch,
        .enrollment_id = a->match.enrollment,
        .via = match_via_name(a->match.via),
        .confidence = a->known ? match_confidence_name(a->match.confidence) : "none",
        .from_address = a->question.from,
        .from_name = a->reading.from_name,
        .subject = a->reading.subject,
        .text = a->reading.own_text ? a->reading.own_text : "",
        .external_id = a->external_id,
        .opt_out = opt_out_name(a->reading.opt_out),
        .rules = joined_rules(a),
        .inbound_id = a->inbound->id,
        .state = "done",
        .at = a->inbound->at,
    };
}

/* ---- effects of a person's words ---- */

static int obey_opt_out(struct answer *a, struct err *err)
{
    const struct reading *r = &a->reading;
    const char *kind = workspace_address_kind(a->channel);
    struct opt_out opt_out = {
        .kind = kind,
        .key = kind && a->question.from
                   ? text_address_key(arena_of(a), kind, span_of(a->question.from))
                   : NULL,
        .channel =
            r->opt_out == OPT_OUT_CHANNEL && r->opt_out_channel ? r->opt_out_channel : a->channel,
        .everything = r->opt_out == OPT_OUT_EVERYTHING,
        .cause = "opt_out",
        .evidence = id_in(arena_of(a), "me", a->row.id),
    };
    struct prospect *prospect = &a->prospect;

    if (opt_out.key && strcmp(opt_out.channel, a->channel) != 0)
        opt_out.key = NULL; /* they speak of another channel than this address serves */
    if (a->known && a->match.sender_is_prospect)
        return effect_opt_out(&a->inbox->effects, prospect, &opt_out, err);
    if (opt_out.key) { /* a stranger or a colleague: only their own address */
        const struct suppression row = { .kind = kind,
                                         .key = opt_out.key,
                                         .channel = opt_out.everything ? "" : a->channel,
                                         .cause = "opt_out",
                                         .evidence = opt_out.evidence };
        return suppression_add(a->inbox->effects.db, &row, a->inbox->effects.now, err);
    }
    return 0;
}

/* Several people on one number: STOP stops the number for each of them. */
static int obey_for_all_on_number(struct answer *a, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    const struct address number = { .kind = workspace_address_kind(a->channel),
                                    .key = a->question.from };
    struct identity *who;
    int count = number.kind ? identity_find(env->db, &number, env->arena, &who, err) : 0;

    for (int i = 0; i < count; i++) {
        struct prospect other;
        const struct opt_out opt_out = { .channel = a->channel,
                                         .cause = "opt_out",
                                         .evidence = id_in(env->arena, "me", a->row.id) };
        if (who[i].prospect_id == a->prospect.id)
            continue;
        if (prospect_get(env->db, who[i].prospect_id, env->arena, &other, err) != 1 ||
            effect_opt_out(env, &other, &opt_out, err) < 0)
            return -1;
    }
    return count < 0 ? -1 : 0;
}

static int credit(struct answer *a, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    struct touch_result sent = { .slot = id_slot(a->match.touch),
                                 .id = a->match.touch,
                                 .state = "sent",
                                 .reason = "resolved by a reply",
                                 .sent_at = a->inbound->at };

    if (!a->match.touch)
        return 0;
    if (touch_move(env->db, &sent, ",unsure,", err) < 0)
        return -1;
    return touch_credit(env->db, sent.id, a->inbound->at, err);
}

/* The channel they were followed on until now. */
static const char *current_channel(struct answer *a, struct err *err)
{
    struct touch touch;

    if (a->prospect.preferred_channel)
        return a->prospect.preferred_channel;
    if (a->match.touch &&
        touch_get(a->inbox->effects.db, a->match.touch, arena_of(a), &touch, err) == 1)
        return touch.channel;
    return NULL;
}

/* Does any sequence they are in ask before it follows, or never follow? */
static int follow_mode(struct answer *a, enum sequence_follow *mode, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    struct enrollment *rows;
    int count = enrollments_of(env->db, a->prospect.id, env->arena, &rows, err);

    *mode = FOLLOW_AUTO;
    for (int i = 0; i < count; i++) {
        const struct sequence *sequence;
        if (strcmp(rows[i].state, "active") != 0 && strcmp(rows[i].state, "held") != 0)
            continue;
        sequence = catalog_sequence(env->catalog, rows[i].sequence, rows[i].version, err);
        if (!sequence)
            return -1;
        if (sequence->follow == FOLLOW_ASK)
            *mode = FOLLOW_ASK;
    }
    return count < 0 ? -1 : 0;
}

static int ask_to_switch(struct answer *a, const char *from, struct err *err)
{
    const struct task task = {
        .slot = a->prospect.slot,
        .id = id_next(&a->inbox->effects.workspace->clock, a->prospect.slot),
        .prospect_id = a->prospect.id,
        .touch_id = a->match.touch,
        .kind = "switch",
        .text = arena_printf(arena_of(a),
                             "They answered by %s; the sequence asks before it follows them there "
                             "from %s: `heed prefer %s --wish %s`",
                             a->channel, from ? from : "its order",
                             id_in(arena_of(a), "pr", a->prospect.id), a->channel),
        .created_at = a->inbox->effects.now,
    };

    return task_insert(a->inbox->effects.db, &task, err);
}

static int follow(struct answer *a, struct err *err)
{
    const struct choose_answer answer = {
        .kind = a->reading.kind,
        .sender_is_prospect = a->match.sender_is_prospect,
        .role_inbox = (a->match.flags & MATCH_ROLE_INBOX) != 0,
        .opted_out = a->reading.opt_out != OPT_OUT_NONE,
        .certain = a->match.moves_preference,
    };
    struct switch_wish wish = { .from = current_channel(a, err),
                                .to = a->channel,
                                .message_id = a->row.id };
    enum sequence_follow mode;

    if (!choose_may_move(&answer))
        return 0;
    if (follow_mode(a, &mode, err) < 0)
        return -1;
    if (mode == FOLLOW_ASK && (!wish.from || strcmp(wish.from, wish.to) != 0))
        return ask_to_switch(a, wish.from, err);
    wish.reason = arena_printf(arena_of(a), "they answered by %s (%s)", a->channel,
                               id_in(arena_of(a), "me", a->row.id));
    return effect_switch(&a->inbox->effects, &a->prospect, &wish, err) < 0 ? -1 : 0;
}

/* A chat opened by the link in our message: whoever presses it shows where they can be reached. */
static int link_chat(struct answer *a, struct err *err)
{
    const struct address address = { .kind = workspace_address_kind(a->channel),
                                     .key = a->question.from,
                                     .value = a->question.from,
                                     .source = "reply" };
    bool opened = text_starts_nocase(span_of(a->reading.text), "/start ");

    if (!opened || !a->known || a->match.sender_is_prospect || !address.kind || !address.value)
        return 0;
    if (address_add(a->inbox->effects.db, &a->prospect, &address, a->inbox->effects.now, err) < 0)
        return -1;
    a->match.sender_is_prospect = true;
    a->match.moves_preference = true;
    a->match.flags &= ~(unsigned)MATCH_COLLEAGUE;
    return 0;
}

static int take_opt_in(struct answer *a, struct err *err)
{
    const char *kind = workspace_address_kind(a->channel);

    return kind && a->question.from
               ? suppression_lift(a->inbox->effects.db, kind, a->question.from, a->channel, err)
               : 0;
}

/* Another prospect of ours answered in this one's thread: one conversation, so theirs holds, too. */
static int hold_sender(struct answer *a, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    int64_t id = a->match.sender_prospect;
    struct prospect other;
    int found = id ? prospect_get(env->db, id, env->arena, &other, err) : 0;

    return found == 1 ? effect_hold(env, &other, HOLD_REPLY, 0, err) : found;
}

static int hear_person(struct answer *a, struct err *err)
{
    bool stop = a->reading.opt_out != OPT_OUT_NONE;

    a->row.state = stop && a->known ? "done" : "open";
    if (a->match.flags & MATCH_HISTORY)
        return 0;
    if (link_chat(a, err) < 0 || (a->reading.opt_in && take_opt_in(a, err) < 0))
        return -1;
    if (stop && (obey_opt_out(a, err) < 0 ||
                 (a->match.flags & MATCH_SHARED_NUMBER && obey_for_all_on_number(a, err) < 0)))
        return -1;
    if (!a->known)
        return 0;
    if (credit(a, err) < 0)
        return -1;
    if (a->match.is_reply && !stop &&
        (effect_hold(&a->inbox->effects, &a->prospect, HOLD_REPLY, 0, err) < 0 ||
         hold_sender(a, err) < 0))
        return -1;
    return follow(a, err);
}

/* ---- effects of machines ---- */

static int mark_bounced(struct answer *a, struct err *err)
{
    if (!a->match.touch)
        return 0;
    return touch_receipt(a->inbox->effects.db, a->match.touch, "bounced", a->inbound->at, err) < 0
               ? -1
               : 0;
}

/* 5.7.x and its like are about us: our sender rests, the prospect is not punished. */
static int pause_our_sender(struct answer *a, const struct bounce_recipient *who, struct err *err)
{
    struct planner *planner = a->inbox->planner;
    struct touch touch;

    if (!a->match.touch ||
        touch_get(a->inbox->effects.db, a->match.touch, arena_of(a), &touch, err) != 1)
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

static int suppress_address(struct answer *a, const struct bounce_recipient *who, int64_t until_ms,
                            struct err *err)
{
    const struct suppression row = {
        .kind = "email",
        .key = text_address_key(arena_of(a), "email", span_of(who->address)),
        .channel = "",
        .cause = "bounce",
        .evidence = arena_printf(arena_of(a), "%s %s", who->status, who->diagnostic),
        .prospect_id = a->prospect.id,
        .until_ms = until_ms,
    };

    return row.key ? suppression_add(a->inbox->effects.db, &row, a->inbox->effects.now, err) : 0;
}

/* Only addresses that we wrote to: a bounce is easily forged. */
static bool is_theirs(struct answer *a, const struct bounce_recipient *who, struct err *err)
{
    struct address *addresses;
    const char *key = text_address_key(arena_of(a), "email", span_of(who->address));
    int count = a->known
                    ? addresses_of(a->inbox->effects.db,
                                   &(struct address_query){ &a->prospect, a->inbox->effects.now },
                                   arena_of(a), &addresses, err)
                    : 0;

    for (int i = 0; key && i < count; i++)
        if (strcmp(addresses[i].kind, "email") == 0 && strcmp(addresses[i].key, key) == 0)
            return true;
    return false;
}

static int hear_bounce(struct answer *a, struct err *err)
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

static int hear_complaint(struct answer *a, struct err *err)
{
    const struct opt_out everything = { .channel = a->channel,
                                        .everything = true,
                                        .cause = "complaint",
                                        .evidence = id_in(arena_of(a), "me", a->row.id) };

    a->row.state = "open";
    if (!a->known)
        return 0;
    if (a->match.touch &&
        touch_receipt(a->inbox->effects.db, a->match.touch, "complained", a->inbound->at, err) < 0)
        return -1;
    return effect_opt_out(&a->inbox->effects, &a->prospect, &everything, err);
}

static int hear_auto_reply(struct answer *a, struct err *err)
{
    return a->known ? effect_hold(&a->inbox->effects, &a->prospect, HOLD_OUT_OF_OFFICE,
                                  a->reading.return_ms, err)
                    : 0;
}

static int hear_receipt(struct answer *a, struct err *err)
{
    bool delivered = a->reading.bounced_count > 0 && a->match.touch;

    return delivered && touch_receipt(a->inbox->effects.db, a->match.touch, "delivered",
                                      a->inbound->at, err) < 0
               ? -1
               : 0;
}

static int hear_review(struct answer *a, struct err *err)
{
    (void)err;
    a->row.state = "open";
    return 0;
}

static int hear_nothing(struct answer *a, struct err *err)
{
    (void)a;
    (void)err;
    return 0;
}

/* What each kind leads to. Only hear_person() can move the preferred channel. */
static int (*const effects_of[])(struct answer *a, struct err *err) = {
    [READING_UNREADABLE] = hear_review,     [READING_OWN] = hear_nothing,
    [READING_COMPLAINT] = hear_complaint,   [READING_RECEIPT] = hear_receipt,
    [READING_BOUNCE] = hear_bounce,         [READING_DELAY] = hear_nothing,
    [READING_CALENDAR] = hear_review,       [READING_CHALLENGE] = hear_review,
    [READING_AUTO_REPLY] = hear_auto_reply, [READING_BULK] = hear_review,
    [READING_HUMAN] = hear_person,
};

/* A mailto unsubscribe carries its wish in the address; whoever saw the touch may stop it: the safe direction. */
static void note_unsubscribe(struct answer *a)
{
    if (!a->keys.unsubscribe)
        return;
    a->match.sender_is_prospect = true;
    a->reading.kind = READING_HUMAN;
    if (a->reading.opt_out == OPT_OUT_NONE) {
        a->reading.opt_out = OPT_OUT_CHANNEL;
        a->reading.opt_out_channel = "email";
    }
}

static int hear(struct answer *a, struct err *err)
{
    if (find_whose(a, err) < 0)
        return -1;
    note_unsubscribe(a);
    fill_row(a);
    if (effects_of[a->reading.kind](a, err) < 0)
        return -1;
    if (a->reading.kind == READING_OWN)
        return 0;
    log_info("heard", "message=%s kind=%s channel=%s via=%s confidence=%s",
             id_in(arena_of(a), "me", a->row.id), a->row.kind, a->channel, a->row.via,
             a->row.confidence);
    return message_insert(a->inbox->effects.db, &a->row, err);
}

/* ---- mail ---- */

/* A pipe gives lines that end in LF, a mailbox CRLF, and each may trim spaces and end lines its own way. */
static const char *without_space(const char *text, struct arena *arena)
{
    char *copy = arena_dup(arena, text), *to = copy;

    for (const char *at = text; *at; at++)
        if (!strchr(" \t\r\n", *at))
            *to++ = *at;
    *to = '\0';
    return copy;
}

/* The same mail by two ways differs in its trace headers; without a Message-ID only the bytes themselves tell. */
static const char *mail_identity(const struct reading *r, struct span raw, struct arena *arena)
{
    const char *all =
        arena_printf(arena, "%s|%s|%s", r->message_id ? r->message_id : "", r->from ? r->from : "",
                     without_space(r->text ? r->text : "", arena));
    bool named = r->kind != READING_UNREADABLE && r->message_id;

    return arena_printf(arena, "mail:%s", sign_fingerprint(arena, named ? span_of(all) : raw));
}

static int process_mail(struct inbox *inbox, const struct inbound *in, struct err *err)
{
    struct answer *a = arena_alloc(inbox->effects.arena, sizeof(*a));
    const struct reading_env env = {
        .own_addresses = inbox->own_addresses,
        .own_address_count = inbox->own_count,
        .own_domain = inbox->effects.workspace->tokens.domain,
        .now_ms = in->at,
        .zone = zone_name(inbox->effects.workspace->zone),
        .lexicon = inbox->effects.workspace->lexicon,
    };
    int first;

    *a = (struct answer){ .inbox = inbox, .inbound = in, .channel = "email" };
    reading_of_mail(in->raw, &env, inbox->effects.arena, &a->reading);
    first = seen_first(inbox->effects.db, mail_identity(&a->reading, in->raw, inbox->effects.arena),
                       inbox->effects.now, err);
    if (first <= 0)
        return first < 0 ? -1 : inbound_close(inbox->effects.db, in, "duplicate", NULL, err);
    match_inbound_of_reading(&a->reading, &a->question);
    a->question.channel = "email";
    a->question.received_ms = in->at;
    a->external_id = a->reading.message_id;
    if (hear(a, err) < 0)
        return -1;
    return inbound_close(inbox->effects.db, in,
                         a->reading.kind == READING_UNREADABLE ? "unreadable" : "done", NULL, err);
}

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
    struct answer *a = arena_alloc(inbox->effects.arena, sizeof(*a));
    const struct reading_env env = { .now_ms = s->inbound->at,
                                     .zone = zone_name(inbox->effects.workspace->zone),
                                     .lexicon = inbox->effects.workspace->lexicon };

    *a = (struct answer){ .inbox = inbox,
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
    return hear(a, s->err);
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
                                     .evidence = id_in(env->arena, "to", touch->id) };
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

static int process_webhook(struct inbox *inbox, const struct inbound *in, struct err *err)
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
        return inbound_close(inbox->effects.db, in, "unreadable", "no such sender any more", err);
    if (envelope_open(in, inbox->effects.arena, &request, &why) < 0 ||
        sender->account->channel->webhook(sender->account, &request, &sink.base, &ack, &why) < 0)
        return inbound_close(inbox->effects.db, in, "unreadable", why.text, err);
    return sink.rc < 0 ? -1 : inbound_close(inbox->effects.db, in, state_after(&sink), NULL, err);
}

/* ---- one-click unsubscribe (RFC 8058): the token in the URL says of which touch ---- */

static int process_unsubscribe(struct inbox *inbox, const struct inbound *in, struct err *err)
{
    struct effects *env = &inbox->effects;
    struct token token;
    struct touch touch;
    struct prospect prospect;
    const struct opt_out opt_out = { .channel = "email",
                                     .cause = "opt_out",
                                     .evidence = id_in(env->arena, "in", in->id) };

    if (token_read(&env->workspace->tokens, in->raw, &token) != TOKEN_OK ||
        token.kind != TOKEN_UNSUBSCRIBE ||
        touch_get(env->db, token.id, env->arena, &touch, err) != 1 ||
        prospect_get(env->db, touch.prospect_id, env->arena, &prospect, err) != 1)
        return inbound_close(env->db, in, "done", "no touch by that token", err);
    if (effect_opt_out(env, &prospect, &opt_out, err) < 0)
        return -1;
    return inbound_close(env->db, in, "done", NULL, err);
}

int inbox_process(struct inbox *inbox, const struct inbound *inbound, struct err *err)
{
    if (strncmp(inbound->source, "webhook:", 8) == 0)
        return process_webhook(inbox, inbound, err);
    if (strcmp(inbound->source, "unsubscribe") == 0)
        return process_unsubscribe(inbox, inbound, err);
    return process_mail(inbox, inbound, err);
}
