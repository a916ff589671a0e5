/* core/engine/rate.c - see rate.h. */
#include "core/engine/rate.h"

#include <math.h>
#include <stdlib.h>

#define Z_95 1.959963984540054 /* two-sided 95 % of the normal distribution */

struct rate rate_wilson(int64_t hits, int64_t trials)
{
    double n = (double)trials, share, spread, scale, middle;

    if (trials <= 0)
        return (struct rate){ .rate = 0, .low = 0, .high = 1 };
    hits = hits < 0 ? 0 : hits > trials ? trials : hits;
    share = (double)hits / n;
    scale = 1 + Z_95 * Z_95 / n;
    middle = (share + Z_95 * Z_95 / (2 * n)) / scale;
    spread = Z_95 * sqrt(share * (1 - share) / n + Z_95 * Z_95 / (4 * n * n)) / scale;
    /* The ends are exact where nothing or everything was hit; rounding must not say otherwise. */
    return (struct rate){ .rate = share,
                          .low = hits == 0 ? 0 : middle - spread,
                          .high = hits == trials ? 1 : middle + spread };
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

int64_t rate_median(int64_t *values, size_t count)
{
    int64_t low, high;

    if (count == 0)
        return 0;
    qsort(values, count, sizeof(*values), compare);
    low = values[(count - 1) / 2];
    high = values[count / 2];
    return low / 2 + high / 2 + (low % 2 + high % 2) / 2;
}
