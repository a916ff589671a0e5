/* templates/loose.h - how the reference's lax mode reads what its strict one refuses: no tokens, but
 * fragments found by scanning, and everything between them passed over. For lax templates only, after
 * the strict way has failed; what people of ours write is read strictly. */
#ifndef HEED_TEMPLATES_LOOSE_H
#define HEED_TEMPLATES_LOOSE_H

#include "templates/compiler.h"

/* Parses strictly and, in a lax template, takes back what that did and parses loosely when it failed.
 * Both get the state; loose may be NULL. */
typedef int loose_parse(struct compiler *c, void *state);
int loose_or_strict(struct compiler *c, loose_parse *strict, loose_parse *loose, void *state);

/* The next quoted text, or run of characters without white space, commas and pipes, in *rest. */
bool loose_fragment(struct span *rest, struct span *out);
/* The one at the very beginning of *rest. */
bool loose_fragment_here(struct span *rest, struct span *out);
/* And with those that follow without a gap. */
bool loose_fragments_here(struct span *rest, struct span *out);
/* The next word at the very beginning of *rest, behind white space. */
bool loose_word(struct span *rest, struct span *out);
/* The next "key: value"; of the rest of a tag. */
bool loose_attribute(struct span *rest, struct span *key, struct span *value);
bool loose_attribute_here(struct span *rest, struct span *key,
                          struct span *value); /* at the head */

/* A fragment's value onto the stack. It is never refused, but may be nil. */
int loose_expression(struct compiler *c, struct span fragment);

/* The same where blank and empty mean more than "" (conditions.c). */
int loose_operand(struct compiler *c, struct span fragment);

/* An output's expression and filters; loose_calls: the filters of `filters` ("a: 1 | b"). */
int loose_filtered(struct compiler *c, struct span markup);
int loose_calls(struct compiler *c, struct span filters); /* calls.c */

#endif
