/* tests/replies/score_phone.c - scores core/replies/phones against sentences with and without phone numbers: the digits of each, in
 * order, extensions included. */
#include <string.h>

#include "core/base/text.h"
#include "core/replies/phones.h"
#include "tests/replies/score.h"

/* Digits only; two numbers are parted by a comma. */
static const char *add_digits(struct arena *arena, const char *all, struct span words)
{
    char *digits = arena_alloc(arena, words.len + 1);
    size_t count = 0;

    for (size_t i = 0; i < words.len; i++)
        if (text_is_digit(words.data[i]))
            digits[count++] = words.data[i];
    return arena_printf(arena, "%s%s,", all, digits);
}

enum score score_phone(const cJSON *item, const struct reading *reading, struct arena *arena,
                       const char **got)
{
    const cJSON *expected = cJSON_GetObjectItemCaseSensitive(item, "expected");
    const cJSON *phones = cJSON_GetObjectItemCaseSensitive(expected, "phones"), *phone;
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(item, "text");
    const char *wanted = "", *found = "";
    struct found_phone *list;
    size_t count;

    (void)reading;
    if (!cJSON_IsArray(phones) || !cJSON_IsString(text))
        return SCORE_NOT_ASKED;
    cJSON_ArrayForEach(phone, phones)
    {
        wanted = add_digits(arena, wanted, span_of(phone->valuestring));
    }
    count = phones_find(span_of(text->valuestring), arena, &list);
    for (size_t i = 0; i < count; i++)
        found = add_digits(arena, found, list[i].words);
    *got = arena_printf(arena, "%s, not %s in %s", found, wanted, text->valuestring);
    return strcmp(wanted, found) == 0 ? SCORE_PASS : SCORE_MISS;
}
