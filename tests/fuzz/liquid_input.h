/* tests/fuzz/liquid_input.h - what the template fuzzers share. An input is one byte of options, a
 * template and, behind a line "====", its data as JSON; seeds/template/ shows some. */
#ifndef HEED_TESTS_FUZZ_LIQUID_INPUT_H
#define HEED_TESTS_FUZZ_LIQUID_INPUT_H

#include "templates/template.h"

struct liquid_input {
    struct template_options options;
    struct span source;
    struct render_context context;
};

/* The byte: part by its three lowest bits, 8 trims tag lines, 16 off = at most 100 bytes of output,
 * 32 off = the names of fields are known, 64 lax (with 8: as the reference). So '0' to '5' are the
 * parts, strict, and 'p' to 'u' lax. The data's member "snippets" holds the snippets by their names.
 * All is in the arena. */
void liquid_input_read(struct span bytes, struct arena *arena, struct liquid_input *out);

/* Says what does not hold, and aborts. */
void liquid_must(bool truth, const char *what);

/* Processor time of this thread, in ms. */
double liquid_cpu_ms(void);

/* A problem says where and why, in UTF-8 when its source is. */
void liquid_check_problem(const struct template_problem *problem, struct span source);

#endif
