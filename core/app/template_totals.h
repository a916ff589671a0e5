/* core/app/template_totals.h - what an audit found, summed up for people and as JSON. */
#ifndef HEED_APP_TEMPLATE_TOTALS_H
#define HEED_APP_TEMPLATE_TOTALS_H

#include "core/app/command.h"
#include "core/base/segments.h"
#include "core/engine/coverage.h"

struct template_totals {
    struct coverage *coverage;
    struct segment_tally segments; /* of complete messages that go as SMS */
};

void template_totals_init(struct template_totals *totals);
void template_totals_finish(struct template_totals *totals);
void template_totals_add(struct template_totals *totals, const struct rehearsed *one);

/* label: "recap@3". Returns 0. */
int template_totals_show(struct template_totals *totals, struct invocation *in, const char *label);

/* {"texts": ..., "least": ...}, or null without a text. */
cJSON *template_totals_segments(const struct segment_tally *tally);
/* "1,234 SMS of 1 to 3 segments (median 1): 1,456 segments in all; 12 leave GSM-7". */
const char *template_totals_segment_line(const struct segment_tally *tally, struct arena *arena);

#endif
