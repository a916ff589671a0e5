/* core/engine/read_ahead.h - inbounds that wait are read by a second thread while the writing thread works on those before them.
 * Reading is pure, so who reads one changes nothing; order and effects stay with the writing thread. */
#ifndef HEED_ENGINE_READ_AHEAD_H
#define HEED_ENGINE_READ_AHEAD_H

#include "core/engine/inbox.h"

struct read_ahead;

/* mail_program: as engine_options.mail_program; the thread has a child of its own. inbox is borrowed: its own addresses and
 * workspace. The thread and the child start when there is something to do for them. NULL on a machine with one processor, and
 * without a mail_program: two threads of one process never parse. */
struct read_ahead *read_ahead_create(const struct inbox *inbox, const char *mail_program);
void read_ahead_destroy(struct read_ahead *ahead); /* NULL is fine */

/* From now on those of the list are read, in its order, some hundred ahead at most. The list stays until read_ahead_end(), which comes
 * before the next begin. ahead may be NULL in all of these. */
void read_ahead_begin(struct read_ahead *ahead, const struct inbound *list, int count);
void read_ahead_end(struct read_ahead *ahead);

/* One of the list as read, asked for in its order; good until the next is asked for, or the end. NULL: it was not read ahead and will not
 * be, the caller reads it. */
const struct inbox_content *read_ahead_take(struct read_ahead *ahead, const struct inbound *in);

#endif
