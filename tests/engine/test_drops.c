/* tests/engine/test_drops.c - the names that templates may use. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
// clang-format on

#include "core/engine/drops.h"

static void test_drops__every_name_has_a_meaning_and_an_example_and_stands_once(void **state)
{
    size_t count;
    const struct drop_doc *docs = drops_docs(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_true(docs[i].path[0] && docs[i].meaning[0] && docs[i].example[0] && docs[i].type[0]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(docs[i].path, docs[k].path);
    }
}

static void test_drops__the_fields_are_the_documented_names_in_their_order(void **state)
{
    size_t count;
    const struct drop_doc *docs = drops_docs(&count);
    const char *const *fields = drops_fields();

    (void)state;
    for (size_t i = 0; i < count; i++)
        assert_string_equal(fields[i], docs[i].path);
    assert_null(fields[count]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drops__every_name_has_a_meaning_and_an_example_and_stands_once),
        cmocka_unit_test(test_drops__the_fields_are_the_documented_names_in_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
