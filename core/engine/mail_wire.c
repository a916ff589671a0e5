/* core/engine/mail_wire.c - few calls: length and mail go by one, an answer comes by one. */
#include "core/engine/mail_wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "core/base/attr.h"
#include "core/base/clock.h"

#define WATCH_MS INT64_C(100) /* how often the clocks are looked at while nothing comes */

/* ---- patience ---- */

struct patience mail_wire_patience(int64_t wall_ms, int64_t cpu_ms)
{
    return (struct patience){ .wall_end = clock_monotonic_ms() + wall_ms, .cpu_ms = cpu_ms };
}

int64_t mail_wire_cpu_ms(const struct mail_wire *wire)
{
    struct timespec used;

    if (clock_gettime(wire->cpu, &used) != 0)
        return 0;
    return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

/* The end by CPU time is fixed at the first look, because the clock of another process costs a call and
 * most mails are done before: one thread has used no more than WATCH_MS by then. */
static bool is_over(struct mail_wire *wire, struct patience *patience)
{
    wire->waited = true;
    if (patience->cpu_end == 0)
        patience->cpu_end = mail_wire_cpu_ms(wire) + patience->cpu_ms - WATCH_MS;
    return clock_monotonic_ms() >= patience->wall_end ||
           mail_wire_cpu_ms(wire) >= patience->cpu_end;
}

/* ---- there ---- */

static enum wire_state wait_for_room(struct mail_wire *wire, struct patience *patience)
{
    struct pollfd poller = { .fd = wire->socket, .events = POLLOUT };

    for (;;) {
        int ready = poll(&poller, 1, (int)WATCH_MS);

        if (ready > 0)
            return WIRE_OK;
        if (ready < 0 && errno != EINTR)
            return WIRE_BROKEN;
        if (is_over(wire, patience))
            return WIRE_LATE;
    }
}

/* As much as the socket takes now. */
static ssize_t send_some(const struct mail_wire *wire, struct iovec *pieces, size_t count)
{
    const struct msghdr message = { .msg_iov = pieces, .msg_iovlen = count };

    return sendmsg(wire->socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void take_off(struct iovec *piece, size_t *len)
{
    size_t taken = *len < piece->iov_len ? *len : piece->iov_len;

    piece->iov_base = (char *)piece->iov_base + taken;
    piece->iov_len -= taken;
    *len -= taken;
}

enum wire_state mail_wire_say(struct mail_wire *wire, struct span mail, struct patience *patience)
{
    uint32_t length = (uint32_t)mail.len;
    struct iovec pieces[] = { { &length, sizeof(length) },
                              { (void *)(uintptr_t)mail.data, mail.len } };

    while (pieces[0].iov_len + pieces[1].iov_len > 0) {
        ssize_t put = send_some(wire, pieces, COUNT_OF(pieces));
        enum wire_state state = WIRE_OK;
        size_t left = put > 0 ? (size_t)put : 0;

        if (put <= 0 && errno != EAGAIN && errno != EINTR)
            return WIRE_BROKEN;
        if (put <= 0)
            state = wait_for_room(wire, patience);
        if (state != WIRE_OK)
            return state;
        for (size_t i = 0; i < COUNT_OF(pieces); i++)
            take_off(&pieces[i], &left);
    }
    return WIRE_OK;
}

/* ---- and back ---- */

/* What comes next, at least a byte and at most `most`. */
static enum wire_state hear_some(struct mail_wire *wire, char *out, size_t most,
                                 struct patience *patience, size_t *got)
{
    for (;;) {
        ssize_t count = recv(wire->socket, out, most, 0); /* waits for WATCH_MS */

        if (count > 0) {
            *got = (size_t)count;
            return WIRE_OK;
        }
        if (count == 0 || (errno != EAGAIN && errno != EINTR))
            return WIRE_BROKEN;
        if (is_over(wire, patience))
            return WIRE_LATE;
    }
}

static size_t take_heard(struct mail_wire *wire, char *out, size_t most)
{
    size_t len = most < wire->heard ? most : wire->heard;

    memcpy(out, wire->ear, len);
    wire->heard -= len;
    memmove(wire->ear, wire->ear + len, wire->heard);
    return len;
}

/* What is short is heard together with what comes behind it. */
enum wire_state mail_wire_hear(struct mail_wire *wire, void *out, size_t len,
                               struct patience *patience)
{
    char *at = out;
    size_t done = take_heard(wire, at, len);

    while (done < len) {
        bool is_short = len - done < MAIL_WIRE_EAR_BYTES;
        size_t got = 0;
        enum wire_state state =
            is_short ? hear_some(wire, wire->ear, MAIL_WIRE_EAR_BYTES, patience, &wire->heard)
                     : hear_some(wire, at + done, len - done, patience, &got);

        if (state != WIRE_OK)
            return state;
        done += is_short ? take_heard(wire, at + done, len - done) : got;
    }
    return WIRE_OK;
}

/* ---- the socket ---- */

int mail_wire_open(struct mail_wire *wire, int socket, pid_t pid)
{
    const struct timeval watch = { .tv_usec = WATCH_MS * 1000 };

    wire->socket = socket;
    wire->waited = false;
    wire->heard = 0;
    if (clock_getcpuclockid(pid, &wire->cpu) != 0)
        wire->cpu = CLOCK_MONOTONIC; /* stricter: what passes counts as used */
    return setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &watch, sizeof(watch));
}
