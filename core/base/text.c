/* core/base/text.c - see text.h. Addresses live in text_address.c. */
#include "core/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT UINT32_C(0xFFFD)
#define LAST_POINT UINT32_C(0x10FFFF)

/* Adding even 0 to NULL is undefined. */
static const char *end_of(struct span text)
{
    return text.len ? text.data + text.len : text.data;
}

static bool is_surrogate(uint32_t point)
{
    return point >= 0xD800 && point <= 0xDFFF;
}

/* How many bytes the lead byte announces, and the smallest point that may take so many. */
static size_t lead_length(unsigned char lead, uint32_t *bits, uint32_t *smallest)
{
    static const struct {
        unsigned char mask, mark;
        size_t len;
        uint32_t smallest;
    } forms[] = {
        { 0x80, 0x00, 1, 0 },
        { 0xE0, 0xC0, 2, 0x80 },
        { 0xF0, 0xE0, 3, 0x800 },
        { 0xF8, 0xF0, 4, 0x10000 },
    };

    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        if ((lead & forms[i].mask) == forms[i].mark) {
            *bits = (uint32_t)(lead & (unsigned char)~forms[i].mask);
            *smallest = forms[i].smallest;
            return forms[i].len;
        }
    }
    return 0;
}

/* Length of the well-formed point at `at`, or 0. */
static size_t decode(const char *at, const char *end, uint32_t *point)
{
    uint32_t smallest = 0;
    size_t len;

    if ((unsigned char)*at < 0x80) {
        *point = (unsigned char)*at;
        return 1;
    }
    len = lead_length((unsigned char)*at, point, &smallest);
    if (len == 0 || len > (size_t)(end - at))
        return 0;
    for (size_t i = 1; i < len; i++) {
        if (((unsigned char)at[i] & 0xC0) != 0x80)
            return 0;
        *point = *point << 6 | ((unsigned char)at[i] & 0x3F);
    }
    return *point < smallest || *point > LAST_POINT || is_surrogate(*point) ? 0 : len;
}

/* Eight bytes at a time: nearly all text is ASCII. */
static const char *skip_ascii(const char *at, const char *end)
{
    uint64_t word;

    while (end - at >= (ptrdiff_t)sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        if (word & UINT64_C(0x8080808080808080))
            break;
        at += sizeof(word);
    }
    return at;
}

bool text_is_utf8(struct span text)
{
    const char *at = text.data, *end = end_of(text);

    while ((at = skip_ascii(at, end)) < end) {
        uint32_t point;
        size_t len = decode(at, end, &point);
        if (len == 0)
            return false;
        at += len;
    }
    return true;
}

uint32_t text_next_point(const char **at, const char *end)
{
    uint32_t point;
    size_t len = decode(*at, end, &point);

    *at += len ? len : 1;
    return len ? point : REPLACEMENT;
}

size_t text_count_points(struct span utf8)
{
    const char *at = utf8.data, *end = end_of(utf8);
    size_t count = 0;

    for (; at < end; count++)
        text_next_point(&at, end);
    return count;
}

/* Writes the UTF-8 of a valid point; returns its length. */
static size_t encode(uint32_t point, char out[4])
{
    size_t len = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = { 0, 0x00, 0xC0, 0xE0, 0xF0 };

    for (size_t i = len; i-- > 1; point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3F));
    out[0] = (char)(marks[len] | point);
    return len;
}

void text_add_utf8(struct str *out, uint32_t point)
{
    char bytes[4];

    if (point > LAST_POINT || is_surrogate(point))
        point = REPLACEMENT;
    str_add(out, bytes, encode(point, bytes));
}

char *text_to_utf8(struct arena *arena, struct span text)
{
    const char *at = text.data, *end = end_of(text);
    char *copy, *out;

    if (text.len == 0 || (text_is_utf8(text) && !memchr(text.data, '\0', text.len)))
        return arena_dup_span(arena, text);
    copy = out = arena_array(arena, text.len + 1, 3);
    while (at < end) {
        uint32_t point = text_next_point(&at, end);
        out += encode(point ? point : ' ', out);
    }
    return copy;
}

struct span text_cut(struct span text, size_t max_bytes)
{
    size_t len = max_bytes;

    if (text.len <= max_bytes)
        return text;
    while (len > 0 && max_bytes - len < 3 && ((unsigned char)text.data[len] & 0xC0) == 0x80)
        len--;
    if (((unsigned char)text.data[len] & 0xC0) == 0x80)
        len = max_bytes; /* no UTF-8: any cut is as good */
    return span_make(text.data, len);
}

struct span text_trim(struct span text)
{
    while (text.len && text_is_space(text.data[0]))
        text = span_make(text.data + 1, text.len - 1);
    while (text.len && text_is_space(text.data[text.len - 1]))
        text.len--;
    return text;
}

bool text_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

char text_lower_char(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_eq_nocase(struct span a, struct span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (text_lower_char(a.data[i]) != text_lower_char(b.data[i]))
            return false;
    return true;
}

bool text_starts_nocase(struct span text, const char *prefix)
{
    size_t len = strlen(prefix);

    return text.len >= len && text_eq_nocase(span_make(text.data, len), span_make(prefix, len));
}

static const char *find_char(const char *from, const char *end, char c)
{
    return from < end ? memchr(from, c, (size_t)(end - from)) : NULL;
}

/* Looks for either case of the first character by turns, so that each byte is passed over twice at most. */
const char *text_find_nocase(struct span text, const char *needle)
{
    size_t len = strlen(needle);
    char lower = text_lower_char(needle[0]);
    char upper = lower >= 'a' && lower <= 'z' ? (char)(lower - 'a' + 'A') : lower;
    const char *end, *low, *up;

    if (len == 0 || len > text.len)
        return len == 0 ? text.data : NULL;
    end = text.data + text.len - len + 1;
    low = find_char(text.data, end, lower);
    up = upper == lower ? NULL : find_char(text.data, end, upper);
    while (low || up) {
        const char **next = !up || (low && low < up) ? &low : &up, *at = *next;

        if (text_eq_nocase(span_make(at, len), span_make(needle, len)))
            return at;
        *next = find_char(at + 1, end, *at);
    }
    return NULL;
}

char *text_lower(struct arena *arena, struct span text)
{
    char *copy = arena_dup_span(arena, text);

    for (size_t i = 0; i < text.len; i++)
        copy[i] = text_lower_char(copy[i]);
    return copy;
}

bool text_next_line(struct span *rest, struct span *line)
{
    const char *stop;
    size_t len;

    if (rest->len == 0)
        return false;
    stop = memchr(rest->data, '\n', rest->len);
    len = stop ? (size_t)(stop - rest->data) : rest->len;
    *line = span_make(rest->data, len);
    if (line->len && line->data[line->len - 1] == '\r')
        line->len--;
    *rest = span_from(*rest, stop ? len + 1 : len);
    return true;
}

bool text_next_piece(struct span *rest, char separator, struct span *piece)
{
    const char *stop;

    if (!rest->data)
        return false;
    stop = rest->len ? memchr(rest->data, separator, rest->len) : NULL;
    if (!stop) {
        *piece = *rest;
        *rest = span_make(NULL, 0);
        return true;
    }
    *piece = span_make(rest->data, (size_t)(stop - rest->data));
    *rest = span_from(*rest, piece->len + 1);
    return true;
}

/* Adds one digit to a number that is kept negative, the side with the larger range. */
static bool add_digit(int64_t *value, char digit)
{
    return digit >= '0' && digit <= '9' && !__builtin_mul_overflow(*value, 10, value) &&
           !__builtin_sub_overflow(*value, digit - '0', value);
}

bool text_to_int(struct span text, int64_t min, int64_t max, int64_t *out)
{
    bool negative = text.len && text.data[0] == '-';
    int64_t value = 0;

    if (negative)
        text = span_from(text, 1);
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!add_digit(&value, text.data[i]))
            return false;
    if (!negative && value == INT64_MIN)
        return false;
    value = negative ? value : -value;
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}

bool text_has_control(struct span text)
{
    const char *at = text.data, *end = end_of(text);

    while (at < end) {
        const char *from = at;
        uint32_t point = text_next_point(&at, end);
        if (point == REPLACEMENT && at == from + 1)
            point = (unsigned char)*from; /* a bare C1 byte of some 8-bit charset */
        if (point < 0x20 || (point >= 0x7F && point <= 0x9F))
            return true;
    }
    return false;
}

/* Three rows of the table of edit distances (optimal string alignment): the one before last, the
 * last, the current; cell j is the distance to the first j characters of b. */
struct edits {
    const char *a, *b;
    size_t b_len;
    size_t *rows[3];
};

static size_t least(size_t x, size_t y)
{
    return x < y ? x : y;
}

/* Fills the row of a[i - 1]; returns its smallest cell. */
static size_t fill_row(const struct edits *e, size_t i)
{
    size_t *now = e->rows[i % 3], *last = e->rows[(i + 2) % 3], *before = e->rows[(i + 1) % 3];
    size_t smallest = now[0] = i;

    for (size_t j = 1; j <= e->b_len; j++) {
        size_t cost = e->a[i - 1] == e->b[j - 1] ? 0 : 1;
        now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + cost);
        if (i > 1 && j > 1 && e->a[i - 1] == e->b[j - 2] && e->a[i - 2] == e->b[j - 1])
            now[j] = least(now[j], before[j - 2] + 1);
        smallest = least(smallest, now[j]);
    }
    return smallest;
}

size_t text_distance(const char *a, const char *b, size_t limit)
{
    size_t a_len = strlen(a), smallest = 0, before = 0, distance;
    struct edits e = { .a = a, .b = b, .b_len = strlen(b) };
    size_t *cells;

    if ((a_len > e.b_len ? a_len - e.b_len : e.b_len - a_len) > limit)
        return limit + 1;
    cells = xcalloc(3 * (e.b_len + 1), sizeof(*cells));
    for (size_t i = 0; i < 3; i++)
        e.rows[i] = cells + i * (e.b_len + 1);
    for (size_t j = 0; j <= e.b_len; j++)
        e.rows[0][j] = j;
    /* A swap reaches back two rows: only two hopeless rows together end the search. */
    for (size_t i = 1; i <= a_len && (smallest <= limit || before <= limit); i++) {
        before = smallest;
        smallest = fill_row(&e, i);
    }
    distance = smallest > limit && before > limit ? limit + 1 : e.rows[a_len % 3][e.b_len];
    free(cells);
    return least(distance, limit + 1);
}

const char *text_nearest(const char *word, const char *const *names)
{
    const char *best = NULL;
    size_t best_distance = 3;

    for (; *names; names++) {
        size_t distance = text_distance(word, *names, 2);
        /* Two edits make any two short words alike. */
        if (distance < best_distance && distance < strlen(*names)) {
            best = *names;
            best_distance = distance;
        }
    }
    return best;
}

struct text_hint text_hint(const char *word, const char *const *names)
{
    const char *nearest = text_nearest(word, names);
    struct text_hint hint = { "" };

    if (nearest)
        snprintf(hint.text, sizeof(hint.text), "; did you mean \"%.72s\"?", nearest);
    return hint;
}

bool text_is_among(const char *word, const char *const *names)
{
    for (; names && *names; names++)
        if (strcmp(*names, word) == 0)
            return true;
    return false;
}

bool text_is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

uint64_t text_hash(struct span text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(0x100000001b3);
    return hash;
}
