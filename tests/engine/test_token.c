/* tests/engine/test_token.c - vectors computed independently (HMAC-SHA-256 and base32 of another
 * library), then every way in which a token can be wrong. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/token.h"

static struct token_keys keys_of(int version, const char *domain)
{
    struct token_keys keys = { .count = 1 };

    keys.keys[0].version = version;
    for (int i = 0; i < TOKEN_SECRET_BYTES; i++)
        keys.keys[0].secret[i] = (unsigned char)i;
    (void)snprintf(keys.domain, sizeof(keys.domain), "%s", domain);
    return keys;
}

static const struct {
    enum token_kind kind;
    int version;
    int64_t id;
    const char *text;
} vectors[] = {
    { TOKEN_REPLY, 0, 1, "raaaaaaaaaaaaacmglpd2g2vptdny43" },
    { TOKEN_MESSAGE_ID, 3, INT64_C(1234567890123456789), "mdcerbb5d55garky43yvi3jinqumjqf" },
    { TOKEN_RETURN_PATH, 31, INT64_MAX, "b7p777777777776nf3lur5g3a62nrao" },
    { TOKEN_UNSUBSCRIBE, 1, 0, "ubaaaaaaaaaaaaag6w4yhtoyhsjb7q2" },
};

static void test_token__is_what_another_implementation_makes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        struct token_keys keys = keys_of(vectors[i].version, "US.example");
        char text[TOKEN_TEXT_BYTES];
        struct token token;

        token_make(&keys, vectors[i].kind, vectors[i].id, text);
        assert_string_equal(text, vectors[i].text);
        assert_int_equal(strlen(text), TOKEN_LEN);
        assert_int_equal(token_read(&keys, span_of(text), &token), TOKEN_OK);
        assert_int_equal(token.kind, vectors[i].kind);
        assert_int_equal(token.id, vectors[i].id);
    }
}

static void test_token__survives_case_folding_on_the_way(void **state)
{
    struct token_keys keys = keys_of(3, "us.example");
    char text[TOKEN_TEXT_BYTES];
    struct token token;

    (void)state;
    token_make(&keys, TOKEN_REPLY, 42, text);
    for (size_t i = 0; text[i]; i++)
        text[i] = (char)toupper((unsigned char)text[i]);
    assert_int_equal(token_read(&keys, span_of(text), &token), TOKEN_OK);
    assert_int_equal(token.id, 42);
}

static void test_token__with_any_one_letter_changed_is_no_token(void **state)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567018=+-@\n";
    struct token_keys keys = keys_of(3, "us.example");
    char good[TOKEN_TEXT_BYTES], bad[TOKEN_TEXT_BYTES];
    struct token token;

    (void)state;
    token_make(&keys, TOKEN_REPLY, INT64_C(987654321098765432), good);
    for (size_t at = 0; at < TOKEN_LEN; at++) {
        for (size_t c = 0; letters[c]; c++) {
            memcpy(bad, good, sizeof(bad));
            bad[at] = letters[c];
            if (strcmp(bad, good) != 0)
                assert_int_not_equal(token_read(&keys, span_of(bad), &token), TOKEN_OK);
        }
    }
}

static void test_token__of_another_kind_key_or_domain_has_a_bad_mac(void **state)
{
    struct token_keys keys = keys_of(3, "us.example"), other = keys_of(3, "them.example");
    struct token_keys young = keys_of(4, "us.example"), another = keys_of(3, "us.example");
    char text[TOKEN_TEXT_BYTES];
    struct token token;

    (void)state;
    another.keys[0].secret[31] ^= 1;
    token_make(&keys, TOKEN_REPLY, 42, text);
    assert_int_equal(token_read(&other, span_of(text), &token), TOKEN_BAD_MAC);
    assert_int_equal(token_read(&young, span_of(text), &token), TOKEN_BAD_MAC);
    assert_int_equal(token_read(&another, span_of(text), &token), TOKEN_BAD_MAC);
    text[0] = TOKEN_UNSUBSCRIBE;
    assert_int_equal(token_read(&keys, span_of(text), &token), TOKEN_BAD_MAC);
}

static void test_token__of_the_old_key_is_read_while_the_new_key_signs(void **state)
{
    struct token_keys old = keys_of(3, "us.example"), both = keys_of(4, "us.example");
    char text[TOKEN_TEXT_BYTES];
    struct token token;

    (void)state;
    both.keys[1] = old.keys[0];
    both.keys[0].secret[0] = 99;
    both.count = 2;
    token_make(&old, TOKEN_REPLY, 7, text);
    assert_int_equal(token_read(&both, span_of(text), &token), TOKEN_OK);
    token_make(&both, TOKEN_REPLY, 7, text);
    assert_int_equal(text[1], 'e');
    assert_int_equal(token_read(&old, span_of(text), &token), TOKEN_BAD_MAC);
}

static const char *const malformed[] = {
    "",
    "r",
    "xdcerbb5d55garky43yvi3jinqumjqf",
    "mdcerbb5d55garky43yvi3jinqumjq",
    "mdcerbb5d55garky43yvi3jinqumjqff",
    "m1cerbb5d55garky43yvi3jinqumjqf",
    "mdcerbb5d55garly43yvi3jinqumjqf", /* a bit set that the id does not have */
    "mdcerbb5d55garky43yvi3jinqumjq\xff",
};

static void test_token__of_another_form_is_told_from_a_forged_one(void **state)
{
    struct token_keys keys = keys_of(3, "us.example");
    struct token token;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(malformed); i++)
        assert_int_equal(token_read(&keys, span_of(malformed[i]), &token), TOKEN_BAD_FORM);
    assert_int_equal(token_read(&keys, span_make("m\0cerbb5d55garky43yvi3jinqumjqf", 31), &token),
                     TOKEN_BAD_FORM);
}

static void test_token__is_found_in_message_ids_also_of_other_domains(void **state)
{
    struct token_keys keys = keys_of(3, "us.example");
    char id[TOKEN_MAIL_BYTES];
    struct span token;
    bool ours;

    (void)state;
    token_message_id(&keys, INT64_C(1234567890123456789), id);
    assert_string_equal(id, "<mdcerbb5d55garky43yvi3jinqumjqf@us.example>");
    assert_true(token_in_message_id(&keys, span_of(id), &token, &ours));
    assert_true(ours);
    assert_int_equal(token.len, TOKEN_LEN);
    assert_true(token_in_message_id(&keys, span_of("mdcerbb5d55garky43yvi3jinqumjqf@mail.example"),
                                    &token, &ours));
    assert_false(ours);
    assert_false(token_in_message_id(&keys, span_of("<abc@us.example>"), &token, &ours));
    assert_true(ours);
    assert_false(token_in_message_id(&keys, span_of("<>"), &token, &ours));
    assert_false(token_in_message_id(&keys, span_of(""), &token, &ours));
}

static const struct {
    const char *address, *expected; /* NULL: refused */
} plus[] = {
    { "sam@us.example", "sam+mdcerbb5d55garky43yvi3jinqumjqf@us.example" },
    { "a12345678901234567890123456789012@us.example", NULL },
    { "a1234567890123456789012345678901@us.example",
      "a1234567890123456789012345678901+mdcerbb5d55garky43yvi3jinqumjqf@us.example" },
    { "sam", NULL },
    { "s\xc3\xa4m@us.example", NULL },
    { "sam@us.example\r\nBcc: x@y.example", NULL },
    { "", NULL },
};

static void test_token__is_put_into_an_address_and_found_there(void **state)
{
    char out[TOKEN_MAIL_BYTES];
    struct err err = { 0 };
    struct span token;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(plus); i++) {
        int rc = token_plus_make(plus[i].address, vectors[1].text, out, &err);

        assert_int_equal(rc, plus[i].expected ? 0 : -1);
        if (rc < 0)
            continue;
        assert_string_equal(out, plus[i].expected);
        assert_true(token_plus_split(span_of(out), &token));
        assert_true(span_is(token, vectors[1].text));
    }
}

static const struct {
    const char *address;
    bool found;
} splits[] = {
    { "sam+mdcerbb5d55garky43yvi3jinqumjqf@us.example", true },
    { "sam+x+mdcerbb5d55garky43yvi3jinqumjqf@us.example", true },
    { "sam-mdcerbb5d55garky43yvi3jinqumjqf@us.example", true },
    { "mdcerbb5d55garky43yvi3jinqumjqf@us.example", true },
    { "SAM+MDCERBB5D55GARKY43YVI3JINQUMJQF@US.EXAMPLE", true },
    { "samxmdcerbb5d55garky43yvi3jinqumjqf@us.example", false },
    { "sam+news@us.example", false },
    { "sam@us.example", false },
    { "mdcerbb5d55garky43yvi3jinqumjqf", false },
    { "@", false },
    { "", false },
};

static void test_token__is_split_off_only_where_it_was_added(void **state)
{
    struct span token;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(splits); i++)
        assert_int_equal(token_plus_split(span_of(splits[i].address), &token), splits[i].found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_token__is_what_another_implementation_makes),
        cmocka_unit_test(test_token__survives_case_folding_on_the_way),
        cmocka_unit_test(test_token__with_any_one_letter_changed_is_no_token),
        cmocka_unit_test(test_token__of_another_kind_key_or_domain_has_a_bad_mac),
        cmocka_unit_test(test_token__of_the_old_key_is_read_while_the_new_key_signs),
        cmocka_unit_test(test_token__of_another_form_is_told_from_a_forged_one),
        cmocka_unit_test(test_token__is_found_in_message_ids_also_of_other_domains),
        cmocka_unit_test(test_token__is_put_into_an_address_and_found_there),
        cmocka_unit_test(test_token__is_split_off_only_where_it_was_added),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
