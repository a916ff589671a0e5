/* core/app/template_audit.h - `heed template audit`: every field of a template over a whole list, before anything is sent. */
#ifndef HEED_APP_TEMPLATE_AUDIT_H
#define HEED_APP_TEMPLATE_AUDIT_H

#include "core/app/command.h"

/* The verb. 0, or -1 and err. */
int template_audit(struct invocation *in, struct workspace *workspace, struct err *err);

/* A count for people: "1,234,567". In the arena. */
const char *template_count(struct arena *arena, int64_t count);

#endif
