/* core/base/zone_rule.c - the POSIX TZ rule of a zone file's footer, for the times behind its last
 * listed change. See zone_file.h. */
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/base/zone_file.h"

#define DAY_S 86400
#define MAX_RULE_HOURS 167 /* RFC 8536 section 3.3.1; POSIX has 24 */

static bool take(struct span *rest, char c)
{
    if (rest->len == 0 || rest->data[0] != c)
        return false;
    *rest = span_from(*rest, 1);
    return true;
}

static bool is_letter(char c)
{
    c = text_lower_char(c);
    return c >= 'a' && c <= 'z';
}

/* "CET" or "<+0330>"; longer ones than we can show are cut. */
static bool take_name(struct span *rest, char out[ZONE_ABBREVIATION_BYTES])
{
    bool quoted = take(rest, '<');
    size_t len = 0, keep;

    while (len < rest->len && (quoted ? rest->data[len] != '>' : is_letter(rest->data[len])))
        len++;
    if (len < 3 || (quoted && len == rest->len))
        return false;
    keep = len < ZONE_ABBREVIATION_BYTES ? len : ZONE_ABBREVIATION_BYTES - 1;
    memcpy(out, rest->data, keep);
    out[keep] = '\0';
    *rest = span_from(*rest, quoted ? len + 1 : len);
    return true;
}

static bool take_number(struct span *rest, int min, int max, int *out)
{
    size_t len = 0;
    int64_t value;

    while (len < rest->len && len < 4 && rest->data[len] >= '0' && rest->data[len] <= '9')
        len++;
    if (!text_to_int(span_make(rest->data, len), min, max, &value))
        return false;
    *out = (int)value;
    *rest = span_from(*rest, len);
    return true;
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static bool take_time(struct span *rest, int max_hours, int *out)
{
    bool negative = take(rest, '-');
    int hours, minutes = 0, seconds = 0;

    if (!negative)
        take(rest, '+');
    if (!take_number(rest, 0, max_hours, &hours))
        return false;
    if (take(rest, ':') && !take_number(rest, 0, 59, &minutes))
        return false;
    if (take(rest, ':') && !take_number(rest, 0, 59, &seconds))
        return false;
    *out = hours * 3600 + minutes * 60 + seconds;
    if (negative)
        *out = -*out;
    return true;
}

static bool take_date(struct span *rest, struct zone_day *out)
{
    if (take(rest, 'M')) {
        out->form = 'M';
        return take_number(rest, 1, 12, &out->month) && take(rest, '.') &&
               take_number(rest, 1, 5, &out->week) && take(rest, '.') &&
               take_number(rest, 0, 6, &out->day);
    }
    if (take(rest, 'J')) {
        out->form = 'J';
        return take_number(rest, 1, 365, &out->day);
    }
    out->form = 'n';
    return take_number(rest, 0, 365, &out->day);
}

static bool take_day(struct span *rest, struct zone_day *out)
{
    out->time_s = 2 * 3600;
    return take(rest, ',') && take_date(rest, out) &&
           (!take(rest, '/') || take_time(rest, MAX_RULE_HOURS, &out->time_s));
}

/* Name and offset; POSIX counts west of Greenwich. */
static bool take_type(struct span *rest, struct zone_type *out)
{
    int west_s;

    if (!take_name(rest, out->abbreviation) || !take_time(rest, 24, &west_s))
        return false;
    out->offset_s = -west_s;
    return true;
}

static bool take_summer(struct span *rest, struct zone_rule *out)
{
    struct span before = *rest;

    out->has_dst = true;
    if (!take_type(rest, &out->summer)) {
        *rest = before;
        if (!take_name(rest, out->summer.abbreviation))
            return false;
        out->summer.offset_s = out->standard.offset_s + 3600;
    }
    out->summer.dst = true;
    return take_day(rest, &out->start) && take_day(rest, &out->end);
}

bool zone_rule_parse(struct span text, struct zone_rule *out)
{
    *out = (struct zone_rule){ .present = true };
    return take_type(&text, &out->standard) && (text.len == 0 || take_summer(&text, out)) &&
           text.len == 0;
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days since 1970 of the n-th weekday of a month. */
static int64_t nth_weekday(int year, const struct zone_day *day)
{
    int64_t first = zone_days_of(year, day->month, 1);
    int64_t next_month = zone_days_of(year, day->month + 1, 1);
    int64_t first_weekday = ((first + 4) % 7 + 7) % 7;
    int64_t found = first + (day->day - first_weekday + 7) % 7 + INT64_C(7) * (day->week - 1);

    while (found >= next_month)
        found -= 7;
    return found;
}

static int64_t day_in_year(int year, const struct zone_day *day)
{
    int64_t new_year = zone_days_of(year, 1, 1);

    if (day->form == 'M')
        return nth_weekday(year, day);
    if (day->form == 'n')
        return new_year + day->day;
    return new_year + day->day - 1 + (is_leap(year) && day->day > 59);
}

static int64_t start_of_summer(const struct zone_rule *rule, int year)
{
    return day_in_year(year, &rule->start) * DAY_S + rule->start.time_s - rule->standard.offset_s;
}

static int64_t end_of_summer(const struct zone_rule *rule, int year)
{
    return day_in_year(year, &rule->end) * DAY_S + rule->end.time_s - rule->summer.offset_s;
}

/* The six changes of three years around utc_s: the last one that has passed says what holds, the
 * first to come says until when. Summer time all year ends at the instant it starts: the start wins. */
struct zone_period zone_rule_period(const struct zone_rule *rule, int64_t utc_s)
{
    struct zone_period found = { .type = &rule->standard, .until = INT64_MAX };
    int64_t last = INT64_MIN;
    int year, month, day;

    if (!rule->has_dst)
        return found;
    zone_date_of((utc_s - (utc_s % DAY_S + DAY_S) % DAY_S) / DAY_S, &year, &month, &day);
    for (int y = year - 1; y <= year + 1; y++) {
        int64_t start = start_of_summer(rule, y), end = end_of_summer(rule, y);
        if (end <= utc_s && end > last) {
            last = end;
            found.type = &rule->standard;
        }
        if (start <= utc_s && start >= last) {
            last = start;
            found.type = &rule->summer;
        }
        if (start > utc_s && start < found.until)
            found.until = start;
        if (end > utc_s && end < found.until)
            found.until = end;
    }
    return found;
}
