/* core/replies/phone_run.h - a run of digit groups in a text, and whether it is a phone number. Only core/replies/phone*.c use it;
 * others ask phones.h. */
#ifndef HEED_REPLIES_PHONE_RUN_H
#define HEED_REPLIES_PHONE_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/span.h"

#define PHONE_RUN_GROUPS 24

struct digit_group {
    size_t at, len;
    char joint;  /* the sign between it and the one before: - . / or 0 */
    bool spaced; /* white space stands before it */
    bool boxed;  /* in brackets */
};

/* Digit groups with nothing but blanks, - . / and brackets between. */
struct phone_run {
    struct span text; /* the whole text */
    struct digit_group groups[PHONE_RUN_GROUPS];
    size_t count;
    size_t from, to; /* bytes of text, brackets and extension included */
    bool plus;
    bool broken; /* nested brackets, or more groups than a number has */
};

/* What the words before a number say that it is. */
enum phone_lead {
    PHONE_LEAD_NONE,
    PHONE_LEAD_PHONE,
    PHONE_LEAD_OTHER,
    PHONE_LEAD_NO, /* only "no.": of what, it does not say */
};

/* Reads at most 80 bytes before text[at]. */
enum phone_lead phone_lead_before(struct span text, size_t at);

/* A word that follows a count or a sum: "5000000 users". */
bool phone_is_counted(struct span text, size_t at);

size_t phone_run_digits(const struct phone_run *run);

/* Are the groups [from, to) a date: 04/21/2020, 2026-01-15, 15.01.26? */
bool phone_run_is_date(const struct phone_run *run, size_t from, size_t to);

/* Do length, grouping and the words before make it a number that people are reached at? */
bool phone_run_is_phone(const struct phone_run *run);

#endif
