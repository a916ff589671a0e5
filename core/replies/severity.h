/* core/replies/severity.h - what a refusal means for us, from its words first and its codes second
 * (replies 5.1: 5.7.1 is used for spam, for policy and for "no such user" alike). */
#ifndef HEED_REPLIES_SEVERITY_H
#define HEED_REPLIES_SEVERITY_H

#include "core/base/arena.h"
#include "core/replies/fold.h"
#include "core/replies/reading.h"

/* What the prose around the refusals says: looked through once for all recipients, and for its words
 * only when a refusal itself says nothing. */
struct severity_notice {
    struct folded folded;
    const struct phrase *words, *weak; /* NULL = none; known when `searched` */
    bool searched;
    int step; /* the SMTP command answered; 0 = not said */
};

/* `folded`: the words of the notice above the returned message; borrowed. */
struct severity_notice severity_notice_of(const struct folded *folded);

/* What is known about one failed recipient. */
struct refusal {
    const char *diagnostic;         /* its own reply, or "" */
    const char *status;             /* RFC 3463 status, or "" */
    struct severity_notice *notice; /* asked when the others say nothing */
};

/* *rule: the phrase or code that decided. */
enum bounce_severity severity_of(const struct refusal *refusal, struct arena *arena,
                                 const char **rule);

/* Does a diagnostic say that the domain has no mail server, and not only that none answered? */
bool severity_denies_domain(const char *diagnostic, struct arena *arena);

/* The first RFC 3463 status ("5.1.1") in `text` that stands alone and is no IP address, or "". */
const char *severity_status_in(const char *text, struct arena *arena);

#endif
