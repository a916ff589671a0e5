/* core/app/why_message.c - see why_message.h. */
#include "core/app/why_message.h"

#include "core/app/verdict.h"
#include "core/base/text.h"

static void show_text(struct invocation *in, const struct zone *zone, const struct message_row *m,
                      const struct trace_row *traces, int count)
{
    struct span rest = span_of(command_plain(&in->arena, m->text)), line;

    printf("%s  %s by %s%s%s, %s\n", command_id(in, "me", m->id), command_time(in, zone, m->at),
           m->channel, m->from_address ? ", from " : "",
           m->from_address ? command_plain(&in->arena, m->from_address) : "",
           m->prospect_id ? arena_printf(&in->arena, "matched via %s (%s)", m->via, m->confidence)
                          : "nobody knows whose it is");
    while (text_next_line(&rest, &line))
        printf("  | %.*s\n", (int)line.len, line.data);
    printf("\nRead as %s\n", verdict_line(in, zone, m));
    if (m->rules && *m->rules)
        printf("by the rules %s\n", command_plain(&in->arena, m->rules));
    puts("\nWhat followed");
    verdict_traces(in, zone, traces, count);
    if (count == 0)
        puts("  nothing");
}

static int show_json(struct invocation *in, const struct zone *zone, const struct message_row *m,
                     const struct trace_row *traces, int count)
{
    cJSON *json = cJSON_CreateObject();
    char iso[32];

    json_add_text(json, "id", command_id(in, "me", m->id));
    json_add_text(json, "at", zone_iso(zone, m->at, iso));
    json_add_text(json, "kind", m->kind);
    json_add_text(json, "channel", m->channel);
    json_add_text(json, "from", m->from_address);
    json_add_text(json, "via", m->via);
    json_add_text(json, "confidence", m->confidence);
    json_add_text(json, "prospect", m->prospect_id ? command_id(in, "pr", m->prospect_id) : NULL);
    json_add_text(json, "touch", m->touch_id ? command_id(in, "to", m->touch_id) : NULL);
    json_add_text(json, "text", m->text);
    json_add_text(json, "rules", m->rules);
    verdict_json(in, zone, m, json);
    cJSON_AddItemToObject(json, "followed", verdict_traces_json(in, zone, traces, count));
    return command_print_json(json);
}

int why_message(struct invocation *in, struct workspace *workspace, int64_t id)
{
    struct message_row message;
    struct trace_row *traces;
    struct err err = { 0 };
    int found = message_get(workspace->db, id, &in->arena, &message, &err), count;

    if (found == 0)
        err_set(&err, ERR_NOT_FOUND, "no message %s", in->words[0]);
    if (found != 1)
        return command_fail(in, &err);
    count = traces_of(workspace->db, id, &in->arena, &traces, &err);
    if (count < 0)
        return command_fail(in, &err);
    if (in->json)
        return show_json(in, workspace->zone, &message, traces, count);
    show_text(in, workspace->zone, &message, traces, count);
    return 0;
}
