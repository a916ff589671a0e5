/* templates/output.c - see output.h. */
#include "templates/output.h"

#include <ctype.h>

#include "core/base/text.h"
#include "templates/simd.h"
#include "templates/values.h"

#define HEADER_MAX_POINTS 255
#define STOP_COST ESCAPED_WORK /* to stop a scan at a character and to go on behind it */

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

static struct span entity_of(char c)
{
    switch (c) {
    case '&':
        return span_of("&amp;");
    case '<':
        return span_of("&lt;");
    case '>':
        return span_of("&gt;");
    case '"':
        return span_of("&quot;");
    default:
        return span_of("&#39;");
    }
}

size_t output_escaped_length(struct span text)
{
    size_t len = text.len;

    for (size_t at = simd_find_html(text); at < text.len; at = simd_find_html(text)) {
        len += entity_of(text.data[at]).len - 1;
        text = span_from(text, at + 1);
    }
    return len;
}

size_t output_put_escaped(char *to, struct span text, size_t *work)
{
    char *from = to;
    size_t copied, stops = 0;

    while (text.len && (copied = simd_copy_html(to, text)) < text.len) {
        struct span entity = entity_of(text.data[copied]);
        memcpy(to + copied, entity.data, entity.len);
        to += copied + entity.len;
        text = span_from(text, copied + 1);
        stops++;
    }
    to += text.len;
    *work = (size_t)(to - from) + stops * STOP_COST;
    return (size_t)(to - from);
}

/* What a scan has copied behind the sink's text becomes part of it. */
static int take_copied(struct sink *sink, size_t len)
{
    sink->len += len;
    return run_charge(sink->run, len);
}

int output_escaped(struct sink *sink, struct span text)
{
    for (;;) {
        size_t copied;
        if (sink_room(sink, text.len) < 0)
            return -1;
        copied = text.len ? simd_copy_html(sink->data + sink->len, text) : 0;
        if (take_copied(sink, copied) < 0)
            return -1;
        if (copied == text.len)
            return 0;
        if (run_charge(sink->run, STOP_COST) < 0 ||
            sink_add_span(sink, entity_of(text.data[copied])) < 0)
            return -1;
        text = span_from(text, copied + 1);
    }
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

/* U+202A-202E and U+2066-2069: they can turn the order of what the reader sees. */
static bool is_bidi(struct span rest)
{
    const unsigned char *p = (const unsigned char *)rest.data;

    if (rest.len < 3 || p[0] != 0xe2)
        return false;
    return (p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) ||
           (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

/* rest begins with a byte at which the scan stopped: drops it, or prints it if it is only a character
 * like those marks. */
static int print_suspect(struct sink *sink, struct span *rest)
{
    bool is_mark = is_bidi(*rest), is_lead = (unsigned char)rest->data[0] == 0xe2;
    size_t len = is_mark ? 3 : 1;

    if (run_charge(sink->run, STOP_COST) < 0)
        return -1;
    if (is_lead && !is_mark && sink_add(sink, rest->data, 1) < 0)
        return -1;
    *rest = span_from(*rest, len);
    return 0;
}

static int print_plain(struct sink *sink, struct span text)
{
    for (;;) {
        size_t copied;
        if (sink_room(sink, text.len) < 0)
            return -1;
        copied = text.len ? simd_copy_plain(sink->data + sink->len, text) : 0;
        if (take_copied(sink, copied) < 0)
            return -1;
        if (copied == text.len)
            return 0;
        text = span_from(text, copied);
        if (print_suspect(sink, &text) < 0)
            return -1;
    }
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

bool output_breaks_line(uint32_t point)
{
    return point <= 0x20 || (point >= 0x7f && point <= 0xa0) || point == 0x2028 || point == 0x2029;
}

/* Adds one character, with a space before it where something was left out. */
static int add_to_line(struct sink *line, struct span point, bool space)
{
    if (space && sink_add(line, " ", 1) < 0)
        return -1;
    return sink_add_span(line, point);
}

static int one_line(struct run *run, struct span text, struct span *out)
{
    struct sink line = sink_make(run, output_limit(PART_HEADER));
    const char *at = text.data, *end = at + text.len;
    bool space = false;
    size_t points = 0;

    while (at < end) {
        const char *from = at;
        uint32_t point = text_next_point(&at, end);
        if (output_breaks_line(point)) {
            space = line.len > 0;
            continue;
        }
        points += space ? 2 : 1;
        if (points > HEADER_MAX_POINTS)
            break;
        if (add_to_line(&line, span_make(from, (size_t)(at - from)), space) < 0)
            return -1;
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
