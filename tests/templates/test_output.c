/* tests/templates/test_output.c - data is made safe for where it stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "support.h"

static void check(enum template_part part, const char *source, const char *data,
                  const char *expected)
{
    struct template_options options = { .part = part };
    struct arena arena;
    struct outcome out;

    arena_init(&arena);
    out = liquid(&arena, source, data, &options);
    assert_string_equal(out.rendered ? out.text : out.problem.text, expected);
    arena_finish(&arena);
}

static void test_html__escapes_data_once(void **state)
{
    const char *data = "{\"x\":\"<b>'&\\\"\",\"l\":[\"<\",1]}";

    (void)state;
    check(PART_HTML, "<p>{{ x }}</p>", data, "<p>&lt;b&gt;&#39;&amp;&quot;</p>");
    check(PART_HTML, "<p>{{ x | escape }}</p>", data, "<p>&lt;b&gt;&#39;&amp;&quot;</p>");
    check(PART_HTML, "<p>{{ x | raw }}</p>", data, "<p><b>'&\"</p>");
    check(PART_HTML, "{{ l }}", data, "&lt;1");
    check(PART_HTML, "{{ x | raw | upcase }}", data, "&lt;B&gt;&#39;&amp;&quot;");
    check(PART_HTML, "{% capture c %}<i>{{ x }}</i>{% endcapture %}{{ c }}", data,
          "<i>&lt;b&gt;&#39;&amp;&quot;</i>");
    check(PART_HTML, "{{ y | newline_to_br }}", "{\"y\":\"<\\n\"}", "&lt;<br />\n");
    check(PART_HTML, "<a title=\"{{ x }}\">", data, "<a title=\"&lt;b&gt;&#39;&amp;&quot;\">");
}

static void test_html__urls_take_known_schemes_only(void **state)
{
    (void)state;
    check(PART_HTML, "<a href=\"{{ u }}\">", "{\"u\":\"https://e.com/?a=1&b=2\"}",
          "<a href=\"https://e.com/?a=1&amp;b=2\">");
    check(PART_HTML, "<a href=\"{{ u }}\">", "{\"u\":\"javascript:alert(1)\"}", "<a href=\"#\">");
    check(PART_HTML, "<a href=\"{{ u }}\">", "{\"u\":\"java\\nscript:x\"}", "<a href=\"#\">");
    check(PART_HTML, "<a href=\"{{ u | raw }}\">", "{\"u\":\"javascript:x\"}", "<a href=\"#\">");
    check(PART_HTML, "<a href='https://e.com/?n={{ u }}'>", "{\"u\":\"a b&c'\"}",
          "<a href='https://e.com/?n=a%20b%26c%27'>");
}

static void test_html__every_attribute_that_takes_a_url_refuses_scripts(void **state)
{
    static const char *const attributes[] = { "href", "src",        "action",     "cite",
                                              "data", "formaction", "xlink:href", "poster" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        char source[64], expected[64];
        snprintf(source, sizeof(source), "<x %s=\"{{ u }}\">", attributes[i]);
        snprintf(expected, sizeof(expected), "<x %s=\"#\">", attributes[i]);
        check(PART_HTML, source, "{\"u\":\"javascript:x\"}", expected);
    }
}

static void test_html__refuses_data_where_it_cannot_be_made_safe(void **state)
{
    (void)state;
    check(PART_HTML, "<script>{{ x }}</script>", NULL, "data may not stand in a script or style");
    check(PART_HTML, "<style>{{ x }}</style>", NULL, "data may not stand in a script or style");
    check(PART_HTML, "<a onclick=\"{{ x }}\">", NULL, "data may not stand in an on... attribute");
    check(PART_HTML, "<a href={{ x }}>", NULL, "data in an attribute needs quotes around it");
    check(PART_HTML, "<a href=a{{ x }}>", NULL, "data in an attribute needs quotes around it");
    check(PART_HTML, "<!-- {{ x }} -->", NULL, "data may not stand in an HTML comment");
    check(PART_HTML, "<{{ x }}>", NULL, "data may not stand in a tag's name");
    check(PART_HTML, "<p {{ x }}>", NULL, "data may not stand in a tag outside quotes");
    check(PART_HTML, "<script>a</script>{{ x }}", "{\"x\":\"<\"}", "<script>a</script>&lt;");
    check(PART_HTML, "1 < 2 {{ x }}", "{\"x\":\"<\"}", "1 < 2 &lt;");
}

static void test_text__drops_controls_and_bidi_marks(void **state)
{
    const char *data = "{\"x\":\"a\\u0007b\\u202ec\\u2069\\t\\n\\u007f\\u20acd\"}";

    (void)state;
    check(PART_TEXT, "[{{ x }}]", data,
          "[abc\t\n\xe2\x82\xac"
          "d]");
    check(PART_SMS, "[{{ x }}]", data,
          "[abc\t\n\xe2\x82\xac"
          "d]");
    check(PART_TEXT, "{{ x }}", "{\"x\":\"<&>\"}", "<&>");
}

static void test_header__is_one_line(void **state)
{
    (void)state;
    check(PART_HEADER, " Hi {{ x }} ", "{\"x\":\"a\\r\\nBcc: b@c.d\\u0085\\u2028e\"}",
          "Hi a Bcc: b@c.d e");
    check(PART_HEADER, "a\nb", NULL, "a header is one line: no line break may stand in it");
}

static void test_header__is_at_most_255_points_long(void **state)
{
    struct template_options options = { .part = PART_HEADER };
    char data[700] = "{\"x\":\"";
    struct arena arena;
    struct outcome out;

    (void)state;
    for (size_t i = strlen(data); i < 600; i += 2)
        memcpy(data + i, "\xc3\xa9", 2);
    memcpy(data + 600, "\"}", 3);
    arena_init(&arena);
    out = liquid(&arena, "{{ x }}", data, &options);
    assert_true(out.rendered);
    assert_int_equal(strlen(out.text), 255 * 2);
    arena_finish(&arena);
}

static void test_url__is_encoded(void **state)
{
    (void)state;
    check(PART_URL, "https://e.com/?q={{ x }}", "{\"x\":\"a b/ü\"}",
          "https://e.com/?q=a%20b%2F%C3%BC");
    check(PART_URL, "{{ x | url_encode }}", "{\"x\":\"a b\"}", "a+b");
}

static void test_data__is_never_parsed_as_a_template(void **state)
{
    (void)state;
    check(PART_TEXT, "{% assign y = x %}{{ y }}{{ x | upcase }}", "{\"x\":\"{{ x }}{% if %}\"}",
          "{{ x }}{% if %}{{ X }}{% IF %}");
}

static void test_html__an_error_in_a_preview_is_escaped(void **state)
{
    struct template_options lax = { .part = PART_HTML, .lax = true };
    struct arena arena;
    struct outcome out;

    (void)state;
    arena_init(&arena);
    out = liquid(&arena, "{{ 0 | date: '%Y', z }}", "{\"z\":\"<script>\"}", &lax);
    assert_string_equal(out.text,
                        "Liquid error (line 1): unknown time zone &#39;&lt;script&gt;&#39;");
    arena_finish(&arena);
}

static void test_html__a_cycle_of_data_is_held_to_its_place(void **state)
{
    const char *data = "{\"u\":\"javascript:x\"}";

    (void)state;
    check(PART_HTML, "<a href=\"{% cycle u, u %}\">", data, "<a href=\"#\">");
    check(PART_HTML, "<script>{% cycle u %}</script>", data,
          "data may not stand in a script or style");
    check(PART_HTML, "<tr {% cycle 'a', 'b' %}>", data, "<tr a>");
}

static void test_header__is_at_most_255_characters_with_its_spaces(void **state)
{
    struct template_options header = { .part = PART_HEADER };
    struct arena arena;
    struct outcome out;

    (void)state;
    arena_init(&arena);
    out = liquid(&arena, "{% for i in (1..200) %}a {% endfor %}b", NULL, &header);
    assert_true(out.rendered);
    assert_int_equal(strlen(out.text), 255);
    assert_int_equal(out.text[254], 'a');
    out = liquid(&arena, "{% for i in (1..254) %}a{% endfor %} b", NULL, &header);
    assert_int_equal(strlen(out.text), 254);
    arena_finish(&arena);
}

static void test_output__keeps_a_limit_that_is_no_power_of_two(void **state)
{
    struct template_options text = { .part = PART_TEXT };
    struct template_problems problems = { 0 };
    struct render_context context = { .max_output_bytes = 100 };
    struct template_problem problem;
    struct template *template;
    struct arena arena;
    struct span out;

    (void)state;
    arena_init(&arena);
    context.data = liquid_data(&arena, NULL);
    template = template_compile(span_of("{% for i in (1..26) %}abcd{% endfor %}"), &text, &arena,
                                &problems);
    assert_non_null(template);
    assert_int_equal(template_render(template, &context, &arena, &out, &problem), -1);
    assert_string_equal(problem.text, "the text grows beyond 100 bytes");
    template_destroy(template);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html__escapes_data_once),
        cmocka_unit_test(test_html__urls_take_known_schemes_only),
        cmocka_unit_test(test_html__every_attribute_that_takes_a_url_refuses_scripts),
        cmocka_unit_test(test_html__refuses_data_where_it_cannot_be_made_safe),
        cmocka_unit_test(test_text__drops_controls_and_bidi_marks),
        cmocka_unit_test(test_header__is_one_line),
        cmocka_unit_test(test_header__is_at_most_255_points_long),
        cmocka_unit_test(test_url__is_encoded),
        cmocka_unit_test(test_data__is_never_parsed_as_a_template),
        cmocka_unit_test(test_html__an_error_in_a_preview_is_escaped),
        cmocka_unit_test(test_html__a_cycle_of_data_is_held_to_its_place),
        cmocka_unit_test(test_header__is_at_most_255_characters_with_its_spaces),
        cmocka_unit_test(test_output__keeps_a_limit_that_is_no_power_of_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
