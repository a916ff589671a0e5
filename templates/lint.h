/* templates/lint.h - the linter of follow-up messages: reads one rendered message as its receiver would and says what a good
 * follow-up does that it does not, why that matters, and how to say it better; and warns of traps in a template's source. Pure: it
 * renders nothing, reads no store. docs/linter.md has the rules with examples. */
#ifndef HEED_TEMPLATES_LINT_H
#define HEED_TEMPLATES_LINT_H

#include "core/base/arena.h"
#include "core/base/span.h"
#include "templates/parts.h"
#include "templates/phrases.h"

enum lint_severity {
    LINT_HINT,  /* could be better */
    LINT_WARN,  /* costs answers */
    LINT_ERROR, /* plainly wrong: holds the send */
};
extern const char *const lint_severity_names[]; /* "hint", "warn", "error" */

struct lint_rule {
    const char *id;   /* "G1" */
    const char *name; /* "recap-first" */
    const char *why;  /* one plain sentence with the source of the rule */
};

/* By id, or NULL. / All, ended by a row without id. */
const struct lint_rule *lint_rule_find(const char *id);
extern const struct lint_rule lint_rules[];

struct lint_message { /* as it would leave */
    const char *channel;
    struct span subject, text, html; /* empty = none */
};

enum lint_known { LINT_UNKNOWN, LINT_NO, LINT_YES };

struct lint_facts { /* what is known besides the text; zeroed = nothing */
    enum lint_known recap, value, cta, rapport, next; /* was the drop printed? */
    enum lint_known can_recap, can_value;             /* is there something to print? */
    const char *last_inbound;                         /* channel they last wrote on */
    enum lint_known channel_wished; /* the channel is their wish, or pinned by a person */
    struct span previous;           /* text of the step before; empty = none or unknown */
    enum lint_known next_date;      /* is a next follow-up dated? */
    struct span opt_out_link;       /* links.unsubscribe; empty = unknown */
    enum lint_known opt_out_header; /* does the mail carry List-Unsubscribe? */
    const char *language;           /* "en"; NULL = the text tells */
    const struct value
        *data; /* what was rendered: braces that stand in it are not the author's; may be NULL */
};

enum lint_place { LINT_SUBJECT, LINT_TEXT, LINT_HTML, LINT_SOURCE };
extern const char *const lint_place_names[]; /* "subject", "text", "html", "source" */

struct lint_finding {
    const struct lint_rule *rule;
    enum lint_severity severity;
    enum lint_place place;
    size_t at, len;   /* bytes of that place; len 0 = the whole of it */
    int line, column; /* of `at`, from 1; columns count code points */
    const char *
        found; /* a sentence without the final stop and without words of the prospect, so that findings compare */
    const char *better; /* a better wording, or NULL */
    struct span quote;  /* the bytes, cut to be shown; borrowed from the message */
};

struct lint_findings { /* grows in the arena */
    struct arena *arena;
    struct lint_finding *items;
    size_t count, room;
};

/* What the data itself says: what there is to recap and to give, and the link out. */
void lint_facts_from_data(const struct value *data, struct lint_facts *facts);
/* What parts_render() traced: which drops are in the message. */
void lint_facts_from_trace(const struct parts_trace *trace, struct lint_facts *facts);

/* Every rule. Channels for people (call, letter...) carry a brief, not a message: nothing is found there. */
void lint_message(const struct lint_message *message, const struct lint_facts *facts,
                  const struct phrase_book *book, struct lint_findings *out);

/* Only what holds a send, in one look at each byte: an empty message, template syntax or placeholders of the author's left in
 * it. */
void lint_message_errors(const struct lint_message *message, const struct lint_facts *facts,
                         struct lint_findings *out);

/* Traps in the source of one part ("email"): `if` on a text, `include`, `raw` in HTML. */
void lint_source(const char *part, struct span source, struct lint_findings *out);

bool lint_has(const struct lint_findings *findings, enum lint_severity at_least);

#endif
