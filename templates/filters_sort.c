/* templates/filters_sort.c - sort, sort_natural, uniq. A stable merge sort, paid for by the pass. */
#include "core/base/text.h"
#include "templates/items.h"
#include "templates/values.h"

struct keyed {
    struct value key, item;
};

struct sorting {
    struct run *run;
    struct keyed *at, *spare;
    size_t count;
    bool natural;
    bool mixed; /* out: two keys that cannot be ordered */
};

static int order_natural(struct run *run, const struct value *a, const struct value *b)
{
    size_t len = a->text.len < b->text.len ? a->text.len : b->text.len;

    for (size_t i = 0; i < len && run_charge(run, VALUE_COST) == 0; i++) {
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
        return order_natural(sorting->run, a, b);
    if (!value_order(sorting->run, a, b, &result))
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
        if (run_charge(run, s->count * sizeof(*s->at)) < 0)
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

static int key_of(struct run *run, const struct value *property, bool natural, struct keyed *entry)
{
    struct span text;
    bool askable;

    entry->key = entry->item;
    if (!value_is_nil(property) &&
        items_ask(run, &entry->item, property, &entry->key, &askable) < 0)
        return -1;
    if (!natural || value_is_nil(&entry->key))
        return 0;
    if (value_text_of(run, &entry->key, &text) < 0)
        return -1;
    entry->key = value_span(text);
    return 0;
}

static bool all_askable(const struct items *items)
{
    for (size_t i = 0; i < items->count; i++)
        if (!items_askable(&items->at[i]))
            return false;
    return true;
}

/* As the reference: one item is not looked into, as there is nothing to compare it with. */
static int sort_items(struct run *run, struct value *value, const struct value *args, bool natural)
{
    struct sorting s = { .run = run, .natural = natural };
    struct items items;

    if (items_of(run, value, &items) < 0)
        return -1;
    if (!value_is_nil(&args[0]) && !all_askable(&items)) {
        *value = value_nil();
        return 0;
    }
    if (items.count < 2)
        return items_give(value, &items);
    s.count = items.count;
    s.at = run_alloc(run, (s.count + 1) * sizeof(*s.at));
    s.spare = run_alloc(run, (s.count + 1) * sizeof(*s.at));
    if (!s.at || !s.spare)
        return -1;
    for (size_t i = 0; i < s.count; i++) {
        s.at[i].item = items.at[i];
        if (key_of(run, &args[0], natural, &s.at[i]) < 0)
            return -1;
    }
    if (merge_sort(run, &s) < 0)
        return -1;
    for (size_t i = 0; i < s.count; i++)
        items.at[i] = s.at[i].item;
    return items_give(value, &items);
}

int filter_sort(struct run *run, struct value *value, const struct value *args)
{
    return sort_items(run, value, args, false);
}

int filter_sort_natural(struct run *run, struct value *value, const struct value *args)
{
    return sort_items(run, value, args, true);
}

static bool seen_before(struct run *run, const struct value *keys, size_t count,
                        const struct value *key)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i].type == key->type && value_equal(run, &keys[i], key))
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
    if (items.count < 2)
        return items_give(value, &items);
    keys = run_list(run, items.count);
    if (!keys)
        return -1;
    for (size_t i = 0; i < items.count; i++) {
        struct value key = items.at[i];
        bool askable;
        if (items.count > 1 && !value_is_nil(&args[0])) {
            if (items_ask(run, &items.at[i], &args[0], &key, &askable) < 0)
                return -1;
            if (!askable) {
                *value = value_nil();
                return 0;
            }
        }
        if (run_charge(run, kept * 2) < 0)
            return -1;
        if (seen_before(run, keys, kept, &key))
            continue;
        keys[kept] = key;
        items.at[kept++] = items.at[i];
    }
    items.count = kept;
    return items_give(value, &items);
}
