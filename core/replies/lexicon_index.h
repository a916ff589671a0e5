/* core/replies/lexicon_index.h - how compiled patterns lie in memory. Internal to lexicon*.c. */
#ifndef HEED_REPLIES_LEXICON_INDEX_H
#define HEED_REPLIES_LEXICON_INDEX_H

#include <stdint.h>

#include "core/replies/lexicon.h"

#define LEXICON_GAP_WORDS 3

struct lexicon_option {
    struct span text; /* without "*" */
    uint32_t id;      /* of the text in the table of words */
    bool prefix;      /* any word that begins with the text */
};

struct lexicon_piece {
    const struct lexicon_option *options; /* one of them fits */
    size_t count;
    bool gap;      /* up to LEXICON_GAP_WORDS words may stand before it */
    bool optional; /* may be missing; never the first piece */
};

struct lexicon_pattern {
    struct lexicon_rule rule;
    const struct lexicon_piece *pieces;
    size_t count;
    size_t table;                  /* it came from, from 0 */
    bool at_start, at_end;         /* of the text */
    bool clause_start, clause_end; /* of a clause */
    bool fixed;                    /* may not be switched off */
    bool off;                      /* switches off what stands inside it */
};

/* A pattern under one of the words that it begins with, and what rules most of them out without a look at the pattern. Those of a
 * word lie side by side, by section. */
struct lexicon_link {
    uint32_t pattern;
    uint32_t then; /* the id that the very next word must have, 0 = that is not sure */
    int32_t other; /* the word's first link of a later section, -1 = none */
    uint16_t section;
    uint16_t last; /* 1: of its section */
};

/* The same while the tables are read: chained in their order. */
struct lexicon_chain {
    struct lexicon_link link;
    long next; /* -1 = none */
};

/* One word of the table: patterns may begin with it as a word or as the beginning of one. */
struct lexicon_entry {
    struct span text;
    long first_word, last_word, first_prefix, last_prefix; /* links, -1 = none */
    size_t begun;                                          /* patterns */
};

struct lexicon {
    const struct when_words *when_words;
    struct lexicon_pattern *patterns;
    size_t count;
    struct lexicon_link *links;
    size_t link_count;
    struct lexicon_entry *entries;
    uint32_t entry_count; /* entry 0 stands for words that are in no pattern */
    uint32_t *slots;      /* ids by hash, 0 = free */
    uint32_t slot_mask;
    uint64_t prefix_lengths; /* bit n: some pattern begins with a prefix of n bytes */
};

/* Lays the links of all words side by side. */
void lexicon_settle(struct lexicon *lexicon, const struct lexicon_chain *chains,
                    struct arena *arena);

/* The id of a word, 0 when it is in no pattern. */
uint32_t lexicon_word_id(const struct lexicon *lexicon, struct span text);

#endif
