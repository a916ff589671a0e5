/* core/replies/moment.h - the grammar of time (when.h) as a reading asks it: in the prospect's zone and way of writing dates, counted
 * from the arrival. Internal to core/replies. */
#ifndef HEED_REPLIES_MOMENT_H
#define HEED_REPLIES_MOMENT_H

#include "core/replies/reader.h"
#include "core/replies/when.h"

/* 5/6 is 5 June, but in regions and zones that write the month first. */
struct when_env moment_env(const struct reader *reader);

/* The moment that the person's own words name for the next contact; what they tell of the past is none. */
void moment_read(struct reader *reader);

#endif
