/* channels/smtp_outcome.h - what an SMTP talk means for one message: the only place that decides.
 * Pure. Rules: RFC 5321 4.2-4.3, RFC 3463, and what was measured (a final 250 alone proves nothing,
 * nor does a return value of a library). */
#ifndef HEED_CHANNELS_SMTP_OUTCOME_H
#define HEED_CHANNELS_SMTP_OUTCOME_H

#include <stdbool.h>

#include "channels/channel.h"

/* How far the talk was when it was decided; in order. */
enum smtp_stage {
    SMTP_AT_CONNECT,     /* name, route, connection */
    SMTP_AT_GREETING,    /* up to the first EHLO */
    SMTP_AT_NO_STARTTLS, /* TLS is required and was not offered */
    SMTP_AT_CERTIFICATE, /* the certificate is not the server's or not trusted */
    SMTP_AT_TLS,         /* STARTTLS or the handshake */
    SMTP_AT_NO_AUTH,     /* we have a login and the server takes none of our kinds */
    SMTP_AT_AUTH,
    SMTP_AT_MAIL,
    SMTP_AT_RCPT,
    SMTP_AT_DATA, /* DATA and the body, before the final dot */
    SMTP_AT_DOT,  /* the final dot may have left */
    SMTP_STAGES
};

struct smtp_seen {
    enum smtp_stage stage;
    int code;      /* of the reply that decides; 0 = none came */
    bool enhanced; /* it had an enhanced code, of the same class */
    int subject, detail;
    char text[400]; /* of the reply or of the local error; printable UTF-8 */
};

/* Fills *result. begun: watch->begun() was called for the message (rule 5). */
void smtp_outcome(const struct smtp_seen *seen, bool begun, struct send_result *result);

#endif
