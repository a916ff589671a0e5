/* core/engine/alive.c - see alive.h. */
#include "core/engine/alive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

bool daemon_runs(const char *store_path)
{
    char path[1024];
    bool held;
    int fd;

    if ((size_t)snprintf(path, sizeof(path), "%s.lock", store_path) >= sizeof(path))
        return false;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(fd);
    return held;
}
