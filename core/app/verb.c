/* core/app/verb.c - see verb.h. */
#include "core/app/verb.h"

#include <string.h>

#include "core/base/text.h"

#define MAX_VERBS 16

static int usage(struct invocation *in, const char *what)
{
    struct err err = { 0 };

    err_set(&err, ERR_USAGE, "%s\nusage: heed %s %s", what, in->command->name, in->command->usage);
    return command_fail(in, &err);
}

static int unknown(struct invocation *in, const struct verb *verbs)
{
    const char *names[MAX_VERBS + 1] = { 0 };

    for (size_t i = 0; i < MAX_VERBS && verbs[i].name; i++)
        names[i] = verbs[i].name;
    return usage(in, arena_printf(&in->arena, "cannot \"%s\"%s", in->words[0],
                                  text_hint(in->words[0], names).text));
}

static int work(struct invocation *in, const struct verb *verb)
{
    struct workspace *workspace = NULL;
    struct err err = { 0 };
    int code = 0;

    if (verb->need != VERB_NO_WORKSPACE) {
        workspace = command_open(in, (enum workspace_need)verb->need, &code);
        if (!workspace)
            return code;
    }
    code = verb->work(in, workspace, &err);
    if (code < 0 || err.code != ERR_NONE)
        code = command_fail(in, &err);
    workspace_close(workspace);
    return code;
}

int verb_run(struct invocation *in, const struct verb *verbs)
{
    int behind = in->count - 1;

    for (const struct verb *verb = verbs; verb->name; verb++) {
        if (strcmp(verb->name, in->words[0]) != 0)
            continue;
        if (behind < verb->min_words)
            return usage(in, "more words are needed");
        if (verb->max_words >= 0 && behind > verb->max_words)
            return usage(in, "too many words");
        return work(in, verb);
    }
    return unknown(in, verbs);
}
