/* core/app/template_files.c - see template_files.h. */
#include "core/app/template_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/engine/drops.h"

#define MAX_PART_BYTES ((size_t)256 << 10)
#define MAX_NAME_BYTES 64
#define MAX_PROBLEMS_BYTES ((size_t)1 << 20)
#define MAX_ENTRIES 1000

static const char *const part_names[] = { "email", "sms", "chat", "call", "letter", NULL };

void template_files_init(struct template_files *files, struct arena *arena)
{
    *files = (struct template_files){ .arena = arena };
    files->last = &files->first;
    str_init(&files->problems, MAX_PROBLEMS_BYTES);
}

void template_files_finish(struct template_files *files)
{
    str_finish(&files->problems);
}

/* ---- folders ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Entries that are not hidden, sorted; NULL-ended. */
static const char **list_entries(struct arena *arena, const char *path, struct err *err)
{
    const char **names = arena_array(arena, MAX_ENTRIES + 1, sizeof(*names));
    DIR *dir = opendir(path);
    struct dirent *entry;
    size_t count = 0;
    char why[128];

    if (!dir) {
        err_set(err, ERR_NOT_FOUND, "%s: %s", path, err_errno(errno, why, sizeof(why)));
        return NULL;
    }
    while (count < MAX_ENTRIES && (entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            names[count++] = arena_dup(arena, entry->d_name);
    closedir(dir);
    qsort(names, count, sizeof(*names), compare_names);
    return names;
}

static const char *without_suffix(struct arena *arena, const char *name)
{
    size_t len = strlen(name), suffix = strlen(".liquid");

    if (len <= suffix || strcmp(name + len - suffix, ".liquid") != 0)
        return NULL;
    return arena_dup_span(arena, span_make(name, len - suffix));
}

static bool has_parts(struct arena *arena, const char *const *entries)
{
    for (; *entries; entries++)
        if (without_suffix(arena, *entries))
            return true;
    return false;
}

/* The last name of a path, whatever slashes follow it. */
static const char *base_name(struct arena *arena, const char *path)
{
    char real[PATH_MAX];
    const char *whole = realpath(path, real) ? real : path, *slash = strrchr(whole, '/');

    return arena_dup(arena, slash ? slash + 1 : whole);
}

static bool is_template_name(const char *name)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t len = strlen(name);

    if (strcmp(name, PARTS_SHARED) == 0)
        return true;
    return len > 0 && len <= MAX_NAME_BYTES && strspn(name, good) == len && name[0] != '-' &&
           name[0] != '_';
}

/* "_signature": letters, digits, - and _ behind the first _ */
static bool is_snippet_name(const char *part)
{
    return part[0] == '_' && part[1] != '\0' && is_template_name(part + 1);
}

/* ---- one template ---- */

static bool may_stand_here(struct template_files *files, const struct template_folder *folder,
                           const char *path, const char *part)
{
    bool shared = strcmp(folder->name, PARTS_SHARED) == 0, snippet = is_snippet_name(part);

    if (folder->count >= PARTS_FILES_MAX)
        str_printf(&files->problems, "%s: a template has at most %d files\n", path,
                   PARTS_FILES_MAX);
    else if (shared && !snippet)
        str_printf(&files->problems, "%s: %s holds snippets only, files like _signature.liquid\n",
                   path, PARTS_SHARED);
    else if (!snippet && !text_is_among(part, part_names))
        str_printf(&files->problems,
                   "%s: no part is called \"%s\"%s; there are email, sms, chat, call and letter, "
                   "and snippets like _signature\n",
                   path, part, text_hint(part, part_names).text);
    else
        return true;
    return false;
}

/* false when there was a problem. */
static bool read_part(struct template_files *files, struct template_folder *folder,
                      const char *part)
{
    const char *path = arena_printf(files->arena, "%s/%s.liquid", folder->path, part);
    struct err err = { 0 };
    struct str source;
    bool good;

    if (!may_stand_here(files, folder, path, part))
        return false;
    str_init(&source, MAX_PART_BYTES);
    good = file_read(path, &source, NULL, &err) == 0;
    if (!good)
        str_printf(&files->problems, "%s\n", err.text);
    else if (!text_is_utf8(str_span(&source)) || memchr(str_text(&source), '\0', source.len)) {
        str_printf(&files->problems, "%s: not UTF-8 text\n", path);
        good = false;
    } else {
        folder->parts[folder->count++] = (struct template_row){
            .name = folder->name,
            .part = part,
            .source = arena_dup_span(files->arena, str_span(&source)),
        };
    }
    str_finish(&source);
    return good;
}

/* ---- compiling ---- */

static struct part_source *part_sources(struct arena *arena, const struct template_folder *folder)
{
    struct part_source *sources = arena_array(arena, PARTS_FILES_MAX, sizeof(*sources));

    for (size_t i = 0; folder && i < folder->count; i++)
        sources[i] = (struct part_source){ .name = folder->parts[i].part,
                                           .source = folder->parts[i].source };
    return sources;
}

static struct parts_source source_of(struct template_files *files,
                                     const struct template_folder *folder,
                                     const struct template_folder *shared)
{
    return (struct parts_source){ .name = folder->name,
                                  .sources = part_sources(files->arena, folder),
                                  .count = folder->count,
                                  .fields = drops_fields(),
                                  .shared = part_sources(files->arena, shared),
                                  .shared_count = shared ? shared->count : 0 };
}

static bool compiles(struct template_files *files, const struct template_folder *folder,
                     const struct template_folder *shared)
{
    struct parts_source source = source_of(files, folder, shared);
    struct parts *parts;

    if (!parts_check_snippets(&source, files->arena, &files->problems))
        return false;
    if (strcmp(folder->name, PARTS_SHARED) == 0)
        return true;
    parts = parts_compile(&source, files->arena, &files->problems);
    if (!parts && files->problems.len && files->problems.data[files->problems.len - 1] != '\n')
        str_add_char(&files->problems, '\n');
    parts_destroy(parts);
    return parts != NULL;
}

static bool is_there(const struct template_files *files, const char *name)
{
    for (const struct template_folder *f = files->first; f; f = f->next)
        if (strcmp(f->name, name) == 0)
            return true;
    return false;
}

static void read_parts(struct template_files *files, struct template_folder *folder,
                       const char *const *entries)
{
    folder->good = true;
    for (; *entries; entries++) {
        const char *part = without_suffix(files->arena, *entries);
        if (part)
            folder->good = read_part(files, folder, part) && folder->good;
    }
}

static void read_folder(struct template_files *files, const char *path, const char *const *entries)
{
    struct template_folder *folder = arena_alloc(files->arena, sizeof(*folder));

    folder->path = arena_dup(files->arena, path);
    folder->name = base_name(files->arena, path);
    files->count++;
    if (!is_template_name(folder->name) || is_there(files, folder->name)) {
        str_printf(&files->problems, "%s: \"%s\" %s\n", path, folder->name,
                   is_template_name(folder->name)
                       ? "is there twice"
                       : "is no name for a template: lower-case letters, digits, - and _");
        files->bad++;
        return;
    }
    read_parts(files, folder, entries);
    *files->last = folder;
    files->last = &folder->next;
}

/* ---- all of them ---- */

static const struct template_folder *find_shared(const struct template_files *files)
{
    const struct template_folder *f = files->first;

    while (f && strcmp(f->name, PARTS_SHARED) != 0)
        f = f->next;
    return f;
}

/* The folder _shared beside a template's folder belongs to it: it is read, checked and put along. */
static const struct template_folder *shared_of(struct template_files *files,
                                               const struct template_folder *folder)
{
    const char *path = arena_printf(files->arena, "%s/../%s", folder->path, PARTS_SHARED);
    struct err none = { 0 };
    const char **entries;

    if (find_shared(files))
        return find_shared(files);
    entries = list_entries(files->arena, path, &none);
    if (entries && has_parts(files->arena, entries))
        read_folder(files, path, entries);
    return find_shared(files);
}

/* Compiles what was read since the last time, once all of it is there. */
static void compile_new(struct template_files *files)
{
    struct template_folder *f = files->checked ? files->checked->next : files->first;
    const struct template_folder *shared = f ? shared_of(files, f) : NULL;

    for (; f; f = f->next) {
        f->good = f->good && compiles(files, f, shared);
        files->bad += !f->good;
        files->checked = f;
    }
}

static int read_children(struct template_files *files, const char *path, const char *const *entries,
                         struct err *err)
{
    size_t before = files->count;

    for (; *entries; entries++) {
        const char *child = arena_printf(files->arena, "%s/%s", path, *entries);
        struct stat info;
        const char **inner;
        if (stat(child, &info) < 0 || !S_ISDIR(info.st_mode))
            continue;
        inner = list_entries(files->arena, child, err);
        if (!inner)
            return -1;
        if (has_parts(files->arena, inner))
            read_folder(files, child, inner);
    }
    if (files->count > before)
        return 0;
    return err_set(err, ERR_INPUT,
                   "%s holds no template: expected files like email.liquid, or folders with them",
                   path);
}

int template_files_read(struct template_files *files, const char *path, struct err *err)
{
    const char **entries = list_entries(files->arena, path, err);

    if (!entries)
        return -1;
    if (has_parts(files->arena, entries))
        read_folder(files, path, entries);
    else if (read_children(files, path, entries, err) < 0)
        return -1;
    compile_new(files);
    return 0;
}

struct parts *template_files_compile(struct template_files *files,
                                     const struct template_folder *folder)
{
    struct parts_source source = source_of(files, folder, find_shared(files));

    return parts_compile(&source, files->arena, &files->problems);
}

int template_files_put(const struct template_files *files, struct workspace *workspace,
                       size_t *changed, struct err *err)
{
    int rc = db_begin(workspace->db, err);

    *changed = 0;
    for (const struct template_folder *f = files->first; f && rc >= 0; f = f->next) {
        const struct template_put put = {
            .name = f->name, .parts = f->parts, .count = f->count, .at = workspace_now(workspace)
        };
        rc = template_put(workspace->db, &put, err);
        *changed += rc > 0;
    }
    return db_end(workspace->db, rc, err);
}
