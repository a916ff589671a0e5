/* core/engine/drops.c - the data of one touch, put together. Each drop with more to it has a file of its own. */
#include "core/base/text.h"
#include "core/engine/drops_parts.h"

struct value drops_map(struct arena *arena, const struct value_pair *pairs, size_t count)
{
    struct value_pair *copy = arena_array(arena, count ? count : 1, sizeof(*copy));

    if (count)
        memcpy(copy, pairs, count * sizeof(*copy));
    return value_map(copy, count);
}

struct value drops_map_or_nil(struct arena *arena, const struct value_pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pairs[i].value.type != VALUE_NIL)
            return drops_map(arena, pairs, count);
    return value_nil();
}

#define PAIRS(...)                                                                                 \
    (const struct value_pair[]){ __VA_ARGS__ },                                                    \
        COUNT_OF(((const struct value_pair[]){ __VA_ARGS__ }))

/* A name of white space is no name: `default` must see that. */
static struct value_pair known_pair(const char *name, const char *text)
{
    return drops_text_pair(name, text && text_trim(span_of(text)).len ? text : NULL);
}

static struct value prospect_of(const struct drops_facts *f, struct arena *arena)
{
    const struct prospect *p = f->prospect;

    return drops_map(arena,
                     PAIRS(known_pair("first_name", p->first_name),
                           known_pair("last_name", p->last_name), known_pair("company", p->company),
                           known_pair("title", p->title), known_pair("city", p->city),
                           known_pair("country", p->country), drops_pair("fields", f->fields)));
}

static struct value commitment_of(const struct drops_notes *n, struct arena *arena)
{
    const char *text = drops_clause(arena, n->commitment);

    if (!text)
        return value_nil();
    return drops_map(arena,
                     PAIRS(drops_text_pair("text", text), drops_text_pair("due", n->commitment_due),
                           drops_text_pair("who", n->commitment_who)));
}

static struct value concern_of(const struct drops_notes *n, struct arena *arena)
{
    if (!n->concern)
        return value_nil();
    return drops_map(arena, PAIRS(drops_text_pair("text", n->concern),
                                  drops_text_pair("answer", n->concern_answer)));
}

/* What answers the open concern, when there is one, is worth more than anything else. */
static struct value value_of(const struct drops_notes *n, struct arena *arena)
{
    bool tagged = n->concern && n->concern_value;
    const char *text = tagged ? n->concern_value : n->value;

    if (!text)
        return value_nil();
    return drops_map(arena,
                     PAIRS(drops_text_pair("text", text),
                           drops_text_pair("url", tagged ? n->concern_value_url : n->value_url)));
}

static struct value cta_of(const struct drops_facts *f, struct arena *arena)
{
    return drops_map(arena, PAIRS(drops_text_pair("text", f->notes.cta),
                                  drops_text_pair("url", f->notes.cta_url),
                                  drops_pair("slots", drop_slots(f, arena))));
}

static struct value rapport_of(const struct drops_facts *f, struct arena *arena)
{
    const char *words = f->notes.their_words ? f->notes.their_words : f->contact.their_words;

    return drops_map_or_nil(arena,
                            PAIRS(drops_text_pair("common_ground", f->notes.common_ground),
                                  drops_text_pair("their_words", drops_quote(arena, words))));
}

static struct value plan_of(const struct drops_notes *n, struct arena *arena)
{
    return drops_map_or_nil(arena, PAIRS(drops_text_pair("why_not_yes", n->plan_why_not_yes),
                                         drops_text_pair("change", n->plan_change),
                                         drops_text_pair("value", n->plan_value),
                                         drops_text_pair("lead", n->plan_lead)));
}

static struct value sender_of(const struct drops_facts *f, struct arena *arena)
{
    return drops_map(arena, PAIRS(drops_text_pair("name", f->sender_name),
                                  drops_text_pair("first_name", f->sender_first_name),
                                  drops_text_pair("address", f->sender_address)));
}

static struct value step_of(const struct drops_facts *f, struct arena *arena)
{
    return drops_map(arena, PAIRS(drops_pair("number", value_int(f->step_number)),
                                  drops_pair("count", value_int(f->step_count))));
}

struct value drops_build(const struct drops_facts *f, struct arena *arena)
{
    const struct drops_notes *notes = &f->notes;

    return drops_map(
        arena,
        PAIRS(
            drops_pair("prospect", prospect_of(f, arena)), drops_pair("fields", f->fields),
            drops_pair("sender", sender_of(f, arena)), drops_pair("step", step_of(f, arena)),
            drops_text_pair("channel", f->channel), drops_pair("recap", drop_recap(f, arena)),
            drops_pair("next", drop_next(f, arena)),
            drops_pair("commitment", commitment_of(notes, arena)),
            drops_pair("concern", concern_of(notes, arena)),
            drops_pair("value", value_of(notes, arena)), drops_pair("cta", cta_of(f, arena)),
            drops_pair("rapport", rapport_of(f, arena)), drops_pair("plan", plan_of(notes, arena)),
            drops_pair("links",
                       drops_map(arena, PAIRS(drops_text_pair("unsubscribe", f->unsubscribe),
                                              drops_text_pair("telegram", f->telegram)))),
            drops_pair("workspace", drops_map(arena, PAIRS(drops_text_pair("postal_address",
                                                                           f->postal_address))))));
}
