/* core/net/http.c - see http.h. Each http_many() borrows one multi handle for itself, so that calls
 * of several threads never share one; open connections stay with the handle. */
#include "core/net/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/net/peer.h"

#define CONNECT_TIMEOUT_MS 5000L
#define TOTAL_TIMEOUT_MS INT64_C(30000)
#define CONNECTIONS_PER_HOST 8
#define CONNECTIONS_MAX 64
/* A connection idle for longer is not used again: the race with a server closing it makes UNSURE.
 */
#define IDLE_CONNECTION_S 20L
#define RETRY_AFTER_MIN_S INT64_C(1)
#define RETRY_AFTER_MAX_S INT64_C(3600)

/* One request in the air, with the handle it uses. */
struct transfer {
    CURL *easy;
    const struct http_options *options;
    const struct http_watch *watch;
    const struct http_request *request; /* NULL = free */
    struct http_response *response;
    size_t index;
    struct curl_slist *headers;
    struct str head, body;
    bool plain;   /* http:// */
    bool left;    /* the request may have left us */
    bool again;   /* libcurl wanted to send it a second time */
    bool private; /* an address was refused */
    char error[CURL_ERROR_SIZE];
};

struct lane {
    struct lane *next;
    CURLM *multi;
    struct transfer transfers[]; /* options.connections_per_host of them */
};

struct http {
    struct http_options options;
    pthread_mutex_t lock; /* guards idle */
    struct lane *idle;
};

static void check_multi(CURLMcode code)
{
    if (code != CURLM_OK)
        abort(); /* out of memory or a bug */
}

/* --- callbacks of libcurl, all on the thread of http_many() --- */

static size_t take_header(char *data, size_t size, size_t count, void *ctx)
{
    struct transfer *transfer = ctx;
    struct span line = span_make(data, size * count);

    if (line.len >= 5 && memcmp(line.data, "HTTP/", 5) == 0)
        str_reset(&transfer->head); /* after an interim 1xx answer the real one begins */
    else if (!span_is(line, "\r\n") && !span_is(line, "\n"))
        str_add_span(&transfer->head, line);
    return str_ok(&transfer->head) ? line.len : 0;
}

static size_t take_body(char *data, size_t size, size_t count, void *ctx)
{
    struct transfer *transfer = ctx;

    str_add(&transfer->body, data, size * count);
    return str_ok(&transfer->body) ? size * count : 0;
}

static bool may_connect(const struct transfer *transfer, const struct sockaddr *address)
{
    enum peer_place place = peer_place(address);

    if (transfer->plain)
        return place == PEER_LOOPBACK && transfer->options->allow_plain;
    return place == PEER_PUBLIC || transfer->options->allow_private;
}

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *transfer = ctx;

    (void)purpose;
    if (!may_connect(transfer, &address->addr)) {
        transfer->private = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Called when a connection stands and nothing of the request has been written. On a reused
 * connection that breaks, libcurl would send the request once more; the first may have been acted
 * upon, so that is not for us. */
static int before_request(void *ctx, char *peer, char *local, int peer_port, int local_port)
{
    struct transfer *transfer = ctx;

    (void)peer, (void)local, (void)peer_port, (void)local_port;
    if (transfer->left) {
        transfer->again = true;
        return CURL_PREREQFUNC_ABORT;
    }
    transfer->left = true;
    if (transfer->watch)
        transfer->watch->begun(transfer->watch, transfer->index);
    return CURL_PREREQFUNC_OK;
}

/* --- setting up --- */

static bool is_token(const char *text)
{
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text <= ' ' || *text >= 0x7F || strchr("()<>@,;:\\\"/[]?={}", *text))
            return false;
    }
    return true;
}

static bool is_header(const char *line)
{
    const char *colon = strchr(line, ':');
    char name[128];
    size_t len = colon ? (size_t)(colon - line) : sizeof(name);

    if (len >= sizeof(name) || text_has_control(span_of(line)))
        return false;
    memcpy(name, line, len);
    name[len] = '\0';
    return is_token(name);
}

/* What is wrong with the request, or NULL. */
static const char *fault_of(const struct http_request *request)
{
    if (!request->method || !is_token(request->method))
        return "the method is no word";
    if (!request->url || text_has_control(span_of(request->url)) || strchr(request->url, ' '))
        return "the URL holds a space or a control character";
    if ((request->user && text_has_control(span_of(request->user))) ||
        (request->password && text_has_control(span_of(request->password))))
        return "the user or password holds a control character";
    for (const char *const *line = request->headers; line && *line; line++) {
        if (!is_header(*line))
            return "a header is not \"Name: value\" or holds a control character";
    }
    return NULL;
}

static void add_header(struct transfer *transfer, const char *line)
{
    struct curl_slist *longer = curl_slist_append(transfer->headers, line);

    if (!longer)
        abort();
    transfer->headers = longer;
}

static void set_headers(struct transfer *transfer)
{
    bool typed = false;

    add_header(transfer, "Expect:");
    for (const char *const *line = transfer->request->headers; line && *line; line++) {
        typed = typed || text_starts_nocase(span_of(*line), "Content-Type:");
        add_header(transfer, *line);
    }
    if (!typed)
        add_header(transfer, "Content-Type:"); /* libcurl would call every body a form */
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
}

static void set_body(struct transfer *transfer)
{
    const struct http_request *request = transfer->request;
    CURL *easy = transfer->easy;

    if (strcmp(request->method, "GET") == 0 && request->body.len == 0)
        return;
    if (strcmp(request->method, "HEAD") == 0) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (request->body.len > 0 || strcmp(request->method, "DELETE") != 0) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.len ? request->body.data : "");
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_limits(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    int64_t total = transfer->request->timeout_ms;

    if (total <= 0)
        total = TOTAL_TIMEOUT_MS;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* do not wait for a resolver that hangs */
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)total);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     total < CONNECT_TIMEOUT_MS ? (long)total : CONNECT_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, IDLE_CONNECTION_S);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
                     transfer->options->allow_plain ? "https,http" : "https");
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* a proxy would hide the address we check */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

static void set_callbacks(struct transfer *transfer)
{
    CURL *easy = transfer->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
}

static void set_up(struct transfer *transfer)
{
    const struct http_request *request = transfer->request;
    CURL *easy = transfer->easy;

    transfer->plain = text_starts_nocase(span_of(request->url), "http://");
    transfer->left = transfer->again = transfer->private = false;
    transfer->error[0] = '\0';
    str_reset(&transfer->head);
    str_reset(&transfer->body);
    curl_easy_reset(easy);
    set_limits(transfer);
    set_callbacks(transfer);
    set_headers(transfer);
    set_body(transfer);
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "heed/" HEED_VERSION);
    if (request->user) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(easy, CURLOPT_USERNAME, request->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, request->password ? request->password : "");
    }
}

/* --- what came of it --- */

/* RFC 9110 section 10.2.3: seconds or a date. A date in the past asks for the shortest wait. */
static int64_t retry_after_ms(struct span headers)
{
    struct span value = http_header(headers, "Retry-After");
    char date[64];
    int64_t seconds;

    if (value.len == 0)
        return 0;
    if (!text_to_int(value, INT64_MIN / 2, INT64_MAX / 2, &seconds)) {
        time_t at;

        if (value.len >= sizeof(date))
            return 0;
        memcpy(date, value.data, value.len);
        date[value.len] = '\0';
        at = curl_getdate(date, NULL);
        if (at == -1)
            return 0;
        seconds = (int64_t)at - (int64_t)time(NULL);
    }
    if (seconds < RETRY_AFTER_MIN_S)
        seconds = RETRY_AFTER_MIN_S;
    if (seconds > RETRY_AFTER_MAX_S)
        seconds = RETRY_AFTER_MAX_S;
    return seconds * 1000;
}

static struct span keep(struct arena *scratch, const struct str *text)
{
    return span_make(arena_dup_span(scratch, str_span(text)), text->len);
}

static void note_answer(struct transfer *transfer, struct arena *scratch)
{
    struct http_response *response = transfer->response;
    long status = 0;

    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    response->fate = HTTP_ANSWERED;
    response->status = (int)status;
    response->headers = keep(scratch, &transfer->head);
    response->body = keep(scratch, &transfer->body);
    response->retry_after_ms = retry_after_ms(response->headers);
}

static const char *failure_text(const struct transfer *transfer, CURLcode code)
{
    if (transfer->private && !transfer->left)
        return transfer->plain ? "plain http is only allowed to loopback addresses"
                               : "the host has a private address, which is not allowed";
    if (transfer->again)
        return "the connection was closed before an answer came";
    if (!str_ok(&transfer->head))
        return "the headers of the answer are too long";
    if (!str_ok(&transfer->body))
        return "the body of the answer is too long";
    return transfer->error[0] ? transfer->error : curl_easy_strerror(code);
}

static void set_reason(struct http_response *response, const char *text)
{
    size_t len = text_cut(span_of(text), sizeof(response->reason) - 1).len;

    memcpy(response->reason, text, len);
    response->reason[len] = '\0';
    for (char *c = response->reason; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            *c = ' ';
    }
}

static void finish_transfer(struct transfer *transfer, CURLcode code, struct arena *scratch)
{
    struct http_response *response = transfer->response;

    if (code == CURLE_OK && transfer->left) {
        note_answer(transfer, scratch);
    } else {
        response->fate = transfer->left ? HTTP_UNSURE : HTTP_NOT_SENT;
        set_reason(response, failure_text(transfer, code));
    }
    curl_slist_free_all(transfer->headers);
    transfer->headers = NULL;
    transfer->request = NULL;
    if (transfer->watch)
        transfer->watch->answered(transfer->watch, transfer->index, response);
}

/* --- lanes --- */

static struct lane *lane_create(const struct http *http)
{
    size_t count = (size_t)http->options.connections_per_host;
    struct lane *lane = xcalloc(1, sizeof(*lane) + count * sizeof(lane->transfers[0]));

    lane->multi = curl_multi_init();
    if (!lane->multi)
        abort();
    check_multi(curl_multi_setopt(lane->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING));
    check_multi(curl_multi_setopt(lane->multi, CURLMOPT_MAXCONNECTS, (long)count * 2));
    for (size_t i = 0; i < count; i++) {
        struct transfer *transfer = &lane->transfers[i];

        transfer->easy = curl_easy_init();
        if (!transfer->easy)
            abort();
        transfer->options = &http->options;
        str_init(&transfer->head, HTTP_HEADERS_MAX_BYTES);
        str_init(&transfer->body, HTTP_BODY_MAX_BYTES);
    }
    return lane;
}

static void lane_destroy(struct lane *lane, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        curl_easy_cleanup(lane->transfers[i].easy);
        str_finish(&lane->transfers[i].head);
        str_finish(&lane->transfers[i].body);
    }
    curl_multi_cleanup(lane->multi);
    free(lane);
}

static struct lane *lane_borrow(struct http *http)
{
    struct lane *lane;

    pthread_mutex_lock(&http->lock);
    lane = http->idle;
    if (lane)
        http->idle = lane->next;
    pthread_mutex_unlock(&http->lock);
    return lane ? lane : lane_create(http);
}

static void lane_return(struct http *http, struct lane *lane)
{
    pthread_mutex_lock(&http->lock);
    lane->next = http->idle;
    http->idle = lane;
    pthread_mutex_unlock(&http->lock);
}

/* --- running --- */

struct run {
    struct lane *lane;
    size_t width, active, next, count;
    const struct http_request *requests;
    const struct http_watch *watch;
    struct arena *scratch;
    struct http_response *responses;
};

static void refuse(struct run *run, size_t index, const char *fault)
{
    struct http_response *response = &run->responses[index];

    response->fate = HTTP_NOT_SENT;
    set_reason(response, fault);
    if (run->watch)
        run->watch->answered(run->watch, index, response);
}

static void start(struct run *run, struct transfer *transfer, size_t index)
{
    const char *fault = fault_of(&run->requests[index]);

    run->responses[index] = (struct http_response){ 0 };
    if (fault) {
        refuse(run, index, fault);
        return;
    }
    transfer->request = &run->requests[index];
    transfer->response = &run->responses[index];
    transfer->watch = run->watch;
    transfer->index = index;
    set_up(transfer);
    check_multi(curl_multi_add_handle(run->lane->multi, transfer->easy));
    run->active++;
}

static void start_waiting(struct run *run)
{
    for (size_t i = 0; i < run->width; i++) {
        struct transfer *transfer = &run->lane->transfers[i];

        while (!transfer->request && run->next < run->count)
            start(run, transfer, run->next++);
    }
}

static void finish_ready(struct run *run)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(run->lane->multi, &left))) {
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        struct transfer *transfer = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
        check_multi(curl_multi_remove_handle(run->lane->multi, easy));
        run->active--;
        finish_transfer(transfer, code, run->scratch);
    }
}

void http_many(struct http *http, const struct http_round *round, struct arena *scratch,
               struct http_response *responses)
{
    struct run run = { .lane = lane_borrow(http),
                       .width = (size_t)http->options.connections_per_host,
                       .count = round->count,
                       .requests = round->requests,
                       .watch = round->watch,
                       .scratch = scratch,
                       .responses = responses };
    int running;

    start_waiting(&run);
    while (run.active > 0) {
        check_multi(curl_multi_perform(run.lane->multi, &running));
        finish_ready(&run);
        start_waiting(&run);
        if (run.active > 0 && running > 0)
            check_multi(curl_multi_poll(run.lane->multi, NULL, 0, 1000, NULL));
    }
    lane_return(http, run.lane);
}

/* --- the pool --- */

struct http *http_create(const struct http_options *options, struct err *err)
{
    struct http *http;

    if (options->connections_per_host < 0 || options->connections_per_host > CONNECTIONS_MAX) {
        err_set(err, ERR_CONFIG, "connections per host must be 0-%d, not %d", CONNECTIONS_MAX,
                options->connections_per_host);
        return NULL;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        err_set(err, ERR_SYSTEM, "cannot start libcurl");
        return NULL;
    }
    http = xcalloc(1, sizeof(*http));
    http->options = *options;
    if (http->options.connections_per_host == 0)
        http->options.connections_per_host = CONNECTIONS_PER_HOST;
    pthread_mutex_init(&http->lock, NULL);
    return http;
}

void http_destroy(struct http *http)
{
    if (!http)
        return;
    while (http->idle) {
        struct lane *lane = http->idle;

        http->idle = lane->next;
        lane_destroy(lane, (size_t)http->options.connections_per_host);
    }
    pthread_mutex_destroy(&http->lock);
    free(http);
    curl_global_cleanup();
}

struct span http_header(struct span headers, const char *name)
{
    struct span line;
    size_t len = strlen(name);

    while (text_next_line(&headers, &line)) {
        if (line.len > len && line.data[len] == ':' &&
            text_eq_nocase(span_make(line.data, len), span_of(name)))
            return text_trim(span_from(line, len + 1));
    }
    return span_make(NULL, 0);
}
