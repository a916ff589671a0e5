/* tests/fuzz/fuzz_text.c - any bytes as a text message, the first byte choosing the region of numbers:
 * no crash, and all text out is UTF-8. */
#include "reading_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const regions[] = { NULL, "DE", "US", "GB" };
    struct reading_env env = reading_input_env();
    struct span text = span_from(span_make((const char *)data, size), 1);
    struct reading reading;
    struct arena arena;

    env.region = regions[size > 0 ? data[0] % COUNT_OF(regions) : 0];
    arena_init(&arena);
    reading_of_text(text, "sms", &env, &arena, &reading);
    reading_input_check(&reading);
    arena_finish(&arena);
    return 0;
}
