/* templates/filters.h - the filters: one table, and what a filter may use. Internal to templates/. */
#ifndef HEED_TEMPLATES_FILTERS_H
#define HEED_TEMPLATES_FILTERS_H

#include "templates/run.h"

#define FILTER_ARGS_MOST 4 /* rows of the table say how many, up to this */

typedef size_t filter_copy(char *to, struct span text);

/* What a filter's direct form works on: it prints at once, see run_quick.c. It returns the length of
 * the result, or 0: apply() is to do it, as it must when the part would not print the result as it is. */
struct direct {
    struct span text;             /* the value, not empty */
    const struct value *argument; /* the only one; NULL = none */
    filter_copy *copy;            /* as far as the part prints it as it is: see simd.h */
    char *to;                     /* where the result goes... */
    size_t room;                  /* ...if it is no longer than this */
    size_t memory,
        work; /* out: what apply() pays for, in bytes: memory, 0 at first, and the rest */
};
typedef size_t filter_direct(const struct run *run, struct direct *direct);

/* args: what the template gave, then nils up to `most`. Changes *value. 0, or -1 after run_fail(). */
struct filter {
    const char *name;
    int (*apply)(struct run *run, struct value *value, const struct value *args);
    uint8_t least, most; /* arguments, named ones together count as one (a map) */
    bool guards;         /* an empty value is fine before it: default */
};

const struct filter *filter_find(struct span name, int32_t *number);
const struct filter *filter_at(int32_t number);
filter_direct *filter_direct_of(int32_t number); /* NULL = it has none */
const char *filter_nearest(struct span name);

/* The text of a value or an argument, paid for. */
int filter_read(struct run *run, const struct value *value, struct span *out);
/* The same for a filter that looks at every character: that takes longer than to copy it. */
int filter_walk(struct run *run, const struct value *value, struct span *out);
/* The sink's text becomes the value. Returns 0. */
int filter_give(struct value *value, const struct sink *sink);
/* a and b one behind the other become the value. */
int filter_join_two(struct run *run, struct value *value, struct span a, struct span b);

/* filters_*.c, by what they work on; documented by their rows in filters.c */
#define FILTER(name) int name(struct run *run, struct value *value, const struct value *args)
FILTER(filter_append);
FILTER(filter_prepend);
FILTER(filter_upcase);
FILTER(filter_downcase);
FILTER(filter_capitalize);
FILTER(filter_strip);
FILTER(filter_lstrip);
FILTER(filter_rstrip);
FILTER(filter_squish);
FILTER(filter_strip_newlines);
FILTER(filter_replace);
FILTER(filter_replace_first);
FILTER(filter_replace_last);
FILTER(filter_remove);
FILTER(filter_remove_first);
FILTER(filter_remove_last);
FILTER(filter_truncate);
FILTER(filter_truncatewords);
FILTER(filter_slice);
FILTER(filter_split);
FILTER(filter_escape);
FILTER(filter_escape_once);
FILTER(filter_strip_html);
FILTER(filter_newline_to_br);
FILTER(filter_url_encode);
FILTER(filter_url_decode);
FILTER(filter_base64_encode);
FILTER(filter_base64_decode);
FILTER(filter_base64_url_safe_encode);
FILTER(filter_base64_url_safe_decode);
FILTER(filter_json);
FILTER(filter_size);
FILTER(filter_first);
FILTER(filter_last);
FILTER(filter_join);
FILTER(filter_reverse);
FILTER(filter_concat);
FILTER(filter_compact);
FILTER(filter_map);
FILTER(filter_where);
FILTER(filter_reject);
FILTER(filter_find_item);
FILTER(filter_find_index);
FILTER(filter_has);
FILTER(filter_sum);
FILTER(filter_sort);
FILTER(filter_sort_natural);
FILTER(filter_uniq);
FILTER(filter_plus);
FILTER(filter_minus);
FILTER(filter_times);
FILTER(filter_divided_by);
FILTER(filter_modulo);
FILTER(filter_abs);
FILTER(filter_ceil);
FILTER(filter_floor);
FILTER(filter_round);
FILTER(filter_at_least);
FILTER(filter_at_most);
FILTER(filter_money);
FILTER(filter_time_ago);
FILTER(filter_in_days);
FILTER(filter_phone);
FILTER(filter_date);
FILTER(filter_default);
FILTER(filter_raw);
FILTER(filter_spin);
FILTER(filter_possessive);
FILTER(filter_list_and);
FILTER(filter_initials);
FILTER(filter_gsm);
#undef FILTER
filter_direct direct_capitalize, direct_truncate, direct_date;

#endif
