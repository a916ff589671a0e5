/* tests/replies/test_fold.c - texts made alike, and phrases looked for in them. */
#include "core/replies/fold.h"

#include <string.h>

#include "core/base/text.h"
#include "tests/replies/case.h"

static const struct {
    const char *given, *folded;
} rows[] = {
    { "", "" },
    { " \t\r\n ", "" },
    { "Hello", "hello" },
    { "  Two   blanks\r\n\r\nand A line  ", "two blanks and a line" },
    { "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_{|}~@", "abcdefghijklmnopqrstuvwxyz[\\]^_{|}~@" },
    { "it`s `quoted` in back quotes", "it's 'quoted' in back quotes" },
    { "it\xe2\x80\x99s \xe2\x80\x9cquoted\xe2\x80\x9d \xe2\x80\x93 and more",
      "it's \"quoted\" - and more" },
    { "\xc3\x84RGER \xc3\x9c"
      "BER cafe\xcc\x81s",
      "\xc3\xa4rger \xc3\xbc"
      "ber caf\xc3\xa9s" },
    { "E\xcc\x81", "\xc3\xa9" },
    { "no\xc2\xa0"
      "break\xe2\x80\x8b and\xe3\x80\x80wide",
      "no break and wide" },
    { "control\x01\x02 and \x7f", "control and \x7f" },
};

static void test_fold__makes_texts_alike(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(fold_text(&arena, span_of(rows[i].given), 1000), rows[i].folded);
    arena_finish(&arena);
}

/* Long runs are folded eight bytes at once: wherever these begin, and whatever stands behind. */
static void test_fold__does_not_mind_where_a_text_begins(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int shift = 1; shift <= 17; shift++) {
            const char *x = &"XXXXXXXXXXXXXXXXX"[17 - shift];
            const char *given = arena_printf(&arena, "%s %s %s", x, rows[i].given, x);
            bool empty = rows[i].folded[0] == '\0';
            const char *wanted = text_lower(
                &arena,
                span_of(arena_printf(&arena, "%s %s%s%s", x, rows[i].folded, empty ? "" : " ", x)));

            assert_string_equal(fold_text(&arena, span_of(given), 1000), wanted);
        }
    arena_finish(&arena);
}

static void test_fold__cuts_at_a_point(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_string_equal(fold_text(&arena, span_of("abcd\xc3\xa9"), 5), "abcd");
    assert_string_equal(fold_text(&arena, span_of("abcdefghij klm"), 11), "abcdefghij");
    arena_finish(&arena);
}

static void test_fold__finds_phrases_in_the_order_of_their_table(void **state)
{
    static const struct phrase table[] = { { "nowhere", 1 }, { "the end", 2 }, { "in", 3 },
                                           { "x", 4 },       { "begin", 5 },   { "gr\xc3\xbc", 6 },
                                           { "never", 7 },   { "mid", 8 },     { "begins", 9 } };
    static const struct {
        const char *text;
        int value; /* 0 = none */
    } texts[] = {
        { "", 0 },
        { "i", 0 },
        { "in", 3 },
        { "it begins", 3 },
        { "the end", 2 },
        { "the en", 0 },
        { "gr\xc3\xbc\xc3\x9f", 6 },
        { "amid", 8 },
        { "in the end", 2 },
        { "ox", 4 },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct folded folded = folded_of(&arena, span_of(texts[i].text), 100);
        const struct phrase *slow = phrase_in(table, COUNT_OF(table), texts[i].text);
        const struct phrase *found = folded_find(table, COUNT_OF(table), &folded);

        assert_int_equal(found ? found->value : 0, texts[i].value);
        assert_ptr_equal(found, slow);
        for (size_t k = 0; k < COUNT_OF(table); k++)
            assert_int_equal(folded_has(&folded, table[k].text),
                             strstr(texts[i].text, table[k].text) != NULL);
    }
    arena_finish(&arena);
}

static void test_fold__tells_how_a_text_begins(void **state)
{
    static const struct phrase table[] = { { "re", 1 }, { "reply", 2 } };

    (void)state;
    assert_ptr_equal(phrase_at_start(table, 2, "re: x"), &table[0]);
    assert_ptr_equal(phrase_at_start(table, 2, "reply"), &table[1]);
    assert_null(phrase_at_start(table, 2, "replying"));
    assert_ptr_equal(phrase_begins(table, 2, "replying"), &table[0]);
    assert_null(phrase_begins(table, 2, "r"));
    assert_string_equal(fold_behind("reply to", "reply"), " to");
    assert_null(fold_behind("repl", "reply"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold__makes_texts_alike),
        cmocka_unit_test(test_fold__does_not_mind_where_a_text_begins),
        cmocka_unit_test(test_fold__cuts_at_a_point),
        cmocka_unit_test(test_fold__finds_phrases_in_the_order_of_their_table),
        cmocka_unit_test(test_fold__tells_how_a_text_begins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
