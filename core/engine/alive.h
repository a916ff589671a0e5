/* core/engine/alive.h - is a daemon at work on this store? Asks the lock that `heed run` holds; takes nothing. */
#ifndef HEED_ENGINE_ALIVE_H
#define HEED_ENGINE_ALIVE_H

#include <stdbool.h>

/* store_path: as in the workspace. A store that was never run has no lock and no daemon. The lock is tried for an
 * instant: a daemon that starts in this very instant would be refused, so do not call this in a loop without rest. */
bool daemon_runs(const char *store_path);

#endif
