/* channels/http_provider.c - see http_provider.h: one account is a provider file and a sender's
 * settings. Requests, verdicts, signatures and events are read in provider_*.c. */
#include "channels/http_provider.h"

#include <stdio.h>

#include "channels/account.h"
#include "channels/provider_account.h"
#include "channels/provider_event.h"
#include "channels/provider_facts.h"
#include "channels/provider_filter.h"
#include "channels/provider_request.h"
#include "channels/provider_sign.h"
#include "channels/provider_verdict.h"
#include "core/base/gsm7.h"
#include "core/base/json.h"
#include "core/base/segments.h"
#include "core/base/text.h"
#include "core/net/http.h"

#define ROUND 16 /* requests between two looks at whether to go on */
#define MESSAGE_VARS 11

/* --- one message --- */

static size_t count_units(const char *unit, const char *text)
{
    const char *end = text + strlen(text);
    size_t count = 0;

    if (strcmp(unit, "bytes") == 0)
        return strlen(text);
    if (strcmp(unit, "segments") == 0)
        return segments_count(span_of(text), SEGMENT_HEADER_8).segments;
    while (text < end)
        count += text_next_point(&text, end) >= 0x10000 && strcmp(unit, "utf16") == 0 ? 2 : 1;
    return count;
}

/* Whether the message may be sent at all; else result says why not. */
static bool is_sendable(const struct http_account *account, const struct message *message,
                        struct send_result *result)
{
    const cJSON *root = account->provider->root;
    const cJSON *limit = json_get(root, "text");
    const char *pattern = json_text(root, "to_pattern", NULL);
    struct err err = { 0 };

    if (message_check(message, &err) < 0) {
        result_set(result, SEND_REFUSED, err.text);
    } else if (!text_is_utf8(span_of(message->text)) || !*message->text) {
        result_set(result, SEND_REFUSED, "the text is empty or no UTF-8");
    } else if (!text_is_utf8(span_of(message->to)) ||
               (pattern && !filter_matches(pattern, message->to, NULL))) {
        result_set(result, SEND_REFUSED, "this is no address of this kind");
        result->address_dead = true;
    } else if (limit && count_units(json_text(limit, "unit", ""), message->text) >
                            (size_t)json_int(limit, "max", 0)) {
        result_set(result, SEND_REFUSED, "the text is longer than the provider takes");
    } else {
        return true;
    }
    return false;
}

/* What a provider file may name as {…}: the message, then what is computed, then the settings. */
static struct vars message_vars(const struct http_account *account, const struct message *message,
                                struct arena *scratch)
{
    const struct var list[MESSAGE_VARS] = {
        { "key", message->key },
        { "to", message->to },
        { "from", message->from },
        { "from_name", message->from_name },
        { "to_name", message->to_name },
        { "subject", message->subject },
        { "text", message->text },
        { "html", message->html },
        { "thread_id", message->thread_id },
        { "webhook_url", account->webhook_url },
        { "alphabet", gsm7_fits(span_of(message->text)) ? "gsm7" : "ucs2" },
    };
    struct var *copy = arena_array(scratch, MESSAGE_VARS, sizeof(*copy));

    memcpy(copy, list, sizeof(list));
    return (struct vars){ .list = copy, .count = MESSAGE_VARS, .outer = &account->vars };
}

/* --- a batch --- */

struct batch {
    struct http_watch watch; /* first */
    const struct http_account *account;
    const struct send_watch *outer;
    struct arena *scratch;
    struct send_result *results;
    /* Of the requests of this round: */
    struct http_request requests[ROUND];
    struct vars vars[ROUND];
    size_t indexes[ROUND]; /* in the batch */
    size_t count;
};

/* A server may quote our request: secrets go before anything is read or cut out of the answer. */
static struct span censored(const struct batch *batch, struct span text)
{
    char *copy = arena_dup_span(batch->scratch, text);

    provider_account_hide(batch->account, copy, text.len);
    return span_make(copy, text.len);
}

static void on_begun(const struct http_watch *watch, size_t index)
{
    const struct batch *batch = (const struct batch *)watch;

    batch->outer->begun(batch->outer, batch->indexes[index]);
}

static void on_answered(const struct http_watch *watch, size_t index,
                        const struct http_response *response)
{
    const struct batch *batch = (const struct batch *)watch;
    size_t at = batch->indexes[index];
    struct send_result *result = &batch->results[at];
    struct http_response clean = *response;

    clean.headers = censored(batch, response->headers);
    clean.body = censored(batch, response->body);
    verdict_read(json_get(batch->account->provider->root, "verdict"), &clean, &batch->vars[index],
                 batch->scratch, result);
    provider_account_hide(batch->account, result->reason, strlen(result->reason));
    provider_account_hide(batch->account, result->provider_id, strlen(result->provider_id));
    batch->outer->answered(batch->outer, at, result);
}

/* A web service that has not answered in half a minute will not. */
static int64_t patience(const struct channel_env *env)
{
    return env->timeout_ms < 30 * SECOND_MS ? env->timeout_ms : 30 * SECOND_MS;
}

/* Adds the message to the round, or says at once why it cannot be sent. */
static void prepare(struct batch *batch, const struct message *message, size_t index)
{
    const struct http_account *account = batch->account;
    struct http_request *request = &batch->requests[batch->count];
    struct vars *vars = &batch->vars[batch->count];
    struct send_result *result = &batch->results[index];
    struct template_fill fill = { .vars = vars, .arena = batch->scratch };

    *vars = message_vars(account, message, batch->scratch);
    if (is_sendable(account, message, result)) {
        if (request_build(json_get(account->provider->root, "send"), account->url, &fill,
                          request) == TEMPLATE_OK) {
            request->timeout_ms = patience(account->env);
            batch->indexes[batch->count++] = index;
            return;
        }
        result_set(result, SEND_REFUSED,
                   fill.missing ? arena_printf(batch->scratch, "%s needs a value for \"%s\"",
                                               account->provider->name, fill.missing)
                                : "the message is too long for a request");
    }
    batch->outer->answered(batch->outer, index, result);
}

/* The account's own trouble makes the rest of the batch wait: asking on would only make it worse
 * (reliability F5). NULL = go on. */
static const struct send_result *reason_to_stop(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct send_result *result = &batch->results[batch->indexes[i]];

        if (result->status == SEND_BROKEN ||
            (result->status == SEND_RETRY && result->retry_after_ms > 0))
            return result;
    }
    return NULL;
}

static void http_send(struct account *base, const struct outgoing *outgoing, struct arena *scratch,
                      struct send_result *results)
{
    struct batch *batch = arena_alloc(scratch, sizeof(*batch));
    const struct send_result *stop = NULL;
    size_t next = 0;

    *batch = (struct batch){ .watch = { on_begun, on_answered },
                             .account = (struct http_account *)base,
                             .outer = outgoing->watch,
                             .scratch = scratch,
                             .results = results };
    while (next < outgoing->count && !stop) {
        struct http_response responses[ROUND];

        batch->count = 0;
        while (next < outgoing->count && batch->count < ROUND) {
            prepare(batch, &outgoing->messages[next], next);
            next++;
        }
        http_many(batch->account->env->http,
                  &(struct http_round){ batch->requests, batch->count, &batch->watch }, scratch,
                  responses);
        stop = reason_to_stop(batch);
    }
    for (; next < outgoing->count; next++) {
        results[next] = *stop;
        outgoing->watch->answered(outgoing->watch, next, &results[next]);
    }
}

/* --- webhooks --- */

static int http_verify(struct account *base, const struct httpd_request *request,
                       struct arena *scratch, struct err *err)
{
    const struct http_account *account = (const struct http_account *)base;
    const struct sign_context context = { .public_url = account->env->public_url,
                                          .path_secret = account->secret,
                                          .path = account->webhook_path,
                                          .vars = &account->vars,
                                          .now_ms = clock_now(account->env->clock) };
    const cJSON *webhook = json_get(account->provider->root, "webhook");

    if (!webhook)
        return err_set(err, ERR_REFUSED, "%s sends no webhooks", account->provider->name);
    if (sign_check(json_get(webhook, "checks"), &context, request, scratch, err) < 0)
        return err_wrap(err, "webhook of %s", base->name);
    return 0;
}

static int http_webhook(struct account *base, const struct httpd_request *request,
                        const struct channel_sink *sink, struct channel_ack *ack, struct err *err)
{
    const struct http_account *account = (const struct http_account *)base;
    const cJSON *webhook = json_get(account->provider->root, "webhook");
    const struct event_source source = { .webhook = webhook, .vars = &account->vars };

    if (!webhook)
        return err_set(err, ERR_REFUSED, "%s sends no webhooks", account->provider->name);
    return event_read(&source, request, sink, ack, err);
}

/* --- heed account test --- */

static bool has_all(const struct vars *vars, const cJSON *names)
{
    const cJSON *name;

    cJSON_ArrayForEach(name, names)
    {
        if (!vars_find(vars, span_of(name->valuestring)))
            return false;
    }
    return true;
}

/* One call of the file's "test": *say is what to tell, NULL when the call does not apply. */
struct asking { /* what every call of a test shares */
    const struct http_account *account;
    const struct vars *vars;
    struct arena *scratch;
};

static int run_call(const struct asking *asking, const cJSON *call, const char **say,
                    struct err *err)
{
    const struct http_account *account = asking->account;
    const struct vars *vars = asking->vars;
    struct arena *scratch = asking->scratch;
    struct template_fill fill = { .vars = vars, .arena = scratch };
    struct http_request request;
    struct http_response response;
    struct facts facts;
    bool fine;

    *say = NULL;
    if (!has_all(vars, json_get(call, "needs")))
        return 0;
    if (request_build(json_get(call, "request"), account->url, &fill, &request) != TEMPLATE_OK)
        return err_set(err, ERR_CONFIG, "%s needs a value for \"%s\"", account->provider->name,
                       fill.missing ? fill.missing : "a setting");
    request.timeout_ms = patience(account->env);
    http_many(account->env->http, &(struct http_round){ &request, 1, NULL }, scratch, &response);
    if (response.fate != HTTP_ANSWERED)
        return err_set(err, ERR_NET, "%s did not answer: %s", account->provider->name,
                       response.reason);
    facts_of_answer(&facts, &response, vars, scratch);
    fine = json_get(call, "accepted") ? facts_hold(&facts, json_get(call, "accepted"))
                                      : response.status >= 200 && response.status < 300;
    *say = facts_text(&facts, json_get(call, "say"));
    *say = arena_dup(scratch, *say ? *say : "");
    facts_finish(&facts);
    return fine ? 0
                : err_set(err, ERR_REFUSED, "%s answered with status %d", account->provider->name,
                          response.status);
}

static int http_test(struct account *base, char sentence[200], struct err *err)
{
    const struct http_account *account = (const struct http_account *)base;
    const struct var own[] = { { "webhook_url", account->webhook_url } };
    const struct vars vars = { .list = own, .count = 1, .outer = &account->vars };
    struct arena scratch;
    const struct asking asking = { account, &vars, &scratch };
    const cJSON *call;
    int rc = 0;

    arena_init(&scratch);
    snprintf(sentence, 200, "%s", "nothing to ask without sending");
    cJSON_ArrayForEach(call, json_get(account->provider->root, "test"))
    {
        const char *say;

        rc = run_call(&asking, call, &say, err);
        if (rc < 0)
            break;
        if (say)
            snprintf(sentence, 200, "%s", say);
    }
    arena_finish(&scratch);
    provider_account_hide(account, sentence, strlen(sentence));
    for (char *c = sentence; *c; c++) {
        if ((unsigned char)*c < ' ')
            *c = ' ';
    }
    return rc;
}

/* --- the table --- */

static struct account *http_open(const struct conf_section *conf, const struct channel_env *env,
                                 struct err *err)
{
    struct account *account = provider_account_open(conf, env, err);

    if (account)
        account->channel = &channel_http;
    return account;
}

static const char *const keys[] = { "provider", "channel", "base_url", "batch", "sessions", NULL };

const struct channel channel_http = {
    .name = "http",
    .keys = keys,
    .open = http_open,
    .close = provider_account_close,
    .send = http_send,
    .verify = http_verify,
    .webhook = http_webhook,
    .test = http_test,
};
