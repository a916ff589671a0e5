/* core/replies/lexicon_find.c - the patterns of a lexicon in a text: where any may begin is found out once; at each of these words
 * only those that begin with it are tried, and each once. */
#include <stdlib.h>

#include "core/replies/lexicon_index.h"

/* ---- where patterns may begin ---- */

struct surveyor {
    const struct lexicon *lexicon;
    struct lexicon_place *items; /* outside of the arena while they grow */
    size_t count, cap;
    uint32_t sections;
};

static void add_place(struct surveyor *s, size_t word, const struct lexicon_begin *begin)
{
    if (begin->first < 0)
        return;
    if (s->count == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 128;
        s->items = xrealloc(s->items, s->cap * sizeof(*s->items));
    }
    s->items[s->count++] = (struct lexicon_place){ .word = (uint32_t)word, .begin = *begin };
    s->sections |= begin->sections;
}

static uint32_t id_of(const struct lexicon *lexicon, struct span text)
{
    uint32_t hash = LEXICON_HASH_SEED;

    for (size_t i = 0; i < text.len; i++)
        hash = lexicon_hash(hash, text.data[i]);
    return *lexicon_slot(&lexicon->words, text, hash);
}

/* Patterns whose first piece is a beginning of the word: one look-up for every length there is. */
static void add_prefixes(struct surveyor *s, struct span word, size_t at)
{
    const struct lexicon_vocabulary *words = &s->lexicon->words;
    uint32_t hash = LEXICON_HASH_SEED;

    for (size_t len = 1; len <= word.len && len <= LEXICON_WORD_BYTES; len++) {
        hash = lexicon_hash(hash, word.data[len - 1]);
        if (s->lexicon->prefix_lengths >> len & 1)
            add_place(
                s, at,
                &words->entries[*lexicon_slot(words, span_make(word.data, len), hash)].as_prefix);
    }
}

/* Where capitals tell nothing, a name is a word that no table knows; where nothing is written in capitals, it is only taken for
 * somebody's. */
static struct lexicon_ids ids_of(const struct lexicon *lexicon, const struct word *word)
{
    struct lexicon_ids ids = { .word = id_of(lexicon, word->text) };
    bool known = ids.word != 0 || word->text.len < 2;
    bool name = word->letters == WORD_CAPITAL || (word->letters == WORD_FIRST && !known);

    if (word->letters == WORD_SMALL || (unsigned char)word->text.data[0] < 'a' ||
        lexicon->words.entries[ids.word].as_word.sections >> LEXICON_NO_NAME & 1)
        return ids;
    ids.name = name ? lexicon->name : 0;
    ids.somebody = name || !known ? lexicon->somebody : 0;
    return ids;
}

static void add_word(struct surveyor *s, size_t at, uint32_t id)
{
    add_place(s, at, &s->lexicon->words.entries[id].as_word);
}

static const struct lexicon_places *survey(const struct lexicon *lexicon, const struct words *words,
                                           struct arena *arena)
{
    struct lexicon_places *places = arena_alloc(arena, sizeof(*places));
    struct lexicon_ids *ids = arena_raw(arena, words->count * sizeof(*ids));
    struct lexicon_place *items;
    struct surveyor s = { .lexicon = lexicon };

    for (size_t i = 0; i < words->count; i++) {
        ids[i] = ids_of(lexicon, &words->items[i]);
        add_word(&s, i, ids[i].word);
        add_prefixes(&s, words->items[i].text, i);
        if (ids[i].name)
            add_word(&s, i, ids[i].name);
        if (ids[i].somebody)
            add_word(&s, i, ids[i].somebody);
    }
    items = arena_raw(arena, s.count * sizeof(*items));
    if (s.count > 0)
        memcpy(items, s.items, s.count * sizeof(*items));
    free(s.items);
    *places = (struct lexicon_places){
        .lexicon = lexicon, .ids = ids, .items = items, .count = s.count, .sections = s.sections
    };
    return places;
}

void lexicon_prepare(const struct lexicon *lexicon, struct words *words, struct arena *arena)
{
    words->places = survey(lexicon, words, arena);
}

bool lexicon_may_find(const struct lexicon *lexicon, enum lexicon_section section,
                      const struct words *words)
{
    return !words->places || words->places->lexicon != lexicon ||
           (words->places->sections >> section & 1);
}

/* ---- finding ---- */

struct finder {
    const struct lexicon *lexicon;
    const struct words *words;
    enum lexicon_section section;
    const struct lexicon_ids *ids; /* of the words */
    struct arena *arena;
    struct lexicon_hit *hits;
    size_t count, cap;
};

static bool begins_with(const struct finder *f, struct span word, uint32_t id)
{
    struct span text = f->lexicon->words.entries[id].text;

    return word.len >= text.len && memcmp(word.data, text.data, text.len) == 0;
}

static bool fits(const struct finder *f, size_t at, const struct lexicon_piece *piece)
{
    const uint32_t *options = &f->lexicon->options[piece->first];
    struct lexicon_ids ids = f->ids[at];

    for (size_t i = 0; i < piece->count; i++) {
        uint32_t id = options[i] >> 1;

        if (options[i] & 1 ? begins_with(f, f->words->items[at].text, id)
                           : id == ids.word || id == ids.name || id == ids.somebody)
            return true;
    }
    return false;
}

static bool is_clause_start(const struct words *words, size_t at)
{
    return at == 0 || words->items[at - 1].ends_clause ||
           words->items[at - 1].line != words->items[at].line ||
           words->items[at - 1].sentence != words->items[at].sentence;
}

/* The word behind the last that the pattern, whose first piece fits there, covers from `at` on, or 0. */
static size_t match(const struct finder *f, const struct lexicon_pattern *pattern, size_t at)
{
    const struct words *words = f->words;
    size_t sentence = words->items[at].sentence, next = at + 1;

    if ((pattern->at_start && at != 0) || (pattern->clause_start && !is_clause_start(words, at)))
        return 0;
    for (size_t i = 1; i < pattern->count; i++) {
        const struct lexicon_piece *piece = &f->lexicon->pieces[pattern->first + i];
        size_t here = next, last = next + (piece->gap ? LEXICON_GAP_WORDS : 0);

        while (here < words->count && here <= last && words->items[here].sentence == sentence &&
               !fits(f, here, piece))
            here++;
        if (here < words->count && here <= last && words->items[here].sentence == sentence)
            next = here + 1;
        else if (!piece->optional)
            return 0;
    }
    if ((pattern->at_end && next != words->count) ||
        (pattern->clause_end && next != words->count && !is_clause_start(words, next)))
        return 0;
    return next;
}

static void add_hit(struct finder *f, const struct lexicon_pattern *pattern, size_t at, size_t end)
{
    if (f->count == f->cap) {
        struct lexicon_hit *old = f->hits;

        f->cap = f->cap ? f->cap * 2 : 16;
        f->hits = arena_array(f->arena, f->cap, sizeof(*old));
        if (old)
            memcpy(f->hits, old, f->count * sizeof(*old));
    }
    f->hits[f->count++] = (struct lexicon_hit){ .rule = &f->lexicon->rows[pattern->row].rule,
                                                .first = at,
                                                .count = end - at };
}

/* The marks of the words [from, to). */
static uint32_t marks_of(const struct finder *f, size_t from, size_t to)
{
    uint32_t marks = 0;

    for (size_t i = from; i < to && i < f->words->count; i++)
        marks |= lexicon_mark(f->ids[i].word) | lexicon_mark(f->ids[i].name) |
                 lexicon_mark(f->ids[i].somebody);
    return marks;
}

static void try_links(struct finder *f, const struct lexicon_place *place)
{
    const struct lexicon_link *link = &f->lexicon->links[place->begin.first];
    size_t at = place->word;
    uint32_t next = marks_of(f, at + 1, at + 2);
    uint32_t near = next | marks_of(f, at + 2, at + 2 + LEXICON_GAP_WORDS);

    while (link->section != f->section)
        link = &f->lexicon->links[link->other];
    for (; link; link = link->last ? NULL : link + 1) {
        const struct lexicon_pattern *pattern = &f->lexicon->patterns[link->pattern];
        bool may = link->then == LEXICON_ANY || (link->then & (link->gap ? near : next));
        size_t end = may ? match(f, pattern, at) : 0;

        if (end > 0)
            add_hit(f, pattern, at, end);
    }
}

static const struct lexicon_row *row_of(const struct lexicon_hit *hit)
{
    return (const struct lexicon_row *)hit->rule; /* its first member */
}

/* Does a row of a later table switch it off? A pattern is never longer than REACH words. */
static bool is_off(const struct finder *f, size_t at)
{
    enum { REACH = LEXICON_PIECES_MAX * (LEXICON_GAP_WORDS + 1) };
    const struct lexicon_hit *hit = &f->hits[at], *off;
    const struct lexicon_row *row = row_of(hit);
    size_t from = at;

    if (row->off || row->fixed)
        return row->off;
    while (from > 0 && f->hits[from - 1].first + REACH > hit->first)
        from--;
    for (off = &f->hits[from]; off < f->hits + f->count && off->first <= hit->first; off++)
        if (row_of(off)->off && row_of(off)->table > row->table &&
            off->first + off->count >= hit->first + hit->count)
            return true;
    return false;
}

static void drop_switched_off(struct finder *f)
{
    struct lexicon_hit *kept = arena_array(f->arena, f->count, sizeof(*kept));
    size_t count = 0;

    for (size_t i = 0; i < f->count; i++)
        if (!is_off(f, i))
            kept[count++] = f->hits[i];
    f->hits = kept;
    f->count = count;
}

static bool any_off(const struct finder *f)
{
    for (size_t i = 0; i < f->count; i++)
        if (row_of(&f->hits[i])->off)
            return true;
    return false;
}

size_t lexicon_find(const struct lexicon *lexicon, enum lexicon_section section,
                    const struct words *words, struct arena *arena, struct lexicon_hit **hits)
{
    const struct lexicon_places *places = words->places;
    struct finder f = { .lexicon = lexicon, .words = words, .section = section, .arena = arena };

    if (!places || places->lexicon != lexicon)
        places = survey(lexicon, words, arena);
    f.ids = places->ids;
    for (size_t i = 0; i < places->count && places->items[i].word < words->count; i++)
        if (places->items[i].begin.sections >> section & 1)
            try_links(&f, &places->items[i]);
    if (any_off(&f))
        drop_switched_off(&f);
    *hits = f.hits;
    return f.count;
}

struct lexicon_hit lexicon_whole(const struct lexicon *lexicon, enum lexicon_section section,
                                 const struct words *words, struct arena *arena)
{
    struct lexicon_hit *hits;
    size_t count = lexicon_find(lexicon, section, words, arena, &hits);

    for (size_t i = 0; i < count; i++)
        if (hits[i].first == 0 && hits[i].count == words->count)
            return hits[i];
    return (struct lexicon_hit){ .rule = NULL };
}
