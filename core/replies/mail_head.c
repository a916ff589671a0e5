/* core/replies/mail_head.c - splits by lines; what is not plain ASCII, and mailboxes, is left to
 * GMime. */
#include "core/replies/mail_head.h"

#include <gmime/gmime.h>
#include <string.h>

#include "core/base/text.h"
#include "core/replies/charset.h"

/* Headers whose value is a list of mailboxes, as far as anybody asks for them. */
static const char *const address_headers[] = {
    "From",        "Sender",        "Reply-To", "Delivered-To", "X-Original-To",
    "Envelope-To", "X-Envelope-To", "To",       "Cc",
};

static const char *utf8(struct arena *arena, const char *text)
{
    return text_to_utf8(arena, span_of(text ? text : ""));
}

/* ---- lines ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The line that `rest` begins with, its LF included; empty when there is none. */
static struct span line_of(struct span rest)
{
    const char *end = rest.len ? memchr(rest.data, '\n', rest.len) : NULL;

    return span_make(rest.data, end ? (size_t)(end - rest.data) + 1 : 0);
}

static size_t without_ending(struct span line)
{
    size_t len = line.len - 1;

    return len > 0 && line.data[len - 1] == '\r' ? len - 1 : len;
}

static size_t name_length(struct span line)
{
    size_t len = 0;

    while (len < line.len && line.data[len] > ' ' && line.data[len] < 127 && line.data[len] != ':')
        len++;
    return len < line.len && line.data[len] == ':' ? len : 0;
}

static bool goes_on(struct span line)
{
    size_t len = without_ending(line), blanks = 0;

    while (blanks < len && is_blank(line.data[blanks]))
        blanks++;
    return blanks > 0 && blanks < len;
}

static bool is_clean(struct span line)
{
    size_t len = without_ending(line);

    return !memchr(line.data, '\0', len) && !memchr(line.data, '\r', len);
}

struct span mail_head_of(struct span raw)
{
    struct span rest = raw, line;

    while ((line = line_of(rest)).len > 0) {
        bool first = rest.len == raw.len;

        rest = span_from(rest, line.len);
        if (without_ending(line) == 0)
            return first ? span_make(raw.data, 0) : span_make(raw.data, raw.len - rest.len);
        if (!is_clean(line) || (name_length(line) == 0 && (first || !goes_on(line))))
            break;
    }
    return span_make(raw.data, 0);
}

bool mail_head_next(struct span *rest, struct mail_head_line *line)
{
    struct span next = line_of(*rest);
    size_t name = name_length(next), len = 0;

    if (name == 0)
        return false;
    do {
        len += next.len;
        next = line_of(span_from(*rest, len));
    } while (next.len > 0 && is_blank(next.data[0]));
    line->whole = span_make(rest->data, len);
    line->name = span_make(rest->data, name);
    line->value = span_from(line->whole, name + 1);
    *rest = span_from(*rest, len);
    return true;
}

/* ---- values ---- */

/* The value unfolded when it is printable ASCII without encoded words; else NULL. */
static const char *unfold(struct span raw, struct arena *arena)
{
    char *text = arena_raw(arena, raw.len + 1), *end = text;

    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.data[i];

        if (c == '\r' || c == '\n' || (end == text && is_blank(c)))
            continue;
        if ((c < ' ' && c != '\t') || c == 127 || (c == '?' && end > text && end[-1] == '='))
            return NULL;
        *end++ = c;
    }
    while (end > text && is_blank(end[-1]))
        end--;
    *end = '\0';
    return text;
}

static const char *decode(struct span raw, struct arena *arena)
{
    char *unfolded = g_mime_utils_header_unfold(arena_dup_span(arena, raw));
    char *decoded = g_mime_utils_header_decode_text(NULL, unfolded);
    const char *text = utf8(arena, decoded);

    g_free(unfolded);
    g_free(decoded);
    return text;
}

const char *mail_head_text(struct span raw, struct arena *arena)
{
    const char *text = unfold(raw, arena);

    return text ? text : decode(raw, arena);
}

/* ---- mailboxes ---- */

/* Appends the mailboxes of `list`, at most MAIL_MAX_ADDRESSES in all. */
static void add_addresses(InternetAddressList *list, struct arena *arena, struct mail_address *out,
                          size_t *count)
{
    int length = list ? internet_address_list_length(list) : 0;

    for (int i = 0; i < length && *count < MAIL_MAX_ADDRESSES; i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);
        const char *mailbox;

        if (!INTERNET_ADDRESS_IS_MAILBOX(address))
            continue;
        mailbox = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
        out[*count].name = text_to_utf8(arena, span_of(internet_address_get_name(address)));
        out[(*count)++].address = text_lower(arena, span_of(text_to_utf8(arena, span_of(mailbox))));
    }
}

/* Those of the groups behind the others; one level down. */
static void add_groups(InternetAddressList *list, struct arena *arena, struct mail_address *out,
                       size_t *count)
{
    for (int i = 0; i < internet_address_list_length(list); i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);

        if (INTERNET_ADDRESS_IS_GROUP(address))
            add_addresses(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)),
                          arena, out, count);
    }
}

static bool names_addresses(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(address_headers); i++)
        if (text_eq_nocase(name, span_of(address_headers[i])))
            return true;
    return false;
}

/* Words with one blank between, as they are or in quotes: what is within needs no decoding. */
static bool is_simple_name(struct span name)
{
    for (size_t i = 0; i < name.len; i++) {
        bool edge = i == 0 || i + 1 == name.len;

        if (!text_is_alnum(name.data[i]) &&
            (edge || name.data[i] != ' ' || name.data[i - 1] == ' '))
            return false;
    }
    return true;
}

static bool is_one_line(struct span raw)
{
    while (raw.len > 0 && text_one_of(raw.data[raw.len - 1], "\r\n"))
        raw.len--;
    return raw.len > 0 && !memchr(raw.data, '\r', raw.len) && !memchr(raw.data, '\n', raw.len);
}

static bool take_simple_name(struct span *rest, struct span *name)
{
    const char *open = memchr(rest->data, '<', rest->len);

    *name = span_make(rest->data, open ? (size_t)(open - rest->data) : 0);
    if (!open)
        return true;
    *rest = span_from(*rest, name->len + 1);
    if (rest->len == 0 || rest->data[--rest->len] != '>')
        return false;
    if (name->len > 0 && name->data[--name->len] != ' ')
        return false;
    if (name->len > 2 && name->data[0] == '"' && name->data[name->len - 1] == '"')
        *name = span_make(name->data + 1, name->len - 2);
    return is_simple_name(*name);
}

/* `Ann Lee <ann@x.example>`, as most values are. IDN is GMime's to judge. */
static bool read_simple_address(struct arena *arena, struct mail_header *header)
{
    struct span rest = span_of(header->value), name;
    struct mail_address *found;

    if (!take_simple_name(&rest, &name) || !text_is_email(rest, false) ||
        text_find_nocase(rest, "xn--"))
        return false;
    found = arena_alloc(arena, sizeof(*found));
    found->name = arena_dup_span(arena, name);
    found->address = text_lower(arena, rest);
    header->addresses = found;
    header->address_count = 1;
    return true;
}

/* Of the raw value: in a decoded one, commas within names part addresses. */
static void read_addresses(struct span raw, struct arena *arena, struct mail_header *header)
{
    InternetAddressList *list =
        internet_address_list_parse(NULL, charset_to_utf8(raw, NULL, arena).data);
    struct mail_address *found;

    if (!list)
        return;
    found = arena_array(arena, MAIL_MAX_ADDRESSES, sizeof(*found));
    add_addresses(list, arena, found, &header->address_count);
    add_groups(list, arena, found, &header->address_count);
    header->addresses = found;
    g_object_unref(list);
}

void mail_head_read(struct span name, struct span raw, struct arena *arena, struct mail_header *out)
{
    const char *plain = unfold(raw, arena);

    *out = (struct mail_header){ .name = text_to_utf8(arena, name),
                                 .value = plain ? plain : decode(raw, arena) };
    if (names_addresses(name) && !(plain && is_one_line(raw) && read_simple_address(arena, out)))
        read_addresses(raw, arena, out);
}

void mail_head_decode(struct span name, struct span raw, struct arena *arena,
                      struct mail_header *out)
{
    *out = (struct mail_header){ .name = text_to_utf8(arena, name), .value = decode(raw, arena) };
    if (names_addresses(name))
        read_addresses(raw, arena, out);
}
