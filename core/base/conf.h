/* core/base/conf.h - heed.conf: "[kind name]" sections of "key = value" lines, '#' comments, values
 * to the end of line; a '#' after white space starts a comment too. A secret KEY is given as KEY_env = VARIABLE, KEY_file = PATH or
 * KEY_credential = NAME (systemd), never in the file itself unless the file's mode is 0600 or
 * stricter. */
#ifndef HEED_BASE_CONF_H
#define HEED_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct conf;

/* One "[kind name]" section; name is "" for "[kind]". Borrowed from its conf. */
struct conf_section {
    const char *kind, *name;
    const char *path;
    int line;
};

/* Reads the file; refuses one that group or others can read when it holds a secret in clear,
 * duplicate sections and duplicate keys. The caller destroys. */
struct conf *conf_read(const char *path, struct err *err) MUST_USE;
struct conf *conf_parse(const char *text, const char *path, struct err *err) MUST_USE;
void conf_destroy(struct conf *conf); /* NULL is fine; wipes secrets */

/* The section, or NULL. */
const struct conf_section *conf_find(const struct conf *conf, const char *kind, const char *name);
/* The n-th section of a kind in file order, or NULL. */
const struct conf_section *conf_nth(const struct conf *conf, const char *kind, size_t n);

/* The value of key, or fallback. Borrowed. section may be NULL. */
const char *conf_text(const struct conf_section *section, const char *key, const char *fallback);

struct conf_range { /* what an integer may be, and what it is when the key is absent */
    int64_t min, max, fallback;
};

/* Typed values: -1 and err ("heed.conf:12: port must be 1-65535, not \"x\"") when present but
 * wrong. */
int conf_int(const struct conf_section *section, const char *key, struct conf_range range,
             int64_t *out, struct err *err) MUST_USE;
int conf_bool(const struct conf_section *section, const char *key, bool fallback, bool *out,
              struct err *err) MUST_USE;

/* The n-th key of a section in file order, or NULL at the end. */
const char *conf_key(const struct conf_section *section, size_t n);

/* Resolves a secret by KEY, KEY_env, KEY_file (a relative path starts beside the conf; one line
 * break at the end is cut) or KEY_credential (a file in $CREDENTIALS_DIRECTORY). *out is NULL when
 * none is given. Borrowed until conf_destroy(); thread-safe. */
int conf_secret(const struct conf_section *section, const char *key, const char **out,
                struct err *err) MUST_USE;

/* For schema checks: err names the line of the first key of section that is not in `known`
 * (NULL-ended), with the nearest known name. Keys of secrets are known by their plain name. */
int conf_check_keys(const struct conf_section *section, const char *const *known,
                    struct err *err) MUST_USE;

/* err at the line of `key`: "heed.conf:12: ...". Returns -1. */
int conf_err(const struct conf_section *section, const char *key, struct err *err,
             const char *format, ...) PRINTF_LIKE(4, 5);

#endif
