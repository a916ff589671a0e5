/* core/engine/respond.c - see respond.h. Which label leads to what is a table; sentences for tasks are in respond_tasks.c. */
#include "core/engine/respond.h"

#include "core/base/text.h"
#include "core/engine/choose.h"
#include "core/engine/respond_tasks.h"

/* ---- which sort of answer it is ---- */

static const enum reply_sort sort_of_intent[] = {
    [INTENT_THREAT] = REPLY_HOSTILE,
    [INTENT_HOSTILE] = REPLY_HOSTILE,
    [INTENT_WRONG_PERSON] = REPLY_WRONG_PERSON,
    [INTENT_NOT_INTERESTED] = REPLY_NOT_INTERESTED,
    [INTENT_NOT_NOW] = REPLY_NOT_NOW,
    [INTENT_CONCERN_PRICE] = REPLY_CONCERN,
    [INTENT_CONCERN_TIMING] = REPLY_CONCERN,
    [INTENT_CONCERN_AUTHORITY] = REPLY_CONCERN,
    [INTENT_CONCERN_NEED] = REPLY_CONCERN,
    [INTENT_CONCERN_COMPETITOR] = REPLY_CONCERN,
    [INTENT_CONCERN_TRUST] = REPLY_CONCERN,
    [INTENT_REFERRAL] = REPLY_REFERRAL,
    [INTENT_INTERESTED] = REPLY_INTERESTED,
    [INTENT_QUESTION] = REPLY_QUESTION,
    [INTENT_ACK] = REPLY_ACK,
    [INTENT_OTHER] = REPLY_HUMAN,
};

static const struct {
    const char *exit;
    bool by_prospect;  /* of a colleague's words it is only an answer */
    bool takes_time;   /* a time they name counts */
    bool until_person; /* held until a person has decided, not until `resume_after` */
} sorts[REPLY_SORT_COUNT] = {
    [REPLY_HUMAN] = { "replied", false, true, false },
    [REPLY_NOT_NOW] = { "not_now", true, true, false },
    [REPLY_NOT_INTERESTED] = { "not_interested", true, false, true },
    [REPLY_OUT_OF_OFFICE] = { "out_of_office", false, false, false },
    [REPLY_WRONG_PERSON] = { "wrong_person", false, false, true },
    [REPLY_REFERRAL] = { "referral", false, false, true },
    [REPLY_CONCERN] = { "replied", false, true, false },
    [REPLY_INTERESTED] = { "replied", false, true, false },
    [REPLY_QUESTION] = { "replied", false, true, false },
    [REPLY_ACK] = { "replied", true, true, false },
    [REPLY_HOSTILE] = { "hostile", false, false, true },
};

static void find_sort(struct responding *r)
{
    const struct reading *reading = r->question->reading;
    enum intent lead = reading->intents.lead;

    if (reading->kind == READING_AUTO_REPLY) {
        r->out->sort = reading->left_company ? REPLY_WRONG_PERSON : REPLY_OUT_OF_OFFICE;
        r->out->reason = reply_sort_name(r->out->sort);
        return;
    }
    r->out->sort = sort_of_intent[lead];
    if (sorts[r->out->sort].by_prospect && !r->question->match->sender_is_prospect)
        r->out->sort = REPLY_HUMAN;
    r->out->reason = r->out->sort == REPLY_HUMAN ? "reply" : intent_name(lead);
}

/* ---- the opt-out ---- */

/* "Stop texting, e-mail is fine": the sequences go on there. */
static bool goes_on_elsewhere(const struct respond_question *q)
{
    const struct reading *r = q->reading;
    const char *stopped = r->opt_out_channel ? r->opt_out_channel : q->channel;

    return r->opt_out == OPT_OUT_CHANNEL && r->wish.prefer && strcmp(r->wish.prefer, stopped) != 0;
}

static bool is_stop(const struct respond_question *q)
{
    return q->reading->opt_out != OPT_OUT_NONE && !goes_on_elsewhere(q);
}

/* ---- when ---- */

static const struct window office_hours = { .days = WINDOW_MON_FRI,
                                            .from_minute = 9 * 60,
                                            .to_minute = 17 * 60 };

/* Where they want the next contact: as wished, else where they wrote. */
static const char *contact_channel(const struct respond_question *q)
{
    return q->reading->wish.prefer ? q->reading->wish.prefer : q->channel;
}

static int64_t in_hours(const struct responding *r, int64_t at_ms)
{
    const struct respond_question *q = r->question;
    const struct hours hours = { .window = q->window ? q->window : &office_hours,
                                 .zone = q->zone,
                                 .channel = contact_channel(q) };
    int64_t open = policy_open_at(&hours, at_ms);

    return open == INT64_MAX ? at_ms : open;
}

/* The moment meant: of "by Friday" now, of what has begun already now. */
static enum respond_time find_time(struct responding *r)
{
    const struct when *when = &r->question->reading->when;
    int64_t now = r->question->now_ms, at = when->start_ms;

    if (when->kind == WHEN_NONE || !sorts[r->out->sort].takes_time ||
        r->question->reading->kind != READING_HUMAN || is_stop(r->question))
        return TIME_NONE;
    /* "A six months contract" says nothing of the next contact, unless they said: not now. */
    if (when->reckoned && r->out->sort != REPLY_NOT_NOW)
        return TIME_NONE;
    if (when->end_ms && when->end_ms <= now)
        return TIME_PAST;
    if (when->kind == WHEN_BEFORE && r->out->sort == REPLY_NOT_NOW)
        at = when->end_ms;
    if (!when->end_ms && at < now && when->kind == WHEN_INSTANT)
        return TIME_PAST;
    at = at < now ? now : at;
    if (at == now && r->out->sort == REPLY_NOT_NOW) /* "not now" names no time */
        return TIME_NONE;
    if (at - now > RESPOND_FAR_MS)
        return TIME_FAR;
    r->asked_ms = at;
    r->out->named_ms = in_hours(r, at);
    return TIME_NAMED;
}

/* The day they are back, from an automatic reply: 5 business days stand for what is not believable. A mail may have waited, or be
 * corrected weeks later: what counts is when it was written, and who is back by now is not away. */
static void find_return(struct responding *r)
{
    const struct respond_question *q = r->question;
    int64_t back = q->reading->return_ms,
            at = q->at_ms && q->at_ms < q->now_ms ? q->at_ms : q->now_ms;

    if (r->out->sort != REPLY_OUT_OF_OFFICE)
        return;
    r->out->away_from_ms = at;
    if (back > at && back - at <= RESPOND_FAR_MS)
        r->out->named_ms = back;
}

/* ---- where ---- */

static bool is_avoided(const struct wish *wish, const char *channel)
{
    for (size_t i = 0; i < wish->avoid_count; i++)
        if (strcmp(wish->avoid[i], channel) == 0)
            return true;
    return false;
}

static bool may_move(const struct respond_question *q)
{
    const struct choose_answer answer = {
        .kind = q->reading->kind,
        .sender_is_prospect = q->match->sender_is_prospect,
        .role_inbox = (q->match->flags & MATCH_ROLE_INBOX) != 0,
        .opted_out = is_stop(q),
        .certain = q->match->moves_preference,
    };

    return choose_may_move(&answer);
}

static void find_address(const struct wish *wish, struct respond_where *where)
{
    where->address = wish->number ? wish->number : wish->address ? wish->address : wish->handle;
    where->address_kind = wish->number ? "phone" : wish->address ? "email" : NULL;
    if (!where->address_kind && wish->handle)
        where->address_kind = wish->prefer ? wish->prefer : "telegram";
}

/* Can we write there at all? */
static bool in_reach(const struct respond_question *q, const struct respond_where *where)
{
    return text_is_among(where->prefer, q->served) &&
           (where->address || text_is_among(where->prefer, q->addressed));
}

static void find_where(struct responding *r)
{
    const struct respond_question *q = r->question;
    const struct wish *wish = &q->reading->wish;
    struct respond_where *where = &r->out->where;
    bool stopped_here =
        q->reading->opt_out == OPT_OUT_CHANNEL &&
        (!q->reading->opt_out_channel || strcmp(q->reading->opt_out_channel, q->channel) == 0);

    if (!may_move(q))
        return;
    where->avoid = wish->avoid;
    where->avoid_count = wish->avoid_count;
    where->prefer = wish->prefer;
    where->once = wish->prefer && wish->once;
    where->only = wish->prefer && wish->exclusive;
    find_address(wish, where);
    /* A wish that stands is stronger than where they happen to write. */
    where->arrival = !(where->prefer && !where->once) && !q->wish && !stopped_here &&
                     !is_avoided(wish, q->channel);
    if (!where->prefer)
        return;
    r->unreachable = !in_reach(q, where);
    where->ask = q->follow == FOLLOW_ASK && !r->unreachable;
}

/* ---- the story ---- */

static void find_holds(struct responding *r)
{
    const struct respond_question *q = r->question;
    struct response *out = r->out;
    bool automatic = q->reading->kind == READING_AUTO_REPLY && q->match->prospect;

    /* A colleague's "stop" may be meant for the prospect as well: they are left alone until a person knows. */
    out->holds = (automatic || q->match->is_reply) && !(is_stop(q) && q->match->sender_is_prospect);
    /* "Ask again in three years" is no reason to write in three months. */
    out->stays_held = r->unreachable || (r->time == TIME_FAR && out->sort == REPLY_NOT_NOW);
    if (out->holds && out->sort == REPLY_NOT_INTERESTED)
        out->rest_until_ms = q->now_ms + RESPOND_REST_MS;
}

void respond_decide(const struct respond_question *question, struct arena *arena,
                    struct response *out)
{
    struct responding r = { .question = question, .arena = arena, .out = out };

    *out = (struct response){ 0 };
    find_sort(&r);
    r.time = find_time(&r);
    find_return(&r);
    find_where(&r);
    find_holds(&r);
    /* The task is that next contact: nothing is left of a wish for it. */
    if (respond_is_dated(&r) && out->where.once)
        out->where.prefer = NULL, out->where.once = false;
    respond_write_tasks(&r);
}

void respond_plain(struct response *out)
{
    *out = (struct response){ .sort = REPLY_HUMAN, .reason = "reply", .holds = true };
}

/* ---- what one enrollment does ---- */

static int64_t business_days(const struct respond_enrollment *e, int64_t from_ms, int count)
{
    const struct wait wait = { .unit = WAIT_BUSINESS_DAYS, .count = count };

    return wait_from(&wait, from_ms, e->zone);
}

static int64_t until_person(const struct response *r, const struct respond_enrollment *e)
{
    int64_t from = r->named_ms ? r->named_ms : e->now_ms;

    if (r->stays_held || sorts[r->sort].until_person || !e->sequence->resumes)
        return e->now_ms + RESPOND_FOREVER_MS;
    return wait_from(&e->sequence->resume_after, from, e->zone);
}

static int64_t until_snooze(const struct response *r, const struct respond_enrollment *e)
{
    int64_t rest = r->sort == REPLY_ACK ? RESPOND_ACK_MS : RESPOND_SNOOZE_MS;
    int64_t open;

    /* What an "ok" is to wait for was their own time: as after any answer. */
    if (r->stays_held || (r->sort == REPLY_ACK && r->named_ms))
        return until_person(r, e);
    if (r->named_ms)
        return r->named_ms;
    open = window_next(&e->sequence->window, e->zone, e->now_ms + rest);
    return open < 0 ? e->now_ms + rest : open;
}

static int64_t until_return(const struct response *r, const struct respond_enrollment *e)
{
    int64_t until = r->named_ms ? r->named_ms : business_days(e, r->away_from_ms, 5);

    /* The next step lies behind it anyway, or they are back. */
    return until > e->due_ms && until > e->now_ms ? until : 0;
}

static int64_t until_of(const struct response *r, const struct respond_enrollment *e,
                        enum on_reply action)
{
    if (r->sort == REPLY_OUT_OF_OFFICE)
        return until_return(r, e);
    return action == ON_REPLY_SNOOZE ? until_snooze(r, e) : until_person(r, e);
}

void respond_apply(const struct response *response, const struct respond_enrollment *enrollment,
                   struct respond_verdict *out)
{
    enum on_reply action = enrollment->sequence->on_reply[response->sort];

    *out = (struct respond_verdict){ .act = RESPOND_GO_ON, .why = response->reason };
    if (!response->holds || action == ON_REPLY_IGNORE)
        return;
    if (action == ON_REPLY_STOP) {
        out->act = RESPOND_EXIT;
        out->why = sorts[response->sort].exit;
        return;
    }
    out->until_ms = until_of(response, enrollment, action);
    if (!out->until_ms)
        return;
    out->act = RESPOND_HOLD;
    if (enrollment->held && !response->named_ms && out->until_ms < enrollment->due_ms)
        out->until_ms = enrollment->due_ms;
}

bool respond_is_hold(const char *reason)
{
    if (!reason || strcmp(reason, "reply") == 0 || strcmp(reason, "relabelled") == 0 ||
        intent_by_name(reason) != INTENT_OTHER)
        return true;
    for (int i = 0; i < REPLY_SORT_COUNT; i++)
        if (strcmp(reason, reply_sort_name((enum reply_sort)i)) == 0)
            return true;
    return false;
}

bool respond_wants(const struct response *response, const struct respond_task *task,
                   const struct sequence *const *sequences, size_t count)
{
    if (!task->by_sequence || count == 0)
        return true;
    for (size_t i = 0; i < count; i++)
        if (sequences[i]->on_reply[response->sort] == ON_REPLY_TASK)
            return true;
    return false;
}
