/* core/replies/entities.h - HTML character references. */
#ifndef HEED_REPLIES_ENTITIES_H
#define HEED_REPLIES_ENTITIES_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/span.h"

/* text.data[0] is '&'. Returns how many bytes the reference takes and its point, or 0 when it is
 * none that we know. */
size_t entity_at(struct span text, uint32_t *point);

#endif
