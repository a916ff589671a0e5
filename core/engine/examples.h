/* core/engine/examples.h - data of prospects that do not exist, for looking at templates without a store: from one of whom
 * everything is known to one of whom nearly nothing is. Made of the examples in drops.h, so that a new drop is in it by itself. */
#ifndef HEED_ENGINE_EXAMPLES_H
#define HEED_ENGINE_EXAMPLES_H

#include "core/base/arena.h"
#include "templates/template.h"

#define EXAMPLES_NOW_MS INT64_C(1795597200000) /* Wednesday 2026-11-25 09:00 UTC: their send time */

size_t examples_count(void);
const char *example_name(size_t n); /* "everything known", for people */

/* What a template gets for example n on a channel ("email"); in the arena. */
struct value example_data(size_t n, const char *channel, struct arena *arena);

#endif
