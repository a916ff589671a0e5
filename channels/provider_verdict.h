/* channels/provider_verdict.h - from a provider's answer to a send_result, by the rules of its file
 * and, where they are silent, by what HTTP says. Pure. */
#ifndef HEED_CHANNELS_PROVIDER_VERDICT_H
#define HEED_CHANNELS_PROVIDER_VERDICT_H

#include <cjson/cJSON.h>

#include "channels/channel.h"
#include "channels/provider_template.h"
#include "core/net/http.h"

/* spec: the file's "verdict". First the rules in order; then "accepted" (without it: any 2xx); then:
 *   2xx that is not accepted           unsure        429                            retry
 *   503 with Retry-After               retry         401 402 403, 3xx               broken
 *   5xx with the provider's own code   retry         other 5xx                      unsure
 *   other 4xx                          refused
 * Nothing in *out holds a control character. */
void verdict_read(const cJSON *spec, const struct http_response *response, const struct vars *vars,
                  struct arena *scratch, struct send_result *out);

/* The words a rule may end in ("is"), NULL-ended. */
extern const char *const verdict_words[];

#endif
