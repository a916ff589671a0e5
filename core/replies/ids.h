/* core/replies/ids.h - finds what could be ours in any text: Message-IDs of returned mail and runs
 * that look like our tokens (replies section 4: 31 characters of base 32). Whether a token is
 * genuine is decided by its MAC elsewhere. */
#ifndef HEED_REPLIES_IDS_H
#define HEED_REPLIES_IDS_H

#include "core/base/arena.h"
#include "core/base/span.h"
#include "core/replies/names.h"

#define IDS_MAX_TOKENS 64
#define IDS_MAX_MESSAGE_IDS 200
#define IDS_TOKEN_CHARS 31

/* Adds each run of exactly 31 characters of [A-Za-z2-7] between other characters that begins with
 * one of r, b, u, m; lower-cased. A "%2F" or "=3D" right before counts as "between". */
void ids_add_tokens(struct span text, struct arena *arena, struct names *out);

/* Adds each "<...>" of `text`, with its brackets, no blanks inside, at most 998 octets. */
void ids_add_message_ids(struct span text, struct arena *arena, struct names *out);

/* Adds the id of each "Message-ID:" (also "Original-Message-ID:") found in `text`, at any place of
 * a line, folded or quoted. */
void ids_add_returned(struct span text, struct arena *arena, struct names *out);

#endif
