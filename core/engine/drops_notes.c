/* core/engine/drops_notes.c - custom fields as data, and the notes of the salesperson among them. */
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/engine/drops_parts.h"

#define NOTE(member)                                                                               \
    {                                                                                              \
#member, offsetof(struct drops_notes, member)                                              \
    }

static const struct {
    const char *name;
    size_t at;
} notes[] = {
    NOTE(language),
    NOTE(last_summary),
    NOTE(last_contact),
    NOTE(last_how),
    NOTE(their_words),
    NOTE(common_ground),
    NOTE(next_question),
    NOTE(commitment),
    NOTE(commitment_due),
    NOTE(commitment_who),
    NOTE(concern),
    NOTE(concern_answer),
    NOTE(concern_value),
    NOTE(concern_value_url),
    NOTE(value),
    NOTE(value_url),
    NOTE(cta),
    NOTE(cta_url),
    NOTE(cta_slots),
    NOTE(plan_why_not_yes),
    NOTE(plan_change),
    NOTE(plan_value),
    NOTE(plan_lead),
};

static struct value of_json(const cJSON *json, struct arena *arena)
{
    if (cJSON_IsString(json))
        return value_text(arena_dup(arena, json->valuestring));
    if (cJSON_IsBool(json))
        return value_bool(cJSON_IsTrue(json));
    if (cJSON_IsNumber(json))
        return (struct value){ .type = VALUE_DOUBLE, .number = json->valuedouble };
    return value_nil();
}

struct value drops_custom(const char *text, struct arena *arena)
{
    cJSON *json = text ? json_parse(span_of(text), "fields", NULL) : NULL;
    struct value_pair *pairs;
    size_t count = 0;
    const cJSON *item;

    pairs = arena_array(arena, json ? (size_t)cJSON_GetArraySize(json) + 1 : 1, sizeof(*pairs));
    if (json)
        cJSON_ArrayForEach(item, json) pairs[count++] =
            drops_pair(arena_dup(arena, item->string), of_json(item, arena));
    cJSON_Delete(json);
    return value_map(pairs, count);
}

static const char *note_text(const struct value *value, struct arena *arena)
{
    if (value->type == VALUE_DOUBLE)
        return arena_printf(arena, "%g", value->number);
    return value->type == VALUE_TEXT && text_trim(value->text).len
               ? arena_dup_span(arena, value->text)
               : NULL;
}

void drops_notes_of(const struct value *fields, struct arena *arena, struct drops_notes *out)
{
    *out = (struct drops_notes){ 0 };
    for (size_t i = 0; i < fields->map.count; i++)
        for (size_t k = 0; k < COUNT_OF(notes); k++)
            if (span_is(fields->map.pairs[i].name, notes[k].name)) {
                const char *text = note_text(&fields->map.pairs[i].value, arena);
                memcpy((char *)out + notes[k].at, &text, sizeof(text));
            }
}

const char *drops_language(const struct value *drops, struct arena *arena)
{
    struct drops_notes known = { 0 };

    for (size_t i = 0; i < drops->map.count; i++)
        if (span_is(drops->map.pairs[i].name, "fields"))
            drops_notes_of(&drops->map.pairs[i].value, arena, &known);
    return known.language;
}
