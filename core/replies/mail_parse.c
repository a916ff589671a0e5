/* core/replies/mail_parse.c - walks GMime's tree once and copies what we need into the arena. The
 * only door to GMime's parser; it decides nothing about the message. */
#include "core/replies/mail_parse.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <string.h>

#include "core/base/text.h"
#include "core/replies/charset.h"
#include "core/replies/mail_head.h"
#include "core/replies/mail_plain.h"

/* GMime's own limit is 1024; scan.h refused most of it before. */
#define MAX_DEPTH 110
#define MAX_LINES_BYTES ((size_t)1 << 20) /* headers of one embedded message */

struct walk {
    struct arena *arena;
    struct mail_part *parts;
    size_t count, cap;
    size_t alternatives; /* how many were seen */
    size_t room;         /* bytes of text that may still be kept */
    const char *report_type;
};

/* Where in the tree we are; copied downwards. */
struct place {
    int depth;
    size_t alternative;
    bool returned;
};

static void walk_object(struct walk *walk, GMimeObject *object, struct place place);

static void prepare(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, g_mime_init);
}

static const char *utf8(struct arena *arena, const char *text)
{
    return text_to_utf8(arena, span_of(text ? text : ""));
}

static const char *lower(struct arena *arena, const char *text)
{
    return text_lower(arena, span_of(utf8(arena, text)));
}

static void make_room(struct walk *walk)
{
    struct mail_part *grown;

    if (walk->count < walk->cap)
        return;
    walk->cap = walk->cap ? 4 * walk->cap : 8;
    grown = arena_array(walk->arena, walk->cap, sizeof(*grown));
    if (walk->count)
        memcpy(grown, walk->parts, walk->count * sizeof(*grown));
    walk->parts = grown;
}

/* The place is good until the next part is added. */
static struct mail_part *add_part(struct walk *walk, const char *type, struct place place)
{
    struct mail_part *part;

    make_room(walk);
    part = &walk->parts[walk->count++];
    *part = (struct mail_part){ .type = type, .method = "", .text = span_of("") };
    part->alternative = place.alternative;
    part->returned = place.returned;
    return part;
}

static const char *type_of(struct walk *walk, GMimeContentType *type)
{
    const char *media = g_mime_content_type_get_media_type(type);
    const char *sub = g_mime_content_type_get_media_subtype(type);

    return lower(walk->arena,
                 arena_printf(walk->arena, "%s/%s", media ? media : "text", sub ? sub : "plain"));
}

/* Is it worth decoding? Pictures and archives are not. */
static bool is_text(const char *type)
{
    return strncmp(type, "text/", 5) == 0 || strncmp(type, "message/", 8) == 0 ||
           strcmp(type, "application/ics") == 0;
}

/* Keeps `text` (of the arena) as far as there is room for text. */
static struct span keep_text(struct walk *walk, struct span text)
{
    if (text.len > walk->room) {
        text = text_cut(text, walk->room);
        text = span_make(arena_dup_span(walk->arena, text), text.len);
    }
    walk->room -= text.len;
    return text;
}

static GByteArray *content_bytes(GMimePart *leaf)
{
    GMimeDataWrapper *content = g_mime_part_get_content(leaf);
    GByteArray *bytes = g_byte_array_new();
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);

    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    if (content)
        g_mime_data_wrapper_write_to_stream(content, stream);
    g_object_unref(stream);
    return bytes;
}

static void walk_leaf(struct walk *walk, GMimePart *leaf, struct place place)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(leaf));
    const char *disposition = g_mime_object_get_disposition(GMIME_OBJECT(leaf));
    struct mail_part *part = add_part(walk, type_of(walk, type), place);
    GByteArray *bytes;

    part->attached = disposition && g_ascii_strcasecmp(disposition, "attachment") == 0;
    part->method = lower(walk->arena, g_mime_content_type_get_parameter(type, "method"));
    if (strcmp(part->type, "text/rfc822-headers") == 0)
        part->returned = true;
    if (!is_text(part->type))
        return;
    bytes = content_bytes(leaf);
    part->text = keep_text(walk, charset_to_utf8(span_make((const char *)bytes->data, bytes->len),
                                                 g_mime_content_type_get_parameter(type, "charset"),
                                                 walk->arena));
    g_byte_array_unref(bytes);
}

static struct span text_of(const char *text)
{
    return span_of(text ? text : "");
}

static void read_headers(GMimeHeaderList *list, struct arena *arena, struct mail *out)
{
    size_t count = (size_t)g_mime_header_list_get_count(list);
    struct mail_header *headers;

    out->header_count = count < MAIL_MAX_HEADERS ? count : MAIL_MAX_HEADERS;
    out->headers = headers = arena_array(arena, out->header_count, sizeof(*headers));
    for (size_t i = 0; i < out->header_count; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, (int)i);

        mail_head_decode(text_of(g_mime_header_get_name(header)),
                         text_of(g_mime_header_get_raw_value(header)), arena, &headers[i]);
    }
}

/* The headers of an embedded message as lines, for whoever looks for ids in what came back. */
static struct span header_lines(struct walk *walk, GMimeObject *message)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(message);
    int count = g_mime_header_list_get_count(list);
    struct span text;
    struct str lines;

    str_init(&lines, MAX_LINES_BYTES);
    for (int i = 0; i < count && i < MAIL_MAX_HEADERS; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);

        str_add_text(&lines, utf8(walk->arena, g_mime_header_get_name(header)));
        str_add_text(&lines, ": ");
        str_add_text(&lines,
                     mail_head_text(text_of(g_mime_header_get_raw_value(header)), walk->arena));
        str_add_char(&lines, '\n');
    }
    text = span_make(arena_dup_span(walk->arena, str_span(&lines)), lines.len);
    str_finish(&lines);
    return text;
}

static void walk_message(struct walk *walk, GMimeMessagePart *holder, struct place place)
{
    GMimeMessage *message = g_mime_message_part_get_message(holder);
    struct mail_part *part;

    place.returned = true;
    part = add_part(walk, "message/rfc822", place);
    if (!message)
        return;
    part->text = keep_text(walk, header_lines(walk, GMIME_OBJECT(message)));
    walk_object(walk, g_mime_message_get_mime_part(message), place);
}

/* A multipart whose boundary is nowhere to be found: all its text is prologue. */
static void walk_broken(struct walk *walk, GMimeMultipart *multipart, struct place place)
{
    const char *prologue = g_mime_multipart_get_prologue(multipart);

    if (prologue)
        add_part(walk, "text/plain", place)->text =
            keep_text(walk, charset_to_utf8(span_of(prologue), NULL, walk->arena));
}

static void note_multipart(struct walk *walk, GMimeMultipart *multipart, struct place *place)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(multipart));
    const char *report = g_mime_content_type_get_parameter(type, "report-type");

    if (report && !place->returned && walk->report_type[0] == '\0')
        walk->report_type = lower(walk->arena, report);
    if (g_mime_content_type_is_type(type, "multipart", "alternative"))
        place->alternative = ++walk->alternatives;
}

static void walk_multipart(struct walk *walk, GMimeMultipart *multipart, struct place place)
{
    int count = g_mime_multipart_get_count(multipart);

    note_multipart(walk, multipart, &place);
    if (count <= 0)
        walk_broken(walk, multipart, place);
    for (int i = 0; i < count; i++)
        walk_object(walk, g_mime_multipart_get_part(multipart, i), place);
}

static void walk_object(struct walk *walk, GMimeObject *object, struct place place)
{
    if (!object || walk->count >= MAIL_MAX_PARTS || ++place.depth > MAX_DEPTH)
        return;
    if (GMIME_IS_MULTIPART(object))
        walk_multipart(walk, GMIME_MULTIPART(object), place);
    else if (GMIME_IS_MESSAGE_PART(object))
        walk_message(walk, GMIME_MESSAGE_PART(object), place);
    else if (GMIME_IS_PART(object))
        walk_leaf(walk, GMIME_PART(object), place);
}

static struct walk walk_of(struct arena *arena)
{
    return (struct walk){ .arena = arena, .report_type = "", .room = MAIL_MAX_TEXT_BYTES };
}

static void end_walk(const struct walk *walk, struct mail *out)
{
    *out = (struct mail){ .parts = walk->parts,
                          .part_count = walk->count,
                          .report_type = walk->report_type };
}

static void read_parts(GMimeObject *top, struct arena *arena, struct mail *out)
{
    struct walk walk = walk_of(arena);

    walk_object(&walk, top, (struct place){ 0 });
    end_walk(&walk, out);
}

/* ---- a mail whose headers are as they should be ---- */

/* What belongs to the part, not to the mail. */
static bool is_content(struct span name)
{
    return text_starts_nocase(name, "Content-");
}

static void read_head(struct span head, struct arena *arena, struct mail *out)
{
    struct mail_head_line line;
    struct mail_header *headers;
    size_t count = 0;

    for (struct span rest = head; count < MAIL_MAX_HEADERS && mail_head_next(&rest, &line);)
        count += !is_content(line.name);
    out->headers = headers = arena_array(arena, count, sizeof(*headers));
    while (out->header_count < count && mail_head_next(&head, &line))
        if (!is_content(line.name))
            mail_head_read(line.name, line.value, arena, &headers[out->header_count++]);
}

static int64_t date_of(const char *text)
{
    GDateTime *date = g_mime_utils_header_decode_date(text);
    int64_t ms = date ? g_date_time_to_unix(date) * 1000 : 0;

    if (date)
        g_date_time_unref(date);
    return ms;
}

/* Of the last one, as GMime has it. */
static void read_date(struct mail *out)
{
    for (size_t i = out->header_count; i-- > 0;)
        if (g_ascii_strcasecmp(out->headers[i].name, "Date") == 0) {
            out->date_ms = date_of(out->headers[i].value);
            return;
        }
}

/* The headers of the part, and what stands behind the head. */
static GMimeStream *open_part(struct span head, struct span body)
{
    GByteArray *bytes = g_byte_array_sized_new((guint)(head.len + body.len));
    struct mail_head_line line;

    while (mail_head_next(&head, &line))
        if (is_content(line.name))
            g_byte_array_append(bytes, (const guint8 *)line.whole.data, (guint)line.whole.len);
    g_byte_array_append(bytes, (const guint8 *)head.data, (guint)head.len);
    if (body.len > 0)
        g_byte_array_append(bytes, (const guint8 *)body.data, (guint)body.len);
    return g_mime_stream_mem_new_with_byte_array(bytes);
}

static void read_plain(const struct mail_plain *plain, struct span body, struct arena *arena,
                       struct mail *out)
{
    struct walk walk = walk_of(arena);

    add_part(&walk, plain->type, (struct place){ 0 })->text =
        keep_text(&walk, charset_to_utf8(body, plain->charset, arena));
    end_walk(&walk, out);
}

static bool parse_parts(struct span head, struct span body, struct arena *arena, struct mail *out)
{
    GMimeStream *stream = open_part(head, body);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeObject *top = g_mime_parser_construct_part(parser, NULL);

    if (top) {
        read_parts(top, arena, out);
        g_object_unref(top);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    return top != NULL;
}

static bool parse_behind(struct span head, struct span body, struct arena *arena, struct mail *out)
{
    struct mail_plain plain;

    if (mail_plain_is(head, arena, &plain))
        read_plain(&plain, body, arena, out);
    else if (!parse_parts(head, body, arena, out))
        return false;
    read_head(head, arena, out);
    read_date(out);
    return true;
}

/* ---- any other ---- */

static void read_message(GMimeMessage *message, struct arena *arena, struct mail *out)
{
    GDateTime *date = g_mime_message_get_date(message);

    read_parts(g_mime_message_get_mime_part(message), arena, out);
    read_headers(g_mime_object_get_header_list(GMIME_OBJECT(message)), arena, out);
    out->date_ms = date ? g_date_time_to_unix(date) * 1000 : 0;
}

bool mail_parse_whole(struct span raw, struct arena *arena, struct mail *out)
{
    GMimeStream *stream;
    GMimeParser *parser;
    GMimeMessage *message;

    prepare();
    stream = g_mime_stream_mem_new_with_buffer(raw.data, raw.len);
    parser = g_mime_parser_new_with_stream(stream);
    message = g_mime_parser_construct_message(parser, NULL);
    if (message) {
        read_message(message, arena, out);
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    return message != NULL;
}

bool mail_parse(struct span raw, struct arena *arena, struct mail *out)
{
    struct span head = mail_head_of(raw);

    prepare();
    return head.len > 0 ? parse_behind(head, span_from(raw, head.len), arena, out)
                        : mail_parse_whole(raw, arena, out);
}

static GLogWriterOutput say_nothing(GLogLevelFlags level, const GLogField *fields, gsize count,
                                    gpointer context)
{
    (void)level;
    (void)fields;
    (void)count;
    (void)context;
    return G_LOG_WRITER_HANDLED;
}

/* Passes most places where the parser makes its types or asks the system something for the first
 * time. */
static const char first_mail[] =
    "From: =?koi8-r?B?89XNwQ==?= <a@b.example>\r\nTo: g: c@d.example, e@f.example;\r\n"
    "Subject: =?utf-8?q?caf=C3=A9?=\r\nDate: Mon, 23 Nov 2026 10:00:00 EST\r\n"
    "Message-ID: <1@b.example>\r\nReferences: <2@b.example>\r\n"
    "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n"
    "Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n"
    "Content-Type: text/plain; charset=iso-8859-2\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "aGVsbG8=\r\n--i\r\nContent-Type: text/html; charset*=utf-8''windows-1251\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>=E9</p>\r\n--i--\r\n--o\r\n"
    "Content-Disposition: attachment; filename=x\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
    "begin 644 x\n#0V%T\n`\nend\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: x\r\n\r\nhello\r\n--o--\r\n";

void mail_prepare_confined(void)
{
    struct arena arena;
    struct mail mail;

    prepare();
    g_log_set_writer_func(say_nothing, NULL, NULL);
    charset_prepare();
    arena_init(&arena);
    (void)mail_parse(span_of(first_mail), &arena, &mail);
    arena_finish(&arena);
}
