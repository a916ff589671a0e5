/* channels/smtp.c - see smtp.h: settings, composing, results. Speaks no SMTP itself: that is a
 * transport (smtp_transport.h); what a reply means is smtp_outcome.h. */
#include "channels/smtp.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/account.h"
#include "channels/mime.h"
#include "channels/smtp_outcome.h"
#include "channels/smtp_transport.h"
#include "core/base/sign.h"
#include "core/base/text.h"

#define SECRET_OCTETS 255 /* of a user or password: the limit of libesmtp's PLAIN */
#define TOKEN_OCTETS 8192
#define SHORTEST_ECHO 4 /* a shorter "secret" would blank every reply that holds the letter */
#define LEAST_TIMEOUT_MS 100

struct smtp {
    struct account base;
    struct smtp_settings settings;
    const struct smtp_transport *transport;
    void *handle;
    char *from_name;
    /* Owned copies of what settings point to. */
    char *host, *helo, *user, *password, *oauth_token, *ca_file;
    /* What of the login a reply might repeat: plain and as it went over the wire. */
    char *echoes[6];
};

/* A batch on its way, in the terms of send(). */
struct job {
    struct smtp_batch batch; /* first: the transport hands it back */
    const struct smtp *smtp;
    const struct message *messages;
    const struct send_watch *watch;
    struct send_result *results;
    size_t *index; /* of mail i in messages */
    bool *begun, *answered;
    struct str bytes;
};

static const struct smtp_transport *const transports[] = { &smtp_esmtp, &smtp_curl };

static void smtp_close(struct account *account)
{
    struct smtp *smtp = (struct smtp *)account;

    if (!smtp)
        return;
    if (smtp->transport)
        smtp->transport->close(smtp->handle);
    for (size_t i = 0; i < COUNT_OF(smtp->echoes); i++)
        xfree_secret(smtp->echoes[i]);
    xfree_secret(smtp->password);
    xfree_secret(smtp->oauth_token);
    free(smtp->host);
    free(smtp->helo);
    free(smtp->user);
    free(smtp->ca_file);
    free(smtp->from_name);
    account_finish(&smtp->base);
    free(smtp);
}

static bool is_loopback_name(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
           strcmp(host, "localhost") == 0;
}

static bool consists_of(const char *text, const char *more)
{
    for (; *text; text++)
        if (!text_is_alnum(*text) && !text_one_of(*text, more))
            return false;
    return true;
}

static int read_tls(struct smtp *smtp, const struct conf_section *conf,
                    const struct channel_env *env, struct err *err)
{
    static const char *const names[] = {
        [SMTP_TLS_STARTTLS] = "starttls",
        [SMTP_TLS_IMPLICIT] = "implicit",
        [SMTP_TLS_OFF] = "off",
    };
    const char *name = conf_text(conf, "tls", "starttls");
    size_t i = 0;

    while (i < COUNT_OF(names) && strcmp(names[i], name) != 0)
        i++;
    if (i == COUNT_OF(names))
        return conf_err(conf, "tls", err, "tls must be starttls, implicit or off, not \"%s\"",
                        name);
    smtp->settings.tls = (enum smtp_tls)i;
    if (i == SMTP_TLS_OFF && !(env->allow_plain_loopback && is_loopback_name(smtp->host)))
        return conf_err(conf, "tls", err, "tls = off is for a server on this machine only");
    return 0;
}

static int read_server(struct smtp *smtp, const struct conf_section *conf,
                       const struct channel_env *env, struct err *err)
{
    const char *host = conf_text(conf, "host", NULL);
    const char *domain = strrchr(smtp->base.address, '@');
    const char *helo = conf_text(conf, "helo", domain ? domain + 1 : "localhost");
    const char *ca_file = conf_text(conf, "ca_file", NULL);
    int64_t port;

    if (!host || !*host || strlen(host) > 253 || !consists_of(host, ".-:_"))
        return conf_err(conf, "host", err, "host must be the name of the submission server");
    if (!*helo || strlen(helo) > 255 || !consists_of(helo, ".-:_[]"))
        return conf_err(conf, "helo", err, "helo must be a host name");
    smtp->host = xstrdup(host);
    smtp->helo = xstrdup(helo);
    smtp->ca_file = ca_file ? xstrdup(ca_file) : NULL;
    if (read_tls(smtp, conf, env, err) < 0 ||
        conf_int(
            conf, "port",
            (struct conf_range){ 1, 65535, smtp->settings.tls == SMTP_TLS_IMPLICIT ? 465 : 587 },
            &port, err) < 0)
        return -1;
    smtp->settings.port = (int)port;
    return 0;
}

static int read_secret(const struct conf_section *conf, const char *key, size_t most, char **copy,
                       struct err *err)
{
    const char *secret;

    if (conf_secret(conf, key, &secret, err) < 0)
        return -1;
    if (!secret)
        return 0;
    if (!*secret || strlen(secret) > most || text_has_control(span_of(secret)))
        return conf_err(conf, key, err, "%s must be 1-%zu bytes without controls", key, most);
    *copy = xstrdup(secret);
    return 0;
}

static int read_login(struct smtp *smtp, const struct conf_section *conf, struct err *err)
{
    const char *user = conf_text(conf, "user", NULL);

    if (user && (!*user || strlen(user) > SECRET_OCTETS || text_has_control(span_of(user))))
        return conf_err(conf, "user", err, "user must be 1-%d bytes without controls",
                        SECRET_OCTETS);
    smtp->user = user ? xstrdup(user) : NULL;
    if (read_secret(conf, "password", SECRET_OCTETS, &smtp->password, err) < 0 ||
        read_secret(conf, "oauth_token", TOKEN_OCTETS, &smtp->oauth_token, err) < 0)
        return -1;
    if (user && !smtp->password && !smtp->oauth_token)
        return conf_err(conf, "user", err, "user needs password_env, password_file or oauth_token");
    if (!user && (smtp->password || smtp->oauth_token))
        return conf_err(conf, "user", err, "user is missing: whose password is it?");
    return 0;
}

static int read_transport(struct smtp *smtp, const struct conf_section *conf, struct err *err)
{
    bool curl =
        smtp->settings.tls == SMTP_TLS_IMPLICIT || smtp->oauth_token || strchr(smtp->host, ':');
    const char *name = conf_text(conf, "transport", curl ? "curl" : "esmtp");

    if (curl && strcmp(name, "esmtp") == 0)
        return conf_err(conf, "transport", err,
                        "tls = implicit, oauth_token and IPv6 addresses need transport = curl");
    for (size_t i = 0; i < COUNT_OF(transports); i++)
        if (strcmp(transports[i]->name, name) == 0) {
            smtp->transport = transports[i];
            return 0;
        }
    return conf_err(conf, "transport", err, "transport must be esmtp or curl, not \"%s\"", name);
}

/* The base64 of several strings with a separator between: as SASL sends them. */
static char *echo_of(const char *const *parts, size_t count, char separator)
{
    struct arena arena;
    struct str plain;
    char *copy;

    arena_init(&arena);
    str_init(&plain, TOKEN_OCTETS + 4 * (size_t)SECRET_OCTETS);
    for (size_t i = 0; i < count; i++) {
        if (i)
            str_add_char(&plain, separator);
        str_add_text(&plain, parts[i]);
    }
    copy = xstrdup(sign_base64(&arena, str_span(&plain)));
    OPENSSL_cleanse(plain.data, plain.len);
    str_finish(&plain);
    arena_finish(&arena);
    return copy;
}

static void note_echoes(struct smtp *smtp)
{
    size_t n = 0;

    if (smtp->password) {
        smtp->echoes[n++] = xstrdup(smtp->password);
        smtp->echoes[n++] = echo_of((const char *const[]){ smtp->password }, 1, '\0');
        smtp->echoes[n++] =
            echo_of((const char *const[]){ "", smtp->user, smtp->password }, 3, '\0');
    }
    if (smtp->oauth_token) {
        char user[SECRET_OCTETS + 8], bearer[TOKEN_OCTETS + 16];

        snprintf(user, sizeof(user), "user=%s", smtp->user);
        snprintf(bearer, sizeof(bearer), "auth=Bearer %s", smtp->oauth_token);
        smtp->echoes[n++] = xstrdup(smtp->oauth_token);
        smtp->echoes[n++] = echo_of((const char *const[]){ user, bearer, "", "" }, 4, '\1');
        OPENSSL_cleanse(bearer, sizeof(bearer));
    }
}

static void fill_settings(struct smtp *smtp, const struct channel_env *env)
{
    struct smtp_settings *settings = &smtp->settings;

    settings->host = smtp->host;
    settings->helo = smtp->helo;
    settings->user = smtp->user;
    settings->password = smtp->password;
    settings->oauth_token = smtp->oauth_token;
    settings->ca_file = smtp->ca_file;
    settings->timeout_ms = env->timeout_ms > LEAST_TIMEOUT_MS ? env->timeout_ms : LEAST_TIMEOUT_MS;
}

static struct account *smtp_open(const struct conf_section *conf, const struct channel_env *env,
                                 struct err *err)
{
    static const struct account_defaults defaults = {
        .channel = &channel_smtp, .kind = "email", .sessions = 1, .batch = 50, .needs_from = true
    };
    struct smtp *smtp = xcalloc(1, sizeof(*smtp));

    if (account_init(&smtp->base, conf, &defaults, &smtp->from_name, err) < 0)
        goto failed;
    if (strcmp(smtp->base.kind, "email") != 0) {
        conf_err(conf, "channel", err, "through = smtp carries channel = email");
        goto failed;
    }
    if (read_server(smtp, conf, env, err) < 0 || read_login(smtp, conf, err) < 0 ||
        read_transport(smtp, conf, err) < 0)
        goto failed;
    fill_settings(smtp, env);
    note_echoes(smtp);
    smtp->handle = smtp->transport->open(&smtp->settings, err);
    if (smtp->handle)
        return &smtp->base;
failed:
    smtp_close(&smtp->base);
    return NULL;
}

/* Rule 8: a server that repeats our login is not quoted. */
static void hold_back(const struct smtp *smtp, struct smtp_seen *seen)
{
    for (size_t i = 0; i < COUNT_OF(smtp->echoes); i++) {
        const char *echo = smtp->echoes[i];
        if (echo && strlen(echo) >= SHORTEST_ECHO && strstr(seen->text, echo))
            snprintf(seen->text, sizeof(seen->text), "(the reply repeats a secret)");
    }
}

static void settle(struct job *job, size_t mail, const struct smtp_seen *seen)
{
    struct smtp_seen safe = *seen;
    size_t index = job->index[mail];
    struct send_result *result = &job->results[index];

    hold_back(job->smtp, &safe);
    smtp_outcome(&safe, job->begun[mail], result);
    job->answered[mail] = true;
    job->watch->answered(job->watch, index, result);
}

static struct span job_bytes(struct smtp_batch *batch, size_t mail)
{
    struct job *job = (struct job *)batch;
    struct message message = job->messages[job->index[mail]];

    if (!message.from_name && strcmp(message.from, job->smtp->base.address) == 0)
        message.from_name = job->smtp->from_name;
    str_reset(&job->bytes);
    mime_compose(&message, &job->bytes);
    return str_span(&job->bytes);
}

static void job_begun(struct smtp_batch *batch, size_t mail)
{
    struct job *job = (struct job *)batch;

    job->begun[mail] = true;
    job->watch->begun(job->watch, job->index[mail]);
}

static void job_answered(struct smtp_batch *batch, size_t mail, const struct smtp_seen *seen)
{
    settle((struct job *)batch, mail, seen);
}

static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return !*text;
}

/* Which messages become mails; the others are refused here. */
static struct smtp_mail *take_mails(struct job *job, size_t count, struct arena *scratch)
{
    struct smtp_mail *mails = arena_array(scratch, count, sizeof(*mails));

    for (size_t i = 0; i < count; i++) {
        const struct message *message = &job->messages[i];
        struct smtp_mail *mail = &mails[job->batch.count];
        struct err err;

        if (mime_check(message, &err) < 0) {
            result_set(&job->results[i], SEND_REFUSED, err.text);
            job->watch->answered(job->watch, i, &job->results[i]);
            continue;
        }
        mail->from = message->return_path ? message->return_path : message->from;
        mail->to = message->to;
        mail->utf8 = !is_ascii(mail->from) || !is_ascii(mail->to);
        job->index[job->batch.count++] = i;
    }
    return mails;
}

static void smtp_send(struct account *account, const struct outgoing *outgoing,
                      struct arena *scratch, struct send_result *results)
{
    struct smtp *smtp = (struct smtp *)account;
    struct smtp_seen end = { .stage = SMTP_AT_CONNECT };
    struct job job = {
        .batch = { .bytes = job_bytes, .begun = job_begun, .answered = job_answered },
        .smtp = smtp,
        .messages = outgoing->messages,
        .watch = outgoing->watch,
        .results = results,
    };

    if (!outgoing->count)
        return;
    job.index = arena_array(scratch, outgoing->count, sizeof(*job.index));
    job.begun = arena_array(scratch, outgoing->count, sizeof(*job.begun));
    job.answered = arena_array(scratch, outgoing->count, sizeof(*job.answered));
    job.batch.mails = take_mails(&job, outgoing->count, scratch);
    str_init(&job.bytes, MIME_MAX_BYTES);
    if (job.batch.count)
        smtp->transport->run(smtp->handle, &job.batch, &end);
    for (size_t i = 0; i < job.batch.count; i++) {
        const struct smtp_seen silence = { .stage = SMTP_AT_DOT };
        if (!job.answered[i])
            settle(&job, i, job.begun[i] ? &silence : &end);
    }
    str_finish(&job.bytes);
}

static int smtp_test(struct account *account, char sentence[200], struct err *err)
{
    struct smtp *smtp = (struct smtp *)account;
    struct send_result result;
    struct smtp_seen end;

    if (smtp->transport->login(smtp->handle, &end)) {
        snprintf(sentence, 200, "%s %.100s:%d", smtp->user ? "logged in to" : "connected to",
                 smtp->host, smtp->settings.port);
        return 0;
    }
    hold_back(smtp, &end);
    smtp_outcome(&end, false, &result);
    return err_set(err, result.status == SEND_BROKEN ? ERR_CONFIG : ERR_NET, "%s:%d: %s",
                   smtp->host, smtp->settings.port, result.reason);
}

const struct channel channel_smtp = {
    .name = "smtp",
    .keys = (const char *const[]){ ACCOUNT_KEYS, "host", "port", "tls", "user", "password",
                                   "oauth_token", "transport", "ca_file", "helo", NULL },
    .open = smtp_open,
    .close = smtp_close,
    .send = smtp_send,
    .test = smtp_test,
};
