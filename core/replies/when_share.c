/* core/replies/when_share.c - what the two sides of a range learn from each other: "3-4pm", "July
 * 13-15", "between 2 and 4 on Thursday". */
#include "core/replies/when_range.h"

void when_copy_date(struct bag *to, const struct bag *from)
{
    struct bag old = *to;

    *to = *from;
    to->has = (from->has & (HAS_ANY_DATE | HAS_PART | HAS_ZONE)) |
              (old.has & (HAS_TIME | HAS_ZONE | HAS_BARE | HAS_PART));
    if (old.has & HAS_PART) {
        to->part = old.part;
        to->part_edge = old.part_edge;
    }
    to->hour = old.hour;
    to->minute = old.minute;
    to->second = old.second;
    to->meridiem = old.meridiem;
    to->time_grain = old.time_grain;
    to->bare = old.bare;
    to->from = old.from;
    to->to = old.to;
    if (old.has & HAS_ZONE)
        to->zone_minutes = old.zone_minutes;
}

void when_copy_time(struct bag *to, const struct bag *from)
{
    to->has |= from->has & (HAS_TIME | HAS_PART);
    to->hour = from->hour;
    to->minute = from->minute;
    to->second = from->second;
    to->meridiem = from->meridiem;
    to->time_grain = from->time_grain;
    if (!(from->has & HAS_PART))
        return;
    to->part = from->part;
    to->part_edge = from->part_edge;
}

void when_bare_to_hour(struct bag *bag)
{
    if (!(bag->has & HAS_BARE) || bag->bare > 24)
        return;
    bag->has = (bag->has & ~(unsigned)HAS_BARE) | HAS_TIME;
    bag->hour = bag->bare;
    bag->minute = bag->second = 0;
    bag->meridiem = bag->bare > 12 ? MERIDIEM_FIXED : MERIDIEM_NONE;
    bag->time_grain = WHEN_HOUR;
}

static void bare_to_day(struct bag *bag, const struct bag *month)
{
    if (!(bag->has & HAS_BARE))
        return;
    bag->has = (bag->has & ~(unsigned)HAS_BARE) | HAS_DAY;
    bag->day = bag->bare;
    if (month->has & HAS_MONTH) {
        bag->has |= HAS_MONTH;
        bag->month = month->month;
    } else if (month->has & HAS_UNIT) {
        bag->has |= HAS_UNIT;
        bag->unit = month->unit;
        bag->unit_offset = month->unit_offset;
    }
}

static bool is_whole_month(const struct bag *bag)
{
    return (bag->has & HAS_MONTH) || ((bag->has & HAS_UNIT) && bag->unit == WHEN_MONTH);
}

/* "3-4pm": the first hour takes the half of the day from the second, if that keeps the order. */
static void share_meridiem(struct bag *left, struct bag *right)
{
    if (right->meridiem == MERIDIEM_NONE && (right->has & HAS_PART) && !(left->has & HAS_PART)) {
        left->has |= HAS_PART;
        left->part = right->part;
    }
    if (left->meridiem == MERIDIEM_NONE &&
        (right->meridiem == MERIDIEM_AM || right->meridiem == MERIDIEM_PM)) {
        int first = left->hour % 12, second = right->hour % 12;

        if (first * 60 + left->minute <= second * 60 + right->minute || right->hour == 12)
            left->meridiem = right->meridiem;
        else
            left->meridiem = right->meridiem == MERIDIEM_PM ? MERIDIEM_AM : MERIDIEM_PM;
        if (right->hour == 12 && left->hour < 12)
            left->meridiem = right->meridiem == MERIDIEM_PM ? MERIDIEM_AM : MERIDIEM_PM;
    }
}

/* Tells bare numbers on both sides what they are. false: they are no times. */
bool when_settle_bares(struct bag *left, struct bag *right, bool led)
{
    unsigned bare = (left->has | right->has) & HAS_BARE;

    if (!bare)
        return true;
    if ((left->has & HAS_BARE) && !(left->has & HAS_TIME) &&
        ((is_whole_month(right) && !(right->first & HAS_TIME) &&
          !((right->has & HAS_BARE) && (right->has & HAS_DAY))) ||
         left->bare_digits == 3)) {
        bare_to_day(left, right);
        bare_to_day(right, right);
        return left->day >= 1;
    }
    if ((left->has & HAS_DAY) && (right->has & HAS_BARE) && !(left->has & (HAS_TIME | HAS_BARE)) &&
        (is_whole_month(left) || right->bare_digits == 3 || (left->has & HAS_WEEKDAY))) {
        bare_to_day(right, left);
        return right->day >= 1 && right->day <= 31;
    }
    if ((left->has & HAS_BARE) && (right->has & HAS_BARE) && !led &&
        !((left->has | right->has) & (HAS_DATE | HAS_WEEKDAY | HAS_PART | HAS_HOLIDAY | HAS_DAY)))
        return false;
    if (((left->has & HAS_BARE) && left->bare > 24) ||
        ((right->has & HAS_BARE) && right->bare > 24))
        return false;
    when_bare_to_hour(left);
    when_bare_to_hour(right);
    return true;
}

/* Each side learns from the other what it leaves out. false: they do not go together. */
bool when_share(struct bag *left, struct bag *right)
{
    unsigned date = HAS_ANY_DATE & ~(unsigned)HAS_YEAR;

    if ((left->has & HAS_TIME) && (right->has & HAS_TIME))
        share_meridiem(left, right);
    if ((right->has & HAS_YEAR) && (left->has & HAS_MONTH) && !(left->has & HAS_YEAR) &&
        (right->has & HAS_MONTH)) {
        bool turn =
            left->month > right->month || (left->month == right->month && left->day > right->day);
        left->has |= HAS_YEAR;
        left->year = right->year - turn;
    }
    if ((left->has & HAS_DAY) && !(left->has & (HAS_MONTH | HAS_WEEKDAY | HAS_UNIT)) &&
        (right->has & HAS_DAY) && (right->has & HAS_MONTH)) {
        left->has |= HAS_MONTH | (right->has & HAS_YEAR);
        left->month = right->month;
        left->year = right->year;
    }
    if ((left->has & HAS_MONTH) && (right->has & HAS_DAY) && !(right->has & HAS_MONTH)) {
        right->has |= HAS_MONTH;
        right->month = left->month;
        if (right->has & HAS_YEAR)
            left->year = right->year;
        else
            right->year = left->year;
        right->has |= left->has & HAS_YEAR;
        left->has |= right->has & HAS_YEAR;
    }
    if (!(left->has & date) && (right->has & date) && (left->has & (HAS_TIME | HAS_PART)) &&
        (right->has & (HAS_TIME | HAS_PART | HAS_DATE)) && !(left->has & HAS_YEAR)) {
        bool timed = (right->has & (HAS_TIME | HAS_PART)) != 0;
        if (timed)
            when_copy_date(left, right);
    } else if (!(right->has & HAS_ANY_DATE) && (left->has & HAS_ANY_DATE)) {
        if (!(right->has & (HAS_TIME | HAS_PART)))
            return false;
        when_copy_date(right, left);
    } else if ((left->has & date) && !(left->has & (HAS_TIME | HAS_PART)) &&
               (right->has & HAS_TIME) && (left->has & (HAS_DAY | HAS_WEEKDAY | HAS_DATE))) {
        when_copy_time(left, right);
    }
    return true;
}

/* Puts the end behind the start: half a day, a day, a week or a year later. */
void when_order(const struct bag *right, struct stretch *from, struct stretch *to)
{
    int64_t half = DAY_S / 2;

    if (to->start >= from->start)
        return;
    if (right->has & HAS_TIME) {
        int64_t step =
            right->meridiem == MERIDIEM_NONE && to->start + half > from->start ? half : DAY_S;
        if (to->start + step > from->start || from->start - to->start <= DAY_S) {
            to->start += step;
            to->end += step;
            return;
        }
    }
    if (right->has & HAS_YEAR)
        return;
    if (right->has & HAS_WEEKDAY) {
        while (to->start < from->start) {
            int64_t weeks = (from->start - to->start) / (7 * DAY_S) + 1;
            to->start += weeks * 7 * DAY_S;
            to->end += weeks * 7 * DAY_S;
        }
    } else if (right->has & HAS_MONTH) {
        int64_t day = when_add_months(when_local_day(to->start), 12);
        to->end += day * DAY_S - when_local_day(to->start) * DAY_S;
        to->start += day * DAY_S - when_local_day(to->start) * DAY_S;
    }
}
