/* templates/values_text.c - values to texts and texts to numbers, as Ruby prints and reads them. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "templates/lexer.h"
#include "templates/values.h"

/* ---- numbers to texts ---- */

static void shortest(double number, char *text, size_t size)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, size, "%.*e", digits - 1, number);
        if (!(strtod(text, NULL) < number) && !(strtod(text, NULL) > number))
            return;
    }
}

/* digits: without a point, `point` = how many of them stand before it. */
static size_t place_point(const char *digits, int point, char *text)
{
    int count = (int)strlen(digits);

    if (point <= 0)
        return (size_t)snprintf(text, NUMBER_TEXT_BYTES, "0.%.*s%s", -point, "0000000000", digits);
    if (point >= count)
        return (size_t)snprintf(text, NUMBER_TEXT_BYTES, "%s%.*s.0", digits, point - count,
                                "00000000000000000000");
    return (size_t)snprintf(text, NUMBER_TEXT_BYTES, "%.*s.%s", point, digits, digits + point);
}

size_t value_double_text(double number, char text[NUMBER_TEXT_BYTES])
{
    char raw[NUMBER_TEXT_BYTES], digits[24] = "";
    size_t len = 0, sign = 0;
    int exponent;

    if (!isfinite(number))
        return (size_t)snprintf(text, NUMBER_TEXT_BYTES, "%s",
                                isnan(number) ? "NaN"
                                : number < 0  ? "-Infinity"
                                              : "Infinity");
    shortest(number, raw, sizeof(raw));
    if (raw[0] == '-')
        text[sign++] = '-';
    for (const char *p = raw + sign; *p && *p != 'e' && len < sizeof(digits) - 1; p++)
        if (*p != '.')
            digits[len++] = *p;
    exponent = (int)strtol(strchr(raw, 'e') + 1, NULL, 10);
    while (len > 1 && digits[len - 1] == '0')
        len--;
    digits[len] = '\0';
    if (exponent >= -4 && (exponent < 15 || exponent + 1 < (int)len))
        return sign + place_point(digits, exponent + 1, text + sign);
    return sign + (size_t)snprintf(text + sign, NUMBER_TEXT_BYTES - sign, "%c.%se%c%02d", digits[0],
                                   len > 1 ? digits + 1 : "0", exponent < 0 ? '-' : '+',
                                   abs(exponent));
}

static size_t integer_text(int64_t number, char text[NUMBER_TEXT_BYTES])
{
    char back[24];
    size_t len = 0, count = 0;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do
        back[count++] = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (number < 0)
        text[len++] = '-';
    while (count)
        text[len++] = back[--count];
    text[len] = '\0';
    return len;
}

/* Texts of what is no list and no map; *out may borrow `text` or v. */
static void scalar_text(const struct value *v, char text[NUMBER_TEXT_BYTES], struct span *out)
{
    *out = span_make(text, 0);
    switch (v->type) {
    case VALUE_TEXT:
        if (v->text.data) /* an empty one may have none; nobody behind here is to mind */
            *out = v->text;
        break;
    case VALUE_BOOL:
        *out = span_of(v->boolean ? "true" : "false");
        break;
    case VALUE_INT:
        out->len = integer_text(v->integer, text);
        break;
    case VALUE_DOUBLE:
        out->len = value_double_text(v->number, text);
        break;
    case VALUE_RANGE:
        out->len = (size_t)snprintf(text, NUMBER_TEXT_BYTES, "%lld..%lld",
                                    (long long)v->range.first, (long long)v->range.last);
        if (out->len >= NUMBER_TEXT_BYTES)
            out->len = NUMBER_TEXT_BYTES - 1;
        break;
    case VALUE_SELF:
        *out = span_of("Liquid::SelfDrop");
        break;
    case VALUE_LOOP:
        *out = span_of(v->loop->table ? "Liquid::TablerowloopDrop" : "Liquid::ForloopDrop");
        break;
    default:
        break;
    }
}

/* ---- inspecting ---- */

static int add_quoted(struct sink *sink, struct span text, bool json)
{
    if (sink_add(sink, "\"", 1) < 0)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        char escape[8];
        const char *known = c ? strchr("\"\"\\\\\nn\tt\rr\bb\ff", c) : NULL;
        size_t len = 1;

        escape[0] = (char)c;
        if (known && (known - "\"\"\\\\\nn\tt\rr\bb\ff") % 2 == 0)
            len = (size_t)snprintf(escape, sizeof(escape), "\\%c", known[1]);
        else if (c < 0x20)
            len = (size_t)snprintf(escape, sizeof(escape), json ? "\\u%04x" : "\\x%02X", c);
        if (sink_add(sink, escape, len) < 0)
            return -1;
    }
    return sink_add(sink, "\"", 1);
}

struct inspect { /* how, and how deep */
    struct sink *sink;
    bool json;
    int depth;
};

static int inspect(struct inspect how, const struct value *v);

static int inspect_list(struct inspect how, const struct value *v)
{
    struct inspect inner = { how.sink, how.json, how.depth + 1 };

    if (sink_add(how.sink, "[", 1) < 0)
        return -1;
    for (size_t i = 0; i < v->list.count; i++) {
        if (i && sink_add(how.sink, ", ", how.json ? 1 : 2) < 0)
            return -1;
        if (inspect(inner, &v->list.items[i]) < 0)
            return -1;
    }
    return sink_add(how.sink, "]", 1);
}

static int inspect_map(struct inspect how, const struct value *v)
{
    struct inspect inner = { how.sink, how.json, how.depth + 1 };

    if (sink_add(how.sink, "{", 1) < 0)
        return -1;
    for (size_t i = 0; i < v->map.count; i++) {
        const struct value_pair *pair = &v->map.pairs[i];
        if (i && sink_add(how.sink, ", ", how.json ? 1 : 2) < 0)
            return -1;
        if (add_quoted(how.sink, pair->name, how.json) < 0 ||
            sink_add_span(how.sink, span_of(how.json ? ":" : "=>")) < 0 ||
            inspect(inner, &pair->value) < 0)
            return -1;
    }
    return sink_add(how.sink, "}", 1);
}

static int inspect(struct inspect how, const struct value *v)
{
    char text[NUMBER_TEXT_BYTES];
    struct span span;

    if (how.depth > DATA_DEPTH_MAX)
        return run_stop(how.sink->run, "data is nested deeper than %d", DATA_DEPTH_MAX);
    if (run_charge(how.sink->run, FUEL_BYTES / 4) < 0)
        return -1;
    switch (v->type) {
    case VALUE_LIST:
        return inspect_list(how, v);
    case VALUE_MAP:
        return inspect_map(how, v);
    case VALUE_NIL:
        return sink_add_span(how.sink, span_of(how.json ? "null" : "nil"));
    case VALUE_TEXT:
        return add_quoted(how.sink, v->text, how.json);
    case VALUE_RANGE:
    case VALUE_LOOP:
    case VALUE_SELF:
        scalar_text(v, text, &span);
        return how.json ? add_quoted(how.sink, span, true) : sink_add_span(how.sink, span);
    default:
        scalar_text(v, text, &span);
        return sink_add_span(how.sink, span);
    }
}

int value_inspect(struct sink *sink, const struct value *v, bool json)
{
    return inspect((struct inspect){ sink, json, 0 }, v);
}

/* ---- printing ---- */

static int print_within(struct sink *sink, const struct value *v, int depth)
{
    char text[NUMBER_TEXT_BYTES];
    struct span span;

    if (v->type == VALUE_MAP)
        return value_inspect(sink, v, false);
    if (v->type != VALUE_LIST) {
        scalar_text(v, text, &span);
        return sink_add_span(sink, span);
    }
    if (depth > DATA_DEPTH_MAX)
        return run_stop(sink->run, "data is nested deeper than %d", DATA_DEPTH_MAX);
    for (size_t i = 0; i < v->list.count; i++)
        if (run_charge(sink->run, 1) < 0 || print_within(sink, &v->list.items[i], depth + 1) < 0)
            return -1;
    return 0;
}

int value_print(struct sink *sink, const struct value *v)
{
    return print_within(sink, v, 0);
}

int value_text_of(struct run *run, const struct value *v, struct span *out)
{
    char text[NUMBER_TEXT_BYTES];
    char *copy;

    if (v->type == VALUE_LIST || v->type == VALUE_MAP) {
        struct sink sink = sink_make(run, TEXT_MAX_BYTES);
        if (value_inspect(&sink, v, false) < 0)
            return -1;
        *out = sink_span(&sink);
        return 0;
    }
    scalar_text(v, text, out);
    if (out->data != text)
        return 0;
    if (out->len == 0) {
        *out = span_make("", 0);
        return 0;
    }
    copy = run_raw(run, out->len);
    if (!copy)
        return -1;
    memcpy(copy, text, out->len);
    out->data = copy;
    return 0;
}

/* ---- texts to numbers ---- */

/* -?digits.digits and nothing else */
static bool is_decimal(struct span s)
{
    size_t at = s.len && s.data[0] == '-' ? 1 : 0, start = at;

    while (at < s.len && isdigit((unsigned char)s.data[at]))
        at++;
    if (at == start || at + 1 >= s.len || s.data[at] != '.')
        return false;
    start = ++at;
    while (at < s.len && isdigit((unsigned char)s.data[at]))
        at++;
    return at > start && at == s.len;
}

/* Ruby's to_i: the whole number at the head of the text, else 0. */
static int64_t leading_integer(struct span s)
{
    char digits[24];
    size_t len = 0;
    bool sign = s.len && (s.data[0] == '-' || s.data[0] == '+');

    if (sign)
        digits[len++] = s.data[0];
    while (len < s.len && len < sizeof(digits) - 1 && isdigit((unsigned char)s.data[len])) {
        digits[len] = s.data[len];
        len++;
    }
    digits[len] = '\0';
    return strtoll(digits, NULL, 10);
}

static struct number text_number(struct span text)
{
    char copy[64];

    text = text_trim(text);
    if (!is_decimal(text) || text.len >= sizeof(copy))
        return (struct number){ .whole = true, .integer = leading_integer(text) };
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return (struct number){ .real = strtold(copy, NULL) };
}

struct number value_number(const struct value *v)
{
    char text[NUMBER_TEXT_BYTES];

    if (v->type == VALUE_INT)
        return (struct number){ .whole = true, .integer = v->integer };
    if (v->type == VALUE_TEXT)
        return text_number(v->text);
    if (v->type != VALUE_DOUBLE)
        return (struct number){ .whole = true };
    value_double_text(v->number, text);
    return (struct number){ .real = isfinite(v->number) ? strtold(text, NULL) : v->number };
}

int value_integer(struct run *run, const struct value *v, int64_t *out)
{
    struct span text;

    if (v->type == VALUE_INT) {
        *out = v->integer;
        return 0;
    }
    if (v->type == VALUE_TEXT) {
        text = text_trim(v->text);
        if (text.len > 1 && text.data[0] == '+')
            text = span_from(text, 1);
        if (text_to_int(text, INT64_MIN, INT64_MAX, out))
            return 0;
    }
    return run_fail(run, "invalid integer");
}
