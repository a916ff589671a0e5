/* tests/base/test_csv.c - what spreadsheets write, what breaks them, and what must not run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/csv.h"

#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

/* Every row as "line:cell|cell\n", a bad one as "line!problem\n". */
static void read_all(struct span text, char delimiter, struct str *out)
{
    FILE *in =
        text.len ? fmemopen((void *)(uintptr_t)text.data, text.len, "r") : fopen("/dev/null", "r");
    struct csv *csv = csv_create(in, delimiter);
    struct csv_row row;
    struct arena arena;
    struct err err;
    int rc;

    arena_init(&arena);
    while ((rc = csv_next(csv, &arena, &row, &err)) != 0) {
        str_printf(out, "%ld%s", row.line, rc > 0 ? ":" : err.text + strcspn(err.text, ":"));
        for (size_t i = 0; i < row.count; i++)
            str_printf(out, "%s%s", i ? "|" : "", row.cells[i]);
        str_add_char(out, '\n');
        arena_reset(&arena);
    }
    assert_int_equal(csv_bytes(csv), text.len);
    arena_finish(&arena);
    csv_destroy(csv);
    fclose(in);
}

static const struct {
    struct span text;
    char delimiter;
    const char *rows;
} rows[] = {
    { BYTES(""), 0, "" },
    { BYTES("\n\r\n\n"), 0, "" },
    { BYTES("a,b,c\n1,2,3\n"), 0, "1:a|b|c\n2:1|2|3\n" },
    { BYTES("a,b\r\n1,2"), 0, "1:a|b\n2:1|2\n" },
    { BYTES("a,b\r1,2\r"), 0, "1:a|b\n2:1|2\n" },
    { BYTES("a;b;c,d\n1;2;3\n"), 0, "1:a|b|c,d\n2:1|2|3\n" },
    { BYTES("a\tb\n1\t2\n"), 0, "1:a|b\n2:1|2\n" },
    { BYTES("a|b\n1|2\n"), 0, "1:a|b\n2:1|2\n" },
    { BYTES("\"a,b,c\";d\n1;2\n"), 0, "1:a,b,c|d\n2:1|2\n" },
    { BYTES("a;b\n1;2\n"), ',', "1:a;b\n2:1;2\n" },
    { BYTES("sep=;\r\na,b;c\r\n"), 0, "2:a,b|c\n" },
    { BYTES("\xEF\xBB\xBF"
            "email\nsam@example.com\n"),
      0, "1:email\n2:sam@example.com\n" },
    { BYTES("\xEF\xBB\xBF"), 0, "" },
    { BYTES(",\n,,\n"), 0, "1:|\n2:||\n" },
    { BYTES(" a , b \n"), 0, "1: a | b \n" },
    { BYTES("a,\"b \"\"x\"\" c\"\n\"\",\"\"\"\"\n"), 0, "1:a|b \"x\" c\n2:|\"\n" },
    { BYTES("a,\"one\r\ntwo\nthree\",c\nd,e,f\n"), 0, "1:a|one\r\ntwo\nthree|c\n4:d|e|f\n" },
    { BYTES("a,\"b\" ,c\n"), 0, "1:a|b|c\n" },
    { BYTES("a,\"b\""), 0, "1:a|b\n" },
    { BYTES("a,5\" pipe,c\n"), 0, "1:a|5\" pipe|c\n" },
    { BYTES("M\xFCller;Stra\xDF\x65;10 \x80\n"), 0,
      "1:M\xC3\xBCller|Stra\xC3\x9F\x65|10 \xE2\x82\xAC\n" },
    { BYTES("a,\"M\xFC \"\"x\"\"\",\x81\n"), 0, "1:a|M\xC3\xBC \"x\"|\xEF\xBF\xBD\n" },
    { BYTES("M\xC3\xBCller,b\n"), 0, "1:M\xC3\xBCller|b\n" },
    /* bad rows, and what comes behind them */
    { BYTES("a,b\nx,\"y\" z\nc,d\n"), 0, "1:a|b\n2: text behind a closing quote\n3:c|d\n" },
    { BYTES("a,b\nx,\"y\nc,d\ne,f"), 0, "1:a|b\n2: a quote is never closed\n3:c|d\n4:e|f\n" },
    { BYTES("a,\"b\r\nc,d\r\n"), 0, "1: a quote is never closed\n2:c|d\n" },
    { BYTES("a,\""), 0, "1: a quote is never closed\n" },
    { BYTES("a,b\nx\0y,z\nc,d\n"), 0, "1:a|b\n2: a NUL byte\n3:c|d\n" },
};

static void test_csv__reads_what_spreadsheets_write(void **state)
{
    struct str out;

    (void)state;
    str_init(&out, 100000);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        str_reset(&out);
        read_all(rows[i].text, rows[i].delimiter, &out);
        if (strcmp(str_text(&out), rows[i].rows) != 0)
            fail_msg("row %zu: %s", i, str_text(&out));
    }
    str_finish(&out);
}

/* `count` times `piece`. */
static void add_many(struct str *out, const char *piece, size_t count)
{
    for (size_t i = 0; i < count; i++)
        str_add_text(out, piece);
}

static void test_csv__refuses_too_much_and_goes_on(void **state)
{
    struct str text, out;

    (void)state;
    str_init(&text, 8 << 20);
    str_init(&out, 8 << 20);
    add_many(&text, "a,", 199);
    str_add_text(&text, "a\n");
    add_many(&text, "a,", 200);
    str_add_text(&text, "a\nb\n\"");
    add_many(&text, "x", CSV_MAX_CELL_BYTES + 1);
    str_add_text(&text, "\"\nc\n");
    add_many(&text, "y", CSV_MAX_CELL_BYTES + 1);
    str_add_text(&text, "\nd\n");
    for (int i = 0; i < 30; i++) {
        add_many(&text, "z", 60000);
        str_add_char(&text, ',');
    }
    str_add_text(&text, "\ne\n");
    read_all(str_span(&text), 0, &out);
    assert_non_null(strstr(str_text(&out),
                           "2: more than 200 columns\n3:b\n4: a cell is longer than "
                           "64 KiB, or its quote is never closed\n5:c\n6: a cell "
                           "is longer than 64 KiB\n7:d\n8: the row is longer than "
                           "1 MiB\n9:e\n"));
    str_reset(&text);
    str_reset(&out);
    add_many(&text, "y", CSV_MAX_CELL_BYTES);
    read_all(str_span(&text), 0, &out);
    assert_int_equal(out.len, CSV_MAX_CELL_BYTES + 3);
    str_finish(&text);
    str_finish(&out);
}

static void test_csv__rows_may_lie_across_every_edge_of_the_buffer(void **state)
{
    struct str text, out, expected;

    (void)state;
    str_init(&text, 8 << 20);
    str_init(&out, 8 << 20);
    str_init(&expected, 8 << 20);
    for (int i = 0; i < 30000; i++) {
        int line = 2 * i + 1;
        str_printf(&text, "%d,\"q\"\"%d\r\nx\",%.*s\r\n", i, i, i % 7, "abcdefg");
        str_printf(&expected, "%d:%d|q\"%d\r\nx|%.*s\n", line, i, i, i % 7, "abcdefg");
    }
    read_all(str_span(&text), ',', &out);
    assert_string_equal(str_text(&out), str_text(&expected));
    str_finish(&text);
    str_finish(&out);
    str_finish(&expected);
}

static void test_csv__utf_16_is_named_and_ends_the_file(void **state)
{
    static const char text[] = "\xFF\xFE"
                               "a\0,\0b\0\n\0";
    FILE *in = fmemopen((void *)(uintptr_t)text, sizeof(text) - 1, "r");
    struct csv *csv = csv_create(in, 0);
    struct csv_row row;
    struct arena arena;
    struct err err = { 0 };

    (void)state;
    arena_init(&arena);
    assert_int_equal(csv_next(csv, &arena, &row, &err), -1);
    assert_string_equal(err.text, "line 1: this is UTF-16; save it as CSV in UTF-8");
    assert_int_equal(csv_next(csv, &arena, &row, &err), 0);
    arena_finish(&arena);
    csv_destroy(csv);
    fclose(in);
}

static void test_csv__a_failing_read_is_told_once(void **state)
{
    FILE *in = fopen("/", "r");
    struct csv *csv = csv_create(in, 0);
    struct csv_row row;
    struct arena arena;
    struct err err = { 0 };

    (void)state;
    arena_init(&arena);
    assert_int_equal(csv_next(csv, &arena, &row, &err), -1);
    assert_int_equal(err.code, ERR_SYSTEM);
    assert_int_equal(csv_next(csv, &arena, &row, &err), 0);
    arena_finish(&arena);
    csv_destroy(csv);
    fclose(in);
    csv_destroy(NULL);
}

static void test_csv__any_bytes_come_to_an_end(void **state)
{
    static const char alphabet[] = "a,;\"\r\n\t|\x80\0 ";
    struct str text, out;
    uint32_t seed = 7;

    (void)state;
    str_init(&text, 1000);
    str_init(&out, 100000);
    for (int round = 0; round < 3000; round++) {
        str_reset(&text);
        str_reset(&out);
        for (int i = 0; i < 60; i++) {
            seed = seed * 1664525 + 1013904223;
            str_add_char(&text, alphabet[(seed >> 16) % (sizeof(alphabet) - 1)]);
        }
        read_all(str_span(&text), 0, &out);
    }
    str_finish(&text);
    str_finish(&out);
}

static const struct {
    const char *cell, *written;
} cell_rows[] = {
    { "plain", "plain" },
    { "", "" },
    { NULL, "" },
    { "a,b", "\"a,b\"" },
    { "a;b", "\"a;b\"" },
    { "say \"hi\"", "\"say \"\"hi\"\"\"" },
    { "two\nlines", "\"two\nlines\"" },
    { " lead", "\" lead\"" },
    { "sam@example.com", "sam@example.com" },
    { "a=b", "a=b" },
    { "=1+1", "\"'=1+1\"" },
    { "=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"" },
    { "+4915112345678", "\"'+4915112345678\"" },
    { "-2+3", "\"'-2+3\"" },
    { "@SUM(A1)", "\"'@SUM(A1)\"" },
    { "\t=1", "\"'\t=1\"" },
    { "\r=1", "\"'\r=1\"" },
    { "  =1", "\"'  =1\"" },
    { "\"=1", "\"'\"\"=1\"" },
    { "' =1", "\"'' =1\"" },
    { "\xEF\xBC\x9D"
      "1",
      "\"'\xEF\xBC\x9D"
      "1\"" },
};

static void test_csv__writes_no_cell_that_runs(void **state)
{
    struct str out;

    (void)state;
    str_init(&out, 1000);
    for (size_t i = 0; i < COUNT_OF(cell_rows); i++) {
        str_reset(&out);
        csv_add_cell(&out, cell_rows[i].cell, true);
        assert_string_equal(str_text(&out), cell_rows[i].written);
        csv_add_cell(&out, "x", false);
        assert_string_equal(str_text(&out) + strlen(cell_rows[i].written), ",x");
    }
    str_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv__reads_what_spreadsheets_write),
        cmocka_unit_test(test_csv__refuses_too_much_and_goes_on),
        cmocka_unit_test(test_csv__rows_may_lie_across_every_edge_of_the_buffer),
        cmocka_unit_test(test_csv__utf_16_is_named_and_ends_the_file),
        cmocka_unit_test(test_csv__a_failing_read_is_told_once),
        cmocka_unit_test(test_csv__any_bytes_come_to_an_end),
        cmocka_unit_test(test_csv__writes_no_cell_that_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
