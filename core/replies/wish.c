/* core/replies/wish.c - makes one wish of what the frames claim. */
#include "core/replies/wish.h"

#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/replies/wish_parts.h"

#define MAX_SHORT_WORDS 6 /* of a message in which a channel's name alone is a wish */
#define BELOW "below"     /* label of frames that point to the signature */

static bool is_avoiding(const struct claim *claim)
{
    return claim->kind == CLAIM_AVOID || claim->kind == CLAIM_SHUN;
}

static bool have_kind(const struct claims *claims, enum claim_kind kind)
{
    for (size_t i = 0; i < claims->count; i++)
        if (claims->items[i].kind == kind)
            return true;
    return false;
}

/* Is the channel that the claim wants declined by another frame over the same word? "Don't call me" */
static bool is_declined(const struct claims *claims, const struct claim *claim)
{
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *other = &claims->items[i];

        if (is_avoiding(other) && (other->word == claim->word ||
                                   (strcmp(other->channel, claim->channel) == 0 &&
                                    claim->word >= other->first && claim->word <= other->last)))
            return true;
    }
    return false;
}

/* How much a claim counts as a wish; 0 = not at all. */
static int rank_of(const struct claims *claims, const struct claim *claim, size_t words)
{
    bool declines = have_kind(claims, CLAIM_AVOID) || have_kind(claims, CLAIM_SHUN);
    int rank;

    if (is_avoiding(claim) || is_declined(claims, claim))
        return 0;
    if (claim->kind == CLAIM_HINT && !declines)
        return 0;
    if (claim->kind == CLAIM_ALONE && !declines && words > MAX_SHORT_WORDS)
        return 0;
    rank = claim->kind == CLAIM_FINE ? CLAIM_NEXT : (int)claim->kind;
    return claim->device ? CLAIM_HINT : rank;
}

static const struct claim *strongest(const struct claims *claims, size_t words)
{
    const struct claim *best = NULL;
    int best_rank = 0;

    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->items[i];
        int rank = rank_of(claims, claim, words);

        if (rank > best_rank || (rank == best_rank && best && claim->word < best->word)) {
            best = claim;
            best_rank = rank;
        }
    }
    return best;
}

static bool has(const char *const *list, size_t count, const char *channel)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], channel) == 0)
            return true;
    return false;
}

/* Channels declined, in the order of the text, without the one that is wanted: "not my office, my mobile". */
static void read_avoided(const struct claims *claims, struct arena *arena, struct wish *out)
{
    const char **list = arena_array(arena, WISH_MAX_AVOIDED, sizeof(*list));

    for (size_t i = 0; i < claims->count && out->avoid_count < WISH_MAX_AVOIDED; i++) {
        const struct claim *claim = &claims->items[i];

        if (!is_avoiding(claim) || (claim->kind == CLAIM_SHUN && !out->prefer) ||
            (out->prefer && strcmp(out->prefer, claim->channel) == 0) ||
            has(list, out->avoid_count, claim->channel))
            continue;
        list[out->avoid_count++] = claim->channel;
    }
    out->avoid = list;
}

static bool is_once(const struct claims *claims, const struct claim *best)
{
    return best && best->kind == CLAIM_NEXT && !have_kind(claims, CLAIM_AVOID) &&
           !have_kind(claims, CLAIM_SHUN);
}

static void note_rules(const struct claims *claims, const struct claim *best,
                       const struct wish_env *env, struct arena *arena)
{
    if (best)
        names_add(env->rules, arena, best->rule->name);
    for (size_t i = 0; i < claims->count; i++)
        if (is_avoiding(&claims->items[i]))
            names_add(env->rules, arena, claims->items[i].rule->name);
}

static const struct claim *first_avoided(const struct claims *claims)
{
    for (size_t i = 0; i < claims->count; i++)
        if (claims->items[i].kind == CLAIM_AVOID)
            return &claims->items[i];
    return NULL;
}

/* "My number is below." */
static bool points_below(const struct wish_text *text, const struct lexicon *lexicon,
                         struct arena *arena)
{
    struct lexicon_hit *hits;
    size_t count = lexicon_find(lexicon, LEXICON_WISH, &text->words, arena, &hits);

    for (size_t i = 0; i < count; i++)
        if (strcmp(hits[i].rule->label, BELOW) == 0)
            return true;
    return false;
}

void wish_read(struct span own, struct span signature, const struct wish_env *env,
               struct arena *arena, struct wish *out)
{
    struct wish_text text =
        wish_text_of(text_cut(own, WISH_MAX_BYTES), env->words, env->lexicon, arena);
    struct claims claims = wish_claims(&text, env->lexicon, env->channel, arena);
    const struct claim *best = strongest(&claims, text.words.count), *shown;
    struct wish_place place = { .signature = text_cut(signature, WISH_MAX_BYTES),
                                .region = env->region };

    *out = (struct wish){ .prefer = best ? best->channel : NULL };
    read_avoided(&claims, arena, out);
    if (wish_is_none(out))
        return;
    out->once = is_once(&claims, best);
    out->exclusive = best && best->kind == CLAIM_ONLY;
    shown = best ? best : first_avoided(&claims);
    out->words = wish_text_source(&text, shown->first, shown->last);
    if (env->rules)
        note_rules(&claims, best, env, arena);
    if (!best)
        return;
    place.points_below = points_below(&text, env->lexicon, arena);
    wish_read_place(&text, best, &place, arena, out);
}
