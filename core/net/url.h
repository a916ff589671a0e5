/* core/net/url.h - percent-encoding, forms, and splitting a URL; on libcurl's URL API where that
 * helps. */
#ifndef HEED_NET_URL_H
#define HEED_NET_URL_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/span.h"
#include "core/base/str.h"

void url_add_encoded(struct str *out, struct span text); /* RFC 3986 unreserved stay */
char *url_encode(struct arena *arena, struct span text);
char *url_decode(struct arena *arena, struct span text,
                 bool plus_is_space); /* NUL never comes out: %00 gives U+FFFD */

/* "name=value" with '&' in front unless form is empty; encoded as application/x-www-form-urlencoded,
 * so a space becomes '+'. */
void url_add_field(struct str *form, const char *name, struct span value);

/* One field at a time off *form, decoded ('+' is a space) into the arena; false at the end. */
bool url_next_field(struct span *form, struct arena *arena, char **name, char **value);

/* The host of an http(s) URL without port, lower case; NULL when it is no such URL. */
char *url_host(struct arena *arena, const char *url);

#endif
