/* core/app/mailboxes.h - one thread for each [mailbox NAME]: it reads new mail and gives it to the engine; the cursor moves in
 * the transaction that stores the mail. */
#ifndef HEED_APP_MAILBOXES_H
#define HEED_APP_MAILBOXES_H

#include "core/engine/engine.h"

struct mailboxes;

/* NULL and err on bad settings. No mailbox at all is fine. */
struct mailboxes *mailboxes_start(struct workspace *workspace, struct engine *engine,
                                  struct err *err) MUST_USE;
void mailboxes_stop(
    struct mailboxes *mailboxes); /* NULL is fine; to be called while the engine still runs */

#endif
