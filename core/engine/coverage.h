/* core/engine/coverage.h - what many rehearsed renders of one template add up to: what became of each field, why messages are
 * held, and which branches were taken by whom. Memory does not grow with the number of renders. */
#ifndef HEED_ENGINE_COVERAGE_H
#define HEED_ENGINE_COVERAGE_H

#include "core/engine/rehearse.h"

#define COVERAGE_EXAMPLES 3
#define COVERAGE_BRANCHES_MAX 1024 /* of one template; further ones are not looked at */
#define COVERAGE_REASONS_MAX 64    /* kept apart; further ones count as one */

struct coverage;

/* What a field came to in one message; of several uses the worst counts. Worst first. */
enum coverage_fate { FATE_HELD, FATE_MISTYPED, FATE_FALLBACK, FATE_EMPTY, FATE_FILLED, FATE_COUNT };

struct coverage_examples { /* ids of the first prospects; those of one field or reason */
    int64_t ids[COVERAGE_EXAMPLES];
    size_t count;
};

struct coverage_path {
    const char *name;
    int64_t counts[FATE_COUNT];        /* prospects */
    enum coverage_fate worst;          /* that occurred */
    struct coverage_examples examples; /* of the worst */
};

struct coverage_reason { /* why messages are held, or nobody can be reached */
    const char *text;
    const char *path; /* the field behind it, or NULL */
    bool holds;       /* false: no channel */
    int64_t count;
    struct coverage_examples examples;
};

struct coverage_branch {
    const char *part, *section; /* "email", "subject" */
    int line;                   /* in the part's file */
    const char *file;           /* the snippet it stands in instead, or NULL */
    const char *text;           /* what decides: "recap.summary != blank" */
    enum decision_kind kind;
    enum trace_way way;
    int64_t complete; /* prospects with a complete message that took it */
    int64_t held;     /* and with a held one */
};

struct coverage_cover { /* a prospect chosen to show branches */
    int64_t prospect_id;
    size_t fresh; /* branches shown by them first */
};

struct coverage_report { /* lives as long as the coverage */
    int64_t prospects, complete, held, no_channel;
    struct coverage_path *paths; /* by damage: held most first */
    size_t path_count;
    struct coverage_reason *reasons; /* most first */
    size_t reason_count;
    struct coverage_branch *branches;    /* by part, section and place */
    size_t branch_count, branches_taken; /* taken: by a complete message */
    struct coverage_cover
        *cover; /* few prospects whose complete messages take every branch that any takes */
    size_t cover_count;
};

struct coverage *coverage_create(void) MUST_USE;
void coverage_destroy(struct coverage *coverage); /* NULL is fine */

/* Several channels of one prospect come one after the other; they count as one prospect, complete when one message is. */
void coverage_add(struct coverage *coverage, const struct rehearsed *one);

/* Has every branch of what was rendered so far been taken by a complete message? Then more prospects show nothing new. */
bool coverage_is_full(const struct coverage *coverage);

/* After the last one. */
void coverage_report(struct coverage *coverage, struct coverage_report *out);

/* Some prospect that was added, 0 = none. */
int64_t coverage_any(const struct coverage *coverage);

/* Does the branch read well in a list? "if recap.summary != blank", "else of if ...", "no item in ...". In the arena. */
const char *coverage_branch_name(const struct coverage_branch *branch, struct arena *arena);

#endif
