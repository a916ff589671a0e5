/* core/api/web.c - the route table and its handlers. They run on libmicrohttpd's threads and never block: what must be stored
 * is given to the engine, which answers when it is durable. */
#include "core/api/web.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/sign.h"
#include "core/engine/envelope.h"
#include "core/engine/forgeries.h"
#include "core/net/httpd.h"

#define MAX_WEBHOOK_BYTES ((size_t)256 << 10)

struct web {
    pthread_mutex_t lock;       /* over forgeries */
    struct forgeries forgeries; /* by the peer's address */
    struct httpd *httpd;
    struct workspace *workspace;
    struct engine *engine;
};

struct pending { /* a request that waits for the engine's commit; lives in the request's arena */
    struct intake intake;
    struct httpd_request *request;
    struct channel_ack ack;
};

static void answer_text(struct httpd_request *request, int status, const char *text)
{
    httpd_answer(request, status, "text/plain; charset=utf-8", span_of(text), NULL);
}

static void on_stored(struct intake *intake, int rc)
{
    struct pending *pending = (struct pending *)intake;

    if (rc == 0)
        httpd_answer(pending->request, pending->ack.status, pending->ack.content_type,
                     span_of(pending->ack.body), NULL);
    else
        httpd_answer(pending->request, 503, "text/plain; charset=utf-8",
                     span_of("not stored, please send it again\n"), "Retry-After: 5");
}

/* ---- webhooks ---- */

/* A provider's own event id is inside; the bytes themselves are key enough against a plain repeat. */
static char *key_of(const struct httpd_request *request, struct arena *arena)
{
    char *all = arena_printf(arena, "%s?%s\n%.*s", request->path, request->query,
                             (int)request->body.len, request->body.data ? request->body.data : "");

    return sign_fingerprint(arena, span_of(all));
}

/* The path token must not stand in the store. */
static char *envelope_without_secret(const struct httpd_request *request, const char *sender,
                                     struct arena *arena)
{
    struct httpd_request shown = *request;

    shown.path = arena_printf(arena, "/webhook/%s", sender);
    return envelope_make(&shown, arena);
}

static struct sender *sender_of(struct web *web, const char *path, struct arena *arena)
{
    const char *name = path + strlen("/webhook/");

    return workspace_sender(web->workspace,
                            arena_dup_span(arena, span_make(name, strcspn(name, "/"))));
}

static void take_webhook(struct web *web, struct httpd_request *request)
{
    struct arena *arena = httpd_arena(request);
    struct sender *sender = sender_of(web, request->path, arena);
    struct pending *pending = arena_alloc(arena, sizeof(*pending));
    const struct channel *channel = sender ? sender->account->channel : NULL;
    const struct channel_sink only_ack = { .scratch = arena };
    struct err err = { 0 };

    if (!channel || !channel->webhook || !channel->verify) {
        answer_text(request, 404, "no such webhook\n");
        return;
    }
    if (channel->verify(sender->account, request, arena, &err) < 0) {
        log_warn("webhook_refused", "sender=%s remote=%s %s", sender->name, request->remote,
                 err.text);
        answer_text(request, 401, "not signed by the provider\n");
        return;
    }
    if (channel->webhook(sender->account, request, &only_ack, &pending->ack, &err) < 0) {
        log_warn("webhook_unread", "sender=%s %s", sender->name, err.text);
        answer_text(request, 400, "not understood\n");
        return;
    }
    pending->request = request;
    pending->intake = (struct intake){
        .inbound = { .source = arena_printf(arena, "webhook:%s", sender->name),
                     .key = key_of(request, arena),
                     .envelope = envelope_without_secret(request, sender->name, arena),
                     .raw = request->body },
        .stored = on_stored,
    };
    engine_take(web->engine, &pending->intake);
}

/* ---- one-click unsubscribe: GET shows a button, because scanners follow links; POST acts ---- */

static const char unsubscribe_page[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>Stop these messages</title>"
    "<style>body{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1em}"
    "button{font:inherit;padding:.5em 1.2em}</style>"
    "<h1>Stop these messages?</h1><p>One click, and we will not write to this address again.</p>"
    "<form method=\"post\"><button>Stop them</button></form></html>";

static const char unsubscribed_page[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\"><title>Done</title>"
    "<style>body{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1em}"
    "</style><h1>Done</h1><p>We will not write to this address again.</p></html>";

#define PAGE_HEADER                                                                                \
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; " \
    "frame-ancestors 'none'; base-uri 'none'"

static void show_button(struct web *web, struct httpd_request *request)
{
    (void)web;
    httpd_answer(request, 200, "text/html; charset=utf-8", span_of(unsubscribe_page), PAGE_HEADER);
}

/* Only our own tokens are worth storing: whoever makes them up fills no disk. Nobody is turned away for it: behind a proxy all have one
 * address, and a person's opt-out must not be lost. */
static bool is_ours(struct web *web, const struct httpd_request *request, const char *token)
{
    struct token read;
    bool ours = token_read(&web->workspace->tokens, span_of(token), &read) == TOKEN_OK &&
                read.kind == TOKEN_UNSUBSCRIBE;

    if (ours)
        return true;
    pthread_mutex_lock(&web->lock);
    if (forgeries_add(&web->forgeries, span_of(request->remote), 1, workspace_now(web->workspace)))
        log_warn("bad_token", "remote=%s count=%d in an hour", request->remote, FORGERIES_MAX);
    pthread_mutex_unlock(&web->lock);
    return false;
}

/* The same page for good and bad tokens: nothing can be learned by trying. */
static void take_unsubscribe(struct web *web, struct httpd_request *request)
{
    struct arena *arena = httpd_arena(request);
    struct pending *pending = arena_alloc(arena, sizeof(*pending));
    const char *token = request->path + strlen("/u/");

    if (!is_ours(web, request, token)) {
        httpd_answer(request, 200, "text/html; charset=utf-8", span_of(unsubscribed_page),
                     PAGE_HEADER);
        return;
    }
    pending->request = request;
    pending->ack = (struct channel_ack){ .status = 200,
                                         .content_type = "text/html; charset=utf-8",
                                         .body = unsubscribed_page };
    pending->intake = (struct intake){ .inbound = { .source = "unsubscribe",
                                                    .key = arena_dup(arena, token),
                                                    .raw = span_of(arena_dup(arena, token)) },
                                       .stored = on_stored };
    engine_take(web->engine, &pending->intake);
}

static void show_health(struct web *web, struct httpd_request *request)
{
    struct engine_counts counts;
    char text[160];

    engine_read_counts(web->engine, &counts);
    snprintf(text, sizeof(text), "{\"ok\":true,\"sent\":%lld,\"heard\":%lld,\"unsure\":%lld}\n",
             (long long)counts.sent, (long long)counts.heard, (long long)counts.unsure);
    httpd_answer(request, 200, "application/json", span_of(text), NULL);
}

/* ---- the routes ---- */

static const struct route {
    const char *method, *prefix;
    void (*handle)(struct web *web, struct httpd_request *request);
} routes[] = {
    { "POST", "/webhook/", take_webhook }, { "GET", "/webhook/", take_webhook },
    { "GET", "/u/", show_button },         { "POST", "/u/", take_unsubscribe },
    { "GET", "/healthz", show_health },
};

static void dispatch(void *context, struct httpd_request *request)
{
    struct web *web = context;
    bool known = false;

    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (strncmp(request->path, routes[i].prefix, strlen(routes[i].prefix)) != 0)
            continue;
        known = true;
        if (strcmp(request->method, routes[i].method) == 0) {
            routes[i].handle(web, request);
            return;
        }
    }
    answer_text(request, known ? 405 : 404, known ? "not that way\n" : "nothing here\n");
}

struct web *web_start(struct workspace *workspace, struct engine *engine, struct err *err)
{
    static const char *const known[] = { "listen", "public_url", NULL };
    const struct conf_section *conf = conf_find(workspace->conf, "http", "");
    const struct httpd_options options = { .listen = conf_text(conf, "listen", "127.0.0.1:8025"),
                                           .max_body_bytes = MAX_WEBHOOK_BYTES };
    struct web *web;

    if (!conf)
        return NULL;
    if (conf_check_keys(conf, known, err) < 0)
        return NULL;
    web = xcalloc(1, sizeof(*web));
    pthread_mutex_init(&web->lock, NULL);
    web->workspace = workspace;
    web->engine = engine;
    web->httpd = httpd_start(&options, dispatch, web, err);
    if (web->httpd)
        return web;
    pthread_mutex_destroy(&web->lock);
    free(web);
    return NULL;
}

void web_stop(struct web *web)
{
    if (!web)
        return;
    httpd_stop(web->httpd);
    pthread_mutex_destroy(&web->lock);
    free(web);
}
