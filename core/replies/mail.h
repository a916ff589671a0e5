/* core/replies/mail.h - a flat view of one RFC 5322 message: headers, and its text parts decoded to
 * UTF-8. The only door to GMime; nothing of it comes out. */
#ifndef HEED_REPLIES_MAIL_H
#define HEED_REPLIES_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/span.h"

#define MAIL_MAX_PARTS 1000
#define MAIL_MAX_ADDRESSES 100

struct mail_header {
    const char *name;  /* as written */
    const char *value; /* unfolded, encoded words decoded, UTF-8 */
    const char *raw;   /* encoded words as they came: for addresses, where a decoded comma parts */
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

struct mail_address {
    const char *address; /* lower case */
    const char *name;    /* "" when there is none */
};

/* Parses what scan_mail() let through. Returns false when it is no message at all. */
bool mail_parse(struct span raw, struct arena *arena, struct mail *out);

/* The n-th header of that name (any case), or NULL. */
const char *mail_header_nth(const struct mail *mail, const char *name, size_t n);

/* The same, encoded words not decoded: for mail_addresses(). */
const char *mail_header_raw_nth(const struct mail *mail, const char *name, size_t n);

/* The first one, or "". */
const char *mail_header(const struct mail *mail, const char *name);

/* The addresses of a raw From, To... value, groups opened, at most MAIL_MAX_ADDRESSES. Returns how
 * many there are in *out (arena). */
size_t mail_addresses(const char *value, struct arena *arena, struct mail_address **out);

/* Makes the parser ready; safe to call from any thread, any number of times. mail_parse() does it
 * by itself; a process that will drop its rights calls it before. */
void mail_prepare(void);

#endif
