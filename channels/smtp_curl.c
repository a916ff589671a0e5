/* channels/smtp_curl.c - see smtp_transport.h: a session through libcurl, for what libesmtp lacks:
 * implicit TLS, XOAUTH2, SMTPUTF8, IPv6 literals. One easy handle a session, so that its connection
 * is used again. */
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channels/smtp_shim.h"
#include "channels/smtp_tap.h"
#include "channels/smtp_transport.h"
#include "core/base/arena.h"
#include "core/base/clock.h"

struct curl_smtp {
    const struct smtp_settings *settings;
};

struct talk { /* one session */
    const struct smtp_settings *settings;
    struct smtp_batch *batch;
    CURL *easy;
    char error[CURL_ERROR_SIZE];
    struct smtp_tap tap;
    bool no_login; /* the server let us go on to MAIL without the login we have */
    bool too_much; /* see smtp_tap_heard() */
    /* The mail on its way. */
    size_t index, given;
    struct span bytes;
    bool begun;
    int64_t dot_by_ms;
    /* What is open: getinfo(CURLINFO_ACTIVESOCKET) does not work in a callback. */
    curl_socket_t sockets[8];
    size_t socket_count;
};

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void library_init(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* The one connection; while several addresses are tried at once, none. */
static struct smtp_wire wire_of(const struct talk *talk)
{
    return (struct smtp_wire){ .fd = talk->socket_count == 1 ? talk->sockets[0] : -1 };
}

/* At the end of the mail libcurl sends the final dot. */
static size_t on_end(struct talk *talk)
{
    struct smtp_wire wire = wire_of(talk);

    if (clock_monotonic_ms() > talk->dot_by_ms || !smtp_wire_alive(&wire))
        return CURL_READFUNC_ABORT;
    smtp_tap_dot(&talk->tap);
    if (!talk->begun)
        talk->batch->begun(talk->batch, talk->index);
    talk->begun = true;
    return 0;
}

static size_t on_read(char *buffer, size_t size, size_t count, void *arg)
{
    struct talk *talk = arg;
    size_t len = talk->bytes.len - talk->given;

    if (!talk->bytes.len)
        return CURL_READFUNC_ABORT;
    if (!len)
        return on_end(talk);
    if (len > size * count)
        len = size * count;
    memcpy(buffer, talk->bytes.data + talk->given, len);
    talk->given += len;
    return len;
}

static size_t on_reply(char *bytes, size_t size, size_t count, void *arg)
{
    struct talk *talk = arg;

    if (!smtp_tap_heard(&talk->tap, bytes, size * count)) {
        talk->too_much = true;
        return 0;
    }
    if (talk->tap.stage >= SMTP_AT_MAIL && talk->settings->user && !talk->tap.authenticated) {
        talk->no_login = true;
        return 0;
    }
    return size * count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
    (void)bytes;
    (void)arg;
    return size * count;
}

static int on_debug(CURL *easy, curl_infotype type, char *bytes, size_t len, void *arg)
{
    struct talk *talk = arg;

    (void)easy;
    if (type == CURLINFO_HEADER_OUT)
        smtp_tap_sent(&talk->tap, bytes, len);
    return 0;
}

static curl_socket_t on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct talk *talk = arg;
    curl_socket_t fd;

    (void)purpose;
    if (talk->socket_count == sizeof(talk->sockets) / sizeof(talk->sockets[0]) ||
        (talk->settings->tls == SMTP_TLS_OFF && !smtp_is_loopback(&address->addr)))
        return CURL_SOCKET_BAD;
    fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd >= 0)
        talk->sockets[talk->socket_count++] = fd;
    return fd;
}

static int on_close(void *arg, curl_socket_t fd)
{
    struct talk *talk = arg;

    for (size_t i = 0; i < talk->socket_count; i++)
        if (talk->sockets[i] == fd) {
            talk->sockets[i] = talk->sockets[--talk->socket_count];
            break;
        }
    return close(fd);
}

static void set_url(struct talk *talk)
{
    const struct smtp_settings *settings = talk->settings;
    bool v6 = strchr(settings->host, ':') != NULL;
    char *helo = curl_easy_escape(talk->easy, settings->helo, 0);
    char url[1024];

    snprintf(url, sizeof(url), "%s://%s%s%s:%d/%s",
             settings->tls == SMTP_TLS_IMPLICIT ? "smtps" : "smtp", v6 ? "[" : "", settings->host,
             v6 ? "]" : "", settings->port, helo ? helo : "");
    curl_free(helo);
    curl_easy_setopt(talk->easy, CURLOPT_URL, url);
    curl_easy_setopt(talk->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(talk->easy, CURLOPT_PROXY, "");
}

static void set_security(struct talk *talk)
{
    const struct smtp_settings *settings = talk->settings;
    CURL *easy = talk->easy;

    if (settings->tls == SMTP_TLS_STARTTLS)
        curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (settings->ca_file) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, settings->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    if (settings->user)
        curl_easy_setopt(easy, CURLOPT_USERNAME, settings->user);
    if (settings->oauth_token)
        curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, settings->oauth_token);
    else if (settings->user)
        curl_easy_setopt(easy, CURLOPT_PASSWORD, settings->password);
}

static void set_callbacks(struct talk *talk)
{
    CURL *easy = talk->easy;

    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, talk->error);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, talk);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_reply);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, talk);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, talk);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, talk);
    /* The only way to see the commands as they leave. */
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, talk);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
}

static void set_waits(struct talk *talk, int64_t timeout_ms)
{
    int64_t half = timeout_ms / 2;

    curl_easy_setopt(talk->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(talk->easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(half < SMTP_CONNECT_MS ? half : SMTP_CONNECT_MS));
    curl_easy_setopt(talk->easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(talk->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                     (long)((timeout_ms + 999) / 1000));
}

static bool begin_talk(struct talk *talk)
{
    talk->easy = curl_easy_init();
    if (!talk->easy)
        return false;
    smtp_tap_init(&talk->tap);
    set_callbacks(talk);
    set_url(talk);
    set_security(talk);
    set_waits(talk, talk->settings->timeout_ms);
    return true;
}

/* Sends a command that is no mail; the connection is made first where there is none. */
static CURLcode command(struct talk *talk, const char *verb, int64_t timeout_ms)
{
    set_waits(talk, timeout_ms);
    curl_easy_setopt(talk->easy, CURLOPT_UPLOAD, 0L);
    curl_easy_setopt(talk->easy, CURLOPT_MAIL_RCPT, NULL);
    curl_easy_setopt(talk->easy, CURLOPT_CUSTOMREQUEST, verb);
    return curl_easy_perform(talk->easy);
}

/* libcurl would wait two minutes for the answer to its own QUIT. polite: the talk went well. */
static void end_talk(struct talk *talk, bool polite)
{
    struct smtp_wire wire = wire_of(talk);

    if (wire.fd >= 0) {
        if (polite && smtp_wire_alive(&wire))
            command(talk, "QUIT", SMTP_QUIT_MS);
        wire = wire_of(talk);
        smtp_wire_kill(&wire);
    }
    curl_easy_cleanup(talk->easy);
}

static enum smtp_stage stage_of(const struct talk *talk, CURLcode rc)
{
    static const struct {
        CURLcode rc;
        enum smtp_stage stage;
    } rows[] = {
        { CURLE_COULDNT_RESOLVE_HOST, SMTP_AT_CONNECT },
        { CURLE_COULDNT_CONNECT, SMTP_AT_CONNECT },
        { CURLE_PEER_FAILED_VERIFICATION, SMTP_AT_CERTIFICATE },
        { CURLE_SSL_CACERT_BADFILE, SMTP_AT_CERTIFICATE },
        { CURLE_SSL_CONNECT_ERROR, SMTP_AT_TLS },
    };

    if (talk->no_login)
        return SMTP_AT_NO_AUTH;
    if (rc == CURLE_USE_SSL_FAILED && talk->tap.stage == SMTP_AT_GREETING)
        return SMTP_AT_NO_STARTTLS;
    if (rc == CURLE_LOGIN_DENIED && talk->tap.stage == SMTP_AT_GREETING)
        return SMTP_AT_NO_AUTH;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].rc == rc)
            return rows[i].stage;
    if (rc == CURLE_OPERATION_TIMEDOUT && talk->tap.stage == SMTP_AT_GREETING && !talk->tap.heard)
        return SMTP_AT_CONNECT;
    return talk->tap.stage;
}

/* What a failed transfer shows: the reply that ended it, or the local error. */
static struct smtp_seen failure(const struct talk *talk, CURLcode rc)
{
    struct smtp_seen seen = { .stage = stage_of(talk, rc) };
    const char *text = talk->error[0] ? talk->error : curl_easy_strerror(rc);

    if (seen.stage == talk->tap.stage && talk->tap.replied && talk->tap.reply.code >= 300 &&
        talk->tap.reply.code != 354 && talk->tap.reply.code != 334)
        return talk->tap.reply;
    if (talk->too_much)
        text = "the server says more than it was asked";
    else if (seen.stage == SMTP_AT_NO_STARTTLS)
        text = "the server offers no STARTTLS; nothing was sent";
    else if (seen.stage == SMTP_AT_NO_AUTH)
        text = "the server offers no login that we know";
    smtp_seen_text(&seen, span_of(text));
    return seen;
}

static CURLcode transfer(struct talk *talk, const struct smtp_mail *mail)
{
    struct curl_slist *to = curl_slist_append(NULL, mail->to);
    CURLcode rc;

    talk->given = 0;
    talk->begun = false;
    talk->error[0] = '\0';
    talk->bytes = talk->batch->bytes(talk->batch, talk->index);
    talk->dot_by_ms = clock_monotonic_ms() + talk->settings->timeout_ms / 2;
    talk->tap.stage = SMTP_AT_GREETING;
    talk->tap.said_quit = false;
    curl_easy_setopt(talk->easy, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(talk->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(talk->easy, CURLOPT_MAIL_FROM, mail->from);
    curl_easy_setopt(talk->easy, CURLOPT_MAIL_RCPT, to);
    set_waits(talk, talk->settings->timeout_ms);
    rc = curl_easy_perform(talk->easy);
    curl_easy_setopt(talk->easy, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(to);
    return rc;
}

/* true when the address of mail `index` cannot be said to this server. The first such mail asks. */
static bool lacks_utf8(struct talk *talk)
{
    if (!talk->batch->mails[talk->index].utf8 || talk->tap.offers_utf8)
        return false;
    return command(talk, "NOOP", talk->settings->timeout_ms) == CURLE_OK && !talk->tap.offers_utf8;
}

/* Sends one mail. false when the session is over, with its cause in *end. */
static bool send_one(struct talk *talk, struct smtp_seen *end)
{
    struct smtp_batch *batch = talk->batch;
    struct smtp_seen seen = {
        .stage = SMTP_AT_RCPT, .code = 553, .enhanced = true, .subject = 6, .detail = 7
    };
    CURLcode rc;

    if (lacks_utf8(talk)) {
        smtp_seen_text(&seen, span_of("the server offers no SMTPUTF8"));
        batch->answered(batch, talk->index, &seen);
        return true;
    }
    rc = transfer(talk, &batch->mails[talk->index]);
    seen = rc == CURLE_OK ? talk->tap.reply : failure(talk, rc);
    if (talk->begun && talk->tap.replied && talk->tap.reply.code)
        seen = talk->tap.reply;
    *end = seen;
    if (seen.stage < SMTP_AT_MAIL || !seen.code)
        return false;
    batch->answered(batch, talk->index, &seen);
    return seen.code != 421;
}

static void curl_run(void *handle, struct smtp_batch *batch, struct smtp_seen *end)
{
    const struct curl_smtp *curl = handle;
    struct talk talk = { .settings = curl->settings, .batch = batch };

    *end = (struct smtp_seen){ .stage = SMTP_AT_CONNECT };
    if (!begin_talk(&talk))
        return;
    while (talk.index < batch->count && send_one(&talk, end))
        talk.index++;
    end_talk(&talk, talk.index == batch->count);
}

static bool curl_login(void *handle, struct smtp_seen *end)
{
    const struct curl_smtp *curl = handle;
    struct talk talk = { .settings = curl->settings };
    CURLcode rc;

    *end = (struct smtp_seen){ .stage = SMTP_AT_CONNECT };
    if (!begin_talk(&talk))
        return false;
    rc = command(&talk, "NOOP", talk.settings->timeout_ms);
    if (rc == CURLE_OK && talk.settings->user && !talk.tap.authenticated) {
        talk.no_login = true;
        rc = CURLE_LOGIN_DENIED;
    }
    *end = failure(&talk, rc);
    end_talk(&talk, rc == CURLE_OK);
    return rc == CURLE_OK;
}

static void *curl_open(const struct smtp_settings *settings, struct err *err)
{
    struct curl_smtp *curl;

    pthread_once(&library_once, library_init);
    if (settings->ca_file && access(settings->ca_file, R_OK) != 0) {
        err_set(err, ERR_CONFIG, "%s: no certificates in PEM can be read from it",
                settings->ca_file);
        return NULL;
    }
    curl = xcalloc(1, sizeof(*curl));
    curl->settings = settings;
    return curl;
}

static void curl_close(void *handle)
{
    free(handle);
}

const struct smtp_transport smtp_curl = {
    .name = "curl",
    .open = curl_open,
    .close = curl_close,
    .run = curl_run,
    .login = curl_login,
};
