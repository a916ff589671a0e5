/* core/engine/drops_parts.h - what the files of drops.h share; nobody else includes it. */
#ifndef HEED_ENGINE_DROPS_PARTS_H
#define HEED_ENGINE_DROPS_PARTS_H

#include "core/engine/drops.h"

/* ---- one drop each; nil when nothing is known ---- */
struct value drop_recap(const struct drops_facts *facts, struct arena *arena);
struct value drop_next(const struct drops_facts *facts, struct arena *arena);
/* Two times as ISO texts with offset, in their zone; nil without a window that is ever open. */
struct value drop_slots(const struct drops_facts *facts, struct arena *arena);

/* ---- maps ---- */
struct value drops_map(struct arena *arena, const struct value_pair *pairs, size_t count);
/* The same, but nil when every value is nil. */
struct value drops_map_or_nil(struct arena *arena, const struct value_pair *pairs, size_t count);
static inline struct value_pair drops_pair(const char *name, struct value value)
{
    return (struct value_pair){ .name = span_of(name), .value = value };
}
static inline struct value_pair drops_text_pair(const char *name, const char *text)
{
    return drops_pair(name, value_text(text));
}

/* ---- text ---- */
/* Does " a b c " hold this word? Never the empty one. */
bool drops_lists(const char *words, struct span word);
/* In one line: runs of white space and controls are one space. NULL when nothing is left. */
char *drops_one_line(struct arena *arena, const char *text);
/* What they wrote, fit to be quoted: no greeting, whole sentences, at most 160 bytes, ' for ". NULL when nothing is left. */
char *drops_quote(struct arena *arena, const char *text);
/* In one line, without a mark at its end, so that a sentence can go on behind it. NULL when nothing is left. */
char *drops_clause(struct arena *arena, const char *text);
/* With a full stop unless it ends a sentence already. */
char *drops_stop(struct arena *arena, const char *text);
struct drops_word { /* {name} in a pattern */
    const char *name, *text;
};
/* pattern with its {names} replaced; words: ended by a NULL name. */
char *drops_say(struct arena *arena, const char *pattern, const struct drops_word *words);

/* A date as people write it, in the prospect's zone. False when it cannot be read. */
bool drops_date(const struct drops_facts *facts, const char *text, int64_t *at_ms);
/* Days from then until the touch leaves, in the prospect's zone. */
int64_t drops_days_since(const struct drops_facts *facts, int64_t at_ms);

/* ---- languages ---- */

enum drops_said { /* how a sentence names a contact */
                  SAID_SPOKE,
                  SAID_MET,
                  SAID_WROTE, /* both of us */
                  SAID_MESSAGED,
                  SAID_OTHER, /* {how} is the salesperson's own word */
                  SAID_THEY_WROTE,
                  SAID_THEY_MESSAGED,
                  SAID_I_WROTE,
                  SAID_I_MESSAGED,
                  SAID_I_CALLED, /* in vain */
                  SAID_I_SENT,   /* a letter, a gift */
                  SAID_COUNT
};

enum drops_asks { /* what kind of thing they were going to do */
                  ASKS_TALK,
                  ASKS_SEND,
                  ASKS_TEST,
                  ASKS_READ,
                  ASKS_ASK,
                  ASKS_DECIDE,
                  ASKS_APPROVE,
                  ASKS_CLASSES,
                  ASKS_DUE = ASKS_CLASSES, /* not due yet */
                  ASKS_OTHER,
                  ASKS_COUNT
};

struct drops_tongue { /* {on} a day, {what} was said, {how}, {who} */
    const char *code;
    const char *months[12];
    const char *today, *yesterday, *on, *on_year; /* {day} {month} {year} */
    const char *first_day;                        /* "1er"; NULL = 1 */
    const char *kept;                             /* leads to a summary: "...: {what}" */
    const char *
        openers; /* " you we ": a summary that begins so, in the past, is a clause; NULL = none is */
    const char *past; /* " was had ": verbs that show it, beside those in -ed */
    struct {
        const char *full;    /* {on} and {what} are known */
        const char *undated; /* {what} only */
        const char *plain;   /* {on} only */
    } said[SAID_COUNT];
    const char *questions[ASKS_COUNT];
    const char *verbs[ASKS_CLASSES]; /* " talk discuss " */
    bool verb_last; /* the verb ends the phrase, maybe with a prefix: look for parts of words */
};

/* "de", "de-AT", "DE"; English when it is NULL or none of ours. */
const struct drops_tongue *drops_tongue_of(const char *language);

/* ---- English ---- */
/* What they were going to do -> the question, never NULL. commitment: one line. */
const char *drops_english_question(const struct drops_tongue *tongue, const char *commitment,
                                   struct arena *arena);
/* "run" -> "running": lower-case ASCII letters in; British spelling. */
char *drops_gerund(struct arena *arena, const char *verb);

#endif
