/* core/base/file.h - whole small files: read under a limit, written anew. */
#ifndef HEED_BASE_FILE_H
#define HEED_BASE_FILE_H

#include <sys/stat.h>

#include "core/base/attr.h"
#include "core/base/err.h"
#include "core/base/str.h"

/* Adds the bytes of a regular file to `out` (already str_init()ed: its limit is the limit of the
 * file) and, when `info` is not NULL, what fstat() says of the very file that was read. -1 and err:
 * ERR_NOT_FOUND, ERR_LIMIT when it is larger, ERR_SYSTEM; `out` may then hold a part. */
int file_read(const char *path, struct str *out, struct stat *info, struct err *err) MUST_USE;

/* The same of standard input, to its end. -1 and err: ERR_LIMIT, ERR_SYSTEM. */
int file_read_input(struct str *out, struct err *err) MUST_USE;

/* A file (mode 0600) and a folder (0700) that are not there yet. 1 = made; 0 = something by that name is there and stays as it is
 * (a file, where a folder is asked for, counts too); -1 and err (ERR_NOT_FOUND, ERR_SYSTEM). */
int file_write_new(const char *path, const char *text, struct err *err) MUST_USE;
int file_make_folder(const char *path, struct err *err) MUST_USE;

#endif
