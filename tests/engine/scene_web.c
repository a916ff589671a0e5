/* tests/engine/scene_web.c - the web request of a scenario: the running engine and its web, asked by a real client. See scene.h. */
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/api/web.h"
#include "core/base/text.h"
#include "core/engine/engine.h"
#include "core/net/http.h"
#include "tests/engine/scene.h"

struct daemon {
    struct engine *engine;
    struct web *web;
    pthread_t thread;
    bool runs;
    struct err err;
};

/* A port that was free a moment ago. */
bool scene_choose_port(struct scene *scene)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool found = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
                 getsockname(fd, (struct sockaddr *)&address, &len) == 0;

    if (fd >= 0)
        close(fd);
    scene->port = ntohs(address.sin_port);
    return found || scene_fail(scene, "no free port");
}

static void *run(void *context)
{
    struct daemon *daemon = context;

    return engine_run(daemon->engine, &daemon->err) < 0 ? daemon : NULL;
}

static bool start(struct scene *scene, struct daemon *daemon)
{
    const struct engine_options options = { .workers = 1 };

    daemon->engine = engine_create(scene->workspace, &options, &daemon->err);
    if (!daemon->engine)
        return scene_fail(scene, "%s", daemon->err.text);
    daemon->web = web_start(scene->workspace, daemon->engine, &daemon->err);
    if (!daemon->web)
        return scene_fail(scene, "%s", daemon->err.text);
    daemon->runs = pthread_create(&daemon->thread, NULL, run, daemon) == 0;
    return daemon->runs || scene_fail(scene, "no thread");
}

static void stop(struct daemon *daemon)
{
    if (daemon->runs) {
        engine_stop(daemon->engine);
        pthread_join(daemon->thread, NULL);
    }
    web_stop(daemon->web);
    engine_destroy(daemon->engine);
}

/* "/u/TKA" with the token itself in place of its name. */
static const char *real_path(struct scene *scene)
{
    const char *path = json_text(scene->in, "path", "/");

    if (strncmp(path, "/u/", 3) != 0)
        return path;
    return arena_printf(scene->arena, "/u/%s", scene_token(scene, path + 3, TOKEN_UNSUBSCRIBE));
}

bool scene_request(struct scene *scene)
{
    static const char *const headers[] = { "Content-Type: application/x-www-form-urlencoded",
                                           NULL };
    const struct http_request request = {
        .method = json_text(scene->in, "method", "GET"),
        .url = arena_printf(scene->arena, "http://127.0.0.1:%d%s", scene->port, real_path(scene)),
        .headers = headers,
        .body = span_of(json_text(scene->in, "body", "")),
    };
    const struct http_round round = { &request, 1, NULL };
    struct http_response response = { 0 };
    struct daemon daemon = { 0 };

    if (start(scene, &daemon)) {
        http_many(scene->workspace->env.http, &round, scene->arena, &response);
        if (response.fate == HTTP_ANSWERED && response.status == 200)
            scene->page = arena_dup_span(scene->arena, response.body);
    }
    stop(&daemon);
    return !scene->trouble;
}
