/* core/engine/subject.h - everything the planner must know of one prospect, read from the store at once, and the data their
 * templates may use. */
#ifndef HEED_ENGINE_SUBJECT_H
#define HEED_ENGINE_SUBJECT_H

#include "core/engine/catalog.h"
#include "core/engine/choose.h"
#include "core/engine/workspace.h"
#include "core/store/inbounds.h"
#include "core/store/plans.h"
#include "core/store/prospects.h"
#include "core/store/touches.h"

struct subject {
    struct arena *arena; /* set before reading: what follows lives there */
    struct prospect prospect;
    const struct zone *zone;
    struct address *addresses;
    size_t address_count;
    struct touch_brief *history; /* newest first; `heed plan` puts its coming touches in front */
    size_t history_count;
    struct past_touch *past; /* the same, as policy wants it; room for PLAN_AHEAD more */
    size_t past_count;
    const char **avoid;               /* channels, NULL-ended, or NULL */
    const struct message_row *answer; /* what they themselves wrote last; NULL = nothing */
};

#define PLAN_AHEAD 100

/* 1, 0 = no such prospect, -1. */
int subject_read(struct db *db, const struct workspace *workspace, int64_t prospect_id,
                 struct subject *out, struct err *err) MUST_USE;

/* The rest of a subject whose prospect, addresses and history were read some other way (store/roll.h). */
void subject_complete(const struct workspace *workspace, struct subject *out);
/* Sets `answer` if the newest message of kind human, or NULL, is really theirs; it must live as long. */
void subject_answered(struct subject *subject, const struct message_row *newest);

/* The best address for a channel: alive before suppressed, then by rank. NULL = none. */
const struct address *subject_address(const struct subject *subject, const char *channel,
                                      bool *suppressed);

/* Who sends to them on a channel: the sender of the last touch there, else one picked by their id. NULL = none. */
struct sender *subject_sender(const struct subject *subject, const struct workspace *workspace,
                              const char *channel);

/* References of the next e-mail: every e-mail of the enrollment (0 = of all), oldest first, then what they wrote last. *out is
 * NULL for a new thread. 0 or -1. */
struct mail_thread {
    struct db *db;
    const struct workspace *workspace;
    const struct subject *subject;
    int64_t enrollment_id;
};
int subject_mail_thread(const struct mail_thread *thread, struct arena *arena, const char **out,
                        struct err *err) MUST_USE;

/* The links of a touch. */
struct subject_links {
    const char *unsubscribe, *telegram; /* NULL = none */
};

/* What templates may use (drops.h, docs/templates.md). */
struct subject_data {
    const struct subject *subject;
    const struct workspace *workspace;
    const struct sender *sender;
    const char *channel;
    int64_t touch_id; /* for links */
    int step_number, step_count;
    int64_t now_ms;                    /* when it leaves; 0 = the workspace's now */
    const struct window *window;       /* the sequence's; NULL = office hours */
    const struct subject_links *links; /* NULL = made from touch_id */
};
/* Signed, which costs more than all else in a render. */
struct subject_links subject_links_of(const struct subject_data *data, struct arena *arena);
struct value subject_values(const struct subject_data *data, struct arena *arena);

#endif
