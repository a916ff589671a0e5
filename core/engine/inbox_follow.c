/* core/engine/inbox_follow.c - following the customer's lead: the facts that respond.h asks for, and the channel their words or
 * their answer lead to. */
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/inbox_inside.h"
#include "core/store/touches.h"

/* The channel they were followed on until now. */
static int current_channel(struct heard *a, const char **out, struct err *err)
{
    *out = a->prospect.preferred_channel;
    if (*out || !a->match.touch)
        return 0;
    if (inbox_touch(a, err) < 0)
        return -1;
    *out = a->touch ? a->touch->channel : NULL;
    return 0;
}

/* how: "answered by", "asked for" */
static int ask_to_switch(struct heard *a, const char *how, const char *channel, struct err *err)
{
    const struct task task = {
        .touch_id = a->match.touch,
        .kind = "switch",
        .text = arena_printf(inbox_arena(a),
                             "They %s %s; the sequence asks before it follows them there from %s: "
                             "`heed prefer %s --wish %s`",
                             how, channel, a->followed_on ? a->followed_on : "its order",
                             inbox_id(inbox_arena(a), "pr", a->prospect.id), channel),
    };

    return effect_task(&a->inbox->effects, &a->prospect, &task, err);
}

/* ---- facts ---- */

static const char *const *served(struct heard *a)
{
    const struct workspace *w = a->inbox->effects.workspace;
    const char **list = arena_array(inbox_arena(a), w->sender_count + 1, sizeof(*list));

    for (size_t i = 0; i < w->sender_count; i++)
        list[i] = w->senders[i].channel;
    return list;
}

static bool has_kind(const struct address *addresses, int count, const char *kind)
{
    for (int i = 0; i < count; i++)
        if (strcmp(addresses[i].kind, kind) == 0)
            return true;
    return !kind;
}

/* Channels of ours that an address of theirs serves; asked of a wish only. 0 or -1. */
static int addressed(struct heard *a, const char *const *channels, const char *const **out,
                     struct err *err)
{
    struct effects *env = &a->inbox->effects;
    const char **list;
    struct address *addresses;
    size_t count = 0;
    int known;

    *out = channels;
    if (!a->reading.wish.prefer)
        return 0;
    known = addresses_of(env->db, &(struct address_query){ &a->prospect, env->now }, env->arena,
                         &addresses, err);
    if (known < 0)
        return -1;
    for (size_t i = 0; channels[i]; i++)
        count++;
    list = arena_array(env->arena, count + 1, sizeof(*list));
    count = 0;
    for (size_t i = 0; channels[i]; i++) {
        const char *kind = workspace_address_kind(channels[i]);
        if (!kind || has_kind(addresses, known, kind))
            list[count++] = channels[i];
    }
    *out = list;
    return 0;
}

/* The contact hours of the first sequence in play; and does any of them ask before it follows, or never follow? */
static int ask_sequences(struct heard *a, struct respond_question *question, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    struct enrollment *rows;
    int count = effect_enrollments(env, a->prospect.id, &rows, err);

    for (int i = 0; i < count; i++) {
        const struct sequence *sequence;
        if (!enrollment_in_play(&rows[i]))
            continue;
        sequence = catalog_sequence(env->catalog, rows[i].sequence, rows[i].version, err);
        if (!sequence)
            return -1;
        if (!question->window)
            question->window = &sequence->window;
        if (sequence->follow == FOLLOW_ASK)
            question->follow = FOLLOW_ASK;
    }
    return count < 0 ? -1 : 0;
}

int inbox_decide(struct heard *a, struct response *out, struct err *err)
{
    const struct prospect *p = &a->prospect;
    struct respond_question question = {
        .reading = &a->reading,
        .match = &a->match,
        .channel = a->channel,
        .now_ms = a->inbox->effects.now,
        .at_ms = a->inbound->at,
        .zone = workspace_zone(a->inbox->effects.workspace, a->known ? p->zone : NULL),
        .wish = a->known && !p->wish_once ? p->wish_channel : NULL,
        .served = served(a),
    };

    question.addressed = question.served;
    if (a->known &&
        (addressed(a, question.served, &question.addressed, err) < 0 ||
         ask_sequences(a, &question, err) < 0 || current_channel(a, &a->followed_on, err) < 0))
        return -1;
    respond_decide(&question, inbox_arena(a), out);
    a->follow = question.follow;
    return 0;
}

/* ---- what follows ---- */

static int follow_arrival(struct heard *a, struct err *err)
{
    struct switch_wish wish = { .from = a->followed_on, .to = a->channel, .message_id = a->row.id };

    if (a->follow == FOLLOW_ASK && (!wish.from || strcmp(wish.from, wish.to) != 0))
        return ask_to_switch(a, "answered by", a->channel, err);
    wish.reason = arena_printf(inbox_arena(a), "they answered by %s (%s)", a->channel,
                               inbox_id(inbox_arena(a), "me", a->row.id));
    return effect_switch(&a->inbox->effects, &a->prospect, &wish, err) < 0 ? -1 : 0;
}

/* Was that message of theirs written after this one? Mails come late, and readings are corrected afterwards. 1, 0 or -1. */
static int is_later(struct heard *a, int64_t message_id, struct err *err)
{
    struct message_row other;
    int found = message_id && message_id != a->row.id
                    ? message_get(a->inbox->effects.db, message_id, inbox_arena(a), &other, err)
                    : 0;

    return found == 1 ? other.at > a->row.at : found;
}

/* Has a later answer, or a person since, said where they are followed? 1, 0 or -1. */
static int is_outdone(struct heard *a, struct err *err)
{
    const struct prospect *p = &a->prospect;

    if (a->row.at >= p->preferred_at)
        return 0;
    return p->preferred_message_id ? is_later(a, p->preferred_message_id, err) : 1;
}

/* What they asked for afterwards stands. 0 or -1. */
static int follow_wish(struct heard *a, const struct respond_where *said, struct err *err)
{
    struct respond_where where = *said;
    int outdone = where.prefer ? is_later(a, a->prospect.wish_message_id, err) : 0;

    if (outdone == 1) {
        where.prefer = NULL;
        where.once = where.only = where.ask = false;
    }
    if (!where.prefer && where.avoid_count == 0 && !where.address)
        return outdone < 0 ? -1 : 0;
    if (outdone < 0 ||
        effect_wish(&a->inbox->effects, &a->prospect, &where, a->followed_on, err) < 0)
        return -1;
    return where.ask ? ask_to_switch(a, "asked for", where.prefer, err) : 0;
}

int inbox_follow(struct heard *a, const struct response *response, struct err *err)
{
    int outdone = response->where.arrival ? is_outdone(a, err) : 0;

    if (outdone < 0 || (response->where.arrival && !outdone && follow_arrival(a, err) < 0))
        return -1;
    return follow_wish(a, &response->where, err);
}
