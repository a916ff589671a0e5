/* core/replies/opt_out.c - keywords first, then phrases, less the sentences that are vetoed. */
#include "core/replies/opt_out.h"

#include <string.h>

#include "core/base/text.h"
#include "core/replies/lexicon.h"
#include "core/replies/words.h"

/* A keyword in one line or sentence of a longer text is no keyword any more. */
#define MAX_WORDS_AROUND_KEYWORD 40
#define MAX_KEYWORD_WORDS 12

/* What several steps share. */
struct search {
    struct reader *reader;
    struct words words;
    bool *polite; /* by word */
};

static struct search begin(struct reader *reader, const struct words *words)
{
    struct search s = { .reader = reader, .words = *words };
    struct lexicon_hit *hits;
    size_t count = lexicon_find(reader->lexicon, LEXICON_POLITE, &s.words, reader->arena, &hits);

    s.polite = arena_array(reader->arena, s.words.count + 1, sizeof(*s.polite));
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < hits[i].count; k++)
            s.polite[hits[i].first + k] = true;
    return s;
}

/* The words of [from, to) without politeness at the ends and repeats; none when they are too many
 * for a keyword. */
static struct words core_of(const struct search *s, size_t from, size_t to)
{
    const struct word *items = s->words.items;
    struct words core = { .count = 0 };

    while (from < to && s->polite[from])
        from++;
    while (to > from && s->polite[to - 1])
        to--;
    if (to - from > MAX_KEYWORD_WORDS)
        return core;
    core.items = arena_array(s->reader->arena, to - from + 1, sizeof(*items));
    for (size_t i = from; i < to; i++) {
        if (i > from && span_eq(items[i].text, items[i - 1].text))
            continue;
        core.items[core.count] = items[i];
        core.items[core.count++].sentence = 0; /* "S.T.O.P" */
    }
    return core;
}

/* The name of the rule and the words that it found, or NULL. */
static const char *find_keyword(const struct search *s, enum lexicon_section section, size_t from,
                                size_t to, bool *strong)
{
    struct arena *arena = s->reader->arena;
    struct lexicon_hit hit = { .rule = NULL };
    struct words core;

    if (!lexicon_may_find(s->reader->lexicon, section, &s->words))
        return NULL;
    core = core_of(s, from, to);
    if (core.count)
        hit = lexicon_whole(s->reader->lexicon, section, &core, arena);
    if (!hit.rule)
        return NULL;
    *strong = strcmp(hit.rule->label, "strong") == 0;
    return lexicon_hit_name(&hit, &core, arena);
}

/* A strong keyword that is one whole line or sentence of a short text. */
static const char *find_strong(const struct search *s)
{
    const struct word *items = s->words.items;
    size_t from = 0;

    if (s->words.count > MAX_WORDS_AROUND_KEYWORD)
        return NULL;
    for (size_t i = 1; i <= s->words.count; i++) {
        bool last = i == s->words.count || items[i].line != items[from].line ||
                    items[i].sentence != items[from].sentence;
        const char *found;
        bool strong;

        if (!last)
            continue;
        found = find_keyword(s, LEXICON_OPT_OUT_WORD, from, i, &strong);
        if (found && strong)
            return found;
        from = i;
    }
    return NULL;
}

static bool same_channel(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The widest scope wins; two channels make everything. */
static void apply(struct reading *out, enum opt_out_scope scope, const char *channel)
{
    if (out->opt_out == OPT_OUT_CHANNEL && scope == OPT_OUT_CHANNEL &&
        !same_channel(out->opt_out_channel, channel)) {
        out->opt_out = OPT_OUT_EVERYTHING;
        out->opt_out_channel = NULL;
        return;
    }
    if (scope <= out->opt_out)
        return;
    out->opt_out = scope;
    out->opt_out_channel = channel;
}

static void apply_keyword(struct reader *reader, const char *keyword)
{
    reader_rule(reader, keyword);
    apply(reader->out, OPT_OUT_CHANNEL, NULL);
}

static enum opt_out_scope scope_of(const struct lexicon_rule *rule)
{
    if (strcmp(rule->label, "everything") == 0)
        return OPT_OUT_EVERYTHING;
    return strcmp(rule->label, "channel") == 0 ? OPT_OUT_CHANNEL : OPT_OUT_ADDRESS;
}

/* By sentence. */
static const bool *find_vetoed(const struct search *s)
{
    struct arena *arena = s->reader->arena;
    struct lexicon_hit *hits;
    size_t count = lexicon_find(s->reader->lexicon, LEXICON_OPT_OUT_VETO, &s->words, arena, &hits);
    bool *vetoed = arena_array(arena, s->words.count + 1, sizeof(*vetoed));

    for (size_t i = 0; i < count; i++)
        vetoed[s->words.items[hits[i].first].sentence] = true;
    return vetoed;
}

/* "Don't contact me by phone" is more exact than "don't contact me", with which it begins; so is a rule of the same words that
 * names a channel. */
static bool is_narrowed(const struct lexicon_hit *hits, size_t count, size_t which)
{
    const struct lexicon_hit *hit = &hits[which];
    size_t from = which;

    while (from > 0 && hits[from - 1].first == hit->first)
        from--;
    for (size_t i = from; i < count && hits[i].first == hit->first; i++)
        if (hits[i].rule->channel && !hit->rule->channel && hits[i].count >= hit->count)
            return true;
    return false;
}

static void apply_phrases(const struct search *s)
{
    struct reader *reader = s->reader;
    struct lexicon_hit *hits;
    size_t count = lexicon_find(reader->lexicon, LEXICON_OPT_OUT, &s->words, reader->arena, &hits);
    const bool *vetoed = count ? find_vetoed(s) : NULL;

    for (size_t i = 0; i < count; i++) {
        const struct lexicon_rule *rule = hits[i].rule;

        if (vetoed[s->words.items[hits[i].first].sentence] || is_narrowed(hits, count, i))
            continue;
        reader_rule(reader, lexicon_hit_name(&hits[i], &s->words, reader->arena));
        apply(reader->out, scope_of(rule), rule->channel);
    }
}

/* "Unsubscribe" as the subject of an empty mail: what a List-Unsubscribe link of ours sends. */
static void read_subject(struct reader *reader, const char *subject)
{
    struct words words = words_split(span_of(subject), reader->arena);
    struct search s = begin(reader, &words);
    bool strong;
    const char *keyword = find_keyword(&s, LEXICON_OPT_OUT_WORD, 0, s.words.count, &strong);

    if (keyword && strong)
        apply_keyword(reader, keyword);
}

void opt_out_read(struct reader *reader, const struct words *own, const char *subject)
{
    struct search s = begin(reader, own);
    const char *keyword;
    bool strong;

    if (s.words.count == 0) {
        read_subject(reader, subject);
        return;
    }
    keyword = find_keyword(&s, LEXICON_OPT_IN_WORD, 0, s.words.count, &strong);
    if (keyword) {
        reader->out->opt_in = true;
        reader_rule(reader, keyword);
        return;
    }
    keyword = find_keyword(&s, LEXICON_OPT_OUT_WORD, 0, s.words.count, &strong);
    if (!keyword)
        keyword = find_strong(&s);
    if (keyword)
        apply_keyword(reader, keyword);
    apply_phrases(&s);
}
