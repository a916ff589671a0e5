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

/* A run of ASCII, nearly all of any text: to its end. */
static const char *add_ascii(struct folder *folder, const char *at, const char *end)
{
    char *out, last;

    if (folder->last >= 0x80)
        flush(folder);
    out = folder->out + folder->len;
    last = (char)folder->last;
    for (; at < end && is_ascii(*at); at++) {
        char c = *at <= ' ' ? ' ' : *at == '`' ? '\'' : *at;

        if (c == ' ' && (last == ' ' || (!last && out == folder->out)))
            continue;
        if (last)
            *out++ = last;
        last = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    folder->len = (size_t)(out - folder->out);
    folder->last = (gunichar)last;
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

/* A byte that is not ASCII may grow to three (U+FFFD); no lower case is longer than that. */
static size_t room_for(struct span text)
{
    size_t room = text.len + 4;

    for (size_t i = 0; i < text.len; i++)
        room += is_ascii(text.data[i]) ? 0 : 2;
    return room;
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

/* Which pairs of neighbouring bytes a text holds, as far as 4096 bits tell. */
struct pairs {
    uint64_t bits[64];
};

static unsigned pair_at(const char *at)
{
    return ((unsigned char)at[0] * 67u + (unsigned char)at[1]) & 4095u;
}

static void pairs_of(const char *text, struct pairs *out)
{
    memset(out, 0, sizeof(*out));
    for (; text[0] && text[1]; text++)
        out->bits[pair_at(text) >> 6] |= UINT64_C(1) << (pair_at(text) & 63u);
}

static bool may_hold(const struct pairs *pairs, const char *phrase)
{
    for (; phrase[0] && phrase[1]; phrase++)
        if (!(pairs->bits[pair_at(phrase) >> 6] >> (pair_at(phrase) & 63u) & 1))
            return false;
    return true;
}

/* One look at the text rules out nearly every phrase; only the others are searched for. */
const struct phrase *phrase_in(const struct phrase *table, size_t count, const char *folded)
{
    struct pairs pairs;

    if (count >= MANY_PHRASES)
        pairs_of(folded, &pairs);
    for (size_t i = 0; i < count; i++)
        if ((count < MANY_PHRASES || may_hold(&pairs, table[i].text)) &&
            strstr(folded, table[i].text))
            return &table[i];
    return NULL;
}

bool fold_is_word_end(const char *at)
{
    return !g_unichar_isalnum(g_utf8_get_char(at));
}

const struct phrase *phrase_at_start(const struct phrase *table, size_t count, const char *folded)
{
    for (size_t i = 0; i < count; i++) {
        size_t len;

        if (table[i].text[0] != folded[0])
            continue;
        len = strlen(table[i].text);
        if (strncmp(folded, table[i].text, len) == 0 && fold_is_word_end(folded + len))
            return &table[i];
    }
    return NULL;
}
