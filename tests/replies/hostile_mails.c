/* tests/replies/hostile_mails.c - see hostile_mails.h. */
#include "tests/replies/hostile_mails.h"

#define MILLION ((size_t)1000000)
#define PIECE(text)                                                                                \
    {                                                                                              \
        .data = (text), .len = sizeof(text) - 1                                                    \
    }
#define TEXT_50 "0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCD"
#define FROM "From: a@b.example\r\n"
#define MIXED FROM "Content-Type: multipart/mixed; boundary=b\r\n\r\n"

const struct hostile_mail hostile_mails[] = {
    { "a body of 50 MB", FROM "\r\n", PIECE(TEXT_50 "\r\n"), "", 962000, false },
    { "one line of 50 MB", FROM "\r\n", PIECE(TEXT_50), "", MILLION, false },
    { "a header of 50 MB", FROM "X: ", PIECE(TEXT_50), "\r\n\r\nhello\r\n", MILLION, false },
    { "a folded header of 50 MB", FROM "Subject: x\r\n", PIECE(" " TEXT_50 "\r\n"), "\r\nhello\r\n",
      943000, false },
    { "a million headers", FROM, PIECE("X: y\r\n"), "\r\nhello\r\n", MILLION, false },
    { "a million parts", MIXED, PIECE("--b\r\n\r\nx\r\n"), "--b--\r\n", MILLION, false },
    { "a million empty parts", MIXED, PIECE("--b\r\n"), "--b--\r\n", MILLION, false },
    { "a million headers in a part", MIXED "--b\r\n", PIECE("X: y\r\n"), "\r\nx\r\n--b--\r\n",
      MILLION, false },
    { "multiparts 10,000 deep", FROM,
      PIECE("Content-Type: multipart/mixed; boundary=b#\r\n\r\n--b#\r\n"), "\r\nhello\r\n", 10000,
      true },
    { "messages 10,000 deep", FROM, PIECE("Content-Type: message/rfc822\r\n\r\n"), "hello\r\n",
      10000, false },
    { "bare CR", "From: a@b.example\rSubject: x\r", PIECE("hello\r\r"), "", 5 * MILLION, false },
    { "NUL", FROM "Subject: x\r\n\r\n", PIECE("\0\0\0\0\0\0\0\0\0\n"), "", 2 * MILLION, false },
    { "NUL in headers", FROM "Subject: ", PIECE("x\0"), "\r\n\r\nhello\r\n", MILLION, false },
    { "eight bit without end", FROM "Subject: \xE9\r\n\r\n", PIECE("\xE9\xFE\x80\xFF"), "",
      5 * MILLION, false },
    { "encoded words without end", FROM "Subject:", PIECE(" =?utf-8?q?a?="), "\r\n\r\nhello\r\n",
      MILLION, false },
    { "encoded words of many charsets", FROM "Subject:",
      PIECE(" =?iso-2022-jp?b?GyRC?= =?x-#?q?=E9?="), "\r\n\r\nhello\r\n", MILLION / 4, true },
    { "an encoded word of 50 MB", FROM "Subject: =?utf-8?b?", PIECE(TEXT_50 TEXT_50),
      "?=\r\n\r\nhello\r\n", MILLION / 2, false },
    { "base64 without end", FROM "Content-Transfer-Encoding: base64\r\n\r\n", PIECE(TEXT_50 "\r\n"),
      "", 962000, false },
    { "base64 that is none", FROM "Content-Transfer-Encoding: base64\r\n\r\n", PIECE("=!=?=*=\r\n"),
      "", 5 * MILLION, false },
    { "quoted-printable without end", FROM "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
      PIECE("=E9=\r\n==\r\n"), "", 4 * MILLION, false },
    { "uuencode without end", FROM "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\r\n",
      PIECE("M" TEXT_50 "0123456789\r\n"), "", MILLION / 2, false },
    { "bytes that claim to be UTF-16", FROM "Content-Type: text/plain; charset=utf-16\r\n\r\n",
      PIECE("\xD8\x00\xDC"), "", 10 * MILLION, false },
    { "bytes that claim to be UTF-7", FROM "Content-Type: text/plain; charset=utf-7\r\n\r\n",
      PIECE("+AOk-+2D+\xFF"), "", 4 * MILLION, false },
    { "bytes that claim to be ISO-2022",
      FROM "Content-Type: text/plain; charset=iso-2022-kr\r\n\r\n\x1B$)C",
      PIECE("\x0E!!\x0F\x1B$@\xFF"), "", 4 * MILLION, false },
    { "a thousand charsets", MIXED,
      PIECE("--b\r\nContent-Type: text/plain; charset=cp#\r\n\r\n\xE9\r\n"), "--b--\r\n", 2000,
      true },
    { "a multipart that is cut off", MIXED "--b\r\nContent-Type: text/html\r\n\r\n",
      PIECE("<p>hello --b -"), "\r\n--", 3 * MILLION, false },
    { "a boundary of 50 MB", FROM "Content-Type: multipart/mixed; boundary=\"", PIECE(TEXT_50),
      "\"\r\n\r\n--0\r\n\r\nhello\r\n", MILLION, false },
    { "almost boundaries", MIXED, PIECE("--c\r\n-- b\r\n--b"), "\r\nhello\r\n", 3 * MILLION,
      false },
    { "two million references", FROM "References:", PIECE(" <a@b>"), "\r\n\r\nhello\r\n",
      2 * MILLION, false },
    { "a million recipients", FROM "To:", PIECE(" x# <x#@y.example>,"),
      " z@y.example\r\n\r\nhello\r\n", MILLION, true },
    { "a million groups", FROM "To: ", PIECE("g#:"), ";\r\n\r\nhello\r\n", MILLION, true },
    { "comments a million deep", "Subject: x\r\nFrom: ", PIECE("("),
      " a@b.example\r\n\r\nhello\r\n", MILLION, false },
    { "a million parameters", FROM "Content-Type: text/plain", PIECE("; x*#*=utf-8''%E9"),
      "\r\n\r\nhello\r\n", MILLION / 4, true },
    { "tags without end", FROM "Content-Type: text/html\r\n\r\n", PIECE("<div a=\"<b><!--"), "",
      3 * MILLION, false },
    { .name = NULL },
};

static void add_piece(const struct hostile_mail *mail, size_t number, struct str *out)
{
    struct span piece = mail->piece;

    for (size_t i = 0; i < piece.len && mail->numbered; i++) {
        if (piece.data[i] != '#')
            continue;
        str_add(out, piece.data, i);
        str_printf(out, "%zu", number);
        piece = span_from(piece, i + 1);
        i = (size_t)-1;
    }
    str_add_span(out, piece);
}

void hostile_mail_write(const struct hostile_mail *mail, size_t part, struct str *out)
{
    size_t times = mail->times / part;

    str_add_text(out, mail->head);
    for (size_t i = 0; i < (times ? times : 1); i++)
        add_piece(mail, i, out);
    str_add_text(out, mail->tail);
}
