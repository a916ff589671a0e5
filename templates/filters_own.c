/* templates/filters_own.c - default, and the filters that are ours: spin, possessive, list_and,
 * initials. English words only. */
#include <stdio.h>

#include "core/base/phone.h"
#include "core/base/text.h"
#include "templates/filters.h"
#include "templates/fold.h"
#include "templates/lexer.h"
#include "templates/values.h"

#define SPIN_COST 512 /* bytes of work: to print what is hashed */

/* White space is no name either: without a default it would hold the touch, so a default replaces it.
 * The reference lets it pass. */
static bool is_filled(struct run *run, const struct value *value)
{
    if (value->type == VALUE_TEXT && !run->template->lax)
        return run_charge(run, value->text.len * BLANK_COST) == 0 && !value_blank(value);
    return !value_empty(value);
}

int filter_default(struct run *run, struct value *value, const struct value *args)
{
    const struct value *flag = NULL;
    bool keep;

    if (run->given > 0 && args[run->given - 1].type == VALUE_MAP)
        flag = value_find(&args[run->given - 1], span_of("allow_false"));
    keep = flag && value_truthy(flag) ? !value_is_nil(value) : value_truthy(value);
    if (keep && is_filled(run, value)) {
        value->safe = run->was_safe;
        return 0;
    }
    *value = run->given > 0 ? args[0] : value_text("");
    return 0;
}

/* ---- spin ---- */

/* The same person gets the same word in preview, send and retry. A key makes two places agree. */
static uint64_t spin_number(const struct run *run, struct span key)
{
    char text[256];
    uint64_t hash;
    int len;

    if (key.len)
        len = snprintf(text, sizeof(text), "%lld %.*s", (long long)run->context->seed,
                       (int)text_cut(key, 128).len, key.data);
    else
        len = snprintf(text, sizeof(text), "%lld %.128s %d", (long long)run->context->seed,
                       run->template->name, (int)run->pc);
    hash = text_hash(span_make(text, (size_t)len));
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    return hash ^ hash >> 33;
}

int filter_spin(struct run *run, struct value *value, const struct value *args)
{
    struct span text, rest, piece, key;
    uint64_t count = 0, pick;

    if (filter_walk(run, value, &text) < 0 || filter_read(run, &args[0], &key) < 0)
        return -1;
    for (rest = text; text_next_piece(&rest, '|', &piece);)
        count++;
    if (run_charge(run, SPIN_COST) < 0)
        return -1;
    pick = count ? spin_number(run, key) % count : 0;
    for (rest = text; text_next_piece(&rest, '|', &piece);)
        if (pick-- == 0) {
            *value = value_span(text_trim(piece));
            return 0;
        }
    *value = value_span(text);
    return 0;
}

/* ---- words ---- */

int filter_possessive(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span text;
    bool s;

    (void)args;
    if (value->type == VALUE_NIL)
        return 0;
    if (filter_walk(run, value, &text) < 0)
        return -1;
    text = text_trim(text);
    s = text.len && text_lower_char(text.data[text.len - 1]) == 's';
    if (sink_add_span(&sink, text) < 0 ||
        (text.len && sink_add_span(&sink, span_of(s ? "'" : "'s")) < 0))
        return -1;
    return filter_give(value, &sink);
}

int filter_list_and(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span word = span_of("and"), text;
    struct value item;
    size_t count = value_count(value);

    if (run->given > 0 && filter_read(run, &args[0], &word) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (i && i + 1 < count && sink_add(&sink, ", ", 2) < 0)
            return -1;
        if (i && i + 1 == count &&
            (sink_add(&sink, " ", 1) < 0 || sink_add_span(&sink, word) < 0 ||
             sink_add(&sink, " ", 1) < 0))
            return -1;
        if (value_at(run, value, i, &item) < 0 || filter_read(run, &item, &text) < 0 ||
            sink_add_span(&sink, text) < 0)
            return -1;
    }
    return filter_give(value, &sink);
}

/* The first letter of each word, in upper case. */
int filter_initials(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span text, letter;
    struct value upper;
    bool inside = false;

    (void)args;
    if (filter_walk(run, value, &text) < 0)
        return -1;
    for (const char *at = text.data, *end = at + text.len; at < end;) {
        const char *from = at;
        bool space = lexer_is_space(*at) || *at == '-';
        text_next_point(&at, end);
        letter = span_make(from, (size_t)(at - from));
        if (!space && !inside && sink_add_span(&sink, letter) < 0)
            return -1;
        inside = !space;
    }
    upper = value_span(sink_span(&sink));
    if (filter_upcase(run, &upper, NULL) < 0)
        return -1;
    *value = upper;
    return 0;
}

/* ---- phone ---- */

#define PHONE_WORK 1500 /* fuel: a number takes 30 us to read and more */

/* As people read it abroad: "+49 1511 2345678". What is no number stays as it is. */
int filter_phone(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, PHONE_READABLE_BYTES);
    char readable[PHONE_READABLE_BYTES], region[4] = "", number[120];
    struct span text, country;

    if (value_is_nil(value))
        return 0;
    if (filter_read(run, value, &text) < 0 || filter_read(run, &args[0], &country) < 0 ||
        run_charge(run, (size_t)PHONE_WORK * FUEL_BYTES) < 0)
        return -1;
    snprintf(number, sizeof(number), "%.*s", (int)text_cut(text, sizeof(number) - 1).len,
             text.data);
    if (country.len == 2)
        snprintf(region, sizeof(region), "%.2s", country.data);
    if (!phone_readable(number, region[0] ? region : NULL, readable))
        return 0;
    if (sink_add_span(&sink, span_of(readable)) < 0)
        return -1;
    return filter_give(value, &sink);
}
