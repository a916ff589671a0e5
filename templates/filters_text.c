/* templates/filters_text.c - filters on plain text. Lengths are counted in code points. */
#include <stdlib.h>

#include "core/base/text.h"
#include "templates/filters.h"
#include "templates/fold.h"
#include "templates/lexer.h"
#include "templates/values.h"

int filter_join_two(struct run *run, struct value *value, struct span a, struct span b)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);

    if (sink_room(&sink, a.len + b.len) < 0 || sink_add_span(&sink, a) < 0 ||
        sink_add_span(&sink, b) < 0)
        return -1;
    return filter_give(value, &sink);
}

int filter_append(struct run *run, struct value *value, const struct value *args)
{
    struct span a, b;

    if (filter_read(run, value, &a) < 0 || filter_read(run, &args[0], &b) < 0)
        return -1;
    return filter_join_two(run, value, a, b);
}

int filter_prepend(struct run *run, struct value *value, const struct value *args)
{
    struct span a, b;

    if (filter_read(run, value, &a) < 0 || filter_read(run, &args[0], &b) < 0)
        return -1;
    return filter_join_two(run, value, b, a);
}

/* ---- case ---- */

enum letters { UPPER, LOWER, CAPITAL };

#define SHARP_S 0xdf
#define POINT_MOST_BYTES 4
#define FOLD_COST 64 /* bytes of work: to find the other case of a letter beyond ASCII */

static int add_point(struct sink *sink, uint32_t point, bool upper)
{
    uint32_t p = upper ? fold_upper(point) : fold_lower(point);
    char bytes[4];
    size_t len = p < 0x80 ? 1 : p < 0x800 ? 2 : p < 0x10000 ? 3 : 4;

    if (run_charge(sink->run, FOLD_COST) < 0)
        return -1;
    if (upper && point == SHARP_S)
        return sink_add(sink, "SS", 2);
    if (len == 1) {
        bytes[0] = (char)p;
        return sink_add(sink, bytes, 1);
    }
    for (size_t i = len - 1; i > 0; i--, p >>= 6)
        bytes[i] = (char)(0x80 | (p & 0x3f));
    bytes[0] = (char)((0xf00u >> len & 0xf0) | p);
    return sink_add(sink, bytes, len);
}

static char upper_ascii(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static char lower_ascii(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* The ASCII characters at `at`, up to the first other one; returns where that is, or NULL. */
static const char *add_ascii(struct sink *sink, const char *at, const char *end, bool upper)
{
    const char *from = at;
    char *to;

    if (sink_room(sink, (size_t)(end - at)) < 0)
        return NULL;
    to = sink->data + sink->len;
    for (; at < end && (unsigned char)*at < 0x80; at++)
        *to++ = upper ? upper_ascii(*at) : lower_ascii(*at);
    sink->len += (size_t)(at - from);
    return run_charge(sink->run, (size_t)(at - from)) < 0 ? NULL : at;
}

static int add_in_case(struct sink *sink, struct span text, bool upper)
{
    const char *at = text.data, *end = text.data + text.len;

    while (at < end) {
        at = add_ascii(sink, at, end, upper);
        if (!at || (at < end && add_point(sink, text_next_point(&at, end), upper) < 0))
            return -1;
    }
    return 0;
}

static int change_case(struct run *run, struct value *value, enum letters letters)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span text, rest;
    const char *at;

    if (filter_read(run, value, &text) < 0 || sink_room(&sink, text.len + POINT_MOST_BYTES) < 0)
        return -1;
    rest = text;
    at = text.data;
    if (letters == CAPITAL && text.len) {
        if (add_point(&sink, text_next_point(&at, text.data + text.len), true) < 0)
            return -1;
        rest = span_from(text, (size_t)(at - text.data));
    }
    if (rest.len && add_in_case(&sink, rest, letters == UPPER) < 0)
        return -1;
    return filter_give(value, &sink);
}

int filter_upcase(struct run *run, struct value *value, const struct value *args)
{
    (void)args;
    return change_case(run, value, UPPER);
}

int filter_downcase(struct run *run, struct value *value, const struct value *args)
{
    (void)args;
    return change_case(run, value, LOWER);
}

int filter_capitalize(struct run *run, struct value *value, const struct value *args)
{
    (void)args;
    return change_case(run, value, CAPITAL);
}

/* ---- capitalize, printed at once: ASCII only ---- */

#define EACH_BYTE UINT64_C(0x0101010101010101)
#define HIGHEST_BITS (EACH_BYTE * 0x80)

/* Eight ASCII characters in lower case: the highest bit of a byte tells whether it is beyond 'A', 'Z'. */
static uint64_t lower_eight(uint64_t bytes)
{
    uint64_t from_a = bytes + EACH_BYTE * (0x80 - 'A'), behind_z = bytes + EACH_BYTE * (0x7f - 'Z');

    return bytes | (from_a & ~behind_z & HIGHEST_BITS) >> 2;
}

static bool lower_short(char *text, size_t len)
{
    unsigned char all = 0;

    for (size_t i = 0; i < len; i++) {
        all |= (unsigned char)text[i];
        text[i] = lower_ascii(text[i]);
    }
    return all < 0x80;
}

/* false: there is something else than ASCII in it. The last eight overlap those before them. */
static bool lower_in_place(char *text, size_t len)
{
    uint64_t eight, all = 0;

    if (len < sizeof(eight))
        return lower_short(text, len);
    for (size_t at = 0; at < len; at += sizeof(eight)) {
        if (at > len - sizeof(eight))
            at = len - sizeof(eight);
        memcpy(&eight, text + at, sizeof(eight));
        all |= eight;
        eight = lower_eight(eight);
        memcpy(text + at, &eight, sizeof(eight));
    }
    return (all & HIGHEST_BITS) == 0;
}

size_t direct_capitalize(const struct run *run, struct direct *d)
{
    size_t len = d->text.len;

    (void)run;
    if (d->argument || len > d->room || d->copy(d->to, d->text) < len ||
        !lower_in_place(d->to, len))
        return 0;
    d->to[0] = upper_ascii(d->to[0]);
    d->memory = sink_size(len + POINT_MOST_BYTES);
    d->work = len * 2 + FOLD_COST; /* read, written */
    return len;
}

/* ---- white space ---- */

static struct span strip_left(struct span s)
{
    while (s.len && lexer_is_space(s.data[0]))
        s = span_from(s, 1);
    return s;
}

static struct span strip_right(struct span s)
{
    while (s.len && lexer_is_space(s.data[s.len - 1]))
        s.len--;
    return s;
}

int filter_strip(struct run *run, struct value *value, const struct value *args)
{
    struct span text;

    (void)args;
    if (filter_walk(run, value, &text) < 0)
        return -1;
    *value = value_span(strip_left(strip_right(text)));
    return 0;
}

int filter_lstrip(struct run *run, struct value *value, const struct value *args)
{
    struct span text;

    (void)args;
    if (filter_walk(run, value, &text) < 0)
        return -1;
    *value = value_span(strip_left(text));
    return 0;
}

int filter_rstrip(struct run *run, struct value *value, const struct value *args)
{
    struct span text;

    (void)args;
    if (filter_walk(run, value, &text) < 0)
        return -1;
    *value = value_span(strip_right(text));
    return 0;
}

int filter_strip_newlines(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span text;

    (void)args;
    if (filter_walk(run, value, &text) < 0 || sink_room(&sink, text.len) < 0)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        bool crlf = text.data[i] == '\r' && i + 1 < text.len && text.data[i + 1] == '\n';
        if (text.data[i] != '\n' && !crlf && sink_add(&sink, text.data + i, 1) < 0)
            return -1;
    }
    return filter_give(value, &sink);
}

/* ---- replace and remove ---- */

#define CODE_COST 32 /* bytes of work: a backslash that may put in nothing */

enum which { EVERY, FIRST, LAST };

struct change {
    struct span text, from, to;
    enum which which;
};

static const char *find(struct span text, struct span needle)
{
    if (needle.len > text.len)
        return NULL;
    return needle.len ? memmem(text.data, text.len, needle.data, needle.len) : text.data;
}

static char *backwards(struct run *run, struct span text)
{
    char *copy = run_raw(run, text.len + 1);

    for (size_t i = 0; copy && i < text.len; i++)
        copy[i] = text.data[text.len - 1 - i];
    return copy;
}

/* The last one forwards is the first one backwards: memmem() is linear, looking from the end is not. */
static int find_last(struct run *run, struct span text, struct span needle, const char **hit)
{
    const char *back = backwards(run, text), *wanted = backwards(run, needle), *found = NULL;

    if (!back || !wanted)
        return -1;
    if (needle.len == 0)
        found = back;
    else if (needle.len <= text.len)
        found = memmem(back, text.len, wanted, needle.len);
    *hit = found ? text.data + text.len - (size_t)(found - back) - needle.len : NULL;
    return 0;
}

/* As in Ruby: in what is put there, \0 and \& are what was found, \` and \' what is before and behind it,
 * \1 to \9 and \+ nothing, and two backslashes are one. code: from the backslash on. */
static bool is_reference(const struct change *change, struct span hit, struct span code,
                         struct span *out)
{
    const char *end = change->text.data + change->text.len;

    switch (code.len > 1 ? code.data[1] : '\0') {
    case '0':
    case '&':
        *out = hit;
        return true;
    case '`':
        *out = span_make(change->text.data, (size_t)(hit.data - change->text.data));
        return true;
    case '\'':
        *out = span_make(hit.data + hit.len, (size_t)(end - hit.data) - hit.len);
        return true;
    case '\\':
        *out = span_make(code.data, 1);
        return true;
    default:
        *out = span_make(code.data, 0);
        return code.len > 1 &&
               ((code.data[1] >= '1' && code.data[1] <= '9') || code.data[1] == '+');
    }
}

static int add_replacement(struct sink *sink, const struct change *change, struct span hit)
{
    struct span rest = change->to, text;
    const char *at;

    if (change->which == LAST)
        return sink_add_span(sink, change->to);
    while (rest.len && (at = memchr(rest.data, '\\', rest.len)) != NULL) {
        size_t before = (size_t)(at - rest.data);
        struct span code = span_from(rest, before);
        bool known = is_reference(change, hit, code, &text);
        if (run_charge(sink->run, CODE_COST) < 0)
            return -1;
        if (code.len > 2 && code.data[1] == 'k' && code.data[2] == '<')
            return run_fail(sink->run, "internal");
        if (!known)
            text = span_make(code.data, 1);
        if (sink_add(sink, rest.data, before) < 0 || sink_add_span(sink, text) < 0)
            return -1;
        rest = span_from(code, known ? 2 : 1);
    }
    return sink_add_span(sink, rest);
}

/* An empty needle stands before, between and behind all characters. */
static int change_everywhere(struct sink *sink, const struct change *change)
{
    const char *at = change->text.data, *end = at + change->text.len;

    while (at < end) {
        const char *from = at;
        if (add_replacement(sink, change, span_make(at, 0)) < 0)
            return -1;
        text_next_point(&at, end);
        if (sink_add(sink, from, (size_t)(at - from)) < 0)
            return -1;
    }
    return add_replacement(sink, change, span_make(end, 0));
}

static int apply_change(struct sink *sink, const struct change *change)
{
    struct span rest = change->text;
    const char *hit = find(rest, change->from);

    if (change->which == LAST && find_last(sink->run, rest, change->from, &hit) < 0)
        return -1;
    if (change->which == EVERY && change->from.len == 0)
        return change_everywhere(sink, change);
    while (hit) {
        size_t before = (size_t)(hit - rest.data);
        if (sink_add(sink, rest.data, before) < 0 ||
            add_replacement(sink, change, span_make(hit, change->from.len)) < 0)
            return -1;
        rest = span_from(rest, before + change->from.len);
        hit = change->which == EVERY ? find(rest, change->from) : NULL;
    }
    return sink_add_span(sink, rest);
}

/* to: NULL = nothing */
static int replace(struct run *run, struct value *value, const struct value *from,
                   const struct value *to, enum which which)
{
    struct change change = { .which = which };
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);

    if (filter_read(run, value, &change.text) < 0 || filter_read(run, from, &change.from) < 0 ||
        (to && filter_read(run, to, &change.to) < 0) ||
        run_charge(run, change.text.len * FIND_COST) < 0)
        return -1;
    if (sink_room(&sink, change.text.len) < 0 || apply_change(&sink, &change) < 0)
        return -1;
    return filter_give(value, &sink);
}

int filter_replace(struct run *run, struct value *value, const struct value *args)
{
    return replace(run, value, &args[0], &args[1], EVERY);
}

int filter_replace_first(struct run *run, struct value *value, const struct value *args)
{
    return replace(run, value, &args[0], &args[1], FIRST);
}

int filter_replace_last(struct run *run, struct value *value, const struct value *args)
{
    return replace(run, value, &args[0], &args[1], LAST);
}

int filter_remove(struct run *run, struct value *value, const struct value *args)
{
    return replace(run, value, &args[0], NULL, EVERY);
}

int filter_remove_first(struct run *run, struct value *value, const struct value *args)
{
    return replace(run, value, &args[0], NULL, FIRST);
}

int filter_remove_last(struct run *run, struct value *value, const struct value *args)
{
    return replace(run, value, &args[0], NULL, LAST);
}
