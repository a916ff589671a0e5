/* core/replies/opt_out_rules.h - the words of opt_out.c. */
#ifndef HEED_REPLIES_OPT_OUT_RULES_H
#define HEED_REPLIES_OPT_OUT_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/replies/reading.h"

/* A keyword is the whole message, politeness and punctuation aside. */
struct opt_out_keyword {
    const char *words; /* folded words parted by blanks */
    bool strong;       /* also when it is only a line or a sentence of a short message */
};

/* A phrase stands anywhere in the own text. */
struct opt_out_phrase {
    const char *pattern; /* see words.h */
    enum opt_out_scope scope;
    const char *channel; /* with OPT_OUT_CHANNEL; NULL = the arrival channel */
};

extern const struct opt_out_keyword opt_out_keywords[];
extern const size_t opt_out_keyword_count;
extern const struct opt_out_phrase opt_out_phrases[];
extern const size_t opt_out_phrase_count;

/* Patterns that cancel keywords and phrases of their sentence ("don't stop"). */
extern const char *const opt_out_vetoes[];
extern const size_t opt_out_veto_count;

/* Whole messages that lift the block of their channel. "Yes" is none: it answers questions. */
extern const char *const opt_in_keywords[];
extern const size_t opt_in_keyword_count;

/* Words that may surround a keyword: "please stop", "stop thanks". */
extern const char *const opt_out_polite[];
extern const size_t opt_out_polite_count;

#endif
