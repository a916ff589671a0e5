/* core/engine/play.c - see play.h. */
#include "core/engine/play.h"

#define LOOKS_MAX 1000 /* of the planner at one enrollment */

void play_open(struct play *play, const struct workspace *w, struct arena *arena)
{
    play->planner = (struct planner){
        .workspace = w,
        .catalog = catalog_create(w->db),
        .db = w->db,
        .paces = arena_array(arena, w->sender_count + 1, sizeof(struct sender_pace)),
        .arena = arena,
        .dry = true,
        .lint_hold = w->lint_hold,
    };
    for (size_t i = 0; i < w->sender_count; i++)
        play->planner.paces[i].sender = &w->senders[i];
}

void play_close(struct play *play)
{
    catalog_destroy(play->planner.catalog);
    play->planner.catalog = NULL;
}

void play_begin(struct play *play)
{
    int64_t now = workspace_now(play->planner.workspace);

    play->now = play->enrollment.due_at > now ? play->enrollment.due_at : now;
    play->shown = play->looks = 0;
    play->ended = false;
}

/* The touch counts as made, so that caps, threads and the next step see it. */
static void pretend(struct play *p, const struct plan *plan)
{
    struct touch_brief *history =
        arena_array(p->planner.arena, p->subject.history_count + 1, sizeof(*history));

    if (p->subject.history_count)
        memcpy(history + 1, p->subject.history, p->subject.history_count * sizeof(*history));
    history[0] = (struct touch_brief){ .id = plan->touch.id,
                                       .enrollment_id = plan->touch.enrollment_id,
                                       .channel = plan->touch.channel,
                                       .sender = plan->touch.sender,
                                       .address = plan->touch.address,
                                       .state = "sent",
                                       .created_at = p->now,
                                       .sent_at = p->now };
    p->subject.history = history;
    p->subject.history_count++;
    p->subject.past[p->subject.past_count++] =
        (struct past_touch){ .channel = plan->touch.channel, .at_ms = p->now };
    if (plan->wish_used)
        p->subject.prospect.wish_channel = NULL;
    p->subject.prospect.wish_only = false;
    p->enrollment.step = plan->next_step;
    p->now = plan->next_due_ms;
}

int play_next(struct play *p, struct plan *out, struct err *err)
{
    while (!p->ended && p->looks++ < LOOKS_MAX && p->shown < PLAN_AHEAD) {
        p->planner.now = p->now;
        if (planner_next(&p->planner, &p->subject, &p->enrollment, out, err) < 0)
            return -1;
        if (out->kind == PLAN_LATER) {
            p->now = out->at_ms;
            continue;
        }
        if (out->kind == PLAN_DONE)
            return 0;
        p->shown++;
        p->ended = out->kind == PLAN_HOLD || out->next_due_ms == INT64_MAX;
        if (out->kind == PLAN_HOLD)
            out->at_ms = p->now;
        if (!p->ended)
            pretend(p, out);
        return 1;
    }
    return 0;
}
