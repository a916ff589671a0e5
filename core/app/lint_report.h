/* core/app/lint_report.h - shows what a lint run found: for people, and as JSON. */
#ifndef HEED_APP_LINT_REPORT_H
#define HEED_APP_LINT_REPORT_H

#include <stdio.h>

#include "core/app/lint_run.h"
#include "core/base/json.h"

/* The findings of at least that severity, worst first, each with its place, why it matters and a better wording. */
void lint_report_findings(const struct lint_run *run, enum lint_severity least, FILE *out);

/* One line: how much was looked at, and what came of it. whom: "example prospects". */
void lint_report_summary(const struct lint_run *run, const char *whom, FILE *out);

/* The caller deletes. */
cJSON *lint_report_json(const struct lint_run *run);

#endif
