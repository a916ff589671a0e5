/* core/replies/own_text.h - what the sender wrote themselves: without the quoted message, the
 * signature, device lines, disclaimers and banners. */
#ifndef HEED_REPLIES_OWN_TEXT_H
#define HEED_REPLIES_OWN_TEXT_H

#include "core/base/arena.h"
#include "core/base/span.h"

struct own_text {
    const char *text;      /* "" when nothing is left */
    const char *signature; /* "" when none was found */
};

/* text: UTF-8 of a plain body (html.h makes one of HTML); writer: the name they write under, "" when
 * unknown: whoever signs with it needs no greeting. Answers between quoted lines are kept, the quoted
 * lines are not. Bounded by LINES_MAX; linear. */
struct own_text own_text_of(struct span text, const char *writer, struct arena *arena);

#endif
