/* tests/templates/test_tags.c - what each tag does, by tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "support.h"

static void test_output__prints_values_as_liquid_does(void **state)
{
    static const struct liquid_case rows[] = {
        { "Hi {{ name }}!", "{\"name\":\"Ann\"}", "Hi Ann!" },
        { "{{ a.b.c }}|{{ a['b'].c }}|{{ a[k].c }}", "{\"a\":{\"b\":{\"c\":1}},\"k\":\"b\"}",
          "1|1|1" },
        { "{{ l[0] }}{{ l[-1] }}{{ l[9] }}{{ l.size }}{{ l.first }}{{ l.last }}", "{\"l\":[1,2,3]}",
          "13313" },
        { "{{ 1 }} {{ -2.50 }} {{ 'x' }} {{ true }} {{ nil }}.", NULL, "1 -2.5 x true ." },
        { "{{ 1e16 }}", NULL, "" },
        { "{{ big }} {{ small }}", "{\"big\":1e20,\"small\":0.00001}", "1.0e+20 1.0e-05" },
        { "{{ (1..4) }} {{ l }}", "{\"l\":[1,[2,null]]}", "1..4 12" },
        { "{{ x }}", "{\"x\":\"{{ y }}{% if %}\"}", "{{ y }}{% if %}" },
        { "{{ h }}", "{\"h\":{\"a\":[1,null,\"b\"]}}", "{\"a\"=>[1, nil, \"b\"]}" },
        { "{{ self['k'] }}", "{\"k\":\"v\"}", "v" },
        { "{{ missing.deep.er }}|", NULL, "|" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_output__takes_the_quoted_fallback(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ x | \"there\" }}", NULL, "there" },
        { "{{ x || 'there' }}", "{\"x\":\"\"}", "there" },
        { "{{ x | \"there\" | upcase }}", NULL, "THERE" },
        { "{{ x || 'there' }}", "{\"x\":\"Ann\"}", "Ann" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_whitespace__dashes_trim_both_sides(void **state)
{
    static const struct liquid_case rows[] = {
        { "a {{- 1 -}} b", NULL, "a1b" },
        { "a \n{%- if true -%}\n b \n{%- endif -%}\n c", NULL, "abc" },
        { "a {%- comment %}x{% endcomment -%} b", NULL, "ab" },
        { "a {%- raw %} {{ x }} {% endraw -%} b", NULL, "a {{ x }} b" },
        { "!{% if true %} {% assign x = 1 %} {% endif %}!", NULL, "!!" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_if__only_nil_and_false_are_false(void **state)
{
    static const struct liquid_case rows[] = {
        { "{% if a %}1{% else %}2{% endif %}", "{\"a\":\"\"}", "1" },
        { "{% if a %}1{% else %}2{% endif %}", "{\"a\":0}", "1" },
        { "{% if a %}1{% else %}2{% endif %}", "{\"a\":false}", "2" },
        { "{% if a %}1{% elsif b %}2{% else %}3{% endif %}", "{\"b\":1}", "2" },
        { "{% unless a %}1{% else %}2{% endunless %}", NULL, "1" },
        { "{% unless true %}1{% elsif true %}2{% endunless %}", NULL, "2" },
        { "{% if a == 1 %}x{% endif %}{% if a != 1 %}y{% endif %}{% if a <> 2 %}z{% endif %}",
          "{\"a\":1.0}", "xz" },
        { "{% if 'b' > 'a' and 2 >= 2 and 1 < 1.5 and 1 <= 1 %}y{% endif %}", NULL, "y" },
        { "{% if true or false and false %}y{% else %}n{% endif %}", NULL, "y" },
        { "{% if false and false or true %}y{% else %}n{% endif %}", NULL, "n" },
        { "{% if 'hello' contains 'ell' %}y{% endif %}{% if l contains 2 %}z{% endif %}",
          "{\"l\":[1,2]}", "yz" },
        { "{% if a == blank %}1{% endif %}{% if a == empty %}2{% endif %}", "{\"a\":\" \"}", "1" },
        { "{% if a == blank %}1{% endif %}{% if a == empty %}2{% endif %}", "{\"a\":[]}", "12" },
        { "{% if a == blank %}1{% endif %}{% if a == empty %}2{% endif %}", NULL, "1" },
        { "{% if 1 < 'a' %}y{% else %}n{% endif %}", NULL,
          "Liquid error (line 1): comparison of Integer with String failed" },
        { "a{% if 1 < 'a' %}y{% endif %}b", NULL,
          "aLiquid error (line 1): comparison of Integer with String failedb" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_case__runs_each_matching_when(void **state)
{
    static const struct liquid_case rows[] = {
        { "{% case a %}{% when 1 %}x{% when 2, 3 or 4 %}y{% else %}z{% endcase %}", "{\"a\":3}",
          "y" },
        { "{% case a %} lost {% when 1 %}x{% else %}z{% endcase %}", NULL, "z" },
        { "{% case 1 %}{% when 1, 1 %}x{% endcase %}", NULL, "xx" },
        { "{% case a %}{% when blank %}x{% endcase %}", "{\"a\":\"\"}", "x" },
        { "{% case a %}{% when 1 %}{% case a %}{% when 1 %}in{% endcase %}{% else %}o{% endcase %}",
          "{\"a\":1}", "in" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_for__walks_over_lists_ranges_and_maps(void **state)
{
    static const struct liquid_case rows[] = {
        { "{% for i in l %}{{ i }},{% endfor %}", "{\"l\":[1,2,3]}", "1,2,3," },
        { "{% for i in (1..3) reversed %}{{ i }}{% endfor %}", NULL, "321" },
        { "{% for i in (1..9) limit:2 offset:3 %}{{ i }}{% endfor %}", NULL, "45" },
        { "{% for i in (1..4) limit:2 %}{{ i }}{% endfor %}|"
          "{% for i in (1..4) offset:continue %}{{ i }}{% endfor %}",
          NULL, "12|34" },
        { "{% for p in m %}{{ p[0] }}={{ p[1] }} {% endfor %}", "{\"m\":{\"a\":1,\"b\":2}}",
          "a=1 b=2 " },
        { "{% for c in 'abc' %}[{{ c }}]{% endfor %}", NULL, "[abc]" },
        { "{% for i in x %}a{% else %}none{% endfor %}", NULL, "none" },
        { "{% for i in (1..5) %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}!", NULL,
          "12!" },
        { "{% for i in (1..4) %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}", NULL,
          "134" },
        { "{% for i in (1..3) %}{{ forloop.index }}{{ forloop.index0 }}{{ forloop.rindex }}"
          "{{ forloop.rindex0 }}{{ forloop.first }}{{ forloop.last }}{{ forloop.length }} "
          "{% endfor %}",
          NULL, "1032truefalse3 2121falsefalse3 3210falsetrue3 " },
        { "{% for i in (1..2) %}{% for j in (1..2) %}{{ forloop.parentloop.index }}{{ j }} "
          "{% endfor %}{% endfor %}",
          NULL, "11 12 21 22 " },
        { "{% assign i = 9 %}{% for i in (1..2) %}{{ i }}{% endfor %}{{ i }}", NULL, "129" },
        { "{% for i in (1..2) %}{% capture x %}{{ i }}{% break %}{% endcapture %}{% endfor %}"
          "[{{ x }}]",
          NULL, "[1]" },
        { "{% for i in (1..2) %} {% endfor %}", NULL, "" },
        { "{% for i in (1..2) limit: 'x' %}a{% endfor %}b", NULL,
          "Liquid error (line 1): invalid integerb" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_tags__keep_and_count(void **state)
{
    static const struct liquid_case rows[] = {
        { "{% assign a = 'x' | upcase %}{{ a }}", NULL, "X" },
        { "{% capture a %}<{{ 1 }}>{% endcapture %}{{ a }}{{ a }}", NULL, "<1><1>" },
        { "{% increment a %}{% increment a %}{% decrement a %}{{ a }}", NULL, "0111" },
        { "{% cycle 'a','b' %}{% cycle 'a','b' %}{% cycle 'a','b' %}", NULL, "aba" },
        { "{% cycle g: 1,2 %}{% cycle g: 1,2 %}{% cycle h: 1,2 %}", "{\"g\":\"x\",\"h\":\"y\"}",
          "121" },
        { "{% echo 'a' | upcase %}", NULL, "A" },
        { "{% raw %}{{ x }} {% if %}{% endraw %}", NULL, "{{ x }} {% if %}" },
        { "{% comment %}{% if %} {{ }{% endcomment %}x{%# remark %}", NULL, "x" },
        { "{% doc %} {{ x {% enddoc %}y", NULL, "y" },
        { "{% liquid\n assign a = 2\n if a == 2\n echo 'two'\n endif\n # remark\n%}", NULL, "two" },
        { "{% for i in l %}{% ifchanged %}{{ i }}{% endifchanged %}{% endfor %}",
          "{\"l\":[1,1,2,2,1]}", "121" },
        { "{% tablerow i in (1..3) cols:2 %}{{ i }}{% endtablerow %}", NULL,
          "<tr class=\"row1\">\n<td class=\"col1\">1</td><td class=\"col2\">2</td></tr>\n"
          "<tr class=\"row2\"><td class=\"col1\">3</td></tr>\n" },
        { "a{% break %}b", NULL, "a" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_offset__a_tablerow_is_none_to_continue(void **state)
{
    static const struct liquid_case rows[] = {
        { "{% tablerow i in (1..2) limit: 1 %}{% endtablerow %}"
          "{% for i in (1..2) offset: continue %}{{ i }}{% endfor %}",
          NULL, "<tr class=\"row1\">\n<td class=\"col1\"></td></tr>\n12" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_lax__a_loop_over_nothing_is_refused(void **state)
{
    struct template_options lax = { .part = PART_NONE, .lax = true };
    struct arena arena;
    struct outcome out;

    (void)state;
    arena_init(&arena);
    out = liquid(&arena, "{% for i in | %}{{ i }}{% endfor %}", NULL, &lax);
    assert_false(out.compiled);
    assert_string_equal(out.problem.text,
                        "Syntax Error in 'for loop' - Valid syntax: for [item] in [collection]");
    arena_finish(&arena);
}

static void test_blank__a_tablerow_in_a_blank_loop_keeps_its_space(void **state)
{
    static const struct liquid_case rows[] = {
        { "{% for i in (1..1) %} {% tablerow j in (1..1) %} {% endtablerow %} {% endfor %}", NULL,
          "<tr class=\"row1\">\n<td class=\"col1\"> </td></tr>\n" },
        { "{% for i in (1..2) %} {% capture c %}{% if i == 2 %}{% break %}{% endif %} "
          "{% endcapture %} {% endfor %}[{{ c }}]",
          NULL, "[]" },
        { "{% for i in (1..1) %} {% capture c %}{% if i == 2 %}{% break %}{% endif %} "
          "{% endcapture %} {% endfor %}[{{ c }}]",
          NULL, "[ ]" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output__prints_values_as_liquid_does),
        cmocka_unit_test(test_output__takes_the_quoted_fallback),
        cmocka_unit_test(test_whitespace__dashes_trim_both_sides),
        cmocka_unit_test(test_if__only_nil_and_false_are_false),
        cmocka_unit_test(test_case__runs_each_matching_when),
        cmocka_unit_test(test_for__walks_over_lists_ranges_and_maps),
        cmocka_unit_test(test_tags__keep_and_count),
        cmocka_unit_test(test_offset__a_tablerow_is_none_to_continue),
        cmocka_unit_test(test_lax__a_loop_over_nothing_is_refused),
        cmocka_unit_test(test_blank__a_tablerow_in_a_blank_loop_keeps_its_space),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
