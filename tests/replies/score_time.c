/* tests/replies/score_time.c - scores core/replies/when against the time corpora. A case passes when
 * the start (of a "before": the end) is the expected one at the stated grain; "fuzzy" ones within 3
 * days; the end too on time_sales_own. Each suite has conventions of its own; they are set per set,
 * through options of struct when_env that callers have as well:
 *   duckling     parts of the day 0-12, 12-19, 18-24; a bare hour is the next one; weeks whole
 *   chrono       the nearest day, past or future, unless "forwardDate"; bare hours as written
 *   recognizers  gives the readings in the past and in the future, a.m. and p.m.: any will do, and
 *                of several moments in a text any one; rows of its "strict" kin are not asked
 *   chronic      guesses the middle of a span: that middle must lie in the window we give; "context
 *                past" looks back
 * A length alone ("for two weeks") passes when it was read as that length. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/replies/when.h"
#include "tests/replies/score.h"

#define FUZZY_MS (3 * DAY_MS)

static const struct when_hours duckling_hours = { .morning = { 0, 12 },
                                                  .early = { 0, 9 },
                                                  .lunch = { 12, 14 },
                                                  .afternoon = { 12, 19 },
                                                  .evening = { 18, 24 },
                                                  .night = { 18, 24 } };
static const struct when_hours recognizers_hours = { .morning = { 8, 12 },
                                                     .early = { 8, 10 },
                                                     .lunch = { 11, 13 },
                                                     .afternoon = { 12, 16 },
                                                     .evening = { 16, 20 },
                                                     .night = { 20, 24 } };
static const struct when_hours chrono_hours = { .morning = { 6, 12 },
                                                .early = { 6, 9 },
                                                .lunch = { 12, 13 },
                                                .afternoon = { 15, 18 },
                                                .evening = { 20, 22 },
                                                .night = { 22, 24 } };

static const struct {
    const char *set;
    struct when_env env;
} suites[] = {
    { "time_duckling",
      { .past_ok = true,
        .literal = true,
        .bare = WHEN_BARE_NEXT,
        .next = WHEN_NEXT_WEEK,
        .week = WHEN_WEEK_WHOLE,
        .hours = &duckling_hours } },
    { "time_chrono",
      { .past_ok = true,
        .literal = true,
        .lean = WHEN_NEAREST,
        .bare = WHEN_BARE_WRITTEN,
        .next = WHEN_NEXT_WEEK,
        .hours = &chrono_hours } },
    { "time_recognizers",
      { .past_ok = true,
        .literal = true,
        .bare = WHEN_BARE_WRITTEN,
        .next = WHEN_NEXT_WEEK,
        .week = WHEN_WEEK_ISO,
        .hours = &recognizers_hours } },
    { "time_chronic", { .past_ok = true, .literal = true, .next = WHEN_NEXT_WEEK } },
    { "", { .past_ok = false } },
};

static const char *text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) ? item->valuestring : NULL;
}

static bool is_true(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static bool has_set(const cJSON *item, const char *set)
{
    const char *id = text_of(item, "id");

    return id && strncmp(id, set, strlen(set)) == 0;
}

/* "2013-02-12T04:30:00", "2013-02-12 04:30", "2013-02-12": ms of that local time read as UTC, and
 * the grain it is written at. */
static bool moment_of(const char *text, int64_t *ms, enum when_grain *grain)
{
    struct local_time time = { 0 };
    char *rest;
    int sign = *text == '-' ? -1 : 1;

    time.year = (int)(sign * strtol(text + (sign < 0), &rest, 10));
    if (*rest != '-')
        return false;
    time.month = (int)strtol(rest + 1, &rest, 10);
    if (*rest != '-')
        return false;
    time.day = (int)strtol(rest + 1, &rest, 10);
    *grain = WHEN_DAY;
    if (*rest == 'T' || *rest == ' ') {
        *grain = WHEN_MINUTE;
        time.hour = (int)strtol(rest + 1, &rest, 10);
        if (*rest == ':')
            time.minute = (int)strtol(rest + 1, &rest, 10);
        if (*rest == ':')
            time.second = (int)strtol(rest + 1, &rest, 10);
    }
    *ms = (zone_days_of(time.year, time.month, time.day) * 86400 + time.hour * 3600 +
           time.minute * 60 + time.second) *
          1000;
    return true;
}

static enum when_grain grain_of(const char *name, enum when_grain otherwise)
{
    for (int i = WHEN_SECOND; name && i <= WHEN_YEAR; i++)
        if (strcmp(when_grain_name((enum when_grain)i), name) == 0)
            return (enum when_grain)i;
    return otherwise;
}

/* The start of the unit that holds the moment. */
static int64_t floor_of(int64_t ms, enum when_grain grain)
{
    int64_t day = ms >= 0 ? ms / DAY_MS : -((DAY_MS - 1 - ms) / DAY_MS);
    int year, month, date;

    if (grain <= WHEN_HOUR) {
        int64_t size = grain == WHEN_HOUR ? HOUR_MS : MINUTE_MS;
        return ms - ((ms % size) + size) % size;
    }
    zone_date_of(day, &year, &month, &date);
    if (grain == WHEN_WEEK)
        day -= ((day + 3) % 7 + 7) % 7;
    else if (grain == WHEN_MONTH)
        day = zone_days_of(year, month, 1);
    else if (grain == WHEN_QUARTER)
        day = zone_days_of(year, (month - 1) / 3 * 3 + 1, 1);
    else if (grain == WHEN_YEAR)
        day = zone_days_of(year, 1, 1);
    return day * DAY_MS;
}

static bool same(int64_t got, int64_t wanted, enum when_grain grain)
{
    return floor_of(got, grain) == floor_of(wanted, grain);
}

static bool near(int64_t got, int64_t wanted, bool fuzzy)
{
    int64_t far = got > wanted ? got - wanted : wanted - got;

    return far <= (fuzzy ? FUZZY_MS : MINUTE_MS);
}

/* ---- the suites; `got` is in the local time of the case, read as UTC ---- */

static bool fits_own(const cJSON *expected, const struct when *got)
{
    const char *start = text_of(expected, "start"), *end = text_of(expected, "end");
    const cJSON *accept;
    bool fuzzy = is_true(expected, "fuzzy");
    enum when_grain grain;
    int64_t ms;

    cJSON_ArrayForEach(accept, cJSON_GetObjectItemCaseSensitive(expected, "accept"))
    {
        if (moment_of(accept->valuestring, &ms, &grain) && near(got->start_ms, ms, false))
            return true;
    }
    if (start && (!moment_of(start, &ms, &grain) || !near(got->start_ms, ms, fuzzy)))
        return false;
    if (end && strcmp(text_of(expected, "kind"), "alternatives") == 0)
        return got->kind == WHEN_ALTERNATIVES;
    return !end || (moment_of(end, &ms, &grain) && near(got->end_ms, ms, fuzzy));
}

static bool fits_duckling(const cJSON *expected, const struct when *got)
{
    const char *start = text_of(expected, "start"), *end = text_of(expected, "end");
    enum when_grain grain, ignored;
    int64_t ms;

    if (!start || !moment_of(start, &ms, &grain))
        return false;
    grain = grain_of(text_of(expected, "grain"), grain);
    if (got->kind == WHEN_BEFORE && end && moment_of(end, &ms, &ignored))
        return same(got->end_ms, ms, WHEN_DAY) && near(got->end_ms, ms, false);
    if (strcmp(text_of(expected, "kind"), "open") == 0 && got->kind == WHEN_BEFORE)
        return same(got->end_ms, ms, grain);
    return same(got->start_ms, ms, grain);
}

static int part_of(const cJSON *parts, const char *name, int otherwise)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(parts, name);

    return cJSON_IsNumber(item) ? (int)item->valuedouble : otherwise;
}

/* Compares what the case names: the whole instant, or its year, month, day, hour, minute. When our
 * window is a whole unit or part of a day, the instant must lie in it. */
static bool fits_chrono(const cJSON *expected, const struct when *got)
{
    const cJSON *start = cJSON_GetObjectItemCaseSensitive(expected, "start");
    const char *iso = text_of(start, "iso");
    int64_t at = got->kind == WHEN_BEFORE ? got->end_ms : got->start_ms, ms, day;
    int zone_of_start = part_of(start, "timezoneOffset", 0); /* its parts are told there */
    enum when_grain grain;
    int year, month, date, hour;
    bool timed = got->grain <= WHEN_HOUR;

    if (zone_of_start && part_of(start, "hour", -1) < 0)
        return false; /* a zone of the caller's own, and nothing else to compare */
    at += zone_of_start * MINUTE_MS;
    hour = (int)((at % DAY_MS + DAY_MS) % DAY_MS / HOUR_MS);
    if (iso && moment_of(iso, &ms, &grain) && got->end_ms > got->start_ms && ms >= got->start_ms &&
        ms < got->end_ms)
        return true;
    if (iso && timed)
        return moment_of(iso, &ms, &grain) && same(at, ms, WHEN_MINUTE);
    day = floor_of(at, WHEN_DAY) / DAY_MS;
    zone_date_of(day, &year, &month, &date);
    if (!timed && got->end_ms > at && got->grain > WHEN_DAY) {
        struct local_time named = { .year = part_of(start, "year", year),
                                    .month = part_of(start, "month", month),
                                    .day = part_of(start, "day", date) };
        ms = zone_days_of(named.year, named.month, named.day) * DAY_MS;
        return ms >= at && ms < got->end_ms;
    }
    return part_of(start, "year", year) == year && part_of(start, "month", month) == month &&
           part_of(start, "day", date) == date &&
           (!timed || part_of(start, "hour", hour) == hour) &&
           (!timed || part_of(start, "minute", (int)(at % HOUR_MS / MINUTE_MS)) ==
                          (int)(at % HOUR_MS / MINUTE_MS));
}

static bool fits_chronic(const cJSON *expected, const struct when *got)
{
    enum when_grain grain;
    int64_t ms;

    if (!text_of(expected, "start") || !moment_of(text_of(expected, "start"), &ms, &grain))
        return false;
    if (got->grain >= WHEN_DAY || got->kind == WHEN_INTERVAL)
        return ms >= got->start_ms && ms <= got->end_ms;
    return same(got->start_ms, ms, got->grain == WHEN_HOUR ? WHEN_HOUR : WHEN_MINUTE);
}

static bool fits_clock(const char *text, int64_t ms)
{
    char *rest;
    int64_t hour = strtol(text, &rest, 10), minute = *rest == ':' ? strtol(rest + 1, NULL, 10) : 0;
    int64_t of_day = (ms % DAY_MS + DAY_MS) % DAY_MS / MINUTE_MS;

    return of_day == (hour * 60 + minute) % (24 * 60);
}

static bool fits_point(const char *text, int64_t ms)
{
    enum when_grain grain;
    int64_t wanted;

    if (strlen(text) > 4 && text[2] == ':')
        return fits_clock(text, ms);
    return moment_of(text, &wanted, &grain) && same(ms, wanted, grain);
}

static bool is_repeated(const struct when *got)
{
    return got->kind == WHEN_DAILY || got->kind == WHEN_WEEKLY || got->kind == WHEN_REPEATED;
}

/* Months of 30 days, years of 365, as the suite counts. */
static bool fits_length(const char *seconds, const struct when *got, int64_t ref_ms)
{
    int64_t wanted = strtoll(seconds, NULL, 10) * 1000, far;
    int64_t length = got->kind == WHEN_INTERVAL && !got->reckoned ? got->end_ms - got->start_ms
                                                                  : got->start_ms - ref_ms;

    far = length > wanted ? length - wanted : wanted - length;
    return far <= wanted / 20 + 2 * 60 * 1000;
}

static bool fits_value(const cJSON *value, const struct when *got, int64_t ref_ms)
{
    const char *type = text_of(value, "type"), *point = text_of(value, "value");
    const char *start = text_of(value, "start"), *end = text_of(value, "end");

    if (type && strcmp(type, "set") == 0)
        return is_repeated(got);
    if (type && strcmp(type, "duration") == 0)
        return point && got->kind != WHEN_BEFORE && fits_length(point, got, ref_ms);
    if (point && strcmp(point, "not resolved") != 0)
        return fits_point(point, got->kind == WHEN_BEFORE ? got->end_ms : got->start_ms);
    if (start)
        return got->kind != WHEN_BEFORE && fits_point(start, got->start_ms);
    return end && fits_point(end, got->end_ms);
}

static bool fits_recognizers(const cJSON *expected, const struct when *got, int64_t ref_ms)
{
    const cJSON *result, *value;

    cJSON_ArrayForEach(result, cJSON_GetObjectItemCaseSensitive(expected, "results"))
    {
        cJSON_ArrayForEach(value, cJSON_GetObjectItemCaseSensitive(result, "values"))
        {
            if (fits_value(value, got, ref_ms))
                return true;
        }
    }
    return false;
}

/* Rows whose moments the suite itself cannot resolve ("feb 30"), and zones alone: none to report. */
static bool is_nothing(const cJSON *expected)
{
    const cJSON *result, *value;

    if (strcmp(text_of(expected, "kind"), "none") == 0)
        return true;
    cJSON_ArrayForEach(result, cJSON_GetObjectItemCaseSensitive(expected, "results"))
    {
        const char *kind = text_of(result, "type");
        if (kind && strcmp(kind, "timezone") == 0)
            continue;
        cJSON_ArrayForEach(value, cJSON_GetObjectItemCaseSensitive(result, "values"))
        {
            const char *point = text_of(value, "value"), *type = text_of(value, "type");
            if (!point || strcmp(point, "not resolved") != 0 || (type && strcmp(type, "set") == 0))
                return false;
        }
    }
    return cJSON_GetObjectItemCaseSensitive(expected, "results") != NULL;
}

/* ---- one case ---- */

static const char *describe(const cJSON *item, const struct when *got, struct arena *arena)
{
    char from[32], to[32];

    return arena_printf(arena, "\"%s\": %s %s to %s, %s, words \"%.*s\"", text_of(item, "text"),
                        when_kind_name(got->kind), zone_iso(zone_utc(), got->start_ms, from),
                        zone_iso(zone_utc(), got->end_ms, to), when_grain_name(got->grain),
                        (int)got->words.len, got->words.data ? got->words.data : "");
}

static struct when_env env_of(const cJSON *item, const cJSON *expected)
{
    const char *ref = text_of(expected, "ref"), *locale = text_of(expected, "locale");
    const char *context = text_of(expected, "context");
    enum when_grain grain;
    struct when_env env;
    size_t i = 0;

    while (!has_set(item, suites[i].set))
        i++;
    env = suites[i].env;
    if (!ref || !moment_of(ref, &env.ref_ms, &grain))
        moment_of("2012-08-10T12:00:00", &env.ref_ms, &grain);
    env.zone = zone_utc();
    env.day_first = locale && strcmp(locale, "GB") == 0;
    if (is_true(expected, "forward_date"))
        env.lean = WHEN_FUTURE;
    if (context && strcmp(context, "past") == 0)
        env.lean = WHEN_PAST;
    return env;
}

/* A reference that has a zone: read there, then told in its local time as if that were UTC. */
static int64_t hours_east(const char *tz)
{
    return tz && (*tz == '+' || *tz == '-') ? strtol(tz, NULL, 10) : 0;
}

static const struct zone *zone_of(int64_t hours)
{
    char name[40];

    snprintf(name, sizeof(name), "Etc/GMT%+lld", (long long)-hours);
    return hours == 0 ? zone_utc() : zone_find(name, NULL);
}

static void move(struct when *got, int64_t ms)
{
    got->start_ms += got->kind != WHEN_BEFORE ? ms : 0;
    got->end_ms += got->end_ms ? ms : 0;
}

static bool fits(const cJSON *item, const cJSON *expected, const struct when *got, int64_t ref_ms)
{
    if (has_set(item, "time_duckling"))
        return fits_duckling(expected, got);
    if (has_set(item, "time_chrono"))
        return fits_chrono(expected, got);
    if (has_set(item, "time_chronic"))
        return fits_chronic(expected, got);
    if (has_set(item, "time_recognizers"))
        return fits_recognizers(expected, got, ref_ms);
    return fits_own(expected, got);
}

enum score score_time(const cJSON *item, const struct reading *reading, struct arena *arena,
                      const char **got)
{
    const cJSON *expected = cJSON_GetObjectItemCaseSensitive(item, "expected");
    const char *engine = text_of(expected, "engine"), *text = text_of(item, "text");
    struct when_env env;
    struct when when;
    int64_t hours;
    bool found;

    (void)reading;
    if (!has_set(item, "time_") || !text ||
        (engine && strlen(engine) > 6 && strcmp(engine + strlen(engine) - 6, "strict") == 0))
        return SCORE_NOT_ASKED;
    env = env_of(item, expected);
    hours = has_set(item, "time_duckling") ? -2 : hours_east(text_of(expected, "tz"));
    env.zone = zone_of(hours);
    env.ref_ms -= hours * HOUR_MS;
    found = when_read(span_of(text), &env, arena, &when);
    move(&when, hours * HOUR_MS);
    *got = describe(item, &when, arena);
    if (is_nothing(expected))
        return found ? SCORE_MISS : SCORE_PASS;
    return found && fits(item, expected, &when, env.ref_ms + hours * HOUR_MS) ? SCORE_PASS
                                                                              : SCORE_MISS;
}

enum score score_return(const cJSON *expected, const char *own_text, struct arena *arena,
                        const char **got)
{
    const char *wanted = text_of(expected, "return_date"), *ref = text_of(expected, "ref");
    struct when_env env = { .zone = zone_utc() };
    enum when_grain grain;
    int64_t ms, back = 0;
    char text[32];

    if (!wanted || !ref || !moment_of(ref, &env.ref_ms, &grain) || !moment_of(wanted, &ms, &grain))
        return SCORE_NOT_ASKED;
    env.ref_ms += 10 * HOUR_MS;
    *got = "nothing";
    if (!when_return(span_of(own_text), &env, arena, &back))
        return SCORE_MISS;
    *got = arena_dup(arena, zone_iso(zone_utc(), back, text));
    return back == ms ? SCORE_PASS : SCORE_MISS;
}
