/* core/base/conf_secret.c - where secrets come from: the environment, a file, a systemd credential,
 * or, when nobody else can read it, heed.conf itself. No error text ever holds one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/conf_inside.h"
#include "core/base/file.h"
#include "core/base/text.h"

#define MAX_SECRET_BYTES ((size_t)64 << 10)
#define MAX_PATH_BYTES 4096
#define MAX_KEY_BYTES 80

/* A way to give a secret: reads what `value` names into out (str_init()ed). */
struct way {
    const char *suffix;
    int (*read)(const struct conf_section *section, const struct entry *entry, struct str *out,
                struct err *err);
};

static int read_env(const struct conf_section *section, const struct entry *entry, struct str *out,
                    struct err *err)
{
    const char *value = getenv(entry->value);

    if (!value)
        return conf_err(section, entry->key, err, "%s: the environment has no such variable",
                        entry->key);
    str_add_text(out, value);
    return 0;
}

/* Reads the file; a line break at its end does not belong to the secret. */
static int read_path(const struct conf_section *section, const struct entry *entry,
                     const char *path, struct str *out, struct err *err)
{
    struct err why = { 0 };

    if (file_read(path, out, NULL, &why) < 0)
        return conf_err(section, entry->key, err, "%s: %s", entry->key, why.text);
    if (out->len && out->data[out->len - 1] == '\n')
        out->data[--out->len] = '\0';
    if (out->len && out->data[out->len - 1] == '\r')
        out->data[--out->len] = '\0';
    return 0;
}

/* A path that does not start at the root starts beside heed.conf. */
static int read_file(const struct conf_section *section, const struct entry *entry, struct str *out,
                     struct err *err)
{
    const char *slash = entry->value[0] == '/' ? NULL : strrchr(section->path, '/');
    int folder_len = slash ? (int)(slash - section->path) + 1 : 0;
    char path[MAX_PATH_BYTES];
    int len = snprintf(path, sizeof(path), "%.*s%s", folder_len, section->path, entry->value);

    if (len < 0 || (size_t)len >= sizeof(path))
        return conf_err(section, entry->key, err, "%s: this path is too long", entry->key);
    return read_path(section, entry, path, out, err);
}

static int read_credential(const struct conf_section *section, const struct entry *entry,
                           struct str *out, struct err *err)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    char path[MAX_PATH_BYTES];
    int len;

    if (!folder || folder[0] != '/')
        return conf_err(section, entry->key, err,
                        "%s: $CREDENTIALS_DIRECTORY is not set; systemd sets it for services "
                        "with LoadCredential=",
                        entry->key);
    if (!entry->value[0] || entry->value[0] == '.' || strchr(entry->value, '/'))
        return conf_err(section, entry->key, err, "%s must be a plain name, not a path",
                        entry->key);
    len = snprintf(path, sizeof(path), "%s/%s", folder, entry->value);
    if (len < 0 || (size_t)len >= sizeof(path))
        return conf_err(section, entry->key, err, "%s: this path is too long", entry->key);
    return read_path(section, entry, path, out, err);
}

static const struct way ways[] = {
    { "_env", read_env },
    { "_file", read_file },
    { "_credential", read_credential },
};

size_t conf_plain_length(const char *key)
{
    size_t len = strlen(key);

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        size_t suffix_len = strlen(ways[i].suffix);
        if (len > suffix_len && strcmp(key + len - suffix_len, ways[i].suffix) == 0)
            return len - suffix_len;
    }
    return len;
}

/* Does the last word of the key name something to keep quiet about? */
static bool sounds_secret(const char *key)
{
    static const char *const words[] = { "password", "passwd", "passphrase", "secret",
                                         "token",    "key",    "credential", NULL };
    const char *last = key;

    for (const char *at = key; *at; at++)
        if (*at == '_' || *at == '-' || *at == '.')
            last = at + 1;
    for (size_t i = 0; words[i]; i++)
        if (text_eq_nocase(span_of(last), span_of(words[i])))
            return true;
    return false;
}

static int refuse_open(const struct conf_section *section, const char *key, struct err *err)
{
    return conf_err(section, key, err,
                    "%s is in clear and others can read the file; chmod 600 it, or give %s_env, "
                    "%s_file or %s_credential",
                    key, key, key, key);
}

int conf_check_secrets(const struct conf *conf, struct err *err)
{
    for (size_t i = 0; conf->is_open && i < conf->count; i++) {
        const struct section *section = conf->sections[i];
        for (size_t k = 0; k < section->count; k++) {
            const char *key = section->entries[k].key;
            if (conf_plain_length(key) == strlen(key) && sounds_secret(key))
                return refuse_open(&section->own, key, err);
        }
    }
    return 0;
}

/* Ends a secret's life. */
static void wipe(struct str *text)
{
    if (text->data)
        explicit_bzero(text->data, text->cap);
    str_finish(text);
}

void conf_forget_secrets(struct section *section)
{
    for (size_t i = 0; i < section->count; i++) {
        struct entry *entry = &section->entries[i];
        if (entry->secret)
            explicit_bzero(entry->secret, entry->secret_size);
        free(entry->secret);
    }
}

static int resolve(const struct conf_section *section, struct entry *entry, const struct way *way,
                   struct err *err)
{
    struct str text;
    int rc = -1;

    if (entry->secret)
        return 0;
    str_init(&text, MAX_SECRET_BYTES);
    if (way->read(section, entry, &text, err) < 0)
        goto out;
    if (!str_ok(&text) || text.len == 0 || memchr(text.data, '\0', text.len)) {
        conf_err(section, entry->key, err,
                 "%s: the secret there is empty, larger than %zu bytes, or has a NUL in it",
                 entry->key, MAX_SECRET_BYTES);
        goto out;
    }
    entry->secret_size = text.len + 1;
    entry->secret = memcpy(xmalloc(entry->secret_size), text.data, entry->secret_size);
    rc = 0;
out:
    wipe(&text);
    return rc;
}

/* The one entry that gives the secret, and how (NULL = in clear); no entry when it is not given. */
static int find_way(const struct conf_section *section, const char *key, struct entry **found,
                    const struct way **way, struct err *err)
{
    char name[MAX_KEY_BYTES];

    *found = conf_entry(conf_inside(section), key);
    *way = NULL;
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct entry *entry;
        snprintf(name, sizeof(name), "%s%s", key, ways[i].suffix);
        entry = conf_entry(conf_inside(section), name);
        if (entry && *found)
            return conf_err(section, name, err, "%s is also given by %s in line %d; keep one", key,
                            (*found)->key, (*found)->line);
        if (entry) {
            *found = entry;
            *way = &ways[i];
        }
    }
    return 0;
}

int conf_secret(const struct conf_section *section, const char *key, const char **out,
                struct err *err)
{
    const struct way *way;
    struct entry *entry;
    struct conf *conf;
    int rc;

    *out = NULL;
    if (find_way(section, key, &entry, &way, err) < 0)
        return -1;
    if (!entry)
        return 0;
    conf = conf_inside(section)->conf;
    if (!way && conf->is_open)
        return refuse_open(section, key, err);
    if (!way) {
        *out = entry->value;
        return *out[0] ? 0 : conf_err(section, key, err, "%s is empty", key);
    }
    pthread_mutex_lock(&conf->lock);
    rc = resolve(section, entry, way, err);
    *out = entry->secret;
    pthread_mutex_unlock(&conf->lock);
    return rc;
}
