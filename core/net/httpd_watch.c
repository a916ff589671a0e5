/* core/net/httpd_watch.c - one thread looks at all connections a few times per deadline and shuts
 * down the sockets of those that take too long. Owns no socket. */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "core/base/clock.h"
#include "core/net/httpd_inside.h"

#define LOOKS_PER_DEADLINE 8
#define OUTGOING_DEADLINES 4

struct watch_entry {
    struct watch_entry *next, **back;
    int fd;
    enum watch_phase phase;
    int64_t since_ms;   /* monotonic */
    uint64_t had_bytes; /* received when the phase began */
};

struct watch {
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t wake;
    struct watch_entry *entries;
    int64_t deadline_ms;
    bool stop;
};

static uint64_t bytes_received(int fd)
{
    struct tcp_info info = { 0 };
    socklen_t size = sizeof(info);

    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_bytes_received : 0;
}

static void set_phase(struct watch_entry *entry, enum watch_phase phase)
{
    entry->phase = phase;
    entry->since_ms = clock_monotonic_ms();
}

static void look_at(struct watch *watch, struct watch_entry *entry, int64_t now_ms)
{
    int64_t age_ms = now_ms - entry->since_ms;
    bool late = false;

    /* The deadline of a request on a kept connection runs from its first byte, not from the end of
     * the request before. */
    if (entry->phase == WATCH_IDLE && bytes_received(entry->fd) > entry->had_bytes)
        set_phase(entry, WATCH_INCOMING);
    else if (entry->phase == WATCH_INCOMING)
        late = age_ms > watch->deadline_ms;
    else if (entry->phase == WATCH_OUTGOING)
        late = age_ms > watch->deadline_ms * OUTGOING_DEADLINES;
    if (late)
        shutdown(entry->fd, SHUT_RDWR); /* libmicrohttpd sees the end and closes */
}

static void sleep_until_next_look(struct watch *watch)
{
    const struct timespec until = clock_after(watch->deadline_ms / LOOKS_PER_DEADLINE + 1);

    pthread_cond_timedwait(&watch->wake, &watch->lock, &until);
}

static void *run(void *ctx)
{
    struct watch *watch = ctx;

    pthread_mutex_lock(&watch->lock);
    while (!watch->stop) {
        int64_t now_ms = clock_monotonic_ms();

        for (struct watch_entry *entry = watch->entries; entry; entry = entry->next)
            look_at(watch, entry, now_ms);
        sleep_until_next_look(watch);
    }
    pthread_mutex_unlock(&watch->lock);
    return NULL;
}

struct watch *watch_start(int64_t deadline_ms, struct err *err)
{
    struct watch *watch = xcalloc(1, sizeof(*watch));

    watch->deadline_ms = deadline_ms;
    pthread_mutex_init(&watch->lock, NULL);
    clock_init_condition(&watch->wake);
    if (pthread_create(&watch->thread, NULL, run, watch) != 0) {
        err_set(err, ERR_SYSTEM, "cannot start a thread for the web server");
        pthread_cond_destroy(&watch->wake);
        pthread_mutex_destroy(&watch->lock);
        free(watch);
        return NULL;
    }
    return watch;
}

void watch_stop(struct watch *watch)
{
    if (!watch)
        return;
    pthread_mutex_lock(&watch->lock);
    watch->stop = true;
    pthread_cond_signal(&watch->wake);
    pthread_mutex_unlock(&watch->lock);
    pthread_join(watch->thread, NULL);
    pthread_cond_destroy(&watch->wake);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

struct watch_entry *watch_add(struct watch *watch, int fd)
{
    struct watch_entry *entry = xcalloc(1, sizeof(*entry));

    entry->fd = fd;
    pthread_mutex_lock(&watch->lock);
    set_phase(entry, WATCH_IDLE); /* had_bytes is 0: what came already counts */
    entry->next = watch->entries;
    entry->back = &watch->entries;
    if (entry->next)
        entry->next->back = &entry->next;
    watch->entries = entry;
    pthread_mutex_unlock(&watch->lock);
    return entry;
}

void watch_remove(struct watch *watch, struct watch_entry *entry)
{
    if (!entry)
        return;
    pthread_mutex_lock(&watch->lock);
    *entry->back = entry->next;
    if (entry->next)
        entry->next->back = entry->back;
    pthread_mutex_unlock(&watch->lock);
    free(entry);
}

void watch_enter(struct watch *watch, struct watch_entry *entry, enum watch_phase phase)
{
    if (!entry)
        return;
    pthread_mutex_lock(&watch->lock);
    set_phase(entry, phase);
    if (phase == WATCH_IDLE)
        entry->had_bytes = bytes_received(entry->fd);
    pthread_mutex_unlock(&watch->lock);
}
