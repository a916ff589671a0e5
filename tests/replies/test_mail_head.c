/* tests/replies/test_mail_head.c - which header blocks are split without GMime, and that their values
 * read as GMime reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/base/attr.h"
#include "core/replies/mail_head.h"
#include "core/replies/mail_parse.h"

static void test_mail_head__takes_whole_blocks_and_no_doubtful_ones(void **state)
{
    static const struct {
        const char *raw;
        size_t len; /* of the block */
    } cases[] = {
        { "A: b\r\n\r\nbody", 8 },
        { "A: b\n\nbody", 6 },
        { "A: b\r\n c\r\n\td\r\n\r\n", 16 },
        { "A:\r\n\r\n", 6 },
        { "A:\xFF\r\n\r\n", 7 },
        { "", 0 },
        { "\r\n", 0 },
        { "A: b", 0 },
        { "A: b\r\n", 0 },
        { "A: b\r\nbody\r\n\r\n", 0 },
        { "A : b\r\n\r\n", 0 },
        { ": b\r\n\r\n", 0 },
        { " A: b\r\n\r\n", 0 },
        { "A: b\r\n \r\n\r\n", 0 },
        { "A: b\rC: d\r\n\r\n", 0 },
        { "A: b\r\r\n\r\n", 0 },
        { "\xC3\xA9: b\r\n\r\n", 0 },
        { "From a@x.example Mon\r\nA: b\r\n\r\n", 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (mail_head_of(span_of(cases[i].raw)).len != cases[i].len)
            fail_msg("%s", cases[i].raw);
    assert_int_equal(mail_head_of(span_make("A: b\0c\r\n\r\n", 10)).len, 0);
}

static void test_mail_head__splits_a_block_into_headers_with_their_folds(void **state)
{
    struct span rest = mail_head_of(span_of("A: b\r\nC:\r\n d\r\n\r\nE: f\r\n\r\n"));
    struct mail_head_line line;

    (void)state;
    assert_true(mail_head_next(&rest, &line));
    assert_true(span_is(line.name, "A") && span_is(line.value, " b\r\n"));
    assert_true(mail_head_next(&rest, &line));
    assert_true(span_is(line.name, "C") && span_is(line.value, "\r\n d\r\n"));
    assert_true(span_is(line.whole, "C:\r\n d\r\n"));
    assert_false(mail_head_next(&rest, &line));
    assert_true(span_is(rest, "\r\n"));
}

static void test_mail_head__unfolds_and_decodes_values(void **state)
{
    static const struct {
        const char *raw, *text;
    } cases[] = {
        { " b \r\n", "b" },
        { "\t \r\n", "" },
        { " a\r\n  b\r\n\tc \r\n", "a  b\tc" },
        { " =?utf-8?q?caf=C3=A9?=\r\n", "caf\xC3\xA9" },
        { " =?utf-8?q?a?=\r\n =?utf-8?q?b?=\r\n", "ab" },
        { " a = ?\r\n", "a = ?" },
        { " caf\xC3\xA9\r\n", "caf\xC3\xA9" },
        { " caf\xE9\r\n", "caf\xC3\xA9" },
    };
    struct arena arena;
    struct mail mail;

    (void)state;
    arena_init(&arena);
    (void)mail_parse(span_of("A: b\r\n\r\n"), &arena, &mail); /* GMime is ready from then on */
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(mail_head_text(span_of(cases[i].raw), &arena), cases[i].text);
    arena_finish(&arena);
}

static bool same_header(const struct mail_header *a, const struct mail_header *b)
{
    bool same = strcmp(a->name, b->name) == 0 && strcmp(a->value, b->value) == 0 &&
                a->address_count == b->address_count;

    for (size_t i = 0; same && i < a->address_count; i++)
        same = strcmp(a->addresses[i].address, b->addresses[i].address) == 0 &&
               strcmp(a->addresses[i].name, b->addresses[i].name) == 0;
    return same;
}

static void check_as_gmime(const char *raw)
{
    struct arena arena;
    struct mail ours, gmimes;

    arena_init(&arena);
    assert_true(mail_parse(span_of(raw), &arena, &ours));
    assert_true(mail_parse_whole(span_of(raw), &arena, &gmimes));
    if (ours.date_ms != gmimes.date_ms || ours.header_count != gmimes.header_count ||
        ours.part_count != 1 || gmimes.part_count != 1 ||
        strcmp(ours.parts[0].type, gmimes.parts[0].type) != 0 ||
        !span_eq(ours.parts[0].text, gmimes.parts[0].text))
        fail_msg("%s", raw);
    for (size_t i = 0; i < ours.header_count; i++)
        if (!same_header(&ours.headers[i], &gmimes.headers[i]))
            fail_msg("%s: %s", raw, ours.headers[i].name);
    arena_finish(&arena);
}

static void test_mail_head__reads_headers_as_gmime_reads_them(void **state)
{
    static const char *const headers[] = {
        "From: =?utf-8?q?Ana_=C3=89?= <Ana@X.example>",
        "From: Ana Lee <Ana@X.example>",
        "From: \"Ana Lee\" <ana@x.example>",
        "From: \"Lee, Ana\" <ana@x.example>",
        "From: Ana  Lee <ana@x.example>",
        "From: Ana <ana@x.example> (home)",
        "From:\r\n Ana <ana@x.example>",
        "From: Ana Lee<ana@x.example>",
        "From: <ana@x.example>",
        "From: ana@x.example",
        "From: ana.x@xn--bcher-kva.example",
        "From: ana@",
        "From:",
        "To: Bo <b@x.example>, team: c@x.example;",
        "Subject:\r\n =?utf-8?b?w6k=?= x\r\n\ty",
        "Date: Mon, 1 Jan 2024 10:00:00 +0100\r\nDate: Tue, 2 Jan 2024 10:00:00 +0100",
        "Date: never",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        char raw[300];

        snprintf(raw, sizeof(raw), "%s\r\nX: y\r\n\r\nbody\r\n", headers[i]);
        check_as_gmime(raw);
    }
}

static void test_mail_plain__reads_texts_as_gmime_reads_them(void **state)
{
    static const char *const headers[] = {
        "Content-Type: text/plain",
        "Content-Type: TEXT/HTML; charset=\"ISO-8859-1\"",
        "Content-Type: text/plain; charset=iso-8859-2; format=flowed; delsp=yes",
        "Content-Type: text/plain;\r\n charset=koi8-r",
        "Content-Type: text/plain; charset=utf-8; charset=koi8-r",
        "Content-Type: text/plain; charset*=utf-8''koi8-r",
        "Content-Type: text/plain; charset=koi8-r (Russian)",
        "Content-Type: text/plain; charset = koi8-r",
        "Content-Type: text/plain; charset=none-such",
        "Content-Type: text/plain;",
        "Content-Type: text/calendar; method=REPLY",
        "Content-Type: text",
        "Content-Type: text/plain\r\nContent-Type: text/html",
        "Content-Transfer-Encoding: 8BIT",
        "Content-Transfer-Encoding: quoted-printable",
        "Content-Transfer-Encoding: none-such",
        "Content-Disposition: attachment",
        "Content-Length: 3",
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        char raw[300];

        snprintf(raw, sizeof(raw), "A: b\r\n%s\r\n\r\ncaf\xE9=20bGU=\r\n", headers[i]);
        check_as_gmime(raw);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mail_head__takes_whole_blocks_and_no_doubtful_ones),
        cmocka_unit_test(test_mail_head__splits_a_block_into_headers_with_their_folds),
        cmocka_unit_test(test_mail_head__unfolds_and_decodes_values),
        cmocka_unit_test(test_mail_head__reads_headers_as_gmime_reads_them),
        cmocka_unit_test(test_mail_plain__reads_texts_as_gmime_reads_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
