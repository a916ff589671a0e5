/* core/engine/policy.h - may we send now, and if not, when or why never? Gates, caps, quiet hours,
 * pace and retries. Pure: no clock, no store, no I/O. Figures: reliability.md sections 5 (C5, C15)
 * and 6. */
#ifndef HEED_ENGINE_POLICY_H
#define HEED_ENGINE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/zone.h"
#include "core/engine/sequence.h"

/* ---- gates ---- */

/* In the order in which they are asked and shown */
enum gate {
    GATE_ADDRESS,
    GATE_CONSENT,
    GATE_SUPPRESSED,
    GATE_AVOIDED,
    GATE_SESSION,
    GATE_SENDER,
    GATE_BODY,
    GATE_CAPS,
    GATE_QUIET,
    GATE_COUNT,
};

struct gate_row {
    const char *name;   /* "suppressed": stored and shown */
    bool delays;        /* true: the touch waits; false: this channel is out */
    const char *closed; /* for people, after the channel's name: "has no address that works" */
};

extern const struct gate_row policy_gates[GATE_COUNT];

/* The gate called so; false when there is none. */
bool policy_gate_find(const char *name, enum gate *out);

/* One way to reach this prospect now, as the caller knows it. Strings are borrowed. */
struct candidate {
    const char *channel;
    const char *sender;      /* the sender that would carry it, or NULL = none is configured */
    bool has_address;        /* an address of the channel's kind is known */
    bool address_ok;         /* not dead: no hard bounce, not refused by the provider */
    bool consented;          /* consent is there, or this channel needs none */
    bool suppressed;         /* the address, the channel or the person is suppressed */
    bool avoided;            /* they asked not to be reached this way */
    bool session_open;       /* within the session window, or the channel has none */
    bool sender_ok;          /* not paused, not broken */
    bool has_body;           /* there is something to say on this channel */
    bool human;              /* a person does it */
    int64_t capped_until_ms; /* policy_caps_until(); 0 = free */
    int64_t quiet_until_ms;  /* policy_open_at() when that is later than now; 0 = open */
};

struct verdict {
    unsigned closed; /* bit (1u << gate) for each gate that is closed, delaying ones included */
    bool possible;   /* no closed gate but delaying ones */
    int64_t at_ms;   /* when possible: earliest time, now_ms if at once */
    enum gate first; /* first closed gate; GATE_COUNT when all are open */
};

/* May this candidate be used at now_ms? */
void policy_judge(const struct candidate *candidate, int64_t now_ms, struct verdict *out);

/* ---- caps: how often one prospect is touched ---- */

struct caps {         /* 0 = no limit */
    int per_day;      /* touches on one channel, per local calendar day of the prospect */
    int per_week;     /* on one channel in any 7 such days running */
    int all_per_week; /* on all channels together in 7 days */
};

extern const struct caps caps_default; /* 1, 3, 5 */

struct past_touch {
    const char *channel;
    int64_t at_ms; /* when it left or will leave; any order */
};

/* When the next touch on `channel` is within the caps: now_ms if at once, else a local midnight.
 * Only touches of the last 7 days and planned ones matter. */
struct caps_query {
    const struct caps *caps;
    const struct past_touch *past;
    size_t past_count;
    const char *channel;
    const struct zone *zone; /* the prospect's */
};
int64_t policy_caps_until(const struct caps_query *query, int64_t now_ms);

/* ---- hours ---- */

struct quiet { /* texts and calls only inside [from, to) of the prospect's day */
    int from_minute, to_minute;
};

extern const struct quiet quiet_default; /* 08:00-21:00: 47 CFR 64.1200(c)(1) */

/* Do quiet hours hold for this channel? (sms, call) */
bool policy_has_quiet_hours(const char *channel);

/* First instant >= at_ms inside the window (NULL = any time) and, for channels that have them,
 * outside quiet hours (NULL = quiet_default). INT64_MAX when the two never meet: as quiet_until_ms
 * that bars the candidate. */
struct hours {
    const struct window *window;
    const struct quiet *quiet;
    const struct zone *zone; /* the prospect's */
    const char *channel;
};
int64_t policy_open_at(const struct hours *hours, int64_t at_ms);

/* ---- pace: how fast one sender sends ---- */

struct pace {
    int per_minute, per_day; /* 0 = no limit */
    int spread_percent;      /* 0 = exact; 50: gaps vary by up to half, by `seed` */
    uint64_t seed;
    /* State, kept by the caller; zeroed at first. */
    int64_t next_free_ms;
    int64_t day; /* local day number of sent_today */
    int sent_today;
};

/* Takes the next place: the earliest ms >= now_ms at which this sender may send one more, and
 * counts it. Days are those of `zone` (the sender's). Deterministic. */
int64_t pace_reserve(struct pace *pace, int64_t now_ms, const struct zone *zone);

/* The same without taking it. */
int64_t pace_peek(const struct pace *pace, int64_t now_ms, const struct zone *zone);

/* ---- retries ---- */

enum retry_kind { RETRY_EMAIL, RETRY_TEXT };

struct retry {
    enum retry_kind kind;
    int attempt;      /* tries made so far, >= 1 */
    int64_t first_ms; /* when the first try was */
    int64_t now_ms;
    int64_t retry_after_ms; /* the provider's wish, 0 = none; kept between 1 s and 1 h */
    int64_t seed;           /* the touch id: the same touch gets the same times */
};

/* When to try again (UTC ms, > now_ms), or -1 = give up. E-mail: 5, 10, 20, 40, then 67 min, each
 * +-20 %, 48 h in all; texts: 2, 4, 8 .. 300 s, each +-50 %, 8 tries, 4 h. Never before the
 * provider's wish. */
int64_t policy_next_try(const struct retry *retry);

enum retry_kind policy_retry_kind(const char *channel); /* "email" or anything else */

#endif
