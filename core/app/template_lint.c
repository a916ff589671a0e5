/* core/app/template_lint.c - see template_lint.h: chooses what is linted, and for whom. */
#include "core/app/template_lint.h"

#include <sys/stat.h>

#include "core/app/lint_report.h"

struct task { /* one call of the command */
    struct invocation *in;
    struct workspace *workspace; /* NULL: folders only, for examples */
    struct lint_people people;
    struct prospect prospect;
    struct template_files files;
    struct lint_run run;
    bool examples;
};

/* ---- templates ---- */

static struct lint_template of_folder(const struct template_files *files,
                                      const struct template_folder *folder)
{
    const struct template_folder *shared = files->first;

    while (shared && strcmp(shared->name, PARTS_SHARED) != 0)
        shared = shared->next;
    return (struct lint_template){ folder->name, folder->parts, folder->count,
                                   shared ? shared->parts : NULL, shared ? shared->count : 0 };
}

static int lint_template_of(struct task *task, const struct lint_template *template,
                            struct err *err)
{
    return task->examples ? lint_run_examples(&task->run, template, err)
                          : lint_run_people(&task->run, &task->people, template, err);
}

static int lint_stored(struct task *task, const char *name, struct err *err)
{
    struct lint_template template = { .name = name };
    struct template_row *rows, *shared;
    int count = template_get(task->workspace->db, name, &task->in->arena, &rows, err);
    int shared_count =
        template_get(task->workspace->db, PARTS_SHARED, &task->in->arena, &shared, err);

    if (count < 0 || shared_count < 0)
        return -1;
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "no template \"%s\" in the store, and no folder of that name: see `heed "
                       "template list`",
                       name);
    template.rows = rows;
    template.count = (size_t)count;
    template.shared = shared;
    template.shared_count = (size_t)shared_count;
    return lint_template_of(task, &template, err);
}

static int lint_every_stored(struct task *task, struct err *err)
{
    struct template_row *rows;
    int count = template_list(task->workspace->db, &task->in->arena, &rows, err);

    if (count == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "no template yet: `heed template put templates` puts those of a folder");
    for (int i = 0; i < count; i++)
        if ((i == 0 || strcmp(rows[i].name, rows[i - 1].name) != 0) &&
            lint_stored(task, rows[i].name, err) < 0)
            return -1;
    return count < 0 ? -1 : 0;
}

static bool is_folder(const char *word)
{
    struct stat info;

    return stat(word, &info) == 0 && S_ISDIR(info.st_mode);
}

static int lint_folders(struct task *task, struct err *err)
{
    fputs(str_text(&task->files.problems), stderr);
    if (task->files.bad)
        return err_set(err, ERR_CONFIG, "%zu of %zu templates cannot be linted: mend them first",
                       task->files.bad, task->files.count);
    for (const struct template_folder *f = task->files.first; f; f = f->next) {
        const struct lint_template template = of_folder(&task->files, f);
        if (lint_template_of(task, &template, err) < 0)
            return -1;
    }
    return 0;
}

/* Words that are folders are read as such, others are templates of the store. */
static int lint_words(struct task *task, struct err *err)
{
    for (int i = 1; i < task->in->count; i++) {
        const char *word = task->in->words[i];
        int rc = is_folder(word) || !task->workspace ? template_files_read(&task->files, word, err)
                                                     : lint_stored(task, word, err);
        if (rc < 0)
            return -1;
    }
    return lint_folders(task, err);
}

/* ---- for whom ---- */

static bool only_folders(const struct invocation *in)
{
    for (int i = 1; i < in->count; i++)
        if (!is_folder(in->words[i]))
            return false;
    return in->count > 1;
}

/* Folders can be linted without a workspace; all else needs one. */
static int open_workspace(struct task *task, struct err *err)
{
    const bool alone = only_folders(task->in) && !option(task->in, "sequence") &&
                       !option(task->in, "prospect") && !task->in->folder;

    task->workspace = command_try_open(task->in, WORKSPACE_SENDERS, err);
    if (task->workspace)
        return 0;
    if (!alone || err->code != ERR_NOT_FOUND)
        return -1;
    *err = (struct err){ 0 };
    return 0;
}

static int choose_people(struct task *task, struct err *err)
{
    const char *words = option(task->in, "prospect");
    struct prospect first = { 0 };
    int found;

    task->people.workspace = task->workspace;
    task->examples = !task->workspace || task->workspace->sender_count == 0;
    if (task->examples)
        return words ? err_set(err, ERR_USAGE, "--prospect needs a workspace with a sender") : 0;
    if (!words) {
        found = prospect_next(task->workspace->db, &first, &task->in->arena, &task->prospect, err);
        task->examples = found == 0;
        return found < 0 ? -1 : 0;
    }
    found = prospect_find(task->workspace->db, words, &task->in->arena, &task->prospect, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "no prospect \"%s\": give an id (pr_...) or one of their addresses", words);
    task->people.only = &task->prospect;
    return found < 0 ? -1 : 0;
}

static int lint_all(struct task *task, struct err *err)
{
    const char *sequence = option(task->in, "sequence");

    if (sequence && task->examples)
        return err_set(err, ERR_USAGE, "--sequence needs a workspace with a sender and prospects");
    if (sequence && task->in->count > 1)
        return err_set(err, ERR_USAGE, "--sequence lints its own templates: name no others");
    if (sequence)
        return lint_run_sequence(&task->run, &task->people, sequence, err);
    return task->in->count > 1 ? lint_words(task, err) : lint_every_stored(task, err);
}

/* ---- the command ---- */

static int show(const struct task *task)
{
    if (task->in->json) {
        command_print_json(lint_report_json(&task->run));
    } else {
        lint_report_findings(&task->run, LINT_HINT, stdout);
        lint_report_summary(&task->run,
                            task->examples          ? "example prospects"
                            : task->people.only     ? "prospect"
                            : task->run.people == 1 ? "prospect"
                                                    : "prospects",
                            stdout);
    }
    return task->run.severities[LINT_ERROR] ? 1 : 0;
}

int template_lint(struct invocation *in, struct workspace *workspace, struct err *err)
{
    struct task task = { .in = in };
    int rc = -1;

    (void)workspace;
    template_files_init(&task.files, &in->arena);
    if (open_workspace(&task, err) < 0)
        goto out;
    if (lint_run_open(&task.run, &in->arena, task.workspace ? task.workspace->phrase_dirs : NULL,
                      err) == 0 &&
        choose_people(&task, err) == 0 && lint_all(&task, err) == 0)
        rc = show(&task);
    lint_run_close(&task.run);
    workspace_close(task.workspace);
out:
    template_files_finish(&task.files);
    return rc;
}

/* ---- before they are put ---- */

int template_lint_folders(const struct template_files *files, const char *phrase_dirs,
                          struct lint_counts *out, struct err *err)
{
    struct lint_run run;
    int rc = lint_run_open(&run, files->arena, phrase_dirs, err);

    for (const struct template_folder *f = files->first; f && rc == 0; f = f->next) {
        const struct lint_template template = of_folder(files, f);
        rc = lint_run_examples(&run, &template, err);
    }
    if (rc == 0)
        lint_report_findings(&run, LINT_WARN, stderr);
    *out = (struct lint_counts){ run.severities[LINT_ERROR], run.severities[LINT_WARN] };
    lint_run_close(&run);
    return rc;
}
