/* core/replies/lexicon_find.c - the patterns of a lexicon in a text: at each word only those that begin with it are tried, and each
 * once. */
#include "core/replies/lexicon_index.h"

/* ---- laying out ---- */

static long settle(struct lexicon *lexicon, const struct lexicon_chain *chains, long first)
{
    long begun = (long)lexicon->link_count, end = begun;

    if (first < 0)
        return -1;
    for (int section = 0; section < LEXICON_SECTIONS; section++) {
        long from = end;

        for (long i = first; i >= 0; i = chains[i].next)
            if (chains[i].link.section == section)
                lexicon->links[end++] = chains[i].link;
        if (end > from)
            lexicon->links[end - 1].last = 1;
        for (long i = from; i < end; i++)
            lexicon->links[i].other = (int32_t)end;
    }
    for (long i = end - 1; i >= begun && lexicon->links[i].other == end; i--)
        lexicon->links[i].other = -1;
    lexicon->link_count = (size_t)end;
    return begun;
}

void lexicon_settle(struct lexicon *lexicon, const struct lexicon_chain *chains,
                    struct arena *arena)
{
    lexicon->links = arena_array(arena, lexicon->link_count, sizeof(*lexicon->links));
    lexicon->link_count = 0;
    for (uint32_t i = 1; i < lexicon->entry_count; i++) {
        struct lexicon_entry *entry = &lexicon->entries[i];

        entry->first_word = settle(lexicon, chains, entry->first_word);
        entry->first_prefix = settle(lexicon, chains, entry->first_prefix);
    }
}

/* ---- finding ---- */

struct finder {
    const struct lexicon *lexicon;
    const struct words *words;
    enum lexicon_section section;
    uint32_t *ids; /* of the words */
    struct arena *arena;
    struct lexicon_hit *hits;
    size_t count, cap;
};

static bool fits(const struct finder *f, size_t at, const struct lexicon_piece *piece)
{
    struct span word = f->words->items[at].text;

    for (size_t i = 0; i < piece->count; i++) {
        const struct lexicon_option *option = &piece->options[i];

        if (!option->prefix ? f->ids[at] == option->id
                            : word.len >= option->text.len &&
                                  memcmp(word.data, option->text.data, option->text.len) == 0)
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

/* The word behind the last that the pattern covers from `at` on, or 0. */
static size_t match(const struct finder *f, const struct lexicon_pattern *pattern, size_t at)
{
    const struct words *words = f->words;
    size_t sentence = words->items[at].sentence, next = at;

    if ((pattern->at_start && at != 0) || (pattern->clause_start && !is_clause_start(words, at)))
        return 0;
    for (size_t i = 0; i < pattern->count; i++) {
        const struct lexicon_piece *piece = &pattern->pieces[i];
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
    f->hits[f->count++] =
        (struct lexicon_hit){ .rule = &pattern->rule, .first = at, .count = end - at };
}

static void try_chain(struct finder *f, long first, size_t at)
{
    uint32_t behind = at + 1 < f->words->count ? f->ids[at + 1] : 0;
    const struct lexicon_link *links = f->lexicon->links, *link;
    long i = first;

    while (i >= 0 && links[i].section != f->section)
        i = links[i].other;
    for (link = i < 0 ? NULL : &links[i]; link; link = link->last ? NULL : link + 1) {
        const struct lexicon_pattern *pattern = &f->lexicon->patterns[link->pattern];
        size_t end = !link->then || link->then == behind ? match(f, pattern, at) : 0;

        if (end > 0)
            add_hit(f, pattern, at, end);
    }
}

/* Patterns whose first piece is a beginning of the word: one look-up for every length there is. */
static void try_prefixes(struct finder *f, size_t at)
{
    struct span word = f->words->items[at].text;

    for (size_t len = 2; len <= word.len && len <= LEXICON_WORD_BYTES; len++) {
        uint32_t id;

        if (!(f->lexicon->prefix_lengths >> len & 1))
            continue;
        id = lexicon_word_id(f->lexicon, span_make(word.data, len));
        if (id)
            try_chain(f, f->lexicon->entries[id].first_prefix, at);
    }
}

static const struct lexicon_pattern *pattern_of(const struct lexicon_hit *hit)
{
    return (const struct lexicon_pattern *)hit->rule; /* its first member */
}

/* Does a row of a later table switch it off? A pattern is never longer than REACH words. */
static bool is_off(const struct finder *f, size_t at)
{
    enum { REACH = LEXICON_PIECES_MAX * (LEXICON_GAP_WORDS + 1) };
    const struct lexicon_hit *hit = &f->hits[at], *off;
    const struct lexicon_pattern *pattern = pattern_of(hit);
    size_t from = at;

    if (pattern->off || pattern->fixed)
        return pattern->off;
    while (from > 0 && f->hits[from - 1].first + REACH > hit->first)
        from--;
    for (off = &f->hits[from]; off < f->hits + f->count && off->first <= hit->first; off++)
        if (pattern_of(off)->off && pattern_of(off)->table > pattern->table &&
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
        if (pattern_of(&f->hits[i])->off)
            return true;
    return false;
}

size_t lexicon_find(const struct lexicon *lexicon, enum lexicon_section section,
                    const struct words *words, struct arena *arena, struct lexicon_hit **hits)
{
    struct finder f = { .lexicon = lexicon,
                        .words = words,
                        .section = section,
                        .ids = arena_array(arena, words->count, sizeof(uint32_t)),
                        .arena = arena };

    for (size_t i = 0; i < words->count; i++)
        f.ids[i] = lexicon_word_id(lexicon, words->items[i].text);
    for (size_t i = 0; i < words->count; i++) {
        if (f.ids[i])
            try_chain(&f, lexicon->entries[f.ids[i]].first_word, i);
        try_prefixes(&f, i);
    }
    if (any_off(&f))
        drop_switched_off(&f);
    *hits = f.hits;
    return f.count;
}

const struct lexicon_rule *lexicon_whole(const struct lexicon *lexicon,
                                         enum lexicon_section section, const struct words *words,
                                         struct arena *arena)
{
    struct lexicon_hit *hits;
    size_t count = lexicon_find(lexicon, section, words, arena, &hits);

    for (size_t i = 0; i < count; i++)
        if (hits[i].first == 0 && hits[i].count == words->count)
            return hits[i].rule;
    return NULL;
}
