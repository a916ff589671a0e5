/* core/replies/mail.h - a flat view of one RFC 5322 message: headers, and its text parts decoded to
 * UTF-8. Who parses it, and in which process, is not said here (mail_parse.h, mail_frame.h). */
#ifndef HEED_REPLIES_MAIL_H
#define HEED_REPLIES_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/span.h"

#define MAIL_MAX_HEADERS 2000
#define MAIL_MAX_PARTS 1000
#define MAIL_MAX_ADDRESSES 100
#define MAIL_MAX_TEXT_BYTES ((size_t)5 << 18) /* of all parts together; the rest is cut off */

struct mail_address {
    const char *address; /* lower case */
    const char *name;    /* "" when there is none */
};

struct mail_header {
    const char *name;  /* as written */
    const char *value; /* unfolded, encoded words decoded, UTF-8 */
    /* Of From, Sender, Reply-To, To, Cc, Delivered-To, X-Original-To, Envelope-To and X-Envelope-To:
     * its mailboxes, groups opened; at most MAIL_MAX_ADDRESSES. */
    const struct mail_address *addresses;
    size_t address_count;
};

struct mail_part {
    const char *type;   /* "text/plain", lower case */
    const char *method; /* of text/calendar, or "" */
    struct span text;   /* UTF-8, NUL-terminated; empty for what is no text. For
                               "message/rfc822": its headers, one a line */
    size_t alternative; /* which multipart/alternative it belongs to, from 1; 0 = none */
    bool returned;      /* inside an embedded message, or such headers */
    bool attached;      /* Content-Disposition: attachment */
};

struct mail {
    const struct mail_header *headers;
    size_t header_count;
    const struct mail_part *parts; /* in order of appearance */
    size_t part_count;
    const char *report_type; /* of multipart/report, lower case, or "" */
    int64_t date_ms;         /* 0 = none */
};

/* Where parsed mails come from, when not from mail_parse() in this process. */
struct mail_source {
    /* Parses what scan_mail() let through into the arena. NULL, or why it cannot be read: the name of
     * a rule, which lives as long as the source. */
    const char *(*read)(struct mail_source *source, struct span raw, struct arena *arena,
                        struct mail *out);
};

/* The n-th header of that name (any case), or NULL. */
const struct mail_header *mail_header_at(const struct mail *mail, const char *name, size_t n);

/* Its value, or NULL. */
const char *mail_header_nth(const struct mail *mail, const char *name, size_t n);

/* The value of the first one, or "". */
const char *mail_header(const struct mail *mail, const char *name);

#endif
