/* core/base/segments.c - see segments.h. */
#include "core/base/segments.h"

#include "core/base/attr.h"
#include "core/base/gsm7.h"
#include "core/base/text.h"

#define SEGMENT_OCTETS ((size_t)140)

static const struct coding {
    const char *name;
    size_t bits; /* of a unit */
} codings[] = {
    [SEGMENTS_GSM7] = { "GSM-7", 7 },
    [SEGMENTS_UCS2] = { "UCS-2", 16 },
};

const char *segments_encoding_name(enum segment_encoding encoding)
{
    return codings[encoding].name;
}

static size_t units_of(uint32_t point, enum segment_encoding encoding)
{
    return encoding == SEGMENTS_GSM7 ? gsm7_septets(point) : point >= 0x10000 ? 2 : 1;
}

/* The encoding, the first offender, and the units in that encoding. */
static void measure(struct span text, struct segments *out)
{
    const char *at = text.data, *end = text.data + text.len;
    size_t place = 0, septets = 0, units = 0;

    for (; at < end; place++) {
        size_t byte = (size_t)(at - text.data);
        uint32_t point = text_next_point(&at, end);
        units += units_of(point, SEGMENTS_UCS2);
        septets += gsm7_septets(point);
        if (out->encoding == SEGMENTS_UCS2 || gsm7_septets(point))
            continue;
        out->encoding = SEGMENTS_UCS2;
        out->offender.point = point;
        out->offender.byte = byte;
        out->offender.place = place;
        out->offender.replacement = gsm7_replacement(point);
    }
    out->units = out->encoding == SEGMENTS_GSM7 ? septets : units;
}

static void split(struct span text, struct segments *out)
{
    const char *at = text.data, *end = text.data + text.len;
    size_t filled = 0;

    out->segments = 1;
    while (at < end) {
        size_t units = units_of(text_next_point(&at, end), out->encoding);
        if (filled + units > out->per_segment) {
            out->segments++;
            filled = 0;
        }
        filled += units;
    }
    out->left = out->per_segment - filled;
}

struct segments segments_count(struct span text, enum segment_header header)
{
    struct segments out = { .encoding = SEGMENTS_GSM7 };
    size_t bits;

    measure(text, &out);
    bits = codings[out.encoding].bits;
    out.per_segment = SEGMENT_OCTETS * 8 / bits;
    if (out.units <= out.per_segment) {
        out.segments = out.units > 0;
        out.left = out.per_segment - out.units;
        return out;
    }
    out.per_segment = (SEGMENT_OCTETS - (size_t)header) * 8 / bits;
    split(text, &out);
    return out;
}

/* ---- over a list of texts ---- */

void segment_tally_add(struct segment_tally *tally, const struct segments *segments)
{
    size_t n = segments->segments, last = COUNT_OF(tally->by_segments) - 1;

    if (n < tally->least || tally->texts == 0)
        tally->least = n;
    if (n > tally->most)
        tally->most = n;
    tally->texts++;
    tally->sum += n;
    tally->ucs2 += segments->encoding == SEGMENTS_UCS2;
    tally->by_segments[n < last ? n : last]++;
}

/* Segments of the text number `rank`, from 0, in the order of their segments. */
static size_t at_rank(const struct segment_tally *tally, size_t rank)
{
    size_t n = 0;

    for (size_t seen = tally->by_segments[0]; seen <= rank; seen += tally->by_segments[n])
        n++;
    return n;
}

struct segment_summary segment_tally_read(const struct segment_tally *tally)
{
    struct segment_summary out = { .texts = tally->texts,
                                   .ucs2 = tally->ucs2,
                                   .least = tally->least,
                                   .most = tally->most,
                                   .sum = tally->sum };
    size_t low, high;

    if (out.texts == 0)
        return out;
    low = at_rank(tally, (out.texts - 1) / 2);
    high = at_rank(tally, out.texts / 2);
    out.median = (double)(low + high) / 2;
    return out;
}
