/* core/app/cmd_report.c - what each channel and each step earned: tables for people, CSV, JSON. Counts nothing itself. */
#include <stdlib.h>
#include <string.h>

#include "core/app/commands.h"
#include "core/base/csv.h"
#include "core/engine/report.h"
#include "core/store/plans.h"

#define CSV_MAX_BYTES ((size_t)16 << 20)

/* ---- for people ---- */

static const char *number(struct invocation *in, int64_t value)
{
    return arena_printf(&in->arena, "%lld", (long long)value);
}

static const char *percent(struct invocation *in, const struct report_row *row)
{
    char text[32];

    return row->counts.people ? arena_dup(&in->arena, report_percent(&row->rate, text)) : "-";
}

static const char *median(struct invocation *in, const struct report_row *row)
{
    char text[32];

    return row->median_ms < 0 ? "-" : arena_dup(&in->arena, report_duration(row->median_ms, text));
}

/* E-mail is accepted, and rarely more is heard of it: nothing known is not the same as nothing arrived. */
static const char *delivered(struct invocation *in, const struct report_row *row)
{
    return row->counts.delivered ? number(in, row->counts.delivered) : "-";
}

#define CHANNEL_COLUMNS 12
#define STEP_COLUMNS 12

static void add_channel(struct invocation *in, struct table *table, const struct report_row *row,
                        const char *name)
{
    const char *cells[CHANNEL_COLUMNS] = {
        name,
        number(in, row->counts.people),
        number(in, row->counts.sent),
        delivered(in, row),
        number(in, row->counts.replied),
        percent(in, row),
        median(in, row),
        number(in, row->opt_outs),
        number(in, row->counts.bounced),
        number(in, row->counts.failed),
        number(in, row->counts.unsure),
        row->counts.group == STATS_TOTAL
            ? number(in, row->switches_to)
            : arena_printf(&in->arena, "+%lld -%lld", (long long)row->switches_to,
                           (long long)row->switches_from),
    };

    table_row(table, cells);
}

static void show_channels(struct invocation *in, const struct report *report)
{
    struct table *table = table_create(&in->arena, CHANNEL_COLUMNS);

    table_row(table, (const char *[CHANNEL_COLUMNS]){
                         "channel", "people", "sent", "delivered", "replied", "rate (95 %)",
                         "median wait", "opt-outs", "bounced", "failed", "unsure", "switches" });
    for (size_t i = 0; i < report->channel_count; i++)
        add_channel(in, table, &report->channels[i], report->channels[i].counts.channel);
    add_channel(in, table, &report->total, "total");
    table_print(table, stdout);
}

static void show_steps(struct invocation *in, const struct report *report)
{
    struct table *table = table_create(&in->arena, STEP_COLUMNS);

    table_row(table,
              (const char *[STEP_COLUMNS]){ "sequence", "step", "people", "sent", "delivered",
                                            "replied", "rate (95 %)", "median wait", "opt-outs",
                                            "bounced", "failed", "switches" });
    for (size_t i = 0; i < report->step_count; i++) {
        const struct report_row *row = &report->steps[i];
        const char *cells[STEP_COLUMNS] = {
            row->counts.sequence ? row->counts.sequence : "(by hand)",
            row->counts.step_id
                ? arena_printf(&in->arena, "%d %s", row->counts.step + 1, row->counts.step_id)
                : "",
            number(in, row->counts.people),
            number(in, row->counts.sent),
            delivered(in, row),
            number(in, row->counts.replied),
            percent(in, row),
            median(in, row),
            number(in, row->opt_outs),
            number(in, row->counts.bounced),
            number(in, row->counts.failed),
            number(in, row->switches_to),
        };
        table_row(table, cells);
    }
    table_print(table, stdout);
}

static void show_text(struct invocation *in, const struct report *report)
{
    const char *sequence = option(in, "sequence");

    printf("What earned replies%s%s\n\nBy channel\n", sequence ? ", sequence " : "",
           sequence ? sequence : "");
    show_channels(in, report);
    if (report->step_count > 0) {
        printf("\nBy step\n");
        show_steps(in, report);
    }
    printf(
        "\nReplied: people who answered themselves, opt-outs aside, of the people reached. Sent: "
        "taken by the provider;\ndelivered: known from receipts, which e-mail rarely has.\n");
}

/* ---- for programs: one table names every figure, for JSON and CSV alike ---- */

struct figure {
    const char *name;
    bool number; /* a share instead of a count */
    int64_t count;
    double share;
};

#define FIGURES 14

static void list_figures(const struct report_row *row, struct figure out[FIGURES])
{
    const struct figure figures[FIGURES] = {
        { "people", false, row->counts.people, 0 },
        { "sent", false, row->counts.sent, 0 },
        { "delivered", false, row->counts.delivered, 0 },
        { "replied", false, row->counts.replied, 0 },
        { "rate", true, 0, row->rate.rate },
        { "rate_low", true, 0, row->rate.low },
        { "rate_high", true, 0, row->rate.high },
        { "median_ms", false, row->median_ms, 0 },
        { "opt_outs", false, row->opt_outs, 0 },
        { "bounced", false, row->counts.bounced, 0 },
        { "failed", false, row->counts.failed, 0 },
        { "unsure", false, row->counts.unsure, 0 },
        { "switches_to", false, row->switches_to, 0 },
        { "switches_from", false, row->switches_from, 0 },
    };

    memcpy(out, figures, sizeof(figures));
}

static bool is_unknown(const struct figure *figure)
{
    return !figure->number && figure->count < 0;
}

static cJSON *row_json(const struct report_row *row)
{
    cJSON *json = cJSON_CreateObject();
    struct figure figures[FIGURES];

    if (row->counts.group == STATS_CHANNEL)
        json_add_text(json, "channel", row->counts.channel);
    if (row->counts.group == STATS_STEP) {
        json_add_text(json, "sequence", row->counts.sequence);
        json_add_text(json, "step_id", row->counts.step_id);
        json_add_int(json, "step", row->counts.step);
    }
    list_figures(row, figures);
    for (size_t i = 0; i < FIGURES; i++) {
        if (is_unknown(&figures[i]))
            cJSON_AddNullToObject(json, figures[i].name);
        else if (figures[i].number)
            cJSON_AddNumberToObject(json, figures[i].name, figures[i].share);
        else
            json_add_int(json, figures[i].name, figures[i].count);
    }
    return json;
}

static cJSON *rows_json(const struct report_row *rows, size_t count)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(list, row_json(&rows[i]));
    return list;
}

static int show_json(struct invocation *in, const struct report *report)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "sequence", option(in, "sequence"));
    cJSON_AddItemToObject(json, "total", row_json(&report->total));
    cJSON_AddItemToObject(json, "channels", rows_json(report->channels, report->channel_count));
    cJSON_AddItemToObject(json, "steps", rows_json(report->steps, report->step_count));
    return command_print_json(json);
}

static void add_csv(struct invocation *in, struct str *out, const struct report_row *row)
{
    static const char *const groups[] = { "total", "channel", "step" };
    struct figure figures[FIGURES];

    csv_add_cell(out, groups[row->counts.group], true);
    csv_add_cell(out, row->counts.channel ? row->counts.channel : "", false);
    csv_add_cell(out, row->counts.sequence ? row->counts.sequence : "", false);
    csv_add_cell(out, row->counts.step_id ? row->counts.step_id : "", false);
    list_figures(row, figures);
    for (size_t i = 0; i < FIGURES; i++) {
        if (is_unknown(&figures[i]))
            csv_add_cell(out, "", false);
        else if (figures[i].number)
            csv_add_cell(out, arena_printf(&in->arena, "%.4f", figures[i].share), false);
        else
            csv_add_cell(out, number(in, figures[i].count), false);
    }
    str_add_text(out, "\r\n");
}

static int show_csv(struct invocation *in, const struct report *report)
{
    struct figure figures[FIGURES];
    struct str out;
    struct err err = { 0 };
    int code = 0;

    str_init(&out, CSV_MAX_BYTES);
    str_add_text(&out, "group,channel,sequence,step_id");
    list_figures(&report->total, figures);
    for (size_t i = 0; i < FIGURES; i++)
        str_printf(&out, ",%s", figures[i].name);
    str_add_text(&out, "\r\n");
    for (size_t i = 0; i < report->channel_count; i++)
        add_csv(in, &out, &report->channels[i]);
    for (size_t i = 0; i < report->step_count; i++)
        add_csv(in, &out, &report->steps[i]);
    add_csv(in, &out, &report->total);
    if (str_ok(&out)) {
        fwrite(str_text(&out), 1, out.len, stdout);
    } else {
        err_set(&err, ERR_LIMIT, "the report is larger than %zu bytes", CSV_MAX_BYTES);
        code = command_fail(in, &err);
    }
    str_finish(&out);
    return code;
}

/* ---- the command ---- */

static int read_report(struct invocation *in, struct workspace *workspace, struct report *out,
                       struct err *err)
{
    const char *sequence = option(in, "sequence");
    struct sequence_row row = { .name = sequence };
    int known = sequence ? sequence_get(workspace->db, &in->arena, &row, err) : 1;

    if (known == 0)
        return err_set(err, ERR_NOT_FOUND, "no sequence \"%s\": `heed sequence list` names them",
                       sequence);
    return known < 0 ? -1 : report_read(workspace->db, sequence, &in->arena, out, err);
}

static int run(struct invocation *in)
{
    struct workspace *workspace;
    struct report report = { 0 };
    struct err err = { 0 };
    int code = 0;

    workspace = command_open(in, WORKSPACE_STORE, &code);
    if (!workspace)
        return code;
    if (read_report(in, workspace, &report, &err) < 0)
        code = command_fail(in, &err);
    else if (in->json)
        code = show_json(in, &report);
    else if (option(in, "csv"))
        code = show_csv(in, &report);
    else
        show_text(in, &report);
    workspace_close(workspace);
    return code;
}

static const struct option_row options[] = {
    { "sequence", "NAME", "only this sequence" },
    { "csv", NULL, "for spreadsheets: a row a channel, a row a step, and the total" },
    { 0 },
};

const struct command command_report = {
    .name = "report",
    .usage = "[--sequence NAME] [--csv]",
    .summary = "what each channel and each step earned",
    .examples = "heed report\nheed report --sequence proposal-follow-up\n"
                "heed report --csv > report.csv",
    .options = options,
    .run = run,
};
