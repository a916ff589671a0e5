/* templates/run_values.c - ops that put values on the stack and change them there. */
#include "templates/filters.h"
#include "templates/values.h"

static const struct value nil_value = { .type = VALUE_NIL };

/* A strict template holds when what was just pushed is nothing. */
static int pushed(struct run *run, const struct op *op)
{
    const struct value *top = &run->stack[run->depth - 1];
    const struct path *path;

    if (!(op->flag & FLAG_HOLD_NIL) || top->type != VALUE_NIL || run->template->lax)
        return 0;
    path = op->code == OP_PATH || op->code == OP_LOOKUP ? &run->template->paths[op->index] : NULL;
    if (!path)
        return run_stop(run, "this field is missing and has no default");
    return run_stop(run, "%.*s is missing and has no default", (int)path->text.len,
                    path->text.data);
}

int op_nothing(struct run *run, const struct op *op)
{
    (void)run;
    (void)op;
    return 0;
}

int op_text(struct run *run, const struct op *op)
{
    return sink_add_span(&run->out, run->template->constants[op->index].text);
}

int op_const(struct run *run, const struct op *op)
{
    run_push(run, &run->template->constants[op->index]);
    return 0;
}

static const struct value *find_root_far(const struct run *run, int32_t name)
{
    const struct template *t = run->template;
    const struct value *found =
        value_find_far(&run->context->data, t->names[name], &t->name_hints[name]);

    run->roots[name] = found ? found : &nil_value;
    return run->roots[name];
}

/* Nearly always a look at the right place: what is seldom is left to a function of its own, so that this
 * one needs no frame. */
const struct value *run_find_root(const struct run *run, int32_t name)
{
    const struct template *t = run->template;
    const struct value *data = &run->context->data;
    size_t near = atomic_load_explicit(&t->name_hints[name], memory_order_relaxed);

    if (data->type != VALUE_MAP || near >= data->map.count ||
        !value_is_name(data->map.pairs[near].name, t->names[name]))
        return find_root_far(run, name);
    run->roots[name] = &data->map.pairs[near].value;
    return run->roots[name];
}

/* nil also when it cannot be paid for: then the next charge ends the render. A root is paid for at each
 * use, whether it is looked for or known. */
static const struct value *datum_of(struct run *run, const struct path *path)
{
    const struct template *t = run->template;
    const struct value *at = &nil_value;

    if (run_charge(run, run->root_cost) == 0)
        at = run_root(run, path->name);
    for (uint32_t i = path->first; at && i < path->first + path->count; i++)
        at = run_charge(run, value_find_cost(at)) < 0
                 ? NULL
                 : value_find_near(at, t->keys[i], &t->key_hints[i]);
    return at ? at : &nil_value;
}

/* forloop kept in a variable: members of it are made on demand */
static int walk_slow(struct run *run, const struct path *path, struct value *value)
{
    for (uint32_t i = 0; i < path->count; i++) {
        struct value key = value_span(run->template->keys[path->first + i]);
        if (value_member(run, value, &key, false, value) < 0)
            return -1;
    }
    return 0;
}

int op_path(struct run *run, const struct op *op)
{
    const struct path *path = &run->template->paths[op->index];
    const struct variable *variable = &run->variables[path->name];

    if (variable->set || variable->counted) {
        struct value value = variable->set ? variable->value : variable->counter;
        if (walk_slow(run, path, &value) < 0)
            return -1;
        run_push(run, &value);
        return pushed(run, op);
    }
    run_push(run, datum_of(run, path));
    return pushed(run, op);
}

int op_lookup(struct run *run, const struct op *op)
{
    const struct path *path = &run->template->paths[op->index];
    const struct variable *variable = &run->variables[path->name];
    struct value value = nil_value;

    if (!snippet_sees(run, run->frame, path->name, &value)) {
        if (!run->hides_data || variable->set || variable->counted)
            return op_path(run, op);
    } else if (walk_slow(run, path, &value) < 0) {
        return -1;
    }
    run_push(run, &value);
    return pushed(run, op);
}

int op_item(struct run *run, const struct op *op)
{
    run_push(run, &run->loops[op->index]->item);
    return pushed(run, op);
}

int op_loop(struct run *run, const struct op *op)
{
    struct value value = { .type = VALUE_LOOP, .loop = run->loops[op->index] };

    run_push(run, &value);
    return 0;
}

static int member(struct run *run, const struct op *op, const struct value *key)
{
    struct value *top = &run->stack[run->depth - 1];
    struct value out;

    if (value_member(run, top, key, (op->flag & FLAG_COMMAND) != 0, &out) < 0)
        return -1;
    *top = out;
    return pushed(run, op);
}

int op_key(struct run *run, const struct op *op)
{
    const struct template *t = run->template;
    const struct value *key = &t->constants[op->index], *found = NULL;
    struct value *top = &run->stack[run->depth - 1];

    if (run_charge(run, value_find_cost(top)) < 0)
        return -1;
    if (top->type == VALUE_MAP)
        found = value_find_near(top, key->text, &t->op_hints[op - t->ops]);
    if (!found)
        return member(run, op, key);
    *top = *found;
    return pushed(run, op);
}

int op_index(struct run *run, const struct op *op)
{
    struct value key = *run_pop(run);

    return member(run, op, &key);
}

/* nil and texts count as numbers here, decimals do not: as the reference. */
static int range_end(struct run *run, const struct value *v, int64_t *out)
{
    if (v->type == VALUE_NIL || v->type == VALUE_TEXT) {
        *out = number_whole(value_number(run, v));
        return 0;
    }
    return value_integer(run, v, out);
}

int op_range(struct run *run, const struct op *op)
{
    struct value *last = run_pop(run), *first = &run->stack[run->depth - 1];
    struct value range = { .type = VALUE_RANGE };

    (void)op;
    if (range_end(run, first, &range.range.first) < 0 ||
        range_end(run, last, &range.range.last) < 0)
        return -1;
    *first = range;
    return 0;
}

/* Plain arguments first, then one map of the named ones: keys without a name mark the plain. */
int op_kwargs(struct run *run, const struct op *op)
{
    const struct span *names = run->template->keys + op->index;
    struct value_pair *pairs = run_alloc(run, op->count * sizeof(*pairs));
    struct value *stack, map;
    size_t named = 0;

    if (!pairs)
        return -1;
    run->depth -= op->count;
    stack = run->stack + run->depth;
    for (uint16_t i = 0; i < op->count; i++) {
        if (names[i].len)
            pairs[named++] = (struct value_pair){ names[i], stack[i] };
        else
            run_push(run, &stack[i]);
    }
    map = value_map(pairs, named);
    run_push(run, &map);
    return 0;
}

int op_filter(struct run *run, const struct op *op)
{
    const struct filter *filter;
    struct value *top, *args;

    run->depth -= op->count;
    if (op->index < 0)
        return 0;
    filter = filter_at(op->index);
    args = &run->stack[run->depth]; /* still there, and nobody pushes anything before the end */
    assert(filter->most <= FILTER_ARGS_MOST);
    for (uint16_t i = op->count; i < filter->most; i++)
        args[i] = nil_value;
    top = args - 1;
    run->given = op->count;
    run->was_safe = top->safe;
    top->safe = false;
    return filter->apply(run, top, args);
}

int op_fail(struct run *run, const struct op *op)
{
    struct span text = run->template->constants[op->index].text;

    return run_fail(run, "%.*s", (int)text.len, text.data);
}

int op_compare(struct run *run, const struct op *op)
{
    struct value *b = run_pop(run), *a = &run->stack[run->depth - 1];
    bool answer;

    if (value_compare(run, (enum comparison)op->index, a, b, &answer) < 0)
        return -1;
    *a = value_bool(answer);
    return 0;
}
