/* templates/quick.c - finds the runs of ops that run_quick.c does at once. It changes no op: who runs
 * them one by one, as a traced render does, gets the same. */
#include "templates/compiler.h"
#include "templates/filters.h"

static bool is_filter(const struct op *op, const char *name, uint16_t args)
{
    return op->code == OP_FILTER && op->count == args && op->index >= 0 &&
           strcmp(filter_at(op->index)->name, name) == 0;
}

static bool is_text(const struct template *t, const struct op *op)
{
    return op->code == OP_CONST && t->constants[op->index].type == VALUE_TEXT;
}

static bool is_jump(const struct op *op)
{
    return op->code == OP_JUMP_TRUE || op->code == OP_JUMP_FALSE;
}

static bool is_equality(const struct op *op)
{
    return op->code == OP_COMPARE && (op->index == COMPARE_EQ || op->index == COMPARE_NE);
}

/* ---- sources ---- */

static bool path_source(const struct template *t, const struct op *op, struct quick *out)
{
    const struct path *path = &t->paths[op->index];

    if (path->count > 1 || t->assigned[path->name])
        return false;
    out->count = 1;
    out->from = path->name;
    out->keyed = path->count > 0;
    if (out->keyed)
        out->key = t->keys[path->first];
    return true;
}

/* The last op ends the program, so there is always one behind any other. */
static bool find_source(const struct template *t, const struct op *op, struct quick *out)
{
    if (op->code == OP_PATH)
        return path_source(t, op, out);
    if (op->code != OP_ITEM || op[1].code != OP_KEY)
        return false;
    out->count = 2;
    out->from = op->index;
    out->item = out->keyed = true;
    out->key = t->constants[op[1].index].text;
    return true;
}

/* ---- runs; each: the code, or 0 and *quick anyhow ---- */

static uint8_t find_show(const struct template *t, const struct op *op, struct quick *quick)
{
    bool html = t->part == PART_HTML;
    const struct op *at = op + quick->count;

    if (is_text(t, at) && is_filter(at + 1, "default", 1)) {
        quick->text = t->constants[at->index].text;
        quick->guarded = true;
        at += 2;
    }
    quick->escaped = html && is_filter(at, "escape", 0);
    at += quick->escaped;
    if (at->code != OP_PRINT || at->count != HTML_TEXT)
        return 0;
    quick->count = (uint8_t)(at - op + 1);
    return html ? QUICK_HTML : t->part == PART_TEXT || t->part == PART_SMS ? QUICK_PLAIN : 0;
}

static uint8_t find_filtered(const struct template *t, const struct op *op, struct quick *quick)
{
    const struct op *at = op + quick->count;
    uint16_t args = at->code == OP_CONST;

    if (args)
        quick->argument = &t->constants[at++->index];
    if (at->code != OP_FILTER || at->index < 0 || at->count != args || at[1].code != OP_PRINT ||
        at[1].count != HTML_TEXT)
        return 0;
    quick->filter = filter_direct_of(at->index);
    if (!quick->filter)
        return 0;
    quick->count = (uint8_t)(at - op + 2);
    return t->part == PART_HTML || t->part == PART_TEXT || t->part == PART_SMS ? QUICK_FILTERED : 0;
}

static uint8_t find_jump(const struct op *op, const struct op *jump, struct quick *quick)
{
    if (!is_jump(jump))
        return 0;
    quick->wanted = jump->code == OP_JUMP_TRUE;
    quick->target = jump->target;
    quick->count = (uint8_t)(jump - op + 1);
    return QUICK_TEST;
}

static uint8_t find_test(const struct template *t, const struct op *op, struct quick *quick)
{
    (void)t;
    return find_jump(op, op + quick->count, quick);
}

static uint8_t find_equal(const struct template *t, const struct op *op, struct quick *quick)
{
    const struct op *at = op + quick->count;

    if (!is_text(t, at) || !is_equality(at + 1) || !find_jump(op, at + 2, quick))
        return 0;
    quick->text = t->constants[at->index].text;
    if (at[1].index == COMPARE_NE)
        quick->wanted = !quick->wanted;
    return QUICK_EQUAL;
}

static uint8_t find(const struct template *t, const struct op *op, struct quick *quick)
{
    const struct quick none = { 0 };
    uint8_t code,
        (*const finders[])(const struct template *, const struct op *,
                           struct quick *) = { find_show, find_filtered, find_test, find_equal };

    for (size_t i = 0; i < COUNT_OF(finders); i++) {
        *quick = none;
        if (!find_source(t, op, quick))
            return 0;
        code = finders[i](t, op, quick);
        if (code)
            return code;
    }
    *quick = none;
    find_source(t, op, quick);
    return quick->count > 1 ? QUICK_PUSH : 0;
}

static uint8_t find_index(const struct template *t, const struct op *op, struct quick *quick)
{
    struct span key;

    if (op->code != OP_LOOP || op[1].code != OP_KEY || op[2].code != OP_PRINT)
        return 0;
    key = t->constants[op[1].index].text;
    if (!span_is(key, "index") && !span_is(key, "index0"))
        return 0;
    *quick = (struct quick){ .count = 3, .from = op->index, .first = span_is(key, "index") };
    return QUICK_INDEX;
}

void quick_find(struct template *t)
{
    struct quick quick, *kept;

    t->codes = arena_array(&t->arena, t->op_count, sizeof(*t->codes));
    t->quicks = arena_array(&t->arena, t->op_count, sizeof(struct quick *));
    for (size_t i = 0; i < t->op_count; i++) {
        uint8_t code = find(t, &t->ops[i], &quick);
        if (!code)
            code = find_index(t, &t->ops[i], &quick);
        t->codes[i] = code ? code : t->ops[i].code;
        if (!code)
            continue;
        kept = arena_alloc(&t->arena, sizeof(*kept));
        *kept = quick;
        kept->fuel = (uint16_t)(FUEL_BYTES * (quick.count - 1));
        if (t->ops[i + quick.count].code == OP_TEXT)
            kept->after = t->constants[t->ops[i + quick.count].index].text;
        t->quicks[i] = kept;
    }
}
