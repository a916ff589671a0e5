/* core/engine/reach.c - see reach.h. */
#include "core/engine/reach.h"

#include <string.h>

#include "core/base/text.h"

static bool has_body(const struct reach *reach, const char *channel)
{
    bool derived;

    if (sequence_channel_is_human(channel) && reach->step && reach->step->instructions)
        return true;
    return reach->parts && parts_for_channel(reach->parts, channel, &derived);
}

struct sender *reach_candidate(const struct reach *reach, const char *channel,
                               struct candidate *out)
{
    const struct subject *s = reach->subject;
    struct sender *sender = subject_sender(s, reach->workspace, channel);
    const struct address *address;
    bool suppressed;

    address = subject_address(s, channel, &suppressed);
    *out = (struct candidate){
        .channel = channel,
        .sender = sender ? sender->name : NULL,
        .has_address = address || !workspace_address_kind(channel),
        .address_ok = !address || !address->suppressed_cause || !suppressed ||
                      strcmp(address->suppressed_cause, "bounce") != 0,
        .consented = !address || !address->consent || strcmp(address->consent, "refused") != 0,
        .suppressed = suppressed || s->prospect.opted_out_at,
        .avoided = text_is_among(channel, s->avoid),
        .session_open = true,
        .sender_ok = sender != NULL,
        .has_body = has_body(reach, channel),
        .human = sequence_channel_is_human(channel),
    };
    return sender;
}
