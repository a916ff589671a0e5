/* core/replies/when_calendar.c - dates and units of local time, without any zone. */
#include "core/replies/when_bag.h"

#define MAX_YEAR 9000

int64_t when_local_day(int64_t seconds)
{
    return seconds >= 0 ? seconds / DAY_S : -((DAY_S - 1 - seconds) / DAY_S);
}

int when_weekday(int64_t day)
{
    return (int)(((day + 4) % 7 + 7) % 7);
}

int when_year_of(int64_t day)
{
    int year, month, date;

    zone_date_of(day, &year, &month, &date);
    return year;
}

static int days_in(int year, int month)
{
    return (int)(zone_days_of(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
                 zone_days_of(year, month, 1));
}

bool when_day_exists(int year, int month, int day)
{
    return month >= 1 && month <= 12 && day >= 1 && year > -MAX_YEAR && year < MAX_YEAR &&
           day <= days_in(year, month);
}

static int clamp(int64_t value, int limit)
{
    if (value > limit)
        return limit;
    return value < -limit ? -limit : (int)value;
}

int64_t when_add_months(int64_t day, int months)
{
    int year, month, date, all;

    zone_date_of(day, &year, &month, &date);
    all = year * 12 + month - 1 + clamp(months, MAX_YEAR * 12);
    year = clamp(all >= 0 ? all / 12 : -((11 - all) / 12), MAX_YEAR);
    month = ((all % 12) + 12) % 12 + 1;
    return zone_days_of(year, month, date > days_in(year, month) ? days_in(year, month) : date);
}

/* The day that many working days on, or back. */
static int64_t over_workdays(int64_t day, int count)
{
    int step = count < 0 ? -1 : 1;

    for (int left = clamp((int64_t)count * step, 1000); left > 0;) {
        day += step;
        left -= when_weekday(day) % 6 != 0;
    }
    return day;
}

int64_t when_shifted(int64_t from, const struct shift *shift, int sign)
{
    int64_t day = when_local_day(from), rest = from - day * DAY_S;

    day = when_add_months(day, sign * shift->months) + (int64_t)sign * shift->days;
    day = over_workdays(day, sign * shift->workdays);
    return day * DAY_S + rest + sign * shift->seconds;
}

/* The first day of the month-like unit of `months` months that holds `day`, moved by `offset`. */
static int64_t month_start(int64_t day, int months, int64_t offset)
{
    int year, month, date;

    zone_date_of(day, &year, &month, &date);
    if (months <= 12)
        month = (month - 1) / months * months + 1;
    else
        year -= (year % (months / 12) + months / 12) % (months / 12);
    return when_add_months(zone_days_of(year, months > 12 ? 1 : month, 1),
                           clamp(offset * months, MAX_YEAR * 12));
}

static struct stretch of_days(int64_t from, int64_t to, enum when_grain grain)
{
    return (struct stretch){ from * DAY_S, to * DAY_S, grain };
}

static struct stretch of_months(int64_t today, int months, int offset, int count)
{
    static const struct {
        int months;
        enum when_grain grain;
    } grains[] = { { 1, WHEN_MONTH }, { 3, WHEN_QUARTER }, { 6, WHEN_QUARTER }, { 0, WHEN_YEAR } };
    size_t i = 0;

    while (grains[i].months && grains[i].months != months)
        i++;
    return of_days(month_start(today, months, offset),
                   month_start(today, months, (int64_t)offset + count), grains[i].grain);
}

/* Skips Saturdays and Sundays; "next 4 business days" begins tomorrow. */
static struct stretch workdays(int64_t today, int offset, int count)
{
    int step = offset < 0 ? -1 : 1;
    int64_t day = today, first = 0;

    for (int left = count > 400 ? 400 : count; left > 0;) {
        day += step;
        if (when_weekday(day) == 0 || when_weekday(day) == 6)
            continue;
        first = first ? first : day;
        left--;
    }
    return step > 0 ? of_days(first, day + 1, WHEN_DAY) : of_days(day, first + 1, WHEN_DAY);
}

/* Meteorology is left to others: seasons begin at the solstices and equinoxes, as they are called
 * "first day of". */
static struct stretch season(int64_t today, int offset)
{
    static const int first[4][2] = { { 3, 20 }, { 6, 21 }, { 9, 23 }, { 12, 21 } };
    int year = when_year_of(today), at = 3;
    int64_t index;
    int64_t ends[2];

    while (at >= 0 && today < zone_days_of(year, first[at][0], first[at][1]))
        at--;
    index = (int64_t)year * 4 + at + offset;
    for (int i = 0; i < 2; i++) {
        int64_t which = index + i;
        ends[i] =
            zone_days_of(clamp(which / 4, MAX_YEAR), first[which & 3][0], first[which & 3][1]);
    }
    return of_days(ends[0], ends[1], WHEN_QUARTER);
}

struct stretch when_unit_stretch(int unit, int offset, int count, int64_t now)
{
    static const int months[] = {
        [WHEN_MONTH] = 1,    [WHEN_QUARTER] = 3,    [WHEN_YEAR] = 12,
        [UNIT_DECADE] = 120, [UNIT_CENTURY] = 1200, [UNIT_HALF_YEAR] = 6
    };
    static const int64_t sizes[] = { 1, 60, HOUR_S };
    int64_t today = when_local_day(now), monday = today - (when_weekday(today) + 6) % 7;

    offset = clamp(offset, 100000);
    count = clamp(count, 100000);
    if (unit <= WHEN_HOUR) {
        int64_t size = sizes[unit], start = (now - ((now % size) + size) % size) + offset * size;
        return (struct stretch){ start, start + count * size, (enum when_grain)unit };
    }
    if (unit == WHEN_DAY)
        return of_days(today + offset, today + offset + count, WHEN_DAY);
    if (unit == WHEN_WEEK || unit == UNIT_FORTNIGHT) {
        int64_t size = unit == WHEN_WEEK ? 7 : 14;
        return of_days(monday + offset * size, monday + (offset + count) * size, WHEN_WEEK);
    }
    if (unit == UNIT_WEEKEND)
        return of_days(monday + offset * WEEK_DAYS + 5, monday + (offset + count) * WEEK_DAYS,
                       WHEN_DAY);
    if (unit == UNIT_WORKWEEK)
        return of_days(monday + offset * WEEK_DAYS, monday + (offset + count) * WEEK_DAYS - 2,
                       WHEN_WEEK);
    if (unit == UNIT_WORKDAY)
        return workdays(today, offset, count);
    if (unit == UNIT_SEASON)
        return season(today, offset);
    return of_months(today, months[unit], offset, count);
}
