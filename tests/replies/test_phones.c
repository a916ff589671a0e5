/* tests/replies/test_phones.c - phone numbers in sentences, and the numbers that are none. */
#include "tests/replies/case.h"

#include "core/replies/phones.h"

struct row {
    const char *text;
    const char *found; /* as written, parted by " | "; "" = none */
};

static void check(const struct row *rows, size_t count)
{
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < count; i++) {
        struct found_phone *list;
        size_t found = phones_find(span_of(rows[i].text), &arena, &list);
        const char *all = "";

        for (size_t n = 0; n < found; n++)
            all = arena_printf(&arena, "%s%s%.*s", all, n > 0 ? " | " : "", (int)list[n].words.len,
                               list[n].words.data);
        if (strcmp(all, rows[i].found) != 0)
            fail_msg("\"%s\": %s", rows[i].text, all);
    }
    arena_finish(&arena);
}

static void test_phones__finds_numbers_as_people_write_them(void **state)
{
    static const struct row rows[] = {
        { "Call me at (212) 555-0143, thanks", "(212) 555-0143" },
        { "Mob: +44 (0) 7700 900 123", "+44 (0) 7700 900 123" },
        { "Ring 07700 900123 between 2-4pm", "07700 900123" },
        { "Meine Nummer ist 0171/1234567.", "0171/1234567" },
        { "Vous pouvez m'appeler au 06 12 34 56 78", "06 12 34 56 78" },
        { "tel. 06.12.34.56.78", "06.12.34.56.78" },
        { "646.555.0120 ext. 12 works", "646.555.0120 ext. 12" },
        { "(call 1-800-555-0199)", "1-800-555-0199" },
        { "my number's 07700\xc2\xa0"
          "900123",
          "07700\xc2\xa0"
          "900123" },
        { "+44 7700\xe2\x80\x93"
          "900123",
          "+44 7700\xe2\x80\x93"
          "900123" },
        { "Phone(914)349-8600", "(914)349-8600" },
        { "(+31) (12)-3456789", "(+31) (12)-3456789" },
        { "try 555-1234", "555-1234" },
    };

    (void)state;
    check(rows, COUNT_OF(rows));
}

static void test_phones__tells_several_numbers_apart(void **state)
{
    static const struct row rows[] = {
        { "212-555-0143/646-555-0120", "212-555-0143 | 646-555-0120" },
        { "07700900123,07700900456", "07700900123 | 07700900456" },
        { "+44 7700 900123/+44 7700 900456", "+44 7700 900123 | +44 7700 900456" },
        { "Tel:020 7946 0321 Fax:020 7946 0322", "020 7946 0321 | 020 7946 0322" },
        { "(914)349-8600 (914)349-8601", "(914)349-8600 | (914)349-8601" },
    };

    (void)state;
    check(rows, COUNT_OF(rows));
}

static void test_phones__takes_no_price_date_time_id_or_card(void **state)
{
    static const struct row rows[] = {
        { "$1,250,000 or 1.250.000 EUR or 1 250 000 \xe2\x82\xac", "" },
        { "\xc2\xa3 12000000", "" },
        { "on 2026-01-15, 15.01.2026 and 01/15/2026", "" },
        { "call me 10.30 - 11.30 or 0900-1730", "" },
        { "from 2019-2024", "" },
        { "order no. 12345678, ticket #5551234, invoice 5551234", "" },
        { "My account number is 12345678", "" },
        { "4111 1111 1111 1111", "" },
        { "3782 822463 10005", "" },
        { "078-05-1120", "" },
        { "at 192.168.100.200, version 1.2.3.4567", "" },
        { "40.712776, -74.005974", "" },
        { "we have 5000000 users and 250-1500 staff", "" },
        { "see example.com/12345678901 or 12345678@example.com", "" },
        { "E-151673398 and T005-2333-100731", "" },
        { "1234567x and a1234567", "" },
        { "0039 31122627111-26737", "" },
        { "12345", "" },
    };

    (void)state;
    check(rows, COUNT_OF(rows));
}

static void test_phones__leaves_the_date_and_the_hour_beside_a_number(void **state)
{
    static const struct row rows[] = {
        { "(914)349-8600 04/21/2020 12:37:30", "(914)349-8600" },
        { "04/21/2020 (914)349-8600", "(914)349-8600" },
        { "call 07700 900123 3pm", "07700 900123" },
        { "24/7 07700 900123", "07700 900123" },
        { "on 07700 900 123. 2 o'clock", "07700 900 123" },
        { "07700900123 2 or 3 times", "07700900123" },
    };

    (void)state;
    check(rows, COUNT_OF(rows));
}

/* Found by the fuzzer: a second number that began within the extension of the first. */
static void test_phones__an_extension_is_not_read_again_as_a_number(void **state)
{
    static const struct row rows[] = {
        { "2125550143 x5550199/7700900123", "2125550143 x5550199 | 7700900123" },
        { "112113/11/11113x .021113/11/11113x .0", "112113/11/11113x .021113" },
    };

    (void)state;
    check(rows, COUNT_OF(rows));
}

static void test_phones__gives_at_most_its_limit(void **state)
{
    struct arena arena;
    struct found_phone *list;
    struct str text;

    (void)state;
    arena_init(&arena);
    str_init(&text, 100000);
    for (int i = 0; i < 2 * PHONES_MAX; i++)
        str_add_text(&text, "+44 7700 900123, ");
    assert_int_equal(phones_find(str_span(&text), &arena, &list), PHONES_MAX);
    str_finish(&text);
    arena_finish(&arena);
}

static void test_phones__survives_any_bytes(void **state)
{
    static const char *const texts[] = {
        "",
        "+",
        "(",
        "((((((((((",
        "+(+(+(1",
        "1(",
        "1(2(3(4(5",
        "1)2)3)4",
        "+1 ext",
        "12345 67-",
        "\xff\xfe\x31",
        "1\xe2\x80",
        "1 - - - - - 2",
        "0(0)(0)(0)0000000",
    };
    struct arena arena;
    struct found_phone *list;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        phones_find(span_of(texts[i]), &arena, &list);
    assert_int_equal(phones_find(span_make("0\0001234567", 9), &arena, &list), 1);
    arena_finish(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phones__finds_numbers_as_people_write_them),
        cmocka_unit_test(test_phones__tells_several_numbers_apart),
        cmocka_unit_test(test_phones__takes_no_price_date_time_id_or_card),
        cmocka_unit_test(test_phones__leaves_the_date_and_the_hour_beside_a_number),
        cmocka_unit_test(test_phones__an_extension_is_not_read_again_as_a_number),
        cmocka_unit_test(test_phones__gives_at_most_its_limit),
        cmocka_unit_test(test_phones__survives_any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
