/* core/replies/signature.h - what stands below or above the own words: signature, device line,
 * disclaimer, warning banner. */
#ifndef HEED_REPLIES_SIGNATURE_H
#define HEED_REPLIES_SIGNATURE_H

#include "core/replies/lines.h"

/* Marks lines of [from, to), a run of own lines between quotes: LINE_SIGNATURE for a signature,
 * LINE_DROPPED for what says nothing (device lines, disclaimers, banners, mailing list footers). */
void signature_mark(struct lines *lines, size_t from, size_t to);

#endif
