/* core/replies/lexicon_index.h - how compiled patterns lie in memory: tables that point into each other by number. Internal to
 * lexicon*.c. */
#ifndef HEED_REPLIES_LEXICON_INDEX_H
#define HEED_REPLIES_LEXICON_INDEX_H

#include <stdint.h>

#include "core/replies/lexicon.h"

#define LEXICON_GAP_WORDS 3

/* One row of a table; all patterns that it stands for share it. */
struct lexicon_row {
    struct lexicon_rule rule; /* first: a hit's rule leads back here */
    size_t table;             /* it came from, from 0 */
    bool fixed;               /* may not be switched off */
    bool off;                 /* switches off what stands inside it */
};

/* One of its options fits; an option is the id of a word, doubled, and 1 when any word fits that begins so. */
struct lexicon_piece {
    uint32_t first; /* option */
    uint16_t count;
    bool gap;      /* up to LEXICON_GAP_WORDS words may stand before it */
    bool optional; /* may be missing; never the first piece */
};

struct lexicon_pattern {
    uint32_t row;
    uint32_t first; /* piece */
    uint8_t count;
    bool at_start, at_end;         /* of the text */
    bool clause_start, clause_end; /* of a clause */
};

/* A pattern under one of the words that it begins with, and what rules most of them out without a look at the pattern. Those of a
 * word lie side by side, by section. */
struct lexicon_link {
    uint32_t pattern : 24, section : 6;
    uint32_t gap : 1;  /* it need not be the very next word, see struct lexicon_piece */
    uint32_t last : 1; /* of its section */
    uint32_t then;     /* marks of the words of which one must follow (lexicon_mark()) */
    int32_t other;     /* the word's first link of a later section, -1 = none */
};

/* Any word may follow, or none. */
#define LEXICON_ANY UINT32_MAX

/* What is marked of a word: words that differ may share it; that of a word which is in no pattern is empty. */
static inline uint32_t lexicon_mark(uint32_t id)
{
    return id ? UINT32_C(1) << (id & 31) : 0;
}

/* The patterns that begin with one word. */
struct lexicon_begin {
    int32_t first;     /* link, -1 = none */
    uint32_t sections; /* bit by enum lexicon_section */
};

/* One word of the tables: patterns may begin with it as a word or as the beginning of one. */
struct lexicon_entry {
    struct span text;
    struct lexicon_begin as_word, as_prefix;
};

struct lexicon_vocabulary {
    struct lexicon_entry *entries;
    uint32_t count;  /* entry 0 stands for words that are in no pattern */
    uint32_t *slots; /* ids by hash, 0 = free */
    uint32_t slot_mask;
};

struct lexicon {
    const struct when_words *when_words;
    struct lexicon_vocabulary words;
    const struct lexicon_row *rows;
    const struct lexicon_pattern *patterns;
    size_t count;
    const struct lexicon_piece *pieces;
    const uint32_t *options;
    const struct lexicon_link *links;
    uint64_t prefix_lengths; /* bit n: some pattern begins with a prefix of n bytes */
    uint32_t name, somebody; /* the words "@name" and "@somebody"; 0 = in no pattern */
};

/* A word of a text at which patterns may begin. */
struct lexicon_place {
    uint32_t word;
    struct lexicon_begin begin;
};

/* What a word of a text fits in patterns; 0 = nothing more. */
struct lexicon_ids {
    uint32_t word, name, somebody; /* itself; "@name" and "@somebody", if it may be one */
};

/* All of them, in the order in which hits are told. */
struct lexicon_places {
    const struct lexicon *lexicon;
    const struct lexicon_ids *ids; /* of the words */
    const struct lexicon_place *items;
    size_t count;
    uint32_t sections; /* of all places */
};

/* Hashes grow byte by byte, so that all beginnings of a word are hashed in one pass. */
#define LEXICON_HASH_SEED UINT32_C(2166136261)

static inline uint32_t lexicon_hash(uint32_t hash, char c)
{
    return (hash ^ (unsigned char)c) * UINT32_C(16777619); /* FNV-1a */
}

/* The slot of a word with that hash: its id, or 0 where it would be put. */
static inline uint32_t *lexicon_slot(const struct lexicon_vocabulary *words, struct span text,
                                     uint32_t hash)
{
    uint32_t at = (hash ^ hash >> 15) & words->slot_mask;

    while (words->slots[at] && !span_eq(words->entries[words->slots[at]].text, text))
        at = (at + 1) & words->slot_mask;
    return &words->slots[at];
}

#endif
