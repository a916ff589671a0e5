/* channels/imap_session.h - one open folder on one connection: commands with unpredictable tags,
 * what the server tells unasked, IDLE. Knows no cursor and hands over no mail (imap.c). */
#ifndef HEED_CHANNELS_IMAP_SESSION_H
#define HEED_CHANNELS_IMAP_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "channels/imap_answer.h"
#include "channels/imap_conf.h"
#include "channels/imap_wire.h"
#include "core/base/attr.h"
#include "core/base/err.h"

#define IMAP_COMMAND_MAX_BYTES 4096
#define IMAP_TAG_BYTES 20

struct imap_session {
    struct imap_wire *wire;        /* NULL = not connected */
    char tag[IMAP_TAG_BYTES];      /* of the command under way */
    int64_t patience_ms;           /* how long a command may take without progress */
    uint32_t uidvalidity, uidnext; /* as EXAMINE said; uidnext 0 = it did not */
    uint32_t exists;               /* mails in the folder, as far as the server said */
    bool examined, can_idle, news; /* news: the folder changed since the caller set it to false */
};

/* A command under way. What it is for embeds it first. */
struct imap_command {
    /* For every FETCH answer; -1 ends the session. NULL: they do not matter. */
    int (*on_fetch)(struct imap_command *command, const struct imap_fetch *fetch, struct err *err);
    int64_t until_ms; /* monotonic; imap_session_progress() moves it */
    bool vanished;    /* the server may say NO because mails are gone (RFC 5530 EXPUNGEISSUED) */
};

/* Connects, logs in, opens the folder read-only. -1 and err: the session is closed. */
int imap_session_open(struct imap_session *session, const struct imap_conf *conf,
                      struct err *err) MUST_USE;
/* Says goodbye only when polite. Closing twice is fine. */
void imap_session_close(struct imap_session *session, bool polite);

/* Sends the command, without its tag and CRLF, and reads until it is done. command may be NULL. -1
 * and err: NO, BAD or worse; the caller closes the session. */
int imap_session_run(struct imap_session *session, const char *text, struct imap_command *command,
                     struct err *err) MUST_USE;
void imap_session_progress(const struct imap_session *session, struct imap_command *command);

/* One IDLE of at most 25 minutes or, without it, silence of at most 30 s and a NOOP: ends earlier at
 * until_ms (monotonic), with news, or when wake_fd (an eventfd, emptied) sets *woken. */
int imap_session_wait(struct imap_session *session, int64_t until_ms, int wake_fd, bool *woken,
                      struct err *err) MUST_USE;

#endif
