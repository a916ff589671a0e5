/* core/replies/intents.c - names of what people want. */
#include "core/replies/intents.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {
    [INTENT_THREAT] = "threat",
    [INTENT_HOSTILE] = "hostile",
    [INTENT_WRONG_PERSON] = "wrong_person",
    [INTENT_NOT_INTERESTED] = "not_interested",
    [INTENT_NOT_NOW] = "not_now",
    [INTENT_CONCERN_PRICE] = "concern_price",
    [INTENT_CONCERN_TIMING] = "concern_timing",
    [INTENT_CONCERN_AUTHORITY] = "concern_authority",
    [INTENT_CONCERN_NEED] = "concern_need",
    [INTENT_CONCERN_COMPETITOR] = "concern_competitor",
    [INTENT_CONCERN_TRUST] = "concern_trust",
    [INTENT_REFERRAL] = "referral",
    [INTENT_INTERESTED] = "interested",
    [INTENT_QUESTION] = "question",
    [INTENT_ACK] = "ack",
    [INTENT_OTHER] = "other",
};

const char *intent_name(enum intent intent)
{
    return names[intent];
}

enum intent intent_by_name(const char *name)
{
    for (int i = 0; i < INTENT_COUNT; i++)
        if (strcmp(names[i], name) == 0)
            return (enum intent)i;
    return INTENT_OTHER;
}

const char *sentiment_name(enum sentiment sentiment)
{
    static const char *const words[] = { [SENTIMENT_NEUTRAL] = "neutral",
                                         [SENTIMENT_POSITIVE] = "positive",
                                         [SENTIMENT_NEGATIVE] = "negative" };

    return words[sentiment];
}
