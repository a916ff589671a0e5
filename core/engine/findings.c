/* core/engine/findings.c - see findings.h. */
#include "core/engine/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/arena.h"

void findings_add(struct findings *findings, bool error, const char *path, const char *format, ...)
{
    struct finding *finding;
    va_list args;

    if (error)
        findings->errors++;
    if (findings->count == FINDINGS_MAX) {
        findings->dropped++;
        return;
    }
    if (!findings->list)
        findings->list = xcalloc(FINDINGS_MAX, sizeof(*findings->list));
    finding = &findings->list[findings->count++];
    finding->error = error;
    (void)snprintf(finding->path, sizeof(finding->path), "%s", path);
    va_start(args, format);
    (void)vsnprintf(finding->text, sizeof(finding->text), format, args);
    va_end(args);
}

void findings_finish(struct findings *findings)
{
    free(findings->list);
    *findings = (struct findings){ 0 };
}
