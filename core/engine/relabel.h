/* core/engine/relabel.h - a person corrects what a message was read as: what followed from the wrong reading is taken back as far as
 * it can be, what follows from the right one is done. It sends nothing. */
#ifndef HEED_ENGINE_RELABEL_H
#define HEED_ENGINE_RELABEL_H

#include "core/engine/inbox.h"
#include "core/engine/undo.h"

enum relabel_say { RELABEL_KEEP, RELABEL_NO, RELABEL_YES };

struct relabel { /* what the person says; everything else is read anew */
    int64_t message_id;
    bool says_kind;
    enum reading_kind kind;
    bool says_labels;
    enum intent labels[INTENT_COUNT]; /* none = INTENT_OTHER; the strongest leads (intents.h) */
    size_t label_count;
    enum relabel_say opt_out, wish;
    const char *opt_out_channel; /* NULL = from everything */
    const char *wish_channel;
    bool wish_once;
    const char *by; /* "a person" */
};

struct relabelled {
    struct message_row was, is;
    struct undone *undone; /* newest first */
    int undone_count;
    struct trace_row *made; /* what follows now, oldest first */
    int made_count;
};

/* In the caller's transaction; the workspace needs its senders. 0, or -1 and err (ERR_NOT_FOUND). */
int relabel(struct inbox *inbox, const struct relabel *wish, struct relabelled *out,
            struct err *err) MUST_USE;

/* The kind called so, of those a person may name. */
bool relabel_find_kind(const char *name, enum reading_kind *out);

#endif
