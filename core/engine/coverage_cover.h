/* core/engine/coverage_cover.h - which branches each prospect took, as bits, and the choice of few prospects that take them all.
 * Internal to coverage.c. */
#ifndef HEED_ENGINE_COVERAGE_COVER_H
#define HEED_ENGINE_COVERAGE_COVER_H

#include "core/engine/coverage.h"

#define COVER_WORDS (COVERAGE_BRANCHES_MAX / 64)

struct cover_bits {
    uint64_t words[COVER_WORDS];
};

static inline void cover_bits_set(struct cover_bits *bits, int branch)
{
    if (branch >= 0)
        bits->words[branch / 64] |= UINT64_C(1) << (branch % 64);
}
static inline bool cover_bits_has(const struct cover_bits *bits, size_t branch)
{
    return (bits->words[branch / 64] >> (branch % 64) & 1) != 0;
}

struct cover_pattern;

struct cover { /* the different sets of branches seen so far, each with its first prospect */
    struct cover_pattern *patterns;
    size_t count, room;
    uint16_t *table; /* by hash: number of a pattern + 1 */
    struct cover_bits seen;
};

void cover_init(struct cover *cover);
void cover_finish(struct cover *cover);

/* Past a few thousand different sets, only those that bring a new branch are kept. */
void cover_add(struct cover *cover, const struct cover_bits *bits, int64_t prospect_id);

/* Greedy: always the one that takes most branches not taken yet; of equals the commonest. Returns how many. */
size_t cover_choose(const struct cover *cover, struct coverage_cover *out, size_t room);

#endif
