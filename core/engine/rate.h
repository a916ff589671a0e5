/* core/engine/rate.h - the few statistics of the report: a rate with its doubt, and a median.
 * Pure. */
#ifndef HEED_ENGINE_RATE_H
#define HEED_ENGINE_RATE_H

#include <stddef.h>
#include <stdint.h>

struct rate {
    double rate, low, high; /* 0..1; low and high: Wilson score interval, 95 % */
};

/* hits of trials; 0 of 0 gives rate 0 between 0 and 1. hits is kept within 0..trials. */
struct rate rate_wilson(int64_t hits, int64_t trials);

/* The middle value (the lower mean of the two middle ones when even); sorts `values` in place. 0
 * when there are none. */
int64_t rate_median(int64_t *values, size_t count);

#endif
