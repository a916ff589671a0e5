/* core/replies/names.h - a growing list of texts in an arena, with a limit and without repeats. */
#ifndef HEED_REPLIES_NAMES_H
#define HEED_REPLIES_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"

struct names {
    const char **items;
    size_t count, cap;
    size_t max; /* further ones are dropped */
};

/* Adds `text` (borrowed; it must live as long as the list) unless it is there or the list is full.
 * Linear in the count: keep `max` small. */
void names_add(struct names *names, struct arena *arena, const char *text);

bool names_have(const struct names *names, const char *text);

#endif
