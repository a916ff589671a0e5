/* tests/base/test_id.c - ids are unique, ordered, and say where they belong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/id.h"

#define START_MS INT64_C(1800000000000)
#define THREADS 4
#define IDS_EACH 20000

static void test_id__carries_slot_and_time(void **state)
{
    struct clock clock;

    (void)state;
    clock_init_manual(&clock, START_MS);
    for (int slot = 0; slot < SLOT_COUNT; slot += 273) {
        int64_t id = id_next(&clock, slot);
        assert_true(id > 0);
        assert_int_equal(id_slot(id), slot);
        assert_true(id_time_ms(id) >= START_MS && id_time_ms(id) <= START_MS + 1);
    }
}

static void test_id__grows_even_when_the_clock_stands_or_goes_back(void **state)
{
    struct clock clock;
    int64_t last = 0;

    (void)state;
    clock_init_manual(&clock, START_MS + 1000);
    for (int i = 0; i < 1000; i++) {
        int64_t id = id_next(&clock, 7);
        assert_true(id > last);
        last = id;
        if (i == 500)
            clock_set(&clock, START_MS);
    }
    assert_true(id_time_ms(last) <= START_MS + 1000 + 1000 / 64 + 1);
}

static void test_id__holds_before_its_epoch(void **state)
{
    struct clock clock;

    (void)state;
    clock_init_manual(&clock, 0);
    assert_true(id_next(&clock, 0) > 0);
}

static void *make_ids(void *out)
{
    struct clock clock;
    int64_t *ids = out;

    clock_init_system(&clock);
    for (int i = 0; i < IDS_EACH; i++)
        ids[i] = id_next(&clock, 42);
    return NULL;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static void test_id__is_unique_across_threads(void **state)
{
    static int64_t ids[THREADS * IDS_EACH];
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_ids, ids + i * IDS_EACH), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    qsort(ids, COUNT_OF(ids), sizeof(ids[0]), compare_ids);
    for (size_t i = 1; i < COUNT_OF(ids); i++)
        assert_true(ids[i] > ids[i - 1]);
}

static void test_id__text_form_reads_back(void **state)
{
    static const int64_t ids[] = { 1, 31, 32, INT64_C(123456789012345678), INT64_MAX };
    char text[ID_TEXT_BYTES];
    int64_t back = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        assert_int_equal(strlen(id_text("to", ids[i], text)), 16);
        assert_true(id_parse("to", span_of(text), &back));
        assert_true(back == ids[i]);
        assert_false(id_parse("pr", span_of(text), &back));
    }
    assert_string_equal(id_text("pr", INT64_MAX, text), "pr_7zzzzzzzzzzzz");
    assert_true(id_parse("pr", span_of("PR_OOOOOOOOOOOIL"), &back) && back == 33);
}

static void test_id__refuses_other_text(void **state)
{
    static const char *const bad[] = {
        "",
        "to",
        "to_",
        "to_0000000000000",
        "to_000000000001",
        "to_00000000000011",
        "to_8000000000000",
        "to_zzzzzzzzzzzzz",
        "to_000000000000u",
        "to-0000000000001",
        "to_000000000000\xC3",
        " to_0000000000001",
    };
    int64_t id;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(id_parse("to", span_of(bad[i]), &id));
    assert_false(id_parse("to", span_make("to_000000000000\0", 16), &id));
    assert_false(id_parse("to", span_make(NULL, 0), &id));
}

static void test_id__slots_are_fixed_and_spread(void **state)
{
    int used[SLOT_COUNT] = { 0 }, empty = 0;
    char key[64];

    (void)state;
    assert_int_equal(id_slot_of(span_of("sam@example.com")), 2322);
    for (int i = 0; i < SLOT_COUNT * 8; i++) {
        int len = snprintf(key, sizeof(key), "person%d@example.com", i);
        used[id_slot_of(span_make(key, (size_t)len))]++;
    }
    for (int i = 0; i < SLOT_COUNT; i++)
        empty += used[i] == 0;
    assert_true(empty < SLOT_COUNT / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id__carries_slot_and_time),
        cmocka_unit_test(test_id__grows_even_when_the_clock_stands_or_goes_back),
        cmocka_unit_test(test_id__holds_before_its_epoch),
        cmocka_unit_test(test_id__is_unique_across_threads),
        cmocka_unit_test(test_id__text_form_reads_back),
        cmocka_unit_test(test_id__refuses_other_text),
        cmocka_unit_test(test_id__slots_are_fixed_and_spread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
