/* core/base/err.h - an error is a value with a sentence: what, where, what was expected, what to do
 * next. Functions that can fail return 0 / -1 (or NULL) and take `struct err *err` last; NULL is
 * allowed. */
#ifndef HEED_BASE_ERR_H
#define HEED_BASE_ERR_H

#include "core/base/attr.h"

enum err_code {
    ERR_NONE,
    ERR_INPUT,     /* what the user or a peer gave is wrong; exit code 65 */
    ERR_USAGE,     /* the command line is wrong; 64 */
    ERR_CONFIG,    /* heed.conf, a provider file, a sequence, a template; 78 */
    ERR_NOT_FOUND, /* nothing by that name or id; 66 */
    ERR_BUSY,      /* somebody else holds it: another daemon, a locked store; 75 */
    ERR_STORE,     /* the database said no; 74 */
    ERR_NET,       /* a peer could not be reached or broke the talk; 69 */
    ERR_LIMIT,     /* a size or count limit was passed; 65 */
    ERR_REFUSED,   /* a rule forbids it: suppressed, bad signature; 77 */
    ERR_SYSTEM,    /* the operating system said no; 71 */
};

struct err {
    enum err_code code;
    char text[600]; /* UTF-8 sentence without the final stop; no secrets, no control characters */
};

/* Sets `err` and returns -1, so that `return err_set(...)` reads as one thought. */
int err_set(struct err *err, enum err_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* Puts "<text>: " in front of what `err` says already; each floor adds its noun. Returns -1. */
int err_wrap(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* The process exit code for `code` (sysexits.h numbers above); 0 for ERR_NONE. */
int err_exit_code(enum err_code code);

/* strerror without its shared buffer: writes into `text` and returns it. */
const char *err_errno(int number, char *text, unsigned long size);

#endif
