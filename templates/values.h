/* templates/values.h - what Liquid means by true, equal, blank, a member, a number and a text. */
#ifndef HEED_TEMPLATES_VALUES_H
#define HEED_TEMPLATES_VALUES_H

#include "templates/run.h"

#define NUMBER_TEXT_BYTES 40
#define DECIMAL_PLACES 8

/* Bytes of work: */
#define NAME_COST 8   /* to look at a name, where there are more than NAMES_FREE */
#define NAMES_FREE 32 /* the op has paid for these */
#define VALUE_COST 16 /* to look at a value */
#define BLANK_COST 4  /* to look for what is no white space, for each byte */
#define FIND_COST 8 /* to look for a text, for each byte of it: memmem() when it is nearly there */

static inline bool value_is_nil(const struct value *v)
{
    return v->type == VALUE_NIL;
}
static inline bool value_truthy(const struct value *v)
{
    return v->type != VALUE_NIL && (v->type != VALUE_BOOL || v->boolean);
}
static inline struct value value_double(double number)
{
    return (struct value){ .type = VALUE_DOUBLE, .number = number };
}
static inline struct value value_list(const struct value *items, size_t count)
{
    return (struct value){ .type = VALUE_LIST, .list = { items, count } };
}

/* Of names, which are short: by their two ends, which meet in the middle. */
static ALWAYS_INLINE bool value_is_name(struct span a, struct span b)
{
    uint64_t a8[2], b8[2];
    uint32_t a4[2], b4[2];
    size_t behind8 = a.len - 8, behind4 = a.len - 4;

    if (a.len != b.len)
        return false;
    if (behind8 <= 8) {
        memcpy(a8, a.data, 8);
        memcpy(a8 + 1, a.data + behind8, 8);
        memcpy(b8, b.data, 8);
        memcpy(b8 + 1, b.data + behind8, 8);
        return ((a8[0] ^ b8[0]) | (a8[1] ^ b8[1])) == 0;
    }
    if (a.len > 16)
        return memcmp(a.data, b.data, a.len) == 0;
    if (a.len < 4)
        return a.len == 0 || (a.data[0] == b.data[0] && a.data[a.len / 2] == b.data[a.len / 2] &&
                              a.data[a.len - 1] == b.data[a.len - 1]);
    memcpy(a4, a.data, 4);
    memcpy(a4 + 1, a.data + behind4, 4);
    memcpy(b4, b.data, 4);
    memcpy(b4 + 1, b.data + behind4, 4);
    return ((a4[0] ^ b4[0]) | (a4[1] ^ b4[1])) == 0;
}

bool value_blank(const struct value *v); /* nil, false, white space, nothing inside */
bool value_empty(const struct value *v); /* nothing inside */

/* Equality is paid for by what is looked at. When the fuel is used up the answer is false, and the
 * next charge ends the render. */
static inline size_t value_equal_cost(struct span a, struct span b)
{
    return VALUE_COST + (a.len == b.len ? a.len : 0);
}
bool value_equal(struct run *run, const struct value *a, const struct value *b);

/* *out = a COMPARISON b. Numbers with numbers, texts with texts; else run_fail(). */
int value_compare(struct run *run, enum comparison how, const struct value *a,
                  const struct value *b, bool *out);

/* a <=> b for sorting, paid for like value_equal(): false when the two cannot be ordered. */
bool value_order(struct run *run, const struct value *a, const struct value *b, int *out);

/* The value of a map's key, or NULL. */
const struct value *value_find(const struct value *map, struct span key);
/* Bytes of work to look for a name in it, wherever it is found. */
static inline size_t value_find_cost(const struct value *map)
{
    return map->type == VALUE_MAP && map->map.count > NAMES_FREE ? map->map.count * NAME_COST : 0;
}

/* The same, beginning where the hint says, which is set to where it was. */
const struct value *value_find_far(const struct value *map, struct span key, hint *near);
static ALWAYS_INLINE const struct value *value_find_near(const struct value *map, struct span key,
                                                         hint *near)
{
    size_t at = atomic_load_explicit(near, memory_order_relaxed);

    if (map->type == VALUE_MAP && at < map->map.count &&
        value_is_name(map->map.pairs[at].name, key))
        return &map->map.pairs[at].value;
    return value_find_far(map, key, near);
}

/* object[key]; command: .size .first .last are understood. *out is nil when there is none. */
int value_member(struct run *run, const struct value *object, const struct value *key, bool command,
                 struct value *out);

/* How many items a loop over v has, and the one at `index`. A text counts as one item. */
size_t value_count(const struct value *v);
int value_at(struct run *run, const struct value *v, size_t index, struct value *out);

/* ---- texts ---- */
/* Ruby's way to print: 1.0, 1.0e+20. Into text; returns its length, or -1 when it cannot be paid. */
int value_double_text(struct run *run, double number, char text[NUMBER_TEXT_BYTES]);
/* As a filter sees it: lists and maps inspected ("[1, 2]"). May borrow from v. */
int value_text_of(struct run *run, const struct value *v, struct span *out);
/* As {{ }} prints it, lists joined, into a sink, without any escaping. */
int value_print(struct sink *sink, const struct value *v);
/* ["a", nil] or, json, ["a",null] */
int value_inspect(struct sink *sink, const struct value *v, bool json);

/* ---- numbers ---- */
struct number {
    bool whole;
    int64_t integer;
    long double real; /* of a decimal text or double, nearer to it than a double is */
    bool exact;       /* it is scaled / 10^places, at most 15 digits and DECIMAL_PLACES */
    int64_t scaled;
    int places;
};
struct number value_number(struct run *run, const struct value *v); /* 0 for what is no number */
long double value_large(struct span digits); /* what VALUE_LARGE amounts to, about */
int64_t number_whole(struct number n);       /* without what is behind the point, within int64 */
/* Strict: whole numbers and texts of them only, else run_fail("invalid integer"). */
int value_integer(struct run *run, const struct value *v, int64_t *out);

#endif
