/* channels/provider_type_value.c - sources, values, conditions and what is signed. */
#include "channels/provider_event.h"
#include "channels/provider_facts.h"
#include "channels/provider_filter.h"
#include "channels/provider_sign.h"
#include "channels/provider_type.h"
#include "core/base/json.h"

static void check_filter(const struct place *place, const struct member *member)
{
    const char *wrong;

    (void)member;
    if (!check_text(place))
        return;
    wrong = filter_fault(span_of(place->value->valuestring));
    if (wrong)
        check_fault(place, "\"%s\" %s", place->value->valuestring, wrong);
}

static void check_map(const struct place *place, const struct member *member)
{
    const cJSON *value;

    if (!cJSON_IsObject(place->value)) {
        check_fault(place, "must be an object of texts");
        return;
    }
    cJSON_ArrayForEach(value, place->value)
    {
        struct place at = check_inner(place, value, value->string);

        if (member->words)
            check_word(&at, member);
        else
            check_text(&at);
    }
}

static void check_value_object(const struct place *place, const struct member *member)
{
    static const char *const known[] = { "from", "then", "map", "join", "with", NULL };
    const cJSON *from = json_get(place->value, "from");
    const cJSON *join = json_get(place->value, "join");
    const cJSON *value;

    if (!from == !join)
        check_fault(place, "must have either \"from\" or \"join\"");
    cJSON_ArrayForEach(value, place->value)
    {
        struct place at = check_inner(place, value, value->string);

        if (value == from)
            check_value(&at, member);
        else if (value == join)
            check_list_of(&at, member, check_value);
        else if (strcmp(value->string, "then") == 0)
            check_list_of(&at, member, check_filter);
        else if (strcmp(value->string, "map") == 0)
            check_map(&at, member);
        else if (strcmp(value->string, "with") != 0 || !cJSON_IsString(value))
            check_word(&(struct place){ .walk = place->walk,
                                        .path = at.path,
                                        .value = &(cJSON){ .type = cJSON_String,
                                                           .valuestring = value->string } },
                       &(struct member){ .words = known });
    }
}

void check_value(const struct place *place, const struct member *member)
{
    const char *wrong;

    if (place->depth > CHECK_DEPTH_MAX) {
        check_fault(place, "is nested too deeply");
    } else if (cJSON_IsArray(place->value)) {
        check_list_of(place, member, check_value);
    } else if (cJSON_IsObject(place->value)) {
        check_value_object(place, member);
    } else if (check_text(place)) {
        wrong = facts_source_fault(place->value->valuestring);
        if (wrong)
            check_fault(place, "\"%s\" %s", place->value->valuestring, wrong);
    }
}

static void check_condition(const struct place *place, const struct member *member)
{
    const cJSON *op = cJSON_GetArrayItem(place->value, 1);
    int size = cJSON_GetArraySize(place->value);
    struct place source = check_element(place, cJSON_GetArrayItem(place->value, 0), 0);
    const char *wrong;

    if (!cJSON_IsArray(place->value) || size < 2 || size > 3 || !cJSON_IsString(op)) {
        check_fault(place, "must be [source, operator] or [source, operator, value]");
        return;
    }
    check_value(&source, member);
    wrong = facts_operator_fault(op->valuestring, cJSON_GetArrayItem(place->value, 2));
    if (wrong)
        check_fault(place, "\"%s\" %s", op->valuestring, wrong);
}

void check_conditions(const struct place *place, const struct member *member)
{
    check_list_of(place, member, check_condition);
}

/* A value whose outcome must be a delivery word. */
void check_delivery(const struct place *place, const struct member *member)
{
    const cJSON *map = json_get(place->value, "map");
    const char *constant = cJSON_IsString(place->value) ? place->value->valuestring : NULL;
    struct member words = *member;

    words.words = event_deliveries;
    if (constant && strncmp(constant, "const:", 6) == 0)
        check_word(&(struct place){ .walk = place->walk,
                                    .path = place->path,
                                    .value = &(cJSON){ .type = cJSON_String,
                                                       .valuestring = arena_dup(place->walk->arena,
                                                                                constant + 6) } },
                   &words);
    else if (!map)
        check_fault(place, "must be \"const:WORD\" or have a \"map\" to the words for deliveries");
    else
        check_value(place, &words);
}

static void check_part(const struct place *place, const struct member *member)
{
    const char *wrong;

    (void)member;
    if (!check_text(place))
        return;
    wrong = sign_part_fault(place->value->valuestring);
    if (wrong)
        check_fault(place, "\"%s\" %s", place->value->valuestring, wrong);
}

void check_parts(const struct place *place, const struct member *member)
{
    check_list_of(place, member, check_part);
}
