/* tests/templates/test_quick.c - runs of ops done at once do what the ops do one by one, for the same
 * fuel: a traced render takes no short cuts, so both must print the same and stop at the same turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "support.h"
#include "templates/trace.h"

#define TURNS_BYTES_MAX ((size_t)2 << 20)
#define COPIES 8 /* of the body in a turn, so that fuel ends before turns do */

static const char data[] =
    "{\"p\":{\"name\":\"Ann\",\"company\":\"Smith & \\\"Sons\\\" <x>\",\"none\":\"\",\"blank\":\"  "
    "\","
    "\"long\":\"When we spoke you wanted to see how a team of your size does it within a week\","
    "\"city\":\"Köln\",\"mark\":\"a\\u202eb\\u0007c\",\"yes\":true,\"no\":false,\"n\":7,\"k\":"
    "\"é\","
    "\"list\":[1,\"<\"],\"stage\":\"won\","
    "\"odd\":\"2026-02-30T09:30:00Z\",\"old\":\"0999-11-30 "
    "12:00:00Z\",\"at\":\"2026-10-06T09:30:00Z\",\"day\":\"6 October "
    "2026\"},"
    "\"x\":\"y\",\"l\":[{\"a\":\"b\",\"c\":\"d & "
    "e\",\"t\":\"2026-01-02\"},{\"a\":\"\",\"c\":false}]}";

static const struct {
    const char *body;
    enum template_part part;
    bool lax;
} rows[] = {
    { "{{ p.name }} {{ x }} {{ p.city }} {{ p.long }}\n", PART_TEXT, false },
    { "{{ p.mark }}{{ p.company }}{{ p.n }}{{ p.list }}", PART_TEXT, false },
    { "{{ p.none | default: \"there\" }}{{ p.name | default: \"there\" }}"
      "{{ p.blank | default: \"c\" }}{{ p.missing | default: \"d\" }}",
      PART_TEXT, false },
    { "{{ p.none | default: \"there\" }}{{ p.blank | default: \"c\" }}{{ p.missing }}{{ p.blank }}",
      PART_SMS, true },
    { "<p>{{ p.name }} {{ p.company }} {{ p.long }} {{ p.n }}", PART_HTML, false },
    { "{{ p.name | escape }}{{ p.company | escape }}{{ p.none | default: \"<a>\" | escape }}"
      "{{ p.list | escape }}{{ p.name | default: \"b\" | escape }}",
      PART_HTML, false },
    { "<a href=\"{{ p.name | escape }}\">{{ p.company | upcase }}</a>", PART_HTML, true },
    { "{% if p.yes %}a{% endif %}{% if p.no %}b{% endif %}{% unless p.name %}c{% endunless %}"
      "{% if p.missing %}d{% else %}e{% endif %}{% if p.yes and x or p.no %}f{% endif %}",
      PART_TEXT, false },
    { "{% if p.name == \"Ann\" %}a{% endif %}{% if p.name != \"Bob\" %}b{% endif %}"
      "{% if p.n == \"7\" %}c{% endif %}{% if p.none == \"\" and x != \"\" %}d{% endif %}",
      PART_TEXT, false },
    { "{{ p.long | truncate: 20 }}{{ p.city | truncate: 4 }}{{ p.name | truncate: 90 }}"
      "{{ p.long | truncate: 2 }}{{ p.city | capitalize }}{{ x | capitalize }}{{ p.k | capitalize "
      "}}",
      PART_TEXT, false },
    { "{{ p.at | date: \"%-d %B %Y, %H:%M\" }}{{ p.at | date: \"%Y-%m-%d\" }}"
      "{{ p.day | date: \"%A %e %b %y\" }}{{ p.at | date: \"%j %U\" }}{{ p.name | date: \"%Y\" }}"
      "{{ p.at | date: \"%d \\u0007 %%\" }}{{ p.at | date: \"%B %B %B %B %B %B %B %B\" }}",
      PART_TEXT, false },
    { "{{ p.company | truncate: 12 }}{{ p.company | capitalize }}{{ p.at | date: \"<%Y>\" }}"
      "{{ p.at | date: \"%I:%M %p\" }}",
      PART_HTML, false },
    { "{% for h in l %}{{ h.a }}{{ h.c }}{{ h.t | date: \"%d.%m.\" }}{% if h.c %}x{% endif %}"
      "{% if h.a == \"b\" %}y{% endif %}{{ h.c | capitalize }}{{ forloop.index }}{% endfor %}",
      PART_SMS, true },
    { "{% case p.stage %}{% when \"new\" %}a{% when \"won\", \"lost\" %}b{% when \"won\" %}c"
      "{% else %}d{% endcase %}{% case p.name %}{% when \"x\" %}{% else %}e{% endcase %}"
      "{% case p.name %}{% when \"Ann\" %}i{% else %}j{% endcase %}"
      "{% case p.n %}{% when \"7\" %}f{% when 7 %}g{% endcase %}{% case p.missing %}{% else %}h"
      "{% endcase %}",
      PART_TEXT, true },
    { "{% if p.n >= 7 %}a{% endif %}{% if p.n < 7 or p.n > 7 %}b{% else %}c{% endif %}"
      "{% if p.n == 7 and p.n != 8 and p.n <= 9 %}d{% endif %}{% if p.name == 7 %}e{% endif %}",
      PART_TEXT, false },
    { "{% assign a = p.name %}{{ a }}{% assign a = p.none | default: \"there\" %}{{ a }}"
      "{% assign a = p.blank | default: \"c\" %}{{ a | capitalize }}{% assign b = p.list %}"
      "{% if a == \"c\" %}x{% endif %}{% assign c = p %}{{ c.city }}{{ c.name | truncate: 3 }}",
      PART_SMS, false },
    { "{% for w in p.list %}{{ w }}{% endfor %}{% for h in l reversed %}{{ h.a }}{{ forloop.index0 "
      "}}{% if h.c %}{% continue %}{% endif %}z{% endfor %}{% for i in (1..3) %}{% break %}"
      "{% endfor %}{% for q in p %}{{ q[0] }}{% break %}{% endfor %}",
      PART_TEXT, true },
    { "{% for i in (98..102) %}{{ forloop.index }}{% endfor %}"
      "{% tablerow h in l cols: 2 %}{{ h.a }}{{ forloop.index }}{% endtablerow %}",
      PART_HTML, true },
    { "{% if p.none == \"\" %}{% if p.no %}{% else %}{% if p.yes %}a{% endif %}b{% endif %}{% "
      "endif %}"
      "{% unless p.no %}{% unless p.none != \"\" %}c{% endunless %}{% endunless %}d",
      PART_TEXT, false },
    { "{{ p.at | date: \"%Y-%m-%d\" }}{{ p.odd | date: \"%Y-%m-%d\" }}{{ p.old | date: "
      "\"%Y-%m-%d\" }}"
      "{{ p.long | capitalize }}{{ p.company | capitalize }}{{ p.mark | capitalize }}",
      PART_TEXT, false },
};

struct render {
    bool done;
    struct span text;
    struct template_problem problem;
};

static struct value turns_data(struct arena *arena, int turns)
{
    struct value all = liquid_data(arena, data);
    struct value_pair *pairs = arena_array(arena, all.map.count + 1, sizeof(*pairs));

    memcpy(pairs, all.map.pairs, all.map.count * sizeof(*pairs));
    pairs[all.map.count] = (struct value_pair){ span_of("turns"), value_int(turns) };
    return value_map(pairs, all.map.count + 1);
}

static struct render render(const struct template *template, struct arena *arena, int turns,
                            bool traced)
{
    struct render_context context = { .now_ms = NOW_MS, .max_output_bytes = TURNS_BYTES_MAX };
    struct render out = { 0 };
    struct trace trace;

    trace_init(&trace, arena);
    context.data = turns_data(arena, turns);
    context.trace = traced ? &trace : NULL;
    out.done = template_render(template, &context, arena, &out.text, &out.problem) == 0;
    return out;
}

/* How many turns the fuel lasts for. */
static int last_turn(const struct template *template)
{
    int good = 0, bad = 9999;

    while (bad - good > 1) {
        int middle = (good + bad) / 2;
        struct arena arena;
        arena_init(&arena);
        if (render(template, &arena, middle, false).done)
            good = middle;
        else
            bad = middle;
        arena_finish(&arena);
    }
    return good;
}

static struct template *compile_row(size_t row, struct arena *arena)
{
    const struct template_options options = { .part = rows[row].part, .lax = rows[row].lax };
    struct template_problems problems = { 0 };
    struct template *template;
    struct str source;

    str_init(&source, 1 << 16);
    str_add_text(&source, "{% for i in (1..turns) %}");
    for (int i = 0; i < COPIES; i++)
        str_add_text(&source, rows[row].body);
    str_add_text(&source, "{% endfor %}");
    template = template_compile(str_span(&source), &options, arena, &problems);
    if (!template)
        fail_msg("row %zu: %s", row, problems.items[0].text);
    str_finish(&source);
    return template;
}

static void compare(const struct template *template, size_t row, int turns)
{
    struct arena arena;
    struct render quick, plain;

    arena_init(&arena);
    quick = render(template, &arena, turns, false);
    plain = render(template, &arena, turns, true);
    if (quick.done != plain.done || !span_eq(quick.text, plain.text))
        fail_msg("row %zu, %d turns: at once %s, one by one %s", row, turns,
                 quick.done ? "done" : quick.problem.text,
                 plain.done ? "done" : plain.problem.text);
    arena_finish(&arena);
}

static void test_quick__prints_and_pays_as_the_ops_do(void **state)
{
    (void)state;
    for (size_t row = 0; row < COUNT_OF(rows); row++) {
        struct arena arena;
        struct template *template;
        int last;

        arena_init(&arena);
        template = compile_row(row, &arena);
        last = last_turn(template);
        if (last < 100 || last > 9000)
            fail_msg("row %zu lasts %d turns: %s", row, last,
                     render(template, &arena, last + 1, false).problem.text);
        compare(template, row, 1);
        compare(template, row, last);
        compare(template, row, last + 1);
        template_destroy(template);
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quick__prints_and_pays_as_the_ops_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
