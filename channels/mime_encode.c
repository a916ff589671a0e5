/* channels/mime_encode.c - see mime_encode.h. Builds each line on the stack and adds it at once. */
#include "channels/mime_encode.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#define BODY_LINE_OCTETS 75 /* 76 (RFC 2045 6.7 rule 5) less the "=" of a soft break */
#define WORD_OCTETS 75      /* of one encoded word (RFC 2047 section 2) */
#define WORD_FRAME 12       /* "=?utf-8?q?" and "?=" */
#define LONGEST_PLAIN_WORD 60
#define POINT_OCTETS ((size_t)4) /* of one UTF-8 code point */

static const char hex_digits[] = "0123456789ABCDEF";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum char_class {
    IS_ATOM = 1,     /* RFC 5322 atext */
    IS_Q_PLAIN = 2,  /* needs no encoding in a Q word wherever it stands (RFC 2047 5 (3)) */
    IS_ATTRIBUTE = 4 /* RFC 2231 attribute-char */
};

static bool is_class(char c, enum char_class class)
{
    static const char *const marks[] = {
        [IS_ATOM] = "!#$%&'*+-/=?^_`{|}~",
        [IS_Q_PLAIN] = "!*+-/",
        [IS_ATTRIBUTE] = "!#$&+-.^_`{|}~",
    };

    return text_is_alnum(c) || text_one_of(c, marks[class]);
}

size_t mime_column(const struct str *out)
{
    const char *text = str_text(out);
    const char *end = memrchr(text, '\n', out->len);

    return end ? out->len - (size_t)(end + 1 - text) : out->len;
}

/* One output line of a quoted-printable body. */
struct qp {
    struct str *out;
    size_t used;
    char line[80];
};

static void qp_end_line(struct qp *qp, bool soft)
{
    if (soft)
        qp->line[qp->used++] = '=';
    qp->line[qp->used++] = '\r';
    qp->line[qp->used++] = '\n';
    str_add(qp->out, qp->line, qp->used);
    qp->used = 0;
}

static void qp_encode(struct qp *qp, unsigned char c)
{
    qp->line[qp->used++] = '=';
    qp->line[qp->used++] = hex_digits[c >> 4];
    qp->line[qp->used++] = hex_digits[c & 15];
}

static void qp_room(struct qp *qp, size_t octets)
{
    if (qp->used + octets > BODY_LINE_OCTETS)
        qp_end_line(qp, true);
}

/* White space before a line end would be lost on the way (RFC 2045 6.7 rule 3). */
static void qp_hard_break(struct qp *qp)
{
    char last = qp->used ? qp->line[qp->used - 1] : '\0';

    if (last == ' ' || last == '\t') {
        qp->used--;
        qp_room(qp, 3);
        qp_encode(qp, (unsigned char)last);
    }
    qp_end_line(qp, false);
}

/* The bytes of the point at *at, which moves on; invalid bytes come out as U+FFFD. */
static size_t next_point_bytes(const char **at, const char *end, char bytes[POINT_OCTETS])
{
    static const char unknown[] = { '\xEF', '\xBF', '\xBD' };
    const char *start = *at;
    uint32_t point = text_next_point(at, end);
    size_t len = (size_t)(*at - start);

    if (point == 0xFFFD) {
        memcpy(bytes, unknown, sizeof(unknown));
        return sizeof(unknown);
    }
    memcpy(bytes, start, len < POINT_OCTETS ? len : POINT_OCTETS);
    return len < POINT_OCTETS ? len : POINT_OCTETS;
}

static void qp_add_point(struct qp *qp, const char **at, const char *end)
{
    char bytes[POINT_OCTETS];
    size_t len = next_point_bytes(at, end, bytes);

    qp_room(qp, 3 * len);
    for (size_t i = 0; i < len; i++)
        qp_encode(qp, (unsigned char)bytes[i]);
}

static bool starts_from(const char *at, const char *end)
{
    return end - at >= 5 && memcmp(at, "From ", 5) == 0;
}

static void qp_add_ascii(struct qp *qp, const char *at, const char *end)
{
    unsigned char c = (unsigned char)*at;
    bool plain = (c >= 0x20 && c < 0x7f && c != '=') || c == '\t';

    qp_room(qp, 1);
    if (qp->used == 0 && (c == '.' || (c == 'F' && starts_from(at, end))))
        plain = false;
    if (plain) {
        qp->line[qp->used++] = (char)c;
        return;
    }
    qp_room(qp, 3);
    qp_encode(qp, c);
}

void mime_add_quoted_printable(struct str *out, struct span text)
{
    struct qp qp = { .out = out };
    const char *at = text.data, *end = text.data + text.len;

    while (at < end) {
        unsigned char c = (unsigned char)*at;

        if (c == '\n' || c == '\r') {
            at += c == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1;
            qp_hard_break(&qp);
        } else if (c < 0x80) {
            qp_add_ascii(&qp, at, end);
            at++;
        } else {
            qp_add_point(&qp, &at, end);
        }
    }
    if (qp.used)
        qp_hard_break(&qp);
}

static size_t q_octets(const char *bytes, size_t len)
{
    size_t octets = 0;

    for (size_t i = 0; i < len; i++)
        octets += bytes[i] == ' ' || is_class(bytes[i], IS_Q_PLAIN) ? 1 : 3;
    return octets;
}

static size_t q_write(char *to, const char *bytes, size_t len)
{
    char *at = to;

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c == ' ') {
            *at++ = '_';
        } else if (is_class(bytes[i], IS_Q_PLAIN)) {
            *at++ = (char)c;
        } else {
            *at++ = '=';
            *at++ = hex_digits[c >> 4];
            *at++ = hex_digits[c & 15];
        }
    }
    return (size_t)(at - to);
}

static size_t base64_octets(size_t len)
{
    return (len + 2) / 3 * 4;
}

static size_t base64_write(char *to, const char *bytes, size_t len)
{
    char *at = to;

    for (size_t i = 0; i < len; i += 3) {
        uint32_t v = (uint32_t)(unsigned char)bytes[i] << 16;
        if (i + 1 < len)
            v |= (uint32_t)(unsigned char)bytes[i + 1] << 8;
        if (i + 2 < len)
            v |= (unsigned char)bytes[i + 2];
        *at++ = base64_digits[v >> 18];
        *at++ = base64_digits[v >> 12 & 63];
        *at++ = i + 1 < len ? base64_digits[v >> 6 & 63] : '=';
        *at++ = i + 2 < len ? base64_digits[v & 63] : '=';
    }
    return (size_t)(at - to);
}

/* Takes as many code points off *at as one encoded word with `room` octets can hold; at least one.
 */
static size_t take_points(const char **at, const char *end, bool base64, size_t room, char *bytes)
{
    size_t len = 0, octets = 0;

    while (*at < end) {
        char point[POINT_OCTETS];
        const char *next = *at;
        size_t n = next_point_bytes(&next, end, point);

        octets = base64 ? base64_octets(len + n) : octets + q_octets(point, n);
        if (len && octets > room)
            break;
        memcpy(bytes + len, point, n);
        len += n;
        *at = next;
    }
    return len;
}

static void add_word(struct str *out, struct span bytes, bool base64)
{
    char word[WORD_OCTETS + 4 * POINT_OCTETS];
    size_t used = 10;

    memcpy(word, base64 ? "=?utf-8?b?" : "=?utf-8?q?", used);
    used += base64 ? base64_write(word + used, bytes.data, bytes.len)
                   : q_write(word + used, bytes.data, bytes.len);
    word[used++] = '?';
    word[used++] = '=';
    str_add(out, word, used);
}

void mime_add_words(struct str *out, struct span text)
{
    bool base64 = base64_octets(text.len) < q_octets(text.data, text.len);
    const char *at = text.data, *end = text.data + text.len;
    size_t column = mime_column(out);

    for (bool first = true; at < end; first = false) {
        char bytes[WORD_OCTETS + POINT_OCTETS];
        size_t len;

        if (!first || column > MIME_LINE_OCTETS / 2) {
            str_add_text(out, "\r\n ");
            column = 1;
        }
        len = take_points(&at, end, base64, MIME_LINE_OCTETS - 2 - column - WORD_FRAME, bytes);
        add_word(out, span_make(bytes, len), base64);
    }
}

/* Can it stand in a header as it is and be folded at its spaces? */
static bool is_plain_text(struct span text)
{
    size_t word = 0;

    if (!text.len || text.data[0] == ' ' || text.data[text.len - 1] == ' ')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        word = c == ' ' ? 0 : word + 1;
        if (c < 0x20 || c >= 0x7f || word > LONGEST_PLAIN_WORD)
            return false;
        if (c == '?' && i && text.data[i - 1] == '=') /* would be read as an encoded word */
            return false;
    }
    return true;
}

/* Adds plain text, folded at its spaces. */
static void add_foldable(struct str *out, struct span text)
{
    size_t column = mime_column(out), from = 0;

    while (from < text.len) {
        size_t to = from;
        while (to < text.len && text.data[to] == ' ')
            to++;
        while (to < text.len && text.data[to] != ' ')
            to++;
        /* A fold goes before the white space that is there already (RFC 5322 2.2.3). */
        if (from && column + (to - from) > MIME_LINE_OCTETS) {
            str_add_text(out, "\r\n");
            column = 0;
        }
        str_add(out, text.data + from, to - from);
        column += to - from;
        from = to;
    }
}

void mime_add_unstructured(struct str *out, struct span text)
{
    if (is_plain_text(text))
        add_foldable(out, text);
    else
        mime_add_words(out, text);
}

static bool is_atoms(struct span text)
{
    bool after_space = true;

    for (size_t i = 0; i < text.len; i++) {
        bool space = text.data[i] == ' ';
        if (space ? after_space : !is_class(text.data[i], IS_ATOM))
            return false;
        after_space = space;
    }
    return !after_space;
}

static void add_quoted(struct str *out, struct span text)
{
    str_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\')
            str_add_char(out, '\\');
        str_add_char(out, text.data[i]);
    }
    str_add_char(out, '"');
}

void mime_add_phrase(struct str *out, struct span name)
{
    struct str quoted;

    if (!is_plain_text(name)) {
        mime_add_words(out, name);
        return;
    }
    if (is_atoms(name)) {
        add_foldable(out, name);
        return;
    }
    str_init(&quoted, 2 * name.len + 2);
    add_quoted(&quoted, name);
    add_foldable(out, str_span(&quoted));
    str_finish(&quoted);
}

void mime_add_folded(struct str *out, struct span token)
{
    str_add_text(out, mime_column(out) + 1 + token.len > MIME_LINE_OCTETS ? "\r\n " : " ");
    str_add_span(out, token);
}

static size_t percent_write(char *to, const char *bytes, size_t len)
{
    char *at = to;

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (is_class(bytes[i], IS_ATTRIBUTE)) {
            *at++ = (char)c;
            continue;
        }
        *at++ = '%';
        *at++ = hex_digits[c >> 4];
        *at++ = hex_digits[c & 15];
    }
    return (size_t)(at - to);
}

/* One piece of an RFC 2231 value: takes from *at what fits on a line. piece < 0: the only one. */
static void add_piece(struct str *out, const char *name, int piece, const char **at,
                      const char *end)
{
    char text[MIME_LINE_OCTETS + 3 * POINT_OCTETS], number[16] = "";
    size_t used;

    if (piece >= 0)
        snprintf(number, sizeof(number), "*%d", piece);
    used = (size_t)snprintf(text, sizeof(text), "%.30s%s*=%s", name, number,
                            piece > 0 ? "" : "utf-8''");
    while (*at < end && used + 3 * POINT_OCTETS < MIME_LINE_OCTETS) {
        char point[POINT_OCTETS];
        size_t len = next_point_bytes(at, end, point);
        used += percent_write(text + used, point, len);
    }
    str_add_char(out, ';');
    mime_add_folded(out, span_make(text, used));
}

static void add_extended(struct str *out, const char *name, struct span value)
{
    const char *at = value.data, *end = value.data + value.len;
    bool several = 3 * value.len > 24;

    for (int piece = 0; at < end; piece++)
        add_piece(out, name, several ? piece : -1, &at, end);
}

void mime_add_parameter(struct str *out, const char *name, struct span value)
{
    struct str plain;

    if (!is_plain_text(value) || value.len > LONGEST_PLAIN_WORD + 8) {
        add_extended(out, name, value);
        return;
    }
    str_init(&plain, 4 * (size_t)MIME_LINE_OCTETS);
    str_printf(&plain, "%.30s=", name);
    add_quoted(&plain, value);
    str_add_char(out, ';');
    mime_add_folded(out, str_span(&plain));
    str_finish(&plain);
}
