/* core/engine/choose.c - see choose.h. The decision; its words and its stored form are in
 * choose_text.c. */
#include "core/engine/choose.h"

#include <string.h>

#include "core/engine/choose_text.h"

/* What choosing works on. */
struct chooser {
    const struct choose_facts *facts;
    size_t count, order_count;
    struct verdict verdicts[CHOOSE_MAX_CANDIDATES];
    struct choice *out;
};

static bool is_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* The candidate for `channel`, or -1. */
static int find(const struct chooser *chooser, const char *channel)
{
    for (size_t i = 0; i < chooser->count; i++)
        if (is_same(chooser->facts->candidates[i].channel, channel))
            return (int)i;
    return -1;
}

static bool is_avoided(const struct choose_facts *facts, const char *channel)
{
    for (size_t i = 0; facts->avoid && facts->avoid[i]; i++)
        if (is_same(facts->avoid[i], channel))
            return true;
    return false;
}

static void judge_all(struct chooser *chooser)
{
    const struct choose_facts *facts = chooser->facts;

    for (size_t i = 0; i < chooser->count; i++) {
        struct candidate candidate = facts->candidates[i];

        candidate.avoided = candidate.avoided || is_avoided(facts, candidate.channel);
        policy_judge(&candidate, facts->now_ms, &chooser->verdicts[i]);
        chooser->out->candidates[i] =
            (struct choice_candidate){ .channel = candidate.channel,
                                       .closed = chooser->verdicts[i].closed };
    }
    chooser->out->count = chooser->count;
}

/* Of the delaying gates that are closed, the one that opens last. */
static enum gate last_gate(const struct candidate *candidate, const struct verdict *verdict)
{
    if (verdict->closed & 1u << GATE_QUIET &&
        candidate->quiet_until_ms >= candidate->capped_until_ms)
        return GATE_QUIET;
    return GATE_CAPS;
}

/* Takes `channel` on this level. When it is not possible, remembers that it was wanted. */
static bool take(struct chooser *chooser, const char *channel, enum choose_level level,
                 int64_t evidence)
{
    struct choice *out = chooser->out;
    int at = find(chooser, channel);

    if (at < 0 || !chooser->verdicts[at].possible) {
        if (!out->wanted) {
            out->wanted = channel;
            out->wanted_level = level;
        }
        return false;
    }
    out->channel = chooser->facts->candidates[at].channel;
    out->level = level;
    out->evidence = evidence;
    if (chooser->verdicts[at].at_ms > chooser->facts->now_ms) {
        out->wait_until = chooser->verdicts[at].at_ms;
        out->waits_for = last_gate(&chooser->facts->candidates[at], &chooser->verdicts[at]);
    }
    return true;
}

/* They named a channel that we cannot serve at all: to write elsewhere would not be an answer. */
static bool is_out_of_reach(const struct chooser *chooser, const char *channel)
{
    int at = find(chooser, channel);

    return at < 0 || !chooser->facts->candidates[at].has_address ||
           !chooser->facts->candidates[at].sender;
}

/* Levels 1, the kept step, and 2. True: the matter is settled, be it with nothing. */
static bool ask_people(struct chooser *chooser)
{
    const struct choose_facts *facts = chooser->facts;

    if (facts->pinned) {
        (void)take(chooser, facts->pinned, CHOOSE_PINNED, 0);
        return true;
    }
    if (facts->step_keep && facts->step_channel) {
        (void)take(chooser, facts->step_channel, CHOOSE_STEP, 0);
        return true;
    }
    if (!facts->wish)
        return false;
    if (take(chooser, facts->wish, CHOOSE_WISH, facts->wish_evidence)) {
        chooser->out->once = facts->wish_once;
        return true;
    }
    return facts->wish_only || is_out_of_reach(chooser, facts->wish);
}

/* Level 3. */
static bool ask_reply(struct chooser *chooser)
{
    const struct choose_facts *facts = chooser->facts;

    if (!facts->replied || facts->follow == FOLLOW_NEVER)
        return false;
    if (facts->follow == FOLLOW_ASK && !facts->replied_agreed)
        return false;
    return take(chooser, facts->replied, CHOOSE_REPLIED, facts->replied_evidence);
}

/* Level 5. */
static void ask_order(struct chooser *chooser)
{
    const struct choose_facts *facts = chooser->facts;

    if (facts->step_channel && take(chooser, facts->step_channel, CHOOSE_STEP, 0))
        return;
    for (size_t i = 0; i < chooser->order_count; i++)
        if (chooser->verdicts[i].possible &&
            take(chooser, facts->candidates[i].channel, CHOOSE_ORDER, 0))
            return;
}

/* follow = ask: what a person is to agree to. */
static void propose(struct chooser *chooser)
{
    const struct choose_facts *facts = chooser->facts;
    int at = facts->replied ? find(chooser, facts->replied) : -1;

    if (facts->follow == FOLLOW_ASK && !facts->replied_agreed && at >= 0 &&
        chooser->verdicts[at].possible && chooser->out->level > CHOOSE_REPLIED &&
        !is_same(facts->replied, chooser->out->channel)) {
        chooser->out->proposed = facts->replied;
        chooser->out->evidence = facts->replied_evidence;
    }
}

void choose_channel(const struct choose_facts *facts, struct choice *out)
{
    struct chooser chooser = { .facts = facts, .out = out };

    *out = (struct choice){ .level = CHOOSE_NONE, .waits_for = GATE_COUNT };
    chooser.count = facts->count < CHOOSE_MAX_CANDIDATES ? facts->count : CHOOSE_MAX_CANDIDATES;
    chooser.order_count = facts->order_count > 0 && facts->order_count < chooser.count
                              ? facts->order_count
                              : chooser.count;
    judge_all(&chooser);
    if (!ask_people(&chooser) && !ask_reply(&chooser))
        ask_order(&chooser);
    propose(&chooser);
    choose_tell(out);
}

bool choose_may_move(const struct choose_answer *answer)
{
    return answer->kind == READING_HUMAN && answer->sender_is_prospect && !answer->role_inbox &&
           !answer->opted_out && answer->certain;
}
