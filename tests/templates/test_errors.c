/* tests/templates/test_errors.c - what the compiler reports and where, what a strict template holds
 * for, and that limits end a render. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "support.h"

static void test_compiler__says_where_and_what(void **state)
{
    static const struct {
        const char *source;
        int line, column;
        const char *text;
    } rows[] = {
        { "Hi {{ name | upcas }}", 1, 14, "unknown filter 'upcas', did you mean 'upcase'?" },
        { "a\nb {% iff x %}", 2, 3, "Unknown tag 'iff', did you mean 'if'?" },
        { "{% if x %}a", 1, 1, "'if' tag was never closed" },
        { "{% if x %}a{% endfor %}{% endif %}", 1, 12,
          "'endfor' is not a valid delimiter for if tags. use endif" },
        { "{% else %}", 1, 1, "Unexpected outer 'else' tag" },
        { "é {{ x y }}", 1, 8, "Expected end_of_string but found id" },
        { "{{ x | }}", 1, 8, "Expected id but found end_of_string" },
        { "{{ 'x }}", 1, 4, "Unexpected character '" },
        { "{% for x of y %}{% endfor %}", 1, 10, "For loops require an 'in' clause" },
        { "{% assign x %}", 1, 11,
          "Syntax Error in 'assign' - Valid syntax: assign [var] = [source]" },
        { "{{ x | append }}", 1, 8,
          "filter 'append': wrong number of arguments (given 1, expected 2)" },
        { "text {{ x", 1, 6, "Variable '{{' was not properly terminated with regexp: /\\}\\}/" },
        { "{% if x", 1, 1, "Tag '{%' was not properly terminated with regexp: /\\%\\}/" },
        { "{{ ['x'] }}", 1, 4, "Bare bracket access is not allowed. Use self['...'] instead" },
        { "{{ 99999999999999999999 }}", 1, 4, "the number is too large" },
        { "{% comment %}", 1, 1, "'comment' tag was never closed" },
        { "{% liquid\n  echo 'a'\n  eco 'b'\n%}", 3, 3, "Unknown tag 'eco', did you mean 'echo'?" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct outcome out;

        arena_init(&arena);
        out = liquid(&arena, rows[i].source, NULL, NULL);
        assert_false(out.compiled);
        assert_string_equal(out.problem.text, rows[i].text);
        assert_int_equal(out.problem.line, rows[i].line);
        assert_int_equal(out.problem.column, rows[i].column);
        arena_finish(&arena);
    }
}

static void test_compiler__collects_all_problems(void **state)
{
    struct arena arena;
    struct outcome out;

    (void)state;
    arena_init(&arena);
    out =
        liquid(&arena, "{{ a | nope }}\n{% nope %}\n{{ b c }}\n{% if %}\n{% endif %}", NULL, NULL);
    assert_int_equal(out.problems, 4);
    assert_int_equal(out.problem.line, 1);
    arena_finish(&arena);
}

static void test_explain__shows_line_and_caret(void **state)
{
    struct template_problem problem = { .line = 3,
                                        .column = 14,
                                        .text = "unknown filter 'upcas'",
                                        .source = "  Hi {{ name | upcas }}" };
    struct str out;

    (void)state;
    str_init(&out, 1000);
    template_explain("recap/email.liquid", &problem, &out);
    assert_string_equal(str_text(&out), "recap/email.liquid:3:14: unknown filter 'upcas'\n"
                                        "    Hi {{ name | upcas }}\n"
                                        "               ^\n");
    str_finish(&out);
}

static void test_fields__unknown_ones_are_refused(void **state)
{
    static const char *const fields[] = { "prospect.first_name", "prospect.company", "fields.*",
                                          "recap.summary", NULL };
    static const struct {
        const char *source, *text; /* NULL = fine */
    } rows[] = {
        { "{{ prospect.first_name }}{{ fields.anything }}{% if recap %}{{ recap.summary }}{% endif "
          "%}",
          NULL },
        { "{% assign x = 1 %}{{ x }}{% for i in fields.list %}{{ i.a }}{{ forloop.index }}{% "
          "endfor %}",
          NULL },
        { "{{ prospect.first_nme }}",
          "unknown field 'prospect.first_nme', did you mean 'prospect.first_name'?" },
        { "{{ prospect.shoe_size }}", "unknown field 'prospect.shoe_size'" },
    };
    struct template_options options = { .part = PART_TEXT, .fields = fields };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct outcome out;

        arena_init(&arena);
        out = liquid(&arena, rows[i].source, NULL, &options);
        assert_int_equal(out.problems, rows[i].text ? 1 : 0);
        assert_string_equal(out.problems ? out.problem.text : "", rows[i].text ? rows[i].text : "");
        arena_finish(&arena);
    }
}

static void test_paths__lists_each_field_once(void **state)
{
    struct template_options options = { .part = PART_TEXT };
    struct template_problems problems = { 0 };
    struct arena arena;
    struct template *template;
    const char **paths;

    (void)state;
    arena_init(&arena);
    template = template_compile(span_of("{{ a.b }}{{ a['b'] }}{% assign x = a.c %}{{ x }}"
                                        "{% for i in l %}{{ i.z }}{% endfor %}"),
                                &options, &arena, &problems);
    assert_non_null(template);
    paths = template_paths(template, &arena);
    assert_string_equal(paths[0], "a.b");
    assert_string_equal(paths[1], "a.c");
    assert_string_equal(paths[2], "l");
    assert_null(paths[3]);
    template_destroy(template);
    arena_finish(&arena);
}

static void test_strict__holds_rather_than_send_half_a_text(void **state)
{
    static const struct {
        const char *source, *data, *text; /* text NULL = renders */
    } rows[] = {
        { "{{ a.b }}", "{\"a\":{}}", "a.b is missing and has no default" },
        { "{{ a | upcase }}", NULL, "a is missing and has no default" },
        { "{{ 'Hi ' | append: a }}", NULL, "a is missing and has no default" },
        { "{{ a }}", "{\"a\":\" \"}", "a is blank and has no default" },
        { "{{ a | default: b }}", NULL,
          "there is nothing to print: the default has no value either" },
        { "{{ a.b[0] }}", "{\"a\":{\"b\":[]}}", "this field is missing and has no default" },
        { "{% assign x = a | append: '!' %}", NULL, "a is missing and has no default" },
        { "{% if 1 < 'a' %}{% endif %}", NULL, "comparison of Integer with String failed" },
        { "{{ 1 | divided_by: 0 }}", NULL, "divided by 0" },
        { "{{ 1.0 | divided_by: 0 }}", NULL, "divided by 0" },
        { "{{ a | default: 'x' }}{{ a || 'y' }}", NULL, NULL },
        { "{{ a | default: '' }}", NULL, NULL },
        { "{% if a %}{{ a }}{% endif %}{% for i in a %}{{ i }}{% endfor %}", NULL, NULL },
        { "{% assign x = a %}{% if x %}{{ x }}{% endif %}", NULL, NULL },
        { "{{ '' }}{{ a }}", "{\"a\":false}", NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct outcome out;

        arena_init(&arena);
        out = liquid(&arena, rows[i].source, rows[i].data, NULL);
        assert_true(out.compiled);
        assert_int_equal(out.rendered, rows[i].text == NULL);
        assert_string_equal(out.rendered ? "" : out.problem.text, rows[i].text ? rows[i].text : "");
        arena_finish(&arena);
    }
}

static void test_strict__white_space_is_not_taken_for_a_name(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ a | default: 'you' }}", "{\"a\":\" \"}", "you" },
        { "{{ a | default: 'you', allow_false: true }}", "{\"a\":\"\\t\\n\"}", "you" },
        { "{{ a || 'you' }}", "{\"a\":\"  \"}", "you" },
        { "{{ a | default: 'you', allow_false: true }}", "{\"a\":false}", "false" },
        { "{{ a | default: 'you' }}", "{\"a\":\" Ann\"}", " Ann" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct outcome out;

        arena_init(&arena);
        out = liquid(&arena, rows[i].template, rows[i].data, NULL);
        assert_true(out.rendered);
        assert_string_equal(out.text, rows[i].expected);
        arena_finish(&arena);
    }
}

static void test_strict__names_the_place_of_what_is_missing(void **state)
{
    struct arena arena;
    struct outcome out;

    (void)state;
    arena_init(&arena);
    out = liquid(&arena, "Hi\nyou {{ prospect.city }}!", NULL, NULL);
    assert_false(out.rendered);
    assert_int_equal(out.problem.line, 2);
    assert_int_equal(out.problem.column, 8);
    assert_string_equal(out.problem.source, "you {{ prospect.city }}!");
    arena_finish(&arena);
}

static void test_limits__end_every_attack_with_a_clear_error(void **state)
{
    static const struct {
        const char *source, *text; /* text: must be in the problem */
    } rows[] = {
        { "{% for i in (1..1000) %}{% for j in (1..1000) %}x{% endfor %}{% endfor %}", "turns" },
        { "{% for i in (1..5000000) %}{% endfor %}", "turns" },
        { "{% assign a = 'a,b' | split: ',' %}{% for i in (1..20) %}"
          "{% assign a = a | concat: a %}{% endfor %}{{ a | size }}",
          "list of more than" },
        { "{{ (1..3000000) | join: ',' }}", "list of more than" },
        { "{% assign a = 'aaaaaaaaaa' %}{% for i in (1..22) %}{% assign a = a | append: a %}"
          "{% endfor %}{{ a | size }}",
          "grows beyond" },
        { "{% assign a = 'aaaaaaaaaa' %}{% for i in (1..6) %}"
          "{% assign a = a | replace: 'a', 'aaaaaaaaaa' %}{% endfor %}{{ a | size }}",
          "grows beyond" },
        { "{{ 0 | date: '%5000000d' }}", "width is at most 64" },
        { "{% assign a = 'x' %}{% for i in (1..9999) %}{% assign b = a | append: 'y' | split: '' | "
          "sort | join: 'z' %}{% endfor %}",
          "steps of work" },
        { "{% assign a = '0123456789' | split: '' %}{% for i in (1..9) %}{% assign a = a | "
          "concat: a %}{% endfor %}{% for i in (1..9000) %}{{ a | uniq | sort | join }}"
          "{% endfor %}",
          "" },
        { "{% for i in (1..9000) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }}{% endfor %}",
          "grows beyond" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct outcome out;

        arena_init(&arena);
        out = liquid(&arena, rows[i].source, NULL, NULL);
        assert_true(out.compiled);
        assert_false(out.rendered);
        assert_non_null(strstr(out.problem.text, rows[i].text));
        assert_true(arena.used < ((size_t)8 << 20));
        arena_finish(&arena);
    }
}

static void test_limits__a_limit_ends_a_lax_render_too(void **state)
{
    struct template_options lax = { .part = PART_NONE, .lax = true };
    struct arena arena;
    struct outcome out;

    (void)state;
    arena_init(&arena);
    out = liquid(&arena, "{% for i in (1..5000000) %}{% endfor %}", NULL, &lax);
    assert_false(out.rendered);
    arena_finish(&arena);
}

/* n times text, with what begins and ends it */
static const char *many(struct arena *arena, const char *begin, const char *text, int n)
{
    struct str out;
    const char *copy;

    str_init(&out, (size_t)4 << 20);
    str_add_text(&out, begin);
    for (int i = 0; i < n; i++)
        str_add_text(&out, text);
    copy = arena_dup(arena, str_text(&out));
    str_finish(&out);
    return copy;
}

static void test_limits__the_compiler_has_its_own(void **state)
{
    static const struct {
        const char *begin, *text;
        int n;
        const char *problem;
    } rows[] = {
        { "", "{% if a %}", 101, "Nesting too deep" },
        { "{{ ", "a[", 40, "nested too deep" },
        { "{{ ", "(", 40, "nested too deep" },
        { "{{ a", " | upcase", 33, "more than 32 filters" },
        { "{{ a", "[0]", 17, "more than 16 parts" },
        { "{{ a | join: 1", ", 1", 17, "more than 16 arguments" },
        { "", "{{ 1 }}", 20001, "too long" },
        { "", "0123456789", 30000, "larger than" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct outcome out;

        arena_init(&arena);
        out = liquid(&arena,
                     arena_printf(&arena, "%s%s",
                                  many(&arena, rows[i].begin, rows[i].text, rows[i].n),
                                  rows[i].begin[0] ? " }}" : ""),
                     NULL, NULL);
        assert_false(out.compiled);
        if (!strstr(out.problem.text, rows[i].problem))
            fail_msg("%s: %s", rows[i].problem, out.problem.text);
        arena_finish(&arena);
    }
}

static void test_numbers__beyond_their_range_are_refused_or_end_there(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ (1..9999999999999999999999999.5) | first }}", NULL,
          "Liquid error (line 1): invalid integer" },
        { "{% for i in (1..5) limit: -9223372036854775808 offset: -1 %}{{ i }}{% endfor %}", NULL,
          "" },
        { "{{ 1.5 | round: 99999999999999999999.0 }}", NULL, "1.5" },
        { "{{ 0.0001 }} {{ 0.00001 }} {{ -0.0 }} {{ 123456789012345.6 }}", NULL,
          "0.0001 1.0e-05 -0.0 123456789012345.6" },
        { "{{ 0.1 | plus: 0.2 }} {{ 100.0 }} {{ 12.50 }} {{ 1.0 | divided_by: 3 }}", NULL,
          "0.3 100.0 12.5 0.3333333333333333" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

static void test_compiler__refuses_what_is_no_utf8(void **state)
{
    struct arena arena;
    struct outcome out;

    (void)state;
    arena_init(&arena);
    out = liquid(&arena, "Hi\n\xe2\x82\xac \xe2\x82 {{ a }}", NULL, NULL);
    assert_false(out.compiled);
    assert_string_equal(out.problem.text, "this is not UTF-8");
    assert_int_equal(out.problem.line, 2);
    assert_int_equal(out.problem.column, 3);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compiler__says_where_and_what),
        cmocka_unit_test(test_compiler__collects_all_problems),
        cmocka_unit_test(test_explain__shows_line_and_caret),
        cmocka_unit_test(test_fields__unknown_ones_are_refused),
        cmocka_unit_test(test_paths__lists_each_field_once),
        cmocka_unit_test(test_strict__holds_rather_than_send_half_a_text),
        cmocka_unit_test(test_strict__white_space_is_not_taken_for_a_name),
        cmocka_unit_test(test_strict__names_the_place_of_what_is_missing),
        cmocka_unit_test(test_limits__end_every_attack_with_a_clear_error),
        cmocka_unit_test(test_limits__a_limit_ends_a_lax_render_too),
        cmocka_unit_test(test_limits__the_compiler_has_its_own),
        cmocka_unit_test(test_numbers__beyond_their_range_are_refused_or_end_there),
        cmocka_unit_test(test_compiler__refuses_what_is_no_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
