/* channels/provider_file.c - see provider_file.h. */
#include "channels/provider_file.h"

#include <dirent.h>
#include <stdlib.h>

#include "channels/provider_check.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"

#define REPORT_MAX_BYTES ((size_t)64 << 10)
#define NAMES_MAX 500
#define SUFFIX ".json"

/* --- loading --- */

static size_t check_root(const cJSON *root, struct span text, const char *path, struct str *report)
{
    const struct check_input input = { .name = path, .text = text, .root = root };
    struct arena scratch;
    size_t faults;

    arena_init(&scratch);
    faults = provider_check(&input, &scratch, report);
    arena_finish(&scratch);
    return faults;
}

static int tell_faults(const struct str *report, size_t faults, struct err *err)
{
    struct span rest = str_span(report);
    struct span line = rest;

    text_next_line(&rest, &line);
    if (faults > 1)
        return err_set(err, ERR_CONFIG, "%.*s (and %zu more)", (int)line.len, line.data,
                       faults - 1);
    return err_set(err, ERR_CONFIG, "%.*s", (int)line.len, line.data);
}

struct provider *provider_parse(struct span text, const char *path, struct err *err)
{
    cJSON *root = json_parse(text, path, err);
    struct provider *provider = NULL;
    struct str report;
    size_t faults;

    if (!root) {
        if (err)
            err->code = ERR_CONFIG;
        return NULL;
    }
    str_init(&report, REPORT_MAX_BYTES);
    faults = check_root(root, text, path, &report);
    if (faults > 0) {
        tell_faults(&report, faults, err);
        cJSON_Delete(root);
        goto out;
    }
    provider = xcalloc(1, sizeof(*provider));
    provider->root = root;
    provider->path = xstrdup(path);
    provider->name = json_text(root, "name", "");
    provider->title = json_text(root, "title", "");
    provider->kind = json_text(root, "kind", "");
    provider->address = json_text(root, "address", "");
    provider->base = json_text(root, "base", "");
out:
    str_finish(&report);
    return provider;
}

struct provider *provider_load(const char *path, struct err *err)
{
    struct provider *provider = NULL;
    struct str text;

    str_init(&text, JSON_MAX_BYTES);
    if (file_read(path, &text, NULL, err) == 0)
        provider = provider_parse(str_span(&text), path, err);
    str_finish(&text);
    return provider;
}

void provider_destroy(struct provider *provider)
{
    if (!provider)
        return;
    cJSON_Delete(provider->root);
    free(provider->path);
    free(provider);
}

size_t provider_check_file(const char *path, struct str *report)
{
    struct err err = { 0 };
    struct str text;
    cJSON *root = NULL;
    size_t faults = 1;

    str_init(&text, JSON_MAX_BYTES);
    if (file_read(path, &text, NULL, &err) == 0)
        root = json_parse(str_span(&text), path, &err);
    if (root)
        faults = check_root(root, str_span(&text), path, report);
    else
        str_printf(report, "%s\n", err.text);
    cJSON_Delete(root);
    str_finish(&text);
    return faults;
}

/* --- finding --- */

static bool is_name(struct span name)
{
    if (name.len == 0 || name.len > 64)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (!text_one_of(name.data[i], "abcdefghijklmnopqrstuvwxyz0123456789_-"))
            return false;
    }
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t add_names_of(const char *dir, struct arena *arena, const char **names, size_t count)
{
    DIR *folder = opendir(dir);
    struct dirent *entry;

    while (folder && count < NAMES_MAX && (entry = readdir(folder))) {
        struct span name = span_of(entry->d_name);
        size_t suffix = strlen(SUFFIX);

        if (name.len <= suffix || strcmp(entry->d_name + name.len - suffix, SUFFIX) != 0)
            continue;
        name.len -= suffix;
        if (is_name(name) && !span_is(name, "schema"))
            names[count++] = arena_dup_span(arena, name);
    }
    if (folder)
        closedir(folder);
    return count;
}

const char **provider_names(const char *dirs, struct arena *arena)
{
    const char **names = arena_array(arena, NAMES_MAX + 1, sizeof(*names));
    struct span rest = span_of(dirs);
    struct span dir;
    size_t count = 0, kept = 0;

    while (rest.len > 0 && text_next_piece(&rest, ':', &dir))
        count = add_names_of(arena_dup_span(arena, dir), arena, names, count);
    qsort(names, count, sizeof(*names), compare_names);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || strcmp(names[kept - 1], names[i]) != 0)
            names[kept++] = names[i];
    }
    names[kept] = NULL;
    return names;
}

static int tell_unknown(const char *dirs, const char *name, struct err *err)
{
    struct arena arena;
    const char **names;
    const char *near;
    struct str list;
    int rc;

    arena_init(&arena);
    str_init(&list, 400);
    names = provider_names(dirs ? dirs : "", &arena);
    near = text_nearest(name, names);
    for (size_t i = 0; names[i]; i++)
        str_printf(&list, "%s%s", i ? ", " : "", names[i]);
    if (near)
        rc = err_set(err, ERR_NOT_FOUND, "there is no provider \"%s\"; did you mean \"%s\"?", name,
                     near);
    else
        rc = err_set(err, ERR_NOT_FOUND, "there is no provider \"%s\"; there are: %s", name,
                     str_text(&list));
    str_finish(&list);
    arena_finish(&arena);
    return rc;
}

/* Loads it if it is there; *found says so. */
static struct provider *load_from(const char *dir, const char *name, bool *found, struct err *err)
{
    struct provider *provider;
    struct arena arena;
    const char *path;
    struct err why = { 0 };

    arena_init(&arena);
    path = arena_printf(&arena, "%s/%s%s", dir, name, SUFFIX);
    provider = provider_load(path, &why);
    *found = provider || why.code != ERR_NOT_FOUND;
    if (provider && strcmp(provider->name, name) != 0) {
        err_set(&why, ERR_CONFIG, "%s: name is \"%s\" and must be \"%s\" like the file", path,
                provider->name, name);
        provider_destroy(provider);
        provider = NULL;
    }
    if (!provider && err)
        *err = why;
    arena_finish(&arena);
    return provider;
}

struct provider *provider_find(const char *dirs, const char *name, struct err *err)
{
    struct provider *provider = NULL;
    struct span rest = span_of(dirs);
    struct span dir;
    struct arena arena;
    bool found = false;

    if (!is_name(span_of(name))) {
        err_set(err, ERR_CONFIG, "a provider name is 1-64 of a-z 0-9 _ -, not \"%s\"", name);
        return NULL;
    }
    arena_init(&arena);
    while (!found && rest.len > 0 && text_next_piece(&rest, ':', &dir))
        provider = load_from(arena_dup_span(&arena, dir), name, &found, err);
    arena_finish(&arena);
    if (!found)
        tell_unknown(dirs, name, err);
    return provider;
}

/* --- describing --- */

bool provider_setting(const struct provider *provider, size_t n, struct provider_setting *out)
{
    const cJSON *setting = cJSON_GetArrayItem(json_get(provider->root, "settings"), (int)n);

    if (!setting)
        return false;
    *out = (struct provider_setting){
        .name = json_text(setting, "name", ""),
        .help = json_text(setting, "help", ""),
        .fallback = json_text(setting, "default", NULL),
        .pattern = json_text(setting, "pattern", NULL),
        .secret = json_bool(setting, "secret", false),
        .required = json_bool(setting, "required", false),
    };
    return true;
}

static void describe_settings(const struct provider *provider, struct str *out)
{
    struct provider_setting setting;

    str_printf(out, "\n[sender NAME]\nthrough = http\nprovider = %s\nchannel = %s\n",
               provider->name, provider->kind);
    for (size_t i = 0; provider_setting(provider, i, &setting); i++)
        str_printf(out, "%s%s = ...  # %s%s%s%s\n", setting.name, setting.secret ? "_env" : "",
                   setting.help, setting.required ? "" : " (optional)",
                   setting.fallback ? "; default " : "", setting.fallback ? setting.fallback : "");
}

static void describe_limits(const struct provider *provider, struct str *out)
{
    const cJSON *text = json_get(provider->root, "text");
    int64_t window = json_int(provider->root, "session_window_s", 0);

    if (text)
        str_printf(out, "text: at most %lld %s\n", (long long)json_int(text, "max", 0),
                   json_text(text, "unit", ""));
    if (window)
        str_printf(out, "free text only %lld hours after their last message\n",
                   (long long)(window / 3600));
}

static void describe_webhook(const struct provider *provider, struct str *out)
{
    const cJSON *webhook = json_get(provider->root, "webhook");
    const cJSON *check;

    if (!webhook) {
        str_add_text(out, "webhooks: none; replies and receipts do not come back\n");
        return;
    }
    str_printf(out, "replies: %s, receipts: %s, checked by",
               json_get(webhook, "inbound") ? "yes" : "no",
               json_get(webhook, "status") ? "yes" : "no");
    cJSON_ArrayForEach(check, json_get(webhook, "checks"))
    {
        str_printf(out, " %s%s", json_text(check, "kind", ""),
                   json_bool(check, "optional", false) ? " (if a secret is set)" : "");
    }
    str_printf(out, "\n%s\n", json_text(webhook, "help", ""));
}

void provider_describe(const struct provider *provider, struct str *out)
{
    str_printf(out, "%s: %s\n", provider->name, provider->title);
    str_printf(out, "carries %s to an address of kind %s through %s\n", provider->kind,
               provider->address, provider->base);
    str_printf(out, "file: %s\n", provider->path);
    if (json_get(provider->root, "docs"))
        str_printf(out, "documentation: %s\n", json_text(provider->root, "docs", ""));
    describe_limits(provider, out);
    describe_webhook(provider, out);
    describe_settings(provider, out);
}
