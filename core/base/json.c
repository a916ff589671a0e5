/* core/base/json.c - see json.h. json_scan.c checks the text before cJSON may build the tree. */
#include "core/base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/file.h"
#include "core/base/json_scan.h"
#include "core/base/text.h"

#define LARGEST_EXACT 9007199254740992.0 /* 2^53 */

static cJSON *build(const struct str *checked, const char *name, struct err *err)
{
    cJSON *root = cJSON_ParseWithLength(str_text(checked), checked->len);

    if (!root)
        err_set(err, ERR_INPUT, "%s: not JSON", name);
    return root;
}

cJSON *json_parse(struct span text, const char *name, struct err *err)
{
    struct arena scratch;
    struct str checked;
    cJSON *root = NULL;

    if (text.len > JSON_MAX_BYTES) {
        err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", name, JSON_MAX_BYTES);
        return NULL;
    }
    arena_init(&scratch);
    str_init(&checked, 2 * JSON_MAX_BYTES);
    if (json_scan(text, name, &scratch, &checked, err) == 0)
        root = build(&checked, name, err);
    str_finish(&checked);
    arena_finish(&scratch);
    return root;
}

cJSON *json_read_file(const char *path, struct err *err)
{
    struct str text;
    cJSON *root = NULL;

    str_init(&text, JSON_MAX_BYTES);
    if (file_read(path, &text, NULL, err) == 0)
        root = json_parse(str_span(&text), path, err);
    str_finish(&text);
    return root;
}

const cJSON *json_get(const cJSON *object, const char *name)
{
    return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

const char *json_text(const cJSON *object, const char *name, const char *fallback)
{
    const cJSON *item = json_get(object, name);

    return cJSON_IsString(item) ? item->valuestring : fallback;
}

int64_t json_int(const cJSON *object, const char *name, int64_t fallback)
{
    const cJSON *item = json_get(object, name);
    int64_t value = fallback;

    if (cJSON_IsString(item) || cJSON_IsRaw(item))
        return text_to_int(span_of(item->valuestring), INT64_MIN, INT64_MAX, &value) ? value
                                                                                     : fallback;
    if (!cJSON_IsNumber(item) || fabs(item->valuedouble) > LARGEST_EXACT ||
        item->valuedouble != (double)(int64_t)item->valuedouble)
        return fallback;
    return (int64_t)item->valuedouble;
}

bool json_bool(const cJSON *object, const char *name, bool fallback)
{
    const cJSON *item = json_get(object, name);

    return cJSON_IsBool(item) ? cJSON_IsTrue(item) : fallback;
}

void json_add_int(cJSON *object, const char *name, int64_t value)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%" PRId64, value);
    if (!cJSON_AddRawToObject(object, name, digits))
        abort();
}

void json_add_text(cJSON *object, const char *name, const char *value)
{
    if (!(value ? cJSON_AddStringToObject(object, name, value)
                : cJSON_AddNullToObject(object, name)))
        abort();
}

static const cJSON *member(const cJSON *object, struct span name)
{
    const cJSON *child = cJSON_IsObject(object) ? object->child : NULL;

    while (child && !span_is(name, child->string))
        child = child->next;
    return child;
}

/* index < 0 counts from the end. */
static const cJSON *element(const cJSON *array, int64_t index)
{
    if (!cJSON_IsArray(array))
        return NULL;
    if (index < 0)
        index += cJSON_GetArraySize(array);
    return index < 0 ? NULL : cJSON_GetArrayItem(array, (int)index);
}

/* Takes `["name"]` or `[index]` off *path. */
static const cJSON *step_bracket(const cJSON *value, struct span *path)
{
    bool quoted = path->len > 1 && path->data[1] == '"';
    struct span rest = span_from(*path, quoted ? 2 : 1), inside;
    const char *stop = rest.len ? memchr(rest.data, quoted ? '"' : ']', rest.len) : NULL;
    int64_t index = 0;

    if (!stop)
        return NULL;
    inside = span_make(rest.data, (size_t)(stop - rest.data));
    *path = span_from(rest, inside.len + 1);
    if (!quoted)
        return text_to_int(inside, INT32_MIN, INT32_MAX, &index) ? element(value, index) : NULL;
    if (path->len == 0 || path->data[0] != ']')
        return NULL;
    *path = span_from(*path, 1);
    return member(value, inside);
}

/* Takes `name` off *path. */
static const cJSON *step_name(const cJSON *value, struct span *path)
{
    size_t len = 0;

    while (len < path->len && path->data[len] != '.' && path->data[len] != '[')
        len++;
    value = len ? member(value, span_make(path->data, len)) : NULL;
    *path = span_from(*path, len);
    return value;
}

const cJSON *json_path(const cJSON *root, const char *path)
{
    struct span rest = span_of(path);
    bool first = true;

    for (; root && rest.len > 0; first = false) {
        if (rest.data[0] == '[') {
            root = step_bracket(root, &rest);
            continue;
        }
        if (!first && rest.data[0] != '.')
            return NULL;
        if (!first)
            rest = span_from(rest, 1);
        root = step_name(root, &rest);
    }
    return root;
}

char *json_print(const cJSON *value, bool pretty)
{
    char *text = pretty ? cJSON_Print(value) : cJSON_PrintUnformatted(value);

    if (!text)
        abort();
    return text;
}
