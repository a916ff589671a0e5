/* core/app/starter.h - what a new workspace begins with: its heed.conf, an example sequence, and example prospects whose addresses
 * belong to nobody. Texts only. */
#ifndef HEED_APP_STARTER_H
#define HEED_APP_STARTER_H

#include "core/base/arena.h"

#define STARTER_SEQUENCE "proposal-follow-up"

char *starter_conf(struct arena *arena, const char *zone);
const char *starter_sequence(void);
/* last_contact: "2027-03-01". */
char *starter_prospects(struct arena *arena, const char *last_contact);

#endif
