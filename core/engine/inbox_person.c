/* core/engine/inbox_person.c - what follows from a person's words: opt-outs first, then credit, holds, the channel followed. */
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/inbox_inside.h"
#include "core/store/follow.h"
#include "core/store/touches.h"

/* goes_on: it is about one channel, and they named another to go on with. */
static int obey_opt_out(struct heard *a, bool goes_on, struct err *err)
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
        .goes_on = goes_on,
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
    struct effect_note note = { .kind = "credit",
                                .about = a->match.touch,
                                .what = "credited to the touch it answers" };

    if (inbox_touch(a, err) < 0)
        return -1;
    if (!a->match.touch || !a->touch)
        return 0;
    if ((strcmp(a->touch->state, "unsure") == 0 &&
         touch_move(env->db, &sent, ",unsure,", err) < 0) ||
        touch_credit(env->db, sent.id, a->inbound->at, err) < 0)
        return -1;
    note.was = cJSON_CreateObject();
    json_add_int(note.was, "at", a->inbound->at);
    return effect_note(env, &a->prospect, &note, err);
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
    struct response plain;
    struct prospect other;
    int found = id ? prospect_get(env->db, id, env->arena, &other, err) : 0;

    respond_plain(&plain);
    return found == 1 ? effect_respond(env, &other, &plain, 0, err) : found;
}

static int obey(struct heard *a, const struct response *response, struct err *err)
{
    if (a->reading.opt_out == OPT_OUT_NONE)
        return 0;
    if (obey_opt_out(a, response->holds, err) < 0)
        return -1;
    return a->match.flags & MATCH_SHARED_NUMBER ? obey_for_all_on_number(a, err) : 0;
}

int inbox_hear_person(struct heard *a, struct err *err)
{
    struct response response;
    /* A colleague stops only what comes to the colleague; what they meant for the prospect a person must ask, and until then the
     * prospect is left alone. */
    bool stopped = a->reading.opt_out != OPT_OUT_NONE && a->match.sender_is_prospect;

    a->row.state = stopped && a->known ? "done" : "open";
    if (a->match.flags & MATCH_HISTORY)
        return 0;
    if (link_chat(a, err) < 0 || (a->reading.opt_in && take_opt_in(a, err) < 0) ||
        inbox_decide(a, &response, err) < 0 || obey(a, &response, err) < 0)
        return -1;
    if (!a->known)
        return 0;
    if (response.holds)
        a->row.state = "open";
    if (credit(a, err) < 0 ||
        effect_respond(&a->inbox->effects, &a->prospect, &response, a->match.touch, err) < 0 ||
        (response.holds && hold_sender(a, err) < 0))
        return -1;
    return inbox_follow(a, &response, err);
}
