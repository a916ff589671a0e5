/* tests/net/scripted.h - a TCP server on a loopback port that plays one script per connection: for
 * what a real web server never does. */
#ifndef HEED_TESTS_SCRIPTED_H
#define HEED_TESTS_SCRIPTED_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct scripted {
    void (*play)(struct scripted *server, int fd);
    void *ctx;
    int listen_fd, port;
    pthread_t thread;
    atomic_int connections, requests; /* seen so far */
};

/* Reads up to the end of the headers and the body that Content-Length promises; false at the end. */
static inline bool scripted_read_request(struct scripted *server, int fd)
{
    char text[65536];
    size_t have = 0, want = 0;

    while (have < sizeof(text) - 1) {
        ssize_t got = recv(fd, text + have, sizeof(text) - 1 - have, 0);
        const char *end, *length;

        if (got <= 0)
            return false;
        have += (size_t)got;
        text[have] = '\0';
        end = strstr(text, "\r\n\r\n");
        if (!end)
            continue;
        length = strcasestr(text, "content-length:");
        want = (size_t)(end - text) + 4;
        if (length && length < end)
            want += (size_t)strtol(length + 15, NULL, 10);
        if (have >= want)
            break;
    }
    atomic_fetch_add(&server->requests, 1);
    return true;
}

static inline void scripted_write(int fd, const char *text)
{
    size_t len = strlen(text);

    while (len > 0) {
        ssize_t put = send(fd, text, len, MSG_NOSIGNAL);

        if (put <= 0)
            return;
        text += put;
        len -= (size_t)put;
    }
}

static inline void *scripted_run(void *ctx)
{
    struct scripted *server = ctx;

    for (;;) {
        int fd = accept(server->listen_fd, NULL, NULL);

        if (fd < 0)
            return NULL;
        atomic_fetch_add(&server->connections, 1);
        server->play(server, fd);
        shutdown(fd, SHUT_WR);
        close(fd);
    }
}

static inline void scripted_start(struct scripted *server)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(at);

    server->listen_fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server->listen_fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
        listen(server->listen_fd, 64) != 0 ||
        getsockname(server->listen_fd, (struct sockaddr *)&at, &size) != 0)
        abort();
    server->port = ntohs(at.sin_port);
    pthread_create(&server->thread, NULL, scripted_run, server);
}

static inline void scripted_stop(struct scripted *server)
{
    shutdown(server->listen_fd, SHUT_RDWR);
    close(server->listen_fd);
    pthread_join(server->thread, NULL);
}

/* A connected socket to a loopback port. */
static inline int scripted_connect(int port)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((unsigned short)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Everything until the peer closes or nothing has come for wait_ms; NUL-terminated. */
static inline size_t scripted_drain(int fd, char *text, size_t room, int wait_ms)
{
    size_t have = 0;

    while (have < room - 1) {
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        ssize_t got;

        if (poll(&ready, 1, wait_ms) <= 0)
            break;
        got = recv(fd, text + have, room - 1 - have, 0);
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    text[have] = '\0';
    return have;
}

#endif
