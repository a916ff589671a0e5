/* core/engine/choose_text.c - a choice in people's words and in its stored form; decides nothing. */
#include "core/engine/choose_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/attr.h"
#include "core/base/id.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/base/zone.h"

#define MAX_ENCODED_BYTES 4096

static const struct {
    const char *name;
    const char *because; /* after "sms: " */
    const char *wanted;  /* before the channel, when it was not possible */
} levels[] = {
    [CHOOSE_PINNED] = { "pinned", "pinned by a person", "pinned by a person to" },
    [CHOOSE_WISH] = { "wish", "the prospect asked for it", "the prospect asked for" },
    [CHOOSE_REPLIED] = { "replied", "their latest own answer came there",
                         "their latest own answer came by" },
    [CHOOSE_EARNED] = { "earned", "it earns answers from people like them",
                        "people like them answer by" },
    [CHOOSE_STEP] = { "step", "the step is planned there", "the step is planned as" },
    [CHOOSE_ORDER] = { "order", "first in the sequence's order that is open", "the order names" },
    [CHOOSE_NONE] = { "none", "no channel is possible", "" },
};

const char *choose_level_name(enum choose_level level)
{
    return levels[level].name;
}

/* ---- one sentence ---- */

static const struct choice_candidate *find(const struct choice *choice, const char *channel)
{
    for (size_t i = 0; i < choice->count; i++)
        if (strcmp(choice->candidates[i].channel, channel) == 0)
            return &choice->candidates[i];
    return NULL;
}

/* The closed gates in words, at most `max`: "has no consent, is suppressed". Only those that
 * exclude when there is one; delays are named otherwise. */
static void tell_gates(struct str *out, unsigned closed, int max)
{
    unsigned excluding = 0;
    int told = 0;

    for (int i = 0; i < GATE_COUNT; i++)
        if (!policy_gates[i].delays)
            excluding |= closed & 1u << i;
    closed = excluding ? excluding : closed;
    for (int i = 0; i < GATE_COUNT && told < max; i++)
        if (closed & 1u << i)
            str_printf(out, "%s%s", told++ > 0 ? ", " : "", policy_gates[i].closed);
}

static void tell_wanted(struct str *out, const struct choice *choice)
{
    const struct choice_candidate *wanted = find(choice, choice->wanted);

    str_printf(out, "; %s %s, but it ", levels[choice->wanted_level].wanted, choice->wanted);
    if (!wanted)
        str_add_text(out, "is not set up here");
    else
        tell_gates(out, wanted->closed, 1);
}

/* Why each candidate is out, when none is left and nothing in particular was wanted. */
static void tell_each(struct str *out, const struct choice *choice)
{
    for (size_t i = 0; i < choice->count && out->len < 240; i++) {
        str_printf(out, "; %s ", choice->candidates[i].channel);
        tell_gates(out, choice->candidates[i].closed, 1);
    }
}

void choose_tell(struct choice *choice)
{
    struct str out;
    struct span text;

    str_init(&out, MAX_ENCODED_BYTES);
    if (choice->channel)
        str_printf(&out, "%s: ", choice->channel);
    str_add_text(&out, levels[choice->level].because);
    if (choice->once)
        str_add_text(&out, " for this time");
    if (choice->wait_until)
        str_printf(&out, "; it %s", policy_gates[choice->waits_for].closed);
    if (choice->wanted)
        tell_wanted(&out, choice);
    else if (!choice->channel)
        tell_each(&out, choice);
    if (choice->proposed)
        str_printf(&out, "; they answered by %s: a person is asked whether to follow",
                   choice->proposed);
    text = text_cut(str_span(&out), sizeof(choice->reason) - 1);
    (void)snprintf(choice->reason, sizeof(choice->reason), "%.*s", (int)text.len,
                   text.data ? text.data : "");
    str_finish(&out);
}

/* ---- stored form ---- */

static void add_candidates(cJSON *root, const struct choice *choice)
{
    cJSON *list = cJSON_AddArrayToObject(root, "g");

    for (size_t i = 0; i < choice->count; i++) {
        cJSON *row = cJSON_CreateArray();

        cJSON_AddItemToArray(row, cJSON_CreateString(choice->candidates[i].channel));
        for (int gate = 0; gate < GATE_COUNT; gate++)
            if (choice->candidates[i].closed & 1u << gate)
                cJSON_AddItemToArray(row, cJSON_CreateString(policy_gates[gate].name));
        cJSON_AddItemToArray(list, row);
    }
}

void choose_encode(const struct choice *choice, struct str *out)
{
    cJSON *root = cJSON_CreateObject();
    char *text;

    if (choice->channel)
        json_add_text(root, "c", choice->channel);
    json_add_text(root, "l", levels[choice->level].name);
    if (choice->evidence)
        json_add_int(root, "e", choice->evidence);
    if (choice->once)
        cJSON_AddTrueToObject(root, "once");
    if (choice->wait_until) {
        json_add_int(root, "w", choice->wait_until);
        json_add_text(root, "wg", policy_gates[choice->waits_for].name);
    }
    if (choice->wanted) {
        json_add_text(root, "x", choice->wanted);
        json_add_text(root, "xl", levels[choice->wanted_level].name);
    }
    if (choice->proposed)
        json_add_text(root, "p", choice->proposed);
    add_candidates(root, choice);
    text = json_print(root, false);
    str_add_text(out, text);
    free(text);
    cJSON_Delete(root);
}

static bool find_level(const char *name, enum choose_level *out)
{
    for (size_t i = 0; name && i < COUNT_OF(levels); i++) {
        if (strcmp(levels[i].name, name) == 0) {
            *out = (enum choose_level)i;
            return true;
        }
    }
    return false;
}

/* ["sms","caps"]: the channel, then its closed gates. */
static bool read_candidate(const cJSON *row, struct arena *arena, struct choice_candidate *out)
{
    const cJSON *entry;
    enum gate gate;

    if (!cJSON_IsArray(row) || !cJSON_IsString(row->child))
        return false;
    out->channel = arena_dup(arena, row->child->valuestring);
    for (entry = row->child->next; entry; entry = entry->next) {
        if (!cJSON_IsString(entry) || !policy_gate_find(entry->valuestring, &gate))
            return false;
        out->closed |= 1u << gate;
    }
    return true;
}

static bool read_choice(const cJSON *root, struct arena *arena, struct choice *out)
{
    const cJSON *list = json_get(root, "g"), *row;
    const char *gate = json_text(root, "wg", NULL);

    *out = (struct choice){ .waits_for = GATE_COUNT };
    out->channel = arena_dup(arena, json_text(root, "c", NULL));
    out->evidence = json_int(root, "e", 0);
    out->once = json_bool(root, "once", false);
    out->wait_until = json_int(root, "w", 0);
    out->wanted = arena_dup(arena, json_text(root, "x", NULL));
    out->proposed = arena_dup(arena, json_text(root, "p", NULL));
    if (!find_level(json_text(root, "l", NULL), &out->level) || !cJSON_IsArray(list) ||
        cJSON_GetArraySize(list) > CHOOSE_MAX_CANDIDATES ||
        (out->level == CHOOSE_NONE) != (out->channel == NULL))
        return false;
    if (out->wanted && !find_level(json_text(root, "xl", NULL), &out->wanted_level))
        return false;
    if (out->wait_until && (!gate || !policy_gate_find(gate, &out->waits_for)))
        return false;
    cJSON_ArrayForEach(row, list)
    {
        if (!read_candidate(row, arena, &out->candidates[out->count++]))
            return false;
    }
    return true;
}

int choose_decode(struct span text, struct arena *arena, struct choice *out, struct err *err)
{
    cJSON *root = json_parse(text, "decision", err);
    int rc = -1;

    if (!root)
        goto out;
    if (!read_choice(root, arena, out)) {
        err_set(err, ERR_INPUT, "decision: this is no stored choice of heed");
        goto out;
    }
    choose_tell(out);
    rc = 0;
out:
    cJSON_Delete(root);
    return rc;
}

/* ---- for `heed why` ---- */

static void explain_candidate(const struct choice *choice, size_t index, struct str *out)
{
    const struct choice_candidate *candidate = &choice->candidates[index];
    bool chosen = choice->channel && strcmp(choice->channel, candidate->channel) == 0;
    int told = 0;

    str_printf(out, "  %s %-10s ", chosen ? "*" : " ", candidate->channel);
    if (candidate->closed == 0)
        str_add_text(out, "open");
    for (int i = 0; i < GATE_COUNT; i++)
        if (candidate->closed & 1u << i)
            str_printf(out, "%s%s (%s)", told++ > 0 ? ", " : "", policy_gates[i].closed,
                       policy_gates[i].name);
    str_add_text(out, "\n");
}

void choose_explain(const struct choice *choice, const struct zone *zone, struct str *out)
{
    char id[ID_TEXT_BYTES], when[40];

    str_printf(out, "%s\n", choice->reason);
    if (choice->evidence)
        str_printf(out, "evidence: their message %s\n", id_text("me", choice->evidence, id));
    if (choice->wait_until)
        str_printf(out, "not before %s\n",
                   zone_human(zone ? zone : zone_utc(), choice->wait_until, when));
    str_add_text(out, "channels looked at, in order:\n");
    for (size_t i = 0; i < choice->count; i++)
        explain_candidate(choice, i, out);
}
