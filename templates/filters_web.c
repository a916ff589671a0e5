/* templates/filters_web.c - filters that write or read HTML, URLs, base64 and JSON. */
#include <ctype.h>

#include "core/base/sign.h"
#include "core/base/text.h"
#include "templates/filters.h"
#include "templates/output.h"
#include "templates/values.h"

/* In an HTML part what escape returns is not escaped again; elsewhere it is a text like others. */
static bool is_html(const struct run *run)
{
    return run->template->part == PART_HTML;
}

int filter_escape(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span text;
    size_t len;

    (void)args;
    if (value->type == VALUE_NIL)
        return 0;
    if (is_html(run) && run->was_safe) {
        value->safe = true;
        return 0;
    }
    if (filter_read(run, value, &text) < 0)
        return -1;
    *value = value_span(text);
    len = output_escaped_length(text);
    if (len > text.len) {
        if (sink_room(&sink, len) < 0 || output_escaped(&sink, text) < 0)
            return -1;
        filter_give(value, &sink);
    }
    value->safe = is_html(run);
    return 0;
}

/* "&name;" and "&#123;" stay as they are. */
static bool is_entity(struct span s)
{
    size_t at = 1;

    if (at < s.len && s.data[at] == '#') {
        at++;
        while (at < s.len && isdigit((unsigned char)s.data[at]))
            at++;
        return at > 2 && at < s.len && s.data[at] == ';';
    }
    while (at < s.len && isalpha((unsigned char)s.data[at]))
        at++;
    return at > 1 && at < s.len && s.data[at] == ';';
}

int filter_escape_once(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span text;

    (void)args;
    if (filter_walk(run, value, &text) < 0)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        struct span one = span_make(text.data + i, 1);
        bool keep = text.data[i] == '&' && is_entity(span_from(text, i));
        if ((keep ? sink_add_span(&sink, one) : output_escaped(&sink, one)) < 0)
            return -1;
    }
    filter_give(value, &sink);
    value->safe = is_html(run);
    return 0;
}

static const char *find(struct span text, const char *needle)
{
    return text.len ? memmem(text.data, text.len, needle, strlen(needle)) : NULL;
}

#define STRIP_COST 8 /* bytes of work: nothing but opening signs */

/* Scripts, styles and comments are taken out with all that is inside. */
static const struct {
    const char *open, *close;
} blocks[] = { { "<script", "</script>" }, { "<!--", "-->" }, { "<style", "</style>" } };

struct stripping {
    bool blocks;                    /* the first pass */
    bool missing[COUNT_OF(blocks)]; /* what closes it does not come any more */
};

/* Length of a block at the head of s; 0 = none. */
static size_t block_length(struct stripping *how, struct span s)
{
    if (s.len < 2 || (s.data[1] != 's' && s.data[1] != '!'))
        return 0;
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        size_t len = strlen(blocks[i].open);
        const char *end;
        if (how->missing[i] || s.len < len || memcmp(s.data, blocks[i].open, len) != 0)
            continue;
        end = find(span_from(s, len), blocks[i].close);
        if (end)
            return (size_t)(end - s.data) + strlen(blocks[i].close);
        how->missing[i] = true;
    }
    return 0;
}

static size_t tag_length(struct span s)
{
    const char *end = memchr(s.data, '>', s.len);

    return end ? (size_t)(end - s.data) + 1 : 0;
}

/* Two passes, as the reference: what the first leaves over may make a tag for the second. */
static int strip_pass(struct sink *sink, struct span text, bool first)
{
    struct stripping how = { .blocks = first };

    while (text.len) {
        const char *open = memchr(text.data, '<', text.len);
        size_t before = open ? (size_t)(open - text.data) : text.len, skip;
        if (sink_add(sink, text.data, before) < 0)
            return -1;
        text = span_from(text, before);
        if (text.len == 0)
            break;
        skip = how.blocks ? block_length(&how, text) : tag_length(text);
        if (!how.blocks && skip == 0)
            return sink_add_span(sink, text);
        if (skip == 0 && sink_add(sink, "<", 1) < 0)
            return -1;
        text = span_from(text, skip ? skip : 1);
    }
    return 0;
}

int filter_strip_html(struct run *run, struct value *value, const struct value *args)
{
    struct sink first = sink_make(run, TEXT_MAX_BYTES), second = sink_make(run, TEXT_MAX_BYTES);
    struct span text;

    (void)args;
    if (filter_walk(run, value, &text) < 0 || run_charge(run, text.len * STRIP_COST) < 0 ||
        strip_pass(&first, text, true) < 0 || strip_pass(&second, sink_span(&first), false) < 0)
        return -1;
    return filter_give(value, &second);
}

static int add_breaks(struct sink *sink, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool crlf = text.data[i] == '\r' && i + 1 < text.len && text.data[i + 1] == '\n';
        int rc = 0;
        if (text.data[i] == '\n')
            rc = sink_add_span(sink, span_of("<br />\n"));
        else if (!crlf)
            rc = sink_add(sink, text.data + i, 1);
        if (rc < 0)
            return -1;
    }
    return 0;
}

int filter_newline_to_br(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span text;

    (void)args;
    if (is_html(run) && value->type != VALUE_NIL && filter_escape(run, value, args) < 0)
        return -1;
    if (filter_walk(run, value, &text) < 0 || add_breaks(&sink, text) < 0)
        return -1;
    filter_give(value, &sink);
    value->safe = is_html(run);
    return 0;
}

int filter_url_encode(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span text;

    (void)args;
    if (value->type == VALUE_NIL)
        return 0;
    if (filter_walk(run, value, &text) < 0 || output_encoded(&sink, text, "+") < 0)
        return -1;
    filter_give(value, &sink);
    value->safe = true;
    return 0;
}

static int hex_of(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, text_lower_char(c)) : NULL;

    return at ? (int)(at - digits) : -1;
}

static int add_decoded(struct sink *sink, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i] == '+' ? ' ' : text.data[i];
        int high = i + 2 < text.len ? hex_of(text.data[i + 1]) : -1;
        int low = i + 2 < text.len ? hex_of(text.data[i + 2]) : -1;
        if (c == '%' && high >= 0 && low >= 0) {
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (sink_add(sink, &c, 1) < 0)
            return -1;
    }
    return 0;
}

int filter_url_decode(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);
    struct span text;

    (void)args;
    if (value->type == VALUE_NIL)
        return 0;
    if (filter_walk(run, value, &text) < 0 || add_decoded(&sink, text) < 0)
        return -1;
    if (!text_is_utf8(sink_span(&sink)))
        return run_fail(run, "invalid byte sequence in UTF-8");
    return filter_give(value, &sink);
}

static int encode64(struct run *run, struct value *value, bool url)
{
    struct span text;
    char *coded;

    if (filter_walk(run, value, &text) < 0 || run_charge(run, text.len * 2) < 0)
        return -1;
    if (text.len > TEXT_MAX_BYTES / 4 * 3)
        return run_stop(run, "the text grows beyond %zu bytes", TEXT_MAX_BYTES);
    coded = sign_base64(run->arena, text);
    for (char *p = coded; url && *p; p++)
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
    *value = value_text(coded);
    return 0;
}

int filter_base64_encode(struct run *run, struct value *value, const struct value *args)
{
    (void)args;
    return encode64(run, value, false);
}

int filter_base64_url_safe_encode(struct run *run, struct value *value, const struct value *args)
{
    (void)args;
    return encode64(run, value, true);
}

/* Strict, as the reference: only texts, only the right alphabet, no white space. */
static bool is_base64(struct span text, const char *signs)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (!isalnum((unsigned char)c) && (c == '\0' || !strchr(signs, c)))
            return false;
    }
    return true;
}

static int decode64(struct run *run, struct value *value, bool url)
{
    const char *filter = url ? "base64_url_safe_decode" : "base64_decode";
    struct span text, plain;

    if (value->type == VALUE_NIL) {
        *value = value_text("");
        return 0;
    }
    if (filter_walk(run, value, &text) < 0)
        return -1;
    if (value->type != VALUE_TEXT || !is_base64(text, url ? "-_=" : "+/=") ||
        (!url && text.len % 4 != 0) || !sign_from_base64(run->arena, text, &plain))
        return run_fail(run, "invalid base64 provided to %s", filter);
    if (run_charge(run, plain.len * 3) < 0)
        return -1;
    *value = value_text(text_to_utf8(run->arena, plain));
    if (value->text.len > TEXT_MAX_BYTES)
        return run_stop(run, "the text grows beyond %zu bytes", TEXT_MAX_BYTES);
    return 0;
}

int filter_base64_decode(struct run *run, struct value *value, const struct value *args)
{
    (void)args;
    return decode64(run, value, false);
}

int filter_base64_url_safe_decode(struct run *run, struct value *value, const struct value *args)
{
    (void)args;
    return decode64(run, value, true);
}

int filter_json(struct run *run, struct value *value, const struct value *args)
{
    struct sink sink = sink_make(run, TEXT_MAX_BYTES);

    (void)args;
    if (value_inspect(&sink, value, true) < 0)
        return -1;
    return filter_give(value, &sink);
}

int filter_raw(struct run *run, struct value *value, const struct value *args)
{
    struct span text;

    (void)args;
    if (value->type == VALUE_NIL)
        return 0;
    if (filter_read(run, value, &text) < 0)
        return -1;
    *value = value_span(text);
    value->safe = true;
    return 0;
}
