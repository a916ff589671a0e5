/* templates/convert.h - other tools' merge tags into our Liquid, one way, with a report of each
 * change and of everything that was not understood. Pure: no files, no store. What becomes what:
 * docs/converting.md. It guesses no fields' contents and runs nothing. */
#ifndef HEED_TEMPLATES_CONVERT_H
#define HEED_TEMPLATES_CONVERT_H

#include "templates/template.h"

#define CONVERT_SOURCE_MAX ((size_t)256 << 10)
#define CONVERT_RESULT_MAX ((size_t)4 << 20)

enum convert_kind {
    CONVERT_CHANGED, /* means the same */
    CONVERT_LOOK,    /* changed, and a person should look at it: see `what` */
    CONVERT_LEFT,    /* not understood; an output that holds the message stands there */
};

struct convert_note {
    enum convert_kind kind;
    int line, column; /* in the source, from 1, in code points */
    struct span from; /* in the source */
    const char *to;   /* what stands there now; "" = nothing */
    const char *what; /* what to look at, or why it was left and what to do; "" = nothing to say */
};

struct converted {
    struct span text;           /* compiles, unless a note of kind LEFT says that it does not */
    struct convert_note *notes; /* in the order of the source */
    size_t count, left;         /* left: how many of them are of kind LEFT */
};

struct convert_options {
    const char *from; /* a dialect's name; NULL or "auto": all of them at once */
    const char *const
        *fields; /* paths that templates may use, NULL-ended, as template_options has them */
};

struct convert_dialect {
    const char *name, *tools; /* "mailchimp", "Mailchimp, Mandrill" */
};

/* Number 0 is "auto"; NULL behind the last. */
const struct convert_dialect *convert_dialect(size_t number);

/* source: UTF-8. Everything in *out lives in the arena or is part of source. Time and memory are
 * linear in the source. -1 and err: an unknown dialect (ERR_USAGE), a source that is too large or
 * no UTF-8 (ERR_LIMIT, ERR_INPUT). */
int convert_template(struct span source, const struct convert_options *options, struct arena *arena,
                     struct converted *out, struct err *err) MUST_USE;

#endif
