/* core/replies/mail_frame.c - numbers as they lie in memory, texts with their length before and a NUL
 * behind them. */
#include "core/replies/mail_frame.h"

#include "core/base/text.h"

/* What the smallest entry of each list takes, so that no count can ask for more than came. */
#define TEXT_LEAST (sizeof(uint32_t) + 1)
#define ADDRESS_LEAST (2 * TEXT_LEAST)
#define HEADER_LEAST (2 * TEXT_LEAST + sizeof(uint32_t))
#define PART_LEAST (3 * TEXT_LEAST + 2 * sizeof(uint32_t))

enum part_flag { PART_RETURNED = 1, PART_ATTACHED = 2 };

/* ---- writing ---- */

static void put_number(struct str *out, size_t number)
{
    uint32_t value = (uint32_t)number;

    str_add(out, &value, sizeof(value));
}

static void put_span(struct str *out, struct span text)
{
    uint32_t len = (uint32_t)text.len;
    char *room = str_reserve(out, sizeof(len) + text.len + 1);

    if (!room)
        return;
    memcpy(room, &len, sizeof(len));
    if (text.len > 0)
        memcpy(room + sizeof(len), text.data, text.len);
    room[sizeof(len) + text.len] = '\0';
    out->len += sizeof(len) + text.len + 1;
    out->data[out->len] = '\0';
}

static void put_text(struct str *out, const char *text)
{
    put_span(out, span_of(text));
}

static void put_header(struct str *out, const struct mail_header *header)
{
    put_text(out, header->name);
    put_text(out, header->value);
    put_number(out, header->address_count);
    for (size_t i = 0; i < header->address_count; i++) {
        put_text(out, header->addresses[i].address);
        put_text(out, header->addresses[i].name);
    }
}

static void put_part(struct str *out, const struct mail_part *part)
{
    put_text(out, part->type);
    put_text(out, part->method);
    put_span(out, part->text);
    put_number(out, part->alternative);
    put_number(out, (part->returned ? PART_RETURNED : 0u) | (part->attached ? PART_ATTACHED : 0u));
}

void mail_frame_write(const struct mail *mail, struct str *out)
{
    str_add(out, &mail->date_ms, sizeof(mail->date_ms));
    put_text(out, mail->report_type);
    put_number(out, mail->header_count);
    for (size_t i = 0; i < mail->header_count; i++)
        put_header(out, &mail->headers[i]);
    put_number(out, mail->part_count);
    for (size_t i = 0; i < mail->part_count; i++)
        put_part(out, &mail->parts[i]);
}

/* ---- reading ---- */

struct cursor {
    struct span rest;
    struct arena *arena;
    bool broken; /* for good; what is taken from then on is empty */
};

static void take(struct cursor *cursor, void *out, size_t len)
{
    if (cursor->broken || cursor->rest.len < len) {
        cursor->broken = true;
        memset(out, 0, len);
        return;
    }
    memcpy(out, cursor->rest.data, len);
    cursor->rest = span_from(cursor->rest, len);
}

static uint32_t take_number(struct cursor *cursor)
{
    uint32_t number;

    take(cursor, &number, sizeof(number));
    return number;
}

/* How many entries of at least `least` bytes follow. */
static size_t take_count(struct cursor *cursor, size_t most, size_t least)
{
    size_t count = take_number(cursor);

    if (count > most || count > cursor->rest.len / least)
        cursor->broken = true;
    return cursor->broken ? 0 : count;
}

static struct span take_span(struct cursor *cursor)
{
    size_t len = take_number(cursor);
    struct span text = span_make(cursor->rest.data, len);

    if (!cursor->broken)
        cursor->broken = len >= cursor->rest.len || text.data[len] != '\0' ||
                         memchr(text.data, '\0', len) != NULL || !text_is_utf8(text);
    if (cursor->broken)
        return span_of("");
    cursor->rest = span_from(cursor->rest, len + 1);
    return text;
}

static const char *take_text(struct cursor *cursor)
{
    return take_span(cursor).data;
}

static void take_header(struct cursor *cursor, struct mail_header *out)
{
    struct mail_address *list;

    out->name = take_text(cursor);
    out->value = take_text(cursor);
    out->address_count = take_count(cursor, MAIL_MAX_ADDRESSES, ADDRESS_LEAST);
    out->addresses = list = arena_array(cursor->arena, out->address_count, sizeof(*list));
    for (size_t i = 0; i < out->address_count; i++) {
        list[i].address = take_text(cursor);
        list[i].name = take_text(cursor);
    }
}

static void take_part(struct cursor *cursor, struct mail_part *out)
{
    uint32_t flags;

    out->type = take_text(cursor);
    out->method = take_text(cursor);
    out->text = take_span(cursor);
    out->alternative = take_number(cursor);
    flags = take_number(cursor);
    out->returned = flags & PART_RETURNED;
    out->attached = flags & PART_ATTACHED;
}

static void take_headers(struct cursor *cursor, struct mail *out)
{
    struct mail_header *list;

    out->header_count = take_count(cursor, MAIL_MAX_HEADERS, HEADER_LEAST);
    out->headers = list = arena_array(cursor->arena, out->header_count, sizeof(*list));
    for (size_t i = 0; i < out->header_count; i++)
        take_header(cursor, &list[i]);
}

static void take_parts(struct cursor *cursor, struct mail *out)
{
    struct mail_part *list;

    out->part_count = take_count(cursor, MAIL_MAX_PARTS, PART_LEAST);
    out->parts = list = arena_array(cursor->arena, out->part_count, sizeof(*list));
    for (size_t i = 0; i < out->part_count; i++)
        take_part(cursor, &list[i]);
}

bool mail_frame_read(struct span frame, struct arena *arena, struct mail *out)
{
    struct cursor cursor = { .rest = frame, .arena = arena };

    *out = (struct mail){ 0 };
    take(&cursor, &out->date_ms, sizeof(out->date_ms));
    out->report_type = take_text(&cursor);
    take_headers(&cursor, out);
    take_parts(&cursor, out);
    return !cursor.broken && cursor.rest.len == 0;
}
