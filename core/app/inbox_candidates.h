/* core/app/inbox_candidates.h - of a message that matching could not settle: who it may be from, for a person who decides. */
#ifndef HEED_APP_INBOX_CANDIDATES_H
#define HEED_APP_INBOX_CANDIDATES_H

#include "core/app/command.h"
#include "core/store/inbounds.h"
#include "core/store/prospects.h"
#include "core/store/touches.h"

struct inbox_candidate {
    struct prospect prospect;
    struct touch touch; /* their latest that went out; id 0 = none */
};

/* Those that the rules of an open message name ("candidate:..."), each prospect once; none when it is theirs beyond doubt. Count or
 * -1. */
int inbox_candidates(struct invocation *in, struct workspace *workspace,
                     const struct message_row *message, struct inbox_candidate **out,
                     struct err *err) MUST_USE;

/* When the latest touch went out, in ms. */
int64_t inbox_candidate_at(const struct inbox_candidate *candidate);

cJSON *inbox_candidates_json(struct invocation *in, const struct zone *zone,
                             const struct inbox_candidate *list, int count);

#endif
