/* core/api/web.h - what the outside may ask of a running heed: webhooks of providers, one-click unsubscribe (RFC 8058), health. No
 * rules of its own: a request is checked, stored by the engine, and answered after the commit. */
#ifndef HEED_API_WEB_H
#define HEED_API_WEB_H

#include "core/engine/engine.h"

struct web;

/* Listens as [http] listen says. NULL and err; NULL without err when the configuration has no [http] section. */
struct web *web_start(struct workspace *workspace, struct engine *engine, struct err *err);
void web_stop(struct web *web); /* NULL is fine */

#endif
