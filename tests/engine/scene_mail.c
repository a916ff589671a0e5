/* tests/engine/scene_mail.c - the e-mail of a scenario as bytes: a person's, or the report of a machine. See scene.h. */
#include <stdio.h>

#include "core/base/str.h"
#include "core/base/text.h"
#include "tests/engine/scene.h"

#define DOMAIN "us.example"
#define OURS "me@us.example"

/* ---- tokens ---- */

static const struct scene_id *touch_called(const struct scene *scene, const char *name)
{
    for (size_t i = 0; i < scene->touches.count; i++)
        if (strcmp(json_text(scene->touches.list[i].json, "token", "-"), name) == 0)
            return &scene->touches.list[i];
    return NULL;
}

/* "unsub-TKA" -> "TKA" and its kind. */
static const char *bare_name(const char *name, enum token_kind *kind)
{
    static const struct {
        const char *prefix;
        enum token_kind kind;
    } prefixes[] = {
        { "unsub-", TOKEN_UNSUBSCRIBE },
        { "reply-", TOKEN_REPLY },
        { "bounce-", TOKEN_RETURN_PATH },
        { "msgid-", TOKEN_MESSAGE_ID },
    };

    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (text_starts_nocase(span_of(name), prefixes[i].prefix)) {
            *kind = prefixes[i].kind;
            return name + strlen(prefixes[i].prefix);
        }
    return name;
}

const char *scene_token(struct scene *scene, const char *name, enum token_kind fallback)
{
    struct token_keys keys = scene->workspace->tokens;
    enum token_kind kind = fallback;
    const struct scene_id *touch = touch_called(scene, bare_name(name, &kind));
    char text[TOKEN_TEXT_BYTES];

    if (!touch || json_bool(scene->in, "bad_mac", false))
        keys.keys[0].secret[0] ^= 1;
    token_make(&keys, kind, touch ? touch->store : scene->touches.list[0].store, text);
    return arena_dup(scene->arena, text);
}

/* "<m1@x>" is somebody else's id; a name is that of a token. */
const char *scene_message_id(struct scene *scene, const char *name)
{
    if (name[0] == '<')
        return name;
    return arena_printf(scene->arena, "<%s@" DOMAIN ">",
                        scene_token(scene, name, TOKEN_MESSAGE_ID));
}

/* ---- headers ---- */

/* kinds: "bounce,dsn" */
static bool is_kind(const struct scene *scene, const char *kinds)
{
    struct span rest = span_of(kinds), word;

    while (text_next_piece(&rest, ',', &word))
        if (span_is(word, json_text(scene->in, "kind", "human")))
            return true;
    return false;
}

static const char *sender_of(struct scene *scene)
{
    const char *from = json_text(scene->in, "from", "");

    if (*from)
        return scene_address(scene, from);
    return is_kind(scene, "mdn") ? "reader@mx.example" : "MAILER-DAEMON@mx.example";
}

static void add_recipient(struct scene *scene, struct str *out)
{
    const char *token = json_text(scene->in, "to_token", NULL);
    bool bounce = is_kind(scene, "bounce,dsn");
    enum token_kind kind = bounce ? TOKEN_RETURN_PATH : TOKEN_REPLY;

    if (token)
        str_printf(out, "To: me+%s@" DOMAIN "\r\n", scene_token(scene, token, kind));
    else
        str_printf(out, "To: %s\r\n", json_text(scene->in, "to", OURS));
    if (json_get(scene->in, "delivered_to"))
        str_printf(out, "Delivered-To: me+%s@" DOMAIN "\r\n",
                   scene_token(scene, json_text(scene->in, "delivered_to", ""), kind));
}

static void add_thread(struct scene *scene, struct str *out)
{
    const char *parent = json_text(scene->in, "in_reply_to", NULL);
    const cJSON *item;

    if (parent)
        str_printf(out, "In-Reply-To: %s\r\n", scene_message_id(scene, parent));
    if (!json_get(scene->in, "references"))
        return;
    str_add_text(out, "References:");
    cJSON_ArrayForEach(item, json_get(scene->in, "references"))
    {
        str_printf(out, " %s", scene_message_id(scene, item->valuestring));
    }
    str_add_text(out, "\r\n");
}

/* Absent: one of its own; null: none at all. */
static void add_own_id(struct scene *scene, struct str *out)
{
    const cJSON *given = json_get(scene->in, "message_id");

    if (!given)
        str_add_text(out, "Message-ID: <of-the-scene@mx.example>\r\n");
    else if (cJSON_IsString(given))
        str_printf(out, "Message-ID: %s\r\n", scene_message_id(scene, given->valuestring));
}

static void add_if(struct scene *scene, struct str *out, const char *header, const char *key)
{
    const char *value = json_text(scene->in, key, NULL);

    if (value)
        str_printf(out, "%s: %s\r\n", header, value);
}

static void add_headers(struct scene *scene, struct str *out)
{
    char date[40];

    if (is_kind(scene, "bounce,dsn,mdn,arf,complaint,autoreply"))
        str_add_text(out, "Return-Path: <>\r\n");
    str_printf(out, "From: %s\r\n", sender_of(scene));
    add_recipient(scene, out);
    str_printf(out, "Subject: %s\r\n", json_text(scene->in, "subject", "Hello"));
    str_printf(out, "Date: %s\r\n", zone_rfc5322(zone_utc(), scene->received_ms, date));
    add_own_id(scene, out);
    add_thread(scene, out);
    add_if(scene, out, "Auto-Submitted", "auto_submitted");
    add_if(scene, out, "Precedence", "precedence");
    add_if(scene, out, "List-Id", "list_id");
    if (is_kind(scene, "autoreply") && !json_get(scene->in, "auto_submitted"))
        str_add_text(out, "Auto-Submitted: auto-replied\r\n");
    str_add_text(out, "MIME-Version: 1.0\r\n");
}

/* ---- bodies ---- */

static void add_quoted(struct scene *scene, struct str *out)
{
    static const char *const keys[] = { "quoted_token", "body_token", "quoted_url" };

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const char *name = json_text(scene->in, keys[i], NULL);
        if (name)
            str_printf(out,
                       "\r\nOn Tue, 10 Nov 2026 at 09:00, Me <" OURS "> wrote:\r\n"
                       "> Hello\r\n> https://" DOMAIN "/u/%s\r\n",
                       scene_token(scene, name, TOKEN_UNSUBSCRIBE));
    }
}

static void add_text(struct scene *scene, int nth, struct str *out)
{
    bool wordless = is_kind(scene, "autoreply") || json_get(scene->in, "auto_submitted");
    const char *usual = wordless ? "I am out of the office." : "Thanks, let me look at it.";

    str_add_text(out, "Content-Type: text/plain; charset=utf-8\r\n\r\n");
    str_printf(out, "%s\r\n", nth ? "What I wrote first." : json_text(scene->in, "text", usual));
    add_quoted(scene, out);
}

/* The id of the message that a report is about, by whatever key names it; NULL = none. */
static const char *returned_id(struct scene *scene)
{
    const char *name = json_text(scene->in, "embedded_message_id", NULL);

    return name ? scene_message_id(scene, name) : NULL;
}

/* Whom a report without a recipient is about: the person the named touch went to. */
static const char *failed_address(struct scene *scene)
{
    static const char *const keys[] = { "embedded_message_id", "to_token", "in_reply_to" };

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        enum token_kind kind;
        const char *name = json_text(scene->in, keys[i], NULL);
        const struct scene_id *touch = name ? touch_called(scene, bare_name(name, &kind)) : NULL;
        const struct scene_id *of =
            touch ? scene_of_world(&scene->enrollments, json_int(touch->json, "enrollment", 0))
                  : NULL;
        const struct scene_id *who =
            of ? scene_of_world(&scene->prospects, json_int(of->json, "prospect", 0)) : NULL;
        const cJSON *emails = who ? json_get(who->json, "emails") : NULL;
        if (emails && emails->child)
            return scene_address(scene, emails->child->valuestring);
    }
    return "somebody@elsewhere.example";
}

static void add_delivery_status(struct scene *scene, struct str *out)
{
    const char *final = json_text(scene->in, "final_recipient", NULL);
    const char *original = json_text(scene->in, "original_recipient", NULL);
    const char *action = json_text(scene->in, "action", "failed");
    bool failed = strcmp(action, "failed") == 0;
    bool late = strcmp(action, "delayed") == 0;

    str_add_text(out, "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
                      "Reporting-MTA: dns; mx.example\r\n\r\n");
    if (original)
        str_printf(out, "Original-Recipient: rfc822; %s\r\n", scene_address(scene, original));
    if (final || !original)
        str_printf(out, "Final-Recipient: rfc822; %s\r\n",
                   final ? scene_address(scene, final) : failed_address(scene));
    str_printf(out, "Action: %s\r\nStatus: %s\r\n", action,
               json_text(scene->in, "status",
                         failed ? "5.1.1"
                         : late ? "4.4.1"
                                : "2.0.0"));
    if (failed || json_get(scene->in, "diagnostic"))
        str_printf(
            out, "Diagnostic-Code: smtp; %s\r\n",
            json_text(scene->in, "diagnostic",
                      json_get(scene->in, "status") ? "554 refused" : "550 5.1.1 user unknown"));
    str_add_text(out, "\r\n");
}

static void add_returned(struct scene *scene, struct str *out)
{
    const char *id = returned_id(scene);

    str_printf(out,
               "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: %s\r\nSubject: Hello\r\n",
               OURS);
    if (id)
        str_printf(out, "Message-ID: %s\r\n", id);
    str_add_text(out, "\r\n");
}

static void begin_report(struct str *out, const char *type, const char *text)
{
    str_printf(out,
               "Content-Type: multipart/report; report-type=%s; boundary=b\r\n\r\n--b\r\n"
               "Content-Type: text/plain\r\n\r\n%s\r\n\r\n",
               type, text);
}

static void add_bounce(struct scene *scene, struct str *out)
{
    bool failed = strcmp(json_text(scene->in, "action", "failed"), "failed") == 0;

    begin_report(out, "delivery-status",
                 json_text(scene->in, "text",
                           failed ? "Your message could not be delivered."
                                  : "Your message is on its way; nothing needs to be done."));
    add_delivery_status(scene, out);
    add_returned(scene, out);
    str_add_text(out, "--b--\r\n");
}

static void add_receipt(struct scene *scene, struct str *out)
{
    const char *about =
        json_text(scene->in, "embedded_message_id", json_text(scene->in, "in_reply_to", NULL));

    begin_report(out, "disposition-notification", "Your message was displayed.");
    str_add_text(out, "--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
                      "Final-Recipient: rfc822; reader@mx.example\r\n");
    if (about)
        str_printf(out, "Original-Message-ID: %s\r\n", scene_message_id(scene, about));
    str_printf(out, "Disposition: manual-action/MDN-sent-manually; %s\r\n\r\n--b--\r\n",
               json_text(scene->in, "disposition", "displayed"));
}

static void add_complaint(struct scene *scene, struct str *out)
{
    begin_report(out, "feedback-report", "This is a report of unwanted mail.");
    str_printf(out,
               "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: %s\r\n"
               "User-Agent: x/1\r\nVersion: 1\r\n\r\n",
               json_text(scene->in, "feedback_type", "abuse"));
    add_returned(scene, out);
    str_add_text(out, "--b--\r\n");
}

static const struct {
    const char *kinds;
    void (*add)(struct scene *scene, struct str *out);
} reports[] = {
    { "bounce,dsn", add_bounce },
    { "mdn,read_receipt", add_receipt },
    { "arf,complaint,fbl", add_complaint },
};

bool scene_mail(struct scene *scene, int nth, struct str *out)
{
    add_headers(scene, out);
    for (size_t i = 0; i < COUNT_OF(reports); i++)
        if (is_kind(scene, reports[i].kinds)) {
            reports[i].add(scene, out);
            return str_ok(out);
        }
    if (!is_kind(scene, "human,reply,autoreply,bulk"))
        return scene_fail(scene, "a mail of kind \"%s\" is not understood",
                          json_text(scene->in, "kind", ""));
    add_text(scene, nth, out);
    return str_ok(out);
}
