/* core/replies/when_repeat.c - what comes back: "every Monday", "each day at 3pm", "daily",
 * "mornings". */
#include <string.h>

#include "core/replies/when_range.h"

/* "Mondays"; "lunes" and "mercredis" are not asked. */
static bool is_plural(const struct tokens *tokens, size_t at)
{
    struct span word = tokens->items[at].lower;

    return means(tokens, at, W_WEEKDAY, NULL) && word.len > 6 &&
           memcmp(word.data + word.len - 4, "days", 4) == 0;
}

/* "two weekends", "my weekends": these name none. */
static bool is_counted(const struct tokens *tokens, size_t at)
{
    int count;

    return when_number(tokens, at, &count) > 0 || means(tokens, at, W_MOD, NULL) ||
           means(tokens, at, W_EVERY, NULL) || is_word(tokens, at, "my") ||
           is_word(tokens, at, "your") || is_word(tokens, at, "our");
}

/* "[any] morning", but not "any morning next week". */
static bool is_part_alone(const struct tokens *tokens, size_t at)
{
    return means(tokens, at, W_PART, NULL) && !means(tokens, at + 1, W_MOD, NULL) &&
           !means(tokens, at + 1, W_REL_DAY, NULL) && !means(tokens, at + 1, W_WEEKDAY, NULL) &&
           !means(tokens, at + 1, W_ON, NULL) && !means(tokens, at + 1, W_IN, NULL);
}

/* The next working day, or Saturday; today when it is one. */
static int64_t first_of(bool weekends, int64_t today)
{
    while ((when_weekday(today) % 6 == 0) != weekends)
        today++;
    return today;
}

/* "Mondays [and Fridays]": whichever comes first. */
static size_t other_days(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    int64_t today = when_local_day(parser->now);
    int weekday;
    size_t next = at;

    for (int n = 0; n < 6; n++) {
        size_t joint = next;

        joint += is_sign(tokens, joint, ',') || is_sign(tokens, joint, '/');
        joint += means(tokens, joint, W_AND, NULL) || means(tokens, joint, W_OR, NULL);
        if (joint == next || !means(tokens, joint, W_WEEKDAY, &weekday) ||
            (is_sign(tokens, joint - 1, ',') && !is_plural(tokens, joint)))
            break;
        weekday &= ~WORD_WEAK;
        if ((weekday - when_weekday(today) + 6) % 7 < (bag->weekday - when_weekday(today) + 6) % 7)
            bag->weekday = weekday;
        next = joint + 1;
    }
    return next - at;
}

/* "every Monday", "each day at 3pm", "daily", "mornings" */
static size_t repetition(const struct parser *parser, size_t at, struct statement *out)
{
    const struct tokens *tokens = parser->tokens;
    size_t next = at, used;
    int unit = WHEN_DAY, count;

    if (means(tokens, at, W_PERIODIC, &unit) ||
        (means(tokens, at, W_PARTS, NULL) &&
         !(at > 0 && when_number(tokens, at - 1, &count) > 0))) {
        out->period = unit <= WHEN_YEAR ? (enum when_grain)unit : WHEN_YEAR;
        return 1;
    }
    if (is_plural(tokens, at) ||
        (means(tokens, at, W_WEEKDAY, NULL) && means(tokens, at + 1, W_PARTS, NULL))) {
        out->period = WHEN_WEEK;
        return 1;
    }
    if (is_word(tokens, at, "weekends") || is_word(tokens, at, "weekdays")) {
        bool counted = at > 0 && is_counted(tokens, at - 1);

        out->period = is_word(tokens, at, "weekends") ? WHEN_WEEK : WHEN_DAY;
        return counted ? 0 : 1;
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
    else if ((used = when_ordinal(tokens, next, &count)) > 0 &&
             (means(tokens, next + used, W_WEEKDAY, NULL) ||
              when_unit(tokens, next + used, &unit) > 0))
        next += used;
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
    if (is_word(tokens, at, "all") || (is_word(tokens, at, "any") && !is_part_alone(tokens, next)))
        return 0;
    if (means(tokens, next, W_WEEKDAY, NULL))
        out->period = WHEN_WEEK;
    else if (means(tokens, next, W_MONTH, NULL) && next == at + 1 && !is_word(tokens, at, "any"))
        out->period = WHEN_YEAR;
    else if (means(tokens, next, W_PART, NULL))
        out->period = WHEN_DAY;
    else
        return 0;
    return next + 1 - at;
}

/* "on Mondays", "in on Mondays", "at weekends" */
static size_t over_lead(const struct tokens *tokens, size_t at)
{
    size_t next = at;

    while (next < at + 2 && (means(tokens, next, W_ON, NULL) || means(tokens, next, W_AT, NULL) ||
                             is_word(tokens, next, "in")))
        next++;
    return next > at && (is_plural(tokens, next) ||
                         (means(tokens, next, W_WEEKDAY, NULL) &&
                          means(tokens, next + 1, W_PARTS, NULL)) ||
                         is_word(tokens, next, "weekends") || is_word(tokens, next, "weekdays"))
               ? next - at
               : 0;
}

bool when_repetition_read(const struct parser *parser, size_t at, struct statement *out)
{
    const struct tokens *tokens = parser->tokens;
    size_t lead = over_lead(tokens, at), used = repetition(parser, at + lead, out),
           next = at + lead + used;
    struct bag bag, time;
    int weekday;

    if (used == 0)
        return false;
    bag = (struct bag){ .from = at, .to = next, .unit_count = 1, .nth_count = 1, .month_mod = 2 };
    if (out->period == WHEN_YEAR && means(tokens, next - 1, W_MONTH, &bag.month)) {
        bag.has = HAS_MONTH;
        bag.month &= ~(WORD_WEAK | WORD_FOREIGN);
    } else if (means(tokens, next - 1, W_WEEKDAY, &weekday)) {
        bag.has = HAS_WEEKDAY;
        bag.weekday = weekday & ~WORD_WEAK;
        next += other_days(parser, next, &bag);
    } else if (is_word(tokens, at + lead, "weekends") || is_word(tokens, at + lead, "weekdays")) {
        bag.has = HAS_DATE;
        bag.date = first_of(is_word(tokens, at + lead, "weekends"), when_local_day(parser->now));
    } else {
        bag.has = HAS_DATE;
        bag.date = when_local_day(parser->now);
    }
    if (means(tokens, next - 1, W_PART, &bag.part) || means(tokens, next - 1, W_PARTS, &bag.part) ||
        means(tokens, next, W_PARTS, &bag.part) ||
        (bag.has == HAS_WEEKDAY && means(tokens, next, W_PART, &bag.part)))
        bag.has |= HAS_PART;
    if (means(tokens, next, W_PARTS, NULL) ||
        ((bag.has & HAS_WEEKDAY) && means(tokens, next, W_PART, NULL)))
        next++;
    if (when_bag_read(parser, next, &time)) {
        when_bare_to_hour(&time);
        if (out->period >= WHEN_WEEK && bag.has == HAS_DATE &&
            (time.has & (HAS_DAY | HAS_WEEKDAY | HAS_NTH))) {
            time.from = at;
            bag = time;
            next = time.to;
        } else if ((time.has & (HAS_TIME | HAS_PART)) && !(time.has & HAS_ANY_DATE)) {
            when_copy_time(&bag, &time);
            next = time.to;
        }
    }
    out->repeated = true;
    out->to = bag.to = next;
    out->from = at;
    if (when_hours_read(parser, &bag, out)) {
        out->to = bag.to;
    } else if (!when_resolve(parser, &bag, &out->all[0], &out->other)) {
        return false;
    }
    out->count = 1;
    out->has = bag.has;
    if ((bag.has & (HAS_TIME | HAS_PART)) && out->all[0].end <= parser->now) {
        out->all[0].start += DAY_S;
        out->all[0].end += DAY_S;
    }
    out->other = (struct stretch){ 0 };
    return true;
}
