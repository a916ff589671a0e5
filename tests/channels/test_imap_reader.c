/* tests/channels/test_imap_reader.c - answers of IMAP servers: framed right however the bytes are
 * cut, read right, and refused when hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "channels/imap_answer.h"
#include "channels/imap_reader.h"

#define LITERALS_MAX 1000

/* Feeds text in pieces of `step` bytes; writes each answer and "|" into seen. 0, or -1. */
static int feed(struct span text, size_t step, struct str *seen, struct err *err)
{
    struct imap_reader reader;
    struct span answer;
    int found = 0;

    imap_reader_init(&reader, LITERALS_MAX);
    while (text.len > 0 && found >= 0) {
        size_t len = text.len < step ? text.len : step;

        imap_reader_add(&reader, span_make(text.data, len));
        text = span_from(text, len);
        while ((found = imap_reader_next(&reader, &answer, err)) > 0) {
            str_add_span(seen, answer);
            str_add_char(seen, '|');
        }
    }
    imap_reader_finish(&reader);
    return found;
}

static const struct {
    const char *text, *answers;
} framed[] = {
    { "* OK hi\r\n", "* OK hi|" },
    { "* 1 EXISTS\r\na OK done\r\n", "* 1 EXISTS|a OK done|" },
    { "* 1 FETCH (BODY[] {5}\r\nhello UID 3)\r\na OK\r\n",
      "* 1 FETCH (BODY[] {5}\r\nhello UID 3)|a OK|" },
    { "* 1 FETCH (BODY[] {0}\r\n)\r\n", "* 1 FETCH (BODY[] {0}\r\n)|" },
    { "* 1 FETCH (A {1}\r\nx B {2}\r\nyz)\r\n", "* 1 FETCH (A {1}\r\nx B {2}\r\nyz)|" },
    { "* 1 FETCH (BODY[] ~{3}\r\n\r\n\r)\r\n", "* 1 FETCH (BODY[] ~{3}\r\n\r\n\r)|" },
    { "* 1 FETCH (BODY[] {9}\r\nA1 OK x\r\n)\r\n", "* 1 FETCH (BODY[] {9}\r\nA1 OK x\r\n)|" },
    /* words for people announce nothing */
    { "* OK see {5}\r\n* NO {7}\r\n", "* OK see {5}|* NO {7}|" },
    { "a NO see {5}\r\n+ go {9}\r\n", "a NO see {5}|+ go {9}|" },
    { "* bye {5}\r\n", "* bye {5}|" },
    { "* OKAY {2}\r\nxx\r\n", "* OKAY {2}\r\nxx|" },
    { "* FLAGS {x}\r\n* FLAGS {}\r\n* 1 X 5}\r\n", "* FLAGS {x}|* FLAGS {}|* 1 X 5}|" },
    { "\r\n", "|" },
    { "* 1 FETCH (BODY[] {5}\r\nhel", "" },
    { "* 1 FETCH (BODY[] {5}\r\nhello", "" },
};

static void test_imap_reader__frames_answers_however_the_bytes_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(framed); i++)
        for (size_t step = 1; step <= strlen(framed[i].text); step++) {
            struct str seen;
            struct err err = { 0 };

            str_init(&seen, 4096);
            assert_int_equal(feed(span_of(framed[i].text), step, &seen, &err), 0);
            assert_string_equal(str_text(&seen), framed[i].answers);
            str_finish(&seen);
        }
}

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const struct {
    struct span text;
    enum err_code code;
} hostile[] = {
    { TEXT("* OK bare\n"), ERR_NET },
    { TEXT("\n"), ERR_NET },
    { TEXT("* OK a\rb\r\n"), ERR_NET },
    { TEXT("* OK a\0b\r\n"), ERR_NET },
    { TEXT("* 1 FETCH (BODY[] {5}\nhello)\r\n"), ERR_NET },
    { TEXT("* 1 FETCH (BODY[] {1001}\r\n"), ERR_LIMIT },
    { TEXT("* 1 FETCH (BODY[] {4294967296}\r\n"), ERR_LIMIT },
    { TEXT("* 1 FETCH (BODY[] {18446744073709551617}\r\n"), ERR_LIMIT },
    { TEXT("* 1 FETCH (BODY[] {99999999999999999999999999999999999999999}\r\n"), ERR_LIMIT },
    { TEXT("* 1 FETCH (A {600}\r\n"), ERR_NONE },
    { TEXT("* SEARCH {4000000000}\r\n"), ERR_LIMIT },
};

static void test_imap_reader__refuses_hostile_lines_and_literals(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hostile); i++)
        for (size_t step = 1; step <= hostile[i].text.len; step += 6) {
            struct str seen;
            struct err err = { .code = ERR_NONE };
            int expected = hostile[i].code == ERR_NONE ? 0 : -1;

            str_init(&seen, 4096);
            assert_int_equal(feed(hostile[i].text, step, &seen, &err), expected);
            assert_int_equal(err.code, hostile[i].code);
            str_finish(&seen);
        }
}

static void test_imap_reader__counts_all_literals_of_an_answer_against_the_limit(void **state)
{
    struct str text, seen;
    struct err err = { .code = ERR_NONE };

    (void)state;
    str_init(&text, 8192);
    str_init(&seen, 8192);
    str_printf(&text, "* 1 FETCH (A {600}\r\n%0600d B {401}\r\n", 7);
    assert_int_equal(feed(str_span(&text), 100, &seen, &err), -1);
    assert_int_equal(err.code, ERR_LIMIT);
    str_reset(&text);
    str_printf(&text, "* 1 FETCH (A {600}\r\n%0600d B {400}\r\n%0400d)\r\n", 7, 8);
    assert_int_equal(feed(str_span(&text), 100, &seen, &err), 0);
    assert_int_equal(seen.len, text.len - 1);
    str_finish(&text);
    str_finish(&seen);
}

static void test_imap_reader__ends_a_line_that_never_ends(void **state)
{
    struct imap_reader reader;
    struct span answer;
    struct err err = { .code = ERR_NONE };
    static char chunk[16384];
    int found = 0;

    (void)state;
    memset(chunk, 'x', sizeof(chunk));
    imap_reader_init(&reader, LITERALS_MAX);
    for (int i = 0; i < 100 && found == 0; i++) {
        imap_reader_add(&reader, span_make(chunk, sizeof(chunk)));
        found = imap_reader_next(&reader, &answer, &err);
    }
    assert_int_equal(found, -1);
    assert_int_equal(err.code, ERR_LIMIT);
    assert_true(reader.text.cap <=
                2 * (IMAP_LINE_MAX_BYTES + LITERALS_MAX + 2 * IMAP_ADD_MAX_BYTES));
    imap_reader_finish(&reader);
}

static const struct {
    const char *text;
    enum imap_kind kind;
    const char *tag, *word, *code, *rest;
    uint32_t number;
} answers[] = {
    { "a1 OK done", IMAP_DONE, "a1", "OK", "", "done", 0 },
    { "a1 no [EXPUNGEISSUED] some are gone", IMAP_DONE, "a1", "no", "EXPUNGEISSUED",
      "some are gone", 0 },
    { "a1 BAD", IMAP_DONE, "a1", "BAD", "", "", 0 },
    { "+ idling", IMAP_GO_ON, "", "", "", "+ idling", 0 },
    { "+", IMAP_GO_ON, "", "", "", "+", 0 },
    { "* OK [UIDNEXT 4392] Predicted", IMAP_STATUS, "", "OK", "UIDNEXT 4392", "Predicted", 0 },
    { "* BYE bye", IMAP_STATUS, "", "BYE", "", "bye", 0 },
    { "* OK [open", IMAP_STATUS, "", "OK", "", "[open", 0 },
    { "* 172 EXISTS", IMAP_COUNT, "", "EXISTS", "", "", 172 },
    { "* 4294967295 FETCH (UID 1)", IMAP_COUNT, "", "FETCH", "", "(UID 1)", 4294967295U },
    { "* 4294967296 FETCH (UID 1)", IMAP_DATA, "", "4294967296", "", "FETCH (UID 1)", 0 },
    { "* CAPABILITY IMAP4rev1 IDLE", IMAP_DATA, "", "CAPABILITY", "", "IMAP4rev1 IDLE", 0 },
};

static void test_imap_answer__knows_the_five_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct imap_answer answer;

        assert_int_equal(imap_answer_read(span_of(answers[i].text), &answer, NULL), 0);
        assert_int_equal(answer.kind, answers[i].kind);
        assert_true(span_is(answer.tag, answers[i].tag));
        assert_true(span_is(answer.word, answers[i].word));
        assert_true(span_is(answer.code, answers[i].code));
        assert_true(span_is(answer.rest, answers[i].rest));
        assert_int_equal(answer.number, answers[i].number);
    }
}

static void test_imap_answer__refuses_what_is_no_answer(void **state)
{
    static const char *const rows[] = {
        "",      " ",          "a1", "a1 MAYBE x", " OK x", "*",
        "*OK x", "Subject: x", "* ", "a1OK",       "* 5 ",  "*  OK"
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct imap_answer answer;
        struct err err;

        assert_int_equal(imap_answer_read(span_of(rows[i]), &answer, &err), -1);
        assert_int_equal(err.code, ERR_NET);
    }
}

static const struct {
    const char *code;
    bool good;
    uint32_t number;
} codes[] = {
    { "* OK [UIDNEXT 1] x", true, 1 },    { "* OK [uidnext 4294967295] x", true, 4294967295U },
    { "* OK [UIDNEXT 0] x", false, 0 },   { "* OK [UIDNEXT 4294967296] x", false, 0 },
    { "* OK [UIDNEXT -1] x", false, 0 },  { "* OK [UIDNEXT] x", false, 0 },
    { "* OK [UIDNEXT 1 2] x", false, 0 }, { "* OK [UIDNEXTY 1] x", false, 0 },
    { "* OK UIDNEXT 1", false, 0 },
};

static void test_imap_answer__takes_numbers_of_codes_only_when_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct imap_answer answer;
        uint32_t number = 0;

        assert_int_equal(imap_answer_read(span_of(codes[i].code), &answer, NULL), 0);
        assert_int_equal(imap_code_number(&answer, "UIDNEXT", &number), codes[i].good);
        assert_int_equal(number, codes[i].number);
    }
}

static int read_fetch_text(const char *items, struct imap_fetch *fetch, struct err *err)
{
    struct imap_answer answer = { .kind = IMAP_COUNT, .rest = span_of(items) };

    return imap_fetch_read(&answer, fetch, err);
}

#define DATE_TEXT "\"17-Jul-1996 02:44:25 -0700\""
#define DATE_MS INT64_C(837596665000)

static const struct {
    const char *items;
    uint32_t uid;
    int64_t arrived_ms;
    const char *body; /* NULL = none */
} fetches[] = {
    { "(UID 7 INTERNALDATE " DATE_TEXT " BODY[]<0> {5}\r\nhello)", 7, DATE_MS, "hello" },
    { "(BODY[] {5}\r\nhello INTERNALDATE " DATE_TEXT " UID 7)", 7, DATE_MS, "hello" },
    { "(body[]<0> \"hi\" uid 9)", 9, 0, "hi" },
    { "(UID 7 BODY[] \"\")", 7, 0, "" },
    { "(UID 7 BODY[] {0}\r\n)", 7, 0, "" },
    { "(UID 7 BODY[] ~{2}\r\n)()", 7, 0, ")(" },
    { "(FLAGS (\\Seen $Label[1 \\*) UID 4294967295)", 4294967295U, 0, NULL },
    { "(UID 7 BODY[] NIL)", 7, 0, NULL },
    { "(UID 7 MODSEQ (12) X-GM-LABELS (\"a b\" {2}\r\n)() ENVELOPE (NIL ((\"a\" NIL)) NIL))", 7, 0,
      NULL },
    { "(BODY[HEADER.FIELDS (TO \"X)\")]<5> \"a\" UID 3)", 3, 0, NULL },
    { "()", 0, 0, NULL },
    { "(UID 7 BODY[] {22}\r\n)\r\n* 2 FETCH (UID 8)\r\n)", 7, 0, ")\r\n* 2 FETCH (UID 8)\r\n" },
};

static void test_imap_fetch__reads_items_in_any_order_and_skips_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(fetches); i++) {
        struct imap_fetch fetch;

        assert_int_equal(read_fetch_text(fetches[i].items, &fetch, NULL), 0);
        assert_int_equal(fetch.uid, fetches[i].uid);
        assert_int_equal(fetch.arrived_ms, fetches[i].arrived_ms);
        assert_int_equal(fetch.has_body, fetches[i].body != NULL);
        if (fetches[i].body)
            assert_true(span_is(fetch.body, fetches[i].body));
    }
}

static const char *const bad_fetches[] = {
    "",
    "UID 7",
    "(",
    "(UID",
    "(UID 7",
    "(UID 7))",
    "(UID 7) x",
    "(UID)",
    "(UID 0)",
    "(UID 4294967296)",
    "(UID -7)",
    "(UID (7))",
    "(UID \"7\")",
    "(UID 7 UID 8)",
    "(UID 7 BODY[] {5}\r\nhell)",
    "(UID 7 BODY[] {5}\r\nhello BODY[] {1}\r\nx)",
    "(UID 7 BODY[] {99999999999999999999}\r\nx)",
    "(UID 7 BODY[] hello)",
    "(UID 7 BODY[] (a))",
    "(UID 7 BODY[] \"open)",
    "(UID 7 BODY[] \"a\\\")",
    "(UID 7 BODY[ \"a\")",
    "(UID 7 BODY[] {3}abc)",
    "(UID 7 BODY[] {-3}\r\nabc)",
    "(UID 7 FLAGS (a (b)",
    "(UID 7 FLAGS (a\001b))",
    "(UID 7 INTERNALDATE 5)",
    "(UID 7 INTERNALDATE \"yesterday\")",
    "(\"UID\" 7)",
    "((((((((((((((((",
    "(UID 7 BODY[] ~{2}\r\n)()x",
};

static void test_imap_fetch__refuses_malformed_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad_fetches); i++) {
        struct imap_fetch fetch;
        struct err err;

        assert_int_equal(read_fetch_text(bad_fetches[i], &fetch, &err), -1);
        assert_int_equal(err.code, ERR_NET);
    }
}

static void test_imap_fetch__skips_deep_nesting_without_a_stack(void **state)
{
    enum { DEPTH = 30000 };
    struct str text;
    struct imap_fetch fetch;

    (void)state;
    str_init(&text, 100000);
    str_add_text(&text, "(X ");
    for (int i = 0; i < DEPTH; i++)
        str_add_char(&text, '(');
    assert_int_equal(read_fetch_text(str_text(&text), &fetch, NULL), -1);
    for (int i = 0; i < DEPTH; i++)
        str_add_char(&text, ')');
    str_add_text(&text, " UID 5)");
    assert_int_equal(read_fetch_text(str_text(&text), &fetch, NULL), 0);
    assert_int_equal(fetch.uid, 5);
    str_finish(&text);
}

/* Every prefix and every single changed byte of a good answer: read or refused, never a crash. */
static void test_imap_fetch__survives_every_cut_and_every_changed_byte(void **state)
{
    static const char good[] =
        "(UID 7 FLAGS (\\Seen) INTERNALDATE " DATE_TEXT " BODY[]<0> {5}\r\nhello X \"a\\\"b\")";
    struct imap_fetch fetch;

    (void)state;
    for (size_t cut = 0; cut < sizeof(good) - 1; cut++) {
        char *text = malloc(cut + 1);
        struct imap_answer answer = { .rest = span_make(text, cut) };

        memcpy(text, good, cut);
        assert_int_equal(imap_fetch_read(&answer, &fetch, NULL), -1);
        free(text);
    }
    for (size_t at = 0; at < sizeof(good) - 1; at++)
        for (int byte = 0; byte < 256; byte++) {
            char text[sizeof(good)];
            struct imap_answer answer = { .rest = span_make(text, sizeof(good) - 1) };

            memcpy(text, good, sizeof(good));
            text[at] = (char)byte;
            if (imap_fetch_read(&answer, &fetch, NULL) == 0 && fetch.has_body)
                assert_in_range(fetch.body.len, 0, sizeof(good) - 1);
        }
}

static const struct {
    const char *text;
    bool good;
    int64_t ms;
} dates[] = {
    { "17-Jul-1996 02:44:25 -0700", true, DATE_MS },
    { " 7-Jul-1996 02:44:25 +0000", true, INT64_C(836707465000) },
    { "01-jan-1970 00:00:00 +0000", true, 0 },
    { "01-Jan-1970 01:00:00 +0100", true, 0 },
    { "31-Dec-1969 23:00:00 -0100", false, 0 },
    { "31-Dec-2026 23:59:60 +0000", true, INT64_C(1798761600000) },
    { "32-Jul-1996 02:44:25 -0700", false, 0 },
    { "00-Jul-1996 02:44:25 -0700", false, 0 },
    { "17-Jux-1996 02:44:25 -0700", false, 0 },
    { "17-Jul-1996 24:44:25 -0700", false, 0 },
    { "17-Jul-1996 02:60:25 -0700", false, 0 },
    { "17-Jul-1996 02:44:25 *0700", false, 0 },
    { "17-Jul-1996 02:44:25 -2400", false, 0 },
    { "17-Jul-1996 02:44:25-0700 ", false, 0 },
    { "17 Jul 1996 02:44:25 -0700", false, 0 },
    { "17-Jul-1996 02:44:25 -070", false, 0 },
    { "", false, 0 },
};

static void test_imap_date__reads_only_the_one_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        int64_t ms = 0;

        assert_int_equal(imap_date_read(span_of(dates[i].text), &ms), dates[i].good);
        if (dates[i].good)
            assert_int_equal(ms, dates[i].ms);
    }
}

static void test_imap_add_quoted__escapes_and_refuses(void **state)
{
    static const struct {
        const char *text, *quoted; /* NULL = refused */
    } rows[] = {
        { "INBOX", "\"INBOX\"" },  { "a\"b\\c", "\"a\\\"b\\\\c\"" }, { "", "\"\"" },
        { "a\r\nb LOGOUT", NULL }, { "Entw\xc3\xbcrfe", NULL },      { "a\177", NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str out;

        str_init(&out, 100);
        assert_int_equal(imap_add_quoted(&out, rows[i].text), rows[i].quoted != NULL);
        if (rows[i].quoted)
            assert_string_equal(str_text(&out), rows[i].quoted);
        str_finish(&out);
    }
}

static void test_imap_has_word__finds_whole_words_in_any_case(void **state)
{
    (void)state;
    assert_true(imap_has_word(span_of("IMAP4rev1 idle NAMESPACE"), "IDLE"));
    assert_true(imap_has_word(span_of("IDLE"), "IDLE"));
    assert_false(imap_has_word(span_of("IMAP4rev1 XIDLE IDLEX"), "IDLE"));
    assert_false(imap_has_word(span_of(""), "IDLE"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_imap_reader__frames_answers_however_the_bytes_are_cut),
        cmocka_unit_test(test_imap_reader__refuses_hostile_lines_and_literals),
        cmocka_unit_test(test_imap_reader__counts_all_literals_of_an_answer_against_the_limit),
        cmocka_unit_test(test_imap_reader__ends_a_line_that_never_ends),
        cmocka_unit_test(test_imap_answer__knows_the_five_forms),
        cmocka_unit_test(test_imap_answer__refuses_what_is_no_answer),
        cmocka_unit_test(test_imap_answer__takes_numbers_of_codes_only_when_whole),
        cmocka_unit_test(test_imap_fetch__reads_items_in_any_order_and_skips_others),
        cmocka_unit_test(test_imap_fetch__refuses_malformed_answers),
        cmocka_unit_test(test_imap_fetch__skips_deep_nesting_without_a_stack),
        cmocka_unit_test(test_imap_fetch__survives_every_cut_and_every_changed_byte),
        cmocka_unit_test(test_imap_date__reads_only_the_one_form),
        cmocka_unit_test(test_imap_add_quoted__escapes_and_refuses),
        cmocka_unit_test(test_imap_has_word__finds_whole_words_in_any_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
