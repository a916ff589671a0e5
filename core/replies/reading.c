/* core/replies/reading.c - the story of one inbound message: look, parse, ask what it is, then what
 * it says. */
#include "core/replies/reading.h"

#include <string.h>

#include "core/base/text.h"
#include "core/replies/absence.h"
#include "core/replies/auto_reply.h"
#include "core/replies/bounce.h"
#include "core/replies/fold.h"
#include "core/replies/html.h"
#include "core/replies/ids.h"
#include "core/replies/machine.h"
#include "core/replies/mail_parse.h"
#include "core/replies/moment.h"
#include "core/replies/opt_out.h"
#include "core/replies/own_text.h"
#include "core/replies/reader.h"
#include "core/replies/scan.h"

#define MAX_RULES 60
#define MAX_REFERENCES 100
#define MAX_RECIPIENTS 100
#define MAX_SUBJECT_BYTES ((size_t)1000)
#define MAX_TEXT_BYTES ((size_t)1 << 20)

void reader_rule(struct reader *reader, const char *name)
{
    names_add(&reader->rules, reader->arena, name);
}

/* "sam+r...@us.example" is "sam@us.example". */
static bool is_same_mailbox(const char *address, const char *own)
{
    size_t plus = strcspn(address, "+@");
    const char *at = strrchr(address, '@');

    if (address[plus] != '+' || !at)
        return text_eq_nocase(span_of(address), span_of(own));
    return strncasecmp(address, own, plus) == 0 && own[plus] == '@' &&
           strcasecmp(own + plus, at) == 0;
}

bool reader_is_own_address(const struct reader *reader, const char *address)
{
    for (size_t i = 0; i < reader->env->own_address_count && address[0]; i++)
        if (is_same_mailbox(address, reader->env->own_addresses[i]))
            return true;
    return false;
}

const struct mail_part *reader_part(const struct reader *reader, const char *type)
{
    for (size_t i = 0; i < reader->mail->part_count; i++)
        if (strcmp(reader->mail->parts[i].type, type) == 0)
            return &reader->mail->parts[i];
    return NULL;
}

static const char *const kind_names[] = {
    [READING_UNREADABLE] = "unreadable", [READING_OWN] = "own",
    [READING_COMPLAINT] = "complaint",   [READING_RECEIPT] = "receipt",
    [READING_BOUNCE] = "bounce",         [READING_DELAY] = "delay",
    [READING_CALENDAR] = "calendar",     [READING_CHALLENGE] = "challenge",
    [READING_AUTO_REPLY] = "auto_reply", [READING_BULK] = "bulk",
    [READING_HUMAN] = "human",
};

const char *reading_kind_name(enum reading_kind kind)
{
    return kind_names[kind];
}

static bool ask_bounce(struct reader *reader)
{
    reader->out->kind = bounce_read(reader);
    return reader->out->kind != READING_HUMAN;
}

/* In the order in which they are asked (replies section 2, 4). A question that is answered with yes
 * makes its kind, unless it said a nearer one itself: bounce, delay, or receipt. */
static const struct {
    enum reading_kind kind;
    bool (*ask)(struct reader *reader);
} questions[] = {
    { READING_OWN, machine_is_own },           { READING_COMPLAINT, machine_is_complaint },
    { READING_RECEIPT, machine_is_receipt },   { READING_BOUNCE, ask_bounce },
    { READING_CALENDAR, machine_is_calendar }, { READING_CHALLENGE, machine_is_challenge },
    { READING_AUTO_REPLY, auto_reply_is },     { READING_BULK, machine_is_bulk },
};

static void ask_kind(struct reader *reader)
{
    struct reading *out = reader->out;

    out->kind = READING_HUMAN;
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        if (!questions[i].ask(reader))
            continue;
        if (out->kind == READING_HUMAN)
            out->kind = questions[i].kind;
        return;
    }
}

static void read_from(struct reader *reader)
{
    static const char *const headers[] = { "From", "Sender", "Reply-To" };

    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        const struct mail_header *header = mail_header_at(reader->mail, headers[i], 0);

        if (!header || header->address_count == 0)
            continue;
        reader->out->from = header->addresses[0].address;
        reader->out->from_name = header->addresses[0].name;
        return;
    }
}

static void read_recipients(struct reader *reader)
{
    static const char *const headers[] = { "Delivered-To", "X-Original-To",
                                           "Envelope-To",  "X-Envelope-To",
                                           "To",           "Cc" };
    struct names found = { .max = MAX_RECIPIENTS };

    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        const struct mail_header *header;

        for (size_t n = 0; n < 10 && (header = mail_header_at(reader->mail, headers[i], n)); n++)
            for (size_t a = 0; a < header->address_count; a++)
                names_add(&found, reader->arena, header->addresses[a].address);
    }
    reader->out->recipients = found.items;
    reader->out->recipient_count = found.count;
}

static const char *first_id(struct reader *reader, const char *header)
{
    struct names found = { .max = 1 };

    ids_add_message_ids(span_of(mail_header(reader->mail, header)), reader->arena, &found);
    return found.count ? found.items[0] : "";
}

/* The newest MAX_REFERENCES, oldest first. */
static void read_references(struct reader *reader)
{
    struct span value = span_of(mail_header(reader->mail, "References"));
    struct names found = { .max = MAX_REFERENCES };
    size_t ids = 0;

    for (size_t i = value.len; i > 0 && ids < MAX_REFERENCES; i--) {
        if (value.data[i - 1] != '<')
            continue;
        ids++;
        if (ids == MAX_REFERENCES)
            value = span_from(value, i - 1);
    }
    ids_add_message_ids(value, reader->arena, &found);
    reader->out->references = found.items;
    reader->out->reference_count = found.count;
}

static void read_headers(struct reader *reader)
{
    struct reading *out = reader->out;

    read_from(reader);
    read_recipients(reader);
    read_references(reader);
    out->message_id = first_id(reader, "Message-ID");
    out->in_reply_to = first_id(reader, "In-Reply-To");
    out->subject = arena_dup_span(
        reader->arena, text_cut(span_of(mail_header(reader->mail, "Subject")), MAX_SUBJECT_BYTES));
    out->date_ms = reader->mail->date_ms;
    reader->folded_subject = fold_text(reader->arena, span_of(out->subject), READER_SUBJECT_BYTES);
}

/* Anything ours in headers and every part; the raw bytes too, for parts that were not decoded. */
static void read_ids(struct reader *reader, struct span raw)
{
    struct names tokens = { .max = IDS_MAX_TOKENS }, ids = { .max = IDS_MAX_MESSAGE_IDS };

    for (size_t i = 0; reader->mail && i < reader->mail->header_count; i++)
        ids_add_tokens(span_of(reader->mail->headers[i].value), reader->arena, &tokens);
    for (size_t i = 0; reader->mail && i < reader->mail->part_count; i++) {
        ids_add_tokens(reader->mail->parts[i].text, reader->arena, &tokens);
        ids_add_returned(reader->mail->parts[i].text, reader->arena, &ids);
    }
    ids_add_tokens(raw, reader->arena, &tokens);
    reader->out->tokens_text = tokens.items;
    reader->out->token_count = tokens.count;
    reader->out->returned_ids = ids.items;
    reader->out->returned_id_count = ids.count;
}

static bool is_body(const struct mail_part *part)
{
    return !part->returned && !part->attached &&
           (strcmp(part->type, "text/plain") == 0 || strcmp(part->type, "text/html") == 0);
}

/* A plain part that only points at its HTML twin. */
static bool is_placeholder(struct span text, struct arena *arena)
{
    static const struct phrase words[] = {
        { "view this message in html", 0 },
        { "html capable", 0 },
        { "html-capable", 0 },
        { "see the html", 0 },
        { "requires html", 0 },
        { "does not support html", 0 },
        { "cannot display html", 0 },
    };
    const char *folded = fold_text(arena, text, 400);

    return folded[0] == '\0' ||
           (strlen(folded) < 200 && phrase_in(words, COUNT_OF(words), folded) != NULL);
}

/* Does the alternative that `part` belongs to hold a plain text worth reading? */
static bool has_plain_twin(const struct reader *reader, const struct mail_part *part)
{
    for (size_t i = 0; i < reader->mail->part_count; i++) {
        const struct mail_part *other = &reader->mail->parts[i];

        if (other->alternative == part->alternative && part->alternative != 0 && is_body(other) &&
            strcmp(other->type, "text/plain") == 0 && !is_placeholder(other->text, reader->arena))
            return true;
    }
    return false;
}

static void add_body(struct reader *reader, const struct mail_part *part, struct str *out)
{
    bool html = strcmp(part->type, "text/html") == 0;
    struct span text;

    if (!is_body(part) || (html && has_plain_twin(reader, part)) ||
        (!html && part->alternative && is_placeholder(part->text, reader->arena)))
        return;
    if (out->len > 0)
        str_add_char(out, '\n');
    text = html ? html_to_text(part->text, reader->arena) : part->text;
    str_add_span(out, text_cut(text, MAX_TEXT_BYTES - out->len));
}

static void read_text(struct reader *reader)
{
    struct str text;

    str_init(&text, MAX_TEXT_BYTES);
    for (size_t i = 0; i < reader->mail->part_count && text.len < MAX_TEXT_BYTES; i++)
        add_body(reader, &reader->mail->parts[i], &text);
    reader->notice = span_of(arena_dup_span(reader->arena, str_span(&text)));
    reader->out->text = reader->notice.data;
    reader->folded_notice = folded_of(reader->arena, reader->notice, READER_NOTICE_BYTES);
    str_finish(&text);
}

/* Nothing but the worst is heard then; a channel may be named in the same breath: "don't call, email me". */
static bool wants_peace(const struct reading *out)
{
    return out->opt_out == OPT_OUT_EVERYTHING ||
           (out->opt_out == OPT_OUT_CHANNEL && !out->opt_out_channel);
}

/* Where and when they want to be answered. */
static void read_place(struct reader *reader, const char *channel, const struct words *own)
{
    struct reading *out = reader->out;
    struct wish_env env = { .lexicon = reader->lexicon,
                            .words = own,
                            .channel = channel,
                            .region = reader->env->region,
                            .rules = &reader->rules };

    wish_read(span_of(out->own_text), span_of(out->signature), &env, reader->arena, &out->wish);
    if (!wants_peace(out))
        moment_read(reader);
    else if (!out->wish.exclusive)
        out->wish = (struct wish){ .prefer = NULL };
}

static struct words own_words(const struct reader *reader)
{
    struct words words = words_split(span_of(reader->out->own_text), reader->arena);

    lexicon_prepare(reader->lexicon, &words, reader->arena);
    return words;
}

/* What a person wants, in their own words. channel: where the message arrived. */
static void read_wants(struct reader *reader, const char *channel, const char *subject)
{
    struct words own = own_words(reader);
    struct reading *out = reader->out;

    opt_out_read(reader, &own, subject);
    intents_read(&own, reader->lexicon, reader->arena, &reader->rules, &out->intents);
    if (intents_have(&out->intents, INTENT_THREAT)) {
        out->opt_out = OPT_OUT_EVERYTHING;
        out->opt_out_channel = NULL;
    }
    if (wants_peace(out))
        intents_keep_alarms(&out->intents);
    read_place(reader, channel, &own);
}

static void read_words(struct reader *reader)
{
    struct own_text own = own_text_of(reader->notice, reader->out->from_name, reader->arena);

    reader->out->own_text = own.text;
    reader->out->signature = own.signature;
    if (reader->out->kind == READING_AUTO_REPLY)
        absence_read(reader);
    if (reader->out->kind == READING_HUMAN)
        read_wants(reader, "email", reader->out->subject);
}

/* What no parser may see keeps its id, so that a second copy of it is known for one. */
static void read_unparsed(struct reader *reader, const struct scan *scan)
{
    struct names ids = { .max = 1 };

    reader->out->kind = READING_UNREADABLE;
    reader_rule(reader, scan->refused);
    read_ids(reader, scan->mail);
    ids_add_returned(text_cut(scan->mail, SCAN_MAX_HEADER_BYTES), reader->arena, &ids);
    if (ids.count > 0)
        reader->out->message_id = ids.items[0];
}

static struct reader begin(const struct reading_env *env, struct arena *arena, struct reading *out)
{
    *out = (struct reading){ .from = "", .from_name = "", .subject = "", .message_id = "" };
    out->in_reply_to = out->text = out->own_text = out->signature = "";
    out->intents.lead = INTENT_OTHER;
    return (struct reader){ .env = env,
                            .lexicon = env->lexicon ? env->lexicon : lexicon_builtin(arena),
                            .arena = arena,
                            .out = out,
                            .rules = { .max = MAX_RULES },
                            .notice = span_of(""),
                            .folded_subject = "" };
}

static void finish(struct reader *reader)
{
    reader->out->rules = reader->rules.items;
    reader->out->rule_count = reader->rules.count;
}

static const char *parse(struct span raw, const struct reading_env *env, struct arena *arena,
                         struct mail *out)
{
    if (env->mail_source)
        return env->mail_source->read(env->mail_source, raw, arena, out);
    return mail_parse(raw, arena, out) ? NULL : "scan: no message";
}

void reading_of_mail(struct span raw, const struct reading_env *env, struct arena *arena,
                     struct reading *out)
{
    struct reader reader = begin(env, arena, out);
    struct mail mail;
    struct scan scan;

    scan_mail(raw, &scan);
    if (!scan.refused)
        scan.refused = parse(scan.mail, env, arena, &mail);
    if (scan.refused) {
        read_unparsed(&reader, &scan);
        finish(&reader);
        return;
    }
    if (scan.cut)
        reader_rule(&reader, "scan: only the first MiB was read");
    reader.mail = &mail;
    read_headers(&reader);
    read_ids(&reader, scan.mail);
    read_text(&reader);
    ask_kind(&reader);
    read_words(&reader);
    finish(&reader);
}

void reading_of_text(struct span text, const char *channel, const struct reading_env *env,
                     struct arena *arena, struct reading *out)
{
    struct reader reader = begin(env, arena, out);
    struct span cut = text_cut(text, MAX_TEXT_BYTES);

    reader.notice = span_of(text_to_utf8(arena, text_trim(cut)));
    reader.folded_notice = folded_of(arena, reader.notice, READER_NOTICE_BYTES);
    out->text = out->own_text = reader.notice.data;
    read_ids(&reader, reader.notice);
    out->kind = auto_reply_is_text(&reader) ? READING_AUTO_REPLY : READING_HUMAN;
    if (out->kind == READING_AUTO_REPLY)
        absence_read(&reader);
    else
        read_wants(&reader, channel, "");
    finish(&reader);
}

void reading_place(const struct reading_env *env, const char *channel, struct arena *arena,
                   struct reading *reading)
{
    struct reader reader = { .env = env,
                             .lexicon = env->lexicon ? env->lexicon : lexicon_builtin(arena),
                             .arena = arena,
                             .out = reading,
                             .rules = { .max = MAX_RULES } };

    for (size_t i = 0; i < reading->rule_count; i++)
        reader_rule(&reader, reading->rules[i]);
    if (reading->kind == READING_AUTO_REPLY)
        absence_read(&reader);
    if (reading->kind == READING_HUMAN) {
        struct words own = own_words(&reader);

        read_place(&reader, channel, &own);
    }
    finish(&reader);
}

bool reading_has_rule(const struct reading *reading, const char *name)
{
    for (size_t i = 0; i < reading->rule_count; i++)
        if (strcmp(reading->rules[i], name) == 0)
            return true;
    return false;
}
