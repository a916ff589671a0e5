/* tests/replies/test_hostile.c - mail that means harm (reliability F16): it is refused before the
 * parser sees it, or read without a crash, and what comes out is UTF-8. */
#include "tests/replies/case.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/replies/lexicon.h"
#include "core/replies/scan.h"
#include "tests/replies/hostile_mails.h"

/* case_env with the rules, compiled once. */
static struct reading_env env;

#define PLENTY ((size_t)8 << 20)

struct recipe {
    const char *name, *head, *piece, *tail;
    size_t times;
    enum reading_kind kind;
};

static const struct recipe recipes[] = {
    { "too many parts", "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n",
      "--b\n\nx\n", "--b--\n", 5000, READING_UNREADABLE },
    { "parts without a blank line", "Content-Type: multipart/mixed; boundary=b\n\n", "--b\n", "",
      50000, READING_UNREADABLE },
    { "parts that hold no header", "Content-Type: multipart/mixed; boundary=b\n\n",
      "--b\nno header here\n", "", 50000, READING_UNREADABLE },
    { "too many headers", "From: a@b.example\n", "X: y\n", "\nhello\n", 5000, READING_UNREADABLE },
    { "headers too long", "From: a@b.example\nX: ", "0123456789", "\n\nhello\n", 20000,
      READING_UNREADABLE },
    { "headers of a part", "Content-Type: multipart/mixed; boundary=b\n\n--b\n", "X: y\n",
      "\nhello\n--b--\n", 5000, READING_UNREADABLE },
    { "headers of an embedded message", "Content-Type: message/rfc822\n\n", "X: y\n", "\nhello\n",
      5000, READING_UNREADABLE },
    { "nested too deep", "From: a@b.example\n",
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n", "", 500, READING_UNREADABLE },
    { "groups within groups", "From: a@b.example\nTo: ", "g:", ";\n\nhello\n", 49000,
      READING_UNREADABLE },
    { "a few groups within groups", "From: a@b.example\nTo: ", "g:", ";\n\nhello\n", 4900,
      READING_HUMAN },
    { "encoded words", "From: a@b.example\nSubject:", " =?utf-8?q?a?=", "\n\nhello\n", 5000,
      READING_HUMAN },
    { "references", "From: a@b.example\nReferences:", " <a@b>", "\n\nhello\n", 15000,
      READING_HUMAN },
    { "recipients", "From: a@b.example\nTo:", " x@y.example,", " z@y.example\n\nhello\n", 7000,
      READING_HUMAN },
    { "nested comments", "From: ", "(", " a@b.example\n\nhello\n", 50000, READING_HUMAN },
    { "open tags", "From: a@b.example\nContent-Type: text/html\n\n", "<div><blockquote>", "x",
      40000, READING_HUMAN },
    { "brackets", "From: a@b.example\nContent-Type: text/html\n\n", "<", "x", 900000,
      READING_HUMAN },
    { "open quotes in tags", "From: a@b.example\nContent-Type: text/html\n\n", "<a b=\"", "x",
      150000, READING_HUMAN },
    { "open comments", "From: a@b.example\nContent-Type: text/html\n\n", "<!--", "x", 200000,
      READING_HUMAN },
    { "open styles", "From: a@b.example\nContent-Type: text/html\n\n", "<style></s", "x", 100000,
      READING_HUMAN },
    { "attributions", "From: a@b.example\n\n", "On 1 Jan 2026 a@b wrote\n", "x", 40000,
      READING_HUMAN },
    { "labels", "From: a@b.example\n\n", "From: x\nx\n", "x", 90000, READING_HUMAN },
    { "rules", "From: a@b.example\n\n", "_____________________\n", "x", 40000, READING_HUMAN },
    { "addresses", "From: MAILER-DAEMON@b.example\nSubject: failure notice\n\n", "<a@b.example>:\n",
      "x", 60000, READING_BOUNCE },
    { "combining marks", "From: a@b.example\n\ne", "\xCC\x81\xCC\x80", "x", 200000, READING_HUMAN },
    { "ids", "From: a@b.example\n\n", "Message-ID: <a@b>\n", "x", 50000, READING_HUMAN },
    { "huge body", "From: a@b.example\n\n", "hello hello hello\n", "", 200000, READING_HUMAN },
    { "stops", "From: a@b.example\n\n", "please stop calling me. ", "", 40000, READING_HUMAN },
};

static struct span cook(const struct recipe *recipe, struct str *out)
{
    str_init(out, PLENTY);
    str_add_text(out, recipe->head);
    for (size_t i = 0; i < recipe->times; i++)
        str_add_text(out, recipe->piece);
    str_add_text(out, recipe->tail);
    assert_true(str_ok(out));
    return str_span(out);
}

static void check_text(const char *text, const char *name)
{
    if (!text || !text_is_utf8(span_of(text)))
        fail_msg("%s: not UTF-8", name);
}

static void check_list(const char *const *items, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        check_text(items[i], name);
}

/* Whatever came in, this holds for what comes out. */
static void check_promises(const struct reading *reading, const char *name)
{
    const char *const texts[] = { reading->from,       reading->from_name,   reading->subject,
                                  reading->message_id, reading->in_reply_to, reading->text,
                                  reading->own_text,   reading->signature };

    check_list(texts, COUNT_OF(texts), name);
    check_list(reading->references, reading->reference_count, name);
    check_list(reading->recipients, reading->recipient_count, name);
    check_list(reading->returned_ids, reading->returned_id_count, name);
    check_list(reading->tokens_text, reading->token_count, name);
    check_list(reading->rules, reading->rule_count, name);
    for (size_t i = 0; i < reading->bounced_count; i++) {
        check_text(reading->bounced[i].address, name);
        check_text(reading->bounced[i].status, name);
        check_text(reading->bounced[i].diagnostic, name);
    }
    assert_true(reading->kind <= READING_HUMAN);
}

static void test_hostile__mail_is_refused_or_read_in_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        struct arena arena;
        struct reading reading;
        struct str mail;

        arena_init(&arena);
        reading_of_mail(cook(&recipes[i], &mail), &env, &arena, &reading);
        if (reading.kind != recipes[i].kind)
            fail_msg("%s: %s %s", recipes[i].name, reading_kind_name(reading.kind),
                     case_rules(&reading, &arena));
        check_promises(&reading, recipes[i].name);
        str_finish(&mail);
        arena_finish(&arena);
    }
}

static void test_hostile__attacks_in_small_keep_every_promise(void **state)
{
    (void)state;
    for (const struct hostile_mail *attack = hostile_mails; attack->name; attack++) {
        struct arena arena;
        struct reading reading;
        struct str mail;

        arena_init(&arena);
        str_init(&mail, PLENTY);
        hostile_mail_write(attack, 100, &mail);
        reading_of_mail(str_span(&mail), &env, &arena, &reading);
        check_promises(&reading, attack->name);
        str_finish(&mail);
        arena_finish(&arena);
    }
}

static void test_hostile__refused_mail_still_shows_tokens_and_its_id(void **state)
{
    struct arena arena;
    struct reading reading;
    struct str mail;

    (void)state;
    arena_init(&arena);
    str_init(&mail, PLENTY);
    str_add_text(&mail, "Message-ID: <x@y>\nTo: sam+" TOKEN_R "@us.example\n");
    for (int i = 0; i < 2000; i++)
        str_add_text(&mail, "X: y\n");
    reading_of_mail(str_span(&mail), &env, &arena, &reading);
    assert_int_equal(reading.kind, READING_UNREADABLE);
    assert_string_equal(reading.message_id, "<x@y>");
    assert_int_equal(reading.token_count, 1);
    assert_string_equal(reading.tokens_text[0], TOKEN_R);
    str_finish(&mail);
    arena_finish(&arena);
}

static void test_hostile__odd_bytes_are_fine(void **state)
{
    static const struct {
        const char *name, *mail;
        size_t len;
    } mails[] = {
#define MAIL(name, text) { name, text, sizeof(text) - 1 }
        MAIL("NUL", "From: a\0b@c.example\nSubject: x\0y\n\nhe\0llo\n"),
        MAIL("bare CR", "From: a@b.example\rSubject: x\r\rhello\r"),
        MAIL("eight bit", "From: \xE9t\xE9@b.example\nSubject: caf\xE9\n\ncaf\xE9\n"),
        MAIL("unknown charset",
             "From: a@b.example\nContent-Type: text/plain; charset=x-nonsense\n\ncaf\xE9\n"),
        MAIL("false charset",
             "From: a@b.example\nContent-Type: text/plain; charset=utf-16\n\nab\xFF\xFEz\n"),
        MAIL("broken base64", "From: a@b.example\nContent-Transfer-Encoding: base64\n\n====!!!!\n"),
        MAIL("broken encoded word", "From: a@b.example\nSubject: =?utf-8?q?=ZZ=E9?=\n\nx\n"),
        MAIL("no header", "\n\nhello\n"),
        MAIL("only a line", "hello"),
        MAIL("mbox line only", "From "),
        MAIL("no boundary", "From: a@b.example\nContent-Type: multipart/mixed\n\nhello\n"),
        MAIL("empty", ""),
#undef MAIL
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(mails); i++) {
        struct reading reading;

        reading_of_mail(span_make(mails[i].mail, mails[i].len), &env, &arena, &reading);
        check_promises(&reading, mails[i].name);
        reading_of_text(span_make(mails[i].mail, mails[i].len), "sms", &env, &arena, &reading);
        check_promises(&reading, mails[i].name);
    }
    arena_finish(&arena);
}

static void test_hostile__a_long_attachment_does_not_hide_the_text(void **state)
{
    static const struct recipe recipe = {
        .head = "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nYes.\n--b\n"
                "Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n",
        .piece = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5\n",
        .tail = "--b--\n",
        .times = 40000,
    };
    struct arena arena;
    struct reading reading;
    struct str mail;

    (void)state;
    arena_init(&arena);
    reading_of_mail(cook(&recipe, &mail), &env, &arena, &reading);
    assert_int_equal(reading.kind, READING_HUMAN);
    assert_string_equal(reading.own_text, "Yes.");
    assert_non_null(strstr(case_rules(&reading, &arena), "first MiB"));
    str_finish(&mail);
    arena_finish(&arena);
}

/* Repeatable noise: a small generator, never the clock. */
static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void spoil(char *data, size_t len, unsigned *seed)
{
    for (int i = 0; i < 8; i++) {
        size_t at = next_random(seed) % len;

        data[at] = (char)next_random(seed);
        if (i == 7 && at + 40 < len)
            memmove(data + at, data + at + 20, 20);
    }
}

static void test_hostile__spoilt_cases_never_break_a_promise(void **state)
{
    DIR *folder = opendir(HEED_SOURCE_DIR "/tests/cases/replies");
    unsigned seed = 1;
    const struct dirent *entry;
    struct arena arena;

    (void)state;
    assert_non_null(folder);
    arena_init(&arena);
    while ((entry = readdir(folder))) {
        for (int round = 0; round < 20 && strstr(entry->d_name, ".eml"); round++) {
            struct span mail = case_file(entry->d_name, &arena);
            struct reading reading;

            spoil((char *)mail.data, mail.len, &seed);
            reading_of_mail(mail, &env, &arena, &reading);
            check_promises(&reading, entry->d_name);
            arena_reset(&arena);
        }
    }
    closedir(folder);
    arena_finish(&arena);
}

static void test_scan__lets_ordinary_mail_through(void **state)
{
    struct arena arena;
    struct scan scan;
    struct span mail;

    (void)state;
    arena_init(&arena);
    mail = case_file("bounce_hard.eml", &arena);
    scan_mail(mail, &scan);
    assert_null(scan.refused);
    assert_false(scan.cut);
    assert_int_equal(scan.mail.len, mail.len);
    scan_mail(span_of("From me Wed Nov 18 2026\nSubject: x\n\nhi\n"), &scan);
    assert_null(scan.refused);
    assert_memory_equal(scan.mail.data, "Subject:", 8);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan__lets_ordinary_mail_through),
        cmocka_unit_test(test_hostile__mail_is_refused_or_read_in_bounds),
        cmocka_unit_test(test_hostile__attacks_in_small_keep_every_promise),
        cmocka_unit_test(test_hostile__refused_mail_still_shows_tokens_and_its_id),
        cmocka_unit_test(test_hostile__odd_bytes_are_fine),
        cmocka_unit_test(test_hostile__a_long_attachment_does_not_hide_the_text),
        cmocka_unit_test(test_hostile__spoilt_cases_never_break_a_promise),
    };

    struct arena rules;
    int failed;

    arena_init(&rules);
    env = case_env;
    env.lexicon = lexicon_builtin(&rules);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_finish(&rules);
    return failed;
}
