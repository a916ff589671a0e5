/* channels/provider_check.c - the format of provider files as tables of members, and what tables
 * cannot say. providers/schema.json says the same for editors and people. */
#include "channels/provider_check.h"

#include "channels/provider_event.h"
#include "channels/provider_sign.h"
#include "channels/provider_type.h"
#include "channels/provider_verdict.h"
#include "core/base/json.h"
#include "core/base/text.h"

/* --- the format --- */

static const char *const methods[] = { "GET", "POST", "PUT", NULL };
static const char *const units[] = { "bytes", "characters", "utf16", "segments", NULL };

static const struct member setting_members[] = {
    { .name = "name", .is = check_name, .required = true },
    { .name = "help", .is = check_line, .required = true },
    { .name = "secret", .is = check_bool },
    { .name = "required", .is = check_bool },
    { .name = "default", .is = check_line },
    { .name = "pattern", .is = check_pattern },
    { .name = NULL },
};
static const struct member text_members[] = {
    { .name = "max", .is = check_number, .required = true, .min = 1, .max = 1000000 },
    { .name = "unit", .is = check_word, .required = true, .words = units },
    { .name = NULL },
};
static const struct member auth_members[] = {
    { .name = "basic", .is = check_pair },
    { .name = "headers", .is = check_headers },
    { .name = NULL },
};
static const struct member request_members[] = {
    { .name = "method", .is = check_word, .required = true, .words = methods },
    { .name = "path", .is = check_path, .required = true },
    { .name = "auth", .is = check_object, .members = auth_members },
    { .name = "headers", .is = check_headers },
    { .name = "query", .is = check_fields },
    { .name = "form", .is = check_fields },
    { .name = "json", .is = check_tree },
    { .name = "text", .is = check_template },
    { .name = NULL },
};
static const struct member rule_members[] = {
    { .name = "when", .is = check_conditions, .required = true },
    { .name = "is", .is = check_word, .required = true, .words = verdict_words },
    { .name = NULL },
};
static const struct member wish_members[] = {
    { .name = "from", .is = check_value, .required = true },
    { .name = "unit_ms", .is = check_number, .min = 1, .max = 60000 },
    { .name = NULL },
};
static const struct member verdict_members[] = {
    { .name = "id", .is = check_value },
    { .name = "code", .is = check_value },
    { .name = "detail", .is = check_value },
    { .name = "retry_after", .is = check_object, .members = wish_members },
    { .name = "accepted", .is = check_conditions },
    { .name = "rules", .is = check_objects, .members = rule_members },
    { .name = NULL },
};
static const struct member test_members[] = {
    { .name = "request", .is = check_object, .required = true, .members = request_members },
    { .name = "accepted", .is = check_conditions },
    { .name = "needs", .is = check_names },
    { .name = "say", .is = check_value, .required = true },
    { .name = NULL },
};
static const struct member check_members[] = {
    { .name = "kind", .is = check_word, .required = true, .words = sign_kinds },
    { .name = "optional", .is = check_bool },
    { .name = "key", .is = check_template },
    { .name = "key_is", .is = check_word, .words = sign_keys },
    { .name = "in", .is = check_value },
    { .name = "hash", .is = check_word, .words = sign_hashes },
    { .name = "over", .is = check_parts },
    { .name = "between", .is = check_string },
    { .name = "as", .is = check_word, .words = sign_forms },
    { .name = "prefix", .is = check_line },
    { .name = "separator", .is = check_line },
    { .name = "body_hash", .is = check_value },
    { .name = "timestamp", .is = check_value },
    { .name = "window_s", .is = check_number, .min = 1, .max = 86400 },
    { .name = NULL },
};
static const struct member reply_members[] = {
    { .name = "status", .is = check_number, .min = 200, .max = 599 },
    { .name = "content_type", .is = check_line },
    { .name = "body", .is = check_value },
    { .name = NULL },
};
static const struct member handshake_members[] = {
    { .name = "when", .is = check_conditions, .required = true },
    { .name = "reply", .is = check_object, .required = true, .members = reply_members },
    { .name = NULL },
};
static const struct member override_members[] = {
    { .name = "when", .is = check_conditions, .required = true },
    { .name = "delivery", .is = check_word, .required = true, .words = event_deliveries },
    { .name = NULL },
};
static const struct member status_members[] = {
    { .name = "each", .is = check_line },
    { .name = "when", .is = check_conditions },
    { .name = "delivery", .is = check_delivery, .required = true },
    { .name = "override", .is = check_objects, .members = override_members },
    { .name = "event", .is = check_value },
    { .name = "id", .is = check_value },
    { .name = "key", .is = check_value },
    { .name = "code", .is = check_value },
    { .name = "to", .is = check_value },
    { .name = "at", .is = check_value },
    { .name = NULL },
};
static const struct member inbound_members[] = {
    { .name = "each", .is = check_line },
    { .name = "when", .is = check_conditions },
    { .name = "event", .is = check_value },
    { .name = "from", .is = check_value, .required = true },
    { .name = "from_name", .is = check_value },
    { .name = "to", .is = check_value },
    { .name = "text", .is = check_value, .required = true },
    { .name = "thread", .is = check_value },
    { .name = "at", .is = check_value },
    { .name = NULL },
};
static const struct member webhook_members[] = {
    { .name = "help", .is = check_line, .required = true },
    { .name = "checks", .is = check_objects, .required = true, .members = check_members },
    { .name = "handshakes", .is = check_objects, .members = handshake_members },
    { .name = "status", .is = check_objects, .members = status_members },
    { .name = "inbound", .is = check_objects, .members = inbound_members },
    { .name = "ack", .is = check_object, .members = reply_members },
    { .name = NULL },
};
static const struct member root_members[] = {
    { .name = "$schema", .is = check_line },
    { .name = "format", .is = check_number, .required = true, .min = 1, .max = 1 },
    { .name = "name", .is = check_name, .required = true },
    { .name = "title", .is = check_line, .required = true },
    { .name = "docs", .is = check_line },
    { .name = "kind", .is = check_name, .required = true },
    { .name = "address", .is = check_name, .required = true },
    { .name = "to_pattern", .is = check_pattern },
    { .name = "base", .is = check_base, .required = true },
    { .name = "settings", .is = check_objects, .required = true, .members = setting_members },
    { .name = "text", .is = check_object, .members = text_members },
    { .name = "session_window_s", .is = check_number, .min = 1, .max = 31536000 },
    { .name = "batch", .is = check_number, .min = 1, .max = 100 },
    { .name = "sessions", .is = check_number, .min = 1, .max = 16 },
    { .name = "send", .is = check_object, .required = true, .members = request_members },
    { .name = "verdict", .is = check_object, .required = true, .members = verdict_members },
    { .name = "test", .is = check_objects, .members = test_members },
    { .name = "webhook", .is = check_object, .members = webhook_members },
    { .name = NULL },
};
static const struct member root_member = { .members = root_members };

/* --- what the tables cannot say --- */

const char *const provider_common_keys[] = { "through",  "channel",  "provider",
                                             "base_url", "batch",    "per_minute",
                                             "per_day",  "sessions", NULL };

static const char *const computed[] = { "key",       "to",          "from",     "from_name",
                                        "to_name",   "subject",     "text",     "html",
                                        "thread_id", "webhook_url", "alphabet", NULL };

static void collect_names(struct walk *walk)
{
    const cJSON *setting;
    size_t count = 0;

    for (size_t i = 0; computed[i]; i++)
        walk->names[count++] = computed[i];
    cJSON_ArrayForEach(setting, json_get(walk->input->root, "settings"))
    {
        const char *name = json_text(setting, "name", NULL);

        if (name && count < CHECK_NAMES_MAX - 1)
            walk->names[count++] = name;
    }
    walk->names[count] = NULL;
}

static void check_settings(const struct place *root)
{
    const cJSON *settings = json_get(root->value, "settings");
    const cJSON *setting, *other;

    cJSON_ArrayForEach(setting, settings)
    {
        const char *name = json_text(setting, "name", "");
        bool from = strcmp(name, "from") == 0;

        if (text_is_among(name, provider_common_keys) || (text_is_among(name, computed) && !from))
            check_fault(root, "the setting \"%s\" has a name that is taken", name);
        for (other = setting->next; other; other = other->next) {
            if (strcmp(json_text(other, "name", ""), name) == 0)
                check_fault(root, "the setting \"%s\" stands twice", name);
        }
        if (json_bool(setting, "secret", false) && json_get(setting, "default"))
            check_fault(root, "the setting \"%s\" is secret and has a default", name);
    }
}

static void check_request(const struct place *root, const cJSON *request)
{
    int bodies = 0;

    bodies += json_get(request, "form") != NULL;
    bodies += json_get(request, "json") != NULL;
    bodies += json_get(request, "text") != NULL;
    if (bodies > 1)
        check_fault(root, "a request has one of form, json and text");
    if (bodies > 0 && strcmp(json_text(request, "method", ""), "GET") == 0)
        check_fault(root, "a GET request has no form, json or text");
}

/* What each kind of check cannot do without. */
static void check_checks(const struct place *root)
{
    const cJSON *webhook = json_get(root->value, "webhook");
    const cJSON *check;

    if (webhook && cJSON_GetArraySize(json_get(webhook, "checks")) == 0)
        check_fault(root, "webhook.checks must not be empty: anybody could send replies");
    cJSON_ArrayForEach(check, json_get(webhook, "checks"))
    {
        const char *kind = json_text(check, "kind", "");
        bool path = strcmp(kind, "path") == 0;
        bool hmac = strcmp(kind, "hmac") == 0;

        if (!path && !json_get(check, "key"))
            check_fault(root, "a webhook check of kind \"%s\" needs a \"key\"", kind);
        if ((hmac || strcmp(kind, "token") == 0) && !json_get(check, "in"))
            check_fault(root, "a webhook check of kind \"%s\" needs an \"in\"", kind);
        if (hmac && cJSON_GetArraySize(json_get(check, "over")) == 0)
            check_fault(root, "a webhook check of kind \"hmac\" needs an \"over\"");
        if (!path && json_get(check, "optional"))
            check_fault(root, "only a webhook check of kind \"path\" may be optional");
        if (!json_get(check, "window_s") != !json_get(check, "timestamp"))
            check_fault(root, "\"window_s\" and \"timestamp\" go together");
    }
}

size_t provider_check(const struct check_input *input, struct arena *scratch, struct str *report)
{
    struct walk walk = { .input = input, .arena = scratch, .report = report };
    struct place root = { .walk = &walk, .value = input->root, .path = "" };
    const cJSON *test;

    collect_names(&walk);
    check_object(&root, &root_member);
    if (walk.faults > 0)
        return walk.faults;
    check_settings(&root);
    check_request(&root, json_get(input->root, "send"));
    cJSON_ArrayForEach(test, json_get(input->root, "test"))
    {
        check_request(&root, json_get(test, "request"));
    }
    check_checks(&root);
    return walk.faults;
}
