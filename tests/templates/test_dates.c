/* tests/templates/test_dates.c - the short ways through dates end where the long ones do: plain formats,
 * and the form of date that is read in one go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/base/zone.h"
#include "support.h"
#include "templates/dates.h"

#define EVERYTHING "%Y-%m-%d %H:%M:%S %A %j %U %s %z %Z"

/* What date makes of `text`; a zone of the prospect's, or NULL. */
static const char *shown(struct arena *arena, const char *text, const char *format,
                         const struct zone *zone)
{
    const char *source = arena_printf(arena, "{{ x | date: '%s' }}", format);
    const struct template_options options = { .part = PART_NONE, .lax = true };
    const struct value_pair pair = { span_of("x"), value_text(text) };
    struct render_context context = { .now_ms = NOW_MS, .zone = zone };
    struct template_problems problems = { 0 };
    struct template_problem problem;
    struct template *template = template_compile(span_of(source), &options, arena, &problems);
    struct span out = span_make("", 0);

    assert_non_null(template);
    context.data = value_map(&pair, 1);
    assert_int_equal(template_render(template, &context, arena, &out, &problem), 0);
    template_destroy(template);
    return arena_dup_span(arena, out);
}

static void test_dates__one_moment_reads_the_same_in_every_form(void **state)
{
    static const struct {
        const char *iso, *words;
    } rows[] = {
        { "2026-10-06T09:30:00Z", "6 October 2026 09:30:00 UTC" },
        { "2026-10-06 09:30:59Z", "October 6, 2026 09:30:59 GMT" },
        { "2024-02-29T23:59:59Z", "29 February 2024 23:59:59 UTC" },
        { "2000-12-31T00:00:00Z", "31 Dec 2000 00:00:00 UTC" },
        { "1969-07-20T20:17:40Z", "20 July 1969 20:17:40 UTC" },
        { "9999-12-31T23:59:59Z", "31 Dec 9999 23:59:59 UTC" },
        { "2026-12-31T24:00:00Z", "31 Dec 2026 24:00:00 UTC" },
        { "2026-12-31T23:59:60Z", "31 Dec 2026 23:59:60 UTC" },
        { "2026-10-06T09:30:00", "6 October 2026 09:30:00" },
        { "2026-10-06", "6 October 2026" },
        { "2026-10-06T09:30:00+02:00", "6 October 2026 09:30:00 +0200" },
    };
    const struct zone *zones[] = { NULL, zone_find("America/New_York", NULL) };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t z = 0; z < COUNT_OF(zones); z++) {
            struct arena arena;
            arena_init(&arena);
            assert_string_equal(shown(&arena, rows[i].iso, EVERYTHING, zones[z]),
                                shown(&arena, rows[i].words, EVERYTHING, zones[z]));
            arena_finish(&arena);
        }
}

static void test_dates__what_only_looks_like_one_is_left_alone(void **state)
{
    static const char *const rows[] = {
        "2026-02-30T09:30:00Z", "2025-02-29T00:00:00Z", "2026-13-01T09:30:00Z",
        "2026-00-01T09:30:00Z", "2026-01-00T09:30:00Z", "0000-01-01T09:30:00Z",
        "2026-10-06T25:30:00Z", "2026-10-06T09:60:00Z", "2026-10-06T09:30:61Z",
        "2026-1x-06T09:30:00Z", "2026-10-06_09:30:00Z",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        arena_init(&arena);
        assert_string_equal(shown(&arena, rows[i], "%Y", NULL), rows[i]);
        arena_finish(&arena);
    }
}

static void same_moment(struct span text, const struct moment *a, const struct moment *b)
{
    const struct local_time *x = &a->local, *y = &b->local;

    if (a->utc_ms != b->utc_ms || a->fixed != b->fixed || a->utc != b->utc ||
        a->complete != b->complete || a->offset_s != b->offset_s || x->year != y->year ||
        x->month != y->month || x->day != y->day || x->hour != y->hour || x->minute != y->minute ||
        x->second != y->second || x->weekday != y->weekday || x->yearday != y->yearday)
        fail_msg("%.*s is another moment when it is read at once", (int)text.len, text.data);
}

/* Behind a space a date is read part by part. */
static void test_dates__no_byte_of_a_date_is_taken_for_another(void **state)
{
    char text[] = " 2026-10-16T09:30:00Z";
    struct span whole = span_of(text), at_once = span_from(whole, 1);
    struct moment once, parts;

    (void)state;
    for (size_t at = 1; at < whole.len; at++)
        for (int byte = 1; byte < 256; byte++) {
            char before = text[at];
            bool read;
            text[at] = (char)byte;
            read = dates_parse(at_once, zone_utc(), NOW_MS, &once);
            assert_int_equal(read, dates_parse(whole, zone_utc(), NOW_MS, &parts));
            if (read)
                same_moment(at_once, &once, &parts);
            text[at] = before;
        }
}

/* %j is no plain directive: behind it the long way is gone. */
static void test_dates__plain_formats_print_what_others_do(void **state)
{
    static const char *const formats[] = {
        "%-d %B %Y",
        "%Y-%m-%d",
        "%e %b %y|%-e|%-y|%-m",
        "%A, %a",
        "%H:%M:%S %-H.%-M.%-S",
        "%I:%M %p %-I",
        "100 %% on %d.%m.",
        "é %d",
        "%-Y",
        "%-B",
    };
    static const char *const times[] = { "2026-10-06T09:05:07Z", "2024-02-29T23:59:59Z",
                                         "2005-01-01T00:00:00Z", "0999-11-30T12:00:00Z" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(formats) * COUNT_OF(times); i++) {
        const char *format = formats[i % COUNT_OF(formats)], *time = times[i / COUNT_OF(formats)];
        struct arena arena;
        const char *day, *expected;
        arena_init(&arena);
        day = shown(&arena, time, "%j", NULL);
        expected = arena_printf(&arena, "%s%s", day, shown(&arena, time, format, NULL));
        assert_string_equal(shown(&arena, time, arena_printf(&arena, "%%j%s", format), NULL),
                            expected);
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates__one_moment_reads_the_same_in_every_form),
        cmocka_unit_test(test_dates__what_only_looks_like_one_is_left_alone),
        cmocka_unit_test(test_dates__no_byte_of_a_date_is_taken_for_another),
        cmocka_unit_test(test_dates__plain_formats_print_what_others_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
