/* core/app/cmd_import.c - prospects from CSV: tells how it goes, what was refused and why. The work is core/engine/import.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/app/commands.h"
#include "core/base/csv.h"
#include "core/base/str.h"
#include "core/engine/import.h"
#include "core/engine/import_columns.h"

#define SHOWN_NOTES 20
#define PROGRESS_EVERY_MS 250
#define MAX_LINE_BYTES ((size_t)8 << 20)

struct importing {
    struct import_watch watch; /* first: the callbacks cast back */
    struct invocation *in;
    const char *path;
    struct import_result result;
    const struct import_column *columns; /* in the invocation's arena */
    size_t column_count;
    FILE *rejects;
    bool on_terminal, shown;
    int64_t started_ms, told_ms;
};

static struct importing *of_watch(const struct import_watch *watch)
{
    return (struct importing *)(uintptr_t)watch;
}

/* ---- while it goes ---- */

static void write_reject(struct importing *i, const char *line, const char *reason,
                         const struct csv_row *row)
{
    struct str text;

    str_init(&text, MAX_LINE_BYTES);
    csv_add_cell(&text, line, true);
    csv_add_cell(&text, reason, false);
    for (size_t n = 0; n < row->count; n++)
        csv_add_cell(&text, row->cells[n], false);
    str_add_char(&text, '\n');
    fwrite(str_text(&text), 1, text.len, i->rejects);
    str_finish(&text);
}

static void on_header(const struct import_watch *watch, const struct csv_row *row,
                      const struct import_columns *columns)
{
    struct importing *i = of_watch(watch);
    struct import_column *copy = arena_array(&i->in->arena, columns->count, sizeof(*copy));

    for (size_t n = 0; n < columns->count; n++) {
        copy[n] = columns->items[n];
        copy[n].header = arena_dup(&i->in->arena, copy[n].header);
        copy[n].name = arena_dup(&i->in->arena, copy[n].name);
    }
    i->columns = copy;
    i->column_count = columns->count;
    if (i->rejects)
        write_reject(i, "heed_line", "heed_reason", row);
}

static void on_refused(const struct import_watch *watch, const struct import_note *note,
                       const struct csv_row *row)
{
    struct importing *i = of_watch(watch);
    struct arena scratch;

    if (!i->rejects)
        return;
    arena_init(&scratch);
    write_reject(
        i, arena_printf(&scratch, "%ld", note->line),
        arena_printf(&scratch, "%s%s%s", note->column, *note->column ? ": " : "", note->text), row);
    arena_finish(&scratch);
}

static void on_progress(const struct import_watch *watch, const struct import_result *so_far,
                        long bytes)
{
    struct importing *i = of_watch(watch);
    int64_t now = clock_monotonic_ms(), took = now - i->started_ms;

    if (!i->on_terminal || now - i->told_ms < PROGRESS_EVERY_MS)
        return;
    i->told_ms = now;
    i->shown = true;
    fprintf(stderr, "\r%ld rows, %lld a second, %ld KiB read\033[K", so_far->rows,
            (long long)(so_far->rows * 1000 / (took > 0 ? took : 1)), bytes / 1024);
}

/* ---- when it is over ---- */

static void print_notes(const char *what, const struct import_note *notes, size_t kept, long count)
{
    size_t shown = kept < SHOWN_NOTES ? kept : SHOWN_NOTES;

    for (size_t n = 0; n < shown; n++)
        fprintf(stderr, "  %s line %ld%s%s: %s\n", what, notes[n].line,
                *notes[n].column ? ", " : "", notes[n].column, notes[n].text);
    if (count > (long)shown)
        fprintf(stderr, "  %s: and %ld more\n", what, count - (long)shown);
}

static void print_columns(const struct importing *i)
{
    struct table *table = table_create(&i->in->arena, 2);

    table_row(table, (const char *const[]){ "COLUMN", "BECOMES" });
    for (size_t n = 0; n < i->column_count; n++) {
        const struct import_column *column = &i->columns[n];
        const char *becomes = import_field_name(column->field);
        if (column->field == IMPORT_CUSTOM)
            becomes = arena_printf(&i->in->arena, "fields.%s", column->name);
        table_row(table, (const char *const[]){ column->header, becomes });
    }
    table_print(table, stdout);
    putchar('\n');
}

static void print_result(const struct importing *i)
{
    const struct import_result *r = &i->result;
    bool dry = option(i->in, "dry-run") != NULL;
    int64_t took = clock_monotonic_ms() - i->started_ms;

    if (dry)
        print_columns(i);
    printf("%s: %ld rows in %.1f s%s: %ld added, %ld merged, %ld unchanged, %ld refused\n", i->path,
           r->rows, (double)took / 1000, dry ? " (dry run: nothing was kept)" : "", r->added,
           r->merged, r->unchanged, r->refused);
    fflush(stdout);
    print_notes("refused", r->refusals, r->refusal_count, r->refused);
    print_notes("note", r->warnings, r->warning_count, r->doubts);
    if (r->refused && i->rejects)
        fprintf(stderr, "  the refused rows are in %s: mend them there and import that file\n",
                option(i->in, "rejects"));
    else if (r->refused > SHOWN_NOTES)
        fprintf(stderr, "  --rejects FILE writes all refused rows with their reasons\n");
}

static cJSON *notes_json(const struct import_note *notes, size_t count)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t n = 0; n < count; n++) {
        cJSON *note = cJSON_CreateObject();
        json_add_int(note, "line", notes[n].line);
        json_add_text(note, "column", *notes[n].column ? notes[n].column : NULL);
        json_add_text(note, "reason", notes[n].text);
        cJSON_AddItemToArray(list, note);
    }
    return list;
}

static cJSON *columns_json(const struct importing *i)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t n = 0; n < i->column_count; n++) {
        const struct import_column *column = &i->columns[n];
        cJSON *json = cJSON_CreateObject();
        json_add_text(json, "header", column->header);
        json_add_text(json, "becomes", import_field_name(column->field));
        json_add_text(json, "name", *column->name ? column->name : NULL);
        cJSON_AddItemToArray(list, json);
    }
    return list;
}

static void print_json(const struct importing *i)
{
    const struct import_result *r = &i->result;
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "file", i->path);
    cJSON_AddBoolToObject(json, "dry_run", option(i->in, "dry-run") != NULL);
    json_add_int(json, "rows", r->rows);
    json_add_int(json, "added", r->added);
    json_add_int(json, "merged", r->merged);
    json_add_int(json, "unchanged", r->unchanged);
    json_add_int(json, "refused", r->refused);
    json_add_int(json, "doubts", r->doubts);
    cJSON_AddItemToObject(json, "columns", columns_json(i));
    cJSON_AddItemToObject(json, "refusals", notes_json(r->refusals, r->refusal_count));
    cJSON_AddItemToObject(json, "warnings", notes_json(r->warnings, r->warning_count));
    command_print_json(json);
}

/* ---- files ---- */

/* Workbooks are ZIP files; nobody should have to guess that from "a NUL byte in line 1". */
static bool is_workbook(FILE *in)
{
    char head[4] = { 0 };
    bool zip = fread(head, 1, sizeof(head), in) == sizeof(head) && memcmp(head, "PK\3\4", 4) == 0;

    rewind(in);
    return zip;
}

static FILE *open_input(const char *path, struct err *err)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    struct stat info;
    char why[128];

    if (!in) {
        err_set(err, ERR_NOT_FOUND, "%s cannot be read: %s", path,
                err_errno(errno, why, sizeof(why)));
        return NULL;
    }
    if (in == stdin)
        return in;
    if (fstat(fileno(in), &info) == 0 && S_ISDIR(info.st_mode))
        err_set(err, ERR_INPUT, "%s is a folder: expected a CSV file", path);
    else if (S_ISREG(info.st_mode) && is_workbook(in))
        err_set(err, ERR_INPUT, "%s is a workbook, not a CSV file: save it as \"CSV UTF-8\"", path);
    else
        return in;
    fclose(in);
    return NULL;
}

/* Private, as the rows are personal data; and never over the file that is being read. */
static int open_rejects(struct importing *i, FILE *in, struct err *err)
{
    const char *path = option(i->in, "rejects");
    struct stat from, to;
    char why[128];
    int fd;

    if (!path)
        return 0;
    if (fstat(fileno(in), &from) == 0 && stat(path, &to) == 0 && from.st_dev == to.st_dev &&
        from.st_ino == to.st_ino)
        return err_set(err, ERR_USAGE, "--rejects %s is the file that is imported", path);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    i->rejects = fd < 0 ? NULL : fdopen(fd, "w");
    if (!i->rejects)
        return err_set(err, ERR_SYSTEM, "--rejects %s cannot be written: %s", path,
                       err_errno(errno, why, sizeof(why)));
    return 0;
}

static int close_rejects(struct importing *i, struct err *err)
{
    bool bad;

    if (!i->rejects)
        return 0;
    bad = ferror(i->rejects) != 0;
    bad = fclose(i->rejects) != 0 || bad;
    return bad ? err_set(err, ERR_SYSTEM, "--rejects %s: writing failed, it is not complete",
                         option(i->in, "rejects"))
               : 0;
}

static int import_file(struct importing *i, struct workspace *workspace, FILE *in, struct err *err)
{
    const struct import import = {
        .workspace = workspace,
        .in = in,
        .name = i->path,
        .region = option(i->in, "region"),
        .zone = option(i->in, "zone"),
        .dry_run = option(i->in, "dry-run") != NULL,
        .watch = &i->watch,
    };
    int rc;

    i->started_ms = clock_monotonic_ms();
    rc = import_run(&import, &i->in->arena, &i->result, err);
    if (i->shown)
        fputs("\r\033[K", stderr);
    return rc < 0 ? err_wrap(err, "%s", i->path) : 0;
}

static int tell(struct importing *i)
{
    const struct import_result *r = &i->result;
    struct err err = { 0 };

    if (i->in->json)
        print_json(i);
    else
        print_result(i);
    if (close_rejects(i, &err) < 0)
        return command_fail(i->in, &err);
    if (r->added + r->merged + r->unchanged)
        return 0;
    err_set(&err, ERR_INPUT, "%s: %s", i->path,
            r->rows ? "no row could be taken" : "no rows behind the header");
    return command_fail(i->in, &err);
}

/* What earlier transactions took stays taken. */
static int broken_off(struct importing *i, struct err *err)
{
    struct err ignored;
    long taken = i->result.added + i->result.merged;

    if (taken && !option(i->in, "dry-run"))
        fprintf(stderr,
                "heed import: %ld prospects were taken before that; import the file again to go "
                "on, nothing is taken twice\n",
                taken);
    (void)close_rejects(i, &ignored);
    return command_fail(i->in, err);
}

static int check_region(const struct invocation *in, struct err *err)
{
    const char *region = option(in, "region");

    if (!region || (strlen(region) == 2 && strspn(region, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                          "abcdefghijklmnopqrstuvwxyz") == 2))
        return 0;
    return err_set(err, ERR_USAGE,
                   "--region wants the two letters of a country, like DE, not \"%s\"", region);
}

static int run(struct invocation *in)
{
    struct importing i = {
        .watch = { .header = on_header, .refused = on_refused, .progress = on_progress },
        .in = in,
        .path = in->words[0],
        .on_terminal = isatty(STDERR_FILENO) != 0,
    };
    struct workspace *workspace = NULL;
    struct err err = { 0 };
    FILE *file = NULL;
    int code = 0;

    if (check_region(in, &err) < 0 || !(file = open_input(i.path, &err)))
        return command_fail(in, &err);
    workspace = command_open(in, WORKSPACE_STORE, &code);
    if (!workspace)
        goto out;
    if (open_rejects(&i, file, &err) < 0)
        code = command_fail(in, &err);
    else if (import_file(&i, workspace, file, &err) < 0)
        code = broken_off(&i, &err);
    else
        code = tell(&i);
out:
    workspace_close(workspace);
    if (file != stdin)
        fclose(file);
    return code;
}

static const struct option_row options[] = {
    { "region", "DE", "country of phone numbers without + in rows without a country" },
    { "zone", "Europe/Berlin", "time zone of rows that tell none" },
    { "rejects", "FILE", "write refused rows there, with line and reason, to mend and import" },
    { "dry-run", NULL, "show what would happen and what each column becomes; keep nothing" },
    { 0 },
};

const struct command command_import = {
    .name = "import",
    .usage = "FILE.csv",
    .summary = "prospects from a CSV file",
    .examples = "heed import leads.csv --dry-run\n"
                "heed import leads.csv --region DE --rejects refused.csv\n"
                "heed import - < export.csv",
    .options = options,
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
