/* core/app/command.h - a command is one file with one const table: its words, its options, its help, and what it does. */
#ifndef HEED_APP_COMMAND_H
#define HEED_APP_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/json.h"
#include "core/engine/workspace.h"

struct option_row {
    const char *name;  /* "region", without dashes */
    const char *value; /* "DE": what its value looks like; NULL = a flag */
    const char *help;
};

#define OPTIONS_MAX 16

struct invocation { /* one call of a command */
    const struct command *command;
    const char *const *words; /* what is not an option */
    int count;
    const char *values[OPTIONS_MAX]; /* by row of the command's options; "" for a flag given */
    const char *folder;              /* --workspace, or NULL */
    bool json;
    struct arena arena;
};

struct command {
    const char *name;
    const char *usage;                /* "FILE.csv" */
    const char *summary;              /* one line */
    const char *examples;             /* lines, each beginning with "heed" */
    const struct option_row *options; /* ended by a row without name; NULL = none */
    int min_words, max_words;         /* -1 = any number */
    /* The exit code; errors go through command_fail(). */
    int (*run)(struct invocation *in);
};

extern const struct command *const commands[]; /* NULL-ended, in the order of the help */

/* The value of an option, or NULL when not given; "" for a flag. */
const char *option(const struct invocation *in, const char *name);

/* Prints "heed COMMAND: text" to stderr and returns the exit code for it. */
int command_fail(const struct invocation *in, const struct err *err);

/* Opens the workspace the invocation names. NULL after the error was printed; *code then. */
struct workspace *command_open(struct invocation *in, enum workspace_need need, int *code);

/* The same, but the error is the caller's to print. NULL and err. */
struct workspace *command_try_open(struct invocation *in, enum workspace_need need,
                                   struct err *err) MUST_USE;

/* Prints and deletes `json`. Returns 0. */
int command_print_json(cJSON *json);

/* A prospect by id or address; 0, or the exit code after the error was printed. */
struct prospect;
int command_prospect(struct invocation *in, struct workspace *workspace, const char *words,
                     struct prospect *out);

/* "pr_..." in the invocation's arena. */
const char *command_id(struct invocation *in, const char *prefix, int64_t id);

/* Time for people, in `zone`. */
const char *command_time(struct invocation *in, const struct zone *zone, int64_t ms);

/* Name of a prospect for people: "Ana Silva (Northwind)". */
const char *command_name(struct invocation *in, const struct prospect *prospect);

/* "2027-03-01", "2027-03-01 09:00" (workspace zone) or "now". false when it is no time. */
bool command_parse_time(const struct workspace *workspace, const char *text, int64_t *out);

/* What others wrote, fit for a terminal: control characters but LF and TAB become U+FFFD, so that no message can
 * write its own escape sequences. In the arena. */
const char *command_plain(struct arena *arena, const char *text);

/* Tables for terminals: cells are padded by their width in columns; call once a row, then print. */
struct table;
struct table *table_create(struct arena *arena, size_t columns);
void table_row(struct table *table,
               const char *const *cells);               /* `columns` cells; copied as plain text */
void table_print(const struct table *table, FILE *out); /* first row = heading */

#endif
