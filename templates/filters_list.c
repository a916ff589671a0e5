/* templates/filters_list.c - filters on lists. What is no list counts as a list of one, nil as an
 * empty one, and lists inside lists are flattened: as the reference's input iterator does. */
#include <stdlib.h>

#include "core/base/text.h"
#include "templates/filters.h"
#include "templates/values.h"

/* ---- items ---- */

struct items {
    struct value *at;
    size_t count;
};

static int count_flat(struct run *run, const struct value *v, int depth, size_t *count)
{
    if (depth > DATA_DEPTH_MAX)
        return run_stop(run, "data is nested deeper than %d", DATA_DEPTH_MAX);
    if (run_charge(run, 1) < 0)
        return -1;
    if (v->type != VALUE_LIST) {
        (*count)++;
        return 0;
    }
    for (size_t i = 0; i < v->list.count; i++)
        if (count_flat(run, &v->list.items[i], depth + 1, count) < 0)
            return -1;
    return 0;
}

/* The depth was checked when counting. */
static void fill_flat(const struct value *v, struct items *out)
{
    if (v->type != VALUE_LIST) {
        out->at[out->count++] = *v;
        return;
    }
    for (size_t i = 0; i < v->list.count; i++)
        fill_flat(&v->list.items[i], out);
}

static int range_items(struct run *run, const struct value *range, struct items *out)
{
    size_t count = value_count(range);

    out->at = run_list(run, count);
    if (!out->at)
        return -1;
    for (size_t i = 0; i < count; i++)
        out->at[i] = value_int(range->range.first + (int64_t)i);
    out->count = count;
    return 0;
}

/* A fresh array: the caller may change it. */
static int items_of(struct run *run, const struct value *v, struct items *out)
{
    size_t count = 0;

    *out = (struct items){ NULL, 0 };
    if (v->type == VALUE_RANGE)
        return range_items(run, v, out);
    if (v->type == VALUE_NIL)
        return 0;
    if (count_flat(run, v, 0, &count) < 0)
        return -1;
    out->at = run_list(run, count);
    if (!out->at)
        return -1;
    fill_flat(v, out);
    return 0;
}

static int give_items(struct value *value, const struct items *items)
{
    *value = value_list(items->at, items->count);
    return 0;
}

/* item[property]. A number or a text takes the property its own way, nil and its like cannot be
 * asked: *askable says so. */
static int ask(struct run *run, const struct value *item, const struct value *property,
               struct value *out, bool *askable)
{
    struct span text;

    *askable = true;
    *out = value_nil();
    if (item->type == VALUE_MAP || item->type == VALUE_LOOP)
        return value_member(run, item, property, false, out);
    if (item->type == VALUE_TEXT && property->type == VALUE_TEXT) {
        text = property->text;
        if (text.len == 0 ||
            (item->text.len && memmem(item->text.data, item->text.len, text.data, text.len)))
            *out = *property;
        return run_charge(run, item->text.len);
    }
    if (item->type == VALUE_INT || item->type == VALUE_TEXT) {
        if (property->type == VALUE_INT)
            return 0;
        if (value_text_of(run, property, &text) < 0)
            return -1;
        return run_fail(run, "cannot select the property '%.*s'", (int)text_cut(text, 120).len,
                        text.data);
    }
    *askable = false;
    return 0;
}

/* ---- plain ones ---- */

int filter_size(struct run *run, struct value *value, const struct value *args)
{
    struct value key = value_text("size"), out;

    (void)args;
    if (value->type == VALUE_MAP) {
        *value = value_int((int64_t)value->map.count);
        return 0;
    }
    if (value_member(run, value, &key, true, &out) < 0)
        return -1;
    *value = value_is_nil(&out) ? value_int(0) : out;
    return 0;
}

static int end_of(struct run *run, struct value *value, const char *which)
{
    struct value key = value_text(which), from = *value;

    if (value->type == VALUE_MAP && (value->map.count == 0 || which[0] == 'l')) {
        *value = value_nil();
        return 0;
    }
    if (value->type == VALUE_MAP)
        return value_at(run, &from, 0, value);
    return value_member(run, &from, &key, true, value);
}

int filter_first(struct run *run, struct value *value, const struct value *args)
{
    (void)args;
    return end_of(run, value, "first");
}

int filter_last(struct run *run, struct value *value, const struct value *args)
{
    (void)args;
    return end_of(run, value, "last");
}

int filter_join(struct run *run, struct value *value, const struct value *args)
{
    struct span glue = span_of(" "), text;
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct items items;

    if (run->given > 0 && filter_read(run, &args[0], &glue) < 0)
        return -1;
    if (items_of(run, value, &items) < 0)
        return -1;
    for (size_t i = 0; i < items.count; i++) {
        if (i && sink_add_span(&sink, glue) < 0)
            return -1;
        if (value_text_of(run, &items.at[i], &text) < 0 || sink_add_span(&sink, text) < 0)
            return -1;
    }
    return filter_give(value, &sink);
}

int filter_reverse(struct run *run, struct value *value, const struct value *args)
{
    struct items items;

    (void)args;
    if (items_of(run, value, &items) < 0)
        return -1;
    for (size_t i = 0; i < items.count / 2; i++) {
        struct value swap = items.at[i];
        items.at[i] = items.at[items.count - 1 - i];
        items.at[items.count - 1 - i] = swap;
    }
    return give_items(value, &items);
}

int filter_concat(struct run *run, struct value *value, const struct value *args)
{
    struct items a, b, both;

    if (args[0].type != VALUE_LIST)
        return run_fail(run, "concat filter requires an array argument");
    if (items_of(run, value, &a) < 0)
        return -1;
    b = (struct items){ NULL, args[0].list.count };
    both = (struct items){ run_list(run, a.count + b.count), a.count + b.count };
    if (!both.at)
        return -1;
    if (a.count)
        memcpy(both.at, a.at, a.count * sizeof(*a.at));
    if (b.count)
        memcpy(both.at + a.count, args[0].list.items, b.count * sizeof(*a.at));
    return give_items(value, &both);
}

int filter_map(struct run *run, struct value *value, const struct value *args)
{
    struct items items;
    bool askable;

    if (items_of(run, value, &items) < 0)
        return -1;
    for (size_t i = 0; i < items.count; i++) {
        struct value item = items.at[i];
        if (ask(run, &item, &args[0], &items.at[i], &askable) < 0)
            return -1;
    }
    return give_items(value, &items);
}

/* ---- those that look for something ---- */

/* Is the item one that is looked for? given: 1 = the property is truthy, 2 = it equals args[1]. */
static int matches(struct run *run, const struct value *item, const struct value *args, bool *yes,
                   bool *askable)
{
    struct value found;

    if (ask(run, item, &args[0], &found, askable) < 0)
        return -1;
    *yes = value_is_nil(&args[1]) ? value_truthy(&found) : value_equal(&found, &args[1]);
    return 0;
}

static int keep_matching(struct run *run, struct value *value, const struct value *args, bool want)
{
    struct items items;
    size_t kept = 0;

    if (items_of(run, value, &items) < 0)
        return -1;
    for (size_t i = 0; i < items.count; i++) {
        bool yes, askable;
        if (matches(run, &items.at[i], args, &yes, &askable) < 0)
            return -1;
        if (!askable) {
            *value = value_nil();
            return 0;
        }
        if (yes == want)
            items.at[kept++] = items.at[i];
    }
    items.count = kept;
    return give_items(value, &items);
}

int filter_where(struct run *run, struct value *value, const struct value *args)
{
    return keep_matching(run, value, args, true);
}

int filter_reject(struct run *run, struct value *value, const struct value *args)
{
    return keep_matching(run, value, args, false);
}

/* The first that matches: *at is its place, or the count. */
static int find_first(struct run *run, const struct value *value, const struct value *args,
                      struct items *items, size_t *at)
{
    bool yes = false, askable = true;

    if (items_of(run, value, items) < 0)
        return -1;
    for (*at = 0; *at < items->count; (*at)++) {
        if (matches(run, &items->at[*at], args, &yes, &askable) < 0)
            return -1;
        if (!askable)
            return 1;
        if (yes)
            return 0;
    }
    return 0;
}

int filter_find_item(struct run *run, struct value *value, const struct value *args)
{
    struct items items;
    size_t at;
    int rc = find_first(run, value, args, &items, &at);

    if (rc < 0)
        return -1;
    *value = rc == 0 && at < items.count ? items.at[at] : value_nil();
    return 0;
}

int filter_find_index(struct run *run, struct value *value, const struct value *args)
{
    struct items items;
    size_t at;
    int rc = find_first(run, value, args, &items, &at);

    if (rc < 0)
        return -1;
    *value = rc == 0 && at < items.count ? value_int((int64_t)at) : value_nil();
    return 0;
}

int filter_has(struct run *run, struct value *value, const struct value *args)
{
    struct items items;
    size_t at;
    int rc = find_first(run, value, args, &items, &at);

    if (rc < 0)
        return -1;
    *value = rc == 0 ? value_bool(at < items.count) : value_nil();
    return 0;
}

int filter_compact(struct run *run, struct value *value, const struct value *args)
{
    struct items items;
    size_t kept = 0;

    if (items_of(run, value, &items) < 0)
        return -1;
    for (size_t i = 0; i < items.count; i++) {
        struct value found = items.at[i];
        bool askable;
        if (!value_is_nil(&args[0]) && ask(run, &items.at[i], &args[0], &found, &askable) < 0)
            return -1;
        if (!value_is_nil(&found))
            items.at[kept++] = items.at[i];
    }
    items.count = kept;
    return give_items(value, &items);
}

/* ---- order ---- */

struct keyed {
    struct value key, item;
};

struct sorting {
    struct keyed *at, *spare;
    size_t count;
    bool natural;
    bool mixed; /* out: two keys that cannot be ordered */
};

static int order_natural(const struct value *a, const struct value *b)
{
    size_t len = a->text.len < b->text.len ? a->text.len : b->text.len;

    for (size_t i = 0; i < len; i++) {
        unsigned char x = (unsigned char)text_lower_char(a->text.data[i]);
        unsigned char y = (unsigned char)text_lower_char(b->text.data[i]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a->text.len > b->text.len) - (a->text.len < b->text.len);
}

/* nil comes last. */
static int order(struct sorting *sorting, const struct value *a, const struct value *b)
{
    int result;

    if (value_is_nil(a) || value_is_nil(b))
        return value_is_nil(a) - value_is_nil(b);
    if (sorting->natural)
        return order_natural(a, b);
    if (!value_order(a, b, &result))
        sorting->mixed = true;
    return result;
}

static void merge(struct sorting *s, size_t from, size_t middle, size_t end)
{
    size_t a = from, b = middle;

    for (size_t i = from; i < end; i++) {
        bool left = a < middle && (b >= end || order(s, &s->at[a].key, &s->at[b].key) <= 0);
        s->spare[i] = left ? s->at[a++] : s->at[b++];
    }
    memcpy(s->at + from, s->spare + from, (end - from) * sizeof(*s->at));
}

static int merge_sort(struct run *run, struct sorting *s)
{
    for (size_t width = 1; width < s->count; width *= 2) {
        if (run_charge(run, s->count * 8) < 0)
            return -1;
        for (size_t from = 0; from + width < s->count; from += 2 * width) {
            size_t end = from + 2 * width;
            merge(s, from, from + width, end < s->count ? end : s->count);
        }
    }
    if (s->mixed)
        return run_fail(run, "cannot sort values of incompatible types");
    return 0;
}

static int key_of(struct run *run, const struct value *property, bool natural, struct keyed *entry,
                  bool *askable)
{
    struct span text;

    *askable = true;
    entry->key = entry->item;
    if (!value_is_nil(property) && ask(run, &entry->item, property, &entry->key, askable) < 0)
        return -1;
    if (!natural || value_is_nil(&entry->key))
        return 0;
    if (value_text_of(run, &entry->key, &text) < 0)
        return -1;
    entry->key = value_span(text);
    return 0;
}

static int sort_items(struct run *run, struct value *value, const struct value *args, bool natural)
{
    struct sorting s = { .natural = natural };
    struct items items;
    bool askable;

    if (items_of(run, value, &items) < 0)
        return -1;
    s.count = items.count;
    s.at = run_alloc(run, (s.count + 1) * sizeof(*s.at));
    s.spare = run_alloc(run, (s.count + 1) * sizeof(*s.at));
    if (!s.at || !s.spare)
        return -1;
    for (size_t i = 0; i < s.count; i++) {
        s.at[i].item = items.at[i];
        if (key_of(run, &args[0], natural, &s.at[i], &askable) < 0)
            return -1;
        if (!askable) {
            *value = value_nil();
            return 0;
        }
    }
    if (merge_sort(run, &s) < 0)
        return -1;
    for (size_t i = 0; i < s.count; i++)
        items.at[i] = s.at[i].item;
    return give_items(value, &items);
}

int filter_sort(struct run *run, struct value *value, const struct value *args)
{
    return sort_items(run, value, args, false);
}

int filter_sort_natural(struct run *run, struct value *value, const struct value *args)
{
    return sort_items(run, value, args, true);
}

static bool seen_before(const struct value *keys, size_t count, const struct value *key)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i].type == key->type && value_equal(&keys[i], key))
            return true;
    return false;
}

int filter_uniq(struct run *run, struct value *value, const struct value *args)
{
    struct items items;
    struct value *keys;
    size_t kept = 0;

    if (items_of(run, value, &items) < 0)
        return -1;
    keys = run_list(run, items.count);
    if (!keys)
        return -1;
    for (size_t i = 0; i < items.count; i++) {
        struct value key = items.at[i];
        bool askable;
        if (!value_is_nil(&args[0]) && ask(run, &items.at[i], &args[0], &key, &askable) < 0)
            return -1;
        if (run_charge(run, kept * 4) < 0)
            return -1;
        if (seen_before(keys, kept, &key))
            continue;
        keys[kept] = key;
        items.at[kept++] = items.at[i];
    }
    items.count = kept;
    return give_items(value, &items);
}
