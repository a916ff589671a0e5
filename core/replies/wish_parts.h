/* core/replies/wish_parts.h - what the frames of a text claim, before a wish is made of it. Only core/replies/wish*.c use it. */
#ifndef HEED_REPLIES_WISH_PARTS_H
#define HEED_REPLIES_WISH_PARTS_H

#include "core/base/arena.h"
#include "core/replies/wish.h"
#include "core/replies/wish_marks.h"

/* How strongly a frame speaks; the strongest wish wins, of equal ones the first. */
enum claim_kind {
    CLAIM_NONE,
    CLAIM_HINT,  /* "feel free to text": only where something else is declined */
    CLAIM_ALONE, /* "Text?": only in a short message, or where something else is declined */
    CLAIM_NEXT,  /* "call me": the next touch */
    CLAIM_FINE,  /* "email works" */
    CLAIM_WANT,  /* "email is best" */
    CLAIM_ONLY,
    CLAIM_SHUN,  /* "can't talk": only where something else is wanted */
    CLAIM_AVOID, /* "no calls" */
};

struct claim {
    enum claim_kind kind;
    const char *channel; /* heed's word */
    size_t word;         /* that names it, or where the frame begins */
    size_t first, last;  /* words of the frame */
    bool device;
    const struct lexicon_rule *rule;
};

struct claims {
    struct claim *items;
    size_t count, cap;
};

/* All claims of the text that no veto cancels, in no order. arrival: the channel it came by, or NULL. */
struct claims wish_claims(struct wish_text *text, const struct lexicon *lexicon,
                          const char *arrival, struct arena *arena);

/* Number, handle and address for the wish that `claim` makes; `signature` for numbers that the text points to there. */
struct wish_place {
    struct span signature;
    const char *region;
    bool points_below; /* "my number is below" */
};

void wish_read_place(const struct wish_text *text, const struct claim *claim,
                     const struct wish_place *place, struct arena *arena, struct wish *out);

#endif
