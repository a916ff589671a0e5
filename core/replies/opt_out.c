/* core/replies/opt_out.c - keywords first, then phrases, less the sentences that are vetoed. */
#include "core/replies/opt_out.h"

#include <string.h>

#include "core/base/text.h"
#include "core/replies/opt_out_rules.h"
#include "core/replies/words.h"

/* A keyword in one line or sentence of a longer text is no keyword any more. */
#define MAX_WORDS_AROUND_KEYWORD 40
#define MAX_KEYWORD_WORDS 12

static bool is_polite(const struct word *word)
{
    for (size_t i = 0; i < opt_out_polite_count; i++)
        if (span_is(word->text, opt_out_polite[i]))
            return true;
    return false;
}

/* The words of [from, to) without politeness at the ends and repeats, joined by blanks; "" when
 * they are too many for a keyword. */
static const char *core_of(const struct words *words, size_t from, size_t to, struct arena *arena)
{
    const char *joined = "";

    while (from < to && is_polite(&words->items[from]))
        from++;
    while (to > from && is_polite(&words->items[to - 1]))
        to--;
    if (to - from > MAX_KEYWORD_WORDS)
        return "";
    for (size_t i = from; i < to; i++) {
        struct span word = words->items[i].text;

        if (i > from && span_eq(word, words->items[i - 1].text))
            continue;
        joined =
            arena_printf(arena, "%s%s%.*s", joined, joined[0] ? " " : "", (int)word.len, word.data);
    }
    return joined;
}

static const struct opt_out_keyword *find_keyword(const char *text)
{
    for (size_t i = 0; i < opt_out_keyword_count && text[0]; i++)
        if (strcmp(opt_out_keywords[i].words, text) == 0)
            return &opt_out_keywords[i];
    return NULL;
}

/* A strong keyword that is one whole line or sentence of a short text. */
static const struct opt_out_keyword *find_strong(const struct words *words, struct arena *arena)
{
    size_t from = 0;

    if (words->count > MAX_WORDS_AROUND_KEYWORD)
        return NULL;
    for (size_t i = 1; i <= words->count; i++) {
        bool last = i == words->count || words->items[i].line != words->items[from].line ||
                    words->items[i].sentence != words->items[from].sentence;
        const struct opt_out_keyword *found;

        if (!last)
            continue;
        found = find_keyword(core_of(words, from, i, arena));
        if (found && found->strong)
            return found;
        from = i;
    }
    return NULL;
}

static bool is_vetoed(const struct words *words, size_t sentence)
{
    for (size_t i = 0; i < words->count; i++) {
        if (words->items[i].sentence != sentence)
            continue;
        for (size_t v = 0; v < opt_out_veto_count; v++)
            if (words_match(words, i, opt_out_vetoes[v]))
                return true;
    }
    return false;
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

static void apply_keyword(struct reader *reader, const struct opt_out_keyword *keyword)
{
    reader_rule(reader, arena_printf(reader->arena, "opt-out keyword: %s", keyword->words));
    apply(reader->out, OPT_OUT_CHANNEL, NULL);
}

static void apply_phrases(struct reader *reader, const struct words *words)
{
    size_t vetoed = words->count; /* the sentence last found vetoed; words->count = none */

    for (size_t i = 0; i < words->count; i++) {
        size_t sentence = words->items[i].sentence;

        for (size_t p = 0; p < opt_out_phrase_count && vetoed != sentence; p++) {
            const struct opt_out_phrase *phrase = &opt_out_phrases[p];

            if (!words_match(words, i, phrase->pattern))
                continue;
            if (is_vetoed(words, sentence)) {
                vetoed = sentence;
                break;
            }
            reader_rule(reader, arena_printf(reader->arena, "opt-out: %s", phrase->pattern));
            apply(reader->out, phrase->scope, phrase->channel);
        }
    }
}

static bool is_opt_in(const char *core)
{
    for (size_t i = 0; i < opt_in_keyword_count; i++)
        if (strcmp(core, opt_in_keywords[i]) == 0)
            return true;
    return false;
}

/* "Unsubscribe" as the subject of an empty mail: what a List-Unsubscribe link of ours sends. */
static void read_subject(struct reader *reader, const char *subject)
{
    struct words words = words_split(span_of(subject), reader->arena);
    const struct opt_out_keyword *keyword =
        find_keyword(core_of(&words, 0, words.count, reader->arena));

    if (keyword && keyword->strong)
        apply_keyword(reader, keyword);
}

void opt_out_read(struct reader *reader, const char *own, const char *subject)
{
    struct words words = words_split(span_of(own), reader->arena);
    const char *core = core_of(&words, 0, words.count, reader->arena);
    const struct opt_out_keyword *keyword = find_keyword(core);

    if (words.count == 0) {
        read_subject(reader, subject);
        return;
    }
    if (is_opt_in(core)) {
        reader->out->opt_in = true;
        reader_rule(reader, arena_printf(reader->arena, "opt-in keyword: %s", core));
        return;
    }
    if (!keyword)
        keyword = find_strong(&words, reader->arena);
    if (keyword)
        apply_keyword(reader, keyword);
    apply_phrases(reader, &words);
}
