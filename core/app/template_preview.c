/* core/app/template_preview.c - see template_preview.h: whom to show, and on which channels. */
#include "core/app/template_preview.h"

#include <string.h>

#include "core/app/preview.h"
#include "core/app/template_pick.h"
#include "core/base/text.h"
#include "core/engine/examples.h"
#include "core/store/prospects.h"

struct showing { /* one call of the command */
    struct invocation *in;
    struct workspace *workspace; /* NULL = examples */
    struct template_pick pick;
    struct preview preview;
    struct coverage *coverage;
    struct preview_person *person; /* whose messages are being kept; NULL = only counted */
    int64_t last;                  /* prospect counted */
    size_t looked;
    const char *channels[PREVIEW_CHANNELS_MAX + 1];
};

/* ---- channels ---- */

/* A channel for each part there may be; of chats the first one that a sender carries. */
static const char *channel_for(const struct showing *s, const char *part)
{
    bool derived;

    for (size_t i = 0; s->workspace && i < s->workspace->sender_count; i++) {
        const char *channel = s->workspace->senders[i].channel;
        if (strcmp(parts_own(channel), part) == 0)
            return channel;
    }
    return parts_for_channel(s->pick.parts, part, &derived) ? part : NULL;
}

static int choose_channels(struct showing *s, struct err *err)
{
    static const char *const parts[] = { "email", "sms", "chat", "call" };
    const char *only = option(s->in, "channel");
    size_t count = 0;
    bool derived;

    if (only && !parts_for_channel(s->pick.parts, only, &derived))
        return err_set(err, ERR_INPUT, "the template has no part for %s", only);
    if (only) {
        s->channels[0] = only;
        return 0;
    }
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const char *channel = channel_for(s, parts[i]);
        if (channel)
            s->channels[count++] = channel;
    }
    if (parts_for_channel(s->pick.parts, "letter", &derived) && !derived)
        s->channels[count++] = "letter";
    return 0;
}

/* ---- renders ---- */

static void count(struct showing *s, const struct rehearsed *one)
{
    coverage_add(s->coverage, one);
}

/* Ends between two prospects: when nothing new can come, or after very many. */
static int on_counted(void *with, const struct rehearsed *one)
{
    struct showing *s = with;

    if (one->subject->prospect.id != s->last) {
        s->last = one->subject->prospect.id;
        s->preview.cut = s->looked == PREVIEW_LOOK_MAX;
        if (s->preview.cut || (s->looked % 256 == 255 && coverage_is_full(s->coverage)))
            return 1;
        s->looked++;
    }
    count(s, one);
    return 0;
}

static int on_shown(void *with, const struct rehearsed *one)
{
    struct showing *s = with;
    const struct prospect *p = &one->subject->prospect;

    if (s->person->message_count == 0 && p->id > 0) {
        s->person->id = p->id;
        s->person->name = arena_dup_span(&s->in->arena, text_trim(span_of(command_name(s->in, p))));
    }
    preview_keep(&s->preview, s->person, one);
    return 0;
}

static int on_both(void *with, const struct rehearsed *one)
{
    count(with, one);
    return on_shown(with, one);
}

static struct rehearsal rehearsal_of(struct showing *s,
                                     int (*visit)(void *, const struct rehearsed *))
{
    return (struct rehearsal){ .workspace = s->workspace,
                               .parts = s->pick.parts,
                               .template = s->pick.name,
                               .sequence = option(s->in, "sequence"),
                               .channels = s->channels,
                               .anybody_sends = true,
                               .visit = visit,
                               .with = s };
}

/* ---- prospects ---- */

static void report(struct showing *s)
{
    coverage_report(s->coverage, &s->preview.report);
}

/* Those of the list who show most; when no message is complete, one that is held. */
static int show_cover(struct showing *s, struct err *err)
{
    const struct rehearsal all = rehearsal_of(s, on_counted), keep = rehearsal_of(s, on_shown);
    const struct coverage_report *r = &s->preview.report;
    struct preview *preview = &s->preview;

    if (rehearse(&all, err) < 0)
        return -1;
    report(s);
    preview->count = r->cover_count;
    if (r->cover_count > PREVIEW_PEOPLE_MAX)
        preview->count = PREVIEW_PEOPLE_MAX;
    preview->left_out = r->cover_count - preview->count;
    for (size_t i = 0; i < preview->count; i++) {
        s->person = &preview->people[i];
        s->person->fresh = r->cover[i].fresh;
        if (rehearse_one(&keep, r->cover[i].prospect_id, err) < 0)
            return -1;
    }
    if (preview->count || r->prospects == 0)
        return 0;
    s->person = &preview->people[preview->count++];
    return rehearse_one(&keep, coverage_any(s->coverage), err) < 0 ? -1 : 0;
}

/* Those named: ids or addresses, ',' between. */
static int show_named(struct showing *s, const char *words, struct err *err)
{
    const struct rehearsal both = rehearsal_of(s, on_both);
    struct span rest = span_of(words), piece;

    while (text_next_piece(&rest, ',', &piece)) {
        const char *word = arena_dup_span(&s->in->arena, text_trim(piece));
        struct prospect prospect;
        int found = prospect_find(s->workspace->db, word, &s->in->arena, &prospect, err);
        if (found == 0)
            return err_set(err, ERR_NOT_FOUND,
                           "no prospect \"%s\": give an id (pr_...) or one of their addresses",
                           word);
        if (s->preview.count == PREVIEW_PEOPLE_MAX)
            return err_set(err, ERR_USAGE, "at most %d prospects", PREVIEW_PEOPLE_MAX);
        s->person = &s->preview.people[s->preview.count++];
        if (found < 0 || rehearse_one(&both, prospect.id, err) < 0)
            return -1;
    }
    report(s);
    return 0;
}

/* ---- examples ---- */

struct stand_in { /* as a rehearsal shows a prospect */
    struct arena traces, scratch;
    struct parts_trace trace;
};

static void show_example(struct showing *s, struct stand_in *stand_in, size_t n,
                         const char *channel)
{
    struct subject subject = { .prospect = { .id = -(int64_t)n - 1 } };
    struct rehearsed one = { .subject = &subject, .channel = channel };
    struct render_context context = { .now_ms = EXAMPLES_NOW_MS,
                                      .seed = (int64_t)n,
                                      .channel = channel,
                                      .parts_trace = &stand_in->trace };

    arena_reset(&stand_in->scratch);
    one.trace = &stand_in->trace;
    context.data = example_data(n, channel, &stand_in->scratch);
    if (parts_render(s->pick.parts, &context, &stand_in->scratch, &one.rendered, &one.problem) <
        0) {
        one.outcome = REHEARSAL_HELD;
        one.reason = one.problem.text;
    }
    on_both(s, &one);
}

static int show_examples(struct showing *s, struct err *err)
{
    struct stand_in stand_in;

    if (option(s->in, "prospect") || option(s->in, "sequence"))
        return err_set(err, ERR_USAGE,
                       "--prospect and --sequence need a workspace with a sender and prospects");
    arena_init(&stand_in.traces);
    arena_init(&stand_in.scratch);
    parts_trace_init(&stand_in.trace, &stand_in.traces);
    stand_in.trace.go_on = true;
    s->preview.examples = true;
    for (size_t n = 0; n < examples_count() && n < PREVIEW_PEOPLE_MAX; n++) {
        s->person = &s->preview.people[s->preview.count++];
        s->person->name = example_name(n);
        for (const char *const *channel = s->channels; *channel; channel++)
            show_example(s, &stand_in, n, *channel);
    }
    report(s);
    arena_finish(&stand_in.scratch);
    arena_finish(&stand_in.traces);
    return 0;
}

/* ---- the command ---- */

/* A folder can be looked at without a workspace; all else needs one. */
static int open_workspace(struct showing *s, struct err *err)
{
    struct prospect first = { 0 }, any;
    int found;

    s->workspace = command_try_open(s->in, WORKSPACE_SENDERS, err);
    if (!s->workspace) {
        if (s->in->folder || err->code != ERR_NOT_FOUND ||
            !template_pick_is_folder(s->in->words[1]))
            return -1;
        *err = (struct err){ 0 };
        return 0;
    }
    found = prospect_next(s->workspace->db, &first, &s->in->arena, &any, err);
    s->preview.examples = found == 0 || s->workspace->sender_count == 0;
    return found < 0 ? -1 : 0;
}

static int show(struct showing *s, struct err *err)
{
    const char *words = option(s->in, "prospect");

    if (!s->workspace || s->preview.examples)
        return show_examples(s, err);
    return words ? show_named(s, words, err) : show_cover(s, err);
}

static int tell(const struct showing *s)
{
    if (s->in->json)
        return command_print_json(preview_json(&s->preview));
    if (s->preview.count == 0)
        return printf("%s: nobody to render it for\n", s->preview.label) < 0;
    preview_print(&s->preview, option(s->in, "provenance") != NULL);
    return 0;
}

int template_preview(struct invocation *in, struct workspace *workspace, struct err *err)
{
    struct showing *s = arena_alloc(&in->arena, sizeof(*s));
    int rc;

    (void)workspace;
    s->in = in;
    s->preview.arena = &in->arena;
    if (open_workspace(s, err) < 0) {
        workspace_close(s->workspace);
        return -1;
    }
    s->coverage = coverage_create();
    rc = template_pick(&s->pick, in, s->workspace, in->words[1], err);
    if (rc == 0)
        rc = choose_channels(s, err);
    s->preview.label = s->pick.label;
    if (rc == 0)
        rc = show(s, err);
    if (rc == 0)
        rc = tell(s);
    coverage_destroy(s->coverage);
    template_pick_finish(&s->pick);
    workspace_close(s->workspace);
    return rc;
}
