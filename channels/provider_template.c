/* channels/provider_template.c - see provider_template.h. */
#include "channels/provider_template.h"

#include <stdlib.h>

#include "channels/provider_filter.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/net/url.h"

#define TEXT_MAX_BYTES ((size_t)1 << 19)

/* One "{name?|filter|filter}" taken apart. */
struct placeholder {
    struct span name, filters; /* filters: "a|b:1", may be empty */
    bool optional;
};

const char *vars_find(const struct vars *vars, struct span name)
{
    for (; vars; vars = vars->outer) {
        for (size_t i = 0; i < vars->count; i++) {
            if (span_is(name, vars->list[i].name))
                return vars->list[i].value && *vars->list[i].value ? vars->list[i].value : NULL;
        }
    }
    return NULL;
}

/* *rest stands behind a '{'; moves it behind the '}'. False when there is none. */
static bool take_placeholder(struct span *rest, struct placeholder *out)
{
    const char *end = rest->len ? memchr(rest->data, '}', rest->len) : NULL;
    struct span inside;
    const char *bar;

    if (!end)
        return false;
    inside = span_make(rest->data, (size_t)(end - rest->data));
    *rest = span_from(*rest, inside.len + 1);
    bar = inside.len ? memchr(inside.data, '|', inside.len) : NULL;
    out->name = span_make(inside.data, bar ? (size_t)(bar - inside.data) : inside.len);
    out->filters = span_from(inside, out->name.len + 1);
    out->optional = out->name.len > 0 && out->name.data[out->name.len - 1] == '?';
    if (out->optional)
        out->name.len--;
    return true;
}

static const char *value_of(const struct template_fill *fill, const struct placeholder *placeholder)
{
    const char *value = vars_find(fill->vars, placeholder->name);
    struct span rest = placeholder->filters;
    struct span filter;

    while (value && rest.len > 0 && text_next_piece(&rest, '|', &filter))
        value = filter_apply(filter, value, fill->arena);
    return value && *value ? value : NULL;
}

/* What RFC 3986 lets stand in a segment, without what could end or split it. */
static void add_segment(struct str *out, const char *value)
{
    for (; *value; value++) {
        if (strchr(":@", *value))
            str_add_char(out, *value);
        else
            url_add_encoded(out, span_make(value, 1));
    }
}

static enum template_outcome add_value(struct template_fill *fill,
                                       const struct placeholder *placeholder, enum template_use use,
                                       struct str *out)
{
    const char *value = value_of(fill, placeholder);

    if (!value && placeholder->optional)
        return TEMPLATE_ABSENT;
    if (!value) {
        fill->missing = arena_dup_span(fill->arena, placeholder->name);
        return TEMPLATE_MISSING;
    }
    if (use == TEMPLATE_PATH)
        add_segment(out, value);
    else
        str_add_text(out, value);
    return TEMPLATE_OK;
}

enum template_outcome template_add(struct template_fill *fill, const char *text,
                                   enum template_use use, struct str *out)
{
    struct span rest = span_of(text);
    enum template_outcome worst = TEMPLATE_OK;

    while (rest.len > 0) {
        struct placeholder placeholder;
        enum template_outcome outcome;
        char c = *rest.data;
        bool literal = c != '{' || (rest.len > 1 && rest.data[1] == '{');

        rest = span_from(rest, c == '{' && literal ? 2 : 1);
        if (literal) {
            str_add_char(out, c);
            continue;
        }
        if (!take_placeholder(&rest, &placeholder))
            break; /* template_fault() has refused such a file */
        outcome = add_value(fill, &placeholder, use, out);
        if (outcome > worst)
            worst = outcome;
    }
    return worst;
}

enum template_outcome template_text(struct template_fill *fill, const char *text, const char **out)
{
    enum template_outcome outcome;
    struct str str;

    str_init(&str, TEXT_MAX_BYTES);
    outcome = template_add(fill, text, TEMPLATE_TEXT, &str);
    *out = outcome == TEMPLATE_OK ? arena_dup_span(fill->arena, str_span(&str)) : NULL;
    str_finish(&str);
    return outcome;
}

static cJSON *must(cJSON *node)
{
    if (!node)
        abort(); /* out of memory */
    return node;
}

/* "{name|int}" and nothing else: a number with all its digits. */
static bool wants_number(const char *text)
{
    struct span rest = span_of(text);
    struct placeholder placeholder;

    if (*text != '{' || text[1] == '{')
        return false;
    rest = span_from(rest, 1);
    return take_placeholder(&rest, &placeholder) && rest.len == 0 && placeholder.filters.len >= 3 &&
           span_is(span_from(placeholder.filters, placeholder.filters.len - 3), "int");
}

static cJSON *json_leaf(struct template_fill *fill, const cJSON *leaf,
                        enum template_outcome *outcome)
{
    const char *text = NULL;

    *outcome = template_text(fill, leaf->valuestring, &text);
    if (*outcome != TEMPLATE_OK)
        return NULL;
    return must(wants_number(leaf->valuestring) ? cJSON_CreateRaw(text) : cJSON_CreateString(text));
}

/* Adds one filled member or element to node. */
static enum template_outcome add_member(struct template_fill *fill, cJSON *node,
                                        const cJSON *member)
{
    enum template_outcome outcome;
    cJSON *copy = template_json(fill, member, &outcome);
    size_t len = member->string ? strlen(member->string) : 0;
    bool droppable = len > 0 && member->string[len - 1] == '?';

    if (outcome != TEMPLATE_OK)
        return outcome == TEMPLATE_ABSENT && droppable ? TEMPLATE_OK : outcome;
    if (!member->string)
        cJSON_AddItemToArray(node, copy);
    else
        cJSON_AddItemToObject(node,
                              droppable
                                  ? arena_dup_span(fill->arena, span_make(member->string, len - 1))
                                  : member->string,
                              copy);
    return TEMPLATE_OK;
}

cJSON *template_json(struct template_fill *fill, const cJSON *tree, enum template_outcome *outcome)
{
    const cJSON *member;
    cJSON *node;

    if (cJSON_IsString(tree))
        return json_leaf(fill, tree, outcome);
    *outcome = TEMPLATE_OK;
    if (!cJSON_IsObject(tree) && !cJSON_IsArray(tree))
        return must(cJSON_Duplicate(tree, 1));
    node = must(cJSON_IsObject(tree) ? cJSON_CreateObject() : cJSON_CreateArray());
    cJSON_ArrayForEach(member, tree)
    {
        *outcome = add_member(fill, node, member);
        if (*outcome != TEMPLATE_OK) {
            cJSON_Delete(node);
            return NULL;
        }
    }
    return node;
}

static const char *placeholder_fault(const struct placeholder *placeholder,
                                     const char *const *known, struct arena *arena)
{
    const char *name = arena_dup_span(arena, placeholder->name);
    const char *near = text_nearest(name, known);
    struct span rest = placeholder->filters;
    struct span filter;

    if (!text_is_among(name, known))
        return near ? arena_printf(arena, "{%s} is no known value; did you mean {%s}?", name, near)
                    : arena_printf(arena, "{%s} is no known value", name);
    while (rest.len > 0 && text_next_piece(&rest, '|', &filter)) {
        const char *fault = filter_fault(filter);

        if (fault)
            return arena_printf(arena, "\"%s\" %s", arena_dup_span(arena, filter), fault);
    }
    return NULL;
}

const char *template_fault(const char *text, const char *const *known, struct arena *arena)
{
    struct span rest = span_of(text);
    const char *fault = NULL;

    while (rest.len > 0 && !fault) {
        struct placeholder placeholder;
        char c = *rest.data;
        bool doubled = c == '{' && rest.len > 1 && rest.data[1] == '{';

        rest = span_from(rest, doubled ? 2 : 1);
        if (c != '{' || doubled)
            continue;
        fault = take_placeholder(&rest, &placeholder)
                    ? placeholder_fault(&placeholder, known, arena)
                    : "a \"{\" has no \"}\"";
    }
    return fault;
}
