/* core/replies/bounce_text.c - whether prose is a bounce. Whom it names: bounce_named.c. */
#include "core/replies/bounce_text.h"

#include <string.h>

#include "core/base/text.h"
#include "core/replies/fold.h"

static const struct phrase daemons[] = {
    { "mailer-daemon", 0 },     { "mailerdaemon", 0 },
    { "mailer_daemon", 0 },     { "mail-daemon", 0 },
    { "mdaemon", 0 },           { "postmaster", 0 },
    { "post_master", 0 },       { "mail.delivery.system", 0 },
    { "maildelivery", 0 },      { "microsoftexchange", 0 },
    { "smtp_mail_service", 0 }, { "bounce", 0 },
    { "delivery", 0 },
};

static const struct phrase names[] = {
    { "mail delivery", 0 },        { "delivery subsystem", 0 }, { "delivery system", 0 },
    { "system administrator", 0 }, { "mail administrator", 0 }, { "postmaster", 0 },
    { "mail system", 0 },          { "mailer-daemon", 0 },      { "delivery notification", 0 },
    { "delivery report", 0 },
};

static const struct phrase subjects[] = {
    { "undeliver", 0 },
    { "returned mail", 0 },
    { "returned to sender", 0 },
    { "returning message to sender", 0 },
    { "returning to sender", 0 },
    { "delivery fail", 0 },
    { "delivery status", 0 },
    { "delivery problem", 0 },
    { "delivery report", 0 },
    { "delivery notification", 0 },
    { "delivery has failed", 0 },
    { "delivery delay", 0 },
    { "delivery error", 0 },
    { "failure notice", 0 },
    { "failure delivery", 0 },
    { "failed delivery", 0 },
    { "failed mail", 0 },
    { "failed to deliver", 0 },
    { "mail failure", 0 },
    { "mail failed", 0 },
    { "mail error", 0 },
    { "mail system error", 0 },
    { "message delivery", 0 },
    { "message status", 0 },
    { "message rejected", 0 },
    { "message you sent", 0 },
    { "rejected message", 0 },
    { "rejected mail", 0 },
    { "non-delivery", 0 },
    { "nondeliver", 0 },
    { "non delivery", 0 },
    { "not delivered", 0 },
    { "could not be delivered", 0 },
    { "couldn't be delivered", 0 },
    { "could not send message", 0 },
    { "error sending your mail", 0 },
    { "problems delivering", 0 },
    { "unable to deliver", 0 },
    { "user unknown", 0 },
    { "warning: ", 0 },
    { "delivery warning", 0 },
    { "unzustellbar", 0 },
    { "fehlgeschlagen", 0 },
    { "non remis", 0 },
    { "échec de la remise", 0 },
    { "échec de remise", 0 },
    { "remise impossible", 0 },
    { "no se puede entregar", 0 },
    { "no se ha podido entregar", 0 },
    { "não foi possível entregar", 0 },
    { "não entregue", 0 },
    { "mancata consegna", 0 },
    { "recapito non riuscito", 0 },
    { "non recapitabile", 0 },
    { "onbestelbaar", 0 },
    { "niet bezorgd", 0 },
    { "niedostarczalne", 0 },
    { "недоставлен", 0 },
    { "配信不能", 0 },
    { "退信", 0 },
    { "系统退信", 0 },
};

static const struct phrase bodies[] = {
    { "could not be delivered", 0 },
    { "couldn't be delivered", 0 },
    { "can't be delivered", 0 },
    { "cannot be delivered", 0 },
    { "was not delivered", 0 },
    { "wasn't delivered", 0 },
    { "has not been delivered", 0 },
    { "not delivered to the following", 0 },
    { "could not deliver", 0 },
    { "couldn't deliver", 0 },
    { "unable to deliver", 0 },
    { "able to deliver", 0 },
    { "failed to deliver", 0 },
    { "undeliver", 0 },
    { "not deliverable", 0 },
    { "delivery to the following", 0 },
    { "delevery to the following", 0 },
    { "delivery failed", 0 },
    { "delivery failure", 0 },
    { "delivery has failed", 0 },
    { "delivery attempt", 0 },
    { "delivery error", 0 },
    { "error delivering", 0 },
    { "trouble delivering", 0 },
    { "trying to deliver", 0 },
    { "problem delivering", 0 },
    { "attempt to deliver", 0 },
    { "failed address", 0 },
    { "failed recipient", 0 },
    { "did not reach", 0 },
    { "didn't reach", 0 },
    { "returned permanent errors", 0 },
    { "permanent fatal errors", 0 },
    { "permanent error", 0 },
    { "transcript of session", 0 },
    { "rcpt to generated", 0 },
    { "returned to sender", 0 },
    { "message was rejected", 0 },
    { "message has been rejected", 0 },
    { "mailbox is full", 0 },
    { "user unknown", 0 },
    { "unknown user", 0 },
    { "no such user", 0 },
    { "n'a pas pu etre", 0 },
    { "delivery of email to", 0 },
    { "delivery of your message", 0 },
    { "did not exactly match", 0 },
    { "no valid recipients", 0 },
    { "konnte nicht zugestellt", 0 },
    { "konnte nicht an", 0 },
    { "nicht zustellbar", 0 },
    { "n'a pas pu être", 0 },
    { "n'a pas été remis", 0 },
    { "no se pudo entregar", 0 },
    { "no se ha podido entregar", 0 },
    { "não pôde ser entregue", 0 },
    { "non è stato possibile recapitare", 0 },
    { "kon niet worden bezorgd", 0 },
    { "не удалось доставить", 0 },
    { "не может быть доставлено", 0 },
    { "невозможно доставить", 0 },
    { "邮件无法发送到", 0 },
};

static const struct phrase delays[] = {
    { "delivery delayed", 0 },
    { "delivery status notification (delay)", 0 },
    { "has been delayed", 0 },
    { "is delayed", 0 },
    { "was delayed", 0 },
    { "warning message only", 0 },
    { "this is a warning", 0 },
    { "this is only a warning", 0 },
    { "delivery attempts will continue", 0 },
    { "will continue to be tried", 0 },
    { "will continue to try", 0 },
    { "will keep trying", 0 },
    { "continue trying to deliver", 0 },
    { "will be retried", 0 },
    { "will retry", 0 },
    { "will try again", 0 },
    { "still trying", 0 },
    { "will continue to attempt", 0 },
    { "has been postponed", 0 },
    { "still undelivered", 0 },
    { "not yet been delivered", 0 },
    { "has not been delivered yet", 0 },
    { "could not be delivered for", 0 },
    { "wird weiter versucht", 0 },
    { "verzögert sich", 0 },
    { "a été retardée", 0 },
};

/* A report that has no readable status part still calls itself one. */
static bool is_delivery_report(const struct reader *reader)
{
    return strcmp(reader->mail->report_type, "delivery-status") == 0;
}

static bool has_null_path(const struct reader *reader)
{
    const char *path = mail_header(reader->mail, "Return-Path");

    return text_find_nocase(span_of(path), "<>") != NULL;
}

static const char *local_part(const struct reader *reader)
{
    const char *from = reader->out->from;

    return arena_dup_span(reader->arena, span_make(from, strcspn(from, "@")));
}

bool bounce_text_is_daemon(const struct reader *reader)
{
    const struct reading *out = reader->out;
    const char *name = fold_text(reader->arena, span_of(out->from_name), READER_SUBJECT_BYTES);

    return is_delivery_report(reader) ||
           phrase_in(daemons, COUNT_OF(daemons), local_part(reader)) ||
           phrase_in(names, COUNT_OF(names), name) ||
           strstr(mail_header(reader->mail, "From"), "<>") ||
           mail_header_nth(reader->mail, "X-Failed-Recipients", 0);
}

/* Programs that keep mailing lists, by how they sign. */
static const char *const list_suffixes[] = { "-admin",  "-owner",   "-request", "-bounces",
                                             "-return", "-manager", "-help" };
static const struct phrase list_names[] = {
    { "owner-", 0 },   { "listserv", 0 },   { "majordomo", 0 },    { "mailman", 0 },
    { "sympa", 0 },    { "listmaster", 0 }, { "list-manager", 0 }, { "ezmlm", 0 },
    { "listproc", 0 }, { "petidomo", 0 },
};

/* What they say when they pass a message on to nobody. */
static const struct phrase list_refusals[] = {
    { "you are not a member of this", 0 },
    { "you are not a member of the", 0 },
    { "you are not subscribed to", 0 },
    { "you are not allowed to post", 0 },
    { "you are not authorized to post", 0 },
    { "you are not authorised to post", 0 },
    { "you are not authorized to send", 0 },
    { "not allowed to post to this", 0 },
    { "only subscribers may post", 0 },
    { "only members may post", 0 },
    { "members-only list", 0 },
    { "closed mailing list", 0 },
    { "your message has been automatically rejected", 0 },
    { "your message has been rejected", 0 },
    { "duplicated message-id", 0 },
    { "loop alert", 0 },
    { "message could not be distributed", 0 },
};

static bool is_list_program(const char *mailbox)
{
    size_t len = strlen(mailbox);

    for (size_t i = 0; i < COUNT_OF(list_suffixes); i++) {
        size_t suffix = strlen(list_suffixes[i]);

        if (len > suffix && strcmp(mailbox + len - suffix, list_suffixes[i]) == 0)
            return true;
    }
    return phrase_in(list_names, COUNT_OF(list_names), mailbox) != NULL;
}

/* The subject of a notice that puts ours before its own words ("RE: Hello: undelivered"). */
static bool ends_with_refusal(const char *subject)
{
    const char *first = strstr(subject, ": "), *last = first, *next;

    while (last && (next = strstr(last + 1, ": ")))
        last = next;
    if (last && last > first)
        while (*last == ':' || *last == ' ')
            last++;
    for (size_t i = 0; last && last > first && i < COUNT_OF(subjects); i++)
        if (strncmp(last, subjects[i].text, strlen(subjects[i].text)) == 0)
            return true;
    return false;
}

/* A person who answers or forwards a bounce. */
static bool is_answer(const struct reader *reader)
{
    static const struct phrase prefixes[] = {
        { "re", 0 }, { "fw", 0 }, { "fwd", 0 },  { "aw", 0 },  { "wg", 0 },
        { "tr", 0 }, { "sv", 0 }, { "antw", 0 }, { "odp", 0 }, { "rv", 0 },
    };
    const struct phrase *found =
        phrase_at_start(prefixes, COUNT_OF(prefixes), reader->folded_subject);

    return found && reader->folded_subject[strlen(found->text)] == ':' &&
           !ends_with_refusal(reader->folded_subject);
}

static const char *list_rule(const struct reader *reader)
{
    const struct phrase *found =
        folded_find(list_refusals, COUNT_OF(list_refusals), &reader->folded_report);

    if (!found || is_answer(reader) || !is_list_program(local_part(reader)))
        return NULL;
    return arena_printf(reader->arena, "bounce text: list program, %s", found->text);
}

const char *bounce_text_rule(const struct reader *reader)
{
    bool daemon = reader->from_daemon;
    const struct phrase *subject = phrase_in(subjects, COUNT_OF(subjects), reader->folded_subject);
    const struct phrase *body = folded_find(bodies, COUNT_OF(bodies), &reader->folded_report);

    if (!daemon && is_answer(reader))
        return NULL;
    if (daemon && (subject || body))
        return arena_printf(reader->arena, "bounce text: mail system, %s",
                            subject ? subject->text : body->text);
    if (subject && body)
        return arena_printf(reader->arena, "bounce text: %s, %s", subject->text, body->text);
    if (has_null_path(reader) && body &&
        (reader_part(reader, "message/rfc822") || reader_part(reader, "text/rfc822-headers")))
        return arena_printf(reader->arena, "bounce text: null path, returned message, %s",
                            body->text);
    if (has_null_path(reader) && subject)
        return arena_printf(reader->arena, "bounce text: null path, %s", subject->text);
    return list_rule(reader);
}

bool bounce_text_is_rejection(const struct reader *reader)
{
    const struct mail_part *part = reader_part(reader, "message/disposition-notification");

    return part && !part->returned && text_find_nocase(part->text, "; deleted") &&
           folded_has(&reader->folded_notice, "automatically rejected");
}

bool bounce_text_is_delay(const struct reader *reader)
{
    return phrase_in(delays, COUNT_OF(delays), reader->folded_subject) ||
           folded_find(delays, COUNT_OF(delays), &reader->folded_report);
}
