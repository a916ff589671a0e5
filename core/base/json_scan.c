/* core/base/json_scan.c - see json_scan.h. A recursive descent that stops at JSON_MAX_DEPTH; it
 * builds nothing but the checked copy. Names of members are collected and sorted at the end, so
 * that no input, however made, finds a slow way through. */
#include "core/base/json_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#define MAX_EXACT_DIGITS 15 /* a double holds that many for sure */
#define MAX_NUMBER_BYTES 63 /* cJSON 1.7.15 reads no more */

struct name {
    size_t object; /* serial of the object it is in */
    size_t at;     /* offset, for the error */
    struct span text;
};

struct scan {
    const char *start, *at, *end;
    const char *copied; /* up to here the text is in `out` */
    struct str *out;
    struct arena *scratch;
    struct name *names;
    size_t name_count, name_cap, object_count;
    int depth;
    const char *source;
    struct err *err;
};

/* Error at `at`, with line and column from 1. */
static int fail_at(struct scan *scan, const char *at, const char *problem)
{
    const char *line_start = scan->start;
    size_t line = 1;

    for (const char *c = scan->start; c < at; c++) {
        if (*c == '\n') {
            line++;
            line_start = c + 1;
        }
    }
    return err_set(scan->err, ERR_INPUT, "%s:%zu:%zu: %s", scan->source, line,
                   text_count_points(span_make(line_start, (size_t)(at - line_start))) + 1,
                   problem);
}

static int fail(struct scan *scan, const char *problem)
{
    if (scan->at >= scan->end)
        return fail_at(scan, scan->end, "the text ends too early");
    return fail_at(scan, scan->at, problem);
}

static char peek(const struct scan *scan)
{
    return scan->at < scan->end ? *scan->at : '\0';
}

static bool take(struct scan *scan, char c)
{
    if (scan->at >= scan->end || *scan->at != c)
        return false;
    scan->at++;
    return true;
}

static void skip_space(struct scan *scan)
{
    while (take(scan, ' ') || take(scan, '\n') || take(scan, '\t') || take(scan, '\r'))
        continue;
}

static size_t skip_digits(struct scan *scan)
{
    const char *from = scan->at;

    while (peek(scan) >= '0' && peek(scan) <= '9')
        scan->at++;
    return (size_t)(scan->at - from);
}

/* Puts [from, at) in quotes in the copy. */
static void quote(struct scan *scan, const char *from)
{
    str_add(scan->out, scan->copied, (size_t)(from - scan->copied));
    str_add_char(scan->out, '"');
    str_add(scan->out, from, (size_t)(scan->at - from));
    str_add_char(scan->out, '"');
    scan->copied = scan->at;
}

/* The text from `from` is a number; is it one that a double can hold? */
static int check_range(struct scan *scan, const char *from)
{
    char text[MAX_NUMBER_BYTES + 1] = "";
    size_t len = (size_t)(scan->at - from);

    if (len > MAX_NUMBER_BYTES)
        return fail_at(scan, from, "this number has too many digits");
    memcpy(text, from, len);
    if (!isfinite(strtod(text, NULL)))
        return fail_at(scan, from, "this number is too large");
    return 0;
}

static int skip_number(struct scan *scan)
{
    const char *from = scan->at;
    size_t digits;
    bool whole = true;

    take(scan, '-');
    digits = peek(scan) == '0' ? (size_t)take(scan, '0') : skip_digits(scan);
    if (digits == 0)
        return fail(scan, "expected a digit");
    if (take(scan, '.')) {
        whole = false;
        if (skip_digits(scan) == 0)
            return fail(scan, "expected a digit after the point");
    }
    if (take(scan, 'e') || take(scan, 'E')) {
        whole = false;
        if (!take(scan, '-'))
            take(scan, '+');
        if (skip_digits(scan) == 0)
            return fail(scan, "expected the digits of the exponent");
    }
    if (!whole)
        return check_range(scan, from);
    if (digits > MAX_EXACT_DIGITS)
        quote(scan, from);
    return 0;
}

/* The four digits behind "\u"; -1 when they are none. */
static long take_hex(struct scan *scan)
{
    long value = 0;

    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        char c = text_lower_char(peek(scan));
        const char *found = c ? strchr(digits, c) : NULL;
        if (!found)
            return -1;
        value = value * 16 + (found - digits);
        scan->at++;
    }
    return value;
}

/* Behind "\u". Lone halves of a surrogate pair are refused, and NUL, which would cut the text. */
static int take_unicode(struct scan *scan, struct str *plain)
{
    const char *from = scan->at - 2;
    long high = take_hex(scan), low = 0xDC00;

    if (high < 0)
        return fail(scan, "expected four hexadecimal digits");
    if (high == 0)
        return fail_at(scan, from, "\\u0000 is not allowed");
    if (high >= 0xDC00 && high <= 0xDFFF)
        return fail_at(scan, from, "half a surrogate pair");
    if (high < 0xD800 || high > 0xDFFF) {
        text_add_utf8(plain, (uint32_t)high);
        return 0;
    }
    if (!take(scan, '\\') || !take(scan, 'u') || (low = take_hex(scan)) < 0xDC00 || low > 0xDFFF)
        return fail_at(scan, from, "half a surrogate pair");
    text_add_utf8(plain, (uint32_t)(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)));
    return 0;
}

/* Behind a backslash. */
static int take_escape(struct scan *scan, struct str *plain)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char c = peek(scan);
    const char *found = c ? strchr(letters, c) : NULL;

    if (take(scan, 'u'))
        return take_unicode(scan, plain);
    if (!found)
        return fail(scan, "unknown escape");
    scan->at++;
    str_add_char(plain, meanings[found - letters]);
    return 0;
}

/* Passes a string. plain: gets it without escapes, complete only when *escaped turns true. */
static int skip_string(struct scan *scan, struct str *plain, bool *escaped)
{
    const char *from;

    if (!take(scan, '"'))
        return fail(scan, "expected a string in double quotes");
    from = scan->at;
    while (scan->at < scan->end && *scan->at != '"') {
        if ((unsigned char)*scan->at < 0x20)
            return fail(scan, "control characters in strings are written as \\n, \\t or \\u....");
        if (*scan->at != '\\') {
            scan->at++;
            continue;
        }
        *escaped = true;
        str_add(plain, from, (size_t)(scan->at++ - from));
        if (take_escape(scan, plain) < 0)
            return -1;
        from = scan->at;
    }
    str_add(plain, from, *escaped ? (size_t)(scan->at - from) : 0);
    return take(scan, '"') ? 0 : fail(scan, "");
}

static int skip_plain_string(struct scan *scan)
{
    struct str plain;
    bool escaped = false;
    int rc;

    str_init(&plain, (size_t)(scan->end - scan->at) + 1);
    rc = skip_string(scan, &plain, &escaped);
    str_finish(&plain);
    return rc;
}

static void add_name(struct scan *scan, struct name name)
{
    if (scan->name_count == scan->name_cap) {
        scan->name_cap = scan->name_cap ? scan->name_cap * 2 : 32;
        scan->names = xrealloc(scan->names, scan->name_cap * sizeof(*scan->names));
    }
    scan->names[scan->name_count++] = name;
}

static int skip_name(struct scan *scan, size_t object)
{
    struct name name = { .object = object, .at = (size_t)(scan->at - scan->start) };
    const char *from = scan->at + 1;
    struct str plain;
    bool escaped = false;
    int rc;

    str_init(&plain, (size_t)(scan->end - scan->at) + 1);
    rc = skip_string(scan, &plain, &escaped);
    if (rc == 0) {
        name.text = span_make(from, (size_t)(scan->at - 1 - from));
        if (escaped)
            name.text = span_make(arena_dup_span(scan->scratch, str_span(&plain)), plain.len);
        add_name(scan, name);
    }
    str_finish(&plain);
    return rc;
}

static int skip_value(struct scan *scan);

/* Behind "{". */
static int skip_object(struct scan *scan)
{
    size_t object = scan->object_count++;

    skip_space(scan);
    if (take(scan, '}'))
        return 0;
    do {
        skip_space(scan);
        if (skip_name(scan, object) < 0)
            return -1;
        skip_space(scan);
        if (!take(scan, ':'))
            return fail(scan, "expected \":\" after the name");
        if (skip_value(scan) < 0)
            return -1;
        skip_space(scan);
    } while (take(scan, ','));
    return take(scan, '}') ? 0 : fail(scan, "expected \",\" or \"}\"");
}

/* Behind "[". */
static int skip_array(struct scan *scan)
{
    skip_space(scan);
    if (take(scan, ']'))
        return 0;
    do {
        if (skip_value(scan) < 0)
            return -1;
        skip_space(scan);
    } while (take(scan, ','));
    return take(scan, ']') ? 0 : fail(scan, "expected \",\" or \"]\"");
}

static int skip_word(struct scan *scan)
{
    static const char *const words[] = { "true", "false", "null" };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t len = strlen(words[i]);
        if ((size_t)(scan->end - scan->at) >= len && memcmp(scan->at, words[i], len) == 0) {
            scan->at += len;
            return 0;
        }
    }
    return fail(scan, "expected a value");
}

static int skip_nested(struct scan *scan)
{
    int rc;

    if (scan->depth >= JSON_MAX_DEPTH)
        return fail(scan, "nested deeper than 64");
    scan->depth++;
    rc = take(scan, '{') ? skip_object(scan) : (scan->at++, skip_array(scan));
    scan->depth--;
    return rc;
}

static int skip_value(struct scan *scan)
{
    char c;

    skip_space(scan);
    c = peek(scan);
    if (c == '{' || c == '[')
        return skip_nested(scan);
    if (c == '"')
        return skip_plain_string(scan);
    if (c == '-' || (c >= '0' && c <= '9'))
        return skip_number(scan);
    return skip_word(scan);
}

/* By object, then by name, then by place. */
static int compare_names(const void *left, const void *right)
{
    const struct name *a = left, *b = right;
    int order;

    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    if (a->text.len != b->text.len)
        return a->text.len < b->text.len ? -1 : 1;
    order = a->text.len ? memcmp(a->text.data, b->text.data, a->text.len) : 0;
    if (order != 0)
        return order;
    return a->at < b->at ? -1 : a->at > b->at;
}

static int check_names(struct scan *scan)
{
    size_t at = SIZE_MAX;

    if (scan->name_count < 2)
        return 0;
    qsort(scan->names, scan->name_count, sizeof(*scan->names), compare_names);
    for (size_t i = 1; i < scan->name_count; i++) {
        const struct name *a = &scan->names[i - 1], *b = &scan->names[i];
        if (a->object == b->object && span_eq(a->text, b->text) && b->at < at)
            at = b->at;
    }
    return at == SIZE_MAX ? 0 : fail_at(scan, scan->start + at, "this name is in the object twice");
}

static int check_utf8(struct scan *scan)
{
    while (scan->at < scan->end) {
        const char *from = scan->at;
        if (text_next_point(&scan->at, scan->end) == 0xFFFD && scan->at == from + 1)
            return fail_at(scan, from, "not UTF-8");
    }
    scan->at = scan->start;
    return 0;
}

static int scan_all(struct scan *scan)
{
    if (check_utf8(scan) < 0)
        return -1;
    if (scan->end - scan->at >= 3 && memcmp(scan->at, "\xEF\xBB\xBF", 3) == 0)
        scan->at += 3;
    scan->copied = scan->at;
    if (skip_value(scan) < 0)
        return -1;
    skip_space(scan);
    if (scan->at < scan->end)
        return fail(scan, "nothing may follow the value");
    str_add(scan->out, scan->copied, (size_t)(scan->end - scan->copied));
    return check_names(scan);
}

int json_scan(struct span text, const char *name, struct arena *scratch, struct str *out,
              struct err *err)
{
    const char *start = text.len ? text.data : "";
    struct scan scan = {
        .start = start,
        .at = start,
        .end = start + text.len,
        .out = out,
        .scratch = scratch,
        .source = name,
        .err = err,
    };
    int rc = scan_all(&scan);

    free(scan.names);
    if (rc == 0 && !str_ok(out))
        rc = err_set(err, ERR_LIMIT, "%s: too large", name);
    return rc;
}
