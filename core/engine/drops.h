/* core/engine/drops.h - what templates may use: names, meanings, and the data of one touch under these names. Pure: no query,
 * no clock; who reads the store for it: subject.c. */
#ifndef HEED_ENGINE_DROPS_H
#define HEED_ENGINE_DROPS_H

#include "core/engine/when.h"
#include "core/store/inbounds.h"
#include "core/store/prospects.h"
#include "core/store/touches.h"
#include "templates/template.h"

/* ---- the names ---- */

struct drop_doc {     /* one name a template may use; docs/templates.md has the same ones */
    const char *path; /* "prospect.first_name"; a last ".*" = any name below */
    const char *meaning;
    const char *example; /* what a template might print */
    const char *type;    /* text, number, date (a text that `date` reads), list of dates */
};

/* All of them, in the order of the documentation. */
const struct drop_doc *drops_docs(size_t *count);

/* Their paths, NULL-ended, as template_options.fields wants them. */
const char *const *drops_fields(void);

/* ---- the last contact ---- */

enum drops_side {
    DROPS_NOBODY, /* there was no contact */
    DROPS_BOTH,   /* they and we spoke */
    DROPS_THEM,   /* they wrote */
    DROPS_US,     /* we wrote, or tried to call */
    DROPS_EITHER, /* a person's task was done; nobody recorded how */
};

struct drops_contact {
    enum drops_side side;
    int64_t at_ms;
    const char *channel;
    const char *their_words; /* as they wrote it, NULL = nothing */
};

struct drops_past {
    const struct touch_brief *history; /* newest first */
    size_t count;
    const struct message_row *answer; /* the newest message of their own, or NULL */
};

/* The newest contact in which they took part; when there is none, the newest touch that reached them as far as is known. Texts
 * are borrowed. */
void drops_contact_of(const struct drops_past *past, struct drops_contact *out);

/* ---- the salesperson's side ---- */

/* NULL = unknown. Today filled from custom fields only; later tables fill the same. */
struct drops_notes {
    const char *language; /* of sentences heed makes: en, da, de, fr, es; anything else is en */
    const char *last_summary, *last_contact, *last_how; /* win over what the store knows */
    const char *their_words, *common_ground;
    const char *next_question; /* wins over the one made from the commitment */
    const char *commitment, *commitment_due, *commitment_who;
    const char *concern, *concern_answer;
    const char *concern_value, *concern_value_url; /* what answers the concern: wins over value */
    const char *value, *value_url;
    const char *cta, *cta_url;
    const char *cta_slots; /* times really free, ';' between: win over those made up */
    const char *plan_why_not_yes, *plan_change, *plan_value, *plan_lead;
};

/* Custom fields: a JSON object or NULL. A map, never nil. */
struct value drops_custom(const char *json, struct arena *arena);

/* The notes among them, each under the name of its member above; blank ones are unknown. */
void drops_notes_of(const struct value *fields, struct arena *arena, struct drops_notes *out);

/* ---- the data ---- */

struct drops_facts { /* borrowed; NULL or 0 = unknown */
    const struct prospect *prospect;
    struct value fields; /* drops_custom() */
    struct drops_notes notes;
    struct drops_contact contact;
    const char *sender_name, *sender_first_name, *sender_address;
    const char *channel, *unsubscribe, *telegram, *postal_address;
    int step_number, step_count;
    int64_t now_ms;              /* when the touch leaves */
    const struct zone *zone;     /* the prospect's; NULL = UTC */
    const struct window *window; /* in which we send; NULL = Monday to Friday, 9:00 to 17:00 */
};

/* All drops; one of which nothing is known is nil (cta is always there: it has slots). */
struct value drops_build(const struct drops_facts *facts, struct arena *arena);

/* The language a message with these drops is in, for render_context.locale: the custom field `language`, or NULL. In the arena. */
const char *drops_language(const struct value *drops, struct arena *arena);

#endif
