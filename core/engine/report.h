/* core/engine/report.h - what each channel and each step earned: counts of the store with rates and medians. Prints
 * nothing. */
#ifndef HEED_ENGINE_REPORT_H
#define HEED_ENGINE_REPORT_H

#include "core/engine/rate.h"
#include "core/store/stats.h"

struct report_row {
    struct stats_touches counts;
    int64_t opt_outs; /* people whose opt-out or complaint came after this as their last touch */
    /* switches that stand: to this channel; for a step and in total: all it earned */
    int64_t switches_to;
    int64_t switches_from; /* only of channels */
    struct rate rate;      /* people who replied of people touched */
    int64_t median_ms;     /* from sent to the first human reply, -1 = nobody replied */
};

struct report {
    struct report_row total;
    /* by name; one that people switched to or from is here without touches, too */
    struct report_row *channels;
    size_t channel_count;
    struct report_row *steps; /* by sequence and step; by hand (sequence NULL) last */
    size_t step_count;
};

/* Reads in one snapshot of its own. sequence: NULL = all of them and what was written by hand. Everything lives in the
 * arena. 0 or -1. */
int report_read(struct db *db, const char *sequence, struct arena *arena, struct report *out,
                struct err *err) MUST_USE;

/* "1 d 4 h", "35 min", "12 s": the two largest units, seconds only alone. Writes into text and returns it. */
const char *report_duration(int64_t ms, char text[32]);

/* "23 % (18-29)": a rate with its interval. Writes into text and returns it. */
const char *report_percent(const struct rate *rate, char text[32]);

#endif
