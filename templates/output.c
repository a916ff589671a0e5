/* templates/output.c - see output.h. */
#include "templates/output.h"

#include <ctype.h>

#include "core/base/text.h"
#include "templates/values.h"

#define HEADER_MAX_POINTS 255

size_t output_limit(enum template_part part)
{
    static const size_t limits[] = {
        [PART_NONE] = (size_t)1 << 20, [PART_TEXT] = (size_t)64 << 10,
        [PART_HTML] = (size_t)1 << 20, [PART_HEADER] = (size_t)4 << 10,
        [PART_URL] = (size_t)4 << 10,  [PART_SMS] = (size_t)8 << 10,
    };

    return limits[part];
}

/* ---- HTML ---- */

static const char *const entities[256] = {
    ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
};

int output_escaped(struct sink *sink, struct span text)
{
    size_t from = 0;

    for (size_t i = 0; i < text.len; i++) {
        const char *entity = entities[(unsigned char)text.data[i]];
        if (!entity)
            continue;
        if (sink_add(sink, text.data + from, i - from) < 0 ||
            sink_add_span(sink, span_of(entity)) < 0)
            return -1;
        from = i + 1;
    }
    return sink_add(sink, text.data + from, text.len - from);
}

int output_encoded(struct sink *sink, struct span text, const char *space)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        char coded[3] = { '%', hex[c >> 4], hex[c & 15] };
        bool plain = isalnum(c) || c == '_' || c == '.' || c == '-' || c == '~';
        int rc = plain      ? sink_add(sink, text.data + i, 1)
                 : c == ' ' ? sink_add_span(sink, span_of(space))
                            : sink_add(sink, coded, 3);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static bool good_scheme(struct span url)
{
    static const char *const schemes[] = { "https:", "http:", "mailto:", "tel:" };

    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (text_starts_nocase(url, schemes[i]))
            return true;
    return false;
}

static int print_html(struct sink *sink, struct span text, enum html_place place, bool safe)
{
    if (place == HTML_URL_START && !good_scheme(text))
        return sink_add(sink, "#", 1);
    if (safe)
        return sink_add_span(sink, text);
    if (place == HTML_URL_REST)
        return output_encoded(sink, text, "%20");
    return output_escaped(sink, text);
}

/* ---- plain text ---- */

/* Bytes that may begin something to drop: controls, DEL, and the lead byte of the bidi marks. */
static bool is_suspect(unsigned char c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || c == 0xe2;
}

/* U+202A-202E and U+2066-2069: they can turn the order of what the reader sees. */
static bool is_bidi(struct span rest)
{
    const unsigned char *p = (const unsigned char *)rest.data;

    if (rest.len < 3 || p[0] != 0xe2)
        return false;
    return (p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) ||
           (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

static int print_plain(struct sink *sink, struct span text)
{
    size_t from = 0, i = 0;

    while (i < text.len) {
        size_t drop;
        if (!is_suspect((unsigned char)text.data[i])) {
            i++;
            continue;
        }
        drop = is_bidi(span_from(text, i)) ? 3 : (unsigned char)text.data[i] == 0xe2 ? 0 : 1;
        if (drop && sink_add(sink, text.data + from, i - from) < 0)
            return -1;
        from = drop ? i + drop : from;
        i += drop ? drop : 1;
    }
    return sink_add(sink, text.data + from, text.len - from);
}

/* ---- one value ---- */

static int print_text(struct run *run, struct span text, enum html_place place, bool safe)
{
    switch (run->template->part) {
    case PART_HTML:
        return print_html(&run->out, text, place, safe);
    case PART_TEXT:
    case PART_SMS:
        return print_plain(&run->out, text);
    case PART_URL:
        return safe ? sink_add_span(&run->out, text) : output_encoded(&run->out, text, "%20");
    default:
        return sink_add_span(&run->out, text);
    }
}

int output_value(struct run *run, const struct value *v, enum html_place place)
{
    struct sink joined;

    switch (v->type) {
    case VALUE_NIL:
        return 0;
    case VALUE_TEXT:
        if (v->text.len == 0)
            return 0;
        return print_text(run, v->text, place, v->safe);
    case VALUE_INT:
    case VALUE_BOOL:
        return value_print(&run->out, v);
    default:
        joined = sink_make(run, TEXT_MAX_BYTES);
        if (value_print(&joined, v) < 0)
            return -1;
        return print_text(run, sink_span(&joined), place, false);
    }
}

/* ---- headers ---- */

/* C0, C1, DEL, and U+2028/2029: all that may break a line somewhere. */
static bool breaks_line(uint32_t point)
{
    return point <= 0x20 || (point >= 0x7f && point <= 0xa0) || point == 0x2028 || point == 0x2029;
}

static int one_line(struct run *run, struct span text, struct span *out)
{
    struct sink line = sink_make(run, output_limit(PART_HEADER));
    const char *at = text.data, *end = at + text.len;
    bool space = false;
    size_t points = 0;

    while (at < end && points < HEADER_MAX_POINTS) {
        const char *from = at;
        uint32_t point = text_next_point(&at, end);
        if (breaks_line(point)) {
            space = line.len > 0;
            continue;
        }
        if (space && sink_add(&line, " ", 1) < 0)
            return -1;
        if (sink_add(&line, from, (size_t)(at - from)) < 0)
            return -1;
        points += space ? 2 : 1;
        space = false;
    }
    *out = sink_span(&line);
    return 0;
}

int output_finish(struct run *run, struct span *out)
{
    struct span text = sink_span(&run->out);

    if (run->template->part == PART_HEADER)
        return one_line(run, text, out);
    *out = text;
    return 0;
}
