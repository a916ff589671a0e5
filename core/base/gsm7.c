/* core/base/gsm7.c - see gsm7.h. */
#include "core/base/gsm7.h"

#include <stdlib.h>

#include "core/base/attr.h"
#include "core/base/text.h"

/* Outside ASCII: the rest of the default alphabet, sorted, then the euro of the extension table. */
static const uint16_t beyond_ascii[] = {
    0x00A1, 0x00A3, 0x00A4, 0x00A5, 0x00A7, 0x00BF, 0x00C4, 0x00C5, 0x00C6, 0x00C7,
    0x00C9, 0x00D1, 0x00D6, 0x00D8, 0x00DC, 0x00DF, 0x00E0, 0x00E4, 0x00E5, 0x00E6,
    0x00E8, 0x00E9, 0x00EC, 0x00F1, 0x00F2, 0x00F6, 0x00F8, 0x00F9, 0x00FC, 0x0393,
    0x0394, 0x0398, 0x039B, 0x039E, 0x03A0, 0x03A3, 0x03A6, 0x03A8, 0x03A9, 0x20AC,
};

#define EURO 0x20AC

/* The extension table, as far as it is ASCII. */
static const bool by_escape[0x80] = {
    ['\f'] = true, ['^'] = true, ['{'] = true, ['}'] = true, ['\\'] = true,
    ['['] = true,  ['~'] = true, [']'] = true, ['|'] = true,
};

/* Of ASCII: 0 = outside, 2 = by the escape. The escape itself (0x1B) is no character. */
static size_t ascii_septets(uint32_t point)
{
    if (point == '\n' || point == '\r')
        return 1;
    if (by_escape[point])
        return 2;
    return point >= ' ' && point != '`' && point != 0x7F;
}

static int compare_points(const void *key, const void *item)
{
    uint32_t a = *(const uint32_t *)key, b = *(const uint16_t *)item;

    return (a > b) - (a < b);
}

size_t gsm7_septets(uint32_t point)
{
    if (point < 0x80)
        return ascii_septets(point);
    if (point == EURO)
        return 2;
    return bsearch(&point, beyond_ascii, COUNT_OF(beyond_ascii), sizeof(beyond_ascii[0]),
                   compare_points) != NULL;
}

bool gsm7_fits(struct span text)
{
    const char *at = text.data;
    const char *end = text.data + text.len;

    while (at < end) {
        if (!gsm7_septets(text_next_point(&at, end)))
            return false;
    }
    return true;
}

/* ---- look-alikes ---- */

/* Sorted. Greek capitals that look like Latin ones are left out of the alphabet because
 * the Latin ones stand for them. */
struct look_alike {
    uint16_t first, last;
    const char *text; /* never longer than what it stands for */
};

static const struct look_alike look_alikes[] = {
    { 0x0009, 0x0009, " " },        { 0x000B, 0x000B, "\n" },       { 0x0060, 0x0060, "'" },
    { 0x0085, 0x0085, "\n" },       { 0x00A0, 0x00A0, " " },        { 0x00A6, 0x00A6, "|" },
    { 0x00AB, 0x00AB, "\"" },       { 0x00AD, 0x00AD, "" },         { 0x00B4, 0x00B4, "'" },
    { 0x00B7, 0x00B7, "." },        { 0x00BB, 0x00BB, "\"" },       { 0x00D7, 0x00D7, "x" },
    { 0x02B9, 0x02B9, "'" },        { 0x02BA, 0x02BA, "\"" },       { 0x02BB, 0x02BD, "'" },
    { 0x02C8, 0x02C8, "'" },        { 0x0391, 0x0391, "A" },        { 0x0392, 0x0392, "B" },
    { 0x0395, 0x0395, "E" },        { 0x0396, 0x0396, "Z" },        { 0x0397, 0x0397, "H" },
    { 0x0399, 0x0399, "I" },        { 0x039A, 0x039A, "K" },        { 0x039C, 0x039C, "M" },
    { 0x039D, 0x039D, "N" },        { 0x039F, 0x039F, "O" },        { 0x03A1, 0x03A1, "P" },
    { 0x03A4, 0x03A4, "T" },        { 0x03A5, 0x03A5, "Y" },        { 0x03A7, 0x03A7, "X" },
    { 0x2000, 0x200A, " " },        { 0x200B, 0x200B, "" },         { 0x2010, 0x2015, "-" },
    { 0x2018, 0x201B, "'" },        { 0x201C, 0x201F, "\"" },       { 0x2022, 0x2023, "-" },
    { 0x2024, 0x2024, "." },        { 0x2025, 0x2025, ".." },       { 0x2026, 0x2026, "..." },
    { 0x2028, 0x2029, "\n" },       { 0x202F, 0x202F, " " },        { 0x2032, 0x2032, "'" },
    { 0x2033, 0x2033, "\"" },       { 0x2035, 0x2035, "'" },        { 0x2036, 0x2036, "\"" },
    { 0x2039, 0x203A, "'" },        { 0x2043, 0x2043, "-" },        { 0x2044, 0x2044, "/" },
    { 0x205F, 0x205F, " " },        { 0x2060, 0x2060, "" },         { 0x2116, 0x2116, "No." },
    { 0x2126, 0x2126, "\xCE\xA9" }, { 0x212B, 0x212B, "\xC3\x85" }, { 0x2212, 0x2212, "-" },
    { 0x2215, 0x2215, "/" },        { 0x2219, 0x2219, "." },        { 0x2223, 0x2223, "|" },
    { 0x3000, 0x3000, " " },        { 0xFB00, 0xFB00, "ff" },       { 0xFB01, 0xFB01, "fi" },
    { 0xFB02, 0xFB02, "fl" },       { 0xFEFF, 0xFEFF, "" },
};

static int compare_ranges(const void *key, const void *item)
{
    uint32_t point = *(const uint32_t *)key;
    const struct look_alike *range = item;

    return point < range->first ? -1 : point > range->last;
}

const char *gsm7_replacement(uint32_t point)
{
    const struct look_alike *found =
        bsearch(&point, look_alikes, COUNT_OF(look_alikes), sizeof(look_alikes[0]), compare_ranges);

    return found ? found->text : NULL;
}

bool gsm7_next_advised(struct span *rest, struct span *piece)
{
    const char *start = rest->data, *at = start, *end = start + rest->len;

    if (rest->len == 0)
        return false;
    while (at < end) {
        const char *from = at;
        const char *text = gsm7_replacement(text_next_point(&at, end));
        if (!text)
            continue;
        if (from > start)
            at = from; /* what stays goes first */
        *piece = from > start ? span_make(start, (size_t)(from - start)) : span_of(text);
        *rest = span_make(at, (size_t)(end - at));
        return true;
    }
    *piece = *rest;
    *rest = span_make(end, 0);
    return true;
}

struct span gsm7_advised(struct arena *arena, struct span text)
{
    char *out = arena_alloc(arena, text.len + 1);
    struct span rest = text, piece;
    size_t len = 0;

    while (gsm7_next_advised(&rest, &piece)) {
        memcpy(out + len, piece.data, piece.len);
        len += piece.len;
    }
    return span_make(out, len);
}
