/* core/engine/envelope.c - see envelope.h. */
#include "core/engine/envelope.h"

#include <stdlib.h>
#include <strings.h>

#include "core/base/json.h"

static bool is_secret(const char *header)
{
    return strcasecmp(header, "Authorization") == 0 || strcasecmp(header, "Cookie") == 0;
}

char *envelope_make(const struct httpd_request *request, struct arena *arena)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *headers = cJSON_AddObjectToObject(json, "headers");
    char *text, *copy;

    json_add_text(json, "method", request->method);
    json_add_text(json, "path", request->path);
    json_add_text(json, "query", request->query);
    for (size_t i = 0; i < request->header_count; i++)
        if (!is_secret(request->headers[i].name) &&
            !cJSON_GetObjectItemCaseSensitive(headers, request->headers[i].name))
            json_add_text(headers, request->headers[i].name, request->headers[i].value);
    text = json_print(json, false);
    copy = arena_dup(arena, text);
    free(text);
    cJSON_Delete(json);
    return copy;
}

int envelope_open(const struct inbound *inbound, struct arena *arena, struct httpd_request *out,
                  struct err *err)
{
    cJSON *json = json_parse(span_of(inbound->envelope), "stored request", err);
    const cJSON *headers = json ? json_get(json, "headers") : NULL;
    struct httpd_header *list;
    const cJSON *item;
    size_t count = 0;

    if (!json)
        return -1;
    list = arena_array(arena, headers ? (size_t)cJSON_GetArraySize(headers) + 1 : 1, sizeof(*list));
    if (headers)
        cJSON_ArrayForEach(item, headers) list[count++] = (struct httpd_header){
            .name = arena_dup(arena, item->string),
            .value = arena_dup(arena, cJSON_IsString(item) ? item->valuestring : ""),
        };
    *out = (struct httpd_request){
        .method = arena_dup(arena, json_text(json, "method", "POST")),
        .path = arena_dup(arena, json_text(json, "path", "/")),
        .query = arena_dup(arena, json_text(json, "query", "")),
        .remote = "",
        .headers = list,
        .header_count = count,
        .body = inbound->raw,
    };
    cJSON_Delete(json);
    return 0;
}
