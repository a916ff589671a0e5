/* tests/fuzz/fuzz_segments.c - any bytes as an SMS. The figures agree with each other, and advice is
 * given once: the advised text has nothing more to replace and never takes more bytes. */
#include <stdlib.h>

#include "core/base/gsm7.h"
#include "core/base/segments.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

static void check(struct span text, enum segment_header header)
{
    struct segments s = segments_count(text, header);
    size_t room = s.segments * s.per_segment;

    must((s.encoding == SEGMENTS_GSM7) == gsm7_fits(text));
    must((s.segments == 0) == (text.len == 0));
    must(s.segments == 0 || s.units + s.left <= room);
    /* A pair that does not fit leaves at most one unit empty in each segment but the last. */
    must(s.segments == 0 || s.units + s.left + s.segments > room);
    must(s.encoding == SEGMENTS_GSM7 || s.offender.byte < text.len);
    must(s.offender.place <= s.offender.byte);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct span text = span_make((const char *)data, size), once, twice;
    struct arena arena;

    arena_init(&arena);
    check(text, SEGMENT_HEADER_8);
    check(text, SEGMENT_HEADER_16);
    once = gsm7_advised(&arena, text);
    twice = gsm7_advised(&arena, once);
    must(once.len <= text.len && span_eq(once, twice));
    arena_finish(&arena);
    return 0;
}
