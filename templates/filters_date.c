/* templates/filters_date.c - date: format, zone; and how many days a date is away, in English words.
 * `now` and `today` are the time of sending. */
#include <stdio.h>

#include "core/base/text.h"
#include "templates/dates.h"
#include "templates/filters.h"
#include "templates/values.h"

/* Bytes of work: */
#define DATE_COST 256  /* to read a date */
#define ZONE_COST 512  /* to find a zone that is in use */
#define FILE_COST 8192 /* to look for one that does not exist */

#define EPOCH_MAX_S INT64_C(253402300799) /* the year 9999 */

static bool all_digits(struct span s)
{
    for (size_t i = 0; i < s.len && i < 18; i++)
        if (!text_is_digit(s.data[i]))
            return false;
    return s.len > 0 && s.len < 18;
}

static bool epoch(int64_t seconds, struct moment *out)
{
    *out = (struct moment){ .utc_ms = seconds * 1000 };
    return seconds <= EPOCH_MAX_S && seconds >= -EPOCH_MAX_S / 4;
}

static bool read_moment(const struct run *run, const struct value *value, const struct zone *zone,
                        struct moment *out)
{
    int64_t now_ms = run->context->now_ms, seconds;

    if (value->type == VALUE_INT)
        return value->integer >= -EPOCH_MAX_S && value->integer <= EPOCH_MAX_S &&
               epoch(value->integer, out);
    if (value->type != VALUE_TEXT)
        return false;
    if (value->text.len >= 10 && value->text.data[4] == '-')
        return dates_parse(value->text, zone, now_ms, out);
    if (text_eq_nocase(value->text, span_of("now")) ||
        text_eq_nocase(value->text, span_of("today"))) {
        *out = (struct moment){ .utc_ms = now_ms };
        return true;
    }
    if (all_digits(value->text) && text_to_int(value->text, 0, EPOCH_MAX_S, &seconds))
        return epoch(seconds, out);
    return dates_parse(value->text, zone, now_ms, out);
}

/* "+02:00", "-0530" */
static bool read_offset(struct span text, int *offset_s)
{
    int64_t hours, minutes = 0;
    int sign = text.len && text.data[0] == '-' ? -1 : 1;
    struct span rest;

    if (text.len < 3 || (text.data[0] != '+' && text.data[0] != '-'))
        return false;
    rest = span_from(text, 3);
    if (rest.len && rest.data[0] == ':')
        rest = span_from(rest, 1);
    if (!text_to_int(span_make(text.data + 1, 2), 0, 14, &hours) ||
        (rest.len && !text_to_int(rest, 0, 59, &minutes)))
        return false;
    *offset_s = sign * (int)(hours * 3600 + minutes * 60);
    return true;
}

static void fixed_local(int64_t utc_ms, int offset_s, bool utc, struct local_time *out)
{
    zone_to_local(zone_utc(), utc_ms + (int64_t)offset_s * 1000, out);
    out->offset_s = offset_s;
    if (!utc)
        out->abbreviation[0] = '\0';
}

struct shift { /* where the date is shown */
    const struct zone *zone;
    bool fixed, chosen;
    int offset_s;
};

static int find_zone(struct run *run, struct span name, struct shift *out)
{
    char text[80];

    snprintf(text, sizeof(text), "%.*s", (int)text_cut(name, sizeof(text) - 1).len, name.data);
    if (run_charge(run, ZONE_COST) < 0)
        return -1;
    out->zone = zone_find(text, NULL);
    if (out->zone)
        return 0;
    if (run_charge(run, FILE_COST) < 0)
        return -1;
    return run_fail(run, "unknown time zone '%.*s'", (int)text_cut(name, 60).len, name.data);
}

static struct shift own_zone(const struct run *run)
{
    const struct zone *own = run->context->zone;

    return (struct shift){ .zone = own ? own : zone_utc(), .chosen = own != NULL };
}

/* The zone asked for, else the prospect's, else UTC. */
static int read_zone(struct run *run, const struct value *arg, struct shift *out)
{
    struct span name;

    *out = own_zone(run);
    if (value_is_nil(arg))
        return 0;
    if (filter_read(run, arg, &name) < 0)
        return -1;
    out->chosen = true;
    out->fixed = read_offset(name, &out->offset_s);
    return out->fixed ? 0 : find_zone(run, name, out);
}

/* The time to be shown: the moment's own, or made in `room`. */
static const struct local_time *place(const struct moment *moment, const struct shift *shift,
                                      struct local_time *room)
{
    bool own = moment->fixed && !shift->chosen;

    if (own && moment->complete)
        return &moment->local;
    if (shift->fixed)
        fixed_local(moment->utc_ms, shift->offset_s, false, room);
    else if (own)
        fixed_local(moment->utc_ms, moment->offset_s, moment->utc, room);
    else
        zone_to_local(shift->zone, moment->utc_ms, room);
    return room;
}

static int format(struct sink *sink, struct span format, const struct dated *dated)
{
    size_t work;

    if (sink_room(sink, DATES_PLAIN_BYTES) < 0)
        return -1;
    sink->len = dates_format_plain(sink->data, format, dated, &work);
    return sink->len ? run_charge(sink->run, work) : dates_format(sink, format, dated);
}

int filter_date(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, 1024);
    struct local_time room;
    struct moment moment;
    struct shift shift;
    struct dated dated;
    struct span text;

    if (filter_read(run, &args[0], &text) < 0 || read_zone(run, &args[1], &shift) < 0)
        return -1;
    if (run_charge(run, DATE_COST + (value->type == VALUE_TEXT ? value->text.len : 0)) < 0)
        return -1;
    if (text.len == 0 || !read_moment(run, value, shift.zone, &moment))
        return 0;
    dated = (struct dated){ place(&moment, &shift, &room), moment.utc_ms,
                            locale_find(run->context->locale) };
    return format(&sink, text, &dated) < 0 ? -1 : filter_give(value, &sink);
}

static size_t direct_from(const struct run *run, struct direct *d, const struct local_time *time)
{
    const struct dated dated = { .time = time, .locale = locale_find(run->context->locale) };
    char text[DATES_PLAIN_BYTES];
    size_t len = dates_format_plain(text, d->argument->text, &dated, &d->work);

    d->memory = DATES_PLAIN_BYTES;
    d->work += DATE_COST + d->text.len + d->argument->text.len;
    return len && d->copy(d->to, span_make(text, len)) == len ? len : 0;
}

static size_t direct_any(const struct run *run, struct direct *d)
{
    struct shift shift = own_zone(run);
    struct value value = value_span(d->text);
    struct local_time room;
    struct moment moment;

    if (!read_moment(run, &value, shift.zone, &moment))
        return 0;
    return direct_from(run, d, place(&moment, &shift, &room));
}

#define ISO_DATE_BYTES 10
#define ISO_DATE_DIRECTIVES ((size_t)3)

/* "%Y-%m-%d" of a text that begins with just that. */
static size_t direct_iso(struct direct *d)
{
    memcpy(d->to, d->text.data, ISO_DATE_BYTES);
    d->memory = DATES_PLAIN_BYTES;
    d->work = DATE_COST + d->text.len + d->argument->text.len; /* read */
    d->work += ISO_DATE_DIRECTIVES * DATES_DIRECTIVE_COST + ISO_DATE_BYTES;
    return ISO_DATE_BYTES;
}

size_t direct_date(const struct run *run, struct direct *d)
{
    struct local_time utc;

    if (!d->argument || d->argument->type != VALUE_TEXT || d->room < DATES_PLAIN_BYTES)
        return 0;
    if (run->context->zone || !dates_parse_utc(d->text, &utc))
        return direct_any(run, d);
    if (span_is(d->argument->text, "%Y-%m-%d"))
        return direct_iso(d);
    return direct_from(run, d, &utc);
}

/* ---- how far away ---- */

struct distance { /* from the day of sending, in the prospect's zone */
    int64_t days; /* negative = past */
    int months;   /* whole ones, never negative */
};

static int64_t day_of(const struct local_time *time)
{
    return zone_days_of(time->year, time->month, time->day);
}

static int whole_months(const struct local_time *early, const struct local_time *late)
{
    return (late->year - early->year) * 12 + late->month - early->month - (late->day < early->day);
}

static int measure(struct run *run, const struct value *value, struct distance *out)
{
    struct local_time now, room;
    const struct local_time *then;
    struct moment moment;
    struct shift shift;
    struct span text;

    if (filter_walk(run, value, &text) < 0 || read_zone(run, &(struct value){ 0 }, &shift) < 0)
        return -1;
    if (!read_moment(run, value, shift.zone, &moment))
        return run_fail(run, "'%.*s' is no date", (int)text_cut(text, 60).len, text.data);
    then = place(&moment, &shift, &room);
    zone_to_local(shift.zone, run->context->now_ms, &now);
    out->days = day_of(then) - day_of(&now);
    out->months = out->days < 0 ? whole_months(then, &now) : whole_months(&now, then);
    return 0;
}

static int say(struct run *run, struct value *value, const struct distance *distance, int64_t count,
               const char *unit)
{
    char text[64];
    struct sink sink = sink_make(run, sizeof(text));
    bool past = distance->days < 0;
    int len = snprintf(text, sizeof(text), "%s%lld %s%s%s", past ? "" : "in ", (long long)count,
                       unit, count == 1 ? "" : "s", past ? " ago" : "");

    if (sink_add(&sink, text, (size_t)len) < 0)
        return -1;
    return filter_give(value, &sink);
}

static bool say_near(struct value *value, const struct distance *distance)
{
    static const char *const words[] = { "yesterday", "today", "tomorrow" };

    if (distance->days < -1 || distance->days > 1)
        return false;
    *value = value_text(words[distance->days + 1]);
    return true;
}

int filter_in_days(struct run *run, struct value *value, const struct value *args)
{
    struct distance d;

    (void)args;
    if (value_is_nil(value))
        return 0;
    if (measure(run, value, &d) < 0)
        return -1;
    return say_near(value, &d) ? 0 : say(run, value, &d, d.days < 0 ? -d.days : d.days, "day");
}

/* In the largest unit of which there are two: days, weeks, months, years. */
int filter_time_ago(struct run *run, struct value *value, const struct value *args)
{
    struct distance d;
    int64_t days;

    (void)args;
    if (value_is_nil(value))
        return 0;
    if (measure(run, value, &d) < 0)
        return -1;
    days = d.days < 0 ? -d.days : d.days;
    if (say_near(value, &d))
        return 0;
    if (days < 14)
        return say(run, value, &d, days, "day");
    if (d.months < 2)
        return say(run, value, &d, days / 7, "week");
    if (d.months < 24)
        return say(run, value, &d, d.months, "month");
    return say(run, value, &d, d.months / 12, "year");
}
