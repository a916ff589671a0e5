/* templates/quick.c - finds the runs of ops that run_quick.c does at once. It changes no op: who runs
 * them one by one, as a traced render does, gets the same. */
#include "templates/quick.h"
#include "templates/compiler.h"
#include "templates/simd.h"
#include "templates/values.h"

#define WAY_STEPS 8 /* jumps that a way may take */
#define NO_CODE (-1)

struct finder {
    struct template *t;
    struct span *padded; /* by constant: the copy that a way prints */
};

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

static bool prints_text(const struct op *op)
{
    return op->code == OP_PRINT && op->count == HTML_TEXT;
}

/* ---- sources ---- */

static bool path_source(const struct template *t, const struct op *op, struct quick *out)
{
    const struct path *path = &t->paths[op->index];

    if (path->count > 1 || path->name == t->forloop)
        return false;
    out->source = t->assigned[path->name] ? SOURCE_VARIABLE : SOURCE_ROOT;
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
    if (op->code != OP_ITEM)
        return false;
    out->source = SOURCE_ITEM;
    out->count = 1;
    out->from = op->index;
    out->keyed = op[1].code == OP_KEY;
    if (!out->keyed)
        return true;
    out->count = 2;
    out->key = t->constants[op[1].index].text;
    return true;
}

/* ---- runs that begin with a source; each: the code, or NO_CODE and *quick anyhow. at: behind it ---- */

static const struct op *find_default(const struct template *t, const struct op *at,
                                     struct quick *quick)
{
    if (!is_text(t, at) || !is_filter(at + 1, "default", 1))
        return at;
    quick->text = t->constants[at->index].text;
    quick->blank_cost = t->lax ? 0 : BLANK_COST;
    quick->count = (uint8_t)(quick->count + 2);
    return at + 2;
}

static int find_show(const struct template *t, const struct op *at, struct quick *quick)
{
    bool html = t->part == PART_HTML;

    at = find_default(t, at, quick);
    quick->escaped = html && is_filter(at, "escape", 0);
    at += quick->escaped;
    quick->count = (uint8_t)(quick->count + quick->escaped + 1);
    if (!prints_text(at))
        return NO_CODE;
    return html ? QUICK_HTML : t->part == PART_TEXT || t->part == PART_SMS ? QUICK_PLAIN : NO_CODE;
}

static int find_filtered(const struct template *t, const struct op *at, struct quick *quick)
{
    uint16_t args = at->code == OP_CONST;

    if (args)
        quick->argument = &t->constants[at++->index];
    if (at->code != OP_FILTER || at->index < 0 || at->count != args || !prints_text(at + 1))
        return NO_CODE;
    quick->filter = filter_direct_of(at->index);
    quick->copy = t->part == PART_HTML ? simd_copy_html : simd_copy_plain;
    quick->count = (uint8_t)(quick->count + args + 2);
    if (!quick->filter)
        return NO_CODE;
    return t->part == PART_HTML || t->part == PART_TEXT || t->part == PART_SMS ? QUICK_FILTERED
                                                                               : NO_CODE;
}

static int find_assign(const struct template *t, const struct op *at, struct quick *quick)
{
    at = find_default(t, at, quick);
    quick->count++;
    quick->to = at->index;
    return at->code == OP_ASSIGN ? QUICK_ASSIGN : NO_CODE;
}

static int find_jump(const struct op *jump, struct quick *quick, int code)
{
    quick->count++;
    quick->wanted = jump->code == OP_JUMP_TRUE;
    quick->other.pc = jump->target;
    return is_jump(jump) ? code : NO_CODE;
}

static int find_test(const struct template *t, const struct op *at, struct quick *quick)
{
    (void)t;
    return find_jump(at, quick, QUICK_TEST);
}

static int find_equal(const struct template *t, const struct op *at, struct quick *quick)
{
    int code;

    if (!is_text(t, at) || !is_equality(at + 1))
        return NO_CODE;
    quick->count = (uint8_t)(quick->count + 2);
    quick->text = t->constants[at->index].text;
    code = find_jump(at + 2, quick, QUICK_EQUAL);
    if (at[1].index == COMPARE_NE)
        quick->wanted = !quick->wanted;
    return code;
}

static int find_order(const struct template *t, const struct op *at, struct quick *quick)
{
    if (at->code != OP_CONST || t->constants[at->index].type != VALUE_INT ||
        at[1].code != OP_COMPARE || at[1].index > COMPARE_GE)
        return NO_CODE;
    quick->count = (uint8_t)(quick->count + 2);
    quick->argument = &t->constants[at->index];
    quick->how = (uint8_t)at[1].index;
    return find_jump(at + 2, quick, QUICK_ORDER);
}

static int find_case(const struct template *t, const struct op *at, struct quick *quick)
{
    (void)t;
    quick->count++;
    quick->to = at->index;
    return at->code == OP_CASE ? QUICK_CASE : NO_CODE;
}

static int find_push(const struct template *t, const struct op *at, struct quick *quick)
{
    (void)t;
    (void)at;
    return quick->count > 1 ? QUICK_PUSH : NO_CODE;
}

static int find_sourced(const struct template *t, const struct op *op, struct quick *quick)
{
    int code = NO_CODE,
        (*const finders[])(const struct template *, const struct op *,
                           struct quick *) = { find_show,  find_filtered, find_assign, find_test,
                                               find_equal, find_order,    find_case,   find_push };

    for (size_t i = 0; i < COUNT_OF(finders) && code == NO_CODE; i++) {
        *quick = (struct quick){ .other.pc = -1 };
        if (!find_source(t, op, quick))
            return NO_CODE;
        code = finders[i](t, op + quick->count, quick);
    }
    return code;
}

/* ---- other runs ---- */

static int find_index(const struct template *t, const struct op *op, struct quick *quick)
{
    struct span key;

    if (op->code != OP_LOOP || op[1].code != OP_KEY || op[2].code != OP_PRINT)
        return NO_CODE;
    key = t->constants[op[1].index].text;
    if (!span_is(key, "index") && !span_is(key, "index0"))
        return NO_CODE;
    quick->count = 3;
    quick->from = op->index;
    quick->first = span_is(key, "index");
    return QUICK_INDEX;
}

static int find_when(const struct template *t, const struct op *op, struct quick *quick)
{
    if (!is_text(t, op) || op[1].code != OP_CASE_WHEN || op[2].code != OP_CASE_BODY)
        return NO_CODE;
    quick->count = 3;
    quick->to = op[1].index;
    quick->text = t->constants[op->index].text;
    quick->other.pc = op[2].target;
    return QUICK_WHEN;
}

/* One op that chooses between two ways. */
static int find_fork(const struct template *t, const struct op *op, struct quick *quick)
{
    static const struct {
        enum op_code op;
        enum quick_code quick;
    } rows[] = {
        { OP_FOR_NEXT, QUICK_TURN },
        { OP_CASE_BODY, QUICK_BODY },
        { OP_CASE_ELSE, QUICK_ELSE },
    };

    (void)t;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (op->code == rows[i].op) {
            quick->count = 1;
            quick->from = quick->to = op->index;
            quick->other.pc = op->target;
            return (int)rows[i].quick;
        }
    return NO_CODE;
}

/* What a way does not stop at. */
static bool is_silent(const struct op *op)
{
    return op->code == OP_NOTHING || op->code == OP_JUMP;
}

static int find_go(const struct template *t, const struct op *op, struct quick *quick)
{
    (void)t;
    (void)quick;
    return op->code == OP_TEXT || is_silent(op) ? QUICK_GO : NO_CODE;
}

static int find(const struct template *t, const struct op *op, struct quick *quick)
{
    int code = NO_CODE, (*const finders[])(const struct template *, const struct op *,
                                           struct quick *) = { find_sourced, find_index, find_when,
                                                               find_fork, find_go };

    for (size_t i = 0; i < COUNT_OF(finders) && code == NO_CODE; i++) {
        *quick = (struct quick){ .other.pc = -1 };
        code = finders[i](t, op, quick);
    }
    return code;
}

/* ---- ways ---- */

static struct span padded(struct finder *f, int32_t constant)
{
    struct span text = f->t->constants[constant].text, *copy = &f->padded[constant];

    if (!copy->data)
        *copy = span_make(
            memcpy(arena_alloc(&f->t->arena, text.len + QUICK_PAD), text.data, text.len), text.len);
    return *copy;
}

static int32_t skip_silent(const struct template *t, int32_t pc, int *steps, uint32_t *fuel)
{
    for (; *steps < WAY_STEPS && is_silent(&t->ops[pc]); ++*steps) {
        pc = t->ops[pc].code == OP_JUMP ? t->ops[pc].target : pc + 1;
        *fuel += FUEL_BYTES;
    }
    return pc;
}

static void lead(struct finder *f, struct way *way, int32_t pc)
{
    static const char nothing[QUICK_PAD];
    int steps = 0;

    way->text = span_make(nothing, 0);
    pc = skip_silent(f->t, pc, &steps, &way->fuel);
    if (f->t->ops[pc].code == OP_TEXT) {
        way->text = padded(f, f->t->ops[pc++].index);
        way->fuel += FUEL_BYTES + (uint32_t)way->text.len;
        pc = skip_silent(f->t, pc, &steps, &way->fuel);
    }
    way->pc = pc;
}

static struct quick *keep(struct finder *f, int32_t pc, const struct quick *found)
{
    struct quick *quick = arena_alloc(&f->t->arena, sizeof(*quick));
    struct way *next = &quick->next, *other = &quick->other;

    *quick = *found;
    next->fuel = other->fuel = (uint32_t)(FUEL_BYTES * quick->count);
    lead(f, next, pc + quick->count);
    lead(f, other, other->pc < 0 ? pc + quick->count : other->pc);
    quick->fuel = next->fuel > other->fuel ? next->fuel : other->fuel;
    quick->room = (uint32_t)(QUICK_PAD +
                             (next->text.len > other->text.len ? next->text.len : other->text.len));
    return quick;
}

void quick_find(struct template *t)
{
    struct finder f = { .t = t };
    struct quick found;

    f.padded = arena_array(&t->arena, t->constant_count + 1, sizeof(*f.padded));
    t->quicks = arena_array(&t->arena, t->op_count, sizeof(struct quick *));
    for (size_t i = 0; i < t->op_count; i++) {
        int code = find(t, &t->ops[i], &found);
        found.code = (uint8_t)code;
        if (code != NO_CODE)
            t->quicks[i] = keep(&f, (int32_t)i, &found);
    }
    for (size_t i = 0; i < t->op_count; i++)
        if (t->quicks[i]) {
            t->quicks[i]->next.quick = t->quicks[t->quicks[i]->next.pc];
            t->quicks[i]->other.quick = t->quicks[t->quicks[i]->other.pc];
        }
}
