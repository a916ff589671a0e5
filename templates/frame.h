/* templates/frame.h - a snippet that runs: who called it, with what. For run_snippets.c, which keeps
 * it, and the trace, which reads it. */
#ifndef HEED_TEMPLATES_FRAME_H
#define HEED_TEMPLATES_FRAME_H

#include "templates/run.h"

struct frame {
    struct frame *caller;
    const struct snippet_call *call;
    const struct unit *unit;
    struct scope kept;        /* the caller's */
    struct scope *own;        /* of a rendered snippet */
    struct loop **loops;      /* the caller's */
    struct chosen *cases;     /* the caller's */
    const struct loop *outer; /* the caller's */
    int32_t back;             /* where the caller goes on */
    struct value value;       /* what it is called with, or for each item of */
    bool each, some;          /* some: there is a value */
    size_t index, count;      /* turns */
    struct loop *drop;        /* forloop of a render for */
    struct value *arguments;
    struct value item; /* of this turn */
    size_t printed;    /* length of the output when the turn began */
    int nesting;
    int32_t base, scopes; /* as the reference counts its depth */
};

/* Called by render: it has variables of its own. */
static inline bool frame_is_isolated(const struct frame *frame)
{
    return (frame->call->flags & CALL_ISOLATED) != 0;
}

/* What the value it is called with is called inside of it, in names. */
static inline int32_t frame_value_name(const struct frame *frame)
{
    return frame->call->name >= 0 ? frame->call->name : frame->unit->last;
}

#endif
