/* core/app/verb.h - commands with a second word: list, show, check, put. */
#ifndef HEED_APP_VERB_H
#define HEED_APP_VERB_H

#include "core/app/command.h"

struct verb {
    const char *name;
    int min_words, max_words; /* behind the verb; -1 = any number */
    int need;                 /* enum workspace_need, or VERB_NO_WORKSPACE */
    /* 0; -1 and err; or an exit code of its own, with everything said and err untouched. */
    int (*work)(struct invocation *in, struct workspace *workspace, struct err *err);
};

#define VERB_NO_WORKSPACE (-1) /* work() is given NULL */

/* Runs the verb that is the first word; the exit code. `verbs` ends with a row without name. */
int verb_run(struct invocation *in, const struct verb *verbs);

#endif
