/* templates/simd.h - scans of texts, 16 bytes at a time where the machine has SSE2 (every x86-64 has),
 * byte by byte elsewhere. Nothing behind a text is read. Knows no Liquid and no limits. */
#ifndef HEED_TEMPLATES_SIMD_H
#define HEED_TEMPLATES_SIMD_H

#include "core/base/span.h"

/* Copies text to `to`, which has room for all of it, as far as no byte asks for more than a copy;
 * returns how far. What is in `to` behind that, up to text.len, is lost.
 * html: stops at & < > " '. plain: stops at what output.c may have to drop: C0 but \n and \t, DEL, and
 * 0xE2, with which the bidi marks begin. */
size_t simd_copy_html(char *to, struct span text);
size_t simd_copy_plain(char *to, struct span text);

/* Where simd_copy_html() would stop. */
size_t simd_find_html(struct span text);

/* Bytes of the first `most` code points of text; *count: how many these are. An invalid byte counts
 * as one point, as in text_next_point(). */
size_t simd_points(struct span text, size_t most, size_t *count);

/* The same, byte by byte: for machines without SSE2, and for the tests to compare with. */
size_t scalar_copy_html(char *to, struct span text);
size_t scalar_copy_plain(char *to, struct span text);
size_t scalar_find_html(struct span text);
size_t scalar_points(struct span text, size_t most, size_t *count);

#endif
