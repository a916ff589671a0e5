/* core/replies/wish_marks.h - a person's own words with what names a channel, a number, an address or a handle marked. Only
 * core/replies/wish*.c use it. */
#ifndef HEED_REPLIES_WISH_MARKS_H
#define HEED_REPLIES_WISH_MARKS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/replies/lexicon.h"
#include "core/replies/words.h"

#define WISH_DETAILS_MAX 50

enum mark {
    MARK_NONE,
    MARK_CLASS,  /* one of several words that mean the same to the frames: "@better" */
    MARK_DROP,   /* says nothing: "the", "really" */
    MARK_DO,     /* names a channel, noun or verb: "call", "text" */
    MARK_THING,  /* noun only: "calls", "telegram" */
    MARK_DOING,  /* "calling" */
    MARK_DEVICE, /* "mobile": where calls and texts arrive */
    MARK_HERE,   /* "this number": where the message arrived */
    MARK_NUMBER,
    MARK_ADDRESS,
    MARK_HANDLE,
};

/* A number, e-mail address or handle in the text. */
struct wish_detail {
    enum mark mark;
    struct span text; /* points into the own text */
};

struct wish_word {
    enum mark mark;
    const char *channel; /* as the lexicon names it; NULL = none */
    size_t detail;       /* of MARK_NUMBER and its kin */
    struct span written; /* folded, before marks were put in */
};

/* How marks of channels are shown to the patterns. */
enum wish_view {
    WISH_VIEW_WAY, /* all of them as "@way" */
    WISH_VIEW_DO,  /* by what they can be: "@do", "@doing", "@thing" */
    WISH_VIEWS
};

struct wish_text {
    struct span own;
    struct words words; /* view: marks stand as "@way" or "@do", "@doing", "@thing" and so on */
    const struct lexicon_places *places[WISH_VIEWS]; /* of the words, by view; NULL = not yet */
    struct wish_word *marks;
    struct wish_detail *details;
    size_t detail_count;
};

/* words: of `own`, prepared; NULL = not split yet. */
struct wish_text wish_text_of(struct span own, const struct words *words,
                              const struct lexicon *lexicon, struct arena *arena);

/* Changes the words to that view of them, prepared. */
void wish_text_show(struct wish_text *text, enum wish_view view, const struct lexicon *lexicon,
                    struct arena *arena);

/* Where words [first, last] stand in the own text, as near as can be told. */
struct span wish_text_source(const struct wish_text *text, size_t first, size_t last);

#endif
