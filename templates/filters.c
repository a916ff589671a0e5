/* templates/filters.c - the table of filters. What each does stands in its row; how, in the
 * filters_*.c files. Standard filters mean what Shopify/liquid 5.13 means by them. */
#include "templates/filters.h"

#include "core/base/text.h"
#include "templates/values.h"

#define WALK_COST 8 /* bytes of work: to look at one of a text */

/* name, function, fewest and most arguments, guards */
static const struct filter filters[] = {
    { "abs", filter_abs, 0, 0, false },
    { "append", filter_append, 1, 1, false },
    { "at_least", filter_at_least, 1, 1, false },
    { "at_most", filter_at_most, 1, 1, false },
    { "base64_decode", filter_base64_decode, 0, 0, false },
    { "base64_encode", filter_base64_encode, 0, 0, false },
    { "base64_url_safe_decode", filter_base64_url_safe_decode, 0, 0, false },
    { "base64_url_safe_encode", filter_base64_url_safe_encode, 0, 0, false },
    { "capitalize", filter_capitalize, 0, 0, false },
    { "ceil", filter_ceil, 0, 0, false },
    { "compact", filter_compact, 0, 1, false },
    { "concat", filter_concat, 1, 1, false },
    { "date", filter_date, 1, 2, false },      /* format, zone ("Europe/Berlin", "+02:00") */
    { "default", filter_default, 0, 2, true }, /* text, allow_false: true */
    { "divided_by", filter_divided_by, 1, 1, false },
    { "downcase", filter_downcase, 0, 0, false },
    { "escape", filter_escape, 0, 0, false },
    { "escape_once", filter_escape_once, 0, 0, false },
    { "find", filter_find_item, 1, 2, false },
    { "find_index", filter_find_index, 1, 2, false },
    { "first", filter_first, 0, 0, false },
    { "floor", filter_floor, 0, 0, false },
    { "gsm", filter_gsm, 0, 0, false }, /* own: GSM-7 look-alikes, so that an SMS stays short */
    { "h", filter_escape, 0, 0, false },
    { "has", filter_has, 1, 2, false },
    { "in_days", filter_in_days, 0, 0, false },   /* own: "in 3 days", "tomorrow", "3 days ago" */
    { "initials", filter_initials, 0, 0, false }, /* own: "Anna Maria" -> "AM" */
    { "join", filter_join, 0, 1, false },
    { "json", filter_json, 0, 0, false },
    { "last", filter_last, 0, 0, false },
    { "list_and", filter_list_and, 0, 1, false }, /* own: "a, b and c"; argument: the last word */
    { "lstrip", filter_lstrip, 0, 0, false },
    { "map", filter_map, 1, 1, false },
    { "minus", filter_minus, 1, 1, false },
    { "modulo", filter_modulo, 1, 1, false },
    { "money", filter_money, 1, 1, false }, /* own: currency ("EUR") */
    { "newline_to_br", filter_newline_to_br, 0, 0, false },
    { "phone", filter_phone, 0, 1, false }, /* own: "+49 1511 2345678"; argument: a country */
    { "plus", filter_plus, 1, 1, false },
    { "possessive", filter_possessive, 0, 0, false }, /* own: "Anna's", "James'" */
    { "prepend", filter_prepend, 1, 1, false },
    { "raw", filter_raw, 0, 0, false }, /* own: not escaped in HTML; listed by the linter */
    { "reject", filter_reject, 1, 2, false },
    { "remove", filter_remove, 1, 1, false },
    { "remove_first", filter_remove_first, 1, 1, false },
    { "remove_last", filter_remove_last, 1, 1, false },
    { "replace", filter_replace, 1, 2, false },
    { "replace_first", filter_replace_first, 1, 2, false },
    { "replace_last", filter_replace_last, 2, 2, false },
    { "reverse", filter_reverse, 0, 0, false },
    { "round", filter_round, 0, 1, false },
    { "rstrip", filter_rstrip, 0, 0, false },
    { "size", filter_size, 0, 0, false },
    { "slice", filter_slice, 1, 2, false },
    { "sort", filter_sort, 0, 1, false },
    { "sort_natural", filter_sort_natural, 0, 1, false },
    { "spin", filter_spin, 0, 1, false }, /* own: one of "Hi|Hello"; argument: a key to agree by */
    { "split", filter_split, 1, 1, false },
    { "squish", filter_squish, 0, 0, false },
    { "strip", filter_strip, 0, 0, false },
    { "strip_html", filter_strip_html, 0, 0, false },
    { "strip_newlines", filter_strip_newlines, 0, 0, false },
    { "sum", filter_sum, 0, 1, false },
    { "time_ago", filter_time_ago, 0, 0, false }, /* own: "yesterday", "3 weeks ago" */
    { "times", filter_times, 1, 1, false },
    { "truncate", filter_truncate, 0, 2, false },
    { "truncatewords", filter_truncatewords, 0, 2, false },
    { "uniq", filter_uniq, 0, 1, false },
    { "upcase", filter_upcase, 0, 0, false },
    { "url_decode", filter_url_decode, 0, 0, false },
    { "url_encode", filter_url_encode, 0, 0, false },
    { "where", filter_where, 1, 2, false },
};

const struct filter *filter_find(struct span name, int32_t *number)
{
    for (size_t i = 0; i < COUNT_OF(filters); i++)
        if (span_is(name, filters[i].name)) {
            *number = (int32_t)i;
            return &filters[i];
        }
    return NULL;
}

const struct filter *filter_at(int32_t number)
{
    return &filters[number];
}

filter_direct *filter_direct_of(int32_t number)
{
    static const struct {
        const char *name;
        filter_direct *direct;
    } rows[] = {
        { "capitalize", direct_capitalize },
        { "date", direct_date },
        { "truncate", direct_truncate },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].name, filters[number].name) == 0)
            return rows[i].direct;
    return NULL;
}

const char *filter_nearest(struct span name)
{
    const char *names[COUNT_OF(filters) + 1];
    char word[40];

    if (name.len == 0 || name.len >= sizeof(word))
        return NULL;
    memcpy(word, name.data, name.len);
    word[name.len] = '\0';
    for (size_t i = 0; i < COUNT_OF(filters); i++)
        names[i] = filters[i].name;
    names[COUNT_OF(filters)] = NULL;
    return text_nearest(word, names);
}

const char **template_filter_names(struct arena *arena)
{
    const char **names = arena_array(arena, COUNT_OF(filters) + 1, sizeof(*names));

    for (size_t i = 0; i < COUNT_OF(filters); i++)
        names[i] = filters[i].name;
    return names;
}

int filter_read(struct run *run, const struct value *value, struct span *out)
{
    if (value->type == VALUE_TEXT && value->text.data)
        *out = value->text;
    else if (value_text_of(run, value, out) < 0)
        return -1;
    return run_charge(run, out->len);
}

int filter_walk(struct run *run, const struct value *value, struct span *out)
{
    if (filter_read(run, value, out) < 0)
        return -1;
    return run_charge(run, out->len * WALK_COST);
}

int filter_give(struct value *value, const struct sink *sink)
{
    *value = value_span(sink_span(sink));
    return 0;
}
