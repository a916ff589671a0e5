/* tests/engine/test_rate.c - intervals against values computed independently, medians by hand. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "core/base/attr.h"
#include "core/engine/rate.h"

static const struct {
    int64_t hits, trials;
    double low, high;
} intervals[] = {
    { 0, 0, 0, 1 },
    { 0, 10, 0, 0.2775328 },
    { 1, 10, 0.0178762, 0.4041500 },
    { 5, 10, 0.2365931, 0.7634069 },
    { 10, 10, 0.7224672, 1 },
    { 81, 263, 0.2552885, 0.3662096 },
    { 3, 100, 0.0102545, 0.0845194 },
    { 12, 10, 0.7224672, 1 },
    { -1, 10, 0, 0.2775328 },
};

static void test_rate__gives_the_wilson_interval(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(intervals); i++) {
        struct rate rate = rate_wilson(intervals[i].hits, intervals[i].trials);

        assert_float_equal((float)rate.low, (float)intervals[i].low, 1e-6f);
        assert_float_equal((float)rate.high, (float)intervals[i].high, 1e-6f);
        assert_true(rate.low <= rate.rate && rate.rate <= rate.high);
    }
}

static const struct {
    int64_t values[6];
    size_t count;
    int64_t median;
} medians[] = {
    { { 0 }, 0, 0 },
    { { 7 }, 1, 7 },
    { { 9, 1 }, 2, 5 },
    { { 3, 1, 2 }, 3, 2 },
    { { 10, 2, 4, 8 }, 4, 6 },
    { { -5, -3 }, 2, -4 },
    { { INT64_MAX, INT64_MAX }, 2, INT64_MAX },
    { { INT64_MAX, INT64_MIN, 0 }, 3, 0 },
    { { 5, 5, 5, 1, 9, 5 }, 6, 5 },
};

static void test_rate__takes_the_middle_of_unsorted_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(medians); i++) {
        int64_t values[6];

        for (size_t j = 0; j < 6; j++)
            values[j] = medians[i].values[j];
        assert_int_equal(rate_median(values, medians[i].count), medians[i].median);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rate__gives_the_wilson_interval),
        cmocka_unit_test(test_rate__takes_the_middle_of_unsorted_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
