/* channels/provider_request.h - builds one HTTP request from a provider file's description and
 * values. Sends nothing. */
#ifndef HEED_CHANNELS_PROVIDER_REQUEST_H
#define HEED_CHANNELS_PROVIDER_REQUEST_H

#include <cjson/cJSON.h>

#include "channels/provider_template.h"
#include "core/net/http.h"

/* spec: method, path, auth, headers, query, form or json or text (docs/providers.md). base: without
 * a slash at the end. Everything in *out lives in fill->arena. TEMPLATE_OK, or TEMPLATE_MISSING with
 * fill->missing: what has no value, or NULL when the request grew too long. */
enum template_outcome request_build(const cJSON *spec, const char *base, struct template_fill *fill,
                                    struct http_request *out);

#endif
