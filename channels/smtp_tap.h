/* channels/smtp_tap.h - follows an SMTP talk from the bytes that pass: which command is being
 * answered, the last whole reply, how much came. Parses only; sends nothing, decides nothing. */
#ifndef HEED_CHANNELS_SMTP_TAP_H
#define HEED_CHANNELS_SMTP_TAP_H

#include <stdbool.h>
#include <stddef.h>

#include "channels/smtp_outcome.h"

/* 100 lines of 2,048 octets without a command of ours between: no honest server says that much. */
#define SMTP_REPLY_OCTETS ((size_t)100 * 2048)

struct smtp_tap {
    enum smtp_stage stage; /* of the last command */
    bool authenticated;    /* a 235 came */
    bool offers_utf8;      /* SMTPUTF8 was in the last answer to EHLO */
    bool said_quit;
    bool replied;           /* a whole reply came since the last command */
    bool extra;             /* and more after it */
    struct smtp_seen reply; /* the last one; while it comes in, its beginning */
    bool reply_open;        /* more lines of it are to come */
    size_t heard;           /* octets since the last command */
    size_t line_len;
    char line[512]; /* longer lines are cut */
};

void smtp_tap_init(struct smtp_tap *tap);

/* Our bytes: one command, or several pipelined ones (the first counts). */
void smtp_tap_sent(struct smtp_tap *tap, const char *bytes, size_t len);
/* From now on replies are to the final dot. */
void smtp_tap_dot(struct smtp_tap *tap);
/* Their bytes. false when the talk must end: they flood us, or put bytes behind the answer to
 * STARTTLS, which would be read as if they had come through TLS. */
bool smtp_tap_heard(struct smtp_tap *tap, const char *bytes, size_t len);

/* What a reply line or several (joined by spaces) say: enhanced code and printable text. */
void smtp_seen_text(struct smtp_seen *seen, struct span text);

#endif
