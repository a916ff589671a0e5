/* core/replies/when_dates.c - dates by number and name: "10/31/1974", "2013-02-12", "31-Oct-74",
 * "Oct 31st, 1974", "the 15th", years. Which year or month an incomplete one means is decided in
 * when_resolve.c. */
#include "core/replies/when_pieces.h"

#include "core/base/attr.h"

static bool is_year_number(int value, int digits)
{
    return digits == 4 && value >= 1000 && value <= 2999;
}

static int full_year(int value, int digits)
{
    if (digits > 2)
        return value;
    return value <= 50 ? 2000 + value : 1900 + value;
}

static size_t put_date(struct bag *bag, int year, int month, int day)
{
    if (!when_day_exists(year, month, day))
        return 0;
    bag->has |= HAS_YEAR | HAS_MONTH | HAS_DAY;
    bag->year = year;
    bag->month = month;
    bag->day = day;
    return 1;
}

static size_t put_month_day(struct bag *bag, int month, int day)
{
    /* A leap year, so that 29 February is one. */
    if (!when_day_exists(2000, month, day))
        return 0;
    bag->has |= HAS_MONTH | HAS_DAY;
    bag->month = month;
    bag->day = day;
    return 1;
}

static size_t three_numbers(const struct parser *parser, const struct token *token, struct bag *bag)
{
    const int *n = token->number, *d = token->digits;
    int year;

    if (token->between[0] != token->between[1])
        return 0;
    if (is_year_number(n[0], d[0]))
        return n[1] > 12 ? put_date(bag, n[0], n[2], n[1]) : put_date(bag, n[0], n[1], n[2]);
    if (token->between[0] == ':')
        return 0;
    year = full_year(n[2], d[2]);
    bag->turnable = token->between[0] == '/' && n[0] <= 12 && n[1] <= 12;
    /* Dots are written where the day comes first. */
    if (n[0] <= 12 && (n[1] > 12 || (!parser->env->day_first && token->between[0] != '.')))
        return put_date(bag, year, n[0], n[1]);
    return put_date(bag, year, n[1], n[0]);
}

static bool is_led_to_date(const struct parser *parser, size_t at)
{
    static const enum word_class leads[] = { W_ON,    W_UNTIL,   W_THROUGH, W_BY,     W_FROM,
                                             W_SINCE, W_BETWEEN, W_START,   W_RETURN, W_WEEKDAY };

    for (size_t i = 0; at > 0 && i < sizeof(leads) / sizeof(leads[0]); i++)
        if (means(parser->tokens, at - 1, leads[i], NULL))
            return true;
    return false;
}

static size_t two_numbers(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct token *token = &parser->tokens->items[at];
    const int *n = token->number, *d = token->digits;
    char sign = token->between[0];

    if (sign == ':' || n[0] == 0 || n[1] == 0)
        return 0;
    if (is_year_number(n[0], d[0]) || is_year_number(n[1], d[1])) {
        bool year_first = is_year_number(n[0], d[0]);
        int month = year_first ? n[1] : n[0];

        if (month > 12 || sign == '.')
            return 0;
        bag->has |= HAS_YEAR | HAS_MONTH;
        bag->year = year_first ? n[0] : n[1];
        bag->month = month;
        return 1;
    }
    /* "24/7", "7/12 of it" */
    if (d[0] > 2 || d[1] > 2 || (n[0] == 24 && n[1] == 7) ||
        (means(parser->tokens, at + 1, W_OF, NULL) && !means(parser->tokens, at + 2, W_MOD, NULL) &&
         parser->tokens->items[at + 2].digits[0] != 4))
        return 0;
    if (sign == '.' && !token->dotted && !is_led_to_date(parser, at))
        return 0;
    /* "Friday 8.30" is an hour. */
    if (sign == '.' && n[1] > 12)
        return 0;
    if (sign == '.')
        return put_month_day(bag, n[1], n[0]);
    bag->turnable = sign == '/' && n[0] <= 12 && n[1] <= 12;
    if ((parser->env->day_first && n[1] <= 12) || n[0] > 12)
        return put_month_day(bag, n[1], n[0]);
    return sign == '/' ? put_month_day(bag, n[0], n[1]) : 0;
}

/* "2016 10 16" */
static size_t spaced_numbers(const struct tokens *tokens, size_t at, struct bag *bag)
{
    const struct token *t = &tokens->items[at];

    if (t->kind != TOKEN_NUMBER || !is_year_number(t->number[0], t->digits[0]) ||
        t[1].kind != TOKEN_NUMBER || t[1].digits[0] != 2 || t[2].kind != TOKEN_NUMBER ||
        t[2].digits[0] != 2)
        return 0;
    return put_date(bag, t->number[0], t[1].number[0], t[2].number[0]) ? 3 : 0;
}

/* "20200701" */
static size_t packed_number(const struct token *token, struct bag *bag)
{
    int n = token->number[0];

    if (token->kind != TOKEN_NUMBER || token->digits[0] != 8 || n < 19000101 || n > 20991231)
        return 0;
    return put_date(bag, n / 10000, n / 100 % 100, n % 100);
}

size_t when_numeric_date(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct token *token = &parser->tokens->items[at];
    size_t used;

    if (token->kind == TOKEN_CLUSTER)
        return token->count == 3 ? three_numbers(parser, token, bag)
                                 : (token->count == 2 ? two_numbers(parser, at, bag) : 0);
    used = packed_number(token, bag);
    return used > 0 ? used : spaced_numbers(parser->tokens, at, bag);
}

/* ---- with the name of the month ---- */

static size_t over_joint(const struct tokens *tokens, size_t at)
{
    const struct token *token = &tokens->items[at];

    if (token->kind == TOKEN_SIGN && token->sign == '.')
        return at + 1;
    if (token->kind == TOKEN_SIGN && token->glued && (token->sign == '-' || token->sign == '/'))
        return at + 1;
    return at;
}

static bool is_clock_ahead(const struct tokens *tokens, size_t at)
{
    const struct token *next = &tokens->items[at];

    return means(tokens, at, W_MERIDIEM, NULL) || means(tokens, at, W_OCLOCK, NULL) ||
           (next->kind == TOKEN_WORD && next->glued && next->lower.len == 1) ||
           (is_word(tokens, at, "a") && is_word(tokens, at + 1, "m")) ||
           (is_word(tokens, at, "p") && is_word(tokens, at + 1, "m")) ||
           (is_word(tokens, at, "o") && is_word(tokens, at + 1, "clock")) ||
           is_word(tokens, at, "ish");
}

static size_t era(const struct tokens *tokens, size_t at, int *year)
{
    static const struct {
        const char *first, *second;
        int kind;
    } eras[] = { { "ad", NULL, 1 },   { "ce", NULL, 1 }, { "a", "d", 1 },    { "bc", NULL, -1 },
                 { "bce", NULL, -1 }, { "b", "c", -1 },  { "be", NULL, 543 } };

    for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++) {
        size_t next = at;

        if (!is_word(tokens, next, eras[i].first))
            continue;
        next = is_sign(tokens, next + 1, '.') ? next + 2 : next + 1;
        if (eras[i].second) {
            if (!is_word(tokens, next, eras[i].second))
                continue;
            next = is_sign(tokens, next + 1, '.') ? next + 2 : next + 1;
        }
        *year = eras[i].kind == 543 ? *year - 543 : *year * eras[i].kind;
        return next - at;
    }
    return 0;
}

/* The year behind a date: "1974", "'74", "74", "in 2020", "nineteen ninety six". */
static size_t year_tail(const struct tokens *tokens, size_t at, bool short_too, int *year)
{
    size_t next = at, used;
    bool quoted, dashed;
    const struct token *token;

    if (is_sign(tokens, next, ','))
        next++;
    if (means(tokens, next, W_IN, NULL) || means(tokens, next, W_OF, NULL))
        next++;
    dashed = is_sign(tokens, next, '-');
    next = over_joint(tokens, next);
    quoted = is_sign(tokens, next, '\'');
    next += quoted;
    token = &tokens->items[next];
    if (token->kind == TOKEN_WORD) {
        used = when_year_words(tokens, next, year);
        return used > 0 ? next + used - at : 0;
    }
    if (token->kind != TOKEN_NUMBER || is_clock_ahead(tokens, next + 1))
        return 0;
    *year = token->number[0];
    used = era(tokens, next + 1, year);
    if (used > 0)
        return next + 1 + used - at;
    if (is_year_number(token->number[0], token->digits[0]))
        return next + 1 - at;
    if (token->digits[0] != 2 || !(quoted || (short_too && !dashed) || token->number[0] > 31))
        return 0;
    *year = full_year(token->number[0], 2);
    return next + 1 - at;
}

static size_t day_number(const struct tokens *tokens, size_t at, int *day)
{
    size_t used = when_ordinal(tokens, at, day);

    if (used == 0) {
        used = when_number(tokens, at, day);
        if (used > 0 && (tokens->items[at].digits[0] > 2 || is_clock_ahead(tokens, at + used)))
            return 0;
    }
    return used > 0 && *day >= 1 && *day <= 31 ? used : 0;
}

static size_t with_year(const struct tokens *tokens, size_t at, size_t end, struct bag *bag)
{
    size_t used = year_tail(tokens, end, bag->has & HAS_DAY, &bag->year);

    if (used > 0 && (bag->has & HAS_DAY) && !when_day_exists(bag->year, bag->month, bag->day))
        return 0;
    if (used > 0)
        bag->has |= HAS_YEAR;
    return end + used - at;
}

/* "12 May Street" */
static bool is_street(const struct tokens *tokens, size_t at)
{
    static const char *const words[] = { "street", "road", "avenue", "lane", "drive",
                                         "square", "st",   "rd",     "ave" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (is_word(tokens, at, words[i]))
            return true;
    return false;
}

/* "31st of Oct 1974", "5. Januar", "15 day of June" */
static size_t day_then_month(const struct tokens *tokens, size_t at, struct bag *bag)
{
    size_t used = day_number(tokens, at, &bag->day), next = at + used;

    if (used == 0)
        return 0;
    if (is_word(tokens, next, "day"))
        next++;
    if (means(tokens, next, W_OF, NULL) ||
        (when_ordinal(tokens, at, &bag->day) > 0 && means(tokens, next, W_IN, NULL))) {
        next++;
        if (means(tokens, next, W_THE, NULL))
            next++;
    }
    next = over_joint(tokens, next);
    if (!means(tokens, next, W_MONTH, &bag->month))
        return 0;
    /* "one may ask" */
    if ((bag->month & WORD_WEAK) && means(tokens, at, W_NUMBER, NULL) && used == 1)
        return 0;
    bag->month &= ~(WORD_WEAK | WORD_FOREIGN);
    if (!when_day_exists(2000, bag->month, bag->day) || is_street(tokens, next + 1))
        return 0;
    bag->has |= HAS_MONTH | HAS_DAY;
    return with_year(tokens, at, over_joint(tokens, next + 1), bag);
}

/* The day behind a month, unless it is a year or an hour. */
static size_t day_behind(const struct tokens *tokens, size_t at, int *day)
{
    size_t next = over_joint(tokens, at), used;

    if (is_sign(tokens, next, ','))
        next++;
    if (means(tokens, next, W_THE, NULL))
        next++;
    if (is_word(tokens, next, "ides")) {
        *day = 15;
        return next + 1 - at;
    }
    used = day_number(tokens, next, day);
    return used > 0 ? next + used - at : 0;
}

/* A month of another language needs a small word of it: "im März", "fin mai". */
static bool is_led_to_month(const struct tokens *tokens, size_t at)
{
    static const char *const words[] = {
        "im",    "en",     "anfang", "mitte",  "ende",  "début",  "fin",     "mi",         "bis",
        "ab",    "nach",   "vor",    "après",  "avant", "de",     "hasta",   "finales",    "in",
        "em",    "inizio", "metà",   "fine",   "fino",  "entro",  "dopo",    "principios", "tot",
        "vanaf", "begin",  "eind",   "medio",  "na",    "voor",   "início",  "mediados",   "fim",
        "final", "meados", "até",    "depois", "antes", "desde",  "di",      "seit",       "por",
        "d",     "medio",  "à",      "al",     "dal",   "partir", "partire", "da"
    };

    if (at > 1 && is_sign(tokens, at - 1, '-')) /* "mi-janvier" */
        at--;
    for (size_t i = 0; at > 0 && i < sizeof(words) / sizeof(words[0]); i++)
        if (is_word(tokens, at - 1, words[i]))
            return true;
    return false;
}

/* What is joined to a month: "Sep[-23-2020]", "September[-2020-23]" */
static size_t joined_day_year(const struct tokens *tokens, size_t at, struct bag *bag)
{
    size_t next = over_joint(tokens, at);
    const struct token *token = &tokens->items[next];
    int day, year;
    bool year_first = is_year_number(token->number[0], token->digits[0]);

    if (next == at || token->kind != TOKEN_CLUSTER || token->count != 2 || !token->glued ||
        token->between[0] == ':')
        return 0;
    day = token->number[year_first];
    year = full_year(token->number[!year_first], token->digits[!year_first]);
    if (!when_day_exists(year, bag->month, day))
        return 0;
    bag->has |= HAS_DAY | HAS_YEAR;
    bag->day = day;
    bag->year = year;
    bag->weak = false;
    return next + 1 - at;
}

/* "Oct 31st, 1974", "Oct 1974", "October" */
static size_t month_then_day(const struct tokens *tokens, size_t at, struct bag *bag)
{
    int month;
    size_t next, used;

    if (!means(tokens, at, W_MONTH, &month))
        return 0;
    bag->month = month & ~(WORD_WEAK | WORD_FOREIGN);
    bag->has |= HAS_MONTH;
    bag->weak = (month & WORD_WEAK) != 0;
    next = at + 1;
    if ((used = joined_day_year(tokens, next, bag)) > 0)
        return 1 + used;
    used = day_behind(tokens, next, &bag->day);
    if (used > 0 && when_day_exists(2000, bag->month, bag->day)) {
        bag->has |= HAS_DAY;
        bag->weak = false;
        return with_year(tokens, at, next + used, bag);
    }
    /* 30 February is no day, and February was not meant. */
    if (at > 0 && tokens->items[at - 1].kind == TOKEN_NUMBER &&
        tokens->items[at - 1].digits[0] <= 2 && tokens->items[at - 1].number[0] <= 31)
        return 0;
    if (used > 0 && !is_year_number(tokens->items[next + used - 1].number[0],
                                    tokens->items[next + used - 1].digits[0]))
        return 0;
    if (is_sign(tokens, next, '.'))
        next++;
    used = with_year(tokens, at, next, bag);
    if ((month & WORD_FOREIGN) && !(bag->has & HAS_YEAR) && !is_led_to_month(tokens, at))
        return 0;
    bag->weak = bag->weak && !(bag->has & HAS_YEAR);
    return bag->has & HAS_YEAR ? used : 1;
}

/* "2009 May 22nd", "2012/Aug/10", "2018 March 18", "2020/23/Sep" */
static size_t year_then_month(const struct tokens *tokens, size_t at, struct bag *bag)
{
    const struct token *token = &tokens->items[at];
    size_t next = over_joint(tokens, at + 1), used;

    if ((token->kind != TOKEN_NUMBER && token->kind != TOKEN_CLUSTER) || token->count > 2 ||
        !is_year_number(token->number[0], token->digits[0]))
        return 0;
    if (!means(tokens, next, W_MONTH, &bag->month))
        return 0;
    bag->month &= ~(WORD_WEAK | WORD_FOREIGN);
    bag->year = token->number[0];
    bag->has |= HAS_YEAR | HAS_MONTH;
    next++;
    if (token->kind == TOKEN_CLUSTER) {
        bag->day = token->number[1];
        bag->has |= HAS_DAY;
        return next > at + 2 && when_day_exists(bag->year, bag->month, bag->day) ? next - at : 0;
    }
    used = day_behind(tokens, next, &bag->day);
    if (used > 0 && when_day_exists(bag->year, bag->month, bag->day)) {
        bag->has |= HAS_DAY;
        next += used;
    }
    return next - at;
}

size_t when_named_date(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    size_t used;

    /* "this may take longer" */
    if (means(tokens, at, W_MOD, &bag->month_mod) && means(tokens, at + 1, W_MONTH, &bag->month) &&
        !((bag->month & WORD_WEAK) && tokens->items[at + 2].kind == TOKEN_WORD) &&
        (used = month_then_day(tokens, at + 1, bag)) > 0) {
        bag->weak = false;
        return used + 1;
    }
    bag->month_mod = 2;
    used = year_then_month(tokens, at, bag);

    if (used == 0)
        used = day_then_month(tokens, at, bag);
    if (used == 0)
        used = month_then_day(tokens, at, bag);
    return used;
}

/* "1月4日" */
size_t when_cjk_date(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct token *t = &parser->tokens->items[at];

    if (t->kind != TOKEN_NUMBER || !token_is(&t[1], "月") || t[2].kind != TOKEN_NUMBER ||
        !token_is(&t[3], "日"))
        return 0;
    return put_month_day(bag, t->number[0], t[2].number[0]) ? 4 : 0;
}

/* ---- days of the month and years alone ---- */

/* "3rd [or 4th of December]" */
static bool is_day_too(const struct tokens *tokens, size_t at)
{
    int day;
    size_t used;

    if (!means(tokens, at, W_OR, NULL) && !means(tokens, at, W_AND, NULL))
        return false;
    used = when_ordinal(tokens, at + 1, &day);
    return used > 0 && (means(tokens, at + 1 + used, W_OF, NULL) ||
                        means(tokens, at + 1 + used, W_MONTH, NULL));
}

/* "tra le [10] e le 12" */
static bool is_italian_hour(const struct tokens *tokens, size_t at)
{
    static const char *const words[] = { "tra", "fra", "e", "verso", "dopo" };

    for (size_t i = 0; at > 1 && is_word(tokens, at - 1, "le") && i < COUNT_OF(words); i++)
        if (is_word(tokens, at - 2, words[i]))
            return true;
    return false;
}

/* "first of [the month]", "fifth of [every month]" */
static bool is_of_month(const struct tokens *tokens, size_t at)
{
    int unit;

    return (means(tokens, at, W_THE, NULL) || means(tokens, at, W_MOD, NULL) ||
            means(tokens, at, W_EVERY, NULL)) &&
           when_unit(tokens, at + 1, &unit) > 0 && unit == WHEN_MONTH;
}

size_t when_day_alone(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    bool the = at > 0 && means(tokens, at - 1, W_THE, NULL);
    size_t used = when_ordinal(tokens, at, &bag->day), next;
    bool word = tokens->items[at].kind == TOKEN_WORD;
    int unit;

    if (used == 0 && the && !is_italian_hour(tokens, at)) {
        used = when_number(tokens, at, &bag->day);
        if (used > 0 &&
            (word || when_unit(tokens, at + used, &unit) > 0 ||
             tokens->items[at + used].kind == TOKEN_WORD) &&
            !(bag->to == at) && !tokens->items[at + used].meaning)
            return 0;
    }
    next = at + used;
    if (used == 0 || bag->day < 1 || bag->day > 31)
        return 0;
    if (is_word(tokens, next, "day"))
        next++;
    if (word && !(bag->has & HAS_WEEKDAY) &&
        !(the && at > 1 && (means(tokens, at - 2, W_ON, NULL) || when_is_bound(tokens, at - 2))) &&
        !(means(tokens, next, W_OF, NULL) && (next > at + used || is_of_month(tokens, next + 1))))
        return 0;
    /* "the 2nd paragraph", "our 3rd vendor" */
    if (next == at + used && tokens->items[next].kind == TOKEN_WORD &&
        (!tokens->items[next].meaning || when_unit(tokens, next, &unit) > 0 ||
         means(tokens, next, W_WEEKDAY, NULL) || means(tokens, next, W_MOD, NULL)))
        return 0;
    if (!the && !(bag->has & HAS_ANY_DATE) && tokens->items[next].kind == TOKEN_WORD &&
        !means(tokens, next, W_OF, NULL) && !is_day_too(tokens, next) &&
        !means(tokens, next, W_AT, NULL) && !(at > 0 && when_is_bound(tokens, at - 1)) &&
        !(at > 0 && means(tokens, at - 1, W_ON, NULL)))
        return 0;
    bag->has |= HAS_DAY;
    return next - at;
}

/* A lone year needs a word that leads it in. */
size_t when_year_alone(const struct parser *parser, size_t at, struct bag *bag)
{
    static const enum word_class leads[] = { W_IN,      W_OF,   W_SINCE, W_BEFORE, W_AFTER,
                                             W_UNTIL,   W_BY,   W_FROM,  W_TO,     W_BETWEEN,
                                             W_THROUGH, W_LESS, W_EDGE,  W_UNIT,   W_FOR };
    const struct tokens *tokens = parser->tokens;
    const struct token *token = &tokens->items[at];
    bool led = false;
    size_t used;

    for (size_t i = 0; at > 0 && i < sizeof(leads) / sizeof(leads[0]); i++)
        led = led || means(tokens, at - 1, leads[i], NULL);
    led = led || (means(tokens, at + 1, W_OR, NULL) && is_word(tokens, at + 2, "later")) ||
          means(tokens, at + 1, W_SEASON, NULL) ||
          (at > 1 && is_sign(tokens, at - 1, '-') && means(tokens, at - 2, W_EDGE, NULL));
    led = led || (at > 0 && (is_word(tokens, at - 1, "cy") || is_word(tokens, at - 1, "fy")));
    if (token->kind == TOKEN_WORD && (used = when_year_words(tokens, at, &bag->year)) > 0 &&
        (led || (bag->has & HAS_HOLIDAY))) {
        bag->has |= HAS_YEAR;
        return used;
    }
    if (token->kind != TOKEN_NUMBER)
        return 0;
    bag->year = token->number[0];
    if (led && (used = era(tokens, at + 1, &bag->year)) > 0) {
        bag->has |= HAS_YEAR;
        return used + 1;
    }
    if (at > 0 && is_word(tokens, at - 1, "cy") && token->digits[0] == 2) {
        bag->year = full_year(token->number[0], 2);
        bag->has |= HAS_YEAR;
        return 1;
    }
    if (!is_year_number(token->number[0], token->digits[0]) || bag->year < 1500 ||
        (!led && !(bag->has & (HAS_ANY_DATE | HAS_TIME | HAS_BARE))))
        return 0;
    if (!led && tokens->items[at + 1].kind == TOKEN_JUNK)
        return 0;
    bag->has |= HAS_YEAR;
    return 1;
}
