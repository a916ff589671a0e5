/* channels/smtp_transport.h - one session to a submission server, carrying a batch of mails: the
 * interface behind which libesmtp and libcurl stand. Decides nothing about a result: it reports
 * what it saw (smtp_outcome.h).
 *
 * The program must ignore SIGPIPE before any session: libesmtp writes without MSG_NOSIGNAL. */
#ifndef HEED_CHANNELS_SMTP_TRANSPORT_H
#define HEED_CHANNELS_SMTP_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "channels/smtp_outcome.h"
#include "core/base/err.h"
#include "core/base/span.h"

#define SMTP_CONNECT_MS 30000 /* to one address; never more than half of timeout_ms */
#define SMTP_QUIT_MS 5000

enum smtp_tls { SMTP_TLS_STARTTLS, SMTP_TLS_IMPLICIT, SMTP_TLS_OFF };

/* Of an account; outlives its transport. Hosts, names and secrets are checked by smtp.c. */
struct smtp_settings {
    const char *host;
    int port;
    enum smtp_tls tls;
    const char *user, *password; /* user NULL: no login */
    const char *oauth_token;     /* XOAUTH2 instead of the password */
    const char *ca_file;         /* NULL: the certificates of the system */
    const char *helo;
    int64_t timeout_ms; /* for one mail: at most half of it before the dot, the rest after */
};

struct smtp_mail {
    const char *from, *to; /* envelope, checked: no control, no space, no bracket */
    bool utf8;             /* one of them needs SMTPUTF8 (RFC 6531) */
};

/* What a session carries and whom it tells. All calls come from the thread of run(). */
struct smtp_batch {
    const struct smtp_mail *mails;
    size_t count;
    /* The bytes of mail `index`: CRLF lines, ended, not dot-stuffed. Valid until the next call. */
    struct span (*bytes)(struct smtp_batch *batch, size_t index);
    /* The next byte to leave is the final dot of `index`. */
    void (*begun)(struct smtp_batch *batch, size_t index);
    /* Its fate is known. At most once for each. */
    void (*answered)(struct smtp_batch *batch, size_t index, const struct smtp_seen *seen);
};

struct smtp_transport {
    const char *name; /* "esmtp", "curl": the word after `transport =` */
    /* NULL and err, e.g. for a ca_file that cannot be read. */
    void *(*open)(const struct smtp_settings *settings, struct err *err);
    void (*close)(void *handle);
    /* Sends the batch in one session. Mails that answered() was not called for share what ended the
     * session, in *end. Thread-safe. */
    void (*run)(void *handle, struct smtp_batch *batch, struct smtp_seen *end);
    /* Connects and logs in, sends no mail. true, or false and *end. */
    bool (*login)(void *handle, struct smtp_seen *end);
};

extern const struct smtp_transport smtp_esmtp, smtp_curl;

#endif
