/* core/app/template_preview.h - `heed template preview`: all parts of a template for the few people who show every branch. */
#ifndef HEED_APP_TEMPLATE_PREVIEW_H
#define HEED_APP_TEMPLATE_PREVIEW_H

#include "core/app/command.h"

/* The verb; workspace is NULL: it opens one if there is one. 0, or -1 and err. */
int template_preview(struct invocation *in, struct workspace *workspace, struct err *err);

#endif
