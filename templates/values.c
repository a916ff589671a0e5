/* templates/values.c - see values.h. Walks over nested data are counted (DATA_DEPTH_MAX). */
#include "templates/values.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "templates/lexer.h"
#include "templates/simd.h"

bool value_blank(const struct value *v)
{
    switch (v->type) {
    case VALUE_NIL:
        return true;
    case VALUE_BOOL:
        return !v->boolean;
    case VALUE_TEXT:
        for (size_t i = 0; i < v->text.len; i++)
            if (!lexer_is_space(v->text.data[i]))
                return false;
        return true;
    default:
        return value_empty(v);
    }
}

bool value_empty(const struct value *v)
{
    switch (v->type) {
    case VALUE_TEXT:
        return v->text.len == 0;
    case VALUE_LIST:
        return v->list.count == 0;
    case VALUE_MAP:
        return v->map.count == 0;
    default:
        return false;
    }
}

const struct value *value_find(const struct value *map, struct span key)
{
    if (map->type != VALUE_MAP)
        return NULL;
    for (size_t i = 0; i < map->map.count; i++)
        if (value_is_name(map->map.pairs[i].name, key))
            return &map->map.pairs[i].value;
    return NULL;
}

const struct value *value_find_far(const struct value *map, struct span key, hint *near)
{
    const struct value *found = value_find(map, key);
    size_t at;

    if (!found)
        return NULL;
    at = (size_t)((const struct value_pair *)(const void *)((const char *)found -
                                                            offsetof(struct value_pair, value)) -
                  map->map.pairs);
    if (at <= UINT16_MAX)
        atomic_store_explicit(near, (uint16_t)at, memory_order_relaxed);
    return found;
}

/* The same, with every name it may look at paid for. */
static const struct value *find_paid(struct run *run, const struct value *map, struct span key)
{
    return run_charge(run, value_find_cost(map)) < 0 ? NULL : value_find(map, key);
}

/* ---- equality and order ---- */

static bool is_number(const struct value *v)
{
    return v->type == VALUE_INT || v->type == VALUE_DOUBLE || v->type == VALUE_LARGE;
}

/* Of whole numbers: negative, and the digits without sign and leading zeros. */
static bool digits_of(const struct value *v, char text[NUMBER_TEXT_BYTES], struct span *digits)
{
    bool negative;

    if (v->type == VALUE_INT)
        *digits = span_make(
            text, (size_t)snprintf(text, NUMBER_TEXT_BYTES, "%lld", (long long)v->integer));
    else
        *digits = v->text;
    negative = digits->len && digits->data[0] == '-';
    *digits = span_from(*digits, negative);
    while (digits->len > 1 && digits->data[0] == '0')
        *digits = span_from(*digits, 1);
    return negative;
}

static int order_whole(const struct value *a, const struct value *b)
{
    char left[NUMBER_TEXT_BYTES], right[NUMBER_TEXT_BYTES];
    struct span x, y;
    bool below = digits_of(a, left, &x), other_below = digits_of(b, right, &y);
    int order;

    if (below != other_below)
        return below ? -1 : 1;
    order = x.len != y.len ? (x.len > y.len ? 1 : -1) : memcmp(x.data, y.data, x.len);
    return below ? -order : order;
}

static double as_double(const struct value *v)
{
    if (v->type == VALUE_LARGE)
        return (double)value_large(v->text);
    return v->type == VALUE_INT ? (double)v->integer : v->number;
}

struct comparing { /* in whose name, and how deep */
    struct run *run;
    int depth;
};

static bool equal_within(struct comparing how, const struct value *a, const struct value *b);

static bool equal_lists(struct comparing how, const struct value *a, const struct value *b)
{
    struct comparing inner = { how.run, how.depth + 1 };

    if (a->list.count != b->list.count)
        return false;
    for (size_t i = 0; i < a->list.count; i++)
        if (!equal_within(inner, &a->list.items[i], &b->list.items[i]))
            return false;
    return true;
}

static bool equal_maps(struct comparing how, const struct value *a, const struct value *b)
{
    struct comparing inner = { how.run, how.depth + 1 };

    if (a->map.count != b->map.count)
        return false;
    for (size_t i = 0; i < a->map.count; i++) {
        const struct value *other = find_paid(how.run, b, a->map.pairs[i].name);
        if (!other || !equal_within(inner, &a->map.pairs[i].value, other))
            return false;
    }
    return true;
}

static bool equal_texts(struct run *run, struct span a, struct span b)
{
    if (a.len != b.len)
        return false;
    return run_charge(run, a.len) == 0 && span_eq(a, b);
}

static bool equal_same_type(struct comparing how, const struct value *a, const struct value *b)
{
    switch (a->type) {
    case VALUE_NIL:
        return true;
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_INT:
        return a->integer == b->integer;
    case VALUE_LARGE:
        return order_whole(a, b) == 0;
    case VALUE_TEXT:
        return equal_texts(how.run, a->text, b->text);
    case VALUE_LIST:
        return equal_lists(how, a, b);
    case VALUE_MAP:
        return equal_maps(how, a, b);
    case VALUE_RANGE:
        return a->range.first == b->range.first && a->range.last == b->range.last;
    case VALUE_LOOP:
        return a->loop == b->loop;
    case VALUE_SELF:
        return a->scope->variables == b->scope->variables;
    default:
        return false;
    }
}

static bool is_blank(struct run *run, const struct value *v)
{
    if (v->type == VALUE_TEXT && run_charge(run, v->text.len * BLANK_COST) < 0)
        return false;
    return v->type != VALUE_EMPTY && value_blank(v);
}

static bool equal_within(struct comparing how, const struct value *a, const struct value *b)
{
    if (how.depth > DATA_DEPTH_MAX || run_charge(how.run, VALUE_COST) < 0)
        return false;
    if (a->type == VALUE_BLANK || a->type == VALUE_EMPTY) {
        const struct value *swap = a;
        a = b;
        b = swap;
    }
    if (b->type == VALUE_BLANK)
        return is_blank(how.run, a);
    if (b->type == VALUE_EMPTY)
        return value_empty(a);
    if (is_number(a) && is_number(b) && (a->type == VALUE_DOUBLE || b->type == VALUE_DOUBLE))
        return !(as_double(a) < as_double(b)) && !(as_double(a) > as_double(b));
    return a->type == b->type && equal_same_type(how, a, b);
}

bool value_equal(struct run *run, const struct value *a, const struct value *b)
{
    return equal_within((struct comparing){ run, 0 }, a, b);
}

/* A block at a time: only as far as they are alike has to be paid for. */
static int order_texts(struct run *run, struct span a, struct span b)
{
    enum { BLOCK = 256 };

    for (size_t at = 0; at < a.len && at < b.len; at += BLOCK) {
        size_t rest = a.len < b.len ? a.len - at : b.len - at, len = rest < BLOCK ? rest : BLOCK;
        int order = memcmp(a.data + at, b.data + at, len);
        if (order != 0 || run_charge(run, len) < 0)
            return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static int order_numbers(const struct value *a, const struct value *b)
{
    if (a->type == VALUE_INT && b->type == VALUE_INT)
        return (a->integer > b->integer) - (a->integer < b->integer);
    if (a->type != VALUE_DOUBLE && b->type != VALUE_DOUBLE)
        return order_whole(a, b);
    return (as_double(a) > as_double(b)) - (as_double(a) < as_double(b));
}

bool value_order(struct run *run, const struct value *a, const struct value *b, int *out)
{
    *out = 0;
    if (run_charge(run, VALUE_COST) < 0)
        return true;
    if (is_number(a) && is_number(b))
        *out = order_numbers(a, b);
    else if (a->type == VALUE_TEXT && b->type == VALUE_TEXT)
        *out = order_texts(run, a->text, b->text);
    else
        return value_equal(run, a, b);
    return true;
}

static bool has_order(const struct value *v)
{
    return is_number(v) || v->type == VALUE_TEXT;
}

static const char *kind_of(const struct value *v)
{
    return v->type == VALUE_TEXT ? "String" : v->type == VALUE_DOUBLE ? "Float" : "Integer";
}

static int not_comparable(struct run *run, const struct value *a, const struct value *b)
{
    char text[NUMBER_TEXT_BYTES];

    if (b->type == VALUE_TEXT)
        return run_fail(run, "comparison of %s with String failed", kind_of(a));
    if (b->type == VALUE_INT)
        return run_fail(run, "comparison of %s with %lld failed", kind_of(a),
                        (long long)b->integer);
    if (b->type == VALUE_LARGE)
        return run_fail(run, "comparison of %s with %.*s failed", kind_of(a),
                        (int)text_cut(b->text, 60).len, b->text.data);
    if (value_double_text(run, b->number, text) < 0)
        return -1;
    return run_fail(run, "comparison of %s with %s failed", kind_of(a), text);
}

static int contains(struct run *run, const struct value *a, const struct value *b, bool *out)
{
    struct span needle;

    if (!value_truthy(a) || !value_truthy(b))
        return 0;
    if (a->type == VALUE_TEXT && run_charge(run, a->text.len * FIND_COST) < 0)
        return -1;
    if (a->type == VALUE_TEXT) {
        if (value_text_of(run, b, &needle) < 0)
            return -1;
        *out = needle.len == 0 ||
               (a->text.len && memmem(a->text.data, a->text.len, needle.data, needle.len));
    } else if (a->type == VALUE_MAP) {
        *out = b->type == VALUE_TEXT && find_paid(run, a, b->text);
    } else if (a->type == VALUE_RANGE) {
        *out = b->type == VALUE_INT && b->integer >= a->range.first && b->integer <= a->range.last;
    } else if (a->type == VALUE_LIST) {
        for (size_t i = 0; !*out && i < a->list.count; i++)
            *out = value_equal(run, &a->list.items[i], b);
    }
    return 0;
}

int value_compare(struct run *run, enum comparison how, const struct value *a,
                  const struct value *b, bool *out)
{
    int order;

    *out = false;
    if (how == COMPARE_EQ || how == COMPARE_NE) {
        *out = value_equal(run, a, b) == (how == COMPARE_EQ);
        return 0;
    }
    if (how == COMPARE_CONTAINS)
        return contains(run, a, b, out);
    if (!has_order(a) || !has_order(b))
        return 0;
    if (!value_order(run, a, b, &order))
        return not_comparable(run, a, b);
    *out = how == COMPARE_LT   ? order < 0
           : how == COMPARE_LE ? order <= 0
           : how == COMPARE_GT ? order > 0
                               : order >= 0;
    return 0;
}

/* ---- items and members ---- */

/* At most INT64_MAX: no loop gets that far. */
static size_t range_count(int64_t first, int64_t last)
{
    uint64_t beyond = (uint64_t)last - (uint64_t)first;

    if (last < first)
        return 0;
    return beyond < INT64_MAX ? (size_t)beyond + 1 : (size_t)INT64_MAX;
}

size_t value_count(const struct value *v)
{
    switch (v->type) {
    case VALUE_LIST:
        return v->list.count;
    case VALUE_MAP:
        return v->map.count;
    case VALUE_TEXT:
        return v->text.len > 0;
    case VALUE_RANGE:
        return range_count(v->range.first, v->range.last);
    default:
        return 0;
    }
}

static int pair_at(struct run *run, const struct value_pair *pair, struct value *out)
{
    struct value *both = run_list(run, 2);

    if (!both)
        return -1;
    both[0] = value_span(pair->name);
    both[1] = pair->value;
    *out = value_list(both, 2);
    return 0;
}

int value_at(struct run *run, const struct value *v, size_t index, struct value *out)
{
    switch (v->type) {
    case VALUE_LIST:
        *out = v->list.items[index];
        return 0;
    case VALUE_RANGE:
        *out = value_int(v->range.first + (int64_t)index);
        return 0;
    case VALUE_MAP:
        return pair_at(run, &v->map.pairs[index], out);
    default:
        *out = *v;
        return 0;
    }
}

static struct span first_point(struct span text)
{
    const char *at = text.data;

    if (text.len == 0)
        return text;
    text_next_point(&at, text.data + text.len);
    return span_make(text.data, (size_t)(at - text.data));
}

static struct span last_point(struct span text)
{
    size_t from = text.len ? text.len - 1 : 0;

    while (from > 0 && from + 4 > text.len && ((unsigned char)text.data[from] & 0xc0) == 0x80)
        from--;
    return span_from(text, from);
}

static int size_of(struct run *run, const struct value *v, struct value *out)
{
    size_t points;

    if (v->type == VALUE_TEXT) {
        if (run_charge(run, v->text.len) < 0)
            return -1;
        simd_points(v->text, SIZE_MAX, &points);
        *out = value_int((int64_t)points);
    }
    if (v->type == VALUE_LIST || v->type == VALUE_MAP || v->type == VALUE_RANGE)
        *out = value_int((int64_t)value_count(v));
    else if (v->type == VALUE_INT)
        *out = value_int(8); /* as the reference: bytes of a machine integer */
    return 0;
}

static int end_of(struct run *run, const struct value *v, bool last, struct value *out)
{
    size_t count = value_count(v);

    if (v->type == VALUE_TEXT)
        *out = value_span(last ? last_point(v->text) : first_point(v->text));
    else if (count > 0 && !(last && v->type == VALUE_MAP))
        return value_at(run, v, last ? count - 1 : 0, out);
    return 0;
}

static int command_of(struct run *run, const struct value *v, struct span word, struct value *out)
{
    if (span_is(word, "size"))
        return size_of(run, v, out);
    return end_of(run, v, span_is(word, "last"), out);
}

enum loop_word {
    WORD_INDEX,
    WORD_INDEX0,
    WORD_RINDEX,
    WORD_RINDEX0,
    WORD_FIRST,
    WORD_LAST,
    WORD_LENGTH,
    WORD_NAME,
    WORD_PARENTLOOP,
    WORD_COL, /* from here on of a tablerow only */
    WORD_COL0,
    WORD_COL_FIRST,
    WORD_COL_LAST,
    WORD_ROW,
    WORDS
};

static enum loop_word loop_word_of(struct span key)
{
    static const char *const words[WORDS] = {
        "index", "index0",     "rindex", "rindex0", "first",     "last",     "length",
        "name",  "parentloop", "col",    "col0",    "col_first", "col_last", "row",
    };
    int word = 0;

    while (word < WORDS && !span_is(key, words[word]))
        word++;
    return (enum loop_word)word;
}

static struct value cell_member(const struct loop *loop, enum loop_word word)
{
    int64_t index = (int64_t)loop->index;
    int64_t cols = loop->columns > 0 ? loop->columns : INT64_MAX, col = index % cols;

    switch (word) {
    case WORD_COL:
        return value_int(col + 1);
    case WORD_COL0:
        return value_int(col);
    case WORD_COL_FIRST:
        return value_bool(col == 0);
    case WORD_COL_LAST:
        return value_bool(col == cols - 1);
    case WORD_ROW:
        return value_int(index / cols + 1);
    default:
        return value_nil();
    }
}

static struct value loop_member(const struct loop *loop, struct span key)
{
    int64_t index = (int64_t)loop->index, length = (int64_t)loop->length;
    enum loop_word word = loop_word_of(key);

    switch (word) {
    case WORD_INDEX:
        return value_int(index + 1);
    case WORD_INDEX0:
        return value_int(index);
    case WORD_RINDEX:
        return value_int(length - index);
    case WORD_RINDEX0:
        return value_int(length - index - 1);
    case WORD_FIRST:
        return value_bool(index == 0);
    case WORD_LAST:
        return value_bool(index == length - 1);
    case WORD_LENGTH:
        return value_int(length);
    case WORD_NAME:
        return loop->table ? value_nil() : value_span(loop->name);
    case WORD_PARENTLOOP:
        return loop->parent ? (struct value){ .type = VALUE_LOOP, .loop = loop->parent }
                            : value_nil();
    default:
        return loop->table ? cell_member(loop, word) : value_nil();
    }
}

static void list_member(const struct value *list, int64_t index, struct value *out)
{
    int64_t count = (int64_t)list->list.count;

    if (index < 0)
        index += count;
    if (index >= 0 && index < count)
        *out = list->list.items[index];
}

int value_member(struct run *run, const struct value *object, const struct value *key, bool command,
                 struct value *out)
{
    struct value from = *object;
    const struct value *found;

    *out = value_nil();
    if (from.type == VALUE_LIST && key->type == VALUE_INT) {
        list_member(&from, key->integer, out);
        return 0;
    }
    if (key->type != VALUE_TEXT)
        return 0;
    if (from.type == VALUE_LOOP) {
        *out = loop_member(from.loop, key->text);
        return 0;
    }
    if (from.type == VALUE_SELF) {
        *out = scope_find(run, from.scope, key->text);
        return 0;
    }
    found = find_paid(run, &from, key->text);
    if (found)
        *out = *found;
    else if (command)
        return command_of(run, &from, key->text, out);
    return 0;
}
