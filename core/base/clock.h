/* core/base/clock.h - the injected clock. Business time (due dates, windows, ids) asks it and
 * nothing else, so that tests and the demo run weeks in seconds. Deadlines of I/O use
 * clock_monotonic_ms(): they are real. */
#ifndef HEED_BASE_CLOCK_H
#define HEED_BASE_CLOCK_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include "core/base/attr.h"
#include "core/base/err.h"

struct clock {
    int64_t start_ms; /* business time, UTC unix ms, at real time `real_ms` */
    int64_t real_ms;  /* CLOCK_REALTIME ms when the clock was started */
    int64_t speed;    /* business ms per real ms; 1 = the wall clock, 0 = stands still (tests) */
};

/* The wall clock. */
void clock_init_system(struct clock *clock);

/* Stands still at `now_ms` until clock_set(). */
void clock_init_manual(struct clock *clock, int64_t now_ms);
void clock_set(struct clock *clock, int64_t now_ms);

/* text: "START_MS:REAL_MS:SPEED", the form of $HEED_CLOCK; processes given the same text share one
 * time. NULL or "" = the wall clock. */
int clock_init_text(struct clock *clock, const char *text, struct err *err) MUST_USE;

/* UTC, unix ms. Thread-safe as long as nobody calls clock_set() meanwhile. */
int64_t clock_now(const struct clock *clock);

/* How many real ms pass until `business_ms` of business time have; at least 1 for a positive wait,
 * INT32_MAX at most. */
int64_t clock_real_wait(const struct clock *clock, int64_t business_ms);

/* CLOCK_MONOTONIC in ms: for deadlines of I/O only. */
int64_t clock_monotonic_ms(void);

/* For waits that a change of the wall clock must not stretch: a condition that counts in
 * CLOCK_MONOTONIC, and when `ms` from now is on it, for pthread_cond_timedwait(). */
void clock_init_condition(pthread_cond_t *condition);
struct timespec clock_after(int64_t ms);

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

#endif
