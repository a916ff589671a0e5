/* core/replies/when_clock.c - times of the day: "3:15p", "half past three", "16h30", "at 1030",
 * "ten thirty am", "noon". A lone number is an hour only behind "at" and its kin; whether it is
 * morning or afternoon is decided later. */
#include "core/replies/when_pieces.h"

#include "core/base/attr.h"

struct clock_time {
    int hour, minute, second, meridiem;
    enum when_grain grain;
};

static bool is_letter(const struct token *token, char letter)
{
    return token->kind == TOKEN_WORD && token->lower.len == 1 && token->lower.data[0] == letter;
}

static size_t over_dot(const struct tokens *tokens, size_t at)
{
    return token_is_sign(&tokens->items[at], '.') ? at + 1 : at;
}

/* "am", "p.m.", "p m", "in the AM"; "p" only when `tight` and glued to its number. */
static size_t meridiem(const struct tokens *tokens, size_t at, bool tight, int *value)
{
    size_t next = at;
    bool pm;

    if (means(tokens, next, W_OCLOCK, NULL))
        next++;
    if (means(tokens, next, W_IN, NULL) && means(tokens, next + 1, W_THE, NULL))
        next += 2;
    if (means(tokens, next, W_MERIDIEM, value))
        return over_dot(tokens, next + 1) - at;
    pm = is_letter(&tokens->items[next], 'p');
    if (!pm && !is_letter(&tokens->items[next], 'a'))
        return 0;
    *value = pm ? MERIDIEM_PM : MERIDIEM_AM;
    if (is_letter(&tokens->items[over_dot(tokens, next + 1)], 'm'))
        return over_dot(tokens, over_dot(tokens, next + 1) + 1) - at;
    if (tight && tokens->items[next].glued && token_is_sign(&tokens->items[next + 1], '/'))
        return 0; /* "10p/min" */
    return tight && tokens->items[next].glued ? over_dot(tokens, next + 1) - at : 0;
}

/* Is the number at `at` led in by a word that makes it an hour? */
static bool is_led(const struct tokens *tokens, size_t at, bool widely)
{
    static const enum word_class wide[] = { W_FROM,   W_BETWEEN, W_UNTIL, W_BY,
                                            W_BEFORE, W_AFTER,   W_SINCE };

    if (at == 0)
        return false;
    if (means(tokens, at - 1, W_AT, NULL) || means(tokens, at - 1, W_ABOUT, NULL))
        return true;
    for (size_t i = 0; widely && i < COUNT_OF(wide); i++)
        if (means(tokens, at - 1, wide[i], NULL))
            return true;
    return false;
}

bool when_may_follow(const struct tokens *tokens, size_t at)
{
    const struct token *token = &tokens->items[at];
    int unit;

    if (token->kind == TOKEN_END)
        return true;
    if (token->kind == TOKEN_SIGN)
        return token->sign != '%' && token->sign != '$' &&
               !(token->glued && (token->sign == '/' || token->sign == '\''));
    if (token->kind != TOKEN_WORD || when_unit(tokens, at, &unit) > 0)
        return false;
    return token->meaning && !token_means(token, W_NUMBER, NULL) &&
           !token_means(token, W_MONTH, NULL);
}

/* "8.30 tomorrow", "Friday 8.30", "8.30 on Friday" */
static bool is_beside_day(const struct tokens *tokens, size_t at)
{
    return means(tokens, at + 1, W_REL_DAY, NULL) || means(tokens, at + 1, W_WEEKDAY, NULL) ||
           means(tokens, at + 1, W_OCLOCK, NULL) ||
           (means(tokens, at + 1, W_ON, NULL) && means(tokens, at + 2, W_WEEKDAY, NULL)) ||
           (at > 0 &&
            (means(tokens, at - 1, W_REL_DAY, NULL) || means(tokens, at - 1, W_WEEKDAY, NULL) ||
             (at > 1 && means(tokens, at - 1, W_MONTH, NULL) &&
              tokens->items[at - 2].kind != TOKEN_END &&
              tokens->items[at - 2].kind != TOKEN_SIGN)));
}

/* "8:10 - [12.30]" */
static bool is_second_side(const struct tokens *tokens, size_t at)
{
    return at > 1 && (is_sign(tokens, at - 1, '-') || means(tokens, at - 1, W_TO, NULL)) &&
           tokens->items[at - 2].kind == TOKEN_CLUSTER && tokens->items[at - 2].between[0] == ':';
}

static size_t clock_cluster(const struct tokens *tokens, size_t at, struct clock_time *out)
{
    const struct token *token = &tokens->items[at];
    int marked;
    bool dots = token->between[0] == '.';

    if (token->count > 3 || token->count < 2 || token->number[0] > 24 || token->number[1] > 59 ||
        token->digits[0] > 2 || token->digits[1] != 2 || (token->between[0] != ':' && !dots))
        return 0;
    *out = (struct clock_time){ token->number[0], token->number[1], 0, MERIDIEM_NONE, WHEN_MINUTE };
    if (token->count == 3) {
        out->second = token->number[2];
        out->grain = WHEN_SECOND;
        return dots || token->digits[2] != 2 || token->number[2] > 59 ? 0 : 1;
    }
    if (dots && meridiem(tokens, at + 1, true, &marked) == 0 &&
        !(is_led(tokens, at, true) && when_may_follow(tokens, at + 1)) &&
        !is_beside_day(tokens, at) && !is_second_side(tokens, at))
        return 0;
    if (token->number[0] >= 13 || token->number[0] == 0 || token->digits[0] == 2)
        out->meridiem = token->number[0] >= 13 || token->number[0] == 0 ||
                                (token->digits[0] == 2 && token->number[0] < 10)
                            ? MERIDIEM_FIXED
                            : MERIDIEM_NONE;
    return 1;
}

/* "16h", "9h30" */
static size_t clock_french(const struct tokens *tokens, size_t at, struct clock_time *out)
{
    const struct token *number = &tokens->items[at], *next = &tokens->items[at + 2];

    if (!is_letter(&tokens->items[at + 1], 'h') ||
        !(tokens->items[at + 1].glued || is_led(tokens, at, true)) || number->number[0] > 24 ||
        (at > 0 && means(tokens, at - 1, W_IN, NULL)))
        return 0;
    *out = (struct clock_time){ number->number[0], 0, 0, MERIDIEM_FIXED, WHEN_MINUTE };
    if (next->kind != TOKEN_NUMBER || next->glued != tokens->items[at + 1].glued ||
        next->digits[0] != 2 || next->number[0] > 59)
        return 2;
    out->minute = next->number[0];
    return 3;
}

/* "0900 tomorrow", "today 2100" */
static bool is_beside_today(const struct tokens *tokens, size_t at)
{
    return means(tokens, at + 1, W_REL_DAY, NULL) ||
           (at > 0 && means(tokens, at - 1, W_REL_DAY, NULL));
}

/* "1030", "330" */
static size_t clock_digits(const struct tokens *tokens, size_t at, struct clock_time *out)
{
    const struct token *token = &tokens->items[at];
    int hour = token->number[0] / 100, minute = token->number[0] % 100, marked;
    bool ish = token_is(&tokens->items[at + 1], "ish");
    bool hours = token->digits[0] == 4 && (token_is(&tokens->items[at + 1], "hours") ||
                                           token_is(&tokens->items[at + 1], "hrs"));
    bool zero = token->digits[0] == 4 && token->number[0] < 1000;

    if (token->digits[0] < 3 || token->digits[0] > 4 || hour > 24 || minute > 59)
        return 0;
    if (meridiem(tokens, at + 1, token->digits[0] == 4, &marked) == 0 && !ish && !hours &&
        !(token->digits[0] == 4 && is_led(tokens, at, zero)) &&
        !(token->digits[0] == 4 && is_beside_today(tokens, at)) &&
        !(zero && at > 0 && token_is_sign(&tokens->items[at - 1], '-')))
        return 0;
    *out = (struct clock_time){ hour, minute, 0,
                                hour >= 13 || zero || hours ? MERIDIEM_FIXED : MERIDIEM_NONE,
                                WHEN_MINUTE };
    return 1 + hours;
}

/* An hour alone: digits or a word. Certain only with what stands around it. */
static size_t clock_hour(const struct tokens *tokens, size_t at, struct clock_time *out)
{
    int hour;
    size_t used = when_number(tokens, at, &hour);

    if (used == 0 || hour > 24 || tokens->items[at].digits[0] > 2)
        return 0;
    *out = (struct clock_time){ hour, 0, 0, hour > 12 ? MERIDIEM_FIXED : MERIDIEM_NONE, WHEN_HOUR };
    if (tokens->items[at].digits[0] == 2 && hour < 10)
        out->meridiem = MERIDIEM_FIXED;
    return used;
}

/* The minutes of "ten thirty", "at 12 15". */
static size_t spoken_minutes(const struct tokens *tokens, size_t at, int *minute)
{
    bool word = tokens->items[at].kind == TOKEN_WORD;
    size_t used = when_number(tokens, at, minute);
    int unit;

    if (is_word(tokens, at, "oh") && tokens->items[at + 1].kind == TOKEN_WORD &&
        when_number(tokens, at + 1, minute) == 1 && *minute < 10)
        return 2;
    if (used == 0 || *minute > 59 || (!word && tokens->items[at].digits[0] != 2) ||
        (word && *minute < 10 && *minute != 0))
        return 0;
    if (when_unit(tokens, at + used, &unit) > 0)
        return unit == WHEN_MINUTE ? used + 1 : 0;
    return used;
}

/* Something that is certainly an hour: behind "half past" and the like. */
static size_t any_hour(const struct tokens *tokens, size_t at, struct clock_time *out)
{
    const struct token *token = &tokens->items[at];
    int hour;

    if (means(tokens, at, W_CLOCK, &hour)) {
        *out = (struct clock_time){ hour, 0, 0, MERIDIEM_FIXED, WHEN_HOUR };
        return 1;
    }
    if (token->kind == TOKEN_CLUSTER)
        return clock_cluster(tokens, at, out);
    return clock_hour(tokens, at, out);
}

static size_t minutes_before(const struct tokens *tokens, size_t at, int *minutes)
{
    size_t next = at, used;
    int unit;

    if (means(tokens, next, W_A, NULL) && means(tokens, next + 1, W_QUARTER_OF, NULL))
        next++;
    if (means(tokens, next, W_QUARTER_OF, NULL)) {
        *minutes = 15;
        return next + 1 - at;
    }
    if (means(tokens, next, W_HALF, NULL)) {
        *minutes = 30;
        return next + 1 - at;
    }
    used = when_number(tokens, next, minutes);
    if (used == 0 || *minutes > 59)
        return 0;
    next += used;
    if (when_unit(tokens, next, &unit) > 0 && unit == WHEN_MINUTE)
        next++;
    return next - at;
}

/* "ten before noon", "quarter til 8" */
static bool is_before_hour(const struct tokens *tokens, size_t at)
{
    static const char *const words[] = { "of", "before", "till", "til", "until", "vor", "voor" };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (is_word(tokens, at, words[i]))
            return true;
    return false;
}

/* "13 to 15 July", "2 till 4" are ranges; "at ten to four", "five before noon" are not. */
static bool are_minutes(const struct tokens *tokens, size_t at, size_t joint)
{
    if (means(tokens, joint, W_UNTIL, NULL))
        return false;
    return is_led(tokens, at, false) || (at > 0 && is_word(tokens, at - 1, "it's")) ||
           (is_word(tokens, joint, "before") && means(tokens, joint + 1, W_CLOCK, NULL));
}

/* German "halb drei" and Dutch "half drie" are 2:30. */
static bool is_half_to(const struct tokens *tokens, size_t at, size_t hour)
{
    static const char *const dutch[] = { "een",   "twee", "drie",  "vier", "vijf", "zes",
                                         "zeven", "acht", "negen", "tien", "elf",  "twaalf" };

    if (is_word(tokens, at, "halb"))
        return true;
    for (size_t i = 0; i < COUNT_OF(dutch); i++)
        if (is_word(tokens, hour, dutch[i]))
            return true;
    return false;
}

/* "half past 3", "a quarter to noon", "20 minutes past 3pm", "15 minutes from 1pm", "half four" */
static size_t clock_spoken(const struct tokens *tokens, size_t at, struct clock_time *out)
{
    int minutes, marked;
    size_t used = minutes_before(tokens, at, &minutes), next = at + used, hour;
    bool half = used > 0 && minutes == 30 && means(tokens, at, W_HALF, NULL), to, past;

    if (used == 0)
        return 0;
    past = means(tokens, next, W_PAST, NULL);
    to = means(tokens, next, W_TO, NULL) || is_before_hour(tokens, next);
    if (token_is(&tokens->items[next], "from"))
        past = true;
    if (!past && !to && !half)
        return 0;
    if (to && used == 1 && !half && !means(tokens, at, W_QUARTER_OF, NULL) &&
        !are_minutes(tokens, at, next))
        return 0;
    next += past || to;
    hour = any_hour(tokens, next, out);
    if (hour == 0 || out->minute != 0)
        return 0;
    if ((past || to) && !means(tokens, at, W_A, NULL) && !half &&
        !means(tokens, at, W_QUARTER_OF, NULL) && !means(tokens, next, W_CLOCK, NULL) &&
        token_is(&tokens->items[next - 1], "from") &&
        meridiem(tokens, next + hour, true, &marked) == 0)
        return 0;
    out->grain = WHEN_MINUTE;
    out->minute = minutes;
    if (out->hour == 24 && !to)
        out->hour = 0;
    if (to) {
        out->minute = 60 - minutes;
        out->hour = out->hour == 0 ? 23 : out->hour - 1;
    } else if (half && !past && is_half_to(tokens, at, next)) {
        out->hour = out->hour == 0 ? 23 : out->hour - 1;
    }
    return next + hour - at;
}

/* "twelve thirty tomorrow", "Friday two fifteen": all in words, with nothing else around. */
static bool is_said_alone(const struct tokens *tokens, size_t at, size_t end)
{
    const struct token *last = &tokens->items[end];

    if (tokens->items[end - 1].kind != TOKEN_WORD)
        return false;
    if (at > 0 && tokens->items[at - 1].kind != TOKEN_END &&
        !means(tokens, at - 1, W_WEEKDAY, NULL) && !means(tokens, at - 1, W_REL_DAY, NULL) &&
        !means(tokens, at - 1, W_ORDINAL, NULL))
        return false;
    return last->kind == TOKEN_END || token_means(last, W_REL_DAY, NULL) ||
           (token_means(last, W_IN, NULL) && means(tokens, end + 1, W_THE, NULL)) ||
           token_means(last, W_ON, NULL) || token_means(last, W_PART, NULL);
}

/* What shows that "3" or "three" is an hour: "3pm", "3 o'clock", "at 3". */
static size_t clock_alone(const struct tokens *tokens, size_t at, struct clock_time *out)
{
    size_t used = clock_hour(tokens, at, out), next, more;
    bool led = is_led(tokens, at, false), hyphen;
    int marked, minute;

    if (used == 0)
        return 0;
    next = at + used;
    hyphen = is_sign(tokens, next, '-') && tokens->items[next].glued &&
             tokens->items[next + 1].kind == TOKEN_WORD;
    more = spoken_minutes(tokens, next + hyphen, &minute);
    more += more > 0 ? hyphen : 0;
    if (more > 0 && (led || meridiem(tokens, next + more, true, &marked) > 0 ||
                     (is_led(tokens, at, true) && tokens->items[next].kind == TOKEN_WORD) ||
                     is_said_alone(tokens, at, next + more))) {
        out->minute = minute;
        out->grain = WHEN_MINUTE;
        return used + more;
    }
    if (meridiem(tokens, next, false, &marked) > 0 && out->hour >= 1 && out->hour <= 12)
        return used;
    /* "at 3p", but "just 10p" is a price. */
    if (meridiem(tokens, next, true, &marked) > 0 && out->hour >= 1 && out->hour <= 12 &&
        (is_led(tokens, at, true) ||
         (at > 0 && tokens->items[at - 1].meaning && tokens->items[at - 1].lower.len > 1) ||
         (at > 0 && is_sign(tokens, at - 1, '-'))))
        return used;
    if (means(tokens, next, W_OCLOCK, NULL) || token_is(&tokens->items[next], "ish") ||
        (is_letter(&tokens->items[next], 'o') && token_is(&tokens->items[next + 1], "clock")))
        return used;
    if ((means(tokens, next, W_IN, NULL) && means(tokens, next + 1, W_THE, NULL) &&
         means(tokens, next + 2, W_PART, NULL)) ||
        (means(tokens, next, W_AT, NULL) && means(tokens, next + 1, W_PART, NULL)))
        return used;
    return led && when_may_follow(tokens, next) ? used : 0;
}

static size_t clock_form(const struct tokens *tokens, size_t at, struct clock_time *out)
{
    const struct token *token = &tokens->items[at];
    size_t used = 0;
    int hour;

    if (means(tokens, at, W_CLOCK, &hour) ||
        (token_is(token, "mid") && token_is(&tokens->items[at + 1], "night"))) {
        bool split = !means(tokens, at, W_CLOCK, &hour);
        *out = (struct clock_time){ split ? 24 : hour, 0, 0, MERIDIEM_FIXED, WHEN_HOUR };
        return split ? 2 : 1;
    }
    if (token->kind == TOKEN_CLUSTER)
        return clock_cluster(tokens, at, out);
    if ((used = clock_spoken(tokens, at, out)) > 0)
        return used;
    if (token->kind == TOKEN_NUMBER &&
        ((used = clock_french(tokens, at, out)) > 0 || (used = clock_digits(tokens, at, out)) > 0))
        return used;
    return clock_alone(tokens, at, out);
}

/* "o'clock", "ish", "sharp" */
static size_t over_trimmings(const struct tokens *tokens, size_t at)
{
    static const char *const whose[] = { "my",     "your",   "our",    "local", "uk",     "us",
                                         "london", "german", "french", "irish", "spanish" };
    size_t next = at;

    if (means(tokens, next, W_OCLOCK, NULL))
        next++;
    else if (is_letter(&tokens->items[next], 'o') && token_is(&tokens->items[next + 1], "clock"))
        next += 2;
    if (token_is_sign(&tokens->items[next], '-') && token_is(&tokens->items[next + 1], "ish"))
        next++;
    if (token_is(&tokens->items[next], "ish") || token_is(&tokens->items[next], "sharp"))
        next++;
    for (size_t i = 0; is_word(tokens, next + 1, "time") && i < COUNT_OF(whose); i++)
        if (is_word(tokens, next, whose[i]))
            return next + 2;
    return next;
}

/* "same time tomorrow", "this time next week" */
static size_t same_time(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    int64_t now = parser->now - when_local_day(parser->now) * DAY_S;
    int mod = 0, unit = 0;
    bool week;

    if ((!is_word(tokens, at, "same") && !is_word(tokens, at, "this")) ||
        !is_word(tokens, at + 1, "time"))
        return 0;
    week = means(tokens, at + 2, W_MOD, &mod) && mod == 1 && is_word(tokens, at + 3, "week") &&
           when_unit(tokens, at + 3, &unit) == 1;
    if (!week && !(bag->has & HAS_ANY_DATE) && !means(tokens, at + 2, W_REL_DAY, NULL) &&
        !means(tokens, at + 2, W_ON, NULL) && !means(tokens, at + 2, W_WEEKDAY, NULL) &&
        !means(tokens, at + 3, W_WEEKDAY, NULL))
        return 0;
    bag->has |= HAS_TIME;
    if (week) {
        bag->has |= HAS_DATE;
        bag->date = when_local_day(parser->now) + 7;
    }
    bag->as_now = true;
    bag->hour = (int)(now / HOUR_S);
    bag->minute = (int)(now % HOUR_S / MINUTE_S);
    bag->second = 0;
    bag->meridiem = MERIDIEM_FIXED;
    bag->time_grain = WHEN_MINUTE;
    return week ? 4 : 2;
}

size_t when_clock(const struct parser *parser, size_t at, struct bag *bag)
{
    const struct tokens *tokens = parser->tokens;
    struct clock_time time;
    size_t used = same_time(parser, at, bag), next, more;
    int marked;

    if (used > 0)
        return used;
    used = clock_form(tokens, at, &time);
    if (used == 0 || (time.hour == 24 && time.minute > 0))
        return 0;
    next = over_trimmings(tokens, at + used);
    more = meridiem(tokens, next, true, &marked);
    if (more > 0) {
        if (time.hour > 12)
            return 0;
        time.meridiem = marked;
        next += more;
    }
    bag->has |= HAS_TIME;
    bag->hour = time.hour;
    bag->minute = time.minute;
    bag->second = time.second;
    bag->meridiem = time.meridiem;
    bag->time_grain = time.grain;
    return over_trimmings(tokens, next) - at;
}
