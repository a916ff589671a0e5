/* core/replies/mail.c - walks GMime's tree once and copies what we need into the arena. It decides
 * nothing about the message. */
#include "core/replies/mail.h"

#include <gmime/gmime.h>
#include <pthread.h>
#include <string.h>

#include "core/base/text.h"
#include "core/replies/charset.h"

/* GMime's own limit is 1024; scan.h refused most of it before. */
#define MAX_DEPTH 110

struct walk {
    struct arena *arena;
    struct mail_part *parts;
    size_t count;
    size_t alternatives; /* how many were seen */
    const char *report_type;
};

/* Where in the tree we are; copied downwards. */
struct place {
    int depth;
    size_t alternative;
    bool returned;
};

static void walk_object(struct walk *walk, GMimeObject *object, struct place place);

void mail_prepare(void)
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

static struct mail_part *add_part(struct walk *walk, const char *type, struct place place)
{
    struct mail_part *part = &walk->parts[walk->count++];

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
    part->text = charset_to_utf8(span_make((const char *)bytes->data, bytes->len),
                                 g_mime_content_type_get_parameter(type, "charset"), walk->arena);
    g_byte_array_unref(bytes);
}

static void copy_headers(GMimeHeaderList *list, struct arena *arena, struct mail_header *out,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, (int)i);

        out[i].name = utf8(arena, g_mime_header_get_name(header));
        out[i].value = utf8(arena, g_mime_header_get_value(header));
        out[i].raw =
            charset_to_utf8(span_of(g_mime_header_get_raw_value(header)), NULL, arena).data;
    }
}

/* The headers of an embedded message as lines, for whoever looks for ids in what came back. */
static struct span header_lines(struct walk *walk, GMimeObject *message)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(message);
    size_t count = (size_t)g_mime_header_list_get_count(list);
    struct mail_header *headers = arena_array(walk->arena, count + 1, sizeof(*headers));
    struct span text;
    struct str lines;

    str_init(&lines, (size_t)4 << 20);
    copy_headers(list, walk->arena, headers, count);
    for (size_t i = 0; i < count; i++) {
        str_add_text(&lines, headers[i].name);
        str_add_text(&lines, ": ");
        str_add_text(&lines, headers[i].value);
        str_add_char(&lines, '\n');
    }
    text = span_of(arena_dup(walk->arena, str_text(&lines)));
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
    part->text = header_lines(walk, GMIME_OBJECT(message));
    walk_object(walk, g_mime_message_get_mime_part(message), place);
}

/* A multipart whose boundary is nowhere to be found: all its text is prologue. */
static void walk_broken(struct walk *walk, GMimeMultipart *multipart, struct place place)
{
    const char *prologue = g_mime_multipart_get_prologue(multipart);

    if (prologue)
        add_part(walk, "text/plain", place)->text =
            charset_to_utf8(span_of(prologue), NULL, walk->arena);
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

static int64_t date_of(GMimeMessage *message)
{
    GDateTime *date = g_mime_message_get_date(message);

    return date ? g_date_time_to_unix(date) * 1000 : 0;
}

static void read_message(GMimeMessage *message, struct arena *arena, struct mail *out)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
    size_t count = (size_t)g_mime_header_list_get_count(list);
    struct mail_header *headers = arena_array(arena, count + 1, sizeof(*headers));
    struct walk walk = { .arena = arena, .report_type = "" };

    walk.parts = arena_array(arena, MAIL_MAX_PARTS + 1, sizeof(*walk.parts));
    copy_headers(list, arena, headers, count);
    walk_object(&walk, g_mime_message_get_mime_part(message), (struct place){ 0 });
    *out = (struct mail){ .headers = headers,
                          .header_count = count,
                          .parts = walk.parts,
                          .part_count = walk.count,
                          .report_type = walk.report_type,
                          .date_ms = date_of(message) };
}

bool mail_parse(struct span raw, struct arena *arena, struct mail *out)
{
    GMimeStream *stream;
    GMimeParser *parser;
    GMimeMessage *message;

    mail_prepare();
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

static const struct mail_header *find_header(const struct mail *mail, const char *name, size_t n)
{
    for (size_t i = 0; i < mail->header_count; i++)
        if (g_ascii_strcasecmp(mail->headers[i].name, name) == 0 && n-- == 0)
            return &mail->headers[i];
    return NULL;
}

const char *mail_header_nth(const struct mail *mail, const char *name, size_t n)
{
    const struct mail_header *header = find_header(mail, name, n);

    return header ? header->value : NULL;
}

const char *mail_header_raw_nth(const struct mail *mail, const char *name, size_t n)
{
    const struct mail_header *header = find_header(mail, name, n);

    return header ? header->raw : NULL;
}

const char *mail_header(const struct mail *mail, const char *name)
{
    const char *value = mail_header_nth(mail, name, 0);

    return value ? value : "";
}

/* Appends the mailboxes of `list`; groups one level down. */
static void add_addresses(InternetAddressList *list, struct arena *arena, struct mail_address *out,
                          size_t *count)
{
    int length = list ? internet_address_list_length(list) : 0;

    for (int i = 0; i < length && *count < MAIL_MAX_ADDRESSES; i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);
        const char *name = internet_address_get_name(address);

        if (!INTERNET_ADDRESS_IS_MAILBOX(address))
            continue;
        out[*count].name = utf8(arena, name);
        out[(*count)++].address =
            lower(arena, internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)));
    }
}

size_t mail_addresses(const char *value, struct arena *arena, struct mail_address **out)
{
    InternetAddressList *list = internet_address_list_parse(NULL, value);
    size_t count = 0;

    *out = arena_array(arena, MAIL_MAX_ADDRESSES, sizeof(**out));
    add_addresses(list, arena, *out, &count);
    for (int i = 0; list && i < internet_address_list_length(list); i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);

        if (INTERNET_ADDRESS_IS_GROUP(address))
            add_addresses(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)),
                          arena, *out, &count);
    }
    if (list)
        g_object_unref(list);
    return count;
}
