/* core/engine/policy.c - see policy.h. */
#include "core/engine/policy.h"

#include <string.h>

#include "core/base/attr.h"
#include "core/base/clock.h"

const struct gate_row policy_gates[GATE_COUNT] = {
    [GATE_ADDRESS] = { "address", false, "has no address that works" },
    [GATE_CONSENT] = { "consent", false, "has no consent" },
    [GATE_SUPPRESSED] = { "suppressed", false, "is suppressed" },
    [GATE_AVOIDED] = { "avoided", false, "is what they asked to avoid" },
    [GATE_SESSION] = { "session", false, "needs an answer of theirs before free text may go" },
    [GATE_SENDER] = { "sender", false, "has no sender that works" },
    [GATE_BODY] = { "body", false, "has nothing to say in this step" },
    [GATE_CAPS] = { "caps", true, "waits: they were touched often enough" },
    [GATE_QUIET] = { "quiet", true, "waits: it is outside their hours" },
};

const struct caps caps_default = { .per_day = 1, .per_week = 3, .all_per_week = 5 };
const struct quiet quiet_default = { .from_minute = 8 * 60, .to_minute = 21 * 60 };

/* ---- gates ---- */

bool policy_gate_find(const char *name, enum gate *out)
{
    for (int i = 0; i < GATE_COUNT; i++) {
        if (strcmp(policy_gates[i].name, name) == 0) {
            *out = (enum gate)i;
            return true;
        }
    }
    return false;
}

void policy_judge(const struct candidate *candidate, int64_t now_ms, struct verdict *out)
{
    const bool closed[GATE_COUNT] = {
        [GATE_ADDRESS] = !candidate->has_address || !candidate->address_ok,
        [GATE_CONSENT] = !candidate->consented,
        [GATE_SUPPRESSED] = candidate->suppressed,
        [GATE_AVOIDED] = candidate->avoided,
        [GATE_SESSION] = !candidate->session_open,
        [GATE_SENDER] = !candidate->sender || !candidate->sender_ok,
        [GATE_BODY] = !candidate->has_body,
        [GATE_CAPS] = candidate->capped_until_ms > now_ms,
        [GATE_QUIET] = candidate->quiet_until_ms > now_ms,
    };

    *out = (struct verdict){ .possible = true, .at_ms = now_ms, .first = GATE_COUNT };
    for (int i = GATE_COUNT - 1; i >= 0; i--) {
        if (!closed[i])
            continue;
        out->closed |= 1u << i;
        out->first = (enum gate)i;
        out->possible = out->possible && policy_gates[i].delays;
    }
    if (candidate->capped_until_ms > out->at_ms)
        out->at_ms = candidate->capped_until_ms;
    if (candidate->quiet_until_ms > out->at_ms)
        out->at_ms = candidate->quiet_until_ms;
    out->possible = out->possible && out->at_ms < INT64_MAX;
}

/* ---- caps ---- */

#define CAP_RUN_DAYS 7
#define CAP_AHEAD_DAYS 60
#define CAP_SPAN_DAYS (CAP_RUN_DAYS + CAP_AHEAD_DAYS + CAP_RUN_DAYS)

/* Touches per day; index 0 is six days before today, so every run that holds today is inside. */
struct cap_days {
    int channel[CAP_SPAN_DAYS], all[CAP_SPAN_DAYS];
};

static void count_days(const struct caps_query *query, int64_t first_day, struct cap_days *out)
{
    *out = (struct cap_days){ 0 };
    for (size_t i = 0; i < query->past_count; i++) {
        int64_t index = when_day_of(query->zone, query->past[i].at_ms) - first_day;

        if (index < 0 || index >= CAP_SPAN_DAYS)
            continue;
        out->all[index]++;
        if (strcmp(query->past[i].channel, query->channel) == 0)
            out->channel[index]++;
    }
}

/* Is there room for one more on day `at` in every run of 7 days that holds it? */
static bool run_has_room(const int *days, int at, int limit)
{
    if (limit <= 0)
        return true;
    for (int first = at - CAP_RUN_DAYS + 1; first <= at; first++) {
        int sum = 0;

        for (int day = first; day < first + CAP_RUN_DAYS; day++)
            sum += days[day];
        if (sum >= limit)
            return false;
    }
    return true;
}

int64_t policy_caps_until(const struct caps_query *query, int64_t now_ms)
{
    const struct caps *caps = query->caps;
    int64_t today = when_day_of(query->zone, now_ms);
    struct cap_days days;
    int ahead;

    count_days(query, today - CAP_RUN_DAYS + 1, &days);
    for (ahead = 0; ahead < CAP_AHEAD_DAYS; ahead++) {
        int at = ahead + CAP_RUN_DAYS - 1;

        if ((caps->per_day <= 0 || days.channel[at] < caps->per_day) &&
            run_has_room(days.channel, at, caps->per_week) &&
            run_has_room(days.all, at, caps->all_per_week))
            break;
    }
    return ahead == 0 ? now_ms : when_day_start(query->zone, today + ahead);
}

/* ---- hours ---- */

bool policy_has_quiet_hours(const char *channel)
{
    static const char *const channels[] = { "sms", "call" };

    for (size_t i = 0; i < COUNT_OF(channels); i++)
        if (strcmp(channels[i], channel) == 0)
            return true;
    return false;
}

int64_t policy_open_at(const struct hours *hours, int64_t at_ms)
{
    const struct quiet *quiet = hours->quiet ? hours->quiet : &quiet_default;
    struct window awake = { .days = WINDOW_EVERY_DAY,
                            .from_minute = quiet->from_minute,
                            .to_minute = quiet->to_minute };
    bool has_quiet = policy_has_quiet_hours(hours->channel);

    /* The two may lie in different zones: go back and forth until both agree, for two weeks at
     * most. */
    for (int turns = 0; turns < 32 && at_ms >= 0; turns++) {
        int64_t before = at_ms;

        if (hours->window)
            at_ms = window_next(hours->window, hours->zone, at_ms);
        if (has_quiet && at_ms >= 0)
            at_ms = window_next(&awake, hours->zone, at_ms);
        if (at_ms == before)
            return at_ms;
    }
    return INT64_MAX;
}

/* ---- pace ---- */

/* splitmix64: good enough bits from any seed; nothing secret depends on it. */
static uint64_t mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

/* `base` more or less by up to `percent`, the same for the same seed. */
static int64_t spread(int64_t base, int percent, uint64_t seed)
{
    int64_t permille = (int64_t)(mix(seed) % 2001) - 1000;

    return base + base * percent / 100 * permille / 1000;
}

/* Moves `pace` to its next place without counting it; returns that time. */
static int64_t pace_advance(struct pace *pace, int64_t now_ms, const struct zone *zone)
{
    int64_t at_ms = now_ms > pace->next_free_ms ? now_ms : pace->next_free_ms;
    int64_t day = when_day_of(zone, at_ms);

    if (day > pace->day) {
        pace->day = day;
        pace->sent_today = 0;
    }
    if (pace->per_day > 0 && pace->sent_today >= pace->per_day) {
        pace->day++;
        pace->sent_today = 0;
        at_ms = when_day_start(zone, pace->day);
    }
    return at_ms;
}

int64_t pace_reserve(struct pace *pace, int64_t now_ms, const struct zone *zone)
{
    int64_t at_ms = pace_advance(pace, now_ms, zone);
    int64_t gap_ms = 0;

    if (pace->per_minute > 0)
        gap_ms = (MINUTE_MS + pace->per_minute - 1) / pace->per_minute;
    if (pace->spread_percent > 0)
        gap_ms = spread(gap_ms, pace->spread_percent, pace->seed ^ (uint64_t)at_ms);
    pace->sent_today++;
    pace->next_free_ms = at_ms + gap_ms;
    return at_ms;
}

int64_t pace_peek(const struct pace *pace, int64_t now_ms, const struct zone *zone)
{
    struct pace copy = *pace;

    return pace_advance(&copy, now_ms, zone);
}

/* ---- retries ---- */

static const int64_t email_waits_ms[] = { 5 * MINUTE_MS, 10 * MINUTE_MS, 20 * MINUTE_MS,
                                          40 * MINUTE_MS, 67 * MINUTE_MS };
static const int64_t text_waits_ms[] = { 2 * SECOND_MS,   4 * SECOND_MS,   8 * SECOND_MS,
                                         16 * SECOND_MS,  32 * SECOND_MS,  64 * SECOND_MS,
                                         128 * SECOND_MS, 256 * SECOND_MS, 300 * SECOND_MS };

static const struct {
    const int64_t *waits_ms;
    int wait_count, spread_percent;
    int max_tries; /* 0 = until give_up_ms */
    int64_t give_up_ms;
} retry_rules[] = {
    [RETRY_EMAIL] = { email_waits_ms, (int)COUNT_OF(email_waits_ms), 20, 0, 48 * HOUR_MS },
    [RETRY_TEXT] = { text_waits_ms, (int)COUNT_OF(text_waits_ms), 50, 8, 4 * HOUR_MS },
};

static int64_t keep_between(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

int64_t policy_next_try(const struct retry *retry)
{
    const int attempt = retry->attempt < 1 ? 1 : retry->attempt;
    const int last = retry_rules[retry->kind].wait_count - 1;
    int64_t wait_ms, at_ms;

    if (retry_rules[retry->kind].max_tries > 0 && attempt >= retry_rules[retry->kind].max_tries)
        return -1;
    wait_ms =
        spread(retry_rules[retry->kind].waits_ms[attempt - 1 < last ? attempt - 1 : last],
               retry_rules[retry->kind].spread_percent, (uint64_t)retry->seed + (uint64_t)attempt);
    if (retry->retry_after_ms > 0) {
        int64_t wish_ms = keep_between(retry->retry_after_ms, SECOND_MS, HOUR_MS);

        /* A text takes the wish as it is; e-mail's own patience is mostly longer. */
        wait_ms = retry->kind == RETRY_TEXT || wish_ms > wait_ms ? wish_ms : wait_ms;
    }
    at_ms = retry->now_ms + wait_ms;
    return at_ms > retry->first_ms + retry_rules[retry->kind].give_up_ms ? -1 : at_ms;
}

enum retry_kind policy_retry_kind(const char *channel)
{
    return strcmp(channel, "email") == 0 ? RETRY_EMAIL : RETRY_TEXT;
}
