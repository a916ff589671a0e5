/* core/replies/when_pieces.c - one expression of time as a bag: pieces in any order with small words
 * between them, until something comes that does not fit. No backtracking: what was taken stays. */
#include "core/replies/when_pieces.h"

#include "core/base/attr.h"
#include "core/base/text.h"

#define MAX_SKIP 3
#define MAX_PIECES 12

bool when_is_bound(const struct tokens *tokens, size_t at)
{
    static const enum word_class bounds[] = { W_UNTIL, W_THROUGH, W_BY,    W_BEFORE,
                                              W_AFTER, W_SINCE,   W_FROM,  W_WITHIN,
                                              W_START, W_BETWEEN, W_RETURN };

    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
        if (means(tokens, at, bounds[i], NULL))
            return true;
    return false;
}

bool when_is_link(const struct tokens *tokens, size_t at)
{
    static const char *const words[] = { "do", "da", "dos", "das", "dalla", "dello", "ao" };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (is_word(tokens, at, words[i]))
            return true;
    return false;
}

/* "+2", "-05:00" behind UTC or GMT */
static size_t zone_offset(const struct tokens *tokens, size_t at, int *minutes)
{
    const struct token *sign = &tokens->items[at], *number = sign + 1;
    int hours;

    if (sign->kind != TOKEN_SIGN || (sign->sign != '+' && sign->sign != '-') || !sign->glued ||
        !number->glued || (number->kind != TOKEN_NUMBER && number->kind != TOKEN_CLUSTER))
        return 0;
    hours = number->number[0];
    *minutes = number->kind == TOKEN_CLUSTER ? number->number[1] : 0;
    if (number->kind == TOKEN_NUMBER && number->digits[0] == 4) {
        *minutes = hours % 100;
        hours /= 100;
    }
    if (hours > 14 || *minutes > 59) {
        *minutes = 0;
        return 0;
    }
    *minutes = (hours * 60 + *minutes) * (sign->sign == '-' ? -1 : 1);
    return 2;
}

/* "3pm Pacific", "noon Central time" */
static bool is_zone_name(const struct tokens *tokens, size_t at, int *minutes)
{
    static const struct {
        const char *name;
        int minutes;
    } zones[] = { { "central", -360 }, { "mountain", -420 }, { "pacific", -480 } };

    for (size_t i = 0; i < COUNT_OF(zones); i++) {
        if (!is_word(tokens, at, zones[i].name))
            continue;
        *minutes = zones[i].minutes;
        return is_word(tokens, at + 1, "time") || tokens->items[at + 1].kind != TOKEN_WORD ||
               means(tokens, at + 1, W_ON, NULL);
    }
    return false;
}

static size_t zone_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    size_t next = at;

    if (!(bag->has & HAS_TIME))
        return 0;
    if (is_sign(tokens, next, '('))
        next++;
    if (!means(tokens, next, W_ZONE, &bag->zone_minutes) &&
        !is_zone_name(tokens, next, &bag->zone_minutes) &&
        !(is_word(tokens, next, "z") && tokens->items[next].glued))
        return 0;
    if (is_word(tokens, next, "z"))
        bag->zone_minutes = 0;
    /* French "et" and Spanish "est" are zones only when nothing goes on behind them. */
    if (is_word(tokens, next, "et") && tokens->items[next].text.data[0] == 'e')
        return 0;
    next++;
    if (is_word(tokens, next, "time"))
        next++;
    if (bag->zone_minutes == 0)
        next += zone_offset(tokens, next, &bag->zone_minutes);
    if (is_sign(tokens, next, ')'))
        next++;
    bag->has |= HAS_ZONE;
    return next - at;
}

static bool is_range_sign(const struct tokens *tokens, size_t at)
{
    return is_sign(tokens, at, '-') || means(tokens, at, W_TO, NULL) ||
           means(tokens, at, W_UNTIL, NULL) || means(tokens, at, W_THROUGH, NULL) ||
           means(tokens, at, W_AND, NULL);
}

/* "at 11 or [3]" */
static bool is_other_hour(const struct tokens *tokens, size_t at)
{
    return means(tokens, at, W_OR, NULL) && at > 1 &&
           (tokens->items[at - 1].kind == TOKEN_NUMBER ||
            tokens->items[at - 1].kind == TOKEN_CLUSTER || means(tokens, at - 1, W_NUMBER, NULL)) &&
           means(tokens, at - 2, W_AT, NULL);
}

/* "12 [or 16 December]" */
static bool is_day_list(const struct tokens *tokens, size_t at)
{
    int day;
    size_t used = means(tokens, at, W_OR, NULL) ? when_number(tokens, at + 1, &day) : 0;

    return used > 0 && means(tokens, at + 1 + used, W_MONTH, NULL);
}

/* A number that may be an hour or a day: its neighbours will tell. */
static size_t bare_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    int value, unit;
    size_t used = when_ordinal(tokens, at, &value), next;
    bool ordinal = used > 0, led, ranged, days;

    if (used == 0)
        used = when_number(tokens, at, &value);
    next = at + used;
    if (used == 0 || value < 0 || value > 31 || tokens->items[at].digits[0] > 2)
        return 0;
    led = at > 0 && (when_is_bound(tokens, at - 1) || is_range_sign(tokens, at - 1) ||
                     means(tokens, at - 1, W_THE, NULL) || is_other_hour(tokens, at - 1));
    ranged = is_range_sign(tokens, next) || is_day_list(tokens, next);
    /* "9 to 5 weekdays" */
    days = led && (is_word(tokens, next, "weekdays") || is_word(tokens, next, "weekends"));
    if (!days && when_unit(tokens, next, &unit) > 0)
        return 0;
    if (!led && !ranged && !(bag->has & (HAS_DATE | HAS_WEEKDAY | HAS_PART)) &&
        !means(tokens, next, W_REL_DAY, NULL) && !means(tokens, next, W_OF, NULL) &&
        !(means(tokens, next, W_MOD, NULL) && means(tokens, next + 1, W_PART, NULL)) &&
        !(means(tokens, next, W_ON, NULL) && means(tokens, next + 1, W_WEEKDAY, NULL) &&
          (at == 0 || is_word(tokens, at - 1, "do") || is_word(tokens, at - 1, "say"))) &&
        !(is_sign(tokens, next, ',') && means(tokens, next + 1, W_REL_DAY, NULL)))
        return 0;
    if (!when_may_follow(tokens, next) && !ranged && !days &&
        !(at > 0 && is_range_sign(tokens, at - 1) && tokens->items[next].digits[0] == 4))
        return 0;
    bag->has |= HAS_BARE;
    bag->bare = value;
    bag->bare_digits = ordinal ? 3 : tokens->items[at].digits[0];
    return used;
}

#define NUMERAL (WORD_BIT(W_DIGITS) | WORD_BIT(W_NUMBER))
#define NTH (NUMERAL | WORD_BIT(W_ORDINAL))

/* The pieces in the order they are tried, and the classes of which the first token of each has one. */
static const struct {
    size_t (*read)(const struct parser *parser, size_t at, struct bag *bag);
    uint64_t begins;
} pieces[] = {
    { when_holiday_piece, WORD_BIT(W_HOLIDAY) | WORD_BIT(W_MOD) | WORD_BIT(W_DIGITS) },
    { when_rel_day_piece, WORD_BIT(W_NOW) | WORD_BIT(W_REL_DAY) | NUMERAL | WORD_BIT(W_MOD) |
                              WORD_BIT(W_OTHER) | WORD_BIT(W_LONE) },
    { when_half_piece, NTH | WORD_BIT(W_MOD) | WORD_BIT(W_OTHER) },
    { when_shift_piece, NUMERAL | WORD_BIT(W_SIGN) | WORD_BIT(W_IN) | WORD_BIT(W_AFTER) |
                            WORD_BIT(W_CLUSTER) | WORD_BIT(W_A) | WORD_BIT(W_HALF) |
                            WORD_BIT(W_QUARTER_OF) | WORD_BIT(W_COUPLE) | WORD_BIT(W_UNIT) |
                            WORD_BIT(W_OTHER) | WORD_BIT(W_LONE) | WORD_BIT(W_WEEKDAY) |
                            WORD_BIT(W_PAST) },
    { when_quarter_piece, NTH | WORD_BIT(W_QUARTER) | WORD_BIT(W_OTHER) },
    { when_numeric_date, WORD_BIT(W_DIGITS) | WORD_BIT(W_CLUSTER) },
    { when_cjk_date, WORD_BIT(W_DIGITS) },
    { when_named_date, NTH | WORD_BIT(W_MOD) | WORD_BIT(W_MONTH) | WORD_BIT(W_CLUSTER) },
    { when_nth_piece, NTH | WORD_BIT(W_MOD) | WORD_BIT(W_OTHER) },
    { when_week_piece, WORD_BIT(W_UNIT) | WORD_BIT(W_OTHER) },
    { when_decade_piece, NTH | WORD_BIT(W_LONE) },
    { when_weekday_piece, NUMERAL | WORD_BIT(W_MOD) | WORD_BIT(W_WEEKDAY) },
    { when_edge_piece,
      WORD_BIT(W_UNIT) | WORD_BIT(W_EDGE) | WORD_BIT(W_SPAN_DAY) | WORD_BIT(W_OTHER) },
    { when_part_piece, WORD_BIT(W_PART) | WORD_BIT(W_MOD) | WORD_BIT(W_EDGE) | WORD_BIT(W_ORDINAL) |
                           WORD_BIT(W_MERIDIEM) },
    { when_unit_piece, NUMERAL | WORD_BIT(W_MOD) | WORD_BIT(W_COUPLE) | WORD_BIT(W_AFTER) |
                           WORD_BIT(W_EVERY) | WORD_BIT(W_UNIT) | WORD_BIT(W_OTHER) |
                           WORD_BIT(W_LONE) },
    { when_season_piece, WORD_BIT(W_SEASON) | WORD_BIT(W_MOD) | WORD_BIT(W_OTHER) },
    { when_clock, NUMERAL | WORD_BIT(W_CLUSTER) | WORD_BIT(W_CLOCK) | WORD_BIT(W_A) |
                      WORD_BIT(W_QUARTER_OF) | WORD_BIT(W_HALF) | WORD_BIT(W_EDGE) |
                      WORD_BIT(W_MOD) | WORD_BIT(W_OTHER) },
    { when_year_alone, NUMERAL },
    { when_day_alone, NTH },
    { zone_piece, WORD_BIT(W_ZONE) | WORD_BIT(W_SIGN) | WORD_BIT(W_OTHER) },
    { bare_piece, NTH },
};

#define WHOLE_DATE (HAS_DATE | HAS_STRETCH | HAS_NOW | HAS_DECADE)

/* What cannot stand in one bag with what. */
static const struct {
    unsigned has, without;
} conflicts[] = {
    { HAS_DATE, HAS_MONTH | HAS_DAY | HAS_UNIT | HAS_NTH | HAS_HOLIDAY | HAS_QUARTER | HAS_WEEK |
                    HAS_SEASON | HAS_YEAR | HAS_STRETCH | HAS_NOW | HAS_DECADE },
    { HAS_HOLIDAY, HAS_MONTH | HAS_DAY | HAS_NTH | HAS_QUARTER | HAS_WEEK },
    { HAS_STRETCH, HAS_MONTH | HAS_DAY | HAS_UNIT | HAS_NTH | HAS_QUARTER | HAS_WEEK | HAS_SHIFT },
    { HAS_NOW, HAS_ANY_DATE | HAS_TIME | HAS_PART },
    { HAS_QUARTER, HAS_MONTH | HAS_DAY | HAS_WEEKDAY },
    { HAS_WEEK, HAS_MONTH | HAS_DAY },
    { HAS_BARE, HAS_TIME },
    { HAS_DECADE, HAS_ANY_DATE },
};

static bool fits(unsigned old, unsigned new)
{
    if (old & new)
        return false;
    /* "tomorrow, 19 November": the same day twice */
    if ((old & HAS_DATE) && (new &HAS_MONTH) && (new &HAS_DAY))
        old &= ~(unsigned)HAS_DATE;
    for (size_t i = 0; i < sizeof(conflicts) / sizeof(conflicts[0]); i++) {
        if (((old & conflicts[i].has) && (new &conflicts[i].without)) ||
            ((new &conflicts[i].has) && (old & conflicts[i].without)))
            return false;
    }
    return true;
}

/* The first piece that fits; *bag takes it in. */
static size_t take_piece(const struct parser *parser, size_t at, struct bag *bag)
{
    uint64_t classes = parser->tokens->items[at].classes;

    for (size_t i = 0; classes && i < COUNT_OF(pieces); i++) {
        struct bag next;
        unsigned added;
        size_t used;

        if (!(pieces[i].begins & classes))
            continue;
        next = *bag;
        used = pieces[i].read(parser, at, &next);
        added = next.has & ~bag->has;
        if (used == 0)
            continue;
        /* A piece that only repeats what is there. */
        if (added == 0 && !next.week_of && !next.unit_after)
            continue;
        if (!fits(bag->has, added))
            continue;
        next.weak = (bag->from == bag->to || bag->weak) && next.weak;
        *bag = next;
        return used;
    }
    return 0;
}

/* "Thursday morning, say 10", "sometime" */
static bool is_guess(const struct tokens *tokens, size_t at)
{
    static const char *const words[] = { "sometime", "say",     "maybe",
                                         "perhaps",  "ideally", "preferably" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (is_word(tokens, at, words[i]))
            return true;
    return false;
}

/* "not this week[,] Monday": the weekday is another. */
static bool is_denied_whole(const struct tokens *tokens, size_t at, const struct bag *bag)
{
    if (bag->has != HAS_UNIT || !means(tokens, at + 1, W_WEEKDAY, NULL))
        return false;
    for (size_t back = bag->from, n = 0; back > 0 && n < 3; n++)
        if (means(tokens, --back, W_NOT, NULL))
            return true;
    return false;
}

/* Small words between pieces. */
static bool is_joint(const struct tokens *tokens, size_t at, const struct bag *bag)
{
    static const enum word_class joints[] = { W_ON, W_AT, W_OF, W_IN, W_THE, W_ABOUT };
    const struct token *token = &tokens->items[at];
    bool dated = (bag->has & HAS_ANY_DATE) != 0;
    int value;

    if (is_word(tokens, at, "na") || is_word(tokens, at, "as")) /* "na drie uur", "as 12h" */
        return (when_number(tokens, at + 1, &value) > 0) == is_word(tokens, at, "as");
    for (size_t i = 0; i < sizeof(joints) / sizeof(joints[0]); i++)
        if (means(tokens, at, joints[i], NULL))
            return true;
    if (token->kind == TOKEN_SIGN && token->sign == ',' && is_denied_whole(tokens, at, bag))
        return false;
    if (token->kind == TOKEN_SIGN && text_one_of(token->sign, ",()@"))
        return bag->to > bag->from;
    if (token->kind == TOKEN_SIGN && token->sign == '.')
        return token->glued && bag->to > bag->from;
    if (token->kind == TOKEN_SIGN && token->sign == '-')
        return token->glued && (bag->has & HAS_WEEKDAY) && !(bag->has & HAS_TIME) &&
               means(tokens, at + 1, W_MONTH, NULL);
    if (token->kind == TOKEN_SIGN && token->sign == '\'')
        return token->glued;
    if (is_word(tokens, at, "t"))
        return token->glued && dated;
    if (is_word(tokens, at, "a"))
        return is_word(tokens, at + 1, "las");
    if (is_word(tokens, at, "all"))
        return is_word(tokens, at + 1, "day");
    if (is_word(tokens, at, "day"))
        return at > 0 && is_word(tokens, at - 1, "all");
    if (is_word(tokens, at, "over"))
        return dated && means(tokens, at + 1, W_PART, NULL);
    if (means(tokens, at, W_FROM, NULL) || means(tokens, at, W_BETWEEN, NULL) ||
        means(tokens, at, W_FOR, NULL) || is_guess(tokens, at))
        return dated && !(bag->has & (HAS_TIME | HAS_BARE));
    return is_word(tokens, at, "s") && token->glued;
}

static bool is_time_next(const struct parser *parser, size_t at)
{
    struct bag probe = { 0 };
    size_t next = at;

    while (next < at + 2 &&
           (means(parser->tokens, next, W_THE, NULL) || means(parser->tokens, next, W_AT, NULL) ||
            means(parser->tokens, next, W_ABOUT, NULL)))
        next++;
    probe.has = HAS_DATE;
    return when_clock(parser, next, &probe) > 0 || bare_piece(parser, next, &probe) > 0;
}

/* "Friday 4 December - 3pm" is one moment, no range. */
static bool is_dash_to_hour(const struct parser *parser, size_t at, const struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    struct bag probe = { 0 };
    size_t next = at;

    if (!is_sign(tokens, at, '-') || !(bag->has & (HAS_DAY | HAS_WEEKDAY | HAS_DATE)) ||
        (bag->has & (HAS_TIME | HAS_BARE | HAS_PART | HAS_EDGE)))
        return false;
    while (next < at + 2 && is_sign(tokens, next, '-'))
        next++;
    return when_clock(parser, next, &probe) > 0;
}

/* "speak to April", "ask June", "Hi August" */
static bool is_person(const struct tokens *tokens, size_t at)
{
    static const char *const names[] = { "april", "may", "june", "august" };
    static const char *const verbs[] = { "speak",    "speaking", "talk",    "talking", "spoke",
                                         "write",    "writing",  "forward", "report",  "ask",
                                         "contact",  "email",    "cc",      "hi",      "hello",
                                         "dear",     "thanks",   "meet",    "copy",    "copied",
                                         "colleague" };
    bool named = false;
    size_t before = at;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        named = named || is_word(tokens, at, names[i]);
    if (!named || at == 0)
        return false;
    before--;
    if (before > 0 && (means(tokens, before, W_TO, NULL) || is_word(tokens, before, "with")))
        before--;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (is_word(tokens, before, verbs[i]))
            return true;
    return false;
}

/* A lone month or weekday that is also another word needs a lead, a capital inside a sentence, or
 * to be all that was said. */
static bool is_strong(const struct parser *parser, const struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    size_t at = bag->from;
    unsigned char first = (unsigned char)tokens->items[at].text.data[0];

    if (bag->has == HAS_MONTH && is_person(tokens, at))
        return false;
    if (!bag->weak || (bag->has & ~(unsigned)(HAS_MONTH | HAS_WEEKDAY)))
        return true;
    if (means(tokens, at, W_THE, NULL))
        return false;
    if (is_range_sign(tokens, bag->to) && !is_sign(tokens, bag->to, '-') &&
        (means(tokens, bag->to + 1, W_MONTH, NULL) || means(tokens, bag->to + 1, W_WEEKDAY, NULL)))
        return true;
    if (at == 0)
        return tokens->items[bag->to].kind == TOKEN_END && bag->to + 1 >= tokens->count;
    if (when_is_bound(tokens, at - 1) || means(tokens, at - 1, W_IN, NULL) ||
        means(tokens, at - 1, W_ON, NULL) || means(tokens, at - 1, W_TO, NULL) ||
        means(tokens, at - 1, W_OF, NULL) ||
        (means(tokens, at - 1, W_OR, NULL) && (bag->has & HAS_WEEKDAY)) ||
        is_sign(tokens, at - 1, '-') || is_sign(tokens, at - 1, '/'))
        return true;
    return first >= 'A' && first <= 'Z' && tokens->items[at - 1].kind == TOKEN_WORD &&
           !means(tokens, at - 1, W_THE, NULL) && bag->to - at == 1 &&
           tokens->items[bag->to].kind == TOKEN_END;
}

/* A bare number beside a date: a day of its month, or the hour. */
static bool settle_bare(struct bag *bag)
{
    if (!(bag->has & HAS_BARE))
        return true;
    if (((bag->has & HAS_UNIT) && bag->unit == WHEN_MONTH) ||
        ((bag->has & HAS_MONTH) && !(bag->has & HAS_DAY)) ||
        ((bag->has & HAS_WEEKDAY) && (bag->bare > 12 || bag->bare_digits == 3))) {
        bag->has = (bag->has & ~(unsigned)HAS_BARE) | HAS_DAY;
        bag->day = bag->bare;
        return bag->bare >= 1;
    }
    if (bag->bare <= 24 && bag->bare_digits != 3 &&
        (bag->has & (HAS_DATE | HAS_WEEKDAY | HAS_PART))) {
        bag->has = (bag->has & ~(unsigned)HAS_BARE) | HAS_TIME;
        bag->hour = bag->bare;
        bag->minute = bag->second = 0;
        bag->meridiem = bag->bare > 12 ? MERIDIEM_FIXED : MERIDIEM_NONE;
        bag->time_grain = WHEN_HOUR;
    }
    return true;
}

/* "Sunday [from] last week" */
static bool is_of_week(const struct tokens *tokens, size_t at, const struct bag *bag)
{
    return bag->has == HAS_WEEKDAY && means(tokens, at, W_FROM, NULL) &&
           means(tokens, at + 1, W_MOD, NULL) && is_word(tokens, at + 2, "week");
}

bool when_bag_read(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    size_t next = at;
    int skipped = 0, taken = 0;

    *bag = (struct bag){ .from = at, .to = at, .unit_count = 1, .nth_count = 1, .month_mod = 2 };
    while (taken < MAX_PIECES && tokens->items[next].kind != TOKEN_END) {
        size_t used = take_piece(parser, next, bag);

        if (used > 0) {
            next += used;
            bag->to = next;
            if (taken == 0)
                bag->first = bag->has;
            skipped = 0;
            taken++;
            /* An hour in digits goes on with its day: "friday 23 at 4". */
            if ((bag->has & HAS_BARE) && (bag->has & HAS_WEEKDAY) &&
                (means(tokens, next, W_AT, NULL) ||
                 (bag->bare > 12 &&
                  (means(tokens, next, W_FROM, NULL) || means(tokens, next, W_BETWEEN, NULL)))))
                settle_bare(bag);
            continue;
        }
        if (skipped == MAX_SKIP ||
            !(is_joint(tokens, next, bag) || is_dash_to_hour(parser, next, bag)))
            break;
        if ((means(tokens, next, W_FROM, NULL) || means(tokens, next, W_BETWEEN, NULL) ||
             means(tokens, next, W_FOR, NULL) || is_guess(tokens, next)) &&
            !is_time_next(parser, next + 1) && !is_of_week(tokens, next, bag))
            break;
        bag->led = bag->led || means(tokens, next, W_BETWEEN, NULL) ||
                   (means(tokens, next, W_FROM, NULL) && !is_of_week(tokens, next, bag));
        next++;
        skipped++;
    }
    if (taken == 0 || !(bag->has & (HAS_ANY_DATE | HAS_TIME | HAS_PART | HAS_BARE)))
        return false;
    return is_strong(parser, bag);
}

/* Callers that have no second side to learn from. */
bool when_bag_settle(struct bag *bag)
{
    if (!settle_bare(bag))
        return false;
    bag->has &= ~(unsigned)HAS_BARE;
    return (bag->has & (HAS_ANY_DATE | HAS_TIME | HAS_PART)) != 0;
}
