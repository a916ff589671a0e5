/* templates/run_quick.c - runs of ops done at once: a field printed, a field tested. Either all of a run
 * is done, to the same end and for the same fuel as by its ops, or nothing, and the ops do it: whatever
 * is not a plain text where a text is wanted is theirs. */
#include "templates/simd.h"
#include "templates/values.h"

static struct quick *quick_of(const struct run *run, const struct op *op)
{
    const struct template *t = run->template;

    return &t->quicks[t->quick_of[op - t->ops]];
}

/* The value of a source, and what it costs to find it; NULL = it has none. */
static ALWAYS_INLINE const struct value *source_of(const struct run *run, struct quick *quick,
                                                   size_t *cost)
{
    const struct value *at = &run->context->data;

    if (quick->source == SOURCE_ITEM)
        at = &run->loops[quick->loop]->item;
    *cost = value_find_cost(at);
    at = value_find_near(at, quick->key[0], &quick->near[0]);
    if (at && quick->keys > 1) {
        *cost += value_find_cost(at);
        at = value_find_near(at, quick->key[1], &quick->near[1]);
    }
    return at;
}

/* Is there fuel for the run's other ops, and for so many bytes of work? The first op is paid for. */
static ALWAYS_INLINE bool can_pay(const struct run *run, const struct quick *quick, size_t bytes)
{
    return run->fuel >= (int64_t)(FUEL_BYTES * (quick->count - 1U) + bytes);
}

static ALWAYS_INLINE int finish(struct run *run, const struct quick *quick, size_t bytes)
{
    run->fuel -= (int64_t)(FUEL_BYTES * (quick->count - 1U) + bytes);
    run->pc += quick->count - 1;
    return 0;
}

/* ---- shown ---- */

/* What a run prints, if that is a text which does not begin with white space (and so is not blank) and
 * for which there is room; else an empty one. *cost: to find it. */
static ALWAYS_INLINE struct span shown(const struct run *run, struct quick *quick, size_t *cost)
{
    const struct value *v = source_of(run, quick, cost);
    struct span text = span_make(NULL, 0);

    if (!v || v->type != VALUE_TEXT || v->safe)
        return text;
    text = v->text.len ? v->text : quick->text;
    if (text.len == 0 || (unsigned char)text.data[0] <= ' ' ||
        text.len > run->out.room - run->out.len || !can_pay(run, quick, text.len * 2 + *cost))
        text.len = 0;
    return text;
}

int quick_plain(struct run *run, const struct op *op)
{
    struct quick *quick = quick_of(run, op);
    size_t cost;
    struct span text = shown(run, quick, &cost);

    if (text.len == 0 || simd_copy_plain(run->out.data + run->out.len, text) < text.len)
        return run_plain(run, op);
    run->out.len += text.len;
    return finish(run, quick, text.len + cost);
}

int quick_html(struct run *run, const struct op *op)
{
    struct quick *quick = quick_of(run, op);
    size_t cost;
    struct span text = shown(run, quick, &cost);

    if (text.len == 0 || simd_copy_html(run->out.data + run->out.len, text) < text.len)
        return run_plain(run, op);
    run->out.len += text.len;
    return finish(run, quick,
                  (quick->escaped ? text.len * 2 : text.len) + cost); /* read, printed */
}

/* ---- pushed, tested ---- */

int quick_push(struct run *run, const struct op *op)
{
    struct quick *quick = quick_of(run, op);
    size_t cost;
    const struct value *v = source_of(run, quick, &cost);

    if (!v || v->type == VALUE_NIL || !can_pay(run, quick, cost))
        return run_plain(run, op);
    run_push(run, v);
    return finish(run, quick, cost);
}

static ALWAYS_INLINE int decide(struct run *run, const struct quick *quick, bool answer,
                                size_t bytes)
{
    finish(run, quick, bytes);
    if (answer == quick->wanted)
        run->pc = quick->target;
    return 0;
}

int quick_test(struct run *run, const struct op *op)
{
    struct quick *quick = quick_of(run, op);
    size_t cost;
    const struct value *v = source_of(run, quick, &cost);

    if (!v || !can_pay(run, quick, cost))
        return run_plain(run, op);
    return decide(run, quick, value_truthy(v), cost);
}

int quick_equal(struct run *run, const struct op *op)
{
    struct quick *quick = quick_of(run, op);
    size_t cost;
    const struct value *v = source_of(run, quick, &cost);

    if (!v || v->type != VALUE_TEXT)
        return run_plain(run, op);
    cost += value_equal_cost(v->text, quick->text);
    if (!can_pay(run, quick, cost))
        return run_plain(run, op);
    return decide(run, quick, span_eq(v->text, quick->text), cost);
}
