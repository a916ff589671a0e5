/* tests/bench/liquid/floor.h - the C floor: what the same mails cost when somebody writes the renderer
 * by hand, in several ways. No limits, no errors, no language: nothing to use, only to compare with. */
#ifndef HEED_TESTS_BENCH_FLOOR_H
#define HEED_TESTS_BENCH_FLOOR_H

#include "rounds.h"

#define FLOOR_TOUCHES 5
#define FLOOR_FIELDS 49

struct floor_touch {
    struct span at, channel, direction, summary, important;
};

/* What the mails print. 15 bytes behind each text may be read. */
struct person {
    struct span first_name, company, city, title, stage, score;
    struct span summary, commitment, question, at;
    struct span sender_name, sender_title, sender_company, sender_phone;
    struct span meeting_url, unsubscribe_url;
    struct floor_touch touches[FLOOR_TOUCHES];
    struct span fields[FLOOR_FIELDS];
};

/* The person of one prospect; `at` is where the texts go, and moves on. */
void floor_person(const struct value *prospect, struct person *out, char **at);

/* Each writes a mail to `to` and returns its end. simd: SSE2 for escapes and code points. */
char *floor_short(char *to, const struct person *p);
char *floor_medium(char *to, const struct person *p, bool simd);
char *floor_short_printf(char *to, const struct person *p);
char *floor_medium_printf(char *to, const struct person *p);

/* Mails of nothing but fields with default and escape: a list of ops, over a struct or over hashed
 * objects. */
struct floor_ops;
struct floor_object;
struct floor_ops *floor_ops(struct arena *arena, const char *source);
char *floor_ops_direct(char *to, const struct floor_ops *ops, const struct person *p, bool simd);
char *floor_ops_printf(char *to, const struct floor_ops *ops, const struct person *p);
struct floor_object *floor_object(struct arena *arena, const struct value *map);
/* limit: the end of the room at `to`. */
char *floor_ops_vm(char *to, const struct floor_ops *ops, const struct floor_object *root,
                   const char *limit);

#endif
