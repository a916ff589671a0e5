/* tests/templates/test_simd.c - vectors find what bytes find: everywhere, at every length. Texts end at
 * the end of their memory, so that a look behind them is seen by the sanitizers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/arena.h"
#include "core/base/attr.h"
#include "templates/simd.h"

#define LENGTHS 71
#define ALIGNMENTS 16

struct copier {
    size_t (*simd)(char *to, struct span text);
    size_t (*scalar)(char *to, struct span text);
};

static const struct copier copiers[] = { { simd_copy_html, scalar_copy_html },
                                         { simd_copy_plain, scalar_copy_plain } };

static uint32_t random_number(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void compare_copies(struct span text)
{
    char *fast = xmalloc(text.len), *slow = xmalloc(text.len);

    for (size_t i = 0; i < COUNT_OF(copiers); i++) {
        size_t by_simd = copiers[i].simd(fast, text), by_bytes = copiers[i].scalar(slow, text);
        assert_int_equal(by_simd, by_bytes);
        assert_memory_equal(fast, slow, by_bytes);
        assert_memory_equal(fast, text.data, by_bytes);
    }
    assert_int_equal(simd_find_html(text), scalar_find_html(text));
    free(fast);
    free(slow);
}

static void test_copy__stops_where_bytes_do_at_every_place(void **state)
{
    static const char bytes[] = "&<>\"'\x01\x1f\x7f\xe2\x80\xff\n\t\r z";

    (void)state;
    for (size_t align = 0; align < ALIGNMENTS; align++)
        for (size_t len = 0; len < LENGTHS; len++) {
            char *memory = xmalloc(align + len);
            memset(memory, 'a', align + len);
            compare_copies(span_make(memory + align, len));
            for (size_t at = 0; at < len; at++) {
                memory[align + at] = bytes[(align + len + at) % (sizeof(bytes) - 1)];
                compare_copies(span_make(memory + align, len));
                memory[align + at] = 'a';
            }
            free(memory);
        }
}

static void test_copy__knows_every_byte(void **state)
{
    (void)state;
    for (size_t len = 1; len < 20; len += 6)
        for (int c = 0; c < 256; c++) {
            char *memory = xmalloc(len);
            memset(memory, 'a', len);
            memory[len - 1] = (char)c;
            compare_copies(span_make(memory, len));
            free(memory);
        }
}

static void compare_points(struct span text)
{
    size_t by_simd, by_bytes, some = text.len / 2;

    assert_int_equal(simd_points(text, SIZE_MAX, &by_simd), text.len);
    assert_int_equal(scalar_points(text, SIZE_MAX, &by_bytes), text.len);
    assert_int_equal(by_simd, by_bytes);
    for (size_t most = some > 3 ? some - 3 : 0; most < some + 3; most++) {
        assert_int_equal(simd_points(text, most, &by_simd), scalar_points(text, most, &by_bytes));
        assert_int_equal(by_simd, by_bytes);
    }
}

/* Pieces whole, cut and wrong: overlong forms, surrogates, stray and missing bytes, past the end. */
static const char *const pieces[] = {
    "a",        "Z ",           "\xc3\xa9",     "\xd7\x90",         "\xe2\x82\xac", "\xef\xbf\xbd",
    "\xee\x80", "\xe2\x80\x99", "\xe0\xa4\x85", "\xf0\x9f\x91\x8d", "\x80",         "\xc3",
    "\xe2\x82", "\xed\xa0\x80", "\xc0\xaf",     "\xe0\x80\xaf",     "\xf4\x90\x80", "\xff",
    "abcdefgh", "\xe1\x88\xb4", "\xdf\xbf"
};

static void test_points__are_counted_as_by_bytes_in_every_mixture(void **state)
{
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 30000; round++) {
        size_t kinds = round % 3 == 0 ? 6 : COUNT_OF(pieces);
        size_t len = random_number(&seed) % LENGTHS, align = random_number(&seed) % ALIGNMENTS;
        char *memory = xmalloc(align + len);
        for (size_t at = 0; at < len;) {
            const char *piece = pieces[random_number(&seed) % kinds];
            size_t some = strlen(piece) < len - at ? strlen(piece) : len - at;
            memcpy(memory + align + at, piece, some);
            at += some;
        }
        compare_points(span_make(memory + align, len));
        free(memory);
    }
}

static void test_points__takes_nothing_for_nothing(void **state)
{
    size_t count;

    (void)state;
    assert_int_equal(simd_points(span_make(NULL, 0), 5, &count), 0);
    assert_int_equal(count, 0);
    assert_int_equal(simd_points(span_of("abc"), 0, &count), 0);
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copy__stops_where_bytes_do_at_every_place),
        cmocka_unit_test(test_copy__knows_every_byte),
        cmocka_unit_test(test_points__are_counted_as_by_bytes_in_every_mixture),
        cmocka_unit_test(test_points__takes_nothing_for_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
