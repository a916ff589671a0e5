/* core/base/zone.h - time zones from the system's TZif files (RFC 8536), read by ourselves:
 * setenv(TZ) is process-wide and wrong in threads. Zones are loaded once, immutable, shared by all
 * threads, and live until the process ends. */
#ifndef HEED_BASE_ZONE_H
#define HEED_BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

struct zone;

/* Broken-down local time. */
struct local_time {
    int year, month, day; /* 1-12, 1-31 */
    int hour, minute, second, ms;
    int weekday;  /* 0 = Sunday */
    int yearday;  /* 1-366 */
    int offset_s; /* east of UTC */
    bool dst;
    char abbreviation[8];
};

/* IANA name ("Europe/Berlin", "UTC"); names are [A-Za-z0-9_+/-] without "..". NULL and err when
 * unknown. Thread-safe. */
const struct zone *zone_find(const char *name, struct err *err);
const struct zone *zone_utc(void);
const char *zone_name(const struct zone *zone);

void zone_to_local(const struct zone *zone, int64_t utc_ms, struct local_time *out);

/* Reads year..ms of `local` only. A repeated hour gives its first pass; a missing hour the first
 * instant after the gap. Fields past their end run over: day 32 is a day of the next month. */
int64_t zone_to_utc(const struct zone *zone, const struct local_time *local);

/* Days since 1970-01-01 of a civil date, and back (proleptic Gregorian). */
int64_t zone_days_of(int year, int month, int day);
void zone_date_of(int64_t days, int *year, int *month, int *day);

/* ISO 8601 with offset, seconds: "2026-11-21T09:00:00+01:00". Writes into text and returns it. */
const char *zone_iso(const struct zone *zone, int64_t utc_ms, char text[32]);

/* "Sat 21 Nov 2026, 09:00" for people. */
const char *zone_human(const struct zone *zone, int64_t utc_ms, char text[40]);

/* RFC 5322 date: "Sat, 21 Nov 2026 09:00:00 +0100". */
const char *zone_rfc5322(const struct zone *zone, int64_t utc_ms, char text[40]);

#endif
