/* core/base/arena.c - a list of blocks; each new one at least doubles the last, up to 1 MiB. */
#include "core/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK_BYTES ((size_t)4096)
#define LARGEST_BLOCK_BYTES ((size_t)1 << 20)
#define ALIGN _Alignof(max_align_t)

struct arena_block {
    struct arena_block *next;
    size_t used, size;
    _Alignas(max_align_t) unsigned char bytes[];
};

static NO_RETURN void out_of_memory(size_t size)
{
    fprintf(stderr, "heed: out of memory asking for %zu bytes\n", size);
    abort();
}

void *xmalloc(size_t size)
{
    void *p = malloc(size ? size : 1);

    if (!p)
        out_of_memory(size);
    return p;
}

void *xcalloc(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);

    if (!p)
        out_of_memory(size);
    return p;
}

void *xrealloc(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);

    if (!p)
        out_of_memory(size);
    return p;
}

char *xstrdup(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(xmalloc(size), text, size);
}

void arena_init(struct arena *arena)
{
    *arena = (struct arena){ 0 };
}

void arena_finish(struct arena *arena)
{
    struct arena_block *block = arena->block;

    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    arena_init(arena);
}

void arena_reset(struct arena *arena)
{
    struct arena_block *keep = arena->block;

    if (keep && keep->size > LARGEST_BLOCK_BYTES) {
        arena_finish(arena);
    } else if (keep) {
        struct arena rest = { .block = keep->next };
        arena_finish(&rest);
        keep->next = NULL;
        keep->used = 0;
    }
    arena->used = 0;
}

static void add_block(struct arena *arena, size_t need)
{
    size_t size = arena->block ? arena->block->size * 2 : FIRST_BLOCK_BYTES;
    struct arena_block *block;

    if (size > LARGEST_BLOCK_BYTES)
        size = LARGEST_BLOCK_BYTES;
    if (size < need)
        size = need;
    if (size > SIZE_MAX - sizeof(*block))
        out_of_memory(size);
    block = xmalloc(sizeof(*block) + size);
    block->next = arena->block;
    block->used = 0;
    block->size = size;
    arena->block = block;
}

void *arena_raw(struct arena *arena, size_t size)
{
    size_t need;
    void *p;

    if (size > SIZE_MAX - ALIGN)
        out_of_memory(size);
    need = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (!arena->block || arena->block->size - arena->block->used < need)
        add_block(arena, need);
    p = arena->block->bytes + arena->block->used;
    arena->block->used += need;
    arena->used += need;
    return p;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(arena_raw(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        out_of_memory(SIZE_MAX);
    return arena_alloc(arena, count * size);
}

char *arena_dup_span(struct arena *arena, struct span text)
{
    char *copy = arena_alloc(arena, text.len + 1);

    if (text.len)
        memcpy(copy, text.data, text.len);
    return copy;
}

char *arena_dup(struct arena *arena, const char *text)
{
    return text ? arena_dup_span(arena, span_of(text)) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    char *text;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        abort();
    text = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

void xfree_secret(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}
