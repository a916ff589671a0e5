/* core/engine/ready.h - where what comes with heed lies: beside the running program, where it was configured to be installed, in
 * the checkout it was built from. Names folders; looks into none. */
#ifndef HEED_ENGINE_READY_H
#define HEED_ENGINE_READY_H

#include "core/base/arena.h"

/* "A:B:C", in the arena; `name` below share/heed, `in_source` below the checkout. */
char *ready_folders(struct arena *arena, const char *name, const char *in_source);

#endif
