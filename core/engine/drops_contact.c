/* core/engine/drops_contact.c - the last contact with a prospect, out of the touches and the newest message of theirs. */
#include "core/base/text.h"
#include "core/engine/drops.h"

/* What a person's task was settled with, and what it tells. */
static const struct {
    const char *disposition;
    enum drops_side side;
} outcomes[] = {
    { "connected", DROPS_BOTH },
    { "callback", DROPS_BOTH },
    { "meeting", DROPS_BOTH },
    { "not_interested", DROPS_BOTH },
    { "voicemail", DROPS_US },
    { "no_answer", DROPS_US },
    { "busy", DROPS_US },
    { "done", DROPS_EITHER },
    { "wrong_number", DROPS_NOBODY },
};

static const char *const left_us[] = { "sent", "delivered", "read", NULL };

static enum drops_side side_of(const struct touch_brief *touch)
{
    if (touch->undone || !text_is_among(touch->state, left_us))
        return DROPS_NOBODY;
    for (size_t i = 0; touch->disposition && i < COUNT_OF(outcomes); i++)
        if (strcmp(touch->disposition, outcomes[i].disposition) == 0)
            return outcomes[i].side;
    return DROPS_US;
}

/* When they spoke is when the task was settled; the touch left when it was opened. */
static struct drops_contact contact_of(const struct touch_brief *touch, enum drops_side side)
{
    int64_t left = touch->sent_at ? touch->sent_at : touch->created_at;

    return (struct drops_contact){
        .side = side,
        .at_ms = side == DROPS_BOTH && touch->replied_at ? touch->replied_at : left,
        .channel = touch->channel,
    };
}

void drops_contact_of(const struct drops_past *past, struct drops_contact *out)
{
    struct drops_contact ours = { 0 }, shared = { 0 };

    for (size_t i = 0; i < past->count; i++) {
        enum drops_side side = side_of(&past->history[i]);
        struct drops_contact contact = contact_of(&past->history[i], side);
        struct drops_contact *kept = side == DROPS_BOTH ? &shared : &ours;
        if (side != DROPS_NOBODY && (kept->side == DROPS_NOBODY || contact.at_ms > kept->at_ms))
            *kept = contact;
    }
    if (past->answer && past->answer->at >= shared.at_ms)
        shared = (struct drops_contact){ .side = DROPS_THEM,
                                         .at_ms = past->answer->at,
                                         .channel = past->answer->channel,
                                         .their_words = past->answer->text };
    *out = shared.side != DROPS_NOBODY ? shared : ours;
    if (past->answer)
        out->their_words = past->answer->text;
}
