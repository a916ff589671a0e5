/* templates/intern.c - see intern.h. Open addressing, never more than half full. The whole hash is
 * compared before the text: names made to collide cost little. */
#include "templates/intern.h"

#include "core/base/text.h"

#define ROOM_LEAST 64

struct intern_slot {
    uint64_t hash;
    struct span text;
    int32_t number; /* from 1; 0 = free */
};

static struct intern_slot *find_slot(const struct intern *all, uint64_t hash, struct span text)
{
    size_t at = hash & (all->room - 1);

    while (all->slots[at].number &&
           !(all->slots[at].hash == hash && span_eq(all->slots[at].text, text)))
        at = (at + 1) & (all->room - 1);
    return &all->slots[at];
}

int32_t intern_find(const struct intern *all, struct span text)
{
    return all->room ? find_slot(all, text_hash(text), text)->number - 1 : -1;
}

static void grow(struct intern *all, struct arena *arena)
{
    struct intern bigger = { .count = all->count, .room = all->room ? all->room * 2 : ROOM_LEAST };

    bigger.slots = arena_array(arena, bigger.room, sizeof(*bigger.slots));
    for (size_t i = 0; i < all->room; i++)
        if (all->slots[i].number)
            *find_slot(&bigger, all->slots[i].hash, all->slots[i].text) = all->slots[i];
    *all = bigger;
}

void intern_add(struct intern *all, struct arena *arena, struct span text, int32_t number)
{
    uint64_t hash = text_hash(text);

    if (all->count * 2 >= all->room)
        grow(all, arena);
    *find_slot(all, hash, text) = (struct intern_slot){ hash, text, number + 1 };
    all->count++;
}
