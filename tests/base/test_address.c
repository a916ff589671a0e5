/* tests/base/test_address.c - which addresses are taken, and the keys they are compared by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/base/text.h"

#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define TEN "aaaaaaaaaa"
#define SIXTY TEN TEN TEN TEN TEN TEN

static const struct {
    struct span text;
    bool plain, utf8;
} email_rows[] = {
    { BYTES("sam@example.com"), true, true },
    { BYTES("s.a.m+tag_x@mail.example.co.uk"), true, true },
    { BYTES("!#$%&'*+-/=?^_`{|}~@example.com"), true, true },
    { BYTES(SIXTY "aaaa@example.com"), true, true },
    { BYTES(SIXTY "aaaaa@example.com"), false, false },
    { BYTES("a@" SIXTY "aaa.com"), true, true },
    { BYTES("a@" SIXTY "aaaa.com"), false, false },
    { BYTES("a@" SIXTY "." SIXTY "." SIXTY "." SIXTY ".aaaa.com"), true, true },
    { BYTES("aa@" SIXTY "." SIXTY "." SIXTY "." SIXTY ".aaaa.com"), false, false },
    { BYTES("j\xC3\xBCrgen@example.com"), false, true },
    { BYTES("j\xC2\x85@example.com"), false, false },
    { BYTES("j\xFF@example.com"), false, false },
    { BYTES("sam@m\xC3\xBCller.de"), false, false },
    { BYTES(""), false, false },
    { BYTES("@"), false, false },
    { BYTES("sam"), false, false },
    { BYTES("@example.com"), false, false },
    { BYTES("sam@"), false, false },
    { BYTES("sam@localhost"), false, false },
    { BYTES("sam@a..b"), false, false },
    { BYTES("sam@example.com."), false, false },
    { BYTES("sam@.example.com"), false, false },
    { BYTES("sam@-example.com"), false, false },
    { BYTES("sam@example-.com"), false, false },
    { BYTES("sam@ex_ample.org"), false, false },
    { BYTES("sam@127.0.0.1"), false, false },
    { BYTES("sam@[127.0.0.1]"), false, false },
    { BYTES(".sam@example.com"), false, false },
    { BYTES("sam.@example.com"), false, false },
    { BYTES("s..am@example.com"), false, false },
    { BYTES("\"sam\"@example.com"), false, false },
    { BYTES("a@b@example.com"), false, false },
    { BYTES("sam carter@example.com"), false, false },
    { BYTES("sam@example.com>\r\nRCPT TO:<evil@example.net"), false, false },
    { BYTES("sam\0@example.com"), false, false },
    { BYTES("sam@exam\0ple.com"), false, false },
    { BYTES("sam(comment)@example.com"), false, false },
};

static void test_address__email_is_dot_atom_at_ldh_domain(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(email_rows); i++) {
        if (text_is_email(email_rows[i].text, false) != email_rows[i].plain ||
            text_is_email(email_rows[i].text, true) != email_rows[i].utf8)
            fail_msg("row %zu: %s", i, email_rows[i].text.data);
    }
}

static const struct {
    const char *kind;
    struct span text;
    const char *key;
} key_rows[] = {
    { "email", BYTES("  Sam.Carter@Example.COM \r\n"), "sam.carter@example.com" },
    { "email", BYTES("info@M\xC3\xBCller.de"), "info@xn--mller-kva.de" },
    { "email", BYTES("info@M\xC3\x9CLLER.de"), "info@xn--mller-kva.de" },
    { "email", BYTES("info@XN--MLLER-KVA.de"), "info@xn--mller-kva.de" },
    { "email", BYTES("info@stra\xC3\x9F\x65.de"), "info@xn--strae-oqa.de" },
    { "email", BYTES("info@mu\xCC\x88ller.de"), "info@xn--mller-kva.de" },
    { "email", BYTES("info@\xE4\xBE\x8B\xE3\x80\x82\xE4\xB8\xAD\xE5\x9B\xBD.cn"),
      "info@xn--fsq.xn--fiqs8s.cn" },
    { "email", BYTES("J\xC3\xBCrgen@example.com"), "j\xC3\xBCrgen@example.com" },
    { "email", BYTES("info@m\xC3\xBCl_ler.de"), NULL },
    { "email", BYTES("info@m\xC3\xBCl\xEF\xBC\xBFler.de"), NULL },
    { "email", BYTES("info@m\xC3\xBCller..de"), NULL },
    { "email", BYTES("info@m\xC3\xBCller.de."), NULL },
    { "email", BYTES("info@.m\xC3\xBCller.de"), NULL },
    { "email", BYTES("info@m\xC3ller.de"), NULL },
    { "email", BYTES("info@m\xC3\xBCller\0.de"), NULL },
    { "email", BYTES("info@m\xC3\xBCller.de\xE2\x80\xA8x"), NULL },
    { "email", BYTES("Sam <sam@example.com>"), NULL },
    { "email", BYTES(""), NULL },
    { "phone", BYTES(" +4915112345678 "), "+4915112345678" },
    { "phone", BYTES("+1234567"), "+1234567" },
    { "phone", BYTES("+123456789012345"), "+123456789012345" },
    { "phone", BYTES("+1234567890123456"), NULL },
    { "phone", BYTES("+123456"), NULL },
    { "phone", BYTES("015112345678"), NULL },
    { "phone", BYTES("+49 151 123"), NULL },
    { "phone", BYTES("+"), NULL },
    { "phone", BYTES(""), NULL },
    { "telegram", BYTES(" 123456789 "), "123456789" },
    { "slack", BYTES("U012AB3CD"), "U012AB3CD" },
    { "slack", BYTES(SIXTY SIXTY "12345678"), SIXTY SIXTY "12345678" },
    { "slack", BYTES(SIXTY SIXTY "123456789"), NULL },
    { "slack", BYTES("a\nb"), NULL },
    { "slack", BYTES("a\xFF"), NULL },
    { "slack", BYTES("   "), NULL },
};

static void test_address__keys_are_canonical_or_null(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(key_rows); i++) {
        char *key = text_address_key(&arena, key_rows[i].kind, key_rows[i].text);
        if (!key != !key_rows[i].key)
            fail_msg("row %zu: got %s", i, key ? key : "NULL");
        if (key)
            assert_string_equal(key, key_rows[i].key);
    }
    assert_null(text_address_key(&arena, "email", span_make(NULL, 0)));
    arena_finish(&arena);
}

static void test_address__a_key_is_its_own_key(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(key_rows); i++) {
        const char *key = key_rows[i].key;
        if (key)
            assert_string_equal(text_address_key(&arena, key_rows[i].kind, span_of(key)), key);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_address__email_is_dot_atom_at_ldh_domain),
        cmocka_unit_test(test_address__keys_are_canonical_or_null),
        cmocka_unit_test(test_address__a_key_is_its_own_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
