/* templates/run_snippets.c - calls of snippets at run time. A call saves what belongs to the caller
 * in a frame and goes on at the snippet's first op; a rendered snippet gets variables of its own, an
 * included one sees its caller's. No C function calls itself: frames are counted and paid for. */
#include <stdio.h>

#include "templates/frame.h"
#include "templates/output.h"
#include "templates/values.h"

/* ---- names ---- */

static bool find_loop(const struct run *run, const struct snippet_call *call,
                      struct loop *const *loops, int32_t name, struct value *out)
{
    const struct binding *bindings = run->template->bindings + call->loops;

    for (uint32_t i = 0; i < call->loop_count; i++) {
        const struct loop *loop = loops[bindings[i].loop];
        if (bindings[i].name != name)
            continue;
        *out = bindings[i].drop ? (struct value){ .type = VALUE_LOOP, .loop = loop } : loop->item;
        return true;
    }
    return false;
}

static bool find_argument(const struct run *run, const struct frame *frame, int32_t name,
                          struct value *out)
{
    const struct binding *bindings = run->template->bindings + frame->call->arguments;

    if (name == frame_value_name(frame)) {
        *out = frame->item;
        return true;
    }
    for (uint32_t i = frame->call->argument_count; i > 0; i--)
        if (bindings[i - 1].name == name) {
            *out = frame->arguments[i - 1];
            return true;
        }
    return false;
}

bool snippet_sees(const struct run *run, const struct frame *frame, int32_t name, struct value *out)
{
    for (; frame && !frame_is_isolated(frame); frame = frame->caller)
        if (find_argument(run, frame, name, out) ||
            find_loop(run, frame->call, frame->loops, name, out))
            return true;
    return false;
}

static int32_t name_number(struct run *run, struct span name)
{
    const struct template *t = run->template;

    if (run_charge(run, t->name_count * NAME_COST) < 0)
        return -1;
    for (size_t i = 0; i < t->name_count; i++)
        if (span_eq(t->names[i], name))
            return (int32_t)i;
    return -1;
}

struct value scope_find(struct run *run, const struct scope *scope, struct span name)
{
    int32_t number = name_number(run, name);
    const struct variable *variable = number < 0 ? NULL : &scope->variables[number];
    const struct value *found;
    struct value value;

    if (variable && scope->call && find_loop(run, scope->call, scope->loops, number, &value))
        return value;
    if (variable && snippet_sees(run, scope->frame, number, &value))
        return value;
    if (variable && (variable->set || variable->counted))
        return variable->set ? variable->value : variable->counter;
    if (run_charge(run, value_find_cost(&run->context->data)) < 0)
        return value_nil();
    found = scope->hides_data ? NULL : value_find(&run->context->data, name);
    return found ? *found : value_nil();
}

static struct scope scope_here(const struct run *run)
{
    return (struct scope){ .variables = run->variables,
                           .offsets = run->offsets,
                           .cycles = run->cycles,
                           .groups = run->groups,
                           .changed = run->changed,
                           .hides_data = run->hides_data,
                           .frame = run->frame,
                           .loops = run->loops };
}

int op_self(struct run *run, const struct op *op)
{
    struct scope *scope = run_alloc(run, sizeof(*scope));
    struct value value = { .type = VALUE_SELF, .scope = scope }, own;

    if (!scope)
        return -1;
    *scope = scope_here(run);
    scope->call = &run->template->calls[op->index];
    own = op->flag & FLAG_NAMED ? value_nil() : scope_find(run, scope, span_of("self"));
    run_push(run, value_is_nil(&own) ? &value : &own);
    return 0;
}

int op_pick(struct run *run, const struct op *op)
{
    struct value value = run->stack[op->index];

    run_push(run, &value);
    return 0;
}

/* ---- limits ---- */

/* How deep the reference would find itself: scopes of includes and loops, or renders. */
static int32_t count_depth(const struct run *run, struct frame *frame)
{
    const struct frame *caller = run->frame;
    int32_t base = caller ? caller->base : 0;
    int32_t scopes = (caller ? caller->scopes : 1) + frame->call->depth;

    frame->nesting = caller ? caller->nesting + 1 : 1;
    frame->base = frame_is_isolated(frame) ? base + 1 : base;
    frame->scopes = frame_is_isolated(frame) ? 1 : scopes + 1;
    return frame_is_isolated(frame) ? base + scopes : frame->base + frame->scopes;
}

static int check_depth(struct run *run, struct frame *frame)
{
    int32_t depth = count_depth(run, frame);
    bool reference = run->template->as_reference;

    if (reference && depth > REFERENCE_DEPTH_MAX)
        return run_fail(run, "Nesting too deep");
    if (!reference && frame->nesting > SNIPPET_DEPTH_MAX)
        return run_stop(run, "snippets call snippets more than %d deep: does '%.*s' call itself?",
                        SNIPPET_DEPTH_MAX, (int)frame->unit->name.len, frame->unit->name.data);
    return 0;
}

static int count_call(struct run *run)
{
    size_t most = run->template->as_reference ? REFERENCE_CALLS_MAX : SNIPPET_CALLS_MAX;

    if (++run->calls > most)
        return run_stop(run, "snippets are called more than %zu times", most);
    return 0;
}

/* ---- scopes ---- */

static int take_scope(struct run *run, struct frame *frame)
{
    const struct template *t = run->template;
    size_t names = t->name_count ? t->name_count : 1, places = t->place_count ? t->place_count : 1;
    struct scope *scope = run->spare;

    if (!scope) {
        scope = run_alloc(run, sizeof(*scope));
        if (!scope)
            return -1;
        scope->variables = run_alloc(run, names * sizeof(*scope->variables));
        scope->cycles = run_alloc(run, names * sizeof(*scope->cycles));
        scope->offsets = run_alloc(run, places * sizeof(*scope->offsets));
        if (!scope->variables || !scope->cycles || !scope->offsets)
            return -1;
        scope->next = NULL;
    }
    run->spare = scope->next;
    frame->own = scope;
    run->variables = scope->variables;
    run->cycles = scope->cycles;
    run->offsets = scope->offsets;
    run->hides_data = t->as_reference;
    return 0;
}

/* A fresh turn of a rendered snippet knows nothing but what it is given. */
static int clear_scope(struct run *run)
{
    const struct template *t = run->template;

    memset(run->variables, 0, t->name_count * sizeof(*run->variables));
    memset(run->cycles, 0, t->name_count * sizeof(*run->cycles));
    memset(run->offsets, 0, t->place_count * sizeof(*run->offsets));
    run->groups = NULL;
    run->changed = span_make(NULL, 0);
    return run_charge(run, t->name_count * sizeof(*run->variables) / 8);
}

static void set_variable(struct run *run, int32_t name, struct value value)
{
    run->variables[name].value = value;
    run->variables[name].set = true;
}

static int fill_scope(struct run *run, struct frame *frame)
{
    const struct binding *bindings = run->template->bindings + frame->call->arguments;

    if (clear_scope(run) < 0)
        return -1;
    if (frame->drop) {
        frame->drop->index = frame->index;
        set_variable(run, run->template->forloop,
                     (struct value){ .type = VALUE_LOOP, .loop = frame->drop });
    }
    for (uint32_t i = 0; i < frame->call->argument_count; i++)
        set_variable(run, bindings[i].name, frame->arguments[i]);
    if (frame->some && !value_is_nil(&frame->item))
        set_variable(run, frame_value_name(frame), frame->item);
    return 0;
}

/* ---- calls ---- */

static const struct unit *unit_called(struct run *run, const struct snippet_call *call,
                                      const struct value *name)
{
    const struct template *t = run->template;

    if (call->unit > 0)
        return &t->units[call->unit];
    if (name->type != VALUE_TEXT) {
        run_fail(run, "Argument error in tag 'include' - Illegal template name");
        return NULL;
    }
    for (size_t i = 1; i < t->unit_count; i++)
        if (span_eq(t->units[i].name, name->text))
            return &t->units[i];
    run_fail(run, "Could not find asset %.*s", (int)name->text.len, name->text.data);
    return NULL;
}

/* Without "with", an include gets the variable that is called as it is. */
static struct value own_value(struct run *run, const struct frame *frame)
{
    struct scope scope = scope_here(run);

    scope.call = frame->call;
    return scope_find(run, &scope, frame->unit->name);
}

static int choose_turns(struct run *run, struct frame *frame)
{
    bool list = frame->value.type == VALUE_LIST;
    bool many = list || frame->value.type == VALUE_MAP || frame->value.type == VALUE_RANGE;

    frame->each = frame_is_isolated(frame) ? (frame->call->flags & CALL_EACH) && many : list;
    frame->count = frame->each ? value_count(&frame->value) : 1;
    if (!frame_is_isolated(frame) || !frame->each)
        return 0;
    frame->drop = run_alloc(run, sizeof(*frame->drop));
    if (!frame->drop)
        return -1;
    *frame->drop = (struct loop){ .name = frame->unit->name, .length = frame->count };
    return 0;
}

static int begin_turn(struct run *run, struct frame *frame)
{
    frame->item = frame->value;
    if (frame->each && value_at(run, &frame->value, frame->index, &frame->item) < 0)
        return -1;
    if (count_call(run) < 0)
        return -1;
    run->pc = frame->unit->entry;
    frame->printed = run->out.len;
    return frame_is_isolated(frame) ? fill_scope(run, frame) : 0;
}

static int enter(struct run *run, struct frame *frame)
{
    const struct unit *unit = frame->unit;
    struct loop **loops = run_alloc(run, ((size_t)unit->loops + 1) * sizeof(struct loop *));
    struct chosen *cases = run_alloc(run, ((size_t)unit->cases + 1) * sizeof(*cases));

    if (!loops || !cases)
        return -1;
    frame->kept = scope_here(run);
    frame->caller = run->frame;
    frame->loops = run->loops;
    frame->cases = run->cases;
    frame->outer = run->outer;
    frame->back = run->pc;
    if (frame_is_isolated(frame) && take_scope(run, frame) < 0)
        return -1;
    if (frame_is_isolated(frame))
        run->outer = NULL;
    else if (frame->call->parent >= 0)
        run->outer = frame->loops[frame->call->parent];
    run->frame = frame;
    run->loops = loops;
    run->cases = cases;
    return begin_turn(run, frame);
}

static int print_failure(struct run *run, const struct unit *unit)
{
    struct value failure;
    char text[400];
    int len = snprintf(text, sizeof(text), "Liquid syntax error (%.*s line %d): %s",
                       unit->name.len > 80 ? 80 : (int)unit->name.len, unit->name.data,
                       unit->failure_line, unit->failure);

    failure =
        value_span(span_make(text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1));
    return output_value(run, &failure, HTML_TEXT);
}

/* Takes from the stack what the call was given: a name, a value, arguments. */
static int take_given(struct run *run, struct frame *frame, const struct value *given)
{
    const struct snippet_call *call = frame->call;
    size_t count = call->argument_count;

    given += (call->flags & CALL_DYNAMIC) != 0;
    frame->some = (call->flags & CALL_VALUE) != 0;
    if (frame->some)
        frame->value = *given++;
    else if (!frame_is_isolated(frame))
        frame->value = own_value(run, frame);
    frame->arguments = run_alloc(run, (count + 1) * sizeof(struct value));
    if (!frame->arguments)
        return -1;
    if (count)
        memcpy(frame->arguments, given, count * sizeof(struct value));
    return 0;
}

int op_call(struct run *run, const struct op *op)
{
    struct frame *frame = run_alloc(run, sizeof(*frame));
    const struct value *given = run->stack + run->depth - op->count;

    if (!frame)
        return -1;
    *frame = (struct frame){ .call = &run->template->calls[op->index] };
    run->depth -= op->count;
    if (!frame_is_isolated(frame) && run->frame && frame_is_isolated(run->frame))
        return run_fail(run, "include usage is not allowed in this context");
    frame->unit = unit_called(run, frame->call, given);
    if (!frame->unit)
        return -1;
    if (frame->unit->failure)
        return print_failure(run, frame->unit);
    if (take_given(run, frame, given) < 0 || check_depth(run, frame) < 0 ||
        choose_turns(run, frame) < 0)
        return -1;
    return frame->count ? enter(run, frame) : 0;
}

/* ---- and back ---- */

static void give_back_scope(struct run *run, const struct frame *frame)
{
    struct scope *scope = frame->own;

    scope->next = run->spare;
    run->spare = scope;
    run->variables = frame->kept.variables;
    run->cycles = frame->kept.cycles;
    run->offsets = frame->kept.offsets;
    run->groups = frame->kept.groups;
    run->changed = frame->kept.changed;
    run->hides_data = frame->kept.hides_data;
}

static int end_line(struct run *run, const struct frame *frame, bool more)
{
    unsigned flags = frame->call->flags;

    if (!(flags & CALL_LINE) || (!more && (flags & CALL_LAST)) || run->out.len <= frame->printed)
        return 0;
    return sink_add(&run->out, "\n", 1);
}

static int leave(struct run *run)
{
    struct frame *frame = run->frame;
    bool more;

    if (frame_is_isolated(frame))
        run->interrupt = INTERRUPT_NONE;
    more = run->interrupt == INTERRUPT_NONE && ++frame->index < frame->count;
    if (end_line(run, frame, more) < 0)
        return -1;
    if (more)
        return begin_turn(run, frame);
    if (frame_is_isolated(frame))
        give_back_scope(run, frame);
    run->loops = frame->loops;
    run->cases = frame->cases;
    run->outer = frame->outer;
    run->frame = frame->caller;
    run->pc = frame->back;
    return 0;
}

int op_return(struct run *run, const struct op *op)
{
    (void)op;
    return leave(run);
}

int op_leave(struct run *run, const struct op *op)
{
    run->interrupt = (enum interrupt)op->index;
    return leave(run);
}

int op_interrupted(struct run *run, const struct op *op)
{
    if (run->interrupt == (enum interrupt)op->index)
        run->interrupt = INTERRUPT_NONE;
    else
        run->pc = op->target;
    return 0;
}
