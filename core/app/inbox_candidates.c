/* core/app/inbox_candidates.c - see inbox_candidates.h. */
#include "core/app/inbox_candidates.h"

#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/match.h"

#define RULE "candidate:"

struct search {
    struct invocation *in;
    struct db *db;
    struct inbox_candidate *list;
    int count;
};

/* ---- whom the rules name ---- */

/* "pr_..." itself, or whose "to_..." is. 1, 0 or -1. */
static int whose(const struct search *s, struct span text, int64_t *out, struct err *err)
{
    struct touch touch;
    int64_t id;
    int found;

    if (id_parse("pr", text, out))
        return 1;
    if (!id_parse("to", text, &id))
        return 0;
    found = touch_get(s->db, id, &s->in->arena, &touch, err);
    if (found == 1)
        *out = touch.prospect_id;
    return found;
}

static bool is_listed(const struct search *s, int64_t prospect_id)
{
    for (int i = 0; i < s->count; i++)
        if (s->list[i].prospect.id == prospect_id)
            return true;
    return false;
}

static bool went_out(const struct touch_brief *touch)
{
    return !touch->undone && strcmp(touch->state, "failed") != 0 &&
           strcmp(touch->state, "cancelled") != 0;
}

static int read_latest(const struct search *s, struct inbox_candidate *candidate, struct err *err)
{
    struct touch_brief *history;
    int count = touch_history(s->db, candidate->prospect.id, &s->in->arena, &history, err);

    for (int i = 0; i < count; i++)
        if (went_out(&history[i]))
            return touch_get(s->db, history[i].id, &s->in->arena, &candidate->touch, err) < 0 ? -1
                                                                                              : 0;
    return count < 0 ? -1 : 0;
}

static int add(struct search *s, int64_t prospect_id, struct err *err)
{
    struct inbox_candidate *candidate = &s->list[s->count];
    int found;

    if (is_listed(s, prospect_id) || s->count == MATCH_MAX_CANDIDATES)
        return 0;
    found = prospect_get(s->db, prospect_id, &s->in->arena, &candidate->prospect, err);
    if (found != 1)
        return found;
    s->count++;
    return read_latest(s, candidate, err);
}

int inbox_candidates(struct invocation *in, struct workspace *workspace,
                     const struct message_row *message, struct inbox_candidate **out,
                     struct err *err)
{
    struct search s = { .in = in, .db = workspace->db };
    const char *rules = message->rules ? message->rules : "";
    struct span rest = span_of(rules), rule;

    *out = NULL;
    if (strcmp(message->state, "open") != 0 || !strstr(rules, RULE))
        return 0;
    s.list = *out = arena_array(&in->arena, MATCH_MAX_CANDIDATES, sizeof(*s.list));
    while (text_next_piece(&rest, ',', &rule)) {
        int64_t id = 0;
        int found = text_starts_nocase(rule, RULE)
                        ? whose(&s, span_from(rule, sizeof(RULE) - 1), &id, err)
                        : 0;
        if (found < 0 || (found == 1 && add(&s, id, err) < 0))
            return -1;
    }
    return s.count == 1 && s.list[0].prospect.id == message->prospect_id ? 0 : s.count;
}

/* ---- as JSON ---- */

int64_t inbox_candidate_at(const struct inbox_candidate *candidate)
{
    return candidate->touch.sent_at ? candidate->touch.sent_at : candidate->touch.created_at;
}

static cJSON *touch_json(struct invocation *in, const struct zone *zone,
                         const struct inbox_candidate *candidate)
{
    cJSON *json = cJSON_CreateObject();
    char iso[32];

    json_add_text(json, "id", command_id(in, "to", candidate->touch.id));
    json_add_text(json, "at", zone_iso(zone, inbox_candidate_at(candidate), iso));
    json_add_text(json, "channel", candidate->touch.channel);
    json_add_text(json, "subject", candidate->touch.subject);
    return json;
}

cJSON *inbox_candidates_json(struct invocation *in, const struct zone *zone,
                             const struct inbox_candidate *list, int count)
{
    cJSON *array = cJSON_CreateArray();

    for (int i = 0; i < count; i++) {
        cJSON *row = cJSON_CreateObject();
        json_add_text(row, "prospect", command_id(in, "pr", list[i].prospect.id));
        json_add_text(row, "name", command_name(in, &list[i].prospect));
        json_add_text(row, "company", list[i].prospect.company);
        cJSON_AddItemToObject(row, "latest_touch",
                              list[i].touch.id ? touch_json(in, zone, &list[i])
                                               : cJSON_CreateNull());
        cJSON_AddItemToArray(array, row);
    }
    return array;
}
