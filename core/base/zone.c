/* core/base/zone.c - see zone.h. Loaded zones stay in a table that is read without a lock; the
 * files are read in zone_file.c. */
#include "core/base/zone.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/zone_file.h"

#define ZONE_DIR "/usr/share/zoneinfo"
#define TABLE_SIZE 2048 /* a power of two; IANA has 600 names */
#define MAX_ZONES 1024
#define DAY_S 86400
#define MAX_YEAR 1000000

static _Atomic(struct zone *) table[TABLE_SIZE];
static size_t table_count; /* under table_lock */
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;

static const struct zone utc = {
    .name = "UTC",
    .rule = { .present = true, .standard = { .abbreviation = "UTC" } },
};

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const weekdays[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

/* Dots are not allowed at all, so no name leads out of the folder. */
static bool is_zone_name(const char *name)
{
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/-";
    size_t len = strlen(name);

    return len > 0 && len < ZONE_NAME_BYTES && strspn(name, good) == len && name[0] != '/' &&
           name[len - 1] != '/' && !strstr(name, "//");
}

/* The place of `name` in the table: where it is, or the free one where it belongs. */
static size_t find_place(const char *name)
{
    size_t place = (size_t)text_hash(span_of(name)) % TABLE_SIZE;
    const struct zone *zone;

    while ((zone = atomic_load(&table[place])) != NULL && strcmp(zone->name, name) != 0)
        place = (place + 1) % TABLE_SIZE;
    return place;
}

static struct zone *load(const char *name, struct err *err)
{
    char path[sizeof(ZONE_DIR) + ZONE_NAME_BYTES + 1];
    struct zone *zone = NULL;
    struct err why = { 0 };
    struct str bytes;

    snprintf(path, sizeof(path), "%s/%s", ZONE_DIR, name);
    str_init(&bytes, ZONE_MAX_FILE_BYTES);
    if (file_read(path, &bytes, NULL, &why) == 0)
        zone = zone_parse(str_span(&bytes), name, err);
    else if (why.code == ERR_SYSTEM)
        err_set(err, why.code, "time zone %s: %s", name, why.text);
    else
        err_set(err, ERR_INPUT, "unknown time zone \"%s\"; expected a name like Europe/Berlin",
                name);
    str_finish(&bytes);
    return zone;
}

/* Another thread may have been faster: then its zone is the one. */
static const struct zone *add(struct zone *zone, struct err *err)
{
    const struct zone *kept = NULL;
    size_t place;

    pthread_mutex_lock(&table_lock);
    place = find_place(zone->name);
    kept = atomic_load(&table[place]);
    if (!kept && table_count < MAX_ZONES) {
        atomic_store(&table[place], zone);
        table_count++;
        kept = zone;
    }
    pthread_mutex_unlock(&table_lock);
    if (kept != zone)
        zone_destroy(zone);
    if (!kept)
        err_set(err, ERR_LIMIT, "more than %d time zones in use", MAX_ZONES);
    return kept;
}

const struct zone *zone_find(const char *name, struct err *err)
{
    const struct zone *found;
    struct zone *fresh;

    if (strcmp(name, utc.name) == 0)
        return &utc;
    if (!is_zone_name(name)) {
        err_set(err, ERR_INPUT, "this is no name of a time zone; expected one like Europe/Berlin");
        return NULL;
    }
    found = atomic_load(&table[find_place(name)]);
    if (found)
        return found;
    fresh = load(name, err);
    return fresh ? add(fresh, err) : NULL;
}

const struct zone *zone_utc(void)
{
    return &utc;
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

#define CYCLE_YEARS 400
#define CYCLE_MONTHS (INT64_C(12) * CYCLE_YEARS)
#define CYCLE_DAYS 146097
#define EPOCH_DAYS 719468 /* 0000-03-01 to 1970-01-01 */

/* Years run from March, so that the leap day is the last of its year; four hundred of them are a cycle,
 * in which all numbers are small and positive. */
int64_t zone_days_of(int year, int month, int day)
{
    int64_t months_since_march = (int64_t)year * 12 + month - 3;
    int64_t cycle = floor_div(months_since_march, CYCLE_MONTHS);
    unsigned in_cycle = (unsigned)(months_since_march - cycle * CYCLE_MONTHS);
    unsigned y = in_cycle / 12, m = in_cycle % 12;
    unsigned before_year = y * 365 + y / 4 - y / 100;
    unsigned before_month = (153 * m + 2) / 5; /* 31 30 31 30 31, again, and 31 */

    return cycle * CYCLE_DAYS + before_year + before_month + day - 1 - EPOCH_DAYS;
}

void zone_date_of(int64_t days, int *year, int *month, int *day)
{
    int64_t since = days + EPOCH_DAYS, cycle = floor_div(since, CYCLE_DAYS);
    unsigned in_cycle = (unsigned)(since - cycle * CYCLE_DAYS);
    unsigned y = in_cycle / 365, in_year, m;

    /* Leap days make the guess one too many at most: step back to the year that has begun. */
    if (y * 365 + y / 4 - y / 100 > in_cycle || y == CYCLE_YEARS)
        y--;
    in_year = in_cycle - (y * 365 + y / 4 - y / 100);
    m = (5 * in_year + 2) / 153;
    *day = (int)(in_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(cycle * CYCLE_YEARS + y + (m >= 10));
}

void zone_to_local(const struct zone *zone, int64_t utc_ms, struct local_time *out)
{
    int64_t utc_s = floor_div(utc_ms, 1000);
    const struct zone_type *type = zone_period_at(zone, utc_s).type;
    int64_t local_s = utc_s + type->offset_s, days = floor_div(local_s, DAY_S);
    int second = (int)(local_s - days * DAY_S);

    *out = (struct local_time){
        .hour = second / 3600,
        .minute = second / 60 % 60,
        .second = second % 60,
        .ms = (int)((utc_ms % 1000 + 1000) % 1000),
        .weekday = (int)((days % 7 + 11) % 7),
        .offset_s = type->offset_s,
        .dst = type->dst,
    };
    zone_date_of(days, &out->year, &out->month, &out->day);
    out->yearday = (int)(days - zone_days_of(out->year, 1, 1)) + 1;
    memcpy(out->abbreviation, type->abbreviation, sizeof(out->abbreviation));
}

static int clamp_year(int year)
{
    if (year > MAX_YEAR)
        return MAX_YEAR;
    return year < -MAX_YEAR ? -MAX_YEAR : year;
}

int64_t zone_to_utc(const struct zone *zone, const struct local_time *local)
{
    int64_t days = zone_days_of(clamp_year(local->year), local->month, 1) + local->day - 1;
    int64_t wanted =
        days * DAY_S + local->hour * INT64_C(3600) + local->minute * INT64_C(60) + local->second;
    int64_t from = wanted - ZONE_MAX_OFFSET_S, found;

    /* Local time runs through period after period; the first that reaches `wanted` has it. Where
     * a period begins behind it, the clock has jumped over it. */
    for (;;) {
        struct zone_period period = zone_period_at(zone, from);
        found = wanted - period.type->offset_s;
        if (found < from)
            return from * 1000;
        if (found < period.until)
            return found * 1000 + local->ms;
        from = period.until;
    }
}

/* "+01:00" with `colon` ":", "+0100" with "". */
static void format_offset(int offset_s, const char *colon, char text[8])
{
    int minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;

    snprintf(text, 8, "%c%02d%s%02d", offset_s < 0 ? '-' : '+', minutes / 60 % 100, colon,
             minutes % 60);
}

const char *zone_iso(const struct zone *zone, int64_t utc_ms, char text[32])
{
    struct local_time at;
    char offset[8];

    zone_to_local(zone, utc_ms, &at);
    format_offset(at.offset_s, ":", offset);
    snprintf(text, 32, "%04d-%02d-%02dT%02d:%02d:%02d%s", at.year, at.month, at.day, at.hour,
             at.minute, at.second, offset);
    return text;
}

const char *zone_human(const struct zone *zone, int64_t utc_ms, char text[40])
{
    struct local_time at;

    zone_to_local(zone, utc_ms, &at);
    snprintf(text, 40, "%s %d %s %d, %02d:%02d", weekdays[at.weekday], at.day, months[at.month - 1],
             at.year, at.hour, at.minute);
    return text;
}

const char *zone_rfc5322(const struct zone *zone, int64_t utc_ms, char text[40])
{
    struct local_time at;
    char offset[8];

    zone_to_local(zone, utc_ms, &at);
    format_offset(at.offset_s, "", offset);
    snprintf(text, 40, "%s, %02d %s %04d %02d:%02d:%02d %s", weekdays[at.weekday], at.day,
             months[at.month - 1], at.year, at.hour, at.minute, at.second, offset);
    return text;
}
