/* core/base/labels.c - see labels.h. */
#include "core/base/labels.h"

#include "core/base/str.h"
#include "core/base/text.h"

#define MAX_WORD_BYTES ((size_t)4 << 10)
#define MAX_NAME_BYTES 64
#define FIRST_LATIN UINT32_C(0xC0)

/* U+00C0 to U+017F as one writes them without accents. */
static const char latin[][3] = {
    "a", "a", "a",  "a",  "ae", "a", "ae", "c", "e", "e", "e", "e", "i",  "i", "i",  "i",
    "d", "n", "o",  "o",  "o",  "o", "oe", "",  "o", "u", "u", "u", "ue", "y", "th", "ss",
    "a", "a", "a",  "a",  "ae", "a", "ae", "c", "e", "e", "e", "e", "i",  "i", "i",  "i",
    "d", "n", "o",  "o",  "o",  "o", "oe", "",  "o", "u", "u", "u", "ue", "y", "th", "y",
    "a", "a", "a",  "a",  "a",  "a", "c",  "c", "c", "c", "c", "c", "c",  "c", "d",  "d",
    "d", "d", "e",  "e",  "e",  "e", "e",  "e", "e", "e", "e", "e", "g",  "g", "g",  "g",
    "g", "g", "g",  "g",  "h",  "h", "h",  "h", "i", "i", "i", "i", "i",  "i", "i",  "i",
    "i", "i", "ij", "ij", "j",  "j", "k",  "k", "k", "l", "l", "l", "l",  "l", "l",  "l",
    "l", "l", "l",  "n",  "n",  "n", "n",  "n", "n", "n", "n", "n", "o",  "o", "o",  "o",
    "o", "o", "oe", "oe", "r",  "r", "r",  "r", "r", "r", "s", "s", "s",  "s", "s",  "s",
    "s", "s", "t",  "t",  "t",  "t", "t",  "t", "u", "u", "u", "u", "u",  "u", "u",  "u",
    "u", "u", "u",  "u",  "w",  "w", "y",  "y", "y", "z", "z", "z", "z",  "z", "z",  "s",
};

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static const char *unaccented(uint32_t point)
{
    return point >= FIRST_LATIN && point - FIRST_LATIN < COUNT_OF(latin)
               ? latin[point - FIRST_LATIN]
               : NULL;
}

/* White space and punctuation of Unicode's general block (U+2000 to U+206F), no-break space, BOM. */
static bool is_mark(uint32_t point)
{
    return (point >= 0x80 && point < FIRST_LATIN) || (point >= 0x2000 && point <= 0x206F) ||
           point == 0x3000 || point == 0xFEFF || point == 0xFFFD;
}

char *label_squash(struct arena *arena, struct span text)
{
    const char *at = text.data, *end;
    struct str out;
    char *copy;

    str_init(&out, MAX_WORD_BYTES);
    text = text_cut(text, MAX_WORD_BYTES / 2);
    end = text.len ? text.data + text.len : text.data;
    while (at < end) {
        uint32_t point = text_next_point(&at, end);
        char c = point < 0x80 ? text_lower_char((char)point) : '\0';
        if (is_lower(c) || text_is_digit(c))
            str_add_char(&out, c);
        else if (unaccented(point))
            str_add_text(&out, unaccented(point));
        else if (point >= 0x80 && !is_mark(point))
            text_add_utf8(&out, point);
    }
    copy = arena_dup(arena, str_text(&out));
    str_finish(&out);
    return copy;
}

/* A new word begins where a small letter is followed by a capital, and where two capitals are followed by a small one:
 * "lastContact", "URLPath". */
static bool begins_word(char before, char c, char next)
{
    return is_upper(c) &&
           (is_lower(before) || text_is_digit(before) || (is_upper(before) && is_lower(next)));
}

static void add_gap(struct str *out)
{
    if (out->len && out->data[out->len - 1] != '_')
        str_add_char(out, '_');
}

static void add_snake(struct str *out, struct span text)
{
    const char *at = text.data, *end = text.len ? text.data + text.len : text.data;
    char before = '\0';

    while (at < end) {
        uint32_t point = text_next_point(&at, end);
        char c = point < 0x80 ? (char)point : '\0', next = at < end ? *at : '\0';
        if (begins_word(before, c, next))
            add_gap(out);
        before = c;
        if (is_lower(c) || is_upper(c) || text_is_digit(c))
            str_add_char(out, text_lower_char(c));
        else if (unaccented(point))
            str_add_text(out, unaccented(point));
        else
            add_gap(out);
    }
}

char *label_snake(struct arena *arena, struct span text)
{
    struct str out;
    struct span name;
    char *copy;

    str_init(&out, MAX_WORD_BYTES);
    add_snake(&out, text_cut(text, MAX_WORD_BYTES / 4));
    name = text_cut(str_span(&out), MAX_NAME_BYTES - 1);
    while (name.len && name.data[name.len - 1] == '_')
        name.len--;
    copy = arena_printf(arena, "%s%.*s", name.len && text_is_digit(name.data[0]) ? "_" : "",
                        (int)name.len, name.len ? name.data : "");
    str_finish(&out);
    return copy;
}

bool label_same(struct arena *arena, const char *a, const char *b)
{
    return strcmp(label_squash(arena, span_of(a)), label_squash(arena, span_of(b))) == 0;
}
