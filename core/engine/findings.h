/* core/engine/findings.h - every mistake in a file at once, each with its path, so that its author
 * mends it in one go. */
#ifndef HEED_ENGINE_FINDINGS_H
#define HEED_ENGINE_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"

/* One mistake or doubt. */
struct finding {
    bool error;     /* false: a warning, the sequence can be used */
    char path[96];  /* "steps[2].wait", "window.from", "" = the whole file */
    char text[256]; /* what is wrong, what was expected, the nearest name */
};

struct findings { /* zeroed by the caller; filled here */
    struct finding *list;
    size_t count, errors;
    size_t dropped; /* beyond FINDINGS_MAX */
};

#define FINDINGS_MAX 200

void findings_add(struct findings *findings, bool error, const char *path, const char *format, ...)
    PRINTF_LIKE(4, 5);
void findings_finish(struct findings *findings); /* frees the list; fine on a zeroed one */

#endif
