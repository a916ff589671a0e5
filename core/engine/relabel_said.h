/* core/engine/relabel_said.h - what a person said of a message is kept with its trace, so that it still holds when the message is given
 * to somebody else. For relabel.c and assign.c only. */
#ifndef HEED_ENGINE_RELABEL_SAID_H
#define HEED_ENGINE_RELABEL_SAID_H

#include "core/engine/relabel.h"

/* Kind, labels, opt-out and wish as JSON, for the caller to delete; whose it is, is not among them. */
cJSON *relabel_said_json(const struct relabel *said);

/* The last correction of the message. 1 = found, 0 = there was none (or before heed kept them), -1. */
int relabel_said_recall(const struct effects *env, int64_t message_id, struct relabel *out,
                        struct err *err) MUST_USE;

#endif
