/* core/replies/words.c - splitting and matching; a match costs the length of its pattern. */
#include "core/replies/words.h"

#include <glib.h>
#include <string.h>

#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/replies/fold.h"

#define MAX_LINE_BYTES ((size_t)4000)
#define MAX_ADDRESS_BYTES 64 /* looked back at for its @ */

struct splitter {
    struct words words;
    size_t cap;
    size_t sentence, line;
    bool ended; /* a sentence ended since the last word */
};

static bool is_word_char(const char *at)
{
    gunichar c;

    if ((unsigned char)*at < 0x80)
        return text_is_alnum(*at);
    c = g_utf8_get_char(at);
    return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

/* Has it the letters of "unsubscribe" but for one, or two neighbours changed round? Only its own forms ("unsubscribed") come as near. */
static bool is_misspelt(struct span word)
{
    static const char right[] = "unsubscribe";
    size_t len = sizeof(right) - 1, same = 0, tail = 0, shorter = word.len < len ? word.len : len;

    if (word.len + 1 < len || word.len > len + 1 ||
        (word.len >= len && memcmp(word.data, right, len) == 0))
        return false;
    while (same < shorter && word.data[same] == right[same])
        same++;
    while (tail < shorter - same && word.data[word.len - 1 - tail] == right[len - 1 - tail])
        tail++;
    if (word.len != len)
        return same + tail == shorter;
    return same + tail == len - 1 ||
           (same + tail == len - 2 && word.data[same] == right[same + 1] &&
            word.data[same + 1] == right[same]);
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
    return is_misspelt(word) ? span_of("unsubscribe") : word;
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
    return *at == '\'' && is_word_char(at + 1);
}

/* "ann@x.example": the dot ends nothing. */
static bool is_in_address(const char *line, const char *at)
{
    size_t back = 0;

    if (*at != '.' || !text_is_alnum(at[1]))
        return false;
    while (at > line && back < MAX_ADDRESS_BYTES &&
           (text_is_alnum(at[-1]) || text_one_of(at[-1], ".-_"))) {
        at--;
        back++;
    }
    return at > line && at[-1] == '@';
}

/* What stands between two words. A hyphen parts clauses only where a blank goes before it ("e-mail"). */
static void note_mark(struct splitter *splitter, const char *line, const char *at)
{
    struct word *before = splitter->words.items + splitter->words.count - 1;
    bool ends = text_one_of(*at, ".!?;") && !is_in_address(line, at);

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

        while (is_word_char(at) || (at > start && is_inner_apostrophe(at)))
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
    struct splitter splitter = { .words = { .text = text } };
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
