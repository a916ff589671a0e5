/* core/app/verdict.c - see verdict.h. */
#include "core/app/verdict.h"

#include "core/base/text.h"

const char *verdict_line(struct invocation *in, const struct zone *zone,
                         const struct message_row *m)
{
    struct arena *arena = &in->arena;
    const char *text =
        arena_printf(arena, "%s%s%s", m->kind, m->labels ? ": " : "", m->labels ? m->labels : "");

    if (m->opt_out)
        text = arena_printf(arena, "%s; opt-out: %s", text, m->opt_out);
    if (m->when_at && m->when_words)
        text =
            arena_printf(arena, "%s; when: \"%s\" (%s)", text, command_plain(arena, m->when_words),
                         command_time(in, zone, m->when_at));
    else if (m->when_at)
        text = arena_printf(arena, "%s; back: %s", text, command_time(in, zone, m->when_at));
    if (m->wish)
        text = arena_printf(arena, "%s; wish: %s", text, command_plain(arena, m->wish));
    if (m->relabelled_at)
        text = arena_printf(arena, "%s (corrected by a person)", text);
    return text;
}

static void add_time(const struct zone *zone, cJSON *json, const char *name, int64_t ms)
{
    char iso[32];

    json_add_text(json, name, ms ? zone_iso(zone, ms, iso) : NULL);
}

void verdict_json(struct invocation *in, const struct zone *zone, const struct message_row *m,
                  cJSON *json)
{
    cJSON *labels = cJSON_AddArrayToObject(json, "labels"), *when;
    struct span rest = span_of(m->labels ? m->labels : ""), piece;

    while (text_next_piece(&rest, ',', &piece))
        if (piece.len > 0)
            cJSON_AddItemToArray(labels, cJSON_CreateString(arena_dup_span(&in->arena, piece)));
    json_add_text(json, "lead", m->lead);
    json_add_text(json, "sentiment", m->sentiment);
    json_add_text(json, "opt_out", m->opt_out);
    if (m->when_at) {
        when = cJSON_AddObjectToObject(json, "when");
        add_time(zone, when, "at", m->when_at);
        json_add_text(when, "words", m->when_words);
    } else {
        cJSON_AddNullToObject(json, "when");
    }
    json_add_text(json, "wish", m->wish);
    add_time(zone, json, "relabelled_at", m->relabelled_at);
}

void verdict_traces(struct invocation *in, const struct zone *zone, const struct trace_row *traces,
                    int count)
{
    for (int i = 0; i < count; i++)
        printf("  -> %s%s%s%s%s\n", command_plain(&in->arena, traces[i].what),
               traces[i].undone_by ? " (taken back by " : "",
               traces[i].undone_by ? traces[i].undone_by : "", traces[i].undone_by ? ", " : "",
               traces[i].undone_by
                   ? arena_printf(&in->arena, "%s)", command_time(in, zone, traces[i].undone_at))
                   : "");
}

cJSON *verdict_traces_json(struct invocation *in, const struct zone *zone,
                           const struct trace_row *traces, int count)
{
    static const struct {
        const char *kind, *prefix;
    } prefixes[] = {
        { "hold", "en" }, { "exit", "en" }, { "task", "ta" }, { "switch", "sw" }, { "credit", "to" }
    };
    cJSON *list = cJSON_CreateArray();

    for (int i = 0; i < count; i++) {
        cJSON *row = cJSON_CreateObject();
        const char *about = NULL;
        for (size_t k = 0; k < COUNT_OF(prefixes); k++)
            if (traces[i].about && strcmp(prefixes[k].kind, traces[i].kind) == 0)
                about = command_id(in, prefixes[k].prefix, traces[i].about);
        add_time(zone, row, "at", traces[i].at);
        json_add_text(row, "kind", traces[i].kind);
        json_add_text(row, "about", about);
        json_add_text(row, "what", traces[i].what);
        json_add_text(row, "undone_by", traces[i].undone_by);
        add_time(zone, row, "undone_at", traces[i].undone_at);
        cJSON_AddItemToArray(list, row);
    }
    return list;
}
