/* core/replies/html.c - one pass over tags and text with a stack of open elements. */
#include "core/replies/html.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/text.h"
#include "core/replies/entities.h"

#define MAX_OPEN 256
#define MAX_QUOTES 20
#define MAX_TEXT_BYTES ((size_t)8 << 20)

enum effect {
    EFFECT_NONE = 0,
    EFFECT_BREAK = 1,     /* begins and ends a line */
    EFFECT_PARAGRAPH = 2, /* with a blank line */
    EFFECT_QUOTE = 4,
    EFFECT_HIDE = 8, /* its content is not read */
    EFFECT_PRE = 16,
    EFFECT_ORIGINAL = 32, /* what follows is the message answered to */
    EFFECT_SIGNATURE = 64,
    EFFECT_VOID = 128, /* has no end tag */
    EFFECT_ITEM = 256,
    EFFECT_CELL = 512,
};

static const struct {
    const char *name;
    unsigned effect;
} elements[] = {
    { "br", EFFECT_VOID },
    { "hr", EFFECT_VOID | EFFECT_BREAK },
    { "img", EFFECT_VOID },
    { "input", EFFECT_VOID },
    { "meta", EFFECT_VOID },
    { "link", EFFECT_VOID },
    { "base", EFFECT_VOID },
    { "col", EFFECT_VOID },
    { "area", EFFECT_VOID },
    { "wbr", EFFECT_VOID },
    { "p", EFFECT_PARAGRAPH },
    { "div", EFFECT_BREAK },
    { "table", EFFECT_BREAK },
    { "tr", EFFECT_BREAK },
    { "td", EFFECT_CELL },
    { "th", EFFECT_CELL },
    { "ul", EFFECT_BREAK },
    { "ol", EFFECT_BREAK },
    { "li", EFFECT_BREAK | EFFECT_ITEM },
    { "dl", EFFECT_BREAK },
    { "dt", EFFECT_BREAK },
    { "dd", EFFECT_BREAK },
    { "h1", EFFECT_PARAGRAPH },
    { "h2", EFFECT_PARAGRAPH },
    { "h3", EFFECT_PARAGRAPH },
    { "h4", EFFECT_PARAGRAPH },
    { "h5", EFFECT_PARAGRAPH },
    { "h6", EFFECT_PARAGRAPH },
    { "section", EFFECT_BREAK },
    { "article", EFFECT_BREAK },
    { "header", EFFECT_BREAK },
    { "footer", EFFECT_BREAK },
    { "center", EFFECT_BREAK },
    { "form", EFFECT_BREAK },
    { "pre", EFFECT_PARAGRAPH | EFFECT_PRE },
    { "blockquote", EFFECT_PARAGRAPH | EFFECT_QUOTE },
    { "head", EFFECT_HIDE },
    { "title", EFFECT_HIDE },
    { "style", EFFECT_HIDE },
    { "script", EFFECT_HIDE },
    { "template", EFFECT_HIDE },
    { "object", EFFECT_HIDE },
    { "select", EFFECT_HIDE },
};

/* What clients call their containers: found in the attributes of any tag, any case. */
static const struct {
    const char *mark;
    unsigned effect;
} marks[] = {
    { "yahoo_quoted", EFFECT_QUOTE | EFFECT_BREAK },
    { "yahoo-quoted", EFFECT_QUOTE | EFFECT_BREAK },
    { "gmail_attr", EFFECT_QUOTE | EFFECT_BREAK },
    { "moz-cite-prefix", EFFECT_QUOTE | EFFECT_BREAK },
    { "protonmail_quote", EFFECT_QUOTE | EFFECT_BREAK },
    { "tutanota_quote", EFFECT_QUOTE | EFFECT_BREAK },
    { "zmail_extra", EFFECT_QUOTE | EFFECT_BREAK },
    { "name=\"quote\"", EFFECT_QUOTE | EFFECT_BREAK },
    { "name='quote'", EFFECT_QUOTE | EFFECT_BREAK },
    { "olk_src_body_section", EFFECT_QUOTE | EFFECT_BREAK },
    { "divrplyfwdmsg", EFFECT_ORIGINAL },
    { "appendonsend", EFFECT_ORIGINAL },
    { "stopspelling", EFFECT_ORIGINAL },
    { "zwchr", EFFECT_ORIGINAL },
    { "moz-forward-container", EFFECT_ORIGINAL },
    { "mail-editor-reference-message", EFFECT_ORIGINAL },
    { "gmail_signature", EFFECT_SIGNATURE },
    { "moz-signature", EFFECT_SIGNATURE },
    { "protonmail_signature_block", EFFECT_SIGNATURE },
    { "ms-outlook-mobile-signature", EFFECT_SIGNATURE },
    { "composer_signature", EFFECT_SIGNATURE },
    { "sh-signature", EFFECT_SIGNATURE },
    { "mobile_signature", EFFECT_SIGNATURE },
    { "tutanota-signature", EFFECT_SIGNATURE },
    { "data-signature", EFFECT_SIGNATURE },
    { "sh-quoted-content", EFFECT_QUOTE | EFFECT_BREAK },
    { "zmail_quote", EFFECT_QUOTE | EFFECT_BREAK },
    { "reply-intro", EFFECT_QUOTE | EFFECT_BREAK },
    { "spark-quote", EFFECT_QUOTE | EFFECT_BREAK },
    { "messagereplysection", EFFECT_QUOTE | EFFECT_BREAK },
    { "history_container", EFFECT_QUOTE | EFFECT_BREAK },
    { "messagesignaturesection", EFFECT_SIGNATURE },
    { "display:none", EFFECT_HIDE },
    { "display: none", EFFECT_HIDE },
};

struct open_element {
    struct span name;
    unsigned effect;
};

struct writer {
    struct str *out;
    struct open_element open[MAX_OPEN];
    size_t depth;
    int quotes, hidden, pre; /* how many such are open */
    int newlines;            /* owed before the next text */
    bool space;              /* owed too */
    bool begun;              /* something is on this line */
};

/* Pays the owed line ends and writes the quote marks of a new line. */
static void begin_text(struct writer *writer)
{
    int newlines = writer->out->len == 0 ? 0 : writer->newlines;

    for (int i = 0; i < newlines; i++) {
        str_add_char(writer->out, '\n');
        for (int q = 0; i + 1 < newlines && q < writer->quotes && q < MAX_QUOTES; q++)
            str_add_char(writer->out, '>');
    }
    if (writer->newlines > 0 || writer->out->len == 0)
        writer->begun = false;
    if (!writer->begun && writer->quotes > 0) {
        for (int q = 0; q < writer->quotes && q < MAX_QUOTES; q++)
            str_add_char(writer->out, '>');
        str_add_char(writer->out, ' ');
    } else if (writer->space && writer->begun) {
        str_add_char(writer->out, ' ');
    }
    writer->newlines = 0;
    writer->space = false;
    writer->begun = true;
}

static void owe_lines(struct writer *writer, int newlines)
{
    if (writer->newlines < newlines)
        writer->newlines = newlines;
    writer->space = false;
}

static void write_line(struct writer *writer, const char *line)
{
    owe_lines(writer, 1);
    begin_text(writer);
    str_add_text(writer->out, line);
    owe_lines(writer, 1);
}

static void write_point(struct writer *writer, uint32_t point)
{
    if (point == '\n' && writer->pre > 0) {
        writer->newlines++;
        return;
    }
    if (point == ' ' || point == 0xA0 || (point >= '\t' && point <= '\r')) {
        if (writer->pre > 0) {
            begin_text(writer);
            str_add_char(writer->out, ' ');
        } else {
            writer->space = writer->newlines == 0 && writer->begun;
        }
        return;
    }
    if (point == 0 || point == 0x200B || point == 0xFEFF || point == 0xAD)
        return;
    begin_text(writer);
    text_add_utf8(writer->out, point);
}

/* Text up to the next tag. Returns its length. */
static size_t write_text(struct writer *writer, struct span rest)
{
    const char *stop = memchr(rest.data, '<', rest.len);
    size_t len = stop && stop > rest.data ? (size_t)(stop - rest.data) : stop ? 1 : rest.len;
    struct span text = span_make(rest.data, len);
    const char *at = text.data, *end = text.data + len;

    while (at < end && writer->hidden == 0) {
        uint32_t point = 0;
        size_t entity = *at == '&' ? entity_at(span_make(at, (size_t)(end - at)), &point) : 0;

        if (entity > 0)
            at += entity;
        else
            point = text_next_point(&at, end);
        write_point(writer, point);
    }
    return len;
}

static void apply_open(struct writer *writer, unsigned effect)
{
    if (effect & EFFECT_PARAGRAPH)
        owe_lines(writer, 2);
    else if (effect & EFFECT_BREAK)
        owe_lines(writer, 1);
    if ((effect & EFFECT_ORIGINAL) && writer->hidden == 0)
        write_line(writer, HTML_ORIGINAL);
    if ((effect & EFFECT_SIGNATURE) && writer->hidden == 0)
        write_line(writer, HTML_SIGNATURE);
    if (effect & EFFECT_CELL)
        writer->space = writer->begun && writer->newlines == 0;
    writer->quotes += (effect & EFFECT_QUOTE) != 0;
    writer->hidden += (effect & EFFECT_HIDE) != 0;
    writer->pre += (effect & EFFECT_PRE) != 0;
    if ((effect & EFFECT_ITEM) && writer->hidden == 0) {
        begin_text(writer);
        str_add_text(writer->out, "- ");
    }
}

static void apply_close(struct writer *writer, unsigned effect)
{
    writer->quotes -= (effect & EFFECT_QUOTE) != 0;
    writer->hidden -= (effect & EFFECT_HIDE) != 0;
    writer->pre -= (effect & EFFECT_PRE) != 0;
    if (effect & EFFECT_PARAGRAPH)
        owe_lines(writer, 2);
    else if (effect & EFFECT_BREAK)
        owe_lines(writer, 1);
}

/* Mail programs indent what their writer wrote with the element that others quote with. */
static bool is_indent(struct span attributes)
{
    return text_find_nocase(attributes, "webkit-indent-blockquote") ||
           (text_find_nocase(attributes, "0 0 0 40px") &&
            (text_find_nocase(attributes, "border:none") ||
             text_find_nocase(attributes, "border: none")));
}

/* An Outlook reply header is a div whose only mark is its line on top. */
static bool is_outlook_border(struct span attributes)
{
    return text_find_nocase(attributes, "border-top:solid #") ||
           (text_find_nocase(attributes, "border-top:solid") &&
            text_find_nocase(attributes, "padding:3.0pt"));
}

static unsigned effect_of(struct span name, struct span attributes)
{
    unsigned effect = EFFECT_NONE;

    for (size_t i = 0; i < COUNT_OF(elements); i++)
        if (text_eq_nocase(name, span_of(elements[i].name)))
            effect = elements[i].effect;
    if (attributes.len == 0)
        return effect;
    if ((effect & EFFECT_QUOTE) && is_indent(attributes))
        effect &= ~(unsigned)EFFECT_QUOTE;
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (text_find_nocase(attributes, marks[i].mark))
            effect |= marks[i].effect;
    if ((effect & (EFFECT_BREAK | EFFECT_PARAGRAPH)) && text_find_nocase(attributes, "signature"))
        effect |= EFFECT_SIGNATURE;
    if (is_outlook_border(attributes))
        effect |= EFFECT_ORIGINAL;
    return effect;
}

static void open_tag(struct writer *writer, struct span name, struct span attributes)
{
    unsigned effect = effect_of(name, attributes);

    if (text_eq_nocase(name, span_of("br"))) {
        writer->newlines = writer->newlines < 3 ? writer->newlines + 1 : 3;
        writer->space = false;
        return;
    }
    if (effect & EFFECT_VOID) {
        if (effect & EFFECT_ORIGINAL)
            write_line(writer, HTML_ORIGINAL);
        else if (effect & EFFECT_BREAK)
            owe_lines(writer, 1);
        return;
    }
    if (writer->depth == MAX_OPEN)
        return;
    writer->open[writer->depth++] = (struct open_element){ name, effect };
    apply_open(writer, effect);
}

/* Closes the nearest open element of that name and what was left open in it. */
static void close_tag(struct writer *writer, struct span name)
{
    size_t at = writer->depth;

    while (at > 0 && !text_eq_nocase(writer->open[at - 1].name, name))
        at--;
    if (at == 0)
        return;
    while (writer->depth >= at)
        apply_close(writer, writer->open[--writer->depth].effect);
}

/* The length of the tag at rest.data[0] == '<', 0 when it is none. Quotes in attributes may hold a
 * '>'; a tag that never ends takes all, as in browsers, which keeps this linear. */
static size_t tag_length(struct span rest)
{
    char quote = '\0';

    if (rest.len < 2 || (!isalpha((unsigned char)rest.data[1]) && !strchr("/!?", rest.data[1])))
        return 0;
    for (size_t i = 1; i < rest.len; i++) {
        char c = rest.data[i];

        if (quote && c == quote)
            quote = '\0';
        else if (!quote && (c == '"' || c == '\'') && rest.data[i - 1] == '=')
            quote = c;
        else if (!quote && c == '>')
            return i + 1;
        else if (!quote && c == '<')
            return 0;
    }
    return rest.len;
}

static size_t skip_comment(struct span rest)
{
    const char *end = memmem(rest.data, rest.len, "-->", 3);

    return end ? (size_t)(end - rest.data) + 3 : rest.len;
}

/* The text of <style> and <script> knows no tags: skips to their end tag. */
static size_t skip_raw(struct span rest, struct span name)
{
    size_t i = 0;

    if (!text_eq_nocase(name, span_of("style")) && !text_eq_nocase(name, span_of("script")))
        return 0;
    for (const char *at; (at = memmem(rest.data + i, rest.len - i, "</", 2)); i++) {
        i = (size_t)(at - rest.data);
        if (text_starts_nocase(span_from(rest, i + 2),
                               text_eq_nocase(name, span_of("style")) ? "style" : "script"))
            return i;
    }
    return rest.len;
}

static size_t write_tag(struct writer *writer, struct span rest)
{
    size_t len = tag_length(rest), start = 1, end;
    bool closing = rest.len > 1 && rest.data[1] == '/';
    struct span name;

    if (len == 0)
        return 0;
    start += closing;
    for (end = start;
         end < len && (isalnum((unsigned char)rest.data[end]) || rest.data[end] == ':');)
        end++;
    name = span_make(rest.data + start, end - start);
    if (name.len == 0)
        return rest.data[1] == '!' || rest.data[1] == '?' || closing ? len : 0;
    if (closing) {
        close_tag(writer, name);
        return len;
    }
    if (end < len && rest.data[len - 1] == '>')
        open_tag(writer, name, span_make(rest.data + end, len - end - 1));
    return len + skip_raw(span_from(rest, len), name);
}

struct span html_to_text(struct span html, struct arena *arena)
{
    struct writer *writer = arena_alloc(arena, sizeof(*writer));
    struct span rest = html, text;
    struct str out;

    str_init(&out, MAX_TEXT_BYTES);
    writer->out = &out;
    while (rest.len > 0) {
        size_t len = 0;

        if (rest.len > 4 && memcmp(rest.data, "<!--", 4) == 0)
            len = skip_comment(rest);
        else if (rest.data[0] == '<')
            len = write_tag(writer, rest);
        if (len == 0)
            len = write_text(writer, rest);
        rest = span_from(rest, len);
    }
    text = span_of(text_to_utf8(arena, str_span(&out)));
    str_finish(&out);
    return text;
}
