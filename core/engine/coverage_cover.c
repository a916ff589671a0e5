/* core/engine/coverage_cover.c - see coverage_cover.h. */
#include "core/engine/coverage_cover.h"

#include <stdlib.h>
#include <string.h>

#define PATTERNS_MAX 4096
#define TABLE_SIZE 16384 /* a power of two; PATTERNS_MAX + COVERAGE_BRANCHES_MAX fill a third */

struct cover_pattern {
    struct cover_bits bits;
    int64_t prospect_id, count;
};

void cover_init(struct cover *cover)
{
    *cover = (struct cover){ .table = xcalloc(TABLE_SIZE, sizeof(*cover->table)) };
}

void cover_finish(struct cover *cover)
{
    free(cover->table);
    free(cover->patterns);
}

static size_t hash_of(const struct cover_bits *bits)
{
    uint64_t hash = 0;

    for (size_t i = 0; i < COVER_WORDS; i++)
        hash = (hash ^ bits->words[i]) * UINT64_C(0x9E3779B97F4A7C15) + (hash >> 29);
    return (size_t)(hash >> 40) & (TABLE_SIZE - 1);
}

static bool brings_new(struct cover_bits *seen, const struct cover_bits *bits)
{
    bool fresh = false;

    for (size_t i = 0; i < COVER_WORDS; i++) {
        fresh = fresh || (bits->words[i] & ~seen->words[i]) != 0;
        seen->words[i] |= bits->words[i];
    }
    return fresh;
}

static size_t append(struct cover *cover, const struct cover_bits *bits, int64_t prospect_id)
{
    if (cover->count == cover->room) {
        cover->room = cover->room ? cover->room * 2 : 64;
        cover->patterns = xrealloc(cover->patterns, cover->room * sizeof(*cover->patterns));
    }
    cover->patterns[cover->count] = (struct cover_pattern){ *bits, prospect_id, 1 };
    return ++cover->count;
}

void cover_add(struct cover *cover, const struct cover_bits *bits, int64_t prospect_id)
{
    size_t at = hash_of(bits);
    bool fresh;

    for (; cover->table[at]; at = (at + 1) & (TABLE_SIZE - 1)) {
        struct cover_pattern *known = &cover->patterns[cover->table[at] - 1];
        if (memcmp(&known->bits, bits, sizeof(*bits)) == 0) {
            known->count++;
            return;
        }
    }
    fresh = brings_new(&cover->seen, bits);
    if (fresh || cover->count < PATTERNS_MAX)
        cover->table[at] = (uint16_t)append(cover, bits, prospect_id);
}

static size_t fresh_bits(const struct cover_bits *bits, const struct cover_bits *covered)
{
    size_t count = 0;

    for (size_t i = 0; i < COVER_WORDS; i++)
        count += (size_t)__builtin_popcountll(bits->words[i] & ~covered->words[i]);
    return count;
}

size_t cover_choose(const struct cover *cover, struct coverage_cover *out, size_t room)
{
    struct cover_bits covered = { { 0 } };
    size_t chosen = 0;

    while (chosen < room) {
        const struct cover_pattern *best = NULL;
        size_t most = 0;
        for (size_t i = 0; i < cover->count; i++) {
            const struct cover_pattern *p = &cover->patterns[i];
            size_t fresh = fresh_bits(&p->bits, &covered);
            if (fresh > most || (fresh && fresh == most && p->count > best->count)) {
                best = p;
                most = fresh;
            }
        }
        if (!best)
            break;
        brings_new(&covered, &best->bits);
        out[chosen++] = (struct coverage_cover){ best->prospect_id, most };
    }
    return chosen;
}
