/* templates/output.h - prints values so that they are safe where they stand: HTML escaped, controls
 * dropped, headers on one line, URLs encoded. Nothing here knows Liquid. */
#ifndef HEED_TEMPLATES_OUTPUT_H
#define HEED_TEMPLATES_OUTPUT_H

#include "templates/run.h"

/* Prints v into the render's output as its part (and place in HTML) asks. */
int output_value(struct run *run, const struct value *v, enum html_place place);

/* & < > " ' as the reference writes them. */
int output_escaped(struct sink *sink, struct span text);
/* How long that is. */
size_t output_escaped_length(struct span text);
#define ESCAPED_MOST 6 /* bytes that one may become */
/* The same into `to`, which has room for ESCAPED_MOST times as much. Returns its length; *work: what
 * output_escaped() pays for, at most ESCAPED_MOST + ESCAPED_WORK for each byte. */
size_t output_put_escaped(char *to, struct span text, size_t *work);
#define ESCAPED_WORK 32

/* Percent-encoded but for A-Za-z0-9_.-~; space as `space`: "+" or "%20". */
int output_encoded(struct sink *sink, struct span text, const char *space);

/* White space, C0, C1, DEL, and U+2028/2029: all that may break a header's line somewhere. */
bool output_breaks_line(uint32_t point);

/* At the end: a header becomes one trimmed line of at most 255 code points. */
int output_finish(struct run *run, struct span *out);

/* How many bytes a part may print by default. */
size_t output_limit(enum template_part part);

#endif
