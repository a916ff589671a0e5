/* tests/channels/test_mime.c - mails byte for byte, the rules every line must keep, and an
 * independent reader: python's email package. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/mime.h"
#include "channels/mime_encode.h"
#include "core/base/arena.h"
#include "core/base/text.h"
#include "tests/channels/kit.h"

#define LONG_NAME                                                                                  \
    "Wolfgang Amadeus von und zu Hohenzollern-Sigmaringen the Younger, Baron of the Seven Lakes"
#define ID40 "<0123456789012345678901234567890123@a.co>"

static const char *compose(struct str *out, const struct message *message)
{
    struct err err = { 0 };

    if (mime_check(message, &err) < 0)
        print_error("%s\n", err.text);
    assert_int_equal(err.code, ERR_NONE);
    str_init(out, MIME_MAX_BYTES);
    mime_compose(message, out);
    assert_true(str_ok(out));
    return str_text(out);
}

static void test_mime__composes_plain_text_byte_for_byte(void **state)
{
    struct message message = kit_mail(1);
    struct str out;

    (void)state;
    message.reply_to = "sam+tok@example.com";
    message.in_reply_to = "<b@x.org>";
    message.references = "<a@x.org> <b@x.org>";
    message.unsubscribe_url = "https://heed.example.com/u/TOK";
    message.unsubscribe_mail = "sam+u-tok@example.com";
    message.automatic = true;
    assert_string_equal(compose(&out, &message),
                        "Date: Tue, 03 Mar 2026 09:00:00 +0000\r\n"
                        "From: Sam Carter <sam@example.com>\r\n"
                        "To: <to1@example.com>\r\n"
                        "Message-ID: <m1@example.com>\r\n"
                        "Subject: About the proposal\r\n"
                        "In-Reply-To: <b@x.org>\r\n"
                        "References: <a@x.org> <b@x.org>\r\n"
                        "Reply-To: Sam Carter <sam+tok@example.com>\r\n"
                        "List-Unsubscribe: <mailto:sam+u-tok@example.com?subject=unsubscribe>,\r\n"
                        " <https://heed.example.com/u/TOK>\r\n"
                        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
                        "Auto-Submitted: auto-replied\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=\"utf-8\"\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n"
                        "\r\n"
                        "Hello,\r\n"
                        "=2E\r\n"
                        "all the best\r\n");
    str_finish(&out);
}

static void test_mime__puts_text_and_html_side_by_side(void **state)
{
    struct message message = kit_mail(2);
    const char *text;
    struct str out;

    (void)state;
    message.html = "<p>Hello</p>";
    text = compose(&out, &message);
    assert_non_null(strstr(text, "Content-Type: multipart/alternative; boundary=\"=_k2\"\r\n\r\n"
                                 "--=_k2\r\nContent-Type: text/plain;"));
    assert_non_null(strstr(text, "\r\n--=_k2\r\nContent-Type: text/html;"));
    assert_non_null(strstr(text, "\r\n\r\n<p>Hello</p>\r\n\r\n--=_k2--\r\n"));
    str_finish(&out);
}

static void test_mime__encodes_bodies_as_rfc_2045_says(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "", "" },
        { "\n", "\r\n" },
        { "a", "a\r\n" },
        { "a\n\nb\n", "a\r\n\r\nb\r\n" },
        { "a\r\nb\rc\nd", "a\r\nb\r\nc\r\nd\r\n" },
        { "1=1", "1=3D1\r\n" },
        { "a \nb\t\n ", "a=20\r\nb=09\r\n=20\r\n" },
        { "gr\xC3\xBC\xC3\x9F", "gr=C3=BC=C3=9F\r\n" },
        { "bad \xC3 byte", "bad =EF=BF=BD byte\r\n" },
        { "\xF0\x9F\x98\x80", "=F0=9F=98=80\r\n" },
        { ".\n..\n", "=2E\r\n=2E.\r\n" },
        { "From me\nFrom", "=46rom me\r\nFrom\r\n" },
        { "\x01\x7f", "=01=7F\r\n" },
        { "0123456789012345678901234567890123456789012345678901234567890123456789012345",
          "012345678901234567890123456789012345678901234567890123456789012345678901234=\r\n5\r\n" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str out;
        str_init(&out, 10000);
        mime_add_quoted_printable(&out, span_of(rows[i].text));
        assert_string_equal(str_text(&out), rows[i].want);
        str_finish(&out);
    }
}

static void test_mime__writes_names_as_atoms_quotes_or_words(void **state)
{
    static const struct {
        const char *name, *want;
    } rows[] = {
        { "", "" },
        { "Sam Carter", "Sam Carter" },
        { "Carter, Sam", "\"Carter, Sam\"" },
        { "Dr. \"Sam\" \\ Carter", "\"Dr. \\\"Sam\\\" \\\\ Carter\"" },
        { "J\xC3\xBCrgen", "=?utf-8?q?J=C3=BCrgen?=" },
        { "\xE5\xB1\xB1\xE7\x94\xB0", "=?utf-8?b?5bGx55Sw?=" },
        { "=?utf-8?q?x?=", "=?utf-8?b?PT91dGYtOD9xP3g/PQ==?=" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str out;
        str_init(&out, 10000);
        mime_add_phrase(&out, span_of(rows[i].name));
        assert_string_equal(str_text(&out), rows[i].want);
        str_finish(&out);
    }
}

static void test_mime__writes_parameters_as_rfc_2231_says(void **state)
{
    static const struct {
        const char *value, *want;
    } rows[] = {
        { "plain.txt", "; name=\"plain.txt\"" },
        { "a \"b\"", "; name=\"a \\\"b\\\"\"" },
        { "\xC3\xBC.txt", "; name*=utf-8''%C3%BC.txt" },
        { "\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3"
          "\xBC",
          "; name*0*=utf-8''%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC;\r\n"
          " name*1*=%C3%BC%C3%BC" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str out;
        str_init(&out, 10000);
        mime_add_parameter(&out, "name", span_of(rows[i].value));
        assert_string_equal(str_text(&out), rows[i].want);
        str_finish(&out);
    }
}

/* CRLF only, no line too long, encoded words whole. */
static void check_lines(struct span mail, size_t most)
{
    size_t column = 0;

    for (size_t i = 0; i < mail.len; i++) {
        unsigned char c = (unsigned char)mail.data[i];
        if (c == '\n') {
            assert_true(i > 0 && mail.data[i - 1] == '\r');
            assert_true(column - 1 <= most);
            column = 0;
            continue;
        }
        assert_true(c != '\r' || (i + 1 < mail.len && mail.data[i + 1] == '\n'));
        assert_true(c < 0x80 && (c >= 0x20 || c == '\r' || c == '\t'));
        column++;
    }
    assert_int_equal(column, 0);
}

static void test_mime__folds_long_headers_at_78_octets(void **state)
{
    static const char *const subjects[] = {
        "a plain subject which is so long that it has to be folded at one of its many spaces, "
        "twice "
        "even, because it goes on and on",
        "\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC"
        "\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC",
        "mostly plain text, with one \xE2\x82\xAC sign, and long enough that more than one encoded "
        "word is needed for it",
        "oneverylongwordwithoutanyspaceinitwhichcannotbefoldedandthereforemustbeencodedinsomeway",
        "   spaces around   ",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(subjects); i++) {
        struct message message = kit_mail(3);
        struct str out;
        message.subject = subjects[i];
        message.from_name = LONG_NAME;
        message.to_name = "\xF0\x9F\x98\x80 \xF0\x9F\x98\x80 \xF0\x9F\x98\x80 \xF0\x9F\x98\x80 "
                          "\xF0\x9F\x98\x80 \xF0\x9F\x98\x80 \xF0\x9F\x98\x80 \xF0\x9F\x98\x80";
        message.references = ID40 " " ID40 " " ID40 " " ID40 " " ID40;
        compose(&out, &message);
        check_lines(str_span(&out), 78);
        str_finish(&out);
    }
}

static void test_mime__keeps_the_first_and_the_newest_ids_of_an_endless_chain(void **state)
{
    struct message message = kit_mail(4);
    struct str chain, out;
    const char *text;

    (void)state;
    str_init(&chain, 1 << 20);
    str_add_text(&chain, "<first@x.org>");
    for (int i = 0; i < 5000; i++)
        str_printf(&chain, " <n%d@x.org>", i);
    message.references = str_text(&chain);
    text = compose(&out, &message);
    check_lines(str_span(&out), 78);
    assert_true(out.len < 20000);
    assert_non_null(strstr(text, "References: <first@x.org>"));
    assert_non_null(strstr(text, "<n4999@x.org>\r\n"));
    assert_null(strstr(text, "<n1@x.org>"));
    str_finish(&out);
    str_finish(&chain);
}

static void test_mime__leaves_out_ids_of_others_that_cannot_stand_in_a_header(void **state)
{
    struct message message = kit_mail(5);
    struct str out;

    (void)state;
    message.in_reply_to = "no brackets";
    message.references = "<good@x.org> <spa ce@x> <\xC3\xBC@x> <> <also.good@x.org>";
    compose(&out, &message);
    assert_null(strstr(str_text(&out), "In-Reply-To"));
    assert_non_null(strstr(str_text(&out), "References: <good@x.org> <also.good@x.org>\r\n"));
    str_finish(&out);
}

static void test_mime__refuses_what_would_break_a_header(void **state)
{
    static const char *const evil[] = { "a\r\nBcc: x@y.org", "a\nb", "a\rb", "a\x01",
                                        "a\xC2\x85",         "a\x7f" };
    static const size_t fields[] = {
        offsetof(struct message, to),          offsetof(struct message, from),
        offsetof(struct message, from_name),   offsetof(struct message, to_name),
        offsetof(struct message, subject),     offsetof(struct message, message_id),
        offsetof(struct message, in_reply_to), offsetof(struct message, references),
        offsetof(struct message, reply_to),    offsetof(struct message, return_path),
        offsetof(struct message, date),        offsetof(struct message, unsubscribe_url),
        offsetof(struct message, key),         offsetof(struct message, unsubscribe_mail),
    };

    (void)state;
    for (size_t f = 0; f < COUNT_OF(fields); f++)
        for (size_t e = 0; e < COUNT_OF(evil); e++) {
            struct message message = kit_mail(6);
            struct err err = { 0 };
            memcpy((char *)&message + fields[f], &evil[e], sizeof(evil[e]));
            assert_int_equal(mime_check(&message, &err), -1);
            assert_true(err.text[0]);
        }
}

static void test_mime__refuses_addresses_that_are_none(void **state)
{
    static const char *const evil[] = {
        "",
        "a",
        "a@b",
        "a@b.c>\r\nRCPT TO:<evil@x.org",
        "<a@b.co>",
        "a@b.co x",
        "a b@c.co",
        "a@b.co,c@d.co",
        "\"a b\"@c.co",
        "a@[127.0.0.1]",
        "a@b.co\r\n",
        "@b.co",
        "a@",
        "a@-b.co",
        "a..b@c.co",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(evil); i++) {
        struct message message = kit_mail(7);
        struct err err = { 0 };
        message.to = evil[i];
        assert_int_equal(mime_check(&message, &err), -1);
        message = kit_mail(7);
        message.return_path = evil[i];
        assert_int_equal(mime_check(&message, &err), -1);
    }
}

static void test_mime__refuses_texts_beyond_its_limit(void **state)
{
    struct message message = kit_mail(8);
    char *text = malloc(MIME_MAX_TEXT_BYTES + 2);
    struct err err = { 0 };
    struct str out;

    (void)state;
    memset(text, 0xff, MIME_MAX_TEXT_BYTES + 1);
    text[MIME_MAX_TEXT_BYTES + 1] = '\0';
    message.text = text;
    assert_int_equal(mime_check(&message, &err), -1);
    assert_int_equal(err.code, ERR_LIMIT);
    text[MIME_MAX_TEXT_BYTES / 3] = '\0'; /* each such byte becomes nine */
    compose(&out, &message);
    check_lines(str_span(&out), 78);
    str_finish(&out);
    free(text);
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void test_mime__keeps_every_line_good_whatever_the_body(void **state)
{
    static const char alphabet[] = "ab .=\r\n\t\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80?_F";
    unsigned seed = 7;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        struct message message = kit_mail(9);
        char text[400], subject[120];
        struct str out;
        size_t n = next_random(&seed) % (sizeof(text) - 1), s = 0;
        for (size_t k = 0; k < n; k++)
            text[k] = alphabet[next_random(&seed) % (sizeof(alphabet) - 1)];
        text[n] = '\0';
        for (size_t k = 0; k < n && s + 1 < sizeof(subject); k++)
            if ((unsigned char)text[k] >= 0x20)
                subject[s++] = text[k];
        subject[s] = '\0';
        message.text = text;
        message.subject = subject;
        message.to_name = subject;
        if (mime_check(&message, NULL) == 0) {
            compose(&out, &message);
            check_lines(str_span(&out), 78);
            str_finish(&out);
        }
    }
}

static const char reader[] =
    "import sys, email, email.policy\n"
    "for n in range(int(sys.argv[2])):\n"
    "    b = open(f'{sys.argv[1]}/{n}', 'rb').read()\n"
    "    m = email.message_from_bytes(b, policy=email.policy.default)\n"
    "    if m.defects: sys.exit(f'{n}: {m.defects}')\n"
    "    t = m.get_body(('plain',)); h = m.get_body(('html',))\n"
    "    o = [m['subject'], m['from'].addresses[0].display_name, "
    "m['from'].addresses[0].addr_spec,\n"
    "         m['to'].addresses[0].display_name, m['to'].addresses[0].addr_spec, m['references'],\n"
    "         t.get_content(), h.get_content() if h else '']\n"
    "    open(f'{sys.argv[1]}/{n}.out', 'wb').write('\\0'.join(str(x) for x in "
    "o).replace('\\r\\n', '\\n').encode())\n";

static const struct {
    const char *subject, *name, *text, *html;
} mails[] = {
    { "About the proposal", "Sam Carter", "Hello\nworld\n", NULL },
    { "Gr\xC3\xBC\xC3\x9F"
      "e aus K\xC3\xB6ln",
      "J\xC3\xBCrgen M\xC3\xBCller", "sch\xC3\xB6n\n", "<p>sch\xC3\xB6n</p>\n" },
    { "\xE6\x8F\x90\xE6\xA1\x88\xE3\x81\xAB\xE3\x81\xA4\xE3\x81\x84\xE3\x81\xA6\xE3\x81\xAE\xE3\x81"
      "\x94\xE7\xA2\xBA\xE8\xAA\x8D\xE3\x81\xA7\xE3\x81\x99\xE3\x81\x8C\xE3\x81\x84\xE3\x81\x8B\xE3"
      "\x81\x8C\xE3\x81\xA7\xE3\x81\x97\xE3\x82\x87\xE3\x81\x86\xE3\x81\x8B",
      "\xE5\xB1\xB1\xE7\x94\xB0 \xE5\xA4\xAA\xE9\x83\x8E", "\xE3\x81\x93\n", NULL },
    { "one \xF0\x9F\x98\x80 in the middle of a long subject line that goes on for quite a while "
      "yet",
      "Carter, Sam \"the\" Man", "....\n.\nFrom here\n=3D= \t\n", "<b>x = y</b>\n" },
    { "a =?utf-8?q?trap?= here", LONG_NAME, "trailing space \nand tab\t\nend\n", NULL },
    { "a subject so long that it must be folded at its spaces and come back just as it was before, "
      "with all its words",
      "Dr. A. (Tony) B. <x>", "x\n", NULL },
};

static void write_mails(const char *folder)
{
    for (size_t i = 0; i < COUNT_OF(mails); i++) {
        struct message message = kit_mail((int)i);
        char path[200];
        struct str out;
        FILE *file;
        message.subject = mails[i].subject;
        message.from_name = message.to_name = mails[i].name;
        message.text = mails[i].text;
        message.html = mails[i].html;
        message.references = ID40 " " ID40 " " ID40;
        compose(&out, &message);
        snprintf(path, sizeof(path), "%s/%zu", folder, i);
        file = fopen(path, "w");
        assert_non_null(file);
        assert_int_equal(fwrite(out.data, 1, out.len, file), out.len);
        fclose(file);
        str_finish(&out);
    }
}

static int run_python(const char *folder)
{
    char count[16];
    int status;
    pid_t pid;

    snprintf(count, sizeof(count), "%zu", COUNT_OF(mails));
    pid = fork();
    if (pid == 0) {
        execlp("python3", "python3", "-c", reader, folder, count, (char *)NULL);
        _exit(127);
    }
    assert_true(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void check_read_back(const char *folder, size_t i)
{
    const char *to = kit_mail((int)i).to;
    const char *want[] = { mails[i].subject,
                           mails[i].name,
                           "sam@example.com",
                           mails[i].name,
                           to,
                           ID40 " " ID40 " " ID40,
                           mails[i].text,
                           mails[i].html ? mails[i].html : "" };
    char path[200], bytes[4000] = "", *at = bytes;
    FILE *file;

    snprintf(path, sizeof(path), "%s/%zu.out", folder, i);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(bytes, 1, sizeof(bytes) - 1, file) > 0);
    fclose(file);
    unlink(path);
    for (size_t k = 0; k < COUNT_OF(want); k++) {
        assert_string_equal(at, want[k]);
        at += strlen(at) + 1;
    }
    snprintf(path, sizeof(path), "%s/%zu", folder, i);
    unlink(path);
}

static void test_mime__is_read_back_by_another_program(void **state)
{
    char folder[] = "/tmp/heed-mime-XXXXXX";
    int rc;

    (void)state;
    assert_non_null(mkdtemp(folder));
    write_mails(folder);
    rc = run_python(folder);
    if (rc == 127) {
        print_message("skipped: there is no python3 to read the mails\n");
        skip();
    }
    assert_int_equal(rc, 0);
    for (size_t i = 0; i < COUNT_OF(mails); i++)
        check_read_back(folder, i);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mime__composes_plain_text_byte_for_byte),
        cmocka_unit_test(test_mime__puts_text_and_html_side_by_side),
        cmocka_unit_test(test_mime__encodes_bodies_as_rfc_2045_says),
        cmocka_unit_test(test_mime__writes_names_as_atoms_quotes_or_words),
        cmocka_unit_test(test_mime__writes_parameters_as_rfc_2231_says),
        cmocka_unit_test(test_mime__folds_long_headers_at_78_octets),
        cmocka_unit_test(test_mime__keeps_the_first_and_the_newest_ids_of_an_endless_chain),
        cmocka_unit_test(test_mime__leaves_out_ids_of_others_that_cannot_stand_in_a_header),
        cmocka_unit_test(test_mime__refuses_what_would_break_a_header),
        cmocka_unit_test(test_mime__refuses_addresses_that_are_none),
        cmocka_unit_test(test_mime__refuses_texts_beyond_its_limit),
        cmocka_unit_test(test_mime__keeps_every_line_good_whatever_the_body),
        cmocka_unit_test(test_mime__is_read_back_by_another_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
