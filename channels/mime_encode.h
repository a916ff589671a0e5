/* channels/mime_encode.h - the encodings of mail: quoted-printable bodies, encoded words, folding,
 * parameters. Knows no message; see mime.h. */
#ifndef HEED_CHANNELS_MIME_ENCODE_H
#define HEED_CHANNELS_MIME_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/span.h"
#include "core/base/str.h"

/* Lines are folded at this many octets where a fold is possible (RFC 5322 2.1.1: SHOULD be 78). */
#define MIME_LINE_OCTETS 78

/* Octets on the line that `out` ends with. */
size_t mime_column(const struct str *out);

/* Adds text as quoted-printable (RFC 2045 6.7) in lines of at most 76 octets; CRLF, LF and a bare
 * CR all end a line; the last line is ended too. Invalid UTF-8 becomes U+FFFD. '.' and "From " at
 * the start of a line are encoded, so that no relay can stumble over them. */
void mime_add_quoted_printable(struct str *out, struct span text);

/* Adds text as encoded words (RFC 2047) of at most 75 octets, B or Q, whichever is shorter, folded,
 * each word holding whole code points. Invalid UTF-8 becomes U+FFFD. */
void mime_add_words(struct str *out, struct span text);

/* Adds unstructured text (a subject): as it is, folded at its spaces, when it is printable ASCII
 * that can be folded; else as encoded words. */
void mime_add_unstructured(struct str *out, struct span text);

/* Adds a display name: atoms as they are, ASCII specials as a quoted string, the rest as encoded
 * words. Adds nothing for an empty name. */
void mime_add_phrase(struct str *out, struct span name);

/* Adds `token`, on a new line if this one has no room for it. A space comes before it either way.
 */
void mime_add_folded(struct str *out, struct span token);

/* Adds `; name=value` to a header: a quoted string when it is short printable ASCII, else RFC 2231
 * (utf-8''..., in numbered pieces when long). name: a token, <= 30 octets. */
void mime_add_parameter(struct str *out, const char *name, struct span value);

#endif
