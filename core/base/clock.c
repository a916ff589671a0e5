/* core/base/clock.c - see clock.h. */
#include "core/base/clock.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#define FASTEST 10000000

static int64_t read_ms(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

void clock_init_system(struct clock *clock)
{
    *clock = (struct clock){ .speed = 1 };
}

void clock_init_manual(struct clock *clock, int64_t now_ms)
{
    *clock = (struct clock){ .start_ms = now_ms };
}

void clock_set(struct clock *clock, int64_t now_ms)
{
    clock->start_ms = now_ms;
    clock->real_ms = read_ms(CLOCK_REALTIME);
}

/* Reads one number and the separator behind it; 0 or -1. */
static int read_field(const char **at, char end, int64_t *out)
{
    char *stop = NULL;

    errno = 0;
    *out = strtoll(*at, &stop, 10);
    if (errno || stop == *at || *stop != end)
        return -1;
    *at = stop + 1;
    return 0;
}

int clock_init_text(struct clock *clock, const char *text, struct err *err)
{
    const char *at = text;

    if (!text || !*text) {
        clock_init_system(clock);
        return 0;
    }
    if (read_field(&at, ':', &clock->start_ms) < 0 || read_field(&at, ':', &clock->real_ms) < 0 ||
        read_field(&at, '\0', &clock->speed) < 0 || clock->speed < 0 || clock->speed > FASTEST)
        return err_set(err, ERR_CONFIG,
                       "HEED_CLOCK: expected START_MS:REAL_MS:SPEED, speed 0 to %d, not \"%s\"",
                       FASTEST, text);
    return 0;
}

int64_t clock_now(const struct clock *clock)
{
    if (clock->speed == 0)
        return clock->start_ms;
    return clock->start_ms + (read_ms(CLOCK_REALTIME) - clock->real_ms) * clock->speed;
}

int64_t clock_real_wait(const struct clock *clock, int64_t business_ms)
{
    int64_t wait = clock->speed > 1 ? business_ms / clock->speed : business_ms;

    if (business_ms <= 0)
        return 0;
    if (wait < 1)
        return 1;
    return wait > INT32_MAX ? INT32_MAX : wait;
}

void clock_init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

struct timespec clock_after(int64_t ms)
{
    struct timespec moment;

    clock_gettime(CLOCK_MONOTONIC, &moment);
    moment.tv_sec += ms / 1000;
    moment.tv_nsec += ms % 1000 * 1000000;
    if (moment.tv_nsec >= 1000000000) {
        moment.tv_nsec -= 1000000000;
        moment.tv_sec++;
    }
    return moment;
}
