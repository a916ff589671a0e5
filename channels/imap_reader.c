/* channels/imap_reader.c - see imap_reader.h. */
#include "channels/imap_reader.h"

#include <assert.h>

#include "core/base/text.h"

void imap_reader_init(struct imap_reader *reader, size_t literals_max)
{
    *reader = (struct imap_reader){ .literals_max = literals_max };
    str_init(&reader->text, literals_max + IMAP_LINE_MAX_BYTES + 2 * IMAP_ADD_MAX_BYTES);
}

void imap_reader_finish(struct imap_reader *reader)
{
    str_finish(&reader->text);
}

void imap_reader_add(struct imap_reader *reader, struct span bytes)
{
    struct str *text = &reader->text;

    assert(bytes.len <= IMAP_ADD_MAX_BYTES);
    if (reader->start > 0) {
        memmove(text->data, text->data + reader->start, text->len - reader->start);
        text->len -= reader->start;
        reader->start = 0;
    }
    str_add_span(text, bytes);
    assert(str_ok(text));
}

static struct span answer_so_far(const struct imap_reader *reader)
{
    return span_make(reader->text.data + reader->start, reader->scanned);
}

bool imap_starts_status(struct span text)
{
    static const char *const words[] = { "OK", "NO", "BAD", "BYE", "PREAUTH" };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_starts_nocase(text, words[i]) &&
            (text.len == strlen(words[i]) || text.data[strlen(words[i])] == ' '))
            return true;
    return false;
}

/* Status lines end in words for people, where "{5}" means nothing. */
static bool may_have_literals(struct span answer)
{
    return answer.len > 2 && memcmp(answer.data, "* ", 2) == 0 &&
           !imap_starts_status(span_from(answer, 2));
}

/* "{n+}" is what only clients may say (RFC 7888). */
bool imap_announces_literal(struct span line, struct span *digits)
{
    size_t at = line.len;

    if (at < 3 || line.data[at - 1] != '}')
        return false;
    for (at--; at > 0 && line.data[at - 1] >= '0' && line.data[at - 1] <= '9';)
        at--;
    *digits = span_make(line.data + at, line.len - 1 - at);
    return at > 0 && digits->len > 0 && line.data[at - 1] == '{';
}

/* 1: a literal follows the line that ended just now; 0: none; -1: too large. */
static int begin_literal(struct imap_reader *reader, struct err *err)
{
    struct span answer = answer_so_far(reader);
    struct span digits;
    int64_t bytes = 0;

    assert(answer.data && answer.len >= 2); /* a line, with its end */
    answer.len -= 2;
    if (!may_have_literals(answer) ||
        !imap_announces_literal(span_from(answer, reader->piece), &digits))
        return 0;
    if (!text_to_int(digits, 0, INT64_MAX, &bytes) ||
        (uint64_t)bytes > reader->literals_max - reader->literals)
        return err_set(err, ERR_LIMIT, "the server announces a literal of %.*s bytes, %zu are left",
                       (int)(digits.len < 20 ? digits.len : 20), digits.data,
                       reader->literals_max - reader->literals);
    reader->literal = (size_t)bytes;
    reader->literals += (size_t)bytes;
    reader->piece = reader->scanned + (size_t)bytes;
    return 1;
}

static int check_piece(struct span piece, struct err *err)
{
    if (piece.len < 2 || piece.data[piece.len - 2] != '\r')
        return err_set(err, ERR_NET, "the server ends a line without CR");
    if (memchr(piece.data, '\r', piece.len - 2) || memchr(piece.data, '\0', piece.len))
        return err_set(err, ERR_NET, "the server puts a control character into a line");
    return 0;
}

/* 1: a line end was passed; 0: not there yet; -1: this is no line. */
static int scan_line(struct imap_reader *reader, struct err *err)
{
    struct span rest = span_from(str_span(&reader->text), reader->start + reader->scanned);
    const char *end = rest.len ? memchr(rest.data, '\n', rest.len) : NULL;
    size_t step = end ? (size_t)(end - rest.data) + 1 : rest.len;

    reader->scanned += step;
    if (reader->scanned - reader->literals > IMAP_LINE_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "the server sends a line of more than %zu bytes",
                       IMAP_LINE_MAX_BYTES);
    if (!end)
        return 0;
    return check_piece(span_from(answer_so_far(reader), reader->piece), err) < 0 ? -1 : 1;
}

/* true: all bytes of the literal are there. */
static bool skip_literal(struct imap_reader *reader)
{
    size_t there = reader->text.len - reader->start - reader->scanned;
    size_t step = there < reader->literal ? there : reader->literal;

    reader->scanned += step;
    reader->literal -= step;
    return reader->literal == 0;
}

int imap_reader_next(struct imap_reader *reader, struct span *answer, struct err *err)
{
    int more;

    reader->start += reader->taken;
    reader->taken = 0;
    do {
        if (!skip_literal(reader))
            return 0;
        more = scan_line(reader, err);
        if (more > 0)
            more = begin_literal(reader, err);
        else if (more == 0)
            return 0;
    } while (more > 0);
    if (more < 0)
        return -1;
    *answer = answer_so_far(reader);
    answer->len -= 2;
    reader->taken = reader->scanned;
    reader->scanned = reader->piece = reader->literals = 0;
    return 1;
}
