/* templates/program.h - what the compiler writes and the interpreter reads: a flat list of ops over
 * tables of constants, names and paths. Internal to templates/; nothing here is promised to others. */
#ifndef HEED_TEMPLATES_PROGRAM_H
#define HEED_TEMPLATES_PROGRAM_H

#include <stdatomic.h>

#include "templates/template.h"

/* Limits (reference: templates.md section 5). Kept here so that they can be read side by side. */
#define SOURCE_MAX_BYTES ((size_t)256 << 10)
#define SOURCES_MAX_BYTES ((size_t)1 << 20) /* with all snippets it reaches */
#define BLOCKS_MAX 100
#define SNIPPET_DEPTH_MAX 16
#define SNIPPET_CALLS_MAX 500
#define REFERENCE_DEPTH_MAX 100 /* scopes, as the reference counts them */
#define REFERENCE_CALLS_MAX 10000
#define REFERENCE_KEPT_BYTES ((size_t)64 << 20) /* it has no such limits */
#define REFERENCE_FUEL 100                      /* times FUEL_MAX */
#define SNIPPET_ARGS_MAX 64
#define NESTED_EXPRESSIONS_MAX 32
#define OPS_MAX 20000
#define NAMES_MAX 2000
#define BINDINGS_MAX 20000
#define FILTERS_MAX 32 /* in one chain */
#define ARGS_MAX 16
#define STEPS_MAX 16 /* of one path */
#define PROBLEMS_MAX 50
#define LARGE_MAX_DIGITS 100 /* of a literal beyond 64 bits, in lax templates */
#define STACK_MAX 256
#define FUEL_MAX 100000
#define FUEL_BYTES 64 /* one unit of fuel per so many bytes read or written */
#define TURNS_MAX 10000
#define LIST_MAX ((size_t)10000)
#define TEXT_MAX_BYTES ((size_t)256 << 10)
#define ARENA_MAX_BYTES ((size_t)4 << 20)
#define KEPT_MAX_BYTES ((size_t)1 << 20) /* assigned and captured text */
#define DATA_DEPTH_MAX 64

enum op_code {
    OP_NOTHING,
    OP_TEXT,      /* index: text */
    OP_CONST,     /* push constants[index] */
    OP_PATH,      /* push paths[index] */
    OP_LOOKUP,    /* the same inside of a snippet: what its caller lets it see comes first */
    OP_SELF,      /* push the scope; flag NAMED: even if a variable is called self */
    OP_PICK,      /* push a copy of the value at place index of the stack */
    OP_ITEM,      /* push the item of loop number index, counted from the outermost */
    OP_LOOP,      /* push the forloop object of loop number index */
    OP_KEY,       /* pop an object, push its member constants[index]; flag KEY_COMMAND: .size too */
    OP_INDEX,     /* pop key and object, push the member */
    OP_RANGE,     /* pop last and first, push the range */
    OP_KWARGS,    /* among count arguments, put those named by keys[index...] into a map */
    OP_FILTER,    /* pop count arguments, change the top by filter number index */
    OP_FAIL,      /* error constants[index] */
    OP_PRINT,     /* pop and print */
    OP_ASSIGN,    /* pop into names[index] */
    OP_CAPTURE,   /* what is printed from here... */
    OP_CAPTURED,  /* ...to here goes into names[index] */
    OP_COMPARE,   /* pop two, push the answer; index: enum comparison */
    OP_JUMP,      /* to target */
    OP_JUMP_TRUE, /* pop; to target if truthy */
    OP_JUMP_FALSE,
    OP_FOR,      /* pop limits and collection; index: loop_specs; target: when there is no turn */
    OP_FOR_NEXT, /* next turn of loop number index; target: the body */
    OP_FOR_END,
    OP_CASE,      /* pop the value of case number index; nothing matched yet */
    OP_CASE_WHEN, /* pop; count a match when it equals the value */
    OP_CASE_BODY, /* uses up one match, or goes to target */
    OP_CASE_ELSE, /* to target when anything matched */
    OP_CYCLE,   /* pop count values, and below them a group name if FLAG_NAMED; else index: name */
    OP_COUNT,   /* increment and decrement names[index] */
    OP_CHANGED, /* what is printed from here... */
    OP_CHANGED_END, /* ...to here goes out only when it differs from the last time */
    OP_CALL,        /* pop what calls[index] asks for, run its snippet */
    OP_INTERRUPTED, /* to target, unless the snippet ended in a break (index: enum interrupt) */
    OP_LEAVE,       /* break or continue outside of a loop of the snippet: back to its caller */
    OP_RETURN,      /* end of a snippet */
    OP_STOP,
    OP_CODES
};

enum op_flag {
    FLAG_HOLD_NIL = 1,   /* a strict template holds when this path has no value */
    FLAG_HOLD_BLANK = 2, /* a strict template holds when this output is blank */
    FLAG_QUIET = 4,      /* an error here leaves no text (the tag around it is blank) */
    FLAG_COMMAND = 8,    /* .size .first .last */
    FLAG_EARLY = 8,      /* an end of a capture or ifchanged that a break brings */
    FLAG_DOWN = 16,      /* decrement */
    FLAG_NAMED = 32,     /* a cycle with a group name */
    FLAG_PLACE = 64,     /* times the enum html_place that a cycle prints at */
};

enum comparison {
    COMPARE_EQ,
    COMPARE_NE,
    COMPARE_LT,
    COMPARE_LE,
    COMPARE_GT,
    COMPARE_GE,
    COMPARE_CONTAINS,
    COMPARE_UNKNOWN
};

/* How an output is made safe beyond its part: where in the HTML it stands. In op.count. */
enum html_place { HTML_TEXT, HTML_URL_START, HTML_URL_REST };

struct op {
    uint8_t code, flag;
    uint16_t count;
    int32_t index;
    int32_t target; /* of a jump; for ops that can fail: where a lax render goes on */
    uint32_t at;    /* byte in the source */
};

struct path {
    struct span text;      /* "prospect.first_name" */
    int32_t name;          /* its first word, in names */
    uint32_t first, count; /* its further words, in keys */
    uint32_t at;           /* its first use in the source */
};

enum loop_part { LOOP_LIMIT, LOOP_OFFSET, LOOP_COLS, LOOP_RANGE, LOOP_PARTS };
enum loop_flag { LOOP_CONTINUE = 1, LOOP_REVERSED = 2, LOOP_TABLE = 4 };

struct loop_spec {
    struct span name; /* "item-list": forloop.name, and the key of offset:continue */
    unsigned flags;   /* enum loop_flag */
    uint8_t
        at[LOOP_PARTS]; /* where a part is on the stack above the collection, from 1; 0 = none */
    uint8_t pushed;     /* how many are there */
    int32_t number;     /* nesting depth, from 0 */
    int32_t parent;     /* number of the loop around it, -1 = none */
    int32_t place;      /* where its offset is kept */
    int32_t after;      /* the op behind it all: where a lax render goes on after an error */
};

/* A source of the program: the template itself, which is number 0, or a snippet. */
struct unit {
    struct span name; /* empty = the template */
    const char *file;
    size_t begin, len;    /* in template.source */
    int32_t entry;        /* its first op */
    int32_t loops, cases; /* how many of them it nests */
    int32_t whole, last;  /* its name, and what is behind the name's last "/", in names */
    const char *failure;  /* lax: its first problem; it cannot run */
    int failure_line;
    bool rendered, parsed; /* rendered: by some render tag, so that it may not include */
};

enum call_flag {
    CALL_ISOLATED = 1, /* render */
    CALL_EACH = 2,     /* "for": once for each item */
    CALL_VALUE = 4,    /* a value is on the stack, below the arguments */
    CALL_DYNAMIC = 8,  /* a name is, below that */
    CALL_LINE = 16,    /* alone on its line: each turn that prints something ends it */
    CALL_LAST = 32     /* but the last one does not, as the template ends there */
};

enum interrupt { INTERRUPT_NONE, INTERRUPT_BREAK, INTERRUPT_CONTINUE };

/* A name a snippet sees: an argument, or a loop of its caller. */
struct binding {
    int32_t name; /* in names */
    int32_t loop; /* number of the loop */
    bool drop;    /* forloop or tablerowloop itself, not the item */
};

struct snippet_call {
    unsigned flags; /* enum call_flag */
    int32_t unit;   /* -1 = by the name on the stack */
    int32_t name;   /* what its value is called, in names; -1 = the unit's last */
    uint32_t arguments, argument_count, loops, loop_count; /* in bindings */
    int32_t depth;                                         /* loops around it */
    int32_t parent; /* number of the for loop around it, -1 = none */
    int32_t in;     /* the unit the tag is in */
    uint32_t at;
};

/* Where in its map a key was found last: looked at first, then verified. Data of one kind has one
 * shape, so this is nearly always right; all renders share it, and it changes nothing but speed. */
typedef _Atomic uint16_t hint;

struct quick; /* quick.h */

struct template
{
    struct arena arena; /* everything below lives here */
    struct span source;
    const char *name;
    enum template_part part;
    bool lax, trim_tag_lines, as_reference;
    struct op *ops;
    struct quick **quicks; /* of each op that begins a run done at once; quick.h */
    struct value *constants;
    struct span *names;
    struct path *paths;
    struct span *keys;
    struct loop_spec *loops;
    struct unit *units;
    struct snippet_call *calls;
    struct binding *bindings;
    const bool *assigned; /* of each name: does an op or a caller give it a value? */
    hint *name_hints, *key_hints, *op_hints; /* of each name, each key, each OP_KEY */
    int32_t forloop;                         /* the word, in names; -1 = nobody asks */
    size_t op_count, constant_count, name_count, path_count, key_count, loop_count;
    size_t unit_count, call_count, binding_count;
    size_t place_count, text_bytes, out_room; /* out_room: what a render begins with */
    size_t stack_room;
    size_t state_zero, state_bytes; /* of a render's state: what is zeroed of it, and all of it */
};

#endif
