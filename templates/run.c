/* templates/run.c - the interpreter: one loop over the ops, a table of what each does. A template's
 * blocks are jumps, so nothing in a template makes C functions call each other deeper. */
#include "templates/run.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "templates/compiler.h"
#include "templates/filters.h"
#include "templates/output.h"
#include "templates/values.h"

static const struct value nil_value = { .type = VALUE_NIL };

/* ---- errors, memory, sinks ---- */

int run_fail(struct run *run, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(run->error, sizeof(run->error), format, args);
    va_end(args);
    return -1;
}

int run_stop(struct run *run, const char *format, ...)
{
    va_list args;

    if (run->fatal)
        return -1;
    va_start(args, format);
    vsnprintf(run->error, sizeof(run->error), format, args);
    va_end(args);
    run->fatal = true;
    return -1;
}

void *run_alloc(struct run *run, size_t size)
{
    if (size > ARENA_MAX_BYTES - run->memory) {
        run_stop(run, "the template needs more than %zu bytes of memory", ARENA_MAX_BYTES);
        return NULL;
    }
    if (run_charge(run, size) < 0)
        return NULL;
    run->memory += size;
    return arena_alloc(run->arena, size);
}

struct value *run_list(struct run *run, size_t count)
{
    if (count > LIST_MAX) {
        run_stop(run, "a list of more than %zu items", LIST_MAX);
        return NULL;
    }
    return run_alloc(run, (count ? count : 1) * sizeof(struct value));
}

struct sink sink_make(struct run *run, size_t max)
{
    return (struct sink){ .run = run, .max = max };
}

int sink_room(struct sink *sink, size_t len)
{
    size_t room = sink->room ? sink->room : 64;
    char *bigger;

    if (len <= sink->room - sink->len)
        return 0;
    if (len > sink->max || sink->len > sink->max - len)
        return run_stop(sink->run, "the text grows beyond %zu bytes", sink->max);
    while (room < sink->len + len)
        room *= 2;
    bigger = run_alloc(sink->run, room);
    if (!bigger)
        return -1;
    if (sink->len)
        memcpy(bigger, sink->data, sink->len);
    sink->data = bigger;
    sink->room = room;
    return 0;
}

int sink_add_slow(struct sink *sink, const char *data, size_t len)
{
    if (sink_room(sink, len) < 0)
        return -1;
    memcpy(sink->data + sink->len, data, len);
    sink->len += len;
    return run_charge(sink->run, len);
}

/* ---- the stack ---- */

/* The compiler has counted how deep it gets, see STACK_MAX. */
static void push(struct run *run, const struct value *value)
{
    run->stack[run->depth++] = *value;
}

static struct value *pop(struct run *run)
{
    return &run->stack[--run->depth];
}

/* A strict template holds when what was just pushed is nothing. */
static int pushed(struct run *run, const struct op *op)
{
    const struct value *top = &run->stack[run->depth - 1];
    const struct path *path;

    if (!(op->flag & FLAG_HOLD_NIL) || top->type != VALUE_NIL || run->template->lax)
        return 0;
    path = op->code == OP_PATH ? &run->template->paths[op->index] : NULL;
    if (!path)
        return run_stop(run, "this field is missing and has no default");
    return run_stop(run, "%.*s is missing and has no default", (int)path->text.len,
                    path->text.data);
}

/* ---- values ---- */

static int op_nothing(struct run *run, const struct op *op)
{
    (void)run;
    (void)op;
    return 0;
}

static int op_text(struct run *run, const struct op *op)
{
    return sink_add_span(&run->out, run->template->constants[op->index].text);
}

static int op_const(struct run *run, const struct op *op)
{
    push(run, &run->template->constants[op->index]);
    return 0;
}

static const struct value *walk(const struct run *run, const struct value *from,
                                const struct path *path)
{
    for (uint32_t i = 0; from && i < path->count; i++)
        from = value_find(from, run->template->keys[path->first + i]);
    return from ? from : &nil_value;
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

static int op_path(struct run *run, const struct op *op)
{
    const struct path *path = &run->template->paths[op->index];
    const struct variable *variable = &run->variables[path->name];
    const struct value **found = &run->found[op->index];

    if (variable->set || variable->counted) {
        struct value value = variable->set ? variable->value : variable->counter;
        if (walk_slow(run, path, &value) < 0)
            return -1;
        push(run, &value);
        return pushed(run, op);
    }
    if (!*found)
        *found = walk(run, value_find(&run->context->data, run->template->names[path->name]), path);
    push(run, *found);
    return pushed(run, op);
}

static int op_item(struct run *run, const struct op *op)
{
    push(run, &run->loops[op->index]->item);
    return pushed(run, op);
}

static int op_loop(struct run *run, const struct op *op)
{
    struct value value = { .type = VALUE_LOOP, .loop = run->loops[op->index] };

    push(run, &value);
    return 0;
}

/* Any variable by a name made at run time: self['name']. */
static struct value variable_by_name(const struct run *run, struct span name)
{
    const struct template *t = run->template;
    const struct value *found;

    for (size_t i = 0; i < t->name_count; i++) {
        const struct variable *variable = &run->variables[i];
        if ((variable->set || variable->counted) && span_eq(t->names[i], name))
            return variable->set ? variable->value : variable->counter;
    }
    found = value_find(&run->context->data, name);
    return found ? *found : nil_value;
}

static int member(struct run *run, const struct op *op, const struct value *key)
{
    struct value *top = &run->stack[run->depth - 1];
    struct value out;

    if (top->type == VALUE_NIL && (op->flag & FLAG_SELF) && key->type == VALUE_TEXT)
        out = variable_by_name(run, key->text);
    else if (value_member(run, top, key, (op->flag & FLAG_COMMAND) != 0, &out) < 0)
        return -1;
    *top = out;
    return pushed(run, op);
}

static int op_key(struct run *run, const struct op *op)
{
    return member(run, op, &run->template->constants[op->index]);
}

static int op_index(struct run *run, const struct op *op)
{
    struct value key = *pop(run);

    return member(run, op, &key);
}

/* nil and texts count as numbers here, decimals do not: as the reference. */
static int range_end(struct run *run, const struct value *v, int64_t *out)
{
    if (v->type == VALUE_NIL || v->type == VALUE_TEXT) {
        *out = value_number(v).whole ? value_number(v).integer : (int64_t)value_number(v).real;
        return 0;
    }
    return value_integer(run, v, out);
}

static int op_range(struct run *run, const struct op *op)
{
    struct value *last = pop(run), *first = &run->stack[run->depth - 1];
    struct value range = { .type = VALUE_RANGE };

    (void)op;
    if (range_end(run, first, &range.range.first) < 0 ||
        range_end(run, last, &range.range.last) < 0)
        return -1;
    *first = range;
    return 0;
}

/* Plain arguments first, then one map of the named ones: keys without a name mark the plain. */
static int op_kwargs(struct run *run, const struct op *op)
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
            push(run, &stack[i]);
    }
    map = value_map(pairs, named);
    push(run, &map);
    return 0;
}

static int op_filter(struct run *run, const struct op *op)
{
    struct value args[ARGS_MAX + 1] = { 0 };
    const struct filter *filter;
    struct value *top;

    run->depth -= op->count;
    for (uint16_t i = 0; i < op->count && i < ARGS_MAX; i++)
        args[i] = run->stack[run->depth + i];
    if (op->index < 0)
        return 0;
    filter = filter_at(op->index);
    top = &run->stack[run->depth - 1];
    run->given = op->count;
    run->was_safe = top->safe;
    top->safe = false;
    return filter->apply(run, top, args);
}

static int op_fail(struct run *run, const struct op *op)
{
    struct span text = run->template->constants[op->index].text;

    return run_fail(run, "%.*s", (int)text.len, text.data);
}

static int op_compare(struct run *run, const struct op *op)
{
    struct value *b = pop(run), *a = &run->stack[run->depth - 1];
    bool answer;

    if (value_compare(run, (enum comparison)op->index, a, b, &answer) < 0)
        return -1;
    *a = value_bool(answer);
    return 0;
}

/* ---- printing and keeping ---- */

static int hold_blank(struct run *run, const struct op *op)
{
    const struct op *ops = run->template->ops;
    const struct path *path;
    int32_t i = (int32_t)(op - ops);

    while (i > 0 && ops[i].code != OP_PATH && ops[i].code != OP_TEXT)
        i--;
    if (ops[i].code != OP_PATH)
        return run_stop(run, "this output is blank and has no default");
    path = &run->template->paths[ops[i].index];
    return run_stop(run, "%.*s is blank and has no default", (int)path->text.len, path->text.data);
}

static int op_print(struct run *run, const struct op *op)
{
    const struct value *v = pop(run);

    if (!run->template->lax) {
        bool blank = v->type == VALUE_NIL || (v->type == VALUE_TEXT && value_blank(v));
        if (blank && (op->flag & FLAG_HOLD_BLANK))
            return hold_blank(run, op);
        if (v->type == VALUE_NIL && (op->flag & FLAG_HOLD_NIL))
            return run_stop(run, "there is nothing to print: the default has no value either");
    }
    return output_value(run, v, (enum html_place)op->count);
}

static int keep(struct run *run, int32_t name, const struct value *value)
{
    size_t bytes = value->type == VALUE_TEXT ? value->text.len : 16 * value_count(value);

    if (value->type == VALUE_RANGE)
        bytes = 0;
    if (bytes > KEPT_MAX_BYTES || run->kept > KEPT_MAX_BYTES - bytes)
        return run_stop(run, "more than %zu bytes assigned or captured", KEPT_MAX_BYTES);
    run->kept += bytes;
    run->variables[name].value = *value;
    run->variables[name].set = true;
    return 0;
}

static int op_assign(struct run *run, const struct op *op)
{
    return keep(run, op->index, pop(run));
}

static int op_capture(struct run *run, const struct op *op)
{
    (void)op;
    if (run->capture_depth >= COUNT_OF(run->captures))
        return run_stop(run, "captures are nested deeper than %d", BLOCKS_MAX);
    run->captures[run->capture_depth++] = run->out.len;
    return 0;
}

/* Takes what was printed since the capture began out of the output. */
static int take_captured(struct run *run, struct span *out)
{
    size_t from = run->captures[--run->capture_depth], len = run->out.len - from;
    char *copy = run_alloc(run, len + 1);

    if (!copy)
        return -1;
    if (len)
        memcpy(copy, run->out.data + from, len);
    run->out.len = from;
    *out = span_make(copy, len);
    return 0;
}

static int op_captured(struct run *run, const struct op *op)
{
    struct value value = { .type = VALUE_TEXT, .safe = run->template->part == PART_HTML };

    if (take_captured(run, &value.text) < 0)
        return -1;
    return keep(run, op->index, &value);
}

static int op_changed_end(struct run *run, const struct op *op)
{
    struct span text;

    (void)op;
    if (take_captured(run, &text) < 0)
        return -1;
    if (span_eq(text, run->changed))
        return 0;
    run->changed = text;
    return sink_add_span(&run->out, text);
}

static int op_count(struct run *run, const struct op *op)
{
    struct variable *variable = &run->variables[op->index];
    bool down = (op->flag & FLAG_DOWN) != 0;
    const struct value *data;
    struct value shown;

    if (!variable->counted) {
        data = value_find(&run->context->data, run->template->names[op->index]);
        variable->counter = data && data->type == VALUE_INT ? *data : value_int(0);
        variable->counted = true;
    }
    if (down)
        variable->counter.integer -= variable->counter.integer > INT64_MIN;
    shown = variable->counter;
    if (!down)
        variable->counter.integer += variable->counter.integer < INT64_MAX;
    return output_value(run, &shown, HTML_TEXT);
}

/* ---- jumps and case ---- */

static int op_jump(struct run *run, const struct op *op)
{
    run->pc = op->target;
    return 0;
}

static int op_jump_true(struct run *run, const struct op *op)
{
    if (value_truthy(pop(run)))
        run->pc = op->target;
    return 0;
}

static int op_jump_false(struct run *run, const struct op *op)
{
    if (!value_truthy(pop(run)))
        run->pc = op->target;
    return 0;
}

static int op_case(struct run *run, const struct op *op)
{
    run->cases[op->index] = (struct chosen){ .value = *pop(run) };
    return 0;
}

static int op_case_when(struct run *run, const struct op *op)
{
    struct chosen *chosen = &run->cases[op->index];

    if (value_equal(&chosen->value, pop(run))) {
        chosen->matches++;
        chosen->any = true;
    }
    return 0;
}

static int op_case_body(struct run *run, const struct op *op)
{
    struct chosen *chosen = &run->cases[op->index];

    if (chosen->matches > 0)
        chosen->matches--;
    else
        run->pc = op->target;
    return 0;
}

static int op_case_else(struct run *run, const struct op *op)
{
    if (run->cases[op->index].any)
        run->pc = op->target;
    return 0;
}

/* ---- the loop ---- */

static int (*const steps[OP_CODES])(struct run *, const struct op *) = {
    [OP_NOTHING] = op_nothing,
    [OP_TEXT] = op_text,
    [OP_CONST] = op_const,
    [OP_PATH] = op_path,
    [OP_ITEM] = op_item,
    [OP_LOOP] = op_loop,
    [OP_KEY] = op_key,
    [OP_INDEX] = op_index,
    [OP_RANGE] = op_range,
    [OP_KWARGS] = op_kwargs,
    [OP_FILTER] = op_filter,
    [OP_FAIL] = op_fail,
    [OP_PRINT] = op_print,
    [OP_ASSIGN] = op_assign,
    [OP_CAPTURE] = op_capture,
    [OP_CAPTURED] = op_captured,
    [OP_COMPARE] = op_compare,
    [OP_JUMP] = op_jump,
    [OP_JUMP_TRUE] = op_jump_true,
    [OP_JUMP_FALSE] = op_jump_false,
    [OP_FOR] = op_for,
    [OP_FOR_NEXT] = op_for_next,
    [OP_FOR_END] = op_for_end,
    [OP_CASE] = op_case,
    [OP_CASE_WHEN] = op_case_when,
    [OP_CASE_BODY] = op_case_body,
    [OP_CASE_ELSE] = op_case_else,
    [OP_CYCLE] = op_cycle,
    [OP_COUNT] = op_count,
    [OP_CHANGED] = op_capture,
    [OP_CHANGED_END] = op_changed_end,
    [OP_STOP] = op_nothing,
};

/* An error in a lax template is printed, and the render goes on behind the tag. */
static int recover(struct run *run, const struct op *op)
{
    struct template_problem place;
    char text[sizeof(run->error) + 40];
    int len;

    if (run->fatal || !run->template->lax)
        return -1;
    run->depth = 0;
    run->pc = op->target;
    if (op->flag & FLAG_QUIET)
        return 0;
    problem_place(run->template, op->at, &place);
    len = snprintf(text, sizeof(text), "Liquid error (line %d): %s", place.line, run->error);
    return sink_add(&run->out, text, (size_t)len);
}

static const struct op *run_ops(struct run *run)
{
    const struct op *ops = run->template->ops, *op;

    for (;;) {
        op = &ops[run->pc++];
        if (op->code == OP_STOP)
            return NULL;
        if (run_charge(run, FUEL_BYTES) < 0)
            return op;
        if (steps[op->code](run, op) < 0 && recover(run, op) < 0)
            return op;
    }
}

static void *zeroed(struct run *run, size_t count, size_t size)
{
    return arena_array(run->arena, count ? count : 1, size);
}

static int begin(struct run *run, size_t max)
{
    const struct template *t = run->template;

    run->stack = zeroed(run, t->stack_room + 2, sizeof(*run->stack));
    run->variables = zeroed(run, t->name_count, sizeof(*run->variables));
    run->found = zeroed(run, t->path_count, sizeof(*run->found));
    run->cases = zeroed(run, t->case_room, sizeof(*run->cases));
    run->offsets = zeroed(run, t->place_count, sizeof(*run->offsets));
    run->cycles = zeroed(run, t->name_count, sizeof(*run->cycles));
    run->out = sink_make(run, max ? max : output_limit(t->part));
    if (t->text_bytes + 256 > run->out.max)
        return 0;
    return sink_room(&run->out, t->text_bytes + 256);
}

int template_render(const struct template *template, const struct render_context *context,
                    struct arena *scratch, struct span *out, struct template_problem *problem)
{
    struct run run;
    const struct op *failed;

    memset(&run, 0, offsetof(struct run, loops));
    run.template = template;
    run.context = context;
    run.arena = scratch;
    run.fuel = (int64_t)FUEL_MAX * FUEL_BYTES;
    *out = span_make("", 0);
    if (begin(&run, context->max_output_bytes) < 0)
        failed = &template->ops[0];
    else
        failed = run_ops(&run);
    if (!failed) {
        if (output_finish(&run, out) == 0)
            return 0;
        failed = &template->ops[0];
    }
    problem_place(template, failed->at, problem);
    snprintf(problem->text, sizeof(problem->text), "%s", run.error);
    return -1;
}
