/* channels/provider_type.c - texts, numbers, templates, lists and objects. */
#include "channels/provider_type.h"

#include <stdarg.h>
#include <stdio.h>

#include "channels/provider_filter.h"
#include "channels/provider_template.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/net/url.h"

#define FAULTS_MAX 50

/* --- telling faults --- */

void check_fault(const struct place *place, const char *format, ...)
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
               provider_line(walk->input->text, place->path), place->path, *place->path ? ": " : "",
               text);
}

struct place check_inner(const struct place *outer, const cJSON *value, const char *name)
{
    return (struct place){
        .walk = outer->walk,
        .value = value,
        .path =
            arena_printf(outer->walk->arena, "%s%s%s", outer->path, *outer->path ? "." : "", name),
        .depth = outer->depth + 1,
    };
}

struct place check_element(const struct place *outer, const cJSON *value, int index)
{
    return (struct place){
        .walk = outer->walk,
        .value = value,
        .path = arena_printf(outer->walk->arena, "%s[%d]", outer->path, index),
        .depth = outer->depth + 1,
    };
}

bool check_text(const struct place *place)
{
    if (cJSON_IsString(place->value) && *place->value->valuestring)
        return true;
    check_fault(place, "must be a text that is not empty");
    return false;
}

/* --- plain types --- */

void check_string(const struct place *place, const struct member *member)
{
    (void)member;
    check_text(place);
}

void check_line(const struct place *place, const struct member *member)
{
    (void)member;
    if (check_text(place) && text_has_control(span_of(place->value->valuestring)))
        check_fault(place, "must be one line");
}

void check_name(const struct place *place, const struct member *member)
{
    (void)member;
    if (!check_text(place))
        return;
    if (strspn(place->value->valuestring, "abcdefghijklmnopqrstuvwxyz0123456789_-") !=
            strlen(place->value->valuestring) ||
        strlen(place->value->valuestring) > 64)
        check_fault(place, "must be 1-64 of a-z 0-9 _ -, not \"%s\"", place->value->valuestring);
}

void check_word(const struct place *place, const struct member *member)
{
    if (check_text(place) && !text_is_among(place->value->valuestring, member->words))
        check_fault(place, "\"%s\" is unknown here%s", place->value->valuestring,
                    text_hint(place->value->valuestring, member->words).text);
}

void check_number(const struct place *place, const struct member *member)
{
    double value = place->value->valuedouble;

    if (!cJSON_IsNumber(place->value) || value != (double)(int64_t)value ||
        value < (double)member->min || value > (double)member->max)
        check_fault(place, "must be a whole number from %lld to %lld", (long long)member->min,
                    (long long)member->max);
}

void check_bool(const struct place *place, const struct member *member)
{
    (void)member;
    if (!cJSON_IsBool(place->value))
        check_fault(place, "must be true or false");
}

void check_pattern(const struct place *place, const struct member *member)
{
    (void)member;
    if (check_text(place) && !filter_pattern_ok(place->value->valuestring))
        check_fault(place, "is no regular expression (POSIX extended)");
}

void check_base(const struct place *place, const struct member *member)
{
    static const char *const loopback[] = { "http://127.0.0.1", "http://[::1]",
                                            "http://localhost" };
    const char *url = place->value->valuestring;
    bool fine = false;

    (void)member;
    if (!check_text(place))
        return;
    for (size_t i = 0; i < COUNT_OF(loopback); i++) {
        size_t len = strlen(loopback[i]);

        fine = fine || (strncmp(url, loopback[i], len) == 0 && strchr(":/", url[len]));
    }
    if (!fine && strncmp(url, "https://", 8) != 0)
        check_fault(place, "must begin with https:// (http:// only for 127.0.0.1)");
    else if (!url_host(place->walk->arena, url) || strpbrk(url, "?#@ {}") ||
             url[strlen(url) - 1] == '/')
        check_fault(place, "must be a URL without user, query and slash at the end");
}

void check_template(const struct place *place, const struct member *member)
{
    const char *wrong;

    (void)member;
    if (!check_text(place))
        return;
    wrong = template_fault(place->value->valuestring, place->walk->names, place->walk->arena);
    if (wrong)
        check_fault(place, "%s", wrong);
}

void check_path(const struct place *place, const struct member *member)
{
    if (check_text(place) &&
        (*place->value->valuestring != '/' || strpbrk(place->value->valuestring, " ?#\t\r\n")))
        check_fault(place, "must begin with / and hold no space, ? or #");
    else
        check_template(place, member);
}

void check_headers(const struct place *place, const struct member *member)
{
    const cJSON *header;

    if (!cJSON_IsObject(place->value)) {
        check_fault(place, "must be an object of header names and values");
        return;
    }
    cJSON_ArrayForEach(header, place->value)
    {
        struct place at = check_inner(place, header, header->string);

        if (strpbrk(header->string, " :\t\r\n") || !*header->string)
            check_fault(&at, "is no header name");
        check_template(&at, member);
    }
}

void check_pair(const struct place *place, const struct member *member)
{
    (void)member;
    if (cJSON_GetArraySize(place->value) != 2 || !cJSON_IsArray(place->value)) {
        check_fault(place, "must be a list of two texts");
        return;
    }
    for (int i = 0; i < 2; i++) {
        struct place at = check_element(place, cJSON_GetArrayItem(place->value, i), i);

        check_template(&at, member);
    }
}

void check_list_of(const struct place *place, const struct member *member, check_type *is)
{
    const cJSON *value;
    int index = 0;

    if (!cJSON_IsArray(place->value)) {
        check_fault(place, "must be a list");
        return;
    }
    cJSON_ArrayForEach(value, place->value)
    {
        struct place at = check_element(place, value, index++);

        is(&at, member);
    }
}

void check_fields(const struct place *place, const struct member *member)
{
    check_list_of(place, member, check_pair);
}

void check_names(const struct place *place, const struct member *member)
{
    check_list_of(place, member, check_name);
}

void check_tree(const struct place *place, const struct member *member)
{
    const cJSON *value;
    int index = 0;

    if (place->depth > CHECK_DEPTH_MAX) {
        check_fault(place, "is nested too deeply");
        return;
    }
    if (cJSON_IsString(place->value) && *place->value->valuestring)
        check_template(place, member);
    cJSON_ArrayForEach(value, place->value)
    {
        struct place at = value->string ? check_inner(place, value, value->string)
                                        : check_element(place, value, index);

        index++;
        check_tree(&at, member);
    }
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

    for (size_t i = 0; i < COUNT_OF(names) - 1 && members[i].name; i++)
        names[i] = members[i].name;
    check_fault(place, "is unknown here%s", text_hint(place->value->string, names).text);
}

void check_object(const struct place *place, const struct member *member)
{
    const cJSON *value;

    if (!cJSON_IsObject(place->value)) {
        check_fault(place, "must be an object");
        return;
    }
    cJSON_ArrayForEach(value, place->value)
    {
        const struct member *known = find_member(member->members, value->string);
        struct place at = check_inner(place, value, value->string);

        if (known)
            known->is(&at, known);
        else
            tell_unknown(&at, member->members);
    }
    for (const struct member *m = member->members; m->name; m++) {
        if (m->required && !json_get(place->value, m->name))
            check_fault(place, "\"%s\" is missing", m->name);
    }
}

void check_objects(const struct place *place, const struct member *member)
{
    check_list_of(place, member, check_object);
}
