/* core/replies/bounce_text.c - whether prose is a bounce. Whom it names: bounce_named.c; its words:
 * bounce_words.c. */
#include "core/replies/bounce_text.h"

#include <string.h>

#include "core/base/text.h"
#include "core/replies/bounce_words.h"
#include "core/replies/fold.h"
#include "core/replies/severity.h"
#include "core/replies/severity_words.h"

static const struct phrase daemons[] = {
    { "mailer-daemon", 0 },
    { "mailerdaemon", 0 },
    { "mailer_daemon", 0 },
    { "mail-daemon", 0 },
    { "mdaemon", 0 },
    { "postmaster", 0 },
    { "post_master", 0 },
    { "mail.delivery.system", 0 },
    { "maildelivery", 0 },
    { "microsoftexchange", 0 },
    { "smtp_mail_service", 0 },
    { "bounce", 0 },

    { "mail-delivery", 0 },
    { "maildaemon", 0 },
    { "mail_daemon", 0 },
    { "mail-router", 0 },
    { "mail_router", 0 },
    { "mail.router", 0 },
    { "mailrouter", 0 },
    { "mmdf", 0 },
    { "mail-gateway", 0 },
    { "smtp-gateway", 0 },
    { "email-gateway", 0 },
    { "mailgateway", 0 },
    { "mailgw", 0 },
    { "mail-system", 0 },
};

static const struct phrase names[] = {
    { "mail delivery", 0 },
    { "delivery subsystem", 0 },
    { "delivery system", 0 },
    { "system administrator", 0 },
    { "mail administrator", 0 },
    { "postmaster", 0 },
    { "mail system", 0 },
    { "mailer-daemon", 0 },
    { "delivery notification", 0 },
    { "delivery report", 0 },
    { "mail daemon", 0 },
    { "mailer daemon", 0 },
    { "mail router", 0 },
    { "mail server", 0 },
    { "mail gateway", 0 },
    { "smtp gateway", 0 },
    { "message gateway", 0 },
    { "mailserver", 0 },
    { "mailsystem", 0 },
    { "email system", 0 },
    { "e-mail system", 0 },
    { "mail transfer agent", 0 },
    { "delivery agent", 0 },
    { "mailzustell", 0 },
    { "メール配信", 0 },
    { "системный администратор", 0 },
    { "почтовая система", 0 },
    { "почтовая служба", 0 },
    { "系统管理员", 0 },
    { "邮件系统", 0 },
    { "administrador del sistema", 0 },
    { "administrateur système", 0 },
    { "systemadministrator", 0 },
    { "amministratore di sistema", 0 },
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

/* ... and when a moderator may still let it through. */
static const struct phrase list_holds[] = {
    { "held until", 0 },           { "being held", 0 },  { "been held", 0 },
    { "moderator approval", 0 },   { "awaits", 0 },      { "awaiting", 0 },
    { "waiting for approval", 0 }, { "be reviewed", 0 }, { "sent to the moderator", 0 },
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
    for (size_t i = 0; last && last > first && i < bounce_subjects_count; i++)
        if (strncmp(last, bounce_subjects[i].text, strlen(bounce_subjects[i].text)) == 0)
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

    if (!found || is_answer(reader) || !is_list_program(local_part(reader)) ||
        folded_find(list_holds, COUNT_OF(list_holds), &reader->folded_report))
        return NULL;
    return arena_printf(reader->arena, "bounce text: list program, %s", found->text);
}

static bool returns_mail(const struct reader *reader)
{
    return reader_part(reader, "message/rfc822") || reader_part(reader, "text/rfc822-headers");
}

/* What the notice says of mail or an address that was refused, or NULL. */
static const char *reason_of(const struct reader *reader)
{
    const struct folded *report = &reader->folded_report;
    const struct phrase *found =
        folded_find(severity_address_words, severity_address_words_count, report);

    if (!found)
        found = folded_find(severity_words, severity_words_count, report);
    return found ? found->text : NULL;
}

/* A mail system that says nothing we know by heart, and answers nobody. */
static const char *shape_rule(const struct reader *reader, bool null_path)
{
    bool returns = returns_mail(reader) || bounce_text_copies(reader);
    bool blames = bounce_text_blames(reader);
    const char *reason;

    /* People post to lists as postmaster, too. */
    if (is_answer(reader) ||
        (mail_header_nth(reader->mail, "List-Id", 0) && !strstr(local_part(reader), "daemon")))
        return NULL;
    if (bounce_text_is_delay(reader))
        return "bounce text: mail system, still trying";
    if (mail_header_nth(reader->mail, "X-Failed-Recipients", 0))
        return "bounce text: X-Failed-Recipients";
    if ((null_path || returns || blames || mail_header_nth(reader->mail, "Auto-Submitted", 0)) &&
        bounce_text_denies_delivery(reader))
        return "bounce text: mail system denies delivery";
    if (returns && (null_path || blames))
        return "bounce text: mail system, returned message";
    reason = null_path || blames ? reason_of(reader) : NULL;
    return reason ? arena_printf(reader->arena, "bounce text: mail system, %s", reason) : NULL;
}

/* "550 ...", "5.1.1": people tell of a refusal without its number. */
static bool has_code(const struct reader *reader)
{
    const char *at = reader->folded_report.text;

    if (severity_status_in(at, reader->arena)[0])
        return true;
    for (; *at; at++)
        if (strchr("45", at[0]) && text_is_digit(at[1]) && text_is_digit(at[2]) &&
            strchr(" -", at[3]) && (at == reader->folded_report.text || at[-1] == ' '))
            return at[3] != '\0';
    return false;
}

/* A sender we do not know for a mail system says above the copy of a message why it was refused, and
 * whose it was. Who forwards such a notice has it below the own words. */
static const char *copy_rule(const struct reader *reader)
{
    bool copies = bounce_text_copies(reader);
    const struct phrase *body;

    if (is_answer(reader))
        return NULL;
    if (has_null_path(reader) && (copies || returns_mail(reader)) &&
        bounce_text_denies_delivery(reader))
        return "bounce text: null path, returned message, denies delivery";
    if (!copies || !has_code(reader) || !bounce_text_blames(reader))
        return NULL;
    body = folded_find(bounce_bodies, bounce_bodies_count, &reader->folded_report);
    return body && reason_of(reader)
               ? arena_printf(reader->arena, "bounce text: copy of a message, %s", body->text)
               : NULL;
}

bool bounce_text_is_receipt(const struct reader *reader)
{
    static const struct phrase words[] = {
        { "successfully delivered", 0 },   { "successful delivery", 0 },
        { "successful mail delivery", 0 }, { "has been delivered to the", 0 },
        { "was delivered to the", 0 },     { "delivered to mailbox", 0 },
        { "delivery report that you", 0 }, { "erfolgreich zugestellt", 0 },
        { "erfolgreich übermittelt", 0 },  { "remis avec succès", 0 },
        { "entregado correctamente", 0 },
    };

    return reader->from_daemon && !is_answer(reader) &&
           folded_find(words, COUNT_OF(words), &reader->folded_report) &&
           !folded_find(bounce_bodies, bounce_bodies_count, &reader->folded_report) &&
           !reason_of(reader);
}

/* A person who says why our mail did not come, and names another address. */
static bool speaks_of_itself(const struct reader *reader)
{
    static const struct phrase words[] = {
        { "my mailbox", 0 },    { "my inbox", 0 },        { "my email", 0 },
        { "my e-mail", 0 },     { "my mail ", 0 },        { "my address", 0 },
        { "my account", 0 },    { "our mail server", 0 }, { "mein postfach", 0 },
        { "meine e-mail", 0 },  { "meine mail", 0 },      { "unser postfach", 0 },
        { "ma boîte", 0 },      { "mon adresse", 0 },     { "mi buzón", 0 },
        { "mi correo", 0 },     { "mia casella", 0 },     { "minha caixa", 0 },
        { "meu e-mail", 0 },    { "mijn mailbox", 0 },    { "mijn postvak", 0 },
        { "moja skrzynka", 0 }, { "min inkorg", 0 },      { "min mailboks", 0 },
        { "min innboks", 0 },   { "мой ящик", 0 },        { "моя почта", 0 },
    };

    if (folded_find(words, COUNT_OF(words), &reader->folded_report))
        return true;
    return !bounce_text_denies_delivery(reader) && !bounce_text_is_delay(reader) &&
           !has_code(reader) && !returns_mail(reader) && !bounce_text_copies(reader);
}

const char *bounce_text_rule(const struct reader *reader)
{
    bool daemon = reader->from_daemon, null_path = has_null_path(reader);
    const struct phrase *subject, *body;
    const char *rule;

    if ((!daemon && is_answer(reader)) || bounce_text_is_receipt(reader))
        return NULL;
    subject = phrase_in(bounce_subjects, bounce_subjects_count, reader->folded_subject);
    if (!daemon && !subject && !(null_path && returns_mail(reader))) {
        rule = list_rule(reader);
        return rule ? rule : copy_rule(reader);
    }
    body = folded_find(bounce_bodies, bounce_bodies_count, &reader->folded_report);
    if (daemon && (subject || body))
        return arena_printf(reader->arena, "bounce text: mail system, %s",
                            subject ? subject->text : body->text);
    if (subject && body && (null_path || (bounce_text_blames(reader) && !speaks_of_itself(reader))))
        return arena_printf(reader->arena, "bounce text: %s, %s", subject->text, body->text);
    if (null_path && body && returns_mail(reader))
        return arena_printf(reader->arena, "bounce text: null path, returned message, %s",
                            body->text);
    if (null_path && subject)
        return arena_printf(reader->arena, "bounce text: null path, %s", subject->text);
    rule = daemon ? shape_rule(reader, null_path) : copy_rule(reader);
    return rule ? rule : list_rule(reader);
}

bool bounce_text_is_rejection(const struct reader *reader)
{
    const struct mail_part *part = reader_part(reader, "message/disposition-notification");

    return part && !part->returned && text_find_nocase(part->text, "; deleted") &&
           folded_has(&reader->folded_notice, "automatically rejected");
}

bool bounce_text_is_delay(const struct reader *reader)
{
    return phrase_in(bounce_delays, bounce_delays_count, reader->folded_subject) ||
           (folded_find(bounce_delays, bounce_delays_count, &reader->folded_report) &&
            !folded_find(bounce_finals, bounce_finals_count, &reader->folded_report));
}
