/* core/engine/coverage.c - see coverage.h. Which prospects are chosen to show every branch is in coverage_cover.c. */
#include "core/engine/coverage.h"

#include <stdlib.h>

#include "core/base/text.h"
#include "core/engine/coverage_cover.h"

#define TEXT_MAX_BYTES 72 /* of a condition, as shown */

/* What the coverage knows of one template it met: its own numbers of the template's paths and decisions. */
struct known {
    struct known *next;
    const struct template *template;
    size_t *rows; /* by path */
    struct decision *decisions;
    size_t decision_count;
    struct {
        int yes, no; /* number of a branch, -1 = not looked at */
    } * branches;    /* by decision */
};

struct coverage {
    struct arena arena;
    struct known *known;
    struct coverage_path *paths;
    unsigned *bits; /* by row of paths: of the render being added */
    size_t path_count, path_room;
    struct coverage_branch *branches;
    size_t branch_count, branch_room;
    struct coverage_reason reasons[COVERAGE_REASONS_MAX];
    size_t reason_count;
    int64_t prospects, complete, held, no_channel;
    int64_t prospect; /* whose renders are being added */
    int64_t first;
    struct cover_bits taken, taken_held;
    struct cover cover;
};

struct coverage *coverage_create(void)
{
    struct coverage *c = xcalloc(1, sizeof(*c));

    arena_init(&c->arena);
    cover_init(&c->cover);
    return c;
}

void coverage_destroy(struct coverage *c)
{
    if (!c)
        return;
    cover_finish(&c->cover);
    arena_finish(&c->arena);
    free(c);
}

/* Doubles a table in the arena; old copies are small beside what a list takes. */
static void *wider(struct coverage *c, void *old, size_t count, size_t room, size_t size)
{
    void *table = arena_array(&c->arena, room, size);

    if (count)
        memcpy(table, old, count * size);
    return table;
}

/* ---- templates it meets ---- */

static size_t row_of(struct coverage *c, struct span name)
{
    for (size_t i = 0; i < c->path_count; i++)
        if (span_is(name, c->paths[i].name))
            return i;
    if (c->path_count == c->path_room) {
        c->path_room = c->path_room ? c->path_room * 2 : 32;
        c->paths = wider(c, c->paths, c->path_count, c->path_room, sizeof(*c->paths));
        c->bits = wider(c, c->bits, c->path_count, c->path_room, sizeof(*c->bits));
    }
    c->paths[c->path_count] =
        (struct coverage_path){ .name = arena_dup_span(&c->arena, name), .worst = FATE_COUNT };
    return c->path_count++;
}

static const char *short_text(struct coverage *c, struct span text)
{
    struct span cut = text_cut(text, TEXT_MAX_BYTES);
    char *out = arena_printf(&c->arena, "%.*s%s", (int)cut.len, cut.data ? cut.data : "",
                             cut.len < text.len ? "..." : "");

    for (char *p = out; *p; p++)
        if ((unsigned char)*p < ' ')
            *p = ' ';
    return out;
}

static int add_branch(struct coverage *c, struct coverage_branch branch)
{
    if (c->branch_count == COVERAGE_BRANCHES_MAX)
        return -1;
    if (c->branch_count == c->branch_room) {
        c->branch_room = c->branch_room ? c->branch_room * 2 : 32;
        c->branches = wider(c, c->branches, c->branch_count, c->branch_room, sizeof(branch));
    }
    c->branches[c->branch_count] = branch;
    return (int)c->branch_count++;
}

struct section { /* of a part that was rendered */
    const char *part, *name;
    const struct trace *trace;
    int line;
};

static void meet_decisions(struct coverage *c, struct known *known, const struct section *section)
{
    known->decision_count = template_decisions(known->template, &c->arena, &known->decisions);
    known->branches = arena_array(&c->arena, known->decision_count + 1, sizeof(*known->branches));
    for (size_t i = 0; i < known->decision_count; i++) {
        const struct decision *d = &known->decisions[i];
        bool both = d->kind != DECISION_WHEN && d->kind != DECISION_ELSE;
        struct template_problem place;
        struct coverage_branch branch = {
            .part = section->part, .section = section->name, .kind = d->kind, .way = TRACE_YES
        };
        template_locate(known->template, d->at, &place);
        branch.line = place.file[0] ? place.line : place.line + section->line;
        branch.file = place.file[0] ? arena_dup(&c->arena, place.file) : NULL;
        branch.text = short_text(c, d->text);
        known->branches[i].yes = add_branch(c, branch);
        branch.way = TRACE_NO;
        known->branches[i].no = both ? add_branch(c, branch) : -1;
    }
}

static const struct known *meet(struct coverage *c, const struct section *section)
{
    const struct trace *trace = section->trace;
    struct known *known = c->known;

    while (known && known->template != trace->template)
        known = known->next;
    if (known)
        return known;
    known = arena_alloc(&c->arena, sizeof(*known));
    known->template = trace->template;
    known->rows = arena_array(&c->arena, trace_path_count(trace) + 1, sizeof(*known->rows));
    for (size_t i = 0; i < trace_path_count(trace); i++)
        known->rows[i] = row_of(c, trace_path_name(trace, i));
    meet_decisions(c, known, section);
    known->next = c->known;
    c->known = known;
    return known;
}

/* ---- one render ---- */

static void add_example(struct coverage_examples *examples, int64_t prospect_id)
{
    if (examples->count < COVERAGE_EXAMPLES)
        examples->ids[examples->count++] = prospect_id;
}

static enum coverage_fate fate_of(unsigned bits)
{
    static const struct {
        unsigned bit;
        enum coverage_fate fate;
    } rows[] = {
        { TRACE_HELD, FATE_HELD },         { TRACE_MISTYPED, FATE_MISTYPED },
        { TRACE_FALLBACK, FATE_FALLBACK }, { TRACE_EMPTY, FATE_EMPTY },
        { TRACE_FILLED, FATE_FILLED },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (bits & rows[i].bit)
            return rows[i].fate;
    return FATE_COUNT;
}

static void add_fates(struct coverage *c, int64_t prospect_id)
{
    for (size_t i = 0; i < c->path_count; i++) {
        struct coverage_path *path = &c->paths[i];
        enum coverage_fate fate = fate_of(c->bits[i]);
        c->bits[i] = 0;
        if (fate == FATE_COUNT)
            continue;
        path->counts[fate]++;
        if (fate < path->worst) {
            path->worst = fate;
            path->examples.count = 0;
        }
        if (fate == path->worst)
            add_example(&path->examples, prospect_id);
    }
}

static void add_section(struct coverage *c, const struct section *section, bool complete)
{
    struct cover_bits *taken = complete ? &c->taken : &c->taken_held;
    const struct trace *trace = section->trace;
    const struct known *known;

    if (!trace->template)
        return;
    known = meet(c, section);
    for (size_t i = 0; i < trace_path_count(trace); i++)
        c->bits[known->rows[i]] |= trace->paths[i];
    for (size_t i = 0; i < known->decision_count; i++) {
        unsigned ways = trace->ways[known->decisions[i].op];
        if (ways & TRACE_YES)
            cover_bits_set(taken, known->branches[i].yes);
        if (ways & TRACE_NO)
            cover_bits_set(taken, known->branches[i].no);
    }
}

static void add_sections(struct coverage *c, const struct rehearsed *one)
{
    const struct parts_trace *t = one->trace;
    const struct section sections[] = {
        { t->part, "subject", &t->subject, t->subject_line },
        { t->part, "text", &t->text, t->text_line },
        { t->part, "html", &t->html, t->html_line },
    };

    /* the subject of a derived e-mail is the text's first sentence: no render of its own */
    for (size_t i = one->rendered.derived ? 1 : 0; i < COUNT_OF(sections); i++)
        add_section(c, &sections[i], one->outcome == REHEARSAL_COMPLETE);
}

/* The field the message is held for first. */
static const char *held_for(const struct coverage *c)
{
    for (size_t i = 0; i < c->path_count; i++)
        if (c->bits[i] & (TRACE_HELD | TRACE_MISTYPED))
            return c->paths[i].name;
    return NULL;
}

static void add_reason(struct coverage *c, const struct rehearsed *one)
{
    size_t i = 0;

    while (i < c->reason_count && strcmp(c->reasons[i].text, one->reason) != 0)
        i++;
    if (i == COVERAGE_REASONS_MAX) {
        i--;
        c->reasons[i].text = "other reasons";
        c->reasons[i].path = NULL;
    } else if (i == c->reason_count) {
        c->reason_count++;
        c->reasons[i] = (struct coverage_reason){
            .text = arena_dup(&c->arena, one->reason),
            .path = one->outcome == REHEARSAL_HELD ? held_for(c) : NULL,
            .holds = one->outcome == REHEARSAL_HELD,
        };
    }
    c->reasons[i].count++;
    add_example(&c->reasons[i].examples, one->subject->prospect.id);
}

/* The renders of one prospect are all there: which branches they took together. */
static void close_prospect(struct coverage *c)
{
    for (size_t i = 0; i < c->branch_count; i++) {
        c->branches[i].complete += cover_bits_has(&c->taken, i);
        c->branches[i].held += cover_bits_has(&c->taken_held, i);
    }
    if (c->prospect)
        cover_add(&c->cover, &c->taken, c->prospect);
    c->taken = c->taken_held = (struct cover_bits){ { 0 } };
}

void coverage_add(struct coverage *c, const struct rehearsed *one)
{
    int64_t id = one->subject->prospect.id;
    int64_t *const counts[] = { &c->complete, &c->held, &c->no_channel };

    if (id != c->prospect) {
        close_prospect(c);
        c->prospects++;
        c->prospect = id;
        c->first = c->first ? c->first : id;
    }
    (*counts[one->outcome])++;
    if (one->outcome != REHEARSAL_NO_CHANNEL)
        add_sections(c, one);
    if (one->outcome != REHEARSAL_COMPLETE)
        add_reason(c, one);
    add_fates(c, id);
}

bool coverage_is_full(const struct coverage *c)
{
    for (size_t i = 0; i < c->branch_count; i++)
        if (!c->branches[i].complete)
            return false;
    return c->complete > 0;
}

/* ---- the report ---- */

static int by_damage(const void *a, const void *b)
{
    const struct coverage_path *x = a, *y = b;

    for (size_t fate = 0; fate < FATE_FILLED; fate++)
        if (x->counts[fate] != y->counts[fate])
            return x->counts[fate] > y->counts[fate] ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int by_count(const void *a, const void *b)
{
    const struct coverage_reason *x = a, *y = b;

    return x->count != y->count ? (x->count > y->count ? -1 : 1) : strcmp(x->text, y->text);
}

/* Fields that no render read from the data are variables, or stand where nobody came. */
static void report_paths(struct coverage *c, struct coverage_report *out)
{
    out->paths = arena_array(&c->arena, c->path_count + 1, sizeof(*out->paths));
    for (size_t i = 0; i < c->path_count; i++)
        if (c->paths[i].worst != FATE_COUNT)
            out->paths[out->path_count++] = c->paths[i];
    if (out->path_count)
        qsort(out->paths, out->path_count, sizeof(*out->paths), by_damage);
}

void coverage_report(struct coverage *c, struct coverage_report *out)
{
    close_prospect(c);
    c->prospect = 0;
    *out = (struct coverage_report){ .prospects = c->prospects,
                                     .complete = c->complete,
                                     .held = c->held,
                                     .no_channel = c->no_channel,
                                     .reasons = c->reasons,
                                     .reason_count = c->reason_count,
                                     .branches = c->branches,
                                     .branch_count = c->branch_count };
    report_paths(c, out);
    if (c->reason_count)
        qsort(c->reasons, c->reason_count, sizeof(*c->reasons), by_count);
    for (size_t i = 0; i < c->branch_count; i++)
        out->branches_taken += c->branches[i].complete > 0;
    out->cover = arena_array(&c->arena, c->branch_count + 1, sizeof(*out->cover));
    out->cover_count = cover_choose(&c->cover, out->cover, c->branch_count + 1);
}

int64_t coverage_any(const struct coverage *c)
{
    return c->first;
}

const char *coverage_branch_name(const struct coverage_branch *branch, struct arena *arena)
{
    static const struct {
        const char *before, *yes, *no;
    } words[] = {
        [DECISION_IF] = { "if ", "yes", "no" },
        [DECISION_WHEN] = { "when ", NULL, NULL },
        [DECISION_ELSE] = { "", NULL, NULL },
        [DECISION_LOOP] = { "for ", "some", "none" },
        [DECISION_DEFAULT] = { "", "filled", "default" },
    };
    const char *way = branch->way == TRACE_YES ? words[branch->kind].yes : words[branch->kind].no;

    return arena_printf(arena, "%s%s%s%s", words[branch->kind].before, branch->text,
                        way ? ": " : "", way ? way : "");
}
