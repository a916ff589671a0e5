/* core/engine/match.h - whose answer is this: touch, enrollment, prospect (replies.md section 3).
 * Pure: match_keys() says what to look up, in order; the caller asks the store; match_decide()
 * judges what was found. Never by subject alone. */
#ifndef HEED_ENGINE_MATCH_H
#define HEED_ENGINE_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/span.h"
#include "core/base/str.h"
#include "core/engine/token.h"
#include "core/replies/reading.h"

#define MATCH_MAX_KEYS 64
#define MATCH_MAX_TOUCHES 20 /* newest touches the caller offers per prospect found */
#define MATCH_MAX_CANDIDATES 8

/* What came in; strings borrowed, NULL = not said. */
struct match_inbound {
    const char *channel; /* "email", "sms", ... */
    enum reading_kind kind;
    const char *from;      /* sender: e-mail address, E.164 number, handle */
    const char *our;       /* chats and texts: our number or account it came to */
    const char *thread_id; /* provider id of the message or thread answered */
    const char *subject;
    const char *in_reply_to;
    const char *const *references; /* oldest first */
    size_t reference_count;
    const char *const *recipients; /* Delivered-To, X-Original-To, Envelope-To, To, Cc */
    size_t recipient_count;
    const char *const *returned_ids; /* Message-IDs in returned or quoted parts */
    size_t returned_id_count;
    const char *const *tokens_text; /* token-like runs from any part */
    size_t token_count;
    const struct bounce_recipient *bounced;
    size_t bounced_count;
    int64_t whose; /* a person said whose it is: nobody else is looked for; 0 = nobody has said */
    bool distrust; /* this source forged too many tokens: none is believed but an unsubscribe's */
    int64_t received_ms; /* IMAP INTERNALDATE or arrival of the webhook */
};

/* Fills what a mail's reading knows; channel, received_ms and the rest stay the caller's. */
void match_inbound_of_reading(const struct reading *reading, struct match_inbound *out);

enum match_via {
    MATCH_VIA_NONE,
    MATCH_VIA_ADDRESS_TOKEN,
    MATCH_VIA_MESSAGE_ID, /* In-Reply-To */
    MATCH_VIA_REFERENCES,
    MATCH_VIA_RETURNED, /* token or id in the returned or quoted text */
    MATCH_VIA_THREAD,
    MATCH_VIA_NUMBER_PAIR,
    MATCH_VIA_SENDER,
    MATCH_VIA_SENDER_CANONICAL,
    MATCH_VIA_PERSON,    /* a person said so */
    MATCH_VIA_RECIPIENT, /* of a bounce */
    MATCH_VIA_DOMAIN,    /* a hint only */
};

/* What the caller looks up, and what rows it returns for it. */
enum match_key_kind {
    MATCH_KEY_TOUCH,      /* touch id, MAC checked: that touch */
    MATCH_KEY_MESSAGE_ID, /* value: provider or Message-ID with its brackets: that touch */
    MATCH_KEY_THREAD,     /* value: provider message or thread id on this channel: that touch */
    MATCH_KEY_PAIR,      /* our, value: each prospect touched on the pair, with the touches on it */
    MATCH_KEY_ADDRESS,   /* value: address key: each prospect with it, with its newest touches */
    MATCH_KEY_ALIAS,     /* value: canonical e-mail address: each prospect with one of that form */
    MATCH_KEY_PROSPECT,  /* the prospect of match_inbound.whose, with its newest touches */
    MATCH_KEY_RECIPIENT, /* value: address key: touches sent to it */
    MATCH_KEY_DOMAIN,    /* value: domain: prospects with an address there to whom we sent the
                            subject that is answered, in the last 30 days; asked last, and only when
                            nothing else was found */
};

struct match_key {
    enum match_via via;
    enum match_key_kind kind;
    int64_t touch;
    const char *value, *our;
};

struct match_keys { /* strings live in the arena */
    struct match_key list[MATCH_MAX_KEYS];
    size_t count;
    int bad_macs;        /* forged or expired tokens; counted per source by the caller */
    int64_t unsubscribe; /* a mailto unsubscribe: the touch of a good `u` address token, or 0 */
    bool own_seen;       /* a Message-ID of ours is among them */
};

/* In the order of replies.md section 3. */
void match_keys(const struct match_inbound *inbound, const struct token_keys *tokens,
                struct arena *arena, struct match_keys *out);

/* One row the store gave for a key. A prospect without any touch: one row with touch 0. */
struct match_found {
    const struct match_key *key;
    int64_t touch, enrollment, prospect;
    const char *channel; /* of the touch */
    const char *address; /* address key it went to */
    int64_t sent_ms;
    int64_t first_ms; /* when this prospect was touched first; 0 = never */
    bool active;      /* the touch's enrollment is not finished */
    bool in_air;      /* handed to a channel, and nothing is known of it yet */
};

enum match_confidence { MATCH_CERTAIN, MATCH_LIKELY, MATCH_AMBIGUOUS, MATCH_REVIEW };

/* Why this touch gets the credit */
enum match_credit {
    CREDIT_NONE,
    CREDIT_TOKEN,    /* a token or a stored id names it */
    CREDIT_PAIR,     /* newest on the number pair */
    CREDIT_ADDRESS,  /* newest to the very address that answered, 14 days */
    CREDIT_CHANNEL,  /* newest on the arrival channel, 14 days */
    CREDIT_ANY,      /* newest on any channel, 14 days */
    CREDIT_RECIPIENT /* a bounce: newest to the failed address, 7 days */
};

enum match_flag {
    MATCH_CONFLICT = 1 << 0,      /* address token and headers name different touches */
    MATCH_SHARED_NUMBER = 1 << 1, /* several prospects on one address; an opt-out is for all */
    MATCH_COLLEAGUE = 1 << 2,     /* a good token, but an unknown sender */
    MATCH_ROLE_INBOX = 1 << 3,    /* info@, office@, ... */
    MATCH_HISTORY = 1 << 4,       /* older than their first touch: no effect at all */
    MATCH_BAD_TOKEN = 1 << 5,     /* a token with a bad MAC was seen */
    MATCH_CROSSED = 1 << 7,       /* a touch to them was in the air when their answer came */
    MATCH_FINISHED = 1 << 6,      /* only finished enrollments: credit and tell, hold nothing */
};

struct match {
    int64_t touch, enrollment, prospect; /* 0 = none */
    enum match_via via;
    enum match_confidence confidence;
    enum match_credit credit_basis;
    int64_t sender_prospect; /* the prospect the sender is known as, when that is not `prospect` */
    bool sender_is_prospect;
    bool is_reply;         /* a person's answer: holds the enrollments of the prospect */
    bool moves_preference; /* before the words are looked at; choose_may_move() has the last say */
    unsigned flags;        /* enum match_flag */
    /* Where it is not certain: touches that may have earned it, or (via domain) prospects whose
     * colleague it may be; newest first */
    int64_t candidates[MATCH_MAX_CANDIDATES];
    size_t candidate_count;
};

/* Names for the rules of a message: "match_conflict", "credit_address", and where a person may have
 * to choose "candidate:to_..." or "candidate:pr_...". Separated by commas, a comma before the first
 * when `out` is not empty. */
void match_add_rules(const struct match *match, struct str *out);

/* keys: as filled by match_keys(); found: in any order. Always fills *out; nothing found gives
 * prospect 0 and MATCH_REVIEW. */
struct match_question {
    const struct match_inbound *inbound;
    const struct match_keys *keys;
    const struct match_found *found;
    size_t found_count;
};
void match_decide(const struct match_question *question, struct match *out);

const char *match_via_name(enum match_via via);                      /* "address_token" */
const char *match_confidence_name(enum match_confidence confidence); /* "certain" */
const char *match_credit_name(enum match_credit credit);             /* "pair" */

/* Is `subject` an answer to `ours`? The same words once "Re:", "AW:", "Fwd:" and white space are
 * taken off; never by an empty one. */
bool match_answers_subject(const char *subject, const char *ours);

/* Amazon SES gives each mail a Message-ID of its own and names its left side when it takes the mail ("250 Ok 0102018b...-000000"); the
 * mail then carries "<0102018b...-000000@eu-west-1.amazonses.com>". accepted: the text of acceptance; message_id: of a header. That left
 * side, borrowed, or empty. */
struct span match_assigned_id(const char *accepted);
struct span match_assigned_part(const char *message_id);

/* info@, office@, sales@, ...: an address of a role, not a person. */
bool match_is_role_inbox(const char *address);

#endif
