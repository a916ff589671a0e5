/* templates/budget.h - may an SMS be as long as it came out? Internal to templates/. */
#ifndef HEED_TEMPLATES_BUDGET_H
#define HEED_TEMPLATES_BUDGET_H

#include "templates/template.h"

#define SMS_SEGMENTS_MAX 10 /* whatever a template says (reference: templates.md section 5) */

struct segment_budget {
    int most; /* segments; 0 = SMS_SEGMENTS_MAX */
    int line; /* of the file, where it says so */
};

/* "3" after "segments:". false when it is no number from 1 to SMS_SEGMENTS_MAX. */
bool budget_read(struct span text, struct segment_budget *out);

/* 0, or -1 and *problem: how long it is, and which character made it so. text: as it would leave. */
int budget_check(const struct segment_budget *budget, struct span text,
                 struct template_problem *problem) MUST_USE;

#endif
