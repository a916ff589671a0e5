/* tests/replies/score_reach.c - scores how far an opt-out reaches: "address", "channel" or "everything", where a case says it. */
#include <string.h>

#include "core/base/attr.h"
#include "tests/replies/score.h"

enum score score_reach(const cJSON *item, const struct reading *reading, struct arena *arena,
                       const char **got)
{
    static const char *const names[] = { [OPT_OUT_NONE] = "none",
                                         [OPT_OUT_ADDRESS] = "address",
                                         [OPT_OUT_CHANNEL] = "channel",
                                         [OPT_OUT_EVERYTHING] = "everything" };
    const cJSON *expected = cJSON_GetObjectItemCaseSensitive(item, "expected");
    const cJSON *reach = cJSON_GetObjectItemCaseSensitive(expected, "reach");

    if (!cJSON_IsString(reach))
        return SCORE_NOT_ASKED;
    *got = arena_printf(arena, "%s, not %s in %s", names[reading->opt_out], reach->valuestring,
                        reading->own_text);
    return strcmp(names[reading->opt_out], reach->valuestring) == 0 ? SCORE_PASS : SCORE_MISS;
}
