/* tests/bench/liquid/rounds.h - what the benchmark's C engines share: the input, and the talk with
 * liquid.py. An engine writes all mails to a file, says its name, and then, for each line on its
 * standard input, renders for so many seconds of CPU time and says how many mails that were. */
#ifndef HEED_TESTS_BENCH_ROUNDS_H
#define HEED_TESTS_BENCH_ROUNDS_H

#include "templates/template.h"

struct input {
    struct arena arena;
    struct value prospects;   /* VALUE_LIST */
    struct span json, source; /* prospects.json, CASE.liquid; NUL-terminated */
};

struct engine {
    const char *name;
    struct span (*render)(void *self, size_t prospect); /* the mail; valid until the next call */
    void *self;
    const size_t *arena_bytes; /* most memory one render took; NULL = not known */
};

/* Reads FOLDER/prospects.json and FOLDER/CASE.liquid; exits when that cannot be. */
void input_read(struct input *input, const char *folder, const char *kase);
void input_finish(struct input *input);

/* Writes the mails, joined by 0x1E, to the file `out`, then serves rounds until standard input ends. */
void rounds_serve(const struct engine *engine, size_t prospects, const char *out);

#endif
