/* core/replies/when_units.c - weeks, months, quarters and their kin: "next 3 weeks", "third last day
 * of May", "Q1", "week of October 6th", "the nineties". */
#include "core/base/attr.h"
#include "core/replies/when_pieces.h"

/* this 0, next 1, last -1, coming 2, past -2; "this past", "this coming" count as one. */
static size_t modifier(const struct tokens *tokens, size_t at, int *mod)
{
    size_t next = at;

    if (!means(tokens, next, W_MOD, mod))
        return 0;
    if (*mod == 0 && means(tokens, next + 1, W_MOD, mod))
        next++;
    return next + 1 - at;
}

static void put_unit(struct bag *bag, int unit, int offset, int count)
{
    bag->has |= HAS_UNIT;
    bag->unit = unit;
    bag->unit_offset = offset;
    bag->unit_count = count;
}

/* "it will last two hours" */
static bool is_verb_last(const struct tokens *tokens, size_t at)
{
    static const char *const modals[] = { "will",  "would", "should", "shouldn't", "could", "can",
                                          "might", "may",   "won't",  "to",        "not" };

    for (size_t i = 0; at > 0 && is_word(tokens, at, "last") && i < COUNT_OF(modals); i++)
        if (is_word(tokens, at - 1, modals[i]))
            return true;
    return false;
}

static bool is_plural(const struct tokens *tokens, size_t at)
{
    struct span word = tokens->items[at].lower;

    return word.len > 0 && word.data[word.len - 1] == 's';
}

/* "next 3 weeks", "2 upcoming weeks": count and modifier in either order. */
static size_t counted_unit(const struct tokens *tokens, size_t at, struct bag *bag)
{
    int mod = 0, count = 1, unit;
    size_t next = at, used = modifier(tokens, next, &mod), counted;
    bool before; /* "4 next years" */

    if (is_verb_last(tokens, at))
        return 0;
    next += used;
    counted = when_number(tokens, next, &count);
    if (counted == 0 && means(tokens, next, W_COUPLE, &count)) {
        counted = means(tokens, next + 1, W_OF, NULL) ? 2 : 1;
        bag->fuzzy = true;
    }
    next += counted;
    before = used == 0;
    if (used == 0 && counted > 0) {
        used = modifier(tokens, next, &mod);
        next += used;
    }
    if (used == 0 || mod == 0 || counted == 0 || count < 1 || count > 10000 ||
        (before && count > 1 && !is_plural(tokens, next)) ||
        (counted = when_unit(tokens, next, &unit)) == 0)
        return 0;
    put_unit(bag, unit, mod > 0 ? 1 : -count, count);
    bag->rolling = true;
    return next + counted - at;
}

size_t when_after_noun(const struct tokens *tokens, size_t at)
{
    static const char *const words[] = { "prochain", "prochaine", "próximo",  "próxima",
                                         "proximo",  "proxima",   "prossimo", "prossima",
                                         "entrante", "siguiente" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (is_word(tokens, at, words[i]))
            return 1;
    return is_word(tokens, at, "que") &&
                   (is_word(tokens, at + 1, "viene") || is_word(tokens, at + 1, "vem"))
               ? 2
               : 0;
}

/* "[next week ...] the week [after] works" */
static bool is_one_after(const struct tokens *tokens, size_t at)
{
    int mod;
    size_t back = at - 1;

    if (at == 0 || !is_word(tokens, at, "after") ||
        (tokens->items[at + 1].kind == TOKEN_WORD && !means(tokens, at + 1, W_FILLER, NULL)))
        return false;
    for (int n = 0; back > 1 && n < 16; n++) {
        back--;
        if (span_eq(tokens->items[back].lower, tokens->items[at - 1].lower) &&
            means(tokens, back - 1, W_MOD, &mod) && mod == 1)
            return true;
    }
    return false;
}

static bool is_after_next(const struct tokens *tokens, size_t at)
{
    return means(tokens, at, W_AFTER, NULL) && is_word(tokens, at + 1, "next");
}

/* "the month" in "end of the month", "first Monday in the month"; "at the weekend" */
static bool is_context(const struct tokens *tokens, size_t at, int unit, const struct bag *bag)
{
    size_t before = at;

    if (unit == UNIT_WEEKEND && at > 0 && !(bag->has & HAS_ANY_DATE) &&
        (means(tokens, at - 1, W_THE, NULL) || means(tokens, at - 1, W_ON, NULL) ||
         means(tokens, at - 1, W_AT, NULL)))
        return true;
    if (before > 0 && means(tokens, before - 1, W_THE, NULL))
        before--;
    if (before > 0 &&
        (means(tokens, before - 1, W_OF, NULL) || means(tokens, before - 1, W_IN, NULL)))
        return (bag->has & (HAS_EDGE | HAS_NTH | HAS_DAY | HAS_QUARTER)) != 0;
    return (bag->has & HAS_EDGE) != 0;
}

/* "out for the week", "unavailable the fortnight" */
static bool is_absence(const struct tokens *tokens, size_t at)
{
    static const char *const words[] = { "out", "gone", "done", "full", "finished", "blocked" };
    size_t before = at - 1;

    if (at < 2 || !means(tokens, before, W_THE, NULL))
        return false;
    for (int n = 0; n < 3 && before > 0; n++) {
        before--;
        if (means(tokens, before, W_AWAY, NULL))
            return true;
        for (size_t i = 0; i < COUNT_OF(words); i++)
            if (is_word(tokens, before, words[i]))
                return true;
    }
    return false;
}

/* "[once] the quarter is over", "when the month closes" */
static bool is_ending(const struct tokens *tokens, size_t at)
{
    static const char *const ends[] = { "ends", "closes", "finishes" };
    static const char *const over[] = { "over", "done", "finished", "behind" };

    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (is_word(tokens, at, ends[i]))
            return true;
    for (size_t i = 0; i < COUNT_OF(over); i++)
        if (is_word(tokens, at, "is") && is_word(tokens, at + 1, over[i]))
            return true;
    return false;
}

/* "all week", "the whole month", "the entire day", but "all day Thursday" is Thursday. */
static size_t whole_unit(const struct tokens *tokens, size_t at, struct bag *bag)
{
    int unit;
    size_t used;

    if ((!is_word(tokens, at, "all") && !is_word(tokens, at, "whole") &&
         !is_word(tokens, at, "entire")) ||
        (used = when_unit(tokens, at + 1, &unit)) == 0 || unit < WHEN_DAY ||
        is_word(tokens, at + used, "weekends") || is_word(tokens, at + used, "weekdays") ||
        means(tokens, at + 1 + used, W_WEEKDAY, NULL) || is_word(tokens, at + 1 + used, "long") ||
        means(tokens, at + 1 + used, W_REL_DAY, NULL) || means(tokens, at + 1 + used, W_ON, NULL) ||
        (bag->has & HAS_ANY_DATE))
        return 0;
    put_unit(bag, unit, 0, 1);
    bag->lasting = true;
    return 1 + used;
}

/* Until February the new year is this one. */
static bool is_early(const struct parser *parser)
{
    int64_t day = when_local_day(parser->now);

    return day - zone_days_of(when_year_of(day), 1, 1) < 59;
}

size_t when_unit_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    int mod, unit;
    size_t used = counted_unit(tokens, at, bag), named;

    if (used > 0 || (used = whole_unit(tokens, at, bag)) > 0)
        return used;
    /* "early in the new year" */
    if (is_word(tokens, at, "new") && is_word(tokens, at + 1, "year") &&
        (bag->has & (HAS_EDGE | HAS_NTH))) {
        put_unit(bag, WHEN_YEAR, is_early(parser) ? 0 : 1, 1);
        return 2;
    }
    if (is_after_next(tokens, at) && (bag->has & (HAS_MONTH | HAS_WEEKDAY))) {
        bag->unit_after = true;
        return 2;
    }
    used = modifier(tokens, at, &mod);
    if (used > 0 && is_word(tokens, at + used, "fiscal"))
        used++;
    named = when_unit(tokens, at + used, &unit);
    if (named == 0)
        return 0;
    if (used == 0 && unit <= WHEN_YEAR && is_one_after(tokens, at + named)) {
        put_unit(bag, unit, 2, 1);
        return named + 1;
    }
    if (used == 0 && unit <= WHEN_YEAR && is_word(tokens, at + named, "before") &&
        is_word(tokens, at + named + 1, "last")) {
        put_unit(bag, unit, -2, 1);
        return named + 2;
    }
    if (used == 0 && is_after_next(tokens, at + named)) {
        put_unit(bag, unit, 2, 1);
        return named + 2;
    }
    if (used == 0) {
        size_t noun = when_after_noun(tokens, at + named);

        if (unit < WHEN_DAY ||
            !(noun > 0 || is_context(tokens, at, unit, bag) || is_ending(tokens, at + named) ||
              (is_absence(tokens, at) && !means(tokens, at + named, W_OF, NULL))))
            return 0;
        put_unit(bag, unit, noun > 0, 1);
        return named + noun;
    }
    if (used == 1 && at > 0 && mod == -1 && is_word(tokens, at, "past") &&
        means(tokens, at - 1, W_QUARTER_OF, NULL))
        return 0;
    if (unit == UNIT_WEEKEND && mod == 1 &&
        (is_word(tokens, at + used - 1, "coming") || is_word(tokens, at + used - 1, "upcoming")))
        mod = 0;
    put_unit(bag, unit, mod, 1);
    bag->rolling = unit == UNIT_FORTNIGHT && mod == 1;
    return used + named;
}

static bool is_whole(const struct tokens *tokens, size_t at)
{
    int unit;

    return means(tokens, at, W_MONTH, NULL) || tokens->items[at].digits[0] == 4 ||
           is_word(tokens, at, "fiscal") ||
           (is_word(tokens, at, "new") && is_word(tokens, at + 1, "year")) ||
           (when_unit(tokens, at, &unit) > 0 && unit >= WHEN_WEEK);
}

/* What an ordinal may count within: "of March", "in the month", "last week". */
static bool has_whole(const struct tokens *tokens, size_t at)
{
    size_t next = at;
    int mod;

    if (!means(tokens, next, W_OF, NULL) && !means(tokens, next, W_IN, NULL))
        return means(tokens, next, W_MONTH, NULL) ||
               ((next += modifier(tokens, next, &mod)) > at && is_whole(tokens, next));
    next++;
    if (means(tokens, next, W_THE, NULL) || means(tokens, next, W_EVERY, NULL))
        next++;
    return is_whole(tokens, next + modifier(tokens, next, &mod));
}

/* "third", "last", "third last", "second to last", "last but one" */
static size_t ranked(const struct tokens *tokens, size_t at, int *nth, bool *last)
{
    size_t next = at + when_ordinal(tokens, at, nth);
    int but;

    *last = true;
    if (is_word(tokens, at, "penultimate")) {
        *nth = 2;
        return 1;
    }
    if (next > at && means(tokens, next, W_TO, NULL) && is_word(tokens, next + 1, "last"))
        return next + 2 - at;
    if (is_word(tokens, next, "last") && is_word(tokens, next + 1, "but") &&
        when_number(tokens, next + 2, &but) == 1 && but < 10) {
        *nth = but + 1;
        return next + 3 - at;
    }
    *last = is_word(tokens, next, "last") || is_word(tokens, next, "final");
    return next + *last - at;
}

/* "next month's [first Friday]" */
static bool is_owned(const struct tokens *tokens, size_t at, const struct bag *bag)
{
    const struct token *last = &tokens->items[at > 0 ? at - 1 : 0];

    return at > 0 && bag->to == at && (bag->has & HAS_UNIT) && last->kind == TOKEN_WORD &&
           last->lower.len > 2 && last->lower.data[last->lower.len - 2] == '\'';
}

size_t when_nth_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    int nth = 1, count = 1, what;
    bool last;
    size_t next = at + ranked(tokens, at, &nth, &last), used;

    if (next == at)
        return 0;
    used = when_number(tokens, next, &count);
    next += used;
    if (used > 0 && (count < 1 || count > 400))
        return 0;
    bag->nth_unit = -1;
    used = when_unit(tokens, next, &what);
    if (used > 0)
        bag->nth_unit = what;
    else if (means(tokens, next, W_WEEKDAY, &what))
        bag->weekday = what & ~WORD_WEAK;
    else
        return 0;
    if (used > 0 && means(tokens, next, W_MONTH, &bag->month)) { /* "ersten Januarwoche" */
        bag->month &= ~(WORD_WEAK | WORD_FOREIGN);
        bag->has |= HAS_MONTH;
    }
    next += used > 0 ? used : 1;
    if (nth < 1 || nth > 400 ||
        !((bag->has & HAS_MONTH) || has_whole(tokens, next) || is_owned(tokens, at, bag)) ||
        (used > 0 && (what < WHEN_DAY || what == WHEN_QUARTER)))
        return 0;
    bag->has |= HAS_NTH;
    bag->nth = nth;
    bag->nth_count = count;
    bag->nth_last = last;
    return next - at;
}

/* The year glued to a quarter: "q1-2019", "Q4 '18". */
static size_t joined_year(const struct tokens *tokens, size_t at, struct bag *bag)
{
    size_t next = at;
    bool quoted;
    const struct token *token;

    if (is_sign(tokens, next, '-') || is_sign(tokens, next, '/'))
        next++;
    quoted = is_sign(tokens, next, '\'');
    token = &tokens->items[next + quoted];
    if (token->kind != TOKEN_NUMBER || (bag->has & HAS_YEAR) ||
        !(token->digits[0] == 4 || (quoted && token->digits[0] == 2)))
        return 0;
    bag->year = token->digits[0] == 4 ? token->number[0] : 2000 + token->number[0];
    bag->has |= HAS_YEAR;
    return next + quoted + 1 - at;
}

/* The numbers of "Q2/2027", "Q1-27". */
static bool is_with_year(const struct token *token)
{
    return token->kind == TOKEN_CLUSTER && token->count == 2 &&
           (token->between[0] == '/' || token->between[0] == '-') &&
           (token->digits[1] == 4 || token->digits[1] == 2);
}

static size_t lettered_quarter(const struct tokens *tokens, size_t at, struct bag *bag)
{
    const struct token *number = &tokens->items[at + 1];
    bool half = is_word(tokens, at, "h");

    if ((!half && !means(tokens, at, W_QUARTER, NULL)) ||
        !(number->kind == TOKEN_NUMBER || is_with_year(number)) || !number->glued ||
        number->number[0] < 1 || number->number[0] > (half ? 2 : 4) ||
        (half && at > 0 && tokens->items[at].glued && tokens->items[at - 1].kind == TOKEN_NUMBER &&
         tokens->items[at - 1].digits[0] != 4))
        return 0;
    bag->quarter = number->number[0] + (half ? 4 : 0);
    if (number->kind == TOKEN_NUMBER)
        return 2 + joined_year(tokens, at + 2, bag);
    bag->year = number->number[1] + (number->digits[1] == 2 ? 2000 : 0);
    bag->has |= HAS_YEAR;
    return 2;
}

size_t when_quarter_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    const struct token *token = &tokens->items[at];
    size_t used, next = at;
    int nth, unit;

    if (token->kind == TOKEN_NUMBER && token->digits[0] == 4) {
        next += is_sign(tokens, at + 1, '-') ? 2 : 1;
        bag->year = token->number[0];
        if ((used = lettered_quarter(tokens, next, bag)) == 0)
            return 0;
        bag->has |= HAS_QUARTER | HAS_YEAR;
        return next + used - at;
    }
    used = lettered_quarter(tokens, at, bag);
    if (used == 0 && (used = when_ordinal(tokens, at, &nth)) > 0) {
        if (nth > 4 || when_unit(tokens, at + used, &unit) == 0 || unit != WHEN_QUARTER)
            return 0;
        bag->quarter = nth;
        used++;
    }
    if (used > 0)
        bag->has |= HAS_QUARTER;
    return used;
}

size_t when_week_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    const struct token *number = &tokens->items[at + 1];
    size_t next = at + 1;
    int unit;
    bool weekend = false;

    if ((is_word(tokens, at, "kw") || is_word(tokens, at, "cw")) && number->kind == TOKEN_NUMBER &&
        number->number[0] >= 1 && number->number[0] <= 53 &&
        !(number[1].kind == TOKEN_WORD && number[1].glued)) {
        bag->week = number->number[0];
        bag->has |= HAS_WEEK;
        return 2;
    }
    if (is_word(tokens, at, "w") && is_sign(tokens, at + 1, '/') &&
        (is_word(tokens, at + 2, "c") || is_word(tokens, at + 2, "e"))) {
        next = at + 3;
    } else if (means(tokens, at, W_UNIT, &unit) && (unit == WHEN_WEEK || unit == UNIT_WEEKEND) &&
               number->kind == TOKEN_WORD) {
        weekend = unit == UNIT_WEEKEND;
        if (!is_word(tokens, next, "of") && !is_word(tokens, next, "beginning") &&
            !is_word(tokens, next, "starting") && !is_word(tokens, next, "commencing") &&
            !is_word(tokens, next, "ending"))
            return 0;
        next += is_word(tokens, next + 1, "on") ? 2 : 1;
    } else if (means(tokens, at, W_UNIT, &unit) && unit == WHEN_WEEK) {
        if (number->kind != TOKEN_NUMBER || number->number[0] < 1 || number->number[0] > 53)
            return 0;
        bag->week = number->number[0];
        bag->has |= HAS_WEEK;
        return 2;
    } else {
        return 0;
    }
    bag->week_of = true;
    bag->week = weekend;
    return next - at;
}

/* "the second half of January", "1st half of next month" */
size_t when_half_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    int nth = 0;
    size_t used = when_ordinal(tokens, at, &nth), next = at + used;

    if (is_word(tokens, at, "latter") || is_word(tokens, at, "last")) {
        nth = 2;
        next = at + 1;
    }
    if (nth < 1 || nth > 2 || !is_word(tokens, next, "half") ||
        !(means(tokens, next + 1, W_OF, NULL) || means(tokens, next + 1, W_IN, NULL)) ||
        !has_whole(tokens, next + 1))
        return 0;
    bag->has |= HAS_EDGE;
    bag->edge = nth == 1 ? EDGE_HALF_1 : EDGE_HALF_2;
    bag->fuzzy = true;
    return next + 1 - at;
}

size_t when_decade_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    static const char *const names[] = { "twenties", "thirties",  "forties",  "fifties",
                                         "sixties",  "seventies", "eighties", "nineties" };
    const struct tokens *tokens = parser->tokens;
    const struct token *token = &tokens->items[at];
    size_t used;
    int nth;

    for (int i = 0; i < 8; i++) {
        if (!token_is(token, names[i]))
            continue;
        bag->decade = 1920 + i * 10;
        bag->has |= HAS_DECADE;
        return 1;
    }
    if (token->kind == TOKEN_NUMBER && is_word(tokens, at + 1, "s") && token->number[0] % 10 == 0 &&
        (token->digits[0] == 2 || (token->digits[0] == 4 && token->number[0] <= 2900))) {
        bag->decade = token->digits[0] == 4 ? token->number[0] : 1900 + token->number[0];
        bag->has |= HAS_DECADE;
        return 2;
    }
    used = when_ordinal(tokens, at, &nth);
    if (used == 0 || nth > 40 || !is_word(tokens, at + used, "century"))
        return 0;
    bag->decade = -(nth - 1) * 100 - 1;
    bag->has |= HAS_DECADE;
    return used + 1;
}
