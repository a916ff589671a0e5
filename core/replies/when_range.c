/* core/replies/when_range.c - bounds, ranges and alternatives around bags: "from 13 to 15 July",
 * "between 2 and 4 on Thursday", "not before March", "Mon or Wed after 2". */
#include "core/replies/when_range.h"

#include "core/base/attr.h"
#include "core/replies/when_context.h"
#include "core/replies/when_pieces.h"

/* ---- ranges ---- */

static size_t range_joint(const struct tokens *tokens, size_t at, bool between)
{
    if (is_sign(tokens, at, '-') || means(tokens, at, W_TO, NULL) ||
        means(tokens, at, W_UNTIL, NULL))
        return means(tokens, at + 1, W_TO, NULL) ? 2 : 1;
    if (means(tokens, at, W_THROUGH, NULL))
        return 1;
    return between && (means(tokens, at, W_AND, NULL) || is_word(tokens, at, "en") ||
                       is_word(tokens, at, "alle"))
               ? 1
               : 0;
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

/* "bis" includes the day it names, "until" does not. */
static bool is_until(const struct tokens *tokens, size_t at)
{
    return means(tokens, at, W_UNTIL, NULL) && !is_word(tokens, at, "bis");
}

/* "16 to 27 November", said on the 18th, has begun: its first day is no year ahead. */
static void reach_back(const struct parser *parser, const struct bag *left, struct stretch *from,
                       const struct stretch *to)
{
    struct parser past = *parser;
    struct when_env env = *parser->env;
    struct stretch begun, none;

    if (when_local_day(to->start) >= when_local_day(from->start) || to->end <= parser->now ||
        env.lean != WHEN_FUTURE || !(left->has & (HAS_DAY | HAS_MONTH)) ||
        (left->has & (HAS_YEAR | HAS_UNIT | HAS_HOLIDAY)))
        return;
    env.lean = WHEN_PAST;
    past.env = &env;
    if (when_resolve(&past, left, &begun, &none) && begun.start < to->start)
        *from = begun;
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
    if (!when_settle_bares(&first, &right, led) || !when_share(&first, &right))
        return false;
    if (!when_bag_settle(&first) || !when_bag_settle(&right))
        return false;
    if (!when_resolve(parser, &first, &from, &out->other) ||
        !when_resolve(parser, &right, &to, &none))
        return false;
    reach_back(parser, &first, &from, &to);
    /* A next-year start pulls an end behind it. */
    when_order(&right, &from, &to);
    if (to.start < from.start)
        return false;
    out->ranged = true;
    out->until = is_until(tokens, left->to);
    out->last_start = to.start;
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
    out->ranged = bag->lasting;
    out->whole = bag->lasting && (bag->has & HAS_UNIT);
    out->edge_end = (bag->has & HAS_EDGE) && bag->edge == EDGE_END;
    out->has_zone = (bag->has & HAS_ZONE) != 0;
    out->zone_minutes = bag->zone_minutes;
}

/* "Monday, but ideally [not before 10]" */
static size_t over_pause(const struct tokens *tokens, size_t at)
{
    static const char *const words[] = { "but",     "ideally",  "preferably",
                                         "anytime", "sometime", "noch" };

    if (is_sign(tokens, at, ',') || (is_sign(tokens, at, '-') && !tokens->items[at].glued))
        at++;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        at += is_word(tokens, at, words[i]);
    return at;
}

/* "tomorrow before 5pm", "Thursday after 3": a bound between the day and the hour. */
static bool read_inner_bound(const struct parser *parser, struct bag *bag, struct statement *out)
{
    struct statement inner = { 0 };
    struct bag time;
    size_t used, next;

    if (!(bag->has & HAS_ANY_DATE) || (bag->has & HAS_TIME))
        return false;
    next = over_pause(parser->tokens, bag->to);
    used = when_bound_read(parser->tokens, next, &inner);
    if (used == 0 || inner.bound == BOUND_RETURN || inner.bound == BOUND_WITHIN ||
        !when_bag_read(parser, next + used, &time))
        return false;
    when_bare_to_hour(&time);
    if (!(time.has & (HAS_TIME | HAS_PART)) || (time.has & HAS_ANY_DATE))
        return false;
    when_copy_time(bag, &time);
    bag->to = time.to;
    out->negated = inner.negated;
    if (inner.bound == BOUND_SINCE && range_joint(parser->tokens, time.to, true))
        out->bound = BOUND_SINCE;
    else
        out->bound = inner.bound;
    return true;
}

static size_t alternative_joint(const struct tokens *tokens, size_t at)
{
    size_t next = at;

    if (is_sign(tokens, next, ',') ||
        (is_sign(tokens, next, '/') &&
         (means(tokens, next + 1, W_WEEKDAY, NULL) || means(tokens, next + 1, W_MONTH, NULL))))
        next++;
    if (means(tokens, next, W_OR, NULL) || means(tokens, next, W_AND, NULL))
        next++;
    return next - at;
}

/* "Mon or Wed before noon": from the morning of each to the hour, or from there on. */
static void reach_from_hours(struct statement *out, bool part)
{
    for (size_t i = 0; i < out->count; i++) {
        struct stretch *one = &out->all[i];
        int64_t day = when_local_day(one->start) * DAY_S;

        if (one->grain > WHEN_HOUR)
            continue;
        if (out->bound == BOUND_AFTER || out->bound == BOUND_SINCE) {
            if (part && out->bound == BOUND_AFTER)
                one->start = one->end;
            one->end = day + DAY_S;
        } else {
            one->end = one->start;
            one->start = day;
        }
    }
}

/* "at 11 or 3 on Monday", "the 3rd or 4th of December": the last one says it for both. */
static bool learn_from(struct bag *first, const struct bag *last)
{
    if ((first->has & HAS_TIME) && !(first->has & HAS_ANY_DATE) && (last->has & HAS_TIME) &&
        (last->has & HAS_ANY_DATE)) {
        when_copy_date(first, last);
        return true;
    }
    if ((first->has & HAS_ANY_DATE) == HAS_DAY && (last->has & HAS_DAY) &&
        (last->has & HAS_MONTH)) {
        first->has |= HAS_MONTH | (last->has & HAS_YEAR);
        first->month = last->month;
        first->month_mod = last->month_mod;
        first->year = last->year;
        return true;
    }
    return false;
}

/* "10 and 22 August": a number alone is a day of the month behind the next. */
static void learn_month(const struct parser *parser, enum bound bound, struct bag *first)
{
    size_t joint = alternative_joint(parser->tokens, first->to);
    struct bag next;

    if (first->has != HAS_BARE || bound != BOUND_NONE || joint == 0 || first->bare < 1 ||
        !when_bag_read(parser, first->to + joint, &next) ||
        (next.has & (HAS_MONTH | HAS_DAY | HAS_TIME)) != (HAS_MONTH | HAS_DAY))
        return;
    first->has = HAS_DAY | (next.has & (HAS_MONTH | HAS_YEAR));
    first->day = first->bare;
    first->month = next.month;
    first->year = next.year;
}

/* "December 7, [8] or 9" */
static bool read_day_too(const struct tokens *tokens, size_t at, const struct bag *first,
                         struct bag *out)
{
    int day;
    size_t used = when_ordinal(tokens, at, &day);

    if (used == 0)
        used = tokens->items[at].kind == TOKEN_NUMBER ? 1 : 0;
    day = used == 1 ? tokens->items[at].number[0] : day;
    if (used == 0 || (first->has & ~(unsigned)(HAS_YEAR | HAS_WEEKDAY)) != (HAS_MONTH | HAS_DAY) ||
        tokens->items[at].digits[0] > 2 || day <= first->day || day > 31 ||
        (!means(tokens, at - 1, W_OR, NULL) && !means(tokens, at - 1, W_AND, NULL) &&
         alternative_joint(tokens, at + used) == 0) ||
        !(tokens->items[at + used].kind == TOKEN_END || when_may_follow(tokens, at + used)))
        return false;
    *out = *first;
    out->has &= ~(unsigned)HAS_WEEKDAY;
    out->day = day;
    out->from = at;
    out->to = at + used;
    return true;
}

/* "can't do Tuesday, [Wednesday works]": what follows the comma is another clause. */
static bool is_clause_behind(const struct tokens *tokens, const struct bag *first,
                             const struct bag *second)
{
    static const char *const words[] = { "out", "sick", "full", "shut" };

    if (alternative_joint(tokens, second->to) > 0)
        return false;
    for (size_t at = first->from, n = 0; at > 0 && n < 6; n++) {
        at--;
        if (tokens->items[at].kind != TOKEN_WORD)
            return false;
        if (means(tokens, at, W_NOT, NULL) || means(tokens, at, W_AWAY, NULL))
            return true;
        for (size_t i = 0; i < COUNT_OF(words); i++)
            if (is_word(tokens, at, words[i]))
                return true;
    }
    return false;
}

static void read_alternatives(const struct parser *parser, struct bag *first, struct statement *out)
{
    size_t end = out->to;
    struct bag bag;
    struct stretch none;
    bool closed = false;

    while (out->count < WHEN_MAX_CHOICES) {
        size_t joint = alternative_joint(parser->tokens, end);
        bool comma = joint == 1 && parser->tokens->items[end].kind == TOKEN_SIGN;

        /* "Monday and Friday, Tuesday is better": the list ends with its "and". */
        if (closed && comma)
            return;
        closed = closed || !comma;
        if (joint == 0 ||
            (!read_day_too(parser->tokens, end + joint, first, &bag) &&
             !when_bag_read(parser, end + joint, &bag)) ||
            (comma && is_clause_behind(parser->tokens, first, &bag)))
            return;
        if (!(bag.has & HAS_ANY_DATE) && (first->has & HAS_TIME) &&
            (bag.has & (HAS_BARE | HAS_TIME))) {
            when_bare_to_hour(&bag);
            if (first->has & HAS_ANY_DATE)
                when_copy_date(&bag, first);
        }
        if (!when_bag_settle(&bag) || !(bag.has & (HAS_ANY_DATE | HAS_TIME)) ||
            !when_resolve(parser, &bag, &out->all[out->count], &none))
            return;
        if (bag.has & HAS_SHIFT)
            return;
        if (out->count == 1 && learn_from(first, &bag) &&
            when_resolve(parser, first, &out->all[0], &none))
            out->has = first->has;
        out->count++;
        end = bag.to;
        out->to = end;
        /* "Mon or Wed after 2": the hour holds for all of them. */
        if (!(bag.has & HAS_TIME) && !(first->has & HAS_TIME) &&
            read_inner_bound(parser, &bag, out)) {
            when_copy_time(first, &bag);
            if (when_resolve(parser, first, &out->all[0], &none) &&
                when_resolve(parser, &bag, &out->all[out->count - 1], &none))
                out->to = bag.to;
            reach_from_hours(out, !(bag.has & HAS_TIME));
            return;
        }
    }
}

bool when_hours_read(const struct parser *parser, struct bag *bag, struct statement *out)
{
    struct stretch none;
    size_t from = bag->to;
    bool found;

    if (!(bag->has & HAS_TIME) && read_inner_bound(parser, bag, out)) {
        if (!read_range(parser, bag, out)) {
            found = when_resolve(parser, bag, &out->all[0], &none);
            out->count = 1;
            reach_from_hours(out, !(bag->has & HAS_TIME));
            return found;
        }
        return true;
    }
    return bag->to == from && (bag->has & HAS_TIME) && read_range(parser, bag, out);
}

/* ---- the statement ---- */

static size_t soon(const struct tokens *tokens, size_t at)
{
    static const char *const phrases[][5] = { { "as", "soon", "as", "possible", NULL },
                                              { "as", "soon", "as", "you", "can" },
                                              { "right", "away", NULL },
                                              { "straight", "away", NULL },
                                              { "your", "earliest", "convenience", NULL } };

    if (means(tokens, at, W_SOON, NULL))
        return 1;
    for (size_t i = 0; tokens->items[at].kind == TOKEN_WORD && i < COUNT_OF(phrases); i++) {
        size_t n = 0;

        while (n < 5 && phrases[i][n] && is_word(tokens, at + n, phrases[i][n]))
            n++;
        if (n == 5 || !phrases[i][n])
            return n;
    }
    return 0;
}

/* Only a length: "six months", "a couple of days". */
static bool read_length(const struct parser *parser, size_t at, struct statement *out)
{
    const struct tokens *tokens = parser->tokens;
    struct shift shift;
    size_t used = when_length(tokens, at, &shift);
    bool within = out->bound == BOUND_WITHIN;
    int64_t end;
    int unit;

    /* "a second round" */
    if (used == 2 && is_word(tokens, at, "a") && is_word(tokens, at + 1, "second") &&
        tokens->items[at + 2].kind == TOKEN_WORD)
        return false;
    if (used == 0 && within && when_unit(tokens, at, &unit) > 0 && unit <= WHEN_YEAR) {
        out->all[0] = when_unit_stretch(unit, 0, 1, parser->now);
        if (unit <= WHEN_HOUR)
            out->all[0].end = parser->now + HOUR_S;
        out->all[0].start = parser->now;
        out->count = 1;
        out->has = HAS_UNIT;
        out->to = at + 1;
        return true;
    }
    if (used == 0 || (out->bound != BOUND_NONE && !within))
        return false;
    end = when_shifted(parser->now, &shift, 1);
    if (!parser->env->literal && shift.grain >= WHEN_DAY)
        end = when_local_day(end) * DAY_S;
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

/* "from 3:30 onwards today" */
static void over_onwards(const struct parser *parser, struct bag *bag, struct statement *out)
{
    const struct tokens *tokens = parser->tokens;
    struct bag date;

    if (!(bag->has & (HAS_TIME | HAS_BARE)) || (bag->has & HAS_ANY_DATE) ||
        (!is_word(tokens, bag->to, "onwards") && !is_word(tokens, bag->to, "onward")) ||
        !when_bag_read(parser, bag->to + 1, &date) || !(date.has & HAS_ANY_DATE) ||
        (date.has & (HAS_TIME | HAS_BARE)))
        return;
    when_bare_to_hour(bag);
    when_copy_date(bag, &date);
    bag->to = date.to;
    out->bound = BOUND_SINCE;
}

/* "more than [two weeks ago]", "at least [3 days from now]"; *more: it is no less. */
static size_t over_measure(const struct tokens *tokens, size_t at, bool *more)
{
    struct shift shift;

    *more = (is_word(tokens, at, "more") && is_word(tokens, at + 1, "than")) ||
            (is_word(tokens, at, "at") && is_word(tokens, at + 1, "least"));
    if (!*more && !(is_word(tokens, at, "less") && is_word(tokens, at + 1, "than")))
        return 0;
    return when_length(tokens, at + 2, &shift) > 0 ? 2 : 0;
}

/* What a measure makes of the instant it was said of. */
static void bound_by_measure(const struct parser *parser, bool more, struct statement *out)
{
    bool past = out->all[0].start < parser->now;

    if (out->bound == BOUND_NONE && (out->has & (HAS_SHIFT | HAS_STRETCH)))
        out->bound = more == past ? BOUND_BEFORE : BOUND_SINCE;
}

bool when_statement_read(const struct parser *parser, size_t at, struct statement *out)
{
    /* With these no statement begins. */
    static const uint64_t idle =
        WORD_BIT(W_FILLER) | WORD_BIT(W_TOLD) | WORD_BIT(W_LESS) | WORD_BIT(W_AND) |
        WORD_BIT(W_OR) | WORD_BIT(W_TO) | WORD_BIT(W_FOR) | WORD_BIT(W_AWAY) | WORD_BIT(W_AGO) |
        WORD_BIT(W_HENCE) | WORD_BIT(W_OCLOCK) | WORD_BIT(W_INCLUSIVE) | WORD_BIT(W_ZONE);
    const struct tokens *tokens = parser->tokens;
    struct parser past;
    struct when_env env;
    struct stretch one;
    struct bag bag;
    size_t next, used, measure;
    bool more;

    if (!(tokens->items[at].classes & ~idle))
        return false;
    *out = (struct statement){ .from = at };
    if (when_repetition_read(parser, at, out))
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
    measure = over_measure(tokens, at, &more);
    next = at + (measure > 0 ? measure : when_bound_read(tokens, at, out));
    if (!parser->env->literal && (out->bound == BOUND_BEFORE || out->bound == BOUND_UNTIL))
        out->negated = out->negated || when_is_negated(tokens, at);
    next = when_over_small_words(tokens, next, out->bound);
    if (means(tokens, at, W_SINCE, NULL)) {
        env = *parser->env;
        env.lean = WHEN_PAST;
        past = *parser;
        past.env = &env;
        parser = &past;
    }
    if ((used = year_range(parser, next, out)) > 0) {
        out->to = next + used;
        return true;
    }
    if (out->bound == BOUND_WITHIN || !when_bag_read(parser, next, &bag))
        return read_length(parser, next, out);
    over_onwards(parser, &bag, out);
    learn_month(parser, out->bound, &bag);
    /* "after 5 days" is one expression, not a bound. */
    if (!read_range(parser, &bag, out)) {
        if (read_inner_bound(parser, &bag, out) && read_range(parser, &bag, out)) {
            out->bound = BOUND_NONE;
        } else {
            /* "between 10 and 20 users" */
            if (bag.has == HAS_BARE && out->bound == BOUND_SINCE &&
                range_joint(tokens, bag.to, true) > 0)
                return false;
            if (out->bound != BOUND_NONE && bag.has == HAS_BARE &&
                when_may_follow(tokens, bag.to) && out->bound != BOUND_RETURN)
                when_bare_to_hour(&bag);
            if (!when_bag_settle(&bag) || !when_resolve(parser, &bag, &one, &out->other))
                return read_length(parser, next, out);
            keep_first(&bag, one, out);
        }
    }
    out->to = bag.to;
    if (!out->ranged)
        read_alternatives(parser, &bag, out);
    when_tail_read(tokens, out);
    if (measure > 0)
        bound_by_measure(parser, more, out);
    return true;
}
