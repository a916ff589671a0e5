/* core/net/httpd.c - see httpd.h. A request is one `struct call` from its first line until
 * libmicrohttpd is through with it; httpd->lock decides between the thread of the pool that suspends
 * a connection and the thread that answers it. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/net/httpd_inside.h"
#include "core/net/url.h"

#define POOL_THREADS 2u
#define CONNECTIONS_MAX 256u
#define CONNECTION_MEMORY_BYTES ((size_t)32 << 10) /* request line, headers, read buffer */
#define BODY_MAX_BYTES ((size_t)1 << 20)
#define DEADLINE_MS INT64_C(15000)
#define STOP_WAIT_MS INT64_C(5000)
#define BACKLOG 512
#define SKIP_FACTOR 4 /* a chunked body is read and dropped up to this many limits, then cut */

struct call {
    struct httpd_request request;
    struct call *next, **back; /* in httpd->calls */
    struct httpd *httpd;
    struct MHD_Connection *connection;
    struct arena arena;
    struct str body;
    size_t skipped;
    char *uri;
    bool begun; /* headers are checked and copied */
    /* Guarded by httpd->lock from here on. */
    bool handed;    /* the handler knows it */
    bool suspended; /* libmicrohttpd waits for us */
    bool answered;  /* response and status are set */
    bool orphan;    /* the server goes; freed when both of the following are true */
    bool completed; /* libmicrohttpd is through with it */
    bool late;      /* httpd_answer() was called all the same */
    int status;
    struct MHD_Response *response;
};

struct httpd {
    struct MHD_Daemon *daemon;
    struct watch *watch;
    httpd_handler *handler;
    void *ctx;
    size_t max_body_bytes;
    int port;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct call *calls;
    size_t orphans;
    bool stopping; /* no new request is handed over */
    bool leaving;  /* those not answered by now become orphans */
    bool stopped;
};

static struct watch_entry *entry_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

/* --- the life of a call --- */

/* libmicrohttpd has read the request line: the only moment it shows the URI as it came. */
static void *call_create(void *ctx, const char *uri, struct MHD_Connection *connection)
{
    struct httpd *httpd = ctx;
    struct call *call = xcalloc(1, sizeof(*call));

    call->httpd = httpd;
    call->connection = connection;
    call->request.inside = call;
    arena_init(&call->arena);
    str_init(&call->body, httpd->max_body_bytes);
    call->uri = arena_dup(&call->arena, uri);
    pthread_mutex_lock(&httpd->lock);
    call->next = httpd->calls;
    call->back = &httpd->calls;
    if (call->next)
        call->next->back = &call->next;
    httpd->calls = call;
    pthread_mutex_unlock(&httpd->lock);
    return call;
}

static void call_free(struct call *call)
{
    str_finish(&call->body);
    arena_finish(&call->arena);
    free(call);
}

/* Under the lock. Whether nobody knows the call any more, so that the caller frees it. */
static bool is_over(struct call *call)
{
    if (!call->orphan)
        return call->completed;
    if (!call->completed || !call->late)
        return false;
    call->httpd->orphans--;
    return true;
}

static void call_completed(void *ctx, struct MHD_Connection *connection, void **state,
                           enum MHD_RequestTerminationCode code)
{
    struct httpd *httpd = ctx;
    struct call *call = *state;
    bool over;

    (void)code;
    if (!call)
        return;
    *state = NULL;
    watch_enter(httpd->watch, entry_of(connection), WATCH_IDLE);
    pthread_mutex_lock(&httpd->lock);
    *call->back = call->next;
    if (call->next)
        call->next->back = call->back;
    if (call->response) /* the connection broke before it could be queued */
        MHD_destroy_response(call->response);
    call->response = NULL;
    call->completed = true;
    over = is_over(call);
    pthread_cond_broadcast(&httpd->changed);
    pthread_mutex_unlock(&httpd->lock);
    if (over)
        call_free(call);
}

static void connection_changed(void *ctx, struct MHD_Connection *connection, void **state,
                               enum MHD_ConnectionNotificationCode code)
{
    struct httpd *httpd = ctx;
    const union MHD_ConnectionInfo *info;

    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        watch_remove(httpd->watch, *state);
        *state = NULL;
        return;
    }
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info)
        *state = watch_add(httpd->watch, info->connect_fd);
}

/* --- answers --- */

static void add_extra_header(struct MHD_Response *response, const char *extra)
{
    const char *colon = extra ? strchr(extra, ':') : NULL;
    char name[128];
    struct span value;
    size_t len = colon ? (size_t)(colon - extra) : 0;

    if (!extra)
        return;
    if (len == 0 || len >= sizeof(name) || text_has_control(span_of(extra))) {
        log_error("answer_header_dropped", "reason=\"not Name: value\"");
        return;
    }
    memcpy(name, extra, len);
    name[len] = '\0';
    value = text_trim(span_of(colon + 1));
    MHD_add_response_header(response, name, value.len ? value.data : "");
}

static struct MHD_Response *make_response(const char *content_type, struct span body,
                                          const char *extra)
{
    /* The library copies; its parameter is not const for the other modes. */
    union {
        const char *in;
        void *out;
    } data = { .in = body.data };
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.len, data.out, MHD_RESPMEM_MUST_COPY);

    if (!response)
        abort();
    if (content_type && !text_has_control(span_of(content_type)))
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    add_extra_header(response, extra);
    return response;
}

static enum MHD_Result queue_answer(struct call *call)
{
    struct MHD_Response *response = call->response;
    enum MHD_Result result;

    watch_enter(call->httpd->watch, entry_of(call->connection), WATCH_OUTGOING);
    result = MHD_queue_response(call->connection, (unsigned)call->status, response);
    call->response = NULL;
    MHD_destroy_response(response);
    return result;
}

/* Refuses before the handler has heard of it, and closes: what follows on the connection cannot be
 * trusted to be a request. */
static enum MHD_Result refuse(struct call *call, int status, const char *reason)
{
    char body[160];
    int len = snprintf(body, sizeof(body), "%d %s\n", status, reason);

    call->answered = true;
    call->status = status;
    call->response = make_response("text/plain", span_make(body, (size_t)len), "Connection: close");
    return queue_answer(call);
}

/* --- collecting a request --- */

struct header_list {
    struct arena *arena;
    struct httpd_header *headers;
    size_t count, room;
};

static enum MHD_Result copy_header(void *ctx, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct header_list *list = ctx;

    (void)kind;
    if (list->count == list->room)
        return MHD_NO;
    list->headers[list->count++] = (struct httpd_header){
        .name = arena_dup(list->arena, name),
        .value = arena_dup(list->arena, value ? value : ""),
    };
    return MHD_YES;
}

static void copy_headers(struct call *call)
{
    int count = MHD_get_connection_values(call->connection, MHD_HEADER_KIND, NULL, NULL);
    struct header_list list = { .arena = &call->arena, .room = count > 0 ? (size_t)count : 0 };

    list.headers = arena_array(&call->arena, list.room, sizeof(*list.headers));
    MHD_get_connection_values(call->connection, MHD_HEADER_KIND, copy_header, &list);
    call->request.headers = list.headers;
    call->request.header_count = list.count;
}

static const char *peer_text(struct call *call)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char text[NI_MAXHOST];
    socklen_t size;

    if (!info || !info->client_addr)
        return "";
    size = info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                    : sizeof(struct sockaddr_in);
    if (getnameinfo(info->client_addr, size, text, sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
        return "";
    return arena_dup(&call->arena, text);
}

static enum MHD_Result begin(struct call *call, const char *method, const char *version)
{
    struct guard_verdict verdict = guard_check(call->connection, version);
    char *question = strchr(call->uri, '?');

    call->begun = true;
    if (verdict.status)
        return refuse(call, verdict.status, verdict.reason);
    if (guard_body_length(call->connection) > (int64_t)call->httpd->max_body_bytes)
        return refuse(call, 413, "the body is too long");
    copy_headers(call);
    call->request.method = arena_dup(&call->arena, method);
    call->request.remote = peer_text(call);
    if (question)
        *question = '\0';
    call->request.path = call->uri;
    call->request.query = question ? question + 1 : "";
    return MHD_YES;
}

/* Past the limit the rest is read and dropped so that the sender gets to read the 413. */
static enum MHD_Result take_body(struct call *call, const char *data, size_t *size)
{
    if (str_ok(&call->body))
        str_add(&call->body, data, *size);
    if (!str_ok(&call->body))
        call->skipped += *size;
    *size = 0;
    return call->skipped > call->httpd->max_body_bytes * SKIP_FACTOR ? MHD_NO : MHD_YES;
}

/* Under the lock. The server goes, but somebody still holds the request: it lives until answered. */
static void make_orphan(struct call *call)
{
    call->orphan = true;
    call->answered = true;
    call->status = 503;
    call->response = make_response("text/plain", span_of("503 stopping\n"), NULL);
    call->httpd->orphans++;
}

/* False when the server stops. */
static bool mark_handed(struct call *call)
{
    pthread_mutex_lock(&call->httpd->lock);
    call->handed = !call->httpd->stopping;
    pthread_mutex_unlock(&call->httpd->lock);
    return call->handed;
}

static enum MHD_Result hand_over(struct call *call)
{
    struct httpd *httpd = call->httpd;
    bool answered;

    if (!mark_handed(call))
        return refuse(call, 503, "stopping");
    call->request.body = str_span(&call->body);
    watch_enter(httpd->watch, entry_of(call->connection), WATCH_WORKING);
    httpd->handler(httpd->ctx, &call->request);
    pthread_mutex_lock(&httpd->lock);
    if (!call->answered && httpd->leaving)
        make_orphan(call);
    answered = call->answered;
    if (!answered) {
        MHD_suspend_connection(call->connection);
        call->suspended = true;
    }
    pthread_mutex_unlock(&httpd->lock);
    return answered ? queue_answer(call) : MHD_YES;
}

static bool is_answered(struct call *call)
{
    bool answered;

    pthread_mutex_lock(&call->httpd->lock);
    answered = call->answered;
    pthread_mutex_unlock(&call->httpd->lock);
    return answered;
}

/* libmicrohttpd calls it with the headers, with each piece of the body, at the end of the body, and
 * again when a suspended connection was resumed. */
static enum MHD_Result on_access(void *ctx, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *size, void **state)
{
    struct call *call = *state;

    (void)ctx, (void)connection, (void)url;
    if (!call)
        return MHD_NO;
    if (!call->begun)
        return begin(call, method, version);
    if (*size > 0)
        return take_body(call, data, size);
    if (!str_ok(&call->body))
        return refuse(call, 413, "the body is too long");
    if (!call->handed)
        return hand_over(call);
    return is_answered(call) ? queue_answer(call) : MHD_YES;
}

/* --- starting and stopping --- */

/* "127.0.0.1:8025" or "[::1]:8025" into its two halves. */
static bool split_listen(const char *text, char host[INET6_ADDRSTRLEN], const char **port)
{
    const char *colon = strrchr(text, ':');
    size_t len = colon ? (size_t)(colon - text) : 0;
    int64_t number;

    if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    } else if (memchr(text, ':', len)) {
        return false;
    }
    if (len == 0 || len >= INET6_ADDRSTRLEN || !text_to_int(span_of(colon + 1), 0, 65535, &number))
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    *port = colon + 1;
    return true;
}

static int bind_socket(const struct addrinfo *at, const char *text, struct err *err)
{
    int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol);
    int on = 1;
    char reason[128];

    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    err_set(err, ERR_SYSTEM, "cannot listen on %s: %s", text,
            err_errno(errno, reason, sizeof(reason)));
    if (fd >= 0)
        close(fd);
    return -1;
}

static int open_listen(const char *text, struct err *err)
{
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    char host[INET6_ADDRSTRLEN];
    const char *port;
    int fd;

    if (!split_listen(text, host, &port) || getaddrinfo(host, port, &hints, &found) != 0)
        return err_set(err, ERR_CONFIG,
                       "listen must be ADDRESS:PORT such as 127.0.0.1:8025 or [::1]:8025, not "
                       "\"%s\"",
                       text);
    fd = bind_socket(found, text, err);
    freeaddrinfo(found);
    return fd;
}

static int port_of(int fd)
{
    struct sockaddr_storage at = { 0 };
    socklen_t size = sizeof(at);
    char port[NI_MAXSERV];
    int64_t number = 0;

    if (getsockname(fd, (struct sockaddr *)&at, &size) != 0 ||
        getnameinfo((struct sockaddr *)&at, size, NULL, 0, port, sizeof(port), NI_NUMERICSERV) != 0)
        return 0;
    return text_to_int(span_of(port), 0, 65535, &number) ? (int)number : 0;
}

static void httpd_free(struct httpd *httpd)
{
    pthread_cond_destroy(&httpd->changed);
    pthread_mutex_destroy(&httpd->lock);
    free(httpd);
}

static struct MHD_Daemon *start_daemon(struct httpd *httpd, int fd, int64_t deadline_ms)
{
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_access, httpd,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, POOL_THREADS,
        MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        CONNECTION_MEMORY_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)((deadline_ms + 999) / 1000), MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, call_create, httpd, MHD_OPTION_NOTIFY_COMPLETED,
        call_completed, httpd, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, httpd,
        MHD_OPTION_END);
}

struct httpd *httpd_start(const struct httpd_options *options, httpd_handler *handler, void *ctx,
                          struct err *err)
{
    int64_t deadline_ms = options->deadline_ms > 0 ? options->deadline_ms : DEADLINE_MS;
    int fd = open_listen(options->listen, err);
    struct httpd *httpd;

    if (fd < 0)
        return NULL;
    httpd = xcalloc(1, sizeof(*httpd));
    httpd->handler = handler;
    httpd->ctx = ctx;
    httpd->max_body_bytes = options->max_body_bytes ? options->max_body_bytes : BODY_MAX_BYTES;
    httpd->port = port_of(fd);
    pthread_mutex_init(&httpd->lock, NULL);
    clock_init_condition(&httpd->changed);
    httpd->watch = watch_start(deadline_ms, err);
    if (!httpd->watch)
        goto out;
    httpd->daemon = start_daemon(httpd, fd, deadline_ms);
    if (httpd->daemon)
        return httpd;
    err_set(err, ERR_SYSTEM, "cannot start the web server on %s", options->listen);
out:
    watch_stop(httpd->watch);
    httpd_free(httpd);
    close(fd);
    return NULL;
}

static bool any_handed(const struct httpd *httpd)
{
    for (const struct call *call = httpd->calls; call; call = call->next) {
        if (call->handed)
            return true;
    }
    return false;
}

static void wait_for_answers(struct httpd *httpd)
{
    const struct timespec until = clock_after(STOP_WAIT_MS);

    pthread_mutex_lock(&httpd->lock);
    httpd->stopping = true;
    while (any_handed(httpd)) {
        if (pthread_cond_timedwait(&httpd->changed, &httpd->lock, &until) != 0)
            break;
    }
    pthread_mutex_unlock(&httpd->lock);
}

static void leave_orphans(struct httpd *httpd)
{
    pthread_mutex_lock(&httpd->lock);
    httpd->leaving = true;
    for (struct call *call = httpd->calls; call; call = call->next) {
        if (!call->suspended || call->answered)
            continue;
        make_orphan(call);
        MHD_resume_connection(call->connection);
    }
    pthread_mutex_unlock(&httpd->lock);
}

void httpd_stop(struct httpd *httpd)
{
    bool last;

    if (!httpd)
        return;
    /* Not MHD_quiesce_daemon(): with epoll and a pool its 0.9.75 races with its own threads and
     * ends the process. */
    wait_for_answers(httpd);
    leave_orphans(httpd);
    MHD_stop_daemon(httpd->daemon);
    watch_stop(httpd->watch);
    pthread_mutex_lock(&httpd->lock);
    httpd->stopped = true;
    last = httpd->orphans == 0;
    pthread_mutex_unlock(&httpd->lock);
    if (last)
        httpd_free(httpd);
}

int httpd_port(const struct httpd *httpd)
{
    return httpd->port;
}

/* --- requests --- */

/* Under the lock. Takes response over when somebody still waits for it. */
static bool give_answer(struct call *call, int status, struct MHD_Response *response)
{
    assert(call->orphan || !call->answered);
    if (call->orphan) {
        call->late = true;
        return false;
    }
    call->response = response;
    call->status = status;
    call->answered = true;
    if (call->suspended)
        MHD_resume_connection(call->connection);
    return true;
}

void httpd_answer(struct httpd_request *request, int status, const char *content_type,
                  struct span body, const char *extra)
{
    struct call *call = request->inside;
    struct httpd *httpd;
    struct MHD_Response *response;
    bool given, over, last;

    if (!call)
        return; /* built by hand: nobody waits */
    httpd = call->httpd;
    response = make_response(content_type, body, extra);
    pthread_mutex_lock(&httpd->lock);
    given = give_answer(call, status, response);
    over = !given && is_over(call);
    last = over && httpd->stopped && httpd->orphans == 0;
    pthread_mutex_unlock(&httpd->lock);
    if (!given)
        MHD_destroy_response(response);
    if (over)
        call_free(call);
    if (last)
        httpd_free(httpd);
}

struct arena *httpd_arena(struct httpd_request *request)
{
    struct call *call = request->inside;

    assert(call);
    return &call->arena;
}

const char *httpd_header_of(const struct httpd_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (text_eq_nocase(span_of(request->headers[i].name), span_of(name)))
            return request->headers[i].value;
    }
    return NULL;
}

const char *httpd_form_value(struct span form, const char *name, struct arena *scratch)
{
    char *key, *value;

    while (url_next_field(&form, scratch, &key, &value)) {
        if (strcmp(key, name) == 0)
            return value;
    }
    return NULL;
}
