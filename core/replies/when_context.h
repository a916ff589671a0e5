/* core/replies/when_context.h - what the words around a statement about time make of it: a day off,
 * a day that does not suit, something told of the past, a greeting. Shared by core/replies/when*.c
 * only. */
#ifndef HEED_REPLIES_WHEN_CONTEXT_H
#define HEED_REPLIES_WHEN_CONTEXT_H

#include "core/replies/when_range.h"

/* The tokens of one sentence, and of the clause in it that was looked at last. */
struct sentence {
    size_t then; /* the last "after that" in it */
    size_t from, to;
    bool away, free;
    struct {
        size_t from, to;
        bool told, invites;
    } clause;
};

struct setting {
    bool away, free; /* "I am off", "I am free" */
    bool told;       /* of the past */
    bool idle;       /* "happy Friday", "I don't work Fridays": names no day that is meant */
    bool excluded;   /* named because it does not suit; days off among them */
    bool preferred;  /* "... is better" */
    bool asked;      /* "ring me ..." */
    bool any_other;  /* "any day but Monday" */
};

struct sentence when_sentence_at(const struct tokens *tokens, size_t from);

/* Statements of a sentence must come in their order: clauses are gone through once. Makes "back from
 * leave on the 3rd" a BOUND_RETURN. */
struct setting when_setting_of(const struct tokens *tokens, struct sentence *sentence,
                               struct statement *statement);

/* "Don't call before 3", "nothing before March": does a "not" reach the bound at `at`? */
bool when_is_negated(const struct tokens *tokens, size_t at);

#endif
