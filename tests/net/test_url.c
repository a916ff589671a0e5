/* tests/net/test_url.c - encoding, decoding, forms and hosts of URLs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/net/url.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static const struct {
    const char *plain, *encoded;
} encodings[] = {
    { "", "" },
    { "AZaz09-._~", "AZaz09-._~" },
    { "a b", "a%20b" },
    { "+49 & co=50%", "%2B49%20%26%20co%3D50%25" },
    { "Zo\xC3\xAB", "Zo%C3%AB" },
    { "\r\n", "%0D%0A" },
    { "/?#[]@!$'()*,;:", "%2F%3F%23%5B%5D%40%21%24%27%28%29%2A%2C%3B%3A" },
};

static void test_url__encodes_all_but_unreserved_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(encodings); i++) {
        assert_string_equal(url_encode(&arena, span_of(encodings[i].plain)), encodings[i].encoded);
        assert_string_equal(url_decode(&arena, span_of(encodings[i].encoded), false),
                            encodings[i].plain);
    }
}

static const struct {
    const char *text;
    size_t len;
    bool plus;
    const char *expected;
} decodings[] = {
    { "a+b", 3, false, "a+b" },
    { "a+b", 3, true, "a b" },
    { "%2b%2B", 6, true, "++" },
    { "100%", 4, true, "100%" },
    { "%4", 2, true, "%4" },
    { "%zz%41", 6, true, "%zzA" },
    { "a%00b", 5, true,
      "a\xEF\xBF\xBD"
      "b" },
    { "a\0b", 3, true,
      "a\xEF\xBF\xBD"
      "b" },
    { "\0\0\0", 3, true, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
};

static void test_url__decodes_hostile_escapes_without_a_nul(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(decodings); i++)
        assert_string_equal(
            url_decode(&arena, span_make(decodings[i].text, decodings[i].len), decodings[i].plus),
            decodings[i].expected);
}

static void test_url__writes_a_form_that_it_reads_back(void **state)
{
    struct str form;
    struct span rest;
    char *name, *value;

    (void)state;
    str_init(&form, 1000);
    url_add_field(&form, "To", span_of("+1555"));
    url_add_field(&form, "Body text", span_of("Hi & <50%> ~*"));
    url_add_field(&form, "Empty", span_of(""));
    assert_string_equal(str_text(&form), "To=%2B1555&Body+text=Hi+%26+%3C50%25%3E+~%2A&Empty=");
    rest = str_span(&form);
    assert_true(url_next_field(&rest, &arena, &name, &value));
    assert_string_equal(name, "To");
    assert_string_equal(value, "+1555");
    assert_true(url_next_field(&rest, &arena, &name, &value));
    assert_string_equal(name, "Body text");
    assert_string_equal(value, "Hi & <50%> ~*");
    assert_true(url_next_field(&rest, &arena, &name, &value));
    assert_string_equal(name, "Empty");
    assert_string_equal(value, "");
    assert_false(url_next_field(&rest, &arena, &name, &value));
    str_finish(&form);
}

static void test_url__reads_forms_with_holes(void **state)
{
    struct span rest = span_of("&&flag&a=1=2&=x&");
    char *name, *value;

    (void)state;
    assert_true(url_next_field(&rest, &arena, &name, &value));
    assert_string_equal(name, "flag");
    assert_string_equal(value, "");
    assert_true(url_next_field(&rest, &arena, &name, &value));
    assert_string_equal(name, "a");
    assert_string_equal(value, "1=2");
    assert_true(url_next_field(&rest, &arena, &name, &value));
    assert_string_equal(name, "");
    assert_string_equal(value, "x");
    assert_false(url_next_field(&rest, &arena, &name, &value));
}

static const struct {
    const char *url, *host;
} hosts[] = {
    { "https://API.Example.com/x?y", "api.example.com" },
    { "http://127.0.0.1:13013/cgi-bin/sendsms", "127.0.0.1" },
    { "https://[::1]:8025/", "[::1]" },
    { "https://user:pass@example.com@evil.example/", NULL },
    { "ftp://example.com/", NULL },
    { "file:///etc/passwd", NULL },
    { "javascript:alert(1)", NULL },
    { "example.com/x", NULL },
    { "https://", NULL },
    { "", NULL },
};

static void test_url__finds_the_host_of_http_urls_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        const char *host = url_host(&arena, hosts[i].url);

        if (hosts[i].host)
            assert_string_equal(host, hosts[i].host);
        else if (host) /* libcurl takes the last @ as the border: then it must say so */
            assert_string_equal(host, "evil.example");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_url__encodes_all_but_unreserved_characters),
        cmocka_unit_test(test_url__decodes_hostile_escapes_without_a_nul),
        cmocka_unit_test(test_url__writes_a_form_that_it_reads_back),
        cmocka_unit_test(test_url__reads_forms_with_holes),
        cmocka_unit_test(test_url__finds_the_host_of_http_urls_only),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
