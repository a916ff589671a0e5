/* channels/provider_request.c - see provider_request.h. */
#include "channels/provider_request.h"

#include <stdlib.h>

#include "core/base/json.h"
#include "core/net/url.h"

#define URL_MAX_BYTES ((size_t)64 << 10)
#define BODY_MAX_BYTES ((size_t)256 << 10)
#define HEADERS_MAX 16

struct build {
    const cJSON *spec;
    struct template_fill *fill;
    struct http_request *out;
    const char **headers; /* room for HEADERS_MAX and the NULL */
    size_t header_count;
};

/* An optional value that is missing where nothing can be left out. */
static enum template_outcome demand(enum template_outcome outcome)
{
    return outcome == TEMPLATE_ABSENT ? TEMPLATE_MISSING : outcome;
}

/* [[name, template], ...] in order; fields without a value are left out. */
static enum template_outcome add_fields(struct template_fill *fill, const cJSON *fields,
                                        struct str *out)
{
    const cJSON *field;

    cJSON_ArrayForEach(field, fields)
    {
        const char *value;
        enum template_outcome outcome =
            template_text(fill, cJSON_GetArrayItem(field, 1)->valuestring, &value);

        if (outcome == TEMPLATE_MISSING)
            return outcome;
        if (outcome == TEMPLATE_OK)
            url_add_field(out, cJSON_GetArrayItem(field, 0)->valuestring, span_of(value));
    }
    return str_ok(out) ? TEMPLATE_OK : TEMPLATE_MISSING;
}

static enum template_outcome build_url(struct build *build, const char *base)
{
    enum template_outcome outcome;
    struct str url, query;

    str_init(&url, URL_MAX_BYTES);
    str_init(&query, URL_MAX_BYTES);
    str_add_text(&url, base);
    outcome =
        demand(template_add(build->fill, json_text(build->spec, "path", ""), TEMPLATE_PATH, &url));
    if (outcome == TEMPLATE_OK)
        outcome = add_fields(build->fill, json_get(build->spec, "query"), &query);
    if (query.len > 0)
        str_add_char(&url, '?');
    str_add_span(&url, str_span(&query));
    if (outcome == TEMPLATE_OK && !str_ok(&url))
        outcome = TEMPLATE_MISSING;
    build->out->url = arena_dup_span(build->fill->arena, str_span(&url));
    str_finish(&query);
    str_finish(&url);
    return outcome;
}

static void add_header(struct build *build, const char *name, const char *value)
{
    if (build->header_count < HEADERS_MAX)
        build->headers[build->header_count++] =
            arena_printf(build->fill->arena, "%s: %s", name, value);
}

static enum template_outcome add_headers(struct build *build, const cJSON *headers)
{
    const cJSON *header;

    cJSON_ArrayForEach(header, headers)
    {
        const char *value;
        enum template_outcome outcome = template_text(build->fill, header->valuestring, &value);

        if (outcome == TEMPLATE_MISSING)
            return outcome;
        if (outcome == TEMPLATE_OK)
            add_header(build, header->string, value);
    }
    return TEMPLATE_OK;
}

static enum template_outcome add_auth(struct build *build)
{
    const cJSON *auth = json_get(build->spec, "auth");
    const cJSON *basic = json_get(auth, "basic");
    enum template_outcome outcome = TEMPLATE_OK;

    if (basic)
        outcome = demand(template_text(build->fill, cJSON_GetArrayItem(basic, 0)->valuestring,
                                       &build->out->user));
    if (basic && outcome == TEMPLATE_OK)
        outcome = demand(template_text(build->fill, cJSON_GetArrayItem(basic, 1)->valuestring,
                                       &build->out->password));
    return outcome == TEMPLATE_OK ? add_headers(build, json_get(auth, "headers")) : outcome;
}

static enum template_outcome body_of_form(struct build *build, const cJSON *form)
{
    enum template_outcome outcome;
    struct str body;

    str_init(&body, BODY_MAX_BYTES);
    outcome = add_fields(build->fill, form, &body);
    build->out->body = span_of(arena_dup_span(build->fill->arena, str_span(&body)));
    str_finish(&body);
    add_header(build, "Content-Type", "application/x-www-form-urlencoded");
    return outcome;
}

static enum template_outcome body_of_json(struct build *build, const cJSON *tree)
{
    enum template_outcome outcome;
    cJSON *filled = template_json(build->fill, tree, &outcome);
    char *printed;

    if (!filled)
        return demand(outcome);
    printed = json_print(filled, false);
    build->out->body = span_of(arena_dup(build->fill->arena, printed));
    free(printed);
    cJSON_Delete(filled);
    add_header(build, "Content-Type", "application/json");
    return build->out->body.len <= BODY_MAX_BYTES ? TEMPLATE_OK : TEMPLATE_MISSING;
}

static enum template_outcome build_body(struct build *build)
{
    const cJSON *form = json_get(build->spec, "form");
    const cJSON *tree = json_get(build->spec, "json");
    const char *text = json_text(build->spec, "text", NULL);
    enum template_outcome outcome;

    if (form)
        return body_of_form(build, form);
    if (tree)
        return body_of_json(build, tree);
    if (!text)
        return TEMPLATE_OK;
    outcome = demand(template_text(build->fill, text, &text));
    build->out->body = span_of(text);
    return outcome;
}

enum template_outcome request_build(const cJSON *spec, const char *base, struct template_fill *fill,
                                    struct http_request *out)
{
    struct build build = { .spec = spec, .fill = fill, .out = out };
    enum template_outcome outcome;

    *out = (struct http_request){ .method = json_text(spec, "method", "POST") };
    build.headers = arena_array(fill->arena, HEADERS_MAX + 1, sizeof(*build.headers));
    out->headers = build.headers;
    outcome = build_url(&build, base);
    if (outcome == TEMPLATE_OK)
        outcome = add_auth(&build);
    if (outcome == TEMPLATE_OK)
        outcome = build_body(&build);
    if (outcome == TEMPLATE_OK)
        outcome = add_headers(&build, json_get(spec, "headers"));
    return outcome;
}
