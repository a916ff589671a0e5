/* channels/provider_type.h - what a member of a provider file may be: one function per type, and how
 * faults are told. provider_check.c has the tables that use them; nobody else includes it. */
#ifndef HEED_CHANNELS_PROVIDER_TYPE_H
#define HEED_CHANNELS_PROVIDER_TYPE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "channels/provider_check.h"
#include "core/base/attr.h"

#define CHECK_DEPTH_MAX 20
#define CHECK_NAMES_MAX 80

/* One walk over one file. */
struct walk {
    const struct check_input *input;
    struct arena *arena;
    struct str *report;
    size_t faults;
    const char *names[CHECK_NAMES_MAX]; /* what {name} may be; NULL-ended */
};

/* One value at its place. */
struct place {
    struct walk *walk;
    const cJSON *value;
    const char *path;
    int depth;
};

struct member;

/* Looks at one value and tells its faults. */
typedef void check_type(const struct place *place, const struct member *member);

/* A row of the format. Tables end with a NULL name. */
struct member {
    const char *name;
    check_type *is;
    bool required;
    const struct member *members; /* of an object, or of each object of a list */
    const char *const *words;     /* of a word */
    int64_t min, max;             /* of a number */
};

void check_fault(const struct place *place, const char *format, ...) PRINTF_LIKE(2, 3);
struct place check_inner(const struct place *outer, const cJSON *value, const char *name);
struct place check_element(const struct place *outer, const cJSON *value, int index);
bool check_text(const struct place *place); /* a text that is not empty; tells when not */
void check_list_of(const struct place *place, const struct member *member, check_type *is);

/* provider_type.c */
check_type check_string, check_line, check_name, check_word, check_number, check_bool,
    check_pattern, check_base, check_template, check_path, check_headers, check_pair, check_fields,
    check_names, check_tree, check_object, check_objects;

/* provider_type_value.c */
check_type check_value, check_conditions, check_delivery, check_parts;

#endif
