/* core/replies/when_shift.c - lengths counted from somewhere: "in 3 days", "2 weeks ago", "a week
 * after tomorrow", "+15 minutes". */
#include "core/replies/when_pieces.h"

#include "core/base/attr.h"

static size_t put_shift(struct bag *bag, const struct shift *shift, int sign, size_t used)
{
    bag->has |= HAS_SHIFT;
    bag->shift = *shift;
    bag->shift.months *= sign;
    bag->shift.days *= sign;
    bag->shift.workdays *= sign;
    bag->shift.seconds *= sign;
    bag->fuzzy = bag->fuzzy || shift->fuzzy;
    return used;
}

/* "in [less than] 2 weeks", "in [at least] a month" */
static size_t over_measure(const struct tokens *tokens, size_t at)
{
    static const char *const pairs[][2] = { { "less", "than" }, { "more", "than" },
                                            { "at", "least" },  { "at", "most" },
                                            { "under", NULL },  { "over", NULL } };

    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (is_word(tokens, at, pairs[i][0]) &&
            (!pairs[i][1] || is_word(tokens, at + 1, pairs[i][1])))
            return pairs[i][1] ? 2 : 1;
    return 0;
}

/* "in about 3 days", "within the next 2 weeks", "+2 months" */
/* Dutch "over twee weken"; English "over two weeks" is no such thing. */
static bool is_dutch_over(const struct tokens *tokens, size_t at)
{
    static const char *const units[] = { "weken", "dagen", "maanden", "maand", "jaar",
                                         "uur",   "uren",  "minuten", "dag" };
    struct shift shift;
    size_t used = is_word(tokens, at, "over") ? when_length(tokens, at + 1, &shift) : 0;

    for (size_t i = 0; used > 0 && i < COUNT_OF(units); i++)
        if (is_word(tokens, at + used, units[i]))
            return true;
    return used > 0 && is_word(tokens, at + 1, "een");
}

/* "call me in 10" */
static size_t bare_minutes(const struct tokens *tokens, size_t at, struct shift *out)
{
    static const char *const verbs[] = { "call", "ring", "phone", "back", "try", "ping" };
    const struct token *number = &tokens->items[at + 1];

    if (!is_word(tokens, at, "in") || number->kind != TOKEN_NUMBER || number->number[0] < 1 ||
        number->number[0] > 60 || number[1].kind != TOKEN_END)
        return 0;
    for (size_t back = at, n = 0; back > 0 && n < 2; n++) {
        back--;
        for (size_t i = 0; i < COUNT_OF(verbs); i++) {
            if (!is_word(tokens, back, verbs[i]))
                continue;
            *out = (struct shift){ .seconds = number->number[0] * MINUTE_S, .grain = WHEN_MINUTE };
            return 1;
        }
    }
    return 0;
}

static size_t led_length(const struct tokens *tokens, size_t at, struct bag *bag)
{
    const struct token *token = &tokens->items[at];
    struct shift shift;
    size_t next = at + 1, used;
    int sign = 1;

    if (token->kind == TOKEN_SIGN && (token->sign == '+' || token->sign == '-')) {
        if (!tokens->items[next].glued || token->glued)
            return 0;
        sign = token->sign == '-' ? -1 : 1;
        bag->shift_added = bag->to == at && sign > 0;
    } else if (!means(tokens, at, W_IN, NULL) && !means(tokens, at, W_AFTER, NULL) &&
               !is_dutch_over(tokens, at)) {
        return 0;
    }
    if (is_word(tokens, at, "daqui") && is_word(tokens, next, "a"))
        next++;
    next += over_measure(tokens, next);
    if (means(tokens, next, W_ABOUT, NULL) || is_word(tokens, next, "de"))
        next += 1 + is_sign(tokens, next + 1, '.');
    used = when_length(tokens, next, &shift);
    if (used == 0 && (used = bare_minutes(tokens, at, &shift)) > 0)
        return put_shift(bag, &shift, 1, 1 + used);
    if (means(tokens, at, W_AFTER, NULL) && is_word(tokens, next + 1, "uur"))
        return 0; /* "na drie uur" is after three o'clock */
    if (used == 0 || means(tokens, next + used, W_AFTER, NULL) ||
        means(tokens, next + used, W_SINCE, NULL) || means(tokens, next + used, W_FROM, NULL))
        return 0;
    next += used;
    if (is_sign(tokens, next, '\'') && is_word(tokens, next + 1, "s"))
        next += 2;
    if (is_word(tokens, next, "time"))
        next++;
    return put_shift(bag, &shift, sign, next - at);
}

#define MAX_DEPTH 2 /* "a day after a day after ..." */

/* What a length is counted from: the bag behind "after". */
static size_t counted_from(const struct parser *parser, size_t at, const struct shift *shift,
                           struct bag *bag)
{
    struct stretch base, none;
    struct parser inner = *parser;
    struct bag other;
    bool lasting = shift->lasting && means(parser->tokens, at, W_FROM, NULL);
    int sign = means(parser->tokens, at, W_BEFORE, NULL) ? -1 : 1;
    bool day = shift->grain >= WHEN_DAY;

    inner.depth++;
    if (inner.depth > MAX_DEPTH || !when_bag_read(&inner, at + 1, &other) || other.to - at > 12 ||
        !when_bag_settle(&other) || !when_resolve(parser, &other, &base, &none))
        return 0;
    if (shift->grain == WHEN_DAY && shift->days == 0 && shift->months == 0 &&
        !(other.has & (HAS_DAY | HAS_HOLIDAY | HAS_DATE | HAS_MONTH)))
        return 0; /* "Monday after lunch" */
    bag->has |= HAS_STRETCH | (other.has & HAS_ZONE);
    if ((other.has & HAS_DATE) && (other.has & HAS_WEEKDAY)) {
        bag->has |= HAS_WEEKDAY;
        bag->weekday = other.weekday;
    }
    bag->stretch.grain = base.grain < WHEN_DAY ? base.grain : shift->grain;
    if (day && bag->stretch.grain > WHEN_DAY)
        bag->stretch.grain = WHEN_DAY;
    bag->stretch.start = when_shifted(base.start, shift, sign);
    bag->stretch.end = bag->stretch.start + (base.grain < WHEN_DAY ? base.end - base.start : DAY_S);
    bag->fuzzy = bag->fuzzy || shift->fuzzy;
    if (lasting && (parser->env->literal || shift->grain < WHEN_DAY)) {
        bag->stretch.end = bag->stretch.start;
        bag->stretch.start = base.start;
        bag->lasting = true;
    }
    return other.to - at;
}

/* "the day after tomorrow": a unit alone counts as one. */
static size_t length_or_unit(const struct tokens *tokens, size_t at, struct shift *out)
{
    static const struct {
        int unit, months, days;
        int64_t seconds;
    } units[] = { { WHEN_DAY, 0, 1, 0 },
                  { WHEN_WEEK, 0, 7, 0 },
                  { WHEN_MONTH, 1, 0, 0 },
                  { WHEN_YEAR, 12, 0, 0 },
                  { WHEN_MINUTE, 0, 0, 60 } };
    size_t used = when_length(tokens, at, out), named;
    int unit;

    if (used > 0 || (at > 0 && means(tokens, at - 1, W_EVERY, NULL)) ||
        (named = when_unit(tokens, at, &unit)) == 0 ||
        !(means(tokens, at + named, W_AFTER, NULL) || means(tokens, at + named, W_BEFORE, NULL)))
        return used;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (units[i].unit != unit)
            continue;
        *out = (struct shift){ .months = units[i].months,
                               .days = units[i].days,
                               .seconds = units[i].seconds,
                               .grain = (enum when_grain)unit };
        return named;
    }
    return 0;
}

/* "a week on Friday", "two weeks today", "a month tomorrow"; "for a week on Friday" is not. */
static bool is_to_day(const struct tokens *tokens, size_t at, size_t next,
                      const struct shift *shift)
{
    int days;

    if (!(shift->weeks || shift->months > 0) || shift->seconds > 0 ||
        (at > 0 && (means(tokens, at - 1, W_FOR, NULL) || means(tokens, at - 1, W_IN, NULL))))
        return false;
    if (means(tokens, next, W_REL_DAY, &days))
        return days == 0 || days == 1;
    return means(tokens, next, W_ON, NULL) && means(tokens, next + 1, W_WEEKDAY, NULL);
}

/* "the Monday after Easter", "Friday before the 10th", "the week after Thanksgiving" */
static size_t beside_day(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    const struct shift none = { .grain = WHEN_DAY };
    struct bag base = { 0 };
    int weekday = 0, unit = 0;
    int64_t day, monday;
    size_t used;
    bool before = means(tokens, at + 1, W_BEFORE, NULL), week = is_word(tokens, at, "week") &&
                                                                !parser->env->literal &&
                                                                when_unit(tokens, at, &unit) == 1;

    if ((!week && !means(tokens, at, W_WEEKDAY, &weekday)) ||
        (!before && !means(tokens, at + 1, W_AFTER, NULL)) || is_word(tokens, at + 2, "next"))
        return 0;
    used = counted_from(parser, at + 1, &none, &base);
    if (used == 0 || base.stretch.grain < WHEN_DAY)
        return 0;
    day = when_local_day(base.stretch.start);
    weekday &= ~WORD_WEAK;
    bag->has |= HAS_STRETCH;
    monday = day - (when_weekday(day) + 6) % 7 + (before ? -7 : 7);
    if (!week)
        monday = before ? day - (when_weekday(day) - weekday + 6) % 7 - 1
                        : day + (weekday - when_weekday(day) + 6) % 7 + 1;
    bag->stretch = (struct stretch){ monday * DAY_S, (monday + (week ? 7 : 1)) * DAY_S,
                                     week ? WHEN_WEEK : WHEN_DAY };
    return 1 + used;
}

size_t when_shift_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    struct shift shift;
    size_t used = led_length(tokens, at, bag), next, more;

    if (used == 0)
        used = beside_day(parser, at, bag);
    if (used > 0 || (used = length_or_unit(tokens, at, &shift)) == 0)
        return used;
    shift.lasting = at > 0 && means(tokens, at - 1, W_FOR, NULL);
    next = at + used;
    if (means(tokens, next, W_AGO, NULL) || is_word(tokens, next, "earlier"))
        return put_shift(bag, &shift, -1, used + 1);
    if (means(tokens, next, W_HENCE, NULL) && !means(tokens, next + 1, W_MOD, NULL))
        return put_shift(bag, &shift, 1, used + 1);
    if (means(tokens, next, W_FROM, NULL) &&
        (is_word(tokens, next + 1, "now") ||
         (is_word(tokens, next + 1, "right") && is_word(tokens, next + 2, "now"))))
        return put_shift(bag, &shift, 1, used + (is_word(tokens, next + 1, "now") ? 2 : 3));
    if (is_word(tokens, next, "in") && is_word(tokens, next + 1, "the") &&
        is_word(tokens, next + 2, "future"))
        return put_shift(bag, &shift, 1, used + 3);
    if (is_to_day(tokens, at, next, &shift) &&
        (more = counted_from(parser, next - !means(tokens, next, W_ON, NULL), &shift, bag)) > 0)
        return used + more - !means(tokens, next, W_ON, NULL);
    if ((means(tokens, next, W_FROM, NULL) || means(tokens, next, W_AFTER, NULL) ||
         means(tokens, next, W_BEFORE, NULL) || means(tokens, next, W_SINCE, NULL)) &&
        (more = counted_from(parser, next, &shift, bag)) > 0)
        return used + more;
    if (tokens->items[next + 1].kind == TOKEN_END || tokens->items[next].kind == TOKEN_END) {
        if (means(tokens, next, W_BEFORE, NULL))
            return put_shift(bag, &shift, -1, used + 1);
        if (means(tokens, next, W_AFTER, NULL) || is_word(tokens, next, "out"))
            return put_shift(bag, &shift, 1, used + 1);
    }
    return 0;
}
