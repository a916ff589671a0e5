/* templates/convert_inside.h - the state of one conversion, shared by the convert_*.c files. */
#ifndef HEED_TEMPLATES_CONVERT_INSIDE_H
#define HEED_TEMPLATES_CONVERT_INSIDE_H

#include "templates/convert.h"

#define CONVERT_TAG_MAX ((size_t)4 << 10)   /* bytes from a tag's first brace to its last */
#define CONVERT_SPIN_MAX ((size_t)16 << 10) /* the same of spintax */
#define CONVERT_BLOCKS_MAX 50
#define CONVERT_SPINS_MAX 4   /* spintax in spintax */
#define CONVERT_PIECES_MAX 32 /* between '|' */
#define CONVERT_LOCALS_MAX 200
#define CONVERT_NESTED_MAX 8 /* braces in braces; keeps every scan for a closing one linear */

/* What stands for something that was not understood: it has no value, so the message is held. */
#define CONVERT_HOLD "{{ fields.not_converted }}"

/* Forms besides {{ }} and {% %}, which are always read because Liquid would. */
enum convert_mark {
    MARK_STARS = 1,   /* *|NAME|* */
    MARK_BRACE = 2,   /* {contactfield=name}, {first_name} */
    MARK_SPIN = 4,    /* {a|b} */
    MARK_PERCENT = 8, /* %NAME% */
};

/* What {{ a|b }} may be. */
enum convert_pipes {
    PIPES_GUESS,
    PIPES_FALLBACK, /* a field and a text */
    PIPES_FILTER,   /* a field and a filter */
    PIPES_SPIN,
};

struct dialect {
    struct convert_dialect shown; /* first */
    unsigned marks;
    enum convert_pipes pipes;
    bool blank_is_false; /* {% if "" %}: in Liquid it is true */
};

enum convert_branching {
    BRANCH_NONE,
    BRANCH_ELSE,
    BRANCH_ELSIF,
    BRANCH_WHEN
}; /* how much it takes */

struct convert_block { /* an open one */
    struct span word;  /* what closes it: "if" of {{/if}}, {% endif %}, *|END:IF|* */
    const char *end;   /* "endif"; NULL = it was left, nothing closes it */
    bool takes[BRANCH_WHEN + 1];
    struct span from;
    const char *item; /* each: what names inside are members of */
    size_t locals;    /* where its own one is, if it is a loop */
};

struct converter {
    struct span source;
    const struct dialect *dialect;
    const char *const *fields;
    struct arena *arena, *scratch;
    struct str out;
    bool brace; /* the last byte of out is a literal '{' */
    struct converted *result;
    size_t note_room;
    struct convert_block blocks[CONVERT_BLOCKS_MAX];
    size_t depth, floor; /* floor: blocks below it belong to what is around a spun piece */
    struct span locals[CONVERT_LOCALS_MAX];
    size_t local_count;
    size_t spins, spin_depth;
    bool code;                    /* inside <style> or <script> */
    unsigned no_end;              /* of raw, comment... there is no further end: bits by caller */
    bool dash_before, dash_after; /* of the current tag */
    const char *look, *why;       /* of the current tag: see CONVERT_LOOK, CONVERT_LEFT */
};

/* ---- writing (convert.c) ---- */
void convert_range(struct converter *c, struct span range); /* part of the source */
void convert_begin(struct converter *c);                    /* a tag: forgets look, why, dashes */
void convert_put(struct converter *c, const char *liquid);
/* Liquid instead of `from`, with its note; nothing is noted when only blanks changed. */
void convert_say(struct converter *c, struct span from, const char *liquid);
/* c->why, or "not understood"; puts CONVERT_HOLD. */
void convert_leave(struct converter *c, struct span from);
void convert_note(struct converter *c, enum convert_kind kind, struct span from, const char *to,
                  const char *what);
/* Sets c->why; returns NULL, so that `return convert_refuse(...)` reads as one thought. */
const char *convert_refuse(struct converter *c, const char *format, ...) PRINTF_LIKE(2, 3);
/* Does our engine take it? Else c->why says its problem. */
bool convert_accepts(struct converter *c, const char *liquid);
const char *convert_tag_of(struct converter *c, const char *inside);    /* {% inside %} */
const char *convert_output_of(struct converter *c, const char *inside); /* {{ inside }} */
/* Bytes up to the brace that closes rest's first `braces` ones, both included; 0 = none within max. */
size_t convert_closed(struct span rest, size_t braces, size_t max);
/* Says or leaves {{ expression }}; NULL is left. */
void convert_say_output(struct converter *c, struct span from, const char *expression);

/* ---- names (convert_fields.c) ---- */
struct convert_field {
    const char *path;    /* "prospect.first_name" */
    const char *filters; /* to print it: "", or " | date: ..." */
};

/* A field's name as the other tool writes it. false: c->why. */
bool convert_field(struct converter *c, struct span name, struct convert_field *out);
bool convert_is_known(struct converter *c, struct span name); /* one of ours under their name */
void convert_add_local(struct converter *c, struct span name);
/* What is printed for a name: path and filters; NULL after convert_refuse(). */
const char *convert_printed(struct converter *c, struct span name);

/* ---- expressions (convert_expression.c, convert_filters.c, convert_condition.c) ---- */
struct pieces {
    struct span items[CONVERT_PIECES_MAX];
    size_t count;
};

/* At '|' outside of quotes and braces. false: too many. */
bool convert_split(struct span text, struct pieces *out);
void convert_trim(struct pieces *pieces);
const char *convert_expression(struct converter *c, struct span text); /* or NULL */
/* "text" as a literal in its quotes, whatever quotes it has itself; or NULL. */
const char *convert_literal(struct converter *c, struct span text);
const char *convert_default(struct converter *c, const char *expression, struct span text);
const char *convert_filter(struct converter *c, const char *expression, struct span piece);
bool convert_is_filter(struct span piece); /* "upcase", "default: 'x'", also foreign ones */
const char *convert_date_format(struct converter *c, struct span format); /* "F j, Y" */
/* Operands, operators, arguments: names become ours. NULL after convert_refuse(). */
const char *convert_operands(struct converter *c, struct span text);
const char *convert_condition(struct converter *c, struct span text, bool blank_is_false);

/* ---- blocks (convert_blocks.c) ---- */
struct convert_opening {
    struct span from, word;
    const char *liquid; /* "if x"; NULL = refused */
    const char *end;    /* "endif" */
    const char *item;
};
/* true: it opens what it says; false: it was left, and what is inside stands in an if. */
bool convert_open(struct converter *c, const struct convert_opening *opening);
void convert_close(struct converter *c, struct span from,
                   struct span word); /* "" = the innermost */
void convert_branch(struct converter *c, struct span from, enum convert_branching branching,
                    const char *inside);                  /* "elsif x"; NULL = refused */
void convert_close_to(struct converter *c, size_t depth); /* what is open above was never closed */

/* ---- spintax (convert_spin.c) ---- */
void convert_spin(struct converter *c, struct span from, const struct span *pieces, size_t count);

/* ---- forms: bytes taken, 0 = it is text ---- */
size_t convert_tag(struct converter *c, struct span rest);
size_t convert_braces(struct converter *c, struct span rest);
size_t convert_brace(struct converter *c, struct span rest);
size_t convert_stars(struct converter *c, struct span rest);
size_t convert_percent(struct converter *c, struct span rest);

#endif
