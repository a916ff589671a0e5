/* channels/provider_facts.c - see provider_facts.h. */
#include "channels/provider_facts.h"

#include <stdlib.h>

#include "channels/provider_filter.h"
#include "core/base/json.h"
#include "core/base/text.h"

/* --- gathering --- */

static void read_json(struct facts *facts)
{
    struct span text = text_trim(facts->body);
    struct err err = { 0 };

    if (text.len == 0 || (*text.data != '{' && *text.data != '['))
        return;
    facts->json = json_parse(text, "body", &err);
}

void facts_of_answer(struct facts *facts, const struct http_response *response,
                     const struct vars *vars, struct arena *arena)
{
    *facts = (struct facts){ .arena = arena,
                             .vars = vars,
                             .status = response->status,
                             .body = response->body,
                             .header_lines = response->headers };
    read_json(facts);
}

static const char *type_of(const struct facts *facts)
{
    const char *type = facts->request ? httpd_header_of(facts->request, "Content-Type") : NULL;

    return type ? type : "";
}

bool facts_is_form(const struct facts *facts)
{
    return text_starts_nocase(span_of(type_of(facts)), "application/x-www-form-urlencoded");
}

void facts_of_request(struct facts *facts, const struct httpd_request *request,
                      const struct vars *vars, struct arena *arena)
{
    *facts = (struct facts){ .arena = arena,
                             .vars = vars,
                             .method = request->method,
                             .body = request->body,
                             .query = span_of(request->query),
                             .request = request };
    if (!facts_is_form(facts))
        read_json(facts);
    facts->broken_json = !facts->json && text_find_nocase(span_of(type_of(facts)), "json");
}

void facts_finish(struct facts *facts)
{
    cJSON_Delete(facts->json);
    facts->json = NULL;
}

/* --- sources --- */

/* Ids stay what they were: json.h hands integers of more than 15 digits over as texts, shorter ones
 * fit into a double. */
static const char *json_as_text(const cJSON *node, struct arena *arena)
{
    const char *text;
    char *printed;

    if (!node || cJSON_IsNull(node))
        return NULL;
    if (cJSON_IsString(node))
        return node->valuestring;
    printed = json_print(node, false);
    text = arena_dup(arena, printed);
    free(printed);
    return text;
}

static const char *take_json(const struct facts *facts, const char *name)
{
    return facts->json ? json_as_text(json_path(facts->json, name), facts->arena) : NULL;
}

static const char *take_item(const struct facts *facts, const char *name)
{
    return facts->item ? json_as_text(json_path(facts->item, name), facts->arena) : NULL;
}

static const char *take_form(const struct facts *facts, const char *name)
{
    return facts_is_form(facts) ? httpd_form_value(facts->body, name, facts->arena) : NULL;
}

static const char *take_query(const struct facts *facts, const char *name)
{
    return httpd_form_value(facts->query, name, facts->arena);
}

static const char *take_param(const struct facts *facts, const char *name)
{
    const char *text = take_form(facts, name);

    return text ? text : take_query(facts, name);
}

static const char *take_header(const struct facts *facts, const char *name)
{
    if (facts->request)
        return httpd_header_of(facts->request, name);
    return arena_dup_span(facts->arena, http_header(facts->header_lines, name));
}

static const char *take_body(const struct facts *facts, const char *name)
{
    (void)name;
    return arena_dup_span(facts->arena, text_trim(facts->body));
}

static const char *take_status(const struct facts *facts, const char *name)
{
    (void)name;
    return facts->status ? arena_printf(facts->arena, "%d", facts->status) : NULL;
}

static const char *take_method(const struct facts *facts, const char *name)
{
    (void)name;
    return facts->method;
}

static const char *take_const(const struct facts *facts, const char *name)
{
    (void)facts;
    return name;
}

static const struct source {
    const char *name;
    bool named; /* "name:argument" */
    const char *(*take)(const struct facts *facts, const char *argument);
} sources[] = {
    { "json", true, take_json },      { "item", true, take_item },
    { "form", true, take_form },      { "query", true, take_query },
    { "param", true, take_param },    { "header", true, take_header },
    { "const", true, take_const },    { "body", false, take_body },
    { "status", false, take_status }, { "method", false, take_method },
};

static const struct source *find_source(const char *text, const char **argument)
{
    const char *colon = strchr(text, ':');
    struct span name = colon ? span_make(text, (size_t)(colon - text)) : span_of(text);

    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        if (sources[i].named == (colon != NULL) && span_is(name, sources[i].name)) {
            *argument = colon ? colon + 1 : "";
            return &sources[i];
        }
    }
    return NULL;
}

/* Nothing behind a NUL or outside UTF-8 gets further than here. */
static const char *take(const struct facts *facts, const char *text)
{
    const char *argument;
    const struct source *source = find_source(text, &argument);
    const char *value = source ? source->take(facts, argument) : NULL;

    if (!value || !*value)
        return NULL;
    return text_is_utf8(span_of(value)) ? value : text_to_utf8(facts->arena, span_of(value));
}

/* --- values --- */

static const char *first_of(const struct facts *facts, const cJSON *list)
{
    const cJSON *value;

    cJSON_ArrayForEach(value, list)
    {
        const char *text = facts_text(facts, value);

        if (text)
            return text;
    }
    return NULL;
}

static const char *joined(const struct facts *facts, const cJSON *list, const char *with)
{
    const char *text = NULL;
    const cJSON *value;

    cJSON_ArrayForEach(value, list)
    {
        const char *part = facts_text(facts, value);

        if (!part)
            return NULL;
        text = text ? arena_printf(facts->arena, "%s%s%s", text, with, part) : part;
    }
    return text;
}

static const char *mapped(const cJSON *map, const char *text)
{
    if (!map || !text)
        return text;
    return json_text(map, text, json_text(map, "*", NULL));
}

static const char *shaped(const struct facts *facts, const cJSON *value)
{
    const char *text = facts_text(facts, json_get(value, "from"));
    const cJSON *filter;

    cJSON_ArrayForEach(filter, json_get(value, "then"))
    {
        if (text)
            text = filter_apply(span_of(filter->valuestring), text, facts->arena);
    }
    text = mapped(json_get(value, "map"), text);
    return text && *text ? text : NULL;
}

const char *facts_text(const struct facts *facts, const cJSON *value)
{
    if (cJSON_IsString(value))
        return take(facts, value->valuestring);
    if (cJSON_IsArray(value))
        return first_of(facts, value);
    if (!cJSON_IsObject(value))
        return NULL;
    if (json_get(value, "join"))
        return joined(facts, json_get(value, "join"), json_text(value, "with", ""));
    return shaped(facts, value);
}

const cJSON *facts_list(const struct facts *facts, const char *path)
{
    const cJSON *list = facts->json ? json_path(facts->json, path) : NULL;

    return cJSON_IsArray(list) ? list : NULL;
}

/* --- conditions --- */

static bool op_eq(const char *text, const char *operand)
{
    return strcmp(text, operand) == 0;
}

static bool op_starts(const char *text, const char *operand)
{
    return strncmp(text, operand, strlen(operand)) == 0;
}

static bool op_contains(const char *text, const char *operand)
{
    return text_find_nocase(span_of(text), operand) != NULL;
}

static bool op_matches(const char *text, const char *operand)
{
    return filter_matches(operand, text, NULL);
}

static bool numbers(const char *text, const char *operand, int64_t *a, int64_t *b)
{
    return text_to_int(span_of(text), INT64_MIN / 2, INT64_MAX / 2, a) &&
           text_to_int(span_of(operand), INT64_MIN / 2, INT64_MAX / 2, b);
}

static bool op_ge(const char *text, const char *operand)
{
    int64_t a, b;

    return numbers(text, operand, &a, &b) && a >= b;
}

static bool op_lt(const char *text, const char *operand)
{
    int64_t a, b;

    return numbers(text, operand, &a, &b) && a < b;
}

/* With a list, one of its members is enough; a negated operator then wants none of them. An absent
 * value holds only negated operators. */
static const struct operation {
    const char *name;
    bool (*holds)(const char *text, const char *operand); /* NULL = only presence counts */
    bool negated;
} operators[] = {
    { "eq", op_eq, false },           { "ne", op_eq, true },
    { "in", op_eq, false },           { "not_in", op_eq, true },
    { "starts", op_starts, false },   { "contains", op_contains, false },
    { "matches", op_matches, false }, { "ge", op_ge, false },
    { "lt", op_lt, false },           { "exists", NULL, false },
    { "missing", NULL, true },
};

static const struct operation *find_operator(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(operators); i++) {
        if (strcmp(operators[i].name, name) == 0)
            return &operators[i];
    }
    return NULL;
}

static bool holds_one(const struct facts *facts, const struct operation *op, const char *text,
                      const cJSON *operand)
{
    struct template_fill fill = { .vars = facts->vars, .arena = facts->arena };
    const char *wanted = json_as_text(operand, facts->arena);

    if (wanted && strchr(wanted, '{') && op->holds != op_matches)
        template_text(&fill, wanted, &wanted);
    return wanted && op->holds(text, wanted);
}

static bool holds(const struct facts *facts, const cJSON *condition)
{
    const char *text = facts_text(facts, cJSON_GetArrayItem(condition, 0));
    const struct operation *op = find_operator(cJSON_GetArrayItem(condition, 1)->valuestring);
    const cJSON *operand = cJSON_GetArrayItem(condition, 2);
    const cJSON *one;
    bool any = false;

    if (!text || !op->holds)
        return (text != NULL) != op->negated;
    if (!cJSON_IsArray(operand))
        return holds_one(facts, op, text, operand) != op->negated;
    cJSON_ArrayForEach(one, operand)
    {
        any = any || holds_one(facts, op, text, one);
    }
    return any != op->negated;
}

bool facts_hold(const struct facts *facts, const cJSON *conditions)
{
    const cJSON *condition;

    cJSON_ArrayForEach(condition, conditions)
    {
        if (!holds(facts, condition))
            return false;
    }
    return true;
}

/* --- checks of a file --- */

const char *facts_source_fault(const char *source)
{
    const char *argument;
    const struct source *found = find_source(source, &argument);

    if (!found)
        return "is no source such as json:a.b, form:Name, query:Name, header:Name, body or status";
    return found->named && !*argument ? "names nothing behind the colon" : NULL;
}

static bool is_operand(const cJSON *operand)
{
    return cJSON_IsString(operand) || cJSON_IsNumber(operand) || cJSON_IsBool(operand);
}

static const char *member_fault(const struct operation *op, const cJSON *operand)
{
    if (!is_operand(operand))
        return "needs a text, a number, true, false or a list of them";
    if (op->holds == op_matches &&
        (!cJSON_IsString(operand) || !filter_pattern_ok(operand->valuestring)))
        return "needs a regular expression (POSIX extended)";
    return NULL;
}

const char *facts_operator_fault(const char *name, const cJSON *operand)
{
    const struct operation *op = find_operator(name);
    const cJSON *one;

    if (!op)
        return "is no operator: eq ne in not_in starts contains matches ge lt exists missing";
    if (!op->holds)
        return operand ? "takes nothing behind it" : NULL;
    if (!cJSON_IsArray(operand))
        return member_fault(op, operand);
    cJSON_ArrayForEach(one, operand)
    {
        const char *fault = member_fault(op, one);

        if (fault)
            return fault;
    }
    return cJSON_GetArraySize(operand) > 0 ? NULL : "needs a list that is not empty";
}
