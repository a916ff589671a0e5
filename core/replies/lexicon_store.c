/* core/replies/lexicon_store.c - lists that double, and one chain of patterns for each word that patterns begin with, in the order
 * of the tables. */
#include "core/replies/lexicon_store.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_COUNT 1024
#define SEEN_COUNT 4096 /* of which the last is remembered for each hash; a power of two */

/* ---- lists ---- */

/* A new last item, zeroed. */
static void *add(struct lexicon_list *list, size_t size)
{
    char *item;

    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : FIRST_COUNT;
        list->items = xrealloc(list->items, list->cap * size);
    }
    item = (char *)list->items + list->count++ * size;
    return memset(item, 0, size);
}

static void *keep(const struct lexicon_list *list, size_t size, struct arena *arena)
{
    void *kept = arena_raw(arena, list->count * size);

    if (list->count > 0)
        memcpy(kept, list->items, list->count * size);
    return kept;
}

/* ---- words ---- */

struct chain {
    int32_t first, last; /* links, -1 = none */
};

struct chains {
    struct chain as_word, as_prefix;
    size_t begun; /* patterns */
};

/* A link while the tables are read. */
struct chained {
    struct lexicon_link link;
    int32_t next; /* -1 = none */
};

static uint32_t hash_of(struct span text)
{
    uint32_t hash = LEXICON_HASH_SEED;

    for (size_t i = 0; i < text.len; i++)
        hash = lexicon_hash(hash, text.data[i]);
    return hash;
}

static uint32_t add_entry(struct lexicon_store *store, struct span text)
{
    struct lexicon_entry *entry = add(&store->entries, sizeof(*entry));
    struct chains *chains = add(&store->begun, sizeof(*chains));

    entry->text = text;
    chains->as_word = chains->as_prefix = (struct chain){ .first = -1, .last = -1 };
    store->words.entries = store->entries.items;
    return store->words.count++;
}

/* Four slots for three words at least. */
static void grow_slots(struct lexicon_vocabulary *words)
{
    uint32_t count = words->slots ? (words->slot_mask + 1) * 2 : 2 * FIRST_COUNT;

    free(words->slots);
    words->slots = xcalloc(count, sizeof(*words->slots));
    words->slot_mask = count - 1;
    for (uint32_t i = 1; i < words->count; i++)
        *lexicon_slot(words, words->entries[i].text, hash_of(words->entries[i].text)) = i;
}

void lexicon_store_init(struct lexicon_store *store, struct arena *arena)
{
    *store = (struct lexicon_store){ .arena = arena };
    store->seen = xcalloc(SEEN_COUNT, sizeof(*store->seen));
    add_entry(store, span_make("", 0));
    grow_slots(&store->words);
}

uint32_t lexicon_store_word(struct lexicon_store *store, struct span text)
{
    uint32_t hash = hash_of(text), *slot = lexicon_slot(&store->words, text, hash);
    uint32_t known = *slot;

    if (known)
        return known;
    if (store->words.count > store->words.slot_mask / 4 * 3) {
        grow_slots(&store->words);
        slot = lexicon_slot(&store->words, text, hash);
    }
    known = add_entry(store, span_make(arena_dup_span(store->arena, text), text.len));
    *slot = known;
    return known;
}

/* ---- patterns ---- */

uint32_t lexicon_store_row(struct lexicon_store *store, const struct lexicon_row *row)
{
    *(struct lexicon_row *)add(&store->rows, sizeof(*row)) = *row;
    return (uint32_t)store->rows.count - 1;
}

uint32_t lexicon_store_option(struct lexicon_store *store, uint32_t word, bool prefix)
{
    *(uint32_t *)add(&store->options, sizeof(uint32_t)) = word << 1 | prefix;
    return (uint32_t)store->options.count - 1;
}

uint32_t lexicon_store_share(struct lexicon_store *store, uint32_t first)
{
    const uint32_t *options = store->options.items;
    uint32_t count = (uint32_t)store->options.count - first, hash = LEXICON_HASH_SEED;
    struct lexicon_options *seen;

    for (uint32_t i = first; i < first + count; i++)
        hash = (hash ^ options[i]) * UINT32_C(16777619);
    seen = &store->seen[(hash ^ hash >> 15) & (SEEN_COUNT - 1)];
    if (seen->count == count &&
        memcmp(options + seen->first, options + first, count * sizeof(*options)) == 0) {
        store->options.count = first;
        return seen->first;
    }
    *seen = (struct lexicon_options){ .first = first, .count = count };
    return first;
}

uint32_t lexicon_store_piece(struct lexicon_store *store, struct lexicon_piece piece)
{
    *(struct lexicon_piece *)add(&store->pieces, sizeof(piece)) = piece;
    return (uint32_t)store->pieces.count - 1;
}

uint32_t lexicon_store_pattern(struct lexicon_store *store, const struct lexicon_pattern *pattern)
{
    *(struct lexicon_pattern *)add(&store->patterns, sizeof(*pattern)) = *pattern;
    return (uint32_t)store->patterns.count - 1;
}

bool lexicon_store_link(struct lexicon_store *store, uint32_t option,
                        const struct lexicon_link *link)
{
    struct chains *chains = (struct chains *)store->begun.items + (option >> 1);
    struct chain *chain = option & 1 ? &chains->as_prefix : &chains->as_word;
    int32_t at = (int32_t)store->links.count;

    if (chains->begun++ == LEXICON_SAME_FIRST_MAX)
        return false;
    if (option & 1)
        store->prefix_lengths |= UINT64_C(1) << store->words.entries[option >> 1].text.len;
    *(struct chained *)add(&store->links, sizeof(struct chained)) =
        (struct chained){ .link = *link, .next = -1 };
    if (chain->first < 0)
        chain->first = at;
    else
        ((struct chained *)store->links.items)[chain->last].next = at;
    chain->last = at;
    return true;
}

/* ---- laying out ---- */

/* Copies a chain to `links` from *count on, by section and within it in its order. */
static struct lexicon_begin settle(const struct chained *chained, int32_t first,
                                   struct lexicon_link *links, int32_t *count)
{
    struct lexicon_begin begin = { .first = first < 0 ? -1 : *count };
    int32_t from = *count, end = from;

    for (int32_t i = first; i >= 0; i = chained[i].next)
        begin.sections |= UINT32_C(1) << chained[i].link.section;
    for (int section = 0; section < LEXICON_SECTIONS; section++) {
        if (!(begin.sections >> section & 1))
            continue;
        from = end;
        for (int32_t i = first; i >= 0; i = chained[i].next)
            if (chained[i].link.section == section)
                links[end++] = chained[i].link;
        links[end - 1].last = true;
        for (int32_t i = from; i < end; i++)
            links[i].other = end;
    }
    for (int32_t i = from; i < end; i++)
        links[i].other = -1;
    *count = end;
    return begin;
}

static void settle_links(const struct lexicon_store *store, struct lexicon *out)
{
    struct lexicon_link *links = arena_array(store->arena, store->links.count, sizeof(*links));
    const struct chains *chains = store->begun.items;
    int32_t count = 0;

    for (uint32_t i = 1; i < out->words.count; i++) {
        struct lexicon_entry *entry = &out->words.entries[i];

        entry->as_word = settle(store->links.items, chains[i].as_word.first, links, &count);
        entry->as_prefix = settle(store->links.items, chains[i].as_prefix.first, links, &count);
    }
    out->links = links;
}

/* 0 = in no pattern. */
static uint32_t known_word(const struct lexicon_vocabulary *words, const char *text)
{
    return *lexicon_slot(words, span_of(text), hash_of(span_of(text)));
}

struct lexicon *lexicon_store_settle(const struct lexicon_store *store)
{
    struct lexicon *out = arena_alloc(store->arena, sizeof(*out));
    struct lexicon_list slots = { .items = store->words.slots,
                                  .count = (size_t)store->words.slot_mask + 1 };

    out->words = store->words;
    out->words.entries = keep(&store->entries, sizeof(struct lexicon_entry), store->arena);
    out->words.slots = keep(&slots, sizeof(uint32_t), store->arena);
    out->rows = keep(&store->rows, sizeof(struct lexicon_row), store->arena);
    out->patterns = keep(&store->patterns, sizeof(struct lexicon_pattern), store->arena);
    out->count = store->patterns.count;
    out->pieces = keep(&store->pieces, sizeof(struct lexicon_piece), store->arena);
    out->options = keep(&store->options, sizeof(uint32_t), store->arena);
    out->prefix_lengths = store->prefix_lengths;
    out->name = known_word(&store->words, "@name");
    out->somebody = known_word(&store->words, "@somebody");
    settle_links(store, out);
    return out;
}

void lexicon_store_finish(struct lexicon_store *store)
{
    free(store->words.slots);
    free(store->entries.items);
    free(store->begun.items);
    free(store->rows.items);
    free(store->patterns.items);
    free(store->pieces.items);
    free(store->options.items);
    free(store->seen);
    free(store->links.items);
}
