/* templates/simd.c - see simd.h. The last vector of a text overlaps the one before it, so no byte
 * behind the text is touched and none is left for a slow end. */
#include "templates/simd.h"

#include <stdint.h>

#include "core/base/attr.h"
#include "core/base/text.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* ---- byte by byte ---- */

static bool asks_html(unsigned char c)
{
    return c == '&' || c == '<' || c == '>' || c == '"' || c == '\'';
}

static bool asks_plain(unsigned char c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || c == 0xe2;
}

typedef bool asks(unsigned char c);

/* to: NULL = nothing is copied. */
static ALWAYS_INLINE size_t scan_bytes(char *to, struct span text, asks *ask)
{
    size_t i = 0;

    for (; i < text.len && !ask((unsigned char)text.data[i]); i++)
        if (to)
            to[i] = text.data[i];
    return i;
}

size_t scalar_copy_html(char *to, struct span text)
{
    return scan_bytes(to, text, asks_html);
}

size_t scalar_copy_plain(char *to, struct span text)
{
    return scan_bytes(to, text, asks_plain);
}

size_t scalar_find_html(struct span text)
{
    return scan_bytes(NULL, text, asks_html);
}

static const char *next_point(const char *at, const char *end)
{
    if ((unsigned char)*at < 0x80)
        return at + 1;
    text_next_point(&at, end);
    return at;
}

size_t scalar_points(struct span text, size_t most, size_t *count)
{
    const char *at = text.data, *end = text.len ? at + text.len : at;

    *count = 0;
    for (; at < end && *count < most; ++*count)
        at = next_point(at, end);
    return (size_t)(at - text.data);
}

#ifdef __SSE2__

/* ---- 16 bytes at a time ---- */

static ALWAYS_INLINE __m128i load(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static ALWAYS_INLINE void store(char *p, __m128i v)
{
    _mm_storeu_si128((__m128i *)(void *)p, v);
}

static ALWAYS_INLINE unsigned mask_of(__m128i v)
{
    return (unsigned)_mm_movemask_epi8(v);
}

static ALWAYS_INLINE __m128i equal(__m128i v, int c)
{
    return _mm_cmpeq_epi8(v, _mm_set1_epi8((char)c));
}

static ALWAYS_INLINE __m128i between(__m128i v, int low, int high) /* unsigned */
{
    __m128i clamped = _mm_max_epu8(v, _mm_set1_epi8((char)low));

    return _mm_cmpeq_epi8(_mm_min_epu8(clamped, _mm_set1_epi8((char)high)), v);
}

/* What a scan looks for: marks() may be a little too many, which exact() puts right. */
struct search {
    __m128i (*marks)(__m128i v);
    unsigned (*exact)(__m128i v);
    asks *ask;
};

static ALWAYS_INLINE __m128i marks_html(__m128i v)
{
    /* & and ', < and > are one bit apart */
    __m128i first = equal(_mm_or_si128(v, _mm_set1_epi8('&' ^ '\'')), '\'');
    __m128i angles = equal(_mm_or_si128(v, _mm_set1_epi8('<' ^ '>')), '>');

    return _mm_or_si128(_mm_or_si128(first, angles), equal(v, '"'));
}

static ALWAYS_INLINE unsigned exact_html(__m128i v)
{
    return mask_of(marks_html(v));
}

/* Whatever is not printable ASCII: two operations, where the exact ones take seven. Moved up by one,
 * all of that is below the space as a signed number. */
static ALWAYS_INLINE __m128i marks_plain(__m128i v)
{
    return _mm_cmplt_epi8(_mm_add_epi8(v, _mm_set1_epi8(1)), _mm_set1_epi8(' ' + 1));
}

static unsigned exact_unprintable(__m128i v)
{
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
    __m128i fine = _mm_or_si128(equal(v, '\n'), equal(v, '\t'));

    return mask_of(
        _mm_or_si128(_mm_andnot_si128(fine, low), _mm_or_si128(equal(v, 0x7f), equal(v, 0xe2))));
}

static ALWAYS_INLINE unsigned exact_plain(__m128i v)
{
    return mask_of(marks_plain(v)) ? exact_unprintable(v) : 0;
}

static const struct search html = { marks_html, exact_html, asks_html };
static const struct search plain = { marks_plain, exact_plain, asks_plain };

static ALWAYS_INLINE __m128i load_two(const char *a, const char *b, size_t half)
{
    uint64_t low = 0, high = 0;

    memcpy(&low, a, half);
    memcpy(&high, b, half);
    return half == 8 ? _mm_set_epi64x((int64_t)high, (int64_t)low)
                     : _mm_set_epi64x(0, (int64_t)(high << 32 | low));
}

static ALWAYS_INLINE void copy(char *to, const char *from, size_t len)
{
    if (to)
        memcpy(to, from, len);
}

/* Of 4 to 15 bytes: both ends, which overlap, side by side in one vector. */
static ALWAYS_INLINE size_t scan_ends(char *to, struct span text, size_t half,
                                      const struct search *search)
{
    size_t behind = text.len - half, first;
    unsigned found =
        search->exact(load_two(text.data, text.data + behind, half)) & ((1u << 2 * half) - 1);

    copy(to, text.data, half);
    copy(to ? to + behind : NULL, text.data + behind, half);
    if (!found)
        return text.len;
    first = (size_t)__builtin_ctz(found);
    return first < half ? first : behind + first - half;
}

static ALWAYS_INLINE size_t scan_at(char *to, const char *from, size_t at,
                                    const struct search *search)
{
    __m128i v = load(from + at);
    unsigned found = search->exact(v);

    if (to)
        store(to + at, v);
    return found ? at + (size_t)__builtin_ctz(found) : at + sizeof(v);
}

/* As far as pairs of vectors hold nothing. */
static ALWAYS_INLINE size_t scan_pairs(char *to, struct span text, const struct search *search)
{
    size_t at = 0;

    for (; at + 32 <= text.len; at += 32) {
        __m128i a = load(text.data + at), b = load(text.data + at + 16);
        if (mask_of(_mm_or_si128(search->marks(a), search->marks(b))) &&
            (search->exact(a) | search->exact(b)))
            break;
        if (to) {
            store(to + at, a);
            store(to + at + 16, b);
        }
    }
    return at;
}

static ALWAYS_INLINE size_t scan_long(char *to, struct span text, const struct search *search)
{
    size_t at = scan_pairs(to, text, search), reached;

    for (; at + 16 <= text.len; at += 16) {
        reached = scan_at(to, text.data, at, search);
        if (reached < at + 16)
            return reached;
    }
    return at == text.len ? at : scan_at(to, text.data, text.len - 16, search);
}

static ALWAYS_INLINE size_t scan(char *to, struct span text, const struct search *search)
{
    if (text.len >= 16)
        return scan_long(to, text, search);
    if (text.len >= 8)
        return scan_ends(to, text, 8, search);
    return text.len >= 4 ? scan_ends(to, text, 4, search) : scan_bytes(to, text, search->ask);
}

size_t simd_copy_html(char *to, struct span text)
{
    return scan(to, text, &html);
}

size_t simd_copy_plain(char *to, struct span text)
{
    return scan(to, text, &plain);
}

size_t simd_find_html(struct span text)
{
    return scan(NULL, text, &html);
}

static size_t bits_in_16(unsigned mask)
{
    mask -= mask >> 1 & 0x5555;
    mask = (mask & 0x3333) + (mask >> 2 & 0x3333);
    mask = (mask + (mask >> 4)) & 0x0f0f;
    return (mask + (mask >> 8)) & 0x1f;
}

/* The whole points in 16 bytes that begin with one, if these are ASCII and well-formed sequences of
 * two and three bytes whose second byte knows no exception; else 0. Returns their bytes. */
static size_t points_of_16(const char *p, size_t *points)
{
    __m128i v = load(p);
    unsigned high = mask_of(v), more, two, three, follow;
    size_t bytes = 16;

    *points = 16;
    if (!high)
        return 16;
    more = mask_of(between(v, 0x80, 0xbf));
    two = mask_of(between(v, 0xc2, 0xdf));
    three = mask_of(_mm_or_si128(between(v, 0xe1, 0xec), between(v, 0xee, 0xef)));
    follow = two << 1 | three << 1 | three << 2;
    if ((more | two | three) != high || (follow & 0xffff) != more)
        return 0;
    if (follow >> 16) /* the last one is cut off */
        bytes = (two | three) & 0x8000 ? 15 : 14;
    *points = bytes - bits_in_16(more & ((1u << bytes) - 1));
    return bytes;
}

size_t simd_points(struct span text, size_t most, size_t *count)
{
    const char *at = text.data, *end = text.len ? at + text.len : at;
    size_t points, bytes;

    *count = 0;
    while (at < end && *count < most) {
        bytes = end - at >= 16 && most - *count >= 16 ? points_of_16(at, &points) : 0;
        at = bytes ? at + bytes : next_point(at, end);
        *count += bytes ? points : 1;
    }
    return (size_t)(at - text.data);
}

#else

size_t simd_copy_html(char *to, struct span text)
{
    return scalar_copy_html(to, text);
}

size_t simd_copy_plain(char *to, struct span text)
{
    return scalar_copy_plain(to, text);
}

size_t simd_find_html(struct span text)
{
    return scalar_find_html(text);
}

size_t simd_points(struct span text, size_t most, size_t *count)
{
    return scalar_points(text, most, count);
}

#endif
