/* core/app/reading_print.h - what a message turned out to be, for a terminal and as JSON. Shows whatever the reading holds; judges nothing. */
#ifndef HEED_APP_READING_PRINT_H
#define HEED_APP_READING_PRINT_H

#include <stdio.h>

#include "core/base/arena.h"
#include "core/base/json.h"
#include "core/base/zone.h"
#include "core/replies/reading.h"

/* Lines of "  name      value"; times in `zone`. What others wrote is shown plain: nothing of it reaches the terminal as a control. */
void reading_print(const struct reading *reading, const struct zone *zone, struct arena *arena,
                   FILE *out);

/* Times as ISO 8601 with offset; what was not said is null or left out. The caller frees it. */
cJSON *reading_json(const struct reading *reading, const struct zone *zone, struct arena *arena);

#endif
