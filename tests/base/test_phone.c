/* tests/base/test_phone.c - numbers as people write them, and what is no number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/attr.h"
#include "core/base/phone.h"

static const struct {
    const char *text, *region, *e164; /* e164 NULL = no number */
} rows[] = {
    { "+49 151 1234 5678", NULL, "+4915112345678" },
    { "0151/12345678", "DE", "+4915112345678" },
    { "0151 123 456 78", "de", "+4915112345678" },
    { "0049 151 12345678", "DE", "+4915112345678" },
    { "+49 (0) 151 12345678", NULL, "+4915112345678" },
    { "(415) 555-2671", "US", "+14155552671" },
    { "+1 415 555 0100", NULL, "+14155550100" },
    { "+1 212 555 0199", "DE", "+12125550199" },
    { "020 7946 0958", "GB", "+442079460958" },
    { "+39 06 698 12345", NULL, "+390669812345" },
    { "'+4915112345678", NULL, "+4915112345678" },
    { "\xEF\xBC\x8B\xEF\xBC\x94\xEF\xBC\x99 151 12345678", NULL, "+4915112345678" },
    { "0151 12345678", NULL, NULL },
    { "0151 12345678", "XX", NULL },
    { "0151 12345678", "GERMANY", NULL },
    { "555-0100", "US", NULL },
    { "110", "DE", NULL },
    { "+1234", NULL, NULL },
    { "+49 151 1234567890123", NULL, NULL },
    { "+999 1234567890", NULL, NULL },
    { "sam@example.com", "DE", NULL },
    { "", "DE", NULL },
    { NULL, "DE", NULL },
    { "+", NULL, NULL },
    { "+49151\r\n12345678", NULL, NULL },
    { "\xFF\xFE\xC3(", "DE", NULL },
};

static void test_phone__becomes_e164_or_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char out[PHONE_TEXT_BYTES] = "left over";
        bool good = phone_e164(rows[i].text, rows[i].region, out);
        if (good != (rows[i].e164 != NULL))
            fail_msg("row %zu: \"%s\"", i, out);
        assert_string_equal(out, good ? rows[i].e164 : "");
    }
}

static void test_phone__e164_stays_as_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char out[PHONE_TEXT_BYTES];
        if (!rows[i].e164)
            continue;
        assert_true(phone_e164(rows[i].e164, NULL, out));
        assert_string_equal(out, rows[i].e164);
    }
}

static void test_phone__any_bytes_are_survived(void **state)
{
    uint32_t seed = 3;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        char text[120], out[PHONE_TEXT_BYTES], region[4];
        size_t len = (size_t)round % (sizeof(text) - 1);
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = (char)(seed >> 16 & 1 ? '0' + (seed >> 20) % 10 : (seed >> 24) | 1);
        }
        text[len] = '\0';
        if (phone_e164(text, "DE", out)) {
            assert_int_equal(out[0], '+');
            assert_in_range(strlen(out), 8, 16);
            assert_int_equal(strspn(out + 1, "0123456789"), strlen(out) - 1);
        }
        phone_region(text, region);
    }
}

static void test_phone__knows_the_country(void **state)
{
    static const struct {
        const char *e164, *region;
    } regions[] = {
        { "+4915112345678", "DE" }, { "+14155552671", "US" },
        { "+442079460958", "GB" },  { "+80012345678", "" },
        { "+999123456789", "" },    { "", "" },
        { "nonsense", "" },         { NULL, "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(regions); i++) {
        char region[4] = "xyz";
        phone_region(regions[i].e164, region);
        assert_string_equal(region, regions[i].region);
    }
}

static void test_phone__is_readable_without_its_extension(void **state)
{
    static const struct {
        const char *text, *region, *readable;
    } shown[] = {
        { "0151/12345678", "DE", "+49 1511 2345678" },
        { "+14155552671;ext=12", NULL, "+1 415-555-2671" },
        { "+39 06 698 12345", NULL, "+39 06 6981 2345" },
        { "110", "DE", "" },
        { NULL, NULL, "" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(shown); i++) {
        char out[PHONE_READABLE_BYTES];
        assert_int_equal(phone_readable(shown[i].text, shown[i].region, out),
                         shown[i].readable[0] != '\0');
        assert_string_equal(out, shown[i].readable);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phone__becomes_e164_or_nothing),
        cmocka_unit_test(test_phone__e164_stays_as_it_is),
        cmocka_unit_test(test_phone__any_bytes_are_survived),
        cmocka_unit_test(test_phone__knows_the_country),
        cmocka_unit_test(test_phone__is_readable_without_its_extension),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
