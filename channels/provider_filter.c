/* channels/provider_filter.c - one table of filters. */
#include "channels/provider_filter.h"

#include <regex.h>
#include <stdint.h>
#include <time.h>

#include "core/base/attr.h"
#include "core/base/sign.h"
#include "core/base/str.h"
#include "core/base/text.h"
#include "core/net/url.h"

#define SUBJECT_MAX_BYTES 4096 /* a hostile text must not make a pattern slow */
#define OUT_MAX_BYTES ((size_t)1 << 18)

typedef const char *filter_run(const char *text, const char *argument, struct arena *arena);

bool filter_matches(const char *pattern, const char *text, struct span *group)
{
    char subject[SUBJECT_MAX_BYTES + 1];
    size_t len = text_cut(span_of(text), SUBJECT_MAX_BYTES).len;
    regmatch_t at[2];
    regex_t compiled;
    bool found;

    memcpy(subject, text, len);
    subject[len] = '\0';
    if (regcomp(&compiled, pattern, REG_EXTENDED) != 0)
        return false;
    found = regexec(&compiled, subject, 2, at, 0) == 0;
    if (found && group) {
        const regmatch_t *best = compiled.re_nsub > 0 && at[1].rm_so >= 0 ? &at[1] : &at[0];

        *group = span_make(text + best->rm_so, (size_t)(best->rm_eo - best->rm_so));
    }
    regfree(&compiled);
    return found;
}

bool filter_pattern_ok(const char *pattern)
{
    regex_t compiled;

    if (regcomp(&compiled, pattern, REG_EXTENDED) != 0)
        return false;
    regfree(&compiled);
    return true;
}

static const char *run_lower(const char *text, const char *argument, struct arena *arena)
{
    (void)argument;
    return text_lower(arena, span_of(text));
}

static const char *run_trim(const char *text, const char *argument, struct arena *arena)
{
    (void)argument;
    return arena_dup_span(arena, text_trim(span_of(text)));
}

static bool is_digits(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

static const char *run_digits(const char *text, const char *argument, struct arena *arena)
{
    char *out = arena_alloc(arena, strlen(text) + 1);
    size_t len = 0;

    (void)argument;
    for (; *text; text++) {
        if (*text >= '0' && *text <= '9')
            out[len++] = *text;
    }
    return len ? out : NULL;
}

static const char *run_noplus(const char *text, const char *argument, struct arena *arena)
{
    (void)argument, (void)arena;
    return *text == '+' ? text + 1 : text;
}

/* A number that lost its plus gets it back; short codes and names stay as they are. */
static const char *run_plus(const char *text, const char *argument, struct arena *arena)
{
    (void)argument;
    return is_digits(text) && strlen(text) >= 8 ? arena_printf(arena, "+%s", text) : text;
}

static const char *run_pct(const char *text, const char *argument, struct arena *arena)
{
    (void)argument;
    return url_encode(arena, span_of(text));
}

static const char *run_base64(const char *text, const char *argument, struct arena *arena)
{
    (void)argument;
    return sign_base64(arena, span_of(text));
}

static const char *run_hex(const char *text, const char *argument, struct arena *arena)
{
    (void)argument;
    return sign_hex(arena, span_of(text));
}

static void add_unit(struct str *out, uint32_t unit)
{
    str_printf(out, "%04X", (unsigned)unit);
}

static const char *run_utf16_hex(const char *text, const char *argument, struct arena *arena)
{
    const char *end = text + strlen(text);
    struct str out;
    char *copy;

    (void)argument;
    str_init(&out, OUT_MAX_BYTES);
    while (text < end) {
        uint32_t point = text_next_point(&text, end);

        if (point >= 0x10000) {
            add_unit(&out, 0xD800 + ((point - 0x10000) >> 10));
            add_unit(&out, 0xDC00 + ((point - 0x10000) & 0x3FF));
        } else {
            add_unit(&out, point);
        }
    }
    copy = str_ok(&out) ? arena_dup_span(arena, str_span(&out)) : NULL;
    str_finish(&out);
    return copy;
}

static const char *run_int(const char *text, const char *argument, struct arena *arena)
{
    size_t digits = strlen(text + (*text == '-'));

    (void)argument, (void)arena;
    return digits <= 19 && is_digits(text + (*text == '-')) ? text : NULL;
}

static const char *run_before(const char *text, const char *argument, struct arena *arena)
{
    const char *at = strstr(text, argument);

    return at ? arena_dup_span(arena, span_make(text, (size_t)(at - text))) : text;
}

static const char *run_after(const char *text, const char *argument, struct arena *arena)
{
    const char *at = strstr(text, argument);

    (void)arena;
    return at ? at + strlen(argument) : NULL;
}

static const char *run_match(const char *text, const char *argument, struct arena *arena)
{
    struct span group;

    return filter_matches(argument, text, &group) ? arena_dup_span(arena, group) : NULL;
}

static const char *run_cut(const char *text, const char *argument, struct arena *arena)
{
    int64_t points = 0;
    const char *at = text;
    const char *end = text + strlen(text);

    if (!text_to_int(span_of(argument), 1, INT32_MAX, &points))
        return NULL;
    while (at < end && points-- > 0)
        text_next_point(&at, end);
    return arena_dup_span(arena, span_make(text, (size_t)(at - text)));
}

static const char *run_map(const char *text, const char *argument, struct arena *arena)
{
    struct span rest = span_of(argument);
    struct span pair;

    while (text_next_piece(&rest, ',', &pair)) {
        const char *equals = memchr(pair.data, '=', pair.len);
        size_t key_len = equals ? (size_t)(equals - pair.data) : pair.len;

        if (equals && span_is(span_make(pair.data, key_len), text))
            return arena_dup_span(arena, span_from(pair, key_len + 1));
    }
    return NULL;
}

static const char *run_prefix(const char *text, const char *argument, struct arena *arena)
{
    return arena_printf(arena, "%s%s", argument, text);
}

/* --- times: all become UTC unix ms --- */

static const char *ms_text(int64_t ms, struct arena *arena)
{
    return arena_printf(arena, "%lld", (long long)ms);
}

static const char *run_unix(const char *text, const char *argument, struct arena *arena)
{
    int64_t seconds;
    struct span whole = span_of(text);
    const char *dot = strchr(text, '.');

    (void)argument;
    if (dot)
        whole.len = (size_t)(dot - text);
    return text_to_int(whole, 0, INT64_MAX / 2000, &seconds) ? ms_text(seconds * 1000, arena)
                                                             : NULL;
}

static const char *run_unix_ms(const char *text, const char *argument, struct arena *arena)
{
    int64_t ms;

    (void)argument;
    return text_to_int(span_of(text), 0, INT64_MAX / 2, &ms) ? ms_text(ms, arena) : NULL;
}

static bool take_number(const char **at, size_t digits, int *out)
{
    int64_t number;

    if (strlen(*at) < digits || !text_to_int(span_make(*at, digits), 0, 9999, &number))
        return false;
    *out = (int)number;
    *at += digits;
    return true;
}

static bool take_char(const char **at, const char *any_of)
{
    if (!**at || !strchr(any_of, **at))
        return false;
    (*at)++;
    return true;
}

/* "Z", "+01:00", "+0100" or nothing (UTC). */
static bool take_offset(const char *at, int *seconds)
{
    bool west = *at == '-';
    int hours, minutes;

    *seconds = 0;
    if (!*at || (*at == 'Z' && !at[1]))
        return true;
    if (!take_char(&at, "+-") || !take_number(&at, 2, &hours))
        return false;
    take_char(&at, ":");
    if (!take_number(&at, 2, &minutes) || *at)
        return false;
    *seconds = (hours * 60 + minutes) * (west ? -60 : 60);
    return true;
}

static const char *run_iso(const char *text, const char *argument, struct arena *arena)
{
    struct tm tm = { 0 };
    const char *at = text;
    int offset;

    (void)argument;
    if (!take_number(&at, 4, &tm.tm_year) || !take_char(&at, "-") ||
        !take_number(&at, 2, &tm.tm_mon) || !take_char(&at, "-") ||
        !take_number(&at, 2, &tm.tm_mday) || !take_char(&at, "T ") ||
        !take_number(&at, 2, &tm.tm_hour) || !take_char(&at, ":") ||
        !take_number(&at, 2, &tm.tm_min) || !take_char(&at, ":") ||
        !take_number(&at, 2, &tm.tm_sec))
        return NULL;
    if (take_char(&at, ".,"))
        at += strspn(at, "0123456789");
    if (!take_offset(at, &offset) || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday > 31)
        return NULL;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return ms_text(((int64_t)timegm(&tm) - offset) * 1000, arena);
}

enum argument { NO_ARGUMENT, ARGUMENT, PATTERN };

static const struct filter {
    const char *name;
    enum argument argument;
    filter_run *run;
} filters[] = {
    { "lower", NO_ARGUMENT, run_lower },
    { "trim", NO_ARGUMENT, run_trim },
    { "digits", NO_ARGUMENT, run_digits },
    { "noplus", NO_ARGUMENT, run_noplus },
    { "plus", NO_ARGUMENT, run_plus },
    { "pct", NO_ARGUMENT, run_pct },
    { "b64", NO_ARGUMENT, run_base64 },
    { "hex", NO_ARGUMENT, run_hex },
    { "utf16hex", NO_ARGUMENT, run_utf16_hex },
    { "int", NO_ARGUMENT, run_int },
    { "before", ARGUMENT, run_before },
    { "after", ARGUMENT, run_after },
    { "match", PATTERN, run_match },
    { "cut", ARGUMENT, run_cut },
    { "map", ARGUMENT, run_map },
    { "prefix", ARGUMENT, run_prefix },
    { "unix", NO_ARGUMENT, run_unix },
    { "unix_ms", NO_ARGUMENT, run_unix_ms },
    { "iso", NO_ARGUMENT, run_iso },
};

/* "name:argument" into its halves; argument is empty without a colon. */
static struct span split(struct span spec, struct span *argument)
{
    const char *colon = spec.len ? memchr(spec.data, ':', spec.len) : NULL;
    size_t len = colon ? (size_t)(colon - spec.data) : spec.len;

    *argument = span_from(spec, len + 1);
    return span_make(spec.data, len);
}

static const struct filter *find(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(filters); i++) {
        if (span_is(name, filters[i].name))
            return &filters[i];
    }
    return NULL;
}

const char *filter_apply(struct span spec, const char *text, struct arena *arena)
{
    struct span argument;
    const struct filter *filter = find(split(spec, &argument));

    return filter ? filter->run(text, arena_dup_span(arena, argument), arena) : NULL;
}

const char *filter_fault(struct span spec)
{
    struct span argument;
    const struct filter *filter = find(split(spec, &argument));
    char pattern[512];

    if (!filter)
        return "is no known filter";
    if ((filter->argument == NO_ARGUMENT) != (argument.len == 0))
        return filter->argument == NO_ARGUMENT ? "takes no argument" : "needs an argument";
    if (filter->argument != PATTERN)
        return NULL;
    if (argument.len >= sizeof(pattern))
        return "has too long a pattern";
    memcpy(pattern, argument.data, argument.len);
    pattern[argument.len] = '\0';
    return filter_pattern_ok(pattern) ? NULL : "has a bad pattern";
}
