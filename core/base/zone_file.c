/* core/base/zone_file.c - the TZif reader (RFC 8536 section 3). Takes the 64-bit block and the
 * footer, skips the 32-bit block; believes no count before it was checked against the size. */
#include "core/base/zone_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/arena.h"

#define HEADER_BYTES 44
#define TYPE_BYTES 6

struct header {
    char version;
    uint32_t utc_count, standard_count, leap_count, time_count, type_count, char_count;
};

/* Where the parts of the 64-bit block are. */
struct parts {
    const unsigned char *times, *kinds, *types;
    const char *names;
    struct span footer;
};

static uint64_t read_big(const unsigned char *at, size_t bytes)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

static bool take_header(struct span *rest, struct header *out)
{
    const unsigned char *at = (const unsigned char *)rest->data;
    uint32_t *fields[] = { &out->utc_count,  &out->standard_count, &out->leap_count,
                           &out->time_count, &out->type_count,     &out->char_count };

    if (rest->len < HEADER_BYTES || memcmp(at, "TZif", 4) != 0)
        return false;
    out->version = (char)at[4];
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        *fields[i] = (uint32_t)read_big(at + 20 + 4 * i, 4);
    *rest = span_from(*rest, HEADER_BYTES);
    return true;
}

/* Bytes of the block behind the header, whose times take `width` bytes. */
static uint64_t block_bytes(const struct header *header, uint64_t width)
{
    return header->time_count * (width + 1) + header->type_count * (uint64_t)TYPE_BYTES +
           header->char_count + header->leap_count * (width + 4) +
           (uint64_t)header->standard_count + header->utc_count;
}

static bool take_block(struct span *rest, const struct header *header, uint64_t width)
{
    uint64_t bytes = block_bytes(header, width);

    if (bytes > rest->len)
        return false;
    *rest = span_from(*rest, (size_t)bytes);
    return true;
}

/* The footer is one line between two line feeds; nothing in it = no rule. */
static bool read_footer(struct span rest, struct span *out)
{
    const char *end = rest.len > 1 ? memchr(rest.data + 1, '\n', rest.len - 1) : NULL;

    if (!end || rest.data[0] != '\n')
        return false;
    *out = span_make(rest.data + 1, (size_t)(end - rest.data) - 1);
    return true;
}

static bool find_parts(struct span bytes, struct header *header, struct parts *out)
{
    const unsigned char *at;

    if (!take_header(&bytes, header) || header->version < '2' || !take_block(&bytes, header, 4) ||
        !take_header(&bytes, header))
        return false;
    at = (const unsigned char *)bytes.data;
    if (!take_block(&bytes, header, 8) || header->type_count == 0 || header->type_count > 256 ||
        header->leap_count > 0)
        return false;
    out->times = at;
    out->kinds = out->times + 8 * (size_t)header->time_count;
    out->types = out->kinds + header->time_count;
    out->names = (const char *)out->types + TYPE_BYTES * (size_t)header->type_count;
    return read_footer(bytes, &out->footer);
}

static bool fill_changes(struct zone *zone, const struct header *header, const struct parts *parts)
{
    for (size_t i = 0; i < header->time_count; i++) {
        zone->times[i] = (int64_t)read_big(parts->times + 8 * i, 8);
        zone->kinds[i] = parts->kinds[i];
        if (zone->kinds[i] >= header->type_count || (i > 0 && zone->times[i] <= zone->times[i - 1]))
            return false;
    }
    zone->count = header->time_count;
    return true;
}

static bool fill_type(struct zone_type *type, const unsigned char *at, const struct header *header,
                      const char *names)
{
    size_t name_at = at[5];

    type->offset_s = (int32_t)(uint32_t)read_big(at, 4);
    type->dst = at[4] != 0;
    if (type->offset_s < ZONE_MIN_OFFSET_S || type->offset_s > ZONE_MAX_OFFSET_S || at[4] > 1 ||
        name_at >= header->char_count ||
        !memchr(names + name_at, '\0', header->char_count - name_at))
        return false;
    snprintf(type->abbreviation, sizeof(type->abbreviation), "%.7s", names + name_at);
    return true;
}

static bool fill(struct zone *zone, struct span bytes)
{
    struct header header = { 0 };
    struct parts parts = { 0 };

    if (!find_parts(bytes, &header, &parts))
        return false;
    zone->times = xcalloc(header.time_count, sizeof(*zone->times));
    zone->kinds = xcalloc(header.time_count, sizeof(*zone->kinds));
    zone->types = xcalloc(header.type_count, sizeof(*zone->types));
    for (size_t i = 0; i < header.type_count; i++)
        if (!fill_type(&zone->types[i], parts.types + TYPE_BYTES * i, &header, parts.names))
            return false;
    return fill_changes(zone, &header, &parts) &&
           (parts.footer.len == 0 || zone_rule_parse(parts.footer, &zone->rule));
}

struct zone *zone_parse(struct span bytes, const char *name, struct err *err)
{
    struct zone *zone = xcalloc(1, sizeof(*zone));

    snprintf(zone->name, sizeof(zone->name), "%s", name);
    if (fill(zone, bytes))
        return zone;
    zone_destroy(zone);
    err_set(err, ERR_INPUT, "time zone %s: its file is no TZif file of version 2 or later", name);
    return NULL;
}

void zone_destroy(struct zone *zone)
{
    if (!zone)
        return;
    free(zone->times);
    free(zone->kinds);
    free(zone->types);
    free(zone);
}

/* The index of the last change at or before utc_s; there is one. */
static size_t last_change(const struct zone *zone, int64_t utc_s)
{
    size_t low = 0, high = zone->count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->times[middle] <= utc_s)
            low = middle;
        else
            high = middle;
    }
    return low;
}

struct zone_period zone_period_at(const struct zone *zone, int64_t utc_s)
{
    size_t i;

    if (zone->rule.present && (zone->count == 0 || utc_s >= zone->times[zone->count - 1]))
        return zone_rule_period(&zone->rule, utc_s);
    if (zone->count == 0 || utc_s < zone->times[0])
        return (struct zone_period){ &zone->types[0], zone->count ? zone->times[0] : INT64_MAX };
    i = last_change(zone, utc_s);
    return (struct zone_period){ &zone->types[zone->kinds[i]],
                                 i + 1 < zone->count ? zone->times[i + 1] : INT64_MAX };
}
