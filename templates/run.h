/* templates/run.h - the state of one render and what ops and filters may do to it. Memory comes from
 * the render's arena only; every byte read or written and every op is paid for before it is done. */
#ifndef HEED_TEMPLATES_RUN_H
#define HEED_TEMPLATES_RUN_H

#include <assert.h>

#include "core/base/attr.h"
#include "templates/program.h"

struct run;

#define SINK_LEAST_BYTES 64 /* room grows by doubling this */

/* A growing text in the arena. */
struct sink {
    struct run *run;
    char *data;
    size_t len, room, max;
};

struct loop { /* one running loop; lives in the arena, so that forloop may be kept */
    struct span name;
    struct value items;
    size_t start, length, index; /* index: of the turn, from 0 */
    bool reversed, table;
    int64_t columns;
    const struct loop *parent;
    struct value item;
};

struct variable {
    struct value value;   /* by assign and capture */
    struct value counter; /* by increment and decrement */
    bool set, counted;
};

struct chosen { /* a running case */
    struct value value;
    int matches;
    bool any;
};

struct group { /* a named cycle */
    struct value name;
    size_t turn;
    struct group *next;
};

struct frame;
struct snippet_call;

/* What a template, or a snippet that is rendered, has of its own. */
struct scope {
    struct variable *variables; /* by name */
    size_t *offsets, *cycles;
    struct group *groups;
    struct span changed;
    bool hides_data;
    const struct frame *frame;       /* whose callers may be seen, or NULL */
    const struct snippet_call *call; /* whose loops may be seen, or NULL */
    struct loop *const *loops;
    struct scope *next; /* among the spare ones */
};

#define ERROR_BYTES sizeof(((struct template_problem *)NULL)->text)
#define CAPTURES_MAX (BLOCKS_MAX + 1)

struct run {
    const struct template *template;
    const struct render_context *context;
    struct arena *arena;
    struct sink out;
    struct value *stack; /* [0, depth) */
    size_t depth;
    struct variable *variables; /* by name */
    const struct value **roots; /* data by name; NULL = not looked for yet */
    size_t root_cost;           /* bytes of work: to look for one */
    struct chosen *cases;       /* by nesting */
    struct loop **loops;        /* by nesting */
    struct frame *frame;        /* the snippet that runs; NULL = the template itself */
    const struct loop *outer;   /* the for loop around the snippet */
    struct scope *spare;        /* to be used again */
    bool hides_data;            /* conformance: a rendered snippet sees no data */
    enum interrupt interrupt;   /* that a snippet ended in */
    size_t calls;
    size_t *offsets; /* offset:continue, by loop name */
    size_t *cycles;  /* by name */
    struct group *groups;
    size_t capture_depth;
    struct span changed; /* what ifchanged saw last */
    int32_t pc;          /* the op that runs; ops change it to jump */
    int64_t fuel;        /* in bytes: one op is FUEL_BYTES */
    size_t memory, kept, turns;
    size_t picked;    /* which of its values the last cycle printed */
    size_t given;     /* arguments the running filter was given */
    bool was_safe;    /* its value had been made safe for the part */
    bool fatal;       /* not to be printed: a limit, or a strict template holds */
    size_t *captures; /* where in `out` each open capture begins; NULL before the first */
    char *error;      /* ERROR_BYTES, the caller's */
};

/* Sets how large the state of a render of the template is. */
void run_measure(struct template *t);

/* Says what is wrong and returns -1: a lax template prints it and goes on. */
int run_fail(struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same, ending the render: a limit was passed. */
int run_stop(struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);

/* Pays for `bytes` of work to come. 0, or -1 after run_stop(). */
static inline int run_charge(struct run *run, size_t bytes)
{
    run->fuel -= (int64_t)bytes;
    return run->fuel < 0 ? run_stop(run, "the template does more than %d steps of work", FUEL_MAX)
                         : 0;
}

/* Memory for the render, paid for; NULL after run_stop(). alloc: zeroed, raw: not. */
void *run_alloc(struct run *run, size_t size) MUST_USE;
void *run_raw(struct run *run, size_t size) MUST_USE;
struct value *run_list(struct run *run, size_t count) MUST_USE; /* NULL past LIST_MAX, too */

/* ---- the stack: the compiler has counted how deep it gets, see STACK_MAX ---- */
static inline void run_push(struct run *run, const struct value *value)
{
    run->stack[run->depth++] = *value;
}
static inline struct value *run_pop(struct run *run)
{
    assert(run->depth > 0);
    return &run->stack[--run->depth];
}

/* ---- sinks ---- */
struct sink sink_make(struct run *run, size_t max);
/* What a sink takes for its first `len` bytes. */
static inline size_t sink_size(size_t len)
{
    size_t room = SINK_LEAST_BYTES;

    while (room < len)
        room *= 2;
    return room;
}
int sink_grow(struct sink *sink, size_t len) MUST_USE;
/* Makes room, or -1 after run_stop(). */
MUST_USE static inline int sink_room(struct sink *sink, size_t len)
{
    return len <= sink->room - sink->len ? 0 : sink_grow(sink, len);
}
int sink_add_slow(struct sink *sink, const char *data, size_t len) MUST_USE;
MUST_USE static inline int sink_add(struct sink *sink, const char *data, size_t len)
{
    if (len > sink->room - sink->len)
        return sink_add_slow(sink, data, len);
    assert(data || len == 0);
    if (len)
        memcpy(sink->data + sink->len, data, len);
    sink->len += len;
    return run_charge(sink->run, len);
}
MUST_USE static inline int sink_add_span(struct sink *sink, struct span span)
{
    return sink_add(sink, span.data, span.len);
}
static inline struct span sink_span(const struct sink *sink)
{
    return span_make(sink->data ? sink->data : "", sink->len);
}

/* The datum of the name, nil when there is none. */
const struct value *run_find_root(const struct run *run, int32_t name);
static ALWAYS_INLINE const struct value *run_root(const struct run *run, int32_t name)
{
    return run->roots[name] ? run->roots[name] : run_find_root(run, name);
}
/* ---- ops, by file; all: 0, or -1 after run_fail() ---- */
/* run_values.c */
int op_nothing(struct run *run, const struct op *op);
int op_text(struct run *run, const struct op *op);
int op_const(struct run *run, const struct op *op);
int op_path(struct run *run, const struct op *op);
int op_item(struct run *run, const struct op *op);
int op_loop(struct run *run, const struct op *op);
int op_key(struct run *run, const struct op *op);
int op_index(struct run *run, const struct op *op);
int op_range(struct run *run, const struct op *op);
int op_kwargs(struct run *run, const struct op *op);
int op_filter(struct run *run, const struct op *op);
int op_fail(struct run *run, const struct op *op);
int op_compare(struct run *run, const struct op *op);
/* run_print.c */
int op_print(struct run *run, const struct op *op);
int op_assign(struct run *run, const struct op *op);
int op_capture(struct run *run, const struct op *op);
int op_captured(struct run *run, const struct op *op);
int op_changed_end(struct run *run, const struct op *op);
int op_count(struct run *run, const struct op *op);
/* run_loops.c */
int op_for(struct run *run, const struct op *op);
int op_for_next(struct run *run, const struct op *op);
int op_for_end(struct run *run, const struct op *op);
int op_cycle(struct run *run, const struct op *op);

/* run_snippets.c */
/* What the callers of an included snippet let it see: arguments, loops. False when it is nothing. */
bool snippet_sees(const struct run *run, const struct frame *frame, int32_t name,
                  struct value *out);
/* Any variable or datum of a scope by its name; nil when there is none. */
struct value scope_find(struct run *run, const struct scope *scope, struct span name);
int op_lookup(struct run *run, const struct op *op);
int op_self(struct run *run, const struct op *op);
int op_pick(struct run *run, const struct op *op);
int op_call(struct run *run, const struct op *op);
int op_interrupted(struct run *run, const struct op *op);
int op_leave(struct run *run, const struct op *op);
int op_return(struct run *run, const struct op *op);

#endif
