/* tests/engine/test_forgeries.c - who shows many bad tokens is not listened to for an hour; others are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/engine/forgeries.h"

#define NOW INT64_C(1796115600000)

static void test_forgeries__block_a_source_after_twenty_in_an_hour_and_say_so_once(void **state)
{
    static struct forgeries seen;
    struct span evil = span_of("evil.example"), good = span_of("good.example");
    int said = 0;

    (void)state;
    for (int i = 0; i < 40; i++)
        said += forgeries_add(&seen, evil, 1, NOW + i);
    assert_int_equal(said, 1);
    assert_true(forgeries_block(&seen, evil, NOW + 100));
    assert_false(forgeries_block(&seen, good, NOW + 100));
    assert_false(forgeries_block(&seen, evil, NOW + HOUR_MS));
}

static void test_forgeries__forget_a_few_after_an_hour(void **state)
{
    static struct forgeries seen;
    struct span source = span_of("old.example");

    (void)state;
    for (int hour = 0; hour < 10; hour++)
        assert_false(forgeries_add(&seen, source, FORGERIES_MAX - 1, NOW + hour * HOUR_MS));
    assert_false(forgeries_block(&seen, source, NOW + 9 * HOUR_MS + 1));
}

static void test_forgeries__count_many_at_once(void **state)
{
    static struct forgeries seen;

    (void)state;
    assert_true(forgeries_add(&seen, span_of("a"), 1000, NOW));
    assert_true(forgeries_block(&seen, span_of("a"), NOW));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forgeries__block_a_source_after_twenty_in_an_hour_and_say_so_once),
        cmocka_unit_test(test_forgeries__forget_a_few_after_an_hour),
        cmocka_unit_test(test_forgeries__count_many_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
