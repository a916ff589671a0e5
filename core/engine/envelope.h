/* core/engine/envelope.h - a web request as it is kept beside its raw body: method, path, query and headers as JSON. */
#ifndef HEED_ENGINE_ENVELOPE_H
#define HEED_ENGINE_ENVELOPE_H

#include "core/net/httpd.h"
#include "core/store/inbounds.h"

/* Text in the arena. Authorization and cookies are left out. */
char *envelope_make(const struct httpd_request *request, struct arena *arena);

/* The stored request again, body included. 0, or -1 and err. */
int envelope_open(const struct inbound *inbound, struct arena *arena, struct httpd_request *out,
                  struct err *err) MUST_USE;

#endif
