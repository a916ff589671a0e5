/* channels/smtp_shim.c - see smtp_shim.h. Threads without a wire get the C library's own functions.
 * The pointer to the wire is the one thread-local variable of the channels: connect() and poll()
 * take no context. */
#include "channels/smtp_shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"

typedef int connect_fn(int fd, const struct sockaddr *address, socklen_t len);
typedef int poll_fn(struct pollfd *fds, nfds_t count, int timeout);

static _Thread_local struct smtp_wire *current;

/* Written once, before the first use of either. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static connect_fn *real_connect;
static poll_fn *real_poll;

static void find(const char *name, void *function, size_t size)
{
    void *symbol = dlsym(RTLD_NEXT, name);

    if (!symbol)
        abort();
    memcpy(function, &symbol, size); /* ISO C has no cast from void * to a function pointer */
}

static void find_real(void)
{
    find("connect", &real_connect, sizeof(real_connect));
    find("poll", &real_poll, sizeof(real_poll));
}

void smtp_shim_set(struct smtp_wire *wire)
{
    pthread_once(&once, find_real);
    current = wire;
}

struct smtp_wire *smtp_shim_get(void)
{
    return current;
}

void smtp_wire_kill(struct smtp_wire *wire)
{
    wire->dead = true;
    if (wire->fd >= 0)
        shutdown(wire->fd, SHUT_RDWR);
}

bool smtp_wire_alive(const struct smtp_wire *wire)
{
    struct pollfd fd = { .fd = wire->fd, .events = POLLRDHUP };

    pthread_once(&once, find_real);
    return !wire->dead && wire->fd >= 0 && real_poll(&fd, 1, 0) == 0;
}

bool smtp_is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
        return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
    }
    return false;
}

static int remaining_ms(const struct smtp_wire *wire, int64_t most)
{
    int64_t left = wire->deadline_ms - clock_monotonic_ms();

    if (most >= 0 && left > most)
        left = most;
    if (left > INT32_MAX)
        left = INT32_MAX;
    return left > 0 ? (int)left : 0;
}

/* Waits for a connect() under way: 0, or -1 and errno. */
static int await_connect(struct smtp_wire *wire, int fd)
{
    struct pollfd ready = { .fd = fd, .events = POLLOUT };
    int error = 0, count;
    socklen_t size = sizeof(error);

    do
        count = real_poll(&ready, 1, remaining_ms(wire, wire->connect_ms));
    while (count < 0 && errno == EINTR);
    if (count <= 0)
        error = count < 0 ? errno : ETIMEDOUT;
    else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        error = errno;
    errno = error;
    return error ? -1 : 0;
}

static int wire_connect(struct smtp_wire *wire, int fd, const struct sockaddr *address,
                        socklen_t len)
{
    int on = 1, rc;

    if (wire->dead || (wire->loopback_only && !smtp_is_loopback(address))) {
        wire->error = errno = wire->dead ? ECONNABORTED : EACCES;
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    rc = real_connect(fd, address, len);
    if (rc < 0 && errno == EINPROGRESS)
        rc = await_connect(wire, fd);
    if (rc < 0) {
        wire->error = errno;
        return -1;
    }
    wire->fd = fd;
    return 0;
}

/* libesmtp flushes after it reads; a TLS 1.3 ticket makes the socket readable without a reply, and
 * the read would then wait for an answer to a command that has not left. */
static int flush_first(struct pollfd *fds, nfds_t count, int ready)
{
    bool writable = false;

    for (nfds_t i = 0; i < count; i++)
        writable = writable || (fds[i].revents & POLLOUT);
    for (nfds_t i = 0; writable && i < count; i++)
        if (fds[i].revents == POLLIN) {
            fds[i].revents = 0;
            ready--;
        }
    return ready;
}

static int wire_poll(struct smtp_wire *wire, struct pollfd *fds, nfds_t count, int timeout)
{
    int wait = remaining_ms(wire, timeout);
    int ready = wait || !timeout ? real_poll(fds, count, wait) : 0;

    if (ready > 0)
        return flush_first(fds, count, ready);
    /* libesmtp goes on writing after a write that timed out, which would leave a hole in the mail:
     * a wait that failed is the end of the connection. A look without a wait is none. */
    if (ready == 0 ? timeout != 0 : errno != EINTR)
        smtp_wire_kill(wire);
    return ready;
}

/* Their own names in C, since the C library declares the plain ones with types and inline forms of
 * its own; what counts is the name for the linker. */
int shim_connect(int fd, const struct sockaddr *address, socklen_t len) __asm__("connect");
int shim_poll(struct pollfd *fds, nfds_t count, int timeout) __asm__("poll");

int shim_connect(int fd, const struct sockaddr *address, socklen_t len)
{
    pthread_once(&once, find_real);
    return current ? wire_connect(current, fd, address, len) : real_connect(fd, address, len);
}

int shim_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    pthread_once(&once, find_real);
    return current ? wire_poll(current, fds, count, timeout) : real_poll(fds, count, timeout);
}
