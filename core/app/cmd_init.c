/* core/app/cmd_init.c - makes a workspace in which everything can be tried at once, without any account. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/app/commands.h"
#include "core/app/library.h"
#include "core/app/starter.h"
#include "core/app/template_files.h"
#include "core/base/file.h"
#include "core/store/plans.h"

#define ZONES "/zoneinfo/"

struct making {
    struct invocation *in;
    const char *folder;
    struct workspace *workspace;
    struct template_files templates;
};

static const char *in_folder(struct making *m, const char *name)
{
    return arena_printf(&m->in->arena, "%s/%s", m->folder, name);
}

/* ---- files ---- */

/* With every folder above it. */
static int make_folders(struct making *m, const char *path, struct err *err)
{
    char *copy = arena_dup(&m->in->arena, path);

    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (file_make_folder(copy, err) < 0)
            return -1;
        *slash = '/';
    }
    return file_make_folder(copy, err);
}

/* ---- what stands in them ---- */

/* The machine's zone, when it tells one that we know. */
static const char *local_zone(struct arena *arena)
{
    char target[PATH_MAX];
    ssize_t len = readlink("/etc/localtime", target, sizeof(target) - 1);
    const char *name;

    if (len <= 0)
        return "UTC";
    target[len] = '\0';
    name = strstr(target, ZONES);
    if (!name || !zone_find(name + strlen(ZONES), NULL))
        return "UTC";
    return arena_dup(arena, name + strlen(ZONES));
}

static const char *last_week(struct arena *arena)
{
    struct local_time at;
    struct clock clock;

    if (clock_init_text(&clock, getenv("HEED_CLOCK"), NULL) < 0)
        clock_init_system(&clock); /* workspace_open() will tell */
    zone_to_local(zone_utc(), clock_now(&clock) - 7 * DAY_MS, &at);
    return arena_printf(arena, "%04d-%02d-%02d", at.year, at.month, at.day);
}

static int write_conf(struct making *m, struct err *err)
{
    const char *path = in_folder(m, "heed.conf");
    int rc = file_write_new(path, starter_conf(&m->in->arena, local_zone(&m->in->arena)), err);

    if (rc == 0)
        return err_set(err, ERR_REFUSED,
                       "%s is there already: this folder is a workspace; nothing was changed",
                       path);
    return rc < 0 ? -1 : 0;
}

static int copy_template(struct making *m, const struct template_folder *from, struct err *err)
{
    const char *folder = arena_printf(&m->in->arena, "%s/templates/%s", m->folder, from->name);

    if (file_make_folder(folder, err) < 0)
        return -1;
    for (size_t i = 0; i < from->count; i++)
        if (file_write_new(arena_printf(&m->in->arena, "%s/%s.liquid", folder, from->parts[i].part),
                           from->parts[i].source, err) < 0)
            return -1;
    return 0;
}

static int copy_templates(struct making *m, const char *library, struct err *err)
{
    struct template_files files;
    int rc;

    template_files_init(&files, &m->in->arena);
    rc = template_files_read(&files, library, err);
    for (const struct template_folder *f = files.first; rc == 0 && f; f = f->next)
        rc = copy_template(m, f, err);
    template_files_finish(&files);
    return rc;
}

static int write_files(struct making *m, const char *library, struct err *err)
{
    if (file_make_folder(in_folder(m, "templates"), err) < 0 ||
        file_make_folder(in_folder(m, "sequences"), err) < 0 || copy_templates(m, library, err) < 0)
        return -1;
    if (file_write_new(in_folder(m, "sequences/" STARTER_SEQUENCE ".json"), starter_sequence(),
                       err) < 0)
        return -1;
    return file_write_new(in_folder(m, "example.csv"),
                          starter_prospects(&m->in->arena, last_week(&m->in->arena)), err) < 0
               ? -1
               : 0;
}

/* ---- the store ---- */

static int put_templates(struct making *m, struct err *err)
{
    size_t changed;

    template_files_init(&m->templates, &m->in->arena);
    if (template_files_read(&m->templates, in_folder(m, "templates"), err) < 0)
        return -1;
    if (m->templates.bad)
        return err_set(err, ERR_CONFIG, "templates that were there already have mistakes:\n%s",
                       str_text(&m->templates.problems));
    return template_files_put(&m->templates, m->workspace, &changed, err);
}

static int put_sequence(struct making *m, struct err *err)
{
    struct db *db = m->workspace->db;
    struct sequence_row row = { .name = STARTER_SEQUENCE,
                                .source = starter_sequence(),
                                .created_at = workspace_now(m->workspace) };

    if (db_begin(db, err) < 0)
        return -1;
    return db_end(db, sequence_put(db, &row, err), err);
}

static int fill(struct making *m, struct err *err)
{
    m->workspace = workspace_open(m->folder, WORKSPACE_STORE, err);
    if (!m->workspace)
        return -1;
    return put_templates(m, err) < 0 || put_sequence(m, err) < 0 ? -1 : 0;
}

/* A workspace that could not be finished must not look like one. */
static int make(struct making *m, struct err *err)
{
    const char *library = library_find(&m->in->arena, err);

    if (!library || make_folders(m, m->folder, err) < 0 || write_conf(m, err) < 0)
        return -1;
    if (write_files(m, library, err) == 0 && fill(m, err) == 0)
        return 0;
    unlink(in_folder(m, "heed.conf"));
    return -1;
}

/* ---- telling ---- */

static const char *const next_commands[] = {
    "heed import example.csv",
    "heed enroll " STARTER_SEQUENCE " --all",
    "heed plan ana@example.com",
};

static int tell_json(const struct making *m)
{
    cJSON *json = cJSON_CreateObject(), *list;

    json_add_text(json, "folder", m->folder);
    json_add_text(json, "store", m->workspace->store_path);
    list = cJSON_AddArrayToObject(json, "templates");
    for (const struct template_folder *f = m->templates.first; f; f = f->next)
        cJSON_AddItemToArray(list, cJSON_CreateString(f->name));
    json_add_text(json, "sequence", STARTER_SEQUENCE);
    list = cJSON_AddArrayToObject(json, "next");
    for (size_t i = 0; i < COUNT_OF(next_commands); i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(next_commands[i]));
    return command_print_json(json);
}

static int tell(const struct making *m)
{
    if (m->in->json)
        return tell_json(m);
    printf("%s is a workspace now: heed.conf, the store, %zu templates, and the sequence %s.\n"
           "Nothing leaves this machine yet: its senders only print. Try:\n\n",
           m->folder, m->templates.count, STARTER_SEQUENCE);
    if (strcmp(m->folder, ".") != 0)
        printf("  cd %s\n", m->folder);
    for (size_t i = 0; i < COUNT_OF(next_commands); i++)
        printf("  %s\n", next_commands[i]);
    printf("\nThen `heed run` keeps the follow-ups going. Your own accounts go into heed.conf.\n");
    return 0;
}

static const char *folder_of(const struct invocation *in)
{
    const char *named = getenv("HEED_WORKSPACE");

    if (in->count)
        return in->words[0];
    if (in->folder)
        return in->folder;
    return named && *named ? named : ".";
}

static int run(struct invocation *in)
{
    struct making m = { .in = in, .folder = folder_of(in) };
    struct err err = { 0 };
    int code = 0;

    umask(0077); /* the store holds personal data, and SQLite makes its files with the umask */
    if (!*m.folder) {
        err_set(&err, ERR_USAGE, "the name of the folder is empty");
        return command_fail(in, &err);
    }
    code = make(&m, &err) < 0 ? command_fail(in, &err) : tell(&m);
    template_files_finish(&m.templates);
    workspace_close(m.workspace);
    return code;
}

const struct command command_init = {
    .name = "init",
    .usage = "[DIR]",
    .summary = "make a workspace, ready to try",
    .examples = "heed init\n"
                "heed init ~/follow-ups",
    .min_words = 0,
    .max_words = 1,
    .run = run,
};
