/* tests/base/test_json.c - what is read, what is refused and where, and that ids survive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "core/base/json.h"
#include "core/base/str.h"

#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define SPAN(literal) span_make(literal, sizeof(literal) - 1)

static const struct {
    struct span text;
    const char *problem; /* NULL = good */
} rows[] = {
    { BYTES("{}"), NULL },
    { BYTES(" [1, -0.5e+3, true, false, null, \"x\"] \r\n\t"), NULL },
    { BYTES("\xEF\xBB\xBF{\"a\":1}"), NULL },
    { BYTES("17"), NULL },
    { BYTES("\"\\u00e9\\ud83d\\ude00\\n\""), NULL },
    { BYTES("{\"a\":{\"a\":1},\"b\":{\"a\":1},\"A\":2}"), NULL },
    { BYTES("1e308"), NULL },
    { BYTES(""), "x:1:1: the text ends too early" },
    { BYTES("   "), "x:1:4: the text ends too early" },
    { BYTES("{\"a\":1,}"), "x:1:8: expected a string in double quotes" },
    { BYTES("[1,]"), "x:1:4: expected a value" },
    { BYTES("{\n  \"a\": tru\n}"), "x:2:8: expected a value" },
    { BYTES("{\"\xC3\xA4\" 1}"), "x:1:6: expected \":\" after the name" },
    { BYTES("{\"a\":1 \"b\":2}"), "x:1:8: expected \",\" or \"}\"" },
    { BYTES("[1 2]"), "x:1:4: expected \",\" or \"]\"" },
    { BYTES("{} {}"), "x:1:4: nothing may follow the value" },
    { BYTES("{}\0"), "x:1:3: nothing may follow the value" },
    { BYTES("01"), "x:1:2: nothing may follow the value" },
    { BYTES("-"), "x:1:2: the text ends too early" },
    { BYTES("[-x]"), "x:1:3: expected a digit" },
    { BYTES("[1.]"), "x:1:4: expected a digit after the point" },
    { BYTES("[1e]"), "x:1:4: expected the digits of the exponent" },
    { BYTES("+1"), "x:1:1: expected a value" },
    { BYTES("NaN"), "x:1:1: expected a value" },
    { BYTES("[1e400]"), "x:1:2: this number is too large" },
    { BYTES("[-1e999999999999]"), "x:1:2: this number is too large" },
    { BYTES("[0.3333333333333333333333333333333333333333333333333333333333333333]"),
      "x:1:2: this number has too many digits" },
    { BYTES("\"a"), "x:1:3: the text ends too early" },
    { BYTES("\"a\\"), "x:1:4: the text ends too early" },
    { BYTES("\"\\u12"), "x:1:6: the text ends too early" },
    { BYTES("\"\\u12g4\""), "x:1:6: expected four hexadecimal digits" },
    { BYTES("\"\\x41\""), "x:1:3: unknown escape" },
    { BYTES("\"a\\u0000b\""), "x:1:3: \\u0000 is not allowed" },
    { BYTES("\"\\ud83d\""), "x:1:2: half a surrogate pair" },
    { BYTES("\"\\ud83d\\u0041\""), "x:1:2: half a surrogate pair" },
    { BYTES("\"\\ude00\""), "x:1:2: half a surrogate pair" },
    { BYTES("\"a\nb\""),
      "x:1:3: control characters in strings are written as \\n, \\t or \\u...." },
    { BYTES("\"a\0b\""),
      "x:1:3: control characters in strings are written as \\n, \\t or \\u...." },
    { BYTES("\"\xC3\x28\""), "x:1:2: not UTF-8" },
    { BYTES("\"\xED\xA0\x80\""), "x:1:2: not UTF-8" },
    { BYTES("\"\xC0\x80\""), "x:1:2: not UTF-8" },
    { BYTES("{'a':1}"), "x:1:2: expected a string in double quotes" },
    { BYTES("{\"a\":1,\"a\":2}"), "x:1:8: this name is in the object twice" },
    { BYTES("{\"a\":1,\n \"\\u0061\":2}"), "x:2:2: this name is in the object twice" },
    { BYTES("[{\"x\":{\"b\":1,\"c\":0,\"b\":2}}]"), "x:1:20: this name is in the object twice" },
    { BYTES("// no\n{}"), "x:1:1: expected a value" },
};

static void test_json__refuses_at_the_right_place_what_is_no_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = { 0 };
        cJSON *root = json_parse(rows[i].text, "x", &err);
        if (!root != !!rows[i].problem)
            fail_msg("row %zu: %s", i, err.text);
        if (rows[i].problem)
            assert_string_equal(err.text, rows[i].problem);
        cJSON_Delete(root);
    }
}

/* `depth` brackets, opened and closed. */
static cJSON *parse_nested(const char *open, const char *inside, char close, int depth)
{
    struct str text;
    cJSON *root;

    str_init(&text, JSON_MAX_BYTES);
    for (int i = 0; i < depth; i++)
        str_add_text(&text, open);
    str_add_text(&text, inside);
    for (int i = 0; i < depth; i++)
        str_add_char(&text, close);
    root = json_parse(str_span(&text), "x", NULL);
    str_finish(&text);
    return root;
}

static void test_json__stops_at_depth_64(void **state)
{
    static const struct {
        const char *open, *inside;
        char close;
        int depth;
        bool good;
    } depths[] = {
        { "[", "1", ']', 64, true },       { "[", "1", ']', 65, false },
        { "{\"a\":", "1", '}', 64, true }, { "{\"a\":", "1", '}', 65, false },
        { "[", "", ']', 300000, false },   { "{\"a\":", "", '}', 150000, false },
        { "[[],", "1", ']', 64, false },   { "[[],", "1", ']', 63, true },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(depths); i++) {
        cJSON *root =
            parse_nested(depths[i].open, depths[i].inside, depths[i].close, depths[i].depth);
        assert_int_equal(root != NULL, depths[i].good);
        cJSON_Delete(root);
    }
}

static void test_json__stops_at_one_mebibyte(void **state)
{
    struct err err = { 0 };
    char *text = malloc(JSON_MAX_BYTES + 1);
    cJSON *root;

    (void)state;
    memset(text, ' ', JSON_MAX_BYTES + 1);
    text[0] = '7';
    root = json_parse(span_make(text, JSON_MAX_BYTES), "x", &err);
    assert_non_null(root);
    cJSON_Delete(root);
    assert_null(json_parse(span_make(text, JSON_MAX_BYTES + 1), "x", &err));
    assert_int_equal(err.code, ERR_LIMIT);
    free(text);
}

static void test_json__long_integers_arrive_as_strings(void **state)
{
    cJSON *root = json_parse(SPAN("{\"id\":1146088193411170365,\"chat\":-1001234567890,"
                                  "\"big\":[-9223372036854775808,1234567890123456,"
                                  "123456789012345],\"s\":\"1146088193411170365\","
                                  "\"huge\":99999999999999999999999999,\"f\":1.5,\"e\":1e3,"
                                  "\"text\":\"12x\",\"in\":\"n 1146088193411170365 n\"}"),
                             "x", NULL);
    const cJSON *big = json_get(root, "big");

    (void)state;
    assert_non_null(root);
    assert_string_equal(json_text(root, "id", ""), "1146088193411170365");
    assert_true(json_int(root, "id", -1) == INT64_C(1146088193411170365));
    assert_true(json_int(root, "s", -1) == INT64_C(1146088193411170365));
    assert_true(json_int(root, "chat", -1) == INT64_C(-1001234567890));
    assert_string_equal(big->child->valuestring, "-9223372036854775808");
    assert_string_equal(big->child->next->valuestring, "1234567890123456");
    assert_true(cJSON_IsNumber(big->child->next->next));
    assert_true(json_int(root, "huge", -1) == -1);
    assert_true(json_int(root, "f", -1) == -1);
    assert_true(json_int(root, "e", -1) == 1000);
    assert_true(json_int(root, "text", -1) == -1);
    assert_string_equal(json_text(root, "in", ""), "n 1146088193411170365 n");
    cJSON_Delete(root);
}

static void test_json__members_have_names_with_case_and_types(void **state)
{
    cJSON *root = json_parse(SPAN("{\"Name\":\"x\",\"on\":true,\"n\":null}"), "x", NULL);

    (void)state;
    assert_null(json_get(root, "name"));
    assert_string_equal(json_text(root, "Name", "no"), "x");
    assert_string_equal(json_text(root, "on", "no"), "no");
    assert_true(json_bool(root, "on", false));
    assert_true(json_bool(root, "Name", true));
    assert_true(json_int(root, "n", 5) == 5);
    assert_null(json_get(NULL, "x"));
    assert_null(json_get(json_get(root, "on"), "x"));
    cJSON_Delete(root);
}

static void test_json__paths_lead_to_values_or_nowhere(void **state)
{
    static const struct {
        const char *path, *found;
    } paths[] = {
        { "a.b[0].c", "\"deep\"" },
        { "a[\"b\"][0][\"c\"]", "\"deep\"" },
        { "a.b[-1]", "3" },
        { "a.b[-2]", "2" },
        { "[\"key.with.dots\"]", "1" },
        { "a.b[1]", "2" },
        { "a.b[3]", NULL },
        { "a.b[-4]", NULL },
        { "a.b[x]", NULL },
        { "a.b[", NULL },
        { "a.b[0", NULL },
        { "a.b[\"0\"]", NULL },
        { "a[\"b", NULL },
        { "a[\"b\"", NULL },
        { "a.b[0]c", NULL },
        { ".a", NULL },
        { "a.", NULL },
        { "a..b", NULL },
        { "A", NULL },
        { "a.b.c", NULL },
        { "a.b[99999999999999]", NULL },
    };
    cJSON *root =
        json_parse(SPAN("{\"a\":{\"b\":[{\"c\":\"deep\"},2,3]},\"key.with.dots\":1}"), "x", NULL);

    (void)state;
    assert_ptr_equal(json_path(root, ""), root);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        const cJSON *value = json_path(root, paths[i].path);
        char *text = value ? json_print(value, false) : NULL;
        if (!text != !paths[i].found)
            fail_msg("%s: %s", paths[i].path, text ? text : "nothing");
        if (text)
            assert_string_equal(text, paths[i].found);
        free(text);
    }
    cJSON_Delete(root);
}

static void test_json__numbers_are_written_exactly(void **state)
{
    cJSON *root = cJSON_CreateObject();
    char *text;

    (void)state;
    json_add_int(root, "id", INT64_C(9007199254740993));
    json_add_int(root, "min", INT64_MIN);
    json_add_text(root, "t", "a\"\n");
    json_add_text(root, "none", NULL);
    assert_true(json_int(root, "id", 0) == INT64_C(9007199254740993));
    text = json_print(root, false);
    assert_string_equal(text, "{\"id\":9007199254740993,\"min\":-9223372036854775808,"
                              "\"t\":\"a\\\"\\n\",\"none\":null}");
    free(text);
    cJSON_Delete(root);
}

static void test_json__many_names_of_one_object_are_no_trap(void **state)
{
    struct str text;
    cJSON *root;

    (void)state;
    str_init(&text, JSON_MAX_BYTES);
    for (int i = 0; i < 60000; i++)
        str_printf(&text, "%c\"n%d\":%d", i ? ',' : '{', i, i);
    str_add_char(&text, '}');
    root = json_parse(str_span(&text), "x", NULL);
    assert_non_null(root);
    assert_true(json_int(root, "n59999", 0) == 59999);
    cJSON_Delete(root);
    text.len--;
    str_add_text(&text, ",\"n7\":0}");
    assert_null(json_parse(str_span(&text), "x", NULL));
    str_finish(&text);
}

static void test_json__a_missing_file_is_an_error(void **state)
{
    struct err err = { 0 };

    (void)state;
    assert_null(json_read_file("/nonexistent/x.json", &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_null(json_read_file("/", &err));
    assert_int_equal(err.code, ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json__refuses_at_the_right_place_what_is_no_json),
        cmocka_unit_test(test_json__stops_at_depth_64),
        cmocka_unit_test(test_json__stops_at_one_mebibyte),
        cmocka_unit_test(test_json__long_integers_arrive_as_strings),
        cmocka_unit_test(test_json__members_have_names_with_case_and_types),
        cmocka_unit_test(test_json__paths_lead_to_values_or_nowhere),
        cmocka_unit_test(test_json__numbers_are_written_exactly),
        cmocka_unit_test(test_json__many_names_of_one_object_are_no_trap),
        cmocka_unit_test(test_json__a_missing_file_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
