/* templates/template.h - the Liquid engine: compile once to a flat program, render many, bounded in
 * time and memory. Knows nothing but core/base. Semantics: Shopify/liquid 5.13 (see
 * docs/templates.md). A compiled template is immutable and shared by threads; a render touches only
 * its arena. */
#ifndef HEED_TEMPLATES_TEMPLATE_H
#define HEED_TEMPLATES_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/span.h"
#include "core/base/str.h"
#include "core/base/zone.h"

/* ---- data ---- */
enum value_type {
    VALUE_NIL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_DOUBLE,
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_MAP,
    /* Made by templates, never by callers: */
    VALUE_RANGE, /* (a..b), lazy */
    VALUE_LOOP,  /* forloop */
    VALUE_SELF,  /* the word self: the variables of a scope */
    VALUE_LARGE, /* a whole number beyond 64 bits, its digits in text: to print and compare */
    VALUE_BLANK, /* the words blank and empty in a condition */
    VALUE_EMPTY
};

struct value_pair;
struct loop;
struct scope;

struct value { /* a tree in the caller's arena; borrowed during a render */
    enum value_type type;
    bool safe; /* text a template has made safe for its part already; callers leave it false */
    union {
        bool boolean;
        int64_t integer;
        double number;
        struct span text;
        struct {
            const struct value *items;
            size_t count;
        } list;
        struct {
            const struct value_pair *pairs;
            size_t count;
        } map;
        struct {
            int64_t first, last;
        } range;
        const struct loop *loop;
        const struct scope *scope;
    };
};

/* Of a map. Names are different from each other: of two that are equal, either may be found. */
struct value_pair {
    struct span name;
    struct value value;
};

static inline struct value value_nil(void)
{
    return (struct value){ .type = VALUE_NIL };
}
static inline struct value value_int(int64_t n)
{
    return (struct value){ .type = VALUE_INT, .integer = n };
}
static inline struct value value_bool(bool b)
{
    return (struct value){ .type = VALUE_BOOL, .boolean = b };
}
static inline struct value value_span(struct span s)
{
    return (struct value){ .type = VALUE_TEXT, .text = s };
}
static inline struct value value_text(const char *s)
{
    return s ? value_span(span_of(s)) : value_nil();
}
static inline struct value value_map(const struct value_pair *pairs, size_t count)
{
    return (struct value){ .type = VALUE_MAP, .map = { pairs, count } };
}

/* ---- compiling ---- */
/* How {{ data }} is made safe (reference: output by part) */
enum template_part {
    PART_NONE,   /* as it is: conformance */
    PART_TEXT,   /* drops controls and bidi marks */
    PART_HTML,   /* escaped */
    PART_HEADER, /* one line */
    PART_URL,    /* percent-encoded */
    PART_SMS,    /* as text */
};

struct template_problem { /* one finding of the compiler or the renderer */
    int line, column;     /* from 1 */
    char file[96];        /* the snippet it is in, "recap/_signature.liquid"; "" = the template */
    char text[240];       /* "unknown filter 'upcas', did you mean 'upcase'?" */
    char source[160];     /* the line it is in */
};

struct template_problems { /* grows in the caller's arena */
    struct template_problem *items;
    size_t count, room;
};

struct template_snippet { /* what {% render "name" %} and include call */
    const char *name;
    const char *file; /* for messages; NULL = "_NAME.liquid" */
    struct span source;
};

struct template_options {
    enum template_part part;
    bool lax;            /* conformance and previews: errors are printed into the output */
    bool trim_tag_lines; /* a line with nothing but {% tags %} leaves no line behind */
    const char *const
        *fields;      /* names data may have, NULL-ended, for "did you mean"; NULL = unknown */
    const char *name; /* for messages: "recap/email.liquid" */
    const struct template_snippet *snippets; /* those that are reached are compiled along */
    size_t snippet_count;
    bool as_reference; /* conformance: render does not see the data, snippets nest 100 deep */
};

struct template;

/* Parses all of source, collecting every problem. NULL when there was one. The caller destroys. */
struct template *template_compile(struct span source, const struct template_options *options,
                                  struct arena *problems_in,
                                  struct template_problems *problems) MUST_USE;
void template_destroy(struct template *template); /* NULL is fine */

/* "recap/email.liquid:3:14: unknown filter 'upcas'\n  Hi {{ name | upcas }}\n               ^" into
 * out; a problem inside of a snippet names the snippet's file instead. */
void template_explain(const char *name, const struct template_problem *problem, struct str *out);

/* ---- rendering ---- */
struct trace;
struct parts_trace;

struct render_context {
    struct value data;       /* VALUE_MAP */
    int64_t now_ms;          /* send time; `now` and `today` are this */
    const struct zone *zone; /* prospect's zone; NULL = UTC */
    const char *locale;      /* words of dates, signs of money: "de", "fr-CH"; NULL = "en" */
    int64_t seed;            /* spin's choice: prospect id */
    const char *channel;     /* parts_render(): whose part; NULL elsewhere */
    size_t max_output_bytes; /* 0 = the part's default */
    struct trace *trace;     /* template_render(): what it does is told here; NULL = nobody asks */
    struct parts_trace *parts_trace; /* parts_render(): the same for each of its renders */
};

/* Output in the arena. 0, or -1 and *problem: strict templates hold on a missing field, a blank
 * output without default, a type error or a limit. */
int template_render(const struct template *template, const struct render_context *context,
                    struct arena *scratch, struct span *out,
                    struct template_problem *problem) MUST_USE;

/* Paths read by the template ("prospect.first_name"), each once, NULL-ended, in the arena. */
const char **template_paths(const struct template *template, struct arena *arena);

/* ---- what the language has, for help and for the guide's test ---- */
/* Names in the order of their tables (by letter), NULL-ended, in the arena. Tags: those that open
 * something or stand alone, "#" too; not the words within them (else, when, endif). */
const char **template_filter_names(struct arena *arena);
const char **template_tag_names(struct arena *arena);

#endif
