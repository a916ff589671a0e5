/* core/replies/when_holiday.c - holidays by name and the days they fall on: fixed days, nth weekdays,
 * and those that hang on Easter. "The holidays" is the turn of the year. */
#include "core/replies/when_bag.h"

#include "core/base/attr.h"
#include "core/base/text.h"

enum rule { FIXED, NTH, LAST, EASTER, ORTHODOX, YEAR_TURN };

struct holiday {
    const char *names; /* parted by '|'; words parted by one blank; "day" and "'s" may be missing */
    enum rule rule;
    int month, day; /* NTH: day = weekday, nth = which; EASTER: day = offset */
    int nth, length;
};

static const struct holiday holidays[] = {
    { "new years eve|new year eve|silvester|nye", FIXED, 12, 31, 0, 1 },
    { "new years|new year|neujahr", FIXED, 1, 1, 0, 1 },
    { "the holidays|holiday season|festive season|christmas break|xmas break|the holiday|"
      "winter break|holiday break|christmas holidays|xmas holidays",
      YEAR_TURN, 12, 23, 0, 12 },
    { "epiphany|three kings", FIXED, 1, 6, 0, 1 },
    { "martin luther king jr|martin luther king|mlk jr|mlk|civil rights day", NTH, 1, 1, 3, 1 },
    { "groundhog", FIXED, 2, 2, 0, 1 },
    { "valentines|valentine|saint valentine|st valentine", FIXED, 2, 14, 0, 1 },
    { "presidents|president|washingtons birthday", NTH, 2, 1, 3, 1 },
    { "saint patricks|saint patrick|st patricks|st patrick|paddys|pattys", FIXED, 3, 17, 0, 1 },
    { "april fools|april fool", FIXED, 4, 1, 0, 1 },
    { "earth day", FIXED, 4, 22, 0, 1 },
    { "kings day|koningsdag", FIXED, 4, 27, 0, 1 },
    { "may day", FIXED, 5, 1, 0, 1 },
    { "cinco de mayo", FIXED, 5, 5, 0, 1 },
    { "mothers day|mother day", NTH, 5, 0, 2, 1 },
    { "memorial day|decoration day", LAST, 5, 1, 0, 1 },
    { "fathers day|father day", NTH, 6, 0, 3, 1 },
    { "juneteenth|freedom day|jubilee day", FIXED, 6, 19, 0, 1 },
    { "independence day|4th of july|fourth of july", FIXED, 7, 4, 0, 1 },
    { "bastille", FIXED, 7, 14, 0, 1 },
    { "labor day|labour day", NTH, 9, 1, 1, 1 },
    { "columbus|indigenous peoples day", NTH, 10, 1, 2, 1 },
    { "bosss|bosses|boss|bosses day", FIXED, 10, 16, 0, 1 },
    { "halloween|hallowe'en|all hallows eve", FIXED, 10, 31, 0, 1 },
    { "all saints", FIXED, 11, 1, 0, 1 },
    { "all souls", FIXED, 11, 2, 0, 1 },
    { "guy fawkes|bonfire night", FIXED, 11, 5, 0, 1 },
    { "veterans day|veteran day|remembrance day|armistice day", FIXED, 11, 11, 0, 1 },
    { "thanksgiving|thanks giving", NTH, 11, 4, 4, 1 },
    { "black friday", NTH, 11, 4, 4, 2 },
    { "cyber monday", NTH, 11, 4, 4, 5 },
    { "christmas eve|xmas eve|heiligabend", FIXED, 12, 24, 0, 1 },
    { "christmas|xmas|x-mas|weihnachten|noël|navidad", FIXED, 12, 25, 0, 1 },
    { "boxing day", FIXED, 12, 26, 0, 1 },
    { "mardi gras|shrove tuesday|pancake day", EASTER, 0, -47, 0, 1 },
    { "ash wednesday", EASTER, 0, -46, 0, 1 },
    { "palm sunday", EASTER, 0, -7, 0, 1 },
    { "maundy thursday|covenant thursday|covenant thu|holy thursday", EASTER, 0, -3, 0, 1 },
    { "good friday|karfreitag|great friday", EASTER, 0, -2, 0, 1 },
    { "holy saturday|black saturday", EASTER, 0, -1, 0, 1 },
    { "easter monday|easter mon|ostermontag", EASTER, 0, 1, 0, 1 },
    { "easter sunday|easter|ostern|pâques", EASTER, 0, 0, 0, 1 },
    { "ascension day|ascension|christi himmelfahrt", EASTER, 0, 39, 0, 1 },
    { "whit monday|pentecost monday|pfingstmontag|monday of the holy spirit", EASTER, 0, 50, 0, 1 },
    { "pentecost|whit sunday|white sunday|whitsun|pfingsten", EASTER, 0, 49, 0, 1 },
    { "trinity sunday", EASTER, 0, 56, 0, 1 },
    { "corpus christi|fronleichnam", EASTER, 0, 60, 0, 1 },
    { "lent", EASTER, 0, -46, 0, 46 },
    { "orthodox easter sunday|orthodox easter", ORTHODOX, 0, 0, 0, 1 },
    { "orthodox good friday|orthodox great friday", ORTHODOX, 0, -2, 0, 1 },
    { "orthodox easter monday", ORTHODOX, 0, 1, 0, 1 },
    { "lazarus saturday", ORTHODOX, 0, -8, 0, 1 },
    { "orthodox palm sunday", ORTHODOX, 0, -7, 0, 1 },
};

/* Is the token this word, with or without a genitive s and its apostrophe? */
static bool is_name_word(const struct token *token, struct span word)
{
    struct span lower = token->lower;
    size_t length = lower.len;

    if (token->kind != TOKEN_WORD)
        return false;
    if (length > 2 && lower.data[length - 2] == '\'')
        return (word.len == length - 1 && memcmp(word.data, lower.data, length - 2) == 0 &&
                word.data[length - 2] == 's') ||
               (word.len == length - 2 && memcmp(word.data, lower.data, length - 2) == 0);
    return span_eq(lower, word);
}

static size_t name_at(const struct tokens *tokens, size_t at, struct span name)
{
    size_t next = at;
    struct span word;

    while (text_next_piece(&name, ' ', &word)) {
        const struct token *token = &tokens->items[next];

        if (token->kind == TOKEN_NUMBER && text_is_digit(word.data[0]) &&
            token->number[0] == word.data[0] - '0' &&
            token_is(&tokens->items[next + 1], "th")) {
            next += 2;
            continue;
        }
        if (!is_name_word(token, word))
            return 0;
        next++;
        if (is_sign(tokens, next, '.') && word.len <= 3)
            next++;
        if (is_sign(tokens, next, '\'') && tokens->items[next].glued)
            next++;
    }
    return next - at;
}

static size_t any_name_at(const struct tokens *tokens, size_t at, const char *names)
{
    struct span rest = span_of(names), name;
    size_t best = 0;

    while (text_next_piece(&rest, '|', &name)) {
        size_t used = name_at(tokens, at, name);

        best = used > best ? used : best;
    }
    return best;
}

/* Is there a word that only a holiday has so short: "president", "boss" need "day" behind them. */
static bool needs_day(const struct holiday *holiday)
{
    static const char *const short_names[] = { "presidents", "bosss", "groundhog", "columbus" };

    for (size_t i = 0; i < COUNT_OF(short_names); i++)
        if (text_starts_nocase(span_of(holiday->names), short_names[i]))
            return true;
    return false;
}

const struct holiday *when_holiday_at(const struct tokens *tokens, size_t at, size_t *used)
{
    const struct holiday *best = NULL;

    *used = 0;
    if (tokens->items[at].kind != TOKEN_WORD && tokens->items[at].kind != TOKEN_NUMBER)
        return NULL;
    for (size_t i = 0; i < COUNT_OF(holidays); i++) {
        size_t got = any_name_at(tokens, at, holidays[i].names);
        bool day = is_word(tokens, at + got, "day");

        if (got == 0 || got + day <= *used)
            continue;
        if (needs_day(&holidays[i]) && !day && tokens->items[at + got].kind != TOKEN_END)
            continue;
        *used = got + day;
        best = &holidays[i];
    }
    return best;
}

/* The anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8). */
static int64_t easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25;
    int g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4;
    int l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;

    return zone_days_of(year, n / 31, n % 31 + 1);
}

/* The Julian computus, told in Gregorian days. */
static int64_t orthodox_easter(int year)
{
    int a = year % 4, b = year % 7, c = year % 19, d = (19 * c + 15) % 30;
    int e = (2 * a + 4 * b - d + 34) % 7, n = d + e + 114;
    int shift = year / 100 - year / 400 - 2;

    return zone_days_of(year, n / 31, n % 31 + 1) + shift;
}

static int64_t nth_day(int year, const struct holiday *holiday)
{
    int64_t first = zone_days_of(year, holiday->month, 1);
    int64_t day = first + (holiday->day - when_weekday(first) + 7) % 7;

    return day + 7 * (int64_t)(holiday->nth - 1);
}

bool when_holiday_in(const struct holiday *holiday, int year, struct stretch *out)
{
    int64_t day, length = holiday->length;

    if (year < 1 || year > 8000)
        return false;
    if (holiday->rule == EASTER) {
        day = easter(year) + holiday->day;
    } else if (holiday->rule == ORTHODOX) {
        day = orthodox_easter(year) + holiday->day;
    } else if (holiday->rule == NTH) {
        /* Black Friday and Cyber Monday hang on Thanksgiving. */
        day = nth_day(year, holiday) + length - 1;
        length = 1;
    } else if (holiday->rule == LAST) {
        day = zone_days_of(year, holiday->month + 1, 1) - 1;
        day -= (when_weekday(day) - holiday->day + 7) % 7;
    } else {
        day = zone_days_of(year, holiday->month, holiday->day);
    }
    if (holiday->rule == YEAR_TURN) {
        /* Work starts again on the first Monday from 2 January on. */
        length = zone_days_of(year + 1, 1, 2) - day;
        while (when_weekday(day + length) != 1)
            length++;
    }
    if (holiday->rule == FIXED && holiday->month == 10 && holiday->day == 16 &&
        (when_weekday(day) == 0 || when_weekday(day) == 6))
        day += when_weekday(day) == 6 ? -1 : 1;
    *out = (struct stretch){ day * DAY_S, (day + length) * DAY_S, WHEN_DAY };
    return true;
}
