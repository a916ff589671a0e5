/* channels/provider_check.c - the format of provider files as tables of members, walked over a file.
 * providers/schema.json says the same for editors and people. */
#include "channels/provider_check.h"

#include <stdarg.h>
#include <stdio.h>

#include "channels/provider_event.h"
#include "channels/provider_facts.h"
#include "channels/provider_filter.h"
#include "channels/provider_sign.h"
#include "channels/provider_template.h"
#include "channels/provider_verdict.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/net/url.h"

#define FAULTS_MAX 50
#define DEPTH_MAX 20
#define NAMES_MAX 80

struct walk {
    const struct check_input *input;
    struct arena *arena;
    struct str *report;
    size_t faults;
    const char *names[NAMES_MAX]; /* what {name} may be */
};

/* One value at its place. */
struct place {
    struct walk *walk;
    const cJSON *value;
    const char *path;
    int depth;
};

struct member;

/* Looks at one value and tells its faults. */
typedef void check_type(const struct place *place, const struct member *member);

struct member {
    const char *name;
    check_type *is;
    bool required;
    const struct member *members; /* of an object or of each object of a list */
    const char *const *words;
    int64_t min, max;
};

/* --- telling faults --- */

static void PRINTF_LIKE(2, 3) fault(const struct place *place, const char *format, ...)
{
    struct walk *walk = place->walk;
    char text[400];
    va_list args;

    if (walk->faults++ >= FAULTS_MAX)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    str_printf(walk->report, "%s:%d: %s%s%s\n", walk->input->name,
               provider_line(walk->input->text, place->path), place->path,
               *place->path ? ": " : "", text);
}

static struct place inner(const struct place *outer, const cJSON *value, const char *name)
{
    return (struct place){
        .walk = outer->walk,
        .value = value,
        .path = arena_printf(outer->walk->arena, "%s%s%s", outer->path, *outer->path ? "." : "",
                             name),
        .depth = outer->depth + 1,
    };
}

static struct place element(const struct place *outer, const cJSON *value, int index)
{
    return (struct place){
        .walk = outer->walk,
        .value = value,
        .path = arena_printf(outer->walk->arena, "%s[%d]", outer->path, index),
        .depth = outer->depth + 1,
    };
}

static bool is_text(const struct place *place)
{
    if (cJSON_IsString(place->value) && *place->value->valuestring)
        return true;
    fault(place, "must be a text that is not empty");
    return false;
}

/* --- plain types --- */

static void is_line(const struct place *place, const struct member *member)
{
    (void)member;
    if (is_text(place) && text_has_control(span_of(place->value->valuestring)))
        fault(place, "must be one line");
}

static void is_name(const struct place *place, const struct member *member)
{
    (void)member;
    if (!is_text(place))
        return;
    if (strspn(place->value->valuestring, "abcdefghijklmnopqrstuvwxyz0123456789_-") !=
            strlen(place->value->valuestring) ||
        strlen(place->value->valuestring) > 64)
        fault(place, "must be 1-64 of a-z 0-9 _ -, not \"%s\"", place->value->valuestring);
}

static void is_word(const struct place *place, const struct member *member)
{
    const char *near;

    if (!is_text(place))
        return;
    for (const char *const *word = member->words; *word; word++) {
        if (strcmp(*word, place->value->valuestring) == 0)
            return;
    }
    near = text_nearest(place->value->valuestring, member->words);
    fault(place, "\"%s\" is unknown here%s%s%s", place->value->valuestring,
          near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static void is_number(const struct place *place, const struct member *member)
{
    double value = place->value->valuedouble;

    if (!cJSON_IsNumber(place->value) || value != (double)(int64_t)value ||
        value < (double)member->min || value > (double)member->max)
        fault(place, "must be a whole number from %lld to %lld", (long long)member->min,
              (long long)member->max);
}

static void is_bool(const struct place *place, const struct member *member)
{
    (void)member;
    if (!cJSON_IsBool(place->value))
        fault(place, "must be true or false");
}

static void is_pattern(const struct place *place, const struct member *member)
{
    (void)member;
    if (is_text(place) && !filter_pattern_ok(place->value->valuestring))
        fault(place, "is no regular expression (POSIX extended)");
}

static void is_base(const struct place *place, const struct member *member)
{
    static const char *const loopback[] = { "http://127.0.0.1", "http://[::1]", "http://localhost" };
    const char *url = place->value->valuestring;
    bool fine = false;

    (void)member;
    if (!is_text(place))
        return;
    for (size_t i = 0; i < COUNT_OF(loopback); i++) {
        size_t len = strlen(loopback[i]);

        fine = fine || (strncmp(url, loopback[i], len) == 0 && strchr(":/", url[len]));
    }
    if (!fine && strncmp(url, "https://", 8) != 0)
        fault(place, "must begin with https:// (http:// only for 127.0.0.1)");
    else if (!url_host(place->walk->arena, url) || strpbrk(url, "?#@ {}") ||
             url[strlen(url) - 1] == '/')
        fault(place, "must be a URL without user, query and slash at the end");
}

static void is_template(const struct place *place, const struct member *member)
{
    const char *wrong;

    (void)member;
    if (!is_text(place))
        return;
    wrong = template_fault(place->value->valuestring, place->walk->names, place->walk->arena);
    if (wrong)
        fault(place, "%s", wrong);
}

static void is_path(const struct place *place, const struct member *member)
{
    if (is_text(place) && (*place->value->valuestring != '/' ||
                           strpbrk(place->value->valuestring, " ?#\t\r\n")))
        fault(place, "must begin with / and hold no space, ? or #");
    else
        is_template(place, member);
}

static void is_headers(const struct place *place, const struct member *member)
{
    const cJSON *header;

    if (!cJSON_IsObject(place->value)) {
        fault(place, "must be an object of header names and values");
        return;
    }
    cJSON_ArrayForEach(header, place->value)
    {
        struct place at = inner(place, header, header->string);

        if (strpbrk(header->string, " :\t\r\n") || !*header->string)
            fault(&at, "is no header name");
        is_template(&at, member);
    }
}

static void is_pair(const struct place *place, const struct member *member)
{
    (void)member;
    if (cJSON_GetArraySize(place->value) != 2 || !cJSON_IsArray(place->value)) {
        fault(place, "must be a list of two texts");
        return;
    }
    for (int i = 0; i < 2; i++) {
        struct place at = element(place, cJSON_GetArrayItem(place->value, i), i);

        is_template(&at, member);
    }
}

static void is_list_of(const struct place *place, const struct member *member, check_type *is)
{
    const cJSON *value;
    int index = 0;

    if (!cJSON_IsArray(place->value)) {
        fault(place, "must be a list");
        return;
    }
    cJSON_ArrayForEach(value, place->value)
    {
        struct place at = element(place, value, index++);

        is(&at, member);
    }
}

static void is_fields(const struct place *place, const struct member *member)
{
    is_list_of(place, member, is_pair);
}

static void is_names(const struct place *place, const struct member *member)
{
    is_list_of(place, member, is_name);
}

static void is_tree(const struct place *place, const struct member *member)
{
    const cJSON *value;
    int index = 0;

    if (place->depth > DEPTH_MAX) {
        fault(place, "is nested too deeply");
        return;
    }
    if (cJSON_IsString(place->value) && *place->value->valuestring)
        is_template(place, member);
    cJSON_ArrayForEach(value, place->value)
    {
        struct place at = value->string ? inner(place, value, value->string)
                                        : element(place, value, index);

        index++;
        is_tree(&at, member);
    }
}

/* --- values and conditions --- */

static check_type is_value;

static void is_filter(const struct place *place, const struct member *member)
{
    const char *wrong;

    (void)member;
    if (!is_text(place))
        return;
    wrong = filter_fault(span_of(place->value->valuestring));
    if (wrong)
        fault(place, "\"%s\" %s", place->value->valuestring, wrong);
}

static void is_map(const struct place *place, const struct member *member)
{
    const cJSON *value;

    if (!cJSON_IsObject(place->value)) {
        fault(place, "must be an object of texts");
        return;
    }
    cJSON_ArrayForEach(value, place->value)
    {
        struct place at = inner(place, value, value->string);

        if (member->words)
            is_word(&at, member);
        else
            is_text(&at);
    }
}

static void is_value_object(const struct place *place, const struct member *member)
{
    static const char *const known[] = { "from", "then", "map", "join", "with", NULL };
    const cJSON *from = json_get(place->value, "from");
    const cJSON *join = json_get(place->value, "join");
    const cJSON *value;

    if (!from == !join)
        fault(place, "must have either \"from\" or \"join\"");
    cJSON_ArrayForEach(value, place->value)
    {
        struct place at = inner(place, value, value->string);

        if (value == from)
            is_value(&at, member);
        else if (value == join)
            is_list_of(&at, member, is_value);
        else if (strcmp(value->string, "then") == 0)
            is_list_of(&at, member, is_filter);
        else if (strcmp(value->string, "map") == 0)
            is_map(&at, member);
        else if (strcmp(value->string, "with") != 0 || !cJSON_IsString(value))
            is_word(&(struct place){ .walk = place->walk,
                                     .path = at.path,
                                     .value = &(cJSON){ .type = cJSON_String,
                                                        .valuestring = value->string } },
                    &(struct member){ .words = known });
    }
}

static void is_value(const struct place *place, const struct member *member)
{
    const char *wrong;

    if (place->depth > DEPTH_MAX) {
        fault(place, "is nested too deeply");
    } else if (cJSON_IsArray(place->value)) {
        is_list_of(place, member, is_value);
    } else if (cJSON_IsObject(place->value)) {
        is_value_object(place, member);
    } else if (is_text(place)) {
        wrong = facts_source_fault(place->value->valuestring);
        if (wrong)
            fault(place, "\"%s\" %s", place->value->valuestring, wrong);
    }
}

static void is_condition(const struct place *place, const struct member *member)
{
    const cJSON *op = cJSON_GetArrayItem(place->value, 1);
    int size = cJSON_GetArraySize(place->value);
    struct place source = element(place, cJSON_GetArrayItem(place->value, 0), 0);
    const char *wrong;

    if (!cJSON_IsArray(place->value) || size < 2 || size > 3 || !cJSON_IsString(op)) {
        fault(place, "must be [source, operator] or [source, operator, value]");
        return;
    }
    is_value(&source, member);
    wrong = facts_operator_fault(op->valuestring, cJSON_GetArrayItem(place->value, 2));
    if (wrong)
        fault(place, "\"%s\" %s", op->valuestring, wrong);
}

static void is_conditions(const struct place *place, const struct member *member)
{
    is_list_of(place, member, is_condition);
}

/* A value whose outcome must be a delivery word. */
static void is_delivery(const struct place *place, const struct member *member)
{
    const cJSON *map = json_get(place->value, "map");
    const char *constant = cJSON_IsString(place->value) ? place->value->valuestring : NULL;
    struct member words = *member;

    words.words = event_deliveries;
    if (constant && strncmp(constant, "const:", 6) == 0)
        is_word(&(struct place){ .walk = place->walk,
                                 .path = place->path,
                                 .value = &(cJSON){ .type = cJSON_String,
                                                    .valuestring =
                                                        arena_dup(place->walk->arena,
                                                                  constant + 6) } },
                &words);
    else if (!map)
        fault(place, "must be \"const:WORD\" or have a \"map\" to the words for deliveries");
    else
        is_value(place, &words);
}

static void is_part(const struct place *place, const struct member *member)
{
    const char *wrong;

    (void)member;
    if (!is_text(place))
        return;
    wrong = sign_part_fault(place->value->valuestring);
    if (wrong)
        fault(place, "\"%s\" %s", place->value->valuestring, wrong);
}

static void is_parts(const struct place *place, const struct member *member)
{
    is_list_of(place, member, is_part);
}

/* --- objects --- */

static const struct member *find_member(const struct member *members, const char *name)
{
    for (; members->name; members++) {
        if (strcmp(members->name, name) == 0)
            return members;
    }
    return NULL;
}

static void tell_unknown(const struct place *place, const struct member *members)
{
    const char *names[40] = { NULL };
    const char *near;

    for (size_t i = 0; members[i].name && i < COUNT_OF(names) - 1; i++)
        names[i] = members[i].name;
    near = text_nearest(place->value->string, names);
    fault(place, "is unknown here%s%s%s", near ? "; did you mean \"" : "", near ? near : "",
          near ? "\"?" : "");
}

static void is_object(const struct place *place, const struct member *member)
{
    const cJSON *value;

    if (!cJSON_IsObject(place->value)) {
        fault(place, "must be an object");
        return;
    }
    cJSON_ArrayForEach(value, place->value)
    {
        const struct member *known = find_member(member->members, value->string);
        struct place at = inner(place, value, value->string);

        if (known)
            known->is(&at, known);
        else
            tell_unknown(&at, member->members);
    }
    for (const struct member *m = member->members; m->name; m++) {
        if (m->required && !json_get(place->value, m->name))
            fault(place, "\"%s\" is missing", m->name);
    }
}

static void is_objects(const struct place *place, const struct member *member)
{
    is_list_of(place, member, is_object);
}

/* --- the format --- */

static const char *const methods[] = { "GET", "POST", "PUT", NULL };
static const char *const units[] = { "bytes", "characters", "utf16", NULL };

static const struct member setting_members[] = {
    { .name = "name", .is = is_name, .required = true },
    { .name = "help", .is = is_line, .required = true },
    { .name = "secret", .is = is_bool },
    { .name = "required", .is = is_bool },
    { .name = "default", .is = is_line },
    { .name = "pattern", .is = is_pattern },
    { .name = NULL },
};
static const struct member text_members[] = {
    { .name = "max", .is = is_number, .required = true, .min = 1, .max = 1000000 },
    { .name = "unit", .is = is_word, .required = true, .words = units },
    { .name = NULL },
};
static const struct member auth_members[] = {
    { .name = "basic", .is = is_pair },
    { .name = "headers", .is = is_headers },
    { .name = NULL },
};
static const struct member request_members[] = {
    { .name = "method", .is = is_word, .required = true, .words = methods },
    { .name = "path", .is = is_path, .required = true },
    { .name = "auth", .is = is_object, .members = auth_members },
    { .name = "headers", .is = is_headers },
    { .name = "query", .is = is_fields },
    { .name = "form", .is = is_fields },
    { .name = "json", .is = is_tree },
    { .name = "text", .is = is_template },
    { .name = NULL },
};
static const struct member rule_members[] = {
    { .name = "when", .is = is_conditions, .required = true },
    { .name = "is", .is = is_word, .required = true, .words = verdict_words },
    { .name = NULL },
};
static const struct member wish_members[] = {
    { .name = "from", .is = is_value, .required = true },
    { .name = "unit_ms", .is = is_number, .min = 1, .max = 60000 },
    { .name = NULL },
};
static const struct member verdict_members[] = {
    { .name = "id", .is = is_value },
    { .name = "code", .is = is_value },
    { .name = "detail", .is = is_value },
    { .name = "retry_after", .is = is_object, .members = wish_members },
    { .name = "accepted", .is = is_conditions },
    { .name = "rules", .is = is_objects, .members = rule_members },
    { .name = NULL },
};
static const struct member test_members[] = {
    { .name = "request", .is = is_object, .required = true, .members = request_members },
    { .name = "accepted", .is = is_conditions },
    { .name = "needs", .is = is_names },
    { .name = "say", .is = is_value, .required = true },
    { .name = NULL },
};
static const struct member check_members[] = {
    { .name = "kind", .is = is_word, .required = true, .words = sign_kinds },
    { .name = "optional", .is = is_bool },
    { .name = "key", .is = is_template },
    { .name = "key_is", .is = is_word, .words = sign_keys },
    { .name = "in", .is = is_value },
    { .name = "hash", .is = is_word, .words = sign_hashes },
    { .name = "over", .is = is_parts },
    { .name = "between", .is = is_line },
    { .name = "as", .is = is_word, .words = sign_forms },
    { .name = "prefix", .is = is_line },
    { .name = "separator", .is = is_line },
    { .name = "body_hash", .is = is_value },
    { .name = "timestamp", .is = is_value },
    { .name = "window_s", .is = is_number, .min = 1, .max = 86400 },
    { .name = NULL },
};
static const struct member reply_members[] = {
    { .name = "status", .is = is_number, .min = 200, .max = 599 },
    { .name = "content_type", .is = is_line },
    { .name = "body", .is = is_value },
    { .name = NULL },
};
static const struct member handshake_members[] = {
    { .name = "when", .is = is_conditions, .required = true },
    { .name = "reply", .is = is_object, .required = true, .members = reply_members },
    { .name = NULL },
};
static const struct member override_members[] = {
    { .name = "when", .is = is_conditions, .required = true },
    { .name = "delivery", .is = is_word, .required = true, .words = event_deliveries },
    { .name = NULL },
};
static const struct member status_members[] = {
    { .name = "each", .is = is_line },
    { .name = "when", .is = is_conditions },
    { .name = "delivery", .is = is_delivery, .required = true },
    { .name = "override", .is = is_objects, .members = override_members },
    { .name = "event", .is = is_value },
    { .name = "id", .is = is_value },
    { .name = "key", .is = is_value },
    { .name = "code", .is = is_value },
    { .name = "to", .is = is_value },
    { .name = "at", .is = is_value },
    { .name = NULL },
};
static const struct member inbound_members[] = {
    { .name = "each", .is = is_line },
    { .name = "when", .is = is_conditions },
    { .name = "event", .is = is_value },
    { .name = "from", .is = is_value, .required = true },
    { .name = "from_name", .is = is_value },
    { .name = "to", .is = is_value },
    { .name = "text", .is = is_value, .required = true },
    { .name = "thread", .is = is_value },
    { .name = "at", .is = is_value },
    { .name = NULL },
};
static const struct member webhook_members[] = {
    { .name = "help", .is = is_line, .required = true },
    { .name = "checks", .is = is_objects, .required = true, .members = check_members },
    { .name = "handshakes", .is = is_objects, .members = handshake_members },
    { .name = "status", .is = is_objects, .members = status_members },
    { .name = "inbound", .is = is_objects, .members = inbound_members },
    { .name = "ack", .is = is_object, .members = reply_members },
    { .name = NULL },
};
static const struct member root_members[] = {
    { .name = "$schema", .is = is_line },
    { .name = "format", .is = is_number, .required = true, .min = 1, .max = 1 },
    { .name = "name", .is = is_name, .required = true },
    { .name = "title", .is = is_line, .required = true },
    { .name = "docs", .is = is_line },
    { .name = "kind", .is = is_name, .required = true },
    { .name = "address", .is = is_name, .required = true },
    { .name = "to_pattern", .is = is_pattern },
    { .name = "base", .is = is_base, .required = true },
    { .name = "settings", .is = is_objects, .required = true, .members = setting_members },
    { .name = "text", .is = is_object, .members = text_members },
    { .name = "session_window_s", .is = is_number, .min = 1, .max = 31536000 },
    { .name = "batch", .is = is_number, .min = 1, .max = 100 },
    { .name = "sessions", .is = is_number, .min = 1, .max = 16 },
    { .name = "send", .is = is_object, .required = true, .members = request_members },
    { .name = "verdict", .is = is_object, .required = true, .members = verdict_members },
    { .name = "test", .is = is_objects, .members = test_members },
    { .name = "webhook", .is = is_object, .members = webhook_members },
    { .name = NULL },
};
static const struct member root_member = { .members = root_members };

/* --- what the tables cannot say --- */

const char *const provider_common_keys[] = { "through", "channel",    "provider", "base_url",
                                             "batch",   "per_minute", "per_day",  "sessions",
                                             NULL };

static const char *const computed[] = { "key",       "to",          "from",    "from_name",
                                        "to_name",   "subject",     "text",    "html",
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

        if (name && count < NAMES_MAX - 1)
            walk->names[count++] = name;
    }
    walk->names[count] = NULL;
}

static bool is_among(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (strcmp(*names, name) == 0)
            return true;
    }
    return false;
}

static void check_settings(const struct place *root)
{
    const cJSON *settings = json_get(root->value, "settings");
    const cJSON *setting, *other;

    cJSON_ArrayForEach(setting, settings)
    {
        const char *name = json_text(setting, "name", "");
        bool from = strcmp(name, "from") == 0;

        if (is_among(name, provider_common_keys) || (is_among(name, computed) && !from))
            fault(root, "the setting \"%s\" has a name that is taken", name);
        for (other = setting->next; other; other = other->next) {
            if (strcmp(json_text(other, "name", ""), name) == 0)
                fault(root, "the setting \"%s\" stands twice", name);
        }
        if (json_bool(setting, "secret", false) && json_get(setting, "default"))
            fault(root, "the setting \"%s\" is secret and has a default", name);
    }
}

static void check_request(const struct place *root, const cJSON *request)
{
    int bodies = 0;

    bodies += json_get(request, "form") != NULL;
    bodies += json_get(request, "json") != NULL;
    bodies += json_get(request, "text") != NULL;
    if (bodies > 1)
        fault(root, "a request has one of form, json and text");
    if (bodies > 0 && strcmp(json_text(request, "method", ""), "GET") == 0)
        fault(root, "a GET request has no form, json or text");
}

/* What each kind of check cannot do without. */
static void check_checks(const struct place *root)
{
    const cJSON *webhook = json_get(root->value, "webhook");
    const cJSON *check;

    if (webhook && cJSON_GetArraySize(json_get(webhook, "checks")) == 0)
        fault(root, "webhook.checks must not be empty: anybody could send replies");
    cJSON_ArrayForEach(check, json_get(webhook, "checks"))
    {
        const char *kind = json_text(check, "kind", "");
        bool path = strcmp(kind, "path") == 0;
        bool hmac = strcmp(kind, "hmac") == 0;

        if (!path && !json_get(check, "key"))
            fault(root, "a webhook check of kind \"%s\" needs a \"key\"", kind);
        if ((hmac || strcmp(kind, "token") == 0) && !json_get(check, "in"))
            fault(root, "a webhook check of kind \"%s\" needs an \"in\"", kind);
        if (hmac && cJSON_GetArraySize(json_get(check, "over")) == 0)
            fault(root, "a webhook check of kind \"hmac\" needs an \"over\"");
        if (!path && json_get(check, "optional"))
            fault(root, "only a webhook check of kind \"path\" may be optional");
        if (!json_get(check, "window_s") != !json_get(check, "timestamp"))
            fault(root, "\"window_s\" and \"timestamp\" go together");
    }
}

size_t provider_check(const struct check_input *input, struct arena *scratch, struct str *report)
{
    struct walk walk = { .input = input, .arena = scratch, .report = report };
    struct place root = { .walk = &walk, .value = input->root, .path = "" };
    const cJSON *test;

    collect_names(&walk);
    is_object(&root, &root_member);
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
