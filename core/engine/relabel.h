/* core/engine/relabel.h - a person corrects what a message was read as, or says whose it is: what followed from what was wrong is
 * taken back as far as it can be, what follows from what is right is done. It sends nothing. */
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
    int64_t prospect_id; /* whose it is; 0 = as it was matched */
    bool nobody;    /* it is nobody's: nothing follows but what an unknown sender's words lead to */
    bool theirs;    /* with prospect_id: the address it came from is their own, and kept as that */
    const char *by; /* "a person" */
};

/* A message that was given to somebody else has another id: an id says in whose slot its row lives. Of the row it left, the id it has
 * now, "me_..."; NULL = it is still there. */
#define RELABEL_ASSIGNED "assigned" /* the kind of such a row; its rules: "assigned:me_..." */
const char *relabel_went_to(const struct message_row *row);

struct relabelled {
    struct message_row was, is; /* their ids differ when it was given to somebody else */
    struct undone *undone;      /* newest first */
    int undone_count;
    struct trace_row *made; /* what follows now, oldest first */
    int made_count;
};

/* Reads the message anew and then, in a transaction of its own, does the rest; the workspace needs its senders. 0, or -1 and err:
 * ERR_NOT_FOUND (no such message or prospect), ERR_INPUT (it is theirs, or nobody's, already; it was given to somebody else; the
 * address is somebody else's), ERR_BUSY (there is no process to read it in). */
int relabel(struct inbox *inbox, const struct relabel *wish, struct relabelled *out,
            struct err *err) MUST_USE;

/* The kind called so, of those a person may name. */
bool relabel_find_kind(const char *name, enum reading_kind *out);

#endif
