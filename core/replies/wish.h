/* core/replies/wish.h - where a person wants to be answered: "text me instead at 212 555 0147", "please don't call". Reads own text,
 * and the signature for numbers only; linear, by rules that are data (lexicon.h). It does not say who may set a preferred channel
 * (engine/choose.h). Rules: replies.md section 11. */
#ifndef HEED_REPLIES_WISH_H
#define HEED_REPLIES_WISH_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/span.h"
#include "core/replies/lexicon.h"
#include "core/replies/names.h"

#define WISH_MAX_BYTES ((size_t)64 << 10) /* what lies behind is not read */
#define WISH_MAX_AVOIDED 8

struct wish {
    const char *prefer;       /* the channel's word ("sms", "call"); NULL = none named */
    const char *const *avoid; /* channels they do not want */
    size_t avoid_count;       /* at most WISH_MAX_AVOIDED */
    const char *number;       /* E.164, where to reach them on it; NULL = not said */
    const char *handle;       /* "@ann"; NULL = not said */
    const char *address;      /* e-mail address, lower case; NULL = not said */
    bool once;                /* "ring me tomorrow": the next touch; false = from now on */
    bool exclusive;           /* "only by text" */
    struct span words;        /* the words it was read from; points into the own text */
};

struct wish_env {
    const struct lexicon *lexicon;
    const struct words *words; /* of the own text, prepared (lexicon.h); NULL = not split yet */
    const char *channel;       /* where the message arrived ("sms"); NULL = not known */
    const char *region;  /* ISO country of numbers without "+"; NULL = only "+..." are shaped */
    struct names *rules; /* gets the names of the rules that fired; NULL = not asked for */
};

/* Reads the wish of `own`. A number in `signature` counts only when the own text points to it ("my number is below") and it is the
 * only one there. Texts of the wish live in the arena or in the lexicon. */
void wish_read(struct span own, struct span signature, const struct wish_env *env,
               struct arena *arena, struct wish *out);

static inline bool wish_is_none(const struct wish *wish)
{
    return !wish->prefer && wish->avoid_count == 0;
}

#endif
