/* tests/templates/test_convert.c - other tools' merge tags as ours: what becomes what, what is said
 * about it, and that every result compiles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/base/text.h"
#include "support.h"
#include "templates/convert.h"

#define HOLD "{{ fields.not_converted }}"

static const char *const fields[] = { "prospect.first_name",
                                      "prospect.last_name",
                                      "prospect.company",
                                      "prospect.title",
                                      "prospect.city",
                                      "prospect.country",
                                      "fields.*",
                                      "sender.name",
                                      "sender.first_name",
                                      "sender.address",
                                      "recap.summary",
                                      "links.unsubscribe",
                                      "value.text",
                                      "workspace.postal_address",
                                      NULL };

struct row {
    const char *from, *source, *expected;
    const char *notes; /* one letter a note: c changed, k look, L left */
};

static bool compiles(struct arena *arena, struct span text, struct template_problem *problem)
{
    const struct template_options options = { .part = PART_TEXT,
                                              .trim_tag_lines = true,
                                              .fields = fields };
    struct template_problems problems = { 0 };
    struct template *template = template_compile(text, &options, arena, &problems);

    if (problems.count)
        *problem = problems.items[0];
    template_destroy(template);
    return template != NULL;
}

static struct converted convert(struct arena *arena, const char *from, const char *source)
{
    const struct convert_options options = { .from = from, .fields = fields };
    struct converted out;
    struct err err = { 0 };

    if (convert_template(span_of(source), &options, arena, &out, &err) < 0)
        fail_msg("%s: %s", source, err.text);
    return out;
}

static const char *letters(struct arena *arena, const struct converted *out)
{
    char *text = arena_alloc(arena, out->count + 1);

    for (size_t i = 0; i < out->count; i++)
        text[i] = "ckL"[out->notes[i].kind];
    return text;
}

static void check(const struct row *row)
{
    struct template_problem problem;
    struct converted out;
    struct arena arena;

    arena_init(&arena);
    out = convert(&arena, row->from, row->source);
    if (!span_is(out.text, row->expected) || strcmp(letters(&arena, &out), row->notes) != 0) {
        print_error("from %s: %s\n", row->from, row->source);
        for (size_t i = 0; i < out.count; i++)
            print_error("  %c %.*s -> %s: %s\n", "ckL"[out.notes[i].kind],
                        (int)out.notes[i].from.len, out.notes[i].from.data, out.notes[i].to,
                        out.notes[i].what);
    }
    assert_string_equal(arena_dup_span(&arena, out.text), row->expected);
    assert_string_equal(letters(&arena, &out), row->notes);
    if (!compiles(&arena, out.text, &problem))
        fail_msg("%s does not compile: %s", row->expected, problem.text);
    arena_finish(&arena);
}

#define CHECK(rows)                                                                                \
    for (size_t i = 0; i < COUNT_OF(rows); i++)                                                    \
    check(&(rows)[i])

static void test_convert__merge_tags_with_a_fallback(void **state)
{
    static const struct row rows[] = {
        { "auto", "Hi {{first_name|there}},", "Hi {{ prospect.first_name | default: \"there\" }},",
          "c" },
        { "mailmerge", "{{firstName: there}}", "{{ prospect.first_name | default: \"there\" }}",
          "c" },
        { "auto", "{{first_name: there}}", "{{ prospect.first_name | default: \"there\" }}", "c" },
        { "auto", "{{FIRST_NAME | \"there\"}}", "{{ prospect.first_name | \"there\" }}", "c" },
        { "auto", "{{FIRST_NAME || 'there'}}", "{{ prospect.first_name || 'there' }}", "c" },
        { "auto", "{{ company | your company }}",
          "{{ prospect.company | default: \"your company\" }}", "c" },
        { "auto", "{{company|your \"company\"}}",
          "{{ prospect.company | default: 'your \"company\"' }}", "c" },
        { "auto", "{{company|it's \"ours\"}}", "{{ prospect.company | default: \"it's 'ours'\" }}",
          "k" },
        { "auto", "{{FNAME}} {{LNAME}}", "{{ prospect.first_name }} {{ prospect.last_name }}",
          "cc" },
        { "auto", "{{first|Friend}}", "{{ prospect.first_name | default: \"Friend\" }}", "c" },
        { "auto", "{{ Company Name }}", "{{ prospect.company }}", "c" },
        { "auto", "{{ Favourite Colour }}", "{{ fields.favourite_colour }}", "k" },
        { "mailmerge", "{{ Favourite Colour | blue }}",
          "{{ fields.favourite_colour | default: \"blue\" }}", "k" },
        { "auto", "{{favouriteColour}}", "{{ fields.favourite_colour }}", "k" },
        { "auto", "{{industry|your field}}", "{{ fields.industry | default: \"your field\" }}",
          "k" },
        { "auto", "{{name}}",
          "{{ prospect.first_name | append: \" \" | append: prospect.last_name | strip }}", "c" },
        { "auto", "{{sender_name}} {{ sender.email }}", "{{ sender.name }} {{ sender.address }}",
          "cc" },
        { "auto", "{{unsubscribe_link}}", "{{ links.unsubscribe }}", "c" },
        { "auto", "{{fallback|{{first_name}}|Sir}}", "{{ prospect.first_name | default: \"Sir\" }}",
          "c" },
        { "auto", "{{ .Subscriber.FirstName }}", "{{ prospect.first_name }}", "c" },
    };

    (void)state;
    CHECK(rows);
}

static void test_convert__leaves_our_own_templates_alone(void **state)
{
    static const struct row rows[] = {
        { "auto", "", "", "" },
        { "auto", "no tags, 50% off, { x }, a | b, *bold*",
          "no tags, 50% off, { x }, a | b, *bold*", "" },
        { "auto", "{{ prospect.first_name | default: \"there\" }}",
          "{{ prospect.first_name | default: \"there\" }}", "" },
        { "auto", "{{prospect.first_name|\"there\"}}", "{{prospect.first_name|\"there\"}}", "" },
        { "auto", "{{- fields.x | upcase -}}", "{{- fields.x | upcase -}}", "" },
        { "auto", "{% if recap.summary != blank %}a{% else %}b{% endif %}",
          "{% if recap.summary != blank %}a{% else %}b{% endif %}", "" },
        { "auto",
          "{% assign a = fields.b | split: \",\" %}{% for x in a limit: 2 %}{{ x }}{% endfor %}",
          "{% assign a = fields.b | split: \",\" %}{% for x in a limit: 2 %}{{ x }}{% endfor %}",
          "" },
        { "auto", "{{ \"Hi|Hello\" | spin }}", "{{ \"Hi|Hello\" | spin }}", "" },
        { "auto", "{{ \"now\" | date: \"%A %d\" }}", "{{ \"now\" | date: \"%A %d\" }}", "" },
        { "auto", "{% raw %}{{ x }}{% endraw %}{% comment %}{{ y }}{% endcomment %}",
          "{% raw %}{{ x }}{% endraw %}{% comment %}{{ y }}{% endcomment %}", "" },
        { "auto", "{% case prospect.city %}{% when \"Leeds\", \"York\" %}a{% else %}b{% endcase %}",
          "{% case prospect.city %}{% when \"Leeds\", \"York\" %}a{% else %}b{% endcase %}", "" },
        { "auto", "{% for i in (1..3) %}{{ forloop.index }}{% endfor %}",
          "{% for i in (1..3) %}{{ forloop.index }}{% endfor %}", "" },
        { "auto", "<style>a{color:red|x}</style>", "<style>a{color:red|x}</style>", "" },
    };

    (void)state;
    CHECK(rows);
}

static void test_convert__liquid_of_other_tools(void **state)
{
    static const struct row rows[] = {
        { "customerio", "{{ customer.first_name | default: \"there\" }}",
          "{{ prospect.first_name | default: \"there\" }}", "c" },
        { "braze", "{{ ${first_name} | default: 'x' }}", "{{ prospect.first_name | default: 'x' }}",
          "c" },
        { "braze", "{{${first_name}}}", "{{ prospect.first_name }}", "c" },
        { "braze", "{{custom_attribute.${favourite_city}}}", "{{ fields.favourite_city }}", "k" },
        { "braze", "{% if ${first_name} == blank %}a{% endif %}",
          "{% if prospect.first_name == blank %}a{% endif %}", "c" },
        { "hubspot", "{{ contact.firstname }} {{ contact.jobtitle }}",
          "{{ prospect.first_name }} {{ prospect.title }}", "cc" },
        { "hubspot", "{{ personalization_token('contact.firstname', 'there') }}",
          "{{ prospect.first_name | default: \"there\" }}", "c" },
        { "customerio",
          "{% if customer.plan == 'pro' and customer.city contains 'x' %}a{% endif %}",
          "{% if fields.plan == 'pro' and prospect.city contains 'x' %}a{% endif %}", "k" },
        { "customerio", "{% if customer.city&&customer.plan||x %}a{% endif %}",
          "{% if prospect.city and fields.plan or fields.x %}a{% endif %}", "k" },
        { "customerio", "{%if customer.city%}a{%  endif %}", "{% if prospect.city %}a{%  endif %}",
          "c" },
        { "customerio", "{% if a %}{% assign n = city %}{% endif %}{{ n }}",
          "{% if fields.a %}{% assign n = prospect.city %}{% endif %}{{ n }}", "kc" },
        { "customerio", "{% for i in a %}{{ i }}{% else %}{{ i }}{% endfor %}{{ i }}",
          "{% for i in fields.a %}{{ i }}{% else %}{{ fields.i }}{% endfor %}{{ fields.i }}",
          "kkk" },
        { "customerio", "{% unless customer.city %}a{% endunless %}",
          "{% unless prospect.city %}a{% endunless %}", "c" },
        { "customerio", "{% for i in customer.items limit:3 %}{{ i.name }}{% endfor %}",
          "{% for i in fields.items limit:3 %}{{ i.name }}{% endfor %}", "k" },
        { "customerio", "{% assign n = customer.first_name | upcase %}{{ n }}",
          "{% assign n = prospect.first_name | upcase %}{{ n }}", "c" },
        { "customerio", "{% capture g %}Hi {{ customer.first_name }}{% endcapture %}{{ g }}",
          "{% capture g %}Hi {{ prospect.first_name }}{% endcapture %}{{ g }}", "c" },
        { "auto", "{{ first_name | default: there }}",
          "{{ prospect.first_name | default: \"there\" }}", "k" },
    };

    (void)state;
    CHECK(rows);
}

static void test_convert__django_and_jinja(void **state)
{
    static const struct row rows[] = {
        { "django", "{{ first_name|default:'there' }}",
          "{{ prospect.first_name | default: 'there' }}", "c" },
        { "django", "{{ person.first_name|default('there', true)|title }}",
          "{{ prospect.first_name | default: 'there' | capitalize }}", "k" },
        { "django", "{% if first_name %}a{% elif not city %}b{% else %}c{% endif %}",
          "{% if prospect.first_name != blank %}a{% elsif prospect.city == blank %}b{% else %}c"
          "{% endif %}",
          "cc" },
        { "django", "{% set x = company|upper %}{{ x }}",
          "{% assign x = prospect.company | upcase %}{{ x }}", "c" },
        { "django", "{{ start|date:\"F j, Y\" }}", "{{ fields.start | date: \"%B %-d, %Y\" }}",
          "k" },
        { "django", "{% for p in person.items %}{{ p }}{{ loop.index }}{% empty %}-{% endfor %}",
          "{% for p in fields.items %}{{ p }}{{ forloop.index }}{% else %}-{% endfor %}", "kcc" },
        { "django", "{% verbatim %}{{ x }}{% endverbatim %}", "{% raw %}{{ x }}{% endraw %}", "c" },
    };

    (void)state;
    CHECK(rows);
}

static void test_convert__handlebars_and_apollo(void **state)
{
    static const struct row rows[] = {
        { "apollo", "{{#if first_name}}Hi {{first_name}}{{#else}}Hi there{{#endif}}",
          "{% if prospect.first_name != blank %}Hi {{ prospect.first_name }}{% else %}Hi there"
          "{% endif %}",
          "cccc" },
        { "handlebars", "{{#if city}}a{{else if company}}b{{else}}c{{/if}}",
          "{% if prospect.city != blank %}a{% elsif prospect.company != blank %}b{% else %}c"
          "{% endif %}",
          "cccc" },
        { "handlebars", "{{#unless city}}a{{/unless}}",
          "{% unless prospect.city != blank %}a{% endunless %}", "cc" },
        { "handlebars", "{{#each items}}{{this}}, {{name}} of {{../city}}{{@index}}{{/each}}",
          "{% for item in fields.items %}{{ item }}, {{ item.name }} of {{ prospect.city }}"
          "{{ forloop.index0 }}{% endfor %}",
          "kccccc" },
        { "handlebars", "{{#each items as |it|}}{{it.name}}{{/each}}",
          "{% for it in fields.items %}{{it.name}}{% endfor %}", "kc" },
        { "handlebars", "{{#equals city \"Leeds\"}}a{{/equals}}",
          "{% if prospect.city == \"Leeds\" %}a{% endif %}", "cc" },
        { "handlebars", "{{insert first_name \"default=Customer\"}}",
          "{{ prospect.first_name | default: \"Customer\" }}", "c" },
        { "handlebars", "{{! note }}a{{!-- {{x}} --}}", "a", "cc" },
        { "handlebars", "{{{bio}}}", "{{ fields.bio | raw }}", "k" },
        { "handlebars", "{{~first_name~}}", "{{- prospect.first_name -}}", "c" },
        { "handlebars", "{{^city}}a{{/city}}",
          "{% unless prospect.city != blank %}a{% endunless %}", "cc" },
        { "handlebars", "{{#city}}a{{/city}}", "{% if prospect.city != blank %}a{% endif %}",
          "kc" },
    };

    (void)state;
    CHECK(rows);
}

static void test_convert__mailchimp_mautic_activecampaign_marketo(void **state)
{
    static const struct row rows[] = {
        { "mailchimp", "*|FNAME|* *|FNAME|there|*",
          "{{ prospect.first_name }} {{ prospect.first_name | default: \"there\" }}", "cc" },
        { "mailchimp", "*|IF:CITY=Leeds|*a*|ELSEIF:COMPANY|*b*|ELSE:|*c*|END:IF|*",
          "{% if prospect.city == \"Leeds\" %}a{% elsif prospect.company != blank %}b{% else %}c"
          "{% endif %}",
          "cccc" },
        { "mailchimp", "*|IFNOT:CITY|*a*|END:IF|*",
          "{% unless prospect.city != blank %}a{% endunless %}", "cc" },
        { "mailchimp", "*|UNSUB|* *|CURRENT_YEAR|* *|UPPER:FNAME|*",
          "{{ links.unsubscribe }} {{ \"now\" | date: \"%Y\" }} {{ prospect.first_name | upcase }}",
          "ccc" },
        { "mailchimp", "*|DATE:F j|*", "{{ \"now\" | date: \"%B %-d\" }}", "k" },
        { "mautic", "{contactfield=firstname|there} {contactfield=city|true}",
          "{{ prospect.first_name | default: \"there\" }} {{ prospect.city | url_encode }}", "cc" },
        { "mautic", "{ownerfield=firstname} {unsubscribe_url}",
          "{{ sender.first_name }} {{ links.unsubscribe }}", "cc" },
        { "activecampaign", "Hi %FIRSTNAME%, 50% of 20%C3%A9% %SHOE_SIZE%",
          "Hi {{ prospect.first_name }}, 50% of 20%C3%A9% {{ fields.shoe_size }}", "ck" },
        { "marketo", "{{lead.City:default=your town}} {{lead.First Name}} {{company.Company Name}}",
          "{{ prospect.city | default: \"your town\" }} {{ prospect.first_name }} "
          "{{ fields.company_company_name }}",
          "cck" },
        { "auto", "{first_name} {unknown_thing}", "{{ prospect.first_name }} {unknown_thing}",
          "ck" },
        { "auto", "*|FNAME|there|* {contactfield=x|there} %FIRSTNAME%",
          "{{ prospect.first_name | default: \"there\" }} {{ fields.x | default: \"there\" }} "
          "{{ prospect.first_name }}",
          "ckc" },
    };

    (void)state;
    CHECK(rows);
}

static void test_convert__spintax(void **state)
{
    static const struct row rows[] = {
        { "auto", "{Hi|Hello|Hey} Ann", "{{ \"Hi|Hello|Hey\" | spin }} Ann", "c" },
        { "auto", "{{Hi|Hello}} Ann", "{{ \"Hi|Hello\" | spin }} Ann", "k" },
        { "auto", "{{Hi|Hello|Hey}} Ann", "{{ \"Hi|Hello|Hey\" | spin }} Ann", "c" },
        { "auto", "{{random|a|b}}", "{{ \"a|b\" | spin }}", "c" },
        { "spintax", "{{first_name|there}}", "{{ \"first_name|there\" | spin }}", "c" },
        { "auto", "{Hi {{first_name}}|Hello}",
          "{% assign spin_1 = \"1|2\" | spin %}{% if spin_1 == \"1\" %}Hi {{ prospect.first_name }}"
          "{% else %}Hello{% endif %}",
          "cc" },
        { "auto", "a {very |}good",
          "a {% assign spin_1 = \"1|2\" | spin %}{% if spin_1 == \"1\" %}very {% else %}{% endif %}"
          "good",
          "c" },
        { "auto", "{Hi|{Hello|Hey} there}",
          "{% assign spin_1 = \"1|2\" | spin %}{% if spin_1 == \"1\" %}Hi{% else %}"
          "{{ \"Hello|Hey\" | spin }} there{% endif %}",
          "cc" },
        { "auto", "{first_name|there}", "{{ prospect.first_name | default: \"there\" }}", "c" },
        { "auto", "{a|{b|{c|{d|{e|f}}}}}",
          "{% assign spin_4 = \"1|2\" | spin %}{% if spin_4 == \"1\" %}a{% else %}"
          "{% assign spin_3 = \"1|2\" | spin %}{% if spin_3 == \"1\" %}b{% else %}"
          "{% assign spin_2 = \"1|2\" | spin %}{% if spin_2 == \"1\" %}c{% else %}"
          "{% assign spin_1 = \"1|2\" | spin %}{% if spin_1 == \"1\" %}d{% else %}" HOLD
          "{% endif %}{% endif %}{% endif %}{% endif %}",
          "ccccL" },
    };

    (void)state;
    CHECK(rows);
}

static void test_convert__holds_what_it_does_not_understand(void **state)
{
    static const struct row rows[] = {
        { "auto", "a {{> footer}} b", "a " HOLD " b", "L" },
        { "auto", "{{formatDate d \"x\"}}", HOLD, "L" },
        { "auto", "{{#custom a b}}x{{/custom}}", HOLD "{% if true %}x{% endif %}", "Lc" },
        { "auto", "{% include 'x' %}", HOLD, "L" },
        { "auto", "{% connected_content https://example.com %}", HOLD, "L" },
        { "auto", "{{ first_name | nonsense: 3 }}", HOLD, "L" },
        { "customerio", "{{ first_name | nonsense }}", HOLD, "L" },
        { "auto", "{% if (a and b) %}x{% endif %}", HOLD "{% if true %}x{% endif %}", "L" },
        { "auto", "{% if a in b %}x{% endif %}", HOLD "{% if true %}x{% endif %}", "L" },
        { "auto", "{{/if}} {{else}} {% endfor %}", HOLD " " HOLD " " HOLD, "LLL" },
        { "auto", "{% if a %}x", "{% if fields.a %}x" HOLD "{% endif %}", "kL" },
        { "auto", "{{#if city}}{% for x in a %}{{/if}}",
          "{% if prospect.city != blank %}{% for x in fields.a %}" HOLD "{% endfor %}{% endif %}",
          "ckLc" },
        { "auto", "{{ never closed", HOLD " never closed", "L" },
        { "auto", "{% never closed", HOLD " never closed", "L" },
        { "auto", "{{}}", HOLD, "L" },
        { "auto", "{{ x }", HOLD " x }", "L" },
        { "auto", "%IF $CITY = Leeds%a%/IF%", HOLD "a" HOLD, "LL" },
        { "auto", "*|RSSITEMS:x|*", HOLD, "L" },
        { "auto", "{webview_url}", HOLD, "L" },
        { "auto", "{% raw x %}{% endraw %}", HOLD, "L" },
        { "auto", "{% raw %}x", HOLD "x", "L" },
        { "auto", "{% end if %}", HOLD, "L" },
        { "auto", "{% for x y %}{{ x }}{% endfor %}", HOLD "{% if true %}{{ fields.x }}{% endif %}",
          "Lkc" },
        { "auto", "{% case a %}{% when 1, 2 b %}c{% endcase %}",
          "{% case fields.a %}" HOLD "c{% endcase %}", "kL" },
        { "auto", "{{ first_name | append: 'x }}", HOLD, "L" },
        { "auto", "{*|FNAME|*", "{{ \"{\" }}{{ prospect.first_name }}", "c" },
        { "auto", "{{! x }}{{{! y }}{", HOLD "{! y }}{", "cL" },
    };

    (void)state;
    CHECK(rows);
}

static void test_convert__notes_have_places_and_reasons(void **state)
{
    struct converted out;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    out = convert(&arena, "auto", "\xC3\xA9 {{FNAME}}\nx {{shoe_size}}\n\n  {{> foot}}\n");
    assert_int_equal(out.count, 3);
    assert_int_equal(out.left, 1);
    assert_int_equal(out.notes[0].line, 1);
    assert_int_equal(out.notes[0].column, 3);
    assert_true(span_is(out.notes[0].from, "{{FNAME}}"));
    assert_string_equal(out.notes[0].to, "{{ prospect.first_name }}");
    assert_int_equal(out.notes[1].line, 2);
    assert_int_equal(out.notes[1].column, 3);
    assert_non_null(strstr(out.notes[1].what, "import a column \"shoe_size\""));
    assert_int_equal(out.notes[2].line, 4);
    assert_int_equal(out.notes[2].column, 3);
    assert_non_null(strstr(out.notes[2].what, "render \"foot\""));
    arena_finish(&arena);
}

static void test_convert__what_is_held_never_leaves(void **state)
{
    struct converted out;
    struct outcome rendered;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    out = convert(&arena, "auto", "Hi {{> footer}}");
    rendered = liquid(&arena, arena_dup_span(&arena, out.text), "{\"fields\":{}}", NULL);
    assert_true(rendered.compiled);
    assert_false(rendered.rendered);
    assert_string_equal(rendered.problem.text,
                        "fields.not_converted is missing and has no default");
    arena_finish(&arena);
}

static void test_convert__renders_as_the_other_tool_would(void **state)
{
    static const struct {
        const char *source, *data, *expected;
    } rows[] = {
        { "Hi {{first_name|there}}", "{\"prospect\":{\"first_name\":\"Ann\"}}", "Hi Ann" },
        { "Hi {{first_name|there}}", "{\"prospect\":{}}", "Hi there" },
        { "{{#if city}}in {{city}}{{else}}near you{{/if}}", "{\"prospect\":{\"city\":\"\"}}",
          "near you" },
        { "{{#unless city}}nowhere{{/unless}}", "{\"prospect\":{\"city\":\"\"}}", "nowhere" },
        { "{{name|there}}", "{\"prospect\":{\"first_name\":\"Ann\",\"last_name\":\"Lee\"}}",
          "Ann Lee" },
        { "{{#each xs}}{{name}};{{/each}}",
          "{\"fields\":{\"xs\":[{\"name\":\"a\"},{\"name\":\"b\"}]}}", "a;b;" },
        { "{very |very }good", "{}", "very good" },
        { "{*|FNAME|*}", "{\"prospect\":{\"first_name\":\"Ann\"}}", "{Ann}" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct converted out;
        struct outcome rendered;
        struct arena arena;

        arena_init(&arena);
        out = convert(&arena, "auto", rows[i].source);
        rendered = liquid(&arena, arena_dup_span(&arena, out.text), rows[i].data, NULL);
        if (!rendered.rendered)
            fail_msg("%s: %s", rows[i].source, rendered.problem.text);
        assert_string_equal(rendered.text, rows[i].expected);
        arena_finish(&arena);
    }
}

static void test_convert__changes_nothing_in_the_library(void **state)
{
    static const char *const names[] = { "recap", "value", "progress", "concern", "last-note" };
    static const char *const parts[] = { "email", "sms", "chat", "call" };
    static const char *const roots[] = { "prospect.*", "fields.*",    "sender.*",     "step.*",
                                         "recap.*",    "next.*",      "commitment.*", "concern.*",
                                         "value.*",    "cta.*",       "rapport.*",    "plan.*",
                                         "links.*",    "workspace.*", "channel",      NULL };
    const struct convert_options options = { .fields = roots };
    static char text[65536];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names) * COUNT_OF(parts); i++) {
        struct converted out;
        struct arena arena;
        struct err err = { 0 };
        char path[400];
        FILE *in;

        snprintf(path, sizeof(path), "%s/templates/library/%s/%s.liquid", HEED_SOURCE_DIR,
                 names[i / COUNT_OF(parts)], parts[i % COUNT_OF(parts)]);
        in = fopen(path, "rb");
        if (!in)
            fail_msg("%s is missing", path);
        text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
        fclose(in);
        arena_init(&arena);
        assert_int_equal(convert_template(span_of(text), &options, &arena, &out, &err), 0);
        assert_string_equal(arena_dup_span(&arena, out.text), text);
        assert_int_equal(out.count, 0);
        arena_finish(&arena);
    }
}

/* ---- the page ---- */

/* The next `cell` of a table's line, with its "\\|" as bars; NULL when there is none. */
static const char *next_cell(struct span *line, struct arena *arena)
{
    const char *from = memchr(line->data, '`', line->len), *to;
    char *copy, *out;

    if (!from)
        return NULL;
    *line = span_from(*line, (size_t)(from + 1 - line->data));
    to = memchr(line->data, '`', line->len);
    if (!to)
        return NULL;
    out = copy = arena_dup_span(arena, span_make(line->data, (size_t)(to - line->data)));
    *line = span_from(*line, (size_t)(to + 1 - line->data));
    for (const char *at = copy; *at; at++)
        if (at[0] != '\\' || at[1] != '|')
            *out++ = *at;
    *out = '\0';
    return copy;
}

static void test_convert__does_what_its_page_says(void **state)
{
    static char text[65536];
    FILE *in = fopen(HEED_SOURCE_DIR "/docs/converting.md", "rb");
    struct span rest, line;
    int rows = 0;

    (void)state;
    assert_non_null(in);
    text[fread(text, 1, sizeof(text) - 1, in)] = '\0';
    fclose(in);
    for (rest = span_of(text); text_next_line(&rest, &line);) {
        const char *from, *theirs, *ours;
        struct arena arena;

        if (!text_starts_nocase(line, "| `") || text_starts_nocase(line, "| `--"))
            continue;
        arena_init(&arena);
        from = next_cell(&line, &arena);
        theirs = next_cell(&line, &arena);
        ours = next_cell(&line, &arena);
        assert_non_null(ours);
        assert_string_equal(arena_dup_span(&arena, convert(&arena, from, theirs).text), ours);
        arena_finish(&arena);
        rows++;
    }
    assert_true(rows >= 25);
}

static void test_convert__refuses_what_is_no_source(void **state)
{
    const struct convert_options unknown = { .from = "mailchim", .fields = fields };
    const struct convert_options automatic = { .fields = fields };
    struct converted out;
    struct arena arena;
    struct err err = { 0 };

    (void)state;
    arena_init(&arena);
    assert_int_equal(convert_template(span_of("x"), &unknown, &arena, &out, &err), -1);
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.text, "did you mean \"mailchimp\"?"));
    assert_non_null(strstr(err.text, "marketo"));
    assert_int_equal(convert_template(span_of("\xFF"), &automatic, &arena, &out, &err), -1);
    assert_int_equal(err.code, ERR_INPUT);
    assert_int_equal(convert_template(span_make("a\0b", 3), &automatic, &arena, &out, &err), -1);
    assert_int_equal(convert_template(span_make(arena_alloc(&arena, CONVERT_SOURCE_MAX + 1),
                                                CONVERT_SOURCE_MAX + 1),
                                      &automatic, &arena, &out, &err),
                     -1);
    assert_int_equal(err.code, ERR_LIMIT);
    arena_finish(&arena);
}

static void test_convert__every_dialect_has_a_name_and_tools(void **state)
{
    size_t count = 0;

    (void)state;
    for (const struct convert_dialect *d; (d = convert_dialect(count)) != NULL; count++) {
        struct arena arena;

        assert_true(strlen(d->name) > 2 && strlen(d->tools) > 4);
        arena_init(&arena);
        assert_int_equal(convert(&arena, d->name, "{{ prospect.first_name }}").left, 0);
        arena_finish(&arena);
    }
    assert_int_equal(count, 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_convert__merge_tags_with_a_fallback),
        cmocka_unit_test(test_convert__leaves_our_own_templates_alone),
        cmocka_unit_test(test_convert__liquid_of_other_tools),
        cmocka_unit_test(test_convert__django_and_jinja),
        cmocka_unit_test(test_convert__handlebars_and_apollo),
        cmocka_unit_test(test_convert__mailchimp_mautic_activecampaign_marketo),
        cmocka_unit_test(test_convert__spintax),
        cmocka_unit_test(test_convert__holds_what_it_does_not_understand),
        cmocka_unit_test(test_convert__notes_have_places_and_reasons),
        cmocka_unit_test(test_convert__what_is_held_never_leaves),
        cmocka_unit_test(test_convert__renders_as_the_other_tool_would),
        cmocka_unit_test(test_convert__changes_nothing_in_the_library),
        cmocka_unit_test(test_convert__does_what_its_page_says),
        cmocka_unit_test(test_convert__refuses_what_is_no_source),
        cmocka_unit_test(test_convert__every_dialect_has_a_name_and_tools),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
