/* tests/channels/provider_vectors.h - runs files of test vectors (send, status, inbound, signatures,
 * handshakes) against a provider file. */
#ifndef HEED_TESTS_PROVIDER_VECTORS_H
#define HEED_TESTS_PROVIDER_VECTORS_H

#include "tests/channels/provider_bench.h"

struct vectors {
    struct bench bench;
    cJSON *root;
    const char *provider;
    const char *from;        /* settings line besides those of the vector's config */
    const char *const *ours; /* fields we add to what the vector shows, NULL-ended */
};

/* False and one line when the file is not there. */
static inline bool vectors_open(struct vectors *vectors, const char *path)
{
    struct err err = { 0 };

    vectors->root = json_read_file(path, &err);
    if (!vectors->root) {
        print_message("no vectors: %s\n", err.text);
        return false;
    }
    bench_start(&vectors->bench);
    return true;
}

static inline void vectors_close(struct vectors *vectors)
{
    bench_stop(&vectors->bench);
    cJSON_Delete(vectors->root);
}

/* Opens the account with the vector's config and one more line. */
static inline void vectors_account(struct vectors *vectors, const char *more)
{
    struct bench *bench = &vectors->bench;
    const cJSON *setting;
    const char *lines =
        arena_printf(&bench->arena, "provider = %s\n%s%s", vectors->provider, vectors->from, more);

    cJSON_ArrayForEach(setting, json_get(vectors->root, "config"))
    {
        if (strcmp(setting->string, "send_url") != 0)
            lines = arena_printf(&bench->arena, "%s%s = %s\n", lines, setting->string,
                                 setting->valuestring);
    }
    bench_open(bench, lines);
}

static inline const char *without_dashes(struct bench *bench, const char *text)
{
    char *copy = arena_dup(&bench->arena, text);
    size_t len = 0;

    for (const char *c = copy; *c; c++) {
        if (*c != '-')
            copy[len++] = *c;
    }
    copy[len] = '\0';
    return copy;
}

static inline bool is_ours(const struct vectors *vectors, const char *name)
{
    for (const char *const *ours = vectors->ours; *ours; ours++) {
        if (strcmp(*ours, name) == 0)
            return true;
    }
    return false;
}

/* The fields of a form or query, in order, without those that only we send. */
static inline const char *plain_fields(struct vectors *vectors, const char *form)
{
    struct arena *arena = &vectors->bench.arena;
    struct span rest = span_of(form);
    const char *out = "";
    char *name, *value;

    while (url_next_field(&rest, arena, &name, &value)) {
        if (!is_ours(vectors, name))
            out = arena_printf(arena, "%s%s=%s\n", out, name, value);
    }
    return out;
}

static inline const char *path_of_url(const char *url)
{
    const char *host = strstr(url, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;

    return path ? path : url;
}

static inline void expect_url(struct vectors *vectors, const char *expected)
{
    struct bench *bench = &vectors->bench;
    const char *path = path_of_url(expected);
    size_t len = strcspn(path, "?");

    assert_int_equal(strcspn(bench->url, "?"), len);
    assert_memory_equal(bench->url, path, len);
    assert_string_equal(plain_fields(vectors, bench->url[len] ? bench->url + len + 1 : ""),
                        plain_fields(vectors, path[len] ? path + len + 1 : ""));
}

static inline void expect_body(struct vectors *vectors, const char *expected)
{
    struct bench *bench = &vectors->bench;
    cJSON *theirs, *ours;

    if (!expected) {
        assert_string_equal(bench->sent, "");
    } else if (*expected != '{') {
        assert_string_equal(plain_fields(vectors, bench->sent), plain_fields(vectors, expected));
    } else {
        theirs = json_parse(span_of(expected), "vector", NULL);
        ours = json_parse(span_of(bench->sent), "sent", NULL);
        assert_true(theirs && ours && cJSON_Compare(theirs, ours, true));
        cJSON_Delete(theirs);
        cJSON_Delete(ours);
    }
}

/* What the vectors' classes and reasons mean for us. Our own rule is stricter in one place: a 5xx
 * that the provider did not write itself, without Retry-After, may have been taken. */
static inline void expect_outcome(const struct send_result *result, const cJSON *vector)
{
    const cJSON *outcome = json_get(vector, "outcome");
    const char *class = json_text(outcome, "class", "");
    const char *reason = json_text(outcome, "reason", "");
    int64_t status = json_int(json_get(vector, "response"), "status", 0);
    bool account = strcmp(reason, "auth") == 0 || strcmp(reason, "config") == 0 ||
                   strcmp(reason, "no_credit") == 0;
    const char *id = json_text(outcome, "provider_id", NULL);
    size_t ours = strlen(result->provider_id);

    if (strcmp(class, "accepted") == 0)
        assert_int_equal(result->status, SEND_OK);
    else if (strcmp(class, "retry") == 0)
        assert_true(result->status == SEND_RETRY ||
                    (result->status == SEND_UNSURE && status >= 500));
    else
        assert_int_equal(result->status, account ? SEND_BROKEN : SEND_REFUSED);
    assert_int_equal(result->opted_out, strcmp(reason, "opted_out") == 0);
    assert_int_equal(result->address_dead, strcmp(reason, "invalid_recipient") == 0 ||
                                               strcmp(reason, "recipient_moved") == 0);
    if (id) { /* ours may have the chat in front, because ids are only unique within one */
        assert_true(ours >= strlen(id));
        assert_string_equal(result->provider_id + ours - strlen(id), id);
    }
    if (json_get(outcome, "retry_after"))
        assert_int_equal(result->retry_after_ms, json_int(outcome, "retry_after", 0) * 1000);
    assert_true(result->status == SEND_OK || result->reason[0]);
}

static inline void set_response(struct bench *bench, const cJSON *response)
{
    const cJSON *header;

    bench->status = (int)json_int(response, "status", 0);
    bench->body = json_text(response, "body", "");
    bench->header = NULL;
    cJSON_ArrayForEach(header, json_get(response, "headers"))
    {
        if (strcmp(header->string, "Content-Type") != 0)
            bench->header =
                arena_printf(&bench->arena, "%s: %s", header->string, header->valuestring);
    }
}

/* One send vector; false when it shows something we do not have (media). */
static inline bool run_send_vector(struct vectors *vectors, const cJSON *vector)
{
    struct bench *bench = &vectors->bench;
    const cJSON *message = json_get(vector, "message");
    const cJSON *request = json_get(vector, "request");
    const cJSON *body = json_get(request, "body");
    const char *reply_to = json_text(message, "reply_to", NULL);
    const char *to = json_text(message, "to", "");
    struct message ours = {
        .key = without_dashes(bench, json_text(message, "id", "")),
        .to = to,
        .from = json_text(message, "from", ""),
        .text = json_text(message, "text", ""),
        .thread_id = reply_to ? arena_printf(&bench->arena, "%s:%s", to, reply_to) : NULL,
    };
    const char *authorization = json_text(json_get(request, "headers"), "Authorization", "");

    if (json_get(message, "media"))
        return false;
    set_response(bench, json_get(vector, "response"));
    bench_send(bench, &ours, 1);
    assert_int_equal(bench->requests, 1);
    assert_string_equal(bench->method, json_text(request, "method", ""));
    assert_string_equal(bench->authorization, authorization);
    assert_string_equal(bench->content_type,
                        json_text(json_get(request, "headers"), "Content-Type", ""));
    expect_url(vectors, json_text(request, "url", ""));
    expect_body(vectors, cJSON_IsString(body) ? body->valuestring : NULL);
    expect_outcome(&bench->results[0], vector);
    return true;
}

static inline int run_send_vectors(struct vectors *vectors)
{
    const cJSON *vector;
    int run = 0;

    cJSON_ArrayForEach(vector, json_get(vectors->root, "send"))
    {
        run += run_send_vector(vectors, vector);
    }
    return run;
}

/* --- webhooks --- */

/* A request of a vector as our web server would hand it over. old_name is how the vector's URL calls
 * our key ("mid="), NULL = not at all. */
static inline struct httpd_request request_of(struct bench *bench, const cJSON *vector)
{
    const char *url = path_of_url(json_text(vector, "url", ""));
    const cJSON *headers = json_get(vector, "headers");
    int count = cJSON_GetArraySize(headers);
    struct httpd_header *list = arena_array(&bench->arena, (size_t)count + 1, sizeof(*list));
    const cJSON *header;
    size_t n = 0;
    size_t len = strcspn(url, "?");

    cJSON_ArrayForEach(header, headers)
    {
        list[n++] = (struct httpd_header){ header->string, header->valuestring };
    }
    return (struct httpd_request){
        .method = json_text(vector, "method", "POST"),
        .path = arena_dup_span(&bench->arena, span_make(url, len)),
        .query = url[len] ? url + len + 1 : "",
        .remote = "127.0.0.1",
        .headers = list,
        .header_count = n,
        .body = span_of(json_text(vector, "body", "")),
    };
}

static inline const char *delivery_word(enum delivery delivery)
{
    static const char *const words[] = { "queued",    "sent", "undelivered", "bounced",
                                         "delivered", "read", "opted_out" };

    return words[delivery];
}

static inline void expect_status(const struct channel_event *event, const cJSON *expected)
{
    const char *status = json_text(expected, "status", "");
    const char *ours = delivery_word(event->delivery);
    bool failed = strcmp(status, "failed") == 0;

    assert_int_equal(event->kind, CHANNEL_STATUS);
    if (failed)
        assert_true(strcmp(ours, "undelivered") == 0 || strcmp(ours, "bounced") == 0);
    else
        assert_string_equal(ours, status);
    if (json_get(expected, "id"))
        assert_string_equal(event->provider_id, json_text(expected, "id", ""));
    if (json_get(expected, "our_id"))
        assert_string_equal(event->key, json_text(expected, "our_id", ""));
    if (json_get(expected, "code"))
        assert_string_equal(event->code, json_text(expected, "code", ""));
    if (json_get(expected, "to"))
        assert_string_equal(event->to, json_text(expected, "to", ""));
    if (json_get(expected, "timestamp"))
        assert_int_equal(event->at_ms, json_int(expected, "timestamp", 0) * 1000);
    assert_non_null(event->event_id);
}

static inline int run_status_vectors(struct vectors *vectors)
{
    struct bench *bench = &vectors->bench;
    const cJSON *vector;
    int run = 0;

    cJSON_ArrayForEach(vector, json_get(vectors->root, "status_webhooks"))
    {
        struct httpd_request request = request_of(bench, vector);
        const cJSON *expected = json_get(vector, "expect");
        struct channel_ack ack;

        if (strncmp(request.query, "mid=", 4) == 0) /* the vector's name for our reference */
            request.query = arena_printf(&bench->arena, "ref=%s", request.query + 4);
        assert_int_equal(bench_webhook(bench, &request, &ack), 0);
        assert_int_equal(ack.status, 200);
        assert_int_equal(bench->event_count, cJSON_GetArraySize(expected));
        for (size_t i = 0; i < bench->event_count; i++)
            expect_status(&bench->events[i], cJSON_GetArrayItem(expected, (int)i));
        run++;
    }
    return run;
}

static inline bool ends_with(const char *text, const char *end)
{
    return text && strlen(text) >= strlen(end) &&
           strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static inline int run_inbound_vectors(struct vectors *vectors)
{
    struct bench *bench = &vectors->bench;
    const cJSON *vector;
    int run = 0;

    cJSON_ArrayForEach(vector, json_get(vectors->root, "inbound_webhooks"))
    {
        struct httpd_request request = request_of(bench, vector);
        const cJSON *expected = json_get(vector, "expect");
        const struct channel_event *event = &bench->events[0];
        struct channel_ack ack;

        assert_int_equal(bench_webhook(bench, &request, &ack), 0);
        assert_int_equal(bench->event_count, 1);
        assert_int_equal(event->kind, CHANNEL_REPLIED);
        assert_string_equal(event->from, json_text(expected, "from", ""));
        assert_string_equal(event->text, json_text(expected, "text", ""));
        assert_non_null(event->event_id);
        if (json_get(expected, "to"))
            assert_string_equal(event->to, json_text(expected, "to", ""));
        if (json_get(expected, "timestamp"))
            assert_int_equal(event->at_ms, json_int(expected, "timestamp", 0) * 1000);
        if (json_get(expected, "reply_to"))
            assert_true(ends_with(event->thread_id, json_text(expected, "reply_to", "")));
        run++;
    }
    return run;
}

#endif
