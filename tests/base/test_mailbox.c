/* tests/base/test_mailbox.c - what an e-mail address alone tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/base/mailbox.h"

static const struct {
    const char *key, *canonical;
} aliases[] = {
    { "ann@a.example", "ann@a.example" },
    { "ann+x@a.example", "ann@a.example" },
    { "ann+x+y@a.example", "ann@a.example" },
    { "a.nn@a.example", "a.nn@a.example" },
    { "a.n.n+z@gmail.com", "ann@gmail.com" },
    { "a.nn@googlemail.com", "ann@gmail.com" },
    { "+x@a.example", "+x@a.example" },
    { "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example" },
};

static void test_mailbox__takes_tags_off_and_dots_only_at_gmail(void **state)
{
    char got[MAILBOX_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(aliases); i++) {
        assert_true(mailbox_canonical(aliases[i].key, got));
        assert_string_equal(got, aliases[i].canonical);
    }
}

static void test_mailbox__gives_nothing_for_what_is_no_address(void **state)
{
    char got[MAILBOX_BYTES], longest[400];

    (void)state;
    memset(longest, 'a', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    memcpy(longest + 300, "@a.example", 10);
    assert_false(mailbox_canonical("nonsense", got));
    assert_string_equal(got, "");
    assert_false(mailbox_canonical("ann@", got));
    assert_false(mailbox_canonical(longest, got));
    assert_int_equal(mailbox_domain(NULL).len, 0);
}

static void test_mailbox__knows_where_anybody_can_have_an_address(void **state)
{
    (void)state;
    assert_true(mailbox_is_free(mailbox_domain("a@gmail.com")));
    assert_true(mailbox_is_free(mailbox_domain("a@GMX.de")));
    assert_false(mailbox_is_free(mailbox_domain("a@acme.example")));
    assert_false(mailbox_is_free(mailbox_domain("a@notgmail.com")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mailbox__takes_tags_off_and_dots_only_at_gmail),
        cmocka_unit_test(test_mailbox__gives_nothing_for_what_is_no_address),
        cmocka_unit_test(test_mailbox__knows_where_anybody_can_have_an_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
