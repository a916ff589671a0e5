/* tests/templates/test_loose.c - what lax templates may look like: the reference's old way to read them.
 * Strict ones refuse all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "support.h"

/* Results are those of ruby-liquid in its lax mode. */
static const struct liquid_case rows[] = {
    { "{{ a b c }}", "{\"a\":1}", "1" },
    { "{{ foo=>bar }}{{ !x }}{{ x! }}", "{\"foo\":{\"bar\":1},\"x\":2}", "122" },
    { "{{ 1.2.3 }}|{{ 1e16 }}|{{ .5 }}|{{ ~ }}|{{ 5 = 5 }}", NULL, "1.2||||5" },
    { "{{ ['foo'] }}{{ [key] }}{{ a[ 'b' }}", "{\"foo\":1,\"key\":\"foo\",\"a\":{\"b\":2}}",
      "11{\"b\"=>2}" },
    { "{{ 'a b' | split$$$:' ' | first }}{{ 'hi there' | split:\"t\"\" | remove:\"i\" | first }}",
      NULL, "ahi " },
    { "{{ 'a' | | upcase | }}{{ 'b' upcase }}", NULL, "Ab" },
    { "{{ 'a' | append: 'b' 'c' }}{{ 'x' | truncate: 1,, '.' }}", NULL, "abx" },
    { "{% if a = 1 %}x{% endif %}", "{\"a\":1}", "Liquid error (line 1): Unknown operator =" },
    { "{% if 'x and y' == s %}yes{% endif %}{% if a && b %}no{% endif %}",
      "{\"s\":\"x and y\",\"a\":1}", "yesno" },
    { "{% if !a %}yes{% else %}no{% endif %}", "{\"a\":1}", "yes" },
    { "{% case a=>b %}{% when 1, %}one{% when ~ %}{% endcase %}", "{\"a\":{\"b\":1}}", "one" },
    { "{% for i in (1..3) limit:2 junk %}{{ i }}{% endfor %}", NULL, "12" },
    { "{% tablerow i in (1..2) ~ cols:1 %}{{ i }}{% endtablerow %}", NULL,
      "<tr class=\"row1\">\n<td class=\"col1\">1</td></tr>\n<tr class=\"row2\"><td "
      "class=\"col1\">2</td>"
      "</tr>\n" },
    { "{% cycle .5: 'a', 'b' %}{% cycle 'x' 'y', 'z' %}", NULL, "ax" },
    { "{% assign foo.bar = 1 %}{% assign 5 = 'b' %}{{ .5 }}", NULL, "b" },
    { "{% capture a b %}x{% endcapture %}{{ a }}", NULL, "x" },
    { "{% increment a b %}{% increment a b %}", NULL, "01" },
    { "{{ 18446744073709551616 }}{% if 18446744073709551616 > 1 %}!{% endif %}"
      "{{ -9223372036854775808 | abs }}",
      NULL, "18446744073709551616!9223372036854775808" },
};

static void test_lax__passes_over_what_it_does_not_know(void **state)
{
    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_strict__refuses_what_lax_passes_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;

        arena_init(&arena);
        if (liquid(&arena, rows[i].template, rows[i].data, NULL).compiled)
            fail_msg("strict took: %s", rows[i].template);
        arena_finish(&arena);
    }
}

/* An error's line is that of its tag, and of the block for its branches. */
static void test_lax__tells_the_line_of_the_tag(void **state)
{
    static const struct liquid_case lines[] = {
        { "a\n{{\n\n1 | divided_by: 0 }}", NULL, "a\nLiquid error (line 2): divided by 0" },
        { "{% if false %}\n\n{% elsif 1 < 'a' %}x{% endif %}", NULL,
          "Liquid error (line 1): comparison of Integer with String failed" },
        { "{% liquid\n echo 1\n echo 1 | divided_by: 0\n%}", NULL,
          "1Liquid error (line 3): divided by 0" },
    };

    (void)state;
    check_liquid(lines, COUNT_OF(lines));
}

static void test_snippets__are_called_loosely_too(void **state)
{
    static const struct {
        const char *template, *expected;
    } calls[] = {
        { "{% render \"s\" !!! a: 1 ~~~ b: 2 %}", "12" },
        { "{% include \"s\" !!! a: 1 ~~~ b: a %}", "11" },
        { "{% assign s = 5 %}{% render \"s\" with s: 3 %}", "5" },
        { "{% include \"s\" with x as a y %}", "" },
    };
    struct template_snippet snippet = { "s", NULL, { "{{ a }}{{ b }}{{ s }}", 21 } };
    struct template_options lax = {
        .lax = true, .as_reference = true, .snippets = &snippet, .snippet_count = 1
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        struct arena arena;

        arena_init(&arena);
        assert_string_equal(liquid(&arena, calls[i].template, NULL, &lax).text, calls[i].expected);
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lax__passes_over_what_it_does_not_know),
        cmocka_unit_test(test_strict__refuses_what_lax_passes_over),
        cmocka_unit_test(test_lax__tells_the_line_of_the_tag),
        cmocka_unit_test(test_snippets__are_called_loosely_too),
    };

    return cmocka_run_group_tests_name("loose", tests, NULL, NULL);
}
