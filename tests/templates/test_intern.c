/* tests/templates/test_intern.c - names are found again under their numbers, however many there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "templates/intern.h"

#define NAMES 5000

static struct span name_of(struct arena *arena, int number)
{
    return span_of(arena_printf(arena, "name%d", number));
}

static void test_intern__finds_each_name_under_its_number(void **state)
{
    struct intern all = { 0 };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_int_equal(intern_find(&all, span_of("name0")), -1);
    for (int i = 0; i < NAMES; i++)
        intern_add(&all, &arena, name_of(&arena, i), i);
    for (int i = 0; i < NAMES; i++)
        assert_int_equal(intern_find(&all, name_of(&arena, i)), i);
    assert_int_equal(intern_find(&all, name_of(&arena, NAMES)), -1);
    assert_int_equal(intern_find(&all, span_of("")), -1);
    arena_finish(&arena);
}

static void test_intern__takes_the_empty_name_and_bytes_of_any_kind(void **state)
{
    static const char bytes[] = { 0, (char)0xff, 0 };
    struct intern all = { 0 };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    intern_add(&all, &arena, span_make(NULL, 0), 7);
    intern_add(&all, &arena, span_make(bytes, 3), 8);
    assert_int_equal(intern_find(&all, span_of("")), 7);
    assert_int_equal(intern_find(&all, span_make(bytes, 3)), 8);
    assert_int_equal(intern_find(&all, span_make(bytes, 2)), -1);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intern__finds_each_name_under_its_number),
        cmocka_unit_test(test_intern__takes_the_empty_name_and_bytes_of_any_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
