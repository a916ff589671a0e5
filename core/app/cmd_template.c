/* core/app/cmd_template.c - lists, shows, checks and puts follow-up templates; its other verbs have files of their own. */
#include <string.h>

#include "core/app/commands.h"
#include "core/app/template_audit.h"
#include "core/app/template_convert.h"
#include "core/app/template_files.h"
#include "core/app/template_lint.h"
#include "core/app/template_preview.h"
#include "core/app/verb.h"
#include "core/store/plans.h"

static void plural(char text[32], size_t count, const char *noun)
{
    snprintf(text, 32, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

/* ---- list and show ---- */

static cJSON *list_json(const struct template_row *rows, int count)
{
    cJSON *list = cJSON_CreateArray(), *parts = NULL;

    for (int i = 0; i < count; i++) {
        if (i == 0 || strcmp(rows[i].name, rows[i - 1].name) != 0) {
            cJSON *one = cJSON_CreateObject();
            json_add_text(one, "name", rows[i].name);
            json_add_int(one, "version", rows[i].version);
            parts = cJSON_AddArrayToObject(one, "parts");
            cJSON_AddItemToArray(list, one);
        }
        cJSON_AddItemToArray(parts, cJSON_CreateString(rows[i].part));
    }
    return list;
}

static void print_list(struct invocation *in, const struct template_row *rows, int count)
{
    struct table *table = table_create(&in->arena, 3);

    table_row(table, (const char *const[]){ "TEMPLATE", "VERSION", "PARTS" });
    for (int i = 0, next; i < count; i = next) {
        const char *parts = rows[i].part;
        for (next = i + 1; next < count && strcmp(rows[next].name, rows[i].name) == 0; next++)
            parts = arena_printf(&in->arena, "%s, %s", parts, rows[next].part);
        table_row(table, (const char *const[]){
                             rows[i].name,
                             arena_printf(&in->arena, "%lld", (long long)rows[i].version), parts });
    }
    table_print(table, stdout);
}

static int list(struct invocation *in, struct workspace *workspace, struct err *err)
{
    struct template_row *rows;
    int count = template_list(workspace->db, &in->arena, &rows, err);

    if (count < 0)
        return -1;
    if (in->json)
        return command_print_json(list_json(rows, count));
    if (count == 0)
        printf("no template yet: `heed template put templates` puts those of a folder\n");
    else
        print_list(in, rows, count);
    return 0;
}

static int show(struct invocation *in, struct workspace *workspace, struct err *err)
{
    struct template_row *rows;
    int count = template_get(workspace->db, in->words[1], &in->arena, &rows, err);
    cJSON *json, *parts;

    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "no template \"%s\": see `heed template list`",
                       in->words[1]);
    if (count < 0)
        return -1;
    for (int i = 0; !in->json && i < count; i++)
        printf("%s=== %s@%lld, %s.liquid ===\n%s\n", i ? "\n" : "", rows[i].name,
               (long long)rows[i].version, rows[i].part, rows[i].source);
    if (!in->json)
        return 0;
    json = cJSON_CreateObject();
    json_add_text(json, "name", rows[0].name);
    json_add_int(json, "version", rows[0].version);
    parts = cJSON_AddObjectToObject(json, "parts");
    for (int i = 0; i < count; i++)
        json_add_text(parts, rows[i].part, rows[i].source);
    return command_print_json(json);
}

/* ---- check and put ---- */

static int read_all(struct invocation *in, struct template_files *files, struct err *err)
{
    for (int i = 1; i < in->count; i++)
        if (template_files_read(files, in->words[i], err) < 0)
            return -1;
    fputs(str_text(&files->problems), stderr);
    return 0;
}

static int refuse(const struct template_files *files, const char *and, struct err *err)
{
    return err_set(err, ERR_CONFIG, "%zu of %zu templates %s mistakes%s", files->bad, files->count,
                   files->bad == 1 ? "has" : "have", and);
}

static int tell_checked(struct invocation *in, const struct template_files *files,
                        const struct lint_counts *lint)
{
    char good[32];
    cJSON *json;

    plural(good, files->count - files->bad, "template");
    if (!in->json)
        return printf("%s without a mistake\n", good) < 0;
    json = cJSON_CreateObject();
    json_add_int(json, "templates", (int64_t)files->count);
    json_add_int(json, "bad", (int64_t)files->bad);
    json_add_text(json, "problems", str_text(&files->problems));
    json_add_int(json, "errors", (int64_t)lint->errors);
    json_add_int(json, "warnings", (int64_t)lint->warnings);
    return command_print_json(json);
}

static int refuse_errors(const struct lint_counts *lint, const char *and, struct err *err)
{
    return err_set(err, ERR_CONFIG, "the linter has found %zu error%s%s", lint->errors,
                   lint->errors == 1 ? "" : "s", and);
}

static int check(struct invocation *in, struct workspace *workspace, struct err *err)
{
    struct template_files files;
    struct lint_counts lint = { 0 };
    int rc;

    (void)workspace;
    template_files_init(&files, &in->arena);
    rc = read_all(in, &files, err);
    if (rc == 0 && files.bad == 0)
        rc = template_lint_folders(&files, NULL, &lint, err);
    if (rc == 0 && ((files.bad == 0 && lint.errors == 0) || in->json))
        rc = tell_checked(in, &files, &lint);
    if (rc == 0 && files.bad)
        rc = refuse(&files, "", err);
    if (rc == 0 && lint.errors)
        rc = refuse_errors(&lint, "", err);
    template_files_finish(&files);
    return rc;
}

static int tell_put(struct invocation *in, const struct template_files *files, size_t changed)
{
    char text[32];
    cJSON *json;

    plural(text, changed, "template");
    if (!in->json)
        return printf("%s put, %zu unchanged\n", text, files->count - changed) < 0;
    json = cJSON_CreateObject();
    json_add_int(json, "put", (int64_t)changed);
    json_add_int(json, "unchanged", (int64_t)(files->count - changed));
    return command_print_json(json);
}

static int put(struct invocation *in, struct workspace *workspace, struct err *err)
{
    struct template_files files;
    struct lint_counts lint = { 0 };
    size_t changed = 0;
    int rc;

    template_files_init(&files, &in->arena);
    rc = read_all(in, &files, err);
    if (rc == 0 && files.bad)
        rc = refuse(&files, ": nothing was put", err);
    if (rc == 0)
        rc = template_lint_folders(&files, workspace->phrase_dirs, &lint, err);
    if (rc == 0 && lint.errors && !option(in, "force"))
        rc = refuse_errors(&lint, ": nothing was put; --force puts it all the same", err);
    if (rc == 0)
        rc = template_files_put(&files, workspace, &changed, err);
    if (rc == 0)
        rc = tell_put(in, &files, changed);
    template_files_finish(&files);
    return rc;
}

static const struct verb verbs[] = {
    { "list", 0, 0, WORKSPACE_STORE, list },
    { "show", 1, 1, WORKSPACE_STORE, show },
    { "check", 1, -1, VERB_NO_WORKSPACE, check },
    { "put", 1, -1, WORKSPACE_STORE, put },
    { "convert", 1, -1, VERB_NO_WORKSPACE, template_convert },
    { "lint", 0, -1, VERB_NO_WORKSPACE, template_lint },
    { "audit", 1, 1, WORKSPACE_SENDERS, template_audit },
    { "preview", 1, 1, VERB_NO_WORKSPACE, template_preview },
    { 0 },
};

static int run(struct invocation *in)
{
    return verb_run(in, verbs);
}

static const struct option_row options[] = {
    { "force", NULL, "put: although the linter has found errors" },
    { "sequence", "NAME", "lint: all its messages; audit, preview: for those enrolled in it" },
    { "prospect", "PROSPECT", "lint, preview: only for this one (preview: several, ',' between)" },
    { "channel", "CHANNEL", "audit, preview: this one for everybody" },
    { "csv", "FILE", "audit: write there who is not complete, and for which field" },
    { "provenance", NULL, "preview: mark what is data, and from which field" },
    { "from", "TOOL", "convert: mailchimp, handlebars, django...; default: all of them at once" },
    { "out", "DIR", "convert: write DIR/NAME.liquid instead of printing it" },
    { 0 },
};

const struct command command_template = {
    .name = "template",
    .usage = "list | show NAME | check DIR... | put DIR... | convert FILE... | "
             "lint [TEMPLATE|DIR...] | audit TEMPLATE|DIR | preview TEMPLATE|DIR",
    .summary = "follow-up templates: one text per channel",
    .options = options,
    .examples = "heed template list\n"
                "heed template show recap\n"
                "heed template check templates\n"
                "heed template put templates/recap templates/value\n"
                "heed template convert old/email.txt --from mailchimp --out templates/hello\n"
                "heed template lint\n"
                "heed template lint --sequence proposal-follow-up --prospect "
                "ana@northwind.example\n"
                "heed template audit recap --csv held.csv\n"
                "heed template preview templates/recap --provenance",
    .min_words = 1,
    .max_words = -1,
    .run = run,
};
