/* channels/provider_check.h - is a provider file what docs/providers.md says? Names every fault with
 * line and path. Pure: reads a parsed tree, no file. */
#ifndef HEED_CHANNELS_PROVIDER_CHECK_H
#define HEED_CHANNELS_PROVIDER_CHECK_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/span.h"
#include "core/base/str.h"

struct check_input {
    const char *name; /* of the file, for the report */
    struct span text; /* what root was parsed from: for the lines */
    const cJSON *root;
};

/* Adds one line per fault to report ("FILE:LINE: PATH: what is wrong") and returns their count. */
size_t provider_check(const struct check_input *input, struct arena *scratch, struct str *report);

/* The line, from 1, on which the value at path ("a.b[0].c", "" = the whole) begins in valid JSON
 * text. */
int provider_line(struct span text, const char *path);

/* Settings every http sender has, besides those of its provider file. NULL-ended. */
extern const char *const provider_common_keys[];

#endif
