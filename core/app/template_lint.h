/* core/app/template_lint.h - `heed template lint`, and the look at template folders before they are put. */
#ifndef HEED_APP_TEMPLATE_LINT_H
#define HEED_APP_TEMPLATE_LINT_H

#include "core/app/command.h"
#include "core/app/template_files.h"

/* The verb; workspace is NULL: it opens one if it needs it. 0, 1 when there is an error among the findings, -1 and err. */
int template_lint(struct invocation *in, struct workspace *workspace, struct err *err);

struct lint_counts {
    size_t errors, warnings;
};

/* Lints folders that compile over the example prospects and prints errors and warnings to stderr. phrase_dirs: as
 * workspace->phrase_dirs, or NULL. 0, or -1 and err. */
int template_lint_folders(const struct template_files *files, const char *phrase_dirs,
                          struct lint_counts *out, struct err *err) MUST_USE;

#endif
