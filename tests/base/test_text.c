/* tests/base/test_text.c - UTF-8 and ASCII helpers, hostile bytes included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/base/text.h"

#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define SPAN(literal) span_make(literal, sizeof(literal) - 1)

static const struct {
    struct span bytes;
    bool good;
    size_t points;
    const char *fixed;
} utf8_rows[] = {
    { BYTES(""), true, 0, "" },
    { BYTES("abc"), true, 3, "abc" },
    { BYTES("gr\xC3\xBC\xC3\x9F"), true, 4, "gr\xC3\xBC\xC3\x9F" },
    { BYTES("\xF0\x9F\x98\x80"), true, 1, "\xF0\x9F\x98\x80" },
    { BYTES("\xF4\x8F\xBF\xBF"), true, 1, "\xF4\x8F\xBF\xBF" },
    { BYTES("a\0b"), true, 3, "a b" },
    { BYTES("\xC0\x80"), false, 2, "\xEF\xBF\xBD\xEF\xBF\xBD" },
    { BYTES("\xE0\x80\xAF"), false, 3, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
    { BYTES("\xED\xA0\x80"), false, 3, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
    { BYTES("\xF4\x90\x80\x80"), false, 4, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
    { BYTES("x\xC3"), false, 2, "x\xEF\xBF\xBD" },
    { BYTES("\xFFz"), false, 2, "\xEF\xBF\xBDz" },
    { BYTES("\xE2\x82"), false, 2, "\xEF\xBF\xBD\xEF\xBF\xBD" },
};

static void test_text__knows_strict_utf8_and_repairs_the_rest(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(utf8_rows); i++) {
        char *fixed = text_to_utf8(&arena, utf8_rows[i].bytes);
        assert_int_equal(text_is_utf8(utf8_rows[i].bytes), utf8_rows[i].good);
        assert_int_equal(text_count_points(utf8_rows[i].bytes), utf8_rows[i].points);
        assert_string_equal(fixed, utf8_rows[i].fixed);
        assert_true(text_is_utf8(span_of(fixed)));
    }
    assert_true(text_is_utf8(span_make(NULL, 0)));
    assert_string_equal(text_to_utf8(&arena, span_make(NULL, 0)), "");
    arena_finish(&arena);
}

static void test_text__encodes_every_point_so_that_it_decodes_again(void **state)
{
    struct str out;

    (void)state;
    str_init(&out, 16);
    for (uint32_t point = 0; point <= 0x110000; point += point < 0x3000 ? 1 : 61) {
        bool good = point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
        const char *at;
        str_reset(&out);
        text_add_utf8(&out, point);
        at = str_text(&out);
        assert_int_equal(text_next_point(&at, at + out.len), good ? point : 0xFFFD);
        assert_ptr_equal(at, str_text(&out) + out.len);
    }
    str_finish(&out);
}

static const struct {
    struct span text;
    size_t max, expected;
} cut_rows[] = {
    { BYTES("abc"), 3, 3 },           { BYTES("abc"), 2, 2 },
    { BYTES("a\xC3\xBC"), 2, 1 },     { BYTES("\xF0\x9F\x98\x80"), 3, 0 },
    { BYTES("\xE2\x82\xAC!"), 3, 3 }, { BYTES("\x80\x80\x80\x80\x80\x80"), 5, 5 },
    { BYTES("abc"), 0, 0 },
};

static void test_text__cuts_between_code_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cut_rows); i++)
        assert_int_equal(text_cut(cut_rows[i].text, cut_rows[i].max).len, cut_rows[i].expected);
}

static void test_text__trims_and_compares_ascii_only(void **state)
{
    struct span haystack = SPAN("From: X\r\nMESSAGE-ID: <1>");

    (void)state;
    assert_true(span_is(text_trim(SPAN(" \t\r\n a b \v\f")), "a b"));
    assert_int_equal(text_trim(SPAN(" \n ")).len, 0);
    assert_int_equal(text_trim(span_make(NULL, 0)).len, 0);
    assert_true(text_eq_nocase(SPAN("AbC"), SPAN("aBc")));
    assert_false(text_eq_nocase(SPAN("\xC3\x84"), SPAN("\xC3\xA4")));
    assert_true(text_starts_nocase(haystack, "from:"));
    assert_false(text_starts_nocase(SPAN("fr"), "from:"));
    assert_ptr_equal(text_find_nocase(haystack, "message-id"), haystack.data + 9);
    assert_null(text_find_nocase(haystack, "subject"));
    assert_ptr_equal(text_find_nocase(haystack, ""), haystack.data);
    haystack = SPAN("aBAb AABba");
    assert_ptr_equal(text_find_nocase(haystack, "ab "), haystack.data + 2);
    assert_ptr_equal(text_find_nocase(haystack, "AABB"), haystack.data + 5);
    assert_ptr_equal(text_find_nocase(haystack, "bba"), haystack.data + 7);
    assert_null(text_find_nocase(haystack, "bbaa"));
    assert_string_equal(text_find_nocase(SPAN("x<>"), "<>"), "<>");
    assert_null(text_find_nocase(span_make(NULL, 0), "x"));
}

static void test_text__takes_lines_and_pieces_off(void **state)
{
    struct span rest = SPAN("a\r\n\nb\rc\n"), piece;

    (void)state;
    assert_true(text_next_line(&rest, &piece) && span_is(piece, "a"));
    assert_true(text_next_line(&rest, &piece) && span_is(piece, ""));
    assert_true(text_next_line(&rest, &piece) && span_is(piece, "b\rc"));
    assert_false(text_next_line(&rest, &piece));
    rest = SPAN(",x,");
    assert_true(text_next_piece(&rest, ',', &piece) && span_is(piece, ""));
    assert_true(text_next_piece(&rest, ',', &piece) && span_is(piece, "x"));
    assert_true(text_next_piece(&rest, ',', &piece) && span_is(piece, ""));
    assert_false(text_next_piece(&rest, ',', &piece));
}

static const struct {
    const char *text;
    int64_t min, max;
    bool good;
    int64_t value;
} int_rows[] = {
    { "0", 0, 9, true, 0 },
    { "-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN },
    { "9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX },
    { "9223372036854775808", INT64_MIN, INT64_MAX, false, 0 },
    { "99999999999999999999999", INT64_MIN, INT64_MAX, false, 0 },
    { "007", 0, 9, true, 7 },
    { "10", 0, 9, false, 0 },
    { "-1", 0, 9, false, 0 },
    { "", 0, 9, false, 0 },
    { "-", -9, 9, false, 0 },
    { "+1", 0, 9, false, 0 },
    { " 1", 0, 9, false, 0 },
    { "1x", 0, 9, false, 0 },
};

static void test_text__reads_whole_numbers_in_range_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(int_rows); i++) {
        int64_t value = 0;
        assert_int_equal(
            text_to_int(span_of(int_rows[i].text), int_rows[i].min, int_rows[i].max, &value),
            int_rows[i].good);
        assert_true(value == int_rows[i].value);
    }
}

static void test_text__sees_every_control_character(void **state)
{
    (void)state;
    assert_false(text_has_control(SPAN("Gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80")));
    assert_false(text_has_control(SPAN("caf\xE9")));
    assert_true(text_has_control(SPAN("a\rb")));
    assert_true(text_has_control(SPAN("a\nb")));
    assert_true(text_has_control(SPAN("a\0b")));
    assert_true(text_has_control(SPAN("a\tb")));
    assert_true(text_has_control(SPAN("a\x7F")));
    assert_true(text_has_control(SPAN("a\xC2\x85")));
    assert_true(text_has_control(SPAN("a\x85")));
}

static const struct {
    const char *a, *b;
    size_t limit, expected;
} distance_rows[] = {
    { "port", "port", 2, 0 },      { "prot", "port", 2, 1 },      { "prt", "port", 2, 1 },
    { "ports", "port", 2, 1 },     { "part", "port", 2, 1 },      { "", "ab", 2, 2 },
    { "kitten", "sitting", 5, 3 }, { "kitten", "sitting", 2, 3 }, { "abcdef", "a", 2, 3 },
    { "acb", "abc", 1, 1 },        { "xacb", "yabc", 1, 2 },      { "", "", 0, 0 },
};

static void test_text__counts_edits_up_to_the_limit(void **state)
{
    static const char *const names[] = { "host", "port", "password", NULL };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(distance_rows); i++)
        assert_int_equal(
            text_distance(distance_rows[i].a, distance_rows[i].b, distance_rows[i].limit),
            distance_rows[i].expected);
    assert_string_equal(text_nearest("pasword", names), "password");
    assert_string_equal(text_nearest("prot", names), "port");
    assert_null(text_nearest("colour", names));
}

static void test_text__hints_at_the_nearest_of_the_names(void **state)
{
    static const char *const names[] = { "password", "port", NULL };

    (void)state;
    assert_string_equal(text_hint("prot", names).text, "; did you mean \"port\"?");
    assert_string_equal(text_hint("colour", names).text, "");
    assert_true(text_is_among("port", names));
    assert_false(text_is_among("por", names));
    assert_false(text_is_among("", names));
    assert_false(text_is_among("port", NULL));
}

static void test_text__no_set_of_characters_holds_nul(void **state)
{
    (void)state;
    assert_true(text_one_of('b', "abc"));
    assert_false(text_one_of('d', "abc"));
    assert_false(text_one_of('\0', "abc"));
}

static void test_text__hash_is_fnv_1a(void **state)
{
    (void)state;
    assert_true(text_hash(SPAN("")) == UINT64_C(0xcbf29ce484222325));
    assert_true(text_hash(SPAN("a")) == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(text_hash(SPAN("foobar")) == UINT64_C(0x85944171f73967e8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text__knows_strict_utf8_and_repairs_the_rest),
        cmocka_unit_test(test_text__encodes_every_point_so_that_it_decodes_again),
        cmocka_unit_test(test_text__cuts_between_code_points),
        cmocka_unit_test(test_text__trims_and_compares_ascii_only),
        cmocka_unit_test(test_text__takes_lines_and_pieces_off),
        cmocka_unit_test(test_text__reads_whole_numbers_in_range_only),
        cmocka_unit_test(test_text__sees_every_control_character),
        cmocka_unit_test(test_text__counts_edits_up_to_the_limit),
        cmocka_unit_test(test_text__hints_at_the_nearest_of_the_names),
        cmocka_unit_test(test_text__no_set_of_characters_holds_nul),
        cmocka_unit_test(test_text__hash_is_fnv_1a),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
