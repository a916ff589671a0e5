/* channels/http_provider.h - the channel "http": any service with an HTTP API that a provider file
 * describes. Knows no provider by name. */
#ifndef HEED_CHANNELS_HTTP_PROVIDER_H
#define HEED_CHANNELS_HTTP_PROVIDER_H

#include "channels/channel.h"

extern const struct channel channel_http;

#endif
