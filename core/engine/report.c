/* core/engine/report.c - see report.h. */
#include "core/engine/report.h"

#include <stdio.h>

#include "core/base/clock.h"

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* ---- rows ---- */

struct building { /* a report on its way */
    struct report *report;
    struct stats_outcome outcome;
    struct arena *arena;
};

static struct report_row *find_channel(struct report *report, const char *channel)
{
    for (size_t i = 0; i < report->channel_count; i++)
        if (same(report->channels[i].counts.channel, channel))
            return &report->channels[i];
    return NULL;
}

static struct report_row *find_step(struct report *report, const char *sequence,
                                    const char *step_id)
{
    for (size_t i = 0; i < report->step_count; i++)
        if (same(report->steps[i].counts.sequence, sequence) &&
            same(report->steps[i].counts.step_id, step_id))
            return &report->steps[i];
    return NULL;
}

/* A channel that nothing was sent on yet, at its place among the others. `channels` has room for it. */
static struct report_row *add_channel(struct report *report, const char *channel)
{
    size_t at = report->channel_count++;

    for (; at > 0 && strcmp(report->channels[at - 1].counts.channel, channel) > 0; at--)
        report->channels[at] = report->channels[at - 1];
    report->channels[at] =
        (struct report_row){ .counts = { .group = STATS_CHANNEL, .channel = channel } };
    return &report->channels[at];
}

static void place_groups(struct building *b, size_t room)
{
    struct report *report = b->report;

    report->channels = arena_array(b->arena, b->outcome.group_count + room, sizeof(report->total));
    report->steps = arena_array(b->arena, b->outcome.group_count + 1, sizeof(report->total));
    for (size_t i = 0; i < b->outcome.group_count; i++) {
        const struct stats_touches *group = &b->outcome.groups[i];
        if (group->group == STATS_TOTAL)
            report->total.counts = *group;
        else if (group->group == STATS_CHANNEL)
            report->channels[report->channel_count++].counts = *group;
        else
            report->steps[report->step_count++].counts = *group;
    }
}

/* ---- switches and opt-outs ---- */

static void count_switches(struct report *report, const struct stats_switch *rows, int count)
{
    for (int i = 0; i < count; i++) {
        const struct stats_switch *s = &rows[i];
        struct report_row *step = s->step_id ? find_step(report, s->sequence, s->step_id) : NULL;
        struct report_row *row;
        report->total.switches_to += s->count;
        if (step)
            step->switches_to += s->count;
        if (s->to) {
            row = find_channel(report, s->to);
            (row ? row : add_channel(report, s->to))->switches_to += s->count;
        }
        if (s->from) {
            row = find_channel(report, s->from);
            (row ? row : add_channel(report, s->from))->switches_from += s->count;
        }
    }
}

/* Rows come by prospect: one who was counted in a group is the last one counted there. */
static void count_person(struct report_row *row, int64_t prospect_id, int64_t *last)
{
    if (row && *last != prospect_id) {
        row->opt_outs++;
        *last = prospect_id;
    }
}

static void count_opt_outs(struct building *b, const struct stats_opt_out *rows, int count)
{
    struct report *report = b->report;
    int64_t in_total = 0;
    int64_t *in_channel = arena_array(b->arena, report->channel_count + 1, sizeof(*in_channel));
    int64_t *in_step = arena_array(b->arena, report->step_count + 1, sizeof(*in_step));

    for (int i = 0; i < count; i++) {
        struct report_row *channel = find_channel(report, rows[i].channel);
        struct report_row *step = find_step(report, rows[i].sequence, rows[i].step_id);
        count_person(&report->total, rows[i].prospect_id, &in_total);
        if (channel)
            count_person(channel, rows[i].prospect_id, &in_channel[channel - report->channels]);
        if (step)
            count_person(step, rows[i].prospect_id, &in_step[step - report->steps]);
    }
}

/* ---- rates and medians ---- */

static bool belongs(const struct stats_answer *answer, const struct stats_touches *group)
{
    if (group->group == STATS_CHANNEL)
        return same(answer->channel, group->channel);
    if (group->group == STATS_STEP)
        return same(answer->sequence, group->sequence) && same(answer->step_id, group->step_id);
    return true;
}

static void finish_row(const struct building *b, struct report_row *row, int64_t *waits)
{
    size_t count = 0;

    for (size_t i = 0; i < b->outcome.answer_count; i++)
        if (belongs(&b->outcome.answers[i], &row->counts))
            waits[count++] = b->outcome.answers[i].wait_ms;
    row->rate = rate_wilson(row->counts.replied, row->counts.people);
    row->median_ms = count > 0 ? rate_median(waits, count) : -1;
}

static void finish_rows(const struct building *b)
{
    struct report *report = b->report;
    int64_t *waits = arena_array(b->arena, b->outcome.answer_count + 1, sizeof(*waits));

    finish_row(b, &report->total, waits);
    for (size_t i = 0; i < report->channel_count; i++)
        finish_row(b, &report->channels[i], waits);
    for (size_t i = 0; i < report->step_count; i++)
        finish_row(b, &report->steps[i], waits);
}

static int read_all(struct db *db, const char *sequence, struct building *b, struct err *err)
{
    struct stats_opt_out *opt_outs;
    struct stats_switch *switches;
    int opt_out_count, switch_count;

    if (stats_outcomes(db, sequence, b->arena, &b->outcome, err) < 0)
        return -1;
    switch_count = stats_switches(db, sequence, b->arena, &switches, err);
    if (switch_count < 0)
        return -1;
    opt_out_count = stats_opt_outs(db, sequence, b->arena, &opt_outs, err);
    if (opt_out_count < 0)
        return -1;
    place_groups(b, 2 * (size_t)switch_count + 1);
    count_switches(b->report, switches, switch_count);
    count_opt_outs(b, opt_outs, opt_out_count);
    finish_rows(b);
    return 0;
}

int report_read(struct db *db, const char *sequence, struct arena *arena, struct report *out,
                struct err *err)
{
    struct building building = { .report = out, .arena = arena };
    int rc;

    *out = (struct report){ 0 };
    if (db_begin_read(db, err) < 0)
        return -1;
    rc = read_all(db, sequence, &building, err);
    db_rollback(db);
    return rc;
}

/* ---- words ---- */

const char *report_duration(int64_t ms, char text[32])
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = { { DAY_MS, "d" }, { HOUR_MS, "h" }, { MINUTE_MS, "min" }, { SECOND_MS, "s" } };
    size_t i = 0;
    int64_t rest;

    while (i + 1 < COUNT_OF(units) && ms < units[i].ms)
        i++;
    rest = i < 2 ? ms % units[i].ms / units[i + 1].ms : 0;
    if (rest > 0)
        snprintf(text, 32, "%lld %s %lld %s", (long long)(ms / units[i].ms), units[i].name,
                 (long long)rest, units[i + 1].name);
    else
        snprintf(text, 32, "%lld %s", (long long)(ms / units[i].ms), units[i].name);
    return text;
}

const char *report_percent(const struct rate *rate, char text[32])
{
    snprintf(text, 32, "%.0f %% (%.0f-%.0f)", rate->rate * 100, rate->low * 100, rate->high * 100);
    return text;
}
