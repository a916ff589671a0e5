/* core/replies/words.c - splitting and matching; a match costs the length of its pattern. */
#include "core/replies/words.h"

#include <glib.h>
#include <string.h>

#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/replies/fold.h"

#define MAX_GAP 3
#define MAX_LINE_BYTES ((size_t)4000)

struct splitter {
    struct words words;
    size_t cap;
    size_t sentence, line;
    bool ended; /* a sentence ended since the last word */
};

static bool is_word_char(gunichar c)
{
    return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

/* As people type on telephones. Only what is no word of its own: never "were", "well", "ill", "id". */
static struct span spelled_out(struct span word)
{
    static const struct {
        const char *typed, *meant;
    } rows[] = {
        { "dont", "don't" },     { "doesnt", "doesn't" },   { "didnt", "didn't" },
        { "cant", "can't" },     { "couldnt", "couldn't" }, { "isnt", "isn't" },
        { "arent", "aren't" },   { "wasnt", "wasn't" },     { "werent", "weren't" },
        { "wont", "won't" },     { "wouldnt", "wouldn't" }, { "shouldnt", "shouldn't" },
        { "havent", "haven't" }, { "hasnt", "hasn't" },     { "hadnt", "hadn't" },
        { "im", "i'm" },         { "ive", "i've" },         { "youre", "you're" },
        { "youve", "you've" },   { "thats", "that's" },     { "whats", "what's" },
        { "theyre", "they're" }, { "weve", "we've" },       { "u", "you" },
        { "ur", "your" },        { "pls", "please" },       { "plz", "please" },
        { "plse", "please" },    { "thx", "thanks" },       { "thanx", "thanks" },
        { "tomoz", "tomorrow" },
    };

    for (size_t i = 0; i < COUNT_OF(rows) && word.len <= 8; i++)
        if (word.data[0] == rows[i].typed[0] && span_is(word, rows[i].typed))
            return span_of(rows[i].meant);
    return word;
}

static void add_word(struct splitter *splitter, struct span text)
{
    if (splitter->words.count == splitter->cap)
        return;
    if (splitter->ended && splitter->words.count > 0)
        splitter->sentence++;
    splitter->ended = false;
    splitter->words.items[splitter->words.count++] = (struct word){ .text = spelled_out(text),
                                                                    .sentence = splitter->sentence,
                                                                    .line = splitter->line };
}

/* An apostrophe belongs to the word when letters stand on both sides ("don't"). */
static bool is_inner_apostrophe(const char *at)
{
    return *at == '\'' && is_word_char(g_utf8_get_char(at + 1));
}

/* What stands between two words. A hyphen parts clauses only where a blank goes before it ("e-mail"). */
static void note_mark(struct splitter *splitter, const char *line, const char *at)
{
    struct word *before = splitter->words.items + splitter->words.count - 1;
    bool ends = text_one_of(*at, ".!?;");

    splitter->ended = splitter->ended || ends;
    if (splitter->words.count == 0)
        return;
    if (ends || text_one_of(*at, ",:()[]") || (*at == '-' && at > line && at[-1] == ' '))
        before->ends_clause = true;
    if (*at == '?')
        before->asked = true;
}

static void split_line(struct splitter *splitter, const char *folded)
{
    const char *at = folded;

    while (*at) {
        const char *start = at;

        while (*at &&
               (is_word_char(g_utf8_get_char(at)) || (at > start && is_inner_apostrophe(at))))
            at = g_utf8_next_char(at);
        if (at > start) {
            add_word(splitter, span_make(start, (size_t)(at - start)));
            continue;
        }
        note_mark(splitter, folded, at);
        at = g_utf8_next_char(at);
    }
}

struct words words_split(struct span text, struct arena *arena)
{
    struct splitter splitter = { .sentence = 0 };
    struct span rest = text, line;

    /* A word takes a byte and another to part it from the next. */
    splitter.cap = text.len / 2 + 1 < WORDS_MAX ? text.len / 2 + 1 : WORDS_MAX;
    splitter.words.items = arena_array(arena, splitter.cap, sizeof(struct word));
    while (text_next_line(&rest, &line) && splitter.words.count < splitter.cap) {
        const char *folded = fold_text(arena, line, MAX_LINE_BYTES);

        if (folded[0] == '\0')
            splitter.ended = true;
        split_line(&splitter, folded);
        splitter.line++;
    }
    return splitter.words;
}

static bool fits(const struct word *word, struct span pattern)
{
    if (pattern.len > 1 && pattern.data[pattern.len - 1] == '*')
        return word->text.len >= pattern.len - 1 &&
               memcmp(word->text.data, pattern.data, pattern.len - 1) == 0;
    return span_eq(word->text, pattern);
}

/* The word that fits within the gap, or words->count. */
static size_t find_next(const struct words *words, size_t at, size_t sentence, struct span pattern,
                        size_t gap)
{
    for (size_t i = at; i <= at + gap && i < words->count; i++) {
        if (words->items[i].sentence != sentence)
            break;
        if (fits(&words->items[i], pattern))
            return i;
    }
    return words->count;
}

bool words_match(const struct words *words, size_t at, const char *pattern)
{
    size_t sentence = words->items[at].sentence, gap = 0, next = at;
    bool anchored = pattern[0] == '^';
    struct span rest = span_of(pattern + anchored), piece;

    /* Nearly all of the many patterns end here. */
    if (rest.data[0] != words->items[at].text.data[0] || (anchored && at != 0))
        return false;
    while (text_next_piece(&rest, ' ', &piece)) {
        if (span_is(piece, "*")) {
            gap = MAX_GAP;
            continue;
        }
        if (span_is(piece, "$"))
            return next == words->count;
        next = find_next(words, next, sentence, piece, gap);
        if (next == words->count)
            return false;
        next++;
        gap = 0;
    }
    return true;
}
