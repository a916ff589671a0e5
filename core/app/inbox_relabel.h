/* core/app/inbox_relabel.h - `heed inbox relabel` and `heed inbox assign`: a person corrects what a message was read as, or says whose
 * it is. */
#ifndef HEED_APP_INBOX_RELABEL_H
#define HEED_APP_INBOX_RELABEL_H

#include "core/app/command.h"

/* words: "relabel", ID, then what it is. The exit code. */
int inbox_relabel(struct invocation *in);

/* words: "assign", ID, a prospect; option "theirs". The exit code. */
int inbox_assign(struct invocation *in);

#endif
