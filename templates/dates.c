/* templates/dates.c - reading dates: words and numbers from left to right, no grammar of formats. */
#include "templates/dates.h"

#include <ctype.h>
#include <endian.h>

#include "core/base/text.h"

static const char *const months[] = { "January",   "February", "March",    "April",
                                      "May",       "June",     "July",     "August",
                                      "September", "October",  "November", "December" };
static const char *const weekdays[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday" };

static int name_index(struct span word, const char *const *names, size_t count)
{
    if (word.len < 3)
        return 0;
    for (size_t i = 0; i < count; i++)
        if (text_eq_nocase(word, span_make(names[i], 3)) || text_eq_nocase(word, span_of(names[i])))
            return (int)i + 1;
    return 0;
}

int dates_month(struct span word)
{
    return name_index(word, months, COUNT_OF(months));
}

struct reading {
    struct span rest;
    struct local_time time;
    struct moment *out;
    bool has_year, has_month, has_day, has_time;
};

static bool number(struct span *rest, size_t most, int *out, size_t *len)
{
    size_t n = 0;
    int value = 0;

    while (n < rest->len && n < most && isdigit((unsigned char)rest->data[n]))
        value = value * 10 + (rest->data[n++] - '0');
    *rest = span_from(*rest, n);
    *out = value;
    *len = n;
    return n > 0;
}

static bool next_is(const struct reading *r, char c)
{
    return r->rest.len && r->rest.data[0] == c;
}

static bool take(struct reading *r, char c)
{
    bool is = next_is(r, c);

    if (is)
        r->rest = span_from(r->rest, 1);
    return is;
}

/* ":MM[:SS[.fraction]]" behind the hour */
static bool take_time(struct reading *r, int hour)
{
    size_t len;

    r->time.hour = hour;
    if (!take(r, ':') || !number(&r->rest, 2, &r->time.minute, &len))
        return false;
    if (take(r, ':') && !number(&r->rest, 2, &r->time.second, &len))
        return false;
    if (r->rest.len > 1 && (next_is(r, '.') || next_is(r, ',')) &&
        isdigit((unsigned char)r->rest.data[1])) {
        int fraction;
        r->rest = span_from(r->rest, 1);
        number(&r->rest, 3, &fraction, &len);
        r->time.ms = len == 1 ? fraction * 100 : len == 2 ? fraction * 10 : fraction;
        while (r->rest.len && isdigit((unsigned char)r->rest.data[0]))
            r->rest = span_from(r->rest, 1);
    }
    r->has_time = true;
    return true;
}

/* "-MM-DD" or "/MM/DD" behind the year */
static bool take_month_day(struct reading *r, int year)
{
    char sign = r->rest.data[0];
    size_t len;

    r->time.year = year;
    r->rest = span_from(r->rest, 1);
    r->has_year = r->has_month = true;
    if (!number(&r->rest, 2, &r->time.month, &len))
        return false;
    if (!take(r, sign))
        return true;
    r->has_day = true;
    return number(&r->rest, 2, &r->time.day, &len);
}

static void skip_ordinal(struct reading *r)
{
    static const char *const ends[] = { "st", "nd", "rd", "th" };

    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (text_starts_nocase(r->rest, ends[i]) &&
            (r->rest.len == 2 || !isalpha((unsigned char)r->rest.data[2]))) {
            r->rest = span_from(r->rest, 2);
            return;
        }
}

/* "pm", "am" at the head, behind blanks */
static bool half_follows(struct span rest)
{
    while (rest.len && rest.data[0] == ' ')
        rest = span_from(rest, 1);
    return (text_starts_nocase(rest, "am") || text_starts_nocase(rest, "pm")) &&
           (rest.len == 2 || !isalpha((unsigned char)rest.data[2]));
}

static bool take_number(struct reading *r)
{
    int value;
    size_t len;

    number(&r->rest, 4, &value, &len);
    if (next_is(r, ':') && len <= 2)
        return take_time(r, value);
    if (len <= 2 && !r->has_time && half_follows(r->rest)) {
        r->time.hour = value;
        r->has_time = true;
        return true;
    }
    if (len == 4 && (next_is(r, '-') || next_is(r, '/')) && !r->has_year)
        return take_month_day(r, value);
    if (len > 2 || r->has_day) {
        r->time.year = len == 2 ? value + (value < 69 ? 2000 : 1900) : value;
        if (r->has_year)
            return false;
        r->has_year = true;
        return true;
    }
    skip_ordinal(r);
    r->time.day = value;
    r->has_day = true;
    return true;
}

static bool take_offset(struct reading *r)
{
    int sign = r->rest.data[0] == '-' ? -1 : 1, hours, minutes = 0;
    size_t len;

    r->rest = span_from(r->rest, 1);
    if (!number(&r->rest, 2, &hours, &len))
        return false;
    take(r, ':');
    number(&r->rest, 2, &minutes, &len);
    if (hours > 14 || minutes > 59)
        return false;
    r->out->fixed = true;
    r->out->offset_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool half_of_day(struct reading *r, bool pm)
{
    if (r->time.hour > 12)
        return false;
    r->time.hour = r->time.hour % 12 + (pm ? 12 : 0);
    return true;
}

static bool use_zone(struct reading *r, int hours)
{
    r->out->fixed = true;
    r->out->utc = hours == 0;
    r->out->offset_s = hours * 3600;
    return true;
}

/* The T between date and time, and Z for UTC. */
static bool use_letter(struct reading *r, char letter)
{
    letter = text_lower_char(letter);
    return letter == 'z' ? use_zone(r, 0) : letter == 't';
}

static bool use_word(struct reading *r, struct span word)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = { { "utc", 0 },  { "gmt", 0 },  { "est", -5 }, { "edt", -4 }, { "cst", -6 },
                  { "cdt", -5 }, { "mst", -7 }, { "mdt", -6 }, { "pst", -8 }, { "pdt", -7 } };
    int month = dates_month(word);

    if (word.len == 1)
        return use_letter(r, word.data[0]);
    if (month) {
        r->time.month = month;
        r->has_month = true;
        return true;
    }
    if (name_index(word, weekdays, COUNT_OF(weekdays)))
        return true;
    if (text_eq_nocase(word, span_of("am")) || text_eq_nocase(word, span_of("pm")))
        return half_of_day(r, text_lower_char(word.data[0]) == 'p');
    for (size_t i = 0; i < COUNT_OF(zones); i++)
        if (text_eq_nocase(word, span_of(zones[i].name)))
            return use_zone(r, zones[i].hours);
    return false;
}

static bool take_word(struct reading *r)
{
    size_t len = 0;
    struct span word;

    while (len < r->rest.len && isalpha((unsigned char)r->rest.data[len]))
        len++;
    word = span_make(r->rest.data, len);
    r->rest = span_from(r->rest, len);
    return use_word(r, word);
}

static bool take_part(struct reading *r)
{
    char c = r->rest.data[0];

    if (isspace((unsigned char)c) || c == ',' || c == '.' || c == '(' || c == ')')
        return take(r, c);
    if (isdigit((unsigned char)c))
        return take_number(r);
    if ((c == '+' || c == '-') && r->has_time)
        return take_offset(r);
    if (isalpha((unsigned char)c))
        return take_word(r);
    return false;
}

/* ---- the form in which data has dates ---- */

/* -1 = not two digits */
static int two_digits(const char *p)
{
    unsigned tens = (unsigned)(p[0] - '0'), ones = (unsigned)(p[1] - '0');

    return tens > 9 || ones > 9 ? -1 : (int)(tens * 10 + ones);
}

/* "2026-10-06" */
static bool iso_date(const char *p, struct local_time *out)
{
    int century = two_digits(p), year = two_digits(p + 2);
    int month = two_digits(p + 5), day = two_digits(p + 8);

    if ((century | year | month | day) < 0 || p[4] != '-' || p[7] != '-')
        return false;
    out->year = century * 100 + year;
    out->month = month;
    out->day = day;
    return true;
}

/* "09:30:00" */
static bool iso_time(const char *p, struct local_time *out)
{
    int hour = two_digits(p), minute = two_digits(p + 3), second = two_digits(p + 6);

    if ((hour | minute | second) < 0 || p[2] != ':' || p[5] != ':')
        return false;
    out->hour = hour;
    out->minute = minute;
    out->second = second;
    return true;
}

/* What may stand behind "09:30:00" when that is all of the time. */
static bool ends_time(char c)
{
    return !text_is_digit(c) && c != '.' && c != ',';
}

/* Takes YYYY-MM-DD alone, or YYYY-MM-DD[T ]HH:MM:SS, by fixed places; what is left behind these (an
 * offset) and all other forms are read part by part. */
static void take_iso(struct reading *r)
{
    const char *p = r->rest.data;
    size_t len = r->rest.len;
    bool timed = len >= 19 && (p[10] == 'T' || p[10] == ' ') && (len == 19 || ends_time(p[19]));
    struct local_time before = r->time;

    if (len != 10 && !timed)
        return;
    if (!iso_date(p, &r->time) || (timed && !iso_time(p + 11, &r->time))) {
        r->time = before;
        return;
    }
    r->has_year = r->has_month = r->has_day = true;
    r->has_time = timed;
    r->rest = span_from(r->rest, timed ? 19 : 10);
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
    static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && is_leap(year));
}

static bool in_range(const struct local_time *t)
{
    return t->month >= 1 && t->month <= 12 && t->day >= 1 && t->hour <= 24 && t->minute < 60 &&
           t->second <= 60 && t->year > 0 && t->day <= month_days(t->year, t->month);
}

static void fill_missing(struct reading *r, const struct zone *zone, int64_t now_ms)
{
    struct local_time now;

    if (r->has_year)
        return;
    zone_to_local(zone, now_ms, &now);
    r->time.year = now.year;
    if (!r->has_month)
        r->time.month = now.month;
    if (!r->has_day && !r->has_month)
        r->time.day = now.day;
}

/* The text has its own offset, and out->local: no zone is asked. */
static void place_fixed(struct moment *out)
{
    static const int16_t before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    struct local_time *t = &out->local;
    int64_t days = zone_days_of(t->year, t->month, t->day);
    int64_t seconds = t->hour * INT64_C(3600) + t->minute * INT64_C(60) + t->second;

    out->utc_ms = (days * 86400 + seconds - out->offset_s) * 1000 + t->ms;
    out->complete = t->hour < 24 && t->second < 60;
    t->weekday = (int)((days % 7 + 11) % 7);
    t->yearday = before[t->month - 1] + t->day + (t->month > 2 && is_leap(t->year));
    t->offset_s = out->offset_s;
    memcpy(t->abbreviation, out->utc ? "UTC" : "", out->utc ? 4 : 1);
}

#define HIGHEST_BITS UINT64_C(0x8080808080808080)

/* Eight characters, the first one lowest. */
static uint64_t load_eight(const char *p)
{
    uint64_t eight;

    memcpy(&eight, p, sizeof(eight));
    return le64toh(eight);
}

/* Eight characters at once. form: how they look when every digit is 0; adds: what a byte's difference
 * from it may be increased by without reaching its highest bit, "v" for a digit (up to 9) and DEL for
 * any other character (0). Then the byte of *pairs at which a digit stands is the number that it and
 * the next one make. */
static bool take_eight(const char *p, const char form[9], const char adds[9], uint64_t *pairs)
{
    uint64_t rest = load_eight(p) ^ load_eight(form);

    *pairs = rest * 10 + (rest >> 8);
    return (((rest + load_eight(adds)) | rest) & HIGHEST_BITS) == 0;
}

static int pair_at(uint64_t pairs, int at)
{
    return (int)(pairs >> 8 * at & 0xff);
}

bool dates_parse_utc(struct span text, struct local_time *out)
{
    const char *p = text.data;
    uint64_t month, hour, second;

    if (text.len != 20 || !take_eight(p, "0000-00-", "vvvv\177vv\177", &month) ||
        !take_eight(p + 8, p[10] == ' ' ? "00 00:00" : "00T00:00", "vv\177vv\177vv", &hour) ||
        !take_eight(p + 12, "0:00:00Z", "v\177vv\177vv\177", &second))
        return false;
    out->year = pair_at(month, 0) * 100 + pair_at(month, 2);
    out->month = pair_at(month, 5);
    out->day = pair_at(hour, 0);
    out->hour = pair_at(hour, 3);
    out->minute = pair_at(second, 2);
    out->second = pair_at(second, 5);
    return in_range(out) && out->hour < 24 && out->second < 60;
}

static bool parse_parts(struct reading *r, const struct zone *zone, int64_t now_ms)
{
    struct moment *out = r->out;

    *out = (struct moment){ 0 };
    r->time.month = r->time.day = 1;
    if (r->rest.len == 0 || r->rest.len > 64)
        return false;
    take_iso(r);
    while (r->rest.len)
        if (!take_part(r))
            return false;
    if (!r->has_year && !r->has_month && !r->has_day && !r->has_time)
        return false;
    fill_missing(r, zone, now_ms);
    if (!in_range(&r->time))
        return false;
    out->local = r->time;
    if (out->fixed)
        place_fixed(out);
    else
        out->utc_ms = zone_to_utc(zone, &r->time);
    return true;
}

static bool parse_any(struct span text, const struct zone *zone, int64_t now_ms, struct moment *out)
{
    struct reading r = { .rest = text_trim(text), .out = out };

    return parse_parts(&r, zone, now_ms);
}

bool dates_parse(struct span text, const struct zone *zone, int64_t now_ms, struct moment *out)
{
    *out = (struct moment){ .fixed = true, .utc = true };
    if (!dates_parse_utc(text, &out->local))
        return parse_any(text, zone, now_ms, out);
    place_fixed(out);
    return true;
}
