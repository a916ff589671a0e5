/* core/engine/inbox.c - the story of an inbound: bytes -> reading -> whose -> effects (design section 4). */
#include "core/engine/inbox.h"

#include "core/base/id.h"
#include "core/base/log.h"
#include "core/base/mailbox.h"
#include "core/base/sign.h"
#include "core/base/text.h"
#include "core/engine/inbox_inside.h"
#include "core/engine/mail_child.h"

struct arena *inbox_arena(const struct heard *a)
{
    return a->inbox->effects.arena;
}

const char *inbox_id(struct arena *arena, const char *prefix, int64_t id)
{
    char text[ID_TEXT_BYTES];

    return arena_dup(arena, id_text(prefix, id, text));
}

/* ---- whose ---- */

/* Addresses are made up faster than they can be counted, so a company's domain counts as one; a free mailer's are strangers to each
 * other. */
static struct span source_of(const struct heard *a)
{
    const char *from = a->question.from ? a->question.from : "";
    struct span domain = mailbox_domain(from);

    return domain.len > 0 && !mailbox_is_free(domain) ? domain : span_of(from);
}

static void count_forgeries(struct heard *a, struct span source)
{
    bool blocked =
        forgeries_add(&a->inbox->forgeries, source, a->keys.bad_macs, a->inbox->effects.now);

    log_warn("bad_token", "from=%.*s count=%d%s", (int)source.len, source.data ? source.data : "",
             a->keys.bad_macs, blocked ? " none of its tokens is believed for an hour" : "");
}

static int find_whose(struct heard *a, struct err *err)
{
    const struct inbox_lookup lookup = { .inbound = &a->question, .sender = a->sender };
    struct span source = source_of(a);
    int64_t id;
    int found;

    a->question.distrust = forgeries_block(&a->inbox->forgeries, source, a->inbox->effects.now);
    if (inbox_match(a->inbox, &lookup, &a->keys, &a->match, err) < 0)
        return -1;
    if (a->keys.bad_macs > 0 && !a->question.distrust)
        count_forgeries(a, source);
    id = a->match.prospect;
    if (!id)
        return 0;
    found = prospect_get(a->inbox->effects.db, id, inbox_arena(a), &a->prospect, err);
    a->known = found == 1;
    return found < 0 ? -1 : 0;
}

static const char *joined_rules(const struct heard *a)
{
    struct str text;
    char *copy;

    str_init(&text, 4000);
    for (size_t i = 0; i < a->reading.rule_count; i++)
        str_printf(&text, "%s%s", i ? "," : "", a->reading.rules[i]);
    match_add_rules(&a->match, &text);
    copy = arena_dup(inbox_arena(a), str_text(&text));
    str_finish(&text);
    return copy;
}

static const char *opt_out_name(enum opt_out_scope scope)
{
    static const char *const names[] = { NULL, "address", "channel", "everything" };

    return names[scope];
}

static void fill_row(struct heard *a)
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
        .confidence =
            a->match.via != MATCH_VIA_NONE ? match_confidence_name(a->match.confidence) : "none",
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

static int hear_review(struct heard *a, struct err *err)
{
    (void)err;
    a->row.state = "open";
    return 0;
}

static int hear_nothing(struct heard *a, struct err *err)
{
    (void)a;
    (void)err;
    return 0;
}

/* What each kind leads to. Only inbox_hear_person() can move the preferred channel. */
static int (*const effects_of[])(struct heard *a, struct err *err) = {
    [READING_UNREADABLE] = hear_review,
    [READING_OWN] = hear_nothing,
    [READING_COMPLAINT] = inbox_hear_complaint,
    [READING_RECEIPT] = inbox_hear_receipt,
    [READING_BOUNCE] = inbox_hear_bounce,
    [READING_DELAY] = hear_nothing,
    [READING_CALENDAR] = hear_review,
    [READING_CHALLENGE] = hear_review,
    [READING_AUTO_REPLY] = inbox_hear_auto_reply,
    [READING_BULK] = hear_review,
    [READING_HUMAN] = inbox_hear_person,
};

/* A mailto unsubscribe carries its wish in the address; whoever saw the touch may stop it: the safe direction. */
static void note_unsubscribe(struct heard *a)
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

int inbox_hear(struct heard *a, struct err *err)
{
    int rc;

    if (find_whose(a, err) < 0)
        return -1;
    note_unsubscribe(a);
    fill_row(a);
    a->inbox->effects.message_id = a->row.id;
    rc = effects_of[a->reading.kind](a, err);
    a->inbox->effects.message_id = 0;
    if (rc < 0)
        return -1;
    if (a->match.flags & MATCH_CROSSED)
        log_info("crossed", "message=%s prospect=%s", inbox_id(inbox_arena(a), "me", a->row.id),
                 inbox_id(inbox_arena(a), "pr", a->prospect.id));
    if (a->reading.kind == READING_OWN)
        return 0;
    log_info("heard", "message=%s kind=%s channel=%s via=%s confidence=%s",
             inbox_id(inbox_arena(a), "me", a->row.id), a->row.kind, a->channel, a->row.via,
             a->row.confidence);
    return message_insert(a->inbox->effects.db, &a->row, err);
}

/* ---- mail ---- */

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

static bool has_rule(const struct reading *reading, const char *name)
{
    for (size_t i = 0; i < reading->rule_count; i++)
        if (strcmp(reading->rules[i], name) == 0)
            return true;
    return false;
}

static int process_mail(struct inbox *inbox, const struct inbound *in, struct err *err)
{
    struct heard *a = arena_alloc(inbox->effects.arena, sizeof(*a));
    const struct reading_env env = {
        .own_addresses = inbox->own_addresses,
        .own_address_count = inbox->own_count,
        .own_domain = inbox->effects.workspace->tokens.domain,
        .now_ms = in->at,
        .zone = zone_name(inbox->effects.workspace->zone),
        .lexicon = inbox->effects.workspace->lexicon,
        .mail_source = inbox->mail_source,
    };
    int first;

    *a = (struct heard){ .inbox = inbox, .inbound = in, .channel = "email" };
    reading_of_mail(in->raw, &env, inbox->effects.arena, &a->reading);
    if (has_rule(&a->reading, MAIL_CHILD_NONE))
        return inbound_close(inbox->effects.db, in, "waiting", MAIL_CHILD_NONE, err);
    first = seen_first(inbox->effects.db, mail_identity(&a->reading, in->raw, inbox->effects.arena),
                       inbox->effects.now, err);
    if (first <= 0)
        return first < 0 ? -1 : inbound_close(inbox->effects.db, in, "duplicate", NULL, err);
    match_inbound_of_reading(&a->reading, &a->question);
    a->question.channel = "email";
    a->question.received_ms = in->at;
    a->external_id = a->reading.message_id;
    if (inbox_hear(a, err) < 0)
        return -1;
    if (a->reading.kind == READING_UNREADABLE)
        return inbound_close(inbox->effects.db, in, "unreadable", joined_rules(a), err);
    return inbound_close(inbox->effects.db, in, "done", NULL, err);
}

int inbox_process(struct inbox *inbox, const struct inbound *inbound, struct err *err)
{
    if (strncmp(inbound->source, "webhook:", 8) == 0)
        return inbox_webhook(inbox, inbound, err);
    if (strcmp(inbound->source, "unsubscribe") == 0)
        return inbox_unsubscribe(inbox, inbound, err);
    return process_mail(inbox, inbound, err);
}
