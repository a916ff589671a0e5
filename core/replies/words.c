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
    bool ended;               /* a sentence ended since the last word */
    const char *written, *to; /* what is left of the line as it was written */
    bool any_small, any_capital;
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

/* Inside a word as it was written; fold_text() takes some of these out. */
static bool goes_on(gunichar c)
{
    static const gunichar inner[] = { 0xAD, 0xB4, 0x2BC, 0x200B, 0x200D, 0x2018, 0x2019 };

    if (c < 0x80)
        return text_is_alnum((char)c) || c == '\'' || c == '`';
    for (size_t i = 0; i < COUNT_OF(inner); i++)
        if (c == inner[i])
            return true;
    return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

static bool is_letter(gunichar c)
{
    return c < 0x80 ? text_is_alnum((char)c) : g_unichar_isalnum(c);
}

/* The next point of the line as it was written; 0 at its end. */
static gunichar next_written(struct splitter *splitter)
{
    if (splitter->written == splitter->to)
        return 0;
    if ((unsigned char)*splitter->written < 0x80)
        return (unsigned char)*splitter->written++;
    return text_next_point(&splitter->written, splitter->to);
}

static bool is_upper(gunichar c)
{
    return c < 0x80 ? c >= 'A' && c <= 'Z' : g_unichar_isupper(c);
}

/* Goes behind the next word: does it begin with a capital, as it was written, and is that the only one at its beginning? */
static bool is_capital_next(struct splitter *splitter, bool *shouted)
{
    gunichar first = next_written(splitter), second, c;

    while (first && !is_letter(first))
        first = next_written(splitter);
    second = c = first ? next_written(splitter) : 0;
    while (c && goes_on(c))
        c = next_written(splitter);
    *shouted = is_upper(first) && is_upper(second);
    return is_upper(first);
}

/* "I" and its kin are written so by everybody. */
static bool is_i(struct span word)
{
    return word.data[0] == 'i' && (word.len == 1 || word.data[1] == '\'');
}

static enum word_letters letters_of(struct splitter *splitter, struct span text, bool first)
{
    bool capital, shouted;

    if (splitter->words.count >= WORDS_LETTERS_MAX)
        return WORD_SMALL;
    capital = is_capital_next(splitter, &shouted);
    if (is_i(text))
        return WORD_SMALL;
    splitter->any_small = splitter->any_small || !capital;
    splitter->any_capital = splitter->any_capital || capital;
    return !capital || shouted ? WORD_SMALL : first ? WORD_FIRST : WORD_CAPITAL;
}

static void settle_letters(struct splitter *splitter)
{
    struct words *words = &splitter->words;

    if (splitter->any_small && splitter->any_capital)
        return;
    for (size_t i = 0; i < words->count && i < WORDS_LETTERS_MAX; i++)
        if (!is_i(words->items[i].text))
            words->items[i].letters = WORD_ALIKE;
}

static void add_word(struct splitter *splitter, struct span text)
{
    struct word *words = splitter->words.items, *word = &words[splitter->words.count];
    bool first;

    if (splitter->words.count == splitter->cap)
        return;
    first = splitter->words.count == 0 || splitter->ended || word[-1].line != splitter->line;
    if (splitter->ended && splitter->words.count > 0)
        splitter->sentence++;
    splitter->ended = false;
    *word = (struct word){ .text = spelled_out(text),
                           .sentence = splitter->sentence,
                           .line = splitter->line,
                           .letters = letters_of(splitter, text, first) };
    splitter->words.count++;
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
        splitter.written = line.data;
        splitter.to = line.data + line.len;
        split_line(&splitter, folded);
        splitter.line++;
    }
    settle_letters(&splitter);
    return splitter.words;
}
