/* core/app/columns.h - blocks of text wrapped and set side by side for a terminal. Widths count code points, as tables do. */
#ifndef HEED_APP_COLUMNS_H
#define HEED_APP_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

#include "core/base/arena.h"

#define COLUMNS_WIDTH 100
#define COLUMNS_GAP 2

struct columns;

/* Two columns in COLUMNS_WIDTH. Memory comes from the arena. */
struct columns *columns_create(struct arena *arena) MUST_USE;

/* A block under a rule with its title, set below whatever is in the shorter column. Text is shown plain: control characters of
 * others never reach the terminal. */
void columns_add(struct columns *columns, const char *title, const char *text);

void columns_print(const struct columns *columns, FILE *out);

/* "== title ====..." over the whole width. */
void columns_rule(FILE *out, const char *title);

#endif
