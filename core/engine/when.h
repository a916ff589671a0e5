/* core/engine/when.h - waits between steps and the windows in which people may be contacted: local
 * wall-clock time over every clock change. Pure; holidays are not known. */
#ifndef HEED_ENGINE_WHEN_H
#define HEED_ENGINE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/span.h"
#include "core/base/zone.h"

/* ---- waits ---- */

enum wait_unit {
    WAIT_MINUTES,
    WAIT_HOURS,
    WAIT_DAYS,
    WAIT_BUSINESS_DAYS, /* Monday to Friday in the zone; holidays are not known */
    WAIT_WEEKS,
    WAIT_MONTHS,
    WAIT_ON_DATE, /* bound to a date whatever came before: a promised day is kept */
};

struct wait {
    enum wait_unit unit;
    int count;            /* 0..1000; unused with WAIT_ON_DATE */
    int year, month, day; /* WAIT_ON_DATE only */
};

/* Reads "2 business days", "3 days", "1 week", "4 hours", "30 minutes", "2 months", "none",
 * "on 2027-03-01"; singular and plural alike. 0, or -1 and err (ERR_CONFIG) that names the forms
 * and the nearest unit. */
int wait_parse(struct span text, struct wait *out, struct err *err) MUST_USE;

/* When the wait that began at from_ms ends (UTC ms). Minutes and hours are real time; days, weeks
 * and months keep the local wall-clock time in `zone` over every clock change; a month too short
 * gives its last day. WAIT_ON_DATE: midnight of that day in the zone, also when that is before
 * from_ms (the caller decides what a missed date means). */
int64_t wait_from(const struct wait *wait, int64_t from_ms, const struct zone *zone);

/* ---- windows: when people may be contacted ---- */

struct window {
    unsigned days;              /* bit 0 = Sunday ... bit 6 = Saturday */
    int from_minute, to_minute; /* of the local day; [from, to), 0..1440, from < to */
    const struct zone *zone;    /* NULL = the prospect's own ("zone": "prospect") */
};

#define WINDOW_EVERY_DAY 0x7fu
#define WINDOW_MON_FRI 0x3eu

/* The first instant >= at_ms inside the window, in window->zone or else in `prospect`. A local time
 * that a clock change skips moves to the first instant after the gap. -1 for a window without days
 * or length. */
int64_t window_next(const struct window *window, const struct zone *prospect, int64_t at_ms);

/* "mon-fri", "mon,wed,fri", "sat-mon", "daily"; any case. False when it is none of that. */
bool window_parse_days(struct span text, unsigned *days);

/* Midnight (UTC ms) that begins the local day `day` (days since 1970-01-01), or the first instant
 * of that day where a clock change skips midnight. */
int64_t when_day_start(const struct zone *zone, int64_t day);

/* The local day of an instant, in days since 1970-01-01. */
int64_t when_day_of(const struct zone *zone, int64_t at_ms);

#endif
