/* core/engine/forgeries.c - see forgeries.h. One place for each hash: a newcomer takes the place of whoever is quiet or has shown less. */
#include "core/engine/forgeries.h"

#include "core/base/clock.h"
#include "core/base/text.h"

static bool is_over(int64_t since_ms, int64_t now)
{
    return now >= since_ms + HOUR_MS || now < since_ms;
}

bool forgeries_block(const struct forgeries *seen, struct span source, int64_t now)
{
    uint64_t hash = text_hash(source);
    size_t i = hash % FORGERIES_SOURCES;

    return seen->rows[i].source == hash && seen->rows[i].count >= FORGERIES_MAX &&
           !is_over(seen->rows[i].since_ms, now);
}

bool forgeries_add(struct forgeries *seen, struct span source, int count, int64_t now)
{
    uint64_t hash = text_hash(source);
    size_t i = hash % FORGERIES_SOURCES;
    bool was_blocked = forgeries_block(seen, source, now);

    if (seen->rows[i].source != hash && seen->rows[i].count >= FORGERIES_MAX &&
        !is_over(seen->rows[i].since_ms, now))
        return false; /* the place belongs to somebody worse for this hour */
    if (seen->rows[i].source != hash || is_over(seen->rows[i].since_ms, now)) {
        seen->rows[i].source = hash;
        seen->rows[i].since_ms = now;
        seen->rows[i].count = 0;
    }
    if (seen->rows[i].count < FORGERIES_MAX)
        seen->rows[i].count += count;
    return !was_blocked && forgeries_block(seen, source, now);
}
