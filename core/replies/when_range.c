/* core/replies/when_range.c - bounds, ranges and alternatives around bags: "from 13 to 15 July",
 * "between 2 and 4 on Thursday", "not before March", "Mon or Wed after 2". */
#include "core/replies/when_range.h"

#include "core/base/attr.h"
#include "core/replies/when_pieces.h"

/* ---- bounds ---- */

static const struct {
    enum word_class class;
    enum bound bound;
} bound_words[] = {
    { W_UNTIL, BOUND_UNTIL },   { W_THROUGH, BOUND_THROUGH }, { W_BY, BOUND_BY },
    { W_BEFORE, BOUND_BEFORE }, { W_WITHIN, BOUND_WITHIN },   { W_AFTER, BOUND_AFTER },
    { W_SINCE, BOUND_SINCE },   { W_START, BOUND_SINCE },     { W_RETURN, BOUND_RETURN },
    { W_FROM, BOUND_SINCE },    { W_BETWEEN, BOUND_SINCE },
};

/* Bounds of several words. */
static const struct {
    const char *words[4];
    enum bound bound;
} bound_phrases[] = {
    { { "no", "later", "than", NULL }, BOUND_BY },
    { { "no", "earlier", "than", NULL }, BOUND_SINCE },
    { { "not", "earlier", "than", NULL }, BOUND_SINCE },
    { { "not", "later", "than", NULL }, BOUND_BY },
    { { "later", "than", NULL, NULL }, BOUND_AFTER },
    { { "earlier", "than", NULL, NULL }, BOUND_BEFORE },
    { { "greater", "than", NULL, NULL }, BOUND_AFTER },
    { { "as", "early", "as", NULL }, BOUND_SINCE },
    { { "as", "late", "as", NULL }, BOUND_BY },
    { { "as", "of", NULL, NULL }, BOUND_SINCE },
    { { "any", "time", "from", NULL }, BOUND_SINCE },
    { { "any", "time", "after", NULL }, BOUND_AFTER },
    { { "anytime", "after", NULL, NULL }, BOUND_AFTER },
    { { "prior", "to", NULL, NULL }, BOUND_BEFORE },
    { { "back", "on", NULL, NULL }, BOUND_RETURN },
    { { "back", "in", NULL, NULL }, BOUND_RETURN },
};

static size_t phrase_bound(const struct tokens *tokens, size_t at, enum bound *bound)
{
    for (size_t i = 0; i < COUNT_OF(bound_phrases); i++) {
        size_t n = 0;

        while (n < 4 && bound_phrases[i].words[n] &&
               is_word(tokens, at + n, bound_phrases[i].words[n]))
            n++;
        if (n < 4 && bound_phrases[i].words[n])
            continue;
        *bound = bound_phrases[i].bound;
        /* The small word may belong to the expression: "in two weeks". */
        return *bound == BOUND_RETURN ? 1 : n;
    }
    return 0;
}

static size_t read_bound(const struct tokens *tokens, size_t at, struct statement *out)
{
    size_t next = at, used;
    struct shift length;

    if (means(tokens, next, W_NOT, NULL) &&
        (means(tokens, next + 1, W_BEFORE, NULL) || means(tokens, next + 1, W_UNTIL, NULL) ||
         means(tokens, next + 1, W_BY, NULL))) {
        out->negated = true;
        next++;
    }
    used = phrase_bound(tokens, next, &out->bound);
    if (used > 0)
        return next + used - at;
    /* "after 5 days" is an expression. */
    if (means(tokens, next, W_AFTER, NULL) && when_length(tokens, next + 1, &length) > 0)
        return 0;
    for (size_t i = 0; i < COUNT_OF(bound_words); i++) {
        if (!means(tokens, next, bound_words[i].class, NULL))
            continue;
        if (bound_words[i].class == W_START && means(tokens, next + 1, W_OF, NULL))
            return 0;
        out->bound = bound_words[i].bound;
        next++;
        if (means(tokens, next, W_ON, NULL))
            next++;
        if (means(tokens, next, W_INCLUSIVE, NULL) || is_word(tokens, next, "including")) {
            out->bound = BOUND_THROUGH;
            next++;
        }
        if (means(tokens, next, W_FROM, NULL) ||
            (means(tokens, next, W_TO, NULL) && out->bound == BOUND_BEFORE))
            next++;
        return next - at;
    }
    return 0;
}

/* ---- ranges ---- */

static size_t range_joint(const struct tokens *tokens, size_t at, bool between)
{
    if (is_sign(tokens, at, '-') || means(tokens, at, W_TO, NULL) ||
        means(tokens, at, W_UNTIL, NULL))
        return means(tokens, at + 1, W_TO, NULL) ? 2 : 1;
    if (means(tokens, at, W_THROUGH, NULL))
        return 1;
    return between && means(tokens, at, W_AND, NULL) ? 1 : 0;
}

static void copy_date(struct bag *to, const struct bag *from)
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

static void copy_time(struct bag *to, const struct bag *from)
{
    to->has |= from->has & (HAS_TIME | HAS_PART);
    to->hour = from->hour;
    to->minute = from->minute;
    to->second = from->second;
    to->meridiem = from->meridiem;
    to->time_grain = from->time_grain;
    to->part = from->part;
    to->part_edge = from->part_edge;
}

static void bare_to_hour(struct bag *bag)
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
static bool settle_bares(struct bag *left, struct bag *right, bool led)
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
    if ((left->has & HAS_DAY) && (right->has & HAS_BARE) && !(left->has & HAS_TIME) &&
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
    bare_to_hour(left);
    bare_to_hour(right);
    return true;
}

/* Each side learns from the other what it leaves out. false: they do not go together. */
static bool share(struct bag *left, struct bag *right)
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
        right->has |= HAS_MONTH | (left->has & HAS_YEAR);
        right->month = left->month;
        right->year = left->year;
    }
    if (!(left->has & date) && (right->has & date) && (left->has & (HAS_TIME | HAS_PART)) &&
        (right->has & (HAS_TIME | HAS_PART | HAS_DATE)) && !(left->has & HAS_YEAR)) {
        bool timed = (right->has & (HAS_TIME | HAS_PART)) != 0;
        if (timed)
            copy_date(left, right);
    } else if (!(right->has & HAS_ANY_DATE) && (left->has & HAS_ANY_DATE)) {
        if (!(right->has & (HAS_TIME | HAS_PART)))
            return false;
        copy_date(right, left);
    } else if ((left->has & date) && !(left->has & (HAS_TIME | HAS_PART)) &&
               (right->has & HAS_TIME) && (left->has & (HAS_DAY | HAS_WEEKDAY | HAS_DATE))) {
        copy_time(left, right);
    }
    return true;
}

/* Puts the end behind the start: half a day, a day, a week or a year later. */
static void order(const struct bag *right, struct stretch *from, struct stretch *to)
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
        int64_t day = when_add_months(when_day_of(to->start), 12);
        to->end += day * DAY_S - when_day_of(to->start) * DAY_S;
        to->start += day * DAY_S - when_day_of(to->start) * DAY_S;
    }
}

/* A year alone on both sides: "2014-2018". */
static size_t year_range(const struct parser *parser, size_t at, struct statement *out)
{
    const struct tokens *tokens = parser->tokens;
    const struct token *left = &tokens->items[at], *right;
    size_t used = range_joint(tokens, at + 1, out->bound == BOUND_SINCE);

    if (left->kind != TOKEN_NUMBER || left->digits[0] != 4 || used == 0 || out->bound == BOUND_NONE)
        return 0;
    right = &tokens->items[at + 1 + used];
    if (right->kind != TOKEN_NUMBER || right->digits[0] != 4 || left->number[0] < 1500 ||
        right->number[0] < left->number[0] || right->number[0] > 2500)
        return 0;
    out->all[0] = (struct stretch){ zone_days_of(left->number[0], 1, 1) * DAY_S,
                                    zone_days_of(right->number[0] + 1, 1, 1) * DAY_S, WHEN_YEAR };
    out->ranged = true;
    out->count = 1;
    out->has = HAS_YEAR;
    return used + 2;
}

/* The second side of a range; *left is what was read before it. false: there is none. */
static bool read_range(const struct parser *parser, struct bag *left, struct statement *out)
{
    const struct tokens *tokens = parser->tokens;
    bool led = out->bound == BOUND_SINCE || left->led,
         through = means(tokens, left->to, W_THROUGH, NULL);
    size_t joint = range_joint(tokens, left->to, led);
    struct stretch from, to, none;
    struct bag right, first = *left;

    if (joint == 0 || !when_bag_read(parser, left->to + joint, &right))
        return false;
    if (!settle_bares(&first, &right, led) || !share(&first, &right))
        return false;
    if (!when_bag_settle(&first) || !when_bag_settle(&right))
        return false;
    if (!when_resolve(parser, &first, &from, &out->other) ||
        !when_resolve(parser, &right, &to, &none))
        return false;
    /* A next-year start pulls an end behind it. */
    order(&right, &from, &to);
    if (to.start < from.start)
        return false;
    out->ranged = true;
    out->inclusive = through;
    out->all[0] = from;
    out->all[0].end = to.grain < WHEN_DAY ? to.start : to.end;
    if (out->all[0].end <= from.start)
        out->all[0].end = to.end;
    out->count = 1;
    out->has = first.has | right.has;
    out->fuzzy = first.fuzzy || right.fuzzy;
    out->has_zone = ((first.has | right.has) & HAS_ZONE) != 0;
    out->zone_minutes = right.has & HAS_ZONE ? right.zone_minutes : first.zone_minutes;
    left->to = right.to;
    return true;
}

/* ---- what follows ---- */

static void keep_first(const struct bag *bag, struct stretch one, struct statement *out)
{
    out->all[0] = one;
    out->count = 1;
    out->has = bag->has;
    out->fuzzy = out->fuzzy || bag->fuzzy;
    out->has_zone = (bag->has & HAS_ZONE) != 0;
    out->zone_minutes = bag->zone_minutes;
}

/* "tomorrow before 5pm", "Thursday after 3": a bound between the day and the hour. */
static bool read_inner_bound(const struct parser *parser, struct bag *bag, struct statement *out)
{
    struct statement inner = { 0 };
    struct bag time;
    size_t used;

    if (!(bag->has & HAS_ANY_DATE) || (bag->has & HAS_TIME))
        return false;
    used = read_bound(parser->tokens, bag->to, &inner);
    if (used == 0 || inner.bound == BOUND_RETURN || inner.bound == BOUND_WITHIN ||
        !when_bag_read(parser, bag->to + used, &time))
        return false;
    bare_to_hour(&time);
    if (!(time.has & HAS_TIME) || (time.has & HAS_ANY_DATE))
        return false;
    copy_time(bag, &time);
    bag->to = time.to;
    if (inner.bound == BOUND_SINCE && range_joint(parser->tokens, time.to, true))
        out->bound = BOUND_SINCE;
    else
        out->bound = inner.bound;
    return true;
}

static size_t alternative_joint(const struct tokens *tokens, size_t at)
{
    size_t next = at;

    if (is_sign(tokens, next, ','))
        next++;
    if (means(tokens, next, W_OR, NULL) || means(tokens, next, W_AND, NULL))
        next++;
    return next - at;
}

static void read_alternatives(const struct parser *parser, struct bag *first, struct statement *out)
{
    size_t end = out->to;
    struct bag bag;
    struct stretch none;

    while (out->count < WHEN_MAX_CHOICES) {
        size_t joint = alternative_joint(parser->tokens, end);

        if (joint == 0 || !when_bag_read(parser, end + joint, &bag))
            return;
        if (!(bag.has & HAS_ANY_DATE) && (first->has & HAS_TIME) &&
            (bag.has & (HAS_BARE | HAS_TIME))) {
            bare_to_hour(&bag);
            if (first->has & HAS_ANY_DATE)
                copy_date(&bag, first);
        }
        if (!when_bag_settle(&bag) || !(bag.has & (HAS_ANY_DATE | HAS_TIME)) ||
            !when_resolve(parser, &bag, &out->all[out->count], &none))
            return;
        if (bag.has & HAS_SHIFT)
            return;
        out->count++;
        end = bag.to;
        out->to = end;
        /* "Mon or Wed after 2": the hour holds for all of them. */
        if (!(bag.has & HAS_TIME) && !(first->has & HAS_TIME) &&
            read_inner_bound(parser, &bag, out)) {
            copy_time(first, &bag);
            if (when_resolve(parser, first, &out->all[0], &none) &&
                when_resolve(parser, &bag, &out->all[out->count - 1], &none))
                out->to = bag.to;
            return;
        }
    }
}

static void read_tail(const struct tokens *tokens, struct statement *out)
{
    size_t next = out->to;

    if (is_sign(tokens, next, '(') || is_sign(tokens, next, ','))
        next++;
    if (means(tokens, next, W_INCLUSIVE, NULL)) {
        out->inclusive = true;
        out->to = next + 1;
        return;
    }
    if (is_word(tokens, next, "onwards") || is_word(tokens, next, "onward")) {
        out->bound = BOUND_SINCE;
        out->to = next + 1;
    } else if ((means(tokens, next, W_OR, NULL) || means(tokens, next, W_AND, NULL)) &&
               (is_word(tokens, next + 1, "later") || is_word(tokens, next + 1, "after") ||
                is_word(tokens, next + 1, "thereafter")) &&
               (out->bound == BOUND_NONE) &&
               (tokens->items[next + 2].kind != TOKEN_WORD || is_word(tokens, next + 1, "later"))) {
        out->bound = BOUND_SINCE;
        out->to = next + 2;
    }
}

/* ---- the statement ---- */

static size_t soon(const struct tokens *tokens, size_t at)
{
    if (means(tokens, at, W_SOON, NULL))
        return 1;
    return is_word(tokens, at, "as") && is_word(tokens, at + 1, "soon") &&
                   is_word(tokens, at + 2, "as") && is_word(tokens, at + 3, "possible")
               ? 4
               : 0;
}

/* "every Monday", "each day at 3pm", "daily", "mornings" */
static size_t repetition(const struct parser *parser, size_t at, struct statement *out)
{
    const struct tokens *tokens = parser->tokens;
    size_t next = at, used;
    int unit = WHEN_DAY, count;

    if (means(tokens, at, W_PERIODIC, &unit) || means(tokens, at, W_PARTS, NULL)) {
        out->period = unit <= WHEN_YEAR ? (enum when_grain)unit : WHEN_YEAR;
        return 1;
    }
    if (tokens->items[at].kind == TOKEN_WORD && tokens->items[at].lower.len > 5 &&
        means(tokens, at, W_WEEKDAY, NULL) &&
        tokens->items[at].lower.data[tokens->items[at].lower.len - 1] == 's') {
        out->period = WHEN_WEEK;
        return 1;
    }
    if ((is_word(tokens, at, "once") || is_word(tokens, at, "twice") ||
         is_word(tokens, at, "one")) &&
        (means(tokens, at + 1, W_A, NULL) || is_word(tokens, at + 1, "per")) &&
        (used = when_unit(tokens, at + 2, &unit)) > 0) {
        out->period = unit <= WHEN_YEAR ? (enum when_grain)unit : WHEN_YEAR;
        return used + 2;
    }
    if (!means(tokens, next, W_EVERY, NULL))
        return 0;
    next++;
    if (is_word(tokens, next, "other"))
        next++;
    else
        next += when_number(tokens, next, &count);
    if ((used = when_unit(tokens, next, &unit)) > 0) {
        bool any = is_word(tokens, at, "any") || is_word(tokens, at, "all");
        if (any && unit != UNIT_WEEKEND && unit != WHEN_YEAR && unit != UNIT_WORKDAY)
            return 0;
        out->period = unit == UNIT_WORKDAY
                          ? WHEN_DAY
                          : (unit <= WHEN_YEAR ? (enum when_grain)unit : WHEN_WEEK);
        return next + used - at;
    }
    if (is_word(tokens, at, "any") || is_word(tokens, at, "all"))
        return 0;
    if (means(tokens, next, W_WEEKDAY, NULL))
        out->period = WHEN_WEEK;
    else if (means(tokens, next, W_PART, NULL))
        out->period = WHEN_DAY;
    else
        return 0;
    return next + 1 - at;
}

static bool read_repetition(const struct parser *parser, size_t at, struct statement *out)
{
    const struct tokens *tokens = parser->tokens;
    size_t used = repetition(parser, at, out), next = at + used;
    struct bag bag, time;
    int weekday;

    if (used == 0)
        return false;
    bag = (struct bag){ .from = at, .to = next, .unit_count = 1, .nth_count = 1, .month_mod = 2 };
    if (means(tokens, next - 1, W_WEEKDAY, &weekday)) {
        bag.has = HAS_WEEKDAY;
        bag.weekday = weekday & ~WORD_WEAK;
    } else {
        bag.has = HAS_DATE;
        bag.date = when_day_of(parser->now);
    }
    if (means(tokens, next - 1, W_PART, &bag.part) || means(tokens, next - 1, W_PARTS, &bag.part) ||
        means(tokens, next, W_PARTS, &bag.part))
        bag.has |= HAS_PART;
    if (means(tokens, next, W_PARTS, NULL))
        next++;
    if (when_bag_read(parser, next, &time)) {
        bare_to_hour(&time);
        if ((time.has & (HAS_TIME | HAS_PART)) && !(time.has & HAS_ANY_DATE)) {
            copy_time(&bag, &time);
            next = time.to;
        }
    }
    out->repeated = true;
    out->to = next;
    out->from = at;
    if (!when_resolve(parser, &bag, &out->all[0], &out->other))
        return false;
    out->count = 1;
    out->has = bag.has;
    if ((bag.has & (HAS_TIME | HAS_PART)) && out->all[0].end <= parser->now) {
        out->all[0].start += DAY_S;
        out->all[0].end += DAY_S;
    }
    out->other = (struct stretch){ 0 };
    return true;
}

/* Only a length: "six months", "a couple of days". */
static bool read_length(const struct parser *parser, size_t at, struct statement *out)
{
    const struct tokens *tokens = parser->tokens;
    struct shift shift;
    size_t used = when_length(tokens, at, &shift);
    bool within = out->bound == BOUND_WITHIN;
    int64_t end;

    /* "a second round" */
    if (used == 2 && is_word(tokens, at, "a") && is_word(tokens, at + 1, "second") &&
        tokens->items[at + 2].kind == TOKEN_WORD)
        return false;
    if (used == 0 || (out->bound != BOUND_NONE && !within))
        return false;
    end = when_shifted(parser->now, &shift, 1);
    if (!parser->env->literal && shift.grain >= WHEN_DAY)
        end = when_day_of(end) * DAY_S;
    out->all[0] =
        within ? (struct stretch){ parser->now, end, shift.grain }
               : (struct stretch){ end, end + 60, shift.grain < WHEN_DAY ? shift.grain : WHEN_DAY };
    out->count = 1;
    out->reckoned = !within;
    out->has = HAS_SHIFT;
    out->fuzzy = shift.fuzzy;
    out->to = at + used;
    return true;
}

static size_t over_small_words(const struct tokens *tokens, size_t at, enum bound bound)
{
    size_t next = at, limit = at + (bound == BOUND_RETURN ? 4 : 2);

    while (next < limit &&
           (means(tokens, next, W_ON, NULL) || (bound == BOUND_WITHIN && means(tokens, next, W_THE, NULL)) ||
            (bound == BOUND_WITHIN && means(tokens, next, W_MOD, NULL)) ||
            (bound == BOUND_RETURN &&
             (means(tokens, next, W_TO, NULL) || is_word(tokens, next, "work") ||
              is_word(tokens, next, "office") ||
              (means(tokens, next, W_IN, NULL) && means(tokens, next + 1, W_THE, NULL))))))
        next++;
    if (means(tokens, next, W_THE, NULL) && is_word(tokens, next + 1, "year") &&
        tokens->items[next + 2].digits[0] == 4)
        next += 2;
    else if (is_word(tokens, next, "year") && tokens->items[next + 1].digits[0] == 4)
        next++;
    return next;
}

bool when_statement_read(const struct parser *parser, size_t at, struct statement *out)
{
    const struct tokens *tokens = parser->tokens;
    struct stretch one;
    struct bag bag;
    size_t next, used;

    *out = (struct statement){ .from = at };
    if (read_repetition(parser, at, out))
        return true;
    *out = (struct statement){ .from = at };
    if ((used = soon(tokens, at)) > 0) {
        out->bound = BOUND_SOON;
        out->all[0] = (struct stretch){ parser->now, parser->now + 1, WHEN_SECOND };
        out->count = 1;
        out->has = HAS_NOW;
        out->to = at + used;
        return true;
    }
    next = at + read_bound(tokens, at, out);
    next = over_small_words(tokens, next, out->bound);
    if ((used = year_range(parser, next, out)) > 0) {
        out->to = next + used;
        return true;
    }
    if (out->bound == BOUND_WITHIN || !when_bag_read(parser, next, &bag))
        return read_length(parser, next, out);
    /* "after 5 days" is one expression, not a bound. */
    if (!read_range(parser, &bag, out)) {
        if (read_inner_bound(parser, &bag, out) && read_range(parser, &bag, out)) {
            out->bound = BOUND_NONE;
        } else {
            if (out->bound != BOUND_NONE && bag.has == HAS_BARE &&
                when_may_follow(tokens, bag.to) && out->bound != BOUND_RETURN)
                bare_to_hour(&bag);
            if (!when_bag_settle(&bag) || !when_resolve(parser, &bag, &one, &out->other))
                return read_length(parser, next, out);
            keep_first(&bag, one, out);
        }
    }
    out->to = bag.to;
    if (!out->ranged)
        read_alternatives(parser, &bag, out);
    read_tail(tokens, out);
    return true;
}
