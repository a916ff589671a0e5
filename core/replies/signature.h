/* core/replies/signature.h - what stands below or above the own words: signature, device line,
 * disclaimer, warning banner. */
#ifndef HEED_REPLIES_SIGNATURE_H
#define HEED_REPLIES_SIGNATURE_H

#include "core/replies/lines.h"

/* Marks lines of [from, to), a run of own lines between quotes: LINE_SIGNATURE for a signature and for
 * the one a device writes, LINE_DROPPED for what says nothing (disclaimers, banners, mailing list
 * footers). writer: the sender's name, folded, or "". */
void signature_mark(struct lines *lines, size_t from, size_t to, const char *writer);

#endif
