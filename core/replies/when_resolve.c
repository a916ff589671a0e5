/* core/replies/when_resolve.c - counts a bag out: its day (when_days.c), then edges, parts of the day
 * and the hour. Instants are local seconds; the zone comes in when.c. */
#include "core/replies/when_pieces.h"

static const struct when_hours office_hours = {
    .morning = { 9, 12 },
    .early = { 8, 10 },
    .lunch = { 12, 14 },
    .afternoon = { 13, 17 },
    .evening = { 17, 20 },
    .night = { 18, 24 },
};

/* ---- edges ---- */

/* In days from the start, by grain; 0 as an end = that of the whole. */
static const struct {
    int edge;
    enum when_grain grain;
    int from, to; /* days (weeks and months) or months (years and quarters) */
} edges[] = {
    { EDGE_EARLY, WHEN_WEEK, 0, 2 },    { EDGE_MID, WHEN_WEEK, 2, 4 },
    { EDGE_LATE, WHEN_WEEK, 4, 0 },     { EDGE_END, WHEN_WEEK, 4, 0 },
    { EDGE_EARLY, WHEN_MONTH, 0, 10 },  { EDGE_MID, WHEN_MONTH, 10, 20 },
    { EDGE_LATE, WHEN_MONTH, 20, 0 },   { EDGE_END, WHEN_MONTH, 20, 0 },
    { EDGE_HALF_1, WHEN_MONTH, 0, 15 }, { EDGE_HALF_2, WHEN_MONTH, 15, 0 },
    { EDGE_HALF_1, WHEN_WEEK, 0, 3 },   { EDGE_HALF_2, WHEN_WEEK, 2, 0 },
    { EDGE_HALF_1, WHEN_YEAR, 0, 6 },   { EDGE_HALF_2, WHEN_YEAR, 6, 0 },
    { EDGE_EARLY, WHEN_QUARTER, 0, 1 }, { EDGE_MID, WHEN_QUARTER, 1, 2 },
    { EDGE_LATE, WHEN_QUARTER, 2, 0 },  { EDGE_END, WHEN_QUARTER, 2, 0 },
    { EDGE_EARLY, WHEN_YEAR, 0, 3 },    { EDGE_MID, WHEN_YEAR, 4, 8 },
    { EDGE_LATE, WHEN_YEAR, 8, 0 },     { EDGE_END, WHEN_YEAR, 8, 0 },
};

static int64_t edge_point(struct stretch whole, int count)
{
    int64_t day = when_local_day(whole.start);

    return (whole.grain >= WHEN_QUARTER ? when_add_months(day, count) : day + count) * DAY_S;
}

static void edge_of_day(const struct parser *parser, int edge, struct stretch *out)
{
    static const int hours[][2] = {
        [EDGE_EARLY] = { 0, 12 },  [EDGE_MID] = { 10, 14 },   [EDGE_LATE] = { 15, 18 },
        [EDGE_END] = { 17, 24 },   [EDGE_LATER] = { 12, 24 }, [EDGE_EARLIER] = { 0, 12 },
        [EDGE_HALF_1] = { 0, 12 }, [EDGE_HALF_2] = { 12, 24 }
    };
    int64_t day = out->start;

    out->start = day + hours[edge][0] * HOUR_S;
    out->end = day + hours[edge][1] * HOUR_S;
    if (edge == EDGE_LATER && parser->now > out->start && parser->now < out->end)
        out->start = parser->now;
    out->grain = WHEN_HOUR;
}

/* "Later this week": from tomorrow on; of a longer whole that has just begun, from its middle on. */
static void rest_of(const struct parser *parser, struct stretch *out)
{
    int64_t tomorrow = (when_local_day(parser->now) + 1) * DAY_S,
            middle = out->start + (out->end - out->start) / 2;

    if (out->grain == WHEN_WEEK)
        out->end -= 2 * DAY_S;
    else if (out->grain >= WHEN_QUARTER)
        middle = edge_point(*out, out->grain == WHEN_YEAR ? 6 : 1);
    if (out->grain >= WHEN_QUARTER && middle > tomorrow)
        out->start = middle;
    else if (tomorrow > out->start && tomorrow < out->end)
        out->start = tomorrow;
    else if (tomorrow == out->end)
        out->start = tomorrow - DAY_S;
}

/* Who tells us "at the end of the month" means its last week, and of the year its last month. */
static void last_of(struct stretch whole, struct stretch *out)
{
    if (whole.grain == WHEN_MONTH)
        out->start = edge_point(whole, 23);
    else if (whole.grain == WHEN_YEAR)
        out->start = edge_point(whole, 11);
}

static void apply_edge(const struct parser *parser, const struct bag *bag, struct stretch *out)
{
    struct stretch whole = *out;

    if (out->grain < WHEN_DAY)
        return;
    if (out->grain == WHEN_DAY) {
        edge_of_day(parser, bag->edge, out);
        return;
    }
    if (bag->edge == EDGE_LATER)
        rest_of(parser, out);
    if (bag->edge == EDGE_EARLIER && parser->now > out->start && parser->now < out->end)
        out->end = parser->now;
    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
        if (edges[i].edge != bag->edge || edges[i].grain != whole.grain)
            continue;
        out->start = edge_point(whole, edges[i].from);
        out->end = edges[i].to > 0 ? edge_point(whole, edges[i].to) : whole.end;
    }
    if (bag->edge != EDGE_LATER && out->grain == WHEN_WEEK && out->end == whole.end)
        out->end -= 2 * DAY_S;
    if (!parser->env->literal && bag->edge == EDGE_END)
        last_of(whole, out);
    out->grain = whole.grain >= WHEN_QUARTER ? WHEN_MONTH : WHEN_DAY;
}

/* ---- the time of the day ---- */

static const int *part_hours(const struct parser *parser, int part)
{
    const struct when_hours *hours = parser->env->hours ? parser->env->hours : &office_hours;
    const int *all[] = { NULL,         hours->morning,   hours->early,
                         hours->lunch, hours->afternoon, hours->evening,
                         hours->night };

    return all[part];
}

/* "In the morning", said in the morning, is tomorrow's. */
static bool is_next_morning(const struct parser *parser, const struct bag *bag,
                            const struct stretch *morning)
{
    return !parser->env->literal && bag->part == PART_MORNING && morning->start <= parser->now &&
           bag->from > 0 && means(parser->tokens, bag->from, W_IN, NULL);
}

static void apply_part(const struct parser *parser, const struct bag *bag, struct stretch *out)
{
    const int *hours = part_hours(parser, bag->part);
    int64_t from = hours[0] * HOUR_S, to = hours[1] * HOUR_S, half = (from + to) / 2;

    if (bag->part == PART_MORNING && bag->part_edge == EDGE_EARLY) {
        hours = part_hours(parser, PART_EARLY);
        from = hours[0] * HOUR_S;
        to = hours[1] * HOUR_S;
    } else if (bag->part_edge == EDGE_EARLY || bag->part_edge == EDGE_EARLIER) {
        to = half;
    } else if (bag->part_edge >= EDGE_LATE || (bag->has & HAS_EDGE)) {
        from = half;
    }
    out->end = out->start + to;
    out->start += from;
    out->grain = WHEN_HOUR;
    if (!(bag->has & HAS_ANY_DATE) && parser->env->lean == WHEN_FUTURE &&
        (out->end <= parser->now || is_next_morning(parser, bag, out))) {
        out->start += DAY_S;
        out->end += DAY_S;
    }
}

static int hour_in_part(int hour, int part)
{
    if (part == PART_NIGHT)
        return hour >= 5 && hour < 12 ? hour + 12 : (hour == 12 ? 24 : hour);
    if (part == PART_AFTERNOON || part == PART_EVENING)
        return hour < 12 ? hour + 12 : (part == PART_EVENING ? 24 : 12);
    if (part == PART_LUNCH)
        return hour < 6 ? hour + 12 : hour;
    return hour == 12 ? 0 : hour;
}

static int hour_meant(const struct parser *parser, const struct bag *bag)
{
    int hour = bag->hour;
    int64_t now = parser->now - when_local_day(parser->now) * DAY_S;

    if (bag->meridiem == MERIDIEM_AM)
        return hour % 12;
    if (bag->meridiem == MERIDIEM_PM)
        return hour % 12 + 12;
    if (bag->meridiem == MERIDIEM_FIXED || hour > 12)
        return hour;
    if (bag->has & HAS_PART)
        return hour_in_part(hour, bag->part);
    if (parser->env->bare == WHEN_BARE_OFFICE)
        return hour >= 1 && hour <= 7 ? hour + 12 : hour;
    if (parser->env->bare == WHEN_BARE_NEXT && !(bag->has & HAS_ANY_DATE) && hour < 12 &&
        hour * HOUR_S + bag->minute * MINUTE_S <= now &&
        (hour + 12) * HOUR_S + bag->minute * MINUTE_S > now)
        return hour + 12;
    return hour;
}

static void apply_time(const struct parser *parser, const struct bag *bag, struct stretch *out)
{
    static const int64_t sizes[] = { 1, 60, HOUR_S };
    int64_t at = hour_meant(parser, bag) * HOUR_S + bag->minute * MINUTE_S + bag->second;

    if (out->grain < WHEN_DAY)
        out->start = when_local_day(out->start) * DAY_S;
    if (bag->has & HAS_SHIFT)
        out->start = when_local_day(out->start) * DAY_S;
    out->start += at;
    if (!(bag->has & HAS_ANY_DATE) && parser->env->lean == WHEN_FUTURE && out->start <= parser->now)
        out->start += DAY_S;
    out->grain = bag->time_grain;
    out->end = out->start + sizes[out->grain];
}

/* The weekend that a holiday lengthens, with it. */
static struct stretch long_weekend(int64_t day)
{
    int weekday = when_weekday(day);
    int64_t first = day, end = day + (8 - weekday) % 7;

    if (weekday == 1 || weekday == 2) {
        first = day - weekday - 1;
        end = day + 1;
    } else if (weekday == 0) {
        first = day - 1;
    }
    return (struct stretch){ first * DAY_S, end * DAY_S, WHEN_DAY };
}

static void widen(const struct bag *bag, struct stretch *out)
{
    bool weekend = bag->week_of ? bag->week != 0 : bag->around == UNIT_WEEKEND;
    int weekday = when_weekday(when_local_day(out->start));

    if (weekend && (bag->has & HAS_HOLIDAY))
        *out = long_weekend(when_local_day(out->start));
    else
        *out = when_unit_stretch(weekend ? UNIT_WEEKEND : WHEN_WEEK,
                                 weekend && (weekday == 1 || weekday == 2) ? -1 : 0, 1, out->start);
}

bool when_resolve(const struct parser *parser, const struct bag *bag, struct stretch *out,
                  struct stretch *other)
{
    *other = (struct stretch){ 0 };
    if (!when_resolve_date(parser, bag, out, other))
        return false;
    if (bag->week_of || bag->around)
        widen(bag, out);
    if ((bag->has & HAS_EDGE) && !(bag->has & (HAS_TIME | HAS_PART)))
        apply_edge(parser, bag, out);
    if (bag->has & HAS_TIME)
        apply_time(parser, bag, out);
    else if ((bag->has & HAS_PART) && out->grain <= WHEN_DAY)
        apply_part(parser, bag, out);
    if (other->start != other->end && (bag->has & HAS_TIME))
        apply_time(parser, bag, other);
    else if (other->start != other->end && (bag->has & HAS_PART))
        apply_part(parser, bag, other);
    return true;
}
