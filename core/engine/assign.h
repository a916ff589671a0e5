/* core/engine/assign.h - a person says whose a message is: the part of relabel.h that moves it. For relabel.c only. */
#ifndef HEED_ENGINE_ASSIGN_H
#define HEED_ENGINE_ASSIGN_H

#include "core/engine/inbox_inside.h"
#include "core/engine/relabel.h"

/* Was it a person who said whose this message is? */
bool assign_is_said(const struct message_row *row);

/* Does the person say whose it is, or that it is nobody's? */
bool assign_is_asked(const struct relabel *wish);

/* Makes a->row the row of wish->prospect_id: in its place when it was theirs before, else a new one in their slot, and the one it
 * leaves says where it went. A row that is nobody's stays in its place. What followed has been taken back. 0 or -1. */
int assign(struct heard *a, const struct relabel *wish, const struct message_row *was,
           struct err *err) MUST_USE;

/* In the trace of the message, and of the row it left. 0 or -1. */
int assign_leave_trace(struct heard *a, const struct relabel *wish, const struct message_row *was,
                       struct err *err) MUST_USE;

#endif
