/* core/base/json.h - cJSON with its traps closed: strict UTF-8, no duplicate keys, nothing after
 * the end, depth <= 64, size <= 1 MiB, and integers of more than 15 digits arrive as strings so
 * that ids survive. */
#ifndef HEED_BASE_JSON_H
#define HEED_BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/span.h"

#define JSON_MAX_BYTES ((size_t)1 << 20)

/* The caller frees with cJSON_Delete(). `name` is put into errors ("sequence.json:3:7: ..."). NULL
 * and err on bad text. */
cJSON *json_parse(struct span text, const char *name, struct err *err) MUST_USE;
cJSON *json_read_file(const char *path, struct err *err) MUST_USE;

/* Members by exact name; NULL / fallback when absent or of another type. Borrowed. */
const cJSON *json_get(const cJSON *object, const char *name);
const char *json_text(const cJSON *object, const char *name, const char *fallback);
int64_t json_int(const cJSON *object, const char *name,
                 int64_t fallback); /* also from a string of digits */
bool json_bool(const cJSON *object, const char *name, bool fallback);

/* Adds an int64 exactly (as raw digits). */
void json_add_int(cJSON *object, const char *name, int64_t value);
/* Adds text, or null for NULL. */
void json_add_text(cJSON *object, const char *name, const char *value);

/* A path like "a.b[0].c", "[-1]", "[\"key.with.dots\"]", from `root`; NULL when nothing is there.
 */
const cJSON *json_path(const cJSON *root, const char *path);

/* Printed, for the caller to free(); pretty = indented for people. Aborts when memory is out. */
char *json_print(const cJSON *value, bool pretty) MUST_USE;

#endif
