/* core/engine/inbox_person.c - what follows from a person's words: opt-outs first, then credit, holds, the channel followed. */
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/inbox_inside.h"
#include "core/store/follow.h"
#include "core/store/touches.h"

static int obey_opt_out(struct heard *a, struct err *err)
{
    const struct reading *r = &a->reading;
    const char *kind = workspace_address_kind(a->channel);
    struct opt_out opt_out = {
        .kind = kind,
        .key = kind && a->question.from
                   ? text_address_key(inbox_arena(a), kind, span_of(a->question.from))
                   : NULL,
        .channel =
            r->opt_out == OPT_OUT_CHANNEL && r->opt_out_channel ? r->opt_out_channel : a->channel,
        .everything = r->opt_out == OPT_OUT_EVERYTHING,
        .cause = "opt_out",
        .evidence = inbox_id(inbox_arena(a), "me", a->row.id),
    };
    struct prospect *prospect = &a->prospect;

    if (opt_out.key && strcmp(opt_out.channel, a->channel) != 0)
        opt_out.key = NULL; /* they speak of another channel than this address serves */
    if (a->known && a->match.sender_is_prospect)
        return effect_opt_out(&a->inbox->effects, prospect, &opt_out, err);
    if (opt_out.key) { /* a stranger or a colleague: only their own address */
        const struct suppression row = { .kind = kind,
                                         .key = opt_out.key,
                                         .channel = opt_out.everything ? "" : a->channel,
                                         .cause = "opt_out",
                                         .evidence = opt_out.evidence };
        return suppression_add(a->inbox->effects.db, &row, a->inbox->effects.now, err);
    }
    return 0;
}

/* Several people on one number: STOP stops the number for each of them. */
static int obey_for_all_on_number(struct heard *a, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    const struct address number = { .kind = workspace_address_kind(a->channel),
                                    .key = a->question.from };
    struct identity *who;
    int count = number.kind ? identity_find(env->db, &number, env->arena, &who, err) : 0;

    for (int i = 0; i < count; i++) {
        struct prospect other;
        const struct opt_out opt_out = { .channel = a->channel,
                                         .cause = "opt_out",
                                         .evidence = inbox_id(env->arena, "me", a->row.id) };
        if (who[i].prospect_id == a->prospect.id)
            continue;
        if (prospect_get(env->db, who[i].prospect_id, env->arena, &other, err) != 1 ||
            effect_opt_out(env, &other, &opt_out, err) < 0)
            return -1;
    }
    return count < 0 ? -1 : 0;
}

static int credit(struct heard *a, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    struct touch_result sent = { .slot = id_slot(a->match.touch),
                                 .id = a->match.touch,
                                 .state = "sent",
                                 .reason = "resolved by a reply",
                                 .sent_at = a->inbound->at };

    if (!a->match.touch)
        return 0;
    if (touch_move(env->db, &sent, ",unsure,", err) < 0)
        return -1;
    return touch_credit(env->db, sent.id, a->inbound->at, err);
}

/* The channel they were followed on until now. */
static const char *current_channel(struct heard *a, struct err *err)
{
    struct touch touch;

    if (a->prospect.preferred_channel)
        return a->prospect.preferred_channel;
    if (a->match.touch &&
        touch_get(a->inbox->effects.db, a->match.touch, inbox_arena(a), &touch, err) == 1)
        return touch.channel;
    return NULL;
}

/* Does any sequence they are in ask before it follows, or never follow? */
static int follow_mode(struct heard *a, enum sequence_follow *mode, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    struct enrollment *rows;
    int count = enrollments_of(env->db, a->prospect.id, env->arena, &rows, err);

    *mode = FOLLOW_AUTO;
    for (int i = 0; i < count; i++) {
        const struct sequence *sequence;
        if (strcmp(rows[i].state, "active") != 0 && strcmp(rows[i].state, "held") != 0)
            continue;
        sequence = catalog_sequence(env->catalog, rows[i].sequence, rows[i].version, err);
        if (!sequence)
            return -1;
        if (sequence->follow == FOLLOW_ASK)
            *mode = FOLLOW_ASK;
    }
    return count < 0 ? -1 : 0;
}

static int ask_to_switch(struct heard *a, const char *from, struct err *err)
{
    const struct task task = {
        .slot = a->prospect.slot,
        .id = id_next(&a->inbox->effects.workspace->clock, a->prospect.slot),
        .prospect_id = a->prospect.id,
        .touch_id = a->match.touch,
        .kind = "switch",
        .text = arena_printf(inbox_arena(a),
                             "They answered by %s; the sequence asks before it follows them there "
                             "from %s: `heed prefer %s --wish %s`",
                             a->channel, from ? from : "its order",
                             inbox_id(inbox_arena(a), "pr", a->prospect.id), a->channel),
        .created_at = a->inbox->effects.now,
    };

    return task_insert(a->inbox->effects.db, &task, err);
}

static int follow(struct heard *a, struct err *err)
{
    const struct choose_answer answer = {
        .kind = a->reading.kind,
        .sender_is_prospect = a->match.sender_is_prospect,
        .role_inbox = (a->match.flags & MATCH_ROLE_INBOX) != 0,
        .opted_out = a->reading.opt_out != OPT_OUT_NONE,
        .certain = a->match.moves_preference,
    };
    struct switch_wish wish = { .from = current_channel(a, err),
                                .to = a->channel,
                                .message_id = a->row.id };
    enum sequence_follow mode;

    if (!choose_may_move(&answer))
        return 0;
    if (follow_mode(a, &mode, err) < 0)
        return -1;
    if (mode == FOLLOW_ASK && (!wish.from || strcmp(wish.from, wish.to) != 0))
        return ask_to_switch(a, wish.from, err);
    wish.reason = arena_printf(inbox_arena(a), "they answered by %s (%s)", a->channel,
                               inbox_id(inbox_arena(a), "me", a->row.id));
    return effect_switch(&a->inbox->effects, &a->prospect, &wish, err) < 0 ? -1 : 0;
}

/* A chat opened by the link in our message: whoever presses it shows where they can be reached. */
static int link_chat(struct heard *a, struct err *err)
{
    const struct address address = { .kind = workspace_address_kind(a->channel),
                                     .key = a->question.from,
                                     .value = a->question.from,
                                     .source = "reply" };
    bool opened = text_starts_nocase(span_of(a->reading.text), "/start ");

    if (!opened || !a->known || a->match.sender_is_prospect || !address.kind || !address.value)
        return 0;
    if (address_add(a->inbox->effects.db, &a->prospect, &address, a->inbox->effects.now, err) < 0)
        return -1;
    a->match.sender_is_prospect = true;
    a->match.moves_preference = true;
    a->match.flags &= ~(unsigned)MATCH_COLLEAGUE;
    return 0;
}

static int take_opt_in(struct heard *a, struct err *err)
{
    const char *kind = workspace_address_kind(a->channel);

    return kind && a->question.from
               ? suppression_lift(a->inbox->effects.db, kind, a->question.from, a->channel, err)
               : 0;
}

/* Another prospect of ours answered in this one's thread: one conversation, so theirs holds, too. */
static int hold_sender(struct heard *a, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    int64_t id = a->match.sender_prospect;
    struct prospect other;
    int found = id ? prospect_get(env->db, id, env->arena, &other, err) : 0;

    return found == 1 ? effect_hold(env, &other, HOLD_REPLY, 0, err) : found;
}

int inbox_hear_person(struct heard *a, struct err *err)
{
    bool stop = a->reading.opt_out != OPT_OUT_NONE;
    /* A colleague stops only what comes to the colleague; what they meant for the prospect a person must ask, and until then the
     * prospect is left alone. */
    bool stops_prospect = stop && a->match.sender_is_prospect;

    a->row.state = stops_prospect && a->known ? "done" : "open";
    if (a->match.flags & MATCH_HISTORY)
        return 0;
    if (link_chat(a, err) < 0 || (a->reading.opt_in && take_opt_in(a, err) < 0))
        return -1;
    if (stop && (obey_opt_out(a, err) < 0 ||
                 (a->match.flags & MATCH_SHARED_NUMBER && obey_for_all_on_number(a, err) < 0)))
        return -1;
    if (!a->known)
        return 0;
    if (credit(a, err) < 0)
        return -1;
    if (a->match.is_reply && !stops_prospect &&
        (effect_hold(&a->inbox->effects, &a->prospect, HOLD_REPLY, 0, err) < 0 ||
         hold_sender(a, err) < 0))
        return -1;
    return follow(a, err);
}
