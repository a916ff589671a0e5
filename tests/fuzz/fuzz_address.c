/* tests/fuzz/fuzz_address.c - a key is its own key, holds no control character, and an e-mail key
 * is an e-mail address. */
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const kinds[] = { "email", "phone", "slack" };
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char *key = text_address_key(&arena, kinds[i], span_make((const char *)data, size)), *again;
        if (!key)
            continue;
        again = text_address_key(&arena, kinds[i], span_of(key));
        if (!again || strcmp(key, again) != 0 || text_has_control(span_of(key)) ||
            (i == 0 && !text_is_email(span_of(key), true)))
            abort();
    }
    arena_finish(&arena);
    return 0;
}
