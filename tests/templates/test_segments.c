/* tests/templates/test_segments.c - how many SMS a text takes, what to write instead of characters
 * outside GSM-7, the filter gsm, and budgets of sms parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/attr.h"
#include "core/base/gsm7.h"
#include "core/base/json.h"
#include "core/base/segments.h"
#include "core/base/text.h"
#include "support.h"
#include "templates/parts.h"

#define E_ACUTE "\xC3\xA9"
#define C_CEDILLA "\xC3\xA7"
#define ZHE "\xD0\x96"
#define THUMB "\xF0\x9F\x91\x8D"
#define EURO "\xE2\x82\xAC"
#define APOSTROPHE "\xE2\x80\x99"

/* A text of repeated pieces, then a tail and more pieces. */
struct made {
    const char *piece;
    size_t times;
    const char *tail;
    size_t more;
};

static const char *make(struct arena *arena, const struct made *made)
{
    struct str out;
    const char *copy;

    str_init(&out, 100000);
    for (size_t i = 0; i < made->times; i++)
        str_add_text(&out, made->piece);
    str_add_text(&out, made->tail);
    for (size_t i = 0; i < made->more; i++)
        str_add_text(&out, made->piece);
    copy = arena_dup(arena, str_text(&out));
    str_finish(&out);
    return copy;
}

/* ---- counting ---- */

static const struct {
    struct made text;
    enum segment_encoding encoding;
    size_t units, segments, left;
} counted[] = {
    { { "", 0, "", 0 }, SEGMENTS_GSM7, 0, 0, 160 },
    { { "a", 160, "", 0 }, SEGMENTS_GSM7, 160, 1, 0 },
    { { "a", 161, "", 0 }, SEGMENTS_GSM7, 161, 2, 145 },
    { { "a", 306, "", 0 }, SEGMENTS_GSM7, 306, 2, 0 },
    { { "a", 307, "", 0 }, SEGMENTS_GSM7, 307, 3, 152 },
    { { EURO, 80, "", 0 }, SEGMENTS_GSM7, 160, 1, 0 },
    { { EURO, 81, "", 0 }, SEGMENTS_GSM7, 162, 2, 143 },
    { { "]", 153, "", 0 }, SEGMENTS_GSM7, 306, 3, 151 },   /* 76 pairs, 76 pairs, 1 pair */
    { { "a", 152, "{", 10 }, SEGMENTS_GSM7, 164, 2, 141 }, /* the pair is moved */
    { { "a", 151, "{", 10 }, SEGMENTS_GSM7, 163, 2, 143 },
    { { "", 0, "I" APOSTROPHE "ll", 0 }, SEGMENTS_UCS2, 4, 1, 66 },
    { { ZHE, 70, "", 0 }, SEGMENTS_UCS2, 70, 1, 0 },
    { { ZHE, 71, "", 0 }, SEGMENTS_UCS2, 71, 2, 63 },
    { { ZHE, 134, "", 0 }, SEGMENTS_UCS2, 134, 2, 0 },
    { { ZHE, 135, "", 0 }, SEGMENTS_UCS2, 135, 3, 66 },
    { { THUMB, 35, "", 0 }, SEGMENTS_UCS2, 70, 1, 0 },
    { { THUMB, 36, "", 0 }, SEGMENTS_UCS2, 72, 2, 61 }, /* 33 pairs, one unit empty */
    { { ZHE, 66, THUMB, 10 }, SEGMENTS_UCS2, 78, 2, 55 },
    { { "", 0, "caf" E_ACUTE " \xC3\x87", 0 }, SEGMENTS_GSM7, 6, 1, 154 },
    { { "", 0, "\f", 0 }, SEGMENTS_GSM7, 2, 1, 158 },
    { { "", 0, "\x1b", 0 }, SEGMENTS_UCS2, 1, 1, 69 },
    { { "|", 69, "\xE2\x88\x9E", 0 }, SEGMENTS_UCS2, 70, 1, 0 }, /* one unit each there */
    { { "a", 3, "\xFF\xC3", 0 }, SEGMENTS_UCS2, 5, 1, 65 },      /* invalid UTF-8: one each */
};

static void test_segments__are_counted_exactly(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(counted); i++) {
        const char *text = make(&arena, &counted[i].text);
        struct segments s = segments_count(span_of(text), SEGMENT_HEADER_8);
        if (s.segments != counted[i].segments || s.units != counted[i].units)
            print_error("row %zu: %zu units, %zu segments\n", i, s.units, s.segments);
        assert_int_equal(s.encoding, counted[i].encoding);
        assert_int_equal(s.units, counted[i].units);
        assert_int_equal(s.segments, counted[i].segments);
        assert_int_equal(s.left, counted[i].left);
    }
    arena_finish(&arena);
}

static void test_segments__are_shorter_with_a_reference_of_16_bits(void **state)
{
    static const struct {
        struct made text;
        size_t with_8, with_16;
    } rows[] = {
        { { "a", 160, "", 0 }, 1, 1 }, { { "a", 304, "", 0 }, 2, 2 }, { { "a", 305, "", 0 }, 2, 3 },
        { { ZHE, 132, "", 0 }, 2, 2 }, { { ZHE, 133, "", 0 }, 2, 3 },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span text = span_of(make(&arena, &rows[i].text));
        assert_int_equal(segments_count(text, SEGMENT_HEADER_8).segments, rows[i].with_8);
        assert_int_equal(segments_count(text, SEGMENT_HEADER_16).segments, rows[i].with_16);
    }
    arena_finish(&arena);
}

static void test_segments__name_the_first_character_outside(void **state)
{
    static const struct {
        const char *text;
        uint32_t point;
        size_t byte, place;
        const char *replacement;
    } rows[] = {
        { E_ACUTE "t" E_ACUTE " I" APOSTROPHE "ll \xE2\x80\xA6", 0x2019, 7, 5, "'" },
        { "so\xE2\x80\xA6", 0x2026, 2, 2, "..." },
        { "10\xC2\xA0"
          "000",
          0xA0, 2, 2, " " },
        { "a\tb", 0x09, 1, 1, " " },
        { "now \xE2\x80\x94 or", 0x2014, 4, 4, "-" },
        { EURO C_CEDILLA "a", 0xE7, 3, 1, NULL },
        { "Zo\xC3\xAB", 0xEB, 2, 2, NULL },
        { "ok " THUMB, 0x1F44D, 3, 3, NULL },
        { "ab\xFF\xE2\x80\x99", 0xFFFD, 2, 2, NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct segments s = segments_count(span_of(rows[i].text), SEGMENT_HEADER_8);
        assert_int_equal(s.encoding, SEGMENTS_UCS2);
        assert_int_equal(s.offender.point, rows[i].point);
        assert_int_equal(s.offender.byte, rows[i].byte);
        assert_int_equal(s.offender.place, rows[i].place);
        if (rows[i].replacement)
            assert_string_equal(s.offender.replacement, rows[i].replacement);
        else
            assert_null(s.offender.replacement);
    }
}

/* ---- the vectors ---- */

static cJSON *read_vectors(struct arena *arena)
{
    const char *shared = getenv("HEED_SHARED");
    const char *path = arena_printf(arena, "%s/data/sms/sms_vectors.json",
                                    shared ? shared : HEED_SOURCE_DIR "/../shared");
    struct err err = { 0 };
    cJSON *json = json_read_file(path, &err);

    if (!json)
        print_message("skipped: %s\n", err.text);
    return json;
}

static void check_vector(const cJSON *vector)
{
    struct segments s = segments_count(span_of(json_text(vector, "text", "")), SEGMENT_HEADER_8);
    const char *first = json_text(vector, "first_non_gsm", NULL), *at = first;

    if ((int64_t)s.segments != json_int(vector, "segments", -1))
        print_error("%s: %zu segments\n", json_text(vector, "name", "?"), s.segments);
    assert_string_equal(segments_encoding_name(s.encoding), json_text(vector, "encoding", "?"));
    assert_int_equal(s.units, json_int(vector, "units", -1));
    assert_int_equal(s.segments, json_int(vector, "segments", -1));
    assert_int_equal(s.per_segment, json_int(vector, "per_segment", -1));
    assert_int_equal(s.left, json_int(vector, "left_in_last", -1));
    assert_int_equal(s.offender.point, first ? text_next_point(&at, first + strlen(first)) : 0);
}

static void test_segments__agree_with_the_vectors(void **state)
{
    const cJSON *vector;
    struct arena arena;
    cJSON *json;
    int count = 0;

    (void)state;
    arena_init(&arena);
    json = read_vectors(&arena);
    arena_finish(&arena);
    if (!json)
        skip();
    cJSON_ArrayForEach(vector, json_get(json, "vectors"))
    {
        check_vector(vector);
        count++;
    }
    assert_true(count >= 52);
    cJSON_Delete(json);
}

/* ---- the alphabet ---- */

static void test_gsm7__knows_its_alphabet(void **state)
{
    static const struct {
        const char *text;
        bool fits;
    } rows[] = {
        { "", true },
        { "Hello, World! @$[]{}~^|\\ \n", true },
        { "\xC3\xA9\xC3\xA8\xC3\xBC\xC3\x9F\xC2\xA3\xE2\x82\xAC\xCE\xA9", true },
        { "\f", true },
        { "`", false },
        { "\t", false },
        { "Zo\xC3\xAB", false },
        { C_CEDILLA, false },
        { APOSTROPHE, false },
        { "\xF0\x9F\x98\x80", false },
    };
    size_t one = 0, two = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(gsm7_fits(span_of(rows[i].text)), rows[i].fits);
    for (uint32_t point = 0; point < 0x110000; point++) {
        one += gsm7_septets(point) == 1;
        two += gsm7_septets(point) == 2;
    }
    assert_int_equal(one, 127); /* 128 codes without the escape */
    assert_int_equal(two, 10);
}

static void test_gsm7__replacements_fit_and_never_grow(void **state)
{
    size_t count = 0;

    (void)state;
    for (uint32_t point = 0; point < 0x110000; point++) {
        const char *text = gsm7_replacement(point);
        struct str bytes;
        if (!text)
            continue;
        str_init(&bytes, 8);
        text_add_utf8(&bytes, point);
        assert_int_equal(gsm7_septets(point), 0);
        assert_true(gsm7_fits(span_of(text)));
        assert_true(strlen(text) <= bytes.len);
        str_finish(&bytes);
        count++;
    }
    assert_true(count > 60);
}

static const struct {
    const char *text, *advised;
} advice[] = {
    { "", "" },
    { "plain", "plain" },
    { "I" APOSTROPHE "ll \xE2\x80\x94 \xE2\x80\x9Cyes\xE2\x80\x9D\xE2\x80\xA6",
      "I'll - \"yes\"..." },
    { "10\xC2\xA0"
      "000\t\x60",
      "10 000 '" },
    { "caf" E_ACUTE " " C_CEDILLA "a " THUMB, "caf" E_ACUTE " " C_CEDILLA "a " THUMB },
    { "zero\xE2\x80\x8Bwidth\xC2\xAD", "zerowidth" },
    { "\xCE\x91\xCE\x92\xCE\x93", "AB\xCE\x93" }, /* Greek capitals that look like Latin ones */
    { "\xFF" APOSTROPHE "\xC3", "\xFF'\xC3" },
};

static void test_gsm7__advises_what_looks_alike(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(advice); i++)
        assert_string_equal(gsm7_advised(&arena, span_of(advice[i].text)).data, advice[i].advised);
    arena_finish(&arena);
}

static void test_filter_gsm__advises_the_same(void **state)
{
    static const struct liquid_case rows[] = {
        { "{{ x | gsm }}", "{\"x\":\"I" APOSTROPHE "ll\\u2026 ok\"}", "I'll... ok" },
        { "{{ x | gsm }}", "{\"x\":\"" C_CEDILLA "a\"}", C_CEDILLA "a" },
        { "{{ x | gsm }}", "{}", "" },
        { "{{ 12 | gsm }}", NULL, "12" },
        { "{{ x | gsm | default: 'y' }}", "{\"x\":\"\"}", "y" },
    };

    (void)state;
    check_liquid(rows, COUNT_OF(rows));
}

/* ---- budgets ---- */

struct budget_case {
    const char *part, *source, *problem; /* problem NULL = it may leave */
    const char *note;
    int line;
};

static void check_budget(const struct budget_case *row)
{
    struct render_context context = { .now_ms = NOW_MS, .channel = "sms" };
    const struct part_source source = { row->part, row->source };
    struct template_problem problem = { 0 };
    struct rendered out;
    struct arena arena;
    struct str problems;
    struct parts *parts;
    int rc;

    arena_init(&arena);
    str_init(&problems, 10000);
    context.data = liquid_data(&arena, arena_printf(&arena, "{\"note\":\"%s\"}", row->note));
    parts = parts_compile(&(struct parts_source){ .name = "demo", .sources = &source, .count = 1 },
                          &arena, &problems);
    if (!parts)
        fail_msg("%s", str_text(&problems));
    rc = parts_render(parts, &context, &arena, &out, &problem);
    if (rc < 0 && row->problem)
        assert_string_equal(problem.text, row->problem);
    assert_int_equal(rc, row->problem ? -1 : 0);
    assert_int_equal(problem.line, row->line);
    parts_destroy(parts);
    str_finish(&problems);
    arena_finish(&arena);
}

#define TEN "aaaaaaaaaa"
#define EIGHTY TEN TEN TEN TEN TEN TEN TEN TEN
#define LONG EIGHTY EIGHTY EIGHTY EIGHTY EIGHTY EIGHTY EIGHTY EIGHTY EIGHTY EIGHTY

static void test_budget__holds_what_is_too_long(void **state)
{
    static const struct budget_case rows[] = {
        { "sms", "---\nsegments: 1\n---\nHi {{ note }}", NULL, EIGHTY, 0 },
        { "sms", "---\nsegments: 1\n---\nHi {{ note }}",
          "the SMS takes 2 segments (163 units of GSM-7), at most 1 may leave", EIGHTY EIGHTY, 2 },
        { "sms", "---\nsegments: 2\n---\nHi {{ note }}", NULL, EIGHTY EIGHTY, 0 },
        { "sms", "---\n\nsegments: 1\n---\nHi {{ note }}",
          "the SMS takes 2 segments (84 units of UCS-2), at most 1 may leave; its character 4, "
          "U+2019, is outside GSM-7: write ' for it, or use the filter gsm",
          APOSTROPHE EIGHTY, 3 },
        { "sms", "---\nsegments: 1\n---\nHi {{ note | gsm }}", NULL, APOSTROPHE EIGHTY, 0 },
        { "sms", "---\nsegments: 1\n---\nHi {{ note }}",
          "the SMS takes 2 segments (84 units of UCS-2), at most 1 may leave; its character 4, "
          "U+00E7, is outside GSM-7",
          C_CEDILLA EIGHTY, 2 },
        { "sms", "---\nsegments: 1\n---\nHi {{ note }}",
          "the SMS takes 2 segments (84 units of UCS-2), at most 1 may leave; its character 84, "
          "U+00A0, is outside GSM-7: write a space for it, or use the filter gsm",
          EIGHTY "\xC2\xA0", 2 },
        { "sms", "{{ note }}", NULL, LONG EIGHTY EIGHTY EIGHTY, 0 },
        { "sms", "{{ note }}",
          "the SMS takes 11 segments (1600 units of GSM-7), at most 10 may leave", LONG LONG, 1 },
        { "chat", "{{ note }}",
          "the SMS takes 11 segments (1600 units of GSM-7), at most 10 may leave", LONG LONG, 1 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_budget(&rows[i]);
}

static void test_budget__is_a_number_from_1_to_10_of_an_sms(void **state)
{
    static const struct {
        struct part_source source;
        const char *text;
    } rows[] = {
        { { "sms", "---\nsegments: 0\n---\nHi" },
          "demo/sms.liquid:2:1: segments: a number from 1 to 10 is expected" },
        { { "sms", "---\nsegments: 11\n---\nHi" }, "a number from 1 to 10" },
        { { "sms", "---\nsegments: two\n---\nHi" }, "a number from 1 to 10" },
        { { "sms", "---\nsegments:\n---\nHi" }, "a number from 1 to 10" },
        { { "sms", "---\nsubject: Hi\n---\nHi" },
          "demo/sms.liquid:2:1: unknown line here: only \"segments: N\" is known" },
        { { "chat", "---\nsegments: 2\n---\nHi" }, "only \"subject: ...\" is known" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct str problems;

        arena_init(&arena);
        str_init(&problems, 10000);
        assert_null(parts_compile(
            &(struct parts_source){ .name = "demo", .sources = &rows[i].source, .count = 1 },
            &arena, &problems));
        if (!strstr(str_text(&problems), rows[i].text))
            fail_msg("%s", str_text(&problems));
        str_finish(&problems);
        arena_finish(&arena);
    }
}

/* ---- over a list ---- */

static void test_tally__reads_least_median_most_and_sum(void **state)
{
    static const struct {
        size_t segments[8], count;
        struct segment_summary expected;
    } rows[] = {
        { { 0 }, 0, { 0 } },
        { { 3 }, 1, { .texts = 1, .least = 3, .most = 3, .sum = 3, .median = 3 } },
        { { 1, 4 }, 2, { .texts = 2, .least = 1, .most = 4, .sum = 5, .median = 2.5 } },
        { { 2, 1, 9 }, 3, { .texts = 3, .least = 1, .most = 9, .sum = 12, .median = 2 } },
        { { 1, 1, 1, 2, 5 }, 5, { .texts = 5, .least = 1, .most = 5, .sum = 10, .median = 1 } },
        { { 0, 0, 1, 1 }, 4, { .texts = 4, .least = 0, .most = 1, .sum = 2, .median = 0.5 } },
        { { 10, 200, 300 }, 3, { .texts = 3, .least = 10, .most = 300, .sum = 510, .median = 11 } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct segment_tally tally = { 0 };
        struct segment_summary out;

        for (size_t k = 0; k < rows[i].count; k++)
            segment_tally_add(&tally, &(struct segments){ .segments = rows[i].segments[k] });
        out = segment_tally_read(&tally);
        assert_int_equal(out.texts, rows[i].expected.texts);
        assert_int_equal(out.least, rows[i].expected.least);
        assert_int_equal(out.most, rows[i].expected.most);
        assert_int_equal(out.sum, rows[i].expected.sum);
        assert_true(out.median == rows[i].expected.median);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segments__are_counted_exactly),
        cmocka_unit_test(test_segments__are_shorter_with_a_reference_of_16_bits),
        cmocka_unit_test(test_segments__name_the_first_character_outside),
        cmocka_unit_test(test_segments__agree_with_the_vectors),
        cmocka_unit_test(test_gsm7__knows_its_alphabet),
        cmocka_unit_test(test_gsm7__replacements_fit_and_never_grow),
        cmocka_unit_test(test_gsm7__advises_what_looks_alike),
        cmocka_unit_test(test_filter_gsm__advises_the_same),
        cmocka_unit_test(test_budget__holds_what_is_too_long),
        cmocka_unit_test(test_budget__is_a_number_from_1_to_10_of_an_sms),
        cmocka_unit_test(test_tally__reads_least_median_most_and_sum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
