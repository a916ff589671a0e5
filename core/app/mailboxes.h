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

/* For `heed run --once`, before the engine begins: hears what lies in every mailbox, so that nothing goes out to somebody who has
 * answered. A mailbox that cannot be read is told in the log and does not stop the others. 0, or -1 and err on bad settings. */
int mailboxes_read_once(struct workspace *workspace, struct err *err) MUST_USE;

#endif
