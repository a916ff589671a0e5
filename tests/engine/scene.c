/* tests/engine/scene.c - plays a scenario: see scene.h. */
#include "tests/engine/scene.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/id.h"
#include "core/base/str.h"
#include "core/base/text.h"
#include "core/engine/envelope.h"
#include "core/store/inbounds.h"
#include "core/store/touches.h"

#define USUAL_TIME "2026-11-16T12:00Z"
#define MAX_MAIL_BYTES ((size_t)1 << 20)

/* What a message, and a world, may say. Anything else is refused: what is not played cannot be scored. */
static const char *const known_in[] = {
    "channel",
    "from",
    "to",
    "to_token",
    "delivered_to",
    "message_id",
    "in_reply_to",
    "references",
    "subject",
    "text",
    "kind",
    "action",
    "status",
    "diagnostic",
    "final_recipient",
    "auto_submitted",
    "original_recipient",
    "embedded_message_id",
    "quoted_token",
    "body_token",
    "quoted_url",
    "feedback_type",
    "disposition",
    "precedence",
    "list_id",
    "date",
    "received",
    "seen_before",
    "body_hash_differs",
    "bad_mac",
    "our",
    "their",
    "thread_id",
    "context_id",
    "provider_id",
    "event_id",
    "method",
    "path",
    "body",
    NULL,
};
static const char *const known_world[] = { "prospects", "enrollments", "touches", NULL };
static const char *const known_rows[][14] = {
    { "prospects", "id", "name", "emails", "phones", "telegram", "org", NULL },
    { "enrollments", "id", "prospect", "state", NULL },
    { "touches", "id", "enrollment", "channel", "token", "from", "our", "their", "to", "sent",
      "state", "provider_id", "subject", NULL },
};

/* ---- small things ---- */

bool scene_fail(struct scene *scene, const char *format, ...)
{
    char text[600];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (!scene->trouble)
        scene->trouble = arena_dup(scene->arena, text);
    return false;
}

const struct scene_id *scene_of_world(const struct scene_ids *ids, int64_t world)
{
    for (size_t i = 0; i < ids->count; i++)
        if (ids->list[i].world == world)
            return &ids->list[i];
    return NULL;
}

const struct scene_id *scene_of_store(const struct scene_ids *ids, int64_t store)
{
    for (size_t i = 0; i < ids->count; i++)
        if (ids->list[i].store == store)
            return &ids->list[i];
    return NULL;
}

const char *scene_address(const struct scene *scene, const char *address)
{
    static const char reserved[] = "@gmail.example";
    size_t len = strlen(address), tail = sizeof(reserved) - 1;

    if (len <= tail || strcmp(address + len - tail, reserved) != 0)
        return address;
    return arena_printf(scene->arena, "%.*s@gmail.com", (int)(len - tail), address);
}

int64_t scene_time(const char *text)
{
    struct local_time local = { .month = 1, .day = 1 };
    int *const fields[] = { &local.year, &local.month,  &local.day,
                            &local.hour, &local.minute, &local.second };
    const char *at = text;

    for (size_t i = 0; i < COUNT_OF(fields) && *at && *at != 'Z'; i++) {
        char *end;
        *fields[i] = (int)strtol(at, &end, 10);
        at = *end && *end != 'Z' ? end + 1 : end;
    }
    return local.year ? zone_to_utc(zone_utc(), &local) : 0;
}

static bool check_keys(struct scene *scene, const cJSON *object, const char *const *known)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, object)
    {
        if (!text_is_among(item->string, known))
            return scene_fail(scene, "\"%s\" is not understood", item->string);
    }
    return true;
}

static bool check_world(struct scene *scene)
{
    const cJSON *row;

    if (!check_keys(scene, scene->world, known_world))
        return false;
    for (size_t i = 0; i < COUNT_OF(known_rows); i++) {
        cJSON_ArrayForEach(row, json_get(scene->world, known_rows[i][0]))
        {
            if (!check_keys(scene, row, known_rows[i] + 1))
                return false;
        }
    }
    return true;
}

/* ---- before ---- */

static bool count_messages(struct scene *scene)
{
    struct err err = { 0 };
    struct message_row *rows;
    int count = messages_open(scene->workspace->db, true, scene->arena, &rows, &err);

    if (count < 0)
        return scene_fail(scene, "%s", err.text);
    scene->messages_before = (size_t)count;
    return true;
}

static bool remember(struct scene *scene)
{
    struct err err = { 0 };

    if (!count_messages(scene))
        return false;
    for (size_t i = 0; i < scene->touches.count; i++) {
        struct touch touch;
        if (touch_get(scene->workspace->db, scene->touches.list[i].store, scene->arena, &touch,
                      &err) != 1)
            return scene_fail(scene, "a touch is gone");
        scene->touches.list[i].replied = touch.replied_at;
    }
    for (size_t i = 0; i < scene->enrollments.count; i++) {
        struct enrollment row;
        if (enrollment_get(scene->workspace->db, scene->enrollments.list[i].store, scene->arena,
                           &row, &err) != 1)
            return scene_fail(scene, "an enrollment is gone");
        scene->enrollments.list[i].was_active = strcmp(row.state, "active") == 0;
    }
    return true;
}

/* ---- the message ---- */

static bool store_inbound(struct scene *scene, struct inbound *in)
{
    struct err err = { 0 };

    in->state = "new";
    in->at = scene->received_ms;
    in->slot = id_slot_of(span_of(in->key));
    in->id = id_next(&scene->workspace->clock, in->slot);
    if (inbound_insert(scene->workspace->db, in, &err) < 0)
        return scene_fail(scene, "inbound: %s", err.text);
    return true;
}

/* As the daemon does: what is new, one after the other, in a transaction. */
static bool process(struct scene *scene)
{
    struct db *db = scene->workspace->db;
    struct err err = { 0 };
    struct inbound *list;
    int rc, count;

    if (db_begin(db, &err) < 0)
        return scene_fail(scene, "%s", err.text);
    rc = count = inbounds_new(db, 10, scene->arena, &list, &err);
    for (int i = 0; rc >= 0 && i < count; i++)
        rc = inbox_process(&scene->inbox, &list[i], &err) < 0 ? -1
                                                              : inbound_close(db, &list[i], &err);
    if (db_end(db, rc < 0 ? -1 : 0, &err) < 0)
        return scene_fail(scene, "%s", err.text);
    return true;
}

static const char *state_of(struct scene *scene, const char *source)
{
    const char *state = NULL;
    struct err err = { 0 };
    struct stmt *stmt = db_query(scene->workspace->db,
                                 "SELECT state FROM inbound WHERE source = $1 ORDER BY id DESC",
                                 PARAMS(P(source)), &err);

    if (stmt && stmt_step(stmt, &err) == 1)
        state = stmt_col_text(stmt, 0, scene->arena);
    if (stmt)
        stmt_reset(stmt);
    return state;
}

/* nth: 0 = the message in question; 1 = one that came before it. */
static bool hear_mail(struct scene *scene, int nth, bool same_body)
{
    struct inbound in = { .source = nth ? "imap:first" : "imap:mail", .key = nth ? "1:1" : "1:7" };
    struct str raw;
    bool heard;

    str_init(&raw, MAX_MAIL_BYTES);
    heard = scene_mail(scene, same_body ? 0 : nth, &raw);
    in.raw = str_span(&raw);
    heard = heard && store_inbound(scene, &in) && process(scene);
    str_finish(&raw);
    scene->inbound_state = heard ? state_of(scene, in.source) : NULL;
    return heard;
}

static void add_if(cJSON *json, const char *name, const char *value)
{
    if (value)
        json_add_text(json, name, value);
}

static const char *first_of(const cJSON *in, const char *a, const char *b)
{
    return json_text(in, a, json_text(in, b, NULL));
}

static char *webhook_body(const struct scene *scene)
{
    const cJSON *in = scene->in;
    cJSON *json = cJSON_CreateObject();
    char *text;

    add_if(json, "from", first_of(in, "their", "from"));
    add_if(json, "to", json_text(in, "our", NULL));
    add_if(json, "text", json_text(in, "text", "Sounds good"));
    add_if(json, "thread", first_of(in, "thread_id", "context_id"));
    json_add_text(json, "event", json_text(in, "event_id", json_text(in, "provider_id", "e1")));
    text = json_print(json, false);
    cJSON_Delete(json);
    return text;
}

static bool hear_webhook(struct scene *scene, const char *key)
{
    const char *channel = json_text(scene->in, "channel", "sms");
    const char *our = json_text(scene->in, "our", "+18005550000");
    const char *sender = scene_sender(scene, channel, our);
    const struct httpd_request request = {
        .method = "POST", .path = arena_printf(scene->arena, "/webhook/%s", sender), .query = ""
    };
    char *body = webhook_body(scene);
    struct inbound in = { .source = arena_printf(scene->arena, "webhook:%s", sender),
                          .key = key,
                          .envelope = envelope_make(&request, scene->arena),
                          .raw = span_of(body) };
    bool heard = store_inbound(scene, &in) && process(scene);

    free(body);
    scene->inbound_state = heard ? state_of(scene, in.source) : NULL;
    return heard;
}

static bool hear(struct scene *scene, int nth, bool same_body)
{
    if (strcmp(json_text(scene->in, "channel", "email"), "email") == 0)
        return hear_mail(scene, nth, same_body);
    return hear_webhook(scene, nth ? "first" : "again");
}

static bool play(struct scene *scene)
{
    bool seen = json_bool(scene->in, "seen_before", false);
    bool other = json_bool(scene->in, "body_hash_differs", false);

    if (strcmp(json_text(scene->in, "channel", "email"), "http") == 0)
        return remember(scene) && scene_request(scene);
    if (other && (!remember(scene) || !hear(scene, 1, false) || !count_messages(scene)))
        return false;
    if (seen && (!hear(scene, 1, true) || !remember(scene)))
        return false;
    return (seen || other || remember(scene)) && hear(scene, 0, true);
}

void scene_play(struct scene *scene, const cJSON *scenario, const cJSON *world, struct arena *arena)
{
    const cJSON *item;
    const char *when;

    *scene =
        (struct scene){ .arena = arena,
                        .world = json_get(scenario, "world") ? json_get(scenario, "world") : world,
                        .in = json_get(scenario, "inbound") };
    when = json_text(scene->in, "received", json_text(scene->in, "date", USUAL_TIME));
    scene->received_ms = scene_time(when);
    scene->now_ms = scene_time(USUAL_TIME);
    if (scene->now_ms < scene->received_ms)
        scene->now_ms = scene->received_ms;
    cJSON_ArrayForEach(item, scenario)
    {
        if (item != scene->world && item != scene->in)
            scene_fail(scene, "\"%s\" is not understood", item->string);
    }
    if (!scene->world || !scene->in || scene->trouble || !check_world(scene) ||
        !check_keys(scene, scene->in, known_in)) {
        scene_fail(scene, "no world or no message");
        return;
    }
    if (strcmp(json_text(scene->in, "channel", "email"), "http") == 0 && !scene_choose_port(scene))
        return;
    if (scene_build(scene))
        play(scene);
}

void scene_finish(struct scene *scene)
{
    scene_tear_down(scene);
}
