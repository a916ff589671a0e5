/* core/app/inbox_relabel.h - `heed inbox relabel`: a person corrects what a message was read as. */
#ifndef HEED_APP_INBOX_RELABEL_H
#define HEED_APP_INBOX_RELABEL_H

#include "core/app/command.h"

/* words: "relabel", ID, then what it is. The exit code. */
int inbox_relabel(struct invocation *in);

#endif
