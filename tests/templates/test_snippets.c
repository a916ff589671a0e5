/* tests/templates/test_snippets.c - render and include: scopes, arguments, loops, limits, and what is
 * said when something is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/base/text.h"
#include "support.h"
#include "templates/trace.h"

#define SNIPPETS_MAX 4

struct snippet_case {
    const char *template, *snippets[2 * SNIPPETS_MAX]; /* name, source, name, source... */
    const char *data, *expected;
};

static size_t fill(struct template_snippet *out, const char *const *pairs)
{
    size_t count = 0;

    for (; count < SNIPPETS_MAX && pairs[2 * count]; count++)
        out[count] = (struct template_snippet){ .name = pairs[2 * count],
                                                .source = span_of(pairs[2 * count + 1]) };
    return count;
}

static void check_snippets(const struct snippet_case *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct template_snippet snippets[SNIPPETS_MAX];
        struct template_options lax = { .lax = true, .as_reference = true, .snippets = snippets };
        struct arena arena;
        struct outcome out;

        lax.snippet_count = fill(snippets, rows[i].snippets);
        arena_init(&arena);
        out = liquid(&arena, rows[i].template, rows[i].data, &lax);
        if (!out.rendered || strcmp(out.text, rows[i].expected) != 0)
            print_error("template: %s\n", rows[i].template);
        assert_string_equal(out.rendered ? out.text : out.problem.text, rows[i].expected);
        arena_finish(&arena);
    }
}

static void test_render__sees_only_what_it_is_given(void **state)
{
    static const struct snippet_case rows[] = {
        { "{% assign a = 1 %}{% render 's', b: a %}{{ c }}",
          { "s", "[{{ a }}{{ b }}]{% assign c = 2 %}" },
          NULL,
          "[1]" },
        { "{% for i in (1..2) %}{% render 's' %}{% endfor %}",
          { "s", "[{{ i }}{{ forloop.index }}]" },
          NULL,
          "[][]" },
        { "{% render 's' with 'x', b: 1 %}", { "s", "{{ s }}{{ b }}" }, NULL, "x1" },
        { "{% render 'a/s' with 'x' as t b: 1 %}", { "a/s", "{{ t }}{{ s }}{{ b }}" }, NULL, "x1" },
        { "{% render 's' for list %}",
          { "s", "{{ s }}{{ forloop.index }}{% unless forloop.last %}," },
          "{\"list\":[\"a\",\"b\"]}",
          "Liquid syntax error (s line 1): 'unless' tag was never closed" },
        { "{% render 's' for list as x %}",
          { "s", "{{ x }}{{ forloop.index }}{{ forloop.rindex0 }}{{ forloop.parentloop }} " },
          "{\"list\":[\"a\",\"b\"]}",
          "a11 b20 " },
        { "{% render 's' for (1..3) as x %}", { "s", "{{ x }}" }, NULL, "123" },
        { "{% render 's' for m as x %}",
          { "s", "{{ x | join: '=' }};" },
          "{\"m\":{\"a\":1}}",
          "a=1;" },
        { "{% render 's' for 'ab' as x %}", { "s", "{{ x }};" }, NULL, "ab;" },
        { "{% render 's' with list as x %}", { "s", "{{ x.size }};" }, "{\"list\":[1,2]}", "2;" },
        { "{% increment n %}{% render 's' %}{% render 's' %}{% increment n %}",
          { "s", "{% increment n %}{% cycle 'a', 'b' %}" },
          NULL,
          "00a0a1" },
        { "{% for i in (1..2) %}{{ i }}{% render 's' %}{{ i }}{% endfor %}",
          { "s", "a{% break %}b" },
          NULL,
          "1a12a2" },
        { "{% render 'a' %}",
          { "a", "{% include 'b' %}!", "b", "b" },
          NULL,
          "Liquid error (a line 1): include usage is not allowed in this context!" },
        { "{% render 's', x: x, x: 2 %}", { "s", "{{ x }}" }, "{\"x\":1}", "2" },
    };

    (void)state;
    check_snippets(rows, COUNT_OF(rows));
}

static void test_include__shares_the_scope_of_its_caller(void **state)
{
    static const struct snippet_case rows[] = {
        { "{% assign a = 1 %}{% include 's' %}{{ a }}{{ b }}",
          { "s", "{{ a }}{% assign a = 2 %}{% capture b %}3{% endcapture %}" },
          NULL,
          "123" },
        { "{% include 's', a: 1, b: a %}{{ a }}", { "s", "{{ a }}{{ b }}" }, NULL, "11" },
        { "{% include 's', a: 'x' %}{{ a }}",
          { "s", "{{ a }}{% assign a = 'y' %}{{ a }}" },
          NULL,
          "xxy" },
        { "{% for i in (1..2) %}{% include 's' %}{% endfor %}",
          { "s", "{{ i }}{{ forloop.index0 }}{% for k in (7..7) %}{{ forloop.parentloop.index }}{% "
                 "endfor %} " },
          NULL,
          "101 212 " },
        { "{% for i in (1..3) %}{{ i }}{% include 's' %}.{% endfor %}",
          { "s", "{% if i == 2 %}{% continue %}{% endif %}{% if i == 3 %}{% break %}{% endif %}" },
          NULL,
          "1.23" },
        { "a{% include 's' %}b", { "s", "{% break %}" }, NULL, "a" },
        { "{% for i in (1..2) %}{% capture c %}{% include 's' %}{% endcapture %}{% endfor %}{{ c "
          "}}",
          { "s", "x{% break %}y" },
          NULL,
          "x" },
        { "{% include 's' %}", { "s", "{{ s }}" }, "{\"s\":\"own\"}", "own" },
        { "{% include 's' for list %}", { "s", "{{ s }}," }, "{\"list\":[1,2]}", "1,2," },
        { "{% include 's' with list as x %}", { "s", "{{ x }}," }, "{\"list\":[1,2]}", "1,2," },
        { "{% include 's' for (1..2) %}", { "s", "{{ s }}," }, NULL, "1..2," },
        { "{% include which, a: 1 %}{% include nothing %}",
          { "s", "{{ a }}" },
          "{\"which\":\"s\"}",
          "1Liquid error (line 1): Argument error in tag 'include' - Illegal template name" },
        { "{% include 'a' %}",
          { "a", "{% include 'b', x: y %}", "b", "{{ x }}{{ y }}" },
          "{\"y\":1}",
          "11" },
        { "{% assign x = 1 %}{% assign s = self %}{% render 's', o: s %}",
          { "s", "{% assign x = 2 %}{{ o.x }}{{ self.x }}" },
          NULL,
          "12" },
    };

    (void)state;
    check_snippets(rows, COUNT_OF(rows));
}

static void test_snippets__that_call_themselves_end(void **state)
{
    static const struct {
        const char *source, *says;
    } rows[] = {
        { "{% render 's' %}", "does 's' call itself?" },
        { "{% render 's' %}{% render 's' %}", "does 's' call itself?" },
        { "{% include 's' %}{% include 's' %}", "does 's' call itself?" },
    };
    static const char *const chain[] = {
        "s", "{% if n < 15 %}{% assign n = n | plus: 1 %}{% render 's', n: n %}{% endif %}{{ n }} "
    };

    (void)state;
    for (size_t i = 0; i <= COUNT_OF(rows); i++) {
        const char *const itself[] = { "s", i < COUNT_OF(rows) ? rows[i].source : chain[1], NULL };
        struct template_snippet snippets[SNIPPETS_MAX];
        struct template_options options = { .snippets = snippets };
        struct arena arena;
        struct outcome out;

        options.snippet_count = fill(snippets, itself);
        arena_init(&arena);
        out = liquid(&arena, i < COUNT_OF(rows) ? rows[i].source : "{% render 's', n: 0 %}", NULL,
                     &options);
        assert_true(out.compiled);
        assert_int_equal(out.rendered, i == COUNT_OF(rows));
        if (i < COUNT_OF(rows))
            assert_non_null(strstr(out.problem.text, rows[i].says));
        arena_finish(&arena);
    }
}

static void test_snippets__calls_are_counted(void **state)
{
    static const char *const each[] = { "s", "x", NULL };
    struct template_snippet snippets[SNIPPETS_MAX];
    struct template_options options = { .snippets = snippets,
                                        .snippet_count = fill(snippets, each) };
    struct arena arena;
    struct outcome out;

    (void)state;
    arena_init(&arena);
    assert_true(liquid(&arena, "{% render 's' for (1..500) %}", NULL, &options).rendered);
    out = liquid(&arena, "{% render 's' for (1..501) %}", NULL, &options);
    assert_false(out.rendered);
    assert_string_equal(out.problem.text, "snippets are called more than 500 times");
    /* two calls a level: the reference's depth alone would allow 2^99 of them */
    options.lax = options.as_reference = true;
    snippets[0].source = span_of("{% include 's' %}{% include 's' %}");
    assert_false(liquid(&arena, "{% include 's' %}", NULL, &options).rendered);
    arena_finish(&arena);
}

static void test_snippets__their_mistakes_name_them(void **state)
{
    static const struct {
        const char *template, *snippets[2 * SNIPPETS_MAX];
        const char *file;
        int line, column;
        const char *text;
    } rows[] = {
        { "a\n{% render 'sig' %}",
          { "sig", "b\n  {{ x | upcas }}" },
          "_sig.liquid",
          2,
          10,
          "unknown filter 'upcas', did you mean 'upcase'?" },
        { "{% render 'a' %}",
          { "a", "{% render 'b' %}", "b", "\n\n{% if x %}" },
          "_b.liquid",
          3,
          1,
          "'if' tag was never closed" },
        { "{% render 'sigg' %}",
          { "sig", "" },
          "",
          1,
          11,
          "no snippet is called 'sigg', did you mean 'sig'?" },
        { "{% render 'a' %}",
          { "a", "x {% include 'b' %}", "b", "" },
          "_a.liquid",
          1,
          3,
          "include usage is not allowed in this context: 'a' is rendered" },
        { "{% include x %}",
          { "a", "" },
          "",
          1,
          12,
          "the name of a snippet must be a quoted string" },
        { "{% render x %}",
          { "a", "" },
          "",
          1,
          11,
          "Syntax error in tag 'render' - Template name must be a quoted string" },
        { "{% render 'a' b %}", { "a", "" }, "", 1, 16, "Expected colon but found end_of_string" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct template_snippet snippets[SNIPPETS_MAX];
        struct template_options options = { .snippets = snippets };
        struct arena arena;
        struct outcome out;

        options.snippet_count = fill(snippets, rows[i].snippets);
        arena_init(&arena);
        out = liquid(&arena, rows[i].template, NULL, &options);
        assert_false(out.compiled);
        assert_int_equal(out.problems, 1);
        assert_string_equal(out.problem.text, rows[i].text);
        assert_string_equal(out.problem.file, rows[i].file);
        assert_int_equal(out.problem.line, rows[i].line);
        assert_int_equal(out.problem.column, rows[i].column);
        arena_finish(&arena);
    }
}

static void test_snippets__what_they_miss_holds_and_names_them(void **state)
{
    struct template_snippet snippets[] = {
        { "sig", "_shared/_sig.liquid", { "x\n{{ name }}", 12 } },
        { "none", NULL, { "{% if name %}{{ name }}{% endif %}", 34 } },
    };
    struct template_options options = { .snippets = snippets, .snippet_count = 2 };
    struct arena arena;
    struct outcome out;
    struct str shown;

    (void)state;
    arena_init(&arena);
    str_init(&shown, 1000);
    out = liquid(&arena, "Hi\n\n{% render 'sig' %}", NULL, &options);
    assert_true(out.compiled);
    assert_false(out.rendered);
    assert_string_equal(out.problem.text, "name is missing and has no default");
    assert_string_equal(out.problem.file, "_shared/_sig.liquid");
    template_explain("recap/email.liquid", &out.problem, &shown);
    assert_non_null(strstr(str_text(&shown), "_shared/_sig.liquid:2:4: name is missing"));
    assert_true(liquid(&arena, "{% render 'none' %}", NULL, &options).rendered);
    str_finish(&shown);
    arena_finish(&arena);
}

/* Ours, unlike conformance: the data are the objects every snippet may ask. */
static void test_render__sees_the_data_of_a_message(void **state)
{
    struct template_snippet snippets[] = { { "s", NULL, { "{{ sender.name }}{{ a }}", 24 } } };
    struct template_options options = { .lax = true, .snippets = snippets, .snippet_count = 1 };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_string_equal(liquid(&arena, "{% assign a = 1 %}{% render 's' %}",
                               "{\"sender\":{\"name\":\"Ann\"}}", &options)
                            .text,
                        "Ann");
    arena_finish(&arena);
}

static void test_snippets__of_html_stand_between_tags(void **state)
{
    static const struct {
        const char *template, *snippet, *text; /* NULL = "" without a problem */
    } rows[] = {
        { "<p>{% render 's', x: '<' %}</p>", "<b>{{ x }}</b>", NULL },
        { "<a href=\"{% render 's' %}\">", "x",
          "a snippet may stand between HTML tags, not inside of one" },
        { "<p>{% render 's' %}", "<a href=\"",
          "the snippet ends inside of an HTML tag or comment" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct template_snippet snippet = { .name = "s", .source = span_of(rows[i].snippet) };
        struct template_options options = { .part = PART_HTML,
                                            .snippets = &snippet,
                                            .snippet_count = 1 };
        struct arena arena;
        struct outcome out;

        arena_init(&arena);
        out = liquid(&arena, rows[i].template, NULL, &options);
        if (rows[i].text)
            assert_string_equal(out.problem.text, rows[i].text);
        else
            assert_string_equal(out.text, "<p><b>&lt;</b></p>");
        arena_finish(&arena);
    }
}

static void test_snippets__together_are_bounded_in_size(void **state)
{
    static char large[(size_t)250 << 10];
    struct template_snippet snippets[6];
    struct template_options options = { .snippets = snippets, .snippet_count = 6 };
    struct arena arena;
    struct outcome out;

    (void)state;
    memset(large, 'x', sizeof(large));
    for (size_t i = 0; i < COUNT_OF(snippets); i++)
        snippets[i] = (struct template_snippet){ .source = span_make(large, sizeof(large)) };
    snippets[0].name = "a";
    snippets[1].name = "b";
    snippets[2].name = "c";
    snippets[3].name = "d";
    snippets[4].name = "e";
    snippets[5].name = "f";
    arena_init(&arena);
    assert_true(
        liquid(&arena, "{% if false %}{% render 'a' %}{% render 'b' %}{% endif %}.", NULL, &options)
            .rendered);
    out = liquid(&arena,
                 "{% render 'a' %}{% render 'b' %}{% render 'c' %}{% render 'd' %}{% render 'e' %}",
                 NULL, &options);
    assert_false(out.compiled);
    assert_non_null(strstr(out.problem.text, "larger than 1048576 bytes"));
    arena_finish(&arena);
}

/* The trace follows data through arguments, loops and scopes, and back. */
static void test_snippets__are_followed_by_the_trace(void **state)
{
    static const struct {
        const char *template, *snippet, *data, *path;
        unsigned bits;
    } rows[] = {
        { "{% render 's', x: a %}", "{{ x }}", "{\"a\":1}", "a", TRACE_FILLED | TRACE_PRINTED },
        { "{% render 's' with a as x %}", "{{ x }}", "{\"a\":1}", "a",
          TRACE_FILLED | TRACE_PRINTED },
        { "{% render 's' for a as x %}", "{{ x }}", "{\"a\":[1,2]}", "a",
          TRACE_FILLED | TRACE_PRINTED },
        { "{% render 's' %}", "{{ a }}", "{\"a\":1}", "a", TRACE_FILLED | TRACE_PRINTED },
        { "{% include 's', x: a %}", "{{ x }}", "{\"a\":1}", "a", TRACE_FILLED | TRACE_PRINTED },
        { "{% for i in a %}{% include 's' %}{% endfor %}", "{{ i }}", "{\"a\":[1]}", "a",
          TRACE_FILLED | TRACE_TESTED | TRACE_PRINTED },
        { "{% for i in a %}{% include 's' %}{% endfor %}", "{% for k in b %}{% endfor %}{{ i }}",
          "{\"a\":[1],\"b\":[1]}", "b", TRACE_FILLED | TRACE_TESTED },
        { "{% for i in a %}{% render 's', b: b %}{{ i }}{% endfor %}",
          "{% for k in b %}{{ k }}{% endfor %}", "{\"a\":[1],\"b\":[]}", "a",
          TRACE_FILLED | TRACE_TESTED | TRACE_PRINTED },
        { "{% assign x = a %}{% render 's' %}{{ x }}", "{% assign x = 'b' %}{{ x }}", "{\"a\":1}",
          "a", TRACE_FILLED | TRACE_PRINTED },
        { "{% render 's', x: a %}", "{{ x | default: 'you' }}", "{}", "a",
          TRACE_EMPTY | TRACE_FALLBACK },
        { "{% render 's', x: a %}", "{{ x }}", "{}", "a", TRACE_EMPTY | TRACE_HELD },
        { "{% include 's', x: a %}", "{{ x }}", "{}", "a", TRACE_EMPTY | TRACE_HELD },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct template_snippet snippet = { .name = "s", .source = span_of(rows[i].snippet) };
        struct template_options options = { .part = PART_TEXT,
                                            .snippets = &snippet,
                                            .snippet_count = 1 };
        struct template_problems problems = { 0 };
        struct template_problem problem;
        struct render_context context = { .now_ms = NOW_MS };
        struct template *template;
        struct trace trace;
        struct arena arena;
        struct span out;
        unsigned bits = 0;
        int rc;

        arena_init(&arena);
        template = template_compile(span_of(rows[i].template), &options, &arena, &problems);
        assert_non_null(template);
        trace_init(&trace, &arena);
        context.trace = &trace;
        context.data = liquid_data(&arena, rows[i].data);
        rc = template_render(template, &context, &arena, &out, &problem);
        for (size_t k = 0; k < trace_path_count(&trace); k++)
            if (span_is(trace_path_name(&trace, k), rows[i].path))
                bits = trace.paths[k] & 0xffU;
        if (bits != (rows[i].bits | TRACE_READ))
            print_error("row %zu: %s\n", i, rows[i].template);
        assert_int_equal(bits, rows[i].bits | TRACE_READ);
        assert_int_equal(rc < 0, (rows[i].bits & TRACE_HELD) != 0);
        template_destroy(template);
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_render__sees_only_what_it_is_given),
        cmocka_unit_test(test_include__shares_the_scope_of_its_caller),
        cmocka_unit_test(test_snippets__that_call_themselves_end),
        cmocka_unit_test(test_snippets__calls_are_counted),
        cmocka_unit_test(test_snippets__their_mistakes_name_them),
        cmocka_unit_test(test_snippets__what_they_miss_holds_and_names_them),
        cmocka_unit_test(test_render__sees_the_data_of_a_message),
        cmocka_unit_test(test_snippets__of_html_stand_between_tags),
        cmocka_unit_test(test_snippets__together_are_bounded_in_size),
        cmocka_unit_test(test_snippets__are_followed_by_the_trace),
    };

    return cmocka_run_group_tests_name("snippets", tests, NULL, NULL);
}
