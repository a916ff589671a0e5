/* templates/phrases.h - what the linter knows of one language: phrases that greet, recap, ask, stall..., read from a file like
 * templates/phrases/en.conf, and finding them in a text in linear time. Knows no rule and reads no folder.
 *
 * A file has a section "[phrases KIND]" for every kind below; a line is "NAME = PHRASE | PHRASE -> BETTER WORDING". In a phrase "*"
 * stands for up to three words, "..." at its end for the rest of the sentence, which "..." in the better wording repeats. Case,
 * apostrophes and hyphens make no difference. The section "[better]" holds a better wording by rule ("G1 = ..."). */
#ifndef HEED_TEMPLATES_PHRASES_H
#define HEED_TEMPLATES_PHRASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/span.h"

#define PHRASES_MAX 2000     /* of one language */
#define PHRASE_WORDS_MAX 12  /* of one phrase */
#define PHRASE_GAPS_MAX 2    /* "*" of one phrase */
#define PHRASE_GAP_WORDS 3   /* most words a "*" stands for */
#define PHRASE_WORD_BYTES 64 /* longer words are never part of a phrase */

enum phrase_kind {
    PHRASE_COMMON,      /* words that tell which language a text is in */
    PHRASE_GREETING,    /* "hi", "good morning" */
    PHRASE_SIGN_OFF,    /* "best regards" */
    PHRASE_CONNECTOR,   /* "and", "so", "please": what follows begins a clause, too */
    PHRASE_ALTERNATIVE, /* "or", "if", "otherwise": the sentence offers another way of the same */
    PHRASE_QUESTION,    /* begins an open question: "how", "in which" */
    PHRASE_OPEN,        /* asks openly without a question mark: "tell me how" */
    PHRASE_CLOSED,      /* begins a closed question about progress: "did you" */
    PHRASE_YES_NO,      /* begins any other closed question: "is", "can you" */
    PHRASE_STALL,       /* says nothing but that one waits: "just checking in" */
    PHRASE_RECAP,       /* goes back to what was said: "when we spoke" */
    PHRASE_VALUE,       /* gives something: "i have put together" */
    PHRASE_ASK,         /* begins a request: "send me" */
    PHRASE_PROPOSAL,    /* proposes a step: "i suggest" */
    PHRASE_NEXT_STEP,   /* names one: "next step", "on tuesday" */
    PHRASE_RAPPORT,     /* from person to person: "congratulations" */
    PHRASE_OPT_OUT,     /* how to stop it: "unsubscribe" */
    PHRASE_ON_CHANNEL,  /* why on this channel: "as you asked" */
    PHRASE_KINDS
};

struct phrases; /* immutable, shared by threads */

/* Compiles a file's text. path is put into errors ("phrases/en.conf:12: ..."); language: "en". The caller destroys. NULL and
 * err (ERR_CONFIG, ERR_LIMIT). */
struct phrases *phrases_parse(const char *text, const char *path, const char *language,
                              struct err *err) MUST_USE;
void phrases_destroy(struct phrases *phrases); /* NULL is fine */

const char *phrases_language(const struct phrases *phrases);
/* The better wording for a rule, or NULL. */
const char *phrases_better(const struct phrases *phrases, const char *rule);

/* ---- words of a text ---- */
struct lint_word {
    struct span text; /* as written, inside the text */
    int32_t id;       /* in the phrases; 0 = in none of them */
    bool url;         /* a link, one word whatever is in it */
};

/* The word at or behind *at, which moves behind it; false at the end. phrases NULL = ids are 0. Invalid UTF-8 separates words. */
bool phrases_word(const struct phrases *phrases, struct span text, size_t *at,
                  struct lint_word *out);

struct phrase_hit {
    enum phrase_kind kind;
    size_t first, count; /* words it covers; count leaves out what "..." stands for */
    const char *name;    /* the line of the file: "chance" */
    const char *better;  /* or NULL */
    bool tail;           /* it ends in "..." */
};

/* The phrases of all kinds that begin at words[at] and end before words[end]; the first in the file of each kind. At most
 * PHRASE_KINDS; their count. */
size_t phrases_at(const struct phrases *phrases, const struct lint_word *words, size_t at,
                  size_t end, struct phrase_hit out[PHRASE_KINDS]);

/* ---- the languages there are ---- */
#define PHRASE_LANGUAGES_MAX 16

struct phrase_book {
    struct phrases *languages[PHRASE_LANGUAGES_MAX];
    size_t count;
};

void phrase_book_finish(struct phrase_book *book);

/* The phrases of `language`, else (NULL, unknown) of the language with the most common words in text; English when that tells
 * nothing. NULL when the book is empty.
 */
const struct phrases *phrase_book_for(const struct phrase_book *book, const char *language,
                                      struct span text);

#endif
