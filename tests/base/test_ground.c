/* tests/base/test_ground.c - arena, str, err, clock and the masks of log: what everything stands
 * on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/str.h"

static void test_arena__hands_out_zeroed_aligned_memory(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 3000; size += 7) {
            unsigned char *p = arena_alloc(&arena, size);
            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(p[i], 0);
            memset(p, 0xAA, size);
        }
        arena_reset(&arena);
        assert_int_equal(arena.used, 0);
    }
    memset(arena_alloc(&arena, 5 << 20), 1, 5 << 20);
    arena_finish(&arena);
}

static void test_arena__copies_text(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_null(arena_dup(&arena, NULL));
    assert_string_equal(arena_dup(&arena, "x"), "x");
    assert_string_equal(arena_dup_span(&arena, span_make("abc", 2)), "ab");
    assert_string_equal(arena_dup_span(&arena, span_make(NULL, 0)), "");
    assert_string_equal(arena_printf(&arena, "%d-%s", 7, "x"), "7-x");
    arena_finish(&arena);
}

static void test_str__past_its_limit_it_fails_for_good(void **state)
{
    struct str str;

    (void)state;
    str_init(&str, 5);
    str_add_text(&str, NULL);
    assert_string_equal(str_text(&str), "");
    str_add_text(&str, "abcde");
    assert_true(str_ok(&str));
    assert_string_equal(str_text(&str), "abcde");
    str_add_char(&str, 'f');
    assert_false(str_ok(&str));
    assert_null(str.data);
    str_add_text(&str, "a");
    assert_string_equal(str_text(&str), "");
    str_reset(&str);
    str_printf(&str, "%d", 12345);
    assert_true(str_ok(&str));
    assert_string_equal(str_text(&str), "12345");
    str_printf(&str, "%s", "x");
    assert_false(str_ok(&str));
    str_finish(&str);
}

static void test_str__grows_to_its_limit_exactly(void **state)
{
    struct str str;

    (void)state;
    str_init(&str, 100000);
    for (int i = 0; i < 100000; i++)
        str_add_char(&str, (char)('a' + i % 26));
    assert_true(str_ok(&str));
    assert_int_equal(str.len, 100000);
    assert_int_equal(strlen(str_text(&str)), 100000);
    assert_null(str_reserve(&str, 1));
    str_finish(&str);
}

static void test_err__is_one_printable_sentence(void **state)
{
    struct err err = { 0 };
    char long_text[2000];

    (void)state;
    assert_int_equal(err_set(&err, ERR_INPUT, "bad \x01%s", "thing"), -1);
    assert_string_equal(err.text, "bad  thing");
    assert_int_equal(err_wrap(&err, "file %d", 3), -1);
    assert_string_equal(err.text, "file 3: bad  thing");
    assert_int_equal(err.code, ERR_INPUT);
    assert_int_equal(err_set(NULL, ERR_INPUT, "nobody listens"), -1);
    assert_int_equal(err_wrap(NULL, "nobody"), -1);
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    err_set(&err, ERR_LIMIT, "%s", long_text);
    err_wrap(&err, "%s", long_text);
    assert_true(strlen(err.text) < sizeof(err.text));
    assert_int_equal(err_exit_code(ERR_NONE), 0);
    assert_int_equal(err_exit_code(ERR_CONFIG), 78);
    assert_int_equal(err_exit_code(ERR_BUSY), 75);
}

static void test_clock__stands_still_or_runs_fast(void **state)
{
    static const char *const bad[] = {
        "1", "1:2", "1:2:3:4", "a:b:c", "1:2:-1", "1:2:99999999", "1:2:", "99999999999999999999:0:1"
    };
    struct clock clock;
    struct err err = { 0 };

    (void)state;
    clock_init_manual(&clock, 1000);
    assert_int_equal(clock_now(&clock), 1000);
    clock_set(&clock, 2000);
    assert_int_equal(clock_now(&clock), 2000);
    assert_int_equal(clock_init_text(&clock, "5000:0:0", &err), 0);
    assert_int_equal(clock_now(&clock), 5000);
    assert_int_equal(clock_init_text(&clock, "0:0:2", &err), 0);
    assert_true(clock_now(&clock) > INT64_C(3000000000000));
    assert_int_equal(clock_real_wait(&clock, 1000), 500);
    assert_int_equal(clock_real_wait(&clock, 1), 1);
    assert_int_equal(clock_real_wait(&clock, -5), 0);
    assert_int_equal(clock_real_wait(&clock, INT64_MAX), INT32_MAX);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(clock_init_text(&clock, bad[i], &err), -1);
}

static void test_log__masks_addresses(void **state)
{
    static const char *const rows[][2] = {
        { "sam@example.com", "s***@example.com" },
        { "+4915112345678", "+4915***78" },
        { "123456", "***" },
        { "", "***" },
        { "@", "@***@" },
    };
    char text[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(log_mask(rows[i][0], text), rows[i][1]);
}

static void test_file__reads_regular_files_up_to_the_limit(void **state)
{
    char path[] = "/tmp/heed-file-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    struct stat info;
    struct str out;
    struct err err = { 0 };

    (void)state;
    assert_non_null(file);
    fputs("0123456789", file);
    fclose(file);
    str_init(&out, 10);
    assert_int_equal(file_read(path, &out, &info, &err), 0);
    assert_string_equal(str_text(&out), "0123456789");
    assert_int_equal(info.st_mode & 0777, 0600);
    str_finish(&out);
    str_init(&out, 9);
    assert_int_equal(file_read(path, &out, NULL, &err), -1);
    assert_int_equal(err.code, ERR_LIMIT);
    str_finish(&out);
    str_init(&out, 9);
    assert_int_equal(file_read("/dev/zero", &out, NULL, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_int_equal(file_read("/no/such", &out, NULL, &err), -1);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    str_finish(&out);
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena__hands_out_zeroed_aligned_memory),
        cmocka_unit_test(test_arena__copies_text),
        cmocka_unit_test(test_str__past_its_limit_it_fails_for_good),
        cmocka_unit_test(test_str__grows_to_its_limit_exactly),
        cmocka_unit_test(test_err__is_one_printable_sentence),
        cmocka_unit_test(test_clock__stands_still_or_runs_fast),
        cmocka_unit_test(test_log__masks_addresses),
        cmocka_unit_test(test_file__reads_regular_files_up_to_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
