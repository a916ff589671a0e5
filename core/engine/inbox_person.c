/* core/engine/inbox_person.c - what follows from a person's words: opt-outs first, then credit, holds, the channel followed. */
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/engine/inbox_inside.h"
#include "core/engine/match_address.h"
#include "core/store/follow.h"
#include "core/store/touches.h"

/* The address it came from; key NULL = none that anybody could have. */
static struct address sender_address(const struct heard *a)
{
    const char *kind = workspace_address_kind(a->channel);

    return (struct address){ .kind = kind,
                             .key = kind ? match_address_key(inbox_arena(a), kind, a->question.from)
                                         : NULL };
}

/* goes_on: it is about one channel, and they named another to go on with. */
static struct opt_out said_opt_out(const struct heard *a, bool goes_on)
{
    const struct reading *r = &a->reading;
    const struct address from = sender_address(a);
    struct opt_out said = {
        .kind = from.kind,
        .key = from.key,
        .channel =
            r->opt_out == OPT_OUT_CHANNEL && r->opt_out_channel ? r->opt_out_channel : a->channel,
        .everything = r->opt_out == OPT_OUT_EVERYTHING,
        .cause = "opt_out",
        .evidence = inbox_id(inbox_arena(a), "me", a->row.id),
        .goes_on = goes_on,
    };

    if (strcmp(said.channel, a->channel) != 0)
        said.key = NULL; /* they speak of another channel than this address serves */
    return said;
}

static int obey_opt_out(struct heard *a, const struct opt_out *said, struct err *err)
{
    if (a->known && a->match.sender_is_prospect)
        return effect_opt_out(&a->inbox->effects, &a->prospect, said, err);
    if (said->key) { /* a stranger or a colleague: only their own address */
        const struct suppression row = { .kind = said->kind,
                                         .key = said->key,
                                         .channel = said->everything ? "" : a->channel,
                                         .cause = "opt_out",
                                         .evidence = said->evidence };
        return effect_suppress(&a->inbox->effects, NULL, &row, err);
    }
    return 0;
}

/* Whoever else has the address it came from. Of several on one number each is stopped where it was said; another prospect of ours who
 * answers in a colleague's thread means what they say of themselves. */
static int obey_for_others(struct heard *a, const struct opt_out *said, struct err *err)
{
    struct effects *env = &a->inbox->effects;
    const struct address from = sender_address(a);
    struct opt_out theirs = *said;
    struct identity *who;
    int count = from.key ? identity_find(env->db, &from, env->arena, &who, err) : 0;

    theirs.everything = said->everything && count == 1;
    for (int i = 0; i < count; i++) {
        struct prospect other;
        if (who[i].prospect_id == a->prospect.id)
            continue;
        if (prospect_get(env->db, who[i].prospect_id, env->arena, &other, err) != 1 ||
            effect_opt_out(env, &other, &theirs, err) < 0)
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

    if (!opened || !a->known || a->match.sender_is_prospect || a->match.sender_prospect ||
        !address.kind || !address.value)
        return 0;
    if (address_add(a->inbox->effects.db, &a->prospect, &address, a->inbox->effects.now, err) < 0)
        return -1;
    if (effect_note_address(&a->inbox->effects, &a->prospect, &address,
                            arena_printf(inbox_arena(a), "%s %s is new", address.kind, address.key),
                            err) < 0)
        return -1;
    a->match.sender_is_prospect = true;
    a->match.moves_preference = true;
    a->match.flags &= ~(unsigned)MATCH_COLLEAGUE;
    return 0;
}

/* Anybody can write any sender into a mail: there a token of ours must show that it is them. */
static int take_opt_in(struct heard *a, struct err *err)
{
    const struct address from = sender_address(a);
    bool proven = strcmp(a->channel, "email") != 0 ||
                  (a->match.via >= MATCH_VIA_ADDRESS_TOKEN && a->match.via <= MATCH_VIA_RETURNED);

    return from.key && proven
               ? suppression_lift(a->inbox->effects.db, from.kind, from.key, a->channel, err)
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
    const struct opt_out said = said_opt_out(a, response->holds && a->match.sender_is_prospect);

    if (a->reading.opt_out == OPT_OUT_NONE)
        return 0;
    if (obey_opt_out(a, &said, err) < 0)
        return -1;
    return a->known ? obey_for_others(a, &said, err) : 0;
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
