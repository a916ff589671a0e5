/* core/app/verdict.h - what a message was read as, and what followed from it, for people and as JSON. */
#ifndef HEED_APP_VERDICT_H
#define HEED_APP_VERDICT_H

#include "core/app/command.h"
#include "core/store/inbounds.h"
#include "core/store/traces.h"

/* "human: question, not_now; when: \"in March\" (Mon 1 Mar 2027 09:00); wish: sms". In the arena. */
const char *verdict_line(struct invocation *in, const struct zone *zone,
                         const struct message_row *message);

/* The members labels, lead, sentiment, when, wish, opt_out, relabelled_at, into `json`. */
void verdict_json(struct invocation *in, const struct zone *zone, const struct message_row *message,
                  cJSON *json);

/* What followed, a line each; and as an array. */
void verdict_traces(struct invocation *in, const struct zone *zone, const struct trace_row *traces,
                    int count);
cJSON *verdict_traces_json(struct invocation *in, const struct zone *zone,
                           const struct trace_row *traces, int count);

#endif
