/* core/app/inbox_raw.h - `heed inbox raw`: the bytes of a message as they came in. */
#ifndef HEED_APP_INBOX_RAW_H
#define HEED_APP_INBOX_RAW_H

#include "core/app/command.h"

/* words: "raw", ID. Writes to standard output; the exit code. */
int inbox_raw(struct invocation *in);

#endif
