/* core/base/labels.h - the labels of other programs' files made comparable: headers, countries, names. ASCII in, ASCII
 * out; letters of Latin-1 and Latin Extended-A lose their accents. Pure. */
#ifndef HEED_BASE_LABELS_H
#define HEED_BASE_LABELS_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/span.h"

/* Letters and digits only, lower case, without accents: "E-Mail Address" and "emailAddress" are both "emailaddress". Letters
 * of other scripts stay as they are. */
char *label_squash(struct arena *arena, struct span text);

/* A name for a custom field: [a-z_][a-z0-9_]*, "lastContact" and "Last contact" are "last_contact". "" when nothing is left
 * of it. At most 64 bytes. */
char *label_snake(struct arena *arena, struct span text);

/* The same word for people? Case, accents and punctuation do not count. */
bool label_same(struct arena *arena, const char *a, const char *b);

#endif
