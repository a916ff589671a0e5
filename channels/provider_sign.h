/* channels/provider_sign.h - is a webhook truly from the provider? The checks of a provider file's
 * "webhook.checks", over the bytes as they came, compared in constant time (reliability S6, S7).
 * Remembers nothing: replays are the caller's, by event id. */
#ifndef HEED_CHANNELS_PROVIDER_SIGN_H
#define HEED_CHANNELS_PROVIDER_SIGN_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "channels/provider_template.h"
#include "core/base/err.h"
#include "core/net/httpd.h"

struct sign_context {
    const char *public_url;  /* NULL = not configured */
    const char *path_secret; /* what must stand behind /webhook/NAME/; NULL = none configured */
    const char *path;        /* "/webhook/NAME" */
    const struct vars *vars;
    int64_t now_ms; /* UTC unix ms */
};

/* 0 when every check passes, or -1 and err, which tells no secret and no expected signature. */
int sign_check(const cJSON *checks, const struct sign_context *context,
               const struct httpd_request *request, struct arena *scratch,
               struct err *err) MUST_USE;

/* Names the provider file may use. NULL-ended. */
extern const char *const sign_kinds[], *const sign_hashes[], *const sign_forms[],
                                                                 *const sign_keys[];

/* What is wrong with a part of "over", or NULL. */
const char *sign_part_fault(const char *part);

#endif
