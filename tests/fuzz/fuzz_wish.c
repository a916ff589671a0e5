/* tests/fuzz/fuzz_wish.c - any bytes as a reply and its signature: a wish or none, its words within the text, its number in E.164,
 * no wanted channel among the declined. The first byte chooses the channel of arrival and the region. */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/arena.h"
#include "core/base/attr.h"
#include "core/replies/wish.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct wish *wish, struct span own)
{
    if (wish_is_none(wish))
        return;
    if (wish->avoid_count > WISH_MAX_AVOIDED || (wish->number && wish->number[0] != '+'))
        abort();
    for (size_t i = 0; i < wish->avoid_count; i++)
        if (wish->prefer && strcmp(wish->avoid[i], wish->prefer) == 0)
            abort();
    if (wish->words.data < own.data || wish->words.data + wish->words.len > own.data + own.len)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const channels[] = { "email", "sms", "call", "whatsapp", NULL };
    static const char *const regions[] = { "US", "GB", "DE", NULL };
    static struct arena rules;
    static const struct lexicon *lexicon;
    unsigned char choice = size > 0 ? data[0] : 0;
    struct span text = span_make((const char *)data + (size > 0), size - (size > 0));
    struct wish_env env = { .channel = channels[choice % COUNT_OF(channels)],
                            .region = regions[choice / 8 % COUNT_OF(regions)] };
    struct arena arena;
    struct wish wish;

    if (!lexicon) {
        arena_init(&rules);
        lexicon = lexicon_builtin(&rules);
    }
    env.lexicon = lexicon;
    arena_init(&arena);
    wish_read(text, text, &env, &arena, &wish);
    check(&wish, text);
    arena_finish(&arena);
    return 0;
}
