/* channels/imap_wire.h - one IMAP connection: libcurl connects, does TLS and logs in
 * (CURLOPT_CONNECT_ONLY), then we send and read ourselves: its own FETCH can be fooled by a mail
 * and loses literals (libraries.md, "IMAP through libcurl"). Knows no command. */
#ifndef HEED_CHANNELS_IMAP_WIRE_H
#define HEED_CHANNELS_IMAP_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "channels/imap_answer.h"
#include "core/base/attr.h"
#include "core/base/err.h"
#include "core/base/span.h"

enum imap_tls { IMAP_TLS_IMPLICIT, IMAP_TLS_START, IMAP_TLS_OFF };

struct imap_login { /* borrowed */
    const char *host;
    int port;
    enum imap_tls tls; /* IMAP_TLS_OFF: the address must be a loopback one, or nothing is sent */
    const char *user;
    const char *password;    /* or NULL: */
    const char *oauth_token; /* XOAUTH2 bearer */
    const char *ca_file;     /* CA certificates to trust instead of the system's, or NULL */
};

struct imap_wire;

/* Connects and logs in, at most 30 s. literals_max: see imap_reader_init(). The caller ran
 * curl_global_init(). NULL and err: ERR_CONFIG for refused credentials, else ERR_NET. */
struct imap_wire *imap_wire_open(const struct imap_login *login, size_t literals_max,
                                 struct err *err) MUST_USE;
void imap_wire_close(struct imap_wire *wire); /* NULL is fine; says nothing to the server */

/* Sends all of it, at most 30 s. 0, or -1 and err. */
int imap_wire_send(struct imap_wire *wire, struct span bytes, struct err *err) MUST_USE;

enum imap_event { IMAP_BROKEN = -1, IMAP_LATE, IMAP_ANSWERED, IMAP_WOKEN };

/* The next answer, borrowed until the next call, or what came first: until_ms (monotonic) passed,
 * wake_fd (-1 = none) turned readable, the connection is of no use any more (err). */
enum imap_event imap_wire_next(struct imap_wire *wire, int64_t until_ms, int wake_fd,
                               struct imap_answer *answer, struct err *err) MUST_USE;

#endif
