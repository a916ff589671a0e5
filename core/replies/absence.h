/* core/replies/absence.h - what an auto-reply says besides "not now": whom to write instead, and that
 * its owner has left for good, and when they are back. */
#ifndef HEED_REPLIES_ABSENCE_H
#define HEED_REPLIES_ABSENCE_H

#include "core/replies/reader.h"

/* Sets out->substitute, out->left_company and out->return_ms from out->own_text of an auto-reply. */
void absence_read(struct reader *reader);

#endif
