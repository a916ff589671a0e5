/* core/engine/rehearse.h - renders a template for everyone of a list as the planner would today, without caring for the hour,
 * and shows each result to a visitor. Sends nothing, stores nothing. One thread reads the store ahead, the caller's renders and
 * visits, in the order of keys; memory does not grow with the list but for 16 bytes an enrollment. */
#ifndef HEED_ENGINE_REHEARSE_H
#define HEED_ENGINE_REHEARSE_H

#include "core/engine/subject.h"

enum rehearsal_outcome {
    REHEARSAL_COMPLETE,
    REHEARSAL_HELD,       /* the template holds the message: a field is missing or of no use */
    REHEARSAL_NO_CHANNEL, /* there is no way to reach them; nothing was rendered */
};

struct rehearsed { /* one prospect on one channel; lives until the visitor returns */
    const struct subject *subject;
    enum rehearsal_outcome outcome;
    const char *channel;             /* NULL with NO_CHANNEL */
    const struct address *address;   /* where it would go; NULL = none known or none needed */
    const char *reason;              /* for people, unless COMPLETE */
    struct rendered rendered;        /* COMPLETE: all of it; HELD: what could be rendered */
    struct template_problem problem; /* HELD: the first one, its line in the part's file */
    const struct value *data;        /* what it was rendered from; NULL with NO_CHANNEL */
    const struct parts_trace *trace; /* COMPLETE and HELD; goes on behind what is missing */
};

struct rehearsal {
    const struct workspace *workspace; /* opened with its senders */
    const struct parts *parts;
    const char *template; /* its name: which step of a sequence it stands for */
    const char *
        sequence; /* who: those active or held in it; NULL = everyone who may still get a touch: not opted
                                     out, and not at the end of every sequence they were in */
    const char *const *
        channels; /* NULL-ended: each of them for everyone; NULL = each one's own: what the planner would
                                     choose */
    bool
        anybody_sends; /* channels that no sender carries are rendered in the name of the first sender; else they are an
                           error */
    int (*visit)(void *with, const struct rehearsed *one);    /* non-zero ends the rehearsal */
    void (*progress)(void *with, int64_t done, int64_t most); /* now and then; NULL = nobody asks */
    void *with;
};

/* 0, also when the visitor ended it; -1 and err. */
int rehearse(const struct rehearsal *rehearsal, struct err *err) MUST_USE;

/* The same for one prospect, whatever became of them. 1, 0 = no such prospect, or -1 and err. */
int rehearse_one(const struct rehearsal *rehearsal, int64_t prospect_id, struct err *err) MUST_USE;

#endif
