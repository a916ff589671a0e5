/* tests/engine/clockwork.h - local times as text, both ways, for rows of tests. */
#ifndef HEED_TESTS_ENGINE_CLOCKWORK_H
#define HEED_TESTS_ENGINE_CLOCKWORK_H

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include <stdbool.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/zone.h"

static inline const struct zone *zone_named(const char *name)
{
    struct err err = { 0 };
    const struct zone *zone = zone_find(name, &err);

    if (!zone)
        fail_msg("%s", err.text);
    return zone;
}

/* "2026-03-28 09:00" in the zone. */
static inline int64_t ms_at(const char *zone, const char *text)
{
    struct local_time local = { 0 };
    char *end;

    local.year = (int)strtol(text, &end, 10);
    local.month = (int)strtol(end + 1, &end, 10);
    local.day = (int)strtol(end + 1, &end, 10);
    local.hour = (int)strtol(end + 1, &end, 10);
    local.minute = (int)strtol(end + 1, &end, 10);
    return zone_to_utc(zone_named(zone), &local);
}

#endif
