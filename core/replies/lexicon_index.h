/* core/replies/lexicon_index.h - how compiled patterns lie in memory. Internal to lexicon*.c. */
#ifndef HEED_REPLIES_LEXICON_INDEX_H
#define HEED_REPLIES_LEXICON_INDEX_H

#include <stdint.h>

#include "core/replies/lexicon.h"

#define LEXICON_GAP_WORDS 3

struct lexicon_piece {
    struct span text; /* without "*" */
    uint32_t id;      /* of the text in the table of words */
    bool prefix;      /* any word that begins with the text */
    bool gap;         /* up to LEXICON_GAP_WORDS words may stand before it */
};

struct lexicon_pattern {
    struct lexicon_rule rule;
    struct lexicon_piece *pieces;
    size_t count;
    bool at_start, at_end;         /* of the text */
    bool clause_start, clause_end; /* of a clause */
    bool fixed;                    /* may not be switched off */
    bool off;                      /* replaced or switched off */
    long next;                     /* the next pattern with the same first piece, -1 = none */
};

/* One word of the table: patterns may begin with it as a word or as the beginning of one. */
struct lexicon_entry {
    struct span text;
    long first_word, first_prefix; /* patterns, -1 = none */
};

struct lexicon {
    struct lexicon_pattern *patterns;
    size_t count;
    struct lexicon_entry *entries;
    uint32_t entry_count; /* entry 0 stands for words that are in no pattern */
    uint32_t *slots;      /* ids by hash, 0 = free */
    uint32_t slot_mask;
    uint64_t prefix_lengths; /* bit n: some pattern begins with a prefix of n bytes */
    size_t rule_count;
};

/* The id of a word, 0 when it is in no pattern. */
uint32_t lexicon_word_id(const struct lexicon *lexicon, struct span text);

#endif
