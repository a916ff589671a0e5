/* core/replies/moment.c - see moment.h; what the words mean is when*.c's. */
#include "core/replies/moment.h"

#include <string.h>

#include "core/base/text.h"

static bool writes_month_first(const char *region, const struct zone *zone)
{
    static const char *const regions[] = { "US", "PH", "PR", "GU", NULL };
    static const char *const zones[] = {
        "America/New_York",    "America/Chicago",  "America/Denver",
        "America/Los_Angeles", "America/Phoenix",  "America/Detroit",
        "America/Anchorage",   "Pacific/Honolulu", NULL
    };

    return region ? text_is_among(region, regions) : zone && text_is_among(zone_name(zone), zones);
}

struct when_env moment_env(const struct reader *reader)
{
    const struct zone *zone = reader->env->zone ? zone_find(reader->env->zone, NULL) : NULL;

    return (struct when_env){ .ref_ms = reader->env->now_ms,
                              .zone = zone,
                              .words = lexicon_when_words(reader->lexicon),
                              .day_first = !writes_month_first(reader->env->region, zone) };
}

void moment_read(struct reader *reader)
{
    struct when_env env = moment_env(reader);
    struct when *when = &reader->out->when;

    if (!when_read(span_of(reader->out->own_text), &env, reader->arena, when))
        return;
    reader_rule(reader,
                arena_printf(reader->arena, "when: %s, said as \"%.*s\"",
                             when_kind_name(when->kind), (int)when->words.len, when->words.data));
}
