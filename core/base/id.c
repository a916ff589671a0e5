/* core/base/id.c - see id.h. Ids of a process come from one rising tick, (ms << 6 | count): when a
 * millisecond is used up the tick runs into the next one, ahead of the clock. */
#include "core/base/id.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "core/base/sign.h"
#include "core/base/text.h"

#define EPOCH_MS INT64_C(1577836800000) /* 2020-01-01 */
#define COUNT_BITS 6
#define NODE_BITS 4
#define SLOT_BITS 12
#define TIME_BITS 41
#define DIGITS 13

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static atomic_int this_node;
static _Atomic int64_t last_tick;
static uint64_t process_salt;
static pthread_once_t salt_once = PTHREAD_ONCE_INIT;

void id_set_node(int node)
{
    assert(node >= 0 && node < 1 << NODE_BITS);
    atomic_store(&this_node, node);
}

static void make_salt(void)
{
    sign_random(&process_salt, sizeof(process_salt));
}

/* Where the count of a millisecond starts: differs between processes, so that a command and the
 * daemon, both node 0, hardly meet in one millisecond of one slot. */
static int64_t first_count(int64_t ms)
{
    uint64_t mixed;

    pthread_once(&salt_once, make_salt);
    mixed = ((uint64_t)ms ^ process_salt) * UINT64_C(0x9E3779B97F4A7C15);
    return (int64_t)(mixed >> (64 - COUNT_BITS));
}

static int64_t next_tick(int64_t now_ms)
{
    int64_t ms = now_ms - EPOCH_MS > 0 ? now_ms - EPOCH_MS : 1;
    int64_t fresh = ms << COUNT_BITS | first_count(ms);
    int64_t last = atomic_load(&last_tick), tick;

    do {
        tick = ms > last >> COUNT_BITS ? fresh : last + 1;
    } while (!atomic_compare_exchange_weak(&last_tick, &last, tick));
    return tick;
}

int64_t id_next(const struct clock *clock, int slot)
{
    int64_t tick = next_tick(clock_now(clock));
    int64_t ms = tick >> COUNT_BITS & ((INT64_C(1) << TIME_BITS) - 1);

    assert(slot >= 0 && slot < SLOT_COUNT);
    return ms << (SLOT_BITS + NODE_BITS + COUNT_BITS) | (int64_t)slot << (NODE_BITS + COUNT_BITS) |
           (int64_t)atomic_load(&this_node) << COUNT_BITS | (tick & ((1 << COUNT_BITS) - 1));
}

int id_slot(int64_t id)
{
    return (int)(id >> (NODE_BITS + COUNT_BITS) & (SLOT_COUNT - 1));
}

int64_t id_time_ms(int64_t id)
{
    return (id >> (SLOT_BITS + NODE_BITS + COUNT_BITS)) + EPOCH_MS;
}

int id_slot_of(struct span address_key)
{
    uint64_t hash = text_hash(address_key);

    /* Stored in every row: this formula can never change. */
    return (int)((hash ^ hash >> 32) % SLOT_COUNT);
}

const char *id_text(const char *prefix, int64_t id, char text[ID_TEXT_BYTES])
{
    char digits[DIGITS + 1] = "";
    uint64_t rest = (uint64_t)id;

    for (int i = DIGITS; i-- > 0; rest >>= 5)
        digits[i] = alphabet[rest & 31];
    snprintf(text, ID_TEXT_BYTES, "%.8s_%s", prefix, digits);
    return text;
}

/* Value of a digit; people may type it in either case, O for 0 and I or L for 1. -1 = none. */
static int digit_value(char c)
{
    const char *found;

    c = text_lower_char(c);
    if (c == 'o')
        return 0;
    if (c == 'i' || c == 'l')
        return 1;
    found = c ? strchr(alphabet, c) : NULL;
    return found ? (int)(found - alphabet) : -1;
}

bool id_parse(const char *prefix, struct span text, int64_t *id)
{
    size_t prefix_len = strlen(prefix);
    uint64_t value = 0;

    if (text.len != prefix_len + 1 + DIGITS || !text_starts_nocase(text, prefix) ||
        text.data[prefix_len] != '_')
        return false;
    text = span_from(text, prefix_len + 1);
    if (digit_value(text.data[0]) > 7)
        return false; /* more than 63 bits */
    for (size_t i = 0; i < DIGITS; i++) {
        int digit = digit_value(text.data[i]);
        if (digit < 0)
            return false;
        value = value << 5 | (uint64_t)digit;
    }
    *id = (int64_t)value;
    return value > 0;
}
