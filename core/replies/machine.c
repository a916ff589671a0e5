/* core/replies/machine.c - one function a question. */
#include "core/replies/machine.h"

#include <string.h>

#include "core/base/text.h"
#include "core/replies/bounce_text.h"
#include "core/replies/fold.h"
#include "core/replies/ses_notice.h"

static bool has_header(const struct reader *reader, const char *name)
{
    return mail_header_nth(reader->mail, name, 0) != NULL;
}

static bool is_own_message_id(const struct reader *reader)
{
    const char *id = reader->out->message_id;
    const char *domain = reader->env->own_domain;
    const char *at = strrchr(id, '@');

    /* Our own mail server's bounces come from our domain too: only our tokens are ours. */
    return domain && at && id[0] == '<' && (id[1] == 'm' || id[1] == 'M') && at - id == 32 &&
           text_eq_nocase(span_make(at + 1, strlen(at + 1) - 1), span_of(domain));
}

bool machine_is_own(struct reader *reader)
{
    if (reader_is_own_address(reader, reader->out->from))
        reader_rule(reader, "own: from our mailbox");
    else if (is_own_message_id(reader))
        reader_rule(reader, "own: our Message-ID");
    else
        return false;
    return true;
}

/* RFC 5965 section 3.1, 7.3 and RFC 6650; what a person says with each. */
static const struct {
    const char *type, *rule;
    enum opt_out_scope opt_out;
} feedback[] = {
    { "abuse", "arf: abuse", OPT_OUT_EVERYTHING },
    { "fraud", "arf: fraud", OPT_OUT_EVERYTHING },
    { "opt-out", "arf: opt-out", OPT_OUT_EVERYTHING },
    { "opt-out-list", "arf: opt-out-list", OPT_OUT_EVERYTHING },
    { "virus", "arf: virus", OPT_OUT_NONE },
    { "not-spam", "arf: not-spam", OPT_OUT_NONE },
    { "auth-failure", "arf: auth-failure", OPT_OUT_NONE },
};

/* The value of the first "name: value" line of `text`, trimmed; empty when there is none. */
static struct span field_of(struct span text, const char *name)
{
    struct span line;

    while (text_next_line(&text, &line))
        if (text_starts_nocase(line, name))
            return text_trim(span_from(line, strlen(name)));
    return span_make("", 0);
}

static void note_feedback(struct reader *reader, struct span type)
{
    for (size_t i = 0; i < COUNT_OF(feedback); i++) {
        if (text_eq_nocase(type, span_of(feedback[i].type))) {
            reader_rule(reader, feedback[i].rule);
            reader->out->opt_out = feedback[i].opt_out;
            return;
        }
    }
    reader_rule(reader, "arf: other");
}

/* Feedback loops from before RFC 5965: a known sender and the mail it complains about. */
static bool is_plain_complaint(const struct reader *reader)
{
    static const struct phrase subjects[] = {
        { "complaint about message from", 0 },
        { "abuse report from", 0 },
        { "email feedback report", 0 },
    };

    return reader_part(reader, "message/rfc822") &&
           phrase_at_start(subjects, COUNT_OF(subjects), reader->folded_subject);
}

bool machine_is_complaint(struct reader *reader)
{
    const struct mail_part *part = reader_part(reader, "message/feedback-report");

    if (part) {
        note_feedback(reader, field_of(part->text, "feedback-type:"));
        return true;
    }
    if (strcmp(reader->mail->report_type, "feedback-report") == 0) {
        reader_rule(reader, "arf: report without its part");
        reader->out->opt_out = OPT_OUT_EVERYTHING;
        return true;
    }
    if (!is_plain_complaint(reader) && !ses_notice_is_complaint(reader))
        return false;
    reader_rule(reader, "arf: complaint of a system that sends no report part");
    reader->out->opt_out = OPT_OUT_EVERYTHING;
    return true;
}

bool machine_is_receipt(struct reader *reader)
{
    const struct mail_part *part = reader_part(reader, "message/disposition-notification");
    struct span value;

    if ((!part || part->returned) &&
        strcmp(reader->mail->report_type, "disposition-notification") != 0)
        return false;
    if (bounce_text_is_rejection(reader))
        return false;
    value = part ? field_of(part->text, "disposition:") : span_make("", 0);
    reader_rule(reader, arena_printf(reader->arena, "mdn: %s",
                                     arena_dup_span(reader->arena, text_cut(value, 80))));
    return true;
}

static bool is_calendar(const struct mail_part *part)
{
    return !part->returned &&
           (strcmp(part->type, "text/calendar") == 0 || strcmp(part->type, "application/ics") == 0);
}

bool machine_is_calendar(struct reader *reader)
{
    for (size_t i = 0; i < reader->mail->part_count; i++) {
        const struct mail_part *part = &reader->mail->parts[i];

        if (!is_calendar(part))
            continue;
        if (strcmp(part->method, "reply") == 0 ||
            text_eq_nocase(field_of(part->text, "method:"), span_of("reply"))) {
            reader_rule(reader, "calendar: METHOD:REPLY");
            return true;
        }
    }
    return false;
}

bool machine_is_challenge(struct reader *reader)
{
    static const struct phrase words[] = {
        { "boxbe.com", 0 },
        { "my boxbe guest list", 0 },
        { "confirm that you are human", 0 },
        { "confirm you are human", 0 },
        { "prove you are human", 0 },
        { "prove that you are human", 0 },
        { "verify that you are a human", 0 },
        { "not in my allow list", 0 },
        { "not in my address book", 0 },
        { "not on my allow list", 0 },
        { "not on my whitelist", 0 },
        { "not in my whitelist", 0 },
        { "add yourself to my whitelist", 0 },
        { "add yourself to my approved", 0 },
        { "my list of approved senders", 0 },
        { "must confirm your message", 0 },
        { "server requires confirmation", 0 },
        { "requires confirmation of the sender", 0 },
        { "confirm your message by", 0 },
        { "to release your message", 0 },
        { "release your message:", 0 },
        { "to have your message delivered, ", 0 },
        { "requires verification of your e-mail address", 0 },
        { "sender verification", 0 },
        { "this is a challenge", 0 },
        { "tmda", 0 },
        { "spamarrest", 0 },
        { "anti-spam challenge", 0 },
        { "whitelist request", 0 },
        { "bestätigen sie, dass sie ein mensch sind", 0 },
        { "confirm that you are a human", 0 },
        { "confirm that you are a real", 0 },
        { "you are a human sender", 0 },
        { "you are a real person", 0 },
        { "verify you are human", 0 },
        { "verify that you are human", 0 },
        { "is being held because your address", 0 },
        { "message is being held until", 0 },
        { "message has been held until", 0 },
        { "held for verification", 0 },
        { "verify your email address so", 0 },
        { "your address has not been verified", 0 },
        { "click the link below so i can receive", 0 },
        { "click below to have your message", 0 },
        { "challenge/response", 0 },
        { "challenge-response", 0 },
        { "sie ein mensch sind", 0 },
        { "vous êtes un humain", 0 },
    };
    const struct phrase *found = NULL;

    /* A person who answers us may write any of these; a machine marks its mail, answers none, or
     * writes a subject of its own. */
    if (has_header(reader, "Auto-Submitted") || !has_header(reader, "In-Reply-To") ||
        has_header(reader, "X-TMDA-Fingerprint") || !strchr(reader->folded_subject, ':'))
        found = folded_find(words, COUNT_OF(words), &reader->folded_notice);
    if (found)
        reader_rule(reader, arena_printf(reader->arena, "challenge: %s", found->text));
    return found != NULL;
}

/* Is it an answer to mail of ours? Then it is no bulk, though a list or group carried it. */
static bool answers_us(const struct reader *reader)
{
    const struct reading *out = reader->out;
    const char *domain = reader->env->own_domain;

    if (!domain)
        return out->in_reply_to[0] != '\0';
    if (text_find_nocase(span_of(out->in_reply_to), domain))
        return true;
    for (size_t i = 0; i < out->reference_count; i++)
        if (text_find_nocase(span_of(out->references[i]), domain))
            return true;
    return false;
}

bool machine_is_bulk(struct reader *reader)
{
    static const char *const values[] = { "bulk", "junk", "list" };
    struct span precedence = text_trim(span_of(mail_header(reader->mail, "Precedence")));
    const char *rule = NULL;

    if (has_header(reader, "List-Id"))
        rule = "bulk: List-Id";
    else if (has_header(reader, "List-Unsubscribe"))
        rule = "bulk: List-Unsubscribe";
    for (size_t i = 0; i < COUNT_OF(values) && !rule; i++)
        if (text_eq_nocase(precedence, span_of(values[i])))
            rule = "bulk: Precedence";
    if (!rule || answers_us(reader))
        return false;
    reader_rule(reader, rule);
    return true;
}
