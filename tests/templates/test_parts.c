/* tests/templates/test_parts.c - files of a template, and what is derived. The ready ones: tests/engine/test_drops_library.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "support.h"

#include "core/base/text.h"
#include "templates/parts.h"

static struct parts *compile(struct arena *arena, const struct part_source *sources, size_t count,
                             struct str *problems)
{
    str_init(problems, 100000);
    return parts_compile(
        &(struct parts_source){ .name = "demo", .sources = sources, .count = count }, arena,
        problems);
}

static int render_for(const struct parts *parts, const char *channel,
                      const struct render_context *context, struct arena *arena,
                      struct rendered *out, struct template_problem *problem)
{
    struct render_context with_channel = *context;

    with_channel.channel = channel;
    return parts_render(parts, &with_channel, arena, out, problem);
}

static void test_parts__email_has_subject_text_and_html(void **state)
{
    static const struct part_source sources[] = {
        { "email", "---\r\nsubject: Hi {{ name }}\r\n---\r\nText {{ name }}\r\n---html---\r\n"
                   "<p>{{ name }}</p>\r\n" },
    };
    struct render_context context = { .now_ms = NOW_MS };
    struct template_problem problem;
    struct rendered out;
    struct arena arena;
    struct str problems;
    struct parts *parts;

    (void)state;
    arena_init(&arena);
    parts = compile(&arena, sources, 1, &problems);
    assert_non_null(parts);
    context.data = liquid_data(&arena, "{\"name\":\"<Ann>\"}");
    assert_int_equal(render_for(parts, "email", &context, &arena, &out, &problem), 0);
    assert_true(span_is(out.subject, "Hi <Ann>"));
    assert_true(span_is(out.text, "Text <Ann>"));
    assert_true(span_is(out.html, "<p>&lt;Ann&gt;</p>"));
    assert_false(out.derived);
    assert_string_equal(out.part, "email");
    parts_destroy(parts);
    str_finish(&problems);
    arena_finish(&arena);
}

static void test_parts__missing_ones_are_derived_from_the_nearest(void **state)
{
    static const struct part_source email[] = {
        { "email", "---\nsubject: S\n---\nHi  Ann,\n\nhow did\nit go?\n\n-- \nExample Ltd\n" }
    };
    static const struct part_source chat[] = { { "chat", "How did it go? Tell me.\n" } };
    static const struct {
        const struct part_source *source;
        const char *channel, *part, *subject, *text;
        bool derived;
    } rows[] = {
        { email, "email", "email", "S", "Hi  Ann,\n\nhow did\nit go?\n\n-- \nExample Ltd", false },
        { email, "sms", "email", "", "Hi Ann,\nhow did it go?", true },
        { email, "whatsapp", "email", "", "Hi  Ann,\n\nhow did\nit go?", true },
        { email, "call", "email", "", "Hi  Ann,\n\nhow did\nit go?", true },
        { chat, "sms", "chat", "", "How did it go? Tell me.", true },
        { chat, "telegram", "chat", "", "How did it go? Tell me.", false },
        { chat, "letter", "chat", "", "How did it go? Tell me.", true },
        { chat, "email", "chat", "How did it go?", "How did it go? Tell me.", true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct render_context context = { .data = value_map(NULL, 0), .now_ms = NOW_MS };
        struct template_problem problem;
        struct rendered out;
        struct arena arena;
        struct str problems;
        struct parts *parts;
        bool derived;

        arena_init(&arena);
        parts = compile(&arena, rows[i].source, 1, &problems);
        assert_non_null(parts);
        assert_string_equal(parts_for_channel(parts, rows[i].channel, &derived), rows[i].part);
        assert_int_equal(derived, rows[i].derived);
        assert_int_equal(render_for(parts, rows[i].channel, &context, &arena, &out, &problem), 0);
        assert_string_equal(arena_dup_span(&arena, out.subject), rows[i].subject);
        assert_string_equal(arena_dup_span(&arena, out.text), rows[i].text);
        parts_destroy(parts);
        str_finish(&problems);
        arena_finish(&arena);
    }
}

static void test_parts__problems_name_file_and_line(void **state)
{
    static const struct {
        struct part_source source;
        const char *text;
    } rows[] = {
        { { "email", "---\nsubject: S\n---\nHi\n{{ x | nope }}\n" },
          "demo/email.liquid:5:8: unknown filter 'nope'" },
        { { "email", "---\nsubject: S\n---\nHi\n---html---\n<p>\n{{ x | nope }}\n" },
          "demo/email.liquid:7:8: unknown filter 'nope'" },
        { { "email", "Hi\n" }, "demo/email.liquid:1:1: an e-mail needs a subject" },
        { { "email", "---\nsubjekt: S\n---\nHi\n" }, "demo/email.liquid:2:1: unknown line here" },
        { { "email", "---\nsubject: S\nHi\n" }, "has no second one" },
        { { "sms", "{% if x %}" }, "demo/sms.liquid:1:1: 'if' tag was never closed" },
        { { "fax", "x" }, "demo/fax.liquid: parts are email, sms, chat, call, letter" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct str problems;

        arena_init(&arena);
        assert_null(compile(&arena, &rows[i].source, 1, &problems));
        if (!strstr(str_text(&problems), rows[i].text))
            fail_msg("%s", str_text(&problems));
        str_finish(&problems);
        arena_finish(&arena);
    }
}

static void test_parts__a_missing_field_holds_with_its_line(void **state)
{
    static const struct part_source source = { "email", "---\nsubject: S\n---\nHi\n{{ city }}\n" };
    struct render_context context = { .data = value_map(NULL, 0) };
    struct template_problem problem;
    struct rendered out;
    struct arena arena;
    struct str problems;
    struct parts *parts;

    (void)state;
    arena_init(&arena);
    parts = compile(&arena, &source, 1, &problems);
    assert_non_null(parts);
    assert_int_equal(render_for(parts, "email", &context, &arena, &out, &problem), -1);
    assert_int_equal(problem.line, 5);
    assert_string_equal(problem.text, "city is missing and has no default");
    assert_string_equal(out.part, "email");
    parts_destroy(parts);
    str_finish(&problems);
    arena_finish(&arena);
}

static void test_parts__tag_lines_leave_no_blank_lines(void **state)
{
    static const struct part_source source = {
        "chat", "a\n{% if true %}\nb\n{% else %}\nc\n{% endif %}\n  {% assign x = 1 %} {%# y %}\n"
                "d {% if true %}e{% endif %}\n\nf\n"
    };
    struct render_context context = { .data = value_map(NULL, 0) };
    struct template_problem problem;
    struct rendered out;
    struct arena arena;
    struct str problems;
    struct parts *parts;

    (void)state;
    arena_init(&arena);
    parts = compile(&arena, &source, 1, &problems);
    assert_non_null(parts);
    assert_int_equal(render_for(parts, "slack", &context, &arena, &out, &problem), 0);
    assert_string_equal(arena_dup_span(&arena, out.text), "a\nb\nd e\n\nf");
    parts_destroy(parts);
    str_finish(&problems);
    arena_finish(&arena);
}

/* ---- snippets ---- */

static void test_parts__snippets_serve_every_part(void **state)
{
    static const struct part_source sources[] = {
        { "email",
          "---\nsubject: {% render 'hello', to: name %}\n---\n{% render 'hello', to: name %}!\n"
          "{% render 'sign' %}\nPS\n---html---\n<p>{% render 'hello', to: name %}</p>" },
        { "_hello", "Hi {{ to }}\r\n" },
    };
    static const struct part_source shared[] = { { "_hello", "not this one" },
                                                 { "_sign", "Yours\nAnn\n" } };
    const struct parts_source source = { .name = "demo",
                                         .sources = sources,
                                         .count = COUNT_OF(sources),
                                         .shared = shared,
                                         .shared_count = COUNT_OF(shared) };
    struct render_context context = { .now_ms = NOW_MS };
    struct template_problem problem;
    struct rendered out;
    struct arena arena;
    struct str problems;
    struct parts *parts;

    (void)state;
    arena_init(&arena);
    str_init(&problems, 10000);
    parts = parts_compile(&source, &arena, &problems);
    assert_string_equal(str_text(&problems), "");
    assert_non_null(parts);
    context.data = liquid_data(&arena, "{\"name\":\"<Bo>\"}");
    assert_int_equal(render_for(parts, "email", &context, &arena, &out, &problem), 0);
    assert_true(span_is(out.subject, "Hi <Bo>"));
    assert_true(span_is(out.text, "Hi <Bo>!\nYours\nAnn\nPS"));
    assert_true(span_is(out.html, "<p>Hi &lt;Bo&gt;</p>"));
    parts_destroy(parts);
    str_finish(&problems);
    arena_finish(&arena);
}

static void test_parts__a_snippet_alone_on_its_line_becomes_the_line(void **state)
{
    static const struct {
        const char *text, *snippet, *expected;
    } rows[] = {
        { "a\n{% render 's' %}\nb", "x\n", "a\nx\nb" },
        { "a\n  {% render 's' %}  \nb", "x\ny", "a\nx\ny\nb" },
        { "a\n{% render 's' %}\nb", "{% if false %}x{% endif %}\n", "a\nb" },
        { "a\n{% include 's' %}\nb{{ v }}", "{% assign v = 1 %}\n", "a\nb1" },
        { "a\n{% render 's' for (1..2) %}\nb", "{{ s }}\n", "a\n1\n2\nb" },
        { "a\n{% render 's' for (1..2) %}.\nb", "{{ s }}\n", "a\n12.\nb" },
        { "a {% render 's' %}, {% render 's' %}\nb", "x\n", "a x, x\nb" },
        { "a\n{% render 's' %}{% render 's' %}\nb", "x\n", "a\nxx\nb" },
        { "a\n{% if true %}{% render 's' %}{% endif %}\nb", "x\n", "a\nx\nb" },
        { "a\n{% liquid\n render 's'\n render 's'\n%}\nb", "x\n", "a\nxxb" },
        { "a\n{% echo 1 %}\nb", "", "a\n1\nb" },
        { "a\n{%- render 's' -%}\nb", "x\n", "axb" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct part_source sources[] = { { "chat", rows[i].text },
                                               { "_s", rows[i].snippet } };
        struct render_context context = { .now_ms = NOW_MS, .data = value_map(NULL, 0) };
        struct template_problem problem;
        struct rendered out;
        struct arena arena;
        struct str problems;
        struct parts *parts;

        arena_init(&arena);
        parts = compile(&arena, sources, COUNT_OF(sources), &problems);
        assert_non_null(parts);
        assert_int_equal(render_for(parts, "chat", &context, &arena, &out, &problem), 0);
        assert_string_equal(arena_dup_span(&arena, out.text), rows[i].expected);
        parts_destroy(parts);
        str_finish(&problems);
        arena_finish(&arena);
    }
}

static void test_parts__snippets_are_checked_even_when_unused(void **state)
{
    static const struct part_source sources[] = { { "sms", "x" },
                                                  { "_a", "{{ anything }}" },
                                                  { "_b", "{% if %}" } };
    static const char *const known[] = { "prospect.name", NULL };
    const struct parts_source source = { "demo", sources, COUNT_OF(sources), known, NULL, 0 };
    struct arena arena;
    struct str problems;

    (void)state;
    arena_init(&arena);
    str_init(&problems, 10000);
    assert_false(parts_check_snippets(&source, &arena, &problems));
    assert_null(strstr(str_text(&problems), "_a.liquid"));
    assert_non_null(strstr(str_text(&problems), "demo/_b.liquid:1:"));
    str_finish(&problems);
    arena_finish(&arena);
}

static void test_parts__a_subject_made_from_a_text_is_one_clean_line(void **state)
{
    struct part_source sources[] = { { "chat", "Hi\rBcc: x@y.z \tand\x01 {{ a }}? More." } };
    struct parts_source source = { .name = "t", .sources = sources, .count = 1 };
    struct template_problem problem;
    struct rendered out;
    struct str problems;
    struct parts *parts;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    str_init(&problems, 4096);
    parts = parts_compile(&source, &arena, &problems);
    assert_non_null(parts);
    struct render_context context = { .channel = "email",
                                      .data = liquid_data(&arena, "{\"a\":\"b\"}") };
    assert_int_equal(parts_render(parts, &context, &arena, &out, &problem), 0);
    assert_string_equal(arena_dup_span(&arena, out.subject), "Hi Bcc: x@y.z  and  b?");
    parts_destroy(parts);
    str_finish(&problems);
    arena_finish(&arena);
}

static void test_parts__refuse_a_second_subject(void **state)
{
    struct part_source sources[] = { { "email", "---\nsubject: a\nsubject: b\n---\nHi" } };
    struct parts_source source = { .name = "t", .sources = sources, .count = 1 };
    struct str problems;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    str_init(&problems, 4096);
    assert_null(parts_compile(&source, &arena, &problems));
    assert_non_null(strstr(str_text(&problems), "t/email.liquid:3:1: this stands here a second"));
    str_finish(&problems);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts__email_has_subject_text_and_html),
        cmocka_unit_test(test_parts__snippets_serve_every_part),
        cmocka_unit_test(test_parts__a_snippet_alone_on_its_line_becomes_the_line),
        cmocka_unit_test(test_parts__snippets_are_checked_even_when_unused),
        cmocka_unit_test(test_parts__missing_ones_are_derived_from_the_nearest),
        cmocka_unit_test(test_parts__problems_name_file_and_line),
        cmocka_unit_test(test_parts__a_missing_field_holds_with_its_line),
        cmocka_unit_test(test_parts__tag_lines_leave_no_blank_lines),
        cmocka_unit_test(test_parts__a_subject_made_from_a_text_is_one_clean_line),
        cmocka_unit_test(test_parts__refuse_a_second_subject),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
