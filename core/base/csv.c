/* core/base/csv.c - see csv.h. A record is parsed only when all of it is in the buffer, so that a
 * bad one can be left at its first line end, however far its quote ran. What the columns mean is
 * not known here. */
#include "core/base/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#define MAX_ROW_BYTES ((size_t)1 << 20)
#define CHUNK_BYTES ((size_t)64 << 10)
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* A cell as it stands in the buffer. */
struct cell {
    struct span raw;  /* without the quotes around it */
    bool has_escapes; /* "" for " */
};

struct csv {
    FILE *in;
    char delimiter; /* 0 = not known yet */
    bool started, ended;
    bool skipping; /* behind a bad row: up to the next line end */
    char *buffer;
    size_t at, end; /* what is left to parse */
    int error;      /* errno of a read that failed, until it was told */
    long line, bytes;
    struct cell cells[CSV_MAX_COLUMNS];
};

enum outcome { DONE, MORE, BAD };

/* One pass over a record. */
struct scan {
    struct csv *csv;
    size_t at, count;
    long lines;
    const char *problem;
    enum err_code code;
};

struct csv *csv_create(FILE *in, char delimiter)
{
    struct csv *csv = xcalloc(1, sizeof(*csv));

    csv->in = in;
    csv->delimiter = delimiter;
    csv->line = 1;
    csv->buffer = xmalloc(MAX_ROW_BYTES);
    return csv;
}

void csv_destroy(struct csv *csv)
{
    if (!csv)
        return;
    free(csv->buffer);
    free(csv);
}

long csv_bytes(const struct csv *csv)
{
    return csv->bytes;
}

/* Reads more behind what is left; false when there is no room for it. */
static bool fill(struct csv *csv)
{
    size_t room, got;

    memmove(csv->buffer, csv->buffer + csv->at, csv->end - csv->at);
    csv->end -= csv->at;
    csv->at = 0;
    room = MAX_ROW_BYTES - csv->end;
    if (room > CHUNK_BYTES)
        room = CHUNK_BYTES;
    if (room == 0)
        return false;
    got = fread(csv->buffer + csv->end, 1, room, csv->in);
    csv->end += got;
    csv->ended = got < room;
    if (ferror(csv->in))
        csv->error = errno ? errno : EIO;
    return true;
}

static void advance(struct csv *csv, size_t to, long lines)
{
    csv->bytes += (long)(to - csv->at);
    csv->line += lines;
    csv->at = to;
}

/* Length of the line end at `at`: LF, CRLF or CR; 0 = none there. *more: the LF may be yet to come. */
static size_t line_end(const struct csv *csv, size_t at, bool *more)
{
    const char *text = csv->buffer + at;

    if (at >= csv->end)
        return 0;
    if (*text == '\n')
        return 1;
    if (*text != '\r')
        return 0;
    if (at + 1 == csv->end && !csv->ended)
        *more = true;
    return at + 1 < csv->end && text[1] == '\n' ? 2 : 1;
}

static enum outcome bad(struct scan *scan, enum err_code code, const char *problem)
{
    scan->code = code;
    scan->problem = problem;
    return BAD;
}

/* Behind the opening quote. */
static enum outcome scan_quoted(struct scan *scan, struct cell *cell)
{
    const struct csv *csv = scan->csv;
    size_t from = scan->at;

    for (; scan->at < csv->end; scan->at++) {
        char c = csv->buffer[scan->at];
        bool more = false;
        cell->raw = span_make(csv->buffer + from, scan->at - from);
        if (cell->raw.len > CSV_MAX_CELL_BYTES)
            return bad(scan, ERR_LIMIT,
                       "a cell is longer than 64 KiB, or its quote is never closed");
        if (c == '\n' || (c == '\r' && line_end(csv, scan->at, &more) == 1))
            scan->lines++;
        if (c != '"')
            continue;
        if (scan->at + 1 == csv->end && !csv->ended)
            return MORE;
        if (scan->at + 1 == csv->end || csv->buffer[scan->at + 1] != '"') {
            scan->at++;
            return DONE;
        }
        cell->has_escapes = true;
        scan->at++;
    }
    return csv->ended ? bad(scan, ERR_INPUT, "a quote is never closed") : MORE;
}

static enum outcome scan_plain(struct scan *scan, struct cell *cell)
{
    const struct csv *csv = scan->csv;
    size_t from = scan->at;

    while (scan->at < csv->end) {
        char c = csv->buffer[scan->at];
        if (c == csv->delimiter || c == '\n' || c == '\r')
            break;
        scan->at++;
    }
    cell->raw = span_make(csv->buffer + from, scan->at - from);
    if (cell->raw.len > CSV_MAX_CELL_BYTES)
        return bad(scan, ERR_LIMIT, "a cell is longer than 64 KiB");
    return scan->at == csv->end && !csv->ended ? MORE : DONE;
}

static enum outcome scan_cell(struct scan *scan)
{
    const struct csv *csv = scan->csv;
    struct cell *cell = &scan->csv->cells[scan->count];
    enum outcome outcome;

    *cell = (struct cell){ 0 };
    if (scan->at == csv->end || csv->buffer[scan->at] != '"')
        return scan_plain(scan, cell);
    scan->at++;
    outcome = scan_quoted(scan, cell);
    if (outcome != DONE)
        return outcome;
    while (scan->at < csv->end && csv->buffer[scan->at] == ' ')
        scan->at++;
    return scan->at == csv->end && !csv->ended ? MORE : DONE;
}

static enum outcome scan_row(struct scan *scan)
{
    const struct csv *csv = scan->csv;

    for (;;) {
        bool more = false;
        size_t from = scan->at, len;
        enum outcome outcome;
        if (scan->count == CSV_MAX_COLUMNS)
            return bad(scan, ERR_LIMIT, "more than 200 columns");
        outcome = scan_cell(scan);
        if (outcome != DONE)
            return outcome;
        if (memchr(csv->buffer + from, '\0', scan->at - from))
            return bad(scan, ERR_INPUT, "a NUL byte");
        scan->count++;
        len = line_end(csv, scan->at, &more);
        if (more)
            return MORE;
        scan->at += len;
        scan->lines += len > 0;
        if (len > 0 || scan->at == csv->end)
            return DONE;
        if (csv->buffer[scan->at++] != csv->delimiter)
            return bad(scan, ERR_INPUT, "text behind a closing quote");
    }
}

/* The points of bytes 0x80 to 0x9F; the others of Windows-1252 are those of Latin-1. */
static const uint16_t windows_1252[] = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
};

static const char *from_windows(struct arena *scratch, struct span text)
{
    struct str out;
    const char *copy;

    str_init(&out, text.len * 3 + 1);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        text_add_utf8(&out, c >= 0x80 && c < 0xA0 ? windows_1252[c - 0x80] : c);
    }
    copy = arena_dup_span(scratch, str_span(&out));
    str_finish(&out);
    return copy;
}

static const char *cell_text(struct arena *scratch, const struct cell *cell)
{
    char *text, *out;

    if (!text_is_utf8(cell->raw) && !cell->has_escapes)
        return from_windows(scratch, cell->raw);
    text = out = arena_dup_span(scratch, cell->raw);
    if (!cell->has_escapes)
        return text;
    for (size_t i = 0; i < cell->raw.len; i++) {
        *out++ = cell->raw.data[i];
        if (cell->raw.data[i] == '"')
            i++;
    }
    *out = '\0';
    return text_is_utf8(span_of(text)) ? text : from_windows(scratch, span_of(text));
}

static void take_row(struct csv *csv, const struct scan *scan, struct arena *scratch,
                     struct csv_row *out)
{
    out->count = scan->count;
    out->cells = arena_array(scratch, scan->count, sizeof(*out->cells));
    for (size_t i = 0; i < scan->count; i++)
        out->cells[i] = cell_text(scratch, &csv->cells[i]);
    advance(csv, scan->at, scan->lines);
}

/* Passes everything up to and with the next line end. */
static void skip_line(struct csv *csv)
{
    for (;;) {
        bool more = false;
        size_t at = csv->at, len = 0;
        while (at < csv->end && (len = line_end(csv, at, &more)) == 0)
            at++;
        if (len > 0 && !more) {
            advance(csv, at + len, 1);
            return;
        }
        advance(csv, at, 0);
        if (csv->ended)
            return;
        fill(csv);
    }
}

static const char candidates[] = ",;\t|";

/* The candidate seen most often in the first record, outside quotes. */
static char find_delimiter(const struct csv *csv)
{
    size_t counts[sizeof(candidates) - 1] = { 0 }, best = 0;
    bool quoted = false;

    for (size_t at = csv->at; at < csv->end; at++) {
        char c = csv->buffer[at];
        const char *found = c ? strchr(candidates, c) : NULL;
        if (c == '"')
            quoted = !quoted;
        if (!quoted && (c == '\n' || c == '\r'))
            break;
        if (!quoted && found)
            counts[found - candidates]++;
    }
    for (size_t i = 1; i < COUNT_OF(counts); i++)
        if (counts[i] > counts[best])
            best = i;
    return candidates[best];
}

static bool starts_with(const struct csv *csv, const char *bytes)
{
    size_t len = strlen(bytes);

    return csv->end - csv->at >= len && memcmp(csv->buffer + csv->at, bytes, len) == 0;
}

/* Looks at the head of the file: byte order mark, "sep=;" as spreadsheets write it, delimiter. */
static int start(struct csv *csv, struct err *err)
{
    csv->started = true;
    fill(csv);
    if (starts_with(csv, "\xFF\xFE") || starts_with(csv, "\xFE\xFF")) {
        csv->ended = true;
        csv->at = csv->end;
        return err_set(err, ERR_INPUT, "line 1: this is UTF-16; save it as CSV in UTF-8");
    }
    if (starts_with(csv, BYTE_ORDER_MARK))
        advance(csv, csv->at + 3, 0);
    if (starts_with(csv, "sep=") && csv->end - csv->at > 5) {
        char c = csv->buffer[csv->at + 4], next = csv->buffer[csv->at + 5];
        if (c && strchr(candidates, c) && (next == '\r' || next == '\n')) {
            csv->delimiter = csv->delimiter ? csv->delimiter : c;
            skip_line(csv);
        }
    }
    if (!csv->delimiter)
        csv->delimiter = find_delimiter(csv);
    return 0;
}

/* Passes line ends; false at the end of the input. */
static bool skip_blank_lines(struct csv *csv)
{
    for (;;) {
        bool more = false;
        size_t len = line_end(csv, csv->at, &more);
        if (len > 0 && !more) {
            advance(csv, csv->at + len, 1);
            continue;
        }
        if (csv->at < csv->end && len == 0)
            return true;
        if (csv->ended)
            return false;
        fill(csv);
    }
}

/* At the end of what can be read: 0, or once -1 when that is not the end of the file. */
static int finish(struct csv *csv, struct err *err)
{
    int error = csv->error;
    char text[128];

    advance(csv, csv->end, 0);
    csv->error = 0;
    if (!error)
        return 0;
    return err_set(err, ERR_SYSTEM, "line %ld: cannot read on: %s", csv->line,
                   err_errno(error, text, sizeof(text)));
}

int csv_next(struct csv *csv, struct arena *scratch, struct csv_row *out, struct err *err)
{
    struct scan scan;
    enum outcome outcome;

    *out = (struct csv_row){ .line = csv->line };
    if (!csv->started && start(csv, err) < 0)
        return -1;
    if (csv->skipping)
        skip_line(csv);
    csv->skipping = false;
    if (!skip_blank_lines(csv))
        return finish(csv, err);
    out->line = csv->line;
    do {
        scan = (struct scan){ .csv = csv, .at = csv->at };
        outcome = scan_row(&scan);
    } while (outcome == MORE && fill(csv));
    if (csv->error && scan.at == csv->end)
        return finish(csv, err); /* who knows how this row went on */
    if (outcome == DONE) {
        take_row(csv, &scan, scratch, out);
        return 1;
    }
    if (outcome == MORE)
        bad(&scan, ERR_LIMIT, "the row is longer than 1 MiB");
    csv->skipping = true;
    return err_set(err, scan.code, "line %ld: %s", out->line, scan.problem);
}

/* Would a spreadsheet take it for a formula (OWASP, CSV injection)? White space and quotes in
 * front do not stop it. */
static bool is_formula(const char *cell)
{
    const char *at = cell + strspn(cell, " \"'");

    return text_one_of(*at, "=+-@\t\r\n") || strncmp(at, "\xEF\xBC\x9D", 3) == 0 ||
           strncmp(at, "\xEF\xBC\x8B", 3) == 0 || strncmp(at, "\xEF\xBC\x8D", 3) == 0 ||
           strncmp(at, "\xEF\xBC\xA0", 3) == 0;
}

/* A byte order mark in front of the first cell would be taken for that of the file. */
static bool needs_quotes(const char *cell)
{
    return cell[strcspn(cell, ",;|\t\"\r\n")] || cell[0] == ' ' ||
           strncmp(cell, BYTE_ORDER_MARK, 3) == 0;
}

void csv_add_cell(struct str *out, const char *cell, bool first)
{
    bool formula;

    if (!first)
        str_add_char(out, ',');
    if (!cell || !*cell)
        return;
    formula = is_formula(cell);
    if (!formula && !needs_quotes(cell)) {
        str_add_text(out, cell);
        return;
    }
    str_add_text(out, formula ? "\"'" : "\"");
    for (; *cell; cell++) {
        if (*cell == '"')
            str_add_char(out, '"');
        str_add_char(out, *cell);
    }
    str_add_char(out, '"');
}
