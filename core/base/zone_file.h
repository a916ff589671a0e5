/* core/base/zone_file.h - what a zone is inside, how it is read from a TZif file (RFC 8536) and how
 * the rule in the footer is read and asked. For zone.c and its tests. */
#ifndef HEED_BASE_ZONE_FILE_H
#define HEED_BASE_ZONE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/span.h"

#define ZONE_NAME_BYTES 64
#define ZONE_MAX_FILE_BYTES ((size_t)64 << 10)
#define ZONE_ABBREVIATION_BYTES 8

/* RFC 8536 section 3.2: no offset is larger; seconds. */
#define ZONE_MAX_OFFSET_S 93599
#define ZONE_MIN_OFFSET_S (-89999)

struct zone_type {
    int offset_s; /* east of UTC */
    bool dst;
    char abbreviation[ZONE_ABBREVIATION_BYTES];
};

/* A day of the year and a second of that day, which may lie days away (RFC 8536 section 3.3.1). */
struct zone_day {
    char form;            /* 'M' month.week.weekday; 'J' 1-365 without 29 February; 'n' 0-365 */
    int month, week, day; /* week 5 = the last; day: of the week (0 = Sunday) or of the year */
    int time_s;
};

/* The POSIX TZ text of the footer. */
struct zone_rule {
    bool present, has_dst;
    struct zone_type standard, summer;
    struct zone_day start, end; /* of summer time, in the local time before the change */
};

/* A time during which one type holds: it ends at `until` (UTC s), INT64_MAX = never. */
struct zone_period {
    const struct zone_type *type;
    int64_t until;
};

struct zone {
    char name[ZONE_NAME_BYTES];
    size_t count;   /* of changes */
    int64_t *times; /* UTC s, rising */
    uint8_t *kinds; /* index of the type that holds from that time on */
    struct zone_type *types;
    struct zone_rule rule; /* holds after the last change */
};

/* Reads "CET-1CEST,M3.5.0,M10.5.0/3"; false when it is none. */
bool zone_rule_parse(struct span text, struct zone_rule *out);
struct zone_period zone_rule_period(const struct zone_rule *rule, int64_t utc_s);

/* bytes: a TZif file of version 2 or later. Changes are unbounded in time; leap seconds ("right/"
 * zones) are refused, because unix time has none. The caller destroys. */
struct zone *zone_parse(struct span bytes, const char *name, struct err *err);
void zone_destroy(struct zone *zone); /* NULL is fine */

struct zone_period zone_period_at(const struct zone *zone, int64_t utc_s);

#endif
