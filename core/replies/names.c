/* core/replies/names.c - a list without repeats; doubling, so that the arena holds at most twice
 * what is needed. */
#include "core/replies/names.h"

#include <string.h>

#define FIRST_CAP 8

bool names_have(const struct names *names, const char *text)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], text) == 0)
            return true;
    return false;
}

static void grow(struct names *names, struct arena *arena)
{
    size_t cap = names->cap ? names->cap * 2 : FIRST_CAP;
    const char **items = arena_array(arena, cap, sizeof(*items));

    if (names->count > 0)
        memcpy(items, names->items, names->count * sizeof(*items));
    names->items = items;
    names->cap = cap;
}

void names_add(struct names *names, struct arena *arena, const char *text)
{
    if (names->count >= names->max || names_have(names, text))
        return;
    if (names->count == names->cap)
        grow(names, arena);
    names->items[names->count++] = text;
}
