/* tests/channels/test_provider_parts.c - the small pieces of provider files: filters, templates,
 * values, conditions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "channels/provider_facts.h"
#include "channels/provider_filter.h"
#include "channels/provider_template.h"
#include "core/base/json.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static const struct {
    const char *filter, *text, *expected; /* NULL = no value */
} filters[] = {
    { "lower", "AbC\xC3\x84", "abc\xC3\x84" },
    { "trim", "  a b\t", "a b" },
    { "digits", "+1 (555) 0100", "15550100" },
    { "digits", "none", NULL },
    { "noplus", "+1555", "1555" },
    { "noplus", "1555", "1555" },
    { "plus", "15551230001", "+15551230001" },
    { "plus", "+15551230001", "+15551230001" },
    { "plus", "24453", "24453" },
    { "plus", "Shop", "Shop" },
    { "pct", "a b&c", "a%20b%26c" },
    { "b64", "user:pass", "dXNlcjpwYXNz" },
    { "hex", "AZ", "415a" },
    { "utf16hex", "Z\xC3\xAB\xF0\x9F\x98\x80", "005A00EBD83DDE00" },
    { "int", "-9007199254740993", "-9007199254740993" },
    { "int", "1x", NULL },
    { "int", "-", NULL },
    { "int", "12345678901234567890", NULL },
    { "before:.", "abc.def", "abc" },
    { "before:.", "abc", "abc" },
    { "after::", "1:2:3", "2:3" },
    { "after::", "12", NULL },
    { "match:\"([a-z]+)\"", "Success \"uuid\"", "uuid" },
    { "match:[0-9]+", "a12b3", "12" },
    { "match:x", "abc", NULL },
    { "cut:2", "\xC3\xAB\xC3\xAB\xC3\xAB", "\xC3\xAB\xC3\xAB" },
    { "map:gsm7=0,ucs2=2", "ucs2", "2" },
    { "map:gsm7=0,ucs2=2", "other", NULL },
    { "prefix:whatsapp:", "+1", "whatsapp:+1" },
    { "unix", "1767323045", "1767323045000" },
    { "unix", "1767323045.25", "1767323045000" },
    { "unix", "soon", NULL },
    { "unix_ms", "1767323045123", "1767323045123" },
    { "unix_ms", "-5", NULL },
    { "iso", "2026-01-02T03:04:05Z", "1767323045000" },
    { "iso", "2026-01-02T04:04:05.123+01:00", "1767323045000" },
    { "iso", "2026-01-02 03:04:05", "1767323045000" },
    { "iso", "2026-01-01T22:04:05-0500", "1767323045000" },
    { "iso", "2026-13-02T03:04:05Z", NULL },
    { "iso", "2026-01-02", NULL },
    { "nothing", "x", NULL },
};

static void test_filter__does_what_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(filters); i++) {
        const char *out = filter_apply(span_of(filters[i].filter), filters[i].text, &arena);

        if ((!out) != (!filters[i].expected) || (out && strcmp(out, filters[i].expected) != 0))
            fail_msg("%s of \"%s\": %s", filters[i].filter, filters[i].text, out ? out : "(none)");
    }
}

static const struct var list[] = {
    { "to", "+15551230001" },    { "text", "Hi {x} \"q\"" },       { "empty", "" },
    { "token", "12:AB/../c?d" }, { "number", "9007199254740993" },
};
static const struct vars vars = { .list = list, .count = 5 };

static const struct {
    const char *template, *expected;
    enum template_outcome outcome;
} templates[] = {
    { "plain", "plain", TEMPLATE_OK },
    { "to {to|noplus}!", "to 15551230001!", TEMPLATE_OK },
    { "{text}", "Hi {x} \"q\"", TEMPLATE_OK },
    { "{{to}", "{to}", TEMPLATE_OK },
    { "{empty}", NULL, TEMPLATE_MISSING },
    { "{empty?}", NULL, TEMPLATE_ABSENT },
    { "{to|map:a=b}", NULL, TEMPLATE_MISSING },
    { "{to?|map:a=b}", NULL, TEMPLATE_ABSENT },
    { "{empty?}{empty}", NULL, TEMPLATE_MISSING },
    { "{to|noplus|cut:3}", "155", TEMPLATE_OK },
};

static void test_template__fills_in_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(templates); i++) {
        struct template_fill fill = { .vars = &vars, .arena = &arena };
        const char *out;

        assert_int_equal(template_text(&fill, templates[i].template, &out), templates[i].outcome);
        if (templates[i].expected)
            assert_string_equal(out, templates[i].expected);
        else
            assert_null(out);
        assert_int_equal(fill.missing != NULL, templates[i].outcome == TEMPLATE_MISSING);
    }
}

static void test_template__keeps_a_value_inside_its_path_segment(void **state)
{
    struct template_fill fill = { .vars = &vars, .arena = &arena };
    struct str out;

    (void)state;
    str_init(&out, 1000);
    assert_int_equal(template_add(&fill, "/bot{token}/send", TEMPLATE_PATH, &out), TEMPLATE_OK);
    assert_string_equal(str_text(&out), "/bot12:AB%2F..%2Fc%3Fd/send");
    str_finish(&out);
}

static void test_template__fills_json_without_breaking_it(void **state)
{
    static const char tree[] = "{\"a\":\"{text}\",\"n\":\"{number|int}\",\"k\":[1,true,\"{to}\"],"
                               "\"gone?\":{\"x\":\"{empty?}\"},\"stays?\":\"{to}\"}";
    struct template_fill fill = { .vars = &vars, .arena = &arena };
    enum template_outcome outcome;
    cJSON *in = json_parse(span_of(tree), "tree", NULL);
    cJSON *out = template_json(&fill, in, &outcome);
    char *text;

    (void)state;
    assert_non_null(out);
    text = json_print(out, false);
    assert_string_equal(text, "{\"a\":\"Hi {x} \\\"q\\\"\",\"n\":9007199254740993,\"k\":[1,true,"
                              "\"+15551230001\"],\"stays\":\"+15551230001\"}");
    free(text);
    cJSON_Delete(out);
    cJSON_Delete(in);
    in = json_parse(span_of("{\"a\":[\"{empty}\"]}"), "tree", NULL);
    assert_null(template_json(&fill, in, &outcome));
    assert_int_equal(outcome, TEMPLATE_MISSING);
    assert_string_equal(fill.missing, "empty");
    cJSON_Delete(in);
}

static const char answer_headers[] = "X-Id: h1\r\nContent-Type: application/json\r\n";
static const char answer_body[] =
    "{\"id\":123456789012345678901,\"n\":42,\"t\":true,\"z\":null,\"s\":\"\","
    "\"list\":[{\"a\":\"x\"},{\"a\":\"y\"}],\"k.d\":\"dots\"}";

static const struct {
    const char *value, *expected;
} values[] = {
    { "\"json:id\"", "123456789012345678901" },
    { "\"json:n\"", "42" },
    { "\"json:t\"", "true" },
    { "\"json:z\"", NULL },
    { "\"json:s\"", NULL },
    { "\"json:list[-1].a\"", "y" },
    { "\"json:list[0]\"", "{\"a\":\"x\"}" },
    { "\"json:[\\\"k.d\\\"]\"", "dots" },
    { "\"json:none.deeper[3]\"", NULL },
    { "\"header:x-id\"", "h1" },
    { "\"header:X-None\"", NULL },
    { "\"status\"", "201" },
    { "\"const:fixed\"", "fixed" },
    { "\"form:x\"", NULL },
    { "[\"json:none\", \"json:n\"]", "42" },
    { "{\"from\":\"json:n\",\"map\":{\"42\":\"answer\"}}", "answer" },
    { "{\"from\":\"json:n\",\"map\":{\"1\":\"one\",\"*\":\"else\"}}", "else" },
    { "{\"from\":\"json:n\",\"map\":{\"1\":\"one\"}}", NULL },
    { "{\"from\":\"json:n\",\"then\":[\"prefix:n\",\"lower\"]}", "n42" },
    { "{\"join\":[\"json:n\",\"status\"],\"with\":\":\"}", "42:201" },
    { "{\"join\":[\"json:n\",\"json:none\"],\"with\":\":\"}", NULL },
};

static struct facts an_answer(void)
{
    static const struct http_response response = {
        .fate = HTTP_ANSWERED,
        .status = 201,
        .headers = { answer_headers, sizeof(answer_headers) - 1 },
        .body = { answer_body, sizeof(answer_body) - 1 },
    };
    struct facts facts;

    facts_of_answer(&facts, &response, &vars, &arena);
    return facts;
}

static void test_facts__finds_values(void **state)
{
    struct facts facts = an_answer();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        cJSON *value =
            json_parse(span_of(arena_printf(&arena, "[%s]", values[i].value)), "v", NULL);
        const char *out = facts_text(&facts, cJSON_GetArrayItem(value, 0));

        if ((!out) != (!values[i].expected) || (out && strcmp(out, values[i].expected) != 0))
            fail_msg("%s: %s", values[i].value, out ? out : "(none)");
        cJSON_Delete(value);
    }
    facts_finish(&facts);
}

static const struct {
    const char *condition;
    bool holds;
} conditions[] = {
    { "[\"json:n\",\"eq\",42]", true },
    { "[\"json:n\",\"eq\",\"42\"]", true },
    { "[\"json:n\",\"eq\",43]", false },
    { "[\"json:t\",\"eq\",true]", true },
    { "[\"json:none\",\"eq\",1]", false },
    { "[\"json:n\",\"ne\",43]", true },
    { "[\"json:n\",\"ne\",42]", false },
    { "[\"json:none\",\"ne\",1]", true },
    { "[\"json:n\",\"in\",[1,42]]", true },
    { "[\"json:n\",\"not_in\",[1,42]]", false },
    { "[\"json:none\",\"not_in\",[1]]", true },
    { "[\"status\",\"ge\",200]", true },
    { "[\"status\",\"lt\",201]", false },
    { "[\"json:id\",\"ge\",1]", false },
    { "[\"header:X-Id\",\"starts\",[\"g\",\"h\"]]", true },
    { "[\"header:X-Id\",\"contains\",\"H1\"]", true },
    { "[\"header:X-Id\",\"matches\",\"^h[0-9]{1}$\"]", true },
    { "[\"json:n\",\"exists\"]", true },
    { "[\"json:z\",\"exists\"]", false },
    { "[\"json:z\",\"missing\"]", true },
    { "[\"json:n\",\"missing\"]", false },
    { "[\"const:+15551230001\",\"eq\",\"{to}\"]", true },
    { "[\"const:x\",\"eq\",\"{to}\"]", false },
    { "[\"const:x\",\"eq\",\"{unknown}\"]", false },
};

static void test_facts__judges_conditions(void **state)
{
    struct facts facts = an_answer();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(conditions); i++) {
        cJSON *all =
            json_parse(span_of(arena_printf(&arena, "[%s]", conditions[i].condition)), "c", NULL);

        if (facts_hold(&facts, all) != conditions[i].holds)
            fail_msg("%s", conditions[i].condition);
        cJSON_Delete(all);
    }
    assert_true(facts_hold(&facts, NULL));
    facts_finish(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filter__does_what_the_table_says),
        cmocka_unit_test(test_template__fills_in_values),
        cmocka_unit_test(test_template__keeps_a_value_inside_its_path_segment),
        cmocka_unit_test(test_template__fills_json_without_breaking_it),
        cmocka_unit_test(test_facts__finds_values),
        cmocka_unit_test(test_facts__judges_conditions),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
