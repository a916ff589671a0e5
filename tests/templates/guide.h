/* tests/templates/guide.h - reads docs/templates.md as its readers see it: headings, rows of tables,
 * fenced blocks. It knows only the Markdown that the guide uses. */
#ifndef HEED_TESTS_TEMPLATES_GUIDE_H
#define HEED_TESTS_TEMPLATES_GUIDE_H

#include "core/base/arena.h"
#include "core/base/span.h"

#define GUIDE_CELLS_MAX 8

enum guide_kind { GUIDE_HEADING, GUIDE_ROW, GUIDE_BLOCK };

struct guide_line { /* a row of a table: its cells, or the heads above it */
    struct span cells[GUIDE_CELLS_MAX];
    size_t count;
};

struct guide_item {
    enum guide_kind kind;
    int line;                     /* where it begins, from 1 */
    struct span info;             /* GUIDE_BLOCK: "liquid html" of "```liquid html" */
    struct span text;             /* GUIDE_BLOCK: what is inside, without the last line break */
    struct guide_line row, heads; /* GUIDE_ROW */
};

struct guide {
    struct guide_item *items;
    size_t count;
};

/* Spans borrow from text. */
struct guide guide_of(struct span text, struct arena *arena);

/* The file docs/templates.md of the source tree; fails the running test when it cannot be read. */
struct span guide_text(struct arena *arena);

/* The cell under that head, or one without data when the table has no such head. */
struct span guide_cell(const struct guide_item *row, const char *head);

/* What stands in the first code span of a cell, "\|" read as "|"; NULL when it has none. */
char *guide_code(struct span cell, struct arena *arena);

/* First words of the code spans under `head` in all tables of which it is the first head, as they
 * stand: "truncate" for `truncate: 50, "..."`. NULL-ended. */
const char **guide_names(const struct guide *guide, const char *head, struct arena *arena);

#endif
