/* core/app/template_files.h - template folders on disk: read, checked, and put into the store together or not at all. */
#ifndef HEED_APP_TEMPLATE_FILES_H
#define HEED_APP_TEMPLATE_FILES_H

#include "core/base/str.h"
#include "core/engine/workspace.h"
#include "core/store/plans.h"
#include "templates/parts.h"

struct template_folder {
    const char *name, *path;
    struct template_row parts[PARTS_FILES_MAX]; /* snippets among them */
    size_t count;
    bool good;
    struct template_folder *next;
};

struct template_files { /* everything lives in the arena */
    struct arena *arena;
    struct template_folder *first, **last;
    struct template_folder *checked; /* the last one that was compiled */
    size_t count, bad;
    struct str problems; /* one a line, for people; template_files_finish() frees */
};

void template_files_init(struct template_files *files, struct arena *arena);
void template_files_finish(struct template_files *files);

/* A template folder (it has *.liquid files), or a folder of them. The folder _shared, with snippets
 * for all of them, may be among them or beside a single one: it is then read along. Problems are added, and `bad` counted. -1 and err when the folder itself cannot be read or
 * holds no template. */
int template_files_read(struct template_files *files, const char *path, struct err *err) MUST_USE;

/* One that was read and is good, compiled with the shared snippets; the caller destroys. NULL and problems otherwise. */
struct parts *template_files_compile(struct template_files *files,
                                     const struct template_folder *folder) MUST_USE;

/* Puts all of them in one transaction. *changed: how many were new or other than before. */
int template_files_put(const struct template_files *files, struct workspace *workspace,
                       size_t *changed, struct err *err) MUST_USE;

#endif
