/* core/replies/when_tokens.c - cutting a text into tokens, once, from left to right. */
#include "core/replies/when_tokens.h"

#include <stdint.h>

#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/replies/when.h"

#define MAX_WORD ((size_t)40)

struct cutter {
    const char *at, *end;
    const struct when_words *words;
    struct arena *arena;
    struct token *items;
    size_t count;
};

int token_value(const struct token *token, enum word_class class)
{
    const struct word_meaning *m = token->meaning;

    while (m->class != class)
        m = m->next;
    return m->value;
}

bool when_tokens_may_tell(const struct tokens *tokens)
{
    static const uint64_t telling =
        WORD_BIT(W_MONTH) | WORD_BIT(W_WEEKDAY) | WORD_BIT(W_UNIT) | WORD_BIT(W_NUMBER) |
        WORD_BIT(W_ORDINAL) | WORD_BIT(W_REL_DAY) | WORD_BIT(W_NOW) | WORD_BIT(W_PART) |
        WORD_BIT(W_PARTS) | WORD_BIT(W_SEASON) | WORD_BIT(W_CLOCK) | WORD_BIT(W_QUARTER) |
        WORD_BIT(W_PERIODIC) | WORD_BIT(W_SPAN_DAY) | WORD_BIT(W_SOON) | WORD_BIT(W_LONE) |
        WORD_BIT(W_HOLIDAY) | WORD_BIT(W_DIGITS) | WORD_BIT(W_CLUSTER);

    return (tokens->classes & telling) != 0;
}

bool token_is_sign(const struct token *token, char sign)
{
    return token->kind == TOKEN_SIGN && token->sign == sign;
}

/* Latin, Greek and Cyrillic capitals; others stay. */
static uint32_t lower_point(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) ||
        (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
        return c + 32;
    if ((c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177) || (c >= 0x218 && c <= 0x21b))
        return c | 1;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
        return c + (c & 1);
    return c >= 0x400 && c <= 0x40f ? c + 80 : c;
}

static struct span lower(struct cutter *cutter, struct span word)
{
    const char *at = word.data, *end = word.data + word.len;
    struct str out;
    char *copy = arena_raw(cutter->arena, word.len + 1);
    size_t len = 0;

    while (len < word.len && (unsigned char)word.data[len] < 0x80) {
        copy[len] = text_lower_char(word.data[len]);
        len++;
    }
    if (len == word.len) {
        copy[len] = 0;
        return span_make(copy, len);
    }
    str_init(&out, 4 * MAX_WORD);
    while (at < end)
        text_add_utf8(&out, lower_point(text_next_point(&at, end)));
    copy = arena_dup_span(cutter->arena, str_span(&out));
    str_finish(&out);
    return span_of(copy);
}

static bool is_letter(uint32_t point)
{
    return (point < 128 && text_is_alnum((char)point) && !text_is_digit((char)point)) ||
           (point >= 0xc0 && point != 0xd7 && point != 0xf7 && point < 0x2000) ||
           (point >= 0x3040 && point < 0xfff0);
}

static bool is_alone(uint32_t point)
{
    return point >= 0x3040 && point < 0xfff0;
}

static uint32_t point_at(const struct cutter *cutter, const char *at)
{
    return at < cutter->end ? text_next_point(&at, cutter->end) : 0;
}

static struct token *add(struct cutter *cutter, enum token_kind kind, const char *from)
{
    struct token *token = &cutter->items[cutter->count++];

    token->kind = kind;
    token->text = span_make(from, (size_t)(cutter->at - from));
    token->glued = cutter->count > 1 && token[-1].text.data + token[-1].text.len == from &&
                   token[-1].kind != TOKEN_END;
    return token;
}

/* Letters; inside also apostrophes and one hyphen ("mid-november" is cut, "week-end" is a word). */
static const char *word_end(const struct cutter *cutter, const char *at)
{
    const char *next = at;
    uint32_t point = text_next_point(&next, cutter->end);

    if (is_alone(point))
        return next;
    while (at < cutter->end) {
        next = at;
        point = text_next_point(&next, cutter->end);
        if (point == '\'' || point == 0x2019) {
            if (!is_letter(point_at(cutter, next)))
                break;
        } else if (!is_letter(point) || is_alone(point)) {
            break;
        }
        at = next;
    }
    return at;
}

static struct span plain_quotes(struct cutter *cutter, struct span word)
{
    struct span folded = lower(cutter, word);
    char *copy;
    size_t len = 0;

    if (!memchr(folded.data, 0xe2, folded.len))
        return folded;
    copy = arena_dup_span(cutter->arena, folded);
    for (size_t i = 0; i < folded.len; i++) {
        if (folded.len - i > 2 && memcmp(folded.data + i, "\xe2\x80\x99", 3) == 0) {
            copy[len++] = '\'';
            i += 2;
        } else {
            copy[len++] = folded.data[i];
        }
    }
    return span_make(copy, len);
}

/* "week-end", "bi-weekly", "twenty-one": a hyphenated whole that the table knows. */
static bool extend_hyphen(struct cutter *cutter, const char *from)
{
    const char *old = cutter->at, *next;
    struct span whole;
    uint64_t classes;

    if (old >= cutter->end || *old != '-' || !is_letter(point_at(cutter, old + 1)))
        return false;
    next = word_end(cutter, old + 1);
    whole = span_make(from, (size_t)(next - from));
    if (whole.len > MAX_WORD || !when_words_find(cutter->words, lower(cutter, whole), &classes))
        return false;
    cutter->at = next;
    return true;
}

static bool is_known(const struct cutter *cutter, struct span lower_word)
{
    uint64_t classes;

    when_words_find(cutter->words, lower_word, &classes);
    return classes != 0;
}

/* The article of "l'après-midi", "dell'anno", "d'avril" in full; NULL = it is none. */
static const char *elided_article(const struct cutter *cutter, const char *from)
{
    static const struct {
        const char *head, *whole;
    } heads[] = { { "l", "le" },   { "d", "de" },    { "dell", "del" },
                  { "all", "le" }, { "nell", "le" }, { "dall", "dal" } };
    const char *mark = from;

    while (mark < cutter->at && mark - from < 6 && text_is_alnum(*mark))
        mark++;
    if (mark + 1 >= cutter->at || (*mark != '\'' && point_at(cutter, mark) != 0x2019))
        return NULL;
    for (size_t i = 0; i < COUNT_OF(heads); i++)
        if (text_eq_nocase(span_make(from, (size_t)(mark - from)), span_of(heads[i].head)))
            return heads[i].whole;
    return NULL;
}

/* The "next" of "nextweek": its length, 0 = the word is not two in one. */
static size_t joined_head(const struct cutter *cutter, struct span word)
{
    static const char *const heads[] = { "next", "last", "this" };
    uint64_t classes;

    for (size_t i = 0; word.len > 7 && i < COUNT_OF(heads); i++) {
        if (!text_starts_nocase(word, heads[i]))
            continue;
        when_words_find(cutter->words, span_make(word.data + 4, word.len - 4), &classes);
        return classes & (WORD_BIT(W_UNIT) | WORD_BIT(W_WEEKDAY)) ? 4 : 0;
    }
    return 0;
}

static void add_word(struct cutter *cutter, const char *from)
{
    struct token *token = add(cutter, TOKEN_WORD, from);

    if (token->text.len > MAX_WORD) {
        token->kind = TOKEN_JUNK;
        return;
    }
    token->lower = plain_quotes(cutter, token->text);
    token->meaning = when_words_find(cutter->words, token->lower, &token->classes);
    if (when_holiday_begins(when_words_holidays(cutter->words), token->lower))
        token->classes |= WORD_BIT(W_HOLIDAY);
}

/* Cuts the article off a word that is not known whole ("aujourd'hui" is). */
static bool cut_article(struct cutter *cutter, const char *from)
{
    const char *article = elided_article(cutter, from);
    struct token *token;

    if (!article ||
        is_known(cutter, plain_quotes(cutter, span_make(from, (size_t)(cutter->at - from)))))
        return false;
    for (cutter->at = from; text_is_alnum(*cutter->at); cutter->at++)
        ;
    token = add(cutter, TOKEN_WORD, from);
    token->lower = span_of(article);
    token->meaning = when_words_find(cutter->words, token->lower, &token->classes);
    cutter->at += *cutter->at == '\'' ? 1 : 3;
    return true;
}

static void cut_word(struct cutter *cutter)
{
    const char *from = cutter->at;
    size_t head;

    cutter->at = word_end(cutter, from);
    if (cut_article(cutter, from))
        return;
    head = joined_head(cutter, span_make(from, (size_t)(cutter->at - from)));
    if (head > 0)
        cutter->at = from + head;
    else
        extend_hyphen(cutter, from);
    add_word(cutter, from);
}

/* The last characters before a number that make it no time. */
static bool is_spoilt_before(const struct cutter *cutter, const char *from)
{
    const struct token *last = cutter->count ? &cutter->items[cutter->count - 1] : NULL;

    if (!last || last->text.data + last->text.len != from)
        return false;
    if (last->kind == TOKEN_JUNK)
        return true;
    if (last->kind == TOKEN_SIGN)
        return text_one_of(last->sign, "$#*=%_~");
    /* "A4", but "Dec31", "q1", "w31", "T13:15" */
    return last->kind == TOKEN_WORD && last->meaning == NULL && last->lower.len > 0 &&
           !(last->lower.len == 1 && text_one_of(last->lower.data[0], "hwt")) &&
           !span_is(last->lower, "cy") && !span_is(last->lower, "fy") &&
           !span_is(last->lower, "kw") && !span_is(last->lower, "cw") &&
           (unsigned char)last->lower.data[0] < 0x80;
}

static bool read_numbers(struct cutter *cutter, struct token *out)
{
    const char *at = cutter->at;
    bool good = true;

    while (at < cutter->end && text_is_digit(*at)) {
        int value = 0, digits = 0;

        for (; at < cutter->end && text_is_digit(*at); at++) {
            value = value < 100000000 ? value * 10 + (*at - '0') : value;
            digits++;
        }
        good = good && out->count < CLUSTER_MAX && digits <= 8;
        if (good) {
            out->number[out->count] = value;
            out->digits[out->count++] = digits;
        }
        cutter->at = at;
        if (at + 1 >= cutter->end || !text_one_of(*at, "./:-~") || !text_is_digit(at[1]))
            break;
        if (good)
            out->between[out->count - 1] = *at == '~' ? '-' : *at;
        at++;
    }
    return good;
}

static bool is_year(int number, int digits)
{
    return digits == 4 && number >= 1000 && number <= 2999;
}

/* May three numbers be a date, in any order of the usual ones? */
static bool is_date(const struct token *t, size_t from)
{
    const int *n = t->number + from, *d = t->digits + from;

    if (t->between[from] != t->between[from + 1])
        return false;
    if (is_year(n[0], d[0]))
        return d[1] <= 2 && d[2] <= 2 && n[1] >= 1 && n[2] >= 1 && n[1] <= 31 && n[2] <= 31 &&
               (n[1] <= 12 || n[2] <= 12);
    return d[0] <= 2 && d[1] <= 2 && n[0] >= 1 && n[1] >= 1 && n[0] <= 31 && n[1] <= 31 &&
           (n[0] <= 12 || n[1] <= 12) && (is_year(n[2], d[2]) || d[2] == 2);
}

static bool is_clock(const struct token *t, size_t from, size_t count)
{
    const int *n = t->number + from, *d = t->digits + from;

    return count >= 2 && d[0] <= 2 && n[0] <= 24 && d[1] == 2 && n[1] < 60 &&
           (count == 2 || (d[2] == 2 && n[2] <= 60));
}

/* Copies numbers [from, from + count) of `whole` into a token of its own. */
static void put_part(struct token *out, const struct token *whole, size_t from, size_t count)
{
    out->kind = count == 1 ? TOKEN_NUMBER : TOKEN_CLUSTER;
    out->classes = WORD_BIT(count == 1 ? W_DIGITS : W_CLUSTER);
    out->text = whole->text;
    out->glued = true;
    out->count = count;
    for (size_t i = 0; i < count; i++) {
        out->number[i] = whole->number[from + i];
        out->digits[i] = whole->digits[from + i];
        out->between[i] = whole->between[from + i];
    }
}

static void put_sign(struct token *out, const struct token *whole, char sign)
{
    *out = (struct token){ .kind = TOKEN_SIGN,
                           .classes = WORD_BIT(W_SIGN),
                           .glued = true,
                           .sign = sign,
                           .text = whole->text };
}

/* One side of "9:30-11", "10/1-11/7", "2014-2018"; lone sides are judged together. */
static bool is_side(const struct token *t, size_t from, size_t count)
{
    if (count == 1)
        return true;
    if (count == 2 && t->between[from] == ':')
        return is_clock(t, from, 2);
    if (count == 2)
        return t->digits[from] <= 2 && t->digits[from + 1] <= 2;
    return count == 3 && (is_date(t, from) || is_clock(t, from, 3));
}

static bool are_sides(const struct token *t, size_t left)
{
    size_t right = t->count - left;

    if (left == 1 && right == 1)
        return t->digits[0] == t->digits[1] ? t->digits[0] != 3 && t->digits[0] <= 4
                                            : t->digits[0] <= 2 && t->digits[1] <= 2;
    return is_side(t, 0, left) && is_side(t, left, right);
}

/* Where a run of numbers is to be cut in two: the count of the left part; 0 = nowhere. */
static size_t split_at(const struct token *t)
{
    size_t dashes = 0, last = 0;

    for (size_t i = 0; i + 1 < t->count; i++) {
        if (t->between[i] == '-') {
            dashes++;
            last = i + 1;
        }
    }
    if (t->count == 6 && dashes == 5)
        return 3;
    return dashes == 1 ? last : 0;
}

static bool is_plain(const struct token *t)
{
    if (t->count == 1)
        return true;
    if (t->count == 2 && t->between[0] == '-')
        return t->digits[0] == 4
                   ? t->digits[1] <= 2 && t->number[1] >= 1 && t->number[1] <= 12
                   : t->digits[0] <= 2 && is_year(t->number[1], t->digits[1]) && t->number[0] <= 12;
    if (t->count == 2)
        return true;
    return t->count == 3 && (is_date(t, 0) || (t->between[0] == ':' && is_clock(t, 0, 3)));
}

static bool is_time_tail(const struct token *t, size_t from)
{
    return t->count - from >= 2 && t->count - from <= 3 && is_clock(t, from, t->count - from);
}

/* The "23-2020" of "Sep-23-2020" */
static bool is_behind_month(const struct cutter *cutter)
{
    const struct token *last = &cutter->items[cutter->count];

    return cutter->count > 1 && last[-1].kind == TOKEN_SIGN && last[-1].glued &&
           (last[-1].sign == '-' || last[-1].sign == '/') && token_means(&last[-2], W_MONTH, NULL);
}

static void settle_number(struct cutter *cutter, const struct token *whole)
{
    struct token *out = &cutter->items[cutter->count];
    size_t left = split_at(whole);

    if (is_plain(whole) || (whole->count == 2 && is_behind_month(cutter))) {
        put_part(out, whole, 0, whole->count);
        out->glued = whole->glued;
        cutter->count++;
    } else if (whole->count >= 5 && is_date(whole, 0) && is_time_tail(whole, 3)) {
        put_part(out, whole, 0, 3);
        put_part(out + 1, whole, 3, whole->count - 3);
        out->glued = whole->glued;
        cutter->count += 2;
    } else if (left > 0 && are_sides(whole, left)) {
        put_part(out, whole, 0, left);
        put_sign(out + 1, whole, '-');
        put_part(out + 2, whole, left, whole->count - left);
        out->glued = whole->glued;
        cutter->count += 3;
    } else {
        *out = *whole;
        out->kind = TOKEN_JUNK;
        cutter->count++;
    }
}

/* "101,194", "12.53%", "555-0142x" */
static bool is_spoilt_after(const struct cutter *cutter)
{
    const char *at = cutter->at;
    size_t left = (size_t)(cutter->end - at);

    if (left > 0 && text_one_of(*at, "%$_="))
        return true;
    return left > 3 && *at == ',' && text_is_digit(at[1]) && text_is_digit(at[2]) &&
           text_is_digit(at[3]) && !(left > 4 && text_is_digit(at[4]));
}

/* "ticket 20261118", "version: 1.1.30", "room 2.15" */
static bool is_an_id(const struct cutter *cutter, const struct token *number)
{
    static const char *const words[] = { "ticket", "invoice", "order",     "ref",     "reference",
                                         "case",   "version", "build",     "po",      "release",
                                         "sku",    "ext",     "extension", "room",    "suite",
                                         "page",   "section", "chapter",   "article", "clause",
                                         "number", "account", "quote" };
    size_t at = cutter->count;

    if (at > 0 && token_is_sign(&cutter->items[at - 1], ':'))
        at--;
    if (at == 0 || cutter->items[at - 1].kind != TOKEN_WORD ||
        (number->count == 1 && number->digits[0] < 3) ||
        (number->count == 2 && number->between[0] == ':'))
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (token_is(&cutter->items[at - 1], words[i]))
            return true;
    return false;
}

static void cut_number(struct cutter *cutter)
{
    const char *from = cutter->at;
    struct token whole = { 0 };
    bool good = !is_spoilt_before(cutter, from);

    good = read_numbers(cutter, &whole) && good && !is_spoilt_after(cutter) &&
           !is_an_id(cutter, &whole);
    whole.text = span_make(from, (size_t)(cutter->at - from));
    whole.glued = cutter->count > 0 && cutter->items[cutter->count - 1].text.data +
                                               cutter->items[cutter->count - 1].text.len ==
                                           from;
    if (good && cutter->at < cutter->end && *cutter->at == '.' && whole.between[0] == '.')
        whole.dotted = true;
    if (good) {
        settle_number(cutter, &whole);
        cutter->items[cutter->count - 1].dotted = whole.dotted;
        return;
    }
    whole.kind = TOKEN_JUNK;
    cutter->items[cutter->count++] = whole;
}

/* "Mon.", "Dec.", "hrs.", "a.m.", "approx.", but not "week." */
static bool is_short_form(const struct token *word)
{
    static const enum word_class classes[] = { W_MONTH, W_WEEKDAY,  W_MERIDIEM, W_ABOUT,
                                               W_ZONE,  W_SPAN_DAY, W_QUARTER };
    static const char *const whole[] = { "may", "june", "july", "juin", "mayo", "mai" };
    bool known = word->lower.len == 1 || (word->lower.len <= 4 && token_means(word, W_UNIT, NULL) &&
                                          !token_is(word, "day") && !token_is(word, "days") &&
                                          !token_is(word, "week") && !token_is(word, "year"));

    for (size_t i = 0; word->lower.len <= 6 && i < COUNT_OF(classes); i++)
        known = known || (word->lower.len <= 4 && token_means(word, classes[i], NULL));
    for (size_t i = 0; i < COUNT_OF(whole); i++)
        known = known && !token_is(word, whole[i]);
    return known;
}

/* A dot ends a sentence unless it belongs to an abbreviation or stands within something. */
static bool ends_sentence(const struct cutter *cutter, char sign)
{
    const struct token *last = cutter->count ? &cutter->items[cutter->count - 1] : NULL;
    uint32_t next = point_at(cutter, cutter->at);

    if (sign == '!' || sign == '?' || sign == ';')
        return true;
    if (sign != '.' || (next && !text_is_space((char)(next < 128 ? next : 'x'))))
        return false;
    if (last && last->kind == TOKEN_WORD && is_short_form(last) && next != 0 && next != '\n')
        return false;
    return !(last && (last->kind == TOKEN_NUMBER || last->dotted) &&
             is_letter(point_at(cutter, cutter->at + 1)));
}

static void cut_sign(struct cutter *cutter)
{
    const char *from = cutter->at;
    uint32_t point = text_next_point(&cutter->at, cutter->end);
    char sign = point < 128 ? (char)point : '?';
    struct token *token;

    if (point == 0x2013 || point == 0x2014 || point == 0x2212)
        sign = '-';
    else if (point == 0x2018 || point == 0x2019 || point == 0x2032)
        sign = '\'';
    else if (point == 0x201c || point == 0x201d || point == 0x2033)
        sign = '"';
    else if (point == 0x20ac || point == 0xa3)
        sign = '$';
    else if (point == 0x2219 || point == 0xb7)
        sign = ',';
    else if (point == 0x3002 || point >= 0x10000)
        sign = '!';
    else if (point == 0xff0c || point == 0x3001)
        sign = ',';
    token = add(cutter, ends_sentence(cutter, sign) ? TOKEN_END : TOKEN_SIGN, from);
    token->sign = sign;
    token->classes = WORD_BIT(W_SIGN);
    if (sign == '@' || sign == '&') {
        token->kind = TOKEN_WORD;
        token->lower = token->text;
        token->meaning = when_words_find(cutter->words, token->lower, &token->classes);
    }
}

/* A blank line, or any line end after something that is no comma, ends a sentence; a line that goes
 * on with a small letter does not. */
static void skip_space(struct cutter *cutter)
{
    int lines = 0;

    while (cutter->at < cutter->end && text_is_space(*cutter->at))
        lines += *cutter->at++ == '\n';
    if (lines > 1 && cutter->count > 0)
        add(cutter, TOKEN_END, cutter->at);
}

/* No more tokens than this are cut from it: a word takes one, everything else one a byte. The grammar
 * looks some tokens past the end. */
static size_t token_limit(struct span text)
{
    size_t count = 8;
    bool inside = false;

    for (size_t i = 0; i < text.len; i++) {
        bool letter = text_is_alnum(text.data[i]) && !text_is_digit(text.data[i]);

        count += !(letter && inside) && text.data[i] != ' ';
        inside = letter;
    }
    return count;
}

struct tokens when_tokens(struct span text, const struct when_words *words, struct arena *arena)
{
    uint64_t classes = 0;
    struct span cut = text.len > 0 ? text_cut(text, WHEN_MAX_BYTES) : span_of("");
    struct cutter cutter = {
        .at = cut.data, .end = cut.data + cut.len, .words = words, .arena = arena
    };

    cutter.items = arena_array(arena, token_limit(cut), sizeof(*cutter.items));
    while (cutter.at < cutter.end) {
        uint32_t point = point_at(&cutter, cutter.at);

        if (point < 128 && text_is_space((char)point))
            skip_space(&cutter);
        else if (point < 128 && text_is_digit((char)point))
            cut_number(&cutter);
        else if (is_letter(point))
            cut_word(&cutter);
        else
            cut_sign(&cutter);
    }
    cutter.items[cutter.count].text = span_make(cutter.end, 0);
    for (size_t i = 0; i < cutter.count; i++)
        classes |= cutter.items[i].classes;
    return (struct tokens){ .items = cutter.items,
                            .count = cutter.count,
                            .classes = classes,
                            .holidays = when_words_holidays(words) };
}
