/* core/replies/quote.h - where the message that is answered to begins: "On D, N wrote:" in many
 * languages, Outlook's block of headers, "Original Message" lines. */
#ifndef HEED_REPLIES_QUOTE_H
#define HEED_REPLIES_QUOTE_H

#include "core/replies/lines.h"

/* What the lines may hold at all: looked up once for all of them. */
struct quote_clues {
    const char **verbs; /* "wrote" */
    size_t verb_count;
    bool markers;
};

struct quote_clues quote_clues_of(const struct lines *lines, struct arena *arena);

/* How many lines from `at` on are an attribution (up to 6, it may be wrapped); 0 = none. */
size_t quote_attribution(const struct lines *lines, size_t at, const struct quote_clues *clues,
                         struct arena *arena);

/* An attribution that shares its line with the end of the answer: where in the line it begins, or
 * 0. */
size_t quote_attribution_inside(const struct line *line, struct arena *arena);

/* How many lines from `at` on are a block of From, Sent, To, Subject labels; 0 = none. */
size_t quote_header_block(const struct lines *lines, size_t at);

/* "-----Original Message-----" and its kin. */
bool quote_is_marker(const struct line *line);

#endif
