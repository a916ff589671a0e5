/* tests/fuzz/fuzz_mail.c - any bytes as mail and as a text: no crash, and all text out is UTF-8. */
#include <stdlib.h>

#include "core/base/arena.h"
#include "core/base/attr.h"
#include "core/base/text.h"
#include "core/replies/reading.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Compiled once; never freed. */
static struct arena words;
static const struct lexicon *lexicon;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    arena_init(&words);
    lexicon = lexicon_builtin(&words);
    return 0;
}

static void check(const struct reading *reading)
{
    const char *const texts[] = { reading->from, reading->subject,  reading->message_id,
                                  reading->text, reading->own_text, reading->signature };

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (!texts[i] || !text_is_utf8(span_of(texts[i])))
            abort();
    for (size_t i = 0; i < reading->bounced_count; i++)
        if (!text_is_utf8(span_of(reading->bounced[i].diagnostic)))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const own[] = { "sam@us.example" };
    const struct reading_env env = { .own_addresses = own,
                                     .own_address_count = COUNT_OF(own),
                                     .own_domain = "us.example",
                                     .lexicon = lexicon };
    struct span raw = span_make((const char *)data, size);
    struct reading reading;
    struct arena arena;

    arena_init(&arena);
    reading_of_mail(raw, &env, &arena, &reading);
    check(&reading);
    reading_of_text(raw, "sms", &env, &arena, &reading);
    check(&reading);
    arena_finish(&arena);
    return 0;
}
