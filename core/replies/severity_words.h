/* core/replies/severity_words.h - tables of what mail systems say when they refuse, and the causes
 * behind it. Internal to severity.c, which knows what each cause is worth. */
#ifndef HEED_REPLIES_SEVERITY_WORDS_H
#define HEED_REPLIES_SEVERITY_WORDS_H

#include "core/replies/fold.h"

/* Why a message was refused; the values of the tables. */
enum cause {
    CAUSE_NONE,
    CAUSE_USER,    /* nobody has the mailbox, or no longer */
    CAUSE_HOST,    /* nobody has the domain, or it takes no mail */
    CAUSE_ASLEEP,  /* the mailbox is there and takes no mail for now */
    CAUSE_FULL,    /* the mailbox is there and full */
    CAUSE_SIZE,    /* this message is too large */
    CAUSE_RATE,    /* we came too often, or for the first time (greylisting) */
    CAUSE_LATER,   /* network, system, time */
    CAUSE_FILTER,  /* the recipient's own filter */
    CAUSE_SENDER,  /* our address is refused */
    CAUSE_BLOCKED, /* our server is refused */
    CAUSE_AUTH,    /* SPF, DKIM, DMARC, reverse DNS, TLS of ours */
    CAUSE_CONTENT, /* what we wrote */
    CAUSE_POLICY,  /* relaying, membership, local rules */
    CAUSE_REFUSED, /* refused, and no word why */
};

/* Sure enough to be believed anywhere in a notice. */
extern const struct phrase severity_words[];
extern const size_t severity_words_count;

/* The same, of the address, its domain and the way there: asked after those. */
extern const struct phrase severity_address_words[];
extern const size_t severity_address_words_count;

/* Believed in the server's own reply only. */
extern const struct phrase severity_loose_words[];
extern const size_t severity_loose_words_count;

/* "rejected" and the like. */
extern const struct phrase severity_weak_words[];
extern const size_t severity_weak_words_count;

#endif
