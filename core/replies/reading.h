/* core/replies/reading.h - what an inbound message is and what it says. PURE: bytes in, verdict
 * out; whose it is and what follows from it is decided elsewhere (engine/match.h, engine/inbox.h).
 * Rules: RFC 5322, 3464, 5965, 8098, 3834. */
#ifndef HEED_REPLIES_READING_H
#define HEED_REPLIES_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/span.h"
#include "core/replies/intents.h"
#include "core/replies/lexicon.h"
#include "core/replies/when.h"
#include "core/replies/wish.h"

struct mail_source;

/* What it is; in the order in which it is asked */
enum reading_kind {
    READING_UNREADABLE, /* kept raw, marked for a person */
    READING_OWN,        /* our own mail come back (Sent copy, BCC, loop) */
    READING_COMPLAINT,  /* ARF */
    READING_RECEIPT,    /* MDN, delivery report: news about a touch, no answer */
    READING_BOUNCE,     /* DSN or text bounce with a failed recipient */
    READING_DELAY,      /* "still trying" */
    READING_CALENDAR,   /* METHOD:REPLY */
    READING_CHALLENGE,  /* "confirm you are human" */
    READING_AUTO_REPLY, /* vacation, ticket acknowledgement */
    READING_BULK,       /* list or bulk mail */
    READING_HUMAN,
};

enum opt_out_scope { OPT_OUT_NONE, OPT_OUT_ADDRESS, OPT_OUT_CHANNEL, OPT_OUT_EVERYTHING };

enum bounce_severity { BOUNCE_HARD, BOUNCE_SOFT, BOUNCE_BLOCK, BOUNCE_HOLD };

struct bounce_recipient {
    const char *address;           /* lower case; Original-Recipient before Final-Recipient */
    const char *status;            /* "5.1.1", or "" */
    const char *diagnostic;        /* for people */
    enum bounce_severity severity; /* text before codes (replies.md 5.1) */
    bool failed;                   /* false: delayed, or delivered where nobody was missed */
};

struct reading {
    enum reading_kind kind;
    /* Headers; addresses lower case, NULL or empty when absent. */
    const char *from, *from_name, *subject, *message_id, *in_reply_to;
    const char *const *references;
    size_t reference_count; /* oldest first, with angle brackets */
    const char *const *recipients;
    size_t recipient_count; /* Delivered-To, X-Original-To, Envelope-To, To, Cc */
    const char *const *returned_ids;
    size_t returned_id_count; /* Message-IDs found in returned or quoted parts */
    const char *const *tokens_text;
    size_t token_count; /* runs that look like our 31-character tokens, from any part */
    int64_t date_ms;    /* Date header; 0 = none. Only displayed */
    /* What it says. */
    const char *text;      /* whole text, UTF-8 */
    const char *own_text;  /* without quotes, signature, disclaimer */
    const char *signature; /* apart, or "" */
    enum opt_out_scope opt_out;
    const char *opt_out_channel; /* with OPT_OUT_CHANNEL: "sms", "email", "call"; NULL = the arrival
                                    channel */
    bool opt_in;                 /* START, UNSTOP: lifts only that channel's block */
    int64_t return_ms; /* from an auto-reply: start of the day they are back, in reference zone; 0 =
                          not said */
    /* From a person's own words; nothing of it where opt_out says that they want to be left alone, but for the intents threat and
     * hostile, and for a wish for one channel only: "never contact me by phone; email only". */
    struct intents intents; /* lead INTENT_OTHER, no labels, when it is no person's */
    struct when when;       /* the moment they name for the next contact; kind WHEN_NONE = none */
    struct wish wish;       /* where they want to be answered; wish_is_none() = not said */
    /* From an auto-reply. */
    const char
        *substitute;   /* whom to write instead, lower case, or NULL; never enrolled by itself */
    bool left_company; /* the owner of the mailbox works there no longer */
    const struct bounce_recipient *bounced;
    size_t bounced_count;
    const char *const *rules;
    size_t rule_count; /* names of the rules that fired, for `heed why` */
};

struct reading_env {
    const char *const *own_addresses;
    size_t own_address_count; /* our mailboxes */
    const char *own_domain;   /* right side of our Message-IDs */
    int64_t now_ms;           /* when it arrived */
    const char *zone;         /* the prospect's zone, or NULL = UTC */
    const char *region; /* ISO country of numbers without "+"; NULL = only "+..." are shaped */
    /* Rules of language; NULL = those that heed comes with, compiled anew for this one reading: an opt-out is never lost, but
     * whoever reads many should give them. */
    const struct lexicon *lexicon;
    struct mail_source *mail_source; /* who parses (mail.h); NULL = mail_parse() in this process */
};

/* Reads an RFC 5322 message of any bytes. Never fails: the worst verdict is READING_UNREADABLE. All
 * pointers in *out live in the arena. */
void reading_of_mail(struct span raw, const struct reading_env *env, struct arena *arena,
                     struct reading *out);

/* Reads a text or chat message. channel: where it arrived ("sms"). */
void reading_of_text(struct span text, const char *channel, const struct reading_env *env,
                     struct arena *arena, struct reading *out);

/* Reads anew what depends on where a person is, once it is known whose words these are: moments, the
 * day somebody is back, numbers without "+". env: as before, with their zone and region. channel:
 * where it arrived. */
void reading_place(const struct reading_env *env, const char *channel, struct arena *arena,
                   struct reading *reading);

const char *reading_kind_name(enum reading_kind kind); /* "bounce" */

/* Did a rule of that very name fire? */
bool reading_has_rule(const struct reading *reading, const char *name);

#endif
