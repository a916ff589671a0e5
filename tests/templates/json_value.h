/* tests/templates/json_value.h - JSON straight into struct value: unlike cJSON it keeps 1 and 1.0
 * apart and NUL bytes inside texts. For test data only. */
#ifndef HEED_TESTS_JSON_VALUE_H
#define HEED_TESTS_JSON_VALUE_H

#include "templates/template.h"

/* false when the text is no JSON. Everything lives in the arena; texts without escapes borrow. */
bool json_value(struct span text, struct arena *arena, struct value *out);

/* Member of a map, or NULL. */
const struct value *json_value_get(const struct value *map, const char *name);

#endif
