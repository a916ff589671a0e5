/* core/app/lint_run.c - see lint_run.h. */
#include "core/app/lint_run.h"

#include "core/base/text.h"
#include "core/engine/drops.h"
#include "core/engine/examples.h"
#include "core/engine/phrase_files.h"
#include "core/engine/play.h"
#include "core/engine/ready.h"
#include "core/engine/rehearse.h"

#define SPINS 4 /* seeds each example is rendered with */

int lint_run_open(struct lint_run *run, struct arena *arena, const char *phrase_dirs,
                  struct err *err)
{
    *run = (struct lint_run){ .arena = arena };
    run->last = &run->first;
    arena_init(&run->scratch);
    parts_trace_init(&run->trace, arena);
    if (!phrase_dirs)
        phrase_dirs = ready_folders(arena, "phrases", "templates/phrases");
    if (phrase_files_read(phrase_dirs, &run->book, err) < 0)
        return -1;
    if (run->book.count == 0)
        return err_set(err, ERR_SYSTEM,
                       "the phrases that come with heed are missing in %s; install heed again",
                       phrase_dirs);
    return 0;
}

void lint_run_close(struct lint_run *run)
{
    phrase_book_finish(&run->book);
    arena_finish(&run->scratch);
}

/* ---- totals ---- */

struct letter {                        /* one message on its way to the linter */
    const char *template, *part, *who; /* who NULL: a source */
};

static struct lint_total *find_total(struct lint_run *run, const struct letter *letter,
                                     const struct lint_finding *finding)
{
    struct lint_total *total = run->first;

    while (total &&
           (total->finding.rule != finding->rule || total->finding.place != finding->place ||
            strcmp(total->finding.found, finding->found) != 0 ||
            strcmp(total->template, letter->template) != 0 ||
            strcmp(total->part, letter->part) != 0))
        total = total->next;
    return total;
}

static struct lint_total *add_total(struct lint_run *run, const struct letter *letter,
                                    const struct lint_finding *finding)
{
    struct lint_total *total = arena_alloc(run->arena, sizeof(*total));
    struct lint_finding *kept = &total->finding;

    *kept = *finding;
    kept->found = arena_dup(run->arena, finding->found);
    kept->better = arena_dup(run->arena, finding->better);
    kept->quote = span_of(arena_dup_span(run->arena, finding->quote));
    total->template = arena_dup(run->arena, letter->template);
    total->part = arena_dup(run->arena, letter->part);
    run->severities[finding->severity]++;
    *run->last = total;
    run->last = &total->next;
    return total;
}

static bool is_shown(const struct lint_total *total, const char *who)
{
    for (size_t i = 0; i < total->people_count; i++)
        if (strcmp(total->people[i], who) == 0)
            return true;
    return false;
}

static void keep(struct lint_run *run, const struct letter *letter,
                 const struct lint_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct lint_finding *finding = &findings->items[i];
        struct lint_total *total = find_total(run, letter, finding);
        if (!total)
            total = add_total(run, letter, finding);
        if (!letter->who)
            continue;
        total->messages++;
        if (total->people_count < LINT_PEOPLE_SHOWN && !is_shown(total, letter->who))
            total->people[total->people_count++] = arena_dup(run->arena, letter->who);
    }
}

static void keep_held(struct lint_run *run, const char *template, const char *reason)
{
    run->held++;
    if (!run->held_for)
        run->held_for = arena_printf(run->arena, "%s: %s", template, reason);
}

static void lint_one(struct lint_run *run, const struct letter *letter,
                     const struct lint_message *message, const struct lint_facts *facts)
{
    struct lint_findings findings = { .arena = &run->scratch };

    run->messages++;
    lint_message(message, facts, &run->book, &findings);
    keep(run, letter, &findings);
}

/* ---- one template ---- */

static void lint_sources(struct lint_run *run, const struct lint_template *template)
{
    run->templates++;
    for (size_t i = 0; i < template->count; i++) {
        const struct template_row *row = &template->rows[i];
        const struct letter letter = { template->name, row->part, NULL };
        struct lint_findings findings = { .arena = &run->scratch };
        lint_source(row->part, span_of(row->source), &findings);
        keep(run, &letter, &findings);
    }
    arena_reset(&run->scratch);
}

static struct part_source *part_sources(struct lint_run *run, const struct template_row *rows,
                                        size_t count)
{
    struct part_source *sources = arena_array(&run->scratch, count + 1, sizeof(*sources));

    for (size_t i = 0; i < count; i++)
        sources[i] = (struct part_source){ .name = rows[i].part, .source = rows[i].source };
    return sources;
}

static struct parts *compile(struct lint_run *run, const struct lint_template *template,
                             struct err *err)
{
    const struct parts_source source = {
        .name = template->name,
        .sources = part_sources(run, template->rows, template->count),
        .count = template->count,
        .fields = drops_fields(),
        .shared = part_sources(run, template->shared, template->shared_count),
        .shared_count = template->shared_count,
    };
    struct str problems;
    struct parts *parts;

    str_init(&problems, 64 << 10);
    parts = parts_compile(&source, &run->scratch, &problems);
    if (!parts)
        err_set(err, ERR_CONFIG, "template \"%s\": %s", template->name, str_text(&problems));
    str_finish(&problems);
    return parts;
}

/* Snippets are seen in the parts that use them. */
static bool is_part(const struct template_row *row)
{
    return row->part[0] != '_';
}

static bool has_messages(const struct lint_template *template)
{
    for (size_t i = 0; i < template->count; i++)
        if (is_part(&template->rows[i]))
            return true;
    return false;
}

struct rendering { /* one part for one prospect */
    const struct parts *parts;
    struct letter letter;
    struct render_context context;
    struct lint_facts facts;
};

static void render_and_lint(struct lint_run *run, struct rendering *r)
{
    struct template_problem problem = { 0 };
    struct rendered out;

    r->context.parts_trace = &run->trace;
    if (parts_render(r->parts, &r->context, &run->scratch, &out, &problem) < 0) {
        keep_held(run, arena_printf(&run->scratch, "%s/%s", r->letter.template, r->letter.part),
                  arena_printf(&run->scratch, "line %d: %s", problem.line, problem.text));
        return;
    }
    lint_facts_from_data(&r->context.data, &r->facts);
    lint_facts_from_trace(&run->trace, &r->facts);
    lint_one(run, &r->letter,
             &(struct lint_message){ r->context.channel, out.subject, out.text, out.html },
             &r->facts);
}

/* ---- examples ---- */

static void render_example(struct lint_run *run, struct rendering *r, size_t n)
{
    r->letter.who = example_name(n);
    r->context.channel = r->letter.part;
    r->context.now_ms = EXAMPLES_NOW_MS;
    for (int64_t seed = 1; seed <= SPINS; seed++) {
        r->context.seed = seed;
        r->context.data = example_data(n, r->letter.part, &run->scratch);
        render_and_lint(run, r);
        arena_reset(&run->scratch);
    }
}

int lint_run_examples(struct lint_run *run, const struct lint_template *template, struct err *err)
{
    struct parts *parts;

    lint_sources(run, template);
    if (!has_messages(template))
        return 0;
    parts = compile(run, template, err);
    if (!parts)
        return -1;
    run->people = examples_count();
    for (size_t i = 0; i < template->count; i++)
        for (size_t n = 0; n < examples_count() && is_part(&template->rows[i]); n++) {
            struct rendering r = { .parts = parts,
                                   .letter = { template->name, template->rows[i].part, NULL } };
            render_example(run, &r, n);
        }
    parts_destroy(parts);
    return 0;
}

/* ---- people of the store ---- */

static const char *name_of(struct lint_run *run, const struct prospect *p)
{
    const char *first = p->first_name ? p->first_name : "",
               *last = p->last_name ? p->last_name : "";
    const char *gap = *first && *last ? " " : "";

    if (p->company)
        return arena_printf(&run->scratch, "%s%s%s (%s)", first, gap, last, p->company);
    return arena_printf(&run->scratch, "%s%s%s", first, gap, last);
}

struct audience { /* of one template: what the visitor needs */
    struct lint_run *run;
    const struct lint_people *people;
    const struct lint_template *template;
    int64_t last; /* prospect seen last */
};

static enum lint_known carries_way_out(const struct workspace *w, const struct rehearsed *one)
{
    const struct sender *sender = subject_sender(one->subject, w, one->channel);

    return w->public_url || (sender && sender->reply_plus) ? LINT_YES : LINT_NO;
}

static int lint_rehearsed(void *with, const struct rehearsed *one)
{
    struct audience *audience = with;
    struct lint_run *run = audience->run;
    const struct prospect *p = &one->subject->prospect;
    const struct letter letter = { audience->template->name, one->rendered.part, name_of(run, p) };
    const struct lint_message message = { one->channel, one->rendered.subject, one->rendered.text,
                                          one->rendered.html };
    struct lint_facts facts = { .opt_out_header =
                                    carries_way_out(audience->people->workspace, one) };

    run->people += p->id != audience->last;
    audience->last = p->id;
    if (one->outcome != REHEARSAL_COMPLETE) {
        keep_held(run, letter.template,
                  arena_printf(&run->scratch, "line %d: %s", one->problem.line, one->reason));
    } else {
        lint_facts_from_data(one->data, &facts);
        lint_facts_from_trace(one->trace, &facts);
        lint_one(run, &letter, &message, &facts);
    }
    arena_reset(&run->scratch);
    return 0;
}

static const char **part_names(struct lint_run *run, const struct lint_template *template)
{
    const char **names = arena_array(run->arena, template->count + 1, sizeof(*names));
    size_t count = 0;

    for (size_t i = 0; i < template->count; i++)
        if (is_part(&template->rows[i]))
            names[count++] = template->rows[i].part;
    return names;
}

static int rehearse_for(struct audience *audience, const struct parts *parts, struct err *err)
{
    const struct rehearsal rehearsal = {
        .workspace = audience->people->workspace,
        .parts = parts,
        .template = audience->template->name,
        .channels = part_names(audience->run, audience->template),
        .anybody_sends = true,
        .visit = lint_rehearsed,
        .with = audience,
    };
    const struct prospect *only = audience->people->only;

    if (only)
        return rehearse_one(&rehearsal, only->id, err) < 0 ? -1 : 0;
    return rehearse(&rehearsal, err);
}

int lint_run_people(struct lint_run *run, const struct lint_people *people,
                    const struct lint_template *template, struct err *err)
{
    struct audience audience = { .run = run, .people = people, .template = template };
    struct parts *parts;
    int rc;

    lint_sources(run, template);
    if (!has_messages(template))
        return 0;
    parts = compile(run, template, err);
    if (!parts)
        return -1;
    run->people = 0;
    rc = rehearse_for(&audience, parts, err);
    parts_destroy(parts);
    return rc;
}

/* ---- a sequence ---- */

static void lint_touch(struct lint_run *run, const struct plan *plan, const char *who,
                       struct span *previous)
{
    const struct touch *t = &plan->touch;
    const struct letter letter = { plan->step->template ? plan->step->template : plan->step->id,
                                   t->channel, who };
    struct lint_facts facts = plan->facts;

    if (sequence_channel_is_human(t->channel))
        return;
    facts.previous = *previous;
    facts.next_date = plan->next_due_ms == INT64_MAX ? LINT_NO : LINT_YES;
    lint_one(run, &letter,
             &(struct lint_message){ t->channel, span_of(t->subject), span_of(t->text),
                                     span_of(t->html) },
             &facts);
    *previous = span_of(t->text);
}

static int play_for(struct lint_run *run, struct play *play, const struct enrollment *enrollment,
                    struct err *err)
{
    const struct workspace *w = play->planner.workspace;
    struct span previous = { NULL, 0 };
    struct plan plan;
    const char *who;
    int more;

    play->enrollment = *enrollment;
    if (subject_read(w->db, w, enrollment->prospect_id, &play->subject, err) < 0)
        return -1;
    who = name_of(run, &play->subject.prospect);
    play_begin(play);
    while ((more = play_next(play, &plan, err)) > 0) {
        if (plan.kind == PLAN_HOLD)
            keep_held(run, who, plan.reason);
        else
            lint_touch(run, &plan, who, &previous);
    }
    return more;
}

/* The next prospect, from *at on; it lives in the scratch. 1, 0 or -1. */
static int next_prospect(struct lint_run *run, const struct lint_people *people,
                         struct prospect *at, struct err *err)
{
    struct prospect after = { .slot = at->slot, .id = at->id };

    arena_reset(&run->scratch);
    if (people->only) {
        *at = *people->only;
        return run->people == 0;
    }
    run->cut = run->people == LINT_PEOPLE_MAX;
    return run->cut ? 0 : prospect_next(people->workspace->db, &after, &run->scratch, at, err);
}

static int lint_step_sources(struct lint_run *run, struct workspace *w,
                             const struct sequence *sequence, struct err *err)
{
    for (size_t i = 0; i < sequence->step_count; i++) {
        struct lint_template template = { .name = sequence->steps[i].template };
        struct template_row *rows;
        bool seen = template.name == NULL;
        int count;
        for (size_t j = 0; j < i && !seen; j++)
            seen = sequence->steps[j].template &&
                   strcmp(sequence->steps[j].template, template.name) == 0;
        if (seen)
            continue;
        count = template_get(w->db, template.name, &run->scratch, &rows, err);
        if (count < 0)
            return -1;
        template.rows = rows;
        template.count = (size_t)count;
        lint_sources(run, &template);
    }
    return 0;
}

static int play_everybody(struct lint_run *run, const struct lint_people *people, struct play *play,
                          const struct sequence_row *row, struct err *err)
{
    struct prospect at = { 0 };
    int more;

    while ((more = next_prospect(run, people, &at, err)) > 0) {
        const struct enrollment enrollment = { .slot = at.slot,
                                               .id = 1,
                                               .prospect_id = at.id,
                                               .sequence = row->name,
                                               .version = row->version,
                                               .state = "active" };
        run->people++;
        if (play_for(run, play, &enrollment, err) < 0)
            return -1;
    }
    return more;
}

int lint_run_sequence(struct lint_run *run, const struct lint_people *people, const char *name,
                      struct err *err)
{
    struct sequence_row row = { .name = name };
    struct play play = { .subject = { .arena = &run->scratch } };
    int found = sequence_get(people->workspace->db, run->arena, &row, err);
    const struct sequence *sequence;
    int rc = -1;

    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "no sequence \"%s\": see `heed sequence list`", name);
    if (found < 0)
        return -1;
    play_open(&play, people->workspace, run->arena);
    play.planner.arena = &run->scratch;
    play.planner.lint_hold = false;
    play.planner.trace = &run->trace;
    sequence = catalog_sequence(play.planner.catalog, name, row.version, err);
    if (sequence && lint_step_sources(run, people->workspace, sequence, err) == 0)
        rc = play_everybody(run, people, &play, &row, err);
    play_close(&play);
    return rc;
}
