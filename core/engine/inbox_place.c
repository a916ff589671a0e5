/* core/engine/inbox_place.c - where a message is read from: the workspace's zone and country until it is known whose it is, theirs
 * from then on. "Tomorrow at three" is said in their day, "0171 ..." in their country. */
#include <string.h>

#include "core/base/phone.h"
#include "core/base/text.h"
#include "core/engine/country.h"
#include "core/engine/inbox_inside.h"

struct reading_env inbox_reading_env(const struct inbox *inbox, int64_t at_ms)
{
    const struct workspace *workspace = inbox->effects.workspace;

    return (struct reading_env){ .own_addresses = inbox->own_addresses,
                                 .own_address_count = inbox->own_count,
                                 .own_domain = workspace->tokens.domain,
                                 .now_ms = at_ms,
                                 .zone = zone_name(workspace->zone),
                                 .region = workspace->region,
                                 .lexicon = workspace->lexicon,
                                 .mail_source = inbox->mail_source };
}

#define NUMBER_DIGITS 5 /* no number that is read has fewer */

/* Numbers are read by a library that is loaded when it is asked for the first time. */
static bool may_hold_number(const char *text)
{
    size_t digits = 0;

    for (; text && *text && digits < NUMBER_DIGITS; text++)
        digits += text_is_digit(*text);
    return digits == NUMBER_DIGITS;
}

/* The country that a text came from; else the one in their row; else ours. */
static const char *region_of(const struct heard *a, const struct prospect *who, const char *ours)
{
    const char *from = a->question.from ? a->question.from : "";
    struct arena *arena = inbox_arena(a);
    const struct country *country =
        who->country ? country_find(arena, span_of(who->country)) : NULL;
    char region[4] = "";

    if (from[0] == '+')
        phone_region(from, region);
    return region[0] ? arena_dup(arena, region) : country ? country->code : ours;
}

static bool differ(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") != 0;
}

void inbox_read_in_place(struct heard *a, const struct prospect *who)
{
    struct reading_env env = inbox_reading_env(a->inbox, a->inbound->at);
    const char *zone = who->zone ? who->zone : env.zone;
    const char *region =
        may_hold_number(a->reading.own_text) ? region_of(a, who, env.region) : env.region;

    if (!differ(zone, env.zone) && !differ(region, env.region))
        return;
    env.zone = zone;
    env.region = region;
    reading_place(&env, a->channel, inbox_arena(a), &a->reading);
}
