/* core/engine/rehearse.c - see rehearse.h. The thread that reads is in rehearse_feed.c. */
#include "core/engine/rehearse.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/engine/drops.h"
#include "core/engine/reach.h"
#include "core/engine/rehearse_feed.h"

#define PROGRESS_EVERY 4096

struct stage { /* what one rehearsal keeps at hand */
    const struct rehearsal *rehearsal;
    struct catalog *catalog;
    struct arena traces, work; /* work: of one prospect */
    struct parts_trace trace;
    struct subject_links *links; /* by sender: no touch is made, so all of one look alike */
    bool *linked;
    int64_t now;
    int visited; /* what the visitor said last */
};

struct scene { /* one prospect on the stage */
    struct stage *stage;
    const struct subject *subject;
    const struct sequence *sequence; /* NULL = in none */
    const struct step *step;
    size_t index; /* of the step */
    struct rehearsed out;
};

/* ---- step and channel ---- */

static bool uses(const struct step *step, const char *template)
{
    return step->template && template && strcmp(step->template, template) == 0;
}

/* The step that is to come, if it uses the template; else the next one that does, else the first. */
static size_t step_for(const struct sequence *sequence, const char *template, int next)
{
    size_t last = sequence->step_count - 1;
    size_t from = next < 0 ? 0 : (size_t)next < last ? (size_t)next : last;

    for (size_t i = 0; i < sequence->step_count; i++) {
        size_t at = (from + i) % sequence->step_count;
        if (uses(&sequence->steps[at], template))
            return at;
    }
    return from;
}

static int find_step(struct scene *scene, const struct roll_row *row, struct err *err)
{
    const struct rehearsal *r = scene->stage->rehearsal;

    if (row->state != ROLL_LIVE)
        return 0;
    scene->sequence = catalog_sequence(scene->stage->catalog, row->sequence, row->version, err);
    if (!scene->sequence)
        return -1;
    scene->index = step_for(scene->sequence, r->template, row->step);
    scene->step = &scene->sequence->steps[scene->index];
    return 0;
}

struct field { /* the candidates */
    struct candidate list[CHOOSE_MAX_CANDIDATES];
    size_t count;
};

/* WhatsApp's rule of 24 hours, and its like; by what they wrote last, wherever that was. */
static bool wrote_within(const struct scene *scene, const char *channel, int64_t window_ms)
{
    const struct message_row *answer = scene->subject->answer;

    return answer && strcmp(answer->channel, channel) == 0 &&
           scene->stage->now - answer->at < window_ms;
}

static void add_channel(const struct scene *scene, struct field *field, const char *channel)
{
    const struct reach reach = { .subject = scene->subject,
                                 .workspace = scene->stage->rehearsal->workspace,
                                 .step = scene->step,
                                 .parts = scene->stage->rehearsal->parts };
    struct candidate *c;
    struct sender *sender;

    if (!channel || field->count == CHOOSE_MAX_CANDIDATES)
        return;
    for (size_t i = 0; i < field->count; i++)
        if (strcmp(field->list[i].channel, channel) == 0)
            return;
    c = &field->list[field->count++];
    sender = reach_candidate(&reach, channel, c);
    if (sender && sender->account->session_window_ms)
        c->session_open = wrote_within(scene, channel, sender->account->session_window_ms);
}

/* In the sequence's order; for those in none, as the senders stand in heed.conf. */
static void add_order(const struct scene *scene, struct field *field)
{
    const struct workspace *w = scene->stage->rehearsal->workspace;

    for (size_t i = 0; scene->sequence && i < scene->sequence->channel_count; i++)
        add_channel(scene, field, scene->sequence->channels[i]);
    for (size_t i = 0; !scene->sequence && i < w->sender_count; i++)
        add_channel(scene, field, w->senders[i].channel);
}

static void choose_for(const struct scene *scene, struct choice *out)
{
    const struct prospect *p = &scene->subject->prospect;
    const char *others[] = { scene->step ? scene->step->channel : NULL, p->pinned_channel,
                             p->wish_channel, p->preferred_channel };
    struct field field = { .count = 0 };
    struct choose_facts facts;
    size_t order;

    add_order(scene, &field);
    order = field.count;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        add_channel(scene, &field, others[i]);
    facts = (struct choose_facts){
        .candidates = field.list,
        .count = field.count,
        .order_count = order,
        .pinned = p->pinned_channel,
        .wish = p->wish_channel,
        .wish_once = p->wish_once,
        .wish_only = p->wish_only,
        .wish_evidence = p->wish_message_id,
        .avoid = scene->subject->avoid,
        .replied = p->preferred_channel,
        .replied_evidence = p->preferred_message_id,
        .replied_agreed = true,
        .step_channel = others[0],
        .step_keep = scene->step && scene->step->keep,
        .follow = scene->sequence ? scene->sequence->follow : FOLLOW_AUTO,
        .now_ms = scene->stage->now,
    };
    choose_channel(&facts, out);
}

/* ---- one render ---- */

static void visit(struct scene *scene)
{
    struct stage *stage = scene->stage;

    stage->visited = stage->rehearsal->visit(stage->rehearsal->with, &scene->out);
}

/* They lead nowhere, but are as long as real ones. */
static const struct subject_links *links_of(struct stage *stage, const struct subject_data *data)
{
    size_t i = (size_t)(data->sender - stage->rehearsal->workspace->senders);

    if (!stage->linked[i])
        stage->links[i] = subject_links_of(data, &stage->traces);
    stage->linked[i] = true;
    return &stage->links[i];
}

static void render_on(struct scene *scene, const char *channel)
{
    struct stage *stage = scene->stage;
    const struct workspace *w = stage->rehearsal->workspace;
    struct subject_data data = { .subject = scene->subject, .workspace = w, .channel = channel };
    struct render_context context = { .now_ms = stage->now, .channel = channel };
    struct rehearsed *out = &scene->out;
    bool suppressed;

    arena_reset(&stage->work);
    *out = (struct rehearsed){ .subject = scene->subject, .channel = channel };
    data.sender = subject_sender(scene->subject, w, channel);
    if (!data.sender)
        data.sender = &w->senders[0];
    data.touch_id = 1;
    data.step_number = scene->sequence ? (int)scene->index + 1 : 1;
    data.step_count = scene->sequence ? (int)scene->sequence->step_count : 1;
    data.links = links_of(stage, &data);
    data.now_ms = stage->now;
    data.window = scene->sequence ? &scene->sequence->window : NULL;
    context.data = subject_values(&data, &stage->work);
    context.locale = drops_language(&context.data, &stage->work);
    context.zone = scene->subject->zone;
    context.seed = scene->subject->prospect.id;
    context.parts_trace = &stage->trace;
    out->trace = &stage->trace;
    out->data = &context.data;
    out->address = subject_address(scene->subject, channel, &suppressed);
    if (parts_render(stage->rehearsal->parts, &context, &stage->work, &out->rendered,
                     &out->problem) < 0) {
        out->outcome = REHEARSAL_HELD;
        out->reason = out->problem.text;
    }
    visit(scene);
}

static void play(struct scene *scene)
{
    const char *const *channel = scene->stage->rehearsal->channels;
    struct choice choice;

    for (; channel && *channel && scene->stage->visited == 0; channel++)
        render_on(scene, *channel);
    if (scene->stage->rehearsal->channels)
        return;
    choose_for(scene, &choice);
    if (choice.channel) {
        render_on(scene, choice.channel);
        return;
    }
    scene->out = (struct rehearsed){ .subject = scene->subject,
                                     .outcome = REHEARSAL_NO_CHANNEL,
                                     .reason = choice.reason };
    visit(scene);
}

static int play_row(struct stage *stage, const struct roll_row *row, struct arena *arena,
                    struct err *err)
{
    struct subject subject = { .arena = arena,
                               .prospect = row->prospect,
                               .addresses = row->addresses,
                               .address_count = row->address_count,
                               .history = row->history,
                               .history_count = row->history_count };
    struct scene scene = { .stage = stage, .subject = &subject };

    subject_complete(stage->rehearsal->workspace, &subject);
    subject_answered(&subject, row->answer);
    if (find_step(&scene, row, err) < 0)
        return -1;
    play(&scene);
    return 0;
}

static bool may_be_touched(const struct rehearsal *r, const struct roll_row *row)
{
    return !row->prospect.opted_out_at && (r->sequence || row->state != ROLL_ENDED);
}

/* ---- the rehearsal ---- */

static void tell_progress(const struct stage *stage, int64_t done, int64_t most)
{
    if (stage->rehearsal->progress)
        stage->rehearsal->progress(stage->rehearsal->with, done, most);
}

static int play_all(struct stage *stage, struct feed *feed, struct err *err)
{
    int64_t done = 0;
    int more = 0;

    while (stage->visited == 0) {
        struct feed_batch *batch = NULL;
        more = feed_take(feed, &batch, err);
        if (more <= 0)
            break;
        for (size_t i = 0; i < batch->count && stage->visited == 0 && more > 0; i++, done++) {
            if (done % PROGRESS_EVERY == 0)
                tell_progress(stage, done, feed_most(feed));
            if (may_be_touched(stage->rehearsal, &batch->rows[i]))
                more = play_row(stage, &batch->rows[i], &batch->arena, err) < 0 ? -1 : 1;
        }
        feed_give_back(feed);
        if (more < 0)
            break;
    }
    tell_progress(stage, done, done);
    return more < 0 ? -1 : 0;
}

/* Templates print the name of a sender, so there must be one. */
static int check_channels(const struct rehearsal *r, struct err *err)
{
    if (r->workspace->sender_count == 0)
        return err_set(err, ERR_CONFIG, "no sender yet: heed.conf needs a [sender ...] section");
    for (const char *const *channel = r->channels; channel && *channel; channel++)
        if (!r->anybody_sends && !workspace_sender_for(r->workspace, *channel, 0))
            return err_set(
                err, ERR_CONFIG,
                "no sender carries %s: add a [sender ...] with channel = %s to heed.conf", *channel,
                *channel);
    return 0;
}

static int stage_begin(struct stage *stage, const struct rehearsal *r, struct err *err)
{
    *stage = (struct stage){ .rehearsal = r, .now = workspace_now(r->workspace) };
    arena_init(&stage->traces);
    arena_init(&stage->work);
    stage->catalog = catalog_create(r->workspace->db);
    parts_trace_init(&stage->trace, &stage->traces);
    stage->trace.go_on = true;
    stage->links =
        arena_array(&stage->traces, r->workspace->sender_count + 1, sizeof(*stage->links));
    stage->linked =
        arena_array(&stage->traces, r->workspace->sender_count + 1, sizeof(*stage->linked));
    return check_channels(r, err);
}

static void stage_end(struct stage *stage)
{
    catalog_destroy(stage->catalog);
    arena_finish(&stage->work);
    arena_finish(&stage->traces);
}

int rehearse(const struct rehearsal *r, struct err *err)
{
    struct stage stage;
    struct feed *feed = NULL;
    int rc = stage_begin(&stage, r, err);

    if (rc == 0) {
        feed = feed_create(r->workspace, &(struct roll_query){ r->sequence, stage.now }, err);
        rc = feed ? play_all(&stage, feed, err) : -1;
    }
    feed_destroy(feed);
    stage_end(&stage);
    return rc;
}

/* ---- one prospect ---- */

static int row_of(struct stage *stage, int64_t prospect_id, struct roll_row *row, struct err *err)
{
    struct db *db = stage->rehearsal->workspace->db;
    struct subject subject = { .arena = &stage->traces };
    struct enrollment *enrollments;
    int found = subject_read(db, stage->rehearsal->workspace, prospect_id, &subject, err);
    int count = found != 1 ? 0 : enrollments_of(db, prospect_id, &stage->traces, &enrollments, err);

    if (found != 1 || count < 0)
        return count < 0 ? -1 : found;
    *row = (struct roll_row){ .prospect = subject.prospect,
                              .addresses = subject.addresses,
                              .address_count = subject.address_count,
                              .history = subject.history,
                              .history_count = subject.history_count,
                              .answer = subject.answer };
    for (int i = count; i-- > 0;) {
        const struct enrollment *e = &enrollments[i];
        const char *asked = stage->rehearsal->sequence;
        if (!enrollment_in_play(e) || (asked && strcmp(asked, e->sequence) != 0))
            continue;
        row->state = ROLL_LIVE;
        row->sequence = e->sequence;
        row->version = e->version;
        row->step = e->step;
    }
    return 1;
}

int rehearse_one(const struct rehearsal *r, int64_t prospect_id, struct err *err)
{
    struct roll_row row;
    struct stage stage;
    int rc = stage_begin(&stage, r, err);

    if (rc == 0)
        rc = row_of(&stage, prospect_id, &row, err);
    if (rc == 1 && play_row(&stage, &row, &stage.traces, err) < 0)
        rc = -1;
    stage_end(&stage);
    return rc;
}
