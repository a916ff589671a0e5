/* templates/items.c - see items.h. */
#include "templates/items.h"
#include "core/base/text.h"
#include "templates/values.h"

static int count_flat(struct run *run, const struct value *v, int depth, size_t *count)
{
    if (depth > DATA_DEPTH_MAX)
        return run_stop(run, "data is nested deeper than %d", DATA_DEPTH_MAX);
    if (run_charge(run, VALUE_COST) < 0)
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

int items_of(struct run *run, const struct value *v, struct items *out)
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

int items_give(struct value *value, const struct items *items)
{
    *value = value_list(items->at, items->count);
    return 0;
}

bool items_askable(const struct value *item)
{
    return item->type == VALUE_MAP || item->type == VALUE_LOOP || item->type == VALUE_SELF ||
           item->type == VALUE_INT || item->type == VALUE_TEXT;
}

int items_refuse(struct run *run, const struct value *property)
{
    struct span text;

    if (value_text_of(run, property, &text) < 0)
        return -1;
    return run_fail(run, "cannot select the property '%.*s'", (int)text_cut(text, 120).len,
                    text.data);
}

/* Ruby: a number's bits, a text's characters. */
static void ask_place(const struct value *item, int64_t place, struct value *out)
{
    const char *at, *end;
    int64_t count;

    if (item->type == VALUE_INT) {
        *out = value_int(place < 0 ? 0 : item->integer >> (place < 63 ? place : 63) & 1);
        return;
    }
    count = (int64_t)text_count_points(item->text);
    place += place < 0 ? count : 0;
    if (place < 0 || place >= count)
        return;
    at = item->text.data;
    end = at + item->text.len;
    while (place-- > 0)
        text_next_point(&at, end);
    out->type = VALUE_TEXT;
    out->text.data = at;
    text_next_point(&at, end);
    out->text.len = (size_t)(at - out->text.data);
}

int items_ask(struct run *run, const struct value *item, const struct value *property,
              struct value *out, bool *askable)
{
    struct span text;

    *askable = true;
    *out = value_nil();
    if (item->type == VALUE_MAP || item->type == VALUE_LOOP || item->type == VALUE_SELF)
        return value_member(run, item, property, false, out);
    if (item->type == VALUE_TEXT && property->type == VALUE_TEXT) {
        text = property->text;
        if (run_charge(run, item->text.len * FIND_COST) < 0)
            return -1;
        if (text.len == 0 ||
            (item->text.len && memmem(item->text.data, item->text.len, text.data, text.len)))
            *out = *property;
        return 0;
    }
    *askable = items_askable(item);
    if (!*askable)
        return 0;
    if (property->type != VALUE_INT && property->type != VALUE_DOUBLE)
        return items_refuse(run, property);
    if (item->type == VALUE_TEXT && run_charge(run, item->text.len * FIND_COST) < 0)
        return -1;
    ask_place(item, number_whole(value_number(run, property)), out);
    return 0;
}
