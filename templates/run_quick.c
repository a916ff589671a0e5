/* templates/run_quick.c - runs of ops done at once: a field printed, a field tested. Either all of a run
 * is done, to the same end and for the same fuel as by its ops, or nothing, and the ops do it: whatever
 * is not a plain text where a text is wanted is theirs. */
#include "templates/filters.h"
#include "templates/output.h"
#include "templates/simd.h"
#include "templates/values.h"

#define LOOP_DIGITS 8

static struct quick *quick_of(const struct run *run, const struct op *op)
{
    const struct template *t = run->template;

    return t->quicks[op - t->ops];
}

/* The value of a source, and what it costs to find it; NULL = it has none. */
static ALWAYS_INLINE const struct value *source_of(const struct run *run, struct quick *quick,
                                                   size_t *cost)
{
    const struct value *at;

    if (quick->item) {
        at = &run->loops[quick->from]->item;
        *cost = 0;
    } else {
        at = run_root(run, quick->from);
        *cost = value_find_cost(&run->context->data);
    }
    if (!quick->keyed)
        return at;
    *cost += value_find_cost(at);
    return value_find_near(at, quick->key, &quick->near);
}

/* Is there fuel for the run's other ops, and for so many bytes of work? The first op is paid for. */
static ALWAYS_INLINE bool can_pay(const struct run *run, const struct quick *quick, size_t bytes)
{
    return run->fuel >= (int64_t)(quick->fuel + bytes);
}

static ALWAYS_INLINE int finish(struct run *run, const struct quick *quick, size_t bytes)
{
    run->fuel -= (int64_t)(quick->fuel + bytes);
    run->pc += quick->count - 1;
    return 0;
}

/* The same, and prints the text behind the run, too, if there is one, and room and fuel for it. */
static ALWAYS_INLINE int finish_text(struct run *run, const struct quick *quick, size_t bytes)
{
    struct span text = quick->after;

    finish(run, quick, bytes);
    if (text.len == 0 || text.len > run->out.room - run->out.len ||
        run->fuel < (int64_t)(FUEL_BYTES + text.len))
        return 0;
    run_copy(run->out.data + run->out.len, text);
    run->out.len += text.len;
    run->fuel -= (int64_t)(FUEL_BYTES + text.len);
    run->pc++;
    return 0;
}

/* ---- shown ---- */

/* What a run prints, if that is a text which does not begin with white space (and so is not blank) and
 * for which there is room; else an empty one. *cost: to find it, and for default to look at it. */
static ALWAYS_INLINE struct span shown(const struct run *run, struct quick *quick, size_t *cost)
{
    const struct value *v = source_of(run, quick, cost);
    struct span text = span_make(NULL, 0);

    if (!v || v->type != VALUE_TEXT || v->safe)
        return text;
    if (quick->guarded && !run->template->lax)
        *cost += v->text.len * BLANK_COST;
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
    return finish_text(run, quick, text.len + cost);
}

/* Fuel and room are looked after for the worst case, so that nothing fails half-way. */
static int show_escaped(struct run *run, const struct op *op, struct span text, size_t cost)
{
    struct quick *quick = quick_of(run, op);
    size_t before = run->out.len, most = text.len * ESCAPED_MOST, memory = sink_size(most), len;

    if (most > run->out.room - before || memory > ARENA_MAX_BYTES - run->memory ||
        !can_pay(run, quick, cost + text.len + memory + most * 2) ||
        output_escaped(&run->out, text) < 0)
        return run_plain(run, op);
    len = run->out.len - before; /* and so much is paid */
    if (!quick->escaped)
        return finish_text(run, quick, cost);
    memory = sink_size(len);
    run->memory += memory;
    return finish_text(run, quick, cost + text.len + memory + len); /* read, kept, written */
}

int quick_html(struct run *run, const struct op *op)
{
    struct quick *quick = quick_of(run, op);
    size_t cost;
    struct span text = shown(run, quick, &cost);

    if (text.len == 0)
        return run_plain(run, op);
    if (simd_copy_html(run->out.data + run->out.len, text) < text.len)
        return show_escaped(run, op, text, cost);
    run->out.len += text.len;
    return finish_text(run, quick, cost + text.len * (quick->escaped ? 2 : 1)); /* read, printed */
}

/* What stands at `to` is printed as it is by this part, and is not blank. */
static bool is_clean(const struct run *run, struct span text)
{
    size_t clean = run->template->part == PART_HTML ? simd_find_html(text) : simd_find_plain(text);

    return clean == text.len && (unsigned char)text.data[0] > ' ';
}

int quick_filtered(struct run *run, const struct op *op)
{
    struct quick *quick = quick_of(run, op);
    size_t cost, len = 0;
    const struct value *v = source_of(run, quick, &cost);
    struct direct direct = { .argument = quick->argument,
                             .to = run->out.data + run->out.len,
                             .room = run->out.room - run->out.len };

    if (v && v->type == VALUE_TEXT && v->text.len && !v->safe) {
        direct.text = v->text;
        len = quick->filter(run, &direct);
    }
    cost += direct.memory + direct.work + len;
    if (len == 0 || direct.memory > ARENA_MAX_BYTES - run->memory || !can_pay(run, quick, cost) ||
        !is_clean(run, span_make(direct.to, len)))
        return run_plain(run, op);
    run->memory += direct.memory;
    run->out.len += len;
    return finish_text(run, quick, cost);
}

int quick_index(struct run *run, const struct op *op)
{
    struct quick *quick = quick_of(run, op);
    const struct loop *loop = run->loops[quick->from];
    char text[LOOP_DIGITS], *end = text + sizeof(text), *at = end;
    size_t number = loop->index + quick->first;

    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) != 0 && at > text);
    if (number || (size_t)(end - at) > run->out.room - run->out.len ||
        !can_pay(run, quick, sizeof(text)))
        return run_plain(run, op);
    memcpy(run->out.data + run->out.len, at, (size_t)(end - at));
    run->out.len += (size_t)(end - at);
    return finish_text(run, quick, (size_t)(end - at));
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
    if (answer != quick->wanted)
        return finish_text(run, quick, bytes);
    finish(run, quick, bytes);
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
