/* core/base/arena.h - memory of one job, freed at once. Out of memory aborts: allocation never
 * fails. Pass `struct arena *scratch` just before `out` and `err`; never store a pointer that came
 * from it. */
#ifndef HEED_BASE_ARENA_H
#define HEED_BASE_ARENA_H

#include <stddef.h>

#include "core/base/attr.h"
#include "core/base/span.h"

struct arena_block;

struct arena {
    struct arena_block *block; /* newest first */
    size_t used;               /* bytes handed out since the last reset */
};

void arena_init(struct arena *arena);
void arena_finish(struct arena *arena);

/* Forgets everything handed out, keeps the newest block for the next job unless it is above 1 MiB. */
void arena_reset(struct arena *arena);

/* Zeroed, aligned for any type. Aborts when memory is out. */
void *arena_alloc(struct arena *arena, size_t size) MUST_USE;

/* The same, holding whatever was there before: for what is written before it is read. */
void *arena_raw(struct arena *arena, size_t size) MUST_USE;

/* `count` zeroed elements; aborts when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size) MUST_USE;

/* NUL-terminated copies. NULL stays NULL. */
char *arena_dup(struct arena *arena, const char *text);
char *arena_dup_span(struct arena *arena, struct span text);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* malloc, realloc and strdup that abort instead of returning NULL; for what outlives a job. */
void *xmalloc(size_t size) MUST_USE;
void *xcalloc(size_t count, size_t size) MUST_USE;
void *xrealloc(void *old, size_t size) MUST_USE;
char *xstrdup(const char *text) MUST_USE;

/* free() for a secret: wiped first. NULL is fine. */
void xfree_secret(char *text);

#endif
