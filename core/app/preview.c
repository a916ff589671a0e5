/* core/app/preview.c - copies a rendered message with its provenance, and shows it as JSON. For people: preview_print.c. */
#include "core/app/preview.h"

#include "core/base/id.h"
#include "core/base/segments.h"

/* ---- keeping ---- */

static bool is_shown(const struct trace_print *print)
{
    return print->path >= 0 && (print->kind == TRACE_PATH || print->kind == TRACE_DEFAULT);
}

static void keep_prints(struct arena *arena, const struct trace *trace, int line,
                        struct preview_text *out)
{
    out->prints = arena_array(arena, trace->print_count + 1, sizeof(*out->prints));
    for (size_t i = 0; trace->template && i < trace->print_count; i++) {
        const struct trace_print *print = &trace->prints[i];
        struct template_problem place;
        if (!is_shown(print))
            continue;
        template_locate(trace->template, print->at, &place);
        out->prints[out->print_count++] = (struct preview_print){
            .from = print->from,
            .to = print->to,
            .kind = (enum trace_kind)print->kind,
            .field = arena_dup_span(arena, trace_path_name(trace, (size_t)print->path)),
            .line = place.file[0] ? place.line : place.line + line,
            .column = place.column,
            .file = place.file[0] ? arena_dup(arena, place.file) : NULL,
        };
    }
}

void preview_keep(struct preview *preview, struct preview_person *person,
                  const struct rehearsed *one)
{
    const struct parts_trace *t = one->trace;
    const struct span texts[] = { one->rendered.subject, one->rendered.text, one->rendered.html };
    const struct trace *const traces[] = { &t->subject, &t->text, &t->html };
    const int lines[] = { t->subject_line, t->text_line, t->html_line };
    struct preview_message *message;

    if (person->message_count == PREVIEW_CHANNELS_MAX)
        return;
    message = &person->messages[person->message_count++];
    message->channel = arena_dup(preview->arena, one->channel);
    message->part = arena_dup(preview->arena, one->rendered.part);
    message->derived = one->rendered.derived;
    message->reason = arena_dup(preview->arena, one->reason);
    for (size_t i = 0; i < PREVIEW_SECTIONS; i++) {
        if (texts[i].len == 0)
            continue;
        message->sections[i].text = arena_dup_span(preview->arena, texts[i]);
        keep_prints(preview->arena, traces[i], lines[i], &message->sections[i]);
    }
}

/* ---- as JSON ---- */

static void add_prints(cJSON *list, const char *section, const struct preview_text *text)
{
    for (size_t i = 0; i < text->print_count; i++) {
        const struct preview_print *print = &text->prints[i];
        cJSON *json = cJSON_CreateObject();
        json_add_text(json, "section", section);
        json_add_int(json, "from", print->from);
        json_add_int(json, "to", print->to);
        json_add_text(json, "field", print->field);
        cJSON_AddBoolToObject(json, "default", print->kind == TRACE_DEFAULT);
        if (print->file)
            json_add_text(json, "file", print->file);
        json_add_int(json, "line", print->line);
        json_add_int(json, "column", print->column);
        cJSON_AddItemToArray(list, json);
    }
}

static void add_segments(cJSON *json, const char *text)
{
    struct segments s = segments_count(span_of(text), SEGMENT_HEADER_8);
    cJSON *object = cJSON_AddObjectToObject(json, "segments");

    json_add_int(object, "segments", (int64_t)s.segments);
    json_add_int(object, "units", (int64_t)s.units);
    json_add_text(object, "encoding", segments_encoding_name(s.encoding));
}

static cJSON *message_json(const struct preview_message *message)
{
    static const char *const names[] = { "subject", "text", "html" };
    cJSON *json = cJSON_CreateObject(), *list;

    json_add_text(json, "channel", message->channel);
    json_add_text(json, "part", message->part);
    cJSON_AddBoolToObject(json, "derived", message->derived);
    json_add_text(json, "held", message->reason);
    for (size_t i = 0; i < PREVIEW_SECTIONS; i++)
        json_add_text(json, names[i], message->sections[i].text);
    if (strcmp(message->channel, "sms") == 0 && message->sections[PREVIEW_TEXT].text)
        add_segments(json, message->sections[PREVIEW_TEXT].text);
    list = cJSON_AddArrayToObject(json, "provenance");
    for (size_t i = 0; i < PREVIEW_SECTIONS; i++)
        add_prints(list, names[i], &message->sections[i]);
    return json;
}

static cJSON *person_json(const struct preview_person *person)
{
    cJSON *json = cJSON_CreateObject(), *list;
    char id[ID_TEXT_BYTES];

    json_add_text(json, "prospect", person->id ? id_text("pr", person->id, id) : NULL);
    json_add_text(json, "name", person->name);
    json_add_int(json, "new_branches", (int64_t)person->fresh);
    list = cJSON_AddArrayToObject(json, "messages");
    for (size_t i = 0; i < person->message_count; i++)
        cJSON_AddItemToArray(list, message_json(&person->messages[i]));
    return json;
}

static cJSON *branch_json(const struct preview *preview, const struct coverage_branch *branch)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "part", branch->part);
    json_add_text(json, "section", branch->section);
    if (branch->file)
        json_add_text(json, "file", branch->file);
    json_add_int(json, "line", branch->line);
    json_add_text(json, "branch", coverage_branch_name(branch, preview->arena));
    json_add_int(json, "held_messages", branch->held);
    return json;
}

cJSON *preview_json(const struct preview *preview)
{
    const struct coverage_report *r = &preview->report;
    cJSON *json = cJSON_CreateObject(), *list;

    json_add_text(json, "template", preview->label);
    cJSON_AddBoolToObject(json, "examples", preview->examples);
    json_add_int(json, "looked_at", r->prospects);
    cJSON_AddBoolToObject(json, "looked_at_all", !preview->cut);
    json_add_int(json, "branches", (int64_t)r->branch_count);
    json_add_int(json, "branches_taken", (int64_t)r->branches_taken);
    list = cJSON_AddArrayToObject(json, "never_taken");
    for (size_t i = 0; i < r->branch_count; i++)
        if (!r->branches[i].complete)
            cJSON_AddItemToArray(list, branch_json(preview, &r->branches[i]));
    list = cJSON_AddArrayToObject(json, "people");
    for (size_t i = 0; i < preview->count; i++)
        cJSON_AddItemToArray(list, person_json(&preview->people[i]));
    return json;
}
