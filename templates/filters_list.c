/* templates/filters_list.c - filters on lists, but for those that order them: filters_sort.c. */
#include "core/base/text.h"
#include "templates/items.h"
#include "templates/values.h"

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

    if (value->type == VALUE_SELF) {
        *value = value_nil(); /* it has members, but no first one */
        return 0;
    }
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
    return items_give(value, &items);
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
    return items_give(value, &both);
}

int filter_map(struct run *run, struct value *value, const struct value *args)
{
    struct items items;
    bool askable;

    if (items_of(run, value, &items) < 0)
        return -1;
    for (size_t i = 0; i < items.count; i++) {
        struct value item = items.at[i];
        if (items_ask(run, &item, &args[0], &items.at[i], &askable) < 0)
            return -1;
    }
    return items_give(value, &items);
}

/* ---- those that look for something ---- */

/* Is the item one that is looked for? given: 1 = the property is truthy, 2 = it equals args[1]. */
static int matches(struct run *run, const struct value *item, const struct value *args, bool *yes,
                   bool *askable)
{
    struct value found;

    if (items_ask(run, item, &args[0], &found, askable) < 0)
        return -1;
    *yes = value_is_nil(&args[1]) ? value_truthy(&found) : value_equal(run, &found, &args[1]);
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
    return items_give(value, &items);
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
        bool askable = true;
        if (!value_is_nil(&args[0]) && items_ask(run, &items.at[i], &args[0], &found, &askable) < 0)
            return -1;
        if (!askable) {
            *value = value_nil();
            return 0;
        }
        if (!value_is_nil(&found))
            items.at[kept++] = items.at[i];
    }
    items.count = kept;
    return items_give(value, &items);
}
