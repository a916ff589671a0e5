/* tests/fuzz/fuzz_phones.c - any bytes as a text: its phone numbers lie within it, in order, apart, and never more than the limit. */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/arena.h"
#include "core/replies/phones.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = span_make((const char *)data, size);
    const char *from = text.data;
    struct arena arena;
    struct found_phone *found;
    size_t count;

    arena_init(&arena);
    count = phones_find(text, &arena, &found);
    if (count > PHONES_MAX)
        abort();
    for (size_t i = 0; i < count; i++) {
        struct span words = found[i].words;

        if (words.len < 7 || words.data < from || words.data + words.len > text.data + text.len)
            abort();
        from = words.data + words.len;
    }
    arena_finish(&arena);
    return 0;
}
