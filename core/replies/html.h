/* core/replies/html.h - HTML to readable text. It loads nothing, runs nothing, and knows only as
 * much HTML as mail clients write. */
#ifndef HEED_REPLIES_HTML_H
#define HEED_REPLIES_HTML_H

#include "core/base/arena.h"
#include "core/base/span.h"

/* Lines inside quote containers (blockquote, Yahoo, Proton, GMX...) begin with "> ", nested ones
 * more often; a reply header of Outlook gets HTML_ORIGINAL before it and a signature container
 * HTML_SIGNATURE, so that own_text.c finds them as in plain text. Never fails; linear; UTF-8 in
 * the arena. */
struct span html_to_text(struct span html, struct arena *arena);

#define HTML_ORIGINAL "-----Original Message-----"
#define HTML_SIGNATURE "-- "

#endif
