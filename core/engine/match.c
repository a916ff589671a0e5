/* core/engine/match.c - judges what the store found for an inbound message (replies.md section 3,
 * the ambiguity rules). What to look up is match_keys.c. */
#include "core/engine/match.h"

#include <string.h>

#include "core/base/attr.h"
#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/engine/match_address.h"

#define CREDIT_MS (14 * DAY_MS)   /* no token: a touch older than this earned nothing */
#define SKEW_MS (10 * MINUTE_MS)  /* clocks of providers against ours */
#define RECIPIENT_MS (7 * DAY_MS) /* a bounce without a token is about a fresh touch */

struct judge {
    const struct match_question *question;
    struct match *out;
};

static bool is_person_via(enum match_via via)
{
    return via >= MATCH_VIA_NUMBER_PAIR && via <= MATCH_VIA_SENDER_CANONICAL;
}

/* The row of the strongest key in [first, last] of the order of section 3; NULL when there is
 * none. */
static const struct match_found *strongest(const struct match_question *question,
                                           enum match_via first, enum match_via last)
{
    const struct match_found *best = NULL;

    for (size_t i = 0; i < question->found_count; i++) {
        const struct match_found *row = &question->found[i];

        if (row->key->via < first || row->key->via > last)
            continue;
        if (!best || row->key->via < best->key->via ||
            (row->key->via == best->key->via && row->key < best->key))
            best = row;
    }
    return best;
}

/* ---- who wrote ---- */

/* Is the sender known as this prospect, by any row or by the address the touch went to? */
static bool wrote_it(const struct match_question *question, const struct match_found *touch)
{
    for (size_t i = 0; i < question->found_count; i++) {
        const struct match_found *row = &question->found[i];

        if (is_person_via(row->key->via) && row->prospect == touch->prospect)
            return true;
    }
    return touch->address && question->inbound->from &&
           strcmp(touch->address, question->inbound->from) == 0;
}

/* Does somebody else who is in play share the sender's address? Then it may have been them. */
static bool may_be_another(const struct match_question *question, int64_t prospect)
{
    for (size_t i = 0; i < question->found_count; i++) {
        const struct match_found *row = &question->found[i];

        if (is_person_via(row->key->via) && row->active && row->prospect != prospect)
            return true;
    }
    return false;
}

/* What left before the answer was known cannot be called back: it is said, so that nobody wonders. */
static bool has_crossed(const struct match_question *question, int64_t prospect)
{
    for (size_t i = 0; i < question->found_count; i++)
        if (question->found[i].in_air && question->found[i].prospect == prospect)
            return true;
    return false;
}

/* Flags and effects that hang on who wrote, once touch and prospect are settled. */
static void judge_sender(const struct judge *judge)
{
    const struct match_inbound *inbound = judge->question->inbound;
    struct match *out = judge->out;
    bool human = inbound->kind == READING_HUMAN;

    if (human && !out->sender_is_prospect)
        out->flags |= MATCH_COLLEAGUE;
    if (match_is_role_inbox(inbound->from))
        out->flags |= MATCH_ROLE_INBOX;
    out->is_reply = human && out->prospect && !(out->flags & MATCH_HISTORY);
    if (out->is_reply && has_crossed(judge->question, out->prospect))
        out->flags |= MATCH_CROSSED;
    out->moves_preference = out->is_reply && out->sender_is_prospect &&
                            !(out->flags & MATCH_ROLE_INBOX) && out->confidence != MATCH_REVIEW &&
                            !may_be_another(judge->question, out->prospect);
}

static void take_row(const struct judge *judge, const struct match_found *row,
                     enum match_credit credit)
{
    struct match *out = judge->out;

    out->touch = row->touch;
    out->enrollment = row->enrollment;
    out->prospect = row->prospect;
    out->via = row->key->via;
    out->credit_basis = row->touch ? credit : CREDIT_NONE;
    out->flags &= ~(unsigned)MATCH_FINISHED;
    for (size_t i = 0; i < judge->question->found_count; i++)
        if (judge->question->found[i].prospect == row->prospect && judge->question->found[i].active)
            return;
    out->flags |= MATCH_FINISHED;
}

/* ---- 1 to 4: something names the touch ---- */

/* Kinds are not interchangeable: an unsubscribe is of whom its own token names, whatever other tokens stand beside it. */
static const struct match_found *unsubscribing(const struct match_question *question)
{
    for (size_t i = 0; question->keys->unsubscribe && i < question->found_count; i++)
        if (question->found[i].key->via == MATCH_VIA_ADDRESS_TOKEN &&
            question->found[i].key->touch == question->keys->unsubscribe)
            return &question->found[i];
    return NULL;
}

static bool judge_token(const struct judge *judge)
{
    const struct match_question *question = judge->question;
    const struct match_found *row = unsubscribing(question);
    const struct match_found *header, *sender;

    if (!row)
        row = strongest(question, MATCH_VIA_ADDRESS_TOKEN, MATCH_VIA_THREAD);
    if (!row)
        return false;
    take_row(judge, row, CREDIT_TOKEN);
    judge->out->confidence = MATCH_CERTAIN;
    header = strongest(question, MATCH_VIA_MESSAGE_ID, MATCH_VIA_REFERENCES);
    if (header && row->key->via == MATCH_VIA_ADDRESS_TOKEN && header->touch != row->touch)
        judge->out->flags |= MATCH_CONFLICT;
    judge->out->sender_is_prospect = wrote_it(question, row);
    sender = strongest(question, MATCH_VIA_NUMBER_PAIR, MATCH_VIA_SENDER_CANONICAL);
    if (sender && !judge->out->sender_is_prospect)
        judge->out->sender_prospect = sender->prospect;
    return true;
}

/* ---- 5 and 6: the sender is known ---- */

/* One step of the credit rule: which of a prospect's touches may have earned the answer. */
struct credit_rule {
    enum match_credit credit;
    bool same_channel, same_address, fresh;
};

/* On a number pair the conversation itself names the touch; elsewhere the newest fresh one. */
static const struct credit_rule pair_rules[] = {
    { .credit = CREDIT_PAIR },
};
static const struct credit_rule person_rules[] = {
    { .credit = CREDIT_CHANNEL, .same_channel = true, .fresh = true },
    { .credit = CREDIT_ADDRESS, .same_address = true, .fresh = true },
    { .credit = CREDIT_ANY, .fresh = true },
};

struct credit_search {
    enum match_via via;
    int64_t prospect; /* 0 = any */
    const struct credit_rule *rule;
};

/* Was the touch sent before the answer came, and no longer ago than `limit_ms`? */
static bool is_within(const struct match_inbound *inbound, const struct match_found *row,
                      int64_t limit_ms)
{
    int64_t age_ms = inbound->received_ms - row->sent_ms;

    return age_ms >= -SKEW_MS && age_ms <= limit_ms;
}

static bool fits(const struct match_inbound *inbound, const struct match_found *row,
                 const struct credit_search *search)
{
    const struct credit_rule *rule = search->rule;

    if (row->key->via != search->via || !row->touch ||
        (search->prospect && row->prospect != search->prospect))
        return false;
    if (rule->same_channel && (!row->channel || strcmp(row->channel, inbound->channel) != 0))
        return false;
    if (rule->same_address && (!row->address || strcmp(row->address, row->key->value) != 0))
        return false;
    return is_within(inbound, row, rule->fresh ? CREDIT_MS : INT64_MAX);
}

/* Active before finished, then newest. */
static bool is_better(const struct match_found *row, const struct match_found *best)
{
    if (!best)
        return true;
    if (row->active != best->active)
        return row->active;
    return row->sent_ms > best->sent_ms;
}

/* The touch to credit under one rule; *rivals: are there other enrollments of the same standing? */
static const struct match_found *find_credit(const struct match_question *question,
                                             const struct credit_search *search, bool *rivals)
{
    const struct match_found *best = NULL;

    for (size_t i = 0; i < question->found_count; i++)
        if (fits(question->inbound, &question->found[i], search) &&
            is_better(&question->found[i], best))
            best = &question->found[i];
    *rivals = false;
    for (size_t i = 0; best && i < question->found_count; i++) {
        const struct match_found *row = &question->found[i];

        if (fits(question->inbound, row, search) && row->active == best->active &&
            row->prospect == best->prospect && row->enrollment != best->enrollment)
            *rivals = true;
    }
    return best;
}

/* Of several prospects behind one address the one touched last, active before finished. */
static const struct match_found *find_person(const struct match_question *question,
                                             enum match_via via, bool *shared)
{
    const struct match_found *best = NULL;

    for (size_t i = 0; i < question->found_count; i++) {
        const struct match_found *row = &question->found[i];

        if (row->key->via == via && is_better(row, best))
            best = row;
    }
    *shared = false;
    for (size_t i = 0; best && i < question->found_count; i++)
        if (question->found[i].key->via == via && question->found[i].prospect != best->prospect)
            *shared = true;
    return best;
}

static void judge_credit(const struct judge *judge, const struct match_found *person)
{
    bool on_pair = person->key->via == MATCH_VIA_NUMBER_PAIR;
    const struct credit_rule *rules = on_pair ? pair_rules : person_rules;
    size_t count = on_pair ? COUNT_OF(pair_rules) : COUNT_OF(person_rules);

    for (size_t i = 0; i < count; i++) {
        const struct credit_search search = { .via = person->key->via,
                                              .prospect = person->prospect,
                                              .rule = &rules[i] };
        bool rivals;
        const struct match_found *row = find_credit(judge->question, &search, &rivals);

        if (!row)
            continue;
        take_row(judge, row, rules[i].credit);
        if (rivals && judge->out->confidence == MATCH_LIKELY)
            judge->out->confidence = MATCH_AMBIGUOUS;
        return;
    }
}

static bool judge_person(const struct judge *judge)
{
    const struct match_question *question = judge->question;
    const struct match_found *person =
        strongest(question, MATCH_VIA_NUMBER_PAIR, MATCH_VIA_SENDER_CANONICAL);
    bool shared;

    if (!person)
        return false;
    person = find_person(question, person->key->via, &shared);
    take_row(judge, person, CREDIT_NONE);
    judge->out->touch = judge->out->enrollment = 0;
    judge->out->sender_is_prospect = true;
    judge->out->confidence = shared ? MATCH_AMBIGUOUS : MATCH_LIKELY;
    judge->out->flags |= shared ? MATCH_SHARED_NUMBER : 0;
    if (judge->out->flags & MATCH_BAD_TOKEN)
        judge->out->confidence = MATCH_REVIEW;
    /* Mail from before we ever wrote is a mailbox being read for the first time, not an answer. */
    if (person->first_ms > 0 && question->inbound->received_ms < person->first_ms - SKEW_MS) {
        judge->out->flags |= MATCH_HISTORY;
        return true;
    }
    judge_credit(judge, person);
    return true;
}

/* A person said whose it is: from an address that is not theirs, as far as we know, so it is a colleague's word. */
static bool judge_said(const struct judge *judge)
{
    const struct match_found *row = strongest(judge->question, MATCH_VIA_PERSON, MATCH_VIA_PERSON);

    if (!row)
        return false;
    take_row(judge, row, CREDIT_NONE);
    judge->out->touch = judge->out->enrollment = 0;
    judge_credit(judge, row);
    return true;
}

/* ---- 7: a bounce names whom it could not reach ---- */

static bool judge_recipient(const struct judge *judge)
{
    const struct match_question *question = judge->question;
    const struct match_found *best = NULL;
    bool several = false;

    for (size_t i = 0; i < question->found_count; i++) {
        const struct match_found *row = &question->found[i];

        if (row->key->via != MATCH_VIA_RECIPIENT ||
            !is_within(question->inbound, row, RECIPIENT_MS))
            continue;
        several = several || (best && best->prospect != row->prospect);
        if (!best || row->sent_ms > best->sent_ms)
            best = row;
    }
    if (!best)
        return false;
    take_row(judge, best, CREDIT_RECIPIENT);
    judge->out->confidence = several ? MATCH_AMBIGUOUS : MATCH_LIKELY;
    return true;
}

/* ---- who may have meant what ---- */

static void add_candidate(struct match *out, int64_t id)
{
    for (size_t i = 0; i < out->candidate_count; i++)
        if (out->candidates[i] == id)
            return;
    if (out->candidate_count < MATCH_MAX_CANDIDATES)
        out->candidates[out->candidate_count++] = id;
}

/* Newest first among rows of that key; ids are touches, or for a domain prospects. */
static void list_candidates(const struct judge *judge)
{
    const struct match_question *question = judge->question;
    struct match *out = judge->out;
    int64_t before = INT64_MAX;

    while (out->candidate_count < MATCH_MAX_CANDIDATES) {
        int64_t newest = INT64_MIN;
        for (size_t i = 0; i < question->found_count; i++)
            if (question->found[i].key->via == out->via && question->found[i].sent_ms < before &&
                question->found[i].sent_ms > newest)
                newest = question->found[i].sent_ms;
        if (newest == INT64_MIN)
            return;
        for (size_t i = 0; i < question->found_count; i++) {
            const struct match_found *row = &question->found[i];
            if (row->key->via == out->via && row->sent_ms == newest && row->touch)
                add_candidate(out, out->via == MATCH_VIA_DOMAIN ? row->prospect : row->touch);
        }
        before = newest;
    }
}

/* ---- public ---- */

void match_decide(const struct match_question *question, struct match *out)
{
    const struct judge judge = { .question = question, .out = out };

    *out = (struct match){ .confidence = MATCH_REVIEW };
    if (question->keys->bad_macs > 0)
        out->flags |= MATCH_BAD_TOKEN;
    if (judge_token(&judge) || judge_person(&judge) || judge_said(&judge) ||
        judge_recipient(&judge)) {
        judge_sender(&judge);
        if (question->inbound->whose)
            out->confidence = MATCH_CERTAIN;
        if (out->confidence != MATCH_CERTAIN && !(out->flags & MATCH_HISTORY))
            list_candidates(&judge);
        return;
    }
    /* A colleague's domain is a hint for a person, never a match. */
    if (strongest(question, MATCH_VIA_DOMAIN, MATCH_VIA_DOMAIN)) {
        out->via = MATCH_VIA_DOMAIN;
        list_candidates(&judge);
    }
}

static void add_rule(struct str *out, const char *rule)
{
    str_printf(out, "%s%s", out->len > 0 ? "," : "", rule);
}

void match_add_rules(const struct match *match, struct str *out)
{
    static const struct {
        unsigned flag;
        const char *rule;
    } flags[] = {
        { MATCH_CONFLICT, "match_conflict" },   { MATCH_SHARED_NUMBER, "match_shared_number" },
        { MATCH_COLLEAGUE, "match_colleague" }, { MATCH_ROLE_INBOX, "match_role_inbox" },
        { MATCH_HISTORY, "match_history" },     { MATCH_BAD_TOKEN, "match_bad_token" },
        { MATCH_FINISHED, "match_finished" },   { MATCH_CROSSED, "match_crossed" },
    };
    bool touches = match->via != MATCH_VIA_DOMAIN;
    char id[ID_TEXT_BYTES];

    for (size_t i = 0; i < COUNT_OF(flags); i++)
        if (match->flags & flags[i].flag)
            add_rule(out, flags[i].rule);
    if (match->credit_basis != CREDIT_NONE) {
        add_rule(out, "credit_");
        str_add_text(out, match_credit_name(match->credit_basis));
    }
    /* One touch that has the credit anyway is no choice. */
    for (size_t i = 0; i < match->candidate_count && (match->candidate_count > 1 || !touches);
         i++) {
        add_rule(out, "candidate:");
        str_add_text(out, id_text(touches ? "to" : "pr", match->candidates[i], id));
    }
}

const char *match_via_name(enum match_via via)
{
    static const char *const names[] = {
        [MATCH_VIA_NONE] = "none",
        [MATCH_VIA_ADDRESS_TOKEN] = "address_token",
        [MATCH_VIA_MESSAGE_ID] = "message_id",
        [MATCH_VIA_REFERENCES] = "references",
        [MATCH_VIA_RETURNED] = "returned",
        [MATCH_VIA_THREAD] = "thread",
        [MATCH_VIA_NUMBER_PAIR] = "number_pair",
        [MATCH_VIA_SENDER] = "sender",
        [MATCH_VIA_SENDER_CANONICAL] = "sender_canonical",
        [MATCH_VIA_PERSON] = "person",
        [MATCH_VIA_RECIPIENT] = "recipient",
        [MATCH_VIA_DOMAIN] = "domain",
    };

    return names[via];
}

const char *match_confidence_name(enum match_confidence confidence)
{
    static const char *const names[] = {
        [MATCH_CERTAIN] = "certain",
        [MATCH_LIKELY] = "likely",
        [MATCH_AMBIGUOUS] = "ambiguous",
        [MATCH_REVIEW] = "review",
    };

    return names[confidence];
}

const char *match_credit_name(enum match_credit credit)
{
    static const char *const names[] = {
        [CREDIT_NONE] = "none",           [CREDIT_TOKEN] = "token",     [CREDIT_PAIR] = "pair",
        [CREDIT_ADDRESS] = "address",     [CREDIT_CHANNEL] = "channel", [CREDIT_ANY] = "any",
        [CREDIT_RECIPIENT] = "recipient",
    };

    return names[credit];
}
