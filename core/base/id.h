/* core/base/id.h - 63-bit ids made by the program: 41 bits of business ms since 2020, 12 bits of
 * slot, 4 of node, 6 of count. Time-ordered, and an id alone says in which slot its row lives.
 * Shown as text with a prefix ("to_5k2...").  */
#ifndef HEED_BASE_ID_H
#define HEED_BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/span.h"

#define SLOT_COUNT 4096
#define ID_TEXT_BYTES 24

/* Which node this process is (0..15); set once at start, before threads. Default 0. */
void id_set_node(int node);

/* A new id, larger than any this process gave before for the slot's millisecond. Thread-safe. */
int64_t id_next(const struct clock *clock, int slot);

int id_slot(int64_t id);
int64_t id_time_ms(int64_t id); /* UTC unix ms */

/* The slot of a prospect: hash of the key of its first address, 0..SLOT_COUNT-1. */
int id_slot_of(struct span address_key);

/* "pr_" + 13 digits of lower-case base 32 (Crockford). prefix: two letters: pr prospect, en
 * enrollment, to touch, me message, sw switch, in inbound, ta task. Writes into text and returns
 * it. */
const char *id_text(const char *prefix, int64_t id, char text[ID_TEXT_BYTES]);

/* true and *id when text is "<prefix>_..." in full. */
bool id_parse(const char *prefix, struct span text, int64_t *id);

#endif
