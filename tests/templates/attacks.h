/* tests/templates/attacks.h - templates that ask for more work than they are worth: one table for the
 * test, which asserts how each ends, and for the bench, which asserts how soon. */
#ifndef HEED_TESTS_TEMPLATES_ATTACKS_H
#define HEED_TESTS_TEMPLATES_ATTACKS_H

#include "templates/template.h"

struct attack {
    const char *name;
    const char *begin, *again, *end; /* the source: begin, `times` times again, end */
    int times;
    const char *unit; /* the data: t is `units` times unit, u is 3, m has 5,000 members */
    int units;
    const char *says; /* in what the compiler or the renderer reports; NULL = it renders */
    enum template_part part;
    bool lax, trims, knows_fields;
};

/* NULL past the last one. */
const struct attack *attack_at(size_t number);

struct span attack_source(const struct attack *attack, struct arena *arena);
struct template_options attack_options(const struct attack *attack);
struct value attack_data(const struct attack *attack, struct arena *arena);

#endif
