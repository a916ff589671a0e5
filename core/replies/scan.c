/* core/replies/scan.c - counts what could hurt a MIME parser. It knows no MIME: it follows lines
 * only, and so errs towards refusing. */
#include "core/replies/scan.h"

#include "core/base/text.h"

struct counts {
    size_t block_bytes, block_lines, colons; /* of the header block we are in */
    size_t parts, dash_lines, multiparts;
    bool in_header, top;
    bool embeds;       /* this block announces a message: another header block follows it */
    bool after_dashes; /* the line before may have been a boundary */
};

static bool is_blank(struct span line)
{
    return line.len == 0 || (line.len == 1 && line.data[0] == '\r');
}

static bool is_header_like(struct span line)
{
    if (line.len == 0)
        return false;
    if (line.data[0] == ' ' || line.data[0] == '\t')
        return true;
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.data[i];

        if (c == ':')
            return i > 0;
        if (c <= ' ' || c >= 127)
            return false;
    }
    return false;
}

static void open_block(struct counts *counts)
{
    counts->in_header = true;
    counts->embeds = false;
    counts->block_bytes = counts->block_lines = counts->colons = 0;
}

static size_t colons_in(struct span line)
{
    size_t count = 0;

    for (size_t i = 0; i < line.len; i++)
        count += line.data[i] == ':';
    return count;
}

static void header_line(struct counts *counts, struct span line)
{
    counts->colons += colons_in(line);
    counts->block_lines++;
    counts->block_bytes += line.len + 1;
    if (text_find_nocase(line, "multipart/"))
        counts->multiparts++;
    if (text_find_nocase(line, "message/"))
        counts->embeds = true;
}

static void dash_line(struct counts *counts)
{
    counts->dash_lines++;
    counts->in_header = counts->top = false;
    counts->after_dashes = true;
}

static void plain_line(struct counts *counts, struct span line)
{
    if (!counts->in_header)
        return;
    if (is_blank(line)) {
        bool embeds = counts->embeds;

        open_block(counts);
        counts->in_header = embeds;
        counts->top = false;
    } else if (counts->top || is_header_like(line)) {
        header_line(counts, line);
    } else {
        counts->in_header = false;
    }
}

static void count_line(struct counts *counts, struct span line)
{
    bool dashes = line.len > 2 && line.data[0] == '-' && line.data[1] == '-';

    if (counts->after_dashes) {
        counts->after_dashes = false;
        if (dashes || is_blank(line) || is_header_like(line)) {
            counts->parts++;
            open_block(counts);
        }
    }
    if (dashes && !counts->top)
        dash_line(counts);
    else
        plain_line(counts, line);
}

static const char *refusal(const struct counts *counts)
{
    if (counts->block_bytes > SCAN_MAX_HEADER_BYTES)
        return "scan: headers too long";
    if (counts->block_lines > SCAN_MAX_HEADER_LINES)
        return "scan: too many header lines";
    if (counts->parts > SCAN_MAX_PARTS || counts->dash_lines > SCAN_MAX_DASH_LINES)
        return "scan: too many parts";
    if (counts->multiparts > SCAN_MAX_DEPTH || counts->colons > SCAN_MAX_COLONS)
        return "scan: nested too deep";
    return NULL;
}

static struct span without_mbox_line(struct span raw)
{
    const char *end;

    if (raw.len < 5 || memcmp(raw.data, "From ", 5) != 0)
        return raw;
    end = memchr(raw.data, '\n', raw.len);
    return end ? span_from(raw, (size_t)(end - raw.data) + 1) : raw;
}

void scan_mail(struct span raw, struct scan *out)
{
    struct counts counts = { .in_header = true, .top = true };
    struct span rest;

    *out = (struct scan){ .mail = without_mbox_line(raw) };
    if (out->mail.len > SCAN_MAX_BYTES) {
        out->mail.len = SCAN_MAX_BYTES;
        out->cut = true;
    }
    if (out->mail.len == 0)
        out->refused = "scan: nothing there";
    rest = out->mail;
    while (rest.len > 0 && !out->refused) {
        const char *end = memchr(rest.data, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.data) : rest.len;

        count_line(&counts, span_make(rest.data, len));
        out->refused = refusal(&counts);
        rest = span_from(rest, len + 1);
    }
}
