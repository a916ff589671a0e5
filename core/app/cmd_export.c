/* core/app/cmd_export.c - everything out again: JSON lines, or CSV for spreadsheets. A stream: memory does not grow with the
 * store. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/app/commands.h"
#include "core/base/csv.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/store/exports.h"
#include "core/store/prospects.h"

#define MAX_ROW_BYTES ((size_t)64 << 20)

struct exporting {
    struct invocation *in;
    struct workspace *workspace;
    const struct export_table *table;
    struct stmt *stmt;
    struct arena arena; /* of one row */
    struct str line;
};

/* ---- addresses of a prospect ---- */

static const char *const csv_kinds[] = { "email", "phone", "telegram" };

static bool is_csv_kind(const char *kind)
{
    for (size_t i = 0; i < COUNT_OF(csv_kinds); i++)
        if (strcmp(csv_kinds[i], kind) == 0)
            return true;
    return false;
}

/* ["sms", "call"]; ["*"] = every channel. Why stands in `heed export suppressions`. */
static cJSON *barred_json(struct arena *arena, const char *channels)
{
    cJSON *list = cJSON_CreateArray();
    struct span rest = span_of(channels), piece;

    while (channels && text_next_piece(&rest, ',', &piece))
        cJSON_AddItemToArray(list,
                             cJSON_CreateString(piece.len ? arena_dup_span(arena, piece) : "*"));
    return list;
}

static cJSON *addresses_json(struct arena *arena, const struct address *addresses, int count)
{
    cJSON *list = cJSON_CreateArray();

    for (int i = 0; i < count; i++) {
        cJSON *json = cJSON_CreateObject();
        json_add_text(json, "kind", addresses[i].kind);
        json_add_text(json, "value", addresses[i].value);
        json_add_text(json, "source", addresses[i].source);
        json_add_text(json, "consent", addresses[i].consent);
        cJSON_AddItemToObject(json, "suppressed",
                              barred_json(arena, addresses[i].suppressed_channel));
        cJSON_AddItemToArray(list, json);
    }
    return list;
}

/* "ana@x; ana@y" of one kind; kind NULL = "slack: U123; ..." of those without a column. */
static const char *addresses_text(struct arena *arena, const struct address *addresses, int count,
                                  const char *kind)
{
    const char *list = "";

    for (int i = 0; i < count; i++) {
        const struct address *a = &addresses[i];
        bool wanted = kind ? strcmp(a->kind, kind) == 0 : !is_csv_kind(a->kind);
        if (wanted)
            list = arena_printf(arena, "%s%s%s%s%s", list, *list ? "; " : "", kind ? "" : a->kind,
                                kind ? "" : ": ", a->value);
    }
    return list;
}

static int read_addresses(struct exporting *e, struct address **out, struct err *err)
{
    int64_t id = stmt_col_int(e->stmt, 0);
    const struct prospect prospect = { .slot = id_slot(id), .id = id };

    return addresses_of(e->workspace->db,
                        &(struct address_query){ &prospect, workspace_now(e->workspace) },
                        &e->arena, out, err);
}

/* ---- one value ---- */

/* ISO 8601 in UTC with milliseconds: nothing is lost, and as text it sorts by time. */
static const char *time_text(struct arena *arena, int64_t ms)
{
    struct local_time at;

    zone_to_local(zone_utc(), ms, &at);
    return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", at.year, at.month, at.day,
                        at.hour, at.minute, at.second, at.ms);
}

static const char *id_words(struct arena *arena, const char *prefix, int64_t id)
{
    char text[ID_TEXT_BYTES];

    return arena_dup(arena, id_text(prefix, id, text));
}

/* NULL = nothing there. */
static const char *value_text(struct exporting *e, int at)
{
    const struct export_column *column = &e->table->columns[at];
    int64_t number;

    if (stmt_col_is_null(e->stmt, at))
        return NULL;
    number = stmt_col_int(e->stmt, at);
    switch (column->type) {
    case EXPORT_TIME:
        return number ? time_text(&e->arena, number) : NULL;
    case EXPORT_ID:
        return number ? id_words(&e->arena, column->prefix, number) : NULL;
    case EXPORT_NUMBER:
        return arena_printf(&e->arena, "%lld", (long long)number);
    case EXPORT_FLAG:
        return number ? "yes" : "no";
    case EXPORT_TEXT:
    case EXPORT_JSON:
        break;
    }
    return stmt_col_text(e->stmt, at, &e->arena);
}

static void add_value(struct exporting *e, cJSON *row, int at)
{
    const struct export_column *column = &e->table->columns[at];
    const char *text = value_text(e, at);
    cJSON *inner;

    if (text && column->type == EXPORT_NUMBER)
        json_add_int(row, column->name, stmt_col_int(e->stmt, at));
    else if (text && column->type == EXPORT_FLAG)
        cJSON_AddBoolToObject(row, column->name, stmt_col_int(e->stmt, at) != 0);
    else if (text && column->type == EXPORT_JSON &&
             (inner = json_parse(span_of(text), column->name, NULL)) != NULL)
        cJSON_AddItemToObject(row, column->name, inner);
    else
        json_add_text(row, column->name, text);
}

/* ---- one row ---- */

static int put_json(struct exporting *e, struct err *err)
{
    cJSON *row = cJSON_CreateObject();
    struct address *addresses;
    char *text;
    int count;

    for (int i = 0; e->table->columns[i].name; i++)
        add_value(e, row, i);
    if (e->table->of_prospects) {
        count = read_addresses(e, &addresses, err);
        if (count < 0) {
            cJSON_Delete(row);
            return -1;
        }
        cJSON_AddItemToObject(row, "addresses", addresses_json(&e->arena, addresses, count));
    }
    text = json_print(row, false);
    str_add_text(&e->line, text);
    free(text);
    cJSON_Delete(row);
    return 0;
}

static int put_csv(struct exporting *e, struct err *err)
{
    struct address *addresses;
    int count;

    for (int i = 0; e->table->columns[i].name; i++)
        csv_add_cell(&e->line, value_text(e, i), i == 0);
    if (!e->table->of_prospects)
        return 0;
    count = read_addresses(e, &addresses, err);
    if (count < 0)
        return -1;
    for (size_t i = 0; i < COUNT_OF(csv_kinds); i++)
        csv_add_cell(&e->line, addresses_text(&e->arena, addresses, count, csv_kinds[i]), false);
    csv_add_cell(&e->line, addresses_text(&e->arena, addresses, count, NULL), false);
    return 0;
}

static void put_csv_header(struct exporting *e)
{
    for (int i = 0; e->table->columns[i].name; i++)
        csv_add_cell(&e->line, e->table->columns[i].name, i == 0);
    for (size_t i = 0; e->table->of_prospects && i < COUNT_OF(csv_kinds); i++)
        csv_add_cell(&e->line, csv_kinds[i], false);
    if (e->table->of_prospects)
        csv_add_cell(&e->line, "other_addresses", false);
}

/* 1, 0 = whoever read it has closed the pipe, -1. */
static int flush_line(struct exporting *e, struct err *err)
{
    if (!str_ok(&e->line))
        return err_set(err, ERR_LIMIT, "a row is longer than 64 MiB");
    errno = 0;
    if (fwrite(str_text(&e->line), 1, e->line.len, stdout) == e->line.len &&
        fputc('\n', stdout) != EOF) {
        str_reset(&e->line);
        return 1;
    }
    return errno == EPIPE ? 0 : err_set(err, ERR_SYSTEM, "cannot write to standard output");
}

static int put_rows(struct exporting *e, bool csv, struct err *err)
{
    int more = 1, rc;

    if (csv) {
        put_csv_header(e);
        more = flush_line(e, err);
    }
    while (more == 1 && (more = stmt_step(e->stmt, err)) == 1) {
        arena_reset(&e->arena);
        rc = csv ? put_csv(e, err) : put_json(e, err);
        more = rc < 0 ? -1 : flush_line(e, err);
    }
    if (more >= 0 && fflush(stdout) != 0 && errno != EPIPE)
        return err_set(err, ERR_SYSTEM, "cannot write to standard output");
    return more;
}

static int export_rows(struct exporting *e, struct err *err)
{
    int rc = db_begin_read(e->workspace->db, err);

    if (rc < 0)
        return -1;
    e->stmt = export_query(e->workspace->db, e->table, err);
    rc = e->stmt ? put_rows(e, option(e->in, "csv") != NULL, err) : -1;
    if (e->stmt)
        stmt_reset(e->stmt);
    db_rollback(e->workspace->db);
    return rc;
}

static int unknown_table(struct invocation *in)
{
    const char *names[16] = { 0 }, *list = "";
    struct err err = { 0 };

    for (size_t i = 0; export_tables[i].name && i + 1 < COUNT_OF(names); i++) {
        names[i] = export_tables[i].name;
        list = arena_printf(&in->arena, "%s%s%s", list, i ? ", " : "", names[i]);
    }
    err_set(&err, ERR_USAGE, "nothing is called \"%s\"%s; there are %s", in->words[0],
            text_hint(in->words[0], names).text, list);
    return command_fail(in, &err);
}

static int run(struct invocation *in)
{
    struct exporting e = { .in = in, .table = export_find(in->words[0]) };
    struct err err = { 0 };
    int code = 0;

    if (!e.table)
        return unknown_table(in);
    e.workspace = command_open(in, WORKSPACE_STORE, &code);
    if (!e.workspace)
        return code;
    arena_init(&e.arena);
    str_init(&e.line, MAX_ROW_BYTES);
    if (export_rows(&e, &err) < 0)
        code = command_fail(in, &err);
    str_finish(&e.line);
    arena_finish(&e.arena);
    workspace_close(e.workspace);
    return code;
}

static const struct option_row options[] = {
    { "csv", NULL, "CSV for spreadsheets, with a line of names, instead of JSON lines" },
    { 0 },
};

const struct command command_export = {
    .name = "export",
    .usage =
        "prospects | enrollments | touches | attempts | replies | suppressions | switches | tasks",
    .summary = "everything out again, as JSON lines or CSV",
    .examples = "heed export prospects --csv > prospects.csv\n"
                "heed export touches | grep '\"state\":\"unsure\"'\n"
                "heed export suppressions > never-again.jsonl",
    .options = options,
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
