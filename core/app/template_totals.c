/* core/app/template_totals.c - see template_totals.h. */
#include "core/app/template_totals.h"

#include <string.h>

#include "core/app/template_audit.h"
#include "core/base/id.h"

#define REASONS_SHOWN 10

void template_totals_init(struct template_totals *totals)
{
    *totals = (struct template_totals){ .coverage = coverage_create() };
}

void template_totals_finish(struct template_totals *totals)
{
    coverage_destroy(totals->coverage);
}

void template_totals_add(struct template_totals *totals, const struct rehearsed *one)
{
    coverage_add(totals->coverage, one);
    if (one->outcome == REHEARSAL_COMPLETE && strcmp(one->channel, "sms") == 0) {
        struct segments segments = segments_count(one->rendered.text, SEGMENT_HEADER_8);
        segment_tally_add(&totals->segments, &segments);
    }
}

/* ---- words ---- */

static const char *ids_text(struct arena *arena, const struct coverage_examples *examples)
{
    const char *text = "";
    char id[ID_TEXT_BYTES];

    for (size_t i = 0; i < examples->count; i++)
        text =
            arena_printf(arena, "%s%s%s", text, i ? " " : "", id_text("pr", examples->ids[i], id));
    return text;
}

/* "prospect.company is missing" out of "prospect.company is missing and has no default" */
static const char *cause(struct arena *arena, const char *reason)
{
    const char *end = strstr(reason, " and has no default");

    return end ? arena_dup_span(arena, span_make(reason, (size_t)(end - reason))) : reason;
}

static const char *because(struct arena *arena, const struct coverage_report *r)
{
    const char *text = "";
    size_t shown = 0;

    for (size_t i = 0; i < r->reason_count && shown < 3; i++) {
        const struct coverage_reason *reason = &r->reasons[i];
        const char *count = r->reason_count == 1
                                ? ""
                                : arena_printf(arena, "%s ", template_count(arena, reason->count));
        if (!reason->holds)
            continue;
        text = arena_printf(arena, "%s%s%sbecause %s", text, shown ? ", " : "", count,
                            cause(arena, reason->text));
        shown++;
    }
    return text;
}

static const char *held_line(struct arena *arena, const struct coverage_report *r)
{
    const char *line = arena_printf(arena, "%s of %s complete", template_count(arena, r->complete),
                                    template_count(arena, r->prospects));

    if (r->held)
        line = arena_printf(arena, "%s; %s held %s%s", line, template_count(arena, r->held),
                            r->reason_count > 1 ? ": " : "", because(arena, r));
    if (r->no_channel)
        line = arena_printf(arena, "%s; %s cannot be reached", line,
                            template_count(arena, r->no_channel));
    return line;
}

/* How to get the list of them: the same command again, with a file. */
static const char *csv_line(struct invocation *in, const struct coverage_report *r)
{
    const char *text, *sequence = option(in, "sequence"), *channel = option(in, "channel");

    if (r->held + r->no_channel == 0 || option(in, "csv"))
        return NULL;
    text = arena_printf(&in->arena, "heed template audit %s", in->words[1]);
    if (sequence)
        text = arena_printf(&in->arena, "%s --sequence %s", text, sequence);
    if (channel)
        text = arena_printf(&in->arena, "%s --channel %s", text, channel);
    return arena_printf(&in->arena, "`%s --csv held.csv` lists them", text);
}

const char *template_totals_segment_line(const struct segment_tally *tally, struct arena *arena)
{
    struct segment_summary s = segment_tally_read(tally);
    const char *range = arena_printf(arena, "%zu", s.most);

    if (s.least != s.most)
        range = arena_printf(arena, "%zu to %zu", s.least, s.most);
    return arena_printf(
        arena, "%s SMS of %s segment%s (median %g): %s segments in all%s",
        template_count(arena, (int64_t)s.texts), range, s.most == 1 ? "" : "s", s.median,
        template_count(arena, (int64_t)s.sum),
        s.ucs2 ? arena_printf(arena, "; %s leave GSM-7", template_count(arena, (int64_t)s.ucs2))
               : "");
}

/* ---- for people ---- */

static void print_paths(struct arena *arena, const struct coverage_report *r)
{
    struct table *table = table_create(arena, 7);

    table_row(table, (const char *const[]){ "FIELD", "HELD", "WRONG TYPE", "DEFAULT", "EMPTY",
                                            "FILLED", "FOR EXAMPLE" });
    for (size_t i = 0; i < r->path_count; i++) {
        const struct coverage_path *path = &r->paths[i];
        table_row(table, (const char *const[]){
                             path->name, template_count(arena, path->counts[FATE_HELD]),
                             template_count(arena, path->counts[FATE_MISTYPED]),
                             template_count(arena, path->counts[FATE_FALLBACK]),
                             template_count(arena, path->counts[FATE_EMPTY]),
                             template_count(arena, path->counts[FATE_FILLED]),
                             path->worst == FATE_FILLED ? "" : ids_text(arena, &path->examples) });
    }
    table_print(table, stdout);
}

static void print_reasons(struct arena *arena, const struct coverage_report *r)
{
    struct table *table = table_create(arena, 3);

    if (r->reason_count == 0)
        return;
    table_row(table, (const char *const[]){ "NOT COMPLETE BECAUSE", "PROSPECTS", "FOR EXAMPLE" });
    for (size_t i = 0; i < r->reason_count && i < REASONS_SHOWN; i++)
        table_row(table, (const char *const[]){ r->reasons[i].text,
                                                template_count(arena, r->reasons[i].count),
                                                ids_text(arena, &r->reasons[i].examples) });
    printf("\n");
    table_print(table, stdout);
    if (r->reason_count > REASONS_SHOWN)
        printf("and %zu more reasons: see --json\n", r->reason_count - REASONS_SHOWN);
}

static int print_totals(const struct template_totals *totals, struct invocation *in,
                        const struct coverage_report *r, const char *label)
{
    const char *csv = csv_line(in, r);

    if (r->prospects == 0)
        return printf("%s: nobody to render it for%s\n", label,
                      option(in, "sequence") ? " in this sequence" : "") < 0;
    printf("%s: %s\n", label, held_line(&in->arena, r));
    if (csv)
        printf("(%s)\n", csv);
    if (totals->segments.texts)
        printf("%s\n", template_totals_segment_line(&totals->segments, &in->arena));
    printf("\n");
    print_paths(&in->arena, r);
    print_reasons(&in->arena, r);
    return 0;
}

/* ---- as JSON ---- */

static void add_ids(cJSON *object, const struct coverage_examples *examples)
{
    cJSON *list = cJSON_AddArrayToObject(object, "examples");
    char id[ID_TEXT_BYTES];

    for (size_t i = 0; i < examples->count; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(id_text("pr", examples->ids[i], id)));
}

static cJSON *path_json(const struct coverage_path *path)
{
    static const char *const names[FATE_COUNT] = { "held", "wrong_type", "default", "empty",
                                                   "filled" };
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "field", path->name);
    for (size_t i = 0; i < FATE_COUNT; i++)
        json_add_int(json, names[i], path->counts[i]);
    if (path->worst != FATE_FILLED)
        add_ids(json, &path->examples);
    return json;
}

static cJSON *reason_json(const struct coverage_reason *reason)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "outcome", reason->holds ? "held" : "no_channel");
    json_add_text(json, "field", reason->path);
    json_add_text(json, "reason", reason->text);
    json_add_int(json, "prospects", reason->count);
    add_ids(json, &reason->examples);
    return json;
}

cJSON *template_totals_segments(const struct segment_tally *tally)
{
    struct segment_summary s = segment_tally_read(tally);
    cJSON *json = s.texts ? cJSON_CreateObject() : cJSON_CreateNull();

    if (!s.texts)
        return json;
    json_add_int(json, "messages", (int64_t)s.texts);
    json_add_int(json, "least", (int64_t)s.least);
    cJSON_AddNumberToObject(json, "median", s.median);
    json_add_int(json, "most", (int64_t)s.most);
    json_add_int(json, "total", (int64_t)s.sum);
    json_add_int(json, "outside_gsm7", (int64_t)s.ucs2);
    return json;
}

static cJSON *totals_json(const struct template_totals *totals, const struct invocation *in,
                          const struct coverage_report *r, const char *label)
{
    cJSON *json = cJSON_CreateObject(), *list;

    json_add_text(json, "template", label);
    json_add_text(json, "sequence", option(in, "sequence"));
    json_add_text(json, "channel", option(in, "channel"));
    json_add_int(json, "prospects", r->prospects);
    json_add_int(json, "complete", r->complete);
    json_add_int(json, "held", r->held);
    json_add_int(json, "no_channel", r->no_channel);
    cJSON_AddItemToObject(json, "sms", template_totals_segments(&totals->segments));
    list = cJSON_AddArrayToObject(json, "fields");
    for (size_t i = 0; i < r->path_count; i++)
        cJSON_AddItemToArray(list, path_json(&r->paths[i]));
    list = cJSON_AddArrayToObject(json, "reasons");
    for (size_t i = 0; i < r->reason_count; i++)
        cJSON_AddItemToArray(list, reason_json(&r->reasons[i]));
    return json;
}

int template_totals_show(struct template_totals *totals, struct invocation *in, const char *label)
{
    struct coverage_report report;

    coverage_report(totals->coverage, &report);
    if (in->json)
        return command_print_json(totals_json(totals, in, &report, label));
    return print_totals(totals, in, &report, label);
}
