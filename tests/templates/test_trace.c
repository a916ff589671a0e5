/* tests/templates/test_trace.c - what a traced render tells: fields, decisions, and which bytes are whose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "support.h"

#include "templates/parts.h"
#include "templates/trace.h"

struct world {
    struct arena arena;
    struct template *template;
    struct trace trace;
    struct render_context context;
    struct template_problem problem;
    struct span out;
    int rc;
};

static void world_init(struct world *w, enum template_part part, const char *source,
                       const char *data)
{
    struct template_options options = { .part = part, .name = "test", .trim_tag_lines = true };
    struct template_problems problems = { 0 };

    *w = (struct world){ 0 };
    arena_init(&w->arena);
    w->template = template_compile(span_of(source), &options, &w->arena, &problems);
    if (!w->template)
        fail_msg("%s", problems.items[0].text);
    trace_init(&w->trace, &w->arena);
    w->context = (struct render_context){ .now_ms = NOW_MS, .trace = &w->trace };
    w->context.data = liquid_data(&w->arena, data);
}

static void render(struct world *w)
{
    w->rc = template_render(w->template, &w->context, &w->arena, &w->out, &w->problem);
}

static void world_finish(struct world *w)
{
    template_destroy(w->template);
    arena_finish(&w->arena);
}

static unsigned bits_of(const struct trace *trace, const char *path)
{
    for (size_t i = 0; i < trace_path_count(trace); i++)
        if (span_is(trace_path_name(trace, i), path))
            return trace->paths[i] & 0xffU;
    fail_msg("the template has no path %s", path);
    return 0;
}

/* ---- fields ---- */

static const struct {
    const char *source, *data, *path;
    unsigned bits;
} field_rows[] = {
    { "{{ a }}", "{\"a\":\"x\"}", "a", TRACE_READ | TRACE_FILLED | TRACE_PRINTED },
    { "{{ a | upcase }}", "{\"a\":\"x\"}", "a", TRACE_READ | TRACE_FILLED | TRACE_PRINTED },
    { "{{ 'Hi ' | append: a }}", "{\"a\":\"x\"}", "a", TRACE_READ | TRACE_FILLED | TRACE_PRINTED },
    { "{{ a | default: 'you' }}", "{}", "a", TRACE_READ | TRACE_EMPTY | TRACE_FALLBACK },
    { "{{ a | default: 'you' }}", "{\"a\":\"x\"}", "a", TRACE_READ | TRACE_FILLED | TRACE_PRINTED },
    { "{{ a | 'you' }}", "{\"a\":\"\"}", "a", TRACE_READ | TRACE_EMPTY | TRACE_FALLBACK },
    { "{{ a | default: b }}", "{\"b\":\"x\"}", "b", TRACE_READ | TRACE_FILLED | TRACE_PRINTED },
    { "{{ a | default: b }}", "{\"b\":\"x\"}", "a", TRACE_READ | TRACE_EMPTY | TRACE_FALLBACK },
    { "{{ a | default: b }}", "{\"a\":\"x\"}", "b", TRACE_READ | TRACE_EMPTY },
    { "{% if a %}x{% endif %}", "{\"a\":1}", "a", TRACE_READ | TRACE_FILLED | TRACE_TESTED },
    { "{% if a == 1 %}x{% endif %}", "{}", "a", TRACE_READ | TRACE_EMPTY | TRACE_TESTED },
    { "{% if a %}{{ b }}{% endif %}", "{}", "b", 0 },
    { "{% case a %}{% when 1 %}x{% endcase %}", "{\"a\":1}", "a",
      TRACE_READ | TRACE_FILLED | TRACE_TESTED },
    { "{% for i in a %}{{ i }}{% endfor %}", "{\"a\":[1,2]}", "a",
      TRACE_READ | TRACE_FILLED | TRACE_TESTED | TRACE_PRINTED },
    { "{% for i in a %}{{ i }}{% endfor %}", "{\"a\":[]}", "a",
      TRACE_READ | TRACE_EMPTY | TRACE_TESTED },
    { "{% assign v = a %}{{ v }}", "{\"a\":\"x\"}", "a",
      TRACE_READ | TRACE_FILLED | TRACE_PRINTED },
    { "{% assign v = a %}{{ v }}", "{\"a\":\"x\"}", "v", 0 },
    { "{% assign v = a %}", "{\"a\":\"x\"}", "a", TRACE_READ | TRACE_FILLED },
    { "{% capture v %}-{{ a }}{% endcapture %}{{ v }}", "{\"a\":\"x\"}", "a",
      TRACE_READ | TRACE_FILLED | TRACE_PRINTED },
    { "{% capture v %}-{{ a }}{% endcapture %}{{ v | upcase }}", "{\"a\":\"x\"}", "a",
      TRACE_READ | TRACE_FILLED | TRACE_PRINTED },
    { "{% capture v %}-{{ a }}{% endcapture %}", "{\"a\":\"x\"}", "a", TRACE_READ | TRACE_FILLED },
    { "{% cycle a, b %}", "{\"a\":\"x\",\"b\":\"y\"}", "a",
      TRACE_READ | TRACE_FILLED | TRACE_PRINTED },
    { "{% cycle a, b %}", "{\"a\":\"x\",\"b\":\"y\"}", "b", TRACE_READ | TRACE_FILLED },
    { "{% cycle 'g': a, b %}{% cycle 'g': a, 'z' %}", "{\"a\":\"x\",\"b\":\"y\"}", "b",
      TRACE_READ | TRACE_FILLED },
    { "{{ a.b }}", "{\"a\":{\"b\":2}}", "a.b", TRACE_READ | TRACE_FILLED | TRACE_PRINTED },
    { "{% ifchanged %}{{ a }}{% endifchanged %}", "{\"a\":\"x\"}", "a",
      TRACE_READ | TRACE_FILLED | TRACE_PRINTED },
    { "{% if a == 'x' and b %}{% endif %}", "{\"a\":\"x\"}", "b",
      TRACE_READ | TRACE_EMPTY | TRACE_TESTED },
};

static void test_trace__tells_what_became_of_each_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(field_rows); i++) {
        struct world w;
        world_init(&w, PART_TEXT, field_rows[i].source, field_rows[i].data);
        render(&w);
        if (w.rc != 0 || bits_of(&w.trace, field_rows[i].path) != field_rows[i].bits)
            print_error("%s: %s\n", field_rows[i].source, w.rc ? w.problem.text : "");
        assert_int_equal(w.rc, 0);
        assert_int_equal(bits_of(&w.trace, field_rows[i].path), field_rows[i].bits);
        world_finish(&w);
    }
}

static const struct {
    const char *source, *data, *path;
    unsigned bits; /* these at least */
    bool held;
} failure_rows[] = {
    { "{{ a }}", "{}", "a", TRACE_HELD | TRACE_EMPTY, true },
    { "{{ a }}", "{\"a\":\" \"}", "a", TRACE_HELD | TRACE_EMPTY, true },
    { "{{ a | upcase }}", "{}", "a", TRACE_HELD, true },
    { "{{ a.b.c }}", "{\"a\":{}}", "a.b.c", TRACE_HELD, true },
    { "{{ a | default: b }}", "{}", "a", TRACE_FALLBACK, true },
    { "{% assign v = a %}{{ v }}", "{}", "a", TRACE_HELD, true },
    { "{{ a | divided_by: 0 }}", "{\"a\":4}", "a", TRACE_MISTYPED | TRACE_FILLED, false },
    { "{{ 4 | divided_by: a }}", "{\"a\":0}", "a", TRACE_MISTYPED, false },
    { "{% if a < 3 %}{% endif %}", "{\"a\":\"x\"}", "a", TRACE_MISTYPED, false },
};

static void test_trace__names_the_field_a_message_is_held_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(failure_rows); i++) {
        struct world w;
        unsigned bits;
        world_init(&w, PART_TEXT, failure_rows[i].source, failure_rows[i].data);
        render(&w);
        assert_int_equal(w.rc, -1);
        bits = bits_of(&w.trace, failure_rows[i].path);
        if ((bits & failure_rows[i].bits) != failure_rows[i].bits)
            print_error("%s: %#x\n", failure_rows[i].source, bits);
        assert_int_equal(bits & failure_rows[i].bits, failure_rows[i].bits);
        assert_int_equal(bits & (failure_rows[i].held ? TRACE_MISTYPED : TRACE_HELD), 0);
        world_finish(&w);
    }
}

static void test_trace__goes_on_to_find_every_field_that_is_missing(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, PART_TEXT,
               "{{ a }} {{ b | upcase }}{% capture x %}{{ c }}{% endcapture %} {{ d }}",
               "{\"d\":\"x\"}");
    w.trace.go_on = true;
    render(&w);
    assert_int_equal(w.rc, -1);
    assert_string_equal(w.problem.text, "a is missing and has no default");
    assert_true(bits_of(&w.trace, "a") & TRACE_HELD);
    assert_true(bits_of(&w.trace, "b") & TRACE_HELD);
    assert_true(bits_of(&w.trace, "c") & TRACE_HELD);
    assert_true(bits_of(&w.trace, "d") & TRACE_PRINTED);
    w.trace.go_on = false;
    render(&w);
    assert_int_equal(w.rc, -1);
    assert_int_equal(bits_of(&w.trace, "b"), 0);
    world_finish(&w);
}

static void test_trace__a_limit_ends_the_render_even_when_it_would_go_on(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, PART_TEXT,
               "{% for i in (1..9000) %}{% for j in (1..9000) %}{% endfor %}{% endfor %}", "{}");
    w.trace.go_on = true;
    render(&w);
    assert_int_equal(w.rc, -1);
    world_finish(&w);
}

static void test_trace__asks_by_root_whether_anything_was_printed(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, PART_TEXT, "{% if recap.when %}{{ recap.summary }}{{ recapture }}{% endif %}",
               "{\"recap\":{\"summary\":\"x\",\"when\":\"May\"},\"recapture\":\"\"}");
    w.trace.go_on = true;
    render(&w);
    assert_true(trace_printed(&w.trace, "recap"));
    assert_true(trace_printed(&w.trace, "recap.summary"));
    assert_false(trace_printed(&w.trace, "recap.when"));
    assert_false(trace_printed(&w.trace, "rec"));
    assert_false(trace_printed(&w.trace, "recapture"));
    world_finish(&w);
}

/* ---- decisions ---- */

static const struct {
    const char *source, *data, *ways; /* "text=YN": as the source has them */
} decision_rows[] = {
    { "{% if a %}x{% endif %}", "{\"a\":1}", "a=Y " },
    { "{% if a %}x{% endif %}", "{}", "a=N " },
    { "{% if a %}{% endif %}", "{\"a\":1}", "a=Y " },
    { "{% unless a == 'x' %}x{% endunless %}", "{}", "a == 'x'=N " },
    { "{% if a and b or c %}x{% endif %}", "{\"a\":1,\"c\":1}", "a=Y b=N c=Y " },
    { "{% if a and b or c %}x{% endif %}", "{\"b\":1,\"c\":1}", "a=N b=- c=- " },
    { "{% if a or b.c contains 'x' %}x{% endif %}", "{\"b\":{\"c\":\"xy\"}}",
      "a=N b.c contains 'x'=Y " },
    { "{% if a %}x{% elsif b > 1 %}y{% else %}z{% endif %}", "{\"b\":1}", "a=N b > 1=N " },
    { "{% case a %}{% when 1 %}x{% when 2, 3 %}y{% else %}z{% endcase %}", "{\"a\":3}",
      "1=N 2, 3=Y else=N " },
    { "{% case a %}{% when 1 %}x{% else %}z{% endcase %}", "{\"a\":3}", "1=N else=Y " },
    { "{% case a %}{% when 1 or 1 %}x{% endcase %}", "{\"a\":1}", "1 or 1=Y " },
    { "{% for i in a %}{% if i > 1 %}x{% endif %}{% else %}y{% endfor %}", "{\"a\":[1,2]}",
      "a=Y i > 1=YN " },
    { "{% for i in a limit: 2 %}x{% endfor %}", "{}", "a limit: 2=N " },
    { "{{ a | upcase | default: 'x' }}", "{\"a\":\"b\"}", "a | upcase | default: 'x'=Y " },
    { "{{ a | default: 'x' | upcase -}}", "{}", "a | default: 'x'=N " },
    { "{{ a | \"x|y\" }}", "{}", "a | \"x|y\"=N " },
    { "{{ a || 'x' }}", "{}", "a || 'x'=N " },
    { "{%- assign b = a | default: c, allow_false: true -%}", "{\"c\":1}",
      "a | default: c, allow_false: true=N " },
};

static void test_trace__tells_which_way_each_decision_went(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(decision_rows); i++) {
        struct decision *all;
        struct world w;
        struct str text;
        size_t count;

        world_init(&w, PART_TEXT, decision_rows[i].source, decision_rows[i].data);
        render(&w);
        assert_int_equal(w.rc, 0);
        str_init(&text, 1000);
        count = template_decisions(w.template, &w.arena, &all);
        for (size_t d = 0; d < count; d++) {
            unsigned ways = w.trace.ways[all[d].op];
            str_printf(&text, "%.*s=%s%s%s ", (int)all[d].text.len, all[d].text.data,
                       ways & TRACE_YES ? "Y" : "", ways & TRACE_NO ? "N" : "", ways ? "" : "-");
        }
        assert_string_equal(str_text(&text), decision_rows[i].ways);
        str_finish(&text);
        world_finish(&w);
    }
}

/* ---- provenance ---- */

static void describe(const struct trace *trace, struct span out, struct str *text)
{
    static const char *const kinds[] = { "", "$", "?", "=" };

    for (size_t i = 0; i < trace->print_count; i++) {
        const struct trace_print *print = &trace->prints[i];
        assert_true(print->from < print->to);
        assert_true(print->to <= out.len);
        assert_true(i == 0 || trace->prints[i - 1].to <= print->from);
        str_printf(text, "[%s%.*s]", kinds[print->kind], (int)(print->to - print->from),
                   out.data + print->from);
        if (print->path >= 0)
            str_printf(text, "%.*s ", (int)trace_path_name(trace, (size_t)print->path).len,
                       trace_path_name(trace, (size_t)print->path).data);
    }
}

static const struct {
    enum template_part part;
    const char *source, *data, *prints; /* [literal] [$data]path [?default]path [=constant] */
} print_rows[] = {
    { PART_TEXT, "Hi {{ a }}, {{ b | default: 'x' }}!", "{\"a\":\"Ann\"}",
      "[Hi ][$Ann]a [, ][?x]b [!]" },
    { PART_HTML, "<p>{{ a }}</p>", "{\"a\":\"<&>\"}", "[<p>][$&lt;&amp;&gt;]a [</p>]" },
    { PART_TEXT, "{{ 'x' }}{% increment n %}", "{}", "[=x][=0]" },
    { PART_TEXT, "{% capture v %}a {{ b }} c{% endcapture %}({{ v }})({{ v }})", "{\"b\":\"B\"}",
      "[(][a ][$B]b [ c][)(][a ][$B]b [ c][)]" },
    { PART_TEXT, "{% capture v %}a {{ b }}{% endcapture %}{{ v | upcase }}", "{\"b\":\"b\"}",
      "[$A B]b " },
    { PART_TEXT, "{% for i in a %}{% ifchanged %}{{ i }}{% endifchanged %},{% endfor %}",
      "{\"a\":[1,1,2]}", "[$1]a [,][,][$2]a [,]" },
    { PART_TEXT, "{% for i in a %}{% cycle 'x', b %}{% endfor %}", "{\"a\":[1,1,2],\"b\":\"y\"}",
      "[=x][$y]b [=x]" },
    { PART_TEXT, "{{ a }}|", "{\"a\":\"A\\u0007B\\u202E\"}", "[$AB]a [|]" },
    { PART_HEADER, "  {{ a }}   and {{ b }}", "{\"a\":\" A\\n  C \",\"b\":\"\\u2028B\"}",
      "[$A C]a [and][$B]b " },
    { PART_HEADER, "{{ a }}", "{\"a\":\"caf\\u00e9\\u00a0\\u00a0bar\"}", "[$caf\u00e9 bar]a " },
    { PART_NONE, "{% tablerow i in a %}{{ i }}{% endtablerow %}", "{\"a\":[7]}",
      "[<tr class=\"row1\">\n<td class=\"col1\">][$7]a [</td>][</tr>\n]" },
};

static void test_trace__tells_which_bytes_came_from_where(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(print_rows); i++) {
        struct world w;
        struct str text;

        world_init(&w, print_rows[i].part, print_rows[i].source, print_rows[i].data);
        render(&w);
        assert_int_equal(w.rc, 0);
        str_init(&text, 1000);
        describe(&w.trace, w.out, &text);
        assert_string_equal(str_text(&text), print_rows[i].prints);
        str_finish(&text);
        world_finish(&w);
    }
}

/* clang's sanitizer saw it walk through a list that was not there. */
static void test_trace__prints_a_capture_that_holds_nothing(void **state)
{
    const struct template_options options = { .part = PART_TEXT, .lax = true };
    const char *source = "({% capture v %}{% endcapture %}{{ v }})";
    struct template_problems problems = { 0 };
    struct world w;
    struct str text;

    (void)state;
    world_init(&w, PART_TEXT, "", "{}");
    template_destroy(w.template);
    w.template = template_compile(span_of(source), &options, &w.arena, &problems);
    assert_non_null(w.template);
    render(&w);
    assert_int_equal(w.rc, 0);
    str_init(&text, 1000);
    describe(&w.trace, w.out, &text);
    assert_string_equal(str_text(&text), "[(][)]");
    str_finish(&text);
    world_finish(&w);
}

static void test_trace__drops_what_a_long_header_loses(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, PART_HEADER, "{{ a }} {{ b }}", "{\"b\":\"end\"}");
    w.context.data.map.pairs = (const struct value_pair[]){
        { span_of("a"), value_text(arena_printf(&w.arena, "%0300d", 1)) },
        { span_of("b"), value_text("end") },
    };
    w.context.data.map.count = 2;
    render(&w);
    assert_int_equal(w.rc, 0);
    assert_int_equal(w.trace.print_count, 1);
    assert_int_equal(w.trace.prints[0].to, 255);
    assert_true(trace_printed(&w.trace, "a"));
    assert_false(trace_printed(&w.trace, "b"));
    world_finish(&w);
}

static void test_trace__keeps_a_bounded_list_of_prints(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, PART_TEXT, "{% for i in (1..6000) %}.{% endfor %}{{ a }}", "{\"a\":\"x\"}");
    render(&w);
    assert_int_equal(w.rc, 0);
    assert_true(w.trace.print_count <= TRACE_PRINTS_MAX);
    assert_true(w.trace.prints_lost);
    assert_true(trace_printed(&w.trace, "a"));
    world_finish(&w);
}

static void test_trace__serves_many_renders_without_growing(void **state)
{
    struct arena scratch;
    struct world w;
    size_t used = 0;

    (void)state;
    arena_init(&scratch);
    world_init(&w, PART_TEXT,
               "{% capture v %}{{ a }}{% endcapture %}{% for i in (1..40) %}{{ v }}{% endfor %}",
               "{\"a\":\"x\"}");
    for (int i = 0; i < 1000; i++) {
        w.rc = template_render(w.template, &w.context, &scratch, &w.out, &w.problem);
        arena_reset(&scratch);
        if (i == 0)
            used = w.arena.used;
    }
    assert_int_equal(w.rc, 0);
    assert_int_equal(w.arena.used, used);
    arena_finish(&scratch);
    world_finish(&w);
}

static void test_trace__changes_nothing_of_the_output(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(print_rows); i++) {
        struct world w;
        struct span traced;

        world_init(&w, print_rows[i].part, print_rows[i].source, print_rows[i].data);
        render(&w);
        traced = w.out;
        w.context.trace = NULL;
        render(&w);
        assert_true(span_eq(traced, w.out));
        world_finish(&w);
    }
}

/* ---- parts ---- */

static const struct part_source mail = {
    "email",
    "---\nsubject:   {{ a }}  and more\n---\n\n\n  Hi {{ a }},\n\n{{ b }}   {{ c }}\n\n-- \n"
    "{{ foot }}\n---html---\n<p>{{ b }}</p>\n"
};

static const char *const mail_data =
    "{\"a\":\"Ann\",\"b\":\"one\\n\\ntwo\",\"c\":\"three\",\"foot\":\"F\"}";

struct parts_world {
    struct arena arena;
    struct parts *parts;
    struct parts_trace trace;
    struct rendered out;
    struct template_problem problem;
    int rc;
};

static void parts_world(struct parts_world *w, const struct part_source *source,
                        const char *channel, const char *data)
{
    struct render_context context = { .now_ms = NOW_MS, .channel = channel };
    struct str problems;

    arena_init(&w->arena);
    str_init(&problems, 10000);
    w->parts =
        parts_compile(&(struct parts_source){ .name = "demo", .sources = source, .count = 1 },
                      &w->arena, &problems);
    if (!w->parts)
        fail_msg("%s", str_text(&problems));
    str_finish(&problems);
    parts_trace_init(&w->trace, &w->arena);
    w->trace.go_on = true;
    context.parts_trace = &w->trace;
    context.data = liquid_data(&w->arena, data);
    w->rc = parts_render(w->parts, &context, &w->arena, &w->out, &w->problem);
}

static void parts_world_finish(struct parts_world *w)
{
    parts_destroy(w->parts);
    arena_finish(&w->arena);
}

static void check_prints(const struct trace *trace, struct span out, const char *expected)
{
    struct str text;

    str_init(&text, 10000);
    describe(trace, out, &text);
    assert_string_equal(str_text(&text), expected);
    str_finish(&text);
}

static void test_trace__follows_an_email_through_its_trimming(void **state)
{
    struct parts_world w;

    (void)state;
    parts_world(&w, &mail, "email", mail_data);
    assert_int_equal(w.rc, 0);
    check_prints(&w.trace.subject, w.out.subject, "[$Ann]a [and more]");
    check_prints(&w.trace.text, w.out.text,
                 "[Hi ][$Ann]a [,\n\n][$one\n\ntwo]b [   ][$three]c [\n\n-- \n][$F]foot ");
    check_prints(&w.trace.html, w.out.html, "[<p>][$one\n\ntwo]b [</p>]");
    assert_true(parts_trace_printed(&w.trace, "foot"));
    assert_string_equal(w.trace.part, "email");
    assert_int_equal(w.trace.subject_line, 1);
    assert_int_equal(w.trace.text_line, 3);
    parts_world_finish(&w);
}

static void test_trace__follows_a_text_message_derived_from_an_email(void **state)
{
    struct parts_world w;

    (void)state;
    parts_world(&w, &mail, "sms", mail_data);
    assert_int_equal(w.rc, 0);
    check_prints(&w.trace.text, w.out.text, "[Hi][$Ann]a [,][$one\ntwo]b [$three]c ");
    assert_int_equal(w.trace.html.print_count, 0);
    assert_false(parts_trace_printed(&w.trace, "foot"));
    parts_world_finish(&w);
}

static void test_trace__follows_a_subject_made_from_a_chat(void **state)
{
    static const struct part_source chat = { "chat", "Hi {{ a }}. More for {{ b }}" };
    struct parts_world w;

    (void)state;
    parts_world(&w, &chat, "email", mail_data);
    assert_int_equal(w.rc, 0);
    check_prints(&w.trace.subject, w.out.subject, "[Hi ][$Ann]a ");
    assert_true(trace_printed(&w.trace.subject, "a"));
    assert_false(trace_printed(&w.trace.subject, "b"));
    assert_true(parts_trace_printed(&w.trace, "b"));
    parts_world_finish(&w);
}

static void test_trace__sees_what_every_section_lacks_at_once(void **state)
{
    struct parts_world w;

    (void)state;
    parts_world(&w, &mail, "email", "{\"c\":\"x\",\"foot\":\"y\"}");
    assert_int_equal(w.rc, -1);
    assert_string_equal(w.problem.text, "a is missing and has no default");
    assert_int_equal(w.problem.line, 2);
    assert_true(bits_of(&w.trace.subject, "a") & TRACE_HELD);
    assert_true(bits_of(&w.trace.text, "b") & TRACE_HELD);
    assert_true(bits_of(&w.trace.html, "b") & TRACE_HELD);
    parts_world_finish(&w);
}

static void test_trace__of_a_part_that_is_not_there_is_empty(void **state)
{
    static const struct part_source sms = { "sms", "{{ a }}" };
    struct parts_world w;

    (void)state;
    parts_world(&w, &sms, "sms", mail_data);
    assert_int_equal(w.rc, 0);
    assert_null(w.trace.html.template);
    assert_null(w.trace.subject.template);
    assert_int_equal(trace_path_count(&w.trace.html), 0);
    parts_world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trace__tells_what_became_of_each_field),
        cmocka_unit_test(test_trace__names_the_field_a_message_is_held_for),
        cmocka_unit_test(test_trace__goes_on_to_find_every_field_that_is_missing),
        cmocka_unit_test(test_trace__a_limit_ends_the_render_even_when_it_would_go_on),
        cmocka_unit_test(test_trace__asks_by_root_whether_anything_was_printed),
        cmocka_unit_test(test_trace__tells_which_way_each_decision_went),
        cmocka_unit_test(test_trace__tells_which_bytes_came_from_where),
        cmocka_unit_test(test_trace__prints_a_capture_that_holds_nothing),
        cmocka_unit_test(test_trace__drops_what_a_long_header_loses),
        cmocka_unit_test(test_trace__keeps_a_bounded_list_of_prints),
        cmocka_unit_test(test_trace__serves_many_renders_without_growing),
        cmocka_unit_test(test_trace__changes_nothing_of_the_output),
        cmocka_unit_test(test_trace__follows_an_email_through_its_trimming),
        cmocka_unit_test(test_trace__follows_a_text_message_derived_from_an_email),
        cmocka_unit_test(test_trace__follows_a_subject_made_from_a_chat),
        cmocka_unit_test(test_trace__sees_what_every_section_lacks_at_once),
        cmocka_unit_test(test_trace__of_a_part_that_is_not_there_is_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
