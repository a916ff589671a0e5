/* core/app/template_convert.h - `heed template convert`: files with other tools' merge tags, and what became of each. */
#ifndef HEED_APP_TEMPLATE_CONVERT_H
#define HEED_APP_TEMPLATE_CONVERT_H

#include "core/app/verb.h"

/* Needs no workspace. 0; 1 when something was not understood; -1 and err. */
int template_convert(struct invocation *in, struct workspace *workspace, struct err *err);

#endif
