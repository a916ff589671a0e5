/* core/replies/bounce.c - decides per recipient, then for the whole message: one failed recipient
 * makes a bounce, else one delayed makes a delay. */
#include "core/replies/bounce.h"

#include <string.h>

#include "core/base/text.h"
#include "core/replies/bounce_text.h"
#include "core/replies/dsn.h"
#include "core/replies/fold.h"
#include "core/replies/ses_notice.h"
#include "core/replies/severity.h"

enum action { ACTION_FAILED, ACTION_DELAYED, ACTION_DELIVERED };

/* RFC 3464 section 2.3.3, and what a few senders write instead. */
static const struct {
    const char *word;
    enum action action;
} actions[] = {
    { "failed", ACTION_FAILED },         { "failure", ACTION_FAILED },
    { "delayed", ACTION_DELAYED },       { "delivered", ACTION_DELIVERED },
    { "relayed", ACTION_DELIVERED },     { "expanded", ACTION_DELIVERED },
    { "deliverable", ACTION_DELIVERED }, { "delivery", ACTION_DELIVERED },
};

struct list {
    struct bounce_recipient *items;
    size_t count;
};

struct tally {
    struct severity_notice notice; /* read when somebody is to be judged: most mails name nobody */
    bool noticed;
    struct list missed;  /* failed or delayed */
    struct list reached; /* told of when nobody was missed */
    size_t of[3];        /* by action */
    bool challenged;     /* what looks like a failure asks for a confirmation */
};

/* A list of aliases may name the same address many times: the first report of it counts. */
static void add(struct tally *tally, const struct bounce_recipient *item, enum action action,
                struct arena *arena)
{
    struct list *list = action == ACTION_DELIVERED ? &tally->reached : &tally->missed;

    tally->of[action]++;
    if (!list->items)
        list->items =
            arena_array(arena, DSN_MAX_RECIPIENTS + BOUNCE_MAX_RECIPIENTS, sizeof(*list->items));
    for (size_t i = 0; i < list->count; i++)
        if (item->address[0] && strcmp(list->items[i].address, item->address) == 0)
            return;
    list->items[list->count] = *item;
    list->items[list->count++].failed = action == ACTION_FAILED;
}

static enum action action_of(const struct reader *reader, const struct dsn_recipient *recipient)
{
    for (size_t i = 0; i < COUNT_OF(actions); i++)
        if (strcmp(recipient->action, actions[i].word) == 0)
            return actions[i].action;
    if (recipient->status[0] == '2')
        return ACTION_DELIVERED;
    return bounce_text_is_delay(reader) ? ACTION_DELAYED : ACTION_FAILED;
}

/* Original before Final: a forwarded mailbox fails under a name we never wrote to. */
static const char *address_of(const struct dsn_recipient *recipient)
{
    if (strchr(recipient->original, '@'))
        return recipient->original;
    return strchr(recipient->final, '@') ? recipient->final : "";
}

static void judge(struct reader *reader, struct tally *tally, struct bounce_recipient *item)
{
    struct refusal refusal = { .diagnostic = item->diagnostic,
                               .status = item->status,
                               .notice = &tally->notice };
    const char *rule;

    if (!tally->noticed)
        tally->notice = severity_notice_of(&reader->folded_report);
    tally->noticed = true;
    item->severity = severity_of(&refusal, reader->arena, &rule);
    reader_rule(reader, arena_printf(reader->arena, "severity: %s", rule));
    if (item->status[0] == '\0')
        item->status = severity_status_in(item->diagnostic, reader->arena);
}

/* What is still being tried for a domain that has no mail server will not arrive; soft, for the
 * mail system has not given up and records of names get repaired. */
static enum action settle(struct reader *reader, struct bounce_recipient *item, enum action action)
{
    if (action != ACTION_DELAYED || !severity_denies_domain(item->diagnostic, reader->arena))
        return action;
    item->severity = BOUNCE_SOFT;
    reader_rule(reader, "bounce: delayed for a domain without a mail server");
    return ACTION_FAILED;
}

static void add_reported(struct reader *reader, struct tally *tally,
                         const struct dsn_recipient *recipient)
{
    struct bounce_recipient item = { .address = address_of(recipient),
                                     .status = recipient->status,
                                     .diagnostic = recipient->diagnostic[0] ? recipient->diagnostic
                                                                            : recipient->comment };
    struct bounce_named *named;

    if (item.address[0] == '\0' && bounce_text_recipients(reader, &named) == 1)
        item.address = named[0].address;
    judge(reader, tally, &item);
    add(tally, &item, settle(reader, &item, action_of(reader, recipient)), reader->arena);
}

/* The part with the fields; failing that, text that holds them because its MIME broke. */
static struct span find_fields(const struct reader *reader)
{
    const struct mail *mail = reader->mail;

    for (size_t i = 0; i < mail->part_count; i++)
        if (!mail->parts[i].returned &&
            (strcmp(mail->parts[i].type, "message/delivery-status") == 0 ||
             strcmp(mail->parts[i].type, "message/global-delivery-status") == 0))
            return mail->parts[i].text;
    if (bounce_text_is_rejection(reader))
        return reader_part(reader, "message/disposition-notification")->text;
    if (reader->from_daemon && text_find_nocase(reader->notice, "\nFinal-Recipient:"))
        return reader->notice;
    if (reader->from_daemon && !strchr(reader->folded_notice.text, '@') &&
        reader_part(reader, "message/delivery-status"))
        return reader_part(reader, "message/delivery-status")->text; /* a gateway wrapped it */
    return span_make("", 0);
}

/* Some challenge systems dress up as a failed delivery; they are asked about next. */
static bool is_challenge(const struct reader *reader, const struct dsn_recipient *recipient)
{
    static const struct phrase words[] = {
        { "x-boxbe", 0 },
        { "requires confirmation", 0 },
        { "requires verification of the sender", 0 },
        { "confirm that you are", 0 },
        { "confirm you are human", 0 },
        { "prove you are human", 0 },
    };
    const char *folded = fold_text(reader->arena, span_of(recipient->diagnostic), 1000);

    return phrase_in(words, COUNT_OF(words), folded) != NULL;
}

static void read_report(struct reader *reader, struct tally *tally)
{
    struct dsn_recipient *recipients;
    size_t count = dsn_read(find_fields(reader), reader->arena, &recipients);

    if (count == 0)
        count = ses_notice_bounced(reader, &recipients);
    for (size_t i = 0; i < count; i++) {
        if (is_challenge(reader, &recipients[i]))
            tally->challenged = true;
        else
            add_reported(reader, tally, &recipients[i]);
    }
    if (tally->missed.count + tally->reached.count > 0)
        reader_rule(reader, "bounce: delivery status report");
}

static void read_prose(struct reader *reader, struct tally *tally)
{
    const char *rule = bounce_text_rule(reader);
    enum action action = bounce_text_is_delay(reader) ? ACTION_DELAYED : ACTION_FAILED;
    struct bounce_named *named;
    size_t count;

    if (!rule && bounce_text_is_receipt(reader)) {
        reader_rule(reader, "bounce text: delivered");
        tally->of[ACTION_DELIVERED]++;
    }
    if (!rule)
        return;
    reader_rule(reader, rule);
    tally->of[action]++;
    count = bounce_text_recipients(reader, &named);
    for (size_t i = 0; i < count; i++) {
        struct bounce_recipient item = { .address = named[i].address,
                                         .status = "",
                                         .diagnostic = named[i].diagnostic };

        judge(reader, tally, &item);
        add(tally, &item, action, reader->arena);
    }
}

/* Most mails return nothing: what is folded already stays. */
static void read_above(struct reader *reader)
{
    reader->report = bounce_text_above(reader);
    reader->folded_report = reader->report.len == text_cut(reader->notice, READER_NOTICE_BYTES).len
                                ? reader->folded_notice
                                : folded_of(reader->arena, reader->report, READER_NOTICE_BYTES);
}

enum reading_kind bounce_read(struct reader *reader)
{
    struct tally tally = { .noticed = false };
    const struct list *told;

    read_above(reader);
    reader->from_daemon = bounce_text_is_daemon(reader);
    read_report(reader, &tally);
    if (tally.missed.count + tally.reached.count == 0 && !tally.challenged &&
        !reader_part(reader, "message/disposition-notification"))
        read_prose(reader, &tally);
    told = tally.missed.count > 0 ? &tally.missed : &tally.reached;
    reader->out->bounced = told->items;
    reader->out->bounced_count = told->count;
    if (tally.of[ACTION_FAILED] > 0)
        return READING_BOUNCE;
    if (tally.of[ACTION_DELAYED] > 0)
        return READING_DELAY;
    return tally.of[ACTION_DELIVERED] > 0 ? READING_RECEIPT : READING_HUMAN;
}
