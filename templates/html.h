/* templates/html.h - where in an HTML part an output stands, found by walking over the literal text.
 * Not an HTML parser: enough to know text, attribute value and URL, and to refuse the rest. */
#ifndef HEED_TEMPLATES_HTML_H
#define HEED_TEMPLATES_HTML_H

#include <stdbool.h>

#include "core/base/span.h"
#include "templates/program.h"

enum html_state {
    HTML_IN_TEXT,
    HTML_IN_TAG_NAME,
    HTML_IN_TAG,
    HTML_IN_NAME,
    HTML_BEFORE_VALUE,
    HTML_IN_VALUE, /* quoted */
    HTML_IN_BARE_VALUE,
    HTML_IN_COMMENT,
    HTML_IN_SCRIPT, /* or style */
};

struct html { /* zeroed = at the start of a part */
    enum html_state state;
    char quote;
    bool closing, value_begun;
    char word[16]; /* name of the tag or attribute, lower case, cut */
    char tag[16], tail[8];
    size_t word_len;
};

/* Walks over literal text. */
void html_walk(struct html *html, struct span text);

/* The place of an output here; or NULL's opposite: *why is set when data may not stand here. */
enum html_place html_place(struct html *html, const char **why);

#endif
