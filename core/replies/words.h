/* core/replies/words.h - text as words with their sentences; patterns over them are lexicon.h's. */
#ifndef HEED_REPLIES_WORDS_H
#define HEED_REPLIES_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/span.h"

#define WORDS_MAX 4000
#define WORDS_LETTERS_MAX 150 /* whose letters are looked at: in an answer names stand early */

/* What the letters tell of a word as it was written. */
enum word_letters {
    WORD_SMALL,   /* small where others have capitals, or all of it in capitals; "I" */
    WORD_CAPITAL, /* one capital inside a sentence, as names have */
    WORD_FIRST,   /* the same, where a sentence or a line begins */
    WORD_ALIKE,   /* all words of the text begin alike, small or with capitals: nothing */
};

struct word {
    struct span text; /* folded: lower case, letters, digits and apostrophes; "dont" is "don't" */
    size_t sentence;  /* from 0; ends at . ! ? ; and at a blank line */
    size_t line;      /* from 0 */
    bool ends_clause; /* a comma, colon, bracket, dash or the end of the sentence follows */
    bool asked;       /* a question mark follows */
    enum word_letters letters; /* of the first WORDS_LETTERS_MAX; of others WORD_SMALL */
};

struct lexicon_places;

struct words {
    struct word *items;
    size_t count;
    struct span text;                    /* that was split */
    const struct lexicon_places *places; /* see lexicon_prepare(); NULL = not asked for */
};

/* At most WORDS_MAX words of `text`, which stays where it is. */
struct words words_split(struct span text, struct arena *arena);

#endif
