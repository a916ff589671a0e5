/* core/replies/when_names.c - days, parts of days and seasons by name: "tomorrow", "next Tuesday",
 * "this morning", "late March", "Christmas". */
#include "core/replies/when_pieces.h"

#include "core/base/attr.h"

/* "2day", "2moro", "2nite" */
static bool is_text_today(const struct tokens *tokens, size_t at, int *days)
{
    static const struct {
        const char *word;
        int days;
    } words[] = { { "day", 0 }, { "moro", 1 },   { "morrow", 1 },
                  { "mrw", 1 }, { "nite", 100 }, { "night", 100 } };

    if (tokens->items[at].kind != TOKEN_NUMBER || tokens->items[at].number[0] != 2 ||
        !tokens->items[at + 1].glued)
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        *days = words[i].days;
        if (is_word(tokens, at + 1, words[i].word))
            return true;
    }
    return false;
}

/* How "ago", "hence" or "from now" turns a count: -1, 1, 0 = none of them. */
static int direction_of(const struct tokens *tokens, size_t at, size_t *used)
{
    int days;

    *used = 1;
    if (means(tokens, at, W_AGO, NULL))
        return -1;
    if (means(tokens, at, W_HENCE, NULL))
        return 1;
    *used = 2;
    return means(tokens, at, W_FROM, NULL) &&
           (means(tokens, at + 1, W_NOW, NULL) ||
            (means(tokens, at + 1, W_REL_DAY, &days) && days == 0));
}

/* "5 mornings ago", "two weekends from now" */
static size_t counted_parts(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    int64_t today = when_local_day(parser->now);
    int count, part, unit, turn;
    size_t used = when_number(tokens, at, &count), next = at + used, tail;
    bool parts = means(tokens, next, W_PARTS, &part) || means(tokens, next, W_PART, &part);

    if (used == 0 || count < 1 || count > 500 ||
        (!parts && ((used = when_unit(tokens, next, &unit)) == 0 || unit != UNIT_WEEKEND)))
        return 0;
    next += parts ? 1 : used;
    turn = direction_of(tokens, next, &tail);
    if (turn == 0)
        return 0;
    if (parts) {
        bag->has |= HAS_DATE | HAS_PART;
        bag->part = part;
        bag->date = today + (int64_t)turn * count;
    } else {
        bag->has |= HAS_UNIT;
        bag->unit = UNIT_WEEKEND;
        bag->unit_offset = turn > 0 ? count - 1 : -count;
    }
    return next + tail - at;
}

size_t when_rel_day_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    size_t counted = counted_parts(parser, at, bag);
    int days;

    if (counted > 0)
        return counted;
    if (means(tokens, at, W_NOW, NULL)) {
        bag->has |= HAS_NOW;
        return 1;
    }
    if (is_word(tokens, at, "right") && is_word(tokens, at + 1, "now")) {
        bag->has |= HAS_NOW;
        return 2;
    }
    if ((is_word(tokens, at, "this") || is_word(tokens, at, "present")) &&
        is_word(tokens, at + 1, "time") && at > 0 && !means(tokens, at + 2, W_MOD, NULL) &&
        !means(tokens, at + 2, W_REL_DAY, NULL) &&
        (means(tokens, at - 1, W_AT, NULL) || means(tokens, at - 1, W_THE, NULL))) {
        bag->has |= HAS_NOW;
        return 2;
    }
    if (is_text_today(tokens, at, &days)) {
        bag->has |= days == 100 ? HAS_DATE | HAS_PART : HAS_DATE;
        bag->part = PART_NIGHT;
        bag->date = when_local_day(parser->now) + (days == 1);
        return 2;
    }
    if (!means(tokens, at, W_REL_DAY, &days))
        return 0;
    /* "morgen" is also a morning in Dutch greetings, and "today" is no time in "today's world". */
    if (at > 0 && (is_word(tokens, at - 1, "guten") || is_word(tokens, at - 1, "goeden")))
        return 0;
    /* "por la mañana" is the morning. */
    if (at > 0 && means(tokens, at, W_PART, NULL) && means(tokens, at - 1, W_THE, NULL))
        return 0;
    if (is_word(tokens, at, "mañana") && at > 0 && is_word(tokens, at - 1, "pasado"))
        days = 2;
    if (days == 1 && at > 1 && is_word(tokens, at - 1, "de") && is_word(tokens, at - 2, "depois"))
        days = 2;
    bag->has |= HAS_DATE;
    if (days >= 100) {
        bag->has |= HAS_PART;
        bag->part = days / 100;
        days %= 100;
    }
    bag->date = when_local_day(parser->now) + days;
    return 1;
}

/* "Friday pm", "tomorrow am"; "Montag am Vormittag" is no such thing. */
static size_t half_of_day(const struct tokens *tokens, size_t at, struct bag *bag)
{
    int half;

    if (bag->to != at || bag->to == bag->from || (bag->has & (HAS_TIME | HAS_BARE | HAS_PART)) ||
        !(bag->has & (HAS_WEEKDAY | HAS_DATE | HAS_DAY | HAS_HOLIDAY)) ||
        !means(tokens, at, W_MERIDIEM, &half) || means(tokens, at + 1, W_PART, NULL) ||
        means(tokens, at + 1, W_WEEKDAY, NULL) || is_word(tokens, at + 1, "i"))
        return 0;
    bag->has |= HAS_PART;
    bag->part = half == MERIDIEM_AM ? PART_MORNING : PART_AFTERNOON;
    return 1;
}

/* this 0, next 1, last -1, coming 2, the past one -2 */
static size_t weekday_modifier(const struct tokens *tokens, size_t at, int *mod)
{
    size_t next = at;

    if (!means(tokens, next, W_MOD, mod))
        return 0;
    if (*mod == 0 && means(tokens, next + 1, W_MOD, mod)) {
        next++;
        *mod *= 2;
    } else if (is_word(tokens, next, "coming") || is_word(tokens, next, "upcoming") ||
               is_word(tokens, next, "past")) {
        *mod *= 2;
    }
    return next + 1 - at;
}

/* "2 sundays from now", "2 thursdays ago" */
static size_t counted_weekdays(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    int64_t today = when_local_day(parser->now), day;
    int count, weekday;
    size_t used = when_number(tokens, at, &count), next = at + used, tail;
    int turn;

    if (used == 0 || count < 1 || count > 500 || !means(tokens, next, W_WEEKDAY, &weekday))
        return 0;
    next++;
    turn = direction_of(tokens, next, &tail);
    if (turn == 0)
        return 0;
    weekday &= ~WORD_WEAK;
    if (turn < 0)
        day = today - ((when_weekday(today) - weekday + 6) % 7 + 1) - WEEK_DAYS * (count - 1);
    else
        day = today + (weekday - when_weekday(today) + 6) % 7 + 1 + WEEK_DAYS * (count - 1);
    bag->has |= HAS_DATE;
    bag->date = day;
    return next + tail - at;
}

/* "Friday week" is the one after; "lundi prochain", "el lunes que viene" are the coming one. */
static size_t behind_weekday(const struct tokens *tokens, size_t at, struct bag *bag)
{
    if (is_word(tokens, at, "week") && tokens->items[at + 1].kind != TOKEN_NUMBER &&
        !means(tokens, at + 1, W_OF, NULL) && !means(tokens, at + 1, W_START, NULL)) {
        bag->unit_after = true;
        return 1;
    }
    return when_after_noun(tokens, at);
}

/* "monday.com" */
static bool is_domain(const struct tokens *tokens, size_t at)
{
    const struct token *dot = &tokens->items[at + 1];

    return dot->kind == TOKEN_SIGN && dot->sign == '.' && dot->glued && dot[1].glued &&
           dot[1].kind == TOKEN_WORD;
}

size_t when_weekday_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    int mod = 0, weekday;
    size_t used = counted_weekdays(parser, at, bag);

    if (used > 0)
        return used;
    used = weekday_modifier(tokens, at, &mod);
    if (!means(tokens, at + used, W_WEEKDAY, &weekday) || is_domain(tokens, at + used))
        return 0;
    /* "1 mon" is a month. */
    if (at > 0 && used == 0 && tokens->items[at - 1].kind == TOKEN_NUMBER &&
        is_word(tokens, at, "mon"))
        return 0;
    if (means(tokens, at + used, W_PART, &bag->part)) /* "Freitagnachmittag" */
        bag->has |= HAS_PART;
    bag->weekday = weekday & ~WORD_WEAK;
    bag->weak = used == 0 && (weekday & WORD_WEAK);
    bag->has |= HAS_WEEKDAY;
    if (used > 0) {
        bag->has |= HAS_WEEKDAY_MOD;
        bag->weekday_mod = mod;
    }
    used++;
    if (is_sign(tokens, at + used, '.') && tokens->items[at + used - 1].lower.len <= 5 &&
        tokens->items[at + used + 1].kind != TOKEN_END)
        used++;
    return used + behind_weekday(tokens, at + used, bag);
}

/* "I lent him", but "after Lent" */
static bool is_verb_lent(const struct tokens *tokens, size_t at)
{
    return is_word(tokens, at, "lent") && at > 0 && tokens->items[at - 1].kind == TOKEN_WORD &&
           !when_is_bound(tokens, at - 1) && !means(tokens, at - 1, W_FOR, NULL) &&
           !means(tokens, at - 1, W_IN, NULL) && !means(tokens, at - 1, W_OF, NULL);
}

size_t when_holiday_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    size_t next = at, used;
    int mod = 0;

    if (means(parser->tokens, at, W_MOD, &mod))
        next++;
    bag->holiday =
        is_verb_lent(parser->tokens, next) ? NULL : when_holiday_at(parser->tokens, next, &used);
    /* "early in the new year" */
    if (!bag->holiday || ((bag->has & HAS_EDGE) && is_word(parser->tokens, next, "new")))
        return 0;
    bag->has |= HAS_HOLIDAY;
    bag->holiday_mod = next > at ? mod : 2;
    next += used;
    used = when_unit(parser->tokens, next, &bag->around);
    if (used == 0 || (bag->around != WHEN_WEEK && bag->around != UNIT_WEEKEND)) {
        bag->around = 0;
        used = 0;
    }
    return next + used - at;
}

/* "morning of Christmas" */
static bool is_holiday_behind(const struct tokens *tokens, size_t at)
{
    size_t next = at + 1, used;

    if (!means(tokens, at, W_OF, NULL))
        return false;
    if (means(tokens, next, W_MOD, NULL) || means(tokens, next, W_THE, NULL))
        next++;
    return when_holiday_at(tokens, next, &used) != NULL;
}

/* Edges of other languages that are other words as well, in English or at home: "fine" only before
 * "gennaio" or "mese", "begin" only before "januari". */
static bool is_edge_word(const struct tokens *tokens, size_t at)
{
    static const char *const guarded[] = { "fine", "begin", "mi", "final" };
    static const char *const targets[] = { "mese", "anno",     "settimana", "maand",
                                           "jaar", "volgende", "komende",   "di",
                                           "de",   "del",      "do",        "van" };
    size_t next = at + 1;
    int month = 0;

    for (size_t i = 0; i < COUNT_OF(guarded); i++) {
        if (!is_word(tokens, at, guarded[i]))
            continue;
        if (is_sign(tokens, next, '-'))
            next++;
        for (size_t n = 0; n < COUNT_OF(targets); n++)
            if (is_word(tokens, next, targets[n]))
                return true;
        return means(tokens, next, W_MONTH, &month) &&
               ((month & WORD_FOREIGN) ||
                (is_word(tokens, at, "begin") && tokens->items[next + 1].kind != TOKEN_NUMBER));
    }
    return true;
}

static bool is_part_led(const struct tokens *tokens, size_t at, int part)
{
    static const enum word_class leads[] = { W_THE, W_IN,     W_AT,    W_OF,   W_BY,   W_AFTER,
                                             W_ON,  W_BEFORE, W_ABOUT, W_EDGE, W_UNTIL };

    /* "the dinner party" is a thing, "at dinner" a time. */
    if (at > 0 && (part == PART_LUNCH || part == PART_EARLY || is_word(tokens, at, "dinner")) &&
        (means(tokens, at - 1, W_THE, NULL) || means(tokens, at - 1, W_OF, NULL)))
        return false;
    for (size_t i = 0; at > 0 && i < sizeof(leads) / sizeof(leads[0]); i++)
        if (means(tokens, at - 1, leads[i], NULL) && is_edge_word(tokens, at - 1))
            return true;
    /* "lunch on Tuesday" */
    return means(tokens, at + 1, W_ON, NULL) && means(tokens, at + 2, W_WEEKDAY, NULL);
}

static size_t first_thing(const struct tokens *tokens, size_t at, struct bag *bag)
{
    if (is_word(tokens, at, "last") && is_word(tokens, at + 1, "thing")) {
        bag->has |= HAS_EDGE;
        bag->edge = EDGE_LATE;
        bag->fuzzy = true;
        return 2;
    }
    if (!is_word(tokens, at, "first") || !is_word(tokens, at + 1, "thing"))
        return 0;
    bag->has |= HAS_PART;
    bag->part = PART_EARLY;
    bag->fuzzy = true;
    if (means(tokens, at + 2, W_IN, NULL) && means(tokens, at + 3, W_THE, NULL) &&
        is_word(tokens, at + 4, "morning"))
        return 5;
    return 2;
}

/* Parts alone need a word that leads them in; "good morning" is none. */
size_t when_part_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    size_t next = at, used = first_thing(tokens, at, bag);
    int mod = 0, edge = 0, part;

    if (used > 0 || (used = half_of_day(tokens, at, bag)) > 0)
        return used;
    if (means(tokens, next, W_MOD, &mod))
        next++;
    if (means(tokens, next, W_EDGE, &edge) &&
        (edge <= EDGE_LATE || edge == EDGE_LATER || edge == EDGE_EARLIER))
        next++;
    if (edge && is_sign(tokens, next, '-') && tokens->items[next].glued)
        next++;
    if (edge && (means(tokens, next, W_IN, NULL) || means(tokens, next, W_ON, NULL)) &&
        means(tokens, next + 1, W_THE, NULL))
        next += 2;
    if (edge && is_word(tokens, next, "hours") && is_word(tokens, next + 1, "of"))
        next += is_word(tokens, next + 2, "the") ? 3 : 2;
    if (!means(tokens, next, W_PART, &part) || (edge == EDGE_MID && part == PART_NIGHT))
        return 0;
    if (at == next && !(bag->has & (HAS_ANY_DATE | HAS_TIME | HAS_BARE)) &&
        !is_part_led(tokens, at, part) && !is_holiday_behind(tokens, next + 1))
        return 0;
    if (at > 0 && is_word(tokens, at - 1, "good"))
        return 0;
    bag->has |= HAS_PART;
    bag->part = part;
    bag->part_edge = edge;
    if (means(tokens, at, W_MOD, &mod)) {
        bag->part_offset = mod;
        bag->has |= HAS_DATE;
        bag->date = when_local_day(parser->now) + (mod > 0) - (mod < 0);
    }
    if (part == PART_LUNCH && is_word(tokens, next + 1, "time"))
        next++;
    return next + 1 - at;
}

static bool is_edge_target(const struct tokens *tokens, size_t at)
{
    int unit;
    size_t next = at;

    if (means(tokens, next, W_THE, NULL))
        next++;
    return means(tokens, next, W_MOD, NULL) || means(tokens, next, W_MONTH, NULL) ||
           means(tokens, next, W_REL_DAY, NULL) || means(tokens, next, W_SEASON, NULL) ||
           means(tokens, next, W_WEEKDAY, NULL) || when_unit(tokens, next, &unit) > 0 ||
           tokens->items[next].digits[0] == 4 || means(tokens, next, W_QUARTER, NULL) ||
           means(tokens, next, W_ABOUT, NULL) || means(tokens, next, W_ORDINAL, NULL) ||
           (is_word(tokens, next, "new") && is_word(tokens, next + 1, "year"));
}

static size_t end_of_unit(const struct tokens *tokens, size_t at, struct bag *bag)
{
    int unit = WHEN_DAY;
    bool spelt = (is_word(tokens, at, "close") || is_word(tokens, at, "end")) &&
                 is_word(tokens, at + 1, "of") &&
                 (is_word(tokens, at + 2, "business") || is_word(tokens, at + 2, "play") ||
                  is_word(tokens, at + 2, "day"));
    size_t used = spelt ? 3 : 1;

    /* "year end", but a "week end" is none */
    bool apart = means(tokens, at, W_UNIT, &unit) && unit >= WHEN_MONTH && unit <= WHEN_YEAR &&
                 is_word(tokens, at + 1, "end");

    if (spelt)
        unit = WHEN_DAY;
    if (spelt && is_word(tokens, at + 2, "business") && is_word(tokens, at + 3, "day"))
        used++;
    if (!spelt && !apart && !means(tokens, at, W_SPAN_DAY, &unit))
        return 0;
    bag->edge = unit >= 100 ? EDGE_EARLY : EDGE_END;
    bag->has |= HAS_EDGE;
    used += apart;
    if (!(bag->has & HAS_ANY_DATE) &&
        !(unit == WHEN_DAY &&
          (means(tokens, at + used, W_REL_DAY, NULL) || means(tokens, at + used, W_WEEKDAY, NULL) ||
           means(tokens, at + used, W_ON, NULL)))) {
        bag->has |= HAS_UNIT;
        bag->unit = unit % 100;
        bag->unit_offset = 0;
        bag->unit_count = 1;
    }
    return used;
}

size_t when_edge_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    size_t next = at + 1, used = end_of_unit(tokens, at, bag);
    int edge;

    if (used > 0)
        return used;
    if (!means(tokens, at, W_EDGE, &edge) || !is_edge_word(tokens, at))
        return 0;
    if (is_sign(tokens, next, '-') && tokens->items[next].glued)
        next++;
    if ((is_word(tokens, at, "end") || is_word(tokens, at, "start")) &&
        (means(tokens, next, W_IN, NULL) || means(tokens, next, W_ON, NULL)))
        return 0;
    if (means(tokens, next, W_OF, NULL) || means(tokens, next, W_IN, NULL) ||
        means(tokens, next, W_ON, NULL) || when_is_link(tokens, next))
        next++;
    else if (means(tokens, at, W_START, NULL) || is_word(tokens, at, "start"))
        return 0;
    if (!is_edge_target(tokens, next) || is_word(tokens, next, "days"))
        return 0;
    bag->has |= HAS_EDGE;
    bag->edge = edge;
    bag->fuzzy = true;
    return next - at;
}

/* "Spring would be better", but not "Fall back to e-mail" */
static bool is_season_alone(const struct tokens *tokens, size_t at)
{
    return (at == 0 || tokens->items[at - 1].kind == TOKEN_END) && !is_word(tokens, at, "fall") &&
           (is_word(tokens, at + 1, "would") || is_word(tokens, at + 1, "is") ||
            is_word(tokens, at + 1, "works") || is_word(tokens, at + 1, "suits"));
}

size_t when_season_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    size_t next = at;
    int mod = 2;

    if (means(tokens, next, W_MOD, &mod))
        next++;
    else if (means(tokens, next + 1, W_SEASON, NULL) && is_word(tokens, next, "our"))
        next++;
    if (!means(tokens, next, W_SEASON, &bag->season))
        return 0;
    if (next == at && !(bag->has & (HAS_EDGE | HAS_YEAR)) &&
        tokens->items[at + 1 + means(tokens, at + 1, W_OF, NULL)].digits[0] != 4 &&
        !((bag->has & HAS_UNIT) && bag->unit == WHEN_YEAR) &&
        !(at > 0 && (means(tokens, at - 1, W_IN, NULL) || means(tokens, at - 1, W_THE, NULL) ||
                     when_is_bound(tokens, at - 1))) &&
        !is_season_alone(tokens, at))
        return 0;
    bag->has |= HAS_SEASON;
    bag->holiday_mod = mod;
    next++;
    if (is_word(tokens, next, "break") || is_word(tokens, next, "vacation") ||
        is_word(tokens, next, "holiday") || is_word(tokens, next, "holidays"))
        next++;
    return next - at;
}
