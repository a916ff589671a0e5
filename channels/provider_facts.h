/* channels/provider_facts.h - what a provider said to us, an answer or a webhook, and how a provider
 * file takes values out of it. Pure: reads bytes, touches nothing.
 *
 * A source is one text:
 *   json:a.b[0].c  item:x (inside the element of "each")  form:Name  query:Name
 *   param:Name (form, then query)  header:Name  body  status  method  const:text
 * A value is a source, a list (the first that is there), or an object:
 *   { "from": value, "then": ["filter", ...], "map": { "theirs": "ours", "*": "else" } }
 *   { "join": [value, ...], "with": ":" }                       all of them must be there
 * A condition is [source, operator, text | number | true | list]; a list of conditions holds when all
 * do. An empty text counts as not there. */
#ifndef HEED_CHANNELS_PROVIDER_FACTS_H
#define HEED_CHANNELS_PROVIDER_FACTS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "channels/provider_template.h"
#include "core/base/arena.h"
#include "core/base/span.h"
#include "core/net/http.h"
#include "core/net/httpd.h"

struct facts {
    struct arena *arena;
    const struct vars *vars; /* for {name} in compared texts */
    int status;              /* of an answer; 0 in a webhook */
    const char *method;      /* of a webhook; NULL in an answer */
    struct span body, query, header_lines;
    const struct httpd_request *request; /* NULL in an answer */
    cJSON *json;                         /* the body, when it is JSON */
    bool broken_json;                    /* a webhook that says it is JSON and is none */
    const cJSON *item;
};

void facts_of_answer(struct facts *facts, const struct http_response *response,
                     const struct vars *vars, struct arena *arena);
void facts_of_request(struct facts *facts, const struct httpd_request *request,
                      const struct vars *vars, struct arena *arena);
void facts_finish(struct facts *facts);

/* The text of a value, in the arena; NULL when it is not there, or value is NULL. */
const char *facts_text(const struct facts *facts, const cJSON *value);

/* True when all conditions hold; also when there are none (NULL). */
bool facts_hold(const struct facts *facts, const cJSON *conditions);

/* The JSON array a "each" path leads to, or NULL. */
const cJSON *facts_list(const struct facts *facts, const char *path);

bool facts_is_form(const struct facts *facts);

/* What is wrong, or NULL. */
const char *facts_source_fault(const char *source);
const char *facts_operator_fault(const char *name, const cJSON *operand);

#endif
