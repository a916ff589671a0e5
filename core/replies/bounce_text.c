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

    { "mail-delivery", 0 },     { "maildaemon", 0 },
    { "mail_daemon", 0 },       { "mail-router", 0 },
    { "mail_router", 0 },       { "mail.router", 0 },
    { "mailrouter", 0 },        { "mmdf", 0 },
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
    { "mailzustell", 0 },
    { "administrador del sistema", 0 },
    { "administrateur système", 0 },
    { "systemadministrator", 0 },
    { "amministratore di sistema", 0 },
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
    { "undelivered", 0 },
    { "unable to send", 0 },
    { "could not send", 0 },
    { "cannot be delivered", 0 },
    { "can't be delivered", 0 },
    { "was not delivered", 0 },
    { "wasn't delivered", 0 },
    { "not deliverable", 0 },
    { "address not found", 0 },
    { "recipient not found", 0 },
    { "recipient unknown", 0 },
    { "unknown recipient", 0 },
    { "no such user", 0 },
    { "user not found", 0 },
    { "invalid recipient", 0 },
    { "mailbox full", 0 },
    { "mailbox is full", 0 },
    { "quota exceeded", 0 },
    { "over quota", 0 },
    { "mail returned", 0 },
    { "message returned", 0 },
    { "returned message", 0 },
    { "returned email", 0 },
    { "returned e-mail", 0 },
    { "email returned", 0 },
    { "e-mail returned", 0 },
    { "email could not", 0 },
    { "mail could not", 0 },
    { "message could not", 0 },
    { "message undelivered", 0 },
    { "message not sent", 0 },
    { "message blocked", 0 },
    { "message refused", 0 },
    { "message bounced", 0 },
    { "mail bounced", 0 },
    { "bounced mail", 0 },
    { "bounce notification", 0 },
    { "non delivery report", 0 },
    { "ndr:", 0 },
    { "ndn:", 0 },
    { "notification of delivery", 0 },
    { "delivery incomplete", 0 },
    { "delivery impossible", 0 },
    { "delivery was delayed", 0 },
    { "delayed mail", 0 },
    { "mail delayed", 0 },
    { "delayed message", 0 },
    { "message delayed", 0 },
    { "still being retried", 0 },
    { "permanent error", 0 },
    { "permanent failure", 0 },
    { "nicht zustellbar", 0 },
    { "nicht zugestellt", 0 },
    { "unzustellbarkeit", 0 },
    { "zustellfehler", 0 },
    { "zurückgesandt", 0 },
    { "zurückgewiesen", 0 },
    { "retour à l'expéditeur", 0 },
    { "non délivré", 0 },
    { "n'a pas été remis", 0 },
    { "n'a pas pu être", 0 },
    { "échec d'envoi", 0 },
    { "échec de l'envoi", 0 },
    { "échec de distribution", 0 },
    { "avis de non", 0 },
    { "message non distribué", 0 },
    { "no entregado", 0 },
    { "no se pudo entregar", 0 },
    { "no se entregó", 0 },
    { "error de entrega", 0 },
    { "error en la entrega", 0 },
    { "fallo de entrega", 0 },
    { "fallo en la entrega", 0 },
    { "notificación de estado de entrega", 0 },
    { "aviso de no entrega", 0 },
    { "non recapitato", 0 },
    { "non consegnato", 0 },
    { "impossibile recapitare", 0 },
    { "impossibile consegnare", 0 },
    { "errore di consegna", 0 },
    { "mancato recapito", 0 },
    { "notifica di mancato", 0 },
    { "notifica dello stato del recapito", 0 },
    { "não foi entregue", 0 },
    { "falha na entrega", 0 },
    { "falha de entrega", 0 },
    { "falha ao entregar", 0 },
    { "erro de entrega", 0 },
    { "devolvida", 0 },
    { "não entregável", 0 },
    { "niet afgeleverd", 0 },
    { "niet bezorgbaar", 0 },
    { "niet worden bezorgd", 0 },
    { "bezorging mislukt", 0 },
    { "aflevering mislukt", 0 },
    { "retour afzender", 0 },
    { "nie dostarczono", 0 },
    { "nie można dostarczyć", 0 },
    { "niedoręczona", 0 },
    { "zwrot wiadomości", 0 },
    { "błąd dostarczenia", 0 },
    { "kunde inte levereras", 0 },
    { "kunde inte skickas", 0 },
    { "går inte att leverera", 0 },
    { "leveransfel", 0 },
    { "ej levererat", 0 },
    { "kunne ikke leveres", 0 },
    { "ikke leveret", 0 },
    { "ikke levert", 0 },
    { "leveringsfeil", 0 },
    { "leveringsfejl", 0 },
    { "toimitus epäonnistui", 0 },
    { "ei voitu toimittaa", 0 },
    { "nedoručitelné", 0 },
    { "nedoručená", 0 },
    { "nelze doručit", 0 },
    { "kézbesíthetetlen", 0 },
    { "kézbesítési hiba", 0 },
    { "nem kézbesíthető", 0 },
    { "nelivrat", 0 },
    { "nu a putut fi livrat", 0 },
    { "не доставлено", 0 },
    { "не удалось доставить", 0 },
    { "недоставк", 0 },
    { "не может быть доставлено", 0 },
    { "ошибка доставки", 0 },
    { "iletilemedi", 0 },
    { "teslim edilemedi", 0 },
    { "teslim hatası", 0 },
    { "δεν παραδόθηκε", 0 },
    { "αποτυχία παράδοσης", 0 },
    { "配信できません", 0 },
    { "配信エラー", 0 },
    { "送信できません", 0 },
    { "送信エラー", 0 },
    { "未達", 0 },
    { "投递失败", 0 },
    { "无法投递", 0 },
    { "未送达", 0 },
    { "傳送失敗", 0 },
    { "無法傳遞", 0 },
    { "배달되지", 0 },
    { "전송 실패", 0 },
    { "반송", 0 },
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
    { "is undeliverable", 0 },
    { "isn't deliverable", 0 },
    { "could not be sent", 0 },
    { "could not be completed", 0 },
    { "could not send", 0 },
    { "cannot deliver", 0 },
    { "can't deliver", 0 },
    { "impossible to deliver", 0 },
    { "not be delivered", 0 },
    { "weren't delivered", 0 },
    { "hasn't been delivered", 0 },
    { "failed permanently", 0 },
    { "has failed to these", 0 },
    { "delivery of the following", 0 },
    { "your message to the following", 0 },
    { "message is being returned", 0 },
    { "mail is being returned", 0 },
    { "being returned to you", 0 },
    { "has been returned", 0 },
    { "bounced back", 0 },
    { "following address failed", 0 },
    { "following addresses failed", 0 },
    { "following addresses had", 0 },
    { "following recipients", 0 },
    { "following recipient", 0 },
    { "address couldn't be found", 0 },
    { "address could not be found", 0 },
    { "address not found", 0 },
    { "recipient address rejected", 0 },
    { "mailbox unavailable", 0 },
    { "mailbox full", 0 },
    { "over quota", 0 },
    { "quota exceeded", 0 },
    { "does not exist", 0 },
    { "recipient unknown", 0 },
    { "unknown recipient", 0 },
    { "recipient not found", 0 },
    { "user not found", 0 },
    { "in reply to rcpt to", 0 },
    { "smtp error from remote", 0 },
    { "remote host said", 0 },
    { "remote server said", 0 },
    { "remote server returned", 0 },
    { "nicht zugestellt werden", 0 },
    { "nicht zugestellt", 0 },
    { "nicht ausgeliefert", 0 },
    { "nicht übermittelt", 0 },
    { "zustellung fehlgeschlagen", 0 },
    { "fehler bei der nachrichtenzustellung", 0 },
    { "zustellung ist fehlgeschlagen", 0 },
    { "hat einige oder alle empfänger nicht erreicht", 0 },
    { "folgende empfänger", 0 },
    { "folgenden empfänger", 0 },
    { "échec de la remise", 0 },
    { "échec de la livraison", 0 },
    { "impossible de remettre", 0 },
    { "n'a pas été délivré", 0 },
    { "n'a pu être", 0 },
    { "n'ont pas pu être", 0 },
    { "destinataires suivants", 0 },
    { "no se puede entregar", 0 },
    { "no ha podido ser entregado", 0 },
    { "no pudo ser entregado", 0 },
    { "no pudo entregarse", 0 },
    { "no fue entregado", 0 },
    { "error en la entrega", 0 },
    { "siguientes destinatarios", 0 },
    { "siguiente destinatario", 0 },
    { "impossibile recapitare", 0 },
    { "impossibile consegnare", 0 },
    { "non è stato recapitato", 0 },
    { "non è stato consegnato", 0 },
    { "non può essere consegnato", 0 },
    { "non recapitato", 0 },
    { "seguenti destinatari", 0 },
    { "não foi possível entregar", 0 },
    { "não foi entregue", 0 },
    { "não pôde ser", 0 },
    { "não pode ser entregue", 0 },
    { "falha na entrega", 0 },
    { "seguintes destinatários", 0 },
    { "kan niet worden bezorgd", 0 },
    { "kan niet worden afgeleverd", 0 },
    { "kon niet worden afgeleverd", 0 },
    { "niet bezorgd", 0 },
    { "volgende geadresseerden", 0 },
    { "nie można dostarczyć", 0 },
    { "nie mogła zostać dostarczona", 0 },
    { "nie została dostarczona", 0 },
    { "nie udało się dostarczyć", 0 },
    { "następujących adresatów", 0 },
    { "kunde inte levereras", 0 },
    { "gick inte att leverera", 0 },
    { "följande mottagare", 0 },
    { "kunne ikke leveres", 0 },
    { "følgende modtagere", 0 },
    { "følgende mottakere", 0 },
    { "ei voitu toimittaa", 0 },
    { "toimitus epäonnistui", 0 },
    { "nelze doručit", 0 },
    { "nepodařilo se doručit", 0 },
    { "nebylo možné doručit", 0 },
    { "nem kézbesíthető", 0 },
    { "nem sikerült kézbesíteni", 0 },
    { "nu a putut fi livrat", 0 },
    { "не доставлено", 0 },
    { "не была доставлена", 0 },
    { "не удалось отправить", 0 },
    { "не може бути доставлено", 0 },
    { "iletilemedi", 0 },
    { "teslim edilemedi", 0 },
    { "δεν ήταν δυνατή η παράδοση", 0 },
    { "送信できませんでした", 0 },
    { "配信できませんでした", 0 },
    { "届けることができません", 0 },
    { "お届けできません", 0 },
    { "无法送达", 0 },
    { "无法投递", 0 },
    { "投递失败", 0 },
    { "无法传递", 0 },
    { "無法傳遞", 0 },
    { "전달되지", 0 },
    { "배달하지", 0 },
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
    { "delayed mail", 0 },
    { "mail delayed", 0 },
    { "delayed delivery", 0 },
    { "delivery is delayed", 0 },
    { "delivery has been delayed", 0 },
    { "delivery delay", 0 },
    { "have been delayed", 0 },
    { "been delayed for", 0 },
    { "delayed for more than", 0 },
    { "not been delivered yet", 0 },
    { "hasn't been delivered yet", 0 },
    { "not yet delivered", 0 },
    { "still being retried", 0 },
    { "still in the queue", 0 },
    { "remains undelivered", 0 },
    { "remains in the queue", 0 },
    { "will keep on trying", 0 },
    { "keep trying to deliver", 0 },
    { "continue to try", 0 },
    { "continues to try", 0 },
    { "will be attempted", 0 },
    { "will be tried again", 0 },
    { "temporary failure report", 0 },
    { "temporarily undeliverable", 0 },
    { "temporary delivery problem", 0 },
    { "delivery incomplete", 0 },
    { "do not have to resend", 0 },
    { "do not need to resend", 0 },
    { "do not need to re-send", 0 },
    { "no need to resend", 0 },
    { "zustellung verzögert", 0 },
    { "verzögerte zustellung", 0 },
    { "wurde verzögert", 0 },
    { "noch nicht zugestellt", 0 },
    { "konnte noch nicht", 0 },
    { "weiterhin versucht", 0 },
    { "erneut versucht, die", 0 },
    { "weitere zustellversuche", 0 },
    { "remise retardée", 0 },
    { "est retardée", 0 },
    { "remise différée", 0 },
    { "pas encore été remis", 0 },
    { "n'a pas encore été", 0 },
    { "continuera d'essayer", 0 },
    { "entrega retrasada", 0 },
    { "se ha retrasado", 0 },
    { "entrega demorada", 0 },
    { "aún no se ha entregado", 0 },
    { "todavía no se ha entregado", 0 },
    { "seguirá intentando", 0 },
    { "consegna ritardata", 0 },
    { "recapito ritardato", 0 },
    { "è stato ritardato", 0 },
    { "non è stato ancora", 0 },
    { "non è ancora stato", 0 },
    { "continuerà a tentare", 0 },
    { "entrega atrasada", 0 },
    { "entrega adiada", 0 },
    { "foi adiada", 0 },
    { "ainda não foi entregue", 0 },
    { "continuará tentando", 0 },
    { "continuará a tentar", 0 },
    { "bezorging vertraagd", 0 },
    { "is vertraagd", 0 },
    { "nog niet bezorgd", 0 },
    { "nog niet afgeleverd", 0 },
    { "opóźnione", 0 },
    { "opóźniona", 0 },
    { "jeszcze nie została dostarczona", 0 },
    { "nie została jeszcze", 0 },
    { "fördröjd", 0 },
    { "har försenats", 0 },
    { "ännu inte levererats", 0 },
    { "forsinket", 0 },
    { "endnu ikke leveret", 0 },
    { "ennå ikke levert", 0 },
    { "viivästynyt", 0 },
    { "ei ole vielä toimitettu", 0 },
    { "zpožděn", 0 },
    { "dosud nebyla doručena", 0 },
    { "késleltet", 0 },
    { "întârziat", 0 },
    { "ещё не доставлено", 0 },
    { "еще не доставлено", 0 },
    { "задержана", 0 },
    { "задерживается", 0 },
    { "gecikti", 0 },
    { "ertelendi", 0 },
    { "καθυστέρησ", 0 },
    { "遅延", 0 },
    { "延迟", 0 },
    { "延遲", 0 },
    { "지연", 0 },
};

/* Who says this has given up, whatever else the notice promises of later or of other mail. */
static const struct phrase finals[] = {
    { "failed permanently", 0 },
    { "permanent error", 0 },
    { "permanent failure", 0 },
    { "permanent fatal error", 0 },
    { "permanently failed", 0 },
    { "given up", 0 },
    { "gave up", 0 },
    { "no further delivery", 0 },
    { "no further attempt", 0 },
    { "no longer be attempted", 0 },
    { "will not be retried", 0 },
    { "will not be attempted", 0 },
    { "will not be tried again", 0 },
    { "will not retry", 0 },
    { "will not try again", 0 },
    { "not going to try again", 0 },
    { "stopped trying", 0 },
    { "cannot send message for", 0 },
    { "will be deleted from queue", 0 },
    { "removed from the queue", 0 },
    { "being returned", 0 },
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

static bool returns_mail(const struct reader *reader)
{
    return reader_part(reader, "message/rfc822") || reader_part(reader, "text/rfc822-headers");
}

const char *bounce_text_rule(const struct reader *reader)
{
    bool daemon = reader->from_daemon, null_path = has_null_path(reader);
    const struct phrase *subject, *body;

    if (!daemon && is_answer(reader))
        return NULL;
    subject = phrase_in(subjects, COUNT_OF(subjects), reader->folded_subject);
    if (!daemon && !subject && !(null_path && returns_mail(reader)))
        return list_rule(reader);
    body = folded_find(bodies, COUNT_OF(bodies), &reader->folded_report);
    if (daemon && (subject || body))
        return arena_printf(reader->arena, "bounce text: mail system, %s",
                            subject ? subject->text : body->text);
    if (subject && body && (null_path || bounce_text_blames(reader)))
        return arena_printf(reader->arena, "bounce text: %s, %s", subject->text, body->text);
    if (null_path && body && returns_mail(reader))
        return arena_printf(reader->arena, "bounce text: null path, returned message, %s",
                            body->text);
    if (null_path && subject)
        return arena_printf(reader->arena, "bounce text: null path, %s", subject->text);
    if (daemon && !is_answer(reader) && bounce_text_is_delay(reader))
        return "bounce text: mail system, still trying";
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
           (folded_find(delays, COUNT_OF(delays), &reader->folded_report) &&
            !folded_find(finals, COUNT_OF(finals), &reader->folded_report));
}
