/* core/app/lint_run.h - lints many messages and keeps each finding once, with how many messages it hits and for whom. Prints
 * nothing (lint_report.h does), changes nothing. */
#ifndef HEED_APP_LINT_RUN_H
#define HEED_APP_LINT_RUN_H

#include "core/engine/workspace.h"
#include "core/store/plans.h"
#include "core/store/prospects.h"
#include "templates/lint.h"

#define LINT_PEOPLE_SHOWN 3

struct lint_total { /* one finding, over all messages */
    const char *template, *part;
    struct lint_finding finding; /* of the first message */
    size_t messages;             /* 0: it is in the source */
    const char *people[LINT_PEOPLE_SHOWN];
    size_t people_count;
    struct lint_total *next;
};

struct lint_template { /* what is linted */
    const char *name;
    const struct template_row *rows; /* its files: parts and snippets */
    size_t count;
    const struct template_row *shared; /* those of PARTS_SHARED, or NULL */
    size_t shared_count;
};

struct lint_run {
    struct arena *arena;  /* of what is kept */
    struct arena scratch; /* of one prospect */
    struct phrase_book book;
    struct parts_trace trace;
    struct lint_total *first, **last;
    size_t templates, people, messages, held;
    const char *held_for;              /* why the first one is held */
    bool cut;                          /* there are more prospects than LINT_PEOPLE_MAX */
    size_t severities[LINT_ERROR + 1]; /* totals by severity */
};

/* phrase_dirs: as workspace->phrase_dirs; NULL = those that come with heed. 0, or -1 and err; close it either way. */
int lint_run_open(struct lint_run *run, struct arena *arena, const char *phrase_dirs,
                  struct err *err) MUST_USE;
void lint_run_close(struct lint_run *run);

/* The sources, and the messages to example prospects with every spin of a few. 0, or -1 and err when it does not compile. */
int lint_run_examples(struct lint_run *run, const struct lint_template *template,
                      struct err *err) MUST_USE;

struct lint_people {             /* prospects of a store */
    struct workspace *workspace; /* its senders are open, and there is at least one */
    const struct prospect *only; /* NULL = all */
};

/* The same for real prospects that may still get a touch: every part, whichever they would get. */
int lint_run_people(struct lint_run *run, const struct lint_people *people,
                    const struct lint_template *template, struct err *err) MUST_USE;

#define LINT_PEOPLE_MAX 5000 /* of a sequence, where each takes a planner's work step after step */

/* Every message of the newest version of a sequence as it would leave for them, step after step; and the sources of its templates. */
int lint_run_sequence(struct lint_run *run, const struct lint_people *people, const char *name,
                      struct err *err) MUST_USE;

#endif
