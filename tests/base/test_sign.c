/* tests/base/test_sign.c - published vectors (RFC 1321, 2202, 4231, 4648, FIPS 180) and bad text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/sign.h"

#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define SPAN(literal) span_make(literal, sizeof(literal) - 1)

static struct arena arena;

static int start(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static const struct {
    enum sign_hash hash;
    const char *text, *hex;
} digest_rows[] = {
    { SIGN_MD5, "", "d41d8cd98f00b204e9800998ecf8427e" },
    { SIGN_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72" },
    { SIGN_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
    { SIGN_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { SIGN_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { SIGN_SHA512, "abc",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
};

static const struct {
    enum sign_hash hash;
    struct span key;
    const char *text, *hex;
} hmac_rows[] = {
    { SIGN_MD5, BYTES("Jefe"), "what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738" },
    { SIGN_SHA1, BYTES("Jefe"), "what do ya want for nothing?",
      "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
    { SIGN_SHA256, BYTES("Jefe"), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { SIGN_SHA512, BYTES("Jefe"), "what do ya want for nothing?",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
      "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
    { SIGN_SHA256, BYTES(""), "",
      "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
};

static void test_sign__digests_and_macs_match_the_standards(void **state)
{
    unsigned char out[SIGN_MAX_BYTES];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(digest_rows); i++) {
        size_t len = sign_digest(digest_rows[i].hash, span_of(digest_rows[i].text), out);
        assert_string_equal(sign_hex(&arena, span_make((char *)out, len)), digest_rows[i].hex);
    }
    for (size_t i = 0; i < COUNT_OF(hmac_rows); i++) {
        size_t len =
            sign_hmac(hmac_rows[i].hash, hmac_rows[i].key, span_of(hmac_rows[i].text), out);
        assert_string_equal(sign_hex(&arena, span_make((char *)out, len)), hmac_rows[i].hex);
    }
}

static const struct {
    struct span plain;
    const char *base64, *base64url, *base32, *hex;
} coding_rows[] = {
    { BYTES(""), "", "", "", "" },
    { BYTES("f"), "Zg==", "Zg", "my", "66" },
    { BYTES("fo"), "Zm8=", "Zm8", "mzxq", "666f" },
    { BYTES("foo"), "Zm9v", "Zm9v", "mzxw6", "666f6f" },
    { BYTES("foob"), "Zm9vYg==", "Zm9vYg", "mzxw6yq", "666f6f62" },
    { BYTES("fooba"), "Zm9vYmE=", "Zm9vYmE", "mzxw6ytb", "666f6f6261" },
    { BYTES("foobar"), "Zm9vYmFy", "Zm9vYmFy", "mzxw6ytboi", "666f6f626172" },
    { BYTES("\xFB\xFF\xFE\x00"), "+//+AA==", "-__-AA", "7p774aa", "fbfffe00" },
};

static void test_sign__codings_match_rfc_4648_both_ways(void **state)
{
    struct span out;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(coding_rows); i++) {
        struct span plain = coding_rows[i].plain;
        assert_string_equal(sign_base64(&arena, plain), coding_rows[i].base64);
        assert_string_equal(sign_base64url(&arena, plain), coding_rows[i].base64url);
        assert_string_equal(sign_base32(&arena, plain), coding_rows[i].base32);
        assert_string_equal(sign_hex(&arena, plain), coding_rows[i].hex);
        assert_true(sign_from_base64(&arena, span_of(coding_rows[i].base64), &out));
        assert_true(span_eq(out, plain));
        assert_true(sign_from_base64(&arena, span_of(coding_rows[i].base64url), &out));
        assert_true(span_eq(out, plain));
        assert_true(sign_from_base32(&arena, span_of(coding_rows[i].base32), &out));
        assert_true(span_eq(out, plain));
        assert_true(sign_from_hex(&arena, span_of(coding_rows[i].hex), &out));
        assert_true(span_eq(out, plain));
    }
}

static void test_sign__decoders_take_the_forms_people_send(void **state)
{
    struct span out;

    (void)state;
    assert_true(sign_from_base64(&arena, SPAN("Zm9v\r\n YmE=\r\n"), &out));
    assert_true(span_is(out, "fooba"));
    assert_true(sign_from_base32(&arena, SPAN("MZXW6YTB"), &out) && span_is(out, "fooba"));
    assert_true(sign_from_base32(&arena, SPAN("mzxw6==="), &out) && span_is(out, "foo"));
    assert_true(sign_from_hex(&arena, SPAN("6F6f"), &out) && span_is(out, "oo"));
    assert_true(sign_from_base64(&arena, span_make(NULL, 0), &out) && out.len == 0);
}

static void test_sign__decoders_refuse_what_is_no_such_text(void **state)
{
    static const struct span base64_bad[] = {
        BYTES("Z"),     BYTES("Zg="),      BYTES("Zg==="),  BYTES("Zh=="),
        BYTES("Zm9v="), BYTES("Zm9v===="), BYTES("Zg==Zg"), BYTES("Zm\0v"),
        BYTES("Zm9*"),  BYTES("=Zm9v"),    BYTES("="),      BYTES("Zm9\xFF"),
    };
    static const struct span base32_bad[] = {
        BYTES("m"), BYTES("mzx"), BYTES("mz"), BYTES("mzxw6yt1"), BYTES("mz xq"), BYTES("my="),
    };
    static const struct span hex_bad[] = { BYTES("6"), BYTES("6g"), BYTES("66="), BYTES("66 6f") };
    struct span out;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(base64_bad); i++)
        assert_false(sign_from_base64(&arena, base64_bad[i], &out));
    for (size_t i = 0; i < COUNT_OF(base32_bad); i++)
        assert_false(sign_from_base32(&arena, base32_bad[i], &out));
    for (size_t i = 0; i < COUNT_OF(hex_bad); i++)
        assert_false(sign_from_hex(&arena, hex_bad[i], &out));
}

static void test_sign__random_bytes_survive_the_round_trip(void **state)
{
    unsigned char bytes[97], again[97];

    (void)state;
    sign_random(bytes, sizeof(bytes));
    sign_random(again, sizeof(again));
    assert_memory_not_equal(bytes, again, sizeof(bytes));
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        struct span plain = span_make((char *)bytes, len), out;
        assert_true(sign_from_base64(&arena, span_of(sign_base64(&arena, plain)), &out));
        assert_true(span_eq(out, plain));
        assert_true(sign_from_base32(&arena, span_of(sign_base32(&arena, plain)), &out));
        assert_true(span_eq(out, plain));
    }
}

static void test_sign__equal_needs_every_byte(void **state)
{
    (void)state;
    assert_true(sign_equal(SPAN("secret"), SPAN("secret")));
    assert_false(sign_equal(SPAN("secret"), SPAN("secreT")));
    assert_false(sign_equal(SPAN("secret"), SPAN("secre")));
    assert_true(sign_equal(span_make(NULL, 0), SPAN("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sign__digests_and_macs_match_the_standards),
        cmocka_unit_test(test_sign__codings_match_rfc_4648_both_ways),
        cmocka_unit_test(test_sign__decoders_take_the_forms_people_send),
        cmocka_unit_test(test_sign__decoders_refuse_what_is_no_such_text),
        cmocka_unit_test(test_sign__random_bytes_survive_the_round_trip),
        cmocka_unit_test(test_sign__equal_needs_every_byte),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
