/* core/engine/planner.c - gathers the facts of each candidate channel, lets choose.h decide, renders, and fills the row. */
#include "core/engine/planner.h"

#include <stdio.h>

#include "core/base/id.h"
#include "core/engine/compose.h"
#include "core/engine/drops.h"
#include "core/engine/reach.h"
#include "core/store/inbounds.h"

#define HOLD_LOOK_MS DAY_MS /* a held enrollment is looked at again after a day */

struct question { /* one planner_next() on its way */
    struct planner *planner;
    const struct subject *subject;
    const struct enrollment *enrollment;
    const struct sequence *sequence;
    const struct step *step;
    const struct catalog_template *template; /* NULL: instructions only */
    int64_t now, touch_id;
    struct arena *arena;
    struct candidate candidates[CHOOSE_MAX_CANDIDATES];
    size_t count, order_count;
    struct choice choice;
};

int64_t planner_due(const struct sequence *sequence, size_t index, const struct zone *zone,
                    int64_t from_ms)
{
    int64_t due = wait_from(&sequence->steps[index].wait, from_ms, zone);
    int64_t open = window_next(&sequence->window, zone, due < from_ms ? from_ms : due);

    return open < 0 ? due : open;
}

static struct sender_pace *pace_of(struct planner *planner, const struct sender *sender)
{
    return sender ? &planner->paces[sender - planner->workspace->senders] : NULL;
}

/* ---- candidates ---- */

static int64_t quiet_until(const struct question *q, const char *channel)
{
    const struct hours hours = { .window = &q->sequence->window,
                                 .zone = q->subject->zone,
                                 .channel = channel };
    int64_t open = policy_open_at(&hours, q->now);

    return open > q->now ? open : 0;
}

static int64_t capped_until(const struct question *q, const char *channel)
{
    const struct caps_query query = { .caps = &caps_default,
                                      .past = q->subject->past,
                                      .past_count = q->subject->past_count,
                                      .channel = channel,
                                      .zone = q->subject->zone };
    int64_t free_at = policy_caps_until(&query, q->now);

    return free_at > q->now ? free_at : 0;
}

/* WhatsApp's rule of 24 hours, and its like: free text only after they wrote. */
static int session_open(const struct question *q, const struct sender *sender, bool *open,
                        struct err *err)
{
    int64_t last = 0;

    *open = true;
    if (!sender || sender->account->session_window_ms == 0)
        return 0;
    if (message_last_human(q->planner->db, q->subject->prospect.id, sender->channel, &last, err) <
        0)
        return -1;
    *open = last > 0 && q->now - last < sender->account->session_window_ms;
    return 0;
}

static int add_candidate(struct question *q, const char *channel, struct err *err)
{
    const struct reach reach = { .subject = q->subject,
                                 .workspace = q->planner->workspace,
                                 .step = q->step,
                                 .parts = q->template ? q->template->parts : NULL };
    struct candidate *c = &q->candidates[q->count];
    struct sender *sender;
    struct sender_pace *pace;

    if (!channel || q->count == CHOOSE_MAX_CANDIDATES)
        return 0;
    for (size_t i = 0; i < q->count; i++)
        if (strcmp(q->candidates[i].channel, channel) == 0)
            return 0;
    sender = reach_candidate(&reach, channel, c);
    pace = pace_of(q->planner, sender);
    c->sender_ok = pace && pace->paused_until <= q->now;
    c->capped_until_ms = capped_until(q, channel);
    c->quiet_until_ms = quiet_until(q, channel);
    q->count++;
    return session_open(q, sender, &c->session_open, err);
}

static int choose(struct question *q, struct err *err)
{
    const struct prospect *p = &q->subject->prospect;
    const char *others[] = { q->step->channel, p->pinned_channel, p->wish_channel,
                             p->preferred_channel };
    struct choose_facts facts;

    for (size_t i = 0; i < q->sequence->channel_count; i++)
        if (add_candidate(q, q->sequence->channels[i], err) < 0)
            return -1;
    q->order_count = q->count;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (others[i] && add_candidate(q, others[i], err) < 0)
            return -1;
    facts = (struct choose_facts){
        .candidates = q->candidates,
        .count = q->count,
        .order_count = q->order_count,
        .pinned = p->pinned_channel,
        .wish = p->wish_channel,
        .wish_once = p->wish_once,
        .wish_only = p->wish_only,
        .wish_evidence = p->wish_message_id,
        .avoid = q->subject->avoid,
        .replied = p->preferred_channel,
        .replied_evidence = p->preferred_message_id,
        .replied_agreed = true, /* with follow = ask it becomes preferred only when agreed */
        .step_channel = q->step->channel,
        .step_keep = q->step->keep,
        .follow = q->sequence->follow,
        .now_ms = q->now,
    };
    choose_channel(&facts, &q->choice);
    return 0;
}

/* ---- text ---- */

/* List-Unsubscribe, as compose.c will write it. */
static enum lint_known carries_way_out(const struct question *q, const struct sender *sender)
{
    return sender->reply_plus || q->planner->workspace->public_url ? LINT_YES : LINT_NO;
}

static void fill_facts(const struct question *q, const struct sender *sender,
                       const struct value *data, struct lint_facts *facts)
{
    const bool wished = q->choice.level == CHOOSE_PINNED || q->choice.level == CHOOSE_WISH;
    struct value *kept = arena_alloc(q->arena, sizeof(*kept)); /* the facts outlive the render */

    *kept = *data;
    lint_facts_from_data(kept, facts);
    if (q->planner->trace)
        lint_facts_from_trace(q->planner->trace, facts);
    facts->last_inbound = q->subject->prospect.preferred_channel;
    facts->channel_wished = wished ? LINT_YES : LINT_NO;
    facts->opt_out_header = carries_way_out(q, sender);
}

/* What is plainly wrong is held like a missing field. false when it is. */
static bool passes_lint(const struct question *q, const struct rendered *text, struct plan *out)
{
    const struct lint_message message = { q->choice.channel, text->subject, text->text,
                                          text->html };
    struct lint_findings findings = { .arena = q->arena };
    const struct lint_finding *first;

    if (!q->planner->lint_hold)
        return true;
    lint_message_errors(&message, &out->facts, &findings);
    if (findings.count == 0)
        return true;
    first = &findings.items[0];
    out->reason = arena_printf(q->arena, "template %s: %s%s%.*s (%s, line %d)", q->template->label,
                               first->found, first->quote.len ? ": " : "", (int)first->quote.len,
                               first->quote.len ? first->quote.data : "",
                               lint_place_names[first->place], first->line);
    return false;
}

/* 1 = rendered, 0 = held with *reason. */
static int render(struct question *q, const struct sender *sender, struct touch *touch,
                  struct plan *out)
{
    const struct subject_data data = { .subject = q->subject,
                                       .workspace = q->planner->workspace,
                                       .sender = sender,
                                       .channel = touch->channel,
                                       .touch_id = touch->id,
                                       .step_number = touch->step + 1,
                                       .step_count = (int)q->sequence->step_count,
                                       .now_ms = q->now,
                                       .window = &q->sequence->window };
    struct render_context context = { .now_ms = q->now,
                                      .zone = q->subject->zone,
                                      .seed = touch->prospect_id };
    struct template_problem problem = { 0 };
    struct rendered text;

    touch->text = q->step->instructions;
    if (!q->template)
        return 1;
    context.channel = touch->channel;
    context.parts_trace = q->planner->trace;
    context.data = subject_values(&data, q->arena);
    context.locale = drops_language(&context.data, q->arena);
    if (parts_render(q->template->parts, &context, q->arena, &text, &problem) < 0) {
        out->reason =
            arena_printf(q->arena, "template %s, %s%sline %d: %s", q->template->label, problem.file,
                         problem.file[0] ? " " : "", problem.line, problem.text);
        return 0;
    }
    fill_facts(q, sender, &context.data, &out->facts);
    if (!passes_lint(q, &text, out))
        return 0;
    touch->template = q->template->label;
    touch->text = arena_dup_span(q->arena, text.text);
    touch->subject = text.subject.len ? arena_dup_span(q->arena, text.subject) : NULL;
    touch->html = text.html.len ? arena_dup_span(q->arena, text.html) : NULL;
    if (q->step->instructions && sequence_channel_is_human(touch->channel))
        touch->text = arena_printf(q->arena, "%s\n\n%s", q->step->instructions, touch->text);
    out->derived = text.derived;
    return 1;
}

static const char *encoded_choice(struct question *q)
{
    struct str json;
    char *text;

    str_init(&json, 4000);
    choose_encode(&q->choice, &json);
    text = arena_dup(q->arena, str_text(&json));
    str_finish(&json);
    return text;
}

static int fill_touch(struct question *q, const struct sender *sender, struct plan *out,
                      struct err *err)
{
    const struct mail_thread thread = { .db = q->planner->db,
                                        .workspace = q->planner->workspace,
                                        .subject = q->subject,
                                        .enrollment_id = q->enrollment->id };
    struct touch *touch = &out->touch;
    const struct address *address;
    bool suppressed;

    address = subject_address(q->subject, q->choice.channel, &suppressed);
    *touch = (struct touch){
        .slot = q->subject->prospect.slot,
        .id = q->touch_id,
        .prospect_id = q->subject->prospect.id,
        .enrollment_id = q->enrollment->id,
        .step = q->enrollment->step,
        .sequence = q->sequence->name,
        .step_id = q->step->id,
        .channel = q->choice.channel,
        .sender = sender->name,
        .address = address ? address->value : "",
        .state = "wire",
        .decision = encoded_choice(q),
        .epoch = q->planner->epoch,
        .tries = 1,
        .created_at = q->now,
    };
    if (strcmp(touch->channel, "email") == 0 &&
        subject_mail_thread(&thread, q->arena, &touch->refs, err) < 0)
        return -1;
    return render(q, sender, touch, out);
}

/* ---- pace ---- */

/* Those who must wait stand in a queue that nobody reserves: a busy sender never blocks another prospect's hours. */
static bool must_wait(struct question *q, struct sender_pace *pace, struct plan *out)
{
    const struct zone *zone = q->planner->workspace->zone;
    int64_t gap, free_at;

    if (q->planner->dry)
        return false;
    if (pace->room && pace->in_air >= pace->room) {
        *out = (struct plan){ .kind = PLAN_LATER, .at_ms = q->now, .pace = pace, .busy = true };
        return true;
    }
    free_at = pace_peek(&pace->pace, q->now, zone);
    if (free_at <= q->now)
        return false;
    gap = pace->pace.per_minute ? MINUTE_MS / pace->pace.per_minute : SECOND_MS;
    if (pace->soft_next_ms < free_at)
        pace->soft_next_ms = free_at;
    *out = (struct plan){ .kind = PLAN_LATER,
                          .at_ms = pace->soft_next_ms,
                          .reason =
                              arena_printf(q->arena, "the pace of sender %s", pace->sender->name) };
    pace->soft_next_ms += gap;
    return true;
}

static void take_place(struct question *q, struct sender_pace *pace)
{
    if (q->planner->dry)
        return;
    pace->in_air++;
    if (pace->pace.per_minute || pace->pace.per_day) {
        pace_reserve(&pace->pace, q->now, q->planner->workspace->zone);
        pace->changed = true;
    }
}

/* ---- the story ---- */

static int open_question(struct question *q, struct err *err)
{
    q->step = &q->sequence->steps[q->enrollment->step];
    q->touch_id = id_next(&q->planner->workspace->clock, q->subject->prospect.slot);
    if (!q->step->template)
        return 0;
    q->template = catalog_template(q->planner->catalog, q->step->template, err);
    return q->template ? 0 : -1;
}

static void look_later(struct plan *out, enum plan_kind kind, int64_t at_ms, const char *reason)
{
    out->kind = kind;
    out->at_ms = at_ms;
    out->reason = reason;
}

static void find_next(struct question *q, struct plan *out)
{
    size_t next = (size_t)q->enrollment->step + 1;

    out->next_step = (int)next;
    out->next_due_ms = next < q->sequence->step_count
                           ? planner_due(q->sequence, next, q->subject->zone, q->now)
                           : INT64_MAX;
}

static int act_on_choice(struct question *q, struct plan *out, struct err *err)
{
    struct sender *sender;
    int rendered;

    if (q->choice.level == CHOOSE_NONE) {
        look_later(out, PLAN_HOLD, q->now + HOLD_LOOK_MS, arena_dup(q->arena, q->choice.reason));
        return 0;
    }
    if (q->choice.wait_until > q->now) {
        look_later(out, PLAN_LATER, q->choice.wait_until, policy_gates[q->choice.waits_for].closed);
        return 0;
    }
    sender = subject_sender(q->subject, q->planner->workspace, q->choice.channel);
    out->pace = pace_of(q->planner, sender);
    if (must_wait(q, out->pace, out))
        return 0;
    rendered = fill_touch(q, sender, out, err);
    if (rendered < 0)
        return -1;
    if (rendered == 0) {
        look_later(out, PLAN_HOLD, q->now + HOLD_LOOK_MS, out->reason);
        return 0;
    }
    out->kind = PLAN_TOUCH;
    out->at_ms = q->now;
    out->step = q->step;
    out->wish_used = q->choice.once;
    out->reason = arena_dup(q->arena, q->choice.reason);
    find_next(q, out);
    take_place(q, out->pace);
    return 0;
}

int planner_next(struct planner *planner, const struct subject *subject,
                 const struct enrollment *enrollment, struct plan *out, struct err *err)
{
    struct question q = { .planner = planner,
                          .subject = subject,
                          .enrollment = enrollment,
                          .now = planner->now,
                          .arena = planner->arena };

    *out = (struct plan){ 0 };
    q.sequence = catalog_sequence(planner->catalog, enrollment->sequence, enrollment->version, err);
    if (!q.sequence)
        return -1;
    if ((size_t)enrollment->step >= q.sequence->step_count) {
        look_later(out, PLAN_DONE, q.now, "every step is done");
        return 0;
    }
    if (open_question(&q, err) < 0 || choose(&q, err) < 0)
        return -1;
    return act_on_choice(&q, out, err);
}
