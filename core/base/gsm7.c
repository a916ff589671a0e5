/* channels/gsm7.c - see gsm7.h. */
#include "channels/gsm7.h"

#include <stdint.h>

#include "core/base/attr.h"
#include "core/base/text.h"

/* Outside ASCII: the rest of the default alphabet, sorted, then the euro of the extension table. */
static const uint16_t beyond_ascii[] = {
    0x00A1, 0x00A3, 0x00A4, 0x00A5, 0x00A7, 0x00BF, 0x00C4, 0x00C5, 0x00C6, 0x00C7,
    0x00C9, 0x00D1, 0x00D6, 0x00D8, 0x00DC, 0x00DF, 0x00E0, 0x00E4, 0x00E5, 0x00E6,
    0x00E8, 0x00E9, 0x00EC, 0x00F1, 0x00F2, 0x00F6, 0x00F8, 0x00F9, 0x00FC, 0x0393,
    0x0394, 0x0398, 0x039B, 0x039E, 0x03A0, 0x03A3, 0x03A6, 0x03A8, 0x03A9, 0x20AC,
};

static bool fits(uint32_t point)
{
    if (point < 0x80)
        return point == '\n' || point == '\r' || (point >= ' ' && point != '`' && point != 0x7F);
    for (size_t i = 0; i < COUNT_OF(beyond_ascii); i++) {
        if (beyond_ascii[i] == point)
            return true;
    }
    return false;
}

bool gsm7_fits(struct span text)
{
    const char *at = text.data;
    const char *end = text.data + text.len;

    while (at < end) {
        if (!fits(text_next_point(&at, end)))
            return false;
    }
    return true;
}
