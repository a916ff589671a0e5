/* core/replies/fold.c - point by point, with one point of memory for composing; linear. */
#include "core/replies/fold.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "core/base/text.h"

#define MANY_PHRASES 8 /* from which on it pays to look at the text first */

struct folder {
    char *out;
    size_t len;
    gunichar last; /* not yet written: the next point may compose with it; 0 = none */
};

static const struct {
    gunichar from, to;
} same[] = {
    { 0x2018, '\'' }, { 0x2019, '\'' }, { 0x201A, '\'' }, { 0x02BC, '\'' },
    { 0x00B4, '\'' }, { 0x201C, '"' },  { 0x201D, '"' },  { 0x201E, '"' },
    { 0x2010, '-' },  { 0x2011, '-' },  { 0x2012, '-' },  { 0x2013, '-' },
    { 0x2014, '-' },  { 0x2015, '-' },  { 0xFF1A, ':' },  { 0xFF0C, ',' },
};

static gunichar plain(gunichar c)
{
    for (size_t i = 0; i < COUNT_OF(same); i++)
        if (same[i].from == c)
            return same[i].to;
    return g_unichar_tolower(c);
}

static bool is_invisible(gunichar c)
{
    return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0xFE0F;
}

static bool is_ascii(char c)
{
    return (unsigned char)c < 0x80;
}

static void flush(struct folder *folder)
{
    if (folder->last && folder->last < 0x80)
        folder->out[folder->len++] = (char)folder->last;
    else if (folder->last)
        folder->len += (size_t)g_unichar_to_utf8(folder->last, folder->out + folder->len);
    folder->last = 0;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
#define HIGH EACH(0x80)

/* Eight bytes at once where they are ASCII with no blank but single spaces, and no back quote: false for any others. */
static bool fold_eight(const char *at, char last, char *out)
{
    uint64_t eight, blanks, others, capitals;

    memcpy(&eight, at, sizeof(eight));
    if (eight & HIGH)
        return false;
    blanks = ~(eight + EACH(0x80 - '!')) & HIGH;
    others = ~(eight + EACH(0x80 - ' ')) & HIGH;
    others |= ~((eight ^ EACH('`')) + EACH(0x7F)) & HIGH;
    if (others || (blanks & blanks << 8) || (last == ' ' && *at == ' '))
        return false;
    capitals = (eight + EACH(0x80 - 'A')) & ~(eight + EACH(0x80 - 'Z' - 1)) & HIGH;
    eight |= capitals >> 2; /* 'a' - 'A' */
    memcpy(out, &eight, sizeof(eight));
    return true;
}

/* The same for any ASCII, byte by byte. */
static char *fold_slowly(const char **at, const char *end, char last, char *out)
{
    static const char alike[] = "                                "
                                " !\"#$%&'()*+,-./0123456789:;<=>?"
                                "@abcdefghijklmnopqrstuvwxyz[\\]^_"
                                "'abcdefghijklmnopqrstuvwxyz{|}~\x7f";

    for (; *at < end && is_ascii(**at); (*at)++) {
        char c = alike[(unsigned char)**at];

        if (c != ' ' || last != ' ')
            *out++ = c;
        last = c;
    }
    return out;
}

/* A run of ASCII, nearly all of any text: to its end. The last of it waits, as any point does. */
static const char *add_ascii(struct folder *folder, const char *at, const char *end)
{
    char *out;

    flush(folder);
    out = folder->out + folder->len;
    while (at < end && is_ascii(*at)) {
        char last = out > folder->out ? out[-1] : ' ';

        if (end - at >= 8 && fold_eight(at, last, out)) {
            at += 8;
            out += 8;
        } else {
            out = fold_slowly(&at, end - at > 8 ? at + 8 : end, last, out);
        }
    }
    folder->len = (size_t)(out - folder->out);
    if (folder->len > 0)
        folder->last = (gunichar)folder->out[--folder->len];
    return at;
}

static void add_point(struct folder *folder, gunichar c)
{
    static const char blank[] = " ";
    gunichar composed;

    if (is_invisible(c))
        return;
    if (g_unichar_isspace(c)) {
        add_ascii(folder, blank, blank + 1);
        return;
    }
    c = plain(c);
    if (folder->last >= 'a' && c >= 0x300 && c < 0x370 &&
        g_unichar_compose(folder->last, c, &composed)) {
        folder->last = composed;
        return;
    }
    flush(folder);
    folder->last = c;
}

static size_t count_beyond_ascii(struct span text)
{
    size_t count = 0, i = 0;
    uint64_t eight;

    for (; i + sizeof(eight) <= text.len; i += sizeof(eight)) {
        memcpy(&eight, text.data + i, sizeof(eight));
        eight &= UINT64_C(0x8080808080808080);
        count += eight ? (size_t)__builtin_popcountll(eight) : 0;
    }
    for (; i < text.len; i++)
        count += !is_ascii(text.data[i]);
    return count;
}

/* A byte that is not ASCII may grow to three (U+FFFD); no lower case is longer than that. */
static size_t room_for(struct span text)
{
    return text.len + 4 + 2 * count_beyond_ascii(text);
}

char *fold_text(struct arena *arena, struct span text, size_t max_bytes)
{
    struct span in = text_cut(text, max_bytes);
    const char *at = in.data, *end = in.len ? in.data + in.len : in.data;
    struct folder folder = { .out = arena_raw(arena, room_for(in)) };

    while (at < end)
        if (is_ascii(*at))
            at = add_ascii(&folder, at, end);
        else
            add_point(&folder, text_next_point(&at, end));
    if (folder.last != ' ')
        flush(&folder);
    folder.out[folder.len] = '\0';
    return folder.out;
}

/* Of the last three bytes up to `c`; whatever lies before them has been shifted out. */
static unsigned next_mark(unsigned mark, char c)
{
    return (mark << 4 ^ (unsigned char)c) & 4095u;
}

/* Of the first two bytes; what ends before has no run of three. */
static unsigned first_mark(const char *text)
{
    return next_mark((unsigned char)text[0], text[1]);
}

void fold_mark(const char *folded, struct fold_marks *marks)
{
    unsigned mark;

    if (!folded[0] || !folded[1])
        return;
    mark = first_mark(folded);
    for (folded += 2; *folded; folded++) {
        mark = next_mark(mark, *folded);
        marks->seen[mark] = 1;
    }
}

struct folded folded_with(const char *folded, struct fold_marks *marks)
{
    memset(marks, 0, sizeof(*marks));
    fold_mark(folded, marks);
    return (struct folded){ .text = folded, .marks = marks };
}

bool fold_may_hold(const struct fold_marks *marks, const char *phrase)
{
    unsigned mark;

    if (!phrase[0] || !phrase[1])
        return true;
    mark = first_mark(phrase);
    for (phrase += 2; *phrase; phrase++) {
        mark = next_mark(mark, *phrase);
        if (!marks->seen[mark])
            return false;
    }
    return true;
}

struct folded folded_of(struct arena *arena, struct span text, size_t max_bytes)
{
    return folded_with(fold_text(arena, text, max_bytes),
                       arena_raw(arena, sizeof(struct fold_marks)));
}

bool folded_has(const struct folded *folded, const char *phrase)
{
    return fold_may_hold(folded->marks, phrase) && strstr(folded->text, phrase);
}

/* The marks rule out nearly every phrase; only the others are searched for. */
const struct phrase *folded_find(const struct phrase *table, size_t count,
                                 const struct folded *folded)
{
    for (size_t i = 0; i < count; i++)
        if (folded_has(folded, table[i].text))
            return &table[i];
    return NULL;
}

static const struct phrase *find_among_many(const struct phrase *table, size_t count,
                                            const char *text)
{
    struct fold_marks marks;
    struct folded folded = folded_with(text, &marks);

    return folded_find(table, count, &folded);
}

const struct phrase *phrase_in(const struct phrase *table, size_t count, const char *folded)
{
    if (count >= MANY_PHRASES)
        return find_among_many(table, count, folded);
    for (size_t i = 0; i < count; i++)
        if (strstr(folded, table[i].text))
            return &table[i];
    return NULL;
}

bool fold_is_word_end(const char *at)
{
    return is_ascii(*at) ? !text_is_alnum(*at) : !g_unichar_isalnum(g_utf8_get_char(at));
}

const char *fold_behind(const char *folded, const char *phrase)
{
    size_t len = 0;

    while (phrase[len] && folded[len] == phrase[len])
        len++;
    return phrase[len] ? NULL : folded + len;
}

const struct phrase *phrase_begins(const struct phrase *table, size_t count, const char *folded)
{
    for (size_t i = 0; i < count; i++)
        if (table[i].text[0] == folded[0] && fold_behind(folded, table[i].text))
            return &table[i];
    return NULL;
}

const struct phrase *phrase_at_start(const struct phrase *table, size_t count, const char *folded)
{
    for (size_t i = 0; i < count; i++) {
        const char *behind;

        if (table[i].text[0] != folded[0])
            continue;
        behind = fold_behind(folded, table[i].text);
        if (behind && fold_is_word_end(behind))
            return &table[i];
    }
    return NULL;
}
