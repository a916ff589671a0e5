/* core/base/json_scan.h - the pass over JSON text before cJSON sees it; for json.c alone. */
#ifndef HEED_BASE_JSON_SCAN_H
#define HEED_BASE_JSON_SCAN_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/str.h"

#define JSON_MAX_DEPTH 64

/* Checks that text is one JSON value by RFC 8259 and by the rules of json.h, and adds it to `out`
 * with bare integers of more than 15 digits put in quotes. -1 and err with line and column. */
int json_scan(struct span text, const char *name, struct arena *scratch, struct str *out,
              struct err *err) MUST_USE;

#endif
