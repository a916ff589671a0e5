/* core/app/library.c - see library.h. */
#include "core/app/library.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of the running program, or NULL. */
static char *program_folder(struct arena *arena)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
    char *slash;

    if (len <= 0)
        return NULL;
    path[len] = '\0';
    slash = strrchr(path, '/');
    if (!slash)
        return NULL;
    *slash = '\0';
    return arena_dup(arena, path);
}

static bool is_folder(const char *path)
{
    struct stat info;

    return path && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool is_below(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    return path && strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* A program that runs inside its checkout takes the checkout's files, not those of an older one installed beside it. */
const char *library_find(struct arena *arena, struct err *err)
{
    const char *program = program_folder(arena);
    const char *source = HEED_SOURCE_DIR "/templates/library";
    const char *compiled = HEED_DATA_DIR "/templates";
    const char *beside =
        program ? arena_printf(arena, "%s/../share/heed/templates", program) : NULL;
    const char *tries[] = { is_below(program, HEED_SOURCE_DIR) ? source : NULL, beside, compiled,
                            source };

    for (size_t i = 0; i < COUNT_OF(tries); i++)
        if (is_folder(tries[i]))
            return tries[i];
    err_set(err, ERR_SYSTEM,
            "the templates that come with heed are missing: no folder %s, %s or %s; install heed "
            "again",
            beside ? beside : "share/heed", compiled, source);
    return NULL;
}
