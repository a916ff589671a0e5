/* templates/values_text.c - values to texts and texts to numbers, as Ruby prints and reads them. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "templates/lexer.h"
#include "templates/values.h"

/* Bytes of work: */
#define DECIMAL_COST 4096 /* to find the shortest text of a double that is no short decimal */
#define NUMBER_COST 128   /* to read a text as a number, or to print a short decimal */

/* ---- numbers to texts ---- */

/* number = whole / 10^places with at most 15 digits in all: most decimals people write. Such a decimal
 * is nearest to no other double, and the quotient of two numbers that doubles hold exactly is the
 * double nearest to the true quotient; so the first that fits is the shortest. */
static bool is_short_decimal(double number, int64_t *whole, int *places)
{
    static const double scales[DECIMAL_PLACES + 1] = { 1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8 };

    /* below, it is printed with an exponent */
    if (number > -1e-4 && number < 1e-4 && fpclassify(number) != FP_ZERO)
        return false;
    for (size_t i = 0; i < COUNT_OF(scales); i++) {
        double scaled = number * scales[i];
        if (!(scaled > -1e15 && scaled < 1e15))
            return false;
        *whole = llrint(scaled);
        if (!((double)*whole / scales[i] < number) && !((double)*whole / scales[i] > number)) {
            *places = (int)i;
            return true;
        }
    }
    return false;
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

static size_t long_double_text(double number, char text[NUMBER_TEXT_BYTES])
{
    char raw[NUMBER_TEXT_BYTES], digits[24] = "";
    size_t len = 0, sign = 0;
    int exponent;

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

static size_t short_decimal_text(int64_t whole, int places, bool negative, char *text)
{
    char digits[NUMBER_TEXT_BYTES];
    size_t len = integer_text(whole < 0 ? -whole : whole, digits), sign = negative;

    if (negative)
        text[0] = '-';
    if (places == 0)
        return sign + (size_t)snprintf(text + sign, NUMBER_TEXT_BYTES - sign, "%s.0", digits);
    return sign + place_point(digits, (int)len - places, text + sign);
}

int value_double_text(struct run *run, double number, char text[NUMBER_TEXT_BYTES])
{
    int64_t whole;
    int places;

    if (!isfinite(number))
        return snprintf(text, NUMBER_TEXT_BYTES, "%s",
                        isnan(number) ? "NaN"
                        : number < 0  ? "-Infinity"
                                      : "Infinity");
    if (run_charge(run, NUMBER_COST) < 0)
        return -1;
    if (is_short_decimal(number, &whole, &places))
        return (int)short_decimal_text(whole, places, signbit(number) != 0, text);
    return run_charge(run, DECIMAL_COST) < 0 ? -1 : (int)long_double_text(number, text);
}

static int decimal_text(struct run *run, double number, char text[NUMBER_TEXT_BYTES],
                        struct span *out)
{
    int len = value_double_text(run, number, text);

    *out = span_make(text, len < 0 ? 0 : (size_t)len);
    return len < 0 ? -1 : 0;
}

/* Texts of what is no list and no map; *out may borrow `text` or v. */
static int scalar_text(struct run *run, const struct value *v, char text[NUMBER_TEXT_BYTES],
                       struct span *out)
{
    *out = span_make(text, 0);
    switch (v->type) {
    case VALUE_TEXT:
    case VALUE_LARGE:
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
        return decimal_text(run, v->number, text, out);
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
    return 0;
}

/* ---- inspecting ---- */

/* How a character stands between quotes when not as itself; returns its length. */
static size_t quoted(unsigned char c, bool json, char out[8])
{
    static const char letters[128] = { ['"'] = '"',  ['\\'] = '\\', ['\n'] = 'n', ['\t'] = 't',
                                       ['\r'] = 'r', ['\b'] = 'b',  ['\f'] = 'f' };

    if (c < 128 && letters[c]) {
        out[0] = '\\';
        out[1] = letters[c];
        return 2;
    }
    if (c < 0x20)
        return (size_t)snprintf(out, 8, json ? "\\u%04x" : "\\x%02X", c);
    return 0;
}

static int add_quoted(struct sink *sink, struct span text, bool json)
{
    size_t from = 0;

    if (run_charge(sink->run, text.len * 2) < 0 || sink_add(sink, "\"", 1) < 0)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        char escape[8];
        size_t len = quoted((unsigned char)text.data[i], json, escape);
        if (len == 0)
            continue;
        if (run_charge(sink->run, NUMBER_COST) < 0 ||
            sink_add(sink, text.data + from, i - from) < 0 || sink_add(sink, escape, len) < 0)
            return -1;
        from = i + 1;
    }
    if (text.len && sink_add(sink, text.data + from, text.len - from) < 0)
        return -1;
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
        if (scalar_text(how.sink->run, v, text, &span) < 0)
            return -1;
        return how.json ? add_quoted(how.sink, span, true) : sink_add_span(how.sink, span);
    default:
        if (scalar_text(how.sink->run, v, text, &span) < 0)
            return -1;
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
        if (scalar_text(sink->run, v, text, &span) < 0)
            return -1;
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
    if (scalar_text(run, v, text, out) < 0)
        return -1;
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
    struct number decimal = { .real = 0 };
    char copy[64];

    text = text_trim(text);
    if (!is_decimal(text) || text.len >= sizeof(copy))
        return (struct number){ .whole = true, .integer = leading_integer(text) };
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    decimal.real = strtold(copy, NULL);
    decimal.exact =
        is_short_decimal((double)decimal.real, &decimal.scaled, &decimal.places) && text.len < 17;
    return decimal;
}

long double value_large(struct span digits)
{
    long double real = 0;

    for (size_t i = 0; i < digits.len; i++)
        if (text_is_digit(digits.data[i]))
            real = real * 10 + (digits.data[i] - '0');
    return digits.len && digits.data[0] == '-' ? -real : real;
}

/* The decimal that was meant: nearer than the double itself. */
static struct number decimal_of(struct run *run, double number)
{
    static const long double scales[DECIMAL_PLACES + 1] = { 1,    10,   100,  1000, 1e4L,
                                                            1e5L, 1e6L, 1e7L, 1e8L };
    struct number n = { .real = number };
    char text[NUMBER_TEXT_BYTES];

    if (!isfinite(number) || fpclassify(number) == FP_ZERO)
        return n;
    n.exact = is_short_decimal(number, &n.scaled, &n.places);
    if (n.exact)
        n.real = (long double)n.scaled / scales[n.places];
    else
        n.real = value_double_text(run, number, text) < 0 ? 0 : strtold(text, NULL);
    return n;
}

struct number value_number(struct run *run, const struct value *v)
{
    if (v->type == VALUE_INT)
        return (struct number){ .whole = true, .integer = v->integer };
    if (v->type == VALUE_DOUBLE)
        return decimal_of(run, v->number);
    if (v->type == VALUE_TEXT && run_charge(run, v->text.len * BLANK_COST + NUMBER_COST) == 0)
        return text_number(v->text);
    if (v->type == VALUE_LARGE && run_charge(run, v->text.len * BLANK_COST + NUMBER_COST) == 0)
        return (struct number){ .real = value_large(v->text) };
    return (struct number){ .whole = true };
}

int64_t number_whole(struct number n)
{
    if (n.whole)
        return n.integer;
    if (!(n.real > -9.2e18L))
        return isnan(n.real) ? 0 : INT64_MIN;
    return n.real < 9.2e18L ? (int64_t)n.real : INT64_MAX;
}

/* Of a whole number beyond int64, the nearest there is. As Ruby, which reads one beyond 64 bits up to
 * a NUL. False when text is something else. */
static bool large_integer(struct span text, int64_t *out)
{
    struct span digits = span_from(text, text.len && (text.data[0] == '-' || text.data[0] == '+'));
    static const char most[] = "18446744073709551615";
    size_t len = 0;
    bool beyond;

    while (digits.len > 1 && digits.data[0] == '0')
        digits = span_from(digits, 1);
    while (len < digits.len && text_is_digit(digits.data[len]))
        len++;
    *out = text.len && text.data[0] == '-' ? INT64_MIN : INT64_MAX;
    beyond =
        len > sizeof(most) - 1 || (len == sizeof(most) - 1 && memcmp(digits.data, most, len) > 0);
    digits = span_from(digits, len);
    while (digits.len && (digits.data[0] == ' ' || digits.data[0] == '\t'))
        digits = span_from(digits, 1);
    return len > 0 && (digits.len == 0 || (beyond && digits.data[0] == '\0'));
}

int value_integer(struct run *run, const struct value *v, int64_t *out)
{
    struct span text;

    if (v->type == VALUE_INT) {
        *out = v->integer;
        return 0;
    }
    if (v->type == VALUE_LARGE && large_integer(v->text, out))
        return 0;
    if (v->type == VALUE_TEXT) {
        text = text_trim(v->text);
        if (text.len > 1 && text.data[0] == '+')
            text = span_from(text, 1);
        if (text_to_int(text, INT64_MIN, INT64_MAX, out) || large_integer(text, out))
            return 0;
    }
    return run_fail(run, "invalid integer");
}
