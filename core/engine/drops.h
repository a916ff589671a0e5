/* core/engine/drops.h - what templates may use: names, meanings, and the data of one touch under these names. Pure: no store,
 * no clock. Who reads the store for it: subject.c. */
#ifndef HEED_ENGINE_DROPS_H
#define HEED_ENGINE_DROPS_H

#include <stddef.h>

/* ---- the names ---- */

struct drop_doc {     /* one name a template may use; docs/templates.md has the same ones */
    const char *path; /* "prospect.first_name"; a last ".*" = any name below */
    const char *meaning;
    const char *example; /* what a template might print */
    const char *type;    /* text, number, date (a text that `date` reads), list of dates */
};

/* All of them, in the order of the documentation. */
const struct drop_doc *drops_docs(size_t *count);

/* Their paths, NULL-ended, as template_options.fields wants them. */
const char *const *drops_fields(void);

#endif
