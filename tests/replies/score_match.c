/* tests/replies/score_match.c - does the store say what a scenario of match_scenarios_own expects, after its message went the whole
 * way? Every key of the expectation is asked; one that is not known here is a miss, never a pass. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/attr.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/store/plans.h"
#include "core/store/prospects.h"
#include "core/store/touches.h"
#include "tests/engine/scene.h"
#include "tests/replies/score.h"

struct outcome { /* what came of the message */
    struct scene *scene;
    struct message_row *messages;
    size_t message_count;      /* new ones */
    struct message_row answer; /* the new one, or zeroes */
    const char *why;           /* what is wrong, for people */
};

static bool PRINTF_LIKE(2, 3) wrong(struct outcome *o, const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    o->why = arena_dup(o->scene->arena, text);
    return false;
}

/* ---- reading the store ---- */

static bool read_messages(struct outcome *o)
{
    struct err err = { 0 };
    int count = messages_open(o->scene->workspace->db, true, o->scene->arena, &o->messages, &err);

    if (count < 0)
        return wrong(o, "%s", err.text);
    o->message_count = (size_t)count - o->scene->messages_before;
    if (o->message_count > 0)
        o->answer = o->messages[0];
    return true;
}

static int64_t world_id(const struct scene_ids *ids, int64_t store)
{
    const struct scene_id *row = store ? scene_of_store(ids, store) : NULL;

    return row ? row->world : 0;
}

static struct enrollment enrollment_row(struct outcome *o, size_t i)
{
    struct enrollment row = { 0 };
    struct err err = { 0 };

    if (enrollment_get(o->scene->workspace->db, o->scene->enrollments.list[i].store,
                       o->scene->arena, &row, &err) != 1)
        row.state = "gone";
    return row;
}

static struct prospect prospect_row(struct outcome *o, size_t i)
{
    struct prospect row = { 0 };
    struct err err = { 0 };

    if (prospect_get(o->scene->workspace->db, o->scene->prospects.list[i].store, o->scene->arena,
                     &row, &err) != 1)
        wrong(o, "a prospect is gone");
    return row;
}

/* Is this address of theirs barred on the channel? */
static bool is_barred(struct outcome *o, const char *kind, const char *address, const char *channel)
{
    const struct suppression asked = {
        .kind = kind,
        .key = text_address_key(o->scene->arena, kind, span_of(scene_address(o->scene, address))),
        .channel = channel,
    };
    struct err err = { 0 };

    return asked.key &&
           suppression_bars(o->scene->workspace->db, &asked, o->scene->now_ms, &err) == 1;
}

/* Their address on the channel in the world's words, or NULL. */
static const char *address_on(const cJSON *prospect, const char *channel)
{
    const char *kind = workspace_address_kind(channel);
    const cJSON *list =
        json_get(prospect, kind && strcmp(kind, "email") == 0 ? "emails" : "phones");

    return kind && list && list->child ? list->child->valuestring : NULL;
}

static bool is_stopped(struct outcome *o, const cJSON *prospect, const char *channel)
{
    const char *address = address_on(prospect, channel);

    return address && is_barred(o, workspace_address_kind(channel), address, channel);
}

static const char *const channels[] = { "email", "sms", "whatsapp", "call" };

/* The names that the rules of the message carry: "match_conflict", "candidate:to_..." */
static bool has_rule(const struct outcome *o, const char *name)
{
    struct span rest = span_of(o->answer.rules), rule;

    while (o->answer.rules && text_next_piece(&rest, ',', &rule))
        if (span_is(rule, name))
            return true;
    return false;
}

static bool has_rule_like(const struct outcome *o, const char *prefix)
{
    struct span rest = span_of(o->answer.rules), rule;

    while (o->answer.rules && text_next_piece(&rest, ',', &rule))
        if (text_starts_nocase(rule, prefix))
            return true;
    return false;
}

static bool paused(struct outcome *o, size_t i)
{
    return o->scene->enrollments.list[i].was_active &&
           strcmp(enrollment_row(o, i).state, "active") != 0;
}

static size_t paused_count(struct outcome *o)
{
    size_t count = 0;

    for (size_t i = 0; i < o->scene->enrollments.count; i++)
        count += paused(o, i);
    return count;
}

/* Some touch was credited with an answer by this message. */
static bool was_credited(struct outcome *o)
{
    for (size_t i = 0; i < o->scene->touches.count; i++) {
        struct touch touch = { 0 };
        struct err err = { 0 };
        if (touch_get(o->scene->workspace->db, o->scene->touches.list[i].store, o->scene->arena,
                      &touch, &err) == 1 &&
            touch.replied_at != o->scene->touches.list[i].replied)
            return true;
    }
    return false;
}

/* ---- plain values ---- */

static bool same_id(struct outcome *o, const cJSON *value, int64_t got)
{
    int64_t wanted = cJSON_IsNull(value) ? 0 : value->valueint;

    return (cJSON_IsNull(value) || cJSON_IsNumber(value)) && wanted == got
               ? true
               : wrong(o, "got %lld", (long long)got);
}

static bool same_word(struct outcome *o, const cJSON *value, const char *got)
{
    return cJSON_IsString(value) && strcmp(value->valuestring, got) == 0 ? true
                                                                         : wrong(o, "got %s", got);
}

static bool same_truth(struct outcome *o, const cJSON *value, bool got)
{
    return cJSON_IsBool(value) && cJSON_IsTrue(value) == got
               ? true
               : wrong(o, "got %s", got ? "true" : "false");
}

static bool check_touch(struct outcome *o, const cJSON *value)
{
    return same_id(o, value, world_id(&o->scene->touches, o->answer.touch_id));
}

/* Credit is more than a match: the touch itself has the answer, unless it had one before. */
static bool check_credit(struct outcome *o, const cJSON *value)
{
    return check_touch(o, value) && (cJSON_IsNull(value) || was_credited(o) ||
                                     wrong(o, "matched, but no touch was credited"));
}

/* Why that touch: "token", "pair"... */
static bool check_basis(struct outcome *o, const cJSON *value)
{
    const char *rule = arena_printf(o->scene->arena, "credit_%s",
                                    cJSON_IsString(value) ? value->valuestring : "?");
    bool none = strcmp(rule, "credit_none") == 0;

    return (none ? !has_rule_like(o, "credit_") : has_rule(o, rule)) ||
           wrong(o, "got %s", o->answer.rules ? o->answer.rules : "no rules");
}

static bool check_prospect(struct outcome *o, const cJSON *value)
{
    return same_id(o, value, world_id(&o->scene->prospects, o->answer.prospect_id));
}

static bool check_enrollment(struct outcome *o, const cJSON *value)
{
    return same_id(o, value, world_id(&o->scene->enrollments, o->answer.enrollment_id));
}

static bool check_confidence(struct outcome *o, const cJSON *value)
{
    return same_word(o, value, o->answer.confidence ? o->answer.confidence : "nothing");
}

/* Our word, then other words for the same key of the order (replies.md section 3). */
static const char *const via_words[][5] = {
    { "references", "references_token" },
    { "message_id", "in_reply_to" },
    { "returned", "embedded", "quoted_token", "body_token", "original_headers" },
    { "thread", "context_id", "thread_id", "quoted_message" },
    { "recipient", "final_recipient", "original_recipient", "dsn_recipient" },
    { "domain", "org", "org_domain" },
    { "none", "unmatched" },
};

static bool check_via(struct outcome *o, const cJSON *value)
{
    const char *got = o->answer.via ? o->answer.via : "none";

    for (size_t i = 0; i < COUNT_OF(via_words); i++)
        for (size_t w = 1; w < COUNT_OF(via_words[i]) && via_words[i][w]; w++)
            if (strcmp(got, via_words[i][0]) == 0 && cJSON_IsString(value) &&
                strcmp(value->valuestring, via_words[i][w]) == 0)
                return true;
    return cJSON_IsNull(value)
               ? same_word(o, &(cJSON){ .type = cJSON_String, .valuestring = (char[]){ "none" } },
                           got)
               : same_word(o, value, got);
}

/* ---- what it is ---- */

static const char *const class_words[][2] = {
    { "bounce", "bounce" },
    { "delivery_report", "delay" },
    { "delivery_report", "receipt" },
    { "mdn", "receipt" },
    { "autoreply", "auto_reply" },
    { "auto_reply", "auto_reply" },
    { "ooo", "auto_reply" },
    { "complaint", "complaint" },
    { "human", "human" },
    { "reply", "human" },
    { "bulk", "bulk" },
    { "challenge", "challenge" },
    { "unreadable", "unreadable" },
};

static bool check_class(struct outcome *o, const cJSON *value)
{
    const char *got = o->answer.kind ? o->answer.kind : "nothing";

    for (size_t i = 0; i < COUNT_OF(class_words); i++)
        if (cJSON_IsString(value) && strcmp(value->valuestring, class_words[i][0]) == 0 &&
            strcmp(got, class_words[i][1]) == 0)
            return true;
    return wrong(o, "got %s", got);
}

/* An answer counts when a touch is credited with it, or the person's enrollments hold for it, whatever it says. */
static bool check_reply(struct outcome *o, const cJSON *value)
{
    bool replied = was_credited(o);

    for (size_t i = 0; i < o->scene->enrollments.count; i++) {
        const char *why = enrollment_row(o, i).hold_reason;
        replied = replied || (paused(o, i) && why && strcmp(why, "out_of_office") != 0);
    }
    return same_truth(o, value, replied);
}

static bool is_quiet(struct outcome *o)
{
    return paused_count(o) == 0 && !was_credited(o);
}

static bool check_decision(struct outcome *o, const cJSON *value)
{
    const char *word = cJSON_IsString(value) ? value->valuestring : "";
    const char *state = o->scene->inbound_state ? o->scene->inbound_state : "nothing";
    bool open = o->answer.state && strcmp(o->answer.state, "open") == 0;
    bool sure = o->answer.confidence && (strcmp(o->answer.confidence, "certain") == 0 ||
                                         strcmp(o->answer.confidence, "likely") == 0);
    bool holds;

    if (strcmp(word, "duplicate") == 0)
        holds = strcmp(state, "duplicate") == 0 || (o->message_count == 0 && is_quiet(o));
    else if (strcmp(word, "new") == 0)
        holds = o->message_count == 1 && strcmp(state, "done") == 0;
    else if (strcmp(word, "history") == 0)
        holds = has_rule(o, "match_history") && is_quiet(o);
    else if (strcmp(word, "review") == 0)
        holds = open && !sure;
    else if (text_is_among(word, (const char *const[]){ "ignore_own", "ignore", "own", NULL }))
        holds = o->message_count == 0 && is_quiet(o) && strcmp(state, "done") == 0;
    else if (text_is_among(word, (const char *const[]){ "unmatched", "unknown", "none", NULL }))
        holds = o->answer.prospect_id == 0 && is_quiet(o);
    else
        return wrong(o, "the decision \"%s\" is not understood", word);
    return holds ? true
                 : wrong(o, "got inbound %s, %zu messages, %s, %s", state, o->message_count,
                         o->answer.state ? o->answer.state : "-",
                         o->answer.confidence ? o->answer.confidence : "-");
}

/* Does it wait for a person? */
static bool check_open(struct outcome *o, const cJSON *value)
{
    return same_truth(o, value, o->answer.state && strcmp(o->answer.state, "open") == 0);
}

/* "conflict", "none", or a list of such. */
static bool has_flag(struct outcome *o, const cJSON *value)
{
    const char *rule =
        arena_printf(o->scene->arena, "match_%s", cJSON_IsString(value) ? value->valuestring : "?");

    if (strcmp(rule, "match_none") == 0)
        return !has_rule_like(o, "match_") || wrong(o, "got %s", o->answer.rules);
    return has_rule(o, rule) ? true
                             : wrong(o, "got %s", o->answer.rules ? o->answer.rules : "no rules");
}

static bool check_flag(struct outcome *o, const cJSON *value)
{
    const cJSON *item;

    if (!cJSON_IsArray(value))
        return has_flag(o, value);
    cJSON_ArrayForEach(item, value)
    {
        if (!has_flag(o, item))
            return false;
    }
    return true;
}

/* ---- what follows ---- */

static bool is_listed(const cJSON *list, int64_t id)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
    {
        if (item->valueint == id)
            return true;
    }
    return false;
}

/* Exactly these went from active to not active. */
static bool check_pause(struct outcome *o, const cJSON *value)
{
    if (!cJSON_IsArray(value))
        return wrong(o, "a list is asked for");
    for (size_t i = 0; i < o->scene->enrollments.count; i++) {
        int64_t id = o->scene->enrollments.list[i].world;
        if (paused(o, i) != is_listed(value, id))
            return wrong(o, "enrollment %lld %s", (long long)id,
                         paused(o, i) ? "is paused" : "goes on");
    }
    return paused_count(o) == (size_t)cJSON_GetArraySize(value)
               ? true
               : wrong(o, "%zu are paused", paused_count(o));
}

/* The channel a prospect is followed on now, by their own wish or by where they answered. */
static const char *followed(const struct prospect *row)
{
    return row->wish_channel ? row->wish_channel : row->preferred_channel;
}

static bool check_prefer(struct outcome *o, const cJSON *value)
{
    for (size_t i = 0; i < o->scene->prospects.count; i++) {
        struct prospect row = prospect_row(o, i);
        const char *got = followed(&row);
        if (row.id == o->answer.prospect_id)
            return cJSON_IsNull(value) ? got == NULL : same_word(o, value, got ? got : "nothing");
    }
    return cJSON_IsNull(value) || wrong(o, "nobody is matched");
}

static bool check_change(struct outcome *o, const cJSON *value)
{
    bool changed = false;

    for (size_t i = 0; i < o->scene->prospects.count; i++) {
        struct prospect row = prospect_row(o, i);
        changed = changed || followed(&row) != NULL;
    }
    return same_truth(o, value, changed);
}

static bool is_known(const struct outcome *o, const char *address)
{
    const cJSON *item;

    for (size_t i = 0; i < o->scene->prospects.count; i++) {
        cJSON_ArrayForEach(item, json_get(o->scene->prospects.list[i].json, "emails"))
        {
            if (strcmp(item->valuestring, address) == 0)
                return true;
        }
    }
    return false;
}

/* Somebody else than the prospect wrote, and the message says who. */
static bool check_replier(struct outcome *o, const cJSON *value)
{
    const char *from = o->answer.from_address ? o->answer.from_address : "nobody";

    if (!cJSON_IsString(value))
        return wrong(o, "got %s", from);
    if (strcmp(scene_address(o->scene, value->valuestring), from) != 0)
        return wrong(o, "got %s", from);
    return o->answer.prospect_id ? true : wrong(o, "for nobody");
}

/* A person unknown until now is kept as who answered for the prospect. */
static bool check_contact(struct outcome *o, const cJSON *value)
{
    const char *from = o->answer.from_address ? o->answer.from_address : "";

    return same_truth(o, value,
                      has_rule(o, "match_colleague") && *from && !is_known(o, from) &&
                          o->answer.prospect_id != 0);
}

struct candidates {
    const char *prefix;
    const struct scene_ids *ids;
};

/* As many ids of this kind as are listed, all of them among the list. */
static bool same_candidates(struct outcome *o, const cJSON *list, const struct candidates *kind)
{
    struct span rest = span_of(o->answer.rules), rule;
    const char *prefix = arena_printf(o->scene->arena, "candidate:%s_", kind->prefix);
    int found = 0;

    while (o->answer.rules && text_next_piece(&rest, ',', &rule)) {
        int64_t id;
        if (!text_starts_nocase(rule, prefix))
            continue;
        if (!id_parse(kind->prefix, span_from(rule, strlen("candidate:")), &id) ||
            !is_listed(list, world_id(kind->ids, id)))
            return false;
        found++;
    }
    return found == cJSON_GetArraySize(list);
}

static bool check_candidates(struct outcome *o, const cJSON *value)
{
    const struct candidates touches = { "to", &o->scene->touches };
    const struct candidates prospects = { "pr", &o->scene->prospects };

    if (cJSON_IsArray(value) && cJSON_GetArraySize(value) == 0)
        return same_candidates(o, value, &touches) && same_candidates(o, value, &prospects);
    return same_candidates(o, value, &touches) || same_candidates(o, value, &prospects)
               ? true
               : wrong(o, "got %s", o->answer.rules ? o->answer.rules : "none");
}

/* ---- suppressions ---- */

static bool anything_stopped(struct outcome *o)
{
    for (size_t i = 0; i < o->scene->prospects.count; i++)
        for (size_t c = 0; c < COUNT_OF(channels); c++)
            if (is_stopped(o, o->scene->prospects.list[i].json, channels[c]))
                return true;
    return false;
}

/* This address, and none of a prospect besides. */
static bool only_barred(struct outcome *o, const char *address)
{
    if (!is_barred(o, "email", address, "email"))
        return wrong(o, "%s is not", address);
    for (size_t i = 0; i < o->scene->prospects.count; i++) {
        const char *theirs = address_on(o->scene->prospects.list[i].json, "email");
        if (theirs && strcmp(theirs, address) != 0 && is_barred(o, "email", theirs, "email"))
            return wrong(o, "%s is, too", theirs);
    }
    return true;
}

static bool check_suppressed(struct outcome *o, const cJSON *value)
{
    if (cJSON_IsNull(value) || cJSON_IsFalse(value))
        return !anything_stopped(o) || wrong(o, "something is suppressed");
    if (!cJSON_IsString(value))
        return wrong(o, "not understood");
    if (strchr(value->valuestring, '@'))
        return only_barred(o, value->valuestring);
    return is_barred(o, "phone", value->valuestring, "sms") ||
           wrong(o, "%s is not", value->valuestring);
}

struct stop { /* an opt-out as a scenario writes it */
    const char *channel, *address;
    bool everything;
    const cJSON *list; /* of prospects, or NULL */
    int64_t prospect;  /* or 0 */
};

static bool names_prospect(const struct stop *stop, int64_t id)
{
    return stop->prospect == id || is_listed(stop->list, id);
}

/* Those named are stopped there, and with "everything" everywhere; nobody else who shares no address with them is. */
static bool check_stopped(struct outcome *o, const struct stop *stop)
{
    for (size_t i = 0; i < o->scene->prospects.count; i++) {
        const struct scene_id *who = &o->scene->prospects.list[i];
        bool named = names_prospect(stop, who->world);
        if (named && !is_stopped(o, who->json, stop->channel))
            return wrong(o, "prospect %lld is not stopped on %s", (long long)who->world,
                         stop->channel);
        if (!named && (stop->prospect || stop->list) && strcmp(stop->channel, "email") == 0 &&
            is_stopped(o, who->json, stop->channel))
            return wrong(o, "prospect %lld is stopped, too", (long long)who->world);
        if (named && (prospect_row(o, i).opted_out_at != 0) != stop->everything)
            return wrong(o, "prospect %lld: %s", (long long)who->world,
                         stop->everything ? "not of everything" : "of everything");
    }
    return true;
}

static bool read_stop(struct outcome *o, const cJSON *value, struct stop *out)
{
    const cJSON *item;

    *out = (struct stop){ .channel = json_text(o->scene->in, "channel", "email") };
    if (strcmp(out->channel, "http") == 0)
        out->channel = "email";
    cJSON_ArrayForEach(item, value)
    {
        const char *text = cJSON_IsString(item) ? item->valuestring : "";
        if (strcmp(item->string, "channel") == 0)
            out->channel = text;
        else if (text_is_among(item->string, (const char *const[]){ "address", "number", "email",
                                                                    "phone", NULL }))
            out->address = text;
        else if (strcmp(item->string, "scope") == 0)
            out->everything = strcmp(text, "global") == 0;
        else if (strcmp(item->string, "prospect") == 0)
            out->prospect = item->valueint;
        else if (strcmp(item->string, "prospects") == 0)
            out->list = item;
        else
            return wrong(o, "\"%s\" is not understood", item->string);
    }
    if (strcmp(out->channel, "all") == 0 || strcmp(out->channel, "*") == 0) {
        out->everything = true;
        out->channel = "email";
    }
    return true;
}

static bool check_opt_out(struct outcome *o, const cJSON *value)
{
    struct stop stop;

    if (cJSON_IsNull(value) || cJSON_IsFalse(value))
        return !anything_stopped(o) || wrong(o, "somebody is stopped");
    if (cJSON_IsTrue(value))
        return anything_stopped(o) || (o->answer.opt_out != NULL) || wrong(o, "nobody is stopped");
    if (cJSON_IsString(value)) { /* a scope or a channel by itself */
        bool everything = strcmp(value->valuestring, "global") == 0;
        stop = (struct stop){ .channel = everything ? "email" : value->valuestring,
                              .everything = everything,
                              .prospect = world_id(&o->scene->prospects, o->answer.prospect_id) };
        return check_stopped(o, &stop);
    }
    if (!cJSON_IsObject(value) || !read_stop(o, value, &stop))
        return o->why ? false : wrong(o, "not understood");
    if (stop.address &&
        !is_barred(o, workspace_address_kind(stop.channel), stop.address, stop.channel))
        return wrong(o, "%s is not barred", stop.address);
    return check_stopped(o, &stop);
}

/* ---- dates and pages ---- */

/* Whatever the message stopped goes on at the start of that day, not before and not after. */
static bool check_resume(struct outcome *o, const cJSON *value)
{
    size_t held = 0;

    if (!cJSON_IsString(value))
        return wrong(o, "a date is asked for");
    for (size_t i = 0; i < o->scene->enrollments.count; i++) {
        struct enrollment row = enrollment_row(o, i);
        char day[32];
        if (!paused(o, i))
            continue;
        held++;
        zone_iso(zone_utc(), row.due_at, day);
        if (strcmp(row.state, "held") != 0 || strncmp(day, value->valuestring, 10) != 0)
            return wrong(o, "%s until %s", row.state, day);
    }
    return held > 0 ? true : wrong(o, "nothing is held");
}

static bool check_show(struct outcome *o, const cJSON *value)
{
    const char *page = o->scene->page ? o->scene->page : "";
    bool asks = strstr(page, "<form method=\"post\"") != NULL;

    if (cJSON_IsString(value) && strcmp(value->valuestring, "confirm_page") == 0)
        return asks || wrong(o, "got no page with a button");
    if (cJSON_IsString(value) &&
        text_is_among(value->valuestring, (const char *const[]){ "done", "done_page", NULL }))
        return (*page && !asks) || wrong(o, "got no page that says so");
    return wrong(o, "not understood");
}

static const struct {
    const char *key;
    bool (*holds)(struct outcome *o, const cJSON *value);
} checks[] = {
    { "touch", check_touch },
    { "credit_touch", check_credit },
    { "credit_basis", check_basis },
    { "open", check_open },
    { "prospect", check_prospect },
    { "enrollment", check_enrollment },
    { "via", check_via },
    { "confidence", check_confidence },
    { "class", check_class },
    { "reply", check_reply },
    { "decision", check_decision },
    { "flag", check_flag },
    { "flags", check_flag },
    { "pause", check_pause },
    { "prefer", check_prefer },
    { "prefer_channel_change", check_change },
    { "replier", check_replier },
    { "new_contact", check_contact },
    { "candidates", check_candidates },
    { "suppress_address", check_suppressed },
    { "suppress", check_suppressed },
    { "opt_out", check_opt_out },
    { "resume_not_before", check_resume },
    { "show", check_show },
};

static bool check_key(struct outcome *o, const cJSON *value)
{
    for (size_t i = 0; i < COUNT_OF(checks); i++)
        if (strcmp(checks[i].key, value->string) == 0)
            return checks[i].holds(o, value);
    return wrong(o, "is not understood");
}

static bool check_all(struct outcome *o, const cJSON *expected, const char **got)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, expected)
    {
        o->why = NULL;
        if (check_key(o, item))
            continue;
        *got = arena_printf(o->scene->arena, "%s: %s", item->string, o->why ? o->why : "wrong");
        return false;
    }
    return cJSON_GetArraySize(expected) > 0;
}

enum score score_match(const cJSON *item, const char *folder, struct arena *arena, const char **got)
{
    const cJSON *text = json_get(item, "text");
    cJSON *parsed =
        cJSON_IsString(text) ? json_parse(span_of(text->valuestring), "text", NULL) : NULL;
    const char *path = arena_printf(arena, "%s/world.json", folder);
    cJSON *world = access(path, R_OK) == 0 ? json_read_file(path, NULL) : NULL;
    struct scene scene;
    struct outcome outcome = { .scene = &scene };
    bool passed = false;

    *got = "no expectation";
    scene_play(&scene, parsed ? parsed : text, world, arena);
    if (scene.trouble)
        *got = scene.trouble;
    else if (read_messages(&outcome))
        passed = check_all(&outcome, json_get(item, "expected"), got);
    else
        *got = outcome.why;
    scene_finish(&scene);
    cJSON_Delete(parsed);
    cJSON_Delete(world);
    return passed ? SCORE_PASS : SCORE_MISS;
}
