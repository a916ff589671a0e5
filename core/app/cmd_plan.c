/* core/app/cmd_plan.c - every coming touch of a prospect: date, channel, text, reason. Plays the planner forward; writes nothing. */
#include <stdlib.h>
#include <string.h>

#include "core/app/commands.h"
#include "core/base/text.h"
#include "core/engine/play.h"

struct playing { /* one enrollment played forward */
    struct invocation *in;
    struct workspace *workspace;
    struct play play;
    cJSON *touches; /* with --json */
};

static void show_json(struct playing *p, const struct plan *plan)
{
    cJSON *touch = cJSON_CreateObject();
    char iso[32];

    json_add_text(touch, "at", zone_iso(p->play.subject.zone, plan->at_ms, iso));
    json_add_text(touch, "sequence", p->play.enrollment.sequence);
    json_add_text(touch, "step", plan->kind == PLAN_TOUCH ? plan->step->id : NULL);
    json_add_text(touch, "channel", plan->touch.channel);
    json_add_text(touch, "address", plan->touch.address);
    json_add_text(touch, "sender", plan->touch.sender);
    json_add_text(touch, "subject", plan->touch.subject);
    json_add_text(touch, "text", plan->touch.text);
    json_add_text(touch, "reason", plan->reason);
    cJSON_AddBoolToObject(touch, "held", plan->kind == PLAN_HOLD);
    cJSON_AddItemToArray(p->touches, touch);
}

static void show_text(struct playing *p, const struct plan *plan)
{
    const char *when = command_time(p->in, p->play.subject.zone, plan->at_ms);
    struct span rest, line;

    if (plan->kind == PLAN_HOLD) {
        printf("%s  held: %s\n", when, plan->reason);
        return;
    }
    printf("%s  %s to %s  (%s, step %d: %s)\n", when, plan->touch.channel,
           *plan->touch.address ? plan->touch.address : "them", p->play.enrollment.sequence,
           plan->touch.step + 1, plan->touch.step_id);
    printf("  why: %s%s\n", plan->reason, plan->derived ? " (text derived from another part)" : "");
    if (plan->touch.subject)
        printf("  subject: %s\n", plan->touch.subject);
    rest = span_of(plan->touch.text);
    while (text_next_line(&rest, &line))
        printf("  | %.*s\n", (int)line.len, line.data);
    printf("\n");
}

static void show(struct playing *p, const struct plan *plan)
{
    if (p->touches)
        show_json(p, plan);
    else
        show_text(p, plan);
}

static int play(struct playing *p, struct err *err)
{
    struct plan plan;
    int more;

    play_begin(&p->play);
    while ((more = play_next(&p->play, &plan, err)) > 0)
        show(p, &plan);
    return more;
}

static void show_enrollment(struct playing *p)
{
    const struct enrollment *e = &p->play.enrollment;

    if (p->touches)
        return;
    printf("%s version %lld: ", e->sequence, (long long)e->version);
    if (strcmp(e->state, "held") == 0)
        printf("held (%s), goes on %s\n\n", e->hold_reason ? e->hold_reason : "by a person",
               command_time(p->in, p->play.subject.zone, e->due_at));
    else if (strcmp(e->state, "active") == 0)
        printf("next look %s\n\n", command_time(p->in, p->play.subject.zone, e->due_at));
    else
        printf("%s (%s)\n\n", e->state, e->exit ? e->exit : "");
}

static int play_all(struct playing *p, struct err *err)
{
    struct enrollment *rows;
    int count =
        enrollments_of(p->workspace->db, p->play.subject.prospect.id, &p->in->arena, &rows, err);

    for (int i = 0; i < count; i++) {
        p->play.enrollment = rows[i];
        show_enrollment(p);
        if (enrollment_in_play(&rows[i]) && play(p, err) < 0)
            return -1;
    }
    if (count == 0 && !p->touches)
        printf("%s is in no sequence: `heed enroll SEQUENCE %s`\n",
               command_name(p->in, &p->play.subject.prospect),
               command_id(p->in, "pr", p->play.subject.prospect.id));
    return count < 0 ? -1 : 0;
}

static int open_planner(struct playing *p, struct err *err)
{
    struct workspace *w = p->workspace;

    play_open(&p->play, w, &p->in->arena);
    return subject_read(w->db, w, p->play.subject.prospect.id, &p->play.subject, err) == 1 ? 0 : -1;
}

static void show_head(struct playing *p)
{
    const struct prospect *who = &p->play.subject.prospect;

    if (p->touches)
        return;
    printf("%s  %s  %s\n", command_id(p->in, "pr", who->id), command_name(p->in, who),
           zone_name(p->play.subject.zone));
    if (who->wish_channel)
        printf("asked for %s%s\n", who->wish_channel,
               who->wish_once   ? ", once"
               : who->wish_only ? " and nothing else"
                                : "");
    if (who->avoid)
        printf("not by %s: they asked\n", who->avoid);
    if (who->pinned_channel)
        printf("pinned to %s\n", who->pinned_channel);
    else if (who->preferred_channel)
        printf("followed on %s since %s\n", who->preferred_channel,
               command_time(p->in, p->play.subject.zone, who->preferred_at));
}

static int run(struct invocation *in)
{
    struct playing p = { .in = in, .play.subject = { .arena = &in->arena } };
    struct err err = { 0 };
    int code = 0;

    p.workspace = command_open(in, WORKSPACE_SENDERS, &code);
    if (!p.workspace)
        return code;
    code = command_prospect(in, p.workspace, in->words[0], &p.play.subject.prospect);
    if (code == 0 && in->json)
        p.touches = cJSON_CreateArray();
    if (code == 0 && open_planner(&p, &err) < 0)
        code = command_fail(in, &err);
    if (code == 0) {
        show_head(&p);
        if (play_all(&p, &err) < 0)
            code = command_fail(in, &err);
    }
    if (code == 0 && p.touches)
        command_print_json(p.touches);
    play_close(&p.play);
    workspace_close(p.workspace);
    return code;
}

const struct command command_plan = {
    .name = "plan",
    .usage = "PROSPECT",
    .summary = "every coming touch with date, channel, text and reason",
    .examples = "heed plan ana@northwind.example\nheed plan pr_0123456789abc --json",
    .min_words = 1,
    .max_words = 1,
    .run = run,
};
