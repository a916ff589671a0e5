/* templates/quick.h - runs of ops that nearly always go the same way, so that they are done at once.
 * quick.c finds them, run_quick.c does them. Each op stays as it is: who runs them one by one gets the
 * same output, for the same fuel. */
#ifndef HEED_TEMPLATES_QUICK_H
#define HEED_TEMPLATES_QUICK_H

#include "templates/filters.h"

enum quick_code {
    QUICK_GO,       /* text, or a jump */
    QUICK_PLAIN,    /* source, default: text?, print: as text */
    QUICK_HTML,     /* source, default: text?, escape?, print: as HTML */
    QUICK_FILTERED, /* source, constant?, filter with a direct form, print */
    QUICK_INDEX,    /* forloop, index or index0, print */
    QUICK_PUSH,     /* source of more than one op, pushed */
    QUICK_ASSIGN,   /* source, default: text?, assign */
    QUICK_TEST,     /* source, jump */
    QUICK_EQUAL,    /* source, text, == or !=, jump */
    QUICK_ORDER,    /* source, whole number, comparison, jump */
    QUICK_TURN,     /* next turn of a for */
    QUICK_CASE,     /* source, case */
    QUICK_WHEN,     /* text, when, its body */
    QUICK_BODY,     /* body of a when, come back to */
    QUICK_ELSE      /* else of a case */
};

enum quick_source {
    SOURCE_ROOT,     /* path of one word or two that no variable can hide */
    SOURCE_VARIABLE, /* the same, of a variable */
    SOURCE_ITEM      /* item of a loop, or a member of it */
};

/* Bytes that may be read behind the text of a way, and written behind its copy. */
#define QUICK_PAD ((size_t)32)

/* How a run of ops goes on: prints a text, and is at another op. */
struct way {
    struct span text;    /* empty = none */
    uint32_t fuel;       /* of the run, the text and the jumps on the way */
    int32_t pc;          /* the op it leads to... */
    struct quick *quick; /* ...and the run that begins there; NULL = none does */
};

struct quick {
    uint8_t code;       /* enum quick_code */
    uint8_t source;     /* enum quick_source */
    uint8_t count;      /* ops of the run */
    uint8_t blank_cost; /* for each byte of the source, where default looks at it */
    bool keyed;         /* the source has a key */
    bool escaped;       /* by the filter escape */
    bool wanted;        /* the answer that leads to `other` */
    uint8_t first;      /* QUICK_INDEX: what the first turn prints */
    uint8_t how;        /* QUICK_ORDER: enum comparison */
    hint near;          /* of the key */
    int32_t from;       /* number of the loop, or the path's name */
    int32_t to;         /* number of the case, or the name that is assigned */
    uint32_t fuel;      /* of the dearer way */
    uint32_t room;      /* for the longer text of the ways, and its padding */
    struct span key;
    struct span text; /* the default, or what is compared with */
    struct way next, other;
    filter_direct *filter;        /* of QUICK_FILTERED */
    filter_copy *copy;            /* how the part prints what it gives */
    const struct value *argument; /* of the filter or comparison; NULL = none */
};

/* Does what it can from run->pc on; there, it is an op's turn. Never fails: what would is left to ops. */
void quick_run(struct run *run);

#endif
