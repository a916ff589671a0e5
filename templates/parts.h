/* templates/parts.h - a follow-up template: one part per channel; a missing part is derived from
 * the nearest one. Files of a template folder: email.liquid (front matter "subject: ..." between
 * '---' lines, then text; an optional "---html---" line begins the HTML part), sms.liquid (front
 * matter "segments: N": it may take so many, 1 to 10), chat.liquid, call.liquid (the brief),
 * letter.liquid; _NAME.liquid is a snippet, {% render "NAME" %} in any of them. The template
 * PARTS_SHARED holds nothing but snippets: every other template may use them, its own come first. */
#ifndef HEED_TEMPLATES_PARTS_H
#define HEED_TEMPLATES_PARTS_H

#include "templates/trace.h"

#define PARTS_MAX 8
#define PARTS_FILES_MAX 64 /* of one template, snippets counted */
#define PARTS_SHARED "_shared"

struct part_source {  /* one file, as stored */
    const char *name; /* "email", "sms", "chat", "call", "letter"; "_NAME" = a snippet */
    const char *source;
};

struct parts_source { /* a whole template */
    const char *name;
    const struct part_source *sources;
    size_t count;
    const char *const *fields;        /* names data may have, or NULL = unknown */
    const struct part_source *shared; /* the files of PARTS_SHARED, or NULL */
    size_t shared_count;
};

struct parts; /* compiled; immutable, shared by threads */

/* name: the template's name. Problems of all parts are collected, their text carrying
 * "NAME/PART.liquid". NULL when any. */
struct parts *parts_compile(const struct parts_source *source, struct arena *problems_in,
                            struct str *problems) MUST_USE;
void parts_destroy(struct parts *parts); /* NULL is fine */

/* Parses the template's own snippets, each by itself, whether a part uses it or not. Fields are not
 * looked at: they may be arguments. False and problems added. */
bool parts_check_snippets(const struct parts_source *source, struct arena *problems_in,
                          struct str *problems);

/* Which part serves a channel ("email", "sms", "whatsapp", "telegram", "call"...): its own, else
 * the nearest (sms <- chat <- email; chat <- sms <- email; call/letter <- email <- chat; email <-
 * chat <- sms). NULL when there is none at all. A derived text leaves out what stands under a line
 * "-- " (an e-mail's footer); a derived sms has its white space squeezed; the subject of a derived
 * e-mail is the first sentence of its text. Channels without a part of their name are chats. */
const char *parts_for_channel(const struct parts *parts, const char *channel, bool *derived);

/* The part a channel would have for itself: "chat" for "telegram". */
const char *parts_own(const char *channel);

struct rendered {
    struct span subject; /* empty when the part has none */
    struct span text;
    struct span html; /* empty = none */
    const char *part; /* which part was used */
    bool derived;
};

/* What the last parts_render() did, section by section; one that the part does not have, or that was
 * not reached, has no template. Ranges are those of `struct rendered`. */
struct parts_trace {
    const char *part; /* which part was used; NULL = none */
    struct trace subject, text, html;
    int subject_line, text_line, html_line; /* lines of the part's file before each */
    bool go_on; /* set by the caller: see struct trace; every section is rendered then, and the
                   problem is the first of all */
};
void parts_trace_init(struct parts_trace *trace,
                      struct arena *arena); /* memory as in trace_init() */
/* Is anything of the data under `root` ("recap") in the subject, the text or the HTML? */
bool parts_trace_printed(const struct parts_trace *trace, const char *root);

/* 0, or -1 and problem (a missing field holds the touch; so does an SMS, derived or not, of more
 * segments than its part or, without a word of it, SMS_SEGMENTS_MAX allows). context->parts_trace, if
 * any, is filled. */
int parts_render(const struct parts *parts, const struct render_context *context,
                 struct arena *scratch, struct rendered *out,
                 struct template_problem *problem) MUST_USE;

#endif
