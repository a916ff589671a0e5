/* channels/imap.h - reads a mailbox: libcurl (CONNECT_ONLY) for TLS and login, our own reader of
 * the answers. Never loses a mail when a fetch breaks at any byte: the cursor moves only behind
 * what the caller has stored. */
#ifndef HEED_CHANNELS_IMAP_H
#define HEED_CHANNELS_IMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/conf.h"
#include "core/base/err.h"
#include "core/base/span.h"

struct mailbox;

/* Where we are. (0, 0) = never read: start at the first mail that arrives from now on, or at all
 * with from_start. */
struct mailbox_cursor {
    uint32_t uidvalidity, uid;
};

struct mailbox_mail {
    uint32_t uidvalidity, uid;
    int64_t arrived_ms; /* INTERNALDATE, UTC unix ms */
    /* RFC 5322 bytes, borrowed until take() returns; at most the mailbox' max_bytes */
    struct span raw;
    bool cut; /* the mail is longer than max_bytes: raw is its beginning */
};

struct mailbox_sink {
    /* Takes the mail over and returns 0; -1 stops the poll with the cursor before this mail. Who lets mails go on their way to
     * the store together sets the cursor back when one of them does not get there. */
    int (*take)(const struct mailbox_sink *sink, const struct mailbox_mail *mail, struct err *err);
};

/* [mailbox NAME]: host, port (993, without implicit TLS 143), tls (implicit | starttls | off on
 * loopback only), ca_file (the system's), user, password (secret) or oauth_token (secret), folder
 * (INBOX), from_start (no), max_bytes (1 MiB). Other keys are refused. Connects only in
 * mailbox_poll(). */
struct mailbox *mailbox_open(const struct conf_section *conf, struct err *err) MUST_USE;
void mailbox_close(struct mailbox *mailbox); /* NULL is fine */

/* Connects when needed, hands every new mail to sink in UID order and moves *cursor behind each one
 * taken. A changed UIDVALIDITY starts again from the first UID (the caller knows the mails it has).
 * -1 and err: call again later with the same cursor. */
int mailbox_poll(struct mailbox *mailbox, struct mailbox_cursor *cursor,
                 const struct mailbox_sink *sink, struct err *err) MUST_USE;

/* Waits (IDLE, or NOOP every 30 s without it) until mail may be there: 1, the real time is over: 0,
 * or the connection broke: -1. mailbox_wake() ends it from another thread. */
int mailbox_wait(struct mailbox *mailbox, int64_t timeout_ms, struct err *err) MUST_USE;
void mailbox_wake(struct mailbox *mailbox);

#endif
