/* templates/trace_run.h - the hooks by which a traced render tells its trace what it does. Called by
 * run.c alone. */
#ifndef HEED_TEMPLATES_TRACE_RUN_H
#define HEED_TEMPLATES_TRACE_RUN_H

#include "templates/run.h"
#include "templates/trace.h"

/* Where a value on the stack, in a variable or in a loop came from. */
struct origin {
    int32_t path;    /* -1 = none */
    int32_t capture; /* number of a captured text, -1 = none */
    uint8_t kind;    /* enum trace_kind */
};

struct captured { /* prints that a capture took out of the output */
    size_t first, count;
    struct span text;
};

struct traced_frame {   /* where the values of a running snippet came from */
    struct origin *own; /* variables of a rendered one, by name */
    size_t own_room;
    struct origin *names; /* its variables: own, or its caller's */
    struct origin loops[BLOCKS_MAX];
    struct origin value, arguments[SNIPPET_ARGS_MAX];
};

struct trace_state {
    struct arena *arena;
    size_t path_room, op_room, stack_room, print_room, kept_room, capture_room;
    struct origin *stack, *names; /* as run->stack and run->variables */
    struct origin *loops;         /* by nesting, of what runs: template or snippet */
    struct traced_frame **frames; /* [0] the template, then a snippet for each run->frame */
    size_t frame_room, nesting;
    struct trace_print *kept; /* ranges count from the capture's beginning */
    struct captured *captures;
    size_t kept_count, capture_count;
    int32_t last; /* the op before */
    /* before the op: */
    size_t depth, out_len;
    bool truthy;
    struct value top;
    bool failed; /* go_on: the first problem is kept */
    struct template_problem problem;
};

void trace_begin(struct trace *trace, const struct run *run);
void trace_before(struct trace *trace, const struct run *run, const struct op *op);
void trace_after(struct trace *trace, const struct run *run, const struct op *op);
/* The op failed. true: the trace wants to go on and has made it so. */
bool trace_failed(struct trace *trace, struct run *run, const struct op *op);
/* raw: what was printed; out: what became of it. 0, or -1 and problem: a failure was passed over. */
int trace_end(struct trace *trace, struct span raw, struct span out,
              struct template_problem *problem);

/* trace.c, for trace_run.c: */
void trace_add_print(struct trace *trace, struct trace_print print);
void trace_count_printed(struct trace *trace); /* TRACE_PRINTED anew, from the prints */

/* trace_snippets.c, for trace_run.c: */
void trace_begin_frames(struct trace *trace);
/* A snippet was called, or ended; run->frame says which. */
void trace_frames(struct trace *trace, const struct run *run, const struct op *op);
/* Where a value of its callers came from; false: the snippet does not see that name in them. */
bool trace_seen(const struct trace *trace, const struct run *run, int32_t name, struct origin *out);
void *trace_cleared(struct trace_state *state, void *table, size_t *room, size_t count,
                    size_t size);
void *trace_grow(struct trace_state *state, void *old, size_t *room, size_t size);

#define TRACE_STUCK 256 /* printed for sure, though no print says so */

#endif
