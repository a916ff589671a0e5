/* core/base/file.c - see file.h. */
#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES ((size_t)16 << 10)

static int fail(const char *path, const char *what, struct err *err)
{
    int number = errno;
    char text[128];

    return err_set(err, number == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "%s: cannot %s: %s", path,
                   what, err_errno(number, text, sizeof(text)));
}

/* size: as fstat() has it. One reservation, so that no outgrown copy of a secret stays behind. */
static int read_all(int fd, const char *path, off_t size, struct str *out, struct err *err)
{
    if (size > 0 && (uintmax_t)size <= out->max - out->len)
        str_reserve(out, (size_t)size);
    for (;;) {
        char chunk[CHUNK_BYTES];
        ssize_t got = read(fd, chunk, sizeof(chunk));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(path, "read", err);
        if (got == 0)
            return 0;
        str_add(out, chunk, (size_t)got);
        explicit_bzero(chunk, (size_t)got); /* it may hold a secret */
        if (!str_ok(out))
            return err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", path, out->max);
    }
}

int file_read(const char *path, struct str *out, struct stat *info, struct err *err)
{
    struct stat own;
    int rc = -1, fd;

    /* Without O_NONBLOCK the open of a FIFO would wait for a writer. */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fail(path, "open", err);
    if (!info)
        info = &own;
    if (fstat(fd, info) < 0)
        fail(path, "look at", err);
    else if (!S_ISREG(info->st_mode))
        err_set(err, ERR_INPUT, "%s: not a regular file", path);
    else
        rc = read_all(fd, path, info->st_size, out, err);
    close(fd);
    return rc;
}

int file_read_input(struct str *out, struct err *err)
{
    return read_all(STDIN_FILENO, "standard input", 0, out, err);
}

static int write_all(int fd, const char *text)
{
    size_t left = strlen(text);

    while (left) {
        ssize_t done = write(fd, text, left);
        if (done < 0 && errno != EINTR)
            return -1;
        text += done > 0 ? done : 0;
        left -= done > 0 ? (size_t)done : 0;
    }
    return 0;
}

int file_write_new(const char *path, const char *text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), rc;

    if (fd < 0)
        return errno == EEXIST ? 0 : fail(path, "write", err);
    rc = write_all(fd, text) < 0 ? fail(path, "write", err) : 1;
    if (close(fd) < 0 && rc > 0)
        return fail(path, "write", err);
    return rc;
}

int file_make_folder(const char *path, struct err *err)
{
    if (mkdir(path, 0700) == 0)
        return 1;
    return errno == EEXIST ? 0 : fail(path, "make this folder", err);
}
