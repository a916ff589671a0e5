/* channels/provider_filter.h - the small text functions of provider files: "{to|noplus}" in a
 * template and "then": ["digits"] behind a source. Pure. docs/providers.md lists them for people. */
#ifndef HEED_CHANNELS_PROVIDER_FILTER_H
#define HEED_CHANNELS_PROVIDER_FILTER_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/span.h"

/* spec: "name" or "name:argument". The result lives in the arena; NULL = there is no value (a
 * pattern that does not match, no number, an unknown filter). */
const char *filter_apply(struct span spec, const char *text, struct arena *arena);

/* NULL when spec is a good filter, else what is wrong with it. */
const char *filter_fault(struct span spec);

/* POSIX extended regular expression on at most 4 KiB of text. group (may be NULL): the first
 * parenthesis, or all that matched. */
bool filter_matches(const char *pattern, const char *text, struct span *group);
bool filter_pattern_ok(const char *pattern);

#endif
