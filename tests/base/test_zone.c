/* tests/base/test_zone.c - clock changes of 2026-27 and of 2060, where only the footer knows them.
 * The expected values come from another reader of the same data (Python's zoneinfo, tzdata 2025b). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/base/str.h"
#include "core/base/zone.h"
#include "core/base/zone_file.h"

static const struct {
    const char *zone;
    int64_t utc_s;
    const char *iso, *abbreviation;
    bool dst;
} rows[] = {
    { "Europe/Berlin", 1767225600, "2026-01-01T01:00:00+01:00", "CET", false },
    { "Europe/Berlin", 1774745999, "2026-03-29T01:59:59+01:00", "CET", false },
    { "Europe/Berlin", 1774746000, "2026-03-29T03:00:00+02:00", "CEST", true },
    { "Europe/Berlin", 1792889999, "2026-10-25T02:59:59+02:00", "CEST", true },
    { "Europe/Berlin", 1792890000, "2026-10-25T02:00:00+01:00", "CET", false },
    { "Europe/Berlin", 1806195599, "2027-03-28T01:59:59+01:00", "CET", false },
    { "Europe/Berlin", 1806195600, "2027-03-28T03:00:00+02:00", "CEST", true },
    { "Europe/Berlin", 1824944399, "2027-10-31T02:59:59+02:00", "CEST", true },
    { "Europe/Berlin", 1824944400, "2027-10-31T02:00:00+01:00", "CET", false },
    { "Europe/Berlin", 2840140800, "2060-01-01T01:00:00+01:00", "CET", false },
    { "Europe/Berlin", 2847661199, "2060-03-28T01:59:59+01:00", "CET", false },
    { "Europe/Berlin", 2847661200, "2060-03-28T03:00:00+02:00", "CEST", true },
    { "Europe/Berlin", 2866409999, "2060-10-31T02:59:59+02:00", "CEST", true },
    { "Europe/Berlin", 2866410000, "2060-10-31T02:00:00+01:00", "CET", false },
    { "America/New_York", 1767225600, "2025-12-31T19:00:00-05:00", "EST", false },
    { "America/New_York", 1772953199, "2026-03-08T01:59:59-05:00", "EST", false },
    { "America/New_York", 1772953200, "2026-03-08T03:00:00-04:00", "EDT", true },
    { "America/New_York", 1793512799, "2026-11-01T01:59:59-04:00", "EDT", true },
    { "America/New_York", 1793512800, "2026-11-01T01:00:00-05:00", "EST", false },
    { "America/New_York", 1805007599, "2027-03-14T01:59:59-05:00", "EST", false },
    { "America/New_York", 1805007600, "2027-03-14T03:00:00-04:00", "EDT", true },
    { "America/New_York", 1825567199, "2027-11-07T01:59:59-04:00", "EDT", true },
    { "America/New_York", 1825567200, "2027-11-07T01:00:00-05:00", "EST", false },
    { "America/New_York", 2840140800, "2059-12-31T19:00:00-05:00", "EST", false },
    { "America/New_York", 2846473199, "2060-03-14T01:59:59-05:00", "EST", false },
    { "America/New_York", 2846473200, "2060-03-14T03:00:00-04:00", "EDT", true },
    { "America/New_York", 2867032799, "2060-11-07T01:59:59-04:00", "EDT", true },
    { "America/New_York", 2867032800, "2060-11-07T01:00:00-05:00", "EST", false },
    { "Australia/Lord_Howe", 1767225600, "2026-01-01T11:00:00+11:00", "+11", true },
    { "Australia/Lord_Howe", 1775314799, "2026-04-05T01:59:59+11:00", "+11", true },
    { "Australia/Lord_Howe", 1775314800, "2026-04-05T01:30:00+10:30", "+1030", false },
    { "Australia/Lord_Howe", 1791041399, "2026-10-04T01:59:59+10:30", "+1030", false },
    { "Australia/Lord_Howe", 1791041400, "2026-10-04T02:30:00+11:00", "+11", true },
    { "Australia/Lord_Howe", 1806764399, "2027-04-04T01:59:59+11:00", "+11", true },
    { "Australia/Lord_Howe", 1806764400, "2027-04-04T01:30:00+10:30", "+1030", false },
    { "Australia/Lord_Howe", 1822490999, "2027-10-03T01:59:59+10:30", "+1030", false },
    { "Australia/Lord_Howe", 1822491000, "2027-10-03T02:30:00+11:00", "+11", true },
    { "Australia/Lord_Howe", 2840140800, "2060-01-01T11:00:00+11:00", "+11", true },
    { "Australia/Lord_Howe", 2848229999, "2060-04-04T01:59:59+11:00", "+11", true },
    { "Australia/Lord_Howe", 2848230000, "2060-04-04T01:30:00+10:30", "+1030", false },
    { "Australia/Lord_Howe", 2863956599, "2060-10-03T01:59:59+10:30", "+1030", false },
    { "Australia/Lord_Howe", 2863956600, "2060-10-03T02:30:00+11:00", "+11", true },
    { "Pacific/Apia", 1767225600, "2026-01-01T13:00:00+13:00", "+13", false },
    { "Pacific/Apia", 2840140800, "2060-01-01T13:00:00+13:00", "+13", false },
    { "Africa/Casablanca", 1767225600, "2026-01-01T01:00:00+01:00", "+01", false },
    { "Africa/Casablanca", 1771120799, "2026-02-15T02:59:59+01:00", "+01", false },
    { "Africa/Casablanca", 1771120800, "2026-02-15T02:00:00+00:00", "+00", true },
    { "Africa/Casablanca", 1774144799, "2026-03-22T01:59:59+00:00", "+00", true },
    { "Africa/Casablanca", 1774144800, "2026-03-22T03:00:00+01:00", "+01", false },
    { "Africa/Casablanca", 1801965599, "2027-02-07T02:59:59+01:00", "+01", false },
    { "Africa/Casablanca", 1801965600, "2027-02-07T02:00:00+00:00", "+00", true },
    { "Africa/Casablanca", 1804989599, "2027-03-14T01:59:59+00:00", "+00", true },
    { "Africa/Casablanca", 1804989600, "2027-03-14T03:00:00+01:00", "+01", false },
    { "Africa/Casablanca", 2840140800, "2060-01-01T01:00:00+01:00", "+01", false },
    { "Africa/Casablanca", 2842826399, "2060-02-01T02:59:59+01:00", "+01", false },
    { "Africa/Casablanca", 2842826400, "2060-02-01T02:00:00+00:00", "+00", true },
    { "Africa/Casablanca", 2845850399, "2060-03-07T01:59:59+00:00", "+00", true },
    { "Africa/Casablanca", 2845850400, "2060-03-07T03:00:00+01:00", "+01", false },
    { "Asia/Kathmandu", 1767225600, "2026-01-01T05:45:00+05:45", "+0545", false },
    { "Asia/Kathmandu", 2840140800, "2060-01-01T05:45:00+05:45", "+0545", false },
    { "Pacific/Apia", 1325239199, "2011-12-29T23:59:59-10:00", "-10", true },
    { "Pacific/Apia", 1325239200, "2011-12-31T00:00:00+14:00", "+14", true },
    { "Europe/Berlin", -1700000000, "1916-02-18T02:46:40+01:00", "CET", false },
    { "UTC", 0, "1970-01-01T00:00:00+00:00", "UTC", false },
    { "UTC", -1, "1969-12-31T23:59:59+00:00", "UTC", false },
    { "UTC", 951782400, "2000-02-29T00:00:00+00:00", "UTC", false },
    { "Etc/GMT+5", 1790000000, "2026-09-21T09:13:20-05:00", "-05", false },
};

static void test_zone__shows_local_time_on_both_sides_of_every_change(void **state)
{
    char text[32];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = { 0 };
        const struct zone *zone = zone_find(rows[i].zone, &err);
        struct local_time at;
        if (!zone)
            fail_msg("%s", err.text);
        zone_to_local(zone, rows[i].utc_s * 1000 + 999, &at);
        assert_string_equal(zone_iso(zone, rows[i].utc_s * 1000 + 999, text), rows[i].iso);
        assert_string_equal(at.abbreviation, rows[i].abbreviation);
        assert_int_equal(at.dst, rows[i].dst);
        assert_int_equal(at.ms, 999);
    }
}

/* Local "year month day hour minute second" to UTC seconds. */
static const struct {
    const char *zone;
    int at[6];
    int64_t utc_s;
} back_rows[] = {
    /* plain */
    { "Europe/Berlin", { 2026, 11, 21, 9, 0, 0 }, 1795248000 },
    { "Asia/Kathmandu", { 2026, 1, 1, 5, 45, 0 }, 1767225600 },
    { "Europe/Berlin", { 2060, 7, 1, 12, 0, 0 }, 2855901600 },
    /* a repeated hour: its first pass */
    { "Europe/Berlin", { 2026, 10, 25, 2, 0, 0 }, 1792886400 },
    { "Europe/Berlin", { 2026, 10, 25, 2, 30, 0 }, 1792888200 },
    { "Europe/Berlin", { 2026, 10, 25, 3, 0, 0 }, 1792893600 },
    { "America/New_York", { 2027, 11, 7, 1, 59, 59 }, 1825567199 },
    { "America/New_York", { 2060, 11, 7, 1, 30, 0 }, 2867031000 },
    { "Australia/Lord_Howe", { 2026, 4, 5, 1, 45, 0 }, 1775313900 },
    { "Australia/Lord_Howe", { 2026, 4, 5, 1, 29, 59 }, 1775312999 },
    { "Australia/Lord_Howe", { 2026, 4, 5, 2, 0, 0 }, 1775316600 },
    { "Africa/Casablanca", { 2027, 2, 7, 2, 15, 0 }, 1801962900 },
    /* a missing hour: the first instant after it */
    { "Europe/Berlin", { 2026, 3, 29, 2, 0, 0 }, 1774746000 },
    { "Europe/Berlin", { 2026, 3, 29, 2, 59, 59 }, 1774746000 },
    { "Europe/Berlin", { 2026, 3, 29, 3, 0, 0 }, 1774746000 },
    { "America/New_York", { 2027, 3, 14, 2, 30, 0 }, 1805007600 },
    { "Europe/Berlin", { 2060, 3, 28, 2, 30, 0 }, 2847661200 },
    { "Australia/Lord_Howe", { 2026, 10, 4, 2, 15, 0 }, 1791041400 },
    { "Australia/Lord_Howe", { 2026, 10, 4, 2, 30, 0 }, 1791041400 },
    { "Africa/Casablanca", { 2027, 3, 14, 2, 30, 0 }, 1804989600 },
    { "Pacific/Apia", { 2011, 12, 30, 12, 0, 0 }, 1325239200 },
    /* fields past their end run over */
    { "Europe/Berlin", { 2026, 12, 32, 9, 0, 0 }, 1798790400 },
    { "Europe/Berlin", { 2026, 13, 1, 9, 0, 0 }, 1798790400 },
    { "Europe/Berlin", { 2027, 1, 0, 33, 0, 0 }, 1798790400 },
};

static void test_zone__takes_the_first_pass_and_the_first_instant_after_a_gap(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(back_rows); i++) {
        const int *at = back_rows[i].at;
        struct local_time local = { .year = at[0],
                                    .month = at[1],
                                    .day = at[2],
                                    .hour = at[3],
                                    .minute = at[4],
                                    .second = at[5] };
        int64_t utc_ms = zone_to_utc(zone_find(back_rows[i].zone, NULL), &local);
        if (utc_ms != back_rows[i].utc_s * 1000)
            fail_msg("row %zu: %lld", i, (long long)utc_ms / 1000);
    }
}

static void test_zone__every_quarter_of_an_hour_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct zone *zone = zone_find(rows[i].zone, NULL);
        for (int64_t step = -8; step <= 8; step++) {
            int64_t utc_ms = rows[i].utc_s * 1000 + step * 900000 + 7, again;
            struct local_time local, other;
            zone_to_local(zone, utc_ms, &local);
            again = zone_to_utc(zone, &local);
            zone_to_local(zone, again, &other);
            assert_true(again <= utc_ms && utc_ms - again <= 3600000);
            assert_int_equal(other.hour, local.hour);
            assert_int_equal(other.minute, local.minute);
            assert_int_equal(other.ms, local.ms);
        }
    }
}

static void test_zone__refuses_names_that_are_none(void **state)
{
    static const char *const bad[] = {
        "",
        "Europe/Atlantis",
        "../../etc/passwd",
        "/etc/passwd",
        "Europe/../UTC",
        "Europe//Berlin",
        "Europe/",
        "Europe",
        "tzdata.zi",
        "Europe/Berl\xC3\xADn",
        "a b",
        "Europe/Berlin\n",
        "right/Europe/Berlin",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct err err = { 0 };
        if (zone_find(bad[i], &err))
            fail_msg("\"%s\" was taken", bad[i]);
        assert_int_equal(err.code, ERR_INPUT);
    }
}

static void test_zone__is_loaded_once(void **state)
{
    (void)state;
    assert_ptr_equal(zone_find("Asia/Tokyo", NULL), zone_find("Asia/Tokyo", NULL));
    assert_ptr_equal(zone_find("UTC", NULL), zone_utc());
    assert_string_equal(zone_name(zone_find("Asia/Tokyo", NULL)), "Asia/Tokyo");
}

static void *find_zones(void *found)
{
    static const char *const names[] = { "Asia/Almaty", "America/Lima", "Africa/Cairo",
                                         "Asia/Gaza" };
    const struct zone **out = found;

    for (size_t i = 0; i < 400; i++)
        out[i % 4] = zone_find(names[i % 4], NULL);
    return NULL;
}

static void test_zone__threads_share_one_zone(void **state)
{
    const struct zone *found[4][4] = { 0 };
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, find_zones, found[i]), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 1; i < 4; i++)
        assert_memory_equal(found[i], found[0], sizeof(found[0]));
    assert_non_null(found[0][3]);
}

static void test_zone__dates_and_days_are_inverse(void **state)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t expected = zone_days_of(-401, 1, 1);

    (void)state;
    assert_true(zone_days_of(1970, 1, 1) == 0);
    assert_true(zone_days_of(2000, 3, 1) == 11017);
    assert_true(zone_days_of(1600, 2, 29) == -135081);
    for (int year = -401; year <= 2805; year++) {
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && leap);
            for (int day = 1; day <= length; day++, expected++) {
                int y, m, d;
                zone_date_of(expected, &y, &m, &d);
                if (zone_days_of(year, month, day) != expected || y != year || m != month ||
                    d != day)
                    fail_msg("%d-%d-%d", year, month, day);
            }
        }
    }
}

static void test_zone__survives_the_ends_of_time(void **state)
{
    static const int64_t times[] = { INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX };
    static const char *const names[] = { "UTC", "Europe/Berlin", "Pacific/Apia" };
    struct local_time at = { .year = INT32_MAX,
                             .month = INT32_MAX,
                             .day = INT32_MAX,
                             .hour = INT32_MAX,
                             .minute = INT32_MAX,
                             .second = INT32_MAX };
    char text[40];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct zone *zone = zone_find(names[i], NULL);
        struct local_time low = { .year = INT32_MIN,
                                  .month = INT32_MIN,
                                  .day = INT32_MIN,
                                  .hour = INT32_MIN,
                                  .minute = INT32_MIN,
                                  .second = INT32_MIN };
        assert_true(zone_to_utc(zone, &at) > zone_to_utc(zone, &low));
        for (size_t t = 0; t < COUNT_OF(times); t++) {
            struct local_time out;
            zone_to_local(zone, times[t], &out);
            assert_in_range(out.month, 1, 12);
            assert_in_range(out.weekday, 0, 6);
            assert_in_range(out.yearday, 1, 366);
            zone_iso(zone, times[t], text);
            zone_human(zone, times[t], text);
            zone_rfc5322(zone, times[t], text);
        }
    }
}

static void test_zone__is_written_in_three_forms(void **state)
{
    const struct zone *berlin = zone_find("Europe/Berlin", NULL);
    const struct zone *st_johns = zone_find("America/St_Johns", NULL);
    const int64_t ms = INT64_C(1795248000000);
    char text[40];

    (void)state;
    assert_string_equal(zone_iso(berlin, ms, text), "2026-11-21T09:00:00+01:00");
    assert_string_equal(zone_human(berlin, ms, text), "Sat 21 Nov 2026, 09:00");
    assert_string_equal(zone_rfc5322(berlin, ms, text), "Sat, 21 Nov 2026 09:00:00 +0100");
    assert_string_equal(zone_rfc5322(st_johns, ms, text), "Sat, 21 Nov 2026 04:30:00 -0330");
    assert_string_equal(zone_iso(zone_utc(), 0, text), "1970-01-01T00:00:00+00:00");
}

static const struct {
    const char *text;
    bool good;
} rule_rows[] = {
    { "UTC0", true },
    { "<+0545>-5:45", true },
    { "CET-1CEST,M3.5.0,M10.5.0/3", true },
    { "IST-1GMT0,M10.5.0,M3.5.0/1", true },
    { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true },
    { "EET-2EEST,M3.4.4/50,M10.4.4/50", true },
    { "EST5EDT,0/0,J365/25", true },
    { "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", true },
    { "", false },
    { "CET", false },
    { "C1", false },
    { "CET-1x", false },
    { "CET-25", false },
    { "CET-1:60", false },
    { "CET-1CEST", false },
    { "CET-1CEST,M3.5.0", false },
    { "CET-1CEST,M13.5.0,M10.5.0/3", false },
    { "CET-1CEST,M3.6.0,M10.5.0/3", false },
    { "CET-1CEST,M3.5.7,M10.5.0/3", false },
    { "CET-1CEST,M3.5,M10.5.0/3", false },
    { "CET-1CEST,J0,J366", false },
    { "CET-1CEST,366,1", false },
    { "CET-1CEST,M3.5.0/168,M10.5.0", false },
    { "CET-1CEST,M3.5.0,M10.5.0/3 ", false },
    { "<+05-5", false },
    { "99999999999", false },
};

static void test_zone__reads_posix_rules(void **state)
{
    struct zone_rule rule;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rule_rows); i++)
        if (zone_rule_parse(span_of(rule_rows[i].text), &rule) != rule_rows[i].good)
            fail_msg("%s", rule_rows[i].text);
    assert_true(zone_rule_parse(span_of("EST5EDT,0/0,J365/25"), &rule));
    for (int64_t day = 0; day < 366 * 4; day++)
        assert_true(zone_rule_period(&rule, 1767225600 + day * 86400 + 18000).type->dst);
}

static void add_big(struct str *out, uint64_t value, int bytes)
{
    while (bytes-- > 0)
        str_add_char(out, (char)(value >> (8 * bytes)));
}

static void add_header(struct str *out, uint64_t times, uint64_t types, uint64_t chars)
{
    str_add_text(out, "TZif2");
    add_big(out, 0, 8);
    add_big(out, 0, 7);
    add_big(out, 0, 4);
    add_big(out, 0, 4);
    add_big(out, 0, 4);
    add_big(out, times, 4);
    add_big(out, types, 4);
    add_big(out, chars, 4);
}

/* A slim file of Berlin: one change, in 1996, and the footer for all later ones. */
static void make_slim(struct str *out)
{
    str_init(out, 1000);
    add_header(out, 0, 1, 4);
    add_big(out, 0, 6);
    str_add(out, "XXX", 4);
    add_header(out, 1, 2, 9);
    add_big(out, 846378000, 8);
    add_big(out, 0, 1);
    add_big(out, 3600, 4);
    add_big(out, 0, 2);
    add_big(out, 7200, 4);
    add_big(out, 0x0104, 2);
    str_add(out, "CET\0CEST", 9);
    str_add_text(out, "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
}

static void test_zone__slim_files_say_the_same_as_fat_ones(void **state)
{
    const struct zone *fat = zone_find("Europe/Berlin", NULL);
    struct zone *slim;
    struct str bytes;

    (void)state;
    make_slim(&bytes);
    slim = zone_parse(str_span(&bytes), "slim", NULL);
    assert_non_null(slim);
    for (int64_t s = 850000000; s < INT64_C(4000000000); s += 40007) {
        struct local_time a, b;
        zone_to_local(fat, s * 1000, &a);
        zone_to_local(slim, s * 1000, &b);
        assert_int_equal(a.offset_s, b.offset_s);
        assert_int_equal(a.dst, b.dst);
        assert_string_equal(a.abbreviation, b.abbreviation);
        assert_true(zone_to_utc(fat, &a) == zone_to_utc(slim, &b));
    }
    zone_destroy(slim);
    str_finish(&bytes);
}

static void test_zone__broken_files_are_refused_without_harm(void **state)
{
    struct str bytes;

    (void)state;
    make_slim(&bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        char *exact = malloc(len ? len : 1); /* so that the sanitizer sees a step too far */
        memcpy(exact, bytes.data, len);
        assert_null(zone_parse(span_make(exact, len), "cut", NULL));
        free(exact);
    }
    for (size_t at = 0; at < bytes.len; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct zone *zone;
            bytes.data[at] = (char)(bytes.data[at] ^ (1 << bit));
            zone = zone_parse(str_span(&bytes), "bent", NULL);
            if (zone)
                zone_period_at(zone, 1790000000);
            zone_destroy(zone);
            bytes.data[at] = (char)(bytes.data[at] ^ (1 << bit));
        }
    }
    str_finish(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zone__shows_local_time_on_both_sides_of_every_change),
        cmocka_unit_test(test_zone__takes_the_first_pass_and_the_first_instant_after_a_gap),
        cmocka_unit_test(test_zone__every_quarter_of_an_hour_comes_back),
        cmocka_unit_test(test_zone__refuses_names_that_are_none),
        cmocka_unit_test(test_zone__is_loaded_once),
        cmocka_unit_test(test_zone__threads_share_one_zone),
        cmocka_unit_test(test_zone__dates_and_days_are_inverse),
        cmocka_unit_test(test_zone__survives_the_ends_of_time),
        cmocka_unit_test(test_zone__is_written_in_three_forms),
        cmocka_unit_test(test_zone__reads_posix_rules),
        cmocka_unit_test(test_zone__slim_files_say_the_same_as_fat_ones),
        cmocka_unit_test(test_zone__broken_files_are_refused_without_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
