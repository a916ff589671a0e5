/* templates/trace_run.c - follows a render op by op: keeps beside each value where it came from, and
 * notes what is read, decided and printed. */
#include "templates/trace_run.h"

#include <stdio.h>

#include "templates/compiler.h"
#include "templates/filters.h"
#include "templates/values.h"

static const struct origin nowhere = { -1, -1, TRACE_CONSTANT };

/* ---- begin ---- */

void *trace_cleared(struct trace_state *state, void *table, size_t *room, size_t count, size_t size)
{
    if (count > *room) {
        *room = count + count / 2;
        return arena_array(state->arena, *room, size);
    }
    if (count)
        memset(table, 0, count * size);
    return table;
}

void trace_begin(struct trace *trace, const struct run *run)
{
    struct trace_state *s = trace->state;
    const struct template *t = run->template;

    trace_reset(trace);
    trace->template = t;
    trace->paths =
        trace_cleared(s, trace->paths, &s->path_room, t->path_count, sizeof(*trace->paths));
    trace->ways = trace_cleared(s, trace->ways, &s->op_room, t->op_count, sizeof(*trace->ways));
    s->stack = trace_cleared(s, s->stack, &s->stack_room, t->stack_room + 2, sizeof(*s->stack));
    trace_begin_frames(trace);
    s->kept_count = s->capture_count = 0;
    s->last = -1;
    s->failed = false;
}

/* ---- values ---- */

static bool has_value(const struct value *v)
{
    switch (v->type) {
    case VALUE_NIL:
        return false;
    case VALUE_TEXT:
    case VALUE_LIST:
    case VALUE_MAP:
        return !value_blank(v);
    default:
        return true;
    }
}

static void mark(struct trace *trace, const struct origin *origin, unsigned bits)
{
    if (origin->path >= 0 && origin->kind == TRACE_PATH)
        trace->paths[origin->path] = (uint16_t)(trace->paths[origin->path] | bits);
}

static struct origin *top_of(struct trace *trace, const struct run *run)
{
    return &trace->state->stack[run->depth - 1];
}

static void on_const(struct trace *trace, const struct run *run, const struct op *op)
{
    (void)op;
    *top_of(trace, run) = nowhere;
}

static void on_path(struct trace *trace, const struct run *run, const struct op *op)
{
    const struct path *path = &run->template->paths[op->index];
    const struct variable *variable = &run->variables[path->name];
    struct origin *top = top_of(trace, run);
    bool full = has_value(&run->stack[run->depth - 1]);

    if (variable->set || variable->counted) {
        *top = variable->set ? trace->state->names[path->name] : nowhere;
        return;
    }
    *top = (struct origin){ op->index, -1, TRACE_PATH };
    mark(trace, top, TRACE_READ | (full ? TRACE_FILLED : TRACE_EMPTY));
}

static void on_lookup(struct trace *trace, const struct run *run, const struct op *op)
{
    struct origin *top = top_of(trace, run);

    if (!trace_seen(trace, run, run->template->paths[op->index].name, top))
        on_path(trace, run, op);
}

static void on_pick(struct trace *trace, const struct run *run, const struct op *op)
{
    *top_of(trace, run) = trace->state->stack[op->index];
}

static void on_item(struct trace *trace, const struct run *run, const struct op *op)
{
    *top_of(trace, run) = trace->state->loops[op->index];
}

/* Of two values that become one: the first that is data. */
static void merge(struct trace *trace, struct origin *into, const struct origin *other)
{
    if (into->path < 0 && other->path >= 0)
        *into = *other;
    (void)trace;
}

static void on_range(struct trace *trace, const struct run *run, const struct op *op)
{
    struct origin *top = top_of(trace, run);

    (void)op;
    merge(trace, top, top + 1);
}

static void on_kwargs(struct trace *trace, const struct run *run, const struct op *op)
{
    const struct span *names = run->template->keys + op->index;
    struct origin *from = &trace->state->stack[trace->state->depth - op->count], *to = from;

    for (uint16_t i = 0; i < op->count; i++)
        if (!names[i].len)
            *to++ = from[i];
    *to = nowhere;
}

/* Did a default do its work? What it puts there may be nothing, too. */
static bool was_replaced(const struct value *before, const struct value *after)
{
    if (before->type != after->type || before->type == VALUE_NIL || value_empty(before))
        return true;
    switch (before->type) {
    case VALUE_TEXT:
        return before->text.data != after->text.data || before->text.len != after->text.len;
    case VALUE_LIST:
        return before->list.items != after->list.items;
    case VALUE_MAP:
        return before->map.pairs != after->map.pairs;
    default:
        return false;
    }
}

static void on_default(struct trace *trace, const struct run *run, const struct op *op)
{
    struct origin *top = top_of(trace, run), instead = op->count ? top[1] : nowhere;
    bool used = was_replaced(&trace->state->top, &run->stack[run->depth - 1]);

    trace->ways[op - run->template->ops] |= used ? TRACE_NO : TRACE_YES;
    if (!used)
        return;
    mark(trace, top, TRACE_FALLBACK);
    if (instead.path < 0 && top->path >= 0)
        instead = (struct origin){ top->path, -1, TRACE_DEFAULT };
    *top = instead;
}

static void on_filter(struct trace *trace, const struct run *run, const struct op *op)
{
    struct origin *top = top_of(trace, run);

    if (op->index >= 0 && filter_at(op->index)->guards) {
        on_default(trace, run, op);
        return;
    }
    for (uint16_t i = 1; i <= op->count; i++)
        merge(trace, top, top + i);
}

/* ---- decisions ---- */

static void decide(struct trace *trace, const struct run *run, const struct op *op, bool yes)
{
    trace->ways[op - run->template->ops] |= yes ? TRACE_YES : TRACE_NO;
}

static void on_compare(struct trace *trace, const struct run *run, const struct op *op)
{
    struct origin *top = top_of(trace, run);

    (void)op;
    mark(trace, top, TRACE_TESTED);
    mark(trace, top + 1, TRACE_TESTED);
    *top = nowhere;
}

static void on_jump(struct trace *trace, const struct run *run, const struct op *op)
{
    mark(trace, &trace->state->stack[run->depth], TRACE_TESTED);
    decide(trace, run, op, trace->state->truthy);
}

static void on_case(struct trace *trace, const struct run *run, const struct op *op)
{
    (void)op;
    mark(trace, &trace->state->stack[run->depth], TRACE_TESTED);
}

/* The body jumps back here for its next match: that says nothing new. */
static void on_case_body(struct trace *trace, const struct run *run, const struct op *op)
{
    const struct op *last = &run->template->ops[trace->state->last];
    bool again = last->code == OP_JUMP && last > op;

    if (!again)
        decide(trace, run, op, run->pc == (int32_t)(op - run->template->ops) + 1);
}

static void on_case_else(struct trace *trace, const struct run *run, const struct op *op)
{
    decide(trace, run, op, !run->cases[op->index].any);
}

static void on_for(struct trace *trace, const struct run *run, const struct op *op)
{
    const struct loop_spec *spec = &run->template->loops[op->index];
    struct origin *items = &trace->state->stack[run->depth];

    mark(trace, items, TRACE_TESTED);
    items->capture = -1;
    trace->state->loops[spec->number] = *items;
    decide(trace, run, op, run->loops[spec->number]->length > 0);
}

/* ---- what is printed, and what is kept of it ---- */

static struct span printed_now(const struct trace *trace, const struct run *run)
{
    size_t from = trace->state->out_len, to = run->out.len;

    return to > from ? span_make(run->out.data + from, to - from) : span_make("", 0);
}

/* Printed as it was captured: its prints again. Else all that was in it is printed, somewhere. */
static void print_captured(struct trace *trace, const struct captured *captured,
                           struct trace_print whole, struct span text)
{
    bool same = span_eq(captured->text, text);

    if (!same)
        trace_add_print(trace, whole);
    for (size_t i = 0; i < captured->count; i++) {
        struct trace_print print = trace->state->kept[captured->first + i];
        print.from += whole.from;
        print.to += whole.from;
        if (same)
            trace_add_print(trace, print);
        else if (print.kind == TRACE_PATH && print.path >= 0)
            trace->paths[print.path] |= TRACE_STUCK;
    }
}

static void print_from(struct trace *trace, const struct run *run, const struct op *op,
                       struct origin origin)
{
    struct span text = printed_now(trace, run);
    struct trace_print print = { (uint32_t)trace->state->out_len, (uint32_t)run->out.len, op->at,
                                 origin.path, origin.kind };

    if (text.len == 0)
        return;
    if (origin.capture >= 0)
        print_captured(trace, &trace->state->captures[origin.capture], print, text);
    else
        trace_add_print(trace, print);
}

static void on_print(struct trace *trace, const struct run *run, const struct op *op)
{
    print_from(trace, run, op, trace->state->stack[run->depth]);
}

static void on_text(struct trace *trace, const struct run *run, const struct op *op)
{
    print_from(trace, run, op, (struct origin){ -1, -1, TRACE_LITERAL });
}

static void on_count(struct trace *trace, const struct run *run, const struct op *op)
{
    print_from(trace, run, op, nowhere);
}

static void on_cycle(struct trace *trace, const struct run *run, const struct op *op)
{
    size_t from = run->depth + ((op->flag & FLAG_NAMED) ? 1 : 0);
    const struct origin *values = &trace->state->stack[from];

    print_from(trace, run, op, run->picked < op->count ? values[run->picked] : nowhere);
}

static void on_assign(struct trace *trace, const struct run *run, const struct op *op)
{
    trace->state->names[op->index] = trace->state->stack[run->depth];
}

/* Moves the prints since `from` out of the list; their ranges count from there now. */
static void keep_prints(struct trace *trace, size_t from)
{
    struct trace_state *s = trace->state;
    size_t first = trace->print_count;

    while (first > 0 && trace->prints[first - 1].from >= from)
        first--;
    for (size_t i = first; i < trace->print_count; i++) {
        struct trace_print print = trace->prints[i];
        print.from -= (uint32_t)from;
        print.to -= (uint32_t)from;
        if (s->kept_count >= TRACE_PRINTS_MAX) {
            trace->prints_lost = true;
            if (print.kind == TRACE_PATH && print.path >= 0)
                trace->paths[print.path] |= TRACE_STUCK;
            continue;
        }
        if (s->kept_count == s->kept_room)
            s->kept = trace_grow(s, s->kept, &s->kept_room, sizeof(*s->kept));
        s->kept[s->kept_count++] = print;
    }
    trace->print_count = first;
}

static void on_captured(struct trace *trace, const struct run *run, const struct op *op)
{
    struct trace_state *s = trace->state;
    struct captured captured = { .first = s->kept_count };
    struct origin origin = { -1, (int32_t)s->capture_count, TRACE_CONSTANT };

    captured.text = run->variables[op->index].value.text;
    keep_prints(trace, run->out.len);
    captured.count = s->kept_count - captured.first;
    for (size_t i = captured.count; i-- > 0;) {
        const struct trace_print *print = &s->kept[captured.first + i];
        if (print->path >= 0)
            origin = (struct origin){ print->path, origin.capture, print->kind };
    }
    if (s->capture_count == s->capture_room)
        s->captures = trace_grow(s, s->captures, &s->capture_room, sizeof(*s->captures));
    s->captures[s->capture_count++] = captured;
    s->names[op->index] = origin;
}

static void on_changed_end(struct trace *trace, const struct run *run, const struct op *op)
{
    (void)op;
    while (trace->print_count && trace->prints[trace->print_count - 1].to > run->out.len)
        trace->print_count--;
}

static void (*const watchers[OP_CODES])(struct trace *, const struct run *, const struct op *) = {
    [OP_TEXT] = on_text,
    [OP_CONST] = on_const,
    [OP_PATH] = on_path,
    [OP_LOOKUP] = on_lookup,
    [OP_SELF] = on_const,
    [OP_PICK] = on_pick,
    [OP_CALL] = trace_frames,
    [OP_LEAVE] = trace_frames,
    [OP_RETURN] = trace_frames,
    [OP_ITEM] = on_item,
    [OP_LOOP] = on_const,
    [OP_RANGE] = on_range,
    [OP_KWARGS] = on_kwargs,
    [OP_FILTER] = on_filter,
    [OP_PRINT] = on_print,
    [OP_ASSIGN] = on_assign,
    [OP_CAPTURED] = on_captured,
    [OP_COMPARE] = on_compare,
    [OP_JUMP_TRUE] = on_jump,
    [OP_JUMP_FALSE] = on_jump,
    [OP_FOR] = on_for,
    [OP_CASE] = on_case,
    [OP_CASE_WHEN] = on_case,
    [OP_CASE_BODY] = on_case_body,
    [OP_CASE_ELSE] = on_case_else,
    [OP_CYCLE] = on_cycle,
    [OP_COUNT] = on_count,
    [OP_CHANGED_END] = on_changed_end,
};

/* ---- the hooks ---- */

void trace_before(struct trace *trace, const struct run *run, const struct op *op)
{
    struct trace_state *s = trace->state;
    size_t value = run->depth - (op->code == OP_FILTER ? op->count : 0);

    s->depth = run->depth;
    s->out_len = run->out.len;
    if (value > 0) {
        s->top = run->stack[value - 1];
        s->truthy = value_truthy(&s->top);
    }
}

void trace_after(struct trace *trace, const struct run *run, const struct op *op)
{
    if (watchers[op->code])
        watchers[op->code](trace, run, op);
    if (run->out.len > trace->state->out_len &&
        (op->code == OP_FOR || op->code == OP_FOR_NEXT || op->code == OP_FOR_END ||
         op->code == OP_LEAVE || op->code == OP_RETURN))
        on_text(trace, run, op);
    trace->state->last = (int32_t)(op - run->template->ops);
}

/* Does the message lack something here, as run_values.c and run_print.c see it? */
static bool is_hold(const struct run *run, const struct op *op)
{
    const struct value *v = run->depth ? &run->stack[run->depth - 1] : NULL;

    if (op->code == OP_PRINT)
        v = &run->stack[run->depth];
    if (op->code != OP_PRINT && op->code != OP_PATH && op->code != OP_LOOKUP &&
        op->code != OP_ITEM && op->code != OP_KEY && op->code != OP_INDEX)
        return false;
    return run->fatal && v && (op->flag & (FLAG_HOLD_NIL | FLAG_HOLD_BLANK)) &&
           (v->type == VALUE_NIL || (v->type == VALUE_TEXT && value_blank(v)));
}

/* What the failed op worked on, and the fault it found with it. */
static void mark_failure(struct trace *trace, const struct run *run, const struct op *op, bool hold)
{
    struct trace_state *s = trace->state;
    unsigned bits = hold ? TRACE_HELD : TRACE_MISTYPED;
    bool path = op->code == OP_PATH || op->code == OP_LOOKUP;
    size_t top = path || op->code == OP_ITEM ? run->depth : s->depth;
    size_t count = 1;

    if (path && run->depth)
        on_lookup(trace, run, op);
    if (op->code == OP_ITEM && run->depth)
        on_item(trace, run, op);
    if (op->code == OP_FILTER)
        count += op->count;
    if (op->code == OP_COMPARE || op->code == OP_RANGE)
        count = 2;
    if (op->code == OP_FOR)
        count += run->template->loops[op->index].pushed;
    for (size_t i = 1; i <= count && i <= top; i++) {
        const struct origin *origin = &s->stack[top - i];
        if (origin->path >= 0)
            trace->paths[origin->path] = (uint16_t)(trace->paths[origin->path] | bits);
    }
}

bool trace_failed(struct trace *trace, struct run *run, const struct op *op)
{
    struct trace_state *s = trace->state;
    bool hold = is_hold(run, op);

    if (run->fatal && !hold)
        return false;
    mark_failure(trace, run, op, hold);
    if (!trace->go_on || run->template->lax || op->target < 0)
        return false;
    if (!s->failed) {
        problem_place(run->template, op->at, &s->problem);
        snprintf(s->problem.text, sizeof(s->problem.text), "%s", run->error);
        s->failed = true;
    }
    run->fatal = false;
    run->depth = 0;
    run->pc = op->target;
    return true;
}

int trace_end(struct trace *trace, struct span raw, struct span out,
              struct template_problem *problem)
{
    trace_count_printed(trace);
    trace_follow(trace, raw, out);
    if (!trace->state->failed)
        return 0;
    *problem = trace->state->problem;
    return -1;
}
