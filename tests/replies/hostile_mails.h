/* tests/replies/hostile_mails.h - mails made to hurt a parser, at the size of the attack or a part of
 * it. Shared by tests and by script/bench hostile. */
#ifndef HEED_TESTS_REPLIES_HOSTILE_MAILS_H
#define HEED_TESTS_REPLIES_HOSTILE_MAILS_H

#include "core/base/span.h"
#include "core/base/str.h"

struct hostile_mail {
    const char *name;
    const char *head;
    struct span piece; /* so many times; '#' in it becomes the count when `numbered` */
    const char *tail;
    size_t times;
    bool numbered;
};

extern const struct hostile_mail hostile_mails[]; /* ended by one without a name */

/* Appends the mail with a `part`-th of its pieces, at least one; part 1 = the whole attack. */
void hostile_mail_write(const struct hostile_mail *mail, size_t part, struct str *out);

#endif
