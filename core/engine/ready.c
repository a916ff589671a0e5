/* core/engine/ready.c - see ready.h. */
#include "core/engine/ready.h"

#include <string.h>
#include <unistd.h>

/* "<prefix>/share/heed" of the running program: an installation may be moved. */
static const char *share_folder(struct arena *arena)
{
    char program[1024];
    ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
    char *end;

    program[len > 0 ? len : 0] = '\0';
    for (int up = 0; up < 2; up++) {
        end = strrchr(program, '/');
        if (end)
            *end = '\0';
    }
    return arena_printf(arena, "%s/share/heed", program);
}

char *ready_folders(struct arena *arena, const char *name, const char *in_source)
{
    return arena_printf(arena, "%s/%s:%s/%s:%s/%s", share_folder(arena), name, HEED_DATA_DIR, name,
                        HEED_SOURCE_DIR, in_source);
}
