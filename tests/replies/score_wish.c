/* tests/replies/score_wish.c - scores core/replies/wish. "preference" on channel_pref_own: prefer, avoided channels and number, and
 * the handle and the address where a case names one, all right (the corpus says "phone" where heed says "call"). "false_wish" on sets of other purpose, spam aside: no channel may be wished for. Most misses
 * there are wishes all the same ("call me later"), so that the figure is an upper bound of what is wrong. */
#include <string.h>

#include "core/base/attr.h"
#include "core/replies/reading.h"
#include "tests/replies/score.h"

static const char *text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) ? item->valuestring : NULL;
}

/* The corpus's word as heed's. */
static const char *channel_of(const char *word)
{
    if (word && (strcmp(word, "phone") == 0 || strcmp(word, "phone_note") == 0))
        return "call";
    return word;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* As expected, where the case says what to expect. */
static bool said(const cJSON *expected, const char *name, const char *got)
{
    const char *wanted = text_of(expected, name);

    return !wanted || same(wanted, got);
}

static bool same_avoided(const cJSON *list, const struct wish *wish)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
    {
        bool found = false;

        for (size_t i = 0; i < wish->avoid_count; i++)
            found = found || strcmp(wish->avoid[i], channel_of(item->valuestring)) == 0;
        if (!found)
            return false;
    }
    return (size_t)cJSON_GetArraySize(list) == wish->avoid_count;
}

static const char *wish_text(const struct wish *wish, struct arena *arena)
{
    const char *text =
        arena_printf(arena, "prefer %s, number %s, handle %s, address %s",
                     wish->prefer ? wish->prefer : "-", wish->number ? wish->number : "-",
                     wish->handle ? wish->handle : "-", wish->address ? wish->address : "-");

    for (size_t i = 0; i < wish->avoid_count; i++)
        text = arena_printf(arena, "%s, avoid %s", text, wish->avoid[i]);
    return text;
}

const char *score_arrival(const cJSON *item, struct reading_env *env)
{
    const cJSON *expected = cJSON_GetObjectItemCaseSensitive(item, "expected");
    const char *via = channel_of(text_of(expected, "via"));

    env->region = text_of(expected, "region");
    return via ? via : "sms";
}

enum score score_preference(const cJSON *item, const struct reading *reading, struct arena *arena,
                            const char **got)
{
    const cJSON *expected = cJSON_GetObjectItemCaseSensitive(item, "expected");
    const char *label = text_of(item, "class");
    const struct wish *wish = &reading->wish;

    if (!label || !strstr(label, "preference"))
        return SCORE_NOT_ASKED;
    *got = arena_printf(arena, "%s in %s", wish_text(wish, arena), reading->own_text);
    return same(channel_of(text_of(expected, "prefer")), wish->prefer) &&
                   same_avoided(cJSON_GetObjectItemCaseSensitive(expected, "avoid"), wish) &&
                   same(text_of(expected, "number"), wish->number) &&
                   said(expected, "handle", wish->handle) &&
                   said(expected, "address", wish->address)
               ? SCORE_PASS
               : SCORE_MISS;
}

enum score score_false_wish(const cJSON *item, const struct reading *reading, struct arena *arena,
                            const char **got)
{
    static const char *const sets[] = { "sms_uci/", "clinc150/", "email_intent/" };
    const char *id = text_of(item, "id"), *label = text_of(item, "class");

    *got = arena_printf(arena, "%s in %s", wish_text(&reading->wish, arena), reading->own_text);
    for (size_t i = 0; id && label && strcmp(label, "spam") != 0 && i < COUNT_OF(sets); i++)
        if (strncmp(id, sets[i], strlen(sets[i])) == 0)
            return wish_is_none(&reading->wish) ? SCORE_PASS : SCORE_MISS;
    return SCORE_NOT_ASKED;
}
