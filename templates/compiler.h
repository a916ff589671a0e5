/* templates/compiler.h - the state of one compilation, shared by the parser's files. Internal. */
#ifndef HEED_TEMPLATES_COMPILER_H
#define HEED_TEMPLATES_COMPILER_H

#include "templates/html.h"
#include "templates/intern.h"
#include "templates/lexer.h"
#include "templates/program.h"

struct filter;
struct tag;

/* An open block tag. */
struct block {
    const struct tag *tag;
    uint32_t at;          /* where it was opened */
    int32_t start;        /* its first op */
    int32_t next;         /* jumps to the next branch, a chain through op.target */
    int32_t end;          /* jumps behind the block, same */
    int32_t body;         /* first op of a loop's body */
    struct span variable; /* of a loop, a capture */
    int32_t number;       /* of a case */
    int32_t loop;         /* number of a loop, from the outermost; -1 = no loop */
    bool blank;           /* nothing but white space and silent tags so far */
    bool in_else;         /* a loop's else branch: no longer in the loop */
    bool table;
};

struct compiler {
    struct template *template;
    struct arena *scratch; /* tokens; reset at each tag */
    const struct template_options *options;
    struct arena *problems_in;
    struct template_problems *problems;
    size_t op_room, constant_room, name_room, path_room, key_room, loop_room;
    size_t unit_room, call_room, binding_room, source_room;
    struct intern names, paths, loops; /* those of the template by their texts */

    struct span source; /* what is parsed: the whole, or one line of a liquid tag */
    size_t at;          /* where the next chunk begins */
    struct span markup; /* inside of the current tag or output */
    uint32_t tag_at;    /* where the current tag begins */
    struct token *tokens;
    size_t token;

    struct block blocks[BLOCKS_MAX + 1]; /* [0] is the template itself */
    size_t depth;
    int32_t unit; /* which is parsed */
    int32_t loop_depth, loop_most, case_depth, case_most;
    const struct argument *arguments; /* of the include tag being parsed, newest first */
    char *sources;                    /* all of them: template->source, to be written to */
    bool trim_next;
    size_t line_end; /* of the last line that was judged: does it leave nothing behind? */
    bool line_quiet;
    bool trim_line; /* the tag before stands alone on its line */
    bool broken;    /* an unclosed brace, too many problems: what follows is not looked at */
    bool full;      /* a table is: nothing more is looked at */
    size_t stack, stack_most;
    int nested;
    bool html_reported;
    struct html html;
};

/* ---- problems (problems.c) ---- */
/* A finding at `where` (a pointer into the source; NULL = the tag). Always returns -1. */
int problem_at(struct compiler *c, const char *where, const char *format, ...) PRINTF_LIKE(3, 4);
/* text was printed into `size` bytes: a character that was cut is taken off. */
void problem_cut(char *text, size_t size);
/* File, line, column and the source line of a byte; returns the unit it is in. */
const struct unit *problem_place(const struct template *template, uint32_t at,
                                 struct template_problem *out);

/* ---- emitting (emit.c) ---- */
int32_t emit(struct compiler *c, enum op_code code, int32_t index);
int32_t emit_here(const struct compiler *c); /* number of the next op */
struct op *emit_op(struct compiler *c, int32_t number);
int32_t emit_constant(struct compiler *c, struct value value);
void emit_value(struct compiler *c, struct value value); /* pushes a constant */
int32_t emit_name(struct compiler *c, struct span name);
int32_t emit_key(struct compiler *c, struct span key);
/* path.first is filled in; steps: path.count words behind the first */
int32_t emit_path(struct compiler *c, struct path path, const struct span *steps);
int32_t emit_loop_spec(struct compiler *c, struct loop_spec spec);
int32_t emit_unit(struct compiler *c, struct unit unit);
int32_t emit_snippet_call(struct compiler *c, struct snippet_call call);
uint32_t emit_binding(struct compiler *c, struct binding binding);
/* Puts a jump in front of the chain, and lets a whole chain go to `target`. */
void emit_jump(struct compiler *c, enum op_code code, int32_t *chain);
void emit_land(struct compiler *c, int32_t chain, int32_t target);
/* Ops from `start` on that can fail go on at the next op to come; quiet: without a text. at: where
 * their tag is. */
void emit_failures(struct compiler *c, int32_t start, bool quiet, uint32_t at);
/* Empties blank texts from `start` on that no capture keeps. */
void emit_drop_blank(struct compiler *c, int32_t start);

/* ---- runs of ops (quick.c) ---- */
void quick_find(struct template *t);
void find_assigned_names(struct template *t); /* fields.c: fills in t->assigned */

/* ---- tokens (lex.c) ---- */
static inline const struct token *lex_now(const struct compiler *c)
{
    return &c->tokens[c->token];
}
int lex_begin(struct compiler *c, struct span markup);
bool lex_is(const struct compiler *c, enum token_kind kind);
bool lex_is_word(const struct compiler *c, const char *word);
bool lex_take(struct compiler *c, enum token_kind kind);
bool lex_take_word(struct compiler *c, const char *word);
int lex_expect(struct compiler *c, enum token_kind kind, struct span *text);
int lex_expect_end(struct compiler *c);

/* ---- expressions (expression.c, calls.c, conditions.c) ---- */
enum hold { HOLD_NOTHING, HOLD_PATHS }; /* does a path without a value hold the message? */

int expression_parse(struct compiler *c, enum hold hold);
bool expression_literal(struct span word, struct value *out); /* nil, true, blank... */
bool expression_is_command(struct span word);                 /* size, first, last */
/* What was pushed last is an end of a range: a literal decimal counts as its whole part. */
void expression_whole_number(struct compiler *c);
/* A variable, or field, by its name alone. */
void emit_variable(struct compiler *c, struct span name);
void emit_self(struct compiler *c, uint8_t flag); /* FLAG_NAMED: never a variable called self */
/* expression and filters; *guarded: a default is among them, *plain: no filter at all. */
int filtered_parse(struct compiler *c, bool *guarded, bool *plain);
/* a comparison operand: knows blank and empty */
int operand_parse(struct compiler *c);
/* c->markup as a condition: jumps out when it is false (invert: true); chains to land by the caller. */
int condition_parse(struct compiler *c, bool invert, int32_t *when_true, int32_t *when_false);

/* ---- tags (tags.c, tags_plain.c, tags_loops.c) ---- */
struct tag {
    const char *name, *end; /* end: NULL = no block */
    int (*open)(struct compiler *c, struct block *block);
    int (*branch)(struct compiler *c, struct block *block, struct span name);
    void (*close)(struct compiler *c, struct block *block);
    bool silent;      /* prints nothing by itself */
    bool keeps_blank; /* white space inside is never dropped */
};

const struct tag *tag_find(struct span name);
const char *tag_nearest(struct span name);

int assign_open(struct compiler *c, struct block *block);
int echo_open(struct compiler *c, struct block *block);
int count_up_open(struct compiler *c, struct block *block);
int count_down_open(struct compiler *c, struct block *block);
int raw_open(struct compiler *c, struct block *block);
int comment_open(struct compiler *c, struct block *block);
int doc_open(struct compiler *c, struct block *block);
int remark_open(struct compiler *c, struct block *block);
int liquid_open(struct compiler *c, struct block *block);

int for_open(struct compiler *c, struct block *block);
int for_branch(struct compiler *c, struct block *block, struct span name);
void for_close(struct compiler *c, struct block *block);
int tablerow_open(struct compiler *c, struct block *block);
void tablerow_close(struct compiler *c, struct block *block);
int break_open(struct compiler *c, struct block *block);
int continue_open(struct compiler *c, struct block *block);
int cycle_open(struct compiler *c, struct block *block);
int32_t loop_around(const struct compiler *c); /* the innermost for, or -1 */

/* ---- snippets (tags_snippet.c, snippets.c) ---- */
struct argument { /* of an include: those behind it see it */
    struct span name;
    int32_t slot; /* where on the stack it is */
    const struct argument *next;
};

/* Notes which loops can be seen from here. */
void snippet_bind_loops(struct compiler *c, struct snippet_call *call);
int include_open(struct compiler *c, struct block *block);
int render_open(struct compiler *c, struct block *block);

/* Number of the snippet `name`, to be compiled later; -1 when there is none. */
int32_t snippet_find(struct compiler *c, struct span name);
void snippet_find_all(struct compiler *c); /* for names known at run time only */
const char *snippet_nearest(struct compiler *c, struct span name);
void snippets_check(struct compiler *c); /* reports includes inside of what is rendered */

/* ---- chunks (parser.c), fields (fields.c) ---- */
void parse_all(struct compiler *c); /* the template and every snippet it reaches */
bool field_is_known(const char *const *fields, struct span path); /* fields: NULL-ended */
void report_unknown_fields(
    struct compiler *c); /* reports those that options->fields does not know */
void parse_text(struct compiler *c, struct span text);
int parse_output(struct compiler *c, struct span markup); /* {{ }} and echo */
/* Where an output here stands: enum html_place. Reports where data may not. */
uint16_t parse_place(struct compiler *c, struct span markup);
void parse_lines(struct compiler *c, struct span lines); /* inside of a liquid tag */
int parse_skip(struct compiler *c, const char *name, struct span *inner); /* raw, comment, doc */

#endif
