/* core/replies/opt_out.h - does the person want to be left alone, where, and may we come back? Reads
 * own text only. Law and providers: replies section 7. Doubt means yes: a false stop costs one lead,
 * a missed one a complaint. */
#ifndef HEED_REPLIES_OPT_OUT_H
#define HEED_REPLIES_OPT_OUT_H

#include "core/replies/reader.h"

/* Reads the words of `own` and, when a keyword is all a mail's subject says and its body is empty, the subject.
 * Sets out->opt_out, opt_out_channel and opt_in; several hits give the widest scope, two channels
 * give everything. A keyword means the arrival channel. */
void opt_out_read(struct reader *reader, const struct words *own, const char *subject);

#endif
