/* tests/templates/test_locale.c - dates and amounts in the language of the message; how far away a date
 * is; numbers to dial. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "support.h"

#define NBSP "\xc2\xa0"
#define NARROW "\xe2\x80\xaf"

struct row {
    const char *locale, *zone, *template, *expected;
};

/* now: Saturday 21 November 2026, 09:00 UTC */
static const char *said(struct arena *arena, const struct row *row, enum template_part part)
{
    struct template_options options = { .part = part, .lax = true };
    struct template_problems problems = { 0 };
    struct template_problem problem;
    struct render_context context = { .now_ms = NOW_MS, .locale = row->locale };
    struct template *template =
        template_compile(span_of(row->template), &options, arena, &problems);
    const char *text = "";
    struct span out;

    assert_non_null(template);
    context.data = value_map(NULL, 0);
    context.zone = row->zone ? zone_find(row->zone, NULL) : NULL;
    if (template_render(template, &context, arena, &out, &problem) == 0)
        text = arena_dup_span(arena, out);
    template_destroy(template);
    return text;
}

static void check_rows(const struct row *rows, size_t count, enum template_part part)
{
    for (size_t i = 0; i < count; i++) {
        struct arena arena;

        arena_init(&arena);
        if (strcmp(said(&arena, &rows[i], part), rows[i].expected) != 0)
            print_error("row %zu: %s\n", i, rows[i].template);
        assert_string_equal(said(&arena, &rows[i], part), rows[i].expected);
        arena_finish(&arena);
    }
}

static void test_date__has_the_names_of_the_language(void **state)
{
    static const struct row rows[] = {
        { NULL, NULL, "{{ '2026-03-14' | date: '%A %-d %B, %a %b' }}",
          "Saturday 14 March, Sat Mar" },
        { "en-GB", NULL, "{{ '2026-03-14' | date: '%A %-d %B' }}", "Saturday 14 March" },
        { "da", NULL, "{{ '2026-03-14' | date: '%A den %-d. %B, %a %b' }}",
          "lørdag den 14. marts, lør mar" },
        { "de_AT.UTF-8", NULL, "{{ '2026-03-14' | date: '%A, %-d. %B, %a %b, %^B %^a' }}",
          "Samstag, 14. März, Sa Mär, MÄRZ SA" },
        { "fr-CH", NULL, "{{ '2026-08-16' | date: '%A %-d %B, %a %b' }}",
          "dimanche 16 août, dim. août" },
        { "ES", NULL, "{{ '2026-01-07' | date: '%A %-d de %B, %a %b' }}",
          "miércoles 7 de enero, mié ene" },
        { "de", NULL, "[{{ '2026-03-14' | date: '%6B' }}]", "[  März]" },
        { "den", NULL, "{{ '2026-03-14' | date: '%B' }}", "March" },
        { "xx", NULL, "{{ '2026-03-14' | date: '%B' }}", "March" },
        { "", NULL, "{{ '2026-03-14' | date: '%B' }}", "March" },
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows), PART_TEXT);
}

static void test_money__has_the_digits_of_the_currency_and_the_signs_of_the_language(void **state)
{
    static const struct row rows[] = {
        { NULL, NULL, "{{ 1234.5 | money: 'EUR' }}", "€1,234.50" },
        { NULL, NULL, "{{ '1900.505' | money: 'USD' }}", "$1,900.51" },
        { NULL, NULL, "{{ 999999.995 | money: 'GBP' }} {{ 9.999 | money: 'GBP' }}",
          "£1,000,000.00 £10.00" },
        { NULL, NULL, "{{ 1.005 | money: 'EUR' }} {{ 0.004 | money: 'EUR' }}", "€1.01 €0.00" },
        { NULL, NULL, "{{ -12 | money: 'EUR' }} {{ '007' | money: 'EUR' }}", "-€12.00 €7.00" },
        { NULL, NULL, "{{ 1234567.5 | money: 'JPY' }} {{ 1.2345 | money: 'KWD' }}",
          "¥1,234,568 KWD" NBSP "1.235" },
        { NULL, NULL, "{{ 1234 | money: 'CHF' }} {{ 123 | money: 'ZMW' }}",
          "CHF" NBSP "1,234.00 ZMW" NBSP "123.00" },
        { "da", NULL, "{{ 1234.5 | money: 'DKK' }}", "1.234,50" NBSP "DKK" },
        { "de", NULL, "{{ -1234567 | money: 'EUR' }}", "-1.234.567,00" NBSP "€" },
        { "fr", NULL, "{{ 12345.6 | money: 'EUR' }}", "12" NARROW "345,60" NBSP "€" },
        { "es", NULL, "{{ 1234.5 | money: 'EUR' }} {{ 12345 | money: 'EUR' }}",
          "1234,50" NBSP "€ 12.345,00" NBSP "€" },
        { NULL, NULL, "[{{ nothing | money: 'EUR' }}]", "[]" },
        { NULL, NULL, "{{ 1 | money: 'EURO' }}",
          "Liquid error (line 1): 'EURO' is no currency: it takes an ISO code like EUR" },
        { NULL, NULL, "{{ 1 | money: 'D A' }}{{ 1 | money: 'eur' }}",
          "Liquid error (line 1): 'D A' is no currency: it takes an ISO code like EUR"
          "Liquid error (line 1): 'eur' is no currency: it takes an ISO code like EUR" },
        { NULL, NULL, "{{ '1,900' | money: 'EUR' }}",
          "Liquid error (line 1): '1,900' is no amount: it takes digits and a point, like "
          "1900.50" },
        { NULL, NULL, "{{ '1234567890123456789' | money: 'EUR' }}",
          "Liquid error (line 1): '1234567890123456789' is no amount: it takes digits and a point, "
          "like 1900.50" },
        { NULL, NULL, "{{ '' | money: 'EUR' }}{{ '-' | money: 'EUR' }}{{ '.5' | money: 'EUR' }}",
          "Liquid error (line 1): '' is no amount: it takes digits and a point, like 1900.50"
          "Liquid error (line 1): '-' is no amount: it takes digits and a point, like 1900.50"
          "Liquid error (line 1): '.5' is no amount: it takes digits and a point, like 1900.50" },
    };
    static const struct row sms[] = {
        { "fr", NULL, "{{ 12345.6 | money: 'EUR' }}", "12 345,60 €" },
        { NULL, NULL, "{{ 12345.6 | money: 'CHF' }}", "CHF 12,345.60" },
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows), PART_TEXT);
    check_rows(sms, COUNT_OF(sms), PART_SMS);
}

static void test_time_ago__counts_days_in_the_zone_of_the_prospect(void **state)
{
    static const struct row rows[] = {
        { NULL, NULL,
          "{{ 'now' | time_ago }} {{ '2026-11-20' | time_ago }} {{ '2026-11-22' | time_ago }}",
          "today yesterday tomorrow" },
        { NULL, NULL, "{{ '2026-11-18' | time_ago }} {{ '2026-11-08' | time_ago }}",
          "3 days ago 13 days ago" },
        { NULL, NULL, "{{ '2026-11-07' | time_ago }} {{ '2026-09-22' | time_ago }}",
          "2 weeks ago 8 weeks ago" },
        { NULL, NULL, "{{ '2026-09-21' | time_ago }} {{ '2024-11-22' | time_ago }}",
          "2 months ago 23 months ago" },
        { NULL, NULL, "{{ '2024-11-21' | time_ago }} {{ '2031-01-01' | time_ago }}",
          "2 years ago in 4 years" },
        { NULL, NULL,
          "{{ '2026-11-24' | in_days }} {{ '2026-11-22' | in_days }} {{ 'today' | in_days }}",
          "in 3 days tomorrow today" },
        { NULL, NULL, "{{ '2026-10-06' | in_days }} {{ '2027-01-15' | in_days }}",
          "46 days ago in 55 days" },
        /* 09:00 UTC on the 21st is 22:00 there; the next day begins two hours later */
        { "en", "Pacific/Auckland",
          "{{ '2026-11-21T10:30:00Z' | in_days }} {{ '2026-11-21T11:30:00Z' | in_days }}",
          "today tomorrow" },
        { "en", "America/Los_Angeles", "{{ '2026-11-21T07:30:00Z' | time_ago }}", "yesterday" },
        { NULL, NULL, "[{{ nothing | time_ago }}{{ nothing | in_days }}]", "[]" },
        { NULL, NULL, "{{ 'soon' | in_days }}", "Liquid error (line 1): 'soon' is no date" },
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows), PART_TEXT);
}

static void test_phone__is_shown_as_people_read_it(void **state)
{
    static const struct row rows[] = {
        { NULL, NULL, "{{ '+4915112345678' | phone }}", "+49 1511 2345678" },
        { NULL, NULL, "{{ '(415) 555-2671' | phone: 'US' }}", "+1 415-555-2671" },
        { NULL, NULL, "{{ '020 7946 0958' | phone: 'gb' }}", "+44 20 7946 0958" },
        { NULL, NULL, "{{ '+1 415 555 2671 ext. 12' | phone }}", "+1 415-555-2671" },
        { NULL, NULL,
          "{{ '0151 12345678' | phone }}|{{ 'call me' | phone: 'DE' }}|{{ '' | phone }}",
          "0151 12345678|call me|" },
        { NULL, NULL, "[{{ nothing | phone }}]", "[]" },
    };

    (void)state;
    check_rows(rows, COUNT_OF(rows), PART_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_date__has_the_names_of_the_language),
        cmocka_unit_test(test_money__has_the_digits_of_the_currency_and_the_signs_of_the_language),
        cmocka_unit_test(test_time_ago__counts_days_in_the_zone_of_the_prospect),
        cmocka_unit_test(test_phone__is_shown_as_people_read_it),
    };

    return cmocka_run_group_tests_name("locale", tests, NULL, NULL);
}
