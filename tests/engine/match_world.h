/* tests/engine/match_world.h - a little world in JSON (prospects, enrollments, touches) that
 * answers the look-ups of match_keys(), so that cases run without a store. Its form is that of
 * data/replies/match_scenarios_own. */
#ifndef HEED_TESTS_ENGINE_MATCH_WORLD_H
#define HEED_TESTS_ENGINE_MATCH_WORLD_H

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/engine/match.h"

#define MAX_FOUND 256
#define DOMAIN "us.example"

struct world_case {
    const cJSON *world;
    struct arena *arena;
    struct token_keys tokens;
    struct match_inbound inbound;
    struct match_keys keys;
    struct match_found found[MAX_FOUND];
    size_t found_count;
    struct match match;
};

/* ---- reading the world ---- */

/* "2026-11-10T09:00Z", seconds if given. */
static int64_t time_of(const char *text, const char *fallback)
{
    struct local_time local = { 0 };
    char *end;

    local.year = (int)strtol(text ? text : fallback, &end, 10);
    local.month = (int)strtol(end + 1, &end, 10);
    local.day = (int)strtol(end + 1, &end, 10);
    local.hour = (int)strtol(end + 1, &end, 10);
    local.minute = (int)strtol(end + 1, &end, 10);
    local.second = *end == ':' ? (int)strtol(end + 1, &end, 10) : 0;
    return zone_to_utc(zone_utc(), &local);
}

static bool has_text(const cJSON *list, const char *text)
{
    const cJSON *entry;

    cJSON_ArrayForEach(entry, list)
    {
        if (text && cJSON_IsString(entry) && strcmp(entry->valuestring, text) == 0)
            return true;
    }
    return false;
}

static const cJSON *with_id(const cJSON *list, int64_t id)
{
    const cJSON *entry;

    cJSON_ArrayForEach(entry, list)
    {
        if (json_int(entry, "id", 0) == id)
            return entry;
    }
    return NULL;
}

static const cJSON *enrollment_of(const cJSON *world, const cJSON *touch)
{
    return with_id(json_get(world, "enrollments"), json_int(touch, "enrollment", 0));
}

static int64_t prospect_of(const cJSON *world, const cJSON *touch)
{
    return json_int(enrollment_of(world, touch), "prospect", 0);
}

/* Where a touch went: "their", or the first e-mail address of its prospect. */
static const char *address_of(const cJSON *world, const cJSON *touch)
{
    const cJSON *prospect = with_id(json_get(world, "prospects"), prospect_of(world, touch));
    const cJSON *emails = json_get(prospect, "emails");

    return json_text(touch, "their", emails && emails->child ? emails->child->valuestring : "");
}

static int64_t first_ms_of(const cJSON *world, int64_t prospect)
{
    const cJSON *touch;
    int64_t first = 0;

    cJSON_ArrayForEach(touch, json_get(world, "touches"))
    {
        int64_t sent = time_of(json_text(touch, "sent", ""), "");

        if (prospect_of(world, touch) == prospect && (first == 0 || sent < first))
            first = sent;
    }
    return first;
}

/* ---- the store's part ---- */

static void add_touch(struct world_case *c, const struct match_key *key, const cJSON *touch)
{
    int64_t prospect = prospect_of(c->world, touch);
    const cJSON *enrollment = enrollment_of(c->world, touch);

    assert_true(c->found_count < MAX_FOUND);
    c->found[c->found_count++] = (struct match_found){
        .key = key,
        .touch = json_int(touch, "id", 0),
        .enrollment = json_int(enrollment, "id", 0),
        .prospect = prospect,
        .channel = json_text(touch, "channel", ""),
        .address = address_of(c->world, touch),
        .sent_ms = time_of(json_text(touch, "sent", ""), ""),
        .first_ms = first_ms_of(c->world, prospect),
        .active = strcmp(json_text(enrollment, "state", ""), "active") == 0,
    };
}

static bool answers(const struct world_case *c, const struct match_key *key, const cJSON *touch)
{
    switch (key->kind) {
    case MATCH_KEY_TOUCH:
        return json_int(touch, "id", 0) == key->touch;
    case MATCH_KEY_MESSAGE_ID:
    case MATCH_KEY_THREAD:
        return strcmp(json_text(touch, "provider_id", ""), key->value) == 0;
    case MATCH_KEY_PAIR:
        return strcmp(json_text(touch, "their", ""), key->value) == 0 &&
               strcmp(json_text(touch, "our", ""), key->our) == 0;
    case MATCH_KEY_RECIPIENT:
        return strcmp(address_of(c->world, touch), key->value) == 0;
    default:
        return false;
    }
}

static bool lives_at(const cJSON *prospect, const struct match_key *key)
{
    if (key->kind == MATCH_KEY_DOMAIN)
        return strcmp(json_text(prospect, "org", ""), key->value) == 0;
    return key->kind == MATCH_KEY_ADDRESS && (has_text(json_get(prospect, "emails"), key->value) ||
                                              has_text(json_get(prospect, "phones"), key->value));
}

static void look_up(struct world_case *c, const struct match_key *key)
{
    const cJSON *prospect, *touch;

    cJSON_ArrayForEach(touch, json_get(c->world, "touches"))
    {
        if (answers(c, key, touch))
            add_touch(c, key, touch);
    }
    cJSON_ArrayForEach(prospect, json_get(c->world, "prospects"))
    {
        int64_t id = json_int(prospect, "id", 0);
        size_t before = c->found_count;

        if (!lives_at(prospect, key))
            continue;
        cJSON_ArrayForEach(touch, json_get(c->world, "touches"))
        {
            if (prospect_of(c->world, touch) == id)
                add_touch(c, key, touch);
        }
        if (c->found_count == before)
            c->found[c->found_count++] = (struct match_found){ .key = key, .prospect = id };
    }
}

/* ---- the message ---- */

/* "TKA": the real token of the touch that the world calls so; a token of unknown name is forged. */
static const char *token_text(struct world_case *c, const char *name, enum token_kind kind)
{
    struct token_keys forger = c->tokens;
    char text[TOKEN_TEXT_BYTES];
    const cJSON *touch;

    cJSON_ArrayForEach(touch, json_get(c->world, "touches"))
    {
        if (strcmp(json_text(touch, "token", "-"), name) != 0)
            continue;
        token_make(&c->tokens, kind, json_int(touch, "id", 0), text);
        return arena_dup(c->arena, text);
    }
    forger.keys[0].secret[0] ^= 1;
    token_make(&forger, kind, 101, text);
    return arena_dup(c->arena, text);
}

/* "TKA" or a whole "<id>" of somebody else. */
static const char *message_id(struct world_case *c, const char *name)
{
    if (!name || name[0] == '<')
        return name;
    return arena_printf(c->arena, "<%s@" DOMAIN ">", token_text(c, name, TOKEN_MESSAGE_ID));
}

static const char *const *one(struct world_case *c, const char *text)
{
    const char **list = arena_array(c->arena, 1, sizeof(*list));

    list[0] = text;
    return list;
}

static void write_address_token(struct world_case *c, const cJSON *in)
{
    const char *name = json_text(in, "to_token", NULL), *token;

    if (!name)
        return;
    token = strncmp(name, "unsub-", 6) == 0 ? token_text(c, name + 6, TOKEN_UNSUBSCRIBE)
                                            : token_text(c, name, TOKEN_REPLY);
    c->inbound.recipients = one(c, arena_printf(c->arena, "me+%s@" DOMAIN, token));
    c->inbound.recipient_count = 1;
}

static void write_references(struct world_case *c, const cJSON *in)
{
    const cJSON *list = json_get(in, "references"), *entry;
    const char **ids = arena_array(c->arena, (size_t)cJSON_GetArraySize(list) + 1, sizeof(*ids));

    cJSON_ArrayForEach(entry, list)
    {
        ids[c->inbound.reference_count++] = message_id(c, entry->valuestring);
    }
    c->inbound.references = ids;
}

static enum reading_kind kind_of(const cJSON *in)
{
    const char *kind = json_text(in, "kind", "human");

    if (json_get(in, "auto_submitted"))
        return READING_AUTO_REPLY;
    if (strcmp(kind, "bounce") == 0)
        return READING_BOUNCE;
    if (strcmp(kind, "dsn") == 0)
        return READING_DELAY;
    return strcmp(kind, "mdn") == 0 ? READING_RECEIPT : READING_HUMAN;
}

static void write_returned(struct world_case *c, const cJSON *in)
{
    const char *embedded = json_text(in, "embedded_message_id", NULL);
    const char *quoted = json_text(in, "quoted_token", NULL);
    const char *failed = json_text(in, "final_recipient", NULL);
    struct bounce_recipient *bounced = arena_alloc(c->arena, sizeof(*bounced));

    if (embedded) {
        c->inbound.returned_ids = one(c, message_id(c, embedded));
        c->inbound.returned_id_count = 1;
    }
    if (quoted) {
        c->inbound.tokens_text = one(c, token_text(c, quoted, TOKEN_UNSUBSCRIBE));
        c->inbound.token_count = 1;
    }
    if (failed) {
        bounced->address = failed;
        c->inbound.bounced = bounced;
        c->inbound.bounced_count = 1;
    }
}

static void write_message(struct world_case *c, const cJSON *in)
{
    c->inbound = (struct match_inbound){
        .channel = json_text(in, "channel", "email"),
        .kind = kind_of(in),
        .from = json_text(in, "from", json_text(in, "their", NULL)),
        .our = json_text(in, "our", NULL),
        .thread_id = json_text(in, "thread_id", NULL),
        .subject = json_text(in, "subject", NULL),
        .in_reply_to = message_id(c, json_text(in, "in_reply_to", NULL)),
        .received_ms =
            time_of(json_text(in, "received", json_text(in, "date", NULL)), "2026-11-16T12:00Z"),
    };
    write_address_token(c, in);
    write_references(c, in);
    write_returned(c, in);
}

static void run(struct world_case *c, const cJSON *world, const cJSON *in, struct arena *arena)
{
    struct match_question question;

    *c = (struct world_case){ .world = world, .arena = arena };
    c->tokens.count = 1;
    c->tokens.keys[0].version = 1;
    memset(c->tokens.keys[0].secret, 7, TOKEN_SECRET_BYTES);
    (void)snprintf(c->tokens.domain, sizeof(c->tokens.domain), DOMAIN);
    write_message(c, in);
    match_keys(&c->inbound, &c->tokens, arena, &c->keys);
    for (size_t i = 0; i < c->keys.count; i++)
        look_up(c, &c->keys.list[i]);
    question = (struct match_question){ &c->inbound, &c->keys, c->found, c->found_count };
    match_decide(&question, &c->match);
}

#endif
