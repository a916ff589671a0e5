/* core/net/httpd_guard.c - refuses requests that two parsers could frame differently (RFC 9112
 * sections 2.2, 3.2, 5.1, 6.1-6.3; reliability S9). libmicrohttpd 0.9.75 takes most of them. */
#include "core/base/text.h"
#include "core/net/httpd_inside.h"

#define HEADERS_MAX 100

/* What the headers say, gathered in one pass. */
struct frame {
    int headers, hosts, lengths, encodings;
    const char *length, *encoding;
    const char *line_end; /* where the next line's name must start two bytes later */
    bool bad_line, bad_name, bad_value;
};

static bool is_token_char(char c)
{
    return c > ' ' && c < 0x7F && !strchr("()<>@,;:\\\"/[]?={}", c);
}

static bool is_token(const char *text)
{
    for (const char *c = text; *c; c++) {
        if (!is_token_char(*c))
            return false;
    }
    return *text != '\0';
}

static bool has_control(const char *text)
{
    for (; *text; text++) {
        if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7F)
            return true;
    }
    return false;
}

/* libmicrohttpd 0.9.75 leaves names and values where they came in and writes NULs over the line
 * ends: two for CRLF, one for a bare LF or CR. A folded line is copied elsewhere. So the distance
 * of one line to the next tells whether it ended in CRLF. Its 1.0 refuses such lines itself. */
#if MHD_VERSION < 0x01000000
static bool ends_in_crlf(const char *line_end, const char *next)
{
    return (uintptr_t)next - (uintptr_t)line_end == 2;
}

/* The last line and the empty line after it. Reads four bytes of the connection's own pool: behind
 * the headers' text it always holds at least the record of one header. */
static bool ends_in_empty_line(const char *line_end)
{
    return memcmp(line_end, "\0\0\0\0", 4) == 0;
}
#else
static bool ends_in_crlf(const char *line_end, const char *next)
{
    return line_end && next;
}

static bool ends_in_empty_line(const char *line_end)
{
    return line_end;
}
#endif

static void count_header(struct frame *frame, const char *name, const char *value)
{
    struct span key = span_of(name);

    if (text_eq_nocase(key, span_of("Host")))
        frame->hosts++;
    if (text_eq_nocase(key, span_of("Content-Length"))) {
        frame->lengths++;
        frame->length = value;
    }
    if (text_eq_nocase(key, span_of("Transfer-Encoding"))) {
        frame->encodings++;
        frame->encoding = value;
    }
}

static enum MHD_Result take_header(void *ctx, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct frame *frame = ctx;

    (void)kind;
    value = value ? value : "";
    frame->headers++;
    frame->bad_name = frame->bad_name || !is_token(name);
    frame->bad_value = frame->bad_value || has_control(value);
    frame->bad_line = frame->bad_line || !ends_in_crlf(frame->line_end, name);
    frame->line_end = value + strlen(value);
    count_header(frame, name, value);
    return MHD_YES;
}

static bool is_length(const char *text)
{
    int64_t length;

    return strspn(text, "0123456789") == strlen(text) &&
           text_to_int(span_of(text), 0, INT64_MAX / 2, &length);
}

static struct guard_verdict verdict_of(const struct frame *frame, bool http_1_1)
{
    const struct {
        bool bad;
        int status;
        const char *reason;
    } rows[] = {
        { frame->headers > HEADERS_MAX, 431, "too many headers" },
        { frame->bad_line || (frame->headers && !ends_in_empty_line(frame->line_end)), 400,
          "a line does not end in CR LF" },
        { frame->bad_name, 400, "a header name holds a character it must not" },
        { frame->bad_value, 400, "a header value holds a control character" },
        { frame->hosts > 1 || (http_1_1 && frame->hosts == 0), 400, "one Host header is needed" },
        { frame->lengths > 1, 400, "more than one Content-Length" },
        { frame->lengths && frame->encodings, 400, "Content-Length and Transfer-Encoding" },
        { frame->encodings > 1 || (frame->encodings && !http_1_1), 400,
          "Transfer-Encoding is not allowed here" },
        { frame->encodings && !text_eq_nocase(span_of(frame->encoding), span_of("chunked")), 400,
          "a Transfer-Encoding other than chunked" },
        { frame->lengths && !is_length(frame->length), 400, "Content-Length is no number" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].bad)
            return (struct guard_verdict){ rows[i].status, rows[i].reason };
    }
    return (struct guard_verdict){ 0, NULL };
}

struct guard_verdict guard_check(struct MHD_Connection *connection, const char *version)
{
    struct frame frame = { .line_end = version + strlen(version) };
    bool http_1_1 = strcmp(version, "HTTP/1.1") == 0;

    if (!http_1_1 && strcmp(version, "HTTP/1.0") != 0)
        return (struct guard_verdict){ 505, "only HTTP/1.0 and HTTP/1.1" };
    MHD_get_connection_values(connection, MHD_HEADER_KIND, take_header, &frame);
    return verdict_of(&frame, http_1_1);
}

int64_t guard_body_length(struct MHD_Connection *connection)
{
    const char *text = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    int64_t length;

    return text && text_to_int(span_of(text), 0, INT64_MAX / 2, &length) ? length : -1;
}
