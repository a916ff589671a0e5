/* channels/provider_template.h - "{name}" in provider files: texts, URL paths and JSON trees filled
 * from the message, the sender's settings and a few computed values. Pure.
 *
 *   {name}          must have a value, or the whole request cannot be built
 *   {name?}         without a value the field, header or member around it is left out
 *   {name|filter}   see provider_filter.h; several in a row; behind the '?'
 *   {{              a brace
 * In JSON a text that is one placeholder with the filter `int` becomes a number, and a member whose
 * key ends in '?' is left out when anything optional inside it has no value. */
#ifndef HEED_CHANNELS_PROVIDER_TEMPLATE_H
#define HEED_CHANNELS_PROVIDER_TEMPLATE_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/span.h"
#include "core/base/str.h"

struct var {
    const char *name, *value; /* NULL or "" = no value */
};

struct vars {
    const struct var *list;
    size_t count;
    const struct vars *outer; /* looked through next; NULL = none */
};

const char *vars_find(const struct vars *vars, struct span name);

enum template_outcome {
    TEMPLATE_OK,
    TEMPLATE_ABSENT,  /* an optional value is missing: leave the thing out */
    TEMPLATE_MISSING, /* a required value is missing: *missing names it */
};

enum template_use {
    TEMPLATE_TEXT,
    TEMPLATE_PATH, /* values become parts of one URL path segment */
};

struct template_fill {
    const struct vars *vars;
    struct arena *arena;
    const char *missing; /* set with TEMPLATE_MISSING */
};

/* Adds the filled text to out. */
enum template_outcome template_add(struct template_fill *fill, const char *text,
                                   enum template_use use, struct str *out);

/* The filled text in the arena in *out. */
enum template_outcome template_text(struct template_fill *fill, const char *text, const char **out);

/* A filled copy of tree; the caller frees it with cJSON_Delete(). NULL with the other outcomes. */
cJSON *template_json(struct template_fill *fill, const cJSON *tree, enum template_outcome *outcome);

/* What is wrong with the text, in the arena, or NULL. Names must be in known (NULL-ended). */
const char *template_fault(const char *text, const char *const *known, struct arena *arena);

#endif
