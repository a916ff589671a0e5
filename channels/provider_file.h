/* channels/provider_file.h - provider files: finding, loading, checking and describing them. What
 * `heed provider list | show | check` and the channel "http" stand on. Sends nothing. The format is
 * in docs/providers.md. */
#ifndef HEED_CHANNELS_PROVIDER_FILE_H
#define HEED_CHANNELS_PROVIDER_FILE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/span.h"
#include "core/base/str.h"

/* A checked provider file. Immutable; threads may share it. All pointers live as long as it. */
struct provider {
    cJSON *root;
    const char *name, *title, *kind, *address, *base;
    char *path; /* where it was read from */
};

/* A setting the file asks for in [sender NAME]. */
struct provider_setting {
    const char *name, *help, *fallback, *pattern; /* the last two may be NULL */
    bool secret, required;
};

/* NULL and err, which names the first fault by file, line and path and counts the others. */
struct provider *provider_load(const char *path, struct err *err) MUST_USE;
struct provider *provider_parse(struct span text, const char *path, struct err *err) MUST_USE;
void provider_destroy(struct provider *provider); /* NULL is fine */

/* NAME.json from the first of the ':'-separated folders that has it. ERR_NOT_FOUND names those there
 * are. */
struct provider *provider_find(const char *dirs, const char *name, struct err *err) MUST_USE;

/* Every provider name in the folders, sorted, each once; NULL-ended, in the arena. */
const char **provider_names(const char *dirs, struct arena *arena);

/* For `heed provider check FILE`: adds one line per fault to report and returns their count; a file
 * that cannot be read or is no JSON is one fault. */
size_t provider_check_file(const char *path, struct str *report);

/* For `heed provider show NAME`: what it carries, its settings, limits and webhooks, for people. */
void provider_describe(const struct provider *provider, struct str *out);

/* The n-th setting; false behind the last. */
bool provider_setting(const struct provider *provider, size_t n, struct provider_setting *out);

#endif
