/* core/app/cmd_provider.c - the provider files that `through = http` can use: listed, described, checked. */
#include <string.h>

#include "channels/provider_file.h"
#include "core/app/commands.h"
#include "core/app/verb.h"

#define MAX_TEXT_BYTES ((size_t)1 << 20)

static cJSON *settings_json(const struct provider *provider)
{
    cJSON *list = cJSON_CreateArray();
    struct provider_setting setting;

    for (size_t n = 0; provider_setting(provider, n, &setting); n++) {
        cJSON *one = cJSON_CreateObject();
        json_add_text(one, "name", setting.name);
        json_add_text(one, "help", setting.help);
        json_add_text(one, "default", setting.fallback);
        cJSON_AddBoolToObject(one, "secret", setting.secret);
        cJSON_AddBoolToObject(one, "required", setting.required);
        cJSON_AddItemToArray(list, one);
    }
    return list;
}

static cJSON *provider_json(const struct provider *provider)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "name", provider->name);
    json_add_text(json, "title", provider->title);
    json_add_text(json, "channel", provider->kind);
    json_add_text(json, "path", provider->path);
    return json;
}

/* A file that does not load is listed with its fault: it would be missed otherwise. */
struct listing { /* of all providers, for people and machines */
    struct invocation *in;
    struct table *table;
    cJSON *json;
};

static void add_provider(const struct listing *listing, const char *name,
                         const struct provider *provider, const struct err *err)
{
    cJSON *json = provider ? provider_json(provider) : cJSON_CreateObject();

    table_row(listing->table,
              (const char *const[]){
                  name, provider ? provider->kind : "-",
                  provider ? provider->title
                           : arena_printf(&listing->in->arena, "BROKEN: %s", err->text) });
    if (!provider) {
        json_add_text(json, "name", name);
        json_add_text(json, "fault", err->text);
    }
    cJSON_AddItemToArray(listing->json, json);
}

static int list(struct invocation *in, struct workspace *w, struct err *err)
{
    const char **names = provider_names(w->provider_dirs, &in->arena);
    struct table *table = table_create(&in->arena, 3);
    cJSON *json = cJSON_CreateArray();
    const struct listing listing = { in, table, json };

    (void)err;
    table_row(table, (const char *const[]){ "PROVIDER", "CHANNEL", "TITLE" });
    for (; *names; names++) {
        struct err fault = { 0 };
        struct provider *provider = provider_find(w->provider_dirs, *names, &fault);
        add_provider(&listing, *names, provider, &fault);
        provider_destroy(provider);
    }
    if (in->json)
        return command_print_json(json);
    if (cJSON_GetArraySize(json))
        table_print(table, stdout);
    else
        printf("no provider files in %s\n", w->provider_dirs);
    cJSON_Delete(json);
    return 0;
}

static int show(struct invocation *in, struct workspace *w, struct err *err)
{
    struct provider *provider = provider_find(w->provider_dirs, in->words[1], err);
    struct str text;
    cJSON *json;

    if (!provider)
        return -1;
    if (in->json) {
        json = provider_json(provider);
        cJSON_AddItemToObject(json, "settings", settings_json(provider));
        command_print_json(json);
    } else {
        str_init(&text, MAX_TEXT_BYTES);
        provider_describe(provider, &text);
        printf("%s", str_text(&text));
        str_finish(&text);
    }
    provider_destroy(provider);
    return 0;
}

static int tell_checked(struct invocation *in, const struct str *report, size_t faults,
                        struct err *err)
{
    cJSON *json;

    if (in->json) {
        json = cJSON_CreateObject();
        json_add_int(json, "files", in->count - 1);
        json_add_int(json, "faults", (int64_t)faults);
        json_add_text(json, "report", str_text(report));
        command_print_json(json);
    } else {
        fputs(str_text(report), stderr);
    }
    if (faults)
        return err_set(err, ERR_CONFIG, "%zu fault%s", faults, faults == 1 ? "" : "s");
    if (!in->json)
        printf("%d provider file%s without a fault\n", in->count - 1, in->count == 2 ? "" : "s");
    return 0;
}

static int check(struct invocation *in, struct workspace *w, struct err *err)
{
    struct str report;
    size_t faults = 0;
    int rc;

    (void)w;
    str_init(&report, MAX_TEXT_BYTES);
    for (int i = 1; i < in->count; i++)
        faults += provider_check_file(in->words[i], &report);
    rc = tell_checked(in, &report, faults, err);
    str_finish(&report);
    return rc;
}

static const struct verb verbs[] = {
    { "list", 0, 0, WORKSPACE_STORE, list },
    { "show", 1, 1, WORKSPACE_STORE, show },
    { "check", 1, -1, VERB_NO_WORKSPACE, check },
    { 0 },
};

static int run(struct invocation *in)
{
    return verb_run(in, verbs);
}

const struct command command_provider = {
    .name = "provider",
    .usage = "list | show NAME | check FILE...",
    .summary = "services that `through = http` can use",
    .examples = "heed provider list\n"
                "heed provider show twilio\n"
                "heed provider check my-sms.json",
    .min_words = 1,
    .max_words = -1,
    .run = run,
};
