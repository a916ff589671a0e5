/* core/engine/inbox_read.c - an inbound as read, before the store is asked: a mail is one message; a webhook brings events, each of them
 * a message or a receipt. Any thread may do it. */
#include "core/base/mailbox.h"
#include "core/base/sign.h"
#include "core/engine/envelope.h"
#include "core/engine/inbox_inside.h"
#include "core/engine/read_ahead.h"
#include "core/net/httpd.h"

static const char webhook[] = "webhook:";

static bool is_webhook(const struct inbound *in)
{
    return strncmp(in->source, webhook, sizeof(webhook) - 1) == 0;
}

bool inbox_is_mail(const struct inbound *in)
{
    return !is_webhook(in) && strcmp(in->source, INBOX_UNSUBSCRIBE) != 0;
}

/* ---- a mail ---- */

/* A pipe gives lines that end in LF, a mailbox CRLF, and each may trim spaces and end lines its own way. */
static void add_without_space(struct str *out, const char *text)
{
    for (size_t len; *text; text += len) {
        text += strspn(text, " \t\r\n");
        len = strcspn(text, " \t\r\n");
        str_add(out, text, len);
    }
}

/* The same mail by two ways differs in its trace headers. Some clients reuse a Message-ID, so the words belong to the identity; and
 * without one, what tells two mails with the same words apart is when they were written and their subject. */
static const char *mail_identity(const struct reading *r, struct span raw, struct arena *arena)
{
    bool named = r->message_id && r->message_id[0];
    bool readable = r->kind != READING_UNREADABLE;
    const char *from = r->from ? r->from : "";
    const char *identity;
    struct str all;

    str_init(&all, (size_t)8 << 20);
    if (named)
        str_printf(&all, "%s|%s|", r->message_id, from);
    else
        str_printf(&all, "%s|%lld|%s|", from, (long long)r->date_ms, r->subject ? r->subject : "");
    add_without_space(&all, r->text ? r->text : "");
    identity =
        arena_printf(arena, "mail:%s", sign_fingerprint(arena, readable ? str_span(&all) : raw));
    str_finish(&all);
    return identity;
}

static void read_mail(const struct inbox *inbox, const struct inbound *in, struct arena *arena,
                      struct inbox_part *out)
{
    const struct reading_env env = inbox_reading_env(inbox, in->at);

    *out = (struct inbox_part){ .channel = "email" };
    reading_of_mail(in->raw, &env, arena, &out->reading);
    out->external_id = out->reading.message_id;
    out->identity = mail_identity(&out->reading, in->raw, arena);
    match_inbound_of_reading(&out->reading, &out->question);
    out->question.channel = out->channel;
    out->question.received_ms = in->at;
    match_keys(&out->question, &inbox->effects.workspace->tokens, arena, &out->keys);
}

/* ---- the events of a webhook ---- */

struct collector {
    struct channel_sink base;
    const struct inbox *inbox;
    const struct inbound *inbound;
    const struct sender *sender;
    struct arena *arena;
    struct inbox_part **end; /* where the next one goes */
};

static const char *kept(struct arena *arena, const char *text)
{
    return text ? arena_dup(arena, text) : NULL;
}

static struct channel_event *keep_event(struct arena *arena, const struct channel_event *event)
{
    struct channel_event *copy = arena_alloc(arena, sizeof(*copy));

    *copy = *event;
    copy->event_id = kept(arena, event->event_id);
    copy->provider_id = kept(arena, event->provider_id);
    copy->key = kept(arena, event->key);
    copy->thread_id = kept(arena, event->thread_id);
    copy->from = kept(arena, event->from);
    copy->from_name = kept(arena, event->from_name);
    copy->to = kept(arena, event->to);
    copy->text = kept(arena, event->text);
    copy->code = kept(arena, event->code);
    return copy;
}

static void read_message(const struct collector *c, struct inbox_part *part)
{
    const struct channel_event *event = part->event;
    const struct reading_env env = inbox_reading_env(c->inbox, c->inbound->at);

    part->external_id = event->event_id;
    if (event->event_id)
        part->identity = arena_printf(c->arena, "event:%s:%s", c->sender->name, event->event_id);
    reading_of_text(span_of(event->text ? event->text : ""), part->channel, &env, c->arena,
                    &part->reading);
    part->reading.from_name = event->from_name;
    match_inbound_of_reading(&part->reading, &part->question);
    part->question.channel = part->channel;
    part->question.from = event->from;
    part->question.our = event->to ? event->to : c->sender->account->address;
    part->question.thread_id = event->thread_id;
    part->question.received_ms = c->inbound->at;
    match_keys(&part->question, &c->inbox->effects.workspace->tokens, c->arena, &part->keys);
}

static void collect(const struct channel_sink *base, const struct channel_event *event)
{
    struct collector *c = (struct collector *)base;
    struct inbox_part *part = arena_alloc(c->arena, sizeof(*part));

    part->channel = c->sender->channel;
    part->sender = c->sender;
    part->event = keep_event(c->arena, event);
    if (event->kind == CHANNEL_REPLIED)
        read_message(c, part);
    *c->end = part;
    c->end = &part->next;
}

static void read_webhook(const struct inbox *inbox, const struct inbound *in, struct arena *arena,
                         struct inbox_content *out)
{
    struct sender *sender =
        workspace_sender(inbox->effects.workspace, in->source + sizeof(webhook) - 1);
    struct collector collector = { .base = { .emit = collect, .scratch = arena },
                                   .inbox = inbox,
                                   .inbound = in,
                                   .sender = sender,
                                   .arena = arena,
                                   .end = &out->parts };
    struct httpd_request request;
    struct channel_ack ack;
    struct err why = { 0 };

    if (!sender || !sender->account->channel->webhook)
        out->broken = "no such sender any more";
    else if (envelope_open(in, arena, &request, &why) < 0 ||
             sender->account->channel->webhook(sender->account, &request, &collector.base, &ack,
                                               &why) < 0)
        out->broken = arena_dup(arena, why.text);
}

/* ---- any of them ---- */

void inbox_read(const struct inbox *inbox, const struct inbound *in, struct arena *arena,
                struct inbox_content *out)
{
    *out = (struct inbox_content){ 0 };
    if (is_webhook(in)) {
        read_webhook(inbox, in, arena, out);
    } else if (inbox_is_mail(in)) {
        out->parts = arena_raw(arena, sizeof(*out->parts));
        read_mail(inbox, in, arena, out->parts);
    }
}

const struct inbox_content *inbox_content_of(const struct inbox *inbox, const struct inbound *in)
{
    const struct inbox_content *ahead = read_ahead_take(inbox->ahead, in);
    struct inbox_content *now;

    if (ahead)
        return ahead;
    now = arena_alloc(inbox->effects.arena, sizeof(*now));
    inbox_read(inbox, in, inbox->effects.arena, now);
    return now;
}

void inbox_begin(struct inbox *inbox, const struct inbound *in, const struct inbox_part *part,
                 struct heard *a)
{
    *a = (struct heard){ .inbox = inbox,
                         .inbound = in,
                         .channel = part->channel,
                         .sender = part->sender ? part->sender->name : NULL,
                         .external_id = part->external_id,
                         .part = part,
                         .reading = part->reading,
                         .question = part->question };
}
