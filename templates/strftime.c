/* templates/strftime.c - dates_format(): strftime as Ruby has it, with the names of a locale. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "templates/dates.h"
#include "templates/filters.h"

#define WIDTH_MAX 64

struct directive {
    char letter;
    char pad; /* 0 = as the directive has it, '-' = none */
    bool upper, swap;
    int colons, width; /* width -1 = as the directive has it */
};

/* Names may have letters beyond ASCII: "MÄRZ". */
static int add_upper(struct sink *sink, struct span text)
{
    struct value upper = value_span(text);

    if (filter_upcase(sink->run, &upper, NULL) < 0)
        return -1;
    return sink_add_span(sink, upper.text);
}

static int add_padded(struct sink *sink, const struct directive *d, struct span text, char pad,
                      int width)
{
    bool negative = pad == '0' && text.len && text.data[0] == '-';
    size_t points = text.len;

    pad = d->pad == '_' ? ' ' : d->pad == '0' ? '0' : pad;
    width = d->pad == '-' ? 0 : d->width >= 0 ? d->width : width;
    if (points >= (size_t)width && !d->upper)
        return sink_add_span(sink, text);
    if (negative && sink_add(sink, "-", 1) < 0)
        return -1;
    for (points = text_count_points(text); points < (size_t)width && points < WIDTH_MAX; points++)
        if (sink_add(sink, &pad, 1) < 0)
            return -1;
    text = span_from(text, negative);
    return d->upper ? add_upper(sink, text) : sink_add_span(sink, text);
}

/* Writes the number so that it ends at `end`, with at least `width` digits; returns where it begins. */
static char *write_digits(char *end, uint64_t number, int width)
{
    char *at = end;

    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    while (end - at < width)
        *--at = '0';
    return at;
}

static int add_number(struct sink *sink, const struct directive *d, int64_t number, char pad,
                      int width)
{
    char text[24], *end = text + sizeof(text), *at;
    bool plain = pad == '0' && d->pad == 0 && d->width < 0 && number >= 0;

    at = write_digits(end, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, plain ? width : 0);
    if (number < 0)
        *--at = '-';
    if (plain)
        return sink_add(sink, at, (size_t)(end - at));
    return add_padded(sink, d, span_make(at, (size_t)(end - at)), pad, width);
}

/* ---- weeks ---- */

static int64_t week_of(const struct local_time *t, int first_weekday)
{
    int weekday = (t->weekday - first_weekday + 7) % 7;

    return (t->yearday - 1 + 7 - weekday) / 7;
}

/* ISO 8601: weeks begin on Monday, the first holds the year's first Thursday. */
static void iso_week(const struct local_time *t, int *year, int64_t *week)
{
    int weekday = (t->weekday + 6) % 7, thursday = t->yearday - weekday + 3;
    int length;

    *year = t->year;
    if (thursday < 1) {
        (*year)--;
        thursday += (int)(zone_days_of(t->year, 1, 1) - zone_days_of(*year, 1, 1));
    } else {
        length = (int)(zone_days_of(t->year + 1, 1, 1) - zone_days_of(t->year, 1, 1));
        if (thursday > length) {
            (*year)++;
            thursday -= length;
        }
    }
    *week = (thursday - 1) / 7 + 1;
}

static int64_t floor_seconds(int64_t ms)
{
    return ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000);
}

static int hour12(const struct local_time *t)
{
    return t->hour % 12 == 0 ? 12 : t->hour % 12;
}

/* ---- kinds of directives ---- */

static int iso_year(const struct local_time *t)
{
    int64_t week;
    int year;

    iso_week(t, &year, &week);
    return year;
}

static int64_t iso_week_number(const struct local_time *t)
{
    int64_t week;
    int year;

    iso_week(t, &year, &week);
    return week;
}

/* How wide a number is; 0 = the letter stands for none. */
static const uint8_t widths[128] = {
    ['Y'] = 4, ['C'] = 2, ['y'] = 2, ['m'] = 2, ['d'] = 2, ['e'] = 2, ['j'] = 3,
    ['H'] = 2, ['k'] = 2, ['I'] = 2, ['l'] = 2, ['M'] = 2, ['S'] = 2, ['u'] = 1,
    ['w'] = 1, ['U'] = 2, ['W'] = 2, ['V'] = 2, ['G'] = 4, ['g'] = 2, ['s'] = 1,
};

static int64_t day_number(const struct dated *s, char letter)
{
    const struct local_time *t = s->time;

    switch (letter) {
    case 'j':
        return t->yearday;
    case 'u':
        return t->weekday ? t->weekday : 7;
    case 'w':
        return t->weekday;
    case 'U':
        return week_of(t, 0);
    case 'W':
        return week_of(t, 1);
    case 'V':
        return iso_week_number(t);
    case 'G':
        return iso_year(t);
    case 'g':
        return iso_year(t) % 100;
    default: /* s */
        return floor_seconds(s->utc_ms);
    }
}

static int64_t number_of(const struct dated *s, char letter)
{
    const struct local_time *t = s->time;

    switch (letter) {
    case 'Y':
        return t->year;
    case 'C':
        return t->year / 100;
    case 'y':
        return t->year % 100;
    case 'm':
        return t->month;
    case 'd':
    case 'e':
        return t->day;
    case 'H':
    case 'k':
        return t->hour;
    case 'I':
    case 'l':
        return hour12(t);
    case 'M':
        return t->minute;
    case 'S':
        return t->second;
    default:
        return day_number(s, letter);
    }
}

static struct span text_of(const struct dated *s, struct directive *d)
{
    const struct local_time *t = s->time;

    switch (d->letter) {
    case 'a':
        d->upper = d->upper || d->swap;
        return span_of(s->locale->short_weekdays[t->weekday % 7]);
    case 'A':
        d->upper = d->upper || d->swap;
        return span_of(s->locale->weekdays[t->weekday % 7]);
    case 'b':
    case 'h':
        d->upper = d->upper || d->swap;
        return span_of(s->locale->short_months[(t->month + 11) % 12]);
    case 'B':
        d->upper = d->upper || d->swap;
        return span_of(s->locale->months[(t->month + 11) % 12]);
    case 'p':
        return span_of(t->hour < 12 ? (d->swap ? "am" : "AM") : (d->swap ? "pm" : "PM"));
    case 'P':
        return span_of(t->hour < 12 ? "am" : "pm");
    case 'Z':
        return span_of(t->abbreviation);
    case '%':
        return span_of("%");
    case 'n':
        return span_of("\n");
    case 't':
        return span_of("\t");
    default:
        return span_make(NULL, 0);
    }
}

static const char *long_form(char letter)
{
    static const struct {
        char letter;
        const char *form;
    } forms[] = {
        { 'c', "%a %b %e %H:%M:%S %Y" },
        { 'D', "%m/%d/%y" },
        { 'x', "%m/%d/%y" },
        { 'F', "%Y-%m-%d" },
        { 'T', "%H:%M:%S" },
        { 'X', "%H:%M:%S" },
        { 'R', "%H:%M" },
        { 'r', "%I:%M:%S %p" },
        { 'v', "%e-%^b-%Y" },
    };

    for (size_t i = 0; i < COUNT_OF(forms); i++)
        if (forms[i].letter == letter)
            return forms[i].form;
    return NULL;
}

static int add_offset(struct sink *sink, const struct directive *d, int offset)
{
    char text[16];
    int all = abs(offset), colons = d->colons;
    int len;

    if (colons == 3) /* as short as it can be */
        colons = all % 60 ? 2 : all % 3600 ? 1 : 3;
    if (colons == 3)
        len = snprintf(text, sizeof(text), "%c%02d", offset < 0 ? '-' : '+', all / 3600);
    else if (colons == 0)
        len = snprintf(text, sizeof(text), "%c%02d%02d", offset < 0 ? '-' : '+', all / 3600,
                       all / 60 % 60);
    else if (colons == 1)
        len = snprintf(text, sizeof(text), "%c%02d:%02d", offset < 0 ? '-' : '+', all / 3600,
                       all / 60 % 60);
    else
        len = snprintf(text, sizeof(text), "%c%02d:%02d:%02d", offset < 0 ? '-' : '+', all / 3600,
                       all / 60 % 60, all % 60);
    return sink_add(sink, text, (size_t)len);
}

/* %L is 3 digits, %N 9; the width says how many are shown */
static int add_fraction(struct sink *sink, const struct directive *d, int ms)
{
    char digits[WIDTH_MAX + 1];
    int count = d->width > 0 ? d->width : d->letter == 'L' ? 3 : 9;

    memset(digits, '0', sizeof(digits));
    digits[0] = (char)('0' + ms / 100);
    digits[1] = (char)('0' + ms / 10 % 10);
    digits[2] = (char)('0' + ms % 10);
    return sink_add(sink, digits, (size_t)count);
}

/* ---- the walk ---- */

static bool take_flag(struct directive *d, char c)
{
    switch (c) {
    case '^':
        d->upper = true;
        return true;
    case '#':
        d->swap = true;
        return true;
    case '-':
    case '0':
    case '_':
        d->pad = c;
        return true;
    default:
        return false;
    }
}

static size_t take_width(struct span s, struct directive *d)
{
    size_t len = 0;

    for (; len < s.len && text_is_digit(s.data[len]); len++) {
        d->width = (d->width < 0 ? 0 : d->width) * 10 + (s.data[len] - '0');
        if (d->width > WIDTH_MAX)
            d->width = WIDTH_MAX + 1;
    }
    return len;
}

/* "E" and "O" before some letters change nothing; colons stand before "z" only. Bytes of them. */
static size_t take_modifier(struct span s, struct directive *d)
{
    const char *letters = s.data[0] == 'E' ? "cCxXyY" : s.data[0] == 'O' ? "deHkIlmMSuUVwWy" : "";
    size_t len = 0;

    if (s.len > 1 && text_one_of(s.data[1], letters))
        return 1;
    while (len < s.len && len < 3 && s.data[len] == ':')
        len++;
    if (len >= s.len || s.data[len] != 'z')
        return 0;
    d->colons = len ? (int)len : d->colons;
    return len;
}

enum reading { READ, INCOMPLETE };

/* Reads "%-10B"; *len: its bytes. What letter it has is not looked at. */
static enum reading read_directive(struct span s, struct directive *d, size_t *len)
{
    size_t at = 1, more;

    *d = (struct directive){ .width = -1 };
    do {
        more = at;
        while (at < s.len && take_flag(d, s.data[at]))
            at++;
        at += take_width(span_from(s, at), d);
        if (at < s.len)
            at += take_modifier(span_from(s, at), d);
    } while (at > more && at < s.len);
    if (at >= s.len)
        return INCOMPLETE;
    d->letter = s.data[at];
    *len = at + 1;
    return READ;
}

static char pad_of(char letter)
{
    return letter == 'e' || letter == 'k' || letter == 'l' ? ' ' : '0';
}

static int add_lower(struct sink *sink, const char *text)
{
    for (; *text; text++) {
        char c = text_lower_char(*text);
        if (sink_add(sink, &c, 1) < 0)
            return -1;
    }
    return 0;
}

/* 1 = not a directive: printed as it stands */
static int add_one(struct sink *sink, struct directive *d, const struct dated *s)
{
    int width = widths[(unsigned char)d->letter & 0x7f];
    struct span text;

    if (width && (unsigned char)d->letter < 0x80)
        return add_number(sink, d, number_of(s, d->letter), pad_of(d->letter), width);
    if (d->letter == 'z')
        return add_offset(sink, d, s->time->offset_s);
    if (d->letter == 'L' || d->letter == 'N')
        return add_fraction(sink, d, s->time->ms);
    if (d->letter == 'Z' && d->swap)
        return add_lower(sink, s->time->abbreviation);
    text = text_of(s, d);
    return text.data ? add_padded(sink, d, text, ' ', 0) : 1;
}

static int add_long(struct sink *sink, const char *form, const struct dated *s)
{
    struct span rest = span_of(form);
    struct directive d;
    size_t len;

    while (rest.len) {
        bool is = rest.data[0] == '%' && read_directive(rest, &d, &len) == READ;
        if ((is ? add_one(sink, &d, s) : sink_add(sink, rest.data, 1)) < 0)
            return -1;
        rest = span_from(rest, is ? len : 1);
    }
    return 0;
}

static int add_long_form(struct sink *sink, const char *form, const struct directive *d,
                         const struct dated *s)
{
    struct sink inner = sink_make(sink->run, 256);

    if (add_long(&inner, form, s) < 0)
        return -1;
    return add_padded(sink, d, sink_span(&inner), ' ', 0);
}

static int add_directive(struct sink *sink, struct span rest, struct directive *d,
                         const struct dated *s)
{
    const char *form;
    int rc;

    if (run_charge(sink->run, DATES_DIRECTIVE_COST) < 0)
        return -1;
    if (d->width > WIDTH_MAX)
        return run_fail(sink->run, "a date's width is at most %d", WIDTH_MAX);
    rc = add_one(sink, d, s);
    if (rc <= 0)
        return rc;
    form = long_form(d->letter);
    return form ? add_long_form(sink, form, d, s) : sink_add_span(sink, rest);
}

/* ---- plain formats ---- */

#define LONGEST_WORD 12 /* bytes: "septiembre", "Donnerstag" */

/* 0 to 99 */
static char *put_two(char *to, int number, char pad)
{
    unsigned tens = (unsigned)number / 10, ones = (unsigned)number % 10;

    *to = tens ? (char)('0' + tens) : pad;
    to += *to != 0;
    *to = (char)('0' + ones);
    return to + 1;
}

/* NULL = it is longer than any that are known. */
static char *put_word(char *to, const char *word)
{
    for (size_t i = 0; i < LONGEST_WORD && *word; i++)
        *to++ = *word++;
    return *word ? NULL : to;
}

static char *put_year(char *to, int year)
{
    return put_two(put_two(to, year / 100, '0'), year % 100, '0');
}

static char *put_clock(char *to, char letter, char pad, const struct local_time *t)
{
    switch (letter) {
    case 'H':
        return put_two(to, t->hour, pad);
    case 'I':
        return put_two(to, hour12(t), pad);
    case 'M':
        return put_two(to, t->minute, pad);
    case 'S':
        return put_two(to, t->second, pad);
    case 'p':
        return put_word(to, t->hour < 12 ? "AM" : "PM");
    case '%':
        *to = '%';
        return to + 1;
    default:
        return NULL;
    }
}

static int weekday_of(const struct local_time *t)
{
    return (int)((zone_days_of(t->year, t->month, t->day) % 7 + 11) % 7);
}

/* pad: '0', or 0 behind a "-". Returns where it ends; NULL = not one of these. */
static char *put_directive(char *to, char letter, char pad, const struct dated *s)
{
    const struct local_time *t = s->time;

    switch (letter) {
    case 'Y':
        return t->year >= 1000 && t->year <= 9999 ? put_year(to, t->year) : NULL;
    case 'y':
        return t->year >= 0 ? put_two(to, t->year % 100, pad) : NULL;
    case 'm':
        return put_two(to, t->month, pad);
    case 'd':
        return put_two(to, t->day, pad);
    case 'e':
        return put_two(to, t->day, pad ? ' ' : 0);
    case 'B':
        return put_word(to, s->locale->months[(t->month + 11) % 12]);
    case 'b':
        return put_word(to, s->locale->short_months[(t->month + 11) % 12]);
    case 'A':
        return put_word(to, s->locale->weekdays[weekday_of(t)]);
    case 'a':
        return put_word(to, s->locale->short_weekdays[weekday_of(t)]);
    default:
        return put_clock(to, letter, pad, t);
    }
}

size_t dates_format_plain(char out[DATES_PLAIN_BYTES], struct span format,
                          const struct dated *dated, size_t *work)
{
    const char *at = format.data, *end = at + format.len;
    char *to = out, *last = out + DATES_PLAIN_BYTES - LONGEST_WORD, pad;

    *work = 0;
    while (at < end) {
        if (to > last)
            return 0;
        if (*at != '%') {
            *to++ = *at++;
            continue;
        }
        pad = end - at > 2 && at[1] == '-' ? 0 : '0';
        at += pad ? 1 : 2;
        to = at < end ? put_directive(to, *at++, pad, dated) : NULL;
        if (!to)
            return 0;
        *work += DATES_DIRECTIVE_COST;
    }
    *work += (size_t)(to - out);
    return (size_t)(to - out);
}

/* ---- all formats ---- */

int dates_format(struct sink *sink, struct span format, const struct dated *dated)
{
    struct directive d;
    size_t from = 0, len;

    for (size_t i = 0; i < format.len; i++) {
        struct span rest = span_from(format, i);
        if (format.data[i] != '%')
            continue;
        if (read_directive(rest, &d, &len) == INCOMPLETE)
            return run_fail(sink->run, "invalid format: %.*s", (int)text_cut(format, 120).len,
                            format.data);
        if (sink_add(sink, format.data + from, i - from) < 0)
            return -1;
        if (add_directive(sink, span_make(rest.data, len), &d, dated) < 0)
            return -1;
        i += len - 1;
        from = i + 1;
    }
    return sink_add(sink, format.data + from, format.len - from);
}
