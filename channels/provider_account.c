/* channels/provider_account.c - see provider_account.h. */
#include "channels/provider_account.h"

#include <stdlib.h>

#include "channels/provider_check.h"
#include "channels/provider_filter.h"
#include "core/base/json.h"
#include "core/base/sign.h"
#include "core/base/text.h"
#include "core/net/url.h"

#define SETTING_MAX_BYTES 4096
#define HIDDEN_MIN_BYTES 4 /* shorter secrets would turn every text into stars */
#define BATCH 8

static const char *setting_of(const struct http_account *account, const char *name)
{
    return vars_find(&account->vars, span_of(name));
}

static int check_setting(const struct conf_section *conf, const struct provider_setting *setting,
                         const char *value, struct err *err)
{
    if (!value && setting->required)
        return conf_err(conf, "provider", err, "%s needs %s%s: %s", conf_text(conf, "provider", ""),
                        setting->name, setting->secret ? " (or _env, _file, _credential)" : "",
                        setting->help);
    if (!value)
        return 0;
    if (strlen(value) > SETTING_MAX_BYTES || text_has_control(span_of(value)))
        return conf_err(conf, setting->name, err, "%s is too long or holds a control character",
                        setting->name);
    if (setting->pattern && !filter_matches(setting->pattern, value, NULL))
        return conf_err(conf, setting->name, err, "%s does not look right: %s", setting->name,
                        setting->help);
    return 0;
}

static int read_setting(struct http_account *account, const struct conf_section *conf,
                        const struct provider_setting *setting, struct err *err)
{
    const char *value = NULL;

    if (account->vars.count == PROVIDER_SETTINGS_MAX)
        return err_set(err, ERR_CONFIG, "%s: more than %d settings", account->provider->path,
                       PROVIDER_SETTINGS_MAX);
    if (!setting->secret)
        value = conf_text(conf, setting->name, setting->fallback);
    else if (conf_secret(conf, setting->name, &value, err) < 0)
        return -1;
    if (value && !*value)
        value = NULL;
    if (check_setting(conf, setting, value, err) < 0)
        return -1;
    account->settings[account->vars.count++] =
        (struct var){ .name = setting->name, .value = value ? xstrdup(value) : NULL };
    return 0;
}

static int read_settings(struct http_account *account, const struct conf_section *conf,
                         struct err *err)
{
    const char *known[PROVIDER_SETTINGS_MAX + 16] = { NULL };
    struct provider_setting setting;
    size_t count = 0;

    for (size_t i = 0; provider_common_keys[i]; i++)
        known[count++] = provider_common_keys[i];
    for (size_t i = 0;
         i < PROVIDER_SETTINGS_MAX && provider_setting(account->provider, i, &setting); i++)
        known[count++] = setting.name;
    if (conf_check_keys(conf, known, err) < 0)
        return -1;
    for (size_t i = 0; provider_setting(account->provider, i, &setting); i++) {
        if (read_setting(account, conf, &setting, err) < 0)
            return -1;
    }
    return 0;
}

static bool is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "[::1]") == 0 ||
           strcmp(host, "localhost") == 0;
}

static int read_url(struct http_account *account, const struct conf_section *conf, struct err *err)
{
    const char *url = conf_text(conf, "base_url", account->provider->base);
    const char *key = conf_text(conf, "base_url", NULL) ? "base_url" : "provider";
    bool plain = text_starts_nocase(span_of(url), "http://");
    size_t len = strlen(url);
    struct arena arena;
    char *host;
    int rc = 0;

    arena_init(&arena);
    host = url_host(&arena, url);
    if (!host || strpbrk(url, "?#@ ") || text_has_control(span_of(url)))
        rc = conf_err(conf, key, err, "base_url must be a URL such as https://api.example.com");
    else if (plain && !is_loopback(host))
        rc = conf_err(conf, key, err,
                      "base_url must begin with https://; http:// is for this machine only");
    else if (plain && !account->env->allow_plain_loopback)
        rc = conf_err(conf, key, err, "plain http:// is not allowed here");
    arena_finish(&arena);
    if (rc == 0) {
        account->url = xstrdup(url);
        while (len > 0 && account->url[len - 1] == '/')
            account->url[--len] = '\0';
    }
    return rc;
}

static bool has_path_check(const struct provider *provider, bool *optional)
{
    const cJSON *check;

    cJSON_ArrayForEach(check, json_get(json_get(provider->root, "webhook"), "checks"))
    {
        *optional = json_bool(check, "optional", false);
        if (strcmp(json_text(check, "kind", ""), "path") == 0)
            return true;
    }
    return false;
}

/* Where the provider reaches us. Without a public URL, or without the secret that would be the only
 * check, there is no such place, and requests do not ask for receipts. */
static void set_webhook(struct http_account *account)
{
    const char *secret = setting_of(account, "secret");
    bool optional = true;
    bool in_path = has_path_check(account->provider, &optional);
    struct arena arena;
    char *name;

    arena_init(&arena);
    name = url_encode(&arena, span_of(account->base.name));
    account->webhook_path = xstrdup(arena_printf(&arena, "/webhook/%s", name));
    if (in_path && secret)
        account->secret = xstrdup(secret);
    if (account->env->public_url && json_get(account->provider->root, "webhook") &&
        (account->secret || !in_path || optional))
        account->webhook_url = xstrdup(
            arena_printf(&arena, "%s%s%s%s", account->env->public_url, account->webhook_path,
                         account->secret ? "/" : "", account->secret ? account->secret : ""));
    arena_finish(&arena);
}

static void hide(struct http_account *account, const char *text)
{
    if (strlen(text) >= HIDDEN_MIN_BYTES && account->hidden_count < PROVIDER_HIDDEN_MAX)
        account->hidden[account->hidden_count++] = xstrdup(text);
}

/* Secrets, also in the forms in which a request carries them and a server might quote them. */
static void hide_secrets(struct http_account *account)
{
    struct provider_setting setting;
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; provider_setting(account->provider, i, &setting); i++) {
        const char *value = setting.secret ? setting_of(account, setting.name) : NULL;
        const char *sid;

        if (!value)
            continue;
        hide(account, value);
        hide(account, url_encode(&arena, span_of(value)));
        for (size_t k = 0; k < account->vars.count; k++) {
            sid = account->settings[k].value;
            if (sid && account->hidden_count < PROVIDER_HIDDEN_MAX / 2)
                hide(account,
                     sign_base64(&arena, span_of(arena_printf(&arena, "%s:%s", sid, value))));
        }
    }
    arena_finish(&arena);
}

static size_t max_text_bytes(const struct provider *provider)
{
    static const struct {
        const char *unit;
        size_t bytes; /* at most, of UTF-8, for one unit */
    } units[] = { { "bytes", 1 }, { "characters", 4 }, { "utf16", 3 }, { "segments", 320 } };
    const cJSON *text = json_get(provider->root, "text");

    for (size_t i = 0; text && i < COUNT_OF(units); i++) {
        if (strcmp(units[i].unit, json_text(text, "unit", "")) == 0)
            return (size_t)json_int(text, "max", 0) * units[i].bytes;
    }
    return 0;
}

static int fill_base(struct http_account *account, const struct conf_section *conf, struct err *err)
{
    const struct provider *provider = account->provider;
    const char *channel = conf_text(conf, "channel", provider->kind);
    const char *from = setting_of(account, "from");
    int64_t batch, sessions;

    if (strcmp(channel, provider->kind) != 0)
        return conf_err(conf, "channel", err, "provider %s carries %s, not %s", provider->name,
                        provider->kind, channel);
    if (conf_int(conf, "batch",
                 (struct conf_range){ 1, 100, json_int(provider->root, "batch", BATCH) }, &batch,
                 err) < 0)
        return -1;
    if (conf_int(conf, "sessions",
                 (struct conf_range){ 1, 16, json_int(provider->root, "sessions", 1) }, &sessions,
                 err) < 0)
        return -1;
    account->base.kind = provider->kind;
    account->base.address_kind = provider->address;
    account->base.address = from ? from : account->base.name;
    account->base.max_text_bytes = max_text_bytes(provider);
    account->base.session_window_ms = json_int(provider->root, "session_window_s", 0) * SECOND_MS;
    account->base.batch = (int)batch;
    account->base.sessions = (int)sessions;
    return 0;
}

/* struct var lends its values; those of an account are its own. */
static char *own(const char *value)
{
    return (char *)(uintptr_t)value;
}

void provider_account_close(struct account *base)
{
    struct http_account *account = (struct http_account *)base;

    if (!account)
        return;
    for (size_t i = 0; i < account->vars.count; i++)
        xfree_secret(own(account->settings[i].value));
    for (size_t i = 0; i < account->hidden_count; i++)
        xfree_secret(account->hidden[i]);
    xfree_secret(account->secret);
    xfree_secret(account->webhook_url);
    free(account->webhook_path);
    free(account->url);
    free(own(account->base.name));
    provider_destroy(account->provider);
    free(account);
}

struct account *provider_account_open(const struct conf_section *conf,
                                      const struct channel_env *env, struct err *err)
{
    const char *name = conf_text(conf, "provider", NULL);
    struct http_account *account;

    if (!name) {
        conf_err(conf, "through", err, "a sender through http needs provider = NAME");
        return NULL;
    }
    account = xcalloc(1, sizeof(*account));
    account->base.name = xstrdup(conf->name);
    account->env = env;
    account->vars.list = account->settings;
    account->provider = provider_find(env->provider_dirs, name, err);
    if (!account->provider) {
        if (err && err->code == ERR_NOT_FOUND)
            err->code = ERR_CONFIG;
        goto fail;
    }
    if (read_settings(account, conf, err) < 0 || read_url(account, conf, err) < 0 ||
        fill_base(account, conf, err) < 0)
        goto fail;
    set_webhook(account);
    hide_secrets(account);
    return &account->base;
fail:
    provider_account_close(&account->base);
    return NULL;
}

void provider_account_hide(const struct http_account *account, char *text, size_t len)
{
    for (size_t i = 0; i < account->hidden_count; i++) {
        size_t size = strlen(account->hidden[i]);
        char *at = text;

        while ((at = memmem(at, len - (size_t)(at - text), account->hidden[i], size))) {
            memset(at, '*', size);
            at += size;
        }
    }
}
