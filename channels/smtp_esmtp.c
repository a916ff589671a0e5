/* channels/smtp_esmtp.c - see smtp_transport.h: a session through libesmtp 1.1.0. Its return value
 * and errno say nothing reliable; events, statuses and the bytes on the wire do. */
#include <errno.h>
#include <openssl/ssl.h> /* before libesmtp.h, which declares smtp_starttls_set_ctx() only then */
#include <openssl/x509.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <auth-client.h>
#include <libesmtp.h>

#include "channels/account.h"
#include "channels/smtp_shim.h"
#include "channels/smtp_tap.h"
#include "channels/smtp_tls.h"
#include "channels/smtp_transport.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/text.h"

struct esmtp {
    const struct smtp_settings *settings;
    struct smtp_tls_host *tls; /* NULL with SMTP_TLS_OFF */
};

struct talk;

struct letter { /* one mail of a session */
    struct talk *talk;
    size_t index;
    smtp_message_t message;
    smtp_recipient_t recipient;
    bool given; /* the bytes were handed over: the next call asks for the end */
    bool begun, answered;
};

struct talk { /* one session */
    const struct esmtp *esmtp;
    struct smtp_batch *batch; /* NULL: only log in */
    struct letter *letters;
    size_t answered;
    smtp_session_t session;
    auth_context_t auth;
    struct smtp_wire wire;
    struct smtp_tap tap;
    struct smtp_seen end; /* what ended the session before its time; code 0 and no text: nothing */
    bool ended, logged_in;
};

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void end_talk(struct talk *talk, enum smtp_stage stage, const char *text)
{
    if (!talk->ended) {
        talk->ended = true;
        talk->end = (struct smtp_seen){ .stage = stage };
        smtp_seen_text(&talk->end, span_of(text));
    }
    smtp_wire_kill(&talk->wire);
}

/* The same with the reply that was its cause. */
static void end_replied(struct talk *talk, const struct smtp_seen *reply)
{
    if (!talk->ended)
        talk->end = *reply;
    talk->ended = true;
    smtp_wire_kill(&talk->wire);
}

static void answer(struct letter *letter, const struct smtp_seen *seen)
{
    struct talk *talk = letter->talk;

    if (letter->answered)
        return;
    letter->answered = true;
    talk->answered++;
    talk->batch->answered(talk->batch, letter->index, seen);
    talk->wire.deadline_ms = clock_monotonic_ms() + (talk->answered == talk->batch->count
                                                         ? SMTP_QUIT_MS
                                                         : talk->esmtp->settings->timeout_ms / 2);
    /* RFC 5321 3.8: after 421 the server closes; one that does not is not to be trusted further. */
    if (seen->code == 421)
        end_replied(talk, seen);
}

static struct smtp_seen status_seen(enum smtp_stage stage, const smtp_status_t *status)
{
    struct smtp_seen seen = { .stage = stage };
    struct span text, line;

    if (!status || status->code < 200 || status->code > 599)
        return seen;
    seen.code = status->code;
    text = span_of(status->text);
    if (status->enh_class == status->code / 100) {
        seen.enhanced = true;
        seen.subject = status->enh_subject;
        seen.detail = status->enh_detail;
    }
    while (text_next_line(&text, &line))
        smtp_seen_text(&seen, line);
    return seen;
}

/* The whole mail at once, then the end. libesmtp stops without the dot when the callback leaves an
 * errno. */
static const char *give_mail(void **context, int *len, void *arg)
{
    struct letter *letter = arg;
    struct talk *talk = letter->talk;
    struct span bytes;

    (void)context;
    if (!len) {
        letter->given = false;
        return NULL;
    }
    *len = 0;
    errno = 0;
    if (!letter->given) {
        letter->given = true;
        bytes = talk->batch->bytes(talk->batch, letter->index);
        *len = (int)bytes.len;
        if (!bytes.len)
            errno = EIO;
        return bytes.data;
    }
    /* A dot to a closed connection would only make a doubt out of a safe retry. */
    if (!smtp_wire_alive(&talk->wire)) {
        errno = EIO;
        return NULL;
    }
    smtp_tap_dot(&talk->tap);
    if (!letter->begun)
        talk->batch->begun(talk->batch, letter->index);
    letter->begun = true;
    talk->wire.deadline_ms = clock_monotonic_ms() + talk->esmtp->settings->timeout_ms / 2;
    errno = 0;
    return NULL;
}

static void mail_answered(struct letter *letter)
{
    const smtp_status_t *status = smtp_reverse_path_status(letter->message);
    struct smtp_seen seen = status_seen(SMTP_AT_MAIL, status);

    if (seen.code >= 300)
        answer(letter, &seen);
}

/* The recipient's reply decides before the mail's: a server may answer 250 to a mail for nobody.
 * MESSAGESENT with code 0 is how a drop within BDAT looks. */
static void message_answered(struct letter *letter)
{
    struct smtp_seen rcpt = status_seen(SMTP_AT_RCPT, smtp_recipient_status(letter->recipient));
    struct smtp_seen seen = status_seen(letter->begun ? SMTP_AT_DOT : SMTP_AT_DATA,
                                        smtp_message_transfer_status(letter->message));

    if (rcpt.code >= 300)
        answer(letter, &rcpt);
    else if (rcpt.code && seen.code)
        answer(letter, &seen);
}

static struct letter *letter_of(smtp_message_t message)
{
    return smtp_message_get_application_data(message);
}

static void on_event(smtp_session_t session, int event, void *arg, ...)
{
    struct talk *talk = arg;
    va_list args;

    (void)session;
    va_start(args, arg);
    if (event == SMTP_EV_MAILSTATUS) {
        (void)va_arg(args, const char *);
        mail_answered(letter_of(va_arg(args, smtp_message_t)));
    } else if (event == SMTP_EV_MESSAGESENT) {
        message_answered(letter_of(va_arg(args, smtp_message_t)));
    } else if (event == SMTP_EV_DISCONNECT) {
        talk->wire.fd = -1;
    } else if (event == SMTP_EV_EXTNA_STARTTLS) {
        end_talk(talk, SMTP_AT_NO_STARTTLS, "the server offers no STARTTLS; nothing was sent");
    } else if (event == SMTP_EV_UNUSABLE_CLIENT_CERTIFICATE) {
        end_talk(
            talk, SMTP_AT_CERTIFICATE,
            "the client certificate in $HOME/.authenticate must be a file of our user, mode 0600");
    } else if (event == SMTP_EV_WRONG_PEER_CERTIFICATE) {
        /* libesmtp does not know IP addresses in certificates. OpenSSL verified chain and name
         * before the handshake ended, or we would not be here. */
        *va_arg(args, int *) = talk->wire.verify_error == 0;
    }
    va_end(args);
}

/* libesmtp goes on to MAIL after a login that failed or was not possible. */
static void check_login(struct talk *talk, const struct smtp_seen *last, enum smtp_stage stage)
{
    if (talk->esmtp->settings->user && !talk->tap.authenticated) {
        if (stage == SMTP_AT_AUTH)
            end_replied(talk, last);
        else
            end_talk(talk, SMTP_AT_NO_AUTH, "the server offers no login that we know");
        return;
    }
    talk->logged_in = true;
    if (!talk->batch)
        smtp_wire_kill(&talk->wire);
}

static void on_bytes(const char *bytes, int len, int writing, void *arg)
{
    struct talk *talk = arg;
    struct smtp_seen last = talk->tap.reply;
    enum smtp_stage stage = talk->tap.stage;

    if (!writing) {
        if (!smtp_tap_heard(&talk->tap, bytes, (size_t)len))
            end_talk(talk, stage, "the server says more than it was asked");
        return;
    }
    smtp_tap_sent(&talk->tap, bytes, (size_t)len);
    if (talk->tap.stage == SMTP_AT_MAIL && !talk->logged_in)
        check_login(talk, &last, stage);
    if (talk->tap.said_quit && !talk->ended && !talk->logged_in)
        end_replied(talk, &last);
    if (talk->tap.said_quit)
        talk->wire.deadline_ms = clock_monotonic_ms() + SMTP_QUIT_MS;
}

static int give_login(auth_client_request_t request, char **result, int fields, void *arg)
{
    const struct smtp_settings *settings = arg;

    for (int i = 0; i < fields; i++) {
        const char *value = "";
        if (request[i].flags & AUTH_USER)
            value = settings->user;
        else if (request[i].flags & AUTH_PASS)
            value = settings->password;
        result[i] = (char *)(uintptr_t)value; /* read only, though its type does not say so */
    }
    return 1;
}

static void add_letter(struct talk *talk, size_t index)
{
    const struct smtp_mail *mail = &talk->batch->mails[index];
    struct letter *letter = &talk->letters[index];

    *letter = (struct letter){ .talk = talk, .index = index };
    if (mail->utf8) {
        struct smtp_seen seen = {
            .stage = SMTP_AT_RCPT, .code = 553, .enhanced = true, .subject = 6, .detail = 7
        };
        smtp_seen_text(&seen, span_of("this address needs transport = curl (SMTPUTF8)"));
        answer(letter, &seen);
        return;
    }
    letter->message = smtp_add_message(talk->session);
    smtp_message_set_application_data_release(letter->message, letter, NULL);
    smtp_set_reverse_path(letter->message, mail->from);
    letter->recipient = smtp_add_recipient(letter->message, mail->to);
    smtp_set_messagecb(letter->message, give_mail, letter);
}

/* A login needs a message too, or libesmtp would not even connect; MAIL is never let out. */
static void add_letters(struct talk *talk)
{
    smtp_message_t message;

    for (size_t i = 0; talk->batch && i < talk->batch->count; i++)
        add_letter(talk, i);
    if (talk->batch)
        return;
    message = smtp_add_message(talk->session);
    smtp_add_recipient(message, "nobody@localhost");
    smtp_set_messagecb(message, give_mail, NULL);
}

static void set_up(struct talk *talk)
{
    const struct smtp_settings *settings = talk->esmtp->settings;
    static const int waits[] = { Timeout_GREETING, Timeout_ENVELOPE, Timeout_DATA, Timeout_TRANSFER,
                                 Timeout_DATA2 };
    char server[300];

    snprintf(server, sizeof(server), "%s:%d", settings->host, settings->port);
    smtp_set_server(talk->session, server);
    smtp_set_hostname(talk->session, settings->helo);
    smtp_set_eventcb(talk->session, on_event, talk);
    smtp_set_monitorcb(talk->session, on_bytes, talk, 0);
    for (size_t i = 0; i < COUNT_OF(waits); i++)
        smtp_set_timeout(talk->session, waits[i] | Timeout_OVERRIDE_RFC2822_MINIMUM,
                         (long)settings->timeout_ms);
    if (talk->esmtp->tls) {
        smtp_starttls_enable(talk->session, Starttls_REQUIRED);
        smtp_starttls_set_ctx(talk->session, smtp_tls_ctx(talk->esmtp->tls));
    }
    if (settings->user) {
        talk->auth = auth_create_context();
        auth_set_mechanism_flags(talk->auth, AUTH_PLUGIN_PLAIN, 0);
        auth_set_interact_cb(talk->auth, give_login, (void *)(uintptr_t)settings);
        smtp_auth_set_context(talk->session, talk->auth);
    }
}

/* What ended the session, when no callback had said so. */
static void find_end(struct talk *talk, bool started)
{
    char text[200];

    if (talk->ended)
        return;
    if (talk->wire.verify_error) {
        end_talk(talk, SMTP_AT_CERTIFICATE, X509_verify_cert_error_string(talk->wire.verify_error));
    } else if (talk->wire.error && !talk->tap.replied && !started) {
        end_talk(talk, SMTP_AT_CONNECT, err_errno(talk->wire.error, text, sizeof(text)));
    } else if (talk->tap.replied && talk->tap.reply.code >= 300 &&
               talk->tap.stage <= SMTP_AT_AUTH) {
        end_replied(talk, &talk->tap.reply);
    } else if (!started && talk->tap.heard == 0) {
        end_talk(talk, SMTP_AT_CONNECT, "the name of the server is not known");
    } else {
        enum smtp_stage stage = talk->tap.stage == SMTP_AT_DOT ? SMTP_AT_MAIL : talk->tap.stage;
        end_talk(talk, stage, talk->wire.dead ? "timed out" : "the connection broke");
    }
}

/* libesmtp gives up on replies it dislikes (a bare "250", enhanced codes that differ from line to
 * line) without an event; after the dot such a reply still is the answer. */
static void salvage(struct talk *talk)
{
    for (size_t i = 0; talk->batch && i < talk->batch->count; i++) {
        struct letter *letter = &talk->letters[i];
        struct smtp_seen rcpt;

        if (!letter->begun || letter->answered)
            continue;
        rcpt = status_seen(SMTP_AT_RCPT, smtp_recipient_status(letter->recipient));
        if (talk->tap.stage == SMTP_AT_DOT && talk->tap.replied && talk->tap.reply.code &&
            rcpt.code >= 200 && rcpt.code < 300)
            answer(letter, &talk->tap.reply);
    }
}

static void converse(struct talk *talk)
{
    const struct smtp_settings *settings = talk->esmtp->settings;
    int64_t half = settings->timeout_ms / 2;
    bool started;

    talk->wire = (struct smtp_wire){
        .fd = -1,
        .connect_ms = half < SMTP_CONNECT_MS ? half : SMTP_CONNECT_MS,
        .deadline_ms = clock_monotonic_ms() + half,
        .loopback_only = settings->tls == SMTP_TLS_OFF,
    };
    smtp_tap_init(&talk->tap);
    talk->session = smtp_create_session();
    if (!talk->session) {
        end_talk(talk, SMTP_AT_CONNECT, "out of memory");
        return;
    }
    set_up(talk);
    add_letters(talk);
    smtp_shim_set(&talk->wire);
    started = smtp_start_session(talk->session) != 0;
    smtp_shim_set(NULL);
    salvage(talk);
    find_end(talk, started);
    smtp_destroy_session(talk->session);
    if (talk->auth)
        auth_destroy_context(talk->auth);
}

static void esmtp_run(void *handle, struct smtp_batch *batch, struct smtp_seen *end)
{
    struct talk talk = { .esmtp = handle, .batch = batch };

    talk.letters = xcalloc(batch->count, sizeof(*talk.letters));
    converse(&talk);
    *end = talk.end;
    free(talk.letters);
}

static bool esmtp_login(void *handle, struct smtp_seen *end)
{
    struct talk talk = { .esmtp = handle };

    converse(&talk);
    *end = talk.end;
    return talk.logged_in;
}

/* libesmtp looks for $HOME/.authenticate/HOST/private/smtp-starttls.pem and gives every session up when it may not look: a
 * service whose user has no home, or one that systemd hides. Called before there are threads. */
static void leave_home(const char *host)
{
    const char *home = getenv("HOME");
    char path[1024], text[100];
    struct stat found;

    if (!home)
        return;
    snprintf(path, sizeof(path), "%s/.authenticate/%s/private/smtp-starttls.pem", home, host);
    if (stat(path, &found) == 0 || errno == ENOENT)
        return;
    log_info("home_unreadable", "path=%s %s", path, err_errno(errno, text, sizeof(text)));
    setenv("HOME", "/", 1);
}

static void *esmtp_open(const struct smtp_settings *settings, struct err *err)
{
    struct esmtp *esmtp;
    struct smtp_tls_host *tls = NULL;

    pthread_once(&library_once, auth_client_init);
    if (settings->tls != SMTP_TLS_OFF) {
        leave_home(settings->host);
        tls = smtp_tls_open(settings->host, settings->ca_file, err);
        if (!tls)
            return NULL;
    }
    esmtp = xcalloc(1, sizeof(*esmtp));
    *esmtp = (struct esmtp){ .settings = settings, .tls = tls };
    return esmtp;
}

static void esmtp_close(void *handle)
{
    struct esmtp *esmtp = handle;

    if (!esmtp)
        return;
    smtp_tls_close(esmtp->tls);
    free(esmtp);
}

const struct smtp_transport smtp_esmtp = {
    .name = "esmtp",
    .open = esmtp_open,
    .close = esmtp_close,
    .run = esmtp_run,
    .login = esmtp_login,
};
