/* core/engine/relabel_said.c - see relabel_said.h. */
#include "core/engine/relabel_said.h"

#include "core/base/text.h"

cJSON *relabel_said_json(const struct relabel *said)
{
    cJSON *json = cJSON_CreateObject(), *labels;

    if (said->says_kind)
        json_add_text(json, "kind", reading_kind_name(said->kind));
    if (said->says_labels) {
        labels = cJSON_AddArrayToObject(json, "labels");
        for (size_t i = 0; i < said->label_count; i++)
            cJSON_AddItemToArray(labels, cJSON_CreateString(intent_name(said->labels[i])));
    }
    if (said->opt_out != RELABEL_KEEP) {
        cJSON_AddBoolToObject(json, "opt_out", said->opt_out == RELABEL_YES);
        json_add_text(json, "opt_out_channel", said->opt_out_channel);
    }
    if (said->wish != RELABEL_KEEP) {
        cJSON_AddBoolToObject(json, "wish", said->wish == RELABEL_YES);
        json_add_text(json, "wish_channel", said->wish_channel);
        cJSON_AddBoolToObject(json, "wish_once", said->wish_once);
    }
    return json;
}

static enum relabel_say say_of(const cJSON *json, const char *name)
{
    return !cJSON_GetObjectItemCaseSensitive(json, name) ? RELABEL_KEEP
           : json_bool(json, name, false)                ? RELABEL_YES
                                                         : RELABEL_NO;
}

static const char *text_of(const cJSON *json, const char *name, struct arena *arena)
{
    return arena_dup(arena, json_text(json, name, NULL));
}

static void read_said(const cJSON *json, struct arena *arena, struct relabel *out)
{
    const cJSON *labels = cJSON_GetObjectItemCaseSensitive(json, "labels"), *label;
    const char *kind = json_text(json, "kind", NULL);

    *out = (struct relabel){ .opt_out = say_of(json, "opt_out"), .wish = say_of(json, "wish") };
    out->says_kind = kind && relabel_find_kind(kind, &out->kind);
    out->says_labels = labels != NULL;
    cJSON_ArrayForEach(label, labels) if (cJSON_IsString(label) && out->label_count < INTENT_COUNT)
        out->labels[out->label_count++] = intent_by_name(label->valuestring);
    out->opt_out_channel = text_of(json, "opt_out_channel", arena);
    out->wish_channel = text_of(json, "wish_channel", arena);
    out->wish_once = json_bool(json, "wish_once", false);
    if (out->wish == RELABEL_YES && !out->wish_channel)
        out->wish = RELABEL_KEEP;
}

int relabel_said_recall(const struct effects *env, int64_t message_id, struct relabel *out,
                        struct err *err)
{
    struct trace_row *rows;
    int count = traces_of(env->db, message_id, env->arena, &rows, err);

    for (int i = count; i > 0; i--) {
        struct err ignored = { 0 };
        cJSON *json = undo_is_record(rows[i - 1].kind) && rows[i - 1].was
                          ? json_parse(span_of(rows[i - 1].was), "trace", &ignored)
                          : NULL;
        if (!json)
            continue;
        read_said(json, env->arena, out);
        cJSON_Delete(json);
        return 1;
    }
    return count < 0 ? -1 : 0;
}
