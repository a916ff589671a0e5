/* tests/fuzz/fuzz_time.c - any bytes as a reply: a moment or none, its words within the text, its end
 * not before its start. The first byte chooses the options. */
#include <stdlib.h>

#include "core/base/arena.h"
#include "core/replies/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct when *got, struct span text)
{
    if (got->kind == WHEN_NONE)
        return;
    if (got->words.data < text.data || got->words.data + got->words.len > text.data + text.len)
        abort();
    if (got->choice_count > WHEN_MAX_CHOICES || got->choice_count == 1)
        abort();
    if (got->kind == WHEN_INTERVAL && got->end_ms < got->start_ms)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char choice = size > 0 ? data[0] : 0;
    struct when_env env = { .ref_ms = INT64_C(1794997800000),
                            .day_first = choice & 1,
                            .past_ok = choice & 2,
                            .literal = choice & 4,
                            .lean = (enum when_lean)((choice >> 3) % 3),
                            .bare = (enum when_bare)((choice >> 5) % 3),
                            .next = (enum when_next)(choice >> 7),
                            .week = (enum when_week)(choice % 3) };
    struct span text = span_make((const char *)data + (size > 0), size - (size > 0));
    struct arena arena;
    struct when got;
    int64_t back;

    arena_init(&arena);
    when_read(text, &env, &arena, &got);
    check(&got, text);
    when_return(text, &env, &arena, &back);
    arena_finish(&arena);
    return 0;
}
