/* core/replies/when_number.c - numbers in words and digits, and lengths made of them: "twenty-first",
 * "nineteen ninety six", "2 and a half hours", "1d 2hr". */
#include "core/replies/when_bag.h"

#include "core/base/attr.h"

#define MAX_PARTS 5

/* Over the hyphen of "twenty-one". */
static size_t over_hyphen(const struct tokens *tokens, size_t at)
{
    return is_sign(tokens, at, '-') && tokens->items[at].glued ? at + 1 : at;
}

size_t when_number(const struct tokens *tokens, size_t at, int *value)
{
    const struct token *token = &tokens->items[at];
    int tens, ones;

    if (token->kind == TOKEN_NUMBER) {
        *value = token->number[0];
        return 1;
    }
    if (!means(tokens, at, W_NUMBER, &tens) || tens >= 100)
        return 0;
    *value = tens;
    if (tens >= 20) {
        size_t next = over_hyphen(tokens, at + 1);

        if (means(tokens, next, W_NUMBER, &ones) && ones < 10) {
            *value += ones;
            return next + 1 - at;
        }
    }
    return 1;
}

size_t when_ordinal(const struct tokens *tokens, size_t at, int *value)
{
    static const char *const ends[] = { "st", "nd", "rd", "th", "er" };
    int tens;

    if (tokens->items[at].kind == TOKEN_NUMBER && tokens->items[at + 1].glued) {
        for (size_t i = 0; i < COUNT_OF(ends); i++) {
            if (!token_is(&tokens->items[at + 1], ends[i]))
                continue;
            *value = tokens->items[at].number[0];
            return 2;
        }
    }
    if (means(tokens, at, W_ORDINAL, value))
        return 1;
    if (means(tokens, at, W_NUMBER, &tens) && tens >= 20 && tens < 100) {
        size_t next = over_hyphen(tokens, at + 1);

        if (means(tokens, next, W_ORDINAL, value) && *value < 10) {
            *value += tens;
            return next + 1 - at;
        }
    }
    return 0;
}

/* "two thousand [and] nineteen", "nineteen hundred [and] ninety three" */
static size_t after_hundreds(const struct tokens *tokens, size_t at, int *value)
{
    size_t next = at;
    int rest;

    if (means(tokens, next, W_AND, NULL))
        next++;
    if (tokens->items[next].kind == TOKEN_WORD) {
        size_t used = when_number(tokens, next, &rest);
        if (used > 0) {
            *value += rest;
            return next + used;
        }
    }
    return at;
}

size_t when_year_words(const struct tokens *tokens, size_t at, int *value)
{
    int high, scale, low;
    size_t next, used = tokens->items[at].kind == TOKEN_WORD ? when_number(tokens, at, &high) : 0;

    if (used == 0)
        return 0;
    next = at + used;
    if (means(tokens, next, W_NUMBER, &scale) && scale >= 100) {
        if ((scale == 1000 && high != 1 && high != 2) || (scale == 100 && high < 11))
            return 0;
        *value = high * scale;
        return after_hundreds(tokens, next + 1, value) - at;
    }
    if (high < 15 || high > 20 || tokens->items[next].kind != TOKEN_WORD)
        return 0;
    used = when_number(tokens, next, &low);
    if (used == 0 || low < 10 || low > 99)
        return 0;
    *value = high * 100 + low;
    return next + used - at;
}

size_t when_unit(const struct tokens *tokens, size_t at, int *unit)
{
    static const struct {
        char letter;
        int unit;
    } letters[] = { { 'h', WHEN_HOUR }, { 'm', WHEN_MINUTE }, { 's', WHEN_SECOND },
                    { 'd', WHEN_DAY },  { 'w', WHEN_WEEK },   { 'y', WHEN_YEAR } };
    const struct token *token = &tokens->items[at];

    if ((token_is(token, "business") || token_is(token, "working") || token_is(token, "work")) &&
        means(tokens, at + 1, W_UNIT, unit) && *unit == WHEN_DAY) {
        *unit = UNIT_WORKDAY;
        return 2;
    }
    if (token_is(token, "week") && means(tokens, at + 1, W_UNIT, unit) && *unit == WHEN_DAY)
        return 0;
    if (token_is(token, "week") && token_is(&tokens->items[at + 1], "end")) {
        *unit = UNIT_WEEKEND;
        return 2;
    }
    if (means(tokens, at, W_UNIT, unit))
        return 1;
    if (token->kind != TOKEN_WORD || token->lower.len != 1 || !token->glued)
        return 0;
    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        if (token->lower.data[0] == letters[i].letter) {
            *unit = letters[i].unit;
            return 1;
        }
    }
    return 0;
}

/* value / parts of a unit, added to the shift; false when it is no unit to count with. */
static bool add_units(struct shift *shift, int unit, int value, int parts)
{
    static const int64_t seconds[] = { 1, 60, HOUR_S, DAY_S, 7 * DAY_S };
    static const struct {
        int unit, months, days;
    } large[] = { { WHEN_DAY, 0, 1 },      { WHEN_WEEK, 0, 7 },       { WHEN_MONTH, 1, 0 },
                  { WHEN_QUARTER, 3, 0 },  { WHEN_YEAR, 12, 0 },      { UNIT_FORTNIGHT, 0, 14 },
                  { UNIT_DECADE, 120, 0 }, { UNIT_CENTURY, 1200, 0 }, { UNIT_WORKDAY, 0, 1 },
                  { UNIT_WEEKEND, 0, 7 },  { UNIT_WORKWEEK, 0, 7 } };

    if (value > 100000)
        return false;
    if (unit <= WHEN_HOUR || (parts > 1 && unit <= WHEN_WEEK)) {
        shift->seconds += value * seconds[unit] / parts;
        if (unit < (int)shift->grain)
            shift->grain = (enum when_grain)unit;
        return true;
    }
    if (unit == UNIT_WORKDAY && parts == 1) {
        shift->workdays += value;
        shift->grain = WHEN_DAY;
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(large); i++) {
        if (large[i].unit != unit)
            continue;
        shift->months += value * large[i].months / parts;
        shift->days += value * large[i].days / parts + value * large[i].months % parts * 30 / parts;
        if (unit <= WHEN_YEAR && unit < (int)shift->grain)
            shift->grain = (enum when_grain)unit;
        if (unit > WHEN_YEAR && large[i].months == 0)
            shift->grain = unit == UNIT_WORKDAY ? WHEN_DAY : WHEN_WEEK;
        shift->weeks = shift->weeks || large[i].days >= 7;
        return true;
    }
    return false;
}

struct quantity {
    int value, parts;
    bool fuzzy;
};

static size_t decimal(const struct token *token, struct quantity *out)
{
    if (token->kind != TOKEN_CLUSTER || token->count != 2 || token->number[0] > 1000)
        return 0;
    if (token->between[0] == '.' && token->digits[1] == 1) {
        *out = (struct quantity){ token->number[0] * 10 + token->number[1], 10, false };
        return 1;
    }
    if (token->between[0] == '/' && token->number[1] > 1 && token->number[1] <= 4) {
        *out = (struct quantity){ token->number[0], token->number[1], false };
        return 1;
    }
    return 0;
}

/* "and a half", "and half": to be added to a quantity. */
static size_t and_half(const struct tokens *tokens, size_t at)
{
    size_t next = at;

    if (!means(tokens, next, W_AND, NULL))
        return 0;
    next++;
    if (means(tokens, next, W_A, NULL))
        next++;
    return means(tokens, next, W_HALF, NULL) ? next + 1 - at : 0;
}

static size_t fraction(const struct tokens *tokens, size_t at, struct quantity *out)
{
    size_t next = at;
    int quarters = 1, divisor, unit;

    if (means(tokens, next, W_NUMBER, &quarters) && quarters == 3)
        next = over_hyphen(tokens, next + 1);
    else if (means(tokens, next, W_A, NULL))
        next++;
    if (means(tokens, next, W_HALF, NULL))
        divisor = 2;
    else if (means(tokens, next, W_QUARTER_OF, NULL))
        divisor = 4;
    else
        return 0;
    next++;
    if (means(tokens, next, W_OF, NULL))
        next++;
    *out = (struct quantity){ quarters, divisor, false };
    /* "half day", "half hour" */
    if (divisor == 2 && next == at + 1 && is_word(tokens, at, "half") &&
        means(tokens, next, W_UNIT, &unit) && unit >= WHEN_HOUR && unit <= WHEN_YEAR)
        return 1;
    return means(tokens, next, W_A, NULL) ? next + 1 - at : 0;
}

static size_t couple(const struct tokens *tokens, size_t at, struct quantity *out)
{
    size_t next = at;
    int value;

    if (means(tokens, next, W_A, NULL) || is_word(tokens, next, "another") ||
        is_word(tokens, next, "un") || is_word(tokens, next, "ein") || is_word(tokens, next, "een"))
        next++;
    if (!means(tokens, next, W_COUPLE, &value))
        return 0;
    next++;
    if (means(tokens, next, W_OF, NULL))
        next++;
    *out = (struct quantity){ value, 1, true };
    return next - at;
}

/* "-3" of "2-3 weeks", "or three": at least the first is meant. */
static size_t up_to(const struct tokens *tokens, size_t at, struct quantity *out)
{
    int more, unit;
    size_t used;

    if (!is_sign(tokens, at, '-') && !means(tokens, at, W_TO, NULL) &&
        !means(tokens, at, W_OR, NULL))
        return 0;
    used = when_number(tokens, at + 1, &more);
    if (used == 0 || more <= out->value || when_unit(tokens, at + 1 + used, &unit) == 0 ||
        unit < WHEN_DAY)
        return 0;
    out->fuzzy = true;
    return used + 1;
}

/* "2 [1/2] hours" */
static bool add_fraction(const struct token *token, struct quantity *out)
{
    if (token->kind != TOKEN_CLUSTER || token->count != 2 || token->between[0] != '/' ||
        token->number[1] < 2 || token->number[1] > 4 || token->number[0] >= token->number[1] ||
        out->value > 1000)
        return false;
    out->value = out->value * token->number[1] + token->number[0];
    out->parts = token->number[1];
    return true;
}

/* "[due] settimane": alone "due" is English. */
static bool is_italian_unit(const struct tokens *tokens, size_t at)
{
    static const char *const units[] = { "settimane", "giorni", "mesi", "anni", "ore", "minuti" };

    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (is_word(tokens, at, units[i]))
            return true;
    return false;
}

static size_t quantity(const struct tokens *tokens, size_t at, struct quantity *out)
{
    size_t used = decimal(&tokens->items[at], out), half;

    if (used > 0 || (used = fraction(tokens, at, out)) > 0 || (used = couple(tokens, at, out)) > 0)
        return used;
    *out = (struct quantity){ 1, 1, false };
    if (is_word(tokens, at, "due") && is_italian_unit(tokens, at + 1)) {
        out->value = 2;
        return 1;
    }
    if (is_word(tokens, at, "another"))
        used = 1 + when_number(tokens, at + 1, &out->value);
    else if (means(tokens, at, W_A, NULL))
        used = 1;
    else if ((used = when_number(tokens, at, &out->value)) == 0)
        return 0;
    if (add_fraction(&tokens->items[at + used], out))
        return used + 1;
    used += up_to(tokens, at + used, out);
    if ((half = and_half(tokens, at + used)) > 0 && out->value < 1000) {
        out->value = out->value * 2 + 1;
        out->parts = 2;
        used += half;
    }
    return used;
}

static size_t mark_unit(const struct token *token, int *unit)
{
    if (!token->glued || token->kind != TOKEN_SIGN || (token->sign != '\'' && token->sign != '"'))
        return 0;
    *unit = token->sign == '"' ? WHEN_SECOND : WHEN_MINUTE;
    return 1;
}

static size_t one_length(const struct tokens *tokens, size_t at, struct shift *out)
{
    struct quantity amount;
    size_t used = quantity(tokens, at, &amount), named, half;
    int unit;

    if (used == 0)
        return 0;
    if (is_sign(tokens, at + used, '-') && tokens->items[at + used].glued)
        used++;
    if (means(tokens, at + used, W_MOD, NULL) && means(tokens, at + used + 1, W_UNIT, NULL))
        return 0;
    named = when_unit(tokens, at + used, &unit);
    if (named == 0 && is_word(tokens, at + used, "h")) {
        named = 1;
        unit = WHEN_HOUR;
    }
    if (named == 0 && (named = mark_unit(&tokens->items[at + used], &unit)) == 0)
        return 0;
    used += named;
    if ((half = and_half(tokens, at + used)) > 0 && amount.parts == 1) {
        amount = (struct quantity){ amount.value * 2 + 1, 2, amount.fuzzy };
        used += half;
    }
    /* "a week or two" */
    if (means(tokens, at + used, W_OR, NULL) &&
        (is_word(tokens, at + used + 1, "two") || is_word(tokens, at + used + 1, "so"))) {
        used += 2;
        amount.fuzzy = true;
    }
    out->fuzzy = out->fuzzy || amount.fuzzy;
    return add_units(out, unit, amount.value, amount.parts) ? used : 0;
}

size_t when_length(const struct tokens *tokens, size_t at, struct shift *out)
{
    size_t used;

    *out = (struct shift){ .grain = WHEN_YEAR };
    used = one_length(tokens, at, out);
    for (int i = 1; used > 0 && i < MAX_PARTS; i++) {
        size_t next = at + used, more;

        if (is_sign(tokens, next, ','))
            next++;
        if (means(tokens, next, W_AND, NULL))
            next++;
        if (means(tokens, next, W_A, NULL) || (more = one_length(tokens, next, out)) == 0)
            break;
        used = next + more - at;
    }
    return used;
}
