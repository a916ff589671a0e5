/* channels/provider_event.h - what a provider's webhook says, by the mappings of its file: replies,
 * receipts, handshakes. Pure; decides nothing. */
#ifndef HEED_CHANNELS_PROVIDER_EVENT_H
#define HEED_CHANNELS_PROVIDER_EVENT_H

#include <cjson/cJSON.h>

#include "channels/channel.h"
#include "channels/provider_template.h"
#include "core/net/httpd.h"

struct event_source {
    const cJSON *webhook;    /* the file's "webhook" */
    const struct vars *vars; /* the account's settings */
};

/* Emits into sink (emit NULL = only the ack is wanted) and fills *ack from
 * the handshake that fits or from "ack". 0, or -1 and err when the body cannot be read. A request
 * that fits no mapping is none of our business: 0 and no event. */
int event_read(const struct event_source *source, const struct httpd_request *request,
               const struct channel_sink *sink, struct channel_ack *ack, struct err *err) MUST_USE;

/* The delivery words, in the order of enum delivery; NULL-ended. */
extern const char *const event_deliveries[];

#endif
