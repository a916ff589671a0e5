/* core/replies/when_days.c - which day, week, month or year a bag means: incomplete dates go by
 * env->lean. */
#include "core/replies/when_pieces.h"

#define SEASON_MONTHS 4 /* added to a season that is counted by months */

/* How far off a year may be in which weekday and date agree, before the weekday is a mistake. */
#define MATCH_S (550 * DAY_S)

static struct stretch day_stretch(int64_t day)
{
    return (struct stretch){ day * DAY_S, (day + 1) * DAY_S, WHEN_DAY };
}

static int64_t today(const struct parser *parser)
{
    return when_local_day(parser->now);
}

/* ---- one of a row: years, months ---- */

typedef bool one_of_row(const struct bag *bag, int index, struct stretch *out);

/* Which member of the row is meant: `from` holds the present one. */
static bool pick(const struct parser *parser, const struct bag *bag, one_of_row *row, int from,
                 struct stretch *out)
{
    int64_t start = today(parser) * DAY_S, best = INT64_MAX;
    enum when_lean lean = parser->env->lean;
    struct stretch one;

    for (int i = -14; i <= 14; i++) {
        int index = lean == WHEN_PAST ? from - i : from + i;
        int64_t far;

        if (!row(bag, index, &one))
            continue;
        if ((lean == WHEN_FUTURE && one.end <= start) || (lean == WHEN_PAST && one.start > start))
            continue;
        far = one.start > parser->now ? one.start - parser->now : parser->now - one.start;
        if (far >= best)
            continue;
        best = far;
        *out = one;
        if (lean != WHEN_NEAREST)
            break;
    }
    return best != INT64_MAX;
}

static bool row_month(const struct bag *bag, int year, struct stretch *out)
{
    *out = when_unit_stretch(WHEN_MONTH, 0, 1, zone_days_of(year, bag->month, 1) * DAY_S);
    return true;
}

static bool row_month_day(const struct bag *bag, int year, struct stretch *out)
{
    if (!when_day_exists(year, bag->month, bag->day))
        return false;
    *out = day_stretch(zone_days_of(year, bag->month, bag->day));
    return !(bag->has & HAS_WEEKDAY) || when_weekday(out->start / DAY_S) == bag->weekday ||
           when_weekday(when_local_day(out->start)) == bag->weekday;
}

static bool row_day(const struct bag *bag, int month, struct stretch *out)
{
    int year = month / 12;

    month = month % 12 + 1;
    if (!when_day_exists(year, month, bag->day))
        return false;
    *out = day_stretch(zone_days_of(year, month, bag->day));
    return !(bag->has & HAS_WEEKDAY) || when_weekday(when_local_day(out->start)) == bag->weekday;
}

static bool row_holiday(const struct bag *bag, int year, struct stretch *out)
{
    return when_holiday_in(bag->holiday, year, out);
}

static bool row_quarter(const struct bag *bag, int year, struct stretch *out)
{
    int64_t start = zone_days_of(year, 1, 1) * DAY_S;

    *out = bag->quarter > 4 ? when_unit_stretch(UNIT_HALF_YEAR, bag->quarter - 5, 1, start)
                            : when_unit_stretch(WHEN_QUARTER, bag->quarter - 1, 1, start);
    return true;
}

/* ISO 8601: week 1 holds 4 January. */
static bool row_week(const struct bag *bag, int year, struct stretch *out)
{
    *out = when_unit_stretch(WHEN_WEEK, bag->week - 1, 1, zone_days_of(year, 1, 4) * DAY_S);
    return true;
}

/* By the sun, or (from SEASON_MONTHS on) by the months people mean. */
static bool row_season(const struct bag *bag, int year, struct stretch *out)
{
    static const int months[] = { 4, 7, 10, 13 };

    if (bag->season >= SEASON_MONTHS) {
        int64_t first = zone_days_of(year, 3 + 3 * (bag->season - SEASON_MONTHS), 1);

        *out = (struct stretch){ first * DAY_S, when_add_months(first, 3) * DAY_S, WHEN_QUARTER };
        return true;
    }
    *out = when_unit_stretch(UNIT_SEASON, 0, 1,
                             zone_days_of(year, 1, 1) * DAY_S +
                                 (months[bag->season] - 1) * (31 * DAY_S));
    return true;
}

/* ---- nth of a whole ---- */

static struct stretch nth_weekday(const struct bag *bag, struct stretch whole)
{
    int64_t first = when_local_day(whole.start), last = when_local_day(whole.end) - 1;

    if (bag->nth_last)
        return day_stretch(last - (when_weekday(last) - bag->weekday + 7) % 7 -
                           WEEK_DAYS * (bag->nth - 1));
    return day_stretch(first + (bag->weekday - when_weekday(first) + 7) % 7 +
                       WEEK_DAYS * (bag->nth - 1));
}

/* The first day of the first week of the whole. */
static int64_t first_week(const struct parser *parser, struct stretch whole)
{
    int64_t first = when_local_day(whole.start), back = (when_weekday(first) + 6) % 7;

    if (parser->env->week == WHEN_WEEK_COUNTED)
        return first;
    if (parser->env->week == WHEN_WEEK_WHOLE)
        return first + (7 - back) % 7;
    return back <= 3 ? first - back : first - back + 7;
}

/* The first day of its last week. */
static int64_t last_week(const struct parser *parser, struct stretch whole)
{
    int64_t last = when_local_day(whole.end) - 1, days = (when_weekday(last) + 6) % 7 + 1;

    if (parser->env->week == WHEN_WEEK_COUNTED)
        return last - 6;
    if (days == 7 || (parser->env->week == WHEN_WEEK_ISO && days >= 4))
        return last + 1 - days;
    return last + 1 - days - 7;
}

static struct stretch nth_week(const struct parser *parser, const struct bag *bag,
                               struct stretch whole)
{
    int64_t first = bag->nth_last ? last_week(parser, whole) : first_week(parser, whole);

    if (bag->nth_last)
        first -= 7 * (int64_t)(bag->nth - 1 + bag->nth_count - 1);
    else
        first += 7 * (int64_t)(bag->nth - 1);
    return (struct stretch){ first * DAY_S, (first + 7 * (int64_t)bag->nth_count) * DAY_S,
                             WHEN_WEEK };
}

static struct stretch nth_in(const struct parser *parser, const struct bag *bag,
                             struct stretch whole)
{
    int unit = bag->nth_unit, count = bag->nth_count;
    struct stretch got;

    if (unit < 0)
        return nth_weekday(bag, whole);
    if (unit == WHEN_WEEK)
        return nth_week(parser, bag, whole);
    if (bag->nth_last) {
        got = when_unit_stretch(unit, -(bag->nth - 1) - (count - 1), count, whole.end - 1);
        if (unit == UNIT_WEEKEND && got.end > whole.end)
            got = when_unit_stretch(unit, -bag->nth, count, whole.end - 1);
        return got;
    }
    return when_unit_stretch(unit, bag->nth - 1, count, whole.start);
}

static struct stretch year_stretch(int year)
{
    return when_unit_stretch(WHEN_YEAR, 0, 1, zone_days_of(year, 1, 1) * DAY_S);
}

static int year_meant(const struct parser *parser, const struct bag *bag)
{
    if (bag->has & HAS_YEAR)
        return bag->year;
    return when_year_of(today(parser)) + bag->unit_offset;
}

static bool has_year(const struct bag *bag)
{
    return (bag->has & HAS_YEAR) || ((bag->has & HAS_UNIT) && bag->unit == WHEN_YEAR);
}

static bool resolve_nth(const struct parser *parser, const struct bag *bag, struct stretch *out)
{
    struct stretch whole;

    if (bag->has & HAS_MONTH) {
        if (has_year(bag))
            row_month(bag, year_meant(parser, bag), &whole);
        else if (!pick(parser, bag, row_month, when_year_of(today(parser)), &whole))
            return false;
    } else if (bag->has & HAS_UNIT) {
        whole = when_unit_stretch(bag->unit, bag->unit_offset, bag->unit_count, parser->now);
    } else if (bag->has & HAS_YEAR) {
        whole = year_stretch(bag->year);
    } else {
        whole = when_unit_stretch(WHEN_MONTH, 0, 1, parser->now);
    }
    *out = nth_in(parser, bag, whole);
    /* "the first Monday of the month", said on its 30th */
    if (!parser->env->past_ok && bag->unit_offset == 0 && !(bag->has & (HAS_MONTH | HAS_YEAR)) &&
        out->end <= parser->now) {
        whole = when_unit_stretch(bag->has & HAS_UNIT ? bag->unit : WHEN_MONTH, 1, bag->unit_count,
                                  parser->now);
        *out = nth_in(parser, bag, whole);
    }
    if (bag->nth_unit >= 0 && (bag->has & HAS_WEEKDAY))
        *out = day_stretch(when_local_day(out->start) +
                           (bag->weekday - when_weekday(when_local_day(out->start)) + 7) % 7);
    return out->start < whole.end;
}

/* ---- weekdays ---- */

static int64_t weekday_after(int64_t day, int weekday)
{
    return day + (weekday - when_weekday(day) + 6) % 7 + 1;
}

static int64_t weekday_in_week(int64_t day, int weekday)
{
    return day - (when_weekday(day) + 6) % 7 + (weekday + 6) % 7;
}

static int64_t lean_weekday(const struct parser *parser, int weekday)
{
    int64_t now = today(parser), next = weekday_after(now, weekday);

    if (parser->env->lean == WHEN_PAST)
        return next - 7 == now ? next - 14 : next - 7;
    if (parser->env->lean == WHEN_NEAREST && next - now > 3)
        return next - 7;
    return next;
}

/* Rule 3 of replies.md section 10; *other is the reading that was not taken. */
static int64_t next_weekday(const struct parser *parser, int weekday, int64_t *other)
{
    int64_t now = today(parser), coming = weekday_after(now, weekday);
    int64_t of_week = weekday_in_week(now + 7, weekday);
    int day = when_weekday(now);

    *other = coming == of_week ? coming + 7 : (coming + of_week) - of_week;
    if (parser->env->next == WHEN_NEXT_WEEK || day == 1 || day == 2) {
        *other = coming == of_week ? of_week : coming;
        return of_week;
    }
    if (coming - now >= 5) {
        *other = coming + 7;
        return coming;
    }
    *other = coming;
    return coming + 7;
}

static bool resolve_weekday(const struct parser *parser, const struct bag *bag, struct stretch *out,
                            struct stretch *other)
{
    int64_t now = today(parser), day, second;

    if (!(bag->has & HAS_WEEKDAY_MOD)) {
        day = lean_weekday(parser, bag->weekday);
    } else if (bag->weekday_mod == 1) {
        day = next_weekday(parser, bag->weekday, &second);
        if (second != day)
            *other = day_stretch(second);
    } else if (bag->weekday_mod == 0) {
        day = weekday_in_week(now, bag->weekday);
        if (day < now && parser->env->lean == WHEN_FUTURE)
            day += 7;
    } else if (bag->weekday_mod == 2) {
        day = weekday_after(now, bag->weekday);
    } else {
        day = weekday_after(now, bag->weekday) - 7;
        day -= day == now ? 7 : 0;
    }
    *out = day_stretch(bag->unit_after ? day + 7 : day);
    return true;
}

/* ---- months and days ---- */

/* "Friday 4/12" is the one of 4 December and 12 April that is a Friday. */
static bool resolve_turned(const struct parser *parser, const struct bag *bag, struct stretch *out)
{
    struct bag plain = *bag, turned;
    struct stretch straight;
    int year = when_year_of(today(parser));

    if (!bag->turnable || !(bag->has & HAS_WEEKDAY) || parser->env->literal)
        return false;
    plain.has &= ~(unsigned)HAS_WEEKDAY;
    turned = plain;
    turned.month = bag->day;
    turned.day = bag->month;
    if (has_year(bag))
        return (!row_month_day(&plain, bag->year, &straight) ||
                when_weekday(when_local_day(straight.start)) != bag->weekday) &&
               row_month_day(&turned, bag->year, out) &&
               when_weekday(when_local_day(out->start)) == bag->weekday;
    return (!pick(parser, &plain, row_month_day, year, &straight) ||
            when_weekday(when_local_day(straight.start)) != bag->weekday) &&
           pick(parser, &turned, row_month_day, year, out) &&
           when_weekday(when_local_day(out->start)) == bag->weekday;
}

static bool resolve_month(const struct parser *parser, const struct bag *bag, struct stretch *out)
{
    struct parser nearest = *parser;
    struct when_env env = *parser->env;
    struct bag plain = *bag;
    int year = when_year_of(today(parser));

    if (resolve_turned(parser, bag, out))
        return true;
    if (has_year(bag)) {
        plain.has &= ~(unsigned)HAS_WEEKDAY;
        if (bag->has & HAS_DAY)
            return row_month_day(&plain, year_meant(parser, bag), out);
        return row_month(bag, year_meant(parser, bag), out);
    }
    if (bag->month_mod == -1) {
        env.lean = WHEN_PAST;
        nearest.now = when_unit_stretch(WHEN_MONTH, -1, 1, parser->now).start;
        nearest.env = &env;
        return pick(&nearest, &plain, bag->has & HAS_DAY ? row_month_day : row_month, year, out);
    }
    if (bag->month_mod == 0 && parser->env->past_ok)
        return row_month(bag, year, out);
    if (!(bag->has & HAS_DAY)) {
        if (!pick(parser, bag, row_month, year, out))
            return false;
        return bag->unit_after ? row_month(bag, when_year_of(when_local_day(out->start)) + 1, out)
                               : true;
    }
    if (bag->has & HAS_WEEKDAY) {
        env.lean = env.past_ok ? WHEN_NEAREST : env.lean;
        nearest.env = &env;
        if (pick(&nearest, bag, row_month_day, year, out) && out->start - parser->now < MATCH_S &&
            parser->now - out->start < MATCH_S)
            return true;
    }
    plain.has &= ~(unsigned)HAS_WEEKDAY;
    return pick(parser, &plain, row_month_day, year, out);
}

static bool resolve_day(const struct parser *parser, const struct bag *bag, struct stretch *out)
{
    int year, month, date;
    struct bag plain = *bag;

    zone_date_of(today(parser), &year, &month, &date);
    if ((bag->has & HAS_UNIT) && bag->unit == WHEN_MONTH) {
        plain.has &= ~(unsigned)HAS_WEEKDAY;
        month += year * 12 - 1 + bag->unit_offset;
        /* "the first of the month", said on its 18th */
        return row_day(&plain, month, out) &&
               (parser->env->past_ok || bag->unit_offset != 0 || out->end > parser->now ||
                row_day(&plain, month + 1, out));
    }
    return pick(parser, bag, row_day, year * 12 + month - 1, out);
}

static bool resolve_holiday(const struct parser *parser, const struct bag *bag, struct stretch *out)
{
    int year = when_year_of(today(parser));
    struct parser leaning = *parser;
    struct when_env env = *parser->env;

    if (has_year(bag))
        return row_holiday(bag, year_meant(parser, bag), out);
    leaning.env = &env;
    if (bag->holiday_mod == -1) {
        env.lean = WHEN_PAST;
        leaning.now -= DAY_S;
    } else if (bag->holiday_mod == 1) {
        env.lean = WHEN_FUTURE;
    }
    return pick(&leaning, bag, row_holiday, year, out);
}

/* "In the autumn", said at its end, is the next one; "by the autumn" and "early autumn" are not. */
static bool is_nearly_over(const struct parser *parser, const struct bag *bag,
                           const struct stretch *one)
{
    const struct tokens *tokens = parser->tokens;
    size_t at = bag->from;

    if (parser->env->literal || parser->env->lean != WHEN_FUTURE || (bag->has & HAS_EDGE) ||
        parser->now - one->start <= (one->end - one->start) * 2 / 3)
        return false;
    while (at < bag->to && (means(tokens, at, W_THE, NULL) || means(tokens, at, W_IN, NULL)))
        at++;
    if (at < bag->to && means(tokens, at, W_MOD, NULL))
        return false;
    return bag->from == 0 || means(tokens, bag->from - 1, W_FROM, NULL) ||
           !when_is_bound(tokens, bag->from - 1);
}

static bool resolve_season(const struct parser *parser, const struct bag *bag, struct stretch *out)
{
    int year = when_year_of(today(parser));
    struct bag by_month = *bag;
    bool good;

    if (!parser->env->literal && bag->season < SEASON_MONTHS) {
        by_month.season += SEASON_MONTHS;
        return resolve_season(parser, &by_month, out);
    }
    good = has_year(bag) ? row_season(bag, year_meant(parser, bag), out)
                         : pick(parser, bag, row_season, year, out);
    if (good && !has_year(bag) && bag->holiday_mod == 2 && is_nearly_over(parser, bag, out))
        return row_season(bag, when_year_of(when_local_day(out->start)) + 1, out);
    if (good && bag->holiday_mod == 1 && out->start <= parser->now)
        return row_season(bag, when_year_of(when_local_day(out->start)) + 1, out);
    if (good && bag->holiday_mod == -1 && out->start > parser->now - 300 * DAY_S)
        return row_season(bag, when_year_of(when_local_day(out->start)) - (out->end > parser->now),
                          out);
    return good;
}

static bool resolve_decade(const struct bag *bag, struct stretch *out)
{
    int years = bag->decade < 0 ? 100 : 10,
        first = bag->decade < 0 ? -bag->decade - 1 : bag->decade;

    *out = (struct stretch){ zone_days_of(first, 1, 1) * DAY_S,
                             zone_days_of(first + years, 1, 1) * DAY_S, WHEN_YEAR };
    return true;
}

static bool resolve_yearly(const struct parser *parser, const struct bag *bag, one_of_row *row,
                           struct stretch *out)
{
    if (has_year(bag))
        return row(bag, year_meant(parser, bag), out);
    if (!pick(parser, bag, row, when_year_of(today(parser)), out))
        return false;
    return row != row_quarter || bag->quarter <= 4 || !is_nearly_over(parser, bag, out) ||
           row(bag, when_year_of(when_local_day(out->start)) + 1, out);
}

/* "In the next two weeks" begins now, not on a Monday. */
static void roll(const struct parser *parser, const struct bag *bag, struct stretch *out)
{
    static const struct {
        int unit, months, days;
    } units[] = { { WHEN_DAY, 0, 1 },   { WHEN_WEEK, 0, 7 },       { WHEN_MONTH, 1, 0 },
                  { WHEN_YEAR, 12, 0 }, { UNIT_FORTNIGHT, 0, 14 }, { WHEN_QUARTER, 3, 0 } };
    int count = bag->unit_count;

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && count <= 400; i++) {
        if (units[i].unit != bag->unit)
            continue;
        out->start = parser->now;
        out->end = (when_add_months(today(parser), units[i].months * count) +
                    (int64_t)units[i].days * count) *
                   DAY_S;
    }
}

static bool resolve_unit(const struct parser *parser, const struct bag *bag, struct stretch *out,
                         struct stretch *other)
{
    *out = when_unit_stretch(bag->unit, bag->unit_offset, bag->unit_count, parser->now);
    if (bag->as_now && bag->unit == WHEN_WEEK)
        *out = day_stretch(today(parser) + 7 * (int64_t)bag->unit_offset);
    if (bag->unit == WHEN_DAY && bag->unit_offset == 0 && (bag->has & HAS_WEEKDAY))
        return resolve_weekday(parser, bag, out, other);
    if (bag->rolling && bag->unit_offset > 0 && !parser->env->literal)
        roll(parser, bag, out);
    if ((bag->has & HAS_WEEKDAY) && out->grain == WHEN_WEEK)
        *out = day_stretch(weekday_in_week(when_local_day(out->start), bag->weekday));
    return true;
}

/* ---- shifts ---- */

static bool shifted_alone(const struct parser *parser, const struct bag *bag, struct stretch *out)
{
    int64_t start = when_shifted(parser->now, &bag->shift, 1);

    out->grain = bag->shift.grain < WHEN_DAY ? bag->shift.grain : WHEN_DAY;
    if (out->grain == WHEN_DAY && !parser->env->literal)
        start = when_local_day(start) * DAY_S;
    out->start = start;
    out->end = start + (out->grain == WHEN_DAY ? DAY_S : (out->grain == WHEN_SECOND ? 1 : 60));
    return true;
}

static bool resolve_shift(const struct parser *parser, const struct bag *bag, struct stretch *out,
                          struct stretch *other)
{
    struct bag rest = *bag;
    struct parser moved = *parser;
    bool past = bag->shift.months < 0 || bag->shift.days < 0 || bag->shift.workdays < 0 ||
                bag->shift.seconds < 0;

    rest.has &= ~(unsigned)HAS_SHIFT;
    if (!(rest.has & HAS_ANY_DATE))
        return shifted_alone(parser, bag, out);
    /* "today in one hour" */
    if ((rest.has & HAS_DATE) && bag->date == today(parser) && bag->shift.seconds > 0)
        return shifted_alone(parser, bag, out);
    if ((rest.has & HAS_DATE) || bag->shift_added || (past && (rest.has & HAS_WEEKDAY))) {
        if (!when_resolve_date(parser, &rest, out, other))
            return false;
        out->start = when_shifted(out->start, &bag->shift, 1);
        out->end = when_shifted(out->end, &bag->shift, 1);
        return true;
    }
    moved.now = when_shifted(parser->now, &bag->shift, 1);
    if (rest.has & HAS_WEEKDAY) {
        int64_t day = when_local_day(moved.now);
        day = bag->shift.weeks && bag->shift.months == 0 ? weekday_in_week(day, bag->weekday)
                                                         : weekday_after(day - 1, bag->weekday);
        *out = day_stretch(day);
        return true;
    }
    return when_resolve_date(&moved, &rest, out, other);
}

static bool resolve_stretch(const struct bag *bag, struct stretch *out)
{
    *out = bag->stretch;
    if ((bag->has & HAS_WEEKDAY) && out->grain == WHEN_DAY)
        *out = day_stretch(weekday_after(when_local_day(out->start) - 1, bag->weekday));
    return true;
}

bool when_resolve_date(const struct parser *parser, const struct bag *bag, struct stretch *out,
                       struct stretch *other)
{
    unsigned has = bag->has;

    if (has & HAS_SHIFT)
        return resolve_shift(parser, bag, out, other);
    if (has & HAS_STRETCH)
        return resolve_stretch(bag, out);
    if (has & HAS_NOW) {
        *out = (struct stretch){ parser->now, parser->now + 1, WHEN_SECOND };
        return true;
    }
    if ((has & HAS_DATE) && !((has & HAS_MONTH) && (has & HAS_DAY))) {
        *out = day_stretch(bag->date);
        return true;
    }
    if (has & HAS_HOLIDAY)
        return resolve_holiday(parser, bag, out);
    if (has & HAS_NTH)
        return resolve_nth(parser, bag, out);
    if (has & HAS_MONTH)
        return resolve_month(parser, bag, out);
    if (has & HAS_QUARTER)
        return resolve_yearly(parser, bag, row_quarter, out);
    if (has & HAS_WEEK) {
        if (!resolve_yearly(parser, bag, row_week, out))
            return false;
        if (has & HAS_WEEKDAY)
            *out = day_stretch(weekday_in_week(when_local_day(out->start), bag->weekday));
        return true;
    }
    if (has & HAS_SEASON)
        return resolve_season(parser, bag, out);
    if (has & HAS_DAY)
        return resolve_day(parser, bag, out);
    if (has & HAS_DECADE)
        return resolve_decade(bag, out);
    if (has & HAS_YEAR) {
        *out = year_stretch(bag->year);
        return true;
    }
    if (has & HAS_UNIT)
        return resolve_unit(parser, bag, out, other);
    if (has & HAS_WEEKDAY)
        return resolve_weekday(parser, bag, out, other);
    *out = day_stretch(today(parser));
    return true;
}
