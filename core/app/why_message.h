/* core/app/why_message.h - `heed why ME_ID`: what a message was read as, by which rules, and what followed from it. */
#ifndef HEED_APP_WHY_MESSAGE_H
#define HEED_APP_WHY_MESSAGE_H

#include "core/app/command.h"

/* The exit code. */
int why_message(struct invocation *in, struct workspace *workspace, int64_t id);

#endif
