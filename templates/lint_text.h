/* templates/lint_text.h - a message cut into paragraphs, sentences and words, with the phrases that stand in it: what the
 * linter's rules look at. Greeting, signature and footer are set aside. Internal to the linter. */
#ifndef HEED_TEMPLATES_LINT_TEXT_H
#define HEED_TEMPLATES_LINT_TEXT_H

#include "templates/phrases.h"

struct lint_mark { /* a word and how it stands in its sentence */
    bool clause;   /* a clause begins here, connectors passed over */
    bool percent;  /* a number with % behind it */
};

struct lint_sentence {
    size_t first, count; /* words */
    size_t paragraph;
    bool question;
    struct span text;
};

struct lint_paragraph {
    size_t first, count; /* sentences */
};

struct lint_text {
    struct span text;
    struct lint_word *words; /* of the whole text but the footer's */
    struct lint_mark *marks;
    size_t word_count;
    size_t body_first, body_end;     /* words between greeting and signature */
    struct lint_sentence *sentences; /* of the body */
    size_t sentence_count;
    struct lint_paragraph *paragraphs;
    size_t paragraph_count;
    struct phrase_hit *hits; /* of the body, in order */
    size_t hit_count;
};

/* Everything in *out lives in the arena and borrows from text. */
void lint_text_read(struct span text, const struct phrases *phrases, struct arena *arena,
                    struct lint_text *out);

/* The first hit of a kind at or behind word `from` and before word `end`, or NULL. */
const struct phrase_hit *lint_text_find(const struct lint_text *text, enum phrase_kind kind,
                                        size_t from, size_t end);

/* Bytes from the beginning of word `first` to the end of word `end` - 1. */
struct span lint_text_span(const struct lint_text *text, size_t first, size_t end);

#endif
