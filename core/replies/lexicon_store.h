/* core/replies/lexicon_store.h - a lexicon while its tables are read: lists that grow, laid out side by side without a gap in the
 * end. Knows nothing of how patterns are written. Internal to lexicon*.c. */
#ifndef HEED_REPLIES_LEXICON_STORE_H
#define HEED_REPLIES_LEXICON_STORE_H

#include "core/replies/lexicon_index.h"

/* A list outside of any arena. */
struct lexicon_list {
    void *items;
    size_t count, cap;
};

/* Options that stand side by side. */
struct lexicon_options {
    uint32_t first, count;
};

struct lexicon_store {
    struct arena *arena; /* of the lexicon */
    struct lexicon_vocabulary words;
    struct lexicon_list entries, begun; /* by word: entry, struct chains */
    struct lexicon_list rows, patterns, pieces, options, links;
    struct lexicon_options *seen; /* by hash */
    uint64_t prefix_lengths;
};

void lexicon_store_init(struct lexicon_store *store, struct arena *arena);

/* The id of a word, new or known. */
uint32_t lexicon_store_word(struct lexicon_store *store, struct span text);

/* Each adds one to its list; its number. */
uint32_t lexicon_store_row(struct lexicon_store *store, const struct lexicon_row *row);
uint32_t lexicon_store_option(struct lexicon_store *store, uint32_t word, bool prefix);
uint32_t lexicon_store_piece(struct lexicon_store *store, struct lexicon_piece piece);
uint32_t lexicon_store_pattern(struct lexicon_store *store, const struct lexicon_pattern *pattern);

/* Where the options from `first` to the last added stand: there, or where the same ones stood before, which are then dropped. */
uint32_t lexicon_store_share(struct lexicon_store *store, uint32_t first);

/* Puts the pattern under an option of its first piece. false: LEXICON_SAME_FIRST_MAX are there. */
bool lexicon_store_link(struct lexicon_store *store, uint32_t option,
                        const struct lexicon_link *link);

/* The lexicon, in the arena. The store may go. */
struct lexicon *lexicon_store_settle(const struct lexicon_store *store);

void lexicon_store_finish(struct lexicon_store *store);

#endif
