/* core/replies/lexicon.h - rules of language as data: patterns over words, each with a section, a label and a weight, read from
 * tables (lexicon/NAME.tsv) and compiled into one index, so that a text is searched in linear time. Knows neither what a label
 * means nor any folder.
 *
 * A table has one row a line; "#" begins a comment line; cells are parted by one TAB, "-" is an empty cell:
 *   SECTION  LABEL  LANGUAGE  WEIGHT  CHANNEL  PATTERN | PATTERN...
 * SECTION  "opt_out_word", "intent"... (enum lexicon_section, in small letters); with "!" in front later tables cannot switch the row off.
 * LABEL    what the section says of it: an intent, the scope of an opt-out, the polarity of a wish...
 * LANGUAGE "en", "pt-br", or "-"; only for people. WEIGHT is -100 to 100, 0 when "-". CHANNEL "sms", "call"..., or "-".
 * A row "-SECTION PATTERN | PATTERN..." (two cells) switches off: where the pattern stands, no rule of that section from an
 * earlier table counts that lies within it.
 *
 * A pattern is made of words parted by blanks, folded as texts are (case, apostrophes; "e-mail" is two words):
 *   *     between words: up to three words, the nearest next word counts   ab*    any word that begins so (2 bytes or more)
 *   ^ $   the start and the end of the text                                < >    the start and the end of a clause (text, line,
 *   @word a word that the caller put in place of others                           sentence, comma, colon, dash, bracket)
 *   @name a word written as names are: with a capital inside a sentence, or at its beginning if no table knows it
 *   @somebody the same, and any word that no table knows in a text without capitals
 *   {x}   one of the texts of the row "class x" of a table before
 *   (a/b c/) one of these texts, an empty one for nothing; taken greedily, without coming back to it
 * A pattern never crosses the end of a sentence. */
#ifndef HEED_REPLIES_LEXICON_H
#define HEED_REPLIES_LEXICON_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/span.h"
#include "core/replies/words.h"

#define LEXICON_FILE_BYTES ((size_t)512 << 10)
#define LEXICON_RULES_MAX 20000
#define LEXICON_SAME_FIRST_MAX                                                                     \
    600 /* patterns that begin with one word: what a word of text may cost */
#define LEXICON_GROUP_TEXTS_MAX 400 /* patterns that the groups of one stand for */
#define LEXICON_PIECES_MAX 16       /* of one pattern */
#define LEXICON_OPTIONS_MAX 100     /* of one group */
#define LEXICON_WORD_BYTES 63

enum lexicon_section {
    LEXICON_OPT_OUT_WORD, /* a whole message, politeness aside; label: strong (also a line or sentence of it) or weak */
    LEXICON_OPT_OUT, /* anywhere; label: address, channel (CHANNEL says which, "-" = where it arrived), everything */
    LEXICON_OPT_OUT_VETO, /* cancels both in its sentence */
    LEXICON_OPT_IN_WORD,  /* a whole message */
    LEXICON_POLITE,       /* words that may surround a whole message */
    LEXICON_INTENT,       /* label: intent_name(); weights add up, 6 passes */
    LEXICON_INTENT_VETO,  /* label: the intent whose hits it cancels in its sentence */
    LEXICON_NEGATION,     /* turns what stands up to three words behind it */
    LEXICON_MOOD,         /* label: positive or negative */
    LEXICON_CHANNEL, /* what people call a channel; CHANNEL names it, label says which kind of word */
    LEXICON_WISH,    /* frames around @words that stand for channels; label: the wish (wish.c) */
    LEXICON_WISH_VETO, /* frames that make it no wish */
    LEXICON_NO_NAME,   /* single words that are no @name, though written with a capital */
    LEXICON_CLASS,     /* no rules: LABEL names the texts for "{LABEL}" */
    LEXICON_SECTIONS
};

struct lexicon_rule {
    enum lexicon_section section;
    const char *label;    /* "" = none */
    const char *language; /* "" = any */
    const char *channel;  /* NULL = none */
    int weight;
    const char *name; /* which, by table and line: "intent concern_price (intents_en:98)" */
};

struct lexicon_source {
    const char *name; /* which, by table and line: "intent concern_price (intents_en:98)" */
    struct span text;
};

struct when_words;
struct lexicon; /* immutable, shared by threads; lives in the arena it was made in */

/* The tables that heed comes with, in the order in which they are read; compiled into the program. */
extern const struct lexicon_source lexicon_ours[];
extern const size_t lexicon_ours_count;

/* Compiles tables, later ones over earlier ones; the texts may go afterwards. NULL and err (ERR_CONFIG, ERR_LIMIT), which names
 * table and line and says what was expected. */
const struct lexicon *lexicon_parse(const struct lexicon_source *sources, size_t count,
                                    struct arena *arena, struct err *err) MUST_USE;

/* What heed comes with, and nothing else: for whoever has no workspace. Costs a few milliseconds. */
const struct lexicon *lexicon_builtin(struct arena *arena) MUST_USE;

/* The vocabulary of time (when.h), made once with the rules. */
const struct when_words *lexicon_when_words(const struct lexicon *lexicon);

struct lexicon_hit {
    const struct lexicon_rule *rule;
    size_t first, count; /* words it covers, gaps included */
};

/* Finds out where rules may begin in `words`, once for many searches. Whoever changes a word, or adds one, clears words->places. */
void lexicon_prepare(const struct lexicon *lexicon, struct words *words, struct arena *arena);

/* false: no rule of `section` begins at any of the words, which were prepared. */
bool lexicon_may_find(const struct lexicon *lexicon, enum lexicon_section section,
                      const struct words *words);

/* Every rule of `section` that matches, each at every word where it does: by first word, then in the order of the tables. *hits:
 * array in the arena. Its count. At most LEXICON_SAME_FIRST_MAX links are tried at a word, without backtracking. */
size_t lexicon_find(const struct lexicon *lexicon, enum lexicon_section section,
                    const struct words *words, struct arena *arena, struct lexicon_hit **hits);

/* The first rule of `section` that covers all the words; its rule is NULL when there is none. */
struct lexicon_hit lexicon_whole(const struct lexicon *lexicon, enum lexicon_section section,
                                 const struct words *words, struct arena *arena);

/* For `heed why`: the rule and the words it found: "intent concern_price (intents_en:98): too expensive". */
const char *lexicon_hit_name(const struct lexicon_hit *hit, const struct words *words,
                             struct arena *arena);

#endif
