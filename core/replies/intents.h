/* core/replies/intents.h - what a person wants, from their own words: several labels at once, each with the score that its rules
 * gave it, and one that decides. No learning, no clock: rules are data (lexicon.h), so that a person can read and change them.
 * What follows from a label is decided elsewhere (engine/inbox.h). Rules: replies.md section 8. */
#ifndef HEED_REPLIES_INTENTS_H
#define HEED_REPLIES_INTENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"

struct lexicon;
struct names;
struct words;

/* In the order in which they decide: of several that pass, the first leads. Opt-outs are read apart (opt_out.h) and come before. */
enum intent {
    INTENT_THREAT,         /* of a complaint, a lawyer, a regulator */
    INTENT_HOSTILE,        /* abuse */
    INTENT_WRONG_PERSON,   /* "wrong number", "she left us" */
    INTENT_NOT_INTERESTED, /* a no to this offer; no opt-out */
    INTENT_NOT_NOW,        /* a later, with or without a date */
    INTENT_CONCERN_PRICE,
    INTENT_CONCERN_TIMING,
    INTENT_CONCERN_AUTHORITY,
    INTENT_CONCERN_NEED,
    INTENT_CONCERN_COMPETITOR,
    INTENT_CONCERN_TRUST,
    INTENT_REFERRAL,   /* "talk to Ann" */
    INTENT_INTERESTED, /* a yes, or a step towards it */
    INTENT_QUESTION,   /* wants something answered or done */
    INTENT_ACK,        /* "ok", "thanks": heard, nothing more */
    INTENT_OTHER,      /* none passed, or a tie: a person reads it */
};
#define INTENT_COUNT INTENT_OTHER /* the labels that have scores */

enum sentiment { SENTIMENT_NEUTRAL, SENTIMENT_POSITIVE, SENTIMENT_NEGATIVE };

struct intents {
    enum intent lead;         /* INTENT_OTHER = none */
    uint32_t labels;          /* 1 << enum intent: those that pass */
    int scores[INTENT_COUNT]; /* 6 passes */
    enum sentiment sentiment;
};

/* What `own` says (words of the own text, the first INTENTS_WORDS_MAX of them). The names of the rules that made a label pass
 * are added to `rules`. Linear. */
#define INTENTS_WORDS_MAX 120
void intents_read(const struct words *own, const struct lexicon *lexicon, struct arena *arena,
                  struct names *rules, struct intents *out);

/* Who wants to be left alone has said all there is to say, unless they threaten or abuse: keeps only these labels. */
void intents_keep_alarms(struct intents *intents);

static inline bool intents_have(const struct intents *intents, enum intent label)
{
    return (intents->labels >> label & 1) != 0;
}

const char *intent_name(enum intent intent); /* "concern_price"; "other" */
/* The label of that name; INTENT_OTHER when there is none. */
enum intent intent_by_name(const char *name);
const char *sentiment_name(enum sentiment sentiment); /* "positive" */

#endif
