/* templates/trace_snippets.c - follows calls of snippets: keeps, for each that runs, where its
 * arguments, variables and loops came from. */
#include "templates/frame.h"
#include "templates/trace_run.h"

static const struct origin nowhere = { -1, -1, TRACE_CONSTANT };

static struct traced_frame *frame_at(struct trace_state *s, size_t nesting)
{
    if (nesting >= s->frame_room) {
        size_t room = s->frame_room ? s->frame_room * 2 : 4;
        struct traced_frame **bigger = arena_array(s->arena, room, sizeof(struct traced_frame *));
        if (s->frame_room)
            memcpy(bigger, s->frames, s->frame_room * sizeof(struct traced_frame *));
        s->frames = bigger;
        s->frame_room = room;
    }
    if (!s->frames[nesting])
        s->frames[nesting] = arena_alloc(s->arena, sizeof(struct traced_frame));
    return s->frames[nesting];
}

/* What runs from here on is the frame at `nesting`. */
static void go_to(struct trace_state *s, size_t nesting)
{
    s->nesting = nesting;
    s->names = s->frames[nesting]->names;
    s->loops = s->frames[nesting]->loops;
}

static void clear_names(struct trace *trace, struct traced_frame *frame)
{
    frame->own = trace_cleared(trace->state, frame->own, &frame->own_room,
                               trace->template->name_count, sizeof(*frame->own));
    frame->names = frame->own;
}

void trace_begin_frames(struct trace *trace)
{
    clear_names(trace, frame_at(trace->state, 0));
    go_to(trace->state, 0);
}

/* A rendered snippet finds its arguments among its own variables. */
static void fill_names(struct trace *trace, const struct run *run, struct traced_frame *traced)
{
    const struct frame *frame = run->frame;
    const struct binding *bindings = run->template->bindings + frame->call->arguments;

    clear_names(trace, traced);
    if (frame->drop)
        traced->own[run->template->forloop] = nowhere;
    for (uint32_t i = 0; i < frame->call->argument_count; i++)
        traced->own[bindings[i].name] = traced->arguments[i];
    if (frame->some)
        traced->own[frame_value_name(frame)] = traced->value;
}

static void enter(struct trace *trace, const struct run *run, const struct op *op)
{
    struct trace_state *s = trace->state;
    const struct snippet_call *call = run->frame->call;
    const struct origin *given = s->stack + (s->depth - op->count);
    struct traced_frame *frame = frame_at(s, s->nesting + 1);

    given += (call->flags & CALL_DYNAMIC) != 0;
    frame->value = call->flags & CALL_VALUE ? *given++ : nowhere;
    for (uint32_t i = 0; i < call->argument_count && i < SNIPPET_ARGS_MAX; i++)
        frame->arguments[i] = given[i];
    frame->names = s->names;
    go_to(s, s->nesting + 1);
}

void trace_frames(struct trace *trace, const struct run *run, const struct op *op)
{
    struct trace_state *s = trace->state;
    size_t nesting = run->frame ? (size_t)run->frame->nesting : 0;

    if (nesting > s->nesting)
        enter(trace, run, op);
    else if (nesting < s->nesting)
        go_to(s, nesting);
    if (nesting && frame_is_isolated(run->frame) && run->pc == run->frame->unit->entry)
        fill_names(trace, run, s->frames[nesting]);
    s->names = s->frames[s->nesting]->names;
}

static bool seen_argument(const struct trace *trace, const struct run *run,
                          const struct frame *frame, int32_t name, struct origin *out)
{
    const struct binding *bindings = run->template->bindings + frame->call->arguments;
    const struct traced_frame *traced = trace->state->frames[frame->nesting];

    if (name == frame_value_name(frame)) {
        *out = traced->value;
        return true;
    }
    for (uint32_t i = frame->call->argument_count; i > 0; i--)
        if (bindings[i - 1].name == name) {
            *out = traced->arguments[i - 1];
            return true;
        }
    return false;
}

bool trace_seen(const struct trace *trace, const struct run *run, int32_t name, struct origin *out)
{
    for (const struct frame *f = run->frame; f && !frame_is_isolated(f); f = f->caller) {
        const struct binding *loops = run->template->bindings + f->call->loops;
        if (seen_argument(trace, run, f, name, out))
            return true;
        for (uint32_t i = 0; i < f->call->loop_count; i++)
            if (loops[i].name == name) {
                *out = loops[i].drop ? nowhere
                                     : trace->state->frames[f->nesting - 1]->loops[loops[i].loop];
                return true;
            }
    }
    return false;
}
