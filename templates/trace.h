/* templates/trace.h - what one render did: which fields it read and what became of them, which way each
 * decision went, and which bytes of the output came from where. It watches; it changes nothing, and
 * a render without a trace pays nothing for it. For one thread. */
#ifndef HEED_TEMPLATES_TRACE_H
#define HEED_TEMPLATES_TRACE_H

#include "templates/template.h"

/* What became of a path of the data; a path kept in a variable, captured or looped over counts when
 * the variable, the text or the item does. */
enum trace_path_bit {
    TRACE_READ = 1,
    TRACE_FILLED = 2,    /* there was something that is not blank */
    TRACE_EMPTY = 4,     /* there was nothing, or something blank */
    TRACE_FALLBACK = 8,  /* a default took its place */
    TRACE_TESTED = 16,   /* it decided a condition, a case or a loop */
    TRACE_PRINTED = 32,  /* bytes of it are in the output */
    TRACE_HELD = 64,     /* the message is held for the want of it */
    TRACE_MISTYPED = 128 /* a filter, a comparison or a loop could not use it */
};

enum trace_way { /* of a decision; a loop's body may be entered and passed in one render: both */
                 TRACE_YES =
                     1, /* the condition held, the case matched, the loop turned, the value was used */
                 TRACE_NO = 2 /* it did not; the default was used */
};

enum trace_kind {
    TRACE_LITERAL,  /* the template's own text */
    TRACE_PATH,     /* data */
    TRACE_DEFAULT,  /* a literal that stands in for data; path: for which */
    TRACE_CONSTANT, /* printed by an output or a tag that read no data: counters, literals */
};

struct trace_print { /* bytes [from, to) of the output; in order, never overlapping */
    uint32_t from, to;
    uint32_t at;  /* byte in the template's source */
    int32_t path; /* number of a path, -1 = none */
    uint8_t kind; /* enum trace_kind */
};

#define TRACE_PRINTS_MAX 4096

struct trace_state;

struct trace {
    const struct template *template; /* of the last render; NULL = none since the reset */
    uint16_t *paths; /* by number of a path: enum trace_path_bit, and above them private bits */
    uint8_t *ways;   /* by decision->op: enum trace_way */
    struct trace_print *prints;
    size_t print_count;
    bool prints_lost; /* more than TRACE_PRINTS_MAX, or not followed through a change of the text */
    bool go_on;       /* set by the caller: a message that is held is read to its end all the same,
                         so that everything it is held for is seen; the render still fails */
    struct trace_state *state;
};

/* Memory comes from the arena: as much as the largest template ever traced needs, so that a trace may
 * serve any number of renders. The arena must outlive it and not be reset meanwhile. */
void trace_init(struct trace *trace, struct arena *arena);
/* As if nothing had been rendered. template_render() does it, too. */
void trace_reset(struct trace *trace);

/* Paths by number, from 0; a name lives as long as the template. Those of variables are among them,
 * with no bit set as long as the variable is. */
size_t trace_path_count(const struct trace *trace);
struct span trace_path_name(const struct trace *trace, size_t path);

/* Is anything of the data under `root` in the output? "recap" asks for recap and all of recap.*. */
bool trace_printed(const struct trace *trace, const char *root);

/* The output was changed after the render: `after` is a part of `before` (trace_cut), or has the same
 * bytes but for white space and may end earlier (trace_follow). Ranges move along, without white space
 * at their ends when it was squeezed; what is gone, or cannot be found, is dropped. */
void trace_cut(struct trace *trace, struct span before, struct span after);
void trace_follow(struct trace *trace, struct span before, struct span after);
/* What of `from` lies in `after`, a part of its output `before`, becomes the prints of `to`. */
void trace_copy_cut(struct trace *to, const struct trace *from, struct span before,
                    struct span after);

/* ---- decisions: what there is to cover ---- */
enum decision_kind { DECISION_IF, DECISION_WHEN, DECISION_ELSE, DECISION_LOOP, DECISION_DEFAULT };

struct decision {
    int32_t op; /* index into trace->ways */
    enum decision_kind kind;
    uint32_t at;      /* byte in the source */
    struct span text; /* of the source: "prospect.company == 'Acme'" */
};

/* All of a template, in the order of the source; in the arena. `text` lives as long as the template. */
size_t template_decisions(const struct template *template, struct arena *arena,
                          struct decision **out);

/* Line, column and source line of a byte of the source; text becomes empty. */
void template_locate(const struct template *template, uint32_t at, struct template_problem *out);

#endif
