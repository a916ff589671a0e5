/* core/replies/bounce_text.h - bounces in prose: is it one, whom does it name, and what does it say
 * of each. */
#ifndef HEED_REPLIES_BOUNCE_TEXT_H
#define HEED_REPLIES_BOUNCE_TEXT_H

#include "core/replies/reader.h"

#define BOUNCE_MAX_RECIPIENTS 100

/* One address named by a notice. */
struct bounce_named {
    const char *address;    /* lower case */
    const char *diagnostic; /* the text that follows it, up to the next one */
};

/* The name of the rule that makes it a bounce or a delay, or NULL. A daemon's name or null path
 * and a phrase, or the phrases of a bounce in subject and body both with an address that failed. */
const char *bounce_text_rule(const struct reader *reader);

/* Does the notice say that delivery is still being tried? */
bool bounce_text_is_delay(const struct reader *reader);

/* Is there a sentence that speaks of delivery and denies it, in whatever words? Most notices are known
 * by their phrases; this is for the others. */
bool bounce_text_denies_delivery(const struct reader *reader);

/* The addresses that failed: X-Failed-Recipients, else those that stand first on a line, else those
 * behind a word like "recipient", else any, else the To of the returned message, else those that the
 * notice was sent to. Ours are left out. Returns the count in *out (arena). */
size_t bounce_text_recipients(const struct reader *reader, struct bounce_named **out);

/* Does it name an address, not its sender's, first on a line, or set off behind such a word? People
 * who speak of a failed delivery do not. */
bool bounce_text_blames(const struct reader *reader);

/* A receipt that says "deleted" because the mailbox refused the mail: a bounce in disguise. */
bool bounce_text_is_rejection(const struct reader *reader);

/* Does a mail system say in prose that it delivered the mail? */
bool bounce_text_is_receipt(const struct reader *reader);

/* Does the notice end with a copy of a message and its trace, as text? */
bool bounce_text_copies(const struct reader *reader);

/* The notice down to where the message that came back begins. */
struct span bounce_text_above(const struct reader *reader);

/* Is the sender a mail system? */
bool bounce_text_is_daemon(const struct reader *reader);

#endif
