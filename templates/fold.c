/* templates/fold.c - see fold.h. Ranges after the Unicode character database's simple case mappings. */
#include "templates/fold.h"

#include <stddef.h>

#include "core/base/attr.h"

/* Upper-case letters [first, last] with their lower case `distance` away; distance 1 = pairs: upper
 * and lower alternate, the range begins with an upper-case letter. */
struct range {
    uint32_t first, last;
    int32_t distance;
};

static const struct range ranges[] = {
    { 'A', 'Z', 32 },     { 0xc0, 0xd6, 32 },   { 0xd8, 0xde, 32 },    { 0x100, 0x12f, 1 },
    { 0x132, 0x137, 1 },  { 0x139, 0x148, 1 },  { 0x14a, 0x177, 1 },   { 0x178, 0x178, -121 },
    { 0x179, 0x17e, 1 },  { 0x1cd, 0x1dc, 1 },  { 0x1de, 0x1ef, 1 },   { 0x1f8, 0x21f, 1 },
    { 0x222, 0x233, 1 },  { 0x386, 0x386, 38 }, { 0x388, 0x38a, 37 },  { 0x38c, 0x38c, 64 },
    { 0x38e, 0x38f, 63 }, { 0x391, 0x3a1, 32 }, { 0x3a3, 0x3ab, 32 },  { 0x400, 0x40f, 80 },
    { 0x410, 0x42f, 32 }, { 0x460, 0x481, 1 },  { 0x48a, 0x4bf, 1 },   { 0x4c1, 0x4ce, 1 },
    { 0x4d0, 0x52f, 1 },  { 0x531, 0x556, 48 }, { 0x1e00, 0x1e95, 1 }, { 0x1ea0, 0x1eff, 1 },
};

uint32_t fold_lower(uint32_t point)
{
    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        const struct range *r = &ranges[i];
        if (point < r->first || point > r->last)
            continue;
        if (r->distance != 1)
            return (uint32_t)((int32_t)point + r->distance);
        return (point - r->first) % 2 == 0 ? point + 1 : point;
    }
    return point;
}

uint32_t fold_upper(uint32_t point)
{
    if (point == 0x131) /* dotless i */
        return 'I';
    if (point < 0x80)
        return point >= 'a' && point <= 'z' ? point - 32 : point;
    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        const struct range *r = &ranges[i];
        int64_t upper = (int64_t)point - r->distance;
        if (r->distance == 1) {
            if (point >= r->first && point <= r->last)
                return (point - r->first) % 2 == 1 ? point - 1 : point;
        } else if (upper >= r->first && upper <= r->last) {
            return (uint32_t)upper;
        }
    }
    return point;
}
