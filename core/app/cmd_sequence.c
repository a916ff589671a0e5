/* core/app/cmd_sequence.c - lists, shows, checks and puts sequences. A check shows every finding at once, warnings too. */
#include <string.h>

#include "core/app/commands.h"
#include "core/app/verb.h"
#include "core/base/file.h"
#include "core/engine/sequence.h"
#include "core/store/plans.h"

#include "channels/provider_file.h"

#define MAX_CHANNELS 256

struct reading { /* files read for check and put */
    struct invocation *in;
    struct workspace *workspace;
    struct sequence_names names;
    cJSON *report; /* JSON: what is wrong, by file */
    int bad;
};

struct file {
    const char *path, *name, *source;
};

/* ---- list and show ---- */

static const char *number(struct invocation *in, int64_t value)
{
    return arena_printf(&in->arena, "%lld", (long long)value);
}

static const char *join(struct invocation *in, const cJSON *list)
{
    const char *text = "";
    const cJSON *item;

    cJSON_ArrayForEach(item, list) text =
        arena_printf(&in->arena, "%s%s%s", text, *text ? ", " : "",
                     cJSON_IsString(item) ? item->valuestring : "?");
    return text;
}

static void add_row(struct invocation *in, struct table *table, const struct sequence_row *row)
{
    cJSON *json = json_parse(span_of(row->source), row->name, NULL);

    table_row(table, (const char *const[]){ row->name, number(in, row->version),
                                            number(in, cJSON_GetArraySize(json_get(json, "steps"))),
                                            json_text(json, "follow", "auto"),
                                            join(in, json_get(json, "channels")) });
    cJSON_Delete(json);
}

static cJSON *row_json(const struct workspace *workspace, const struct sequence_row *row)
{
    cJSON *json = cJSON_CreateObject();
    char iso[32];

    json_add_text(json, "name", row->name);
    json_add_int(json, "version", row->version);
    json_add_text(json, "created_at", zone_iso(workspace->zone, row->created_at, iso));
    return json;
}

static int list(struct invocation *in, struct workspace *workspace, struct err *err)
{
    struct sequence_row *rows;
    int count = sequence_list(workspace->db, &in->arena, &rows, err);
    struct table *table = table_create(&in->arena, 5);
    cJSON *json = cJSON_CreateArray();

    table_row(table, (const char *const[]){ "SEQUENCE", "VERSION", "STEPS", "FOLLOW", "CHANNELS" });
    for (int i = 0; i < count; i++) {
        add_row(in, table, &rows[i]);
        cJSON_AddItemToArray(json, row_json(workspace, &rows[i]));
    }
    if (count >= 0 && in->json)
        return command_print_json(json);
    cJSON_Delete(json);
    if (count == 0)
        printf("no sequence yet: `heed sequence put FILE.json` puts one\n");
    else if (count > 0)
        table_print(table, stdout);
    return count < 0 ? -1 : 0;
}

static void print_steps(struct invocation *in, const cJSON *sequence)
{
    struct table *table = table_create(&in->arena, 6);
    const cJSON *step;
    int n = 0;

    table_row(table,
              (const char *const[]){ "#", "STEP", "WAIT", "CHANNEL", "TEMPLATE", "INSTRUCTIONS" });
    cJSON_ArrayForEach(step, json_get(sequence, "steps"))
        table_row(table, (const char *const[]){ number(in, ++n), json_text(step, "id", ""),
                                                json_text(step, "wait", ""),
                                                json_text(step, "channel", "any"),
                                                json_text(step, "template", "-"),
                                                json_text(step, "instructions", "") });
    table_print(table, stdout);
}

static void print_sequence(struct invocation *in, const struct workspace *workspace,
                           const struct sequence_row *row, const cJSON *sequence)
{
    const cJSON *window = json_get(sequence, "window");

    printf("%s, version %lld, put %s\n", row->name, (long long)row->version,
           command_time(in, workspace->zone, row->created_at));
    if (json_text(sequence, "comment", NULL))
        printf("%s\n", json_text(sequence, "comment", NULL));
    printf("channels: %s; follow: %s; window: %s %s-%s, zone %s\n\n",
           join(in, json_get(sequence, "channels")), json_text(sequence, "follow", "auto"),
           json_text(window, "days", "mon-fri"), json_text(window, "from", "09:00"),
           json_text(window, "to", "17:00"), json_text(window, "zone", "prospect"));
    print_steps(in, sequence);
}

static int show(struct invocation *in, struct workspace *workspace, struct err *err)
{
    struct sequence_row row = { .name = in->words[1] };
    int found = sequence_get(workspace->db, &in->arena, &row, err);
    cJSON *sequence, *json;

    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "no sequence \"%s\": see `heed sequence list`",
                       in->words[1]);
    sequence = found < 0 ? NULL : json_parse(span_of(row.source), row.name, err);
    if (!sequence)
        return -1;
    if (in->json) {
        json = row_json(workspace, &row);
        cJSON_AddItemToObject(json, "sequence", sequence);
        return command_print_json(json);
    }
    print_sequence(in, workspace, &row, sequence);
    cJSON_Delete(sequence);
    return 0;
}

/* ---- names that exist here ---- */

static int name_templates(struct reading *r, struct err *err)
{
    struct template_row *rows;
    int count = template_list(r->workspace->db, &r->in->arena, &rows, err);
    const char **names;
    size_t unique = 0;

    if (count < 0)
        return -1;
    names = arena_array(&r->in->arena, (size_t)count + 1, sizeof(*names));
    for (int i = 0; i < count; i++)
        if (i == 0 || strcmp(rows[i].name, rows[i - 1].name) != 0)
            names[unique++] = rows[i].name;
    r->names.templates = names;
    return 0;
}

/* Those of the senders, and those that a provider file carries. */
static void name_channels(struct reading *r)
{
    struct arena *arena = &r->in->arena;
    const char **names = arena_array(arena, MAX_CHANNELS + 1, sizeof(*names));
    const char **files = provider_names(r->workspace->provider_dirs, arena);
    const struct conf_section *section;
    size_t count = 0;

    for (size_t n = 0;
         count < MAX_CHANNELS && (section = conf_nth(r->workspace->conf, "sender", n)); n++)
        if (conf_text(section, "channel", NULL))
            names[count++] = conf_text(section, "channel", NULL);
    for (; count < MAX_CHANNELS && *files; files++) {
        struct provider *provider = provider_find(r->workspace->provider_dirs, *files, NULL);
        if (provider)
            names[count++] = arena_dup(arena, provider->kind);
        provider_destroy(provider);
    }
    r->names.channels = names;
}

/* ---- check and put ---- */

static void tell_findings(struct reading *r, const char *path, const struct findings *findings)
{
    cJSON *list = cJSON_CreateArray(), *file;

    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *f = &findings->list[i];
        cJSON *one = cJSON_CreateObject();
        if (!r->in->json)
            fprintf(stderr, "%s: %s%s%s%s\n", path, f->error ? "" : "warning: ", f->path,
                    *f->path ? ": " : "", f->text);
        json_add_text(one, "severity", f->error ? "error" : "warning");
        json_add_text(one, "path", f->path);
        json_add_text(one, "text", f->text);
        cJSON_AddItemToArray(list, one);
    }
    if (findings->dropped && !r->in->json)
        fprintf(stderr, "%s: and %zu more\n", path, findings->dropped);
    file = cJSON_CreateObject();
    json_add_text(file, "file", path);
    cJSON_AddItemToObject(file, "findings", list);
    cJSON_AddItemToArray(r->report, file);
}

/* A file that cannot be read is a finding like any other. */
static int read_file(struct reading *r, const char *path, struct file *out)
{
    struct findings findings = { 0 };
    struct sequence *sequence = NULL;
    struct err err = { 0 };
    struct str text;

    str_init(&text, JSON_MAX_BYTES);
    if (file_read(path, &text, NULL, &err) < 0)
        findings_add(&findings, true, "", "%s", err.text);
    else
        sequence = sequence_read(str_span(&text), path, &r->names, &findings);
    *out = (struct file){ .path = path, .source = arena_dup(&r->in->arena, str_text(&text)) };
    if (sequence)
        out->name = arena_dup(&r->in->arena, sequence->name);
    tell_findings(r, path, &findings);
    r->bad += !sequence;
    sequence_destroy(sequence);
    findings_finish(&findings);
    str_finish(&text);
    return sequence ? 0 : -1;
}

static struct file *read_files(struct reading *r, struct err *err)
{
    struct file *files = arena_array(&r->in->arena, (size_t)r->in->count, sizeof(*files));

    if (name_templates(r, err) < 0)
        return NULL;
    name_channels(r);
    for (int i = 1; i < r->in->count; i++)
        (void)read_file(r, r->in->words[i], &files[i - 1]);
    return files;
}

static int refuse(const struct reading *r, const char *consequence, struct err *err)
{
    return err_set(err, ERR_CONFIG, "%d of %d files %s mistakes%s", r->bad, r->in->count - 1,
                   r->bad == 1 ? "has" : "have", consequence);
}

static int check_files(struct reading *r, struct err *err)
{
    if (!read_files(r, err))
        return -1;
    if (r->in->json)
        command_print_json(cJSON_Duplicate(r->report, true));
    if (r->bad)
        return refuse(r, "", err);
    if (!r->in->json)
        printf("%d sequence%s without a mistake\n", r->in->count - 1, r->in->count == 2 ? "" : "s");
    return 0;
}

static int find_twins(const struct reading *r, const struct file *files, struct err *err)
{
    for (int i = 0; i < r->in->count - 1; i++)
        for (int k = 0; k < i; k++)
            if (strcmp(files[i].name, files[k].name) == 0)
                return err_set(err, ERR_INPUT, "%s and %s are both \"%s\": nothing was put",
                               files[k].path, files[i].path, files[i].name);
    return 0;
}

static int put_one(struct reading *r, const struct file *file, struct table *table, cJSON *json,
                   struct err *err)
{
    struct sequence_row row = { .name = file->name,
                                .source = file->source,
                                .created_at = workspace_now(r->workspace) };
    int rc = sequence_put(r->workspace->db, &row, err);
    cJSON *one;

    if (rc < 0)
        return -1;
    table_row(table, (const char *const[]){ file->name, number(r->in, row.version),
                                            rc ? "put" : "unchanged" });
    one = cJSON_CreateObject();
    json_add_text(one, "name", file->name);
    json_add_int(one, "version", row.version);
    cJSON_AddBoolToObject(one, "changed", rc > 0);
    cJSON_AddItemToArray(json, one);
    return 0;
}

static int store_files(struct reading *r, const struct file *files, struct err *err)
{
    struct table *table = table_create(&r->in->arena, 3);
    cJSON *json = cJSON_CreateArray();
    int rc = db_begin(r->workspace->db, err);

    table_row(table, (const char *const[]){ "SEQUENCE", "VERSION", "" });
    for (int i = 0; rc == 0 && i < r->in->count - 1; i++)
        rc = put_one(r, &files[i], table, json, err);
    rc = db_end(r->workspace->db, rc, err);
    if (rc == 0 && r->in->json)
        return command_print_json(json);
    cJSON_Delete(json);
    if (rc == 0)
        table_print(table, stdout);
    return rc;
}

static int put_files(struct reading *r, struct err *err)
{
    const struct file *files = read_files(r, err);

    if (!files)
        return -1;
    if (r->bad && r->in->json)
        command_print_json(cJSON_Duplicate(r->report, true));
    if (r->bad)
        return refuse(r, ": nothing was put", err);
    return find_twins(r, files, err) < 0 ? -1 : store_files(r, files, err);
}

static int with_report(struct invocation *in, struct workspace *workspace,
                       int (*work)(struct reading *r, struct err *err), struct err *err)
{
    struct reading r = { .in = in, .workspace = workspace, .report = cJSON_CreateArray() };
    int rc = work(&r, err);

    cJSON_Delete(r.report);
    return rc;
}

static int check(struct invocation *in, struct workspace *workspace, struct err *err)
{
    return with_report(in, workspace, check_files, err);
}

static int put(struct invocation *in, struct workspace *workspace, struct err *err)
{
    return with_report(in, workspace, put_files, err);
}

static const struct verb verbs[] = {
    { "list", 0, 0, WORKSPACE_STORE, list },
    { "show", 1, 1, WORKSPACE_STORE, show },
    { "check", 1, -1, WORKSPACE_STORE, check },
    { "put", 1, -1, WORKSPACE_STORE, put },
    { 0 },
};

static int run(struct invocation *in)
{
    return verb_run(in, verbs);
}

const struct command command_sequence = {
    .name = "sequence",
    .usage = "list | show NAME | check FILE... | put FILE...",
    .summary = "sequences: steps, waits and channels",
    .examples = "heed sequence list\n"
                "heed sequence show proposal-follow-up --json\n"
                "heed sequence check sequences/*.json\n"
                "heed sequence put sequences/proposal-follow-up.json",
    .min_words = 1,
    .max_words = -1,
    .run = run,
};
