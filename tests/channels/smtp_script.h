/* tests/channels/smtp_script.h - an SMTP server in a thread that does what a test asks: answers as
 * scripted, drops, hangs, floods; and keeps what it was told. */
#ifndef HEED_TESTS_CHANNELS_SMTP_SCRIPT_H
#define HEED_TESTS_CHANNELS_SMTP_SCRIPT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/str.h"
#include "tests/channels/certs.h"

/* Instead of an answer. */
#define SCRIPT_DROP "!drop"   /* close the connection */
#define SCRIPT_HANG "!hang"   /* say nothing until the client goes */
#define SCRIPT_FLOOD "!flood" /* continuation lines without end */
#define SCRIPT_GIANT "!giant" /* a 250 whose one line has 10 MB */
#define SCRIPT_DRIP "!drip"   /* a byte a second */

/* What to say; NULL = what an honest server says. */
struct script_plan {
    const char *greeting, *ehlo, *starttls, *auth, *mail, *rcpt, *data, *body, *dot;
    int at;        /* the mail (0, 1, ...) that mail..dot are for; -1 = each */
    bool tls;      /* offer STARTTLS */
    bool implicit; /* TLS from the first byte */
    enum cert_kind cert;
    bool offer_auth, offer_chunking, offer_pipelining, offer_enhanced, offer_utf8;
    bool lax;    /* 354 to DATA though no recipient was taken */
    bool inject; /* clear text behind the answer to STARTTLS */
};

struct script_heard {
    int connections, mails, accepted;
    bool secret_in_clear; /* AUTH or a mail came outside TLS */
    bool authenticated;
    struct str commands; /* all lines outside mails, joined by LF */
    struct str last;     /* the last mail as it came, dots unstuffed */
    char sni[64];
};

struct smtp_script;

struct smtp_script *script_start(const struct script_plan *plan);
int script_port(const struct smtp_script *script);
/* Ends the thread; what it heard stays readable until script_free(). */
const struct script_heard *script_stop(struct smtp_script *script);
void script_free(struct smtp_script *script);

#endif
