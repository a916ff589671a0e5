/* tests/bench/liquid/floor_text.h - the floor's ways to write a text, by bytes and by SSE2. The SSE2
 * ones read and write up to 15 bytes more than they are given. */
#ifndef HEED_TESTS_BENCH_FLOOR_TEXT_H
#define HEED_TESTS_BENCH_FLOOR_TEXT_H

#include <emmintrin.h>
#include <stdint.h>

#include "core/base/span.h"

/* A literal, its length known to the compiler. */
#define LITERAL(to, text) put_bytes(to, text, sizeof(text) - 1)

static inline char *put_bytes(char *to, const char *data, size_t len)
{
    memcpy(to, data, len);
    return to + len;
}

static inline char *put(char *to, struct span s)
{
    return put_bytes(to, s.data, s.len);
}

static inline char *put_capitalized(char *to, struct span s)
{
    if (s.len == 0)
        return to;
    *to = s.data[0] >= 'a' && s.data[0] <= 'z' ? (char)(s.data[0] - 32) : s.data[0];
    memcpy(to + 1, s.data + 1, s.len - 1);
    return to + s.len;
}

/* ---- escaping ---- */

static inline struct span entity_of(char c)
{
    static const struct {
        char text[7];
        uint8_t len;
    } entities[256] = {
        ['&'] = { "&amp;", 5 },  ['<'] = { "&lt;", 4 },   ['>'] = { "&gt;", 4 },
        ['"'] = { "&quot;", 6 }, ['\''] = { "&#39;", 5 },
    };

    return span_make(entities[(unsigned char)c].text, entities[(unsigned char)c].len);
}

static inline char *put_escaped(char *to, struct span s)
{
    const char *end = s.data + s.len, *from = s.data;

    for (const char *p = s.data; p < end; p++) {
        struct span entity = entity_of(*p);
        if (!entity.len)
            continue;
        to = put_bytes(to, from, (size_t)(p - from));
        to = put(to, entity);
        from = p + 1;
    }
    return put_bytes(to, from, (size_t)(end - from));
}

static inline unsigned special_mask(__m128i v)
{
    __m128i hit = _mm_cmpeq_epi8(v, _mm_set1_epi8('&'));

    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('<')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('>')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
    hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('\'')));
    return (unsigned)_mm_movemask_epi8(hit);
}

static inline char *put_escaped_simd(char *to, struct span s)
{
    const char *p = s.data, *end = p + s.len;

    while (p < end) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        size_t len = end - p < 16 ? (size_t)(end - p) : 16;
        unsigned hits = special_mask(v) & ((1u << len) - 1), before;
        _mm_storeu_si128((__m128i *)(void *)to, v);
        if (!hits) {
            to += len;
            p += len;
            continue;
        }
        before = (unsigned)__builtin_ctz(hits);
        to = put(to + before, entity_of(p[before]));
        p += before + 1;
    }
    return to;
}

/* ---- at most 90 code points, "..." among them ---- */

#define CUT 90

static inline char *put_cut(char *to, struct span s, size_t points, size_t cut)
{
    if (points <= CUT)
        return put(to, s);
    return LITERAL(put_bytes(to, s.data, cut), "...");
}

static inline char *put_truncated(char *to, struct span s)
{
    size_t points = 0, cut = s.len;

    for (size_t i = 0; i < s.len; i++) {
        if ((s.data[i] & 0xC0) == 0x80)
            continue;
        if (points == CUT - 3)
            cut = i;
        points++;
    }
    return put_cut(to, s, points, cut);
}

static inline size_t points_of_16(const char *p)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i lead = _mm_cmpgt_epi8(v, _mm_set1_epi8((char)0xBF));

    return (size_t)__builtin_popcount((unsigned)_mm_movemask_epi8(lead));
}

static inline char *put_truncated_simd(char *to, struct span s)
{
    size_t points = 0, left = CUT - 3, i = 0;

    if (s.len <= CUT)
        return put(to, s);
    for (; i + 16 <= s.len; i += 16)
        points += points_of_16(s.data + i);
    for (; i < s.len; i++)
        points += (s.data[i] & 0xC0) != 0x80;
    for (i = 0; left > 16; i += 16)
        left -= points_of_16(s.data + i);
    for (; i < s.len; i++)
        if ((s.data[i] & 0xC0) != 0x80 && left-- == 0)
            break;
    return put_cut(to, s, points, i);
}

/* ---- dates: "2026-10-06T..." ---- */

static inline int two_digits(const char *p)
{
    return (p[0] - '0') * 10 + p[1] - '0';
}

/* 6 October 2026 */
static inline char *put_day_month_year(char *to, struct span s)
{
    static const char *const months[] = { "January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December" };
    int day = two_digits(s.data + 8), month = two_digits(s.data + 5);

    if (day > 9)
        *to++ = (char)('0' + day / 10);
    *to++ = (char)('0' + day % 10);
    *to++ = ' ';
    to = put(to, span_of(months[month - 1]));
    *to++ = ' ';
    return put_bytes(to, s.data, 4);
}

#endif
