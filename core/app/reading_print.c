/* core/app/reading_print.c - see reading_print.h. */
#include "core/app/reading_print.h"

#include <stdlib.h>
#include <string.h>

#include "core/app/command.h"
#include "core/base/str.h"
#include "core/base/text.h"

#define MAX_SHOWN_BYTES 4000 /* of own text */
#define MAX_LINE_BYTES 300

struct printer {
    const struct reading *r;
    const struct zone *zone;
    struct arena *arena;
    FILE *out;
};

static const char *const scopes[] = { "none", "this address", "this channel", "everything" };
static const char *const severities[] = { "hard", "soft", "block", "hold" };

/* ---- lines ---- */

static void line(const struct printer *p, const char *name, const char *value)
{
    fprintf(p->out, "  %-11s%s\n", name, command_plain(p->arena, value));
}

/* On one line, and not too long. */
static const char *short_of(const struct printer *p, struct span text)
{
    struct span cut = text_cut(text, MAX_LINE_BYTES);
    char *copy = arena_dup_span(p->arena, cut);

    for (char *at = copy; *at; at++)
        if (*at == '\n' || *at == '\r' || *at == '\t')
            *at = ' ';
    return cut.len < text.len ? arena_printf(p->arena, "%s...", copy) : copy;
}

static const char *time_of(const struct printer *p, int64_t ms)
{
    char text[40];

    return arena_dup(p->arena, zone_human(p->zone, ms, text));
}

static const char *day_of(const struct printer *p, int64_t ms)
{
    const char *time = time_of(p, ms);

    return arena_dup_span(p->arena, span_make(time, strcspn(time, ",")));
}

/* A text of several lines stands under its name, each line after a bar. */
static void block(const struct printer *p, const char *name, const char *text)
{
    struct span whole = text_trim(span_of(text)), rest = text_cut(whole, MAX_SHOWN_BYTES), one;
    const char *label = name;

    if (whole.len == 0) {
        line(p, name, "(none)");
        return;
    }
    while (text_next_line(&rest, &one)) {
        line(p, label, arena_printf(p->arena, "| %.*s", (int)one.len, one.data));
        label = "";
    }
    if (whole.len > MAX_SHOWN_BYTES)
        line(p, "", "| ...");
}

/* ---- what it is ---- */

static void print_head(const struct printer *p)
{
    const struct reading *r = p->r;

    line(p, "kind", reading_kind_name(r->kind));
    if (*r->from)
        line(p, "from",
             r->from_name && *r->from_name
                 ? arena_printf(p->arena, "%s <%s>", short_of(p, span_of(r->from_name)), r->from)
                 : r->from);
    if (*r->subject)
        line(p, "subject", short_of(p, span_of(r->subject)));
    block(p, "own text", r->own_text);
}

static void print_opt_out(const struct printer *p)
{
    const struct reading *r = p->r;

    if (r->opt_out == OPT_OUT_CHANNEL && r->opt_out_channel)
        line(p, "opt-out", arena_printf(p->arena, "the channel %s", r->opt_out_channel));
    else
        line(p, "opt-out", scopes[r->opt_out]);
    if (r->opt_in)
        line(p, "opt-in", "yes, on this channel");
}

static void print_intents(const struct printer *p)
{
    const struct intents *intents = &p->r->intents;
    struct str text;

    if (p->r->kind != READING_HUMAN)
        return;
    str_init(&text, 2000);
    str_printf(&text, "%s (%s)", intent_name(intents->lead), sentiment_name(intents->sentiment));
    for (int i = 0; i < INTENT_COUNT; i++)
        if (intents->scores[i] != 0)
            str_printf(&text, ", %s %d%s", intent_name((enum intent)i), intents->scores[i],
                       intents_have(intents, (enum intent)i) ? "" : " (too little)");
    line(p, "intents", str_text(&text));
    str_finish(&text);
}

/* ---- when and where ---- */

static const char *span_text(const struct printer *p, int64_t start_ms, int64_t end_ms)
{
    if (!start_ms)
        return arena_printf(p->arena, "before %s", time_of(p, end_ms));
    if (!end_ms)
        return arena_printf(p->arena, "from %s on", time_of(p, start_ms));
    return arena_printf(p->arena, "%s to %s", time_of(p, start_ms), time_of(p, end_ms));
}

static void print_when(const struct printer *p)
{
    const struct when *when = &p->r->when;

    if (when->kind == WHEN_NONE)
        return;
    line(p, "when",
         arena_printf(p->arena, "%s, %s, to the %s%s%s: \"%s\"", when_kind_name(when->kind),
                      span_text(p, when->start_ms, when->end_ms), when_grain_name(when->grain),
                      when->fuzzy ? ", roughly" : "", when->ambiguous ? ", not sure" : "",
                      short_of(p, when->words)));
    for (size_t i = 1; i < when->choice_count; i++)
        line(p, "",
             arena_printf(p->arena, "or %s",
                          span_text(p, when->choices[i].start_ms, when->choices[i].end_ms)));
}

static void print_wish(const struct printer *p)
{
    const struct wish *wish = &p->r->wish;
    const char *const places[] = { wish->number, wish->handle, wish->address };
    struct str text;

    if (wish_is_none(wish))
        return;
    str_init(&text, 2000);
    if (wish->prefer)
        str_printf(&text, "%s%s%s", wish->exclusive ? "only " : "", wish->prefer,
                   wish->once ? ", for once" : "");
    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (places[i])
            str_printf(&text, " at %s", places[i]);
    for (size_t i = 0; i < wish->avoid_count; i++)
        str_printf(&text, "%sno %s", text.len ? ", " : "", wish->avoid[i]);
    str_printf(&text, ": \"%s\"", short_of(p, wish->words));
    line(p, "wish", str_text(&text));
    str_finish(&text);
}

/* ---- machines ---- */

static void print_bounced(const struct printer *p)
{
    for (size_t i = 0; i < p->r->bounced_count; i++) {
        const struct bounce_recipient *who = &p->r->bounced[i];
        line(p, i ? "" : "recipient",
             arena_printf(p->arena, "%s  %s%s%s  %s", who->address,
                          who->failed ? severities[who->severity] : "not failed",
                          *who->status ? " " : "", who->status,
                          short_of(p, span_of(who->diagnostic))));
    }
}

static void print_absence(const struct printer *p)
{
    if (p->r->return_ms)
        line(p, "back on", day_of(p, p->r->return_ms));
    if (p->r->substitute)
        line(p, "instead", p->r->substitute);
    if (p->r->left_company)
        line(p, "left", "works there no longer");
}

static void print_rules(const struct printer *p)
{
    for (size_t i = 0; i < p->r->rule_count; i++)
        line(p, i ? "" : "rules", p->r->rules[i]);
}

void reading_print(const struct reading *reading, const struct zone *zone, struct arena *arena,
                   FILE *out)
{
    const struct printer p = { .r = reading, .zone = zone, .arena = arena, .out = out };

    print_head(&p);
    print_opt_out(&p);
    print_intents(&p);
    print_when(&p);
    print_wish(&p);
    print_absence(&p);
    print_bounced(&p);
    print_rules(&p);
}

/* ---- JSON ---- */

static void add_time(const struct printer *p, cJSON *json, const char *name, int64_t ms)
{
    char text[32];

    json_add_text(json, name, ms ? zone_iso(p->zone, ms, text) : NULL);
}

static const char *words_of(const struct printer *p, struct span words)
{
    return text_to_utf8(p->arena, words);
}

static cJSON *intents_json(const struct intents *intents)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *labels = cJSON_AddArrayToObject(json, "labels"), *scores;

    json_add_text(json, "lead", intent_name(intents->lead));
    json_add_text(json, "sentiment", sentiment_name(intents->sentiment));
    scores = cJSON_AddObjectToObject(json, "scores");
    for (int i = 0; i < INTENT_COUNT; i++) {
        const char *name = intent_name((enum intent)i);
        if (intents_have(intents, (enum intent)i))
            cJSON_AddItemToArray(labels, cJSON_CreateString(name));
        if (intents->scores[i] != 0)
            json_add_int(scores, name, intents->scores[i]);
    }
    return json;
}

static cJSON *when_json(const struct printer *p, const struct when *when)
{
    cJSON *json = cJSON_CreateObject(), *choices;

    json_add_text(json, "kind", when_kind_name(when->kind));
    add_time(p, json, "start", when->start_ms);
    add_time(p, json, "end", when->end_ms);
    json_add_text(json, "grain", when_grain_name(when->grain));
    cJSON_AddBoolToObject(json, "fuzzy", when->fuzzy);
    cJSON_AddBoolToObject(json, "ambiguous", when->ambiguous);
    json_add_text(json, "words", words_of(p, when->words));
    choices = cJSON_AddArrayToObject(json, "choices");
    for (size_t i = 0; i < when->choice_count; i++) {
        cJSON *choice = cJSON_CreateObject();
        add_time(p, choice, "start", when->choices[i].start_ms);
        add_time(p, choice, "end", when->choices[i].end_ms);
        json_add_text(choice, "grain", when_grain_name(when->choices[i].grain));
        cJSON_AddItemToArray(choices, choice);
    }
    return json;
}

static cJSON *wish_json(const struct printer *p, const struct wish *wish)
{
    cJSON *json = cJSON_CreateObject(), *avoid;

    json_add_text(json, "prefer", wish->prefer);
    avoid = cJSON_AddArrayToObject(json, "avoid");
    for (size_t i = 0; i < wish->avoid_count; i++)
        cJSON_AddItemToArray(avoid, cJSON_CreateString(wish->avoid[i]));
    json_add_text(json, "number", wish->number);
    json_add_text(json, "handle", wish->handle);
    json_add_text(json, "address", wish->address);
    cJSON_AddBoolToObject(json, "once", wish->once);
    cJSON_AddBoolToObject(json, "exclusive", wish->exclusive);
    json_add_text(json, "words", words_of(p, wish->words));
    return json;
}

static void add_bounced(const struct reading *r, cJSON *json)
{
    cJSON *list = cJSON_AddArrayToObject(json, "recipients");

    for (size_t i = 0; i < r->bounced_count; i++) {
        const struct bounce_recipient *who = &r->bounced[i];
        cJSON *row = cJSON_CreateObject();
        json_add_text(row, "address", who->address);
        cJSON_AddBoolToObject(row, "failed", who->failed);
        json_add_text(row, "severity", who->failed ? severities[who->severity] : NULL);
        json_add_text(row, "status", *who->status ? who->status : NULL);
        json_add_text(row, "diagnostic", who->diagnostic);
        cJSON_AddItemToArray(list, row);
    }
}

static void add_words(const struct printer *p, cJSON *json)
{
    static const char *const names[] = { NULL, "address", "channel", "everything" };
    const struct reading *r = p->r;

    json_add_text(json, "own_text", r->own_text);
    json_add_text(json, "signature", r->signature);
    json_add_text(json, "opt_out", names[r->opt_out]);
    json_add_text(json, "opt_out_channel", r->opt_out_channel);
    cJSON_AddBoolToObject(json, "opt_in", r->opt_in);
    if (r->kind == READING_HUMAN)
        cJSON_AddItemToObject(json, "intents", intents_json(&r->intents));
    cJSON_AddItemToObject(json, "when",
                          r->when.kind == WHEN_NONE ? cJSON_CreateNull() : when_json(p, &r->when));
    cJSON_AddItemToObject(json, "wish",
                          wish_is_none(&r->wish) ? cJSON_CreateNull() : wish_json(p, &r->wish));
}

cJSON *reading_json(const struct reading *reading, const struct zone *zone, struct arena *arena)
{
    const struct printer p = { .r = reading, .zone = zone, .arena = arena };
    cJSON *json = cJSON_CreateObject(), *rules;

    json_add_text(json, "kind", reading_kind_name(reading->kind));
    json_add_text(json, "from", reading->from);
    json_add_text(json, "from_name", reading->from_name);
    json_add_text(json, "subject", reading->subject);
    json_add_text(json, "message_id", reading->message_id);
    add_words(&p, json);
    add_time(&p, json, "return_on", reading->return_ms);
    json_add_text(json, "substitute", reading->substitute);
    cJSON_AddBoolToObject(json, "left_company", reading->left_company);
    add_bounced(reading, json);
    rules = cJSON_AddArrayToObject(json, "rules");
    for (size_t i = 0; i < reading->rule_count; i++)
        cJSON_AddItemToArray(rules, cJSON_CreateString(reading->rules[i]));
    return json;
}
