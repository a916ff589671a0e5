/* tests/templates/test_filters.c - what each filter does, by tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "support.h"

static void test_filters__on_text(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ 'a' | append: 'b' | prepend: 'c' }}", NULL, "cab" },
        { "{{ 'élodie ß' | upcase }} {{ 'ÉΔЖ' | downcase }} {{ 'éLODIE' | capitalize }}", NULL,
          "ÉLODIE SS éδж Élodie" },
        { "[{{ ' a ' | strip }}][{{ ' a ' | lstrip }}][{{ ' a ' | rstrip }}]", NULL,
          "[a][a ][ a]" },
        { "[{{ x | squish }}][{{ x | strip_newlines }}]", "{\"x\":\" a \\n b\"}", "[a b][ a  b]" },
        { "{{ 'aXbX' | replace: 'X', '-' }}{{ 'aXbX' | replace_first: 'X', '-' }}"
          "{{ 'aXbX' | replace_last: 'X', '-' }}",
          NULL, "a-b-a-bXaXb-" },
        /* what an earlier filter was given is not there any more */
        { "{{ 'a' | replace: 'x', 'Q' }}{{ 'aXbX' | remove: 'X' }}{{ 'aXb' | remove_last: 'X' }}",
          NULL, "aabab" },
        { "{{ 'aXbX' | remove: 'X' }} {{ 'aXbX' | remove_first: 'X' }} "
          "{{ 'aXbX' | remove_last: 'X' }}",
          NULL, "ab abX aXb" },
        { "{{ 'Ground control' | truncate: 9 }}|{{ 'abc' | truncate: 3 }}|"
          "{{ 'ééééé' | truncate: 3, '' }}",
          NULL, "Ground...|abc|ééé" },
        { "{{ 'one two three' | truncatewords: 2 }}|{{ 'one two' | truncatewords: 2 }}", NULL,
          "one two...|one two" },
        { "{{ 'hello' | slice: 1, 3 }}{{ 'hello' | slice: -2 }}{{ 'hé!' | slice: 1 }}", NULL,
          "elllé" },
        { "{{ 'a,b,,' | split: ',' | join: '-' }} {{ 'héy' | split: '' | join: '.' }}", NULL,
          "a-b h.é.y" },
        { "{{ 'héllo' | size }}", NULL, "5" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_filters__on_html_and_urls(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ x | escape }} {{ x | h }}", "{\"x\":\"<a href='\\\"'>&\"}",
          "&lt;a href=&#39;&quot;&#39;&gt;&amp; &lt;a href=&#39;&quot;&#39;&gt;&amp;" },
        { "{{ '1 < 2 &amp; 3 & &#38;' | escape_once }}", NULL, "1 &lt; 2 &amp; 3 &amp; &#38;" },
        { "{{ x | strip_html }}", "{\"x\":\"a<b>c</b><script>d</script><!-- e -->f<\"}", "acf<" },
        { "{{ x | newline_to_br }}", "{\"x\":\"a\\r\\nb\\nc\"}", "a<br />\nb<br />\nc" },
        { "{{ 'a b&ü~' | url_encode }} {{ 'a+b%C3%BC%' | url_decode }}", NULL,
          "a+b%26%C3%BC~ a bü%" },
        { "{{ 'one' | base64_encode }} {{ 'b25l' | base64_decode }}", NULL, "b25l one" },
        { "{{ x | json }}", "{\"x\":{\"a\":[1,null,\"q\\\"\\n\"]}}",
          "{\"a\":[1,null,\"q\\\"\\n\"]}" },
        { "{{ '%FF' | url_decode }}", NULL,
          "Liquid error (line 1): invalid byte sequence in UTF-8" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_filters__modulo_of_a_decimal_by_zero_is_an_error_not_a_nan(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ 2.5 | modulo: 0 }}", NULL, "Liquid error (line 1): divided by 0" },
        { "{{ 2 | modulo: 0.0 }}", NULL, "Liquid error (line 1): divided by 0" },
        { "{{ '2.5' | modulo: 'x' }}", NULL, "Liquid error (line 1): divided by 0" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_filters__on_numbers(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ 1 | plus: 2 }} {{ 10.1 | plus: 2.2 }} {{ '3' | plus: '4.5' }}", NULL, "3 12.3 7.5" },
        { "{{ 5 | minus: 7 }} {{ 3 | times: 1.5 }}", NULL, "-2 4.5" },
        { "{{ -7 | divided_by: 2 }} {{ -7 | modulo: 2 }} {{ 20 | divided_by: 7.0 }}", NULL,
          "-4 1 2.857142857142857" },
        { "{{ 1 | divided_by: 0 }}", NULL, "Liquid error (line 1): divided by 0" },
        { "{{ 1.5 | round }} {{ -1.5 | round }} {{ 5.666 | round: 1 }} {{ 1.2 | ceil }} "
          "{{ -1.2 | floor }} {{ -3 | abs }}",
          NULL, "2 -2 5.7 2 -2 3" },
        { "{{ 3 | at_least: 5 }} {{ 3 | at_most: 2 }} {{ '9' | at_most: 10 }}", NULL, "5 2 9" },
        { "{{ 9223372036854775807 | plus: 1 }}", NULL,
          "Liquid error (line 1): the number is too large" },
        { "{{ l | sum }} {{ m | sum: 'n' }}", "{\"l\":[1,\"2\",[3]],\"m\":[{\"n\":1},{\"n\":2.5}]}",
          "6 3.5" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_filters__on_lists(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ l | first }}{{ l | last }}{{ l | size }}{{ l | join }}", "{\"l\":[\"a\",\"b\"]}",
          "ab2a b" },
        { "{{ l | sort | join: ',' }} {{ l | sort_natural | join: ',' }}",
          "{\"l\":[\"b\",\"C\",\"a\",\"B\"]}", "B,C,a,b a,b,B,C" },
        { "{{ l | sort: 'n' | map: 'n' | join: ',' }}",
          "{\"l\":[{\"n\":3},{\"n\":1},{},{\"n\":2}]}", "1,2,3," },
        { "{{ l | uniq | join: ',' }} {{ l | reverse | join: ',' }}", "{\"l\":[1,2,1,3]}",
          "1,2,3 3,1,2,1" },
        { "{{ l | compact | size }} {{ l | concat: m | size }}", "{\"l\":[1,null],\"m\":[3]}",
          "1 3" },
        { "{{ l | where: 'a' | size }} {{ l | where: 'a', 2 | map: 'b' | join }} "
          "{{ l | reject: 'a' | size }}",
          "{\"l\":[{\"a\":1},{\"a\":2,\"b\":\"x\"},{}]}", "2 x 1" },
        { "{{ l | find: 'a', 2 | json }} {{ l | find_index: 'a', 2 }} {{ l | has: 'a', 3 }}",
          "{\"l\":[{\"a\":1},{\"a\":2}]}", "{\"a\":2} 1 false" },
        { "{{ l | sort }}", "{\"l\":[1,\"a\"]}",
          "Liquid error (line 1): cannot sort values of incompatible types" },
        { "{{ 1 | map: 'a' }}", NULL, "Liquid error (line 1): cannot select the property 'a'" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_filters__default_replaces_what_is_empty(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ x | default: 'd' }}", NULL, "d" },
        { "{{ x | default: 'd' }}", "{\"x\":\"\"}", "d" },
        { "{{ x | default: 'd' }}", "{\"x\":[]}", "d" },
        { "{{ x | default: 'd' }}", "{\"x\":false}", "d" },
        { "{{ x | default: 'd', allow_false: true }}", "{\"x\":false}", "false" },
        { "{{ x | default: 'd' }}", "{\"x\":0}", "0" },
        { "{{ x | default: 'd' }}", "{\"x\":\" \"}", " " },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_filters__of_our_own(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ 'Anna' | possessive }} {{ 'James' | possessive }}", NULL, "Anna's James'" },
        { "{{ l | list_and }}; {{ l | list_and: 'or' }}", "{\"l\":[\"a\",\"b\",\"c\"]}",
          "a, b and c; a, b or c" },
        { "{{ l | list_and }}", "{\"l\":[\"a\"]}", "a" },
        { "{{ 'anna-maria élise' | initials }}", NULL, "AMÉ" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_spin__is_the_same_for_the_same_person(void **state)
{
    const char *source = "{{ 'Hi|Hello|Hey' | spin }} {{ 'a|b|c|d' | spin: 'k' }}"
                         "{{ 'a|b|c|d' | spin: 'k' }}";
    struct template_options options = { .part = PART_NONE, .name = "t" };
    struct template_problems problems = { 0 };
    struct arena arena;
    struct template *template;
    bool differs = false;
    char first[64] = "";

    (void)state;
    arena_init(&arena);
    template = template_compile(span_of(source), &options, &arena, &problems);
    assert_non_null(template);
    for (int64_t seed = 0; seed < 50; seed++) {
        struct render_context context = { .data = value_map(NULL, 0), .seed = seed };
        struct template_problem problem;
        struct span one, two;

        assert_int_equal(template_render(template, &context, &arena, &one, &problem), 0);
        assert_int_equal(template_render(template, &context, &arena, &two, &problem), 0);
        assert_true(span_eq(one, two));
        assert_int_equal(one.data[one.len - 1], one.data[one.len - 2]);
        if (seed == 0)
            snprintf(first, sizeof(first), "%.*s", (int)one.len, one.data);
        differs = differs || !span_is(one, first);
    }
    assert_true(differs);
    template_destroy(template);
    arena_finish(&arena);
}

static void test_date__reads_what_people_write(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ '2026-03-14' | date: '%F %T' }}", NULL, "2026-03-14 00:00:00" },
        { "{{ '2026-03-14 10:20:30' | date: '%s' }}", NULL, "1773483630" },
        { "{{ '2026-03-14T10:20:30.5Z' | date: '%FT%T.%L%z' }}", NULL,
          "2026-03-14T10:20:30.500+0000" },
        { "{{ '2026-03-14T10:20:00+02:00' | date: '%H:%M %:z' }}", NULL, "10:20 +02:00" },
        { "{{ 'Sat, 14 Mar 2026 10:20:30 +0100' | date: '%s' }}", NULL, "1773480030" },
        { "{{ 'March 14, 2026 10:05 pm' | date: '%H:%M' }}{{ '14th March 2026' | date: ' %d' }}",
          NULL, "22:05 14" },
        { "{{ 0 | date: '%c' }}", NULL, "Thu Jan  1 00:00:00 1970" },
        { "{{ 'now' | date: '%F' }} {{ 'today' | date: '%A' }}", NULL, "2026-11-21 Saturday" },
        { "{{ 'soon' | date: '%F' }} {{ '2026-13-40' | date: '%F' }}", NULL, "soon 2026-13-40" },
        { "{{ '2026-11-21 09:00' | date: '%-d.%-m.%y %l%p|%3d|%^a|%#p|%e|%j|%G-W%V|%u|%U|%W' }}",
          NULL, "21.11.26  9AM|021|SAT|am|21|325|2026-W47|6|46|46" },
        { "{{ '2026-11-21' | date: '%Q %%' }}", NULL, "%Q %" },
        { "{{ '2026-07-01T10:00:00Z' | date: '%H:%M %Z', 'Europe/Berlin' }}", NULL, "12:00 CEST" },
        { "{{ '2026-07-01T10:00:00Z' | date: '%H:%M', '-05:30' }}", NULL, "04:30" },
        { "{{ 0 | date: '%H', 'Moon/Base' }}", NULL,
          "Liquid error (line 1): unknown time zone 'Moon/Base'" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

/* As the reference, which is Ruby underneath. */
static void test_filters__take_odd_arguments_as_ruby_does(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ 'a.b' | replace: '.', '[\\0]' }} {{ 'ab' | replace: 'b', \"<\\`\\'>\" }} "
          "{{ 'ab' | replace_first: 'a', '\\1\\\\' }} {{ 'ab' | replace_last: 'b', '\\0' }}",
          NULL, "a[.]b a<a> \\b a\\0" },
        { "{{ 'ab' | replace: 'b', '\\k<x>' }}", NULL, "Liquid error (line 1): internal" },
        { "{{ 'abc' | truncate: '99999999999999999999' }}{{ 'abc' | slice: '-99999999999999999999' "
          "}}",
          NULL, "abc" },
        { "{{ l | map: 1 | join: ',' }} {{ 'héy' | map: 1 }}", "{\"l\":[3,1,2]}", "1,0,1 é" },
        { "{{ 5 | sort: 'x' }} {{ 5 | uniq: 'x' }} [{{ l | sort: 'x' }}]", "{\"l\":[1,null]}",
          "5 5 []" },
        { "{{ l | sort: 'x' }}", "{\"l\":[1,2]}",
          "Liquid error (line 1): cannot select the property 'x'" },
        { "{{ l | sum: 2 }}", "{\"l\":[1]}",
          "Liquid error (line 1): cannot select the property '2'" },
        { "{% for i in l limit: 1.5 %}x{% else %}none{% endfor %}.", "{\"l\":[1]}",
          "Liquid error (line 1): invalid integer." },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_numbers__decimals_do_not_lose_digits(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ 1000.1 | minus: 1000 }} {{ 99.99 | modulo: -5 }} {{ 0.1 | plus: 0.2 }}", NULL,
          "0.1 -0.01 0.3" },
        { "{{ 12345 | round: -2 }} {{ 99.99 | round: -2 }} {{ -150 | round: -2 }}", NULL,
          "12300 100 -200" },
        { "{{ 2.675 | round: 2 }} {{ 1.005 | round: 2 }} {{ '1.005' | round: 2 }}", NULL,
          "2.68 1.01 1.01" },
        { "{{ 0 | times: -3.25 }} {{ 1.5 | minus: 1.5 }} {{ 3 | times: 0.1 }}", NULL,
          "-0.0 0.0 0.3" },
        { "{{ 123456789.12345678 | plus: 1 }} {{ 0.000000001 | times: 3 }}", NULL,
          "123456790.12345678 3.0e-09" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_date__formats_as_ruby_does(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ '2024-03-05' | date: '%-10d|%010Y|%10%|%Ey|%Od|%:d|%+5d|%Q|%#Z|%:z|%::z|%:::z|%E' }}",
          NULL, "5|0000002024|         %|24|05|%:d|%+5d|%Q|utc|+00:00|+00:00:00|+00|%E" },
        { "{{ '2024-03-05' | date: '%e%' }}", NULL, "Liquid error (line 1): invalid format: %e%" },
        { "{{ '2024-03-05' | date: '%-5' }}", NULL, "Liquid error (line 1): invalid format: %-5" },
        { "{{ '5 Jul 2019 3pm' | date: '%F %R' }} {{ 'Jul 5 2019 12 am' | date: '%F %R' }}", NULL,
          "2019-07-05 15:00 2019-07-05 00:00" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_truncatewords__cuts_white_space_behind_the_last_word(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ ' two  words ' | truncatewords: 2 }}|{{ ' two  words' | truncatewords: 2 }}", NULL,
          "two words...| two  words" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_uniq__is_nothing_where_an_item_cannot_be_asked(void **state)
{
    static const struct liquid_case rows[] = {
        { "[{{ l | uniq: 'a' }}][{{ l | compact: 'a' }}]", "{\"l\":[{\"a\":1},true]}", "[][]" },
        { "[{{ 1.5 | uniq: 'a' }}][{{ 1.5 | compact: 'a' }}]", NULL, "[1.5][]" }, /* never asked */
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters__on_text),
        cmocka_unit_test(test_filters__on_html_and_urls),
        cmocka_unit_test(test_filters__on_numbers),
        cmocka_unit_test(test_filters__modulo_of_a_decimal_by_zero_is_an_error_not_a_nan),
        cmocka_unit_test(test_filters__on_lists),
        cmocka_unit_test(test_filters__default_replaces_what_is_empty),
        cmocka_unit_test(test_filters__of_our_own),
        cmocka_unit_test(test_spin__is_the_same_for_the_same_person),
        cmocka_unit_test(test_date__reads_what_people_write),
        cmocka_unit_test(test_filters__take_odd_arguments_as_ruby_does),
        cmocka_unit_test(test_date__formats_as_ruby_does),
        cmocka_unit_test(test_numbers__decimals_do_not_lose_digits),
        cmocka_unit_test(test_truncatewords__cuts_white_space_behind_the_last_word),
        cmocka_unit_test(test_uniq__is_nothing_where_an_item_cannot_be_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
