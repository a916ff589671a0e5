/* templates/intern.h - texts and the numbers they were given, found again in constant time: what a
 * compiler asks for each name, each field and each loop. Knows nothing of what they mean. */
#ifndef HEED_TEMPLATES_INTERN_H
#define HEED_TEMPLATES_INTERN_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/span.h"

struct intern_slot;

struct intern { /* zeroed = empty */
    struct intern_slot *slots;
    size_t count, room;
};

/* The number of text, or -1. */
int32_t intern_find(const struct intern *all, struct span text);

/* text must not be among them yet, and lives as long as they do; number >= 0. */
void intern_add(struct intern *all, struct arena *arena, struct span text, int32_t number);

#endif
