/* core/base/crash.c - see crash.h. */
#include "core/base/crash.h"

#ifdef HEED_CRASH_POINTS

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

void crash_point(const char *name)
{
    static atomic_int passes;
    const char *wish = getenv("HEED_CRASH");
    size_t len = strlen(name);

    if (!wish || strncmp(wish, name, len) != 0 || wish[len] != ':')
        return;
    if (atomic_fetch_add(&passes, 1) + 1 == (int)strtol(wish + len + 1, NULL, 10))
        raise(SIGKILL);
}

#else
typedef int crash_points_are_compiled_out;
#endif
