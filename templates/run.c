/* templates/run.c - the interpreter: one loop over the ops, a table of what each does. A template's
 * blocks are jumps, so nothing in a template makes C functions call each other deeper. */
#include "templates/run.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "core/base/text.h"
#include "templates/compiler.h"
#include "templates/filters.h"
#include "templates/output.h"
#include "templates/quick.h"
#include "templates/trace_run.h"
#include "templates/values.h"

#define LINE_COST 1024 /* bytes of work: to say where an error is */

/* ---- errors, memory, sinks ---- */

static int say(struct run *run, const char *format, va_list args) PRINTF_LIKE(2, 0);
static int say(struct run *run, const char *format, va_list args)
{
    vsnprintf(run->error, ERROR_BYTES, format, args);
    problem_cut(run->error, ERROR_BYTES);
    return -1;
}

int run_fail(struct run *run, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(run, format, args);
    va_end(args);
    return -1;
}

int run_stop(struct run *run, const char *format, ...)
{
    va_list args;

    if (run->fatal)
        return -1;
    va_start(args, format);
    say(run, format, args);
    va_end(args);
    run->fatal = true;
    return -1;
}

void *run_raw(struct run *run, size_t size)
{
    if (size > ARENA_MAX_BYTES - run->memory) {
        run_stop(run, "the template needs more than %zu bytes of memory", ARENA_MAX_BYTES);
        return NULL;
    }
    if (run_charge(run, size) < 0)
        return NULL;
    run->memory += size;
    return arena_raw(run->arena, size);
}

void *run_alloc(struct run *run, size_t size)
{
    void *p = run_raw(run, size);

    return p ? memset(p, 0, size) : NULL;
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

/* A piece of memory of this size becomes the sink's. */
static int sink_take(struct sink *sink, size_t room)
{
    char *bigger = run_raw(sink->run, room);

    if (!bigger)
        return -1;
    if (sink->len)
        memcpy(bigger, sink->data, sink->len);
    sink->data = bigger;
    sink->room = room;
    return 0;
}

int sink_grow(struct sink *sink, size_t len)
{
    size_t room = sink->room ? sink->room : SINK_LEAST_BYTES;

    if (len > sink->max || sink->len > sink->max - len)
        return run_stop(sink->run, "the text grows beyond %zu bytes", sink->max);
    while (room < sink->len + len)
        room *= 2;
    return sink_take(sink, room > sink->max ? sink->max : room);
}

int sink_add_slow(struct sink *sink, const char *data, size_t len)
{
    if (sink_room(sink, len) < 0)
        return -1;
    memcpy(sink->data + sink->len, data, len);
    sink->len += len;
    return run_charge(sink->run, len);
}

/* ---- jumps and case ---- */

static int op_jump(struct run *run, const struct op *op)
{
    run->pc = op->target;
    return 0;
}

static int op_jump_true(struct run *run, const struct op *op)
{
    if (value_truthy(run_pop(run)))
        run->pc = op->target;
    return 0;
}

static int op_jump_false(struct run *run, const struct op *op)
{
    if (!value_truthy(run_pop(run)))
        run->pc = op->target;
    return 0;
}

static int op_case(struct run *run, const struct op *op)
{
    run->cases[op->index] = (struct chosen){ .value = *run_pop(run) };
    return 0;
}

static int op_case_when(struct run *run, const struct op *op)
{
    struct chosen *chosen = &run->cases[op->index];

    if (value_equal(run, &chosen->value, run_pop(run))) {
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
    [OP_LOOKUP] = op_lookup,
    [OP_SELF] = op_self,
    [OP_PICK] = op_pick,
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
    [OP_CALL] = op_call,
    [OP_INTERRUPTED] = op_interrupted,
    [OP_LEAVE] = op_leave,
    [OP_RETURN] = op_return,
    [OP_STOP] = op_nothing,
};

/* An error in a lax template is printed, and the render goes on behind the tag. */
static int recover(struct run *run, const struct op *op)
{
    struct template_problem place;
    const struct unit *unit;
    struct value error;
    char text[ERROR_BYTES + 160];
    int len;

    if (run->fatal || !run->template->lax)
        return -1;
    run->depth = 0;
    run->pc = op->code == OP_FOR ? run->template->loops[op->index].after : op->target;
    if (op->flag & FLAG_QUIET)
        return 0;
    unit = problem_place(run->template, op->at, &place);
    if (run_charge(run, (op->at - unit->begin) * 2 + LINE_COST) < 0)
        return -1;
    len = snprintf(text, sizeof(text), "Liquid error (%.*s%sline %d): %s",
                   (int)text_cut(unit->name, 80).len, unit->name.data, unit->name.len ? " " : "",
                   place.line, run->error);
    error = value_span(span_make(text, (size_t)len));
    return output_value(run, &error, HTML_TEXT);
}

static const struct op *run_ops(struct run *run)
{
    const struct op *ops = run->template->ops, *op;
    struct quick *const *quicks = run->template->quicks;

    for (;;) {
        if (quicks[run->pc])
            quick_run(run);
        op = &ops[run->pc++];
        if (op->code == OP_STOP)
            return NULL;
        if (run_charge(run, FUEL_BYTES) < 0)
            return op;
        if (steps[op->code](run, op) < 0 && recover(run, op) < 0)
            return op;
    }
}

/* The same, watched: a loop of its own, so that the one above has nothing to ask. */
static const struct op *run_traced(struct run *run)
{
    const struct op *ops = run->template->ops, *op;
    struct trace *trace = run->context->trace;

    for (;;) {
        op = &ops[run->pc++];
        if (op->code == OP_STOP)
            return NULL;
        if (run_charge(run, FUEL_BYTES) < 0)
            return op;
        trace_before(trace, run, op);
        if (steps[op->code](run, op) == 0)
            trace_after(trace, run, op);
        else if (!trace_failed(trace, run, op) && recover(run, op) < 0)
            return op;
    }
}

static void *take(char **at, size_t count, size_t size)
{
    void *p = *at;

    *at += count * size;
    return p;
}

void run_measure(struct template *t)
{
    size_t loops = (size_t)t->units->loops, cases = (size_t)t->units->cases;
    size_t stack = t->stack_room + FILTER_ARGS_MOST;

    t->state_zero = sizeof(struct run) + loops * sizeof(struct loop *) +
                    t->place_count * sizeof(size_t) +
                    t->name_count * (sizeof(struct variable) + sizeof(size_t) + sizeof(void *));
    t->state_bytes = t->state_zero + cases * sizeof(struct chosen) + stack * sizeof(struct value);
}

/* A render's state, and room for its output, in one piece: first what must be zero, then what is
 * written before it is read. All of the state is aligned as a pointer is. */
static struct run *take_run(const struct template *t, struct arena *arena, size_t room)
{
    char *at = arena_raw(arena, t->state_bytes + room);
    struct run *run = memset(at, 0, t->state_zero);

    if (room)
        run->out.data = at + t->state_bytes;
    at += sizeof(*run);
    run->variables = take(&at, t->name_count, sizeof(*run->variables));
    run->cycles = take(&at, t->name_count, sizeof(*run->cycles));
    run->roots = take(&at, t->name_count, sizeof(struct value *));
    run->offsets = take(&at, t->place_count, sizeof(*run->offsets));
    run->loops = take(&at, (size_t)t->units->loops, sizeof(struct loop *));
    run->cases = take(&at, (size_t)t->units->cases, sizeof(*run->cases));
    run->stack = (struct value *)(void *)at;
    run->template = t;
    run->arena = arena;
    return run;
}

/* Its output begins with the room the template has guessed, if it may become that long. */
static struct run *begin(const struct template *t, const struct render_context *context,
                         struct arena *arena)
{
    size_t most = context->max_output_bytes ? context->max_output_bytes : output_limit(t->part);
    size_t room = t->out_room > most ? 0 : t->out_room;
    struct run *run = take_run(t, arena, room);

    run->context = context;
    run->root_cost = value_find_cost(&context->data);
    run->out.run = run;
    run->out.max = most;
    run->out.room = run->memory = room;
    run->fuel = (int64_t)FUEL_MAX * FUEL_BYTES * (t->as_reference ? REFERENCE_FUEL : 1);
    run->fuel -= (int64_t)room; /* far less */
    return run;
}

int template_render(const struct template *template, const struct render_context *context,
                    struct arena *scratch, struct span *out, struct template_problem *problem)
{
    struct run *run = begin(template, context, scratch);
    const struct op *failed;

    run->error = problem->text;
    *out = span_make("", 0);
    if (context->trace)
        trace_begin(context->trace, run);
    failed = context->trace ? run_traced(run) : run_ops(run);
    if (!failed && output_finish(run, out) == 0)
        return context->trace ? trace_end(context->trace, sink_span(&run->out), *out, problem) : 0;
    problem_place(template, failed ? failed->at : template->ops->at, problem);
    return -1;
}
